"""What was acknowledged exists exactly once, whenever the plug is pulled, while letters and requests arrive at the same time."""
import http.client
import json
import os
import random
import smtplib
import threading
import time

import mail
from desk import expect, run_all
from post import LMTP, OPTIONS, soon

KILLS = int(os.environ.get("THEKE_KILLS", "20"))
WRITES = int(os.environ.get("THEKE_WRITES", "1000"))
THREADS = 2


class Sender(threading.Thread):
    """Sends what it has to, repeating each thing until it is acknowledged, as a careful program and a mail server do; and goes
    on until the kills are over."""

    def __init__(self, desk, name, over, count=WRITES // THREADS):
        super().__init__()
        self.desk, self.name, self.over, self.count = desk, name, over, count
        self.acknowledged, self.repeated = [], 0

    def run(self):
        number = 0
        while number < self.count or not self.over.is_set():
            key = f"{self.name}-{number}"
            while not self.attempt(key):
                self.repeated += 1
                time.sleep(0.02)
            self.acknowledged.append(key)
            number += 1


class Poster(Sender):
    def attempt(self, key):
        body = json.dumps({"subject": key, "text": "text of " + key, "requester": {"email": f"{self.name}@example.org"}})
        connection = http.client.HTTPConnection("127.0.0.1", self.desk.port, timeout=10)
        try:
            connection.request("POST", "/api/v1/tickets", body, {
                "Authorization": "Bearer " + self.desk.token, "Content-Type": "application/json", "Idempotency-Key": key})
            answer = connection.getresponse()
            answer.read()
            return answer.status == 201
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class Mailer(Sender):
    letters = {}

    def attempt(self, key):
        if key not in self.letters:
            self.letters[key] = mail.write_letter("support@theke.test", subject=key, sender=f"{self.name}@example.org", text="text of " + key)
        try:
            return not mail.send(self.letters[key], f"{self.name}@example.org", ["support@theke.test"], LMTP, lmtp=True)
        except (OSError, smtplib.SMTPException):
            return False


def all_tickets(desk):
    stored, cursor = [], ""
    while cursor is not None:
        page = desk.get(f"/tickets?limit=200&sort=created_at{cursor}").json
        stored += [(t["subject"], t["message_count"]) for t in page["items"]]
        cursor = "&cursor=" + page["next"] if page["next"] else None
    return stored


def waiting_mail(desk):
    return int(desk.rows("SELECT count(*) FROM mail_in WHERE state = 'waiting'")[0][0])


def test_kills_lose_and_double_nothing(desk):
    over, chance = threading.Event(), random.Random(7)
    senders = [kind(desk, f"{kind.__name__.lower()}{n}", over) for kind in (Poster, Mailer) for n in range(THREADS)]
    Mailer.letters.clear()
    for sender in senders:
        sender.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.05, 0.4))
        desk.kill()
        desk.start()
    over.set()
    for sender in senders:
        sender.join(300)
        expect(sender.is_alive(), False)
    acknowledged = sorted(key for sender in senders for key in sender.acknowledged)
    expect(len(acknowledged) >= 2 * (WRITES // THREADS * THREADS), True, f"{len(acknowledged)} acknowledged")
    expect(sum(sender.repeated for sender in senders) > 0, True, "no kill met anything under way")
    soon(lambda: waiting_mail(desk) == 0, "every letter being read", seconds=60)
    stored = all_tickets(desk)
    expect(sorted(subject for subject, _ in stored), acknowledged)
    expect({count for _, count in stored}, {1})
    expect(desk.get("/parked-mails").json["items"], [])
    expect("unbroken" in desk.run("check"), True)


def test_a_second_process_on_sqlite_is_refused(desk):
    if desk.database != "sqlite":
        return
    second = desk.run("serve", "--listen", "127.0.0.1:0", check=False)
    expect((second.returncode, "already" in second.stderr), (1, True), second.stderr)
    expect(desk.get("/readyz").status, 200)


if __name__ == "__main__":
    run_all(__name__)
