"""What a stop finds under way: it ends soon, whatever servers do, and no letter is lost or sent twice by it."""
import http.server
import os
import threading
import time

from desk import expect, run_all
from imap_server import ImapServer
from post import soon
from smtp_server import SmtpServer

LIMIT = 20
LARGE = 24 << 20 # more than a connection holds that nobody reads from


def add_mailbox(desk, outbound, **more):
    made = desk.post("/mailboxes", {"name": "Support", "address": "support@theke.test", "inbound": {"kind": "lmtp"}, "outbound": outbound, **more})
    expect(made.status, 201, made.body)


def answer(desk, text, attachments=()):
    sent = desk.post(f"/tickets/{desk.customer_writes()['id']}/messages", {"audience": "public", "text": text, "attachments": list(attachments)})
    expect(sent.status, 201, sent.body)
    return sent.json["id"]


def stop(desk, limit=LIMIT):
    began = time.monotonic()
    expect(desk.kill(15), 0)
    took = time.monotonic() - began
    expect(took < limit, True, f"the stop took {took:.1f} s")


def leaves_once(desk, server, message):
    server.hang = None
    desk.start()
    soon(lambda: desk.get(f"/messages/{message}").json["delivery"]["state"] == "sent", "the answer leaving")
    expect(len(server.letters), 1)


def test_a_letter_whose_end_has_not_been_sent_is_broken_off_and_leaves_at_the_next_start(desk):
    upload = desk.ask("POST", "/uploads", bytes(LARGE), headers={"Content-Type": "application/octet-stream", "X-File-Name": "large.bin"}).json["id"]
    for number, (hang, attachments) in enumerate((("EHLO", []), ("RCPT", []), ("TEXT", [upload]))):
        with SmtpServer() as server:
            server.hang = hang
            add_mailbox(desk, server.settings(), address=f"support{number}@theke.test")
            desk.rows(f"UPDATE mailbox SET out_host = '' WHERE id <= {number}")
            message = answer(desk, f"Stopped at {hang}", attachments)
            expect(server.hanging.wait(20), True, hang)
            stop(desk, 10)
            leaves_once(desk, server, message)


def test_a_letter_that_may_have_been_taken_is_waited_for(desk):
    with SmtpServer(seconds=9) as server:
        add_mailbox(desk, server.settings())
        message = answer(desk, "Behind the end")
        expect(server.begun.wait(20), True)
        stop(desk)
        expect(desk.rows(f"SELECT state FROM delivery WHERE message_id = {message}")[0][0], "sent")
        leaves_once(desk, server, message)


def test_a_letter_that_nobody_answers_for_ends_the_wait_and_stays_to_be_sent(desk):
    with SmtpServer(seconds=40) as server:
        add_mailbox(desk, server.settings())
        message = answer(desk, "No answer")
        expect(server.begun.wait(20), True)
        stop(desk)
        expect(list(desk.rows(f"SELECT state, detail FROM delivery WHERE message_id = {message}")[0]), ["queued", "stopped_without_answer"])
        desk.start()


def test_a_server_that_does_not_say_goodbye_delays_nothing(desk):
    with SmtpServer() as server:
        server.hang = "QUIT"
        add_mailbox(desk, server.settings())
        message = answer(desk, "No goodbye")
        soon(lambda: desk.get(f"/messages/{message}").json["delivery"]["state"] == "sent", "the answer leaving")
        soon(lambda: server.goodbyes, "our goodbye")
        stop(desk, 10)
        leaves_once(desk, server, message)


def test_a_provider_that_gives_no_token_delays_no_stop(desk):
    asked, go_on = threading.Semaphore(0), threading.Event()

    class Silent(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked.release()
            go_on.wait()

    provider = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    provider.daemon_threads = True
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    oauth = {"token_url": f"http://127.0.0.1:{provider.server_port}/token", "client_id": "theke", "client_secret": "a secret", "refresh_token": "first"}
    with SmtpServer() as server, ImapServer({}) as box:
        add_mailbox(desk, {**server.settings(), "user": "box"}, oauth=oauth, inbound=box.settings(auth="xoauth2"))
        answer(desk, "No token")
        expect(asked.acquire(timeout=20) and asked.acquire(timeout=20), True)
        stop(desk, 10)
        expect(desk.rows("SELECT out_error, in_error FROM mailbox")[0], desk.rows("SELECT NULL, NULL")[0], "no fault of the mailbox")
        go_on.set()
        desk.start()
    provider.shutdown()
    provider.server_close()


if __name__ == "__main__":
    os.environ["THEKE_MAIL_PLAIN_OAUTH"] = "1"
    run_all(__name__)
