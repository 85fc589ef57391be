"""Links between tickets: each way once, never round, and what follows when one is done."""
import threading

from desk import expect, run_all
from merge_test import fault, links
from split_test import undo


def link(desk, one, kind, other, status=201):
    answer = desk.post(f"/tickets/{one}/links", {"ticket": other, "kind": kind})
    expect(answer.status, status, answer.body)
    return answer.json


def last_operation(desk, ticket):
    return desk.get(f"/operations?ticket={ticket}&limit=1").json["items"][0]


def some(desk, count):
    return [desk.customer_writes(subject=f"Nr {i}")["id"] for i in range(count)]


def done_events(desk, ticket):
    return [e["data"]["last"] for e in desk.get(f"/tickets/{ticket}/history").json["items"] if e["kind"] == "ticket.parts_done"]


def test_either_side_may_say_it(desk):
    a, b, c = some(desk, 3)
    link(desk, a, "parent_of", b)
    link(desk, a, "problem", c)
    expect((links(desk, a), links(desk, b), links(desk, c)), ([(b, "parent_of"), (c, "problem")], [(a, "parent")], [(a, "problem_of")]))
    expect(fault(link(desk, b, "parent", a, 422)), ("ticket", "linked"))


def test_links_never_go_round(desk):
    a, b, c = some(desk, 3)
    for kind in ("parent", "blocks", "duplicate", "problem"):
        link(desk, a, kind, b)
        link(desk, b, kind, c)
        expect(fault(link(desk, c, kind, a, 422)), ("ticket", "circle"))
        expect(fault(link(desk, a, kind + "_of", c, 422)), ("ticket", "circle"))
    link(desk, a, "related", b)
    link(desk, b, "related", c)
    link(desk, c, "related", a)


def test_links_are_taken_back_and_put_back(desk):
    a, b = some(desk, 2)
    link(desk, a, "blocks", b)
    made = last_operation(desk, b)
    expect((made["kind"], made["summary"]["kind"], made["is_undoable"]), ("ticket.link", "blocks", True))
    undo(desk, made)
    expect((links(desk, a), links(desk, b)), ([], []))
    link(desk, a, "blocks", b)
    expect(desk.ask("DELETE", f"/tickets/{b}/links/blocks_of/{a}").status, 200)
    removed = last_operation(desk, a)
    again = link(desk, b, "blocks", a)
    expect((removed["kind"], desk.get(f"/operations/{removed['id']}").json["reason"], len(again["items"])), ("ticket.unlink", "link_in_the_way", 1))
    desk.ask("DELETE", f"/tickets/{b}/links/blocks/{a}")
    undo(desk, removed)
    expect((links(desk, a), links(desk, b)), ([(b, "blocks")], [(a, "blocks_of")]))


def test_whoever_looks_after_the_whole_learns_that_its_parts_are_done(desk):
    whole, one, two = some(desk, 3)
    link(desk, whole, "parent", one)
    link(desk, whole, "parent", two)
    desk.patch(f"/tickets/{one}", {"state": "resolved"})
    expect(done_events(desk, whole), [])
    desk.patch(f"/tickets/{two}", {"state": "closed"})
    expect(done_events(desk, whole), [two])
    desk.patch(f"/tickets/{two}", {"state": "open"})
    desk.patch(f"/tickets/{two}", {"state": "closed"})
    expect(done_events(desk, whole), [two, two])


def test_parts_that_are_done_at_once_are_heard_of_once(desk):
    whole, *parts = some(desk, 5)
    for part in parts:
        link(desk, whole, "parent", part)
    closing = [threading.Thread(target=desk.patch, args=(f"/tickets/{part}", {"state": "closed"})) for part in parts]
    for thread in closing:
        thread.start()
    for thread in closing:
        thread.join()
    expect(len(done_events(desk, whole)), 1)


def test_closing_the_whole_warns_of_open_parts(desk):
    whole, part, blocker, incident = some(desk, 4)
    link(desk, whole, "parent", part)
    link(desk, blocker, "blocks", whole)
    link(desk, whole, "problem", incident)
    closed = desk.patch(f"/tickets/{whole}", {"state": "closed"}).json
    expect((closed["state"], sorted((w["code"], w["count"]) for w in closed["warnings"])),
           ("closed", [("open_blockers", 1), ("open_incidents", 1), ("open_parts", 1)]))
    expect(desk.patch(f"/tickets/{whole}", {"state": "open"}).json["warnings"], [])


if __name__ == "__main__":
    run_all(__name__)
