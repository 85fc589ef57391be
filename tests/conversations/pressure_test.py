"""Clients that want much and give little: half-open connections by the thousand, readers that do not read, mail that stalls or
never ends. Others notice nothing."""
import contextlib
import os
import resource
import socket
import threading
import time

import mail
from desk import expect, run_all
from files_test import upload
from post import LMTP, OPTIONS as WITH_LMTP, arrival, soon
from socket_client import Live

OPTIONS = [*WITH_LMTP, "--limits.requests_per_minute", "0"]
HALF_OPEN = 10000
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)


def memory(desk):
    """MB in RAM."""
    with open(f"/proc/{desk.process.pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) // 1024


def quick(desk, seconds=1, path="/tickets"):
    """The slowest of some requests."""
    slowest = 0
    for _ in range(10):
        began = time.monotonic()
        expect(desk.get(path).status, 200)
        slowest = max(slowest, time.monotonic() - began)
    expect(slowest < seconds, True, f"the slowest of ten took {slowest:.2f} s")
    return slowest


def test_half_open_connections_keep_nobody_out(desk):
    before, sockets = memory(desk), []
    # From many addresses: each alone may have no more than 4,000.
    for number in range(HALF_OPEN):
        half = socket.socket()
        half.bind((f"127.0.0.{2 + number % 50}", 0))
        half.connect(("127.0.0.1", desk.port))
        half.sendall(b"GET /api/v1/tickets HTTP/1.1\r\nHost: x\r\n")
        sockets.append(half)
    try:
        slowest = quick(desk)
        with Live(desk, ["inbox"]) as screen:
            ticket = desk.customer_writes()
            screen.wait_for(lambda message: message.get("event", {}).get("ticket") == ticket["id"])
        grown = memory(desk) - before
        print(f"{HALF_OPEN} half-open connections: {slowest * 1000:.0f} ms at most, {grown} MB more")
        expect(grown < 250, True, f"{grown} MB")
    finally:
        for half in sockets:
            half.close()


def test_screens_that_do_not_read_are_let_go(desk):
    ticket = desk.customer_writes()
    before = memory(desk)
    slow = [Live(desk, ["inbox", "staff"]) for _ in range(50)]
    for screen in slow:
        screen.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    streams = []
    for _ in range(50):
        stream = socket.create_connection(("127.0.0.1", desk.port))
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stream.sendall(f"GET /api/v1/events?after=0 HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer {desk.token}\r\n\r\n".encode())
        streams.append(stream)
    with Live(desk, ["inbox"]) as reader:
        heard = []

        def listen():
            with contextlib.suppress(OSError, EOFError):
                while True:
                    heard.append(reader.hear())

        threading.Thread(target=listen, daemon=True).start()
        for number in range(1500):
            expect(desk.patch(f"/tickets/{ticket['id']}", {"subject": f"{number} " + "x" * 390}).status, 200)
        soon(lambda: sum(1 for message in heard if "event" in message) >= 1500, "the one that reads hearing all", 10)
        grown, slowest = memory(desk) - before, quick(desk)
        print(f"1500 events, 100 that do not read: {slowest * 1000:.0f} ms at most, {grown} MB more")
        expect(grown < 150, True, f"{grown} MB")
    for each in slow:
        each.socket.close()
    for stream in streams:
        stream.close()


def test_slow_downloads_hold_up_nobody(desk):
    ticket = desk.customer_writes()
    file = upload(desk, os.urandom(20 << 20), "big.bin").json
    expect(desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "public", "text": "See", "attachments": [file["id"]]}).status, 201)
    before, slow = memory(desk), []
    for _ in range(60):
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(("127.0.0.1", desk.port))
        reader.sendall(f"GET /api/v1/attachments/{file['id']} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {desk.token}\r\n\r\n".encode())
        expect(len(reader.recv(100)) > 0, True)
        slow.append(reader)
    slowest, grown = quick(desk), memory(desk) - before
    print(f"60 slow downloads of 20 MB: {slowest * 1000:.0f} ms at most, {grown} MB more")
    expect(grown < 60, True, f"{grown} MB")
    for reader in slow:
        reader.close()


def lmtp_socket():
    wire = socket.create_connection(("127.0.0.1", LMTP), 20)
    expect(wire.recv(1000)[:3], b"220")
    return wire


def converse(wire, *lines):
    answer = b""
    for line in lines:
        wire.sendall(line + b"\r\n")
        answer = wire.recv(4000)
    return answer


def test_mail_clients_that_stall_give_way(desk):
    stalled = []
    for number in range(100):
        wire = lmtp_socket()
        converse(wire, b"LHLO x", b"MAIL FROM:<a@b.example>", b"RCPT TO:<support@theke.test>", b"DATA")
        wire.sendall(b"Subject: never ends\r\n")
        stalled.append(wire)
    began = time.monotonic()
    expect(mail.send(mail.write_letter("support@theke.test", subject="In time"), "ana@example.org", ["support@theke.test"], LMTP, lmtp=True), {})
    waited = time.monotonic() - began
    print(f"with 100 stalled connections a letter waited {waited:.1f} s")
    expect(waited < 20, True)
    arrival(desk, "In time")
    for wire in stalled:
        wire.close()


def test_a_letter_of_two_hundred_megabytes_is_refused(desk):
    before, line = memory(desk), b"x" * 65534 + b"\r\n"
    with lmtp_socket() as wire:
        expect(converse(wire, b"LHLO x", b"MAIL FROM:<a@b.example>", b"RCPT TO:<support@theke.test>", b"DATA")[:3], b"354")
        wire.sendall(b"Subject: huge\r\n\r\n")
        most = 0
        for number in range((200 << 20) // len(line)):
            wire.sendall(line)
            most = max(most, memory(desk)) if number % 64 == 0 else most
        answer = converse(wire, b".")
        expect(answer[:5], b"552 5", answer)
        expect(converse(wire, b"MAIL FROM:<a@b.example> SIZE=209715200")[:3], b"552")
        expect(converse(wire, b"NOOP")[:3], b"250")
    print(f"a letter of 200 MB: {most - before} MB more at most")
    expect(most - before < 160, True, f"{most - before} MB")


def test_lines_without_an_end_are_refused(desk):
    before = memory(desk)
    with lmtp_socket() as wire:
        with contextlib.suppress(OSError):
            for _ in range(50 * 16):
                wire.sendall(b"x" * 65536)
            wire.sendall(b"\r\n")
        with contextlib.suppress(OSError):
            expect(wire.recv(1000)[:1], b"5")
    with lmtp_socket() as wire:
        converse(wire, b"LHLO x", b"MAIL FROM:<a@b.example>", b"RCPT TO:<support@theke.test>", b"DATA")
        wire.sendall(b"Subject: one line\r\n\r\n" + b"y" * (10 << 20))
        expect(converse(wire, b"\r\n.")[:3], b"250")
    arrival(desk, "one line")
    expect(memory(desk) - before < 130, True)
    quick(desk)


if __name__ == "__main__":
    run_all(__name__)
