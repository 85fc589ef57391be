"""Forms for requests: what each topic asks for, who gets it, and the first answer."""
from desk import expect, run_all
from fields_test import choices, define
from forms_test import opened, rule, unopened
from split_test import written


def make(desk, key="delivery", status=201, **more):
    answer = desk.post("/request-forms", {"key": key, "names": {"de": key.title()}, "team": 1, **more})
    expect(answer.status, status, answer.body.decode())
    return answer.json


def asks(*fields):
    return [{"field": field["id"], "required": required} for field, required in fields]


def test_a_form_is_made_and_changed(desk):
    order = define(desk, "order", "text")
    made = make(desk, fields=asks((order, True)), answers={"de": "Danke!", "en": " "})
    expect((made["names"], made["answers"], made["fields"], made["is_active"]),
           ({"de": "Delivery", "en": "Delivery", "hu": "Delivery"}, {"de": "Danke!", "en": None, "hu": None}, [{"field": order["id"], "required": True, "public": False}], True))
    changed = desk.patch(f"/request-forms/{made['id']}", {"names": {"de": "Lieferung", "en": "Delivery"}, "fields": []}, headers={"If-Match": '"1"'}).json
    expect((changed["names"]["de"], changed["fields"], changed["answers"]["de"], changed["version"]), ("Lieferung", [], "Danke!", 2))
    expect(desk.patch(f"/request-forms/{made['id']}", {}, headers={"If-Match": '"1"'}).status, 412)
    for more in ({}, {"key": "Not good"}, {"key": "a", "team": 99}, {"key": "a", "fields": [{"field": 99}]}, {"key": "a", "fields": asks((order, True), (order, False))},
                 {"key": "a", "names": {"de": " "}}):
        make(desk, status=422, **more)
    expect((desk.get("/request-forms/99").status, len(desk.get("/request-forms").json["items"])), (404, 1))
    expect([each["kind"] for each in desk.get("/events?scope=audit&kind=form.&sort=-id").json["items"]], ["form.changed", "form.created"])


def test_only_who_manages_forms_makes_them(desk):
    desk.run("user", "add", "bob@theke.test", "--name", "Bob", "--role", "agent", "--password-stdin", stdin="ein gutes Passwort\n")
    token = desk.run("token", "create", "bob@theke.test").strip()
    expect(desk.post("/request-forms", {"key": "a", "names": {"de": "A"}, "team": 1}, token=token).status, 403)
    expect(desk.get("/request-forms", token=token).status, 200)


def test_a_ticket_is_opened_by_its_form(desk):
    other = desk.post("/teams", {"name": "Returns"}).json["id"]
    topic, order, amount = define(desk, "topic", "choice", choices=choices("parcel", "bill")), define(desk, "order", "text"), define(desk, "amount", "number")
    rule(desk, amount, required_if="")
    rule(desk, order, visible_if="field.topic:parcel")
    form = make(desk, team=other, fields=asks((order, True), (topic, False)))["id"]
    expect(unopened(desk, form=form), {"order": "", "topic": "v"})
    expect(list(unopened(desk, form=form, fields={"topic": "parcel"}).items()), [("order", "vr"), ("topic", "v")])
    expect([(each["field"], each["code"]) for each in opened(desk, form=form, fields={"amount": 3}, status=422)["errors"]], [("fields.amount", "field_not_in_form")])
    expect([(each["field"], each["code"]) for each in opened(desk, form=form, fields={"topic": "parcel"}, status=422)["errors"]], [("fields.order", "required")])
    made = opened(desk, form=form, fields={"topic": "parcel", "order": "7"})
    expect((made["team"]["id"], made["fields"]), (other, {"topic": "parcel", "order": "7"}))
    expect(desk.get(f"/tickets/{made['id']}/history").json["items"][-1]["data"]["form"], "delivery")
    expect(opened(desk, form=form, team=1)["team"]["id"], 1)
    expect(opened(desk, form=99, status=422)["errors"][0]["code"], "form_not_found")
    desk.patch(f"/request-forms/{form}", {"is_active": False})
    expect(opened(desk, form=form, status=422)["errors"][0]["code"], "form_inactive")


def test_the_first_answer_leaves(desk):
    form = make(desk, answers={"de": "Danke, wir melden uns.", "en": "Thank you."})["id"]
    said = written(desk, opened(desk, form=form, answer=True)["id"])
    expect([(each["direction"], each["text"]) for each in said], [("in", "x"), ("out", "Danke, wir melden uns.")])
    expect((said[1]["to"][0]["email"], said[1]["delivery"]["state"]), ("ana@example.org", "queued"))
    expect(len(written(desk, opened(desk, form=form)["id"])), 1)
    expect(len(written(desk, opened(desk, form=make(desk, "silent")["id"], answer=True)["id"])), 1)
    expect(opened(desk, answer=True, status=422)["errors"][0]["field"], "answer")
    called = opened(desk, form=form, answer=True, requester={"name": "Bob"}, channel="phone")
    expect(len(written(desk, called["id"])), 1)


if __name__ == "__main__":
    run_all(__name__)
