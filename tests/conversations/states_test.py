"""States that the house names, which teams offer them, and the ways between them."""
from bulk_test import begin, numbers
from bulk_test import finished as bulk_finished
from desk import expect, run_all
from fields_test import define, put
from forms_test import rule
from problems_test import finished, problem_with, tell
from split_test import written


def name(desk, key, category, status=201, **more):
    answer = desk.post("/ticket-states", {"key": key, "category": category, "agent": {"de": key.title()}, **more})
    expect(answer.status, status, answer.body.decode())
    return answer.json


def go(desk, ticket, state, status=200, **more):
    token = {"token": more.pop("token")} if "token" in more else {}
    answer = desk.patch(f"/tickets/{ticket['id']}", {"state": state, **more}, **token)
    expect(answer.status, status, answer.body.decode())
    return answer.json


def ways(desk, *items, team=1, status=200):
    answer = desk.ask("PUT", f"/teams/{team}/transitions", {"items": [dict(zip(("from", "to", "permission", "fields"), each)) for each in items]})
    expect(answer.status, status, answer.body.decode())
    return answer.json


def audit(desk, kind):
    """Of this kind, the newest first."""
    return desk.get(f"/events?scope=audit&kind={kind}&sort=-id").json["items"]


def test_a_state_is_named_changed_and_ordered(desk):
    made = name(desk, "in_repair", "open", customer={"de": "In der Werkstatt", "en": "In the workshop"})
    expect((made["labels"]["agent"]["hu"], made["labels"]["customer"], made["position"], made["is_fixed"]),
           ("In_Repair", {"de": "In der Werkstatt", "en": "In the workshop", "hu": "In der Werkstatt"}, 6, False))
    changed = desk.patch(f"/ticket-states/{made['id']}", {"agent": {"en": "In repair"}}, headers={"If-Match": '"1"'}).json
    expect((changed["labels"]["agent"], changed["version"]), ({"de": "In_Repair", "en": "In repair", "hu": "In_Repair"}, 2))
    expect(desk.patch(f"/ticket-states/{made['id']}", {"is_active": False}, headers={"If-Match": '"1"'}).status, 412)
    desk.ask("PUT", "/ticket-states/order", {"states": [1, made["id"], 2, 3, 4, 5]})
    expect([each["key"] for each in desk.get("/ticket-states").json["items"]], ["new", "in_repair", "open", "waiting", "resolved", "closed"])
    expect([each["data"]["order"][1] for each in audit(desk, "state.ordered")], ["in_repair"])
    expect(desk.ask("PUT", "/ticket-states/order", {"states": [1, 99]}).status, 404)
    for key in ("in_repair", "open", "active", "Not good"):
        name(desk, key, "open", status=422)
    expect(desk.patch("/ticket-states/2", {"agent": {"de": "In Arbeit"}}).status, 200)
    expect(desk.patch("/ticket-states/2", {"is_active": False}).status, 422)
    expect(desk.patch("/ticket-states/2", {"teams": [1]}).status, 422)
    expect(desk.patch("/ticket-states/99", {}).status, 404)


def test_a_ticket_takes_a_named_state_and_keeps_it(desk):
    made = name(desk, "in_repair", "open")
    ticket = desk.customer_writes()
    expect([go(desk, ticket, "in_repair")[key] for key in ("state", "category")], ["in_repair", "open"])
    expect(len(desk.get("/search?q=state:in_repair").json["items"]), 1)
    desk.patch(f"/ticket-states/{made['id']}", {"is_active": False})
    expect(go(desk, ticket, "in_repair")["state"], "in_repair")
    go(desk, ticket, "open")
    expect(go(desk, ticket, "in_repair", status=422)["errors"][0]["code"], "state_inactive")


def test_another_team_gets_the_ticket_in_a_state_of_its_own(desk):
    other = desk.post("/teams", {"name": "Returns"}).json["id"]
    name(desk, "in_repair", "open", teams=[1])
    name(desk, "in_transit", "open", teams=[other])
    ticket = desk.customer_writes()
    go(desk, ticket, "in_repair")
    moved = desk.patch(f"/tickets/{ticket['id']}", {"team": other}).json
    expect((moved["state"], moved["category"]), ("open", "open"))
    event = desk.get(f"/tickets/{ticket['id']}/history").json["items"]
    expect([each["data"]["state"] for each in event if each["kind"] == "ticket.changed"][0], ["in_repair", "open"])
    expect(go(desk, ticket, "in_repair", status=422)["errors"][0]["code"], "state_elsewhere")
    expect(go(desk, ticket, "in_transit")["state"], "in_transit")
    both = go(desk, ticket, "in_repair", team=1)
    expect(both["state"], "in_repair")


def states_of(desk, ticket, **more):
    return desk.get(f"/tickets/{ticket['id']}/form", **more).json["states"]


def test_a_team_has_ways_between_states(desk):
    desk.run("user", "add", "bob@theke.test", "--name", "Bob", "--role", "agent", "--password-stdin", stdin="ein gutes Passwort\n")
    token = desk.run("token", "create", "bob@theke.test").strip()
    bob = desk.get("/me", token=token).json["id"]
    desk.patch(f"/staff/{bob}", {"teams": [1]})
    define(desk, "cause", "text")
    name(desk, "in_repair", "open")
    ways(desk, ("new", "open"), ("open", "in_repair"), ("in_repair", "resolved", "teams.manage", ["cause"]))
    ticket = desk.customer_writes()
    expect(states_of(desk, ticket), ["new", "open"])
    expect(go(desk, ticket, "resolved", status=422)["errors"][0]["code"], "no_way")
    expect(desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "internal", "text": "x", "state": "resolved"}).status, 422)
    go(desk, ticket, "open")
    go(desk, ticket, "in_repair")
    expect((states_of(desk, ticket, token=token), states_of(desk, ticket)), (["in_repair"], ["resolved", "in_repair"]))
    expect(go(desk, ticket, "resolved", status=422, token=token)["errors"][0]["code"], "no_right")
    expect([(each["field"], each["code"]) for each in go(desk, ticket, "resolved", status=422)["errors"]], [("fields.cause", "required_for_state")])
    expect(go(desk, ticket, "resolved", fields={"cause": "Worn"})["state"], "resolved")
    expect(go(desk, ticket, "open")["state"], "open")
    expect(ways(desk)["items"], [])
    expect(go(desk, ticket, "closed")["state"], "closed")


def test_a_way_needs_no_field_that_the_ticket_does_not_show(desk):
    cause, shelf = define(desk, "cause", "text"), define(desk, "shelf", "text")
    rule(desk, cause, visible_if="priority:urgent")
    ways(desk, ("new", "open", None, ["cause", "shelf"]))
    ticket = desk.customer_writes()
    expect([(each["field"], each["code"]) for each in go(desk, ticket, "open", status=422)["errors"]], [("fields.shelf", "required_for_state")])
    desk.patch(f"/fields/{shelf['id']}", {"is_active": False})
    expect(go(desk, ticket, "open")["state"], "open")


def test_nobody_overwrites_ways_that_another_has_changed(desk):
    expect(desk.get("/teams/1/transitions").json["version"], 0)
    expect(ways(desk, ("new", "open"))["version"], 1)
    expect(ways(desk, ("new", "closed"))["version"], 2)
    stale = desk.ask("PUT", "/teams/1/transitions", {"items": []}, headers={"If-Match": '"1"'})
    expect((stale.status, desk.get("/teams/1/transitions").json["items"][0]["to"]), (412, "closed"))
    event = audit(desk, "state.ways")[0]["data"]
    expect([[each["to"] for each in side] for side in event["ways"]], [["open"], ["closed"]])


def test_an_update_to_incidents_heeds_the_rules(desk):
    rule(desk, define(desk, "cause", "text"), required_to_close=True)
    problem, (one, other) = problem_with(desk, 2)
    put(desk, {"id": other}, cause="Rain")
    done = finished(desk, tell(desk, problem, state="resolved"))
    expect([(each["ticket"], each["state"], each["error"]) for each in done["items"]], [(one, "failed", "required_to_close"), (other, "done", None)])
    expect([(len(written(desk, ticket)), desk.get(f"/tickets/{ticket}").json["state"]) for ticket in (one, other)], [(1, "new"), (2, "resolved")])


def test_macros_and_bulk_changes_heed_the_rules(desk):
    rule(desk, define(desk, "cause", "text"), required_to_close=True)
    name(desk, "in_repair", "open")
    ways(desk, ("open", "in_repair"))
    one, other, third = (desk.customer_writes()["id"] for _ in range(3))
    put(desk, {"id": other}, cause="Rain")
    desk.patch(f"/tickets/{third}", {"state": "open"})
    solve = [{"kind": "state", "state": "resolved"}]
    done = bulk_finished(desk, begin(desk, tickets=[one, other, third], actions=solve))
    expect(numbers(done), {"total": 3, "done": 1, "failed": 2})
    expect([desk.get(f"/tickets/{ticket}").json["state"] for ticket in (one, other, third)], ["new", "resolved", "open"])
    macro = desk.post("/macros", {"name": "Solve", "actions": solve}).json["id"]
    for path in (f"/tickets/{one}/macro/{macro}?dry_run=true", f"/tickets/{one}/macro/{macro}"):
        answer = desk.post(path)
        expect((answer.status, [(each["field"], each["code"]) for each in answer.json["errors"]]), (422, [("fields.cause", "required_to_close")]))
    put(desk, {"id": one}, cause="Snow")
    expect((desk.post(f"/tickets/{one}/macro/{macro}").status, desk.get(f"/tickets/{one}").json["state"]), (200, "resolved"))


def test_what_comes_back_by_itself_asks_for_no_way(desk):
    ways(desk, ("resolved", "closed"))
    ticket = desk.customer_writes()
    go(desk, ticket, "resolved")
    person = desk.customer_writes(subject="Other")
    done = desk.post(f"/tickets/{person['id']}/merge", {"into": ticket["id"]})
    expect(done.status, 200, done.body.decode())
    for items in ([("open", "open")], [("ghost", "open")], [("new", "open", "no.such")], [("new", "open", None, ["ghost"])]):
        ways(desk, *items, status=422)
    expect([(each["from"], each["to"]) for each in desk.get("/teams/1/transitions").json["items"]], [("resolved", "closed")])
    expect(desk.get("/teams/99/transitions").status, 404)


if __name__ == "__main__":
    run_all(__name__)
