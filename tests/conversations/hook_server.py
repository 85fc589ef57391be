"""What a webhook talks to: a small HTTP server that keeps what it is sent and answers what it is told.

    with HookServer() as server:
        server.answer = 500, {}, b"later"     # or a function of the request
        server.taken                          # all requests, in the order in which they came
        server.hold.clear()                   # answers wait until it is set
"""
import base64
import hashlib
import hmac
import http.server
import json
import threading


class Taken:
    def __init__(self, path, headers, body):
        self.path, self.headers, self.body = path, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def id(self):
        return self.headers["webhook-id"]

    @property
    def kind(self):
        return self.json["kind"]

    def is_signed_with(self, secret):
        """As docs/webhooks.md tells others to do it."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return any(hmac.compare_digest(wanted, one) for one in self.headers["webhook-signature"].split(" "))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        owner = self.server.owner
        taken = Taken(self.path, self.headers, self.rfile.read(int(self.headers["Content-Length"])))
        with owner.lock:
            owner.taken.append(taken)
            owner.open += 1
            owner.most_open = max(owner.most_open, owner.open)
        owner.hold.wait(60)
        answer = owner.answer(taken) if callable(owner.answer) else owner.answer
        with owner.lock:
            owner.open -= 1
        status, headers, body = answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        pass  # the desk has gone in the middle


class HookServer:
    def __init__(self):
        self.taken, self.answer, self.lock = [], (200, {}, b"taken"), threading.Lock()
        self.open = self.most_open = 0
        self.hold = threading.Event()
        self.hold.set()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.owner = self
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path="/hook"):
        return f"http://127.0.0.1:{self.port}{path}"

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.hold.set()
        self.server.shutdown()
        self.server.server_close()
