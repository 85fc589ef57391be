"""Mail by its real ways: Postfix hands letters to Theke by LMTP, Theke sends through Postfix and fetches from Dovecot, and the
customer reads the answers in a mailbox of the Dovecot."""
import email.utils
import http.server
import json
import os
import pathlib
import socket
import threading
import time

import mail
from desk import ROOT, Desk, expect, run_all, Unmet


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


LMTP = free_port()
OPTIONS = ["--lmtp", f"127.0.0.1:{LMTP}"]
HOST = None


def soon(look, what="it", seconds=20):
    """The first true answer of look()."""
    end = time.monotonic() + seconds
    while True:
        answer = look()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Unmet(f"{what} did not happen within {seconds} s")
        time.sleep(0.05)


def messages(desk, **where):
    items = desk.get("/messages?after=0&limit=200").json["items"]
    return [m for m in items if all(m[key] == value for key, value in where.items())]


def arrival(desk, subject, count=1):
    return soon(lambda: (lambda found: found[-1] if len(found) >= count else None)(messages(desk, subject=subject)), f"'{subject}' arriving")


def add_mailbox(desk, address="support@theke.test", outbound=True, **more):
    body = {"name": "Support", "address": address, "inbound": {"kind": "lmtp"}, **more}
    if outbound:
        body.setdefault("outbound", {"host": "localhost", "port": HOST.postfix.smtp, "security": "none"})
    answer = desk.post("/mailboxes", body)
    expect(answer.status, 201, answer.body)
    return answer.json


def deliver(letter, recipients=("support@theke.test",), sender="ana@example.org"):
    expect(mail.send(letter, sender, list(recipients), LMTP, lmtp=True), {})


def by_postfix(letter, recipient="support@theke.test", sender="ana@example.org"):
    expect(mail.send(letter, sender, [recipient], HOST.postfix.smtp), {})


def answer(desk, ticket, text="Please try again."):
    sent = desk.post(f"/tickets/{ticket}/messages", {"audience": "public", "text": text})
    expect(sent.status, 201, sent.body)
    return sent.json["id"]


def sent(desk, message):
    return soon(lambda: (lambda m: m if m["delivery"]["state"] == "sent" else None)(desk.get(f"/messages/{message}").json), "the answer leaving")


def new_ticket(desk, **letter):
    subject = f"Matter {time.monotonic_ns()}"
    first = mail.write_letter("support@theke.test", subject=subject, **letter)
    deliver(first)
    return arrival(desk, subject), first


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


def test_answers_wait_for_a_server_that_is_down(desk):
    add_mailbox(desk)
    first, _ = new_ticket(desk)
    HOST.postfix.stop()
    try:
        waiting = answer(desk, first["ticket"], "Sent while the server was down.")
        soon(lambda: desk.get(f"/messages/{waiting}").json["delivery"]["detail"], "the failure being shown")
        expect(desk.get(f"/messages/{waiting}").json["delivery"]["state"], "queued")
        expect(desk.get("/mailboxes").json["items"][0]["health"]["state"], "failing")
    finally:
        HOST.postfix.start()
    sent(desk, waiting)
    expect(desk.get("/mailboxes").json["items"][0]["health"]["state"], "ok")


def imap_settings(**more):
    return {"kind": "imap", "host": "localhost", "port": HOST.dovecot.imaps, "security": "tls", "user": "desk@theke.test", "password": HOST.dovecot.password, **more}


def fetched(desk, user, **inbound):
    settings = imap_settings(user=user, **inbound)
    with mail.Imap(HOST.dovecot, user) as box:
        box.append(mail.write_letter(user, subject=f"Before {user}"))
        made = add_mailbox(desk, user, inbound=settings)
        arrival(desk, f"Before {user}")
        began = time.monotonic()
        box.append(mail.write_letter(user, subject=f"Now {user}"))
        arrival(desk, f"Now {user}")
        expect(time.monotonic() - began < 2, True, "IDLE tells at once")
    return made


def test_mailboxes_are_fetched_as_letters_come(desk):
    stamp = time.monotonic_ns()
    made = fetched(desk, f"tls{stamp}@theke.test")
    fetched(desk, f"starttls{stamp}@theke.test", port=HOST.dovecot.imap, security="starttls")
    expect(desk.get(f"/mailboxes/{made['id']}").json["health"]["state"], "ok")
    desk.kill()
    with mail.Imap(HOST.dovecot, f"tls{stamp}@theke.test") as box:
        box.append(mail.write_letter(f"tls{stamp}@theke.test", subject="While away"))
    desk.start()
    arrival(desk, "While away")
    expect(len(messages(desk)), 5)


def test_a_mailbox_that_fails_says_so_and_recovers(desk):
    user = f"fails{time.monotonic_ns()}@theke.test"
    made = add_mailbox(desk, user, inbound=imap_settings(user=user))
    health = lambda: desk.get(f"/mailboxes/{made['id']}").json["health"]
    soon(lambda: health()["last_ok_at"], "the first fetch")
    HOST.dovecot.stop()
    try:
        soon(lambda: health()["state"] == "failing", "the failure being seen")
    finally:
        HOST.dovecot.start()
    soon(lambda: health()["state"] == "ok", "recovering")
    with mail.Imap(HOST.dovecot, user) as box:
        box.append(mail.write_letter(user, subject="After the outage"))
    arrival(desk, "After the outage")


def test_connections_can_be_tried_step_by_step(desk):
    good = {"address": "try@theke.test", "inbound": imap_settings(), "outbound": {"host": "localhost", "port": HOST.postfix.smtp, "security": "none"}}
    steps = desk.post("/mailboxes/test", good).json["steps"]
    expect([step["key"] for step in steps], ["in.resolve", "in.connect", "in.tls", "in.login", "in.folder", "out.resolve", "out.connect", "out.tls", "out.login"])
    expect([step for step in steps if not step["ok"]], [])
    wrong = {**good, "inbound": imap_settings(password="wrong"), "outbound": {"host": "localhost", "port": 1, "security": "none"}}
    failed = [step["key"] for step in desk.post("/mailboxes/test", wrong).json["steps"] if not step["ok"]]
    expect(failed, ["in.login", "out.connect"])
    expect(desk.post("/mailboxes", {**good, "inbound": {"kind": "imap"}}).status, 422)
    expect(desk.post("/mailboxes", {**good, "inbound": imap_settings(host="evil/../x")}).status, 422)
    text = json.dumps(desk.post("/mailboxes", good).json)
    expect(HOST.dovecot.password in text, False, "passwords are never shown")


class Provider(http.server.BaseHTTPRequestHandler):
    """Gives access tokens for a refresh token, as the big providers do."""
    asked = []
    token = "good-token"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        Provider.asked.append(dict(pair.split("=") for pair in body.split("&")))
        data = json.dumps({"access_token": Provider.token, "expires_in": 3600, "token_type": "Bearer", "refresh_token": "next"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def test_xoauth2_fetches_with_refreshed_tokens(desk):
    provider = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    Provider.asked.clear()
    user = f"oauth{time.monotonic_ns()}@theke.test"
    oauth = {"token_url": f"http://127.0.0.1:{provider.server_port}/token", "client_id": "theke", "client_secret": "s", "refresh_token": "first"}
    add_mailbox(desk, user, inbound=imap_settings(user=user, auth="xoauth2", password=""), oauth=oauth)
    with mail.Imap(HOST.dovecot, user) as box:
        box.append(mail.write_letter(user, subject="By token"))
    arrival(desk, "By token")
    expect((Provider.asked[0]["grant_type"], Provider.asked[0]["refresh_token"], Provider.asked[0]["client_id"]), ("refresh_token", "first", "theke"))
    desk.kill()
    desk.start()
    soon(lambda: len(Provider.asked) >= 2, "asking anew")
    expect(Provider.asked[1]["refresh_token"], "next", "a renewed refresh token is kept")
    provider.shutdown()


def test_invitations_arrive_as_letters(desk):
    add_mailbox(desk)
    colleague = f"new{time.monotonic_ns()}@example.org"
    expect(desk.post("/staff", {"email": colleague, "name": "Nora", "role": "agent"}).status, 201)
    with mail.Imap(HOST.dovecot, colleague) as inbox:
        letter = inbox.wait_for()
    expect("/invitation#" in letter.get_body(("plain",)).get_content(), True)


def test_nothing_acknowledged_is_lost_by_a_kill(desk):
    accepted = []

    def keep_sending(worker):
        number = 0
        while not done.is_set():
            letter = mail.write_letter("support@theke.test", subject=f"K{worker}.{number}")
            while not hand_over(letter):
                time.sleep(0.02)
            accepted.append(letter["Subject"])
            number += 1

    def hand_over(letter):
        """As a mail server does: the same letter again until it is taken."""
        try:
            return not mail.send(letter, "ana@example.org", ["support@theke.test"], LMTP, lmtp=True)
        except Exception:
            return False

    done = threading.Event()
    workers = [threading.Thread(target=keep_sending, args=(number,)) for number in range(3)]
    for worker in workers:
        worker.start()
    for _ in range(int(os.environ.get("THEKE_KILLS", "4"))):
        time.sleep(0.4)
        desk.kill()
        desk.start()
    done.set()
    for worker in workers:
        worker.join()
    expect(len(accepted) > 20, True, f"{len(accepted)} letters")

    def all_subjects():
        found, after = [], 0
        while True:
            page = desk.get(f"/messages?after={after}&limit=200").json["items"]
            if not page:
                return found
            found += [m["subject"] for m in page]
            after = page[-1]["id"]

    soon(lambda: set(accepted) <= set(all_subjects()), "every accepted letter arriving")
    subjects = all_subjects()
    expect(len(subjects), len(set(subjects)), "none twice")
    expect(desk.run("check", check=False).returncode, 0)


if __name__ == "__main__":
    with mail.MailHost(lmtp=LMTP) as HOST:
        os.environ["THEKE_MAIL_CA_FILE"] = HOST.dovecot.certificate
        os.environ["THEKE_MAIL_PLAIN_OAUTH"] = "1"
        run_all(__name__)
