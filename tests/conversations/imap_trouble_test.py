"""What can be wrong with a mailbox that is fetched: each fault is told in its health, keeps nobody else waiting, and ends by itself
when it is mended."""
import contextlib
import http.server
import os
import threading
import time

import mail
from desk import expect
from mailbox_test import Provider, imap_settings
from post import HOST, OPTIONS as WITH_LMTP, add_mailbox, arrival, deliver, messages, run_mail_tests, soon

OPTIONS = [*WITH_LMTP, "--limits.mail_bytes", "200000"]
MANY = 200


def name(word):
    return f"{word}{time.monotonic_ns()}@theke.test"


def health(desk, mailbox):
    return desk.get(f"/mailboxes/{mailbox['id']}").json["health"]


def failing(desk, mailbox, *words):
    soon(lambda: health(desk, mailbox)["state"] == "failing", "the failure being told")
    told = health(desk, mailbox)["in_error"].lower()
    expect(any(word in told for word in words), True, told)


def well(desk, mailbox):
    soon(lambda: health(desk, mailbox)["state"] == "ok" and health(desk, mailbox)["last_ok_at"], "recovering", 30)


def letter_arrives(desk, user, folder="INBOX"):
    subject = f"Letter {time.monotonic_ns()}"
    with mail.Imap(HOST.dovecot, user, folder) as box:
        box.append(mail.write_letter(user, subject=subject))
    return arrival(desk, subject)


def test_a_refused_login_is_told_until_the_password_is_right(desk):
    user = name("login")
    made = add_mailbox(desk, user, inbound=imap_settings(user=user, password="wrong password"))
    failing(desk, made, "denied", "login", "authentication")
    expect(desk.patch(f"/mailboxes/{made['id']}", {"inbound": imap_settings(user=user)}).status, 200)
    well(desk, made)
    letter_arrives(desk, user)


def test_a_folder_that_is_not_there_is_told_until_it_is(desk):
    user = name("folder")
    made = add_mailbox(desk, user, inbound=imap_settings(user=user, folder="Support"))
    failing(desk, made, "folder", "exist")
    letter_arrives(desk, user, "Support")
    well(desk, made)


def test_a_certificate_that_nobody_signed_is_refused(desk):
    desk.kill()
    trusted = os.environ.pop("THEKE_MAIL_CA_FILE")
    try:
        desk.start()
    finally:
        os.environ["THEKE_MAIL_CA_FILE"] = trusted
    users = name("tls"), name("starttls")
    made = [add_mailbox(desk, users[0], inbound=imap_settings(user=users[0])),
            add_mailbox(desk, users[1], inbound=imap_settings(user=users[1], port=HOST.dovecot.imap, security="starttls"))]
    for mailbox in made:
        failing(desk, mailbox, "certificate", "ssl")
    desk.kill()
    desk.start()
    for mailbox, user in zip(made, users):
        well(desk, mailbox)
        letter_arrives(desk, user)


def test_a_renumbered_folder_doubles_nothing(desk):
    user, folder = name("renumbered"), "Inbound"
    letters = [mail.write_letter(user, subject=f"Numbered {number}") for number in range(3)]
    with mail.Imap(HOST.dovecot, user, folder) as box:
        box.append(letters[0])
        box.append(letters[1])
    made = add_mailbox(desk, user, inbound=imap_settings(user=user, folder=folder))
    arrival(desk, "Numbered 1")
    desk.kill()
    with mail.Imap(HOST.dovecot, user) as box:
        expect(box.client.delete(folder)[0], "OK")
    with mail.Imap(HOST.dovecot, user, folder) as box:
        for letter in letters:
            box.append(letter)
    desk.start()
    arrival(desk, "Numbered 2")
    well(desk, made)
    expect(sorted(m["subject"] for m in messages(desk) if m["subject"].startswith("Numbered")), ["Numbered 0", "Numbered 1", "Numbered 2"])


def test_a_huge_letter_is_parked_and_the_line_goes_on(desk):
    user = name("huge")
    with mail.Imap(HOST.dovecot, user) as box:
        box.append(mail.write_letter(user, subject="Huge", files=[("a.bin", "application/octet-stream", os.urandom(1 << 20))]))
        box.append(mail.write_letter(user, subject="Behind the huge one"))
    add_mailbox(desk, user, inbound=imap_settings(user=user))
    arrival(desk, "Behind the huge one")
    parked, = desk.get("/parked-mails").json["items"]
    expect(("only its headers were fetched" in parked["reason"], parked["is_partial"]), (True, True), parked)
    refused = desk.post(f"/parked-mails/{parked['id']}/release")
    expect((refused.status, refused.json["code"]), (409, "parked_mail_partial"))
    expect(messages(desk, subject="Huge"), [])
    with mail.Imap(HOST.dovecot, user) as box:
        expect(len(box.messages()), 2, "it stays on the server")


@contextlib.contextmanager
def provider(port=0):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def test_tokens_are_asked_for_again_until_the_provider_answers(desk):
    user = name("oauth")
    with provider() as port:
        pass
    oauth = {"token_url": f"http://127.0.0.1:{port}/token", "client_id": "theke", "client_secret": "a secret", "refresh_token": "first-token"}
    made = add_mailbox(desk, user, inbound=imap_settings(user=user, auth="xoauth2", password=""), oauth=oauth)
    failing(desk, made, "token")
    with provider(port):
        well(desk, made)
        letter_arrives(desk, user)
        # The token ends early, as when somebody withdraws it: a new one is asked for.
        Provider.token = "renewed-token"
        HOST.accept_tokens("renewed-token")
        HOST.dovecot.stop()
        HOST.dovecot.start()
        soon(lambda: health(desk, made)["state"] == "failing", "the lost connection being told")
        well(desk, made)
        letter_arrives(desk, user)
        Provider.token = "good-token"
        HOST.accept_tokens(HOST.dovecot.token)


def process(desk, field):
    with open(f"/proc/{desk.process.pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(field))


def test_many_mailboxes_are_fetched_at_once(desk):
    users = [name(f"many{number}x") for number in range(MANY)]
    before = process(desk, "VmRSS"), process(desk, "Threads")
    settings = {"port": HOST.dovecot.imap, "security": "none"}
    made = [add_mailbox(desk, user, inbound=imap_settings(user=user, **settings), outbound=False) for user in users]
    began = time.monotonic()
    soon(lambda: all(item["in"] == "ok" for item in desk.get("/readyz").json["mail"]["mailboxes"]) and health(desk, made[-1])["last_ok_at"],
         "all mailboxes being open", 60)
    for user in (users[0], users[MANY // 2], users[-1]):
        began = time.monotonic()
        letter_arrives(desk, user)
        expect(time.monotonic() - began < 5, True, f"{time.monotonic() - began:.1f} s")
    memory, threads = process(desk, "VmRSS") - before[0], process(desk, "Threads") - before[1]
    print(f"{MANY} mailboxes: {memory // MANY} KB and {threads / MANY:.1f} threads each, {memory // 1024} MB more in all")
    expect(memory // MANY < 600, True, f"{memory // MANY} KB each")


def test_a_letter_makes_us_ask_nobody(desk):
    asked = []

    class Trap(http.server.BaseHTTPRequestHandler):
        def handle(self):
            asked.append(self.client_address)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Trap)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    at = f"http://127.0.0.1:{server.server_port}"
    html = (f'<link rel="stylesheet" href="{at}/a.css"><img src="{at}/a.png"><iframe src="{at}/b"></iframe><a href="{at}/c" ping="{at}/d">x</a>'
            f'<style>@import url({at}/e); body {{ background: url({at}/f) }}</style><video src="{at}/g" poster="{at}/h"></video>')
    deliver(mail.write_letter("support@theke.test", subject="Fetch me", html=html, headers={
        "List-Unsubscribe": f"<{at}/u>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "List-Archive": f"<{at}/l>",
        "Disposition-Notification-To": "spy@example.org", "X-Face-URL": f"{at}/face", "Content-Location": f"{at}/loc"}))
    external = (b"From: ana@example.org\r\nTo: support@theke.test\r\nSubject: External\r\nMessage-ID: <ext@example.org>\r\nMIME-Version: 1.0\r\n"
                b'Content-Type: message/external-body; access-type=URL; URL="%s/x"\r\n\r\nContent-Type: text/plain\r\n\r\n' % at.encode())
    deliver(external)
    message = arrival(desk, "Fetch me")
    arrival(desk, "External")
    desk.get(f"/messages/{message['id']}")
    time.sleep(1)
    server.shutdown()
    expect(asked, [])


if __name__ == "__main__":
    run_mail_tests(__name__)
