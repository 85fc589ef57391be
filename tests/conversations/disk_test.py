"""The disk is full, or can't be written any more: who reads goes on reading, who writes is told, nothing is stored by half, and
with room again everything goes on. Needs root, for a small disk of its own."""
import contextlib
import json
import os
import smtplib
import subprocess

import mail
from desk import Desk, Unmet, expect, run_all
from files_test import upload
from kill_test import all_tickets
from post import LMTP, OPTIONS as WITH_LMTP, soon

BODY = {"subject": "While full", "text": "x" * 20000, "requester": {"email": "ana@example.org"}}


@contextlib.contextmanager
def desk_on_small_disk(database):
    desk = Desk(database, WITH_LMTP)
    desk.data.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", desk.data], check=True)
    try:
        with desk:
            yield desk
    finally:
        desk.kill()
        subprocess.run(["umount", "-l", desk.data], check=False)
        os.rmdir(desk.data)
        desk.folder.rmdir() if not any(desk.folder.iterdir()) else None


def fill(desk):
    with open(desk.data / "ballast", "ab", buffering=0) as file:
        with contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 4096)


def hand_over(subject):
    letter = mail.write_letter("support@theke.test", subject=subject, files=[("a.bin", "application/octet-stream", os.urandom(30000))])
    try:
        refused = mail.send(letter, "ana@example.org", ["support@theke.test"], LMTP, lmtp=True)
        return refused["support@theke.test"][0] if refused else 250
    except smtplib.SMTPResponseException as refused:
        return refused.smtp_code


def refused(answer):
    expect((answer.status, answer.json["status"]), (507, 507), answer.body)
    expect("no room left" in answer.json["title"] or "kein Platz mehr" in answer.json["title"], True, answer.body)


def until_refused(desk, write):
    """The last pages of a disk fill one by one."""
    taken = 0
    for _ in range(400):
        answer = write()
        if answer.status >= 400:
            return taken, answer
        taken += 1
    raise Unmet("nothing was refused")


def needs_room(test):
    def run(desk):
        if os.getuid() != 0:
            print("skipped: needs root")
            return
        with desk_on_small_disk(desk.database) as small:
            test(small)
    run.__name__ = test.__name__
    return run


@needs_room
def test_a_full_disk_is_told_and_recovered_from(desk):
    ticket = desk.customer_writes()
    expect(hand_over("Before"), 250)
    fill(desk)
    accepted = ["My invoice is wrong", "Before"]
    if desk.database == "sqlite":
        taken, answer = until_refused(desk, lambda: desk.post("/tickets", BODY))
        accepted += [BODY["subject"]] * taken
        refused(answer)
    codes = [hand_over(f"Full {number}") for number in range(20)]
    accepted += [f"Full {number}" for number, code in enumerate(codes) if code == 250]
    # On PostgreSQL letters are not kept in the data folder: they wait there for room for their files.
    expect(codes[-1], 452 if desk.database == "sqlite" else 250, codes)
    refused(upload(desk, os.urandom(300000), "a.bin"))
    expect(desk.get(f"/tickets/{ticket['id']}").json["subject"], "My invoice is wrong")
    expect(desk.get("/search?q=invoice").status, 200)
    os.unlink(desk.data / "ballast")
    soon(lambda: desk.post("/tickets", {**BODY, "subject": "After"}).status == 201, "writing again", 5)
    expect(hand_over("After, by mail"), 250)
    expect(upload(desk, os.urandom(300000), "a.bin").status, 201)
    accepted += ["After", "After, by mail"]
    soon(lambda: len(all_tickets(desk)) == len(accepted), "the letters arriving")
    expect(sorted(subject for subject, _ in all_tickets(desk)), sorted(accepted))
    expect(desk.process.poll(), None)
    expect(desk.run("check", check=False).returncode, 0)


@needs_room
def test_a_folder_that_can_not_be_written_any_more_is_told(desk):
    ticket = desk.customer_writes()
    subprocess.run(["mount", "-o", "remount,ro", desk.data], check=False, stderr=subprocess.DEVNULL)
    if os.access(desk.data, os.W_OK):
        # Files that are open for writing hold off a remount: a read-only view of the same folder tells the same to a new start.
        desk.kill()
        subprocess.run(["mount", "-o", "remount,ro", desk.data], check=True)
        done = subprocess.run([os.environ.get("THEKE_PROGRAM", "build/theke"), "serve", "--data", str(desk.data), *desk.store, "--listen", "127.0.0.1:0"],
                              capture_output=True, text=True, timeout=30)
        expect(done.returncode, 1, done.stdout + done.stderr)
        lines = [line for line in done.stderr.splitlines() if line.startswith("theke: ")]
        expect(len(lines), 1, done.stderr)
        expect("ead-only" in lines[0] or "written" in lines[0] or "readonly" in lines[0], True, lines)
        subprocess.run(["mount", "-o", "remount,rw", desk.data], check=True)
        desk.start()
    expect(json.loads(desk.get(f"/tickets/{ticket['id']}").body)["id"], ticket["id"])


if __name__ == "__main__":
    run_all(__name__)
