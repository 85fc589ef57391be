"""To whom an answer goes when its writer says nothing else, and by what the mail programs of its readers know its thread."""
import time

import mail
from desk import expect
from post import HOST, OPTIONS, add_mailbox, answer, arrival, deliver, home_of, new_ticket, run_mail_tests, sent


def emails(addresses):
    return [each["email"] for each in addresses]


def defaults(desk, ticket):
    answer = desk.get(f"/tickets/{ticket}/reply-defaults")
    expect(answer.status, 200, answer.body)
    return emails(answer.json["to"]), emails(answer.json["cc"])


def test_an_answer_goes_to_the_customer_and_all_who_read_along(desk):
    add_mailbox(desk)
    to = "Support <Support@theke.test>, Bob <bob@example.org>"
    subject = f"Matter {time.monotonic_ns()}"
    deliver(mail.write_letter(to, subject=subject, headers={"Cc": "eve@example.org, support+x@theke.test"}))
    first = arrival(desk, subject)
    ticket = first["ticket"]
    expect(defaults(desk, ticket), (["ana@example.org"], ["bob@example.org", "eve@example.org"]))
    deliver(mail.write_letter("support@theke.test", sender="Jana <jana@theke.test>", subject="Re: " + subject, text="I look into it.",
                              headers={"In-Reply-To": first["message_id"]}), sender="jana@theke.test")
    expect(arrival(desk, "Re: " + subject)["ticket"], ticket)
    expect(defaults(desk, ticket), (["ana@example.org"], ["bob@example.org", "eve@example.org"]))
    bob = [p for p in desk.get(f"/tickets/{ticket}/participants").json["items"] if p["person"]["email"] == "bob@example.org"][0]
    desk.patch(f"/tickets/{ticket}/participants/{bob['person']['id']}", {"active": False})
    for role, address in (("cc", "zoe@example.org"), ("third_party", "supplier@example.org")):
        expect(desk.post(f"/tickets/{ticket}/participants", {"email": address, "role": role}).status, 201)
    wanted = (["ana@example.org"], ["eve@example.org", "zoe@example.org"])
    expect(defaults(desk, ticket), wanted)
    written = desk.get(f"/messages/{answer(desk, ticket)}").json
    expect((emails(written["to"]), emails(written["cc"])), wanted)
    alone = desk.post(f"/tickets/{ticket}/messages", {"audience": "public", "text": "To you alone.", "cc": []}).json
    expect((emails(alone["to"]), alone["cc"]), (["ana@example.org"], []))
    other = desk.post(f"/tickets/{ticket}/messages", {"audience": "public", "text": "Only Zoe.", "to": [{"email": "zoe@example.org"}]}).json
    expect((emails(other["to"]), other["cc"]), (["zoe@example.org"], []))


def test_a_ticket_without_a_letter_is_answered_to_its_requester(desk):
    ticket = desk.customer_writes(channel="phone")["id"]
    expect(defaults(desk, ticket), (["ana@example.org"], []))
    own = desk.customer_writes(email="jana@theke.test", name="Jana")["id"]
    expect(defaults(desk, own), (["jana@theke.test"], []))


def test_answers_in_a_row_refer_to_each_other(desk):
    add_mailbox(desk)
    first, letter = new_ticket(desk)
    with mail.Imap(HOST.dovecot, "ana@example.org") as inbox:
        one = sent(desk, answer(desk, first["ticket"], "One."))
        two = sent(desk, answer(desk, first["ticket"], "Two."))
        got = inbox.wait_for(lambda m: m["Message-ID"] == two["message_id"])
        expect(got["References"].split(), [letter["Message-ID"], one["message_id"]])
        expect(got["In-Reply-To"], letter["Message-ID"])


def roles(desk, ticket):
    return {p["person"]["email"]: p["role"] for p in desk.get(f"/tickets/{ticket}/participants").json["items"]}


def writes_to(desk, ticket, text, *to, **more):
    made = desk.post(f"/tickets/{ticket}/messages", {"audience": "public", "text": text, "to": [{"email": each} for each in to], **more})
    expect(made.status, 201, made.body)
    return sent(desk, made.json["id"])


def test_an_answer_never_mixes_the_customer_and_a_third_party(desk):
    add_mailbox(desk)
    first, letter = new_ticket(desk, headers={"Cc": "supplier@example.org"})
    ticket = first["ticket"]
    supplier = [p["person"]["id"] for p in desk.get(f"/tickets/{ticket}/participants").json["items"] if p["role"] == "cc"][0]
    desk.patch(f"/tickets/{ticket}/participants/{supplier}", {"role": "third_party"})
    expect(defaults(desk, ticket), (["ana@example.org"], []))
    subject = f"Offer {time.monotonic_ns()}"
    offer = mail.write_letter("support@theke.test, ana@example.org", sender="supplier@example.org", subject=subject,
                              headers={"In-Reply-To": letter["Message-ID"], "Cc": "bench@example.org"})
    deliver(offer, sender="supplier@example.org")
    expect(arrival(desk, subject)["ticket"], ticket)
    expect(roles(desk, ticket), {"ana@example.org": "requester", "supplier@example.org": "third_party", "bench@example.org": "third_party"})
    expect(defaults(desk, ticket), (["ana@example.org"], []))
    ours = writes_to(desk, ticket, "To the supplier.", "supplier@example.org")
    again = writes_to(desk, ticket, "To the supplier again.", "supplier@example.org")
    to_ana = sent(desk, answer(desk, ticket, "To the customer."))
    with mail.Imap(HOST.dovecot, "supplier@example.org") as inbox:
        got = inbox.wait_for(lambda m: m["Message-ID"] == again["message_id"])
        expect((got["In-Reply-To"], got["Subject"]), (offer["Message-ID"], "Re: " + subject))
        expect((to_ana["message_id"] in got["References"], ours["message_id"] in got["References"]), (False, True))
    with mail.Imap(HOST.dovecot, "ana@example.org") as inbox:
        got = inbox.wait_for(lambda m: m["Message-ID"] == to_ana["message_id"])
        expect((got["In-Reply-To"], got["References"].split(), got["Cc"]), (letter["Message-ID"], [letter["Message-ID"]], None))


def test_whom_we_ask_apart_is_a_third_party(desk):
    add_mailbox(desk)
    ticket = new_ticket(desk)[0]["ticket"]
    asked = writes_to(desk, ticket, "Can you deliver?", "maker@example.org")
    with mail.Imap(HOST.dovecot, "maker@example.org") as inbox:
        got = inbox.wait_for(lambda m: m["Message-ID"] == asked["message_id"])
    expect((got["In-Reply-To"], got["References"]), (None, None))
    home = home_of(asked, "maker@example.org")
    deliver(mail.write_letter(home, sender="maker@example.org", subject=f"Yes {ticket}", headers={"Cc": "mate@example.org", "In-Reply-To": asked["message_id"]}),
            [home], sender="maker@example.org")
    expect(arrival(desk, f"Yes {ticket}")["ticket"], ticket)
    expect(roles(desk, ticket), {"ana@example.org": "requester", "maker@example.org": "third_party", "mate@example.org": "third_party"})
    expect(defaults(desk, ticket), (["ana@example.org"], []))
    hidden = writes_to(desk, ticket, "As you see.", "ana@example.org", bcc=[{"email": "boss@example.org"}])
    deliver(mail.write_letter("support@theke.test", sender="boss@example.org", subject=f"Seen {ticket}", headers={"In-Reply-To": hidden["message_id"]}),
            sender="boss@example.org")
    expect(arrival(desk, f"Seen {ticket}")["unverified"], False)
    expect((roles(desk, ticket)["boss@example.org"], defaults(desk, ticket)), ("third_party", (["ana@example.org"], [])))


def test_who_answers_for_a_customer_without_an_address_is_no_third_party(desk):
    add_mailbox(desk)
    ticket = desk.customer_writes(channel="phone")["id"]
    carla = desk.post("/people", {"name": "Carla", "identities": [{"channel": "phone", "value": "+49 30 1234567"}]}).json["id"]
    expect(desk.patch(f"/tickets/{ticket}", {"requester": carla}).status, 200)
    typed = writes_to(desk, ticket, "As you wished by mail.", "carla@example.org")
    deliver(mail.write_letter("support@theke.test", sender="carla@example.org", subject=f"Thanks {ticket}", headers={"In-Reply-To": typed["message_id"]}))
    expect(arrival(desk, f"Thanks {ticket}")["ticket"], ticket)
    expect(defaults(desk, ticket), (["carla@example.org"], ["ana@example.org"]))


def test_what_a_program_of_a_third_party_writes_is_not_answered(desk):
    add_mailbox(desk)
    ticket = new_ticket(desk, headers={"Auto-Submitted": "auto-generated"})[0]["ticket"]
    asked = writes_to(desk, ticket, "Can you deliver?", "maker@example.org")
    deliver(mail.write_letter("support@theke.test", sender="maker@example.org", subject=f"Away {ticket}", headers={"In-Reply-To": asked["message_id"],
                              "Auto-Submitted": "auto-replied"}), sender="maker@example.org")
    expect(arrival(desk, f"Away {ticket}")["ticket"], ticket)
    expect(defaults(desk, ticket), (["ana@example.org"], []))


def test_who_is_switched_off_is_not_answered(desk):
    add_mailbox(desk)
    first, letter = new_ticket(desk, headers={"Cc": "bob@example.org, eve@example.org"})
    ticket, people = first["ticket"], f"/tickets/{first['ticket']}/participants"
    ids = {p["person"]["email"]: p["person"]["id"] for p in desk.get(people).json["items"]}
    deliver(mail.write_letter("support@theke.test", sender="Bob@Example.org", subject=f"By Bob {ticket}", headers={"In-Reply-To": letter["Message-ID"]}))
    arrival(desk, f"By Bob {ticket}")
    expect(defaults(desk, ticket)[0], ["Bob@Example.org"])
    desk.patch(f"{people}/{ids['bob@example.org']}", {"active": False})
    expect(defaults(desk, ticket), (["ana@example.org"], ["eve@example.org"]))
    desk.patch(f"{people}/{ids['ana@example.org']}", {"active": False})
    expect(defaults(desk, ticket), (["eve@example.org"], []))
    desk.ask("DELETE", f"{people}/{ids['eve@example.org']}")
    expect(defaults(desk, ticket), ([], []))


if __name__ == "__main__":
    run_mail_tests(__name__)
