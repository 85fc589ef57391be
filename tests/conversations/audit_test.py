"""Every change to people, rights, settings, mailboxes, tokens and sessions stands in the record: who, what, before and after, no secrets."""
import json
import re
import signal
import sqlite3
import subprocess
import time

from desk import expect, run_all
from people_test import add_agent, by_cookie, last_link, sign_in, totp
from portal import look, send
from post import soon

PASSWORD, SECRETS = "ein gutes Passwort", ["geheim-imap", "geheim-smtp", "geheim-neu"]

# What a route does to the record besides nothing: reading by POST, and the one way out that leaves no trace.
SILENT = {"POST /mailboxes/test", "POST /password/forgot", "POST /number-formats/preview", "POST /request/N/fields", "POST /people/imports/N/check"}


class Record:
    """The events that each request of a test adds."""

    def __init__(self, desk):
        self.desk, self.walked = desk, set()
        self.last = max([e["id"] for e in self.read(0)], default=0)

    def read(self, after):
        return self.desk.get(f"/events?after={after}&limit=200").json["items"]

    def added(self):
        items = self.read(self.last)
        self.last = max([e["id"] for e in items], default=self.last)
        return items

    def does(self, method, path, body, kind, data=None, status=None, **who):
        """Asks, and expects an event of this kind that says at least this."""
        answer = self.desk.ask(method, path, body, **who)
        if status is None:
            expect(answer.status in (200, 201, 204), True, f"{method} {path}: {answer.status} {answer.body[:300]}")
        else:
            expect(answer.status, status, path)
        self.walked.add(f"{method} {re.sub(r'/(?:[0-9]+|agent)(?=/|$)', '/N', path)}")
        events = [e for e in self.added() if e["kind"] == kind]
        expect(len(events) > 0, True, f"{method} {path} recorded no {kind}")
        for key, wanted in (data or {}).items():
            expect(events[-1]["data"].get(key), wanted, f"{method} {path}: {key} of {events[-1]['data']}")
        return answer


def walk_people(desk, record):
    company = record.does("POST", "/companies", {"name": "Nord", "domains": ["nord.example"]}, "company.created", {"name": [None, "Nord"]}).json["id"]
    record.does("PATCH", f"/companies/{company}", {"name": "Nordlicht"}, "company.changed", {"name": ["Nord", "Nordlicht"]})
    person = record.does("POST", "/people", {"name": "Ana", "identities": [{"channel": "email", "value": "ana@nord.example"}]}, "person.created",
                         {"name": "Ana", "company": company}).json["id"]
    other = desk.post("/people", {"name": "Ben", "identities": [{"channel": "email", "value": "ben@nord.example"}]}).json["id"]
    joined = record.does("POST", f"/people/{other}/merge", {"into": person}, "person.merged", {"from": other, "into": person}).json
    record.does("POST", f"/operations/{joined['id']}/undo", None, "person.unmerged", {"from": other, "into": person})
    record.does("PATCH", f"/people/{person}", {"notes": "neu"}, "person.changed", {"notes": ["", "neu"]})
    added = record.does("POST", f"/people/{person}/identities", {"channel": "handle", "value": "@ana"}, "person.identity_added", {"value": "@ana"}).json
    identity = f"/people/{person}/identities/{added['identities'][1]['id']}"
    record.does("PATCH", identity, {"proof": "verified"}, "person.identity_changed", {"proof": ["none", "verified"]})
    record.does("DELETE", identity, None, "person.identity_removed", {"value": "@ana"})
    record.does("DELETE", f"/companies/{company}", None, "company.removed", {"name": ["Nordlicht", None]})


def walk_transfers(desk, record):
    """What comes in as a table, and what goes out as one."""
    rows = "".join(f"Person {i},p{i}@nord.example\n" for i in range(1000)).encode()
    load = lambda text: record.does("POST", "/people/imports", b"Name,E-Mail\n" + text, "person.import_loaded", {"file": "kunden.csv"},
                                    headers={"Content-Type": "text/csv", "X-File-Name": "kunden.csv"}).json["id"]
    checked = lambda id: soon(lambda: desk.get(f"/people/imports/{id}").json["state"] == "checked", "the look", 90)
    recorded = lambda kind: soon(lambda: desk.get(f"/events?kind={kind}&sort=-id").json["items"], kind)[0]["data"]
    few, many = load(b"Mia,mia@nord.example\n"), load(rows)
    checked(few)
    record.does("POST", f"/people/imports/{few}/run", {}, "person.import_started", {"import": few})
    expect(recorded("person.imported"), {"import": few, "made": 1, "changed": 0, "refused": 0, "cancelled": 0})
    record.does("DELETE", f"/people/imports/{few}", None, "person.import_dropped", {"import": few})
    record.does("GET", "/people/export?format=csv", None, "person.exported", {"people": len(desk.get("/people?limit=200").json["items"])})
    checked(many)
    desk.post(f"/people/imports/{many}/run")
    expect(desk.post(f"/people/imports/{many}/stop").status, 200)
    record.walked.add("POST /people/imports/N/stop")
    expect(recorded("person.import_stopped"), {"import": many, "file": "kunden.csv"})
    while record.added():
        continue


def walk_staff(desk, record):
    lea = record.does("POST", "/staff", {"email": "lea@theke.test", "name": "Lea", "role": "agent", "teams": [1]}, "staff.added", {"role": "agent"}).json["id"]
    record.does("POST", f"/staff/{lea}/invitation", {}, "staff.invited", {"staff": lea})
    record.does("POST", f"/staff/{lea}/invitation/link", {}, "staff.invitation_link", {"staff": lea})
    body = {"token": last_link(desk, "invite"), "name": "Lea Horn", "password": "noch ein Passwort"}
    record.does("POST", "/invitations/accept", body, "staff.changed", {"name": ["Lea", "Lea Horn"], "state": ["invited", "active"]}, token=False)
    record.does("PATCH", f"/staff/{lea}", {"role": "manager", "teams": []}, "staff.changed", {"role": ["agent", "manager"], "teams": [[1], []]})
    team = record.does("POST", "/teams", {"name": "Zwei", "members": [1]}, "team.created", {"name": [None, "Zwei"], "members": [None, [1]]}).json["id"]
    record.does("PATCH", f"/teams/{team}", {"reopen_days": 3, "members": [1, lea]}, "team.changed", {"reopen_days": [14, 3], "members": [[1], [1, lea]]})
    record.does("PATCH", "/roles/agent", {"permissions": {"people.change": "none"}}, "role.changed", {"people.change": ["all", "none"]})
    record.does("PATCH", "/settings", {"company": "Nordlicht"}, "setting.changed", {"company": [None, "Nordlicht"]})
    record.does("POST", "/password/forgot", {"email": "lea@theke.test"}, "staff.reset_asked", {"staff": lea}, token=False)
    reset = {"token": last_link(desk, "reset"), "password": "ein drittes Passwort"}
    record.does("POST", "/password/reset", reset, "staff.password", {"staff": lea}, token=False)


def walk_own(desk, record):
    record.does("PATCH", "/me", {"signature": "Ihre Jana", "theme": "dark"}, "staff.changed", {"signature": ["", "Ihre Jana"], "theme": ["system", "dark"]})
    record.does("PATCH", "/me", {"keys": {"resolve": "q"}}, "staff.changed", {"keys": [{}, {"resolve": "q"}]})
    wishes = {"kinds": [{"kind": "mention", "shown": True, "mailed": True}]}
    record.does("PUT", "/notice-settings", wishes, "notice.settings", {"staff": 1, "mention": [["shown"], ["shown", "mailed"]]})
    record.does("POST", "/tokens", {"label": "bot", "scopes": ["tickets.read"]}, "token.created", {"label": "bot", "scopes": ["tickets.read"]})
    token = [t["id"] for t in desk.get("/tokens").json["items"] if t["label"] == "bot"][0]
    record.does("DELETE", f"/tokens/{token}", None, "token.revoked", {"label": "bot"})
    record.does("POST", "/session", {"email": "jana@theke.test", "password": "falsch"}, "session.refused", status=401, token=False)
    first, second, third = (by_cookie(desk, record.does("POST", "/session", {"email": "jana@theke.test", "password": PASSWORD}, "session.started",
                                                        {"staff": 1}, token=False)) for _ in range(3))
    other = [s["id"] for s in desk.get("/me/sessions", **first).json["items"] if not s["current"]][0]
    record.does("DELETE", f"/me/sessions/{other}", None, "session.ended", {"staff": 1}, **first)
    record.does("DELETE", "/me/sessions", None, "session.ended_others", **first)
    record.does("DELETE", "/session", None, "session.ended", **first)
    record.does("DELETE", "/sessions", None, "session.ended_all")
    record.does("POST", "/me/password", {"current_password": PASSWORD, "password": "ein viertes Passwort"}, "staff.password", {"staff": 1})
    key = record.does("POST", "/me/totp", {}, "staff.totp_offered", {"staff": 1}).json["secret"]
    codes = record.does("POST", "/me/totp/confirm", {"code": totp(key, -1)}, "staff.totp_on").json["recovery_codes"]
    record.does("DELETE", "/me/totp", {"password": "ein viertes Passwort"}, "staff.totp_off")
    lea = add_agent(desk, "max", "agent")
    offered = desk.post("/me/totp", token=lea).json["secret"]
    desk.post("/me/totp/confirm", {"code": totp(offered, -1)}, token=lea)
    record.does("DELETE", "/staff/3/totp", None, "staff.totp_off", {"staff": 3})
    return [key, offered, *codes]


def walk_words_of_the_house(desk, record):
    """Fields, forms, states, numbers and tags."""
    field = record.does("POST", "/fields", {"key": "order", "type": "text", "labels": {"de": "Bestellung"}}, "field.created").json["id"]
    record.does("PATCH", f"/fields/{field}", {"labels": {"de": "Auftrag"}}, "field.changed")
    record.does("PUT", "/fields/order", {"fields": [field]}, "field.ordered")
    form = record.does("POST", "/request-forms", {"key": "order", "names": {"de": "Bestellung"}, "team": 1}, "form.created").json["id"]
    record.does("PATCH", f"/request-forms/{form}", {"names": {"de": "Auftrag"}}, "form.changed")
    desk.patch(f"/request-forms/{form}", {"is_public": True})
    send(desk, look(desk, "order"), quickly=True)
    record.walked.add("POST /request/N")
    expect([e["cause"] for e in record.added() if e["kind"] == "ticket.opened"], ["form order"])
    record.does("PUT", f"/field-rules/{field}", {"required_to_close": True}, "field.ruled")
    state = record.does("POST", "/ticket-states", {"key": "repair", "category": "open", "agent": {"de": "In Reparatur"}}, "state.created").json["id"]
    record.does("PATCH", f"/ticket-states/{state}", {"agent": {"de": "In der Werkstatt"}}, "state.changed")
    record.does("PUT", "/ticket-states/order", {"states": [1, state, 2, 3, 4, 5]}, "state.ordered")
    record.does("PUT", "/teams/1/transitions", {"items": [{"from": "open", "to": "repair"}]}, "state.ways")
    activity = record.does("POST", "/activities", {"names": {"de": "Telefonat"}}, "activity.created", {"name_de": [None, "Telefonat"]}).json["id"]
    record.does("PATCH", f"/activities/{activity}", {"is_billable": True}, "activity.changed", {"is_billable": [False, True]})
    record.does("POST", "/number-formats", {"prefix": "T"}, "number_format.changed")
    desk.customer_writes(tags=["vpi"])
    record.added()
    desk.ask("PUT", "/me/timer", {"ticket": 1})
    record.added()
    record.does("DELETE", "/me/timer", None, "timer.stopped", {"ticket": 1})
    record.does("POST", "/tag-changes", {"tag": "vpi", "to": "vip"}, "tag.renamed")
    alias = desk.get("/tag-aliases").json["items"][0]["id"]
    record.does("DELETE", f"/tag-aliases/{alias}", None, "tag.freed")
    sender = record.does("POST", "/spam/senders", {"pattern": "loud@market.example"}, "spam.sender_added", {"pattern": "loud@market.example"}).json["id"]
    record.does("DELETE", f"/spam/senders/{sender}", None, "spam.sender_removed", {"pattern": "loud@market.example"})
    record.does("PATCH", "/spam/filter", {"threshold": 90}, "spam.filter_changed", {"threshold": [95, 90]})


def walk_webhooks(desk, record):
    body = {"name": "Shop", "url": "https://hooks.example.org/in/SECRET-PATH", "kinds": ["ticket.*"], "is_active": False}
    made = record.does("POST", "/webhooks", body, "webhook.created", {"name": [None, "Shop"], "host": [None, "hooks.example.org"]}).json
    hook = f"/webhooks/{made['webhook']['id']}"
    record.does("PATCH", hook, {"name": "Laden", "kinds": ["message.*"]}, "webhook.changed", {"name": ["Shop", "Laden"], "kinds": [["ticket.*"], ["message.*"]]})
    renewed = record.does("POST", f"{hook}/secret", {}, "webhook.secret_renewed").json
    record.does("POST", f"{hook}/test", None, "webhook.tested", {"name": "Laden"})
    for _ in range(200):
        deliveries = [d for d in desk.get(f"{hook}/deliveries").json["items"] if d["state"] == "failed"]
        if deliveries:
            break
        time.sleep(0.05)
    record.does("POST", f"{hook}/deliveries/{deliveries[0]['id']}/replay", None, "webhook.replayed", {"count": 1})
    desk.patch(hook, {"is_active": True})
    desk.rows("UPDATE webhook_delivery SET state = 'failed', next_at = NULL, kind = 'message.written'")
    record.added()
    record.does("POST", f"{hook}/replay", {"since": "2026-01-01T00:00:00Z"}, "webhook.replayed", {"count": 1})
    record.does("DELETE", hook, None, "webhook.deleted", {"name": "Laden"})
    record.does("POST", f"{hook}/restore", None, "webhook.restored", {"name": "Laden"})
    return [made["secret"], renewed["secret"], "SECRET-PATH"]


def walk_mailboxes(desk, record):
    box = {"name": "Support", "address": "support@theke.test", "aliases": [], "team": 1,
           "inbound": {"kind": "imap", "host": "imap.invalid", "port": 993, "security": "tls", "user": "s", "password": SECRETS[0], "folder": "INBOX"},
           "outbound": {"host": "smtp.invalid", "port": 587, "security": "starttls", "user": "s", "password": SECRETS[1]}}
    made = record.does("POST", "/mailboxes", box, "mailbox.created", {"address": [None, "support@theke.test"], "in_host": [None, "imap.invalid"]}).json["id"]
    record.does("PATCH", f"/mailboxes/{made}", {"name": "Hilfe", "aliases": ["hilfe@theke.test"], "outbound": {"password": SECRETS[2]}}, "mailbox.changed",
                {"name": ["Support", "Hilfe"], "aliases": [[], ["hilfe@theke.test"]], "out_secret": "changed"})
    record.does("POST", f"/mailboxes/{made}/resume", {}, "mailbox.resumed", {"mailbox": made})
    record.does("DELETE", f"/mailboxes/{made}", None, "mailbox.removed", {"address": ["support@theke.test", None]})
    for _ in range(2):
        desk.run("mail", "deliver", stdin="\x00" * 10, check=False)


def test_every_writing_route_leaves_an_event(desk):
    record = Record(desk)
    walk_people(desk, record)
    walk_staff(desk, record)
    walk_words_of_the_house(desk, record)
    walk_mailboxes(desk, record)
    secrets = walk_webhooks(desk, record) + walk_own(desk, record)
    walk_transfers(desk, record)
    described = {f"{verb.upper()} {re.sub(r'{[^}]+}', 'N', path.removeprefix('/api/v1'))}"
                 for path, item in desk.get("/api/openapi.json", token=False).json["paths"].items() for verb, operation in item.items()
                 if verb in ("post", "put", "patch", "delete") and not operation["x-permission"].startswith("tickets.")}
    silent = SILENT | {"POST /setup", "POST /request-confirm/N", "POST /parked-mails/N/release", "DELETE /parked-mails/N"}
    expect(described - record.walked - silent, set(), "writing routes that nobody walks")
    everything = json.dumps(record.read(0) + [e for page in range(1, 6) for e in record.read(page * 200)])
    links = [row[0] for row in desk.rows("SELECT data FROM letter")]
    tokens = [desk.token, *[json.loads(link).get("token", "-" * 9) for link in links]]
    for secret in [*SECRETS, PASSWORD, "noch ein Passwort", "ein drittes Passwort", *secrets, *tokens]:
        expect(secret in everything, False, f"the record holds the secret {secret}")
    expect(desk.run("check").startswith("events: "), True)


def test_the_first_set_up_and_the_command_line_are_recorded_too(desk):
    kinds = [(e["kind"], e["actor"]["kind"]) for e in desk.get("/events?scope=audit&limit=200").json["items"]]
    expect(kinds, [("staff.added", "system"), ("staff.changed", "system"), ("token.created", "staff")])


def test_the_record_is_filtered_for_an_audit_screen(desk):
    lea = add_agent(desk)
    desk.customer_writes()
    desk.post("/teams", {"name": "Zwei"})
    desk.patch("/me", {"name": "Lea Horn"}, token=lea)
    newest = desk.get("/events?scope=audit&sort=-id&limit=3").json
    expect([e["kind"] for e in newest["items"]], ["staff.changed", "team.created", "person.created"])
    older = desk.get(f"/events?scope=audit&sort=-id&limit=200&before={newest['next']}").json
    expect((older["items"][0]["id"] < newest["items"][-1]["id"], older["next"]), (True, None))
    expect([e["kind"] for e in desk.get("/events?actor=2&sort=-id").json["items"]], ["staff.changed", "token.created"])
    expect([e["kind"] for e in desk.get("/events?kind=team.").json["items"]], ["team.created"])
    expect({e["scope"] for e in desk.get("/events?scope=admin").json["items"]}, {"admin"})
    expect([e["kind"] for e in desk.get("/events?kind=ticket.&sort=-id").json["items"]], ["ticket.opened"])
    expect([e["kind"] for e in desk.get("/events?sort=-id&limit=1").json["items"]], ["staff.changed"])
    expect(desk.get("/events?before=5").json["errors"][0]["field"], "before")
    expect(desk.get("/events?scope=staff:1").json["errors"][0]["field"], "scope")
    everything = [e["id"] for e in desk.get("/events?after=0&limit=200").json["items"]]
    expect(everything, list(range(1, len(everything) + 1)), "complete and in order")
    expect([e["kind"] for e in desk.get("/events?scope=admin", token=lea).json["items"]], [], "not for every agent")


def change(desk, statement):
    if desk.database == "sqlite":
        with sqlite3.connect(desk.data / "theke.db") as store:
            store.execute(statement)
        return
    subprocess.run(["psql", "-q", "-d", desk.store[1], "-c", statement], check=True, stdout=subprocess.DEVNULL)


def check(desk):
    done = desk.run("check", check=False)
    return done.returncode, done.stderr.strip()


def test_a_changed_or_missing_event_is_found(desk):
    ticket = desk.customer_writes()["id"]
    desk.patch(f"/tickets/{ticket}", {"assignee": 1})
    desk.patch("/settings", {"company": "Nordlicht"})
    expect(check(desk), (0, ""))
    desk.kill()
    victim = desk.rows("SELECT id FROM event WHERE kind = 'ticket.changed'")[0][0]
    changed = (1, f"theke: event {victim} was changed after it was recorded")
    for column, value, before in (("actor_id", "7", "1"), ("data", "'{}'", None), ("assignee_id", "NULL", "1"), ("at", "1", None), ("team_id", "9", "1")):
        kept = desk.rows(f"SELECT {column} FROM event WHERE id = {victim}")[0][0]
        change(desk, f"UPDATE event SET {column} = {value} WHERE id = {victim}")
        expect(check(desk), changed, column)
        back = "'" + str(kept).replace("'", "''") + "'" if column == "data" else kept
        change(desk, f"UPDATE event SET {column} = {back} WHERE id = {victim}")
        expect(check(desk), (0, ""))
    change(desk, f"DELETE FROM event WHERE id = {victim}")
    expect(check(desk), (1, f"theke: event {victim} is missing"))


def test_a_cut_off_end_of_the_events_is_found(desk):
    for number in range(3):
        desk.customer_writes(subject=f"Number {number}")
    desk.kill(signal.SIGTERM)
    expect("unbroken" in desk.run("check"), True)
    last = desk.rows("SELECT max(id) FROM event")[0][0]
    desk.rows(f"DELETE FROM event WHERE id > {int(last) - 2}")
    expect(f"cut off: event {last}" in desk.run("check", check=False).stderr, True)
    desk.start()
    for number in range(3):
        desk.customer_writes(subject=f"Later {number}")
    desk.kill(signal.SIGTERM)
    expect(f"cut off: event {last}" in desk.run("check", check=False).stderr, True, "also when others were written since")
    desk.start()


if __name__ == "__main__":
    run_all(__name__)
