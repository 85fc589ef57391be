"""Letters that are tried again: who ends the program is found out, and nobody else is parked for it. Neither are letters for what
the disk or the store did, and however large they are, few are in memory at once."""
import os
import pathlib
import re

import mail
from desk import expect, run_all
from post import soon

OPTIONS = ["--lmtp", "127.0.0.1:0"]


def by_lmtp(desk, subject, size=0):
    files = [("data.bin", "application/octet-stream", os.urandom(size))] if size else []
    raw = mail.write_letter("support@theke.test", subject=subject, files=files)
    expect(mail.send(raw, "ana@example.org", ["support@theke.test"], desk.lmtp, lmtp=True), {})


def read_again(desk, **values):
    """As if the program had ended while every letter was under way; the desk is started after it."""
    soon(lambda: int(desk.rows("SELECT count(*) FROM mail_in WHERE state = 'waiting'")[0][0]) == 0, "all letters being read", 60)
    desk.kill()
    columns = ", ".join(f"{name} = {value}" for name, value in values.items())
    desk.rows(f"UPDATE mail_in SET state = 'waiting', next_at = 0, leased_by = NULL, done_key = NULL, message_id = NULL, reason = NULL, content_key = raw_hash, {columns}")
    desk.rows("UPDATE message SET header_id = NULL")


def states(desk):
    return sorted(tuple(row) for row in desk.rows("SELECT state, COALESCE(reason, '') FROM mail_in"))


def test_three_restarts_park_no_innocent_letter(desk):
    for number in range(3):
        by_lmtp(desk, f"Innocent {number}")
    read_again(desk, attempts=3)
    desk.start()
    soon(lambda: [state for state, _ in states(desk)] == ["done"] * 3, "all being read")


def test_a_letter_that_ends_the_program_alone_is_parked(desk):
    by_lmtp(desk, "Guilty")
    read_again(desk, attempts=4, crashes=3)
    desk.start()
    soon(lambda: states(desk)[0][0] == "parked", "the letter being parked")
    expect("3 times" in states(desk)[0][1], True, states(desk))


def test_files_that_are_away_park_nothing(desk):
    by_lmtp(desk, "Large", size=400000)
    read_again(desk, attempts=30, failures=9)
    raw = next((desk.data / "mail").glob("*/*.zst"))
    away = pathlib.Path(str(raw) + ".away")
    raw.rename(away)
    raw.mkdir()
    desk.start()
    soon(lambda: states(desk)[0][1] != "", "the letter being tried")
    expect(states(desk)[0][0], "waiting", states(desk))
    raw.rmdir()
    away.rename(raw)
    desk.rows("UPDATE mail_in SET next_at = 0")
    soon(lambda: states(desk)[0][0] == "done", "the letter being read")


def test_large_letters_are_read_one_by_one(desk):
    for number in range(8):
        by_lmtp(desk, f"Large {number}", size=6 << 20)
    read_again(desk, attempts=0)
    desk.start()
    soon(lambda: [state for state, _ in states(desk)] == ["done"] * 8, "all being read", 120)
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{desk.process.pid}/status").read_text())[1])
    print(f"peak: {peak >> 10} MB")
    expect(peak < 130 << 10, True, f"{peak >> 10} MB")


if __name__ == "__main__":
    run_all(__name__)
