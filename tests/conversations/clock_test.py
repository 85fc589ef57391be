"""The wall clock jumps by hours and days, as it does when a machine wakes or its time was wrong: what is on its way goes on, once."""
import contextlib
import os
import pathlib
import struct
import subprocess
import tempfile
import time

import mail
from desk import expect
from portal import look, send
from post import HOST, OPTIONS, add_mailbox, answer, arrival, deliver, messages, new_ticket, run_mail_tests, sent, soon
from requests_test import make
from socket_client import Live

SERVERS = pathlib.Path(__file__).resolve().parent.parent / "servers"
FOLDER = tempfile.TemporaryDirectory(prefix="theke-clock-")
FILE = pathlib.Path(FOLDER.name) / "shift"
HOUR, DAY = 3600, 86400


def shift(seconds):
    with open(FILE, "r+b") as file:
        file.write(struct.pack("=q", seconds))


@contextlib.contextmanager
def down(server):
    server.stop()
    try:
        yield
    finally:
        server.start()


def wait_for_failure(desk, message):
    soon(lambda: desk.get(f"/messages/{message}").json["delivery"]["detail"], "the failure being shown")


def test_a_clock_set_back_keeps_nothing_waiting(desk):
    shift(2 * DAY)
    desk.kill()
    desk.start()
    add_mailbox(desk)
    first, _ = new_ticket(desk)
    with down(HOST.postfix):
        waiting = answer(desk, first["ticket"], "Queued while the clock was two days ahead.")
        wait_for_failure(desk, waiting)
        shift(0)
    sent(desk, waiting)
    second, _ = new_ticket(desk)
    expect(second["id"] > first["id"], True)
    sent(desk, answer(desk, second["ticket"], "Written after it was set right."))
    newest = desk.get("/messages?sort=-id&limit=1").json["items"][0]
    expect(newest["ticket"], second["ticket"])
    expect("unbroken" in desk.run("check"), True)


def test_a_clock_set_forward_gives_nothing_up_and_sends_nothing_twice(desk):
    shift(0)
    add_mailbox(desk)
    customer = f"clock{time.monotonic_ns()}@example.org"
    with mail.Imap(HOST.dovecot, customer) as inbox:
        first, _ = new_ticket(desk, sender=customer)
        with down(HOST.postfix):
            waiting = answer(desk, first["ticket"], "Queued before the jump.")
            wait_for_failure(desk, waiting)
            shift(30 * DAY)
            time.sleep(1)
        sent(desk, waiting)
        inbox.wait_for(lambda m: m["Subject"] == "Re: " + first["subject"])
        time.sleep(1)
        expect(len(inbox.messages()), 1)


def test_what_lasts_goes_by_the_steady_clock(desk):
    shift(0)
    with Live(desk, ["inbox"]) as screen:
        for jump in (HOUR, -HOUR, 40 * DAY, -40 * DAY, 0):
            shift(jump)
            began = time.monotonic()
            ticket = desk.customer_writes()
            screen.wait_for(lambda message: message.get("event", {}).get("ticket") == ticket["id"])
            deliver(mail.write_letter("support@theke.test", subject=f"Jump {jump}"))
            arrival(desk, f"Jump {jump}")
            expect(time.monotonic() - began < 3, True, f"{jump}: {time.monotonic() - began:.1f} s")
            expect(desk.get("/readyz").status, 200)
    expect(len([m for m in messages(desk) if m["subject"].startswith("Jump")]), 5)
    ids = [event["id"] for event in desk.get("/events?after=0&limit=200").json["items"]]
    expect(ids, sorted(ids))
    expect("unbroken" in desk.run("check"), True)


def test_an_account_is_not_locked_for_days_by_a_clock_set_back(desk):
    shift(10 * DAY)
    wrong = {"email": "jana@theke.test", "password": "not the password"}
    for _ in range(12):
        last = desk.post("/session", wrong, token=False)
    expect(last.status, 429, last.body)
    shift(0)
    right = desk.post("/session", {**wrong, "password": "ein gutes Passwort"}, token=False)
    expect(right.status in (200, 201), True, right.body)


def test_a_page_that_was_open_for_a_day_is_sent_again(desk):
    shift(0)
    make(desk, is_public=True)
    for _ in range(2):
        send(desk, look(desk), quickly=True)
    page = look(desk)
    shift(DAY + HOUR)
    refused = send(desk, page, quickly=True, subject="Kept")
    expect((refused.status, refused.value("subject"), refused.stamp != page.stamp), (422, "Kept", True))
    expect(send(desk, refused, quickly=True, subject="Kept").status, 303)
    expect([(each["subject"], each["is_spam"]) for each in desk.get("/tickets").json["items"]], [("Kept", False)])
    shift(2 * DAY + HOUR)
    send(desk, look(desk), quickly=True)
    expect(len(desk.rows("SELECT nonce FROM request_taken")), 2, "what was sent two days ago is forgotten")
    shift(0)


if __name__ == "__main__":
    library = pathlib.Path(FOLDER.name) / "clock.so"
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1", "-o", library, SERVERS / "clock.c", "-ldl"], check=True)
    FILE.write_bytes(struct.pack("=q", 0))
    os.environ["THEKE_CLOCK_FILE"] = str(FILE)
    os.environ["THEKE_PRELOAD"] = str(library)
    run_mail_tests(__name__)
