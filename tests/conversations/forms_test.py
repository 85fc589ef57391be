"""Rules of fields: when a ticket shows them, when it needs them, and what a close asks for."""
from desk import expect, run_all
from fields_test import choices, define, put, refused


def rule(desk, field, status=200, **more):
    answer = desk.ask("PUT", f"/field-rules/{field['id']}", {"required_to_close": False, **more})
    expect(answer.status, status, answer.body.decode())
    return answer.json


def form(desk, ticket, **more):
    """Of each field the letters of what it is: visible, required, to close."""
    answer = desk.get(f"/tickets/{ticket['id']}/form", **more)
    expect(answer.status, 200, answer.body.decode())
    return {each["key"]: "".join(letter for letter, name in (("v", "is_visible"), ("r", "is_required"), ("c", "is_required_to_close")) if each[name])
            for each in answer.json["items"]}


def test_a_form_follows_the_ticket_and_its_other_fields(desk):
    topic = define(desk, "topic", "choice", choices=choices("parcel", "bill"))
    order, amount = define(desk, "order", "text"), define(desk, "amount", "number")
    other = desk.post("/teams", {"name": "Returns"}).json["id"]
    define(desk, "shelf", "text", teams=[other])
    kept = rule(desk, order, visible_if="feld.topic:parcel", required_if="prio:hoch")
    expect((kept["visible_if"], kept["required_if"], kept["version"]), ("field.topic:parcel", "priority:high", 1))
    rule(desk, amount, required_if="", visible_if="is:assigned")
    rule(desk, topic, required_to_close=True)
    ticket = desk.customer_writes()
    expect(form(desk, ticket), {"topic": "vc", "order": "", "amount": ""})
    put(desk, ticket, topic="parcel")
    expect(form(desk, ticket), {"topic": "vc", "order": "v", "amount": ""})
    desk.patch(f"/tickets/{ticket['id']}", {"priority": "high", "assignee": 1, "team": other})
    expect(form(desk, ticket), {"topic": "vc", "order": "vrc", "amount": "vrc", "shelf": "v"})
    expect([(each["field"], each["version"]) for each in desk.get("/field-rules").json["items"]], [(topic["id"], 1), (order["id"], 1), (amount["id"], 1)])


def test_me_is_who_looks_at_the_form(desk):
    desk.run("user", "add", "bob@theke.test", "--name", "Bob", "--role", "manager", "--password-stdin", stdin="ein gutes Passwort\n")
    token = desk.run("token", "create", "bob@theke.test").strip()
    rule(desk, define(desk, "order", "text"), visible_if="assignee:me")
    ticket = desk.customer_writes()
    desk.patch(f"/tickets/{ticket['id']}", {"assignee": 1})
    expect((form(desk, ticket), form(desk, ticket, token=token)), ({"order": "v"}, {"order": ""}))


def test_what_is_hidden_or_needed_is_asked_of_a_change(desk):
    define(desk, "topic", "choice", choices=choices("parcel", "bill"))
    order = define(desk, "order", "text")
    rule(desk, order, visible_if="field.topic:parcel", required_if="priority:high")
    ticket = desk.customer_writes()
    expect(refused(desk, ticket, "order", "7"), [("fields.order", "field_hidden")])
    expect(desk.get(f"/tickets/{ticket['id']}").json["fields"], {})
    put(desk, ticket, topic="parcel", order="7")
    put(desk, ticket, order=None)
    put(desk, ticket, order="8")
    desk.patch(f"/tickets/{ticket['id']}", {"priority": "high"})
    expect(refused(desk, ticket, "order", None), [("fields.order", "required")])
    both = desk.patch(f"/tickets/{ticket['id']}", {"priority": "low", "fields": {"order": None}})
    expect((both.status, both.json["fields"]), (200, {"topic": "parcel"}))


def test_a_refused_close_names_the_fields(desk):
    order, amount, topic = define(desk, "order", "text"), define(desk, "amount", "number"), define(desk, "topic", "text")
    rule(desk, order, required_to_close=True)
    rule(desk, amount, required_if="priority:>=high")
    rule(desk, topic, required_to_close=True, visible_if="priority:low")
    ticket = desk.customer_writes()
    desk.patch(f"/tickets/{ticket['id']}", {"priority": "high"})
    for path, body in ((f"/tickets/{ticket['id']}", {"state": "resolved"}), (f"/tickets/{ticket['id']}", {"state": "closed"})):
        answer = desk.patch(path, body)
        expect((answer.status, sorted((each["field"], each["code"]) for each in answer.json["errors"])),
               (422, [("fields.amount", "required_to_close"), ("fields.order", "required_to_close")]))
    said = desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "internal", "text": "done", "state": "resolved"})
    expect((said.status, len(said.json["errors"])), (422, 2))
    expect(desk.get(f"/tickets/{ticket['id']}").json["message_count"], 1)
    put(desk, ticket, amount=3)
    answer = desk.patch(f"/tickets/{ticket['id']}", {"state": "resolved", "fields": {"order": "7"}})
    expect((answer.status, answer.json["state"]), (200, "resolved"))
    expect(refused(desk, ticket, "order", None), [("fields.order", "required_to_close")])
    expect(desk.patch(f"/tickets/{ticket['id']}", {"state": "open"}).status, 200)


def unopened(desk, **ask):
    answer = desk.post("/ticket-form", ask)
    expect(answer.status, 200, answer.body.decode())
    return {each["key"]: "".join(letter for letter, name in (("v", "is_visible"), ("r", "is_required")) if each[name]) for each in answer.json["items"]}


def opened(desk, status=201, **more):
    answer = desk.post("/tickets", {"subject": "x", "text": "x", "requester": {"email": "ana@example.org"}, **more})
    expect(answer.status, status, answer.body.decode())
    return answer.json


def test_a_ticket_is_opened_as_the_form_says(desk):
    topic = define(desk, "topic", "choice", choices=choices("parcel", "bill"))
    order, vip = define(desk, "order", "text"), define(desk, "vip", "boolean")
    other = desk.post("/teams", {"name": "Returns"}).json["id"]
    define(desk, "shelf", "text", teams=[other])
    rule(desk, topic, required_if="channel:phone")
    rule(desk, order, visible_if="field.topic:parcel", required_if="")
    rule(desk, vip, visible_if="tag:vip requester:ana@example.org")
    expect(unopened(desk), {"topic": "v", "order": "", "vip": ""})
    expect(unopened(desk, channel="phone", team=other), {"topic": "vr", "order": "", "vip": "", "shelf": "v"})
    expect(unopened(desk, fields={"topic": "parcel", "order": 7}), {"topic": "v", "order": "vr", "vip": ""})
    expect([(each["field"], each["code"]) for each in opened(desk, channel="phone", status=422)["errors"]], [("fields.topic", "required")])
    expect([(each["field"], each["code"]) for each in opened(desk, fields={"order": "7"}, status=422)["errors"]], [("fields.order", "field_hidden")])
    expect([each["field"] for each in opened(desk, fields={"topic": "parcel"}, status=422)["errors"]], ["fields.order"])
    expect(desk.get("/search?q=x").json["items"], [])
    made = opened(desk, fields={"topic": "parcel", "order": "7"})
    expect(made["fields"], {"topic": "parcel", "order": "7"})
    expect(unopened(desk, tags=[" VIP"], requester={"email": "ana@example.org"})["vip"], "v")
    expect(unopened(desk, tags=["vip"], requester={"email": "bob@example.org"})["vip"], "")
    expect(desk.get(f"/tickets/{made['id']}").json["fields"], made["fields"])


def test_the_form_of_a_new_ticket_tells_nothing_of_others(desk):
    desk.run("user", "add", "bob@theke.test", "--name", "Bob", "--role", "agent", "--password-stdin", stdin="ein gutes Passwort\n")
    token = desk.run("token", "create", "bob@theke.test").strip()
    mine = desk.post("/teams", {"name": "Returns"}).json["id"]
    desk.patch(f"/staff/{desk.get('/me', token=token).json['id']}", {"teams": [mine]})
    rule(desk, define(desk, "vip", "boolean"), visible_if="requester:ana@example.org")
    desk.customer_writes()
    asked = {"requester": {"email": "ana@example.org"}}
    seen = lambda: desk.post("/ticket-form", asked, token=token).json["items"][0]["is_visible"]
    expect(desk.post("/ticket-form", {"team": 1}, token=token).status, 403)
    expect(seen(), True)
    expect(desk.patch("/roles/agent", {"permissions": {"people.read": "none"}}).status, 200)
    expect(seen(), False)


def test_a_wrong_rule_is_refused_at_its_place(desk):
    order = define(desk, "order", "text")
    for more, field, code in (({"visible_if": "staet:open"}, "visible_if", "unknown_filter"), ({"required_if": "field.ghost:1"}, "required_if", "unknown_field"),
                              ({"visible_if": "lamp"}, "visible_if", "words_in_rule")):
        answer = desk.ask("PUT", f"/field-rules/{order['id']}", {"required_to_close": False, **more})
        expect((answer.status, answer.json["errors"][0]["field"], answer.json["errors"][0]["code"]), (422, field, code))
    expect(desk.ask("PUT", "/field-rules/99", {"required_to_close": True}).status, 404)
    rule(desk, order, required_to_close=True)
    rule(desk, order, required_to_close=False)
    stale = desk.ask("PUT", f"/field-rules/{order['id']}", {"required_to_close": True}, headers={"If-Match": '"1"'})
    expect(stale.status, 412)


if __name__ == "__main__":
    run_all(__name__)
