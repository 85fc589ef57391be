"""Lists of tickets as the members of a small team see them, by every filter, page by page, and the counters beside them."""
import time

from desk import expect, run_all


def small_team(desk):
    """An agent of a team of her own beside Support, with her token."""
    team = desk.post("/teams", {"name": "Small", "slug": "small"}).json["id"]
    staff = desk.post("/staff", {"email": "lea@theke.test", "name": "Lea", "role": "agent", "teams": [team]}).json["id"]
    desk.rows(f"UPDATE staff SET state = 'active' WHERE id = {staff}")
    return team, staff, desk.run("token", "create", "lea@theke.test").strip()


def walk(desk, query, token):
    seen, cursor = [], ""
    while cursor is not None:
        page = desk.get(f"/tickets?{query}&limit=3{cursor}", token=token)
        expect(page.status, 200, page.body)
        seen += [t["id"] for t in page.json["items"]]
        cursor = "&cursor=" + page.json["next"] if page.json["next"] else None
    return seen


def test_each_list_of_a_small_team_holds_what_its_members_see(desk):
    team, lea, token = small_team(desk)
    made = []
    for number in range(16):
        own, spam, state = number % 2 == 0, number % 8 == 6, ["open", "resolved", "open"][number % 3]
        ticket = desk.customer_writes(subject=f"Number {number}", team="small" if own else "support", email=f"c{number % 4}@example.org",
                                      priority=["low", "normal", "high", "urgent"][number % 4], tags=["vip"] if number % 5 == 0 else [])
        assignee = lea if number % 4 in (0, 1) else None
        expect(desk.patch(f"/tickets/{ticket['id']}", {"state": state, "assignee": assignee, "is_spam": spam}).status, 200)
        made.append({"id": ticket["id"], "requester": ticket["requester"]["id"], "vip": number % 5 == 0, "state": state, "spam": spam,
                     "assignee": assignee, "own": own})
    seen = [m for m in made if m["own"] or m["assignee"] == lea]
    fits = {
        "state=all": lambda m: not m["spam"], "state=active": lambda m: not m["spam"] and m["state"] == "open", "spam=true": lambda m: m["spam"],
        "tag=vip": lambda m: not m["spam"] and m["vip"], "tag=nope": lambda m: False, "state=resolved": lambda m: not m["spam"] and m["state"] == "resolved",
        "assignee=me": lambda m: not m["spam"] and m["assignee"] == lea, "assignee=none": lambda m: not m["spam"] and not m["assignee"],
        "team=small": lambda m: not m["spam"] and m["own"], "team=support": lambda m: not m["spam"] and not m["own"],
        f"requester={made[0]['requester']}": lambda m: not m["spam"] and m["requester"] == made[0]["requester"],
        "tag=vip&spam=true": lambda m: m["spam"] and m["vip"], "tag=vip&assignee=none": lambda m: not m["spam"] and m["vip"] and not m["assignee"],
        f"tag=vip&assignee={lea}": lambda m: not m["spam"] and m["vip"] and m["assignee"] == lea,
        "tag=vip&team=support": lambda m: not m["spam"] and m["vip"] and not m["own"],
        f"tag=vip&requester={made[1]['requester']}": lambda m: not m["spam"] and m["vip"] and m["requester"] == made[1]["requester"],
        f"requester={made[0]['requester']}&assignee=none&state=open": lambda m: not m["spam"] and m["requester"] == made[0]["requester"]
                                                                      and not m["assignee"] and m["state"] == "open",
        "team=support&assignee=none": lambda m: not m["spam"] and not m["own"] and not m["assignee"],
        f"team=support&assignee={lea}": lambda m: not m["spam"] and not m["own"] and m["assignee"] == lea,
        "spam=true&team=small&state=open": lambda m: m["spam"] and m["own"] and m["state"] == "open", "spam=true&assignee=none": lambda m: m["spam"] and not m["assignee"],
        "tag=vip&state=active": lambda m: not m["spam"] and m["vip"] and m["state"] == "open", f"assignee={lea + 1}": lambda m: False,
    }
    for query, fit in fits.items():
        for sort in ("", "&sort=created_at", "&sort=-created_at", "&sort=priority", "&sort=-priority", "&sort=updated_at"):
            for who, whole in ((token, seen), (True, made)):
                if query == "assignee=me" and who is True:
                    continue
                found = walk(desk, query + sort, who)
                expect(sorted(found), sorted(m["id"] for m in whole if fit(m)), query + sort)
                if "created_at" in sort:
                    expect(found, sorted(found, reverse="-" in sort))


def tags(desk, token=True):
    return {t["name"]: t["uses"] for t in desk.get("/tags", token=token).json["items"]}


def test_a_tag_counts_and_orders_with_its_tickets(desk):
    team, lea, token = small_team(desk)
    first = desk.customer_writes(team="small", tags=["vip", "late", "vip"])["id"]
    second = desk.customer_writes(tags=["vip"])["id"]
    third = desk.customer_writes()["id"]
    expect((tags(desk), tags(desk, token)), ({"vip": 2, "late": 1}, {"vip": 1, "late": 1}))
    steps = [
        ({"assignee": lea}, second, {"vip": 2, "late": 1}), ({"assignee": None}, second, {"vip": 1, "late": 1}), ({"team": team}, second, {"vip": 2, "late": 1}),
        ({"tags": ["late"]}, second, {"vip": 1, "late": 2}), ({"tags": ["new"], "assignee": lea}, third, {"vip": 1, "late": 2, "new": 1}),
        ({"tags": []}, first, {"late": 1, "new": 1}), ({"tags": ["vip"], "is_spam": True}, first, {"late": 1, "new": 1, "vip": 1}),
    ]
    for change, ticket, counted in steps:
        expect(desk.patch(f"/tickets/{ticket}", change).status, 200)
        expect(tags(desk, token), counted, change)
    expect(desk.patch(f"/tickets/{first}", {"is_spam": False}).status, 200)
    expect(desk.patch(f"/tickets/{second}", {"tags": ["vip"]}).status, 200)
    listed = lambda: [t["id"] for t in desk.get("/tickets?tag=vip").json["items"]]
    expect(listed(), [second, first])
    desk.post(f"/tickets/{first}/messages", {"text": "Here I am", "audience": "internal"})
    expect(listed(), [first, second])
    desk.patch(f"/tickets/{second}", {"priority": "urgent"})
    expect([t["id"] for t in desk.get("/tickets?tag=vip&sort=-priority").json["items"]], [second, first])
    expect("unbroken" in desk.run("check"), True)
    desk.rows("UPDATE ticket_tag_count SET uses = uses + 1")
    expect("tags" in desk.run("check", check=False).stderr, True)


def test_a_new_ticket_is_for_a_team_of_its_opener(desk):
    team, _, token = small_team(desk)
    body = {"subject": "Hello", "text": "Hello", "requester": {"email": "ana@example.org"}}
    expect(desk.post("/tickets", {**body, "team": "support"}, token=token).status, 403)
    for more in ({}, {"team": "small"}):
        made = desk.post("/tickets", {**body, **more}, token=token)
        expect((made.status, made.json["team"]["id"]), (201, team), made.body)
        expect(desk.get(f"/tickets/{made.json['id']}", token=token).status, 200)
    expect(desk.post("/tickets", {**body, "team": "small"}).status, 201)


def test_the_days_of_a_search_are_the_reader_s(desk):
    ticket = desk.customer_writes()["id"]
    desk.rows(f"UPDATE ticket SET created_at = 1784066400000000 WHERE id = {ticket}")  # 2026-07-14T22:00:00Z
    found = lambda q: [t["id"] for t in desk.get("/search?q=" + q).json["items"]]
    for zone, day in (("Europe/Berlin", 15), ("UTC", 14), ("America/New_York", 14)):
        expect(desk.patch("/me", {"zone": zone}).status, 200)
        expect([(found(f"on:2026-07-{d}"), found(f"before:2026-07-{d}"), found(f"after:2026-07-{d}")) for d in (day,)], [([ticket], [], [ticket])], zone)


def test_a_zone_that_does_not_exist_is_refused(desk):
    for zone in ("Mars/Olympus", "Europe/berlin", "", "CET-1CEST", "+02:00", "../../../etc/passwd", "posix/Europe/Berlin"):
        refused = desk.patch("/me", {"zone": zone})
        expect((refused.status, [(error["field"], error["code"]) for error in refused.json["errors"]]), (422, [("zone", "unknown")]), zone)
    expect(desk.get("/me").json["zone"], "Europe/Berlin")


def count(desk, token=True):
    return {key: value for key, value in desk.get("/counters", token=token).json.items() if key not in ("drafts", "views")}


def test_what_waits_leaves_the_work_and_has_lists_of_its_own(desk):
    team, lea, token = small_team(desk)
    ids = [desk.customer_writes(subject=f"Number {number}", team="small" if number % 2 else "support", email=f"c{number % 2}@example.org")["id"] for number in range(6)]
    for ticket, days in ((ids[1], 5), (ids[2], 3), (ids[3], 4), (ids[5], 2)):
        later = time.strftime("%Y-%m-%dT08:00:00Z", time.gmtime(time.time() + days * 86400))
        expect(desk.patch(f"/tickets/{ticket}", {"state": "waiting", "waiting_reason": "date", "waiting_until": later, "tags": ["vip"]}).status, 200)
    expect(desk.patch(f"/tickets/{ids[4]}", {"state": "waiting", "waiting_reason": "customer"}).status, 200)
    desk.patch(f"/tickets/{ids[3]}", {"assignee": lea})
    expect(walk(desk, "state=working", True), [ids[0]])
    expect((sorted(walk(desk, "state=active", True)), sorted(walk(desk, "state=waiting", True))), (ids, ids[1:]))
    expect((walk(desk, "snoozed=true", True), walk(desk, "snoozed=true", token)), ([ids[5], ids[2], ids[3], ids[1]], [ids[5], ids[3], ids[1]]))
    expect((walk(desk, "snoozed=true&assignee=none", token), walk(desk, "snoozed=true&team=support", True)), ([ids[5], ids[1]], [ids[2]]))
    requester = desk.get(f"/tickets/{ids[1]}").json["requester"]["id"]
    expect((walk(desk, f"snoozed=true&requester={requester}&tag=vip", True), walk(desk, "snoozed=true&assignee=me", token)), ([ids[5], ids[3], ids[1]], [ids[3]]))
    desk.patch(f"/tickets/{ids[5]}", {"state": "open"})
    expect((walk(desk, "snoozed=true", True), sorted(walk(desk, "state=working", True))), ([ids[2], ids[3], ids[1]], [ids[0], ids[5]]))


def test_counters_follow_each_change(desk):
    team, lea, token = small_team(desk)
    first, second = (desk.customer_writes(team="small")["id"] for _ in range(2))
    third = desk.customer_writes()["id"]
    steps = [
        ({}, first, (2, 2, 0)), ({"assignee": lea}, first, (2, 1, 1)), ({"team": "support"}, first, (1, 1, 1)), ({"team": team}, first, (2, 1, 1)),
        ({"state": "resolved"}, first, (1, 1, 0)), ({"state": "open"}, first, (2, 1, 1)), ({"is_spam": True}, second, (1, 0, 1)),
        ({"is_spam": False, "assignee": lea}, second, (2, 0, 2)), ({"assignee": None}, second, (2, 1, 1)), ({"assignee": lea}, third, (2, 1, 2)),
        ({"state": "waiting", "waiting_reason": "customer"}, second, (1, 0, 2)), ({"state": "open"}, second, (2, 1, 2)),
    ]
    for change, ticket, (open_, unassigned, mine) in steps:
        expect(desk.patch(f"/tickets/{ticket}", change).status if change else 200, 200)
        expect(count(desk, token), {"teams": [{"id": team, "open": open_, "unassigned": unassigned}], "open": open_, "unassigned": unassigned, "mine": mine}, change)
    expect((count(desk)["open"], desk.run("check") != ""), (3, True))
    desk.rows("UPDATE ticket_count SET working = working + 5")
    expect("counters" in desk.run("check", check=False).stderr, True)
    desk.kill()
    desk.start()
    expect(count(desk)["open"], 3)


if __name__ == "__main__":
    run_all(__name__)
