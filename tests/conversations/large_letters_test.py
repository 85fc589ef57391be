"""Letters that are too large are parked where people see them, up to a limit; and many large ones at once take little memory."""
import pathlib
import re
import smtplib
import socket

import mail
from desk import expect, run_all
from post import soon

OPTIONS = ["--lmtp", "127.0.0.1:0", "--limits.mail_bytes", "1000000"]


def letter_of(size, subject="Large"):
    return mail.write_letter("support@theke.test", subject=subject, text="\n".join(["x" * 70] * (size // 71))).as_bytes()


def by_lmtp(desk, raw):
    try:
        refused = mail.send(raw.replace(b"\n", b"\r\n"), "ana@example.org", ["support@theke.test"], desk.lmtp, lmtp=True)
        return refused["support@theke.test"][0] if refused else 250
    except smtplib.SMTPSenderRefused as refused:
        return refused.smtp_code


def parked(desk):
    return desk.get("/parked-mails").json["items"]


def test_a_letter_beyond_the_limit_is_parked_whole(desk):
    expect(by_lmtp(desk, letter_of(1200000)), 250)
    done = desk.run("mail", "deliver", "--limits.mail_bytes", "1000000", stdin=letter_of(1300000, "Piped").decode(), check=False)
    expect(done.returncode, 0, done.stderr)
    items = soon(lambda: (lambda found: found if len(found) == 2 else None)(parked(desk)), "both being parked")
    for item in items:
        expect("more than 1000000" in item["reason"], True, item)
        raw = desk.get(f"/parked-mails/{item['id']}/source")
        expect((raw.status, len(raw.body)), (200, item["size"]))
    expect(by_lmtp(desk, letter_of(500000, "Next")), 250)
    soon(lambda: [m for m in desk.get("/messages?after=0&limit=9").json["items"] if m["subject"] == "Next"], "the line going on")
    expect(by_lmtp(desk, letter_of(2100000)), 552)


def memory(desk):
    return int(re.search(r"VmRSS:\s+(\d+) kB", pathlib.Path(f"/proc/{desk.process.pid}/status").read_text())[1]) >> 10


class Wire:
    """A connection in the middle of a letter."""

    def __init__(self, desk, size):
        self.socket = socket.create_connection(("127.0.0.1", desk.lmtp), timeout=30)
        self.file = self.socket.makefile("rb")
        self.answer()
        for command in ("LHLO x", "MAIL FROM:<a@b.example>", "RCPT TO:<support@theke.test>", "DATA"):
            expect(self.say(command)[:1] in (b"2", b"3"), True, command)
        self.socket.sendall(b"Subject: unfinished\r\n\r\n" + (b"x" * 998 + b"\r\n") * (size // 1000))

    def answer(self):
        while True:
            line = self.file.readline()
            if line[3:4] != b"-":
                return line

    def say(self, line):
        self.socket.sendall(line.encode() + b"\r\n")
        return self.answer()


def test_unfinished_letters_take_little_memory_and_only_so_much_disk(desk):
    before = memory(desk)
    wires = [Wire(desk, 950000) for _ in range(60)]
    grown = memory(desk) - before
    print(f"60 unfinished letters of 950 KB: {grown} MB more")
    expect(grown < 45, True, f"{grown} MB")
    answers = [wire.say(".")[:3] for wire in reversed(wires)]
    expect(set(answers), {b"250", b"452"})
    expect(answers.count(b"250") >= 8, True, answers)
    for wire in wires:
        wire.socket.close()
    again = Wire(desk, 950000)
    expect(again.say(".")[:3], b"250", "what is over gives its room back")


if __name__ == "__main__":
    run_all(__name__)
