"""To whom an answer goes when its writer says nothing else, and by what the mail programs of its readers know its thread."""
import time

import mail
from desk import expect
from post import HOST, OPTIONS, add_mailbox, answer, arrival, deliver, new_ticket, run_mail_tests, sent


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


if __name__ == "__main__":
    run_mail_tests(__name__)
