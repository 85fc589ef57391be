"""A small client of the live connection: what an agent's screen hears.

    with Live(desk, token, "inbox", "ticket:7") as live:
        live.events(lambda event: event["kind"] == "ticket.changed")   # waits for one, gives all heard until then
        live.is_closed()                                               # waits for the server's close: its code
"""
import base64
import json
import os
import socket
import struct
import time


class Live:
    def __init__(self, desk, token, *topics, after=None):
        self.socket = socket.create_connection(("127.0.0.1", desk.port), timeout=10)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{desk.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                             f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nAuthorization: Bearer {token}\r\n\r\n").encode())
        self.kept = b""
        head = self.take_until(b"\r\n\r\n")
        if b" 101 " not in head:
            raise RuntimeError(head.decode())
        self.closed, self.heard = None, []
        self.hello = self.message(10)["hello"]
        self.say({"subscribe": list(topics), **({} if after is None else {"after": after})})

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.socket.close()

    def fill(self):
        more = self.socket.recv(65536)
        if not more:
            raise EOFError
        self.kept += more

    def take_until(self, end):
        while end not in self.kept:
            self.fill()
        found, self.kept = self.kept.split(end, 1)
        return found

    def take(self, size):
        while len(self.kept) < size:
            self.fill()
        found, self.kept = self.kept[:size], self.kept[size:]
        return found

    def say(self, message):
        data = json.dumps(message).encode()
        mask = os.urandom(4)
        head = struct.pack("!BB", 0x81, 0x80 | len(data)) if len(data) < 126 else struct.pack("!BBH", 0x81, 0x80 | 126, len(data))
        self.socket.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def frame(self, seconds):
        self.socket.settimeout(max(seconds, 0.01))
        kind, size = self.take(2)
        if size == 126:
            size = struct.unpack("!H", self.take(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", self.take(8))[0]
        return kind & 15, self.take(size)

    def message(self, seconds):
        """The next message, or None when nothing came; close frames are remembered."""
        end = time.time() + seconds
        while self.closed is None and time.time() < end:
            try:
                kind, data = self.frame(end - time.time())
            except TimeoutError:
                return None
            except (EOFError, ConnectionError):
                self.closed = self.closed or 1006
                return None
            if kind == 1:
                return json.loads(data)
            if kind == 8:
                self.closed = struct.unpack("!H", data[:2])[0] if len(data) >= 2 else 1005
        return None

    def events(self, until=None, seconds=5):
        """What was heard until an event that fits, or for as long as that."""
        heard, end = [], time.time() + seconds
        while time.time() < end:
            message = self.message(end - time.time())
            if message is None:
                break
            if "event" in message:
                heard.append(message["event"])
                if until and until(message["event"]):
                    return heard
        if until:
            raise AssertionError(f"the event did not come: {[e['kind'] for e in heard]}")
        return heard

    def is_closed(self, seconds=5):
        end = time.time() + seconds
        while self.closed is None and time.time() < end:
            self.message(end - time.time())
        return self.closed
