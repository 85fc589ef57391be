"""Uploads that no message took: they don't count for ever, and are thrown away with their files."""
import os
import time

import mail
from desk import expect, run_all
from post import soon

OPTIONS = ["--limits.requests_per_minute", "0", "--lmtp", "127.0.0.1:0", "--limits.mail_bytes", "1000000"]


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


def kept_mail(desk):
    return sorted(path.name[:6] for path in (desk.data / "mail").glob("??/*"))


def test_the_text_of_letters_that_nobody_names_is_thrown_away_after_a_day(desk):
    def arrives(subject, size):
        noise = os.urandom(size).hex()
        letter = mail.write_letter("support@theke.test", subject=subject, text=noise)
        expect(mail.send(letter, "ana@example.org", ["support@theke.test"], desk.lmtp, lmtp=True), {})
        return noise

    small, large = arrives("Kept small", 1000), arrives("Kept large", 400000)
    arrives("Too large, dropped", 600000)
    arrives("Too large, parked", 600000)
    arrives("Too large, dropped just now", 600000)
    arrives("Small, dropped", 1000)
    read = lambda: {m["subject"]: m["id"] for m in desk.get("/messages?after=0&limit=200").json["items"]}
    soon(lambda: len(read()) == 3, "the letters being read")
    ids = [int(row[0]) for row in desk.rows("SELECT id FROM mail_in ORDER BY id")]
    for dropped in (ids[2], ids[4], ids[5]):
        desk.rows(f"UPDATE mail_in SET state = 'parked', next_at = NULL, message_id = NULL, done_key = NULL WHERE id = {dropped}")
        expect(desk.ask("DELETE", f"/parked-mails/{dropped}").status, 204)
    desk.rows(f"UPDATE message SET raw_hash = NULL WHERE id = {read()['Small, dropped']}")
    desk.rows(f"UPDATE mail_in SET done_at = done_at - 90000000000 WHERE id IN ({ids[2]}, {ids[5]})")
    orphan = desk.data / "mail" / "ab" / ("c" * 62 + ".zst")
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"left by a crash")
    for path in (desk.data / "mail").glob("??/*"):
        os.utime(path, (time.time() - 90000,) * 2)
    expect((len(kept_mail(desk)), int(desk.rows("SELECT count(*) FROM mail_raw")[0][0])), (5, 2))
    desk.kill()
    desk.start()
    soon(lambda: len(kept_mail(desk)) == 3, "the files of the dropped letter and of the crash going")
    soon(lambda: int(desk.rows("SELECT count(*) FROM mail_raw")[0][0]) == 1, "the row of the dropped letter going")
    sources = [desk.get(f"/messages/{read()[subject]}/source").body for subject in ("Kept small", "Kept large")]
    expect([noise[:40].encode() in source for noise, source in zip((small, large), sources)], [True, True])
    expect(desk.get(f"/parked-mails/{ids[3]}/source").status, 200)


if __name__ == "__main__":
    run_all(__name__)
