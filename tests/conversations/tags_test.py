"""Tags that are renamed, merged and removed on all tickets that have them, and given back."""
from desk import expect, run_all
from fields_test import settles
from merge_test import merge
from post import soon
from split_test import undo


def change(desk, tag, to, status=201, **more):
    answer = desk.post("/tag-changes", {"tag": tag, "to": to}, **more)
    expect(answer.status, status, answer.body.decode())
    return answer.json


def settled(desk, one):
    return soon(lambda: (lambda c: c if c["state"] in ("done", "undone") else None)(desk.get(f"/tag-changes/{one['id']}").json), "the change of the tag", 60)


def changed(desk, tag, to):
    return settled(desk, change(desk, tag, to))


def given_back(desk, one):
    answer = undo(desk, {"id": one["operation_id"]})
    return answer, settled(desk, one)


def tags_of(desk, *tickets):
    return [desk.get(f"/tickets/{ticket['id']}").json["tags"] for ticket in tickets]


def uses(desk):
    return {each["name"]: each["uses"] for each in desk.get("/tags").json["items"]}


def sound(desk):
    """Counters are what is there."""
    expect([each for each in desk.run("check").splitlines() if "wrong" in each and " 0 " not in each], [])


def test_a_tag_is_renamed_everywhere(desk):
    one, two = desk.customer_writes(tags=["vpi", "north"]), desk.customer_writes(tags=["x", "vpi"])
    other = desk.customer_writes(tags=["north"])
    merged = desk.customer_writes(subject="Merged", tags=["vpi"])
    merge(desk, merged["id"], two["id"], requesters="join")
    before = desk.get(f"/tickets/{one['id']}").json
    done = changed(desk, " VPI ", "VIP")
    expect((done["tag"], done["to"], done["total"], done["done"], done["state"], done["author"]["name"]), ("vpi", "vip", 3, 3, "done", "Jana Petersen"))
    expect(tags_of(desk, one, two, other, merged), [["vip", "north"], ["x", "vip"], ["north"], ["vip"]])
    after = desk.get(f"/tickets/{one['id']}").json
    expect((after["updated_at"], after["version"]), (before["updated_at"], before["version"] + 1))
    expect(desk.get(f"/tickets/{one['id']}/history").json["items"][0]["data"], {"tags": [["vpi", "north"], ["vip", "north"]]})
    expect(uses(desk)["vip"], 3)
    expect("vpi" in uses(desk), False)
    expect(len(desk.get("/tickets?tag=vip").json["items"]), 2)


def test_views_search_and_writers_follow_the_new_name(desk):
    view = desk.post("/views", {"name": "v", "condition": "tag:vpi"}).json
    one = desk.customer_writes(subject="One", tags=["vpi"])
    settles(desk, view["id"], 1)
    changed(desk, "vpi", "vip")
    two = desk.customer_writes(subject="Two", tags=["vpi", "VIP"])
    expect(two["tags"], ["vip"])
    settles(desk, view["id"], 2)
    for query in ("tag:vpi", "tag:vip"):
        expect(sorted(each["subject"] for each in desk.get(f"/search?q={query}").json["items"]), ["One", "Two"])
    expect(len(desk.get("/tickets?tag=vpi").json["items"]), 2)
    expect(len(desk.get(f"/views/{view['id']}/tickets").json["items"]), 2)
    changed(desk, "vip", "important")
    settles(desk, view["id"], 2)
    expect(desk.patch(f"/tickets/{one['id']}", {"tags": ["vpi"]}).json["tags"], ["important"])
    names = desk.get("/tag-aliases").json["items"]
    expect([(each["tag"], each["meaning"]) for each in names], [("vip", "important"), ("vpi", "vip")])
    expect(desk.ask("DELETE", f"/tag-aliases/{names[1]['id']}").status, 204)
    expect(desk.patch(f"/tickets/{one['id']}", {"tags": ["vpi"]}).json["tags"], ["vpi"])
    settles(desk, view["id"], 1)


def test_merging_is_taken_back_ticket_by_ticket(desk):
    one, both = desk.customer_writes(tags=["bill"]), desk.customer_writes(tags=["invoice", "bill"])
    invoice, touched = desk.customer_writes(tags=["invoice"]), desk.customer_writes(tags=["bill"])
    done = changed(desk, "bill", "invoice")
    expect(tags_of(desk, one, both, invoice), [["invoice"], ["invoice"], ["invoice"]])
    expect(uses(desk), {"invoice": 4})
    desk.patch(f"/tickets/{touched['id']}", {"tags": ["done"]})
    said, back = given_back(desk, done)
    expect(([(each["field"], each["code"], each["count"]) for each in said["kept"]], back["state"], back["done"]), ([("tags", "changed", 1)], "undone", 0))
    expect(tags_of(desk, one, both, invoice, touched), [["bill"], ["invoice", "bill"], ["invoice"], ["done"]])
    expect(uses(desk), {"bill": 2, "invoice": 2, "done": 1})
    expect(desk.get("/tag-aliases").json["items"], [])
    expect(desk.post(f"/operations/{done['operation_id']}/undo").status, 409)
    expect(desk.customer_writes(tags=["bill"])["tags"], ["bill"])


def test_a_removed_tag_comes_back(desk):
    one, two = desk.customer_writes(tags=["old", "x"]), desk.customer_writes(tags=["old"])
    done = changed(desk, "old", None)
    expect((tags_of(desk, one, two), uses(desk)), ([["x"], []], {"x": 1}))
    given_back(desk, done)
    expect((tags_of(desk, one, two), uses(desk)), ([["x", "old"], ["old"]], {"x": 1, "old": 2}))


def test_there_and_back_again_by_hand(desk):
    one = desk.customer_writes(tags=["a"])
    changed(desk, "a", "b")
    changed(desk, "b", "a")
    expect((tags_of(desk, one), [(each["tag"], each["meaning"]) for each in desk.get("/tag-aliases").json["items"]]), ([["a"]], [("b", "a")]))
    expect(desk.customer_writes(tags=["b"])["tags"], ["a"])


def test_what_is_refused(desk):
    desk.customer_writes(tags=["a"])
    for tag, to, code in (("ghost", "b", "tag_unknown"), ("a", " A", "tag_same"), ("a", " ", "invalid"), (" ", "a", "invalid")):
        expect(change(desk, tag, to, status=422)["errors"][0]["code"], code)
    desk.run("user", "add", "bob@theke.test", "--name", "Bob", "--role", "agent", "--password-stdin", stdin="ein gutes Passwort\n")
    token = desk.run("token", "create", "bob@theke.test").strip()
    change(desk, "a", "b", status=403, token=token)
    expect((desk.get("/tag-changes", token=token).status, desk.get("/tag-aliases", token=token).status), (403, 403))
    done = changed(desk, "a", "b")
    expect((desk.post(f"/operations/{done['operation_id']}/undo", token=token).status, desk.get("/tag-changes/99").status), (403, 404))
    shown = desk.get(f"/operations/{done['operation_id']}", token=token)
    expect("\"a\"" in shown.body.decode(), False)


def test_a_killed_program_goes_on_where_it_stopped(desk):
    ticket = desk.customer_writes(tags=["north"])
    many = 600
    desk.rows("INSERT INTO ticket (subject, requester_id, team_id, state_id, category, priority, channel, is_spam, is_active, tags, created_at, updated_at) "
              f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many}) "
              f"SELECT 's', requester_id, team_id, state_id, category, priority, channel, 0, 1, '[\"many\"]', created_at, updated_at FROM ticket, n WHERE ticket.id = {ticket['id']}")
    desk.rows("INSERT INTO ticket_tag (ticket_id, tag, shelf, team_id, assignee_id, category, priority, created_at, updated_at) "
              "SELECT id, 'many', 0, team_id, assignee_id, category, priority, created_at, updated_at FROM ticket WHERE subject = 's'")
    desk.rows(f"INSERT INTO ticket_tag_count (tag, team_id, assignee_id, uses) SELECT 'many', team_id, 0, {many} FROM ticket WHERE id = {ticket['id']}")
    one = change(desk, "many", "few")
    soon(lambda: desk.get(f"/tag-changes/{one['id']}").json["done"], "some tickets")
    desk.kill()
    desk.start()
    done = settled(desk, one)
    expect((done["total"], done["done"]), (many, many))
    expect((uses(desk), len(desk.rows("SELECT 1 FROM ticket WHERE tags = '[\"few\"]'"))), ({"few": many, "north": 1}, many))
    back = change(desk, "few", None)
    undo(desk, {"id": back["operation_id"]})
    expect(settled(desk, back)["state"], "undone")
    expect(uses(desk), {"few": many, "north": 1})


if __name__ == "__main__":
    run_all(__name__)
