"""Views: conditions with a name, their tickets, their rights, and counters that are kept."""
import random
import time
import urllib.parse

from desk import expect, run_all


def ticket(desk, subject, **more):
    return desk.customer_writes(subject=subject, **more)


def counter(desk, view, **more):
    return next((each["count"] for each in desk.get("/counters", **more).json["views"] if each["id"] == view), None)


def settles(desk, view, wanted, **more):
    """The counter comes to be so."""
    until = time.monotonic() + 10
    while counter(desk, view, **more) != wanted and time.monotonic() < until:
        time.sleep(0.05)
    expect(counter(desk, view, **more), wanted)


def make(desk, condition, name="View", status=201, **more):
    answer = desk.post("/views", {"name": name, "condition": condition, **{key: value for key, value in more.items() if key != "token"}},
                       **({"token": more["token"]} if "token" in more else {}))
    expect(answer.status, status, answer.body.decode())
    return answer.json


def subjects(desk, view, query="", **more):
    answer = desk.get(f"/views/{view}/tickets{query}", **more)
    expect(answer.status, 200, answer.body.decode())
    return [item["subject"] for item in answer.json["items"]]


def test_a_view_lists_and_counts_what_its_condition_finds(desk):
    one = ticket(desk, "One", tags=["vip"], priority="high")
    ticket(desk, "Two", priority="urgent")
    view = make(desk, "prio:>=hoch  is:unassigned")
    expect(view["condition"], "priority:>=high is:unassigned")
    expect(view["tree"]["all"][0], {"field": "priority", "compare": ">=", "value": "high"})
    expect(sorted(subjects(desk, view["id"])), ["One", "Two"])
    settles(desk, view["id"], 2)
    desk.patch(f"/tickets/{one['id']}", {"assignee": 1})
    settles(desk, view["id"], 1)
    ticket(desk, "Three", priority="high")
    settles(desk, view["id"], 2)
    expect(sorted(subjects(desk, view["id"])), ["Three", "Two"])


def test_spam_and_merged_tickets_are_found_by_who_asks_for_them(desk):
    seen, spam, merged, kept = (ticket(desk, subject, tags=["x"]) for subject in ("Seen", "Spam", "Merged", "Kept"))
    desk.patch(f"/tickets/{spam['id']}", {"is_spam": True})
    done = desk.post(f"/tickets/{merged['id']}/merge", {"into": kept["id"]})
    expect(done.status, 200, done.body.decode())
    for condition, wanted in (("tag:x", ["Kept", "Seen"]), ("is:spam", ["Spam"]), ("is:merged", ["Merged"]), ("is:spam tag:x", ["Spam"]),
                              ("is:merged tag:x", ["Merged"]), ("is:spam OR is:merged OR state:new", ["Kept", "Merged", "Seen", "Spam"]),
                              ("tag:x (is:spam OR is:merged)", ["Merged", "Spam"])):
        view = make(desk, condition)
        for order in ("updated_at", "-created_at", "priority"):
            expect(sorted(subjects(desk, view["id"], f"?sort={order}")), wanted, (condition, order))
        settles(desk, view["id"], len(wanted))


def test_a_changed_view_is_counted_anew(desk):
    ticket(desk, "One", tags=["a"])
    ticket(desk, "Two", tags=["b"])
    view = make(desk, "tag:a OR tag:b")
    settles(desk, view["id"], 2)
    changed = desk.patch(f"/views/{view['id']}", {"tree": {"field": "tag", "value": "a"}}, headers={"If-Match": f'"{view["version"]}"'}).json
    expect((changed["condition"], changed["version"]), ("tag:a", 2))
    settles(desk, view["id"], 1)
    expect(desk.patch(f"/views/{view['id']}", {"name": "x"}, headers={"If-Match": '"1"'}).status, 412)
    expect(desk.ask("DELETE", f"/views/{view['id']}").status, 204)
    expect(counter(desk, view["id"]), None)
    expect(desk.get(f"/views/{view['id']}").status, 404)


def agent(desk, name, role="agent", teams=None):
    email = f"{name}@theke.test"
    desk.run("user", "add", email, "--name", name.title(), "--role", role, "--password-stdin", stdin="ein gutes Passwort\n")
    token = desk.run("token", "create", email).strip()
    me = desk.get("/me", token=token).json
    if teams is not None:
        expect(desk.patch(f"/staff/{me['id']}", {"teams": teams}).status, 200)
    return token, me["id"]


def test_each_counts_what_they_may_see(desk):
    other = desk.post("/teams", {"name": "Returns", "members": [1]}).json["id"]
    token, bob = agent(desk, "bob", teams=[1])
    for subject, team in (("One", 1), ("Two", other), ("Three", other)):
        ticket(desk, subject, team=str(team))
    three = desk.get("/search?q=team:returns").json["items"][0]
    view = make(desk, "is:active", scope="global")
    settles(desk, view["id"], 3)
    settles(desk, view["id"], 1, token=token)
    expect(subjects(desk, view["id"], token=token), ["One"])
    desk.patch(f"/tickets/{three['id']}", {"assignee": bob})
    settles(desk, view["id"], 2, token=token)
    expect(len(subjects(desk, view["id"], token=token)), 2)
    settles(desk, view["id"], 3)


def test_me_is_whoever_looks(desk):
    token, bob = agent(desk, "bob")
    for subject, assignee in (("One", 1), ("Two", bob), ("Three", bob), ("Four", None)):
        made = ticket(desk, subject)
        if assignee:
            desk.patch(f"/tickets/{made['id']}", {"assignee": assignee})
    mine, others = make(desk, "assignee:me", scope="global"), make(desk, "is:assigned -assignee:me", scope="global")
    for who, own, rest in ((None, 1, 2), (token, 2, 1)):
        more = {"token": who} if who else {}
        settles(desk, mine["id"], own, **more)
        settles(desk, others["id"], rest, **more)
        expect((len(subjects(desk, mine["id"], **more)), len(subjects(desk, others["id"], **more))), (own, rest))
    own = make(desk, "owner:me", scope="global")
    expect((own["is_counted"], counter(desk, own["id"])), (False, None))


def test_who_may_see_and_change_which_view(desk):
    token, bob = agent(desk, "bob", teams=[1])
    other = desk.post("/teams", {"name": "Returns", "members": [1]}).json["id"]
    mine, for_all = make(desk, "is:active", "Mine"), make(desk, "is:active", "All", scope="global")
    of_team, of_other = make(desk, "is:active", "Team", scope="team", team=1), make(desk, "is:active", "Other", scope="team", team=other)
    expect([each["name"] for each in desk.get("/views", token=token).json["items"]], ["All", "Team"])
    expect([each["may_change"] for each in desk.get("/views", token=token).json["items"]], [False, False])
    for view in (mine, of_other):
        expect(desk.get(f"/views/{view['id']}", token=token).status, 404)
        expect(desk.get(f"/views/{view['id']}/tickets", token=token).status, 404)
        expect(desk.ask("DELETE", f"/views/{view['id']}", token=token).status, 404)
    for view in (for_all, of_team):
        expect(desk.ask("DELETE", f"/views/{view['id']}", token=token).status, 403)
    expect(desk.post("/views", {"name": "x", "scope": "global"}, token=token).status, 422)
    his = make(desk, "assignee:me", "His", token=token)
    expect(desk.get(f"/views/{his['id']}").status, 404)
    expect({each["id"] for each in desk.get("/counters", token=token).json["views"]} & {mine["id"], of_other["id"]}, set())


def test_views_stand_in_their_order(desk):
    names = [make(desk, "", name)["id"] for name in ("a", "b", "c")]
    desk.ask("PUT", "/views/order", {"views": [names[2], names[0], names[1]]})
    expect([each["name"] for each in desk.get("/views").json["items"]], ["c", "a", "b"])


def test_a_wrong_condition_is_refused_at_its_place(desk):
    for body, field, code in (({"condition": "staet:open"}, "condition", "unknown_filter"), ({"condition": "state:sleeping"}, "condition", "unknown_state"),
                              ({"condition": "field.colour:red"}, "condition", "unknown_field"), ({"condition": "lamp"}, "condition", "words_in_view"),
                              ({"tree": {"all": [{"field": "priority", "compare": ">", "value": "hihg"}]}}, "tree.all[0].value", "bad_value"),
                              ({"columns": ["nothing"]}, "columns", "unknown"), ({"scope": "team"}, "team", "required")):
        answer = desk.post("/views", {"name": "x", **body})
        expect((answer.status, answer.json["errors"][0]["field"], answer.json["errors"][0]["code"]), (422, field, code))
    wrong = desk.post("/views", {"name": "x", "condition": "a OR team:nobody"}).json["errors"][0]
    expect((wrong["position"], wrong["length"]), (11, 6))


def test_a_condition_is_tried_before_it_is_saved(desk):
    ticket(desk, "One", priority="high")
    ticket(desk, "Two")
    tried = desk.post("/conditions/preview", {"condition": "priority:>normal OR (tag:x -tag:y)"}).json
    expect((tried["count"], tried["is_whole"], tried["condition"]), (1, True, "priority:>normal OR tag:x -tag:y"))
    again = desk.post("/conditions/preview", {"tree": tried["tree"]}).json
    expect(again, tried)
    expect(desk.post("/conditions/preview", {"condition": "lamp"}).json["count"], None)


def test_pages_of_a_view_follow_each_other(desk):
    for number in range(25):
        ticket(desk, f"T{number:02}", priority="high" if number % 2 else "low")
    view = make(desk, "priority:high channel:api,mail,form")
    for sort in ("-created_at", "updated_at", "-priority"):
        seen, cursor = [], ""
        while cursor is not None:
            page = desk.get(f"/views/{view['id']}/tickets?limit=5&sort={sort}{cursor}").json
            seen += [item["subject"] for item in page["items"]]
            cursor = page["next"] and "&cursor=" + urllib.parse.quote(page["next"])
        expect(sorted(seen), [f"T{number:02}" for number in range(1, 25, 2)])


def test_the_clock_moves_tickets(desk):
    made = ticket(desk, "One")
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 63))
    desk.patch(f"/tickets/{made['id']}", {"state": "waiting", "waiting_reason": "date", "waiting_until": soon})
    view = make(desk, "until:<1min")
    expect(subjects(desk, view["id"]), [])
    settles(desk, view["id"], 0)
    settles(desk, view["id"], 1)
    expect(subjects(desk, view["id"]), ["One"])


def test_a_new_name_of_team_or_person_counts(desk):
    token, bob = agent(desk, "bob")
    made = ticket(desk, "One", email="ana@example.org", name="Ana")
    desk.patch(f"/tickets/{made['id']}", {"assignee": bob})
    of_bob, of_zoe, of_eva = make(desk, "assignee:bob"), make(desk, "assignee:zoe"), make(desk, "requester:eva")
    settles(desk, of_bob["id"], 1)
    settles(desk, of_zoe["id"], 0)
    settles(desk, of_eva["id"], 0)
    desk.patch(f"/people/{made['requester']['id']}", {"name": "Eva Ana"})
    settles(desk, of_eva["id"], 1)
    expect(desk.patch("/me", {"name": "Zoe"}, token=token).status, 200)
    settles(desk, of_zoe["id"], 1)


CONDITIONS = ["is:active", "is:unassigned is:active", "assignee:me", "priority:>=high", "state:resolved,closed", "state:working", "tag:a -tag:b", "created:<1h",
              "created:today", "messages:>1", "is:answered", "updated:>1min", "-state:open (tag:a OR tag:b)", "is:spam", "waiting:customer", ""]


def stir(desk, chance, ids):
    """One thing that happens."""
    what = chance.randrange(6)
    if what == 0 or not ids:
        ids.append(ticket(desk, f"T{len(ids)}", tags=chance.sample(["a", "b", "c"], chance.randrange(3)))["id"])
        return
    one = chance.choice(ids)
    changes = [{"assignee": chance.choice([None, 1])}, {"priority": chance.choice(["low", "normal", "high", "urgent"])},
               {"state": chance.choice(["open", "resolved", "closed"])}, {"tags": chance.sample(["a", "b", "c"], chance.randrange(3))}, {"is_spam": chance.random() < 0.2}]
    desk.patch(f"/tickets/{one}", changes[what - 1])


def counted(desk, view):
    seen, cursor = 0, ""
    while cursor is not None:
        page = desk.get(f"/views/{view}/tickets?limit=200{cursor}").json
        seen += len(page["items"])
        cursor = page["next"] and "&cursor=" + urllib.parse.quote(page["next"])
    return seen


def test_counters_are_exact_whatever_ends_the_program(desk):
    chance, ids = random.Random(5), []
    views = [make(desk, condition, condition or "all", scope="global")["id"] for condition in CONDITIONS]
    for _ in range(4):
        for _ in range(25):
            stir(desk, chance, ids)
        desk.kill()
        desk.start()
    for view in views:
        settles(desk, view, counted(desk, view))
    until = time.monotonic() + 10
    while "still being counted" in desk.run("check"):
        expect(time.monotonic() < until, True)


def test_wrong_counters_are_found_and_counted_anew(desk):
    ticket(desk, "One")
    view = make(desk, "is:active", scope="global")
    settles(desk, view["id"], 1)
    if desk.database != "sqlite":
        return
    import sqlite3
    with sqlite3.connect(desk.data / "theke.db") as store:
        store.execute("UPDATE view_team_count SET others = 7")
    store.close()
    done = desk.run("check", check=False)
    expect((done.returncode, "counters of views are wrong" in done.stderr), (1, True))
    desk.run("recount")
    settles(desk, view["id"], 1)
    expect(desk.run("check", check=False).returncode, 0)


if __name__ == "__main__":
    run_all(__name__)
