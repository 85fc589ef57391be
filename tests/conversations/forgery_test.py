"""Letters that claim what is not so: who wrote them, whose words they are, what became of a letter of ours."""
import email.message
import email.policy
import json

import mail
from desk import ROOT, expect
from post import OPTIONS, add_mailbox, answer, arrival, deliver, home_of, messages, new_ticket, run_mail_tests, sent, soon

OPTIONS = [*OPTIONS, "--mail.authentication-server", "mx.theke.test"]
PROVEN = {"Authentication-Results": "mx.theke.test; dmarc=pass header.from=theke.test"}
EVE = "Eve <eve@elsewhere.example>"


def identities(desk, address):
    person = desk.get(f"/people?email={address}").json["items"][0]
    return desk.get(f"/people/{person['id']}").json["identities"]


def bounce_of(header_id, recipient, name):
    report = (ROOT / "tests/mail/bounce-postfix.eml").read_text()
    subject = "Subject: Undelivered Mail Returned to Sender"
    expect(subject in report, True)
    report = report.replace("<out.2@theke.test>", header_id).replace("weg@example.org", recipient)
    return report.replace(subject, f"Subject: {name}", 1).replace("<b1@", f"<b{len(name)}@", 1).encode()


def notes(desk, ticket):
    return [m for m in desk.get(f"/tickets/{ticket}/messages").json["items"] if m["audience"] == "internal"]


def test_a_report_counts_only_for_what_we_sent_to_whom(desk):
    add_mailbox(desk)
    first, letter = new_ticket(desk)
    own = mail.write_letter("support@theke.test", sender=EVE, subject="From Eve")
    deliver(own)
    arrival(desk, "From Eve")
    deliver(bounce_of(own["Message-ID"], "ana@example.org", "Of her own letter"), sender="")
    expect(arrival(desk, "Of her own letter")["unverified"], True)
    deliver(bounce_of(letter["Message-ID"], "ana@example.org", "Of Ana's letter"), sender="")
    expect(arrival(desk, "Of Ana's letter")["unverified"], True)
    out = sent(desk, answer(desk, first["ticket"]))
    deliver(bounce_of(out["message_id"], "victim@example.org", "Of somebody else"), sender="")
    joined = arrival(desk, "Of somebody else")
    expect((joined["ticket"], joined["unverified"]), (first["ticket"], True))
    expect([each["bounced_at"] for each in identities(desk, "ana@example.org")], [None])
    expect(desk.get(f"/messages/{out['id']}").json["delivery"]["state"], "sent")
    deliver(bounce_of(out["message_id"], "Ana@Example.org", "True"), sender="")
    expect(arrival(desk, "True")["unverified"], False)
    expect([each["bounced_at"] is None for each in identities(desk, "ana@example.org")], [False])


def test_nobody_speaks_as_us(desk):
    add_mailbox(desk)
    first, letter = new_ticket(desk)
    out = sent(desk, answer(desk, first["ticket"]))
    for subject, headers in (("By our mark", {"References": out["message_id"]}), ("By hers", {"In-Reply-To": letter["Message-ID"]}),
                             ("Away", {"References": out["message_id"], "Auto-Submitted": "auto-replied"})):
        deliver(mail.write_letter("support@theke.test", sender="Support <support@theke.test>", subject=subject, headers=headers))
        soon(lambda: [m for m in desk.get("/parked-mails").json["items"] if (m["subject"], m["reason"]) == (subject, "own_address")], "parking")
    expect(len(messages(desk, ticket=first["ticket"])), 2)


def test_a_message_id_of_ours_makes_no_letter_vanish(desk):
    add_mailbox(desk)
    first, _ = new_ticket(desk)
    out = sent(desk, answer(desk, first["ticket"]))
    reused = {"Message-ID": out["message_id"], "References": out["message_id"]}
    deliver(mail.write_letter("support@theke.test", subject="With your id", headers=reused))
    expect(arrival(desk, "With your id")["ticket"], first["ticket"])
    deliver(mail.write_letter("support@theke.test", sender=EVE, subject="Mine now", headers={"Message-ID": out["message_id"]}))
    taken = arrival(desk, "Mine now")
    expect(taken["ticket"] != first["ticket"], True)
    deliver(mail.write_letter("support@theke.test", subject="Goes on", headers={"In-Reply-To": out["message_id"]}))
    expect(arrival(desk, "Goes on")["ticket"], first["ticket"])
    deliver(mail.write_letter("support@theke.test", sender="support@theke.test", subject="Our copy", headers=reused))
    deliver(mail.write_letter("support@theke.test", subject="Behind it"))
    arrival(desk, "Behind it")
    expect((messages(desk, subject="Our copy"), desk.get("/parked-mails").json["items"]), ([], []))


def test_a_stranger_is_heard_beside_a_finished_ticket(desk):
    add_mailbox(desk)
    for state in ("resolved", "closed"):
        first, letter = new_ticket(desk)
        expect(desk.patch(f"/tickets/{first['ticket']}", {"state": state}).status, 200)
        reply = {"In-Reply-To": letter["Message-ID"]}
        subject = f"From my private address, {state}"
        deliver(mail.write_letter("support@theke.test", sender=f"Ana <ana@{state}.example>", subject=subject, headers=reply))
        heard = arrival(desk, subject)
        ticket = desk.get(f"/tickets/{heard['ticket']}").json
        expect((heard["ticket"] != first["ticket"], heard["unverified"], heard["threading"]["decision"], ticket["category"]),
               (True, True, "follow_up", "new"))
        links = desk.get(f"/tickets/{heard['ticket']}/links").json["items"]
        expect(str(first["ticket"]) in json.dumps(links), True, links)
        expect(desk.get(f"/tickets/{first['ticket']}").json["state"], state)


def test_a_colleague_is_believed_when_our_mail_server_is_sure(desk):
    add_mailbox(desk)
    first, letter = new_ticket(desk)
    out = sent(desk, answer(desk, first["ticket"]))
    number = desk.get(f"/tickets/{first['ticket']}").json["number"]
    jana = {"sender": "Jana <jana@theke.test>"}
    deliver(mail.write_letter("support@theke.test", subject=f"[#{number}] refund", **jana))
    expect(arrival(desk, f"[#{number}] refund")["ticket"] != first["ticket"], True)
    foreign = {"In-Reply-To": letter["Message-ID"], "Authentication-Results": "mx.elsewhere.example; dmarc=pass header.from=theke.test"}
    deliver(mail.write_letter("support@theke.test", subject="Says another server", headers=foreign, **jana))
    joined = arrival(desk, "Says another server")
    expect((joined["ticket"], joined["unverified"]), (first["ticket"], True))
    deliver(mail.write_letter("support@theke.test", subject=f"[#{number}] please", headers=PROVEN, **jana))
    joined = arrival(desk, f"[#{number}] please")
    expect((joined["ticket"], joined["unverified"], "colleague" in joined["threading"]["reasons"]), (first["ticket"], False, True))
    deliver(mail.write_letter("support@theke.test", subject="By our Message-ID", headers={"References": out["message_id"]}, **jana))
    expect(arrival(desk, "By our Message-ID")["unverified"], True, "every letter of the thread tells it on")
    home = home_of(out)
    deliver(mail.write_letter(home, subject="By our mark", **jana), [home])
    joined = arrival(desk, "By our mark")
    expect((joined["ticket"], joined["unverified"]), (first["ticket"], False))


FORWARDED = "He is a fraud, refuse.\n\n-------- Weitergeleitete Nachricht --------\nBetreff: {0}\nDatum: Mon, 23 Nov 2026 10:00:00 +0100\n" \
            "Von: Ana <ana@example.org>\nAn: jana@theke.test\n\nGuten Tag,\nmein Gerät ist kaputt.\n"


def test_a_forward_opens_a_ticket_and_enters_one_only_when_proven(desk):
    add_mailbox(desk)
    first, letter = new_ticket(desk)
    number = desk.get(f"/tickets/{first['ticket']}").json["number"]
    jana = {"sender": "Jana <jana@theke.test>"}
    deliver(mail.write_letter("support@theke.test", subject="WG: Kaputt", text=FORWARDED.format("Kaputt"), **jana))
    opened = arrival(desk, "Kaputt")
    expect((opened["from"]["email"], opened["unverified"], opened["ticket"] != first["ticket"]), ("ana@example.org", True, True))
    expect([(n["text"], n["unverified"], n["from"]["email"]) for n in notes(desk, opened["ticket"])],
           [("He is a fraud, refuse.", True, "jana@theke.test")])
    expect([n["author_staff"] for n in notes(desk, opened["ticket"])], [None])
    deliver(mail.write_letter("support@theke.test", subject=f"WG: [#{number}] Kaputter", text=FORWARDED.format(f"[#{number}] Kaputter"), **jana))
    expect(arrival(desk, f"[#{number}] Kaputter")["ticket"] != first["ticket"], True)
    reply = {"References": letter["Message-ID"]}
    deliver(mail.write_letter("support@theke.test", subject="WG: Dazu", text=FORWARDED.format("Dazu"), headers=reply, **jana))
    joined = arrival(desk, "Dazu")
    expect((joined["ticket"], joined["unverified"]), (first["ticket"], True))
    deliver(mail.write_letter("support@theke.test", subject="WG: Sicher", text=FORWARDED.format("Sicher"), headers={**reply, **PROVEN}, **jana))
    joined = arrival(desk, "Sicher")
    expect((joined["ticket"], joined["unverified"], notes(desk, first["ticket"])[-1]["author_staff"]), (first["ticket"], False, 1))


def test_the_address_for_answers_makes_nobody_a_colleague(desk):
    add_mailbox(desk)
    first, _ = new_ticket(desk)
    home = home_of(sent(desk, answer(desk, first["ticket"])))
    deliver(mail.write_letter(home, sender="Jana <jana@theke.test>", subject="WG: Dazu", text=FORWARDED.format("Dazu")), [home])
    joined = arrival(desk, "Dazu")
    expect((joined["ticket"], joined["unverified"]), (first["ticket"], True))
    expect([(n["author_staff"], n["unverified"]) for n in notes(desk, first["ticket"])], [(None, True)])


def test_nothing_of_a_forwarder_is_shown_to_others(desk):
    add_mailbox(desk)
    text = FORWARDED.format("Quoted")
    deliver(mail.write_letter("support@theke.test", sender="jana@theke.test", subject="WG: Quoted", text=text, html=f"<p>{text}</p>"))
    inner = mail.write_letter("jana@theke.test", subject="Attached", text="It broke.", html="<p>It <b>broke</b>.<script>x</script></p>",
                              files=[("photo.txt", "text/plain", b"a photo")])
    outer = mail.write_letter("support@theke.test", sender="jana@theke.test", subject="WG: Attached", text="He is a fraud, refuse.",
                              html="<p>He is a fraud, refuse.</p>")
    attached = email.message_from_bytes(inner.as_bytes(policy=email.policy.SMTP), policy=email.policy.SMTP)
    outer.add_attachment(attached)
    deliver(outer)
    for subject in ("Quoted", "Attached"):
        shown = arrival(desk, subject)
        expect("fraud" in str(shown), False, shown)
        expect([n["text"] for n in notes(desk, shown["ticket"])], ["He is a fraud, refuse."])
        public = desk.get(f"/messages/{shown['id']}").json
        expect("fraud" in str(public), False, public)
    expect((shown["text"], shown["message_id"], "<b>broke</b>" in shown["html"], "script" in shown["html"]),
           ("It broke.", inner["Message-ID"], True, False))
    expect("photo.txt" in [each["name"] for each in shown["attachments"]], True)
    expect(arrival(desk, "Quoted")["message_id"], None)


def test_letters_without_a_sender_are_of_nobody_we_know(desk):
    add_mailbox(desk)
    nobody = {"From": None, "Message-ID": "<first@nowhere.example>"}
    deliver(mail.write_letter("support@theke.test", subject="Secret of one", headers=nobody), sender="")
    first = arrival(desk, "Secret of one")
    answered = {"From": None, "References": "<first@nowhere.example>"}
    deliver(mail.write_letter("support@theke.test", subject="By another", headers=answered), sender="")
    second = arrival(desk, "By another")
    expect((second["ticket"], second["unverified"]), (first["ticket"], True))
    deliver(mail.write_letter("support@theke.test", sender="unknown@invalid", subject="By name", headers={"References": "<first@nowhere.example>"}))
    expect(arrival(desk, "By name")["unverified"], True)
    requester = desk.get(f"/tickets/{first['ticket']}").json["requester"]
    expect((first["from"]["email"], requester["email"]), ("", None))


def test_a_letter_to_many_begins_a_thread_with_each(desk):
    add_mailbox(desk)
    first, _ = new_ticket(desk)
    to = [{"email": f"reader{i}@readers{i}.example"} for i in range(3)]
    many = desk.post(f"/tickets/{first['ticket']}/messages", {"audience": "public", "text": "News", "to": to, "cc": [{"email": "guest@guests.example"}]})
    out = sent(desk, many.json["id"])
    reply = {"References": out["message_id"]}
    deliver(mail.write_letter("support@theke.test", sender=to[0]["email"], subject="Re: News", text="Mine", headers=reply))
    mine = arrival(desk, "Re: News")
    expect((mine["ticket"] != first["ticket"], mine["unverified"], "reference_of_many" in mine["threading"]["reasons"]), (True, False, True))
    deliver(mail.write_letter("support@theke.test", sender=to[1]["email"], subject="Re: News", text="Hers", headers=reply))
    hers = arrival(desk, "Re: News", 2)
    expect(len({mine["ticket"], hers["ticket"], first["ticket"]}), 3)
    deliver(mail.write_letter("support@theke.test", sender=to[0]["email"], subject="Re: News", text="Mine again", headers=reply))
    expect(arrival(desk, "Re: News", 3)["ticket"], mine["ticket"])
    for sender in ("ana@example.org", "guest@guests.example"):
        deliver(mail.write_letter("support@theke.test", sender=sender, subject=f"By {sender}", headers=reply))
        joined = arrival(desk, f"By {sender}")
        expect((joined["ticket"], joined["unverified"]), (first["ticket"], False))


def test_automatic_mail_wakes_nothing_and_is_no_form(desk):
    add_mailbox(desk)
    states = ({"state": "waiting", "waiting_reason": "customer"}, {"state": "resolved"}, {"state": "closed"})
    for state in states:
        first, letter = new_ticket(desk)
        expect(desk.patch(f"/tickets/{first['ticket']}", state).status, 200)
        away = {"In-Reply-To": letter["Message-ID"], "Auto-Submitted": "auto-replied"}
        subject = f"Away, {state['state']}"
        deliver(mail.write_letter("support@theke.test", subject=subject, headers=away))
        came = arrival(desk, subject)
        ticket = desk.get(f"/tickets/{first['ticket']}").json
        expect((came["ticket"], came["automatic"], ticket["state"], ticket["first_response_at"]), (first["ticket"], True, state["state"], None))
    mailbox = desk.get("/mailboxes").json["items"][0]
    expect(desk.patch(f"/mailboxes/{mailbox['id']}", {"contact_form": True}).status, 200)
    form = {"Reply-To": "Bob <bob@example.org>", "Auto-Submitted": "auto-generated"}
    deliver(mail.write_letter("support@theke.test", sender="shop@example.org", subject="An order", headers=form))
    expect(arrival(desk, "An order")["from"]["email"], "shop@example.org")
    deliver(mail.write_letter("support@theke.test", sender="support@theke.test", subject="A loop", headers=form))
    soon(lambda: [m for m in desk.get("/parked-mails").json["items"] if (m["subject"], m["reason"]) == ("A loop", "own_address")], "parking")


def test_a_form_names_nobody_who_may_enter_a_ticket(desk):
    add_mailbox(desk, contact_form=True)
    first, letter = new_ticket(desk)
    form = {"Reply-To": "ana@example.org", "References": letter["Message-ID"]}
    deliver(mail.write_letter("support@theke.test", sender=EVE, subject="Pay me", headers=form))
    joined = arrival(desk, "Pay me")
    expect((joined["ticket"], joined["unverified"]), (first["ticket"], True))


def test_the_server_that_nearly_all_letters_name_is_proposed_and_believed_once_accepted(desk):
    desk.options = OPTIONS[:-2]
    desk.kill()
    desk.start()
    path = f"/mailboxes/{add_mailbox(desk)['id']}"
    proposed = lambda: desk.get(path).json["authentication_proposed"]

    def letters(count, server):
        for _ in range(count):
            new_ticket(desk, headers={"Authentication-Results": f"{server}; spf=pass smtp.mailfrom=example.org"} if server else {})

    letters(8, None)
    letters(6, "evil.example")
    expect(proposed(), "", "some letters bear what anybody can write")
    desk.rows("UPDATE mailbox SET authentication_hits = 0, authentication_letters = 0, authentication_name = ''")
    letters(1, None)
    letters(9, "MX.theke.test")
    expect(proposed(), "mx.theke.test")

    def forward(subject):
        deliver(mail.write_letter("support@theke.test", sender="Jana <jana@theke.test>", subject=f"WG: {subject}", text=FORWARDED.format(subject), headers=PROVEN))
        return arrival(desk, subject)["unverified"]

    expect(forward("Before"), True, "a proposal alone proves nothing")
    expect(desk.patch(path, {"authentication_server": "no server"}).status, 422)
    expect(desk.patch(path, {"authentication_server": "mx.theke.test"}).json["authentication_proposed"], "")
    expect(forward("Accepted"), False)
    said = [row[0] for row in desk.rows("SELECT data FROM event WHERE kind = 'mailbox.changed' ORDER BY id")]
    expect('"authentication_server"' in said[-1] and "mx.theke.test" in said[-1], True, said)
    expect(desk.patch(path, {"authentication_server": "-"}).json["authentication_proposed"], "")
    expect(forward("Refused"), True)
    expect(desk.patch(path, {"authentication_server": "mx.theke.test"}).status, 200)
    expect(desk.patch(path, {"inbound": {"kind": "imap", "host": "elsewhere.example", "user": "x"}}).json["authentication_server"], "", "another server")


if __name__ == "__main__":
    run_mail_tests(__name__)
