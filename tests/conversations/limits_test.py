"""Limits: each holds where it is set, keeps others out of it, and 0 switches it off."""
import contextlib
import re
import smtplib
import socket

import mail
from desk import ROOT, Desk, expect, run_all
from post import LMTP, OPTIONS as WITH_LMTP

RIGHT, WRONG = "ein gutes Passwort", "not the password"


@contextlib.contextmanager
def desk_with(desk, **limits):
    """A desk of its own; _ in names are dots and underlines as they come."""
    options = [word for name, value in limits.items() for word in (f"--limits.{name}", str(value))]
    with Desk(desk.database, [*WITH_LMTP, *options]) as other:
        yield other


def statuses(desk, count, **more):
    return [desk.get("/tickets?limit=1", **more).status for _ in range(count)]


def sign_in(desk, password, email="jana@theke.test"):
    return desk.post("/session", {"email": email, "password": password}, token=False)


def test_requests_are_counted_by_person_and_address(desk):
    with desk_with(desk, requests_per_minute=60) as limited:
        other = limited.run("token", "create", "jana@theke.test").strip()
        got = statuses(limited, 40)
        expect((got[0], got[-1]), (200, 429))
        expect(10 <= got.count(200) <= 20, True, got)
        refused = limited.get("/tickets")
        expect(refused.status == 429 and int(refused.headers["Retry-After"]) >= 1, True, refused.body)
        expect(statuses(limited, 1, token=other), [200], "another token has a bucket of its own")
        nobody = [limited.get("/invitations/none", token=False).status for _ in range(40)]
        expect((429 in nobody, limited.get("/healthz", token=False).status), (True, 200), "who is not signed in is counted by address")


def test_without_a_limit_nobody_is_refused(desk):
    with desk_with(desk, requests_per_minute=0) as free:
        expect(set(statuses(free, 300)), {200})


def test_sign_in_is_locked_after_failures(desk):
    with desk_with(desk, sign_in_failures=3, sign_in_failures_per_address=8) as limited:
        expect([sign_in(limited, WRONG).status for _ in range(4)], [401, 401, 401, 429])
        locked = sign_in(limited, RIGHT)
        expect((locked.status, locked.json["code"], 1 <= int(locked.headers["Retry-After"]) <= 31), (429, "locked", True))
        others = [sign_in(limited, WRONG, f"nobody{n}@theke.test").status for n in range(8)]
        expect((others[0], others[-1]), (401, 429), "one address may not try many accounts")


def test_the_lock_of_sign_in_can_be_switched_off(desk):
    with desk_with(desk, sign_in_failures=0, sign_in_failures_per_address=0) as free:
        expect({sign_in(free, WRONG).status for _ in range(35)}, {401})
        expect(sign_in(free, RIGHT).status in (200, 201), True)


def deliver(letter):
    try:
        refused = mail.send(letter, "ana@example.org", ["support@theke.test"], LMTP, lmtp=True)
        return refused["support@theke.test"][0] if refused else 250
    except smtplib.SMTPSenderRefused as refused:
        return refused.smtp_code


def test_sizes_are_limited_or_not(desk):
    letter = mail.write_letter("support@theke.test", files=[("a.bin", "application/octet-stream", b"x" * 200000)])
    upload = lambda other: other.ask("POST", "/uploads", b"x" * 200000, headers={"Content-Type": "application/octet-stream", "X-File-Name": "a"}).status
    with desk_with(desk, mail_bytes=100000, upload_bytes=100000) as limited:
        expect(deliver(letter), 552)
        expect(limited.run("mail", "deliver", "--limits.mail_bytes", "100000", stdin=letter.as_string(), check=False).returncode, 65)
        expect(upload(limited), 413)
    with desk_with(desk, mail_bytes=0, upload_bytes=0) as free:
        expect(deliver(letter), 250)
        expect(upload(free), 201)


def test_one_address_has_only_so_many_connections(desk):
    with desk_with(desk, connections_per_address=5) as limited:
        waiting = [socket.create_connection(("127.0.0.1", limited.port)) for _ in range(30)]
        expect(limited.get("/readyz").status, 200)
        for each in waiting:
            each.settimeout(3)
        gone = 0
        for each in waiting:
            with contextlib.suppress(TimeoutError):
                each.settimeout(0.05)
                gone += each.recv(1) == b""
        expect(gone >= 24, True, f"{gone} of 30 gave way")


def test_every_limit_is_described(desk):
    known = re.findall(r'{"(limits\.\w+)"', (ROOT / "src/commands/limits.c").read_text())
    described = re.findall(r"^\| (limits\.\w+) \|", (ROOT / "docs/operations.md").read_text(), re.MULTILINE)
    expect(len(known) >= 9, True)
    expect(described, known)
    refused = desk.run("serve", "--limits.requests_per_minute", "-1", check=False)
    expect((refused.returncode, "limits.requests_per_minute" in refused.stderr), (1, True), refused.stderr)


if __name__ == "__main__":
    run_all(__name__)
