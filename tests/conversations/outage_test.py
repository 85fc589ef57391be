"""PostgreSQL goes away and comes back while everything is under way: the program stays up, says so, and goes on by itself."""
import os
import smtplib
import threading
import time

import mail
from desk import expect, run_all
from kill_test import Mailer, Poster, all_tickets, waiting_mail
from post import LMTP, OPTIONS, soon
from socket_client import Live

DATABASES = ["postgresql"]
POSTGRESQL = None


def lmtp_code(desk):
    """What a mail server hears that hands over a letter."""
    try:
        refused = mail.send(mail.write_letter("support@theke.test", subject="During"), "ana@example.org", ["support@theke.test"], LMTP, lmtp=True)
        return refused["support@theke.test"][0] if refused else 250
    except smtplib.SMTPResponseException as refused:
        return refused.smtp_code


def test_while_the_database_is_away_we_say_so(desk):
    ticket = desk.customer_writes()
    with Live(desk, ["inbox"]) as screen:
        POSTGRESQL.stop()
        try:
            for method, path, body in (("GET", f"/tickets/{ticket['id']}", None), ("POST", "/tickets", {"subject": "x", "text": "x", "requester": {"email": "a@b.example"}}),
                                       ("GET", "/search?q=x", None), ("GET", "/readyz", None)):
                began = time.monotonic()
                answer = desk.ask(method, path, body)
                expect((answer.status, answer.json["status"], answer.json["code"]), (503, 503, "busy"), path)
                expect(bool(answer.json["title"]) and "Retry-After" in answer.headers, True, answer.body)
                expect("5432" in answer.body.decode() or "refused" in answer.body.decode(), False, "nothing is told of the database")
                expect(time.monotonic() - began < 3, True, f"{path} took {time.monotonic() - began:.1f} s")
            expect(desk.get("/healthz").status, 200)
            expect(lmtp_code(desk), 451)
        finally:
            POSTGRESQL.start()
        began = time.monotonic()
        soon(lambda: desk.get("/readyz").status == 200, "being ready again", 5)
        for _ in range(40):
            expect(desk.get(f"/tickets/{ticket['id']}").status, 200, "every connection is a good one")
        after = desk.customer_writes(subject="After")
        screen.wait_for(lambda message: message.get("event", {}).get("ticket") == after["id"])
        expect(lmtp_code(desk), 250)
        soon(lambda: any(subject == "During" for subject, _ in all_tickets(desk)), "the letter arriving")
        print(f"all is well {time.monotonic() - began:.1f} s after the database came back")
    expect("unbroken" in desk.run("check"), True)


def test_outages_lose_and_double_nothing(desk):
    over = threading.Event()
    senders = [kind(desk, f"{kind.__name__.lower()}{n}", over, count=100) for kind in (Poster, Mailer) for n in range(2)]
    Mailer.letters.clear()
    for sender in senders:
        sender.start()
    for _ in range(4):
        time.sleep(0.7)
        POSTGRESQL.stop()
        time.sleep(0.5)
        POSTGRESQL.start()
    over.set()
    for sender in senders:
        sender.join(300)
        expect(sender.is_alive(), False)
    expect(desk.process.poll(), None, "the program never ended")
    acknowledged = sorted(key for sender in senders for key in sender.acknowledged)
    expect(sum(sender.repeated for sender in senders) > 0, True)
    soon(lambda: waiting_mail(desk) == 0, "every letter being read", seconds=60)
    stored = all_tickets(desk)
    expect(sorted(subject for subject, _ in stored), acknowledged)
    expect({count for _, count in stored}, {1})
    expect("unbroken" in desk.run("check"), True)


if __name__ == "__main__":
    POSTGRESQL = mail.Server("postgresql", "--commands")
    try:
        os.environ["THEKE_TEST_POSTGRESQL"] = POSTGRESQL.url
        run_all(__name__)
    finally:
        POSTGRESQL.close()
