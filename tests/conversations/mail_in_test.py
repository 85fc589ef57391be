"""Letters that come in, handed over by LMTP or a pipe: where they land, and what they change."""
import json
import re

import mail
from desk import ROOT, expect
from post import LMTP, OPTIONS, add_mailbox, answer, arrival, deliver, home_of, messages, new_ticket, run_mail_tests, sent, soon


def test_every_letter_of_the_corpus_arrives_whole(desk):
    files = sorted((ROOT / "tests/mail").glob("*.eml"))
    for file in files:
        deliver(file.read_bytes())
    soon(lambda: len(messages(desk)) == len(files), "all letters arriving")
    expect(desk.get("/parked-mails").json["items"], [])
    for message in messages(desk):
        source = desk.get(f"/messages/{message['id']}/source")
        expect(source.status, 200)
        expect(source.body.strip() in [file.read_bytes().strip() for file in files], True)
        for attachment in message["attachments"]:
            body = desk.get(f"/attachments/{attachment['id']}")
            expect((body.status, len(body.body)), (200, attachment["size"]))


def test_the_same_letter_is_one_message(desk):
    add_mailbox(desk)
    add_mailbox(desk, "billing@theke.test")
    letter = mail.write_letter("support@theke.test, billing@theke.test", subject="Twice")
    deliver(letter)
    deliver(letter)
    deliver(b"Received: by another way\r\n" + letter.as_bytes(policy=mail.email.policy.SMTP), ["billing@theke.test"])
    deliver(mail.write_letter("support@theke.test", subject="Last"))
    arrival(desk, "Last")
    expect(len(messages(desk, subject="Twice")), 1)


def test_addresses_that_are_not_ours_are_refused_once_some_are(desk):
    deliver(mail.write_letter("anything@theke.test", subject="Before"), ["anything@theke.test"])
    arrival(desk, "Before")
    add_mailbox(desk, aliases=["info@theke.test"])
    refused = mail.send(mail.write_letter("nobody@theke.test", subject="After"), "ana@example.org", ["nobody@theke.test"], LMTP, lmtp=True)
    expect(refused["nobody@theke.test"][0], 550)
    deliver(mail.write_letter("Info@Theke.test", subject="Alias"), ["Info@Theke.test"])
    arrival(desk, "Alias")


def test_who_may_speak_in_a_ticket(desk):
    add_mailbox(desk)
    first, letter = new_ticket(desk)
    out = sent(desk, answer(desk, first["ticket"]))
    stranger = {"sender": "Eve <eve@elsewhere.example>"}
    deliver(mail.write_letter("support@theke.test", subject="Known thread", headers={"In-Reply-To": letter["Message-ID"]}, **stranger))
    joined = arrival(desk, "Known thread")
    expect((joined["ticket"], joined["unverified"], joined["threading"]["decision"]), (first["ticket"], True, "unverified"))
    number = desk.get(f"/tickets/{first['ticket']}").json["number"]
    deliver(mail.write_letter("support@theke.test", subject=f"[#{number}] guessed", **stranger))
    expect(arrival(desk, f"[#{number}] guessed")["ticket"] != first["ticket"], True)
    deliver(mail.write_letter("support@theke.test", subject=f"[#{number}] mine"))
    expect(arrival(desk, f"[#{number}] mine")["ticket"], first["ticket"])
    deliver(mail.write_letter("support@theke.test", subject="By our Message-ID", headers={"References": f"<lost@example.org> {out['message_id']}"}))
    expect(arrival(desk, "By our Message-ID")["ticket"], first["ticket"])
    deliver(mail.write_letter("support@theke.test", subject=first["subject"]))
    expect(arrival(desk, first["subject"], 2)["ticket"] != first["ticket"], True, "equal subjects alone are no thread")


def test_whom_our_mail_server_calls_forged_is_not_that_person(desk):
    add_mailbox(desk)
    first, letter = new_ticket(desk)
    forged = {"Authentication-Results": "mx.theke.test; spf=softfail; dmarc=fail (p=REJECT) header.from=example.org", "In-Reply-To": letter["Message-ID"]}
    deliver(mail.write_letter("support@theke.test", subject="Pay to this account", headers=forged))
    joined = arrival(desk, "Pay to this account")
    expect((joined["ticket"], joined["unverified"], joined["threading"]["decision"]), (first["ticket"], True, "unverified"))
    expect(any(reason.startswith("dmarc_failed") for reason in joined["threading"]["reasons"]), True)
    honest = {**forged, "Authentication-Results": "mx.theke.test; dmarc=pass header.from=example.org"}
    deliver(mail.write_letter("support@theke.test", subject="It is me", headers=honest))
    expect(arrival(desk, "It is me")["unverified"], False)


def test_a_closed_ticket_is_continued_by_a_new_one(desk):
    add_mailbox(desk)
    first, letter = new_ticket(desk)
    expect(desk.patch(f"/tickets/{first['ticket']}", {"state": "closed"}).status, 200)
    reply = {"In-Reply-To": letter["Message-ID"]}
    deliver(mail.write_letter("support@theke.test", subject="A new question", headers=reply))
    drifted = arrival(desk, "A new question")
    expect((drifted["ticket"] != first["ticket"], drifted["threading"]["decision"]), (True, "follow_up"))
    links = desk.get(f"/tickets/{drifted['ticket']}/links").json["items"]
    expect(str(first["ticket"]) in json.dumps(links), True, links)
    deliver(mail.write_letter("support@theke.test", subject="Re: " + first["subject"], headers=reply))
    expect(arrival(desk, "Re: " + first["subject"])["ticket"], first["ticket"])
    expect(desk.get(f"/tickets/{first['ticket']}").json["category"], "open")


def test_bounces_are_shown_at_the_message_and_flag_the_address(desk):
    add_mailbox(desk)
    first, _ = new_ticket(desk)
    out = sent(desk, answer(desk, first["ticket"]))
    report = (ROOT / "tests/mail/bounce-postfix.eml").read_text().replace("<out.2@theke.test>", out["message_id"]).replace("weg@example.org", "ana@example.org")
    desk.patch(f"/tickets/{first['ticket']}", {"state": "waiting", "waiting_reason": "customer"})
    deliver(report.encode(), sender="")
    bounce = arrival(desk, "Undelivered Mail Returned to Sender")
    expect((bounce["ticket"], bounce["automatic"], bounce["report"]["kind"]), (first["ticket"], True, "bounce"))
    expect((bounce["report"]["recipients"][0]["address"], bounce["report"]["recipients"][0]["permanent"]), ("ana@example.org", True))
    expect(desk.get(f"/messages/{out['id']}").json["delivery"]["state"], "bounced")
    expect(desk.get(f"/tickets/{first['ticket']}").json["category"], "waiting")


def test_a_bounce_of_where_a_letter_was_forwarded_to_is_known_by_our_token(desk):
    add_mailbox(desk)
    first, _ = new_ticket(desk)
    out = sent(desk, answer(desk, first["ticket"]))
    report = (ROOT / "tests/mail/bounce-postfix.eml").read_text().replace("Original-Recipient: rfc822;weg@example.org\n", "")
    report = report.replace("weg@example.org", "elsewhere@forward.example")
    mark = out["message_id"][5:9]
    forged = out["message_id"].replace(mark, mark[::-1] if mark != mark[::-1] else "zzzz")
    deliver(report.replace("<out.2@theke.test>", forged).replace("Undelivered Mail", "Forged").replace("<b1@", "<b0@").encode(), sender="")
    arrival(desk, "Forged Returned to Sender")
    expect(desk.get(f"/messages/{out['id']}").json["delivery"]["state"], "sent", "a token that is not ours")
    deliver(report.replace("<out.2@theke.test>", out["message_id"]).encode(), sender="")
    bounce = arrival(desk, "Undelivered Mail Returned to Sender")
    expect((bounce["ticket"], bounce["unverified"], bounce["report"]["recipients"][0]["address"]), (first["ticket"], False, "elsewhere@forward.example"))
    delivery = desk.get(f"/messages/{out['id']}").json["delivery"]
    expect((delivery["state"], "elsewhere@forward.example" in delivery["detail"]), ("bounced", True), delivery)
    requester = desk.get(f"/tickets/{first['ticket']}").json["requester"]["id"]
    expect([i["bounced_at"] for i in desk.get(f"/people/{requester}").json["identities"]], [None], "nobody knows whether the letter reached the address itself")


def test_our_own_letters_make_no_tickets(desk):
    add_mailbox(desk)
    deliver(mail.write_letter("support@theke.test", sender="support@theke.test", subject="To myself"))
    parked = soon(lambda: desk.get("/parked-mails").json["items"], "the letter being parked")
    expect((parked[0]["subject"], parked[0]["reason"]), ("To myself", "own_address"))
    expect(desk.get(f"/parked-mails/{parked[0]['id']}/source").status, 200)
    expect(desk.post(f"/parked-mails/{parked[0]['id']}/release").status, 204)
    soon(lambda: desk.get("/parked-mails").json["items"], "the letter being parked again")
    expect(desk.ask("DELETE", f"/parked-mails/{parked[0]['id']}").status, 204)
    expect(desk.get("/parked-mails").json["items"], [])
    mailbox = desk.get("/mailboxes").json["items"][0]
    expect(desk.patch(f"/mailboxes/{mailbox['id']}", {"contact_form": True}).status, 200)
    form = {"Reply-To": "Bob <bob@example.org>"}
    deliver(mail.write_letter("support@theke.test", sender="Website <support@theke.test>", subject="From the form", headers=form))
    asked = arrival(desk, "From the form")
    expect(desk.get(f"/tickets/{asked['ticket']}").json["requester"]["email"], "bob@example.org")


def test_what_a_colleague_forwards_is_the_customers(desk):
    add_mailbox(desk)
    text = "Please take this one.\n\n-------- Weitergeleitete Nachricht --------\nBetreff: Kaputt\nDatum: Mon, 23 Nov 2026 10:00:00 +0100\n" \
           "Von: Carla Neu <carla@example.org>\nAn: jana@theke.test\n\nGuten Tag,\nmein Gerät ist kaputt.\n"
    deliver(mail.write_letter("support@theke.test", sender="Jana <jana@theke.test>", subject="WG: Kaputt", text=text))
    asked = arrival(desk, "Kaputt")
    expect((asked["from"]["email"], asked["text"]), ("carla@example.org", "Guten Tag,\nmein Gerät ist kaputt."))
    expect(desk.get(f"/tickets/{asked['ticket']}").json["requester"]["email"], "carla@example.org")
    notes = [m["text"] for m in desk.get(f"/tickets/{asked['ticket']}/messages").json["items"] if m["audience"] == "internal"]
    expect(notes, ["Please take this one."])


def test_mail_deliver_takes_letters_from_pipes(desk):
    letter = mail.write_letter("support@theke.test", subject="By pipe").as_string()
    expect(desk.run("mail", "deliver", "--to", "support@theke.test", stdin=letter, check=False).returncode, 0)
    arrival(desk, "By pipe")
    add_mailbox(desk)
    expect(desk.run("mail", "deliver", "--to", "nobody@theke.test", stdin=letter, check=False).returncode, 67)
    expect(desk.run("mail", "deliver", stdin="", check=False).returncode, 65)
    expect(desk.run("mail", "collect", stdin=letter, check=False).returncode, 64)


def test_what_is_no_letter_is_parked_and_the_line_goes_on(desk):
    deliver(b"no header at all\r\n")
    deliver(mail.write_letter("support@theke.test", subject="Behind it"))
    arrival(desk, "Behind it")
    parked = soon(lambda: desk.get("/parked-mails").json["items"], "parking")
    expect("no headers" in parked[0]["reason"], True, parked)


def test_parked_letters_of_no_mailbox_are_listed_too(desk):
    deliver(b"no header at all\r\n", ["info@theke.test"])
    soon(lambda: desk.get("/parked-mails").json["count"] == 1, "parking")
    desk.run("mail", "deliver", stdin="none here either\n", check=False)
    soon(lambda: desk.get("/parked-mails").json["count"] == 2, "parking")
    box, other = add_mailbox(desk)["id"], add_mailbox(desk, "other@theke.test")["id"]
    desk.rows(f"UPDATE mail_in SET mailbox_id = {other} WHERE id = 2")
    lists = lambda wanted: (lambda got: ([m["id"] for m in got["items"]], got["count"]))(desk.get(f"/parked-mails?mailbox={wanted}").json)
    expect((lists("none"), lists(box), lists(other)), (([1], 1), ([], 0), ([2], 1)))
    expect([(m["recipients"], m["mailbox"]) for m in desk.get("/parked-mails").json["items"]], [([], other), (["info@theke.test"], None)])
    first = desk.get("/parked-mails?limit=1").json
    expect(([m["id"] for m in desk.get(f"/parked-mails?limit=1&cursor={first['next']}").json["items"]], first["count"]), ([1], 2))
    desk.ask("DELETE", f"/mailboxes/{other}")
    expect((lists("none"), desk.get("/parked-mails").json["items"][0]["mailbox"]), (([2, 1], 2), None), "its mailbox is gone, the letter is not")
    for wrong in ("all", "0", "-1", "1x"):
        expect(desk.get(f"/parked-mails?mailbox={wrong}").json["errors"][0]["field"], "mailbox")
    expect(desk.get("/mail-state").json["parked"], 2)


def test_a_mark_in_references_lets_nobody_speak(desk):
    add_mailbox(desk)
    first, _ = new_ticket(desk)
    out = sent(desk, answer(desk, first["ticket"]))
    mark = out["message_id"][1:].partition(".")[0]
    stranger = {"sender": "Eve <eve@elsewhere.example>"}
    for subject, to, headers in (("In references", "support@theke.test", {"References": out["message_id"]}),
                                 ("As an answer", "support@theke.test", {"In-Reply-To": out["message_id"]}),
                                 ("Made into an address", f"support+{mark}@theke.test", {})):
        deliver(mail.write_letter(to, subject=subject, headers=headers, **stranger), [to])
        joined = arrival(desk, subject)
        expect((joined["ticket"], joined["unverified"]), (first["ticket"], True), subject)
    expect(len(desk.get(f"/tickets/{first['ticket']}/participants").json["items"]), 1)


def test_another_spelling_lets_nobody_in_again(desk):
    add_mailbox(desk)
    first, _ = new_ticket(desk, headers={"Cc": "ben@xn--mller-kva.example"})
    people = f"/tickets/{first['ticket']}/participants"
    home = home_of(sent(desk, desk.post(f"/tickets/{first['ticket']}/messages", {"audience": "public", "text": "To you alone.", "cc": []}).json["id"]))
    desk.ask("DELETE", f"{people}/{desk.get(people).json['items'][1]['person']['id']}")
    for number, sender in enumerate(("BEN@MÜLLER.example", "Ben@XN--MLLER-KVA.example", "ben@müller.example.", "ben+x@müller.example", "ben@private.example")):
        letter = mail.write_letter(home, subject=f"Spelling {number}").as_bytes(policy=mail.email.policy.SMTP)
        deliver(re.sub(rb"(?m)^From: .*$", f"From: {sender}\r".encode(), letter), [home])
        joined = arrival(desk, f"Spelling {number}")
        expect((joined["ticket"], joined["unverified"]), (first["ticket"], True), sender)
    expect(len(desk.get(people).json["items"]), 1)


def test_who_was_removed_stays_out(desk):
    add_mailbox(desk)
    first, letter = new_ticket(desk, headers={"Cc": "Ben@example.org"})
    people = f"/tickets/{first['ticket']}/participants"
    listed = lambda: [p["person"]["email"] for p in desk.get(people).json["items"]]
    ben = desk.get(people).json["items"][1]["person"]["id"]
    out = sent(desk, answer(desk, first["ticket"]))
    home = home_of(out)
    removed = desk.ask("DELETE", f"{people}/{ben}")
    expect((removed.status, listed()), (200, ["ana@example.org"]))
    deliver(mail.write_letter("support@theke.test", subject="Ben reads along", headers={"In-Reply-To": letter["Message-ID"], "Cc": "BEN@example.org"}))
    arrival(desk, "Ben reads along")
    expect(listed(), ["ana@example.org"])
    for subject, to, sender, reason in (("By mark", home, "BEN@EXAMPLE.ORG", "removed: BEN@EXAMPLE.ORG"),
                                        ("By reference", "support@theke.test", "ben@example.org", "removed: ben@example.org"),
                                        ("From elsewhere", home, "ben@private.example", "not_a_participant: ben@private.example")):
        deliver(mail.write_letter(to, sender=sender, subject=subject, headers={"In-Reply-To": out["message_id"]}), [to], sender=sender)
        joined = arrival(desk, subject)
        expect((joined["ticket"], joined["unverified"], joined["threading"]["reasons"][-1]), (first["ticket"], True, reason))
    expect(listed(), ["ana@example.org"])
    for answer_again in (desk.patch(f"{people}/{ben}", {"active": True}), desk.ask("DELETE", f"{people}/{ben}")):
        expect(answer_again.json["code"], "participant_not_found")
    expect((desk.post(people, {"email": "ben@example.org"}).status, listed()), (201, ["ana@example.org", "Ben@example.org"]))
    deliver(mail.write_letter(home, sender="ben@example.org", subject="Back"), [home], sender="ben@example.org")
    expect(arrival(desk, "Back")["unverified"], False)
    desk.patch(f"{people}/{ben}", {"active": False})
    deliver(mail.write_letter(home, sender="ben@example.org", subject="Off"), [home], sender="ben@example.org")
    joined = arrival(desk, "Off")
    expect((joined["unverified"], joined["threading"]["reasons"][-1]), (True, "switched_off: ben@example.org"))


if __name__ == "__main__":
    run_mail_tests(__name__)
