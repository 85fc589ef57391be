"""Uploads that no message took: they don't count for ever, and are thrown away with their files."""
import os
import time

from desk import expect, run_all
from post import soon

OPTIONS = ["--limits.requests_per_minute", "0"]


def upload(desk, content):
    return desk.ask("POST", "/uploads", content, headers={"X-File-Name": "a.txt", "Content-Type": "application/octet-stream"})


def stored(desk):
    return sorted(path for path in (desk.data / "files").glob("??/*"))


def test_what_was_abandoned_is_thrown_away_after_a_day(desk):
    ticket = desk.customer_writes()["id"]
    for number in range(200):
        expect(upload(desk, f"Abandoned {number}".encode()).status, 201)
    expect(upload(desk, b"One more").status, 429)
    desk.rows("UPDATE attachment SET created_at = created_at - 87000000000")
    kept = upload(desk, b"Kept")
    expect(kept.status, 201)
    written = desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "File.", "attachments": [kept.json["id"]]})
    expect(written.status, 201, written.body)
    waiting = upload(desk, b"Waiting")
    desk.rows(f"UPDATE attachment SET created_at = 1 WHERE id = {kept.json['id']}")
    before = time.time() - 90000
    for path in stored(desk):
        os.utime(path, (before, before))
    young = upload(desk, b"Young").json["id"]
    desk.rows(f"DELETE FROM attachment WHERE id = {young}")
    expect(len(stored(desk)), 203)
    desk.kill()
    desk.start()
    soon(lambda: len(stored(desk)) == 3, "the files going")
    expect(int(desk.rows("SELECT count(*) FROM attachment")[0][0]), 2)
    expect([desk.get(f"/attachments/{each.json['id']}").body for each in (kept, waiting)], [b"Kept", b"Waiting"])
    expect("all there" in desk.run("check"), True)


if __name__ == "__main__":
    run_all(__name__)
