"""A WebSocket as a screen holds it, for tests that look at how fast a change arrives."""
import base64
import json
import os
import socket
import struct
import time


class Live:
    def __init__(self, desk, topics):
        self.socket = socket.create_connection(("127.0.0.1", desk.port), 10)
        key = base64.b64encode(os.urandom(16)).decode()
        head = (f"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{desk.port}\r\nAuthorization: Bearer {desk.token}\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n")
        self.socket.sendall(head.encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.more()
        answer, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        if b" 101 " not in answer:
            raise RuntimeError(answer.decode())
        self.say({"subscribe": topics})

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.socket.close()

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError("the server closed the socket")
        return data

    def say(self, thing):
        data, mask = json.dumps(thing).encode(), os.urandom(4)
        size = bytes([0x80 | len(data)]) if len(data) < 126 else bytes([0x80 | 126]) + struct.pack("!H", len(data))
        self.socket.sendall(b"\x81" + size + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(data)))

    def take(self, count):
        while len(self.buffer) < count:
            self.buffer += self.more()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def hear(self):
        """The next message; pings are passed over."""
        while True:
            first, size = self.take(2)
            if size == 126:
                size, = struct.unpack("!H", self.take(2))
            elif size == 127:
                size, = struct.unpack("!Q", self.take(8))
            data = self.take(size)
            if first & 15 == 1:
                return json.loads(data)

    def wait_for(self, wanted, seconds=5):
        end = time.monotonic() + seconds
        while True:
            self.socket.settimeout(max(0.01, end - time.monotonic()))
            message = self.hear()
            if wanted(message):
                return message
