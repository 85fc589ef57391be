"""What was acknowledged exists exactly once, whenever the plug is pulled."""
import http.client
import json
import os
import random
import threading
import time

from desk import expect, run_all

KILLS = int(os.environ.get("THEKE_KILLS", "10"))
WRITES = int(os.environ.get("THEKE_WRITES", "1600"))


class Writer(threading.Thread):
    """Posts tickets with an Idempotency-Key each, repeating a request until it is answered, as a careful program would."""

    def __init__(self, desk, name, count):
        super().__init__()
        self.desk, self.name, self.count, self.acknowledged = desk, name, count, []

    def run(self):
        for number in range(self.count):
            key = f"{self.name}-{number}"
            while not self.attempt(key):
                time.sleep(0.02)

    def attempt(self, key):
        body = json.dumps({"subject": key, "text": "text of " + key, "requester": {"email": f"{self.name}@example.org"}})
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.desk.port, timeout=10)
            connection.request("POST", "/api/v1/tickets", body, {
                "Authorization": "Bearer " + self.desk.token, "Content-Type": "application/json", "Idempotency-Key": key})
            answer = connection.getresponse()
            answer.read()
            if answer.status == 201:
                self.acknowledged.append(key)
            return answer.status == 201
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def test_kills_lose_and_double_nothing(desk):
    writers = [Writer(desk, f"writer{n}", WRITES // 4) for n in range(4)]
    for writer in writers:
        writer.start()
    chance = random.Random(7)
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.05, 0.4))
        desk.kill()
        desk.start()
    for writer in writers:
        writer.join(120)
        expect(writer.is_alive(), False)
    acknowledged = sorted(key for writer in writers for key in writer.acknowledged)
    expect(len(acknowledged), WRITES // 4 * 4)
    stored, cursor = [], ""
    while cursor is not None:
        page = desk.get(f"/tickets?limit=200&sort=created_at{cursor}").json
        stored += [(t["subject"], t["message_count"]) for t in page["items"]]
        cursor = "&cursor=" + page["next"] if page["next"] else None
    expect(sorted(subject for subject, _ in stored), acknowledged)
    expect({count for _, count in stored}, {1})
    expect("unbroken" in desk.run("check"), True)


if __name__ == "__main__":
    run_all(__name__)
