"""Being told of what concerns one: once, for a reason, and never of what one may not see."""
import email
import email.policy
import json
import signal
import time

from access_test import wait_for
from desk import expect, run_all
from live import Live
from people_test import add_agent
from smtp_server import SmtpServer

OPTIONS = ["--notices.mail-after", "0"]
QUIET = {"enabled": False, "from": 1080, "to": 480, "days": 96}


def told(desk, token, **more):
    return desk.get("/notices?limit=200", token=token, **more).json


def soon(desk, token, count):
    """The notices as soon as so many are unread."""
    wait_for(lambda: told(desk, token)["unread"] == count)
    return told(desk, token)["items"]


def settled(desk, token):
    """What is there once everything that has happened is worked off: a mention comes last."""
    ticket = desk.customer_writes(subject="Als letztes")["id"]
    me = desk.get("/session", token=token).json["staff"]["id"]
    desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "x", "mentions": [me]})
    wait_for(lambda: [n for n in told(desk, token)["items"] if n["ticket"]["id"] == ticket])
    return [n for n in told(desk, token)["items"] if n["ticket"]["id"] != ticket]


def letter(desk, ticket, text="Noch etwas", sender="ana@example.org"):
    desk.run("mail", "deliver", stdin=f"From: {sender}\r\nTo: x@theke.test\r\nSubject: Re [#{ticket + 10000}]\r\nMessage-ID: <{time.monotonic_ns()}@example.org>\r\n\r\n{text}\r\n")


def test_each_kind_says_what_who_and_why(desk):
    lea = add_agent(desk)
    ticket = desk.customer_writes()["id"]
    note = desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "@Lea", "mentions": [2]}).json
    desk.patch(f"/tickets/{ticket}", {"assignee": 2})
    letter(desk, ticket)
    items = {n["kind"]: n for n in soon(desk, lea, 3)}
    expect((items["mention"]["why"], items["mention"]["message"], items["mention"]["actor"]), ("named", note["id"], {"kind": "staff", "id": 1, "name": "Jana Petersen"}))
    expect((items["assigned"]["why"], items["assigned"]["ticket"]["number"]), ("assignee", ticket + 10000))
    expect((items["reply"]["why"], items["reply"]["actor"]["kind"], items["reply"]["actor"]["name"]), ("assignee", "person", "Ana"))
    expect([n["kind"] for n in told(desk, lea)["items"]], ["reply", "assigned", "mention"], "the latest first")


def test_nobody_is_told_of_their_own_deeds(desk):
    lea = add_agent(desk)
    ticket = desk.customer_writes()["id"]
    desk.patch(f"/tickets/{ticket}", {"assignee": 2}, token=lea)
    desk.ask("PUT", f"/tickets/{ticket}/watch", token=lea)
    desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "x", "mentions": [2]}, token=lea)
    desk.post(f"/tickets/{ticket}/messages", {"audience": "public", "text": "y"}, token=lea)
    expect(settled(desk, lea), [])


def test_a_notice_that_the_store_refuses_keeps_nobody_from_the_next(desk):
    lea = add_agent(desk)
    first, second, third = (desk.customer_writes()["id"] for _ in range(3))
    desk.forbid("notice", second)
    for ticket in (first, second, third):
        desk.patch(f"/tickets/{ticket}", {"assignee": 2})
    wait_for(lambda: [n["ticket"]["id"] for n in told(desk, lea)["items"]] == [third, first], 60)


def test_ten_answers_in_one_ticket_are_one_notice(desk):
    lea = add_agent(desk)
    ticket = desk.customer_writes()["id"]
    desk.ask("PUT", f"/tickets/{ticket}/watch", token=lea)
    for i in range(10):
        desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": f"Notiz {i}"})
    wait_for(lambda: [n["times"] for n in told(desk, lea)["items"]] == [10])
    notice = told(desk, lea)["items"][0]
    expect((told(desk, lea)["unread"], notice["why"]), (1, "watcher"))
    expect(desk.post(f"/notices/{notice['id']}/read", token=lea).status, 204)
    desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "elf"})
    items = soon(desk, lea, 1)
    expect([(n["times"], bool(n["read_at"])) for n in items], [(1, False), (10, True)])
    expect([n["times"] for n in desk.get("/notices?unread=true", token=lea).json["items"]], [1])
    desk.ask("DELETE", f"/notices/{notice['id']}/read", token=lea)
    expect(told(desk, lea)["unread"], 1, "the newer one stands for both")
    desk.post("/notices/read", {"ticket": ticket}, token=lea)
    desk.ask("DELETE", f"/notices/{notice['id']}/read", token=lea)
    expect(told(desk, lea)["unread"], 1)
    desk.post("/notices/read", {}, token=lea)
    expect(told(desk, lea)["unread"], 0)
    page = desk.get("/notices?limit=1", token=lea).json
    expect(len(desk.get(f"/notices?limit=1&cursor={page['next']}", token=lea).json["items"]), 1)


def test_a_note_that_names_somebody_is_one_notice_to_them(desk):
    lea, mia = add_agent(desk), add_agent(desk, "mia")
    ticket = desk.customer_writes()["id"]
    for token in (lea, mia):
        desk.ask("PUT", f"/tickets/{ticket}/watch", token=token)
    desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "@Lea", "mentions": [2]})
    expect([n["kind"] for n in soon(desk, mia, 1)], ["reply"])
    expect([n["kind"] for n in soon(desk, lea, 1)], ["mention"])


def test_programs_imports_and_spam_tell_nobody(desk):
    lea = add_agent(desk)
    ticket = desk.customer_writes()["id"]
    desk.ask("PUT", f"/tickets/{ticket}/watch", token=lea)
    desk.run("mail", "deliver", stdin=f"From: ana@example.org\r\nTo: x@theke.test\r\nSubject: Away [#{ticket + 10000}]\r\nAuto-Submitted: auto-replied\r\n"
                                      "Message-ID: <away@example.org>\r\n\r\nI am away\r\n")
    wait_for(lambda: len(desk.get(f"/tickets/{ticket}/messages").json["items"]) == 2)
    desk.patch(f"/tickets/{ticket}", {"is_spam": True})
    desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "Spam"})
    expect(settled(desk, lea), [])


def test_who_may_not_see_a_ticket_hears_nothing_of_it(desk):
    lea = add_agent(desk)
    ticket = desk.customer_writes(subject="Quittenmus")["id"]
    desk.ask("PUT", f"/tickets/{ticket}/watch", token=lea)
    desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "eins"})
    notice = soon(desk, lea, 1)[0]
    desk.post("/teams", {"name": "Personal", "members": [1]})
    desk.patch(f"/tickets/{ticket}", {"team": "personal"})
    expect((told(desk, lea)["items"], told(desk, lea)["unread"]), ([], 0), "what was told before is out of sight too")
    expect(desk.post(f"/notices/{notice['id']}/read", token=lea).status, 404)
    desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "zwei"})
    expect(settled(desk, lea), [])
    desk.patch(f"/tickets/{ticket}", {"team": "support"})
    expect([(n["times"], n["ticket"]["subject"]) for n in told(desk, lea)["items"] if n["kind"] == "reply"], [(1, "Quittenmus")])
    expect(desk.post(f"/notices/{notice['id']}/read").status, 404, "nobody reads those of others")


def add_mailbox(desk, port):
    body = {"name": "Support", "address": "support@theke.test", "inbound": {"kind": "lmtp"}, "outbound": {"host": "localhost", "port": port, "security": "none"}}
    expect(desk.post("/mailboxes", body).status, 201)


def test_an_answer_that_is_not_delivered_is_told_to_its_writer(desk):
    lea = add_agent(desk)
    ticket = desk.customer_writes()["id"]
    with SmtpServer(answer="554 5.7.1 we do not want this") as server:
        add_mailbox(desk, server.port)
        answer = desk.post(f"/tickets/{ticket}/messages", {"audience": "public", "text": "Gern"}, token=lea).json
        notice, = soon(desk, lea, 1)
    expect((notice["kind"], notice["why"], notice["message"], notice["actor"]["kind"]), ("delivery", "author", answer["id"], "system"))
    expect(told(desk, desk.token)["items"], [])


def test_a_mail_says_what_happened_and_that_a_program_wrote_it(desk):
    lea = add_agent(desk)
    desk.patch("/me", {"locale": "de"}, token=lea)
    wish(desk, lea, mention=(True, True))
    ticket = desk.customer_writes(subject="Meine Rechnung", text="Geheimes Wort")["id"]
    with SmtpServer() as server:
        add_mailbox(desk, server.port)
        desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "Geheimes Wort", "mentions": [2]})
        raw, = wait_for(lambda: server.letters)
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    text = mail.get_body(("plain",)).get_content()
    expect((mail["To"], mail["Subject"]), ("lea@theke.test", f"Erwähnung in #{ticket + 10000}: Meine Rechnung"))
    expect(("Jana Petersen hat Sie in einer Notiz erwähnt." in text, f"/inbox/all/{ticket}" in text, "Geheim" in text), (True, True, False))
    expect((mail["Auto-Submitted"] or "no").startswith("auto-"), True)


def test_the_day_that_a_ticket_waited_for_is_told_to_who_has_it(desk):
    lea = add_agent(desk)
    ticket = desk.customer_writes()["id"]
    desk.patch(f"/tickets/{ticket}", {"assignee": 2}, token=lea)
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    desk.patch(f"/tickets/{ticket}", {"state": "waiting", "waiting_reason": "date", "waiting_until": at}, token=lea)
    wait_for(lambda: told(desk, lea)["unread"] == 1, 20)
    expect([(n["kind"], n["why"], n["actor"]["kind"]) for n in told(desk, lea)["items"]], [("woke", "assignee", "system")])


def test_nothing_is_told_twice_or_lost_when_the_program_is_killed(desk):
    lea = add_agent(desk)
    ticket = desk.customer_writes()["id"]
    desk.ask("PUT", f"/tickets/{ticket}/watch", token=lea)
    total = 0
    for _ in range(4):
        for i in range(25):
            expect(desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": f"{i}"}).status, 201)
            total += 1
        desk.kill(signal.SIGKILL)
        desk.start()
    wait_for(lambda: [n["times"] for n in told(desk, lea)["items"]] == [total])
    settled(desk, lea)
    expect([n["times"] for n in told(desk, lea)["items"] if n["kind"] == "reply"], [total])


def test_who_opens_a_ticket_has_read_what_was_told_of_it(desk):
    lea = add_agent(desk)
    first, second = desk.customer_writes()["id"], desk.customer_writes()["id"]
    for ticket in (first, second):
        desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "x", "mentions": [2]})
    soon(desk, lea, 2)
    desk.post(f"/tickets/{first}/seen")
    expect(told(desk, lea)["unread"], 2, "that others open it is nothing to her")
    with Live(desk, lea, "staff") as live:
        expect(desk.post(f"/tickets/{first}/seen", token=lea).status, 204)
        wait_for(lambda: live.message(5) == {"notices": True})
    expect([(n["ticket"]["id"], bool(n["read_at"])) for n in told(desk, lea)["items"]], [(second, False), (first, True)])


def test_what_was_read_long_ago_is_thrown_away(desk):
    lea = add_agent(desk)
    old, young, unread = (desk.customer_writes()["id"] for _ in range(3))
    for ticket in (old, young, unread):
        desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "x", "mentions": [2]})
    soon(desk, lea, 3)
    for ticket in (old, young):
        desk.post("/notices/read", {"ticket": ticket}, token=lea)
    days = 86400 * 10**6
    desk.rows(f"UPDATE notice SET read_at = read_at - (CASE ticket_id WHEN {old} THEN 181 ELSE 179 END) * {days}, created_at = 1, updated_at = {days} + ticket_id")
    desk.kill()
    desk.start()
    wait_for(lambda: len(told(desk, lea)["items"]) == 2)
    expect([n["ticket"]["id"] for n in told(desk, lea)["items"]], [unread, young])
    expect([n["ticket"]["id"] for n in desk.get("/notices?unread=true", token=lea).json["items"]], [unread])


def test_screens_hear_of_it_at_once(desk):
    lea = add_agent(desk)
    ticket = desk.customer_writes()["id"]
    with Live(desk, lea, "staff") as live:
        desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "x", "mentions": [2]})
        wait_for(lambda: live.message(5) == {"notices": True})
        desk.post("/notices/read", {}, token=lea)
        wait_for(lambda: live.message(5) == {"notices": True})


def wish(desk, token, **kinds):
    body = {"kinds": [{"kind": kind, "shown": shown, "mailed": mailed} for kind, (shown, mailed) in kinds.items()], "quiet": QUIET}
    answer = desk.ask("PUT", "/notice-settings", body, token=token)
    expect(answer.status, 200, answer.body)
    return answer.json


def letters(desk):
    return desk.rows("SELECT kind, to_address, data FROM letter WHERE kind LIKE 'notice%' ORDER BY id")


def test_mails_are_for_who_wants_them_and_go_out_once(desk):
    lea = add_agent(desk)
    ticket = desk.customer_writes(subject="Meine Rechnung", text="Geheimes Wort")["id"]
    desk.ask("PUT", f"/tickets/{ticket}/watch", token=lea)
    desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "ohne Mail"})
    soon(desk, lea, 1)
    expect(letters(desk), [])
    desk.post("/notices/read", {}, token=lea)
    expect([k for k in wish(desk, lea, reply=(False, True))["kinds"] if k["kind"] == "reply"], [{"kind": "reply", "shown": False, "mailed": True}])
    desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "Geheimes Wort"})
    wait_for(lambda: letters(desk))
    settled(desk, lea)
    (kind, to, data), = letters(desk)
    expect((kind, to, json.loads(data)["subject"], "Geheim" in data), ("notice_reply", "lea@theke.test", "Meine Rechnung", False))
    expect([n for n in told(desk, lea)["items"] if not n["read_at"] and n["kind"] == "reply"], [], "what is only mailed is not shown")


def test_what_is_only_mailed_is_mailed_again_the_next_time(desk):
    lea = add_agent(desk)
    ticket = desk.customer_writes()["id"]
    wish(desk, lea, mention=(False, True))
    for count in (1, 2):
        desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "x", "mentions": [2]})
        wait_for(lambda: len(letters(desk)) == count)
    expect(told(desk, lea)["items"], [])


def test_what_is_due_at_once_is_one_mail(desk):
    lea = add_agent(desk)
    desk.patch("/me", {"locale": "de"}, token=lea)
    wish(desk, lea, mention=(True, True), assigned=(True, True))
    mails = {"rhythm": "daily", "at": 480}
    expect(desk.ask("PUT", "/notice-settings", {"mails": mails}, token=lea).json["mails"], mails)
    expect(desk.ask("PUT", "/notice-settings", {"mails": {"rhythm": "weekly", "at": 0}}, token=lea).status, 422)
    first, second = desk.customer_writes(subject="Mahlwerk")["id"], desk.customer_writes(subject="Dampfhahn")["id"]
    desk.post(f"/tickets/{first}/messages", {"audience": "internal", "text": "Geheimes Wort", "mentions": [2]})
    desk.patch(f"/tickets/{second}", {"assignee": 2})
    soon(desk, lea, 2)
    expect(letters(desk), [], "they wait for their time")
    ((begin, end, count),) = desk.rows("SELECT min(mail_at), max(mail_at), count(*) FROM notice WHERE mail_at > 0")
    expect((begin, int(count), int(begin) % (3600 * 10**6)), (end, 2, 0))
    with SmtpServer() as server:
        add_mailbox(desk, server.port)
        desk.rows("UPDATE notice SET mail_at = 1 WHERE mail_at > 0")
        raw, = wait_for(lambda: server.letters)
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    text = mail.get_body(("plain",)).get_content()
    expect((mail["To"], mail["Subject"]), ("lea@theke.test", "2 Meldungen"))
    for part in (f"#{first + 10000}: Mahlwerk", "Jana Petersen hat Sie in einer Notiz erwähnt.", f"#{second + 10000}: Dampfhahn",
                 "Jana Petersen hat Ihnen den Vorgang zugewiesen.", f"/inbox/all/{second}", "/notices"):
        expect(part in text, True, part)
    expect("Geheim" in text, False)
    expect([kind for kind, _, _ in letters(desk)], ["notice_digest"])


def test_quiet_hours_hold_mails_back_and_what_is_read_is_not_mailed(desk):
    lea = add_agent(desk)
    answer = desk.ask("PUT", "/notice-settings", {"kinds": [{"kind": "mention", "shown": True, "mailed": True}],
                                                  "quiet": {"enabled": True, "from": 0, "to": 1439, "days": 127}}, token=lea).json
    expect((answer["quiet"]["days"], answer["stopped"]), (127, False))
    ticket = desk.customer_writes()["id"]
    desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "x", "mentions": [2]})
    soon(desk, lea, 1)
    time.sleep(0.5)
    expect(letters(desk), [], "every day is quiet")
    expect(desk.ask("PUT", "/notice-settings", {"quiet": {"enabled": True, "from": 2000, "to": 0, "days": 0}}, token=lea).status, 422)


def test_who_answers_a_notice_makes_no_ticket(desk):
    lea = add_agent(desk)
    wish(desk, lea, mention=(True, True))
    ticket = desk.customer_writes()["id"]
    desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "x", "mentions": [2]})
    wait_for(lambda: letters(desk))
    (number, created), = desk.rows("SELECT id, created_at FROM letter WHERE kind LIKE 'notice%'")
    ident = f"<letter.{number}.{created}@theke.test>"
    head = f"From: lea@theke.test\r\nTo: support@theke.test\r\nSubject: Re: Mention\r\nIn-Reply-To: {ident}\r\nReferences: {ident}\r\n"
    desk.run("mail", "deliver", stdin=head + "Message-ID: <antwort@theke.test>\r\n\r\nMache ich\r\n")
    parked = wait_for(lambda: desk.get("/parked-mails").json["items"])
    expect([p["reason"] for p in parked], ["answers_notice"])
    report = ("From: MAILER-DAEMON@theke.test\r\nTo: support@theke.test\r\nSubject: Undelivered\r\nMessage-ID: <bounce@theke.test>\r\nAuto-Submitted: auto-replied\r\n"
              'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nIt failed.\r\n'
              "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; lea@theke.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
              f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {ident}\r\nTo: lea@theke.test\r\nSubject: Mention\r\n\r\nx\r\n--b--\r\n")
    desk.run("mail", "deliver", stdin=report)
    wait_for(lambda: desk.get("/notice-settings", token=lea).json["stopped"])
    expect(len(desk.get("/tickets?state=all").json["items"]), 1)
    desk.post("/notices/read", {}, token=lea)
    desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "y", "mentions": [2]})
    settled(desk, lea)
    expect(len(letters(desk)), 1, "no more mails to an address that sends them back")
    expect(wish(desk, lea, mention=(True, True))["stopped"], False)


if __name__ == "__main__":
    run_all(__name__)
