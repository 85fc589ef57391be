"""One change of many tickets: shown before, done behind the request, told what could not be done, and taken back."""
import time

from desk import expect, run_all
from merge_test import merge
from people_test import add_agent
from post import soon


def tickets(desk, count, **more):
    return [desk.customer_writes(subject=f"Delivery {i}", email=f"c{i}@example.org", name=f"Customer {i}", **more)["id"] for i in range(count)]


def begin(desk, status=201, **body):
    answer = desk.post("/bulk", body)
    expect(answer.status, status, answer.body)
    return answer.json


def finished(desk, bulk):
    return soon(lambda: (lambda b: b if b["finished_at"] else None)(desk.get(f"/bulk/{bulk['id']}").json), "the bulk edit being done")


def undo(desk, bulk, status=200):
    answer = desk.post(f"/operations/{bulk['operation']}/undo")
    expect(answer.status, status, answer.body)
    return finished(desk, bulk)


def numbers(bulk):
    return {key: bulk[key] for key in ("total", "pending", "done", "unchanged", "failed", "cancelled", "returning", "returned", "kept") if bulk[key]}


def test_a_selection_is_changed_and_given_back(desk):
    ids = tickets(desk, 5)
    desk.patch(f"/tickets/{ids[4]}", {"priority": "urgent", "tags": ["late"]})
    actions = [{"kind": "priority", "priority": "urgent"}, {"kind": "add_tags", "tags": ["Late", "carrier"]}, {"kind": "state", "state": "open"},
               {"kind": "assignee", "assignee": "me"}]
    look = desk.post("/bulk/preview", {"tickets": ids, "actions": actions})
    expect((look.status, look.json["total"], look.json["changes"], look.json["refused"]), (200, 5, 5, 0), look.body)
    expect(look.json["examples"][0]["changes"]["priority"], ["normal", "urgent"])
    expect(desk.get(f"/tickets/{ids[0]}").json["priority"], "normal", "looking changes nothing")
    done = finished(desk, begin(desk, tickets=[*ids, ids[0]], actions=actions))
    expect((done["state"], numbers(done)), ("done", {"total": 5, "done": 5}))
    for id in ids:
        ticket = desk.get(f"/tickets/{id}").json
        expect((ticket["priority"], sorted(ticket["tags"]), ticket["state"], ticket["assignee"]["id"]), ("urgent", ["carrier", "late"], "open", 1))
    expect(desk.get(f"/operations?ticket={ids[2]}").json["items"][0]["kind"], "ticket.bulk")
    expect(desk.get(f"/tickets/{ids[0]}/history").json["items"][0]["cause"], f"bulk {done['id']}")
    back = undo(desk, done)
    expect((back["state"], numbers(back)), ("returned", {"total": 5, "returned": 5}))
    first, last = (desk.get(f"/tickets/{id}").json for id in (ids[0], ids[4]))
    expect((first["priority"], first["tags"], first["state"], first["assignee"], first["owner"]), ("normal", [], "new", None, None))
    expect((last["priority"], last["tags"]), ("urgent", ["late"]), "it had been so before")
    expect(desk.post(f"/operations/{done['operation']}/undo").status, 409, "once")


def test_all_that_a_condition_finds(desk):
    ids = tickets(desk, 4)
    desk.patch(f"/tickets/{ids[3]}", {"state": "closed"})
    before = desk.post("/conditions/preview", {"condition": "state:new"}).json["count"]
    done = finished(desk, begin(desk, condition="state:new", actions=[{"kind": "priority", "priority": "high"}]))
    expect((done["condition"], done["total"], done["done"]), ("state:new", before, before))
    expect([desk.get(f"/tickets/{id}").json["priority"] for id in ids], ["high", "high", "high", "normal"])
    again = finished(desk, begin(desk, condition="state:new", actions=[{"kind": "priority", "priority": "high"}]))
    expect(numbers(again), {"total": before, "unchanged": before}, "what is so already makes no version")


def test_what_was_put_off_is_left_out_where_the_list_hides_it(desk):
    ids = tickets(desk, 3)
    expect(desk.ask("PUT", f"/tickets/{ids[0]}/snooze", {"until": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))}).status, 200)
    wish = {"condition": "state:new", "actions": [{"kind": "priority", "priority": "high"}]}
    preview = lambda **more: desk.post("/bulk/preview", {**wish, **more}).json["total"]
    expect(preview() - preview(awake=True), 1)
    finished(desk, begin(desk, awake=True, **wish))
    expect([desk.get(f"/tickets/{id}").json["priority"] for id in ids], ["normal", "high", "high"])


def test_what_can_not_be_changed_is_told_and_the_others_go_on(desk):
    ids = tickets(desk, 4)
    merge(desk, ids[1], ids[2], requesters="join")
    look = desk.post("/bulk/preview", {"tickets": [*ids, 999999], "actions": [{"kind": "state", "state": "waiting"}]}).json
    expect((look["changes"], {r["code"]: r["count"] for r in look["reasons"]}), (0, {"ticket_merged": 1, "ticket_not_found": 1, "required": 3}))
    done = finished(desk, begin(desk, tickets=[*ids, 999999], actions=[{"kind": "state", "state": "waiting", "reason": "customer"}]))
    expect(numbers(done), {"total": 5, "done": 3, "failed": 2})
    page = desk.get(f"/bulk/{done['id']}/failures?limit=1").json
    rest = desk.get(f"/bulk/{done['id']}/failures?cursor={page['next']}").json
    expect([(i["ticket"], i["state"], i["error"], bool(i["error_text"])) for i in page["items"] + rest["items"]],
           [(ids[1], "failed", "ticket_merged", True), (999999, "failed", "ticket_not_found", True)])


def test_rights_hold_ticket_by_ticket(desk):
    ids = tickets(desk, 3)
    lea = add_agent(desk)
    elsewhere = desk.post("/teams", {"name": "Elsewhere", "members": [1]}).json["id"]
    desk.patch(f"/tickets/{ids[1]}", {"team": elsewhere})
    body = {"tickets": ids, "actions": [{"kind": "priority", "priority": "low"}]}
    look = desk.post("/bulk/preview", body, token=lea).json
    expect((look["changes"], [r["code"] for r in look["reasons"]]), (2, ["ticket_not_found"]), "no word about what she may not see")
    bulk = desk.post("/bulk", body, token=lea).json
    done = soon(lambda: (lambda b: b if b["finished_at"] else None)(desk.get(f"/bulk/{bulk['id']}", token=lea).json), "it being done")
    expect(numbers(done), {"total": 3, "done": 2, "failed": 1})
    expect([(i["ticket"], i["number"], i["subject"]) for i in desk.get(f"/bulk/{bulk['id']}/failures", token=lea).json["items"]], [(ids[1], None, None)])
    expect(desk.get(f"/tickets/{ids[1]}").json["priority"], "normal")
    expect(desk.get(f"/bulk/{bulk['id']}").status, 404, "a colleague's")
    expect(desk.post("/bulk", {"tickets": [ids[1]], "actions": body["actions"]}, token=lea).status, 409, "none that she may change")
    # One of them has gone where she can't see it: the other goes back all the same.
    desk.patch(f"/tickets/{ids[0]}", {"team": elsewhere})
    expect(desk.post(f"/operations/{bulk['operation']}/undo", token=lea).status, 200)
    back = soon(lambda: (lambda b: b if b["finished_at"] else None)(desk.get(f"/bulk/{bulk['id']}", token=lea).json), "it going back")
    expect((numbers(back), [desk.get(f"/tickets/{id}").json["priority"] for id in ids]),
           ({"total": 3, "failed": 1, "returned": 1, "kept": 1}, ["low", "normal", "normal"]))


def test_what_was_changed_since_stays(desk):
    ids = tickets(desk, 3)
    done = finished(desk, begin(desk, tickets=ids, actions=[{"kind": "priority", "priority": "high"}, {"kind": "add_tags", "tags": ["x"]}]))
    desk.patch(f"/tickets/{ids[0]}", {"priority": "urgent"})
    operation = desk.get(f"/operations/{done['operation']}").json
    expect((operation["is_undoable"], [(k["code"], k["count"]) for k in operation["kept"]]), (True, [("touched", 1)]))
    back = undo(desk, done)
    expect(numbers(back), {"total": 3, "returned": 2, "kept": 1})
    first = desk.get(f"/tickets/{ids[0]}").json
    expect((first["priority"], first["tags"]), ("urgent", []), "the tag goes back, the priority is another's")
    expect([i["error"] for i in desk.get(f"/bulk/{done['id']}/failures").json["items"]], ["kept_changed"])


def test_wrong_input_names_its_field(desk):
    one = tickets(desk, 1)
    act = [{"kind": "priority", "priority": "low"}]
    for body, field in (({"actions": act}, "tickets"), ({"tickets": one, "condition": "state:new", "actions": act}, "tickets"),
                        ({"tickets": one, "actions": []}, "actions"), ({"condition": "state:(", "actions": act}, "condition"),
                        ({"tickets": one, "actions": [{"kind": "reply", "reply": 1}]}, "actions.0.kind"),
                        ({"tickets": one, "actions": [{"kind": "priority"}]}, "actions.0.priority")):
        for path in ("/bulk", "/bulk/preview"):
            answer = desk.post(path, body)
            expect((answer.status in (400, 422), [e["field"] for e in answer.json["errors"]]), (True, [field]), f"{path} {body} {answer.body}")
    expect(desk.post("/bulk", {"condition": "is:merged", "actions": act}).json["code"], "no_tickets")


def test_a_kill_in_the_middle_changes_each_once(desk):
    ids = tickets(desk, 60)
    bulk = begin(desk, tickets=ids, actions=[{"kind": "note", "html": "<p>The carrier is late.</p>"}, {"kind": "priority", "priority": "high"}])
    desk.kill()
    desk.start()
    done = finished(desk, bulk)
    expect(numbers(done), {"total": 60, "done": 60})
    for id in ids[::7]:
        notes = [m for m in desk.get(f"/tickets/{id}/messages").json["items"] if m["kind"] == "note"]
        expect((len(notes), desk.get(f"/tickets/{id}").json["priority"]), (1, "high"))


POISON = {
    "sqlite": ["CREATE TRIGGER poison BEFORE UPDATE ON ticket WHEN NEW.id = {id} BEGIN SELECT RAISE(ABORT, 'poison'); END"],
    "postgresql": ["CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poison'; END $$",
                   "CREATE TRIGGER poison BEFORE UPDATE ON ticket FOR EACH ROW WHEN (NEW.id = {id}) EXECUTE FUNCTION poison()"],
}


def test_one_that_the_store_refuses_is_put_aside(desk):
    ids = tickets(desk, 6)
    for sql in POISON[desk.database]:
        desk.rows(sql.replace("{id}", str(ids[2])))
    bulk = begin(desk, tickets=ids, actions=[{"kind": "priority", "priority": "high"}])
    done = soon(lambda: (lambda b: b if b["finished_at"] else None)(desk.get(f"/bulk/{bulk['id']}").json), "the others being changed", 40)
    expect(numbers(done), {"total": 6, "done": 5, "failed": 1})
    expect([(i["ticket"], i["error"], bool(i["error_text"])) for i in desk.get(f"/bulk/{bulk['id']}/failures").json["items"]], [(ids[2], "failed", True)])
    expect([desk.get(f"/tickets/{id}").json["priority"] for id in ids], ["high", "high", "normal", "high", "high", "high"])


def test_stopping_leaves_the_rest_alone(desk):
    ids = tickets(desk, 40)
    bulk = begin(desk, tickets=ids, actions=[{"kind": "priority", "priority": "high"}])
    stopped = desk.post(f"/bulk/{bulk['id']}/stop").json
    expect(stopped["done"] + stopped["cancelled"], 40)
    expect(stopped["state"], "stopped" if stopped["cancelled"] else "done")
    time.sleep(0.6)
    high = sum(desk.get(f"/tickets/{id}").json["priority"] == "high" for id in ids)
    expect(high, desk.get(f"/bulk/{bulk['id']}").json["done"])


if __name__ == "__main__":
    run_all(__name__)
