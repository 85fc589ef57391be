"""Watching tickets and naming colleagues: who hears of it, and who may see a ticket by a mention alone."""
from access_test import wait_for
from desk import expect, run_all
from live import Live
from people_test import add_agent

SECRET = "quittenmus"


def foreign(desk, others=(), **more):
    """A ticket of a team that Lea (2) and the others (from 3 on) do not belong to."""
    lea = add_agent(desk)
    for name in others:
        add_agent(desk, name)
    desk.post("/teams", {"name": "Personal", "members": [1]})
    ticket = desk.customer_writes(subject=f"{SECRET} Frage", text=f"{SECRET} Text", team="personal", **more)["id"]
    return lea, ticket


def note(desk, ticket, text="Schau mal", **more):
    return desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": text, **more})


def kinds(desk, ticket):
    return [each["kind"] for each in desk.get(f"/tickets/{ticket}/history").json["items"]]


def test_watching_is_kept_and_told(desk):
    ticket = desk.customer_writes()["id"]
    path = f"/tickets/{ticket}"
    expect(desk.get(path).json["watching"], False)
    expect([desk.ask("PUT", f"{path}/watch").status, desk.ask("PUT", f"{path}/watch").status], [204, 204])
    expect((desk.get(path).json["watching"], [w["name"] for w in desk.get(f"{path}/watchers").json["items"]]), (True, ["Jana Petersen"]))
    expect([t["id"] for t in desk.get("/tickets?watching=true").json["items"]], [ticket])
    desk.customer_writes(subject="Not watched")
    for query in ("watching:me", "beobachtet:ich", "watching:jana"):
        expect([t["id"] for t in desk.get(f"/search?q={query}").json["items"]], [ticket], query)
    expect(ticket in [t["id"] for t in desk.get("/search?q=-watching:me").json["items"]], False)
    expect([desk.ask("DELETE", f"{path}/watch").status, desk.ask("DELETE", f"{path}/watch").status], [204, 204])
    expect((desk.get(path).json["watching"], desk.get(f"{path}/watchers").json["items"]), (False, []))
    expect([k for k in kinds(desk, ticket) if "watched" in k], ["ticket.unwatched", "ticket.watched"], "each once")


def test_a_view_counts_what_its_owner_watches_and_is_mentioned_in(desk):
    lea = add_agent(desk)
    for condition in ("watching:me", "mentioned:me"):
        expect(desk.post("/views", {"name": condition, "condition": condition}, token=lea).status, 201)
    ticket = desk.customer_writes()["id"]
    counts = lambda: [each["count"] for each in desk.get("/counters", token=lea).json["views"] if each["is_whole"]]
    wait_for(lambda: counts() == [0, 0])
    desk.ask("PUT", f"/tickets/{ticket}/watch", token=lea)
    wait_for(lambda: sorted(counts()) == [0, 1])
    note(desk, ticket, mentions=[2])
    wait_for(lambda: counts() == [1, 1])
    for view in desk.get("/views", token=lea).json["items"]:
        expect([t["id"] for t in desk.get(f"/views/{view['id']}/tickets", token=lea).json["items"]], [ticket], view["name"])
    desk.ask("DELETE", f"/tickets/{ticket}/watch", token=lea)
    wait_for(lambda: sorted(counts()) == [0, 1])
    expect("wrong" in desk.run("check"), False)


def test_a_mention_of_who_sees_the_ticket_grants_nothing(desk):
    lea = add_agent(desk)
    ticket = desk.customer_writes()["id"]
    made = note(desk, ticket, "@Lea bitte", mentions=[2, 2, 1])
    expect((made.status, made.json["mentions"]), (201, [2]), "each once, and nobody names themselves")
    expect([t["id"] for t in desk.get("/tickets?mentioned=true", token=lea).json["items"]], [ticket])
    expect([t["id"] for t in desk.get("/search?q=mentioned:me", token=lea).json["items"]], [ticket])
    expect(desk.get("/tickets?mentioned=true").json["items"], [])
    expect(desk.get(f"/tickets/{ticket}/admissions").json["items"], [])
    told = desk.get(f"/tickets/{ticket}/history").json["items"][0]
    expect((told["kind"], told["data"]), ("ticket.mentioned", {"message": made.json["id"], "staff": [2], "teams": []}))
    public = desk.post(f"/tickets/{ticket}/messages", {"audience": "public", "text": "x", "mentions": [2]})
    expect((public.status, public.json["errors"][0]["code"]), (422, "public"))
    expect(note(desk, ticket, mentions=[99]).json["errors"][0]["code"], "unknown")
    expect(note(desk, ticket, mention_teams=[99]).json["errors"][0]["field"], "mention_teams")


def test_access_is_never_given_silently(desk):
    lea, ticket = foreign(desk)
    found = desk.get(f"/tickets/{ticket}/mentionable?q=le").json["items"]
    expect([(one["kind"], one["name"], one["outside"], one["may_be_named"]) for one in found], [("staff", "Lea", 1, True)])
    refused = note(desk, ticket, mentions=[2])
    expect((refused.status, refused.json["errors"][0]["field"], refused.json["errors"][0]["code"]), (422, "mentions", "no_access"))
    expect((len(desk.get(f"/tickets/{ticket}/messages").json["items"]), desk.get(f"/tickets/{ticket}", token=lea).status), (1, 404), "nothing was kept")
    made = note(desk, ticket, "@Lea bitte", mentions=[2], admit=True)
    expect(made.status, 201)
    admissions = desk.get(f"/tickets/{ticket}/admissions").json["items"]
    expect([(a["staff"]["name"], a["by"]["name"], a["message_id"]) for a in admissions], [("Lea", "Jana Petersen", made.json["id"])])
    expect(kinds(desk, ticket)[:2], ["ticket.mentioned", "ticket.admitted"])


def test_who_was_let_in_reads_this_ticket_by_every_way_and_no_other(desk):
    lea, ticket = foreign(desk, tags=["obst"])
    other = desk.customer_writes(subject="geheim andere", team="personal")["id"]
    desk.post("/views", {"name": "Alles", "scope": "global", "condition": "is:active"})
    upload = desk.post("/uploads", b"inhalt", headers={"Content-Type": "application/octet-stream", "X-File-Name": "a.txt"}).json
    note(desk, ticket, "@Lea", mentions=[2], admit=True, attachments=[upload["id"]])
    ids = lambda path: [t["id"] for t in desk.get(path, token=lea).json["items"]]
    expect(desk.get(f"/tickets/{ticket}", token=lea).status, 200)
    for path in ("/tickets", "/tickets?state=all&sort=created_at", "/tickets?state=new", "/tickets?tag=obst", "/tickets?team=personal", "/tickets?assignee=none",
                 "/tickets?mentioned=true", f"/search?q={SECRET}", f"/search?q={SECRET}&sort=relevance", "/search?q=team:personal", "/search?q=is:active", "/views/1/tickets"):
        expect(ids(path), [ticket], path)
    for path in ("/tickets?assignee=me", "/tickets?state=resolved", "/tickets?tag=andere", "/tickets?spam=true"):
        expect(ids(path), [], path)
    expect({m["ticket"] for m in desk.get("/messages", token=lea).json["items"]}, {ticket})
    expect(desk.get(f"/attachments/{upload['id']}", token=lea).body, b"inhalt")
    for path in ("messages", "history", "participants", "watchers", "admissions", "links"):
        expect(desk.get(f"/tickets/{ticket}/{path}", token=lea).status, 200, path)
    counted = desk.get("/counters", token=lea).json
    expect((counted["open"], counted["unassigned"], counted["mine"], counted["teams"]), (1, 1, 0, []))
    wait_for(lambda: [v["count"] for v in desk.get("/counters", token=lea).json["views"]] == [1])
    expect({e["ticket"] for e in desk.get("/events?after=0&limit=200", token=lea).json["items"] if e["ticket"]}, {ticket})
    expect((desk.get(f"/tickets/{other}", token=lea).status, "geheim" in desk.get("/search?q=geheim", token=lea).body.decode()), (404, False))
    expect(desk.get("/tags", token=lea).json["items"], [], "what a whole team has is not told")


def test_who_was_let_in_writes_notes_and_changes_nothing(desk):
    lea, ticket = foreign(desk, ["mia"])
    note(desk, ticket, "@Lea", mentions=[2], admit=True)
    path = f"/tickets/{ticket}"
    expect(desk.post(f"{path}/messages", {"audience": "internal", "text": "Gern"}, token=lea).status, 201)
    expect(desk.ask("PUT", f"{path}/draft", {"audience": "internal", "content": {}}, token=lea).status, 200)
    expect(desk.ask("PUT", f"{path}/watch", token=lea).status, 204)
    refused = [("POST", f"{path}/messages", {"audience": "public", "text": "x"}), ("PATCH", path, {"priority": "low"}), ("POST", f"{path}/participants", {"email": "x@example.org"}),
               ("POST", f"{path}/messages", {"audience": "internal", "text": "x", "state": "resolved"}), ("GET", f"{path}/reply-defaults", None),
               ("POST", f"{path}/merge", {"into": 1}), ("POST", f"{path}/split", {"messages": [1]})]
    for method, where, body in refused:
        expect(desk.ask(method, where, body, token=lea).status, 403, f"{method} {where} {body}")
    chained = desk.post(f"{path}/messages", {"audience": "internal", "text": "@Mia", "mentions": [3], "admit": True}, token=lea)
    expect((chained.status, chained.json["errors"][0]["code"]), (422, "may_not_admit"), "who was let in lets nobody in")
    expect([one["may_be_named"] for one in desk.get(f"{path}/mentionable?q=mia", token=lea).json["items"]], [False])
    narrow = desk.post("/tokens", {"label": "narrow", "scopes": ["people.read"]}, token=lea).json["token"]
    expect(desk.get(path, token=narrow).status, 403, "a token has no more than its scopes")


def test_ending_an_admission_ends_it_everywhere_at_once(desk):
    lea, ticket = foreign(desk)
    with Live(desk, lea, "inbox", "staff") as live:
        note(desk, ticket, "@Lea", mentions=[2], admit=True)
        live.events(lambda e: e["kind"] == "ticket.mentioned" and e["ticket"] == ticket)
        live.say({"subscribe": [f"ticket:{ticket}"]})
        desk.patch(f"/tickets/{ticket}", {"priority": "high"})
        live.events(lambda e: e["kind"] == "ticket.changed")
        desk.ask("PUT", f"/tickets/{ticket}/watch", token=lea)
        ended = desk.ask("DELETE", f"/tickets/{ticket}/admissions/2")
        expect((ended.status, ended.json["items"]), (200, []))
        heard = live.events(lambda e: e["kind"] == "access.ended")
        expect((heard[-1]["data"], heard[-1]["ticket"]), ({"ticket": ticket}, None))
        desk.patch(f"/tickets/{ticket}", {"priority": "low"})
        desk.customer_writes(subject="Neu hier")
        heard = live.events(lambda e: e["kind"] == "ticket.opened")
        expect([e for e in heard if e["ticket"] == ticket], [])
    expect(desk.get(f"/tickets/{ticket}", token=lea).status, 404)
    for path in ("/tickets?state=all", "/tickets?watching=true", "/tickets?mentioned=true", f"/search?q={SECRET}"):
        expect([t for t in desk.get(path, token=lea).json["items"] if t["id"] == ticket], [], path)
    expect((desk.get(f"/tickets/{ticket}/watchers").json["items"], kinds(desk, ticket)[1]), ([], "ticket.admission_ended"))
    expect(desk.ask("DELETE", f"/tickets/{ticket}/admissions/2").status, 404)


def test_who_was_let_in_may_leave_and_ends_nobody_else(desk):
    lea, ticket = foreign(desk, ["mia"])
    note(desk, ticket, "@Lea @Mia", mentions=[2, 3], admit=True)
    expect(desk.ask("DELETE", f"/tickets/{ticket}/admissions/3", token=lea).status, 403)
    expect(desk.ask("DELETE", f"/tickets/{ticket}/admissions/2", token=lea).status, 200)
    expect([a["staff"]["id"] for a in desk.get(f"/tickets/{ticket}/admissions").json["items"]], [3])


def test_a_team_is_named_as_all_who_belong_to_it(desk):
    lea, ticket = foreign(desk, ["max"])
    desk.patch("/staff/3", {"teams": [2]})
    found = desk.get(f"/tickets/{ticket}/mentionable?q=supp").json["items"]
    expect([(one["kind"], one["id"], one["outside"] > 0) for one in found], [("team", 1, True)])
    expect(note(desk, ticket, mention_teams=[1]).json["errors"][0]["code"], "no_access")
    made = note(desk, ticket, "@Support", mention_teams=[1], admit=True)
    expect((made.status, made.json["mentions"]), (201, [2]), "without the writer, and without who is of another team")
    expect(desk.get(f"/tickets/{ticket}", token=lea).status, 200)


def fill(desk, count, number):
    """Tickets that are done, which the colleague was admitted to."""
    columns = "requester_id, team_id, priority, channel, created_at, updated_at"
    each = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)" % count
    for statement in (f"{each} INSERT INTO ticket (subject, state_id, category, is_active, {columns}) SELECT 'Alt', 5, 4, 0, {columns} FROM ticket, n WHERE ticket.id = 1",
                      f"INSERT INTO admission (staff_id, ticket_id, admitted_by, created_at) SELECT {number}, id, 1, created_at FROM ticket WHERE subject = 'Alt'"):
        desk.rows(statement)


def test_only_what_is_not_done_counts_and_who_is_full_costs_no_team_the_note(desk):
    lea, ticket = foreign(desk, ["mia"])
    fill(desk, 500, 2)
    expect(note(desk, ticket, "@Lea", mentions=[2], admit=True).status, 201, "what is done costs nothing")
    desk.ask("DELETE", f"/tickets/{ticket}/admissions/2")
    desk.rows("UPDATE ticket SET state_id = 1, category = 0, is_active = 1 WHERE subject = 'Alt'")
    expect(note(desk, ticket, "@Lea", mentions=[2], admit=True).json["code"], "too_many_admissions")
    made = note(desk, ticket, "@Support", mention_teams=[1], admit=True)
    expect((made.status, made.json["mentions"], made.json["left_out"]), (201, [3], [2]))
    expect([a["staff"]["id"] for a in desk.get(f"/tickets/{ticket}/admissions").json["items"]], [3])


def test_a_merge_brings_the_watchers_along_and_no_access(desk):
    lea, ticket = foreign(desk)
    target = desk.customer_writes(subject="Ziel", team="personal")["id"]
    note(desk, ticket, "@Lea", mentions=[2], admit=True)
    desk.ask("PUT", f"/tickets/{ticket}/watch")
    merged = desk.post(f"/tickets/{ticket}/merge", {"into": target})
    expect(merged.status, 200)
    expect((desk.get(f"/tickets/{target}").json["watching"], desk.get(f"/tickets/{target}", token=lea).status), (True, 404))
    expect(SECRET in desk.get(f"/tickets/{ticket}/messages", token=lea).body.decode(), False, "what is shown elsewhere is not for who was let in here")
    desk.post(f"/operations/{merged.json['id']}/undo")
    expect((desk.get(f"/tickets/{target}").json["watching"], desk.get(f"/tickets/{ticket}").json["watching"]), (False, True))
    expect(SECRET in desk.get(f"/tickets/{ticket}/messages", token=lea).body.decode(), True)


if __name__ == "__main__":
    run_all(__name__)
