"""Where a mailbox may have its access tokens asked for."""
import socket

from desk import expect, run_all

GOOD = ["https://login.example.com/token", "https://10.0.0.5/token", "http://127.0.0.1/token", "http://127.0.0.1:8080/token?a=b"]
BAD = ["http://127.0.0.1.evil.example/", "http://127.0.0.1@evil.example/", "http://127.0.0.1:80@evil.example/", "http://login.example.com/token",
       "https://jana@login.example.com/token", "https://169.254.169.254/latest", "https://169.254.169.254./latest", "https://2852039166/latest",
       "https://0xa9.0xfe.0xa9.0xfe/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://[::ffff:169.254.169.254]/", "ftp://127.0.0.1/",
       "file:///etc/passwd", "127.0.0.1", "https://", "//login.example.com/token"]


def add(desk, number, address):
    inbound = {"kind": "imap", "host": "imap.example.com", "user": "u", "auth": "xoauth2"}
    return desk.post("/mailboxes", {"name": "Box", "address": f"box{number}@theke.test", "inbound": inbound,
                                    "oauth": {"token_url": address, "client_id": "c", "refresh_token": "a refresh token"}})


def test_an_address_for_tokens_is_read_as_it_is_called(desk):
    for number, address in enumerate(GOOD):
        expect(add(desk, number, address).status, 201, address)
    for number, address in enumerate(BAD):
        refused = add(desk, number + 100, address)
        expect((refused.status, [at["field"] for at in refused.json.get("errors", [])]), (422, ["oauth.token_url"]), address)


def test_a_name_that_stands_for_this_machine_is_not_called(desk):
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(2)
        settings = {"address": "box@theke.test", "inbound": {"kind": "imap", "host": "localhost", "port": 1, "user": "u", "auth": "xoauth2"},
                    "oauth": {"token_url": f"https://localhost:{inside.getsockname()[1]}/token", "client_id": "c", "refresh_token": "a refresh token"}}
        steps = desk.post("/mailboxes/test", settings).json["steps"]
        expect([(step["key"], step["ok"]) for step in steps], [("in.resolve", True), ("in.login", False)], steps)
        called = False
        try:
            inside.accept()[0].close()
            called = True
        except TimeoutError:
            pass
        expect(called, False)


if __name__ == "__main__":
    run_all(__name__)
