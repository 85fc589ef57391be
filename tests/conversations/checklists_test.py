"""What is to be done in a ticket: added, ticked, moved, taken out, and together when tickets are merged."""
from bulk_test import begin, finished
from desk import at_once, expect, run_all
from merge_test import merge
from post import soon
from split_test import kept, undo


def put(desk, ticket, text, status=201, **more):
    answer = desk.post(f"/tickets/{ticket}/checklist", {"text": text, **more})
    expect(answer.status, status, answer.body)
    return next((each for each in answer.json["items"] if each["text"] == text.strip()), None) if status == 201 else answer.json


def items(desk, ticket, **more):
    return desk.get(f"/tickets/{ticket}/checklist", **more).json["items"]


def said(desk, ticket):
    return [each["text"] for each in items(desk, ticket)]


def change(desk, ticket, item, body, status=200, **more):
    answer = desk.patch(f"/tickets/{ticket}/checklist/{item}", body, **more)
    expect(answer.status, status, answer.body)
    return answer.json


def told(desk, ticket):
    history = desk.get(f"/tickets/{ticket}/history?limit=100").json["items"]
    return [each["data"]["change"] for each in sorted(history, key=lambda each: each["id"]) if each["kind"] == "ticket.checklist"]


def three(desk):
    ticket = desk.customer_writes()["id"]
    return ticket, [put(desk, ticket, each)["id"] for each in ("Call back", "Check the stock", "Write")]


def test_items_are_added_ticked_and_named_anew(desk):
    ticket, (call, check, write) = three(desk)
    expect((said(desk, ticket), [each["done_by"] for each in items(desk, ticket)]), (["Call back", "Check the stock", "Write"], [None] * 3))
    done = change(desk, ticket, check, {"done": True})["items"][1]
    expect((done["done_by"]["name"], bool(done["done_at"]), done["version"]), ("Jana Petersen", True, 2))
    expect(change(desk, ticket, check, {"done": True})["items"][1], done, "ticked once")
    expect(change(desk, ticket, check, {"text": " Count the stock ", "done": False})["items"][1]["text"], "Count the stock")
    expect((items(desk, ticket)[1]["done_by"], told(desk, ticket)), (None, ["added"] * 3 + ["done", "renamed", "reopened"]))
    expect(change(desk, ticket, call, {"text": "x"}, 412, headers={"If-Match": '"7"'})["code"], "checklist_item_stale")
    expect(change(desk, ticket, write, {"text": "  "}, 422)["errors"][0]["field"], "text")
    expect(put(desk, ticket, "", 422)["errors"][0]["field"], "text")


def test_items_stand_where_they_are_put(desk):
    ticket, (call, check, write) = three(desk)
    put(desk, ticket, "First of all", place=1)
    expect(said(desk, ticket), ["First of all", "Call back", "Check the stock", "Write"])
    change(desk, ticket, call, {"place": 3})
    expect(said(desk, ticket), ["First of all", "Check the stock", "Call back", "Write"])
    change(desk, ticket, write, {"place": 1})
    expect(said(desk, ticket), ["Write", "First of all", "Check the stock", "Call back"])
    change(desk, ticket, write, {"place": 100})
    expect(said(desk, ticket), ["First of all", "Check the stock", "Call back", "Write"])
    change(desk, ticket, write, {"place": 4})
    expect(told(desk, ticket).count("moved"), 3, "staying is no change")
    expect(len({each["id"] for each in items(desk, ticket)}), 4)
    expect(check in [each["id"] for each in items(desk, ticket)], True)


def test_what_was_taken_out_comes_back_as_it_was(desk):
    ticket, (call, check, write) = three(desk)
    change(desk, ticket, check, {"done": True})
    before = items(desk, ticket)
    path = f"/tickets/{ticket}/checklist/{check}"
    expect([each["id"] for each in desk.ask("DELETE", path).json["items"]], [call, write])
    expect(desk.ask("DELETE", path).json["code"], "checklist_item_not_found")
    expect(change(desk, ticket, check, {"done": False}, 404)["code"], "checklist_item_not_found")
    after = desk.post(path + "/restore").json["items"]
    expect([each | {"version": 0} for each in after], [each | {"version": 0} for each in before])
    expect(desk.post(path + "/restore").status, 404)


def test_a_merged_ticket_brings_its_items_and_takes_them_back(desk):
    one, (call, check, write) = three(desk)
    other = desk.customer_writes(subject="Other")["id"]
    own = put(desk, other, "Of the other")["id"]
    done = merge(desk, one, other)
    expect([each["id"] for each in items(desk, other)], [call, check, write, own])
    change(desk, other, write, {"done": True, "place": 4})
    expect(put(desk, one, "Too late", 409)["code"], "ticket_merged")
    put(desk, other, "Since then")
    undo(desk, done)
    expect((said(desk, one), said(desk, other)), (["Call back", "Check the stock", "Write"], ["Of the other", "Since then"]))
    expect(items(desk, one)[2]["done_by"]["name"], "Jana Petersen")


def test_a_list_is_bounded_and_takes_changes_one_after_the_other(desk):
    ticket = desk.customer_writes()["id"]
    results = []
    at_once(*[lambda i=i: results.append(put(desk, ticket, f"Item {i}")["id"]) for i in range(8)])
    expect((len(set(results)), len(items(desk, ticket))), (8, 8))
    for i in range(8, 100):
        put(desk, ticket, f"Item {i}")
    expect(put(desk, ticket, "One more", 409)["code"], "checklist_full")
    desk.ask("DELETE", f"/tickets/{ticket}/checklist/{results[0]}")
    put(desk, ticket, "One more")
    expect(desk.post(f"/tickets/{ticket}/checklist/{results[0]}/restore").json["code"], "checklist_full")


def test_conditions_know_what_is_to_be_done(desk):
    ticket, ids = three(desk)
    desk.customer_writes(subject="Nothing to do")
    found = lambda q="has:task": [each["id"] for each in desk.get(f"/search?q={q}").json["items"]]
    view = desk.post("/views", {"name": "To do", "condition": "hat:aufgabe"}).json["id"]
    counted = lambda: {each["id"]: each["count"] for each in desk.get("/counters").json["views"]}.get(view)
    expect((found(), found("-has:task") == [ticket]), ([ticket], False))
    soon(lambda: counted() == 1, "the view counts it")
    for item in ids[:2]:
        change(desk, ticket, item, {"done": True})
    expect(found(), [ticket])
    desk.ask("DELETE", f"/tickets/{ticket}/checklist/{ids[2]}")
    expect(found(), [])
    soon(lambda: counted() == 0, "the view counts none")


def test_a_state_waits_for_what_is_to_be_done(desk):
    ticket, ids = three(desk)
    resolved = next(each for each in desk.get("/ticket-states").json["items"] if each["key"] == "resolved")
    expect(desk.patch(f"/ticket-states/{resolved['id']}", {"needs_done": True}).json["needs_done"], True)
    change(desk, ticket, ids[0], {"done": True})
    refused = desk.patch(f"/tickets/{ticket}", {"state": "resolved"})
    expect((refused.status, refused.json["errors"][0]["field"], refused.json["errors"][0]["code"]), (422, "state", "checklist_open"))
    expect("Check the stock; Write" in refused.json["errors"][0]["detail"], True, refused.json)
    for item in ids[1:]:
        change(desk, ticket, item, {"done": True})
    macro = desk.post("/macros", {"name": "Close", "actions": [{"kind": "state", "state": "resolved"}, {"kind": "checklist", "items": ["Weigh it"]}]}).json["id"]
    expect(desk.post(f"/tickets/{ticket}/macro/{macro}").json["errors"][0]["code"], "checklist_open", "nor over what it has just put there")
    expect(desk.patch(f"/tickets/{ticket}", {"state": "resolved"}).json["state"], "resolved")


def test_a_macro_puts_its_items_on_the_list_and_takes_them_back(desk):
    ticket, _ = three(desk)
    action = {"kind": "checklist", "items": ["Write", " Weigh it ", "Pack it", "Weigh it"]}
    expect(desk.post("/macros", {"name": "x", "actions": [{"kind": "checklist"}]}).json["errors"][0]["field"], "actions.0.items")
    macro = desk.post("/macros", {"name": "Return", "actions": [action]}).json["id"]
    trial = desk.post(f"/tickets/{ticket}/macro/{macro}?dry_run=true").json
    expect((trial["changes"], len(items(desk, ticket))), ({"checklist": [None, ["Weigh it", "Pack it"]]}, 3))
    done = desk.post(f"/tickets/{ticket}/macro/{macro}").json
    expect(said(desk, ticket), ["Call back", "Check the stock", "Write", "Weigh it", "Pack it"])
    expect(desk.post(f"/tickets/{ticket}/macro/{macro}").json["changes"], {}, "everything stands there already")
    change(desk, ticket, items(desk, ticket)[3]["id"], {"done": True})
    expect(kept(undo(desk, {"id": done["operation"]})), [("checklist", "changed")])
    expect(said(desk, ticket), ["Call back", "Check the stock", "Write", "Weigh it"])


def test_a_bulk_edit_puts_items_on_many_lists(desk):
    tickets = [three(desk)[0], desk.customer_writes(subject="Empty")["id"]]
    bulk = finished(desk, begin(desk, tickets=tickets, actions=[{"kind": "checklist", "items": ["Weigh it"]}]))
    expect([said(desk, each)[-1] for each in tickets], ["Weigh it"] * 2)
    undo(desk, {"id": bulk["operation"]})
    soon(lambda: [said(desk, each)[-1:] for each in tickets] == [["Write"], []], "the way back")


def test_an_item_is_known_in_its_ticket_only(desk):
    ticket, _ = three(desk)
    foreign, (theirs, _, _) = three(desk)
    expect(change(desk, ticket, theirs, {"done": True}, 404)["code"], "checklist_item_not_found")
    expect(items(desk, foreign)[0]["done_at"], None)


if __name__ == "__main__":
    run_all(__name__)
