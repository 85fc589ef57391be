"""Letters that leave through Postfix, read by the customer in a mailbox of the Dovecot."""
import email.utils
import re
import time

import mail
from desk import expect
from post import HOST, OPTIONS, add_mailbox, answer, arrival, by_postfix, deliver, messages, new_ticket, run_mail_tests, sent, soon


def test_a_letter_is_answered_and_the_reply_comes_back(desk):
    add_mailbox(desk)
    with mail.Imap(HOST.dovecot, "ana@example.org") as inbox:
        subject = f"My invoice {time.monotonic_ns()}"
        by_postfix(mail.write_letter("support@theke.test", subject=subject, text="It says 12 instead of 10.", html="<p>It says <b>12</b></p>"))
        first = arrival(desk, subject)
        expect((first["direction"], first["audience"], first["kind"], first["text"]), ("in", "public", "mail", "It says 12 instead of 10."))
        expect(first["threading"]["decision"], "new")
        ticket = desk.get(f"/tickets/{first['ticket']}").json
        expect((ticket["requester"]["email"], ticket["channel"], ticket["category"]), ("ana@example.org", "mail", "new"))
        letter = sent(desk, answer(desk, ticket["id"], "You are right: 10 – sorry."))
        got = inbox.wait_for(lambda m: m["Subject"] == "Re: " + subject)
        expect(got["Message-ID"], letter["message_id"])
        expect(got["In-Reply-To"], first["message_id"])
        expect(first["message_id"] in got["References"], True)
        expect("You are right: 10 – sorry." in got.get_body(("plain",)).get_content(), True)
        reply_to = email.utils.parseaddr(got["Reply-To"])[1]
        expect(reply_to.startswith("support+t") and reply_to.endswith("@theke.test"), True)
        desk.patch(f"/tickets/{ticket['id']}", {"state": "resolved"})
        text = "Thank you!\n\nOn Mon, 23 Nov 2026 at 10:12, Support <support@theke.test> wrote:\n\n> You are right: 10\n"
        by_postfix(mail.write_letter(reply_to, subject="Re: something else", text=text), reply_to)
        reply = arrival(desk, "Re: something else")
        expect((reply["ticket"], reply["text"], reply["threading"]["decision"]), (ticket["id"], "Thank you!", "reply"))
        expect("You are right" in reply["text_full"], True)
        expect(desk.get(f"/tickets/{ticket['id']}").json["category"], "open")


def test_programs_get_no_answer_and_wake_nobody(desk):
    add_mailbox(desk)
    team = desk.get("/teams").json["items"][0]
    desk.patch(f"/teams/{team['id']}", {"auto_reply": True, "auto_reply_text": "We have got your letter."})
    with mail.Imap(HOST.dovecot, "ana@example.org") as ana, mail.Imap(HOST.dovecot, "robot@example.org") as robot:
        before, quiet = len(ana.messages()), len(robot.messages())
        first, letter = new_ticket(desk)
        ana.wait_for(lambda m: "We have got your letter." in m.get_body(("plain",)).get_content() and letter["Message-ID"] in (m["References"] or ""))
        reply = messages(desk, ticket=first["ticket"], direction="out")[0]
        expect(reply["automatic"], True)
        got = ana.wait_for(lambda m: m["Message-ID"] == soon(lambda: desk.get(f"/messages/{reply['id']}").json["message_id"]))
        expect((got["Auto-Submitted"], "All" in got["X-Auto-Response-Suppress"]), ("auto-replied", True))
        new_ticket(desk)
        vacation = {"In-Reply-To": got["Message-ID"], "Auto-Submitted": "auto-replied"}
        deliver(mail.write_letter("support@theke.test", subject="Out of office", text="Back on Monday.", headers=vacation))
        away = arrival(desk, "Out of office")
        expect((away["ticket"], away["automatic"], away["report"]["kind"]), (first["ticket"], True, "vacation"))
        marks = [{"Auto-Submitted": "auto-generated"}, {"Precedence": "bulk"}, {"List-Id": "<x.example.org>"}, {"X-Autoreply": "yes"}]
        for number, mark in enumerate(marks):
            deliver(mail.write_letter("support@theke.test", sender="robot@example.org", subject=f"Robot {number}", headers=mark), sender="robot@example.org")
            expect(arrival(desk, f"Robot {number}")["automatic"], True)
        deliver(mail.write_letter("support@theke.test", sender="no-reply@example.org", subject="Nobody reads this"))
        arrival(desk, "Nobody reads this")
        time.sleep(1.5)
        expect((len(ana.messages()) - before, len(robot.messages()) - quiet), (1, 0), "one automatic answer a day, none to programs")


def told(desk):
    """What /readyz and /metrics say of the only mailbox: we are ready all the same."""
    ready = desk.get("/readyz")
    expect(ready.status, 200)
    mailbox, = ready.json["mail"]["mailboxes"]
    metric = re.search(r'theke_mailbox_failing{mailbox="\d+",side="out"} (\d)', desk.get("/metrics").body.decode())
    return {"state": ready.json["mail"]["state"], "going_out": ready.json["mail"]["going_out"], "in": mailbox["in"], "out": mailbox["out"],
            "metric": int(metric[1])}


def test_answers_wait_for_a_server_that_is_down(desk):
    add_mailbox(desk)
    first, _ = new_ticket(desk)
    HOST.postfix.stop()
    try:
        waiting = answer(desk, first["ticket"], "Sent while the server was down.")
        soon(lambda: desk.get(f"/messages/{waiting}").json["delivery"]["detail"], "the failure being shown")
        expect(desk.get(f"/messages/{waiting}").json["delivery"]["state"], "queued")
        expect(desk.get("/mailboxes").json["items"][0]["health"]["state"], "failing")
        expect(told(desk), {"state": "failing", "going_out": 1, "in": "ok", "out": "failing", "metric": 1})
    finally:
        HOST.postfix.start()
    sent(desk, waiting)
    expect(desk.get("/mailboxes").json["items"][0]["health"]["state"], "ok")
    expect(told(desk), {"state": "ok", "going_out": 0, "in": "ok", "out": "ok", "metric": 0})


def test_invitations_arrive_as_letters(desk):
    add_mailbox(desk)
    colleague = f"new{time.monotonic_ns()}@example.org"
    expect(desk.post("/staff", {"email": colleague, "name": "Nora", "role": "agent"}).status, 201)
    with mail.Imap(HOST.dovecot, colleague) as inbox:
        letter = inbox.wait_for()
    expect("/invitation#" in letter.get_body(("plain",)).get_content(), True)


def leaves_soon(desk, message):
    soon(lambda: desk.get(f"/messages/{message}").json["delivery"]["state"] == "sent", "the answer leaving", 4)


def delivery(desk, message):
    return desk.get(f"/messages/{message}").json["delivery"]


def test_an_answer_leaves_as_soon_as_a_mailbox_can_send_it(desk):
    ticket = desk.customer_writes()["id"]
    first = answer(desk, ticket)
    soon(lambda: delivery(desk, first)["detail"] == "no_mailbox", "there being no mailbox")
    expect((desk.get("/mail-state").json["state"], desk.get("/mail-state").json["without_mailbox"]), ("failing", 1))
    box = add_mailbox(desk, outbound=False)
    expect(delivery(desk, first)["state"], "queued")
    right = {"host": "localhost", "port": HOST.postfix.smtp, "security": "none"}
    desk.patch(f"/mailboxes/{box['id']}", {"outbound": right})
    leaves_soon(desk, first)
    expect((desk.get("/mail-state").json["state"], desk.get("/mail-state").json["without_mailbox"]), ("ok", 0))
    desk.patch(f"/mailboxes/{box['id']}", {"outbound": {"port": 1}})
    second = answer(desk, ticket)
    soon(lambda: desk.get("/mail-state").json["troubles"], "the mailbox failing")
    began = time.monotonic()
    soon(lambda: time.monotonic() - began > 8 and delivery(desk, second)["state"] == "queued", "failing twice")
    desk.patch(f"/mailboxes/{box['id']}", {"outbound": right})
    leaves_soon(desk, second)


if __name__ == "__main__":
    run_mail_tests(__name__)
