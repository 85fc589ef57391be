"""Tickets over the API, as another program would use them."""
import json

from desk import expect, run_all


def test_a_ticket_is_opened_answered_and_resolved(desk):
    ticket = desk.customer_writes()
    expect(ticket["state"], "new")
    expect(ticket["requester"]["email"], "ana@example.org")
    expect(ticket["team"]["name"], "Support")
    answer = desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "public", "text": "We correct it.", "state": "resolved"})
    expect(answer.status, 201, answer.body)
    message = answer.json
    expect(message["to"], [{"name": "Ana", "email": "ana@example.org"}])
    expect(message["delivery"]["state"], "queued")
    expect(message["subject"], "Re: My invoice is wrong")
    expect((message["author_staff"], message["from"]["name"]), (1, "Jana Petersen"))
    after = desk.get(f"/tickets/{ticket['id']}").json
    expect(after["state"], "resolved")
    expect(after["first_response_at"] is not None, True)
    expect(after["message_count"], 2)
    texts = [m["text"] for m in desk.get(f"/tickets/{ticket['id']}/messages").json["items"]]
    expect(texts, ["It says 12 instead of 10.", "We correct it."])


def test_a_note_is_never_delivered(desk):
    ticket = desk.customer_writes()
    note = desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "internal", "text": "Careful."}).json
    expect(note["delivery"], None)
    expect(note["kind"], "note")
    refused = desk.post(f"/tickets/{ticket['id']}/messages",
                        {"audience": "internal", "text": "x", "to": [{"email": "ana@example.org"}]})
    expect(refused.status, 422, refused.body)
    expect(refused.json["errors"][0]["field"], "to")


def test_a_stale_write_is_refused_and_says_what_changed(desk):
    ticket = desk.customer_writes()
    version = {"If-Match": f'"{ticket["version"]}"'}
    expect(desk.patch(f"/tickets/{ticket['id']}", {"priority": "high"}, headers=version).status, 200)
    refused = desk.patch(f"/tickets/{ticket['id']}", {"subject": "Other"}, headers=version)
    expect(refused.status, 412, refused.body)
    expect("priority" in refused.body.decode(), True)
    expect(desk.get(f"/tickets/{ticket['id']}").json["subject"], "My invoice is wrong")


def test_only_the_named_fields_change(desk):
    ticket = desk.customer_writes(tags=["Rechnung", "vip"], priority="low")
    after = desk.patch(f"/tickets/{ticket['id']}", {"assignee": 1}).json
    expect(after["assignee"]["name"], "Jana Petersen")
    expect((after["priority"], after["tags"], after["state"]), ("low", ["rechnung", "vip"], "new"))
    expect(desk.patch(f"/tickets/{ticket['id']}", {"assignee": None}).json["assignee"], None)


def test_waiting_needs_a_reason(desk):
    ticket = desk.customer_writes()
    refused = desk.patch(f"/tickets/{ticket['id']}", {"state": "waiting"})
    expect(refused.status, 422)
    expect(refused.json["errors"][0]["field"], "waiting_reason")
    after = desk.patch(f"/tickets/{ticket['id']}", {"state": "waiting", "waiting_reason": "customer"})
    expect((after.status, after.json["category"]), (200, "waiting"))


def test_lists_go_page_by_page_in_every_order(desk):
    for number in range(7):
        desk.customer_writes(subject=f"Number {number}", priority=["low", "normal", "high", "urgent"][number % 4])
    for sort in ("updated_at", "-updated_at", "created_at", "-created_at", "priority", "-priority"):
        seen, cursor = [], ""
        while cursor is not None:
            page = desk.get(f"/tickets?state=active&limit=3&sort={sort}{cursor}").json
            seen += [t["id"] for t in page["items"]]
            cursor = "&cursor=" + page["next"] if page["next"] else None
        expect(len(seen), 7, sort)
        expect(len(set(seen)), 7, sort)
    urgent = desk.get("/tickets?state=new&sort=-priority&limit=1").json["items"][0]
    expect(urgent["priority"], "urgent")


def test_filters_narrow_the_list(desk):
    first = desk.customer_writes(tags=["vip"])
    second = desk.customer_writes(email="bob@example.org")
    desk.patch(f"/tickets/{second['id']}", {"assignee": 1, "state": "open"})
    ids = lambda query: [t["id"] for t in desk.get("/tickets?" + query).json["items"]]
    expect(ids("state=open"), [second["id"]])
    expect(ids("assignee=me"), [second["id"]])
    expect(ids("assignee=none"), [first["id"]])
    expect(ids("tag=VIP"), [first["id"]])
    expect(ids("team=support&state=new"), [first["id"]])
    expect(ids(f"requester={second['requester']['id']}"), [second["id"]])
    expect(desk.get("/tickets?team=nobody").status, 422)
    expect(desk.get("/tickets?colour=red").json["errors"][0]["field"], "colour")


def test_wrong_input_names_its_field_and_stores_nothing(desk):
    good = {"subject": "S", "text": "T", "requester": {"email": "ana@example.org"}}
    cases = [
        ({**good, "subject": 7}, "subject"), ({**good, "subject": ""}, "subject"), ({**good, "subject": "x" * 401}, "subject"),
        ({**good, "requester": {"email": "nobody"}}, "requester.email"), ({**good, "requester": {}}, "requester"),
        ({**good, "requester": None}, "requester"), ({**good, "priority": "huge"}, "priority"),
        ({**good, "tags": "vip"}, "tags"), ({**good, "team": "nobody"}, "team"), ({**good, "colour": 1}, "colour"),
        ({"text": "T", "requester": {"email": "a@b.example"}}, "subject"), ({**good, "text": ""}, "text"),
        ({**good, "subject": "a\u0000b"}, "subject"), ({**good, "subject": "a\nb"}, "subject"),
    ]
    for body, field in cases:
        answer = desk.post("/tickets", body)
        if field == "subject" and "\u0000" in str(body.get("subject")):
            expect(answer.status in (400, 422), True, answer.body)
            continue
        expect(answer.status, 422, answer.body)
        expect([e["field"] for e in answer.json["errors"]], [field])
    for raw in (b"{", b'{"subject": 1e999}', b"[]", b'{"subject":"a","subject":"b"}', b'{"subject":"\xff"}', b"[" * 100000):
        answer = desk.ask("POST", "/tickets", raw)
        expect(answer.status, 400, raw[:40])
    expect(desk.get("/tickets").json["items"], [])


def test_dangerous_text_stays_text(desk):
    evil = "'; DROP TABLE ticket; -- <script>alert(1)</script>"
    ticket = desk.post("/tickets", {"subject": evil, "text": evil, "html": "<p onclick=alert(1)>Hi<script>x</script></p>",
                                    "requester": {"email": "ana@example.org", "name": evil}, "tags": [evil[:20]]}).json
    expect(ticket["subject"], evil)
    message = desk.get(f"/tickets/{ticket['id']}/messages").json["items"][0]
    expect((message["text"], message["html"]), (evil, "<p>Hi</p>"))


def test_an_idempotency_key_makes_one_ticket(desk):
    body = {"subject": "Once", "text": "T", "requester": {"email": "ana@example.org"}}
    first = desk.post("/tickets", body, headers={"Idempotency-Key": "k1"})
    again = desk.post("/tickets", body, headers={"Idempotency-Key": "k1"})
    expect((first.status, again.status), (201, 201))
    expect(first.json["id"], again.json["id"])
    expect(len(desk.get("/tickets").json["items"]), 1)


def test_without_credentials_nothing_is_told(desk):
    ticket = desk.customer_writes()
    for path in ("/tickets", f"/tickets/{ticket['id']}", "/messages", "/events", "/people", "/counters"):
        expect(desk.get(path, token=False).status, 401, path)
        expect(desk.get(path, token="thk_wrong").status, 401, path)
    expect(desk.get("/healthz", token=False).status, 200)


def test_an_agent_sees_only_the_own_teams(desk):
    desk.run("user", "add", "lea@theke.test", "--name", "Lea", "--role", "agent", "--password-stdin", stdin="noch ein Passwort\n")
    lea = desk.run("token", "create", "lea@theke.test").strip()
    ticket = desk.customer_writes()
    expect(desk.get(f"/tickets/{ticket['id']}", token=lea).status, 200)
    expect(desk.get("/tokens", token=lea).json["items"][0]["label"], "")
    expect(desk.ask("DELETE", "/tokens/1", token=lea).status, 404)


def test_events_tell_everything_in_order(desk):
    ticket = desk.customer_writes()
    desk.patch(f"/tickets/{ticket['id']}", {"priority": "urgent"})
    events = desk.get("/events?after=0&limit=200").json["items"]
    expect([e["id"] for e in events], list(range(1, len(events) + 1)))
    kinds = [e["kind"] for e in events if e["ticket"] == ticket["id"]]
    expect(kinds, ["ticket.opened", "message.written", "ticket.changed"])
    expect(events[-1]["data"]["priority"], ["normal", "urgent"])


def test_the_chain_is_verified_and_a_backup_can_be_restored(desk):
    desk.customer_writes()
    expect("unbroken" in desk.run("check"), True)
    if desk.database == "sqlite":
        copy = desk.folder / "copy.db"
        desk.run("backup", str(copy))
        desk.kill()
        (desk.data / "theke.db").unlink()
        for rest in desk.data.glob("theke.db-*"):
            rest.unlink()
        expect("unbroken" in desk.run("restore", str(copy)), True)
        desk.start()
        expect(len(desk.get("/tickets").json["items"]), 1)


def test_what_was_acknowledged_survives_a_kill(desk):
    ids = [desk.customer_writes(subject=f"Number {n}")["id"] for n in range(20)]
    desk.kill()
    desk.start()
    expect([desk.get(f"/tickets/{i}").status for i in ids], [200] * 20)
    expect("unbroken" in desk.run("check"), True)


def test_signing_in_and_out(desk):
    wrong = desk.post("/session", {"email": "jana@theke.test", "password": "falsch"}, token=False)
    expect(wrong.status, 401, wrong.body)
    right = desk.post("/session", {"email": "Jana@Theke.test", "password": "ein gutes Passwort"}, token=False)
    expect(right.status, 200, right.body)
    cookie = right.headers["Set-Cookie"].split(";")[0]
    page = {"Cookie": cookie, "X-Theke-Request": "1", "Sec-Fetch-Site": "same-origin"}
    expect(desk.get("/session", headers=page, token=False).json["staff"]["name"], "Jana Petersen")
    expect(desk.get("/tickets", headers=page, token=False).status, 200)
    expect(desk.ask("DELETE", "/session", headers=page, token=False).status, 204)
    expect(desk.get("/tickets", headers=page, token=False).status, 401)


def test_guessing_locks_the_account(desk):
    statuses = [desk.post("/session", {"email": "jana@theke.test", "password": f"guess {n}"}, token=False).status for n in range(7)]
    expect(statuses, [401] * 5 + [429] * 2)
    locked = desk.post("/session", {"email": "jana@theke.test", "password": "ein gutes Passwort"}, token=False)
    expect(locked.status, 429)
    expect(int(locked.headers["Retry-After"]) > 0, True)


def test_tickets_with_a_draft_are_listed(desk):
    first, second = (desk.customer_writes(subject=subject, text="Hello") for subject in ("First", "Second"))
    desk.customer_writes(subject="Third", text="Hello")
    for ticket in (second, first):
        desk.ask("PUT", f"/tickets/{ticket['id']}/draft", {"audience": "public", "content": {}})
    page = desk.get("/tickets?draft=true").json
    expect([t["subject"] for t in page["items"]], ["First", "Second"], "the latest draft first")
    expect(page["next"], None)


def test_a_draft_is_kept_until_it_is_sent(desk):
    ticket = desk.customer_writes()
    path = f"/tickets/{ticket['id']}/draft"
    expect(desk.get(path).status, 404)
    expect(desk.ask("PUT", path, {"audience": "public", "content": {"text": "half a sent"}}).status, 200)
    expect(desk.get(path).json["content"], {"text": "half a sent"})
    desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "public", "text": "whole"})
    expect(desk.get(path).status, 404)


def test_the_description_is_served(desk):
    description = desk.get("/api/openapi.json").json
    expect(description["openapi"], "3.1.0")
    expect(json.loads(desk.run("openapi"))["paths"].keys(), description["paths"].keys())


def fault(answer):
    return answer.status, answer.json["errors"][0]["field"], answer.json["errors"][0]["code"]


def test_a_ticket_begins_with_a_call_or_with_a_letter_of_ours(desk):
    def opens(requester, **more):
        return desk.post("/tickets", {"subject": "Grinder", "text": "It is stuck", "requester": requester, **more})
    call = opens({"name": "Bert Klein", "phone": "+49 171 555 0101"}, channel="phone").json
    again = opens({"phone": "0049 171 5550101"}, channel="phone").json
    expect((again["requester"]["id"], again["requester"]["name"], call["requester"]["email"]), (call["requester"]["id"], "Bert Klein", None))
    both = opens({"name": "Carla", "email": "carla@example.org", "phone": "+49 30 1234"}).json["requester"]["id"]
    expect(sorted(each["value"] for each in desk.get(f"/people/{both}").json["identities"]), ["+49 30 1234", "carla@example.org"])
    named = opens({"name": "A passer-by"}, channel="phone").json
    expect(named["requester"]["name"], "A passer-by")
    expect(named["requester"]["id"] == opens({"name": "A passer-by"}).json["requester"]["id"], False, "a name alone is nobody's")
    expect(fault(opens({})), (422, "requester", "required"))
    expect(fault(opens({"phone": "ab"})), (422, "requester.phone", "invalid"))
    expect(fault(opens({"phone": "+49 30 1"}, outgoing=True)), (422, "requester.email", "required"))
    letter = opens({"email": "new@example.org", "name": "Eve"}, outgoing=True)
    expect((letter.status, letter.json["state"], letter.json["channel"]), (201, "open", "mail"), letter.body)
    [message] = desk.get(f"/tickets/{letter.json['id']}/messages").json["items"]
    expect((message["direction"], message["audience"], message["to"], message["subject"], message["delivery"]["state"]),
           ("out", "public", [{"name": "Eve", "email": "new@example.org"}], "Grinder", "queued"))


def test_the_defaults_of_an_answer_say_whether_a_mailbox_would_send_it(desk):
    ticket = desk.customer_writes()["id"]
    sends = lambda: desk.get(f"/tickets/{ticket}/reply-defaults").json["sends"]
    expect(sends(), False)
    for address, outbound, can in (("in@theke.test", {}, False), ("out@theke.test", {"host": "localhost", "port": 25, "security": "none"}, True)):
        expect(desk.post("/mailboxes", {"name": address, "address": address, "inbound": {"kind": "lmtp"}, "outbound": outbound}).status, 201)
        expect(sends(), can, address)


if __name__ == "__main__":
    run_all(__name__)
