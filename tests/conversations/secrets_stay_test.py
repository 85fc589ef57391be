"""That a stored secret goes where it was meant to go when somebody typed it, whatever is changed in between and in which order."""
import base64
import http.server
import json
import random
import socketserver
import threading
import urllib.parse

from desk import expect
from post import OPTIONS, add_mailbox, run_mail_tests, soon

PLACES = {"in": ("in_host", "in_port", "in_security", "in_user"), "out": ("out_host", "out_port", "out_security", "out_user")}
SECRETS = {"in_secret": ("inbound", "password", "in"), "out_secret": ("outbound", "password", "out"),
           "oauth_refresh": ("oauth", "refresh_token", "token"), "oauth_secret": ("oauth", "client_secret", "provider")}
COLUMNS = [*PLACES["in"], *PLACES["out"], "oauth_token_url"]


def state_of(desk, box):
    row = desk.rows(f"SELECT {', '.join(COLUMNS)}, {', '.join(f'{s} IS NOT NULL' for s in SECRETS)} FROM mailbox WHERE id = {box}")[0]
    values = dict(zip(COLUMNS, map(str, row)))
    held = {secret: str(there) in ("1", "t") for secret, there in zip(SECRETS, row[len(COLUMNS):])}
    places = {side: tuple(values[c] for c in columns) for side, columns in PLACES.items()}
    places["provider"] = (values["oauth_token_url"],)
    places["token"] = (*places["provider"], places["in"], places["out"])
    return places, held


STEPS = [
    *({"inbound": {"auth": auth}} for auth in ("password", "xoauth2")), *({"inbound": {"kind": kind}} for kind in ("imap", "lmtp")),
    *({side: {"host": host}} for side in ("inbound", "outbound") for host in ("mail.theke.test", "MAIL.theke.test", "evil.example")),
    *({side: {"port": port}} for side in ("inbound", "outbound") for port in (993, 1993)),
    *({side: {"security": security}} for side in ("inbound", "outbound") for security in ("tls", "none")),
    *({side: {"user": user}} for side in ("inbound", "outbound") for user in ("support", "sales")), {"outbound": {"host": ""}},
    *({"oauth": {"token_url": f"https://login.example/{tenant}/token"}} for tenant in ("ours", "theirs")), {"oauth": {"client_id": "another"}},
]


def mixture(dice):
    """One step, or two at once; now and then secrets are typed with it, or taken away."""
    body = {}
    for step in dice.sample(STEPS, dice.choice((1, 1, 2))):
        for part, fields in step.items():
            body.setdefault(part, {}).update(fields)
    for part, field, _ in SECRETS.values():
        if dice.random() < 0.15:
            body.setdefault(part, {})[field] = dice.choice(("typed again", "typed again", ""))
    return body


def test_no_order_of_changes_carries_a_secret_elsewhere(desk):
    dice = random.Random(4)
    made = {"inbound": {"kind": "imap", "host": "mail.theke.test", "port": 993, "user": "support", "password": "TopSecret!"},
            "outbound": {"host": "mail.theke.test", "port": 993, "security": "tls", "user": "support", "password": "TopSecret!"},
            "oauth": {"token_url": "https://login.example/ours/token", "client_id": "theke", "client_secret": "TopSecret!", "refresh_token": "TopSecret!"}}
    accepted = 0
    for walk in range(30):
        box = desk.post("/mailboxes", {"address": f"box{walk}@theke.test", "team": 1, **made}).json["id"]
        places, _ = state_of(desk, box)
        typed_for, steps = {secret: places[where] for secret, (_, _, where) in SECRETS.items()}, []
        for _ in range(12):
            body = mixture(dice)
            answer = desk.patch(f"/mailboxes/{box}", body)
            steps.append((body, answer.status))
            places, held = state_of(desk, box)
            for secret, (part, field, where) in SECRETS.items():
                if answer.status == 200 and body.get(part, {}).get(field):
                    typed_for[secret] = places[where]
                same = json.dumps(typed_for[secret]).lower() == json.dumps(places[where]).lower()
                expect(not held[secret] or same, True, f"{secret} by {steps}")
            accepted += answer.status == 200
        desk.ask("DELETE", f"/mailboxes/{box}")
    expect(accepted > 100, True, accepted)


class Provider(http.server.BaseHTTPRequestHandler):
    """Gives the access token "access of R" for the refresh token R; for "the slow one" it waits for go_on, and renews it."""
    go_on = threading.Event()

    def do_POST(self):
        asked = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["refresh_token"][0]
        self.server.heard.append(asked)
        answer = {"access_token": f"access of {asked}", "expires_in": 3600}
        if asked == "the slow one":
            Provider.go_on.wait(20)
            answer["refresh_token"] = "the renewed one"
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Listener(socketserver.StreamRequestHandler):
    """An IMAP server with no letters that notes with what it is signed in at."""
    words = {"SELECT": "* 0 EXISTS\r\n* OK [UIDVALIDITY 1] numbers\r\n* OK [UIDNEXT 1] next\r\n", "IDLE": "+ idling\r\n",
             "CAPABILITY": "* CAPABILITY IMAP4rev1 IDLE SASL-IR AUTH=XOAUTH2\r\n"}

    def handle(self):
        self.wfile.write(b"* OK [CAPABILITY IMAP4rev1 IDLE SASL-IR AUTH=XOAUTH2] ready\r\n")
        for line in self.rfile:
            tag, command, *more = line.decode().split()
            if command.upper() == "AUTHENTICATE":
                self.server.heard.append(base64.b64decode(more[-1]).decode())
            self.wfile.write(self.words.get(command.upper(), "").encode())
            if command.upper() == "IDLE":
                self.rfile.readline()
            self.wfile.write(f"{tag} OK done\r\n".encode())


def serve(server):
    server.daemon_threads = True
    server.heard = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def test_an_access_token_that_is_kept_goes_to_no_other_server(desk):
    provider = serve(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider))
    first, second = (serve(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Listener)) for _ in range(2))
    inbound = {"kind": "imap", "host": "127.0.0.1", "port": first.server_address[1], "security": "none", "user": "u", "auth": "xoauth2"}
    oauth = {"token_url": f"http://127.0.0.1:{provider.server_port}/token", "client_id": "c", "refresh_token": "the first"}
    box = add_mailbox(desk, inbound=inbound, outbound=False, oauth=oauth)
    soon(lambda: first.heard, "signing in")
    expect("access of the first" in first.heard[0], True, first.heard)
    moved = desk.patch(f"/mailboxes/{box['id']}", {"inbound": {"port": second.server_address[1]}, "oauth": {"refresh_token": "the second"}})
    expect(moved.status, 200, moved.body)
    soon(lambda: second.heard, "signing in elsewhere")
    expect(["access of the first" in heard for heard in second.heard], [False] * len(second.heard), second.heard)


def test_a_renewed_token_replaces_none_that_was_given_meanwhile(desk):
    ours, theirs = (serve(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)) for _ in range(2))
    server = serve(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Listener))
    inbound = {"kind": "imap", "host": "127.0.0.1", "port": server.server_address[1], "security": "none", "user": "u", "auth": "xoauth2"}
    oauth = {"token_url": f"http://127.0.0.1:{ours.server_port}/token", "client_id": "c", "refresh_token": "the slow one"}
    box = add_mailbox(desk, inbound=inbound, outbound=False, oauth=oauth)
    soon(lambda: ours.heard, "asking for a token")
    moved = desk.patch(f"/mailboxes/{box['id']}", {"oauth": {"token_url": f"http://127.0.0.1:{theirs.server_port}/token", "refresh_token": "another one"}})
    expect(moved.status, 200, moved.body)
    Provider.go_on.set()
    soon(lambda: server.heard and theirs.heard, "signing in with what was given last")
    desk.kill()
    desk.start()
    soon(lambda: len(theirs.heard) > 1, "asking anew")
    expect(set(theirs.heard), {"another one"})


if __name__ == "__main__":
    run_mail_tests(__name__)
