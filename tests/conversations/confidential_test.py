"""Confidential teams: desks for staff and payroll. What belongs to one is there for its members alone, whatever the role of others."""
import mail
from desk import expect, run_all
from live import Live
from people_test import add_agent
from post import LMTP, OPTIONS, soon
from views_test import settles

SECRET = "Gehaltsvorschuss"


def staff_id(desk, token):
    return desk.get("/me", token=token).json["id"]


def text_of(answer):
    return answer.body.decode()


def merged(desk, ticket, into, **who):
    return desk.post(f"/tickets/{ticket}/merge", {"into": into, "requesters": "apart"}, **who)


def described(desk):
    """Every route of the API, without what all begin with."""
    paths = desk.get("/api/openapi.json", token=False).json["paths"]
    return [(path.removeprefix("/api/v1"), set(ways)) for path, ways in paths.items() if path.startswith("/api/v1")]


def payroll(desk, member, **more):
    """A confidential team with this one member, made by who is no member of it."""
    made = desk.post("/teams", {"name": "Personal", "members": [staff_id(desk, member)], "confidential": True, **more})
    expect((made.status, made.json["confidential"]), (201, True), made.body)
    return made.json


def written(desk, member, **ticket):
    answer = desk.post("/tickets", {"requester": {"email": "otto@theke.test", "name": "Otto"}, **ticket}, token=member)
    expect(answer.status, 201, answer.body)
    return answer.json


def opened(desk, member):
    """A ticket of that team with the one word that nobody else may meet, in every place that a word can have."""
    ticket = written(desk, member, subject=SECRET, text=f"{SECRET} bitte", team="personal", tags=["vorschuss"])
    desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "internal", "text": f"Notiz zum {SECRET}"}, token=member)
    return ticket


def test_not_even_an_administrator_meets_a_trace(desk):
    petra = add_agent(desk, "petra", "manager")
    lea = add_agent(desk)
    boss = add_agent(desk, "boss", "manager")
    customers = desk.customer_writes(subject="Rechnung")
    team = payroll(desk, petra)
    ticket = opened(desk, petra)
    one = ticket["id"]
    message = desk.get(f"/tickets/{one}/messages", token=petra).json["items"][0]["id"]
    view = desk.post("/views", {"name": "Alles", "condition": "is:active", "scope": "global"})
    expect(view.status, 201, view.body)
    reads = [path.replace("{id}", str(one)) for path, ways in described(desk) if path.startswith("/tickets/{id}") and "get" in ways and path.count("{") == 1]
    reads += [f"/messages/{message}"]
    lists = ["/tickets?tag=vorschuss", f"/tickets?team={team['id']}", f"/tickets?requester={ticket['requester']['id']}", "/tickets?spam=true", "/messages?after=0", "/messages?sort=-id",
             f"/search?q={SECRET}", f"/search?q={SECRET}&sort=relevance", f"/search?q={SECRET[:7]}*", "/search?q=state:new", "/search?q=tag:vorschuss",
             f"/views/{view.json['id']}/tickets", "/events?after=0&limit=200", "/times/report?group_by=ticket"]
    lists += [path for path, ways in described(desk) if "get" in ways and "{" not in path]
    desk.ask("PUT", f"/tickets/{one}/draft", {"audience": "public", "content": {"text": SECRET}}, token=petra)
    expect((len(reads) > 15, len(lists) > 40), (True, True), (reads, lists))
    for path in reads:
        expect(desk.get(path, token=petra).status, 200, path)
    for path in lists[:14]:
        expect(desk.get(path, token=petra).status, 200, path)
    for who in (None, boss, lea):
        token = {"token": who} if who else {}
        for path in reads:
            answer = desk.get(path, **token)
            expect(answer.status, 404, (path, answer.body))
        for path in lists:
            answer = desk.get(path, **token)
            expect((SECRET in text_of(answer), "vorschuss" in text_of(answer)), (False, False), (path, text_of(answer)[:400]))
        expect([e for e in desk.get("/events?after=0&limit=200", **token).json["items"] if e["ticket"] == one], [])
        counters = desk.get("/counters", **token).json
        expect([t["id"] for t in counters["teams"]], [customers["team"]["id"]])
        settles(desk, view.json["id"], 1, **token)
        for method, path, body in [("PATCH", f"/tickets/{one}", {"priority": "low"}), ("POST", f"/tickets/{one}/messages", {"audience": "public", "text": "x"}),
                                   ("POST", f"/tickets/{one}/watch", None), ("POST", f"/tickets/{customers['id']}/merge", {"into": one}),
                                   ("POST", f"/tickets/{customers['id']}/links", {"kind": "related", "ticket": one})]:
            expect(desk.ask(method, "/api/v1" + path, body, **token).status in (403, 404, 405, 422), True, path)
        bulk = desk.post("/bulk", {"tickets": [one], "change": {"priority": "low"}, "dry_run": True}, **token)
        expect(SECRET in text_of(bulk), False, text_of(bulk))
    expect(desk.get(f"/tickets/{one}", token=petra).json["priority"], "normal")
    for path in ("/tickets", f"/search?q={SECRET}", "/tags", "/events?after=0&limit=200"):
        expect("orschuss" in text_of(desk.get(path, token=petra)), True, path)
    settles(desk, view.json["id"], 2, token=petra)


def test_who_was_asked_in_sees_that_ticket_and_no_other(desk):
    petra = add_agent(desk, "petra", "manager")
    boss = add_agent(desk, "boss", "manager")
    payroll(desk, petra)
    one, other = opened(desk, petra), opened(desk, petra)
    desk.patch(f"/tickets/{one['id']}", {"assignee": staff_id(desk, boss)}, token=petra)
    expect([t["id"] for t in desk.get("/tickets", token=boss).json["items"]], [one["id"]])
    expect([t["id"] for t in desk.get(f"/search?q={SECRET}", token=boss).json["items"]], [one["id"]])
    desk.patch(f"/tickets/{one['id']}", {"assignee": None}, token=petra)
    expect(desk.get("/tickets", token=boss).json["items"], [])
    note = {"audience": "internal", "text": "Was meinst du?", "mentions": [staff_id(desk, boss)], "admit": True}
    expect(desk.post(f"/tickets/{other['id']}/messages", note, token=petra).status, 201)
    expect([t["id"] for t in desk.get("/tickets", token=boss).json["items"]], [other["id"]], "admitted by name")
    expect([t["id"] for t in desk.get(f"/search?q={SECRET}", token=boss).json["items"]], [other["id"]])
    expect(desk.get("/counters", token=boss).json["teams"], [])
    expect(desk.get("/tickets").json["items"], [])


def test_only_members_decide_who_is_in(desk):
    petra = add_agent(desk, "petra", "manager")
    boss = add_agent(desk, "boss", "manager")
    team = payroll(desk, petra)
    path, me = f"/teams/{team['id']}", desk.get("/me").json["id"]
    for body in ({"members": [me, staff_id(desk, petra)]}, {"confidential": False}, {"name": "X"}):
        refused = desk.patch(path, body)
        expect((refused.status, refused.json["title"] != "", desk.patch(path, body, token=boss).status), (403, True, 403), body)
    teams_of = lambda who: next(each["teams"] for each in desk.get("/staff").json["items"] if each["id"] == who)
    mine = teams_of(me)
    refused = desk.patch(f"/staff/{me}", {"teams": [*mine, team["id"]]})
    expect((refused.status, refused.json["errors"][0]["field"], refused.json["errors"][0]["code"]), (422, "teams", "team_confidential"))
    expect(desk.patch(f"/staff/{staff_id(desk, petra)}", {"teams": mine}).json["errors"][0]["code"], "team_confidential", "and nobody is turned out")
    expect(desk.patch(f"/staff/{staff_id(desk, petra)}", {"teams": [team["id"]]}).status, 200, "the other teams are anybody's who may")
    expect(desk.post("/staff", {"email": "spy@theke.test", "name": "Spy", "role": "agent", "teams": [team["id"]]}).json["errors"][0]["field"], "teams")
    expect(desk.post("/teams", {"name": "Niemand", "confidential": True}).json["errors"][0]["field"], "members")
    expect(desk.patch(path, {"members": []}, token=petra).json["errors"][0]["field"], "members")
    lea = add_agent(desk)
    expect(team["id"] in teams_of(staff_id(desk, lea)), False, "a new account is in every other team")
    expect(desk.patch(path, {"members": [staff_id(desk, petra), staff_id(desk, lea)]}, token=petra).status, 200)
    ticket = opened(desk, petra)
    expect(desk.get(f"/tickets/{ticket['id']}", token=lea).status, 200)
    expect(desk.run("team", "join", "nowhere", "boss@theke.test", check=False).returncode, 1)
    expect(desk.get(f"/tickets/{ticket['id']}", token=boss).status, 404)
    desk.run("team", "join", "personal", "boss@theke.test")
    expect(desk.get(f"/tickets/{ticket['id']}", token=boss).status, 200, "whoever keeps the machine lets them in")
    heard = [e["data"] for e in desk.get("/events?after=0&limit=200").json["items"] if e["kind"] == "staff.changed"]
    expect(heard[-1]["staff"], staff_id(desk, boss), "and everybody can see that")


def test_what_was_open_closes_at_once_on_every_screen(desk):
    petra = add_agent(desk, "petra", "manager")
    team = desk.post("/teams", {"name": "Personal", "members": [staff_id(desk, petra)]}).json
    ticket = opened(desk, petra)
    boss = add_agent(desk, "boss", "manager")
    desk.patch(f"/teams/{team['id']}", {"members": [staff_id(desk, petra)]})
    with Live(desk, boss, "inbox", "staff", f"ticket:{ticket['id']}") as live:
        desk.patch(f"/tickets/{ticket['id']}", {"priority": "high"}, token=petra)
        live.events(lambda event: event["kind"] == "ticket.changed")
        expect(desk.patch(f"/teams/{team['id']}", {"confidential": True}, token=petra).status, 200)
        live.events(lambda event: event["kind"] == "team.changed")
        desk.patch(f"/tickets/{ticket['id']}", {"priority": "low"}, token=petra)
        written(desk, petra, subject="Rechnung", text="Wo?", team="support")
        heard = live.events(lambda event: event["kind"] == "ticket.opened")
        expect([event["kind"] for event in heard if event["ticket"] == ticket["id"]], [], "nothing of it since")
    expect(desk.get(f"/tickets/{ticket['id']}", token=boss).status, 404)
    expect(desk.patch(f"/teams/{team['id']}", {"confidential": False}, token=petra).status, 200)
    expect(desk.get(f"/tickets/{ticket['id']}", token=boss).status, 200)


def test_nothing_of_it_is_put_where_others_read(desk):
    petra = add_agent(desk, "petra", "manager")
    payroll(desk, petra)
    secret, customers = opened(desk, petra), desk.customer_writes(subject="Rechnung")
    refused = merged(desk, secret["id"], customers["id"], token=petra).json["errors"][0]
    expect((refused["field"], refused["code"]), ("into", "team_confidential_target"))
    message = desk.get(f"/tickets/{secret['id']}/messages", token=petra).json["items"][0]["id"]
    expect(desk.post(f"/messages/{message}/move", {"ticket": customers["id"]}, token=petra).json["errors"][0]["code"], "team_confidential_target")
    split = desk.post(f"/tickets/{secret['id']}/split", {"messages": [message], "into": customers["id"]}, token=petra)
    expect(split.json["errors"][0]["code"], "team_confidential_target")
    expect(merged(desk, customers["id"], secret["id"], token=petra).status, 200)
    expect(desk.get(f"/tickets/{customers['id']}").json["subject"], "Rechnung", "what was everybody's may go into it")
    moved = desk.patch(f"/tickets/{opened(desk, petra)['id']}", {"team": "support"}, token=petra)
    expect((moved.status, desk.get(f"/tickets/{moved.json['id']}").status), (200, 200), "who moves it to others means that")


def test_its_letters_stay_its_own(desk):
    petra = add_agent(desk, "petra", "manager")
    boss = add_agent(desk, "boss", "manager")
    team = payroll(desk, petra)
    expect(desk.post("/mailboxes", {"name": "Support", "address": "support@theke.test", "inbound": {"kind": "lmtp"}}).status, 201)
    box = desk.post("/mailboxes", {"name": "Personal", "address": "personal@theke.test", "team": team["id"], "inbound": {"kind": "lmtp"}}).json
    letter = mail.write_letter("personal@theke.test", sender="Boss <boss@theke.test>", subject=SECRET, text="Ich brauche einen.")
    expect(mail.send(letter, "boss@theke.test", ["personal@theke.test"], LMTP, lmtp=True), {})
    soon(lambda: desk.get("/tickets", token=petra).json["items"], "the letter arriving")
    one = desk.get("/tickets", token=petra).json["items"][0]
    expect((one["requester"]["email"], one["team"]["id"], desk.get(f"/tickets/{one['id']}", token=boss).status), ("boss@theke.test", team["id"], 404), "who asks as staff is a customer here")
    answer = desk.post(f"/tickets/{one['id']}/messages", {"audience": "public", "text": "Wie viel?"}, token=petra)
    expect(answer.status, 201, answer.body)
    reply = mail.write_letter("personal@theke.test", sender="Boss <boss@theke.test>", subject="Re: " + SECRET, text="Tausend.",
                              headers={"In-Reply-To": letter["Message-ID"], "References": letter["Message-ID"]})
    expect(mail.send(reply, "boss@theke.test", ["personal@theke.test"], LMTP, lmtp=True), {})
    heard = soon(lambda: [m for m in desk.get(f"/tickets/{one['id']}/messages", token=petra).json["items"] if m["text"] == "Tausend."], "the reply arriving")[0]
    expect((heard["direction"], heard["audience"], heard["ticket"]), ("in", "public", one["id"]))
    expect(desk.get("/tickets", token=boss).json["items"], [])
    # What can't be read is parked, for members alone.
    for to in ("personal@theke.test", "support@theke.test"):
        expect(mail.send(b"\x00\x01" * 40 + to.encode(), "otto@theke.test", [to], LMTP, lmtp=True), {})
    soon(lambda: desk.get("/parked-mails", token=petra).json["count"] == 2, "parking")
    for who in (None, boss):
        token = {"token": who} if who else {}
        seen = desk.get("/parked-mails", **token).json
        expect((seen["count"], [m["recipients"] for m in seen["items"]]), (1, [["support@theke.test"]]))
        hidden = [m["id"] for m in desk.get("/parked-mails", token=petra).json["items"] if m["recipients"] == ["personal@theke.test"]][0]
        for method, path in (("GET", "source"), ("POST", "release")):
            expect(desk.ask(method, f"/api/v1/parked-mails/{hidden}/{path}", **token).status, 404)
        expect(desk.ask("DELETE", f"/api/v1/parked-mails/{hidden}", **token).status, 404)
        for body in ({"team": 1}, {"aliases": []}):
            expect(desk.patch(f"/mailboxes/{box['id']}", body, **token).status, 403)
        expect(desk.ask("DELETE", f"/api/v1/mailboxes/{box['id']}", **token).status, 403)
    expect(desk.patch(f"/mailboxes/{box['id']}", {"name": "Personalabteilung"}, token=petra).status, 200)


def test_people_are_shared_and_their_tickets_are_not(desk):
    petra = add_agent(desk, "petra", "manager")
    payroll(desk, petra)
    ticket = opened(desk, petra)
    otto = ticket["requester"]["id"]
    expect(desk.get(f"/people/{otto}").json["name"], "Otto")
    expect(SECRET in text_of(desk.get(f"/people/{otto}")), False)
    other = desk.customer_writes(subject="Rechnung", email="otto@privat.example", name="Otto")
    merging = desk.get(f"/people/{otto}/merge?into={other['requester']['id']}")
    expect((merging.status, merging.json["tickets"]), (200, 0), "what one does not see is not counted either")
    expect(desk.get(f"/people/{otto}/merge?into={other['requester']['id']}", token=petra).json["tickets"], 1)
    expect(desk.post(f"/people/{otto}/merge", {"into": other["requester"]["id"]}).status, 200)
    expect(desk.get(f"/tickets/{ticket['id']}", token=petra).json["requester"]["id"], other["requester"]["id"])
    for path in (f"/tickets?requester={other['requester']['id']}", "/operations", f"/operations?person={other['requester']['id']}"):
        expect(SECRET in text_of(desk.get(path)), False, path)


if __name__ == "__main__":
    run_all(__name__)
