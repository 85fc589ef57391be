"""Bodies that are begun and never ended: nobody fills memory or disk with them, and others are served meanwhile."""
import contextlib
import http.client
import json
import os
import socket
import time

from desk import Desk, expect, run_all

MB = 1 << 20
OPTIONS = ["--limits.requests_per_minute", "0", "--limits.sign_in_failures_per_address", "0", "--limits.sign_in_failures", "0",
           "--limits.buffered_bytes", str(48 * MB), "--limits.buffered_bytes_per_address", str(16 * MB),
           "--limits.spooled_bytes", str(48 * MB), "--limits.spooled_bytes_per_address", str(16 * MB)]


def memory(desk):
    with open(f"/proc/{desk.process.pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) // 1024


def spooled(desk):
    size = 0
    for path in (desk.data / "spool").iterdir():
        with contextlib.suppress(FileNotFoundError):
            size += path.stat().st_size
    return size


def soon(holds, what, seconds=5):
    until = time.monotonic() + seconds
    while not holds():
        expect(time.monotonic() < until, True, what)
        time.sleep(0.1)


def begin(desk, path, length, sent, kind, source="127.0.0.1", token=None):
    """A request whose body stops before its end."""
    wire = socket.create_connection(("127.0.0.1", desk.port), 10, source_address=(source, 0))
    head = f"POST /api/v1{path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nX-File-Name: a\r\nContent-Length: {length}\r\n"
    wire.sendall((head + (f"Authorization: Bearer {token}\r\n" if token else "") + "\r\n").encode())
    with contextlib.suppress(OSError):
        wire.sendall(b"x" * sent)
    return wire


def upload(desk, source="127.0.0.1", size=MB, token=None, pause=0):
    connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=60, source_address=(source, 0))
    connection.putrequest("POST", "/api/v1/uploads")
    headers = {"Content-Type": "application/octet-stream", "X-File-Name": "a", "Content-Length": str(size), "Authorization": f"Bearer {token or desk.token}"}
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    for _ in range(4):
        connection.send(b"y" * (size // 4))
        time.sleep(pause)
    answer = connection.getresponse()
    answer.read()
    return answer


def sign_in(desk):
    return desk.post("/session", {"email": "jana@theke.test", "password": "ein gutes Passwort"}, token=False).status


def test_an_upload_of_nobody_is_refused_at_its_head(desk):
    with begin(desk, "/uploads", 40 * MB, 0, "application/octet-stream") as wire:
        expect(wire.recv(100)[:12], b"HTTP/1.1 401")
    wires = [begin(desk, "/uploads", 3 * MB, 2 * MB, "application/octet-stream", token=token) for token in [None, "wrong"] * 6]
    expect(spooled(desk), 0)
    for wire in wires:
        wire.sendall(b"x" * MB)
        expect(wire.recv(100)[:12], b"HTTP/1.1 401")
        wire.close()
    expect(upload(desk, token="wrong").status, 401)
    expect(upload(desk).status, 201)


def test_uploads_under_way_have_a_budget(desk):
    wires = [begin(desk, "/uploads", 9 * MB, 8 * MB, "application/octet-stream", token=desk.token) for _ in range(6)]
    soon(lambda: spooled(desk) >= 8 * MB, "the first upload coming")
    expect(spooled(desk) <= 17 * MB, True, spooled(desk))
    refused = upload(desk, size=9 * MB)
    expect((refused.status, int(refused.headers["Retry-After"]) > 0), (503, True))
    expect(upload(desk, source="127.0.0.2", size=8 * MB).status, 201, "another address has its own part")
    for wire in wires:
        wire.close()
    soon(lambda: spooled(desk) == 0, "the spool being empty")
    expect(upload(desk, size=8 * MB).status, 201)
    soon(lambda: "theke_http_spooled_bytes 0" in desk.get("/metrics").body.decode(), "all being given back")


def test_bodies_in_memory_have_a_budget(desk):
    before, wires = memory(desk), []
    for number in range(200):
        wires.append(begin(desk, "/session", MB - 10, MB - 5000, "application/json", source=f"127.0.0.{1 + number // 40}"))
    expect(memory(desk) - before < 100, True, f"{memory(desk) - before} MB for 200 half-sent bodies")
    text = {"email": "jana@theke.test", "password": "x" * 900000}
    refused = desk.post("/session", text, token=False)
    # Who was refused in the throng has let go of what it held: room for some more.
    while refused.status != 503 and len(wires) < 300:
        wires.append(begin(desk, "/session", 500000, 400000, "application/json"))
        refused = desk.post("/session", text, token=False)
    expect((refused.status, int(refused.headers["Retry-After"]) > 0), (503, True))
    expect(desk.get("/tickets").status, 200, "what has no body is answered")
    for wire in wires:
        wire.close()
    soon(lambda: sign_in(desk) in (200, 201), "somebody signing in again")


def test_an_address_has_its_part_alone(desk):
    wires = [begin(desk, "/session", MB - 10, MB - 5000, "application/json", source="127.0.0.9") for _ in range(60)]
    expect(sign_in(desk) in (200, 201), True)
    for wire in wires:
        wire.close()


def test_memory_goes_back_after_a_peak(desk):
    with Desk(desk.database, ["--limits.requests_per_minute", "0", "--limits.buffered_bytes", "0", "--limits.buffered_bytes_per_address", "0"]) as free:
        before = memory(free)
        wires = [begin(free, "/session", 800000, 700000, "application/json") for _ in range(200)]
        time.sleep(0.5)
        peak = memory(free) - before
        for wire in wires:
            wire.close()
        until = time.monotonic() + 30
        while memory(free) - before > 40 and time.monotonic() < until:
            time.sleep(0.5)
        print(f"peak {peak} MB more, then {memory(free) - before}")
        expect((peak > 90, memory(free) - before <= 40), (True, True), f"{peak} {memory(free) - before}")


def test_an_upload_may_take_its_time(desk):
    expect(upload(desk, size=2 * MB, pause=2.8).status, 201)


def test_chunked_uploads_wait_for_leave_too(desk):
    connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=20)
    data = os.urandom(3 * MB)
    connection.request("POST", "/api/v1/uploads", iter([data[:MB], data[MB:]]), encode_chunked=True, headers={
        "Transfer-Encoding": "chunked", "Content-Type": "application/octet-stream", "X-File-Name": "a", "Authorization": f"Bearer {desk.token}"})
    answer = connection.getresponse()
    expect(answer.status, 201)
    number = json.loads(answer.read())["id"]
    expect(desk.get(f"/attachments/{number}").body == data, True)


if __name__ == "__main__":
    run_all(__name__)
