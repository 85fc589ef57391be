"""Fields of tickets that the house defines: their types, what fits, what is searched and counted."""
import time
import urllib.parse

from desk import expect, run_all


def define(desk, key, type, status=201, **more):
    answer = desk.post("/fields", {"key": key, "type": type, "labels": {"de": key.title()}, **more})
    expect(answer.status, status, answer.body.decode())
    return answer.json


def put(desk, ticket, status=200, **fields):
    answer = desk.patch(f"/tickets/{ticket['id']}", {"fields": fields})
    expect(answer.status, status, answer.body.decode())
    return answer.json


def choices(*keys):
    return [{"key": key, "labels": {"de": key.title(), "en": f"The {key}"}} for key in keys]


def settles(desk, view, wanted, more=""):
    """The counter comes to be so."""
    until, count = time.monotonic() + 10, None
    while time.monotonic() < until and count != wanted:
        count = next((each["count"] for each in desk.get("/counters").json["views"] if each["id"] == view), None)
        time.sleep(0.03)
    expect(count, wanted, more)


def found(desk, condition):
    """What search, a view and the view's counter say; they must agree."""
    listed = [each["subject"] for each in desk.get(f"/search?q={urllib.parse.quote(condition)}").json["items"]]
    view = desk.post("/views", {"name": condition[:60], "condition": condition})
    expect(view.status, 201, view.body.decode())
    rows = sorted(each["subject"] for each in desk.get(f"/views/{view.json['id']}/tickets").json["items"])
    expect(sorted(listed), rows, condition)
    settles(desk, view.json["id"], len(rows), condition)
    return rows


def test_a_field_is_defined_and_changed(desk):
    made = define(desk, "order", "text", minimum="4", maximum="12", mask="AA-*")
    expect((made["labels"], made["position"], made["is_active"], made["teams"]), ({"de": "Order", "en": "Order", "hu": "Order"}, 1, True, []))
    other = define(desk, "colour", "choice", choices=choices("red", "blue"))
    expect(other["choices"][0], {"key": "red", "labels": {"de": "Red", "en": "The red", "hu": "Red"}, "is_active": True})
    changed = desk.patch(f"/fields/{other['id']}", {"choices": choices("red", "green"), "labels": {"en": "Colour"}}, headers={"If-Match": '"1"'}).json
    expect([(each["key"], each["is_active"]) for each in changed["choices"]], [("red", True), ("green", True), ("blue", False)])
    expect(desk.patch(f"/fields/{other['id']}", {"is_active": False}, headers={"If-Match": '"1"'}).status, 412)
    desk.ask("PUT", "/fields/order", {"fields": [other["id"], made["id"]]})
    expect([each["key"] for each in desk.get("/fields").json["items"]], ["colour", "order"])
    define(desk, "order", "number", status=422)
    define(desk, "Order", "number", status=422)
    define(desk, "a", "number", minimum="x", status=422)
    define(desk, "a", "date", minimum="2026-02-01", maximum="2026-01-01", status=422)
    define(desk, "a", "choice", status=422)
    define(desk, "a", "text", teams=[999], status=422)
    expect(desk.get("/fields/99").status, 404)


def test_a_choice_is_among_so_many_and_no_more(desk):
    many = choices(*(f"a{n}" for n in range(200)))
    first, second = define(desk, "first", "choice", choices=many), define(desk, "second", "choice", choices=many)
    desk.customer_writes(subject="One", fields={"first": "a1", "second": "a199"})
    desk.customer_writes(subject="Two", fields={"first": "a2"})
    expect(found(desk, "field.first:a* field.second:a*"), ["One"])
    expect(desk.patch(f"/fields/{first['id']}", {"choices": choices(*(f"b{n}" for n in range(200)))}).status, 200)
    many = desk.patch(f"/fields/{first['id']}", {"choices": choices(*(f"c{n}" for n in range(200)))})
    expect((many.status, many.json["errors"][0]["code"]), (422, "too_many"))
    expect(desk.ask("PUT", "/fields/order", {"fields": [second["id"], 99]}).status, 404)


def test_few_that_hold_a_value_are_on_one_page_in_every_order(desk):
    define(desk, "order", "text")
    desk.post("/teams", {"name": "Returns"})
    for n, subject in enumerate(("One", "Two", "Three")):
        desk.customer_writes(subject=subject, fields={"order": f"K-{n}"}, tags=["vip"], priority="high" if n == 1 else "low", team=str(1 + n % 2))
    desk.customer_writes(subject="Other", tags=["vip"])
    spam = desk.customer_writes(subject="Spam", fields={"order": "K-9"})
    desk.patch(f"/tickets/{spam['id']}", {"is_spam": True})
    view = desk.post("/views", {"name": "v", "condition": "field.order:k* tag:vip state:active", "sort": "-created_at"}).json
    page = lambda view, more="": desk.get(f"/views/{view['id']}/tickets{more}").json
    expect([each["subject"] for each in page(view)["items"]], ["Three", "Two", "One"])
    first = page(view, "?limit=2")
    expect([each["subject"] for each in first["items"]], ["Three", "Two"])
    rest = page(view, f"?limit=2&cursor={first['next']}")
    expect(([each["subject"] for each in rest["items"]], rest["next"]), (["One"], None))
    view = desk.post("/views", {"name": "w", "condition": "field.order:k* is:unanswered", "sort": "-priority"}).json
    expect(page(view)["items"][0]["subject"], "Two")
    expect(sorted(each["subject"] for each in page(desk.post("/views", {"name": "s", "condition": "field.order:k* is:spam"}).json)["items"]), ["Spam"])


def test_only_who_manages_fields_defines_them(desk):
    desk.run("user", "add", "bob@theke.test", "--name", "Bob", "--role", "agent", "--password-stdin", stdin="ein gutes Passwort\n")
    token = desk.run("token", "create", "bob@theke.test").strip()
    expect(desk.post("/fields", {"key": "a", "type": "text", "labels": {"de": "A"}}, token=token).status, 403)
    expect(desk.get("/fields", token=token).status, 200)


def refused(desk, ticket, key, value):
    answer = desk.patch(f"/tickets/{ticket['id']}", {"fields": {key: value}})
    expect(answer.status, 422, (key, value, answer.body.decode()))
    return [(each["field"], each["code"]) for each in answer.json["errors"]]


def test_values_fit_their_types(desk):
    for key, type, more in (("name", "text", {"minimum": "2", "maximum": "5"}), ("serial", "text", {"mask": "AA-999*"}), ("notes", "long_text", {}),
                            ("amount", "number", {"minimum": "0", "maximum": "99,5"}), ("due", "date", {"minimum": "2026-01-01"}), ("paid", "boolean", {}),
                            ("colour", "choice", {"choices": choices("red", "blue")}), ("extras", "multi_choice", {"choices": choices("a", "b", "c"), "maximum": "2"}),
                            ("page", "url", {})):
        define(desk, key, type, **more)
    ticket = desk.customer_writes()
    expect(ticket["fields"], {})
    whole = {"name": "Ánna", "serial": "kß-12345", "notes": "eins\nzwei", "amount": 12.1, "due": "2026-02-28", "paid": False, "colour": "red",
             "extras": ["c", "a", "c"], "page": "https://example.org/a?b"}
    kept = put(desk, ticket, **whole)["fields"]
    expect(kept, {**whole, "extras": ["a", "c"]})
    for key, value, code in (("name", "A", "too_short"), ("name", "Annabel", "too_long"), ("name", 7, "invalid"), ("name", "a\u0007b", "invalid"),
                             ("serial", "A-123", "mask"), ("serial", "AB-12", "mask"), ("amount", -1, "too_small"), ("amount", 100, "too_large"),
                             ("amount", "12", "no_number"), ("due", "2025-12-31", "too_early"), ("due", "2026-02-30", "no_day"), ("paid", "yes", "type"),
                             ("colour", "green", "no_choice"), ("colour", ["red"], "no_choice"), ("extras", ["a", "b", "c"], "too_many"),
                             ("extras", "a", "no_choice"), ("page", "javascript:alert(1)", "no_url"), ("page", "https://", "no_url"), ("ghost", 1, "unknown_field")):
        expect(refused(desk, ticket, key, value), [(f"fields.{key}", code)], (key, value))
    both = desk.patch(f"/tickets/{ticket['id']}", {"fields": {"name": "A", "amount": 100}}).json["errors"]
    expect(sorted(each["field"] for each in both), ["fields.amount", "fields.name"])
    expect(desk.get(f"/tickets/{ticket['id']}").json["fields"], kept)
    rest = put(desk, ticket, name=None, notes="  ", extras=[], paid=None)["fields"]
    expect(sorted(rest), ["amount", "colour", "due", "page", "serial"])


def test_a_change_tells_before_and_after_and_makes_a_version(desk):
    define(desk, "amount", "number")
    define(desk, "colour", "choice", choices=choices("red", "blue"))
    ticket = desk.customer_writes(fields={"colour": "red"})
    expect(ticket["fields"], {"colour": "red"})
    changed = put(desk, ticket, amount=5, colour="blue")
    expect(put(desk, ticket, amount=5)["version"], changed["version"])
    events = [each["data"] for each in desk.get(f"/tickets/{ticket['id']}/history").json["items"]]
    expect(events[0], {"field.amount": [None, 5], "field.colour": ["red", "blue"]})
    expect(events[-1]["fields"], {"colour": "red"})
    stale = desk.patch(f"/tickets/{ticket['id']}", {"fields": {"amount": 6}}, headers={"If-Match": f'"{ticket["version"]}"'})
    expect((stale.status, sorted(each["field"] for each in stale.json["errors"])), (412, ["field.amount", "field.colour"]))
    bad = desk.post("/tickets", {"subject": "x", "text": "x", "requester": {"email": "a@example.org"}, "fields": {"colour": "green"}})
    expect((bad.status, bad.json["errors"][0]["field"]), (422, "fields.colour"))


def test_a_field_belongs_to_teams_and_may_rest(desk):
    other = desk.post("/teams", {"name": "Returns"}).json["id"]
    field = define(desk, "parcel", "text", teams=[other])
    colour = define(desk, "colour", "choice", choices=choices("red", "blue"))
    ticket = desk.customer_writes()
    expect(refused(desk, ticket, "parcel", "1"), [("fields.parcel", "field_elsewhere")])
    moved = desk.patch(f"/tickets/{ticket['id']}", {"team": other, "fields": {"parcel": "1", "colour": "red"}})
    expect((moved.status, moved.json["fields"]), (200, {"parcel": "1", "colour": "red"}))
    desk.patch(f"/fields/{field['id']}", {"is_active": False})
    expect(refused(desk, ticket, "parcel", "2"), [("fields.parcel", "field_inactive")])
    desk.patch(f"/fields/{colour['id']}", {"choices": choices("blue")})
    put(desk, ticket, colour="red")
    put(desk, ticket, colour="blue")
    expect(refused(desk, ticket, "colour", "red"), [("fields.colour", "no_choice")])


def test_values_are_searched_and_counted_by_their_types(desk):
    for key, type, more in (("name", "text", {}), ("amount", "number", {}), ("due", "date", {}), ("paid", "boolean", {}),
                            ("colour", "choice", {"choices": choices("red", "blue")}), ("extras", "multi_choice", {"choices": choices("a", "b", "c")})):
        define(desk, key, type, **more)
    today = time.strftime("%Y-%m-%d", time.gmtime())
    day = lambda days: time.strftime("%Y-%m-%d", time.gmtime(time.time() + days * 86400))
    for subject, fields in (("One", {"name": "Äpfel und Birnen", "amount": 5, "due": day(-20), "paid": True, "colour": "red", "extras": ["a", "b"]}),
                            ("Two", {"name": "äpfel", "amount": 12.5, "due": day(20), "paid": False, "colour": "blue", "extras": ["b"]}),
                            ("Three", {"amount": -3, "extras": ["c"]}), ("Four", {})):
        desk.customer_writes(subject=subject, fields=fields)
    for condition, wanted in (("field.name:ÄPFEL", ["Two"]), ("feld.name:äpf*", ["One", "Two"]), ('field.name:"äpfel und birnen"', ["One"]),
                              ("-field.name:äpfel", ["Four", "One", "Three"]), ("field.amount:5", ["One"]), ("field.amount:>5", ["Two"]),
                              ("field.amount:>=5", ["One", "Two"]), ("field.amount:<0", ["Three"]), ("field.amount:12,5", ["Two"]),
                              ("field.amount:-3..5", ["One", "Three"]), ("-field.amount:>5", ["Four", "One", "Three"]),
                              (f"field.due:<{today}", ["One"]), ("field.due:>today", ["Two"]), ("field.due:<7d", ["Two"]), ("field.due:>7d", ["One"]),
                              (f"field.due:{day(-21)}..{day(-19)}", ["One"]), ("field.paid:ja", ["One"]), ("field.paid:no", ["Two"]),
                              ("-field.paid:yes", ["Four", "Three", "Two"]), ("field.colour:red", ["One"]), ("field.colour:\"the blue\"", ["Two"]),
                              ("field.extras:b", ["One", "Two"]), ("field.extras:b -field.extras:a", ["Two"]), ("field.extras:c OR field.paid:nem", ["Three", "Two"])):
        expect(found(desk, condition), sorted(wanted), condition)
    for condition, code in (("field.amount:many", "bad_number"), ("field.due:soon", "bad_time"), ("field.paid:perhaps", "bad_value"),
                            ("field.colour:green", "no_choice"), ("field.colour:>red", "bad_compare"), ("field.ghost:1", "unknown_field")):
        answer = desk.post("/conditions/preview", {"condition": condition})
        expect((answer.status, answer.json["errors"][0]["code"]), (422, code), condition)


def test_counters_follow_values_and_choices(desk):
    colour = define(desk, "colour", "choice", choices=choices("red", "blue"))
    ticket = desk.customer_writes()
    view = desk.post("/views", {"name": "v", "condition": "field.colour:red", "columns": ["number", "field.colour"]}).json
    settles(desk, view["id"], 0)
    put(desk, ticket, colour="red")
    settles(desk, view["id"], 1)
    put(desk, ticket, colour=None)
    settles(desk, view["id"], 0)
    put(desk, ticket, colour="blue")
    desk.patch(f"/fields/{colour['id']}", {"choices": [{"key": "red", "labels": {"de": "Rot"}}, {"key": "blue", "labels": {"de": "red"}}]})
    settles(desk, view["id"], 1)
    expect(desk.post("/views", {"name": "w", "columns": ["field.ghost"]}).status, 422)


def test_values_survive_merging_and_back(desk):
    define(desk, "amount", "number")
    one, two = desk.customer_writes(subject="A", fields={"amount": 1}), desk.customer_writes(subject="B", fields={"amount": 2})
    done = desk.post(f"/tickets/{one['id']}/merge", {"into": two["id"]}).json
    expect(desk.get(f"/tickets/{two['id']}").json["fields"], {"amount": 2})
    desk.post(f"/operations/{done['id']}/undo")
    expect(desk.get(f"/tickets/{one['id']}").json["fields"], {"amount": 1})


if __name__ == "__main__":
    run_all(__name__)
