"""Mailboxes that are fetched by IMAP, from a real Dovecot."""
import http.server
import json
import threading
import time

import mail
from desk import expect
from post import HOST, OPTIONS, add_mailbox, arrival, messages, run_mail_tests, soon


def imap_settings(**more):
    return {"kind": "imap", "host": "localhost", "port": HOST.dovecot.imaps, "security": "tls", "user": "desk@theke.test", "password": HOST.dovecot.password, **more}


def fetched(desk, user, **inbound):
    settings = imap_settings(user=user, **inbound)
    with mail.Imap(HOST.dovecot, user) as box:
        box.append(mail.write_letter(user, subject=f"Before {user}"))
        made = add_mailbox(desk, user, inbound=settings)
        arrival(desk, f"Before {user}")
        began = time.monotonic()
        box.append(mail.write_letter(user, subject=f"Now {user}"))
        arrival(desk, f"Now {user}")
        expect(time.monotonic() - began < 2, True, "IDLE tells at once")
    return made


def test_mailboxes_are_fetched_as_letters_come(desk):
    stamp = time.monotonic_ns()
    made = fetched(desk, f"tls{stamp}@theke.test")
    fetched(desk, f"starttls{stamp}@theke.test", port=HOST.dovecot.imap, security="starttls")
    expect(desk.get(f"/mailboxes/{made['id']}").json["health"]["state"], "ok")
    desk.kill()
    with mail.Imap(HOST.dovecot, f"tls{stamp}@theke.test") as box:
        box.append(mail.write_letter(f"tls{stamp}@theke.test", subject="While away"))
    desk.start()
    arrival(desk, "While away")
    expect(len(messages(desk)), 5)


def test_a_mailbox_that_fails_says_so_and_recovers(desk):
    user = f"fails{time.monotonic_ns()}@theke.test"
    made = add_mailbox(desk, user, inbound=imap_settings(user=user))
    health = lambda: desk.get(f"/mailboxes/{made['id']}").json["health"]
    soon(lambda: health()["last_ok_at"], "the first fetch")
    expect([desk.get("/mail-state").json[key] for key in ("state", "troubles")], ["ok", []])
    HOST.dovecot.stop()
    try:
        soon(lambda: health()["state"] == "failing", "the failure being seen")
        state = desk.get("/mail-state").json
        expect((state["state"], [(t["id"], t["name"], t["in_error"], t["since"]) for t in state["troubles"]]),
               ("failing", [(made["id"], "Support", health()["in_error"], health()["since"])]))
    finally:
        HOST.dovecot.start()
    soon(lambda: health()["state"] == "ok", "recovering")
    expect([desk.get("/mail-state").json[key] for key in ("state", "troubles")], ["ok", []])
    with mail.Imap(HOST.dovecot, user) as box:
        box.append(mail.write_letter(user, subject="After the outage"))
    arrival(desk, "After the outage")


def test_connections_can_be_tried_step_by_step(desk):
    good = {"address": "try@theke.test", "inbound": imap_settings(), "outbound": {"host": "localhost", "port": HOST.postfix.smtp, "security": "none"}}
    steps = desk.post("/mailboxes/test", good).json["steps"]
    expect([step["key"] for step in steps], ["in.resolve", "in.connect", "in.tls", "in.login", "in.folder", "out.resolve", "out.connect", "out.tls", "out.login"])
    expect([step for step in steps if not step["ok"]], [])
    wrong = {**good, "inbound": imap_settings(password="wrong"), "outbound": {"host": "localhost", "port": 1, "security": "none"}}
    failed = [step["key"] for step in desk.post("/mailboxes/test", wrong).json["steps"] if not step["ok"]]
    expect(failed, ["in.login", "out.connect"])
    expect(desk.post("/mailboxes", {**good, "inbound": {"kind": "imap"}}).status, 422)
    expect(desk.post("/mailboxes", {**good, "inbound": imap_settings(host="evil/../x")}).status, 422)
    text = json.dumps(desk.post("/mailboxes", good).json)
    expect(HOST.dovecot.password in text, False, "passwords are never shown")


class Provider(http.server.BaseHTTPRequestHandler):
    """Gives access tokens for a refresh token, as the big providers do."""
    asked = []
    token = "good-token"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        Provider.asked.append(dict(pair.split("=") for pair in body.split("&")))
        data = json.dumps({"access_token": Provider.token, "expires_in": 3600, "token_type": "Bearer", "refresh_token": "next"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def test_xoauth2_fetches_with_refreshed_tokens(desk):
    provider = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    Provider.asked.clear()
    user = f"oauth{time.monotonic_ns()}@theke.test"
    oauth = {"token_url": f"http://127.0.0.1:{provider.server_port}/token", "client_id": "theke", "client_secret": "s", "refresh_token": "first"}
    add_mailbox(desk, user, inbound=imap_settings(user=user, auth="xoauth2", password=""), oauth=oauth)
    with mail.Imap(HOST.dovecot, user) as box:
        box.append(mail.write_letter(user, subject="By token"))
    arrival(desk, "By token")
    expect((Provider.asked[0]["grant_type"], Provider.asked[0]["refresh_token"], Provider.asked[0]["client_id"]), ("refresh_token", "first", "theke"))
    desk.kill()
    desk.start()
    soon(lambda: len(Provider.asked) >= 2, "asking anew")
    expect(Provider.asked[1]["refresh_token"], "next", "a renewed refresh token is kept")
    provider.shutdown()


def test_a_stored_password_goes_to_no_other_server(desk):
    box = add_mailbox(desk, outbound=True)
    right = {"host": "mail.theke.test", "port": 587, "security": "starttls", "user": "support", "password": "TopSecret!"}
    expect(desk.patch(f"/mailboxes/{box['id']}", {"outbound": right}).status, 200)
    for change in ({"host": "127.0.0.1"}, {"security": "none"}, {"port": 2525}, {"user": "sales"}):
        for refused in (desk.patch(f"/mailboxes/{box['id']}", {"outbound": change}), desk.post("/mailboxes/test", {"id": box["id"], "outbound": change})):
            expect((refused.status, refused.json["errors"][0]["field"]), (422, "outbound.password"), change)
    expect(desk.patch(f"/mailboxes/{box['id']}", {"outbound": {"host": "127.0.0.1", "password": "another"}}).status, 200)
    expect(desk.patch(f"/mailboxes/{box['id']}", {"name": "Renamed", "outbound": {"host": "127.0.0.1"}}).status, 200)


if __name__ == "__main__":
    run_mail_tests(__name__)
