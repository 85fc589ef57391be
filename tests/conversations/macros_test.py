"""Macros: several changes in one go, with the rights of who runs them, shown before and taken back after."""
from desk import expect, run_all
from people_test import add_agent
from split_test import kept
from undo_test import by_hand

FIELDS = ("state", "waiting_reason", "priority", "tags")


def make(desk, actions, name="Close politely", status=201, token=True, **more):
    answer = desk.post("/macros", {"name": name, "actions": actions, **more}, token=token)
    expect(answer.status, status, answer.body.decode())
    return answer.json


def run(desk, macro, ticket, dry=False, status=200, **more):
    answer = desk.post(f"/tickets/{ticket}/macro/{macro['id']}" + ("?dry_run=true" if dry else ""), **more)
    expect(answer.status, status, answer.body.decode())
    return answer.json


def look(desk, ticket):
    seen = desk.get(f"/tickets/{ticket}").json
    return {**{field: seen[field] for field in FIELDS}, "assignee": seen["assignee"] and seen["assignee"]["id"], "team": seen["team"]["id"]}


def messages(desk, ticket):
    return [(m["audience"], m["text"], m["delivery"] and m["delivery"]["state"]) for m in desk.get(f"/tickets/{ticket}/messages").json["items"][1:]]


def everything(desk):
    reply = desk.post("/replies", {"name": "Bye", "texts": {"de": "<p>Bis bald, {{customer.first_name}}</p>"}}).json
    team = desk.post("/teams", {"name": "Returns", "members": [1]}).json["id"]
    return team, make(desk, [{"kind": "reply", "reply": reply["id"]}, {"kind": "note", "html": "<p onclick=x>Done <b>so</b></p>"},
                             {"kind": "state", "state": "resolved"}, {"kind": "priority", "priority": "high"}, {"kind": "team", "team": team},
                             {"kind": "assignee", "assignee": "me"}, {"kind": "add_tags", "tags": ["Done", "vip"]}, {"kind": "remove_tags", "tags": ["OLD"]}])


def test_a_macro_is_shown_run_and_taken_back_as_one(desk):
    page = {"headers": by_hand(desk), "token": False}
    team, macro = everything(desk)
    ticket = desk.customer_writes(name="Ana Huber", tags=["old", "vip"])["id"]
    before = look(desk, ticket)
    shown = run(desk, macro, ticket, dry=True)
    expect(shown["changes"], {"state": ["new", "resolved"], "assignee": [None, 1], "owner": [None, 1], "team": [before["team"], team],
                              "priority": ["normal", "high"], "tags": [["old", "vip"], ["vip", "done"]]})
    expect((shown["note"], shown["reply"]["text"], shown["reply"]["missing"], shown["operation"]), ("Done so", "Bis bald, Ana", [], None))
    expect((look(desk, ticket), messages(desk, ticket), desk.get(f"/macros/{macro['id']}").json["uses"]), (before, [], 0), "nothing was done")
    done = run(desk, macro, ticket, **page)
    expect((done["changes"], look(desk, ticket)), (shown["changes"], {"state": "resolved", "waiting_reason": None, "priority": "high", "tags": ["vip", "done"],
                                                                      "assignee": 1, "team": team}))
    expect(messages(desk, ticket), [("internal", "Done so", None), ("public", "Bis bald, Ana", "held")])
    history = [(e["kind"], e["cause"]) for e in desk.get(f"/tickets/{ticket}/history").json["items"]]
    causes = {cause for kind, cause in history if kind in ("message.written", "ticket.changed")} - {None}
    expect({cause for cause in causes if not cause.startswith("message ")}, {f"macro {macro['id']}"})
    expect([(o["kind"], o["is_undoable"]) for o in desk.get(f"/operations?ticket={ticket}").json["items"]], [("macro.run", True)])
    back = desk.post(f"/operations/{done['operation']}/undo", **page)
    expect((back.status, kept(back.json)), (200, [("note", "written")]), back.body)
    expect((look(desk, ticket), messages(desk, ticket)), (before, [("internal", "Done so", None), ("public", "Bis bald, Ana", "cancelled")]))
    told = [(e["kind"], e["data"]["operation"], e["data"]["name"]) for e in desk.get(f"/tickets/{ticket}/history").json["items"] if e["kind"].startswith("macro.")]
    expect(told, [(kind, done["operation"], macro["name"]) for kind in ("macro.undone", "macro.run")])


def test_what_changed_meanwhile_stays(desk):
    macro = make(desk, [{"kind": "state", "state": "open"}, {"kind": "priority", "priority": "high"}, {"kind": "assignee", "assignee": "1"},
                        {"kind": "add_tags", "tags": ["a"]}])
    ticket = desk.customer_writes()["id"]
    done = run(desk, macro, ticket)
    desk.patch(f"/tickets/{ticket}", {"priority": "urgent", "state": "resolved"})
    back = desk.post(f"/operations/{done['operation']}/undo").json
    expect(sorted(kept(back)), [("priority", "changed"), ("state", "changed")])
    expect(look(desk, ticket), {**look(desk, ticket), "state": "resolved", "priority": "urgent", "tags": [], "assignee": None})
    expect(desk.post(f"/operations/{done['operation']}/undo").status, 409)


def test_all_of_it_happens_or_nothing(desk):
    reply = desk.post("/replies", {"name": "Firm", "texts": {"de": "<p>{{customer.company}}</p>"}}).json
    macro = make(desk, [{"kind": "note", "html": "x"}, {"kind": "priority", "priority": "high"}, {"kind": "reply", "reply": reply["id"]}])
    ticket = desk.customer_writes()["id"]
    before = look(desk, ticket)
    expect(run(desk, macro, ticket, dry=True)["reply"]["missing"], ["customer.company"])
    expect(run(desk, macro, ticket, status=422)["errors"][0]["detail"], "{{customer.company}}")
    expect((look(desk, ticket), messages(desk, ticket), desk.get(f"/operations?ticket={ticket}").json["items"]), (before, [], []))
    desk.ask("DELETE", f"/replies/{reply['id']}")
    run(desk, macro, ticket, status=404)
    wrong = make(desk, [{"kind": "state", "state": "nowhere"}])
    expect(run(desk, wrong, ticket, dry=True, status=422)["errors"][0]["field"], "state")


def test_it_happens_as_it_was_shown_or_not_at_all(desk):
    macro = make(desk, [{"kind": "priority", "priority": "high"}])
    ticket = desk.customer_writes()["id"]
    shown = run(desk, macro, ticket, dry=True)
    as_shown = f"/tickets/{ticket}/macro/{macro['id']}?macro_version={shown['macro_version']}"
    desk.patch(f"/macros/{macro['id']}", {"actions": [{"kind": "priority", "priority": "low"}]})
    expect([desk.post(as_shown).json[key] for key in ("status", "code")], [412, "macro_stale"])
    desk.patch(f"/tickets/{ticket}", {"priority": "urgent"})
    answer = desk.post(f"/tickets/{ticket}/macro/{macro['id']}", headers={"If-Match": f'"{shown["ticket_version"]}"'})
    expect((answer.status, answer.json["code"], look(desk, ticket)["priority"]), (412, "ticket_stale", "urgent"))
    shown = run(desk, macro, ticket, dry=True)
    expect((shown["changes"], shown["macro_version"]), ({"priority": ["urgent", "low"]}, 2))
    answer = desk.post(f"/tickets/{ticket}/macro/{macro['id']}?macro_version=2", headers={"If-Match": f'"{shown["ticket_version"]}"'})
    expect((answer.status, look(desk, ticket)["priority"]), (200, "low"))


def test_what_has_left_stays_and_is_named(desk):
    page = {"headers": by_hand(desk), "token": False}
    team, macro = everything(desk)
    ticket = desk.customer_writes(name="Ana Huber", tags=["old", "vip"])["id"]
    before = look(desk, ticket)
    done = run(desk, macro, ticket, **page)
    desk.rows("UPDATE delivery SET state = 'sent', next_at = NULL")
    seen = desk.get(f"/operations/{done['operation']}").json
    expect((seen["is_undoable"], kept(seen), seen["summary"]["name"]), (True, [("message", "sent"), ("note", "written")], "Close politely"))
    back = desk.post(f"/operations/{done['operation']}/undo").json
    expect(kept(back), [("message", "sent"), ("note", "written")])
    expect((look(desk, ticket), [state for *_, state in messages(desk, ticket)]), (before, [None, "sent"]))


def test_the_answer_names_whom_it_goes_to(desk):
    reply = desk.post("/replies", {"name": "Bye", "texts": {"de": "<p>Bis bald</p>"}}).json
    macro = make(desk, [{"kind": "reply", "reply": reply["id"]}, {"kind": "priority", "priority": "high"}])
    ticket = desk.customer_writes(name="Ana Huber", email="ana@example.org")["id"]
    expect(run(desk, macro, ticket, dry=True)["reply"]["to"], [{"name": "Ana Huber", "email": "ana@example.org"}])
    silent = desk.post("/tickets", {"subject": "Call", "text": "x", "requester": {"name": "Nobody"}, "channel": "phone"}).json["id"]
    expect(run(desk, macro, silent, dry=True)["reply"]["to"], [])
    expect((run(desk, macro, silent, status=409)["code"], look(desk, silent)["priority"]), ("no_recipient", "normal"))


def test_the_rights_are_those_of_who_runs_it(desk):
    lea = add_agent(desk)
    macro = make(desk, [{"kind": "priority", "priority": "high"}], scope="global")
    note = make(desk, [{"kind": "note", "html": "Seen"}], "Note", scope="global")
    mine = make(desk, [{"kind": "note", "html": "Mine"}], "Mine")
    ticket = desk.customer_writes()["id"]
    expect(desk.patch("/roles/agent", {"permissions": {"tickets.change": "none"}}).status, 200)
    run(desk, macro, ticket, status=403, token=lea)
    run(desk, macro, ticket, dry=True, status=403, token=lea)
    written = run(desk, note, ticket, token=lea)["operation"]
    expect(desk.get(f"/operations/{written}", token=lea).json["is_undoable"], True)
    run(desk, mine, ticket, status=404, token=lea)
    expect(desk.patch("/roles/agent", {"permissions": {"tickets.change": "team", "tickets.reply": "none"}}).status, 200)
    run(desk, note, ticket, status=403, token=lea)
    run(desk, macro, ticket, token=lea)
    expect(desk.patch("/roles/agent", {"permissions": {"tickets.change": "none", "tickets.reply": "team"}}).status, 200)
    expect([m["name"] for m in desk.get("/macros", token=lea).json["items"]], ["Close politely", "Note"])
    expect((desk.patch(f"/macros/{note['id']}", {"name": "X"}, token=lea).status, make(desk, [{"kind": "snooze", "days": 1}], scope="global", token=lea, status=422)
            ["errors"][0]["field"]), (403, "scope"))
    elsewhere = desk.post("/teams", {"name": "Elsewhere", "members": [1]}).json["id"]
    desk.patch(f"/tickets/{ticket}", {"team": elsewhere})
    run(desk, note, ticket, status=404, token=lea)


def test_it_is_offered_where_its_condition_holds(desk):
    mine, all_of_them = make(desk, [{"kind": "snooze", "days": 2}], "Mine", condition="prio:high assignee:me"), make(desk, [{"kind": "snooze", "days": 2}], "All")
    expect(mine["condition"], "priority:high assignee:me")
    ticket = desk.customer_writes()["id"]
    offered = lambda: sorted(m["name"] for m in desk.get(f"/macros?ticket={ticket}").json["items"])
    expect(offered(), ["All"])
    run(desk, mine, ticket, status=409)
    desk.patch(f"/tickets/{ticket}", {"priority": "high", "assignee": 1})
    expect(offered(), ["All", "Mine"])
    run(desk, mine, ticket)
    seen = desk.get(f"/tickets/{ticket}").json
    expect((seen["state"], seen["waiting_reason"], seen["waiting_until_at"] is not None), ("waiting", "date", True))
    expect(make(desk, [{"kind": "snooze", "days": 2}], condition="word", status=422)["errors"][0]["code"], "words_in_macro")
    expect(make(desk, [{"kind": "snooze", "days": 2}], condition="staet:x", status=422)["errors"][0]["field"], "condition")


def test_what_is_wrong_is_said_at_its_action(desk):
    for actions, field in (([{"kind": "state"}], "actions.0.state"), ([{"kind": "note", "html": "x"}, {"kind": "snooze"}], "actions.1.days"),
                           ([{"kind": "note", "html": " "}], "actions.0.html"), ([{"kind": "assignee", "assignee": "x"}], "actions.0.assignee"),
                           ([{"kind": "add_tags", "tags": []}], "actions.0.tags"), ([{"kind": "reply"}], "actions.0.reply"),
                           ([{"kind": "note", "html": "x"}, {"kind": "note", "html": "y"}], "actions.1.kind"), ([], "actions")):
        expect(make(desk, actions, status=422)["errors"][0]["field"], field)


def test_a_macro_is_changed_deleted_and_restored(desk):
    macro = make(desk, [{"kind": "priority", "priority": "low"}])
    path = f"/macros/{macro['id']}"
    changed = desk.patch(path, {"name": "Low", "actions": [{"kind": "add_tags", "tags": ["x"]}]}, headers={"If-Match": '"1"'}).json
    expect((changed["name"], changed["actions"], changed["version"]), ("Low", [{"kind": "add_tags", "tags": ["x"]}], 2))
    expect(desk.patch(path, {"name": "Late"}, headers={"If-Match": '"1"'}).status, 412)
    expect((desk.ask("DELETE", path).status, desk.get(path).status, desk.get("/macros").json["items"]), (204, 404, []))
    expect((desk.post(f"{path}/restore").json["name"], desk.post(f"{path}/restore").status), ("Low", 409))


if __name__ == "__main__":
    run_all(__name__)
