"""Whatever is sent to a route that its description knows: what is wrong is refused with its field named, what is odd is only odd,
nothing ends the program, hangs, or is stored by half."""
import http.client
import json
import re
import socket
import time

import hostile
from desk import Desk, Unmet, expect, run_all
from schema import Description

OPTIONS = ["--limits.requests_per_minute", "0"]
TABLES = {"sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%\\_%' ESCAPE '\\' "
                    "UNION SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%' AND name NOT LIKE '%search%'",
          "postgresql": "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"}
# What is written although the request fails: on purpose.
EXPECTED = ("sign_in_failure", "idempotency")
# Wrong for a reason that comes before any field.
EARLY = (401, 403, 404, 409, 410, 412, 429)


class Wire:
    """One connection for thousands of requests; opened anew when the server ends it."""

    def __init__(self, desk):
        self.desk, self.connection = desk, None

    def ask(self, method, path, body=None, kind="application/json"):
        started = time.monotonic()
        headers = {"Authorization": "Bearer " + self.desk.token, "Accept-Language": "en"}
        if kind and body is not None:
            headers["Content-Type"] = kind
        for attempt in (1, 2):
            try:
                self.connection = self.connection or http.client.HTTPConnection("127.0.0.1", self.desk.port, timeout=15)
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                data = answer.read()
                break
            except (http.client.HTTPException, ConnectionError):
                self.connection = None
                if attempt == 2:
                    raise
        if answer.headers.get("Connection") == "close":
            self.connection = None
        expect(time.monotonic() - started < 10, True, f"{method} {path} took {time.monotonic() - started:.1f} s")
        return answer.status, data


def names(body):
    return [error["field"] for error in json.loads(body).get("errors", [])]


def judge(place, status, data, field, must_refuse):
    if status >= 500 or (must_refuse and status < 400):
        raise Unmet(f"{place}: {status} {data[:200]!r}")
    if status < 400:
        return
    if not re.search(r"(^| )/api/", place) and data[:15].lower() == b"<!doctype html>":
        return  # a page for people says it in words
    problem = json.loads(data)
    if problem.get("status") != status or not problem.get("title"):
        raise Unmet(f"{place}: {status} without words: {data[:200]!r}")
    if must_refuse and field and status not in EARLY and field not in names(data):
        raise Unmet(f"{place}: {status} names {names(data)} and not {field}: {data[:300]!r}")


def things(desk):
    """An id for each place in a path."""
    ticket = desk.customer_writes()
    message = desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "internal", "text": "Hello"}).json
    staff = desk.post("/staff", {"email": "other@theke.test", "name": "Other", "role": "agent"}).json
    mailbox = desk.post("/mailboxes", {"name": "M", "address": "m@theke.test", "inbound": {"kind": "lmtp"}}).json
    team = desk.get("/teams").json["items"][0]
    known = {"tickets": ticket["id"], "messages": message["id"], "people": ticket["requester"]["id"], "staff": staff["id"],
             "mailboxes": mailbox["id"], "teams": team["id"], "roles": "agent"}
    return lambda path: re.sub(r"/(\w+)/\{\w+\}", lambda found: f"/{found[1]}/{known.get(found[1], 1)}", path)


def operations(desk):
    description = Description(json.loads(desk.run("openapi")))
    for path, item in description.document["paths"].items():
        for method, operation in item.items():
            if method in ("get", "post", "put", "patch", "delete"):
                yield description, method.upper(), path, operation


def stored(desk):
    tables = [row[0] for row in desk.rows(TABLES[desk.database]) if not row[0].startswith(EXPECTED)]
    counts = desk.rows(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in sorted(tables)))
    return {name: int(count) for name, count in counts}


def all_faults(checks):
    """Every fault at once: one that hides behind another costs a run."""
    faults = []
    for check in checks:
        try:
            check()
        except (Unmet, OSError, http.client.HTTPException) as fault:
            faults.append(str(fault) or repr(fault))
    if faults:
        raise Unmet(f"{len(faults)} faults:\n" + "\n".join(faults[:40]))


def test_bodies_that_are_wrong_are_refused_and_leave_nothing(desk):
    place_of, wire, checks, sent = things(desk), Wire(desk), [], 0
    before = stored(desk)
    for description, method, path, operation in operations(desk):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if not content:
            continue
        for why, body, field in hostile.Body(description, content["schema"]).refused():
            sent += 1
            checks.append(lambda m=method, p=place_of(path), w=why, b=body, f=field: judge(f"{m} {p}: {w} in {f}", *wire.ask(m, p, b), f, True))
    all_faults(checks)
    print(f"{sent} wrong bodies")
    expect(set(stored(desk).items()) ^ set(before.items()), set())
    expect("unbroken" in desk.run("check"), True)


def test_odd_texts_and_numbers_are_only_odd(desk):
    place_of, wire, checks, sent = things(desk), Wire(desk), [], 0
    for description, method, path, operation in operations(desk):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if not content or path.endswith(("/session", "/me/password", "/me/totp")):
            continue
        for why, body, field in hostile.Body(description, content["schema"]).odd():
            sent += 1
            checks.append(lambda m=method, p=place_of(path), w=why, b=body, f=field: judge(f"{m} {p}: {w} in {f}", *wire.ask(m, p, b), f, False))
    all_faults(checks)
    print(f"{sent} odd bodies")
    expect(len(desk.get("/tickets?limit=200").json["items"]) > 0, True)
    expect("unbroken" in desk.run("check"), True)


def test_parameters_and_paths_are_strict(desk):
    place_of, wire, checks = things(desk), Wire(desk), []
    for description, method, path, operation in operations(desk):
        if method != "GET":
            continue
        for name, raw, wrong in hostile.parameters(description, operation):
            target = f"{place_of(path)}?{name}={raw}"
            field = name if wrong and "%" not in raw else None
            checks.append(lambda p=target, w=wrong, f=field: judge(f"GET {p[:100]}", *wire.ask("GET", p), f, w))
        if operation.get("parameters"):
            checks.append(lambda p=place_of(path): judge(f"{p} with an unknown parameter", *wire.ask("GET", p + "?no_such=1"), "no_such", True))
        if "{" in path:
            for raw in ("0", "-1", "1e3", "abc", "99999999999999999999", "%00", "%ff", "1%2f2", "..", "1.0", "%2e%2e", "a" * 3000, "'--", "9223372036854775807"):
                target = re.sub(r"\{\w+\}", raw.replace("\\", ""), path)
                checks.append(lambda p=target: judge(f"GET {p[:100]}", *wire.ask("GET", p), None, True))
    all_faults(checks)


def test_only_json_is_taken_as_json(desk):
    place_of, wire, checks = things(desk), Wire(desk), []
    for description, method, path, operation in operations(desk):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if not content:
            continue
        body = hostile.dump(hostile.Body(description, content["schema"]).sample(content["schema"]))
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "", "application/jsonp", "*/*"):
            def refuse(m=method, p=place_of(path), k=kind, b=body):
                status, data = wire.ask(m, p, b, k or None)
                expect(status, 415, f"{m} {p} as '{k}': {data[:100]!r}")
            checks.append(refuse)
    all_faults(checks)


def first_line(desk, head):
    with socket.create_connection(("127.0.0.1", desk.port), 10) as wire:
        wire.sendall(head)
        wire.settimeout(5)
        return wire.recv(4096).split(b"\r\n")[0].decode()


def test_a_gigabyte_is_refused_before_it_comes(desk):
    place_of, checks = things(desk), []
    for _, method, path, operation in operations(desk):
        if method == "GET":
            continue

        def refuse(m=method, p=place_of(path)):
            head = (f"{m} {p} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {desk.token}\r\nContent-Type: application/json\r\n"
                    "Content-Length: 1000000000\r\n\r\n{\"a\":").encode()
            expect(first_line(desk, head).split()[1], "413", f"{m} {p}")
        checks.append(refuse)
    all_faults(checks)


if __name__ == "__main__":
    run_all(__name__)
