"""What an agent may not see does not show: by no route, no list, no counter, no live connection."""
import http.client
import re
import time
import uuid

from desk import expect, run_all
from live import Live
from people_test import add_agent

SECRET = "quittenmus"  # stands in every text of the ticket that must not show


def foreign_ticket(desk, **more):
    """A ticket of a team that agents don't belong to, with everything that can hang on a ticket."""
    if not [t for t in desk.get("/teams").json["items"] if t["slug"] == "personal"]:
        desk.post("/teams", {"name": "Personal", "members": [1]})
    desk.patch("/roles/agent", {"permissions": {"times.manage": "all"}})
    upload = desk.post("/uploads", f"{SECRET} file".encode(), headers={"Content-Type": "application/octet-stream", "X-File-Name": f"{SECRET}.txt"}).json
    ticket = desk.customer_writes(subject=f"{SECRET} subject", text=f"{SECRET} text", team="personal", tags=[SECRET], email="hr@example.org",
                                  name="Herr Geheim", **more)
    answer = desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "public", "text": f"{SECRET} answer", "attachments": [upload["id"]]}).json
    desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "internal", "text": f"{SECRET} note"})
    letter = (f"From: hr@example.org\r\nTo: x@theke.test\r\nSubject: {SECRET} subject [#{ticket['number']}]\r\n"
              f"Message-ID: <{SECRET}@example.org>\r\n\r\n{SECRET} letter\r\n")
    desk.run("mail", "deliver", stdin=letter)
    messages = wait_for(lambda: [m for m in desk.get(f"/tickets/{ticket['id']}/messages").json["items"] if m["message_id"] == f"<{SECRET}@example.org>"])
    desk.post(f"/tickets/{ticket['id']}/side-conversations", {"subject": f"{SECRET} side", "to": [{"email": f"{SECRET}@supplier.example"}], "text": f"{SECRET} side"})
    desk.post(f"/tickets/{ticket['id']}/times", {"seconds": 60, "note": f"{SECRET} time"})
    incident = desk.customer_writes(subject=f"{SECRET} incident", text=f"{SECRET} incident", team="personal", email="hr@example.org", **more)["id"]
    desk.post(f"/tickets/{ticket['id']}/links", {"ticket": incident, "kind": "problem"})
    update = desk.post(f"/tickets/{ticket['id']}/updates", {"text": f"{SECRET} update"}).json
    view = desk.post("/views", {"name": f"{SECRET} view", "scope": "team", "team": ticket["team"]["id"], "condition": f"tag:{SECRET}"}).json
    desk.post("/views", {"name": "All", "scope": "global", "condition": "is:active OR is:spam"})
    team = {"scope": "team", "team": ticket["team"]["id"]}
    macro = desk.post("/macros", {"name": f"{SECRET} macro", "actions": [{"kind": "note", "html": f"<p>{SECRET} macro</p>"}], **team}).json
    reply = desk.post("/replies", {"name": f"{SECRET} reply", "texts": {"de": f"<p>{SECRET} reply</p>"}, **team}).json
    bulk = desk.post("/bulk", {"tickets": [ticket["id"]], "actions": [{"kind": "add_tags", "tags": [f"{SECRET}-bulk"]}]}).json
    return {"macro": macro["id"], "reply": reply["id"], "bulk": bulk["id"], "ticket": ticket["id"], "view": view["id"], "message": answer["id"], "attachment": upload["id"], "letter": messages[0]["id"],
            "person": ticket["requester"]["id"], "operation": update["operation_id"], "update": update["id"]}


def wait_for(ask, seconds=10):
    for _ in range(seconds * 20):
        found = ask()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def forbidden_requests(f, own):
    """Every route that names a ticket, a message or an attachment, on those of the foreign team."""
    t, m, letter = f"/tickets/{f['ticket']}", f"/messages/{f['message']}", f"/messages/{f['letter']}"
    return [
        ("PUT", f"{t}/snooze", {"until": "2030-01-01T00:00:00Z"}), ("DELETE", f"{t}/snooze", None), ("GET", f"{t}/draft-offers", None), ("POST", f"{t}/draft/hand", {}), ("POST", "/draft-offers/1/take", {}), ("GET", f"{t}/presence", None), ("POST", f"{t}/presence", {"doing": "viewing"}),
        ("PUT", f"{t}/watch", {}), ("DELETE", f"{t}/watch", None), ("GET", f"{t}/watchers", None), ("GET", f"{t}/mentionable?q=a", None),
        ("GET", f"{t}/admissions", None), ("DELETE", f"{t}/admissions/2", None),
        ("GET", t, None), ("PATCH", t, {"priority": "low"}), ("PATCH", t, {"assignee": None}), ("POST", f"{t}/seen", {}),
        ("GET", f"{t}/links", None), ("POST", f"{t}/links", {"ticket": own, "kind": "related"}), ("DELETE", f"{t}/links/related/{own}", None),
        ("GET", f"{t}/checklist", None), ("POST", f"{t}/checklist", {"text": "x"}), ("PATCH", f"{t}/checklist/1", {"done": True}),
        ("DELETE", f"{t}/checklist/1", None), ("POST", f"{t}/checklist/1/restore", {}),
        ("GET", f"{t}/times", None), ("POST", f"{t}/times", {"seconds": 60}), ("PATCH", f"{t}/times/1", {"note": "x"}),
        ("DELETE", f"{t}/times/1", None), ("POST", f"{t}/times/1/restore", {}), ("PUT", "/me/timer", {"ticket": f["ticket"]}),
        ("GET", f"{t}/approvals", None), ("POST", f"{t}/approvals", {"approver": 1, "text": "x"}), ("POST", f"{t}/approvals/1/decision", {"granted": True}),
        ("POST", f"{t}/approvals/1/withdrawal", {}),
        ("GET", f"{t}/side-conversations", None), ("POST", f"{t}/side-conversations", {"subject": "x", "to": [{"email": "x@example.org"}], "text": "x"}),
        ("GET", f"{t}/side-conversations/1", None), ("POST", f"{t}/side-conversations/1/messages", {"text": "x"}),
        ("POST", f"{t}/side-conversations/1/messages/1/undo", {}), ("POST", f"{t}/side-conversations/1/messages/1/retry", {}),
        ("POST", f"{t}/side-conversations/1/close", {}), ("POST", f"{t}/side-conversations/1/reopen", {}), ("POST", f"{t}/side-conversations/1/seen", {"message": 1}),
        ("GET", f"{t}/participants", None), ("POST", f"{t}/participants", {"email": "x@example.org"}),
        ("PATCH", f"{t}/participants/{f['person']}", {"active": False}), ("DELETE", f"{t}/participants/{f['person']}", None),
        ("GET", f"{t}/history", None), ("GET", f"{t}/form", None), ("GET", f"{t}/reply-defaults", None), ("GET", f"{t}/messages", None), ("POST", f"{t}/messages", {"audience": "internal", "text": "x"}),
        ("GET", f"{t}/draft", None), ("PUT", f"{t}/draft", {"audience": "public", "content": {}}), ("DELETE", f"{t}/draft", None),
        ("GET", m, None), ("POST", f"{m}/undo", {}), ("POST", f"{m}/retry", {}), ("POST", f"{m}/move", {"ticket": own}),
        ("POST", f"{t}/merge", {"into": own}), ("POST", f"{t}/split", {"messages": [f["message"]]}), ("POST", f"{t}/block-sender", {}), ("GET", f"{t}/spam", None), ("GET", f"{t}/updates", None),
        ("POST", f"{t}/updates", {"text": "x"}), ("GET", f"/updates/{f['update']}", None), ("POST", f"/updates/{f['update']}/retry", {}),
        ("GET", f"/operations?ticket={f['ticket']}", None), ("GET", f"/operations/{f['operation']}", None),
        ("POST", f"/operations/{f['operation']}/undo", {}),
        ("GET", f"/views/{f['view']}", None), ("PATCH", f"/views/{f['view']}", {"name": "x"}), ("DELETE", f"/views/{f['view']}", None),
        ("GET", f"/views/{f['view']}/tickets", None), ("PUT", "/views/order", {"views": [f["view"]]}),
        *((verb, f"/{many}/{f[one]}{end}", body) for many, one in (("macros", "macro"), ("replies", "reply")) for verb, end, body in
          (("GET", "", None), ("PATCH", "", {"name": "x"}), ("DELETE", "", None), ("POST", "/restore", {}))),
        ("POST", f"{t}/macro/{f['macro']}", {}), ("GET", f"/replies/{f['reply']}/preview?ticket={own}", None), ("POST", f"/replies/{f['reply']}/use", {"ticket": own}),
        ("GET", f"/bulk/{f['bulk']}", None), ("GET", f"/bulk/{f['bulk']}/failures", None), ("POST", f"/bulk/{f['bulk']}/stop", {}),
        ("POST", f"{letter}/move", {"ticket": own}), ("GET", f"{letter}/source", None), ("GET", f"/attachments/{f['attachment']}", None),
    ]


def listings(f):
    """Every route that lists or counts something of tickets."""
    return ["/tickets", "/tickets?state=all", "/tickets?team=personal", f"/tickets?requester={f['person']}&state=all", f"/tickets?tag={SECRET}",
            "/tickets?assignee=none", "/tickets?watching=true", "/tickets?asleep=true", "/tickets?awake=true", "/tickets?mentioned=true", "/messages", "/messages?sort=-id", f"/search?q={SECRET}", f"/search?q={SECRET}&sort=relevance", "/search?q=state:new,open",
            f"/search?q=tag:{SECRET}", "/search?q=from:hr@example.org", "/search?q=team:personal", "/notices", "/notices?unread=true", "/drafts", "/tags", "/approvals", "/times", "/times/report?group_by=ticket", "/times/report?group_by=person", "/counters", "/views", "/operations", "/macros", "/replies", "/bulk",
            "/events?after=0&limit=200", "/events?sort=-id&limit=200", "/events?kind=message.&limit=200", "/people", "/people?q=geheim", "/companies", "/spam/verdicts?tickets=1,2,3"]


def expect_no_trace(desk, f, token, own):
    for method, path, body in forbidden_requests(f, own):
        answer = desk.ask(method, path, body, token=token)
        expect(answer.status, 404, f"{method} {path}: {answer.body[:200]}")
        expect(SECRET.encode() in answer.body, False, path)
    for path in listings(f):
        answer = desk.get(path, token=token)
        expect(answer.status, 200, f"{path}: {answer.body[:200]}")
        expect(SECRET.encode() in answer.body, False, path)
        for event in answer.json.get("items", []):
            if isinstance(event, dict) and "kind" in event and "actor" in event:
                expect(event["ticket"] == f["ticket"], False, f"{path}: {event}")
    for view in desk.get("/views", token=token).json["items"]:
        answer = desk.get(f"/views/{view['id']}/tickets", token=token)
        expect((answer.status, SECRET.encode() in answer.body), (200, False), view["name"])
    exported = desk.get("/times/export", token=token)
    expect((exported.status, SECRET.encode() in exported.body, exported.body.startswith(b"started_at,")), (200, False, True))
    expect(desk.post("/conditions/preview", {"condition": f"tag:{SECRET}"}, token=token).json["count"], 0)
    for wish in ({"tickets": [f["ticket"]]}, {"condition": f"tag:{SECRET}"}):
        for path in ("/bulk", "/bulk/preview"):
            answer = desk.post(path, {**wish, "actions": [{"kind": "priority", "priority": "low"}]}, token=token)
            expect((answer.status, answer.json["code"]), (409, "no_tickets"), f"{path} {wish}")
    seen = len(desk.get("/search?q=is:active", token=token).json["items"])
    wait_for(lambda: {each["count"] for each in desk.get("/counters", token=token).json["views"]} == {seen})
    expect(desk.get(f"/tickets/{own}/links", token=token).json["items"], [], "a linked ticket that one may not read is not there")


def all_routes_are_walked(desk):
    """A route that is added later has to be added here as well."""
    walked = {re.sub(r"/\d+", "/N", path.split("?")[0]) for _, path, _ in forbidden_requests(dict.fromkeys(("ticket", "message", "attachment", "letter", "person", "operation", "update", "view", "macro", "reply", "bulk"), 1), 1)}
    walked |= {path.split("?")[0] for path in listings({"person": 1})}
    described = {re.sub(r"\{\w+\}", "N", path.removeprefix("/api/v1")).replace("/links/N/N", "/links/related/N")
                 for path, item in desk.get("/api/openapi.json", token=False).json["paths"].items()
                 for verb in item.values() if isinstance(verb, dict) and str(verb.get("x-permission", "")).startswith("tickets.")}
    expect(described - walked - {"/uploads", "/times/export", "/conditions/preview", "/ticket-form", "/bulk/preview", "/notices/read", "/notices/N/read"}, set(), "routes of tickets that nobody walks")


def open_stream(desk, token):
    connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=3)
    connection.request("GET", "/api/v1/events?after=0", headers={"Accept": "text/event-stream", "Authorization": "Bearer " + token})
    return connection.getresponse()


def read_stream(response, until):
    heard = b""
    while until not in heard:
        heard += response.read1(65536)
    return heard


def walk_as(desk, scope):
    lea = add_agent(desk)
    desk.patch("/roles/agent", {"permissions": {p: scope for p in ("tickets.read", "tickets.reply", "tickets.change")}})
    own = desk.customer_writes(subject="Mine")["id"]
    desk.patch(f"/tickets/{own}", {"assignee": 2})
    with Live(desk, lea, "inbox", "staff") as live:
        foreign = foreign_ticket(desk)
        desk.patch(f"/tickets/{foreign['ticket']}", {"priority": "urgent", "subject": f"{SECRET} again"})
        desk.post(f"/tickets/{own}/links", {"ticket": foreign["ticket"], "kind": "related"})
        live.say({"subscribe": [f"ticket:{foreign['ticket']}"]})
        desk.patch(f"/tickets/{own}", {"priority": "high"})
        heard = live.events(lambda e: e["kind"] == "ticket.changed" and e["ticket"] == own)
        expect([e for e in heard if e["ticket"] == foreign["ticket"] or SECRET in str(e)], [])
        expect("message.written" in [e["kind"] for e in heard], False)
    expect_no_trace(desk, foreign, lea, own)
    streamed = read_stream(open_stream(desk, lea), b'"priority":["normal","high"]')
    expect(SECRET.encode() in streamed, False, "the event stream")
    expect((desk.get(f"/tickets/{own}", token=lea).status, desk.get("/counters", token=lea).json["mine"]), (200, 1))
    return lea, own, foreign


def test_an_agent_of_scope_team_sees_nothing_of_other_teams(desk):
    lea, own, foreign = walk_as(desk, "team")
    all_routes_are_walked(desk)
    expect([t["id"] for t in desk.get("/tickets", token=lea).json["items"]], [own])
    expect([t["id"] for t in desk.get("/counters", token=lea).json["teams"]], [1])
    desk.patch(f"/tickets/{foreign['ticket']}", {"assignee": 2})
    expect(desk.get(f"/tickets/{foreign['ticket']}", token=lea).status, 200, "whose ticket it is sees it, whatever the team")
    expect(SECRET in desk.get(f"/search?q={SECRET}", token=lea).body.decode(), True)


def test_an_agent_of_scope_own_sees_only_own_tickets(desk):
    lea, own, _ = walk_as(desk, "own")
    other = desk.customer_writes(subject="Of the team, not mine")["id"]
    expect(desk.get(f"/tickets/{other}", token=lea).status, 404)
    expect([t["id"] for t in desk.get("/tickets?state=all", token=lea).json["items"]], [own])
    expect(desk.get("/counters", token=lea).json, {"teams": [], "open": 0, "unassigned": 0, "mine": 1, "drafts": 0, "views": [{"id": 2, "count": 1, "is_whole": True}]})
    seen = {e["ticket"] for e in desk.get("/events?after=0&limit=200", token=lea).json["items"] if e["ticket"]}
    expect(seen, {own})


def test_a_ticket_that_is_taken_away_leaves_at_once(desk):
    lea = add_agent(desk)
    ticket = desk.customer_writes(subject="Erst hier, dann dort")["id"]
    desk.ask("PUT", f"/tickets/{ticket}/draft", {"audience": "public", "content": {"text": "x"}}, token=lea)
    desk.post("/teams", {"name": "Personal", "members": [1]})
    expect((desk.get("/counters", token=lea).json["drafts"], len(desk.get("/drafts", token=lea).json["items"])), (1, 1))
    with Live(desk, lea, "inbox", f"ticket:{ticket}") as live:
        desk.patch(f"/tickets/{ticket}", {"team": "personal", "subject": f"{SECRET} jetzt"})
        heard = live.events(lambda e: e["kind"] == "ticket.left_team")
        expect(heard[-1]["data"], {"team": [1, 2]}, "that it left, and no more")
        desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": SECRET})
        desk.customer_writes(subject="Neu hier")
        heard = live.events(lambda e: e["kind"] == "ticket.opened")
        expect([e for e in heard if e["ticket"] == ticket], [])
    expect(desk.get(f"/tickets/{ticket}", token=lea).status, 404)
    expect((desk.get("/counters", token=lea).json["drafts"], desk.get("/drafts", token=lea).json["items"]), (0, []))
    desk.patch("/roles/agent", {"permissions": {"tickets.read": "own"}})
    mine = desk.customer_writes(subject="Meins")["id"]
    desk.patch(f"/tickets/{mine}", {"assignee": 2})
    with Live(desk, lea, "inbox") as live:
        desk.patch(f"/tickets/{mine}", {"assignee": 1, "priority": "high"})
        expect(live.events(lambda e: e["ticket"] == mine)[-1]["kind"], "ticket.left_assignee")


def test_live_connections_obey_every_change_of_rights(desk):
    lea = add_agent(desk)
    with Live(desk, lea, "inbox") as live:
        first = desk.customer_writes()["id"]
        live.events(lambda e: e["ticket"] == first)
        desk.patch("/roles/agent", {"permissions": {"tickets.read": "none"}})
        second = desk.customer_writes()["id"]
        expect([e for e in live.events(seconds=0.7) if e["ticket"] == second], [], "the role")
        desk.patch("/roles/agent", {"permissions": {"tickets.read": "team"}})
        desk.patch("/teams/1", {"members": [1]})
        third = desk.customer_writes()["id"]
        expect([e for e in live.events(seconds=0.7) if e["ticket"] == third], [], "the team")
        desk.patch("/staff/2", {"teams": [1]})
        fourth = desk.customer_writes()["id"]
        live.events(lambda e: e["ticket"] == fourth)
        desk.patch("/staff/2", {"state": "disabled"})
        expect(live.is_closed(), 4401)


def test_a_token_on_a_live_connection_never_grows(desk):
    narrow = desk.post("/tokens", {"label": "board", "scopes": ["tickets.read"]}).json["token"]
    tokens = {t["label"]: t["id"] for t in desk.get("/tokens").json["items"]}
    with Live(desk, narrow, "inbox", "staff") as live:
        desk.post("/teams", {"name": "Zwei"})  # the rights are read anew
        desk.post("/people", {"name": "Ana", "identities": [{"channel": "handle", "value": "ana"}]})
        desk.post("/staff", {"email": "neu@theke.test", "name": "Neu", "role": "agent"})
        desk.customer_writes()
        heard = [e["kind"] for e in live.events(lambda e: e["kind"] == "ticket.opened")]
        expect([k for k in heard if k.startswith(("person.", "staff.", "token."))], [])
        desk.ask("DELETE", f"/tokens/{tokens['board']}")
        expect(live.is_closed(), 4401, "a revoked token is gone everywhere")
    expect(desk.get("/tickets", token=narrow).status, 401)


def test_parked_letters_are_for_who_keeps_the_mailboxes(desk):
    lea = add_agent(desk)
    broken = f"\x00{uuid.uuid4()}"
    desk.run("mail", "deliver", stdin=broken, check=False)
    for _ in range(200):
        if desk.get("/mail-state").json["parked"]:
            break
        time.sleep(0.05)
    for method, path in (("GET", "/parked-mails"), ("GET", "/parked-mails/1/source"), ("POST", "/parked-mails/1/release"), ("DELETE", "/parked-mails/1"),
                         ("GET", "/mailboxes"), ("GET", "/mailboxes/1"), ("GET", "/mail-state")):
        expect(desk.ask(method, path, {} if method == "POST" else None, token=lea).status, 403, path)
    desk.post("/mailboxes", {"address": "support@theke.test", "inbound": {"kind": "lmtp"}})
    about_mail = lambda: {e["kind"] for e in desk.get("/events?after=0&limit=200", token=lea).json["items"] if e["kind"].startswith(("mail.", "mailbox."))}
    expect(about_mail(), set())
    desk.patch("/roles/agent", {"permissions": {"mailboxes.manage": "all"}})
    expect((desk.get("/mail-state", token=lea).status, about_mail()), (200, {"mail.parked", "mailbox.created"}), "who keeps the mailboxes hears of them")


if __name__ == "__main__":
    run_all(__name__)
