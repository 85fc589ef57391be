"""Changes meant for a version: If-Match in all its forms, and answers written to what a ticket was."""
import re

from desk import at_once, expect, run_all

OPTIONS = ["--limits.requests_per_minute", "0"]


def test_if_match_is_understood_or_refused(desk):
    ticket = desk.customer_writes()
    path, number = f"/tickets/{ticket['id']}", iter(range(100))

    def change(condition):
        return desk.patch(path, {"subject": f"Subject {next(number)}"}, headers={"If-Match": condition})

    for unreadable in ("abc", '"7', '"1" "2"', '"1",', ",", '"', "-1", "W/7", '"1", abc'):
        refused = change(unreadable)
        expect((refused.status, refused.json["errors"][0]["field"]), (400, "If-Match"), unreadable)
    for never in ('"v1"', '"0"', '"999"', '""', 'W/"999"', '"998", "999"', "999"):
        expect(change(never).status, 412, never)
    expect(desk.get(path).json["subject"], "My invoice is wrong")
    for good in ("*", '"{}"', '"999", "{}"', 'W/"{}"', "{}"):
        expect(change(good.format(desk.get(path).json["version"])).status, 200, good)
    expect(desk.get(path, headers={"If-Match": "abc"}).status, 200)
    person = desk.patch(f"/people/{ticket['requester']['id']}", {"name": "Anna"}, headers={"If-Match": '"v1"'})
    expect(person.status, 412, person.body)


def writes(desk):
    """Every operation that changes something: (method, path), and whether the description offers If-Match."""
    desk.get("/me")
    for path, item in desk.description.document["paths"].items():
        for method in item.keys() & {"post", "put", "patch", "delete"}:
            parameters = [desk.description.resolve(one) for one in item[method].get("parameters", [])]
            yield (method.upper(), path), any(one["name"] == "If-Match" for one in parameters)


def test_if_match_is_never_overlooked(desk):
    """Where a thing has no version the condition is refused, everywhere else it holds."""
    versioned = {operation for operation, offered in writes(desk) if offered}
    for method, path in {operation for operation, _ in writes(desk)} - versioned:
        for header in ("If-Match", "If-None-Match"):
            for value in ('"1"', "*", "abc"):
                refused = desk.ask(method, re.sub(r"{\w+}", "1", path), {}, {header: value})
                if path.startswith("/request/"):  # a page for people
                    expect((refused.status, refused.headers["Content-Type"]), (400, "text/html; charset=utf-8"), (method, path))
                    continue
                said = (refused.status, refused.json["code"], [(error["field"], error["code"]) for error in refused.json["errors"]])
                expect(said, (400, "precondition_unsupported", [(header, "precondition_unsupported")]), (method, path))
    refused = desk.ask("POST", "/uploads", b"x" * 3_000_000, {"If-Match": '"1"', "Content-Type": "application/octet-stream"})
    expect((refused.status, refused.json["code"]), (400, "precondition_unsupported"))
    ticket, paths = desk.customer_writes(), changeable_things(desk)
    patched = [("PATCH", path, changes(0)[0]) for path, changes in paths.items()]
    company, mailbox, view, reply, macro, hook = (next(path for path in paths if path.startswith(f"/{start}/"))
                                                  for start in ("companies", "mailboxes", "views", "replies", "macros", "webhooks"))
    run = f"/tickets/{ticket['id']}/macro/{macro.split('/')[-1]}"
    deletions = [("DELETE", path, None) for path in (company, view, reply, macro, mailbox, hook)]
    form = desk.post("/request-forms", {"key": "order", "names": {"de": "Bestellung"}, "team": 1}).json["id"]
    field = desk.post("/fields", {"key": "order", "type": "text", "labels": {"de": "Bestellung"}}).json["id"]
    checklist = f"/tickets/{ticket['id']}/checklist"
    item = f"{checklist}/{desk.post(checklist, {'text': 'Call.'}).json['items'][0]['id']}"
    times = f"/tickets/{ticket['id']}/times"
    entry = f"{times}/{desk.post(times, {'seconds': 60}).json['items'][0]['id']}"
    activity = desk.post("/activities", {"names": {"de": "Telefonat"}}).json["id"]
    wishes = [*patched, *deletions, ("PATCH", item, {"done": True}), ("DELETE", item, None), ("PATCH", entry, {"note": "x"}), ("DELETE", entry, None),
              ("PATCH", f"/activities/{activity}", {"is_active": False}), ("POST", run, None), ("POST", mailbox + "/resume", None),
              ("PATCH", f"/fields/{field}", {"is_active": False}), ("PUT", f"/field-rules/{field}", {"required_to_close": True}),
              ("PATCH", "/spam/filter", {"threshold": 90}),
              ("PATCH", "/ticket-states/2", {"agent": {"de": "In Arbeit"}}), ("PUT", "/teams/1/transitions", {"items": []}),
              ("PATCH", f"/request-forms/{form}", {"is_active": False}),
              ("PATCH", f"/people/{ticket['requester']['id']}", {"name": "Anna"}), ("PATCH", f"/tickets/{ticket['id']}", {"subject": "Other"}),
              ("POST", f"/tickets/{ticket['id']}/messages", {"audience": "internal", "text": "Note."}),
              ("POST", f"/tickets/{ticket['id']}/messages", {"audience": "public", "text": "Late.", "ticket_version": ticket["version"]})]
    asked = {(method, "/api/v1" + re.sub(r"\d+", "{id}", path)) for method, path, _ in wishes}
    named = {"macro": "{macro}", "checklist": "{item}", "times": "{entry}"}
    expect({(method, re.sub(r"/(macro|checklist|times)/{id}", lambda found: f"/{found[1]}/{named[found[1]]}", path))
            for method, path in asked}, versioned)
    before = desk.rows("SELECT max(id) FROM event")
    for method, path, body in wishes:
        expect(desk.ask(method, path, body, {"If-Match": '"999"'}).status, 412, (method, path))
        expect(desk.ask(method, path, body, {"If-None-Match": "*"}).json["code"], "precondition_unsupported", (method, path))
    expect(desk.rows("SELECT max(id) FROM event"), before)
    for method, path, body in (("POST", mailbox + "/resume", None), *deletions):
        expect(desk.ask(method, path, body, {"If-Match": f'"{desk.get(path.removesuffix("/resume")).json["version"]}"'}).status < 300, True, path)


def test_an_answer_can_be_meant_for_the_ticket_as_it_was(desk):
    ticket = desk.customer_writes()
    path = f"/tickets/{ticket['id']}"
    desk.patch(path, {"priority": "urgent"})
    late = desk.post(path + "/messages", {"audience": "public", "text": "Late.", "ticket_version": ticket["version"]})
    expect((late.status, "urgent" in late.body.decode()), (412, True), late.body)
    expect(desk.post(path + "/messages", {"audience": "public", "text": "Late."}, headers={"If-Match": f'"{ticket["version"]}"'}).status, 412)
    expect(desk.get(path).json["message_count"], 1)
    now = desk.get(path).json["version"]
    expect(desk.post(path + "/messages", {"audience": "internal", "text": "Note.", "ticket_version": ticket["version"]}).status, 201)
    now = desk.get(path).json["version"]
    resolving = {"audience": "internal", "text": "Done.", "state": "resolved"}
    late = desk.post(path + "/messages", {**resolving, "ticket_version": ticket["version"]})
    expect((late.status, desk.get(path).json["message_count"], desk.get(path).json["state"]), (412, 2, "new"), late.body)
    expect(desk.post(path + "/messages", resolving, headers={"If-Match": f'"{ticket["version"]}"'}).status, 412)
    expect(desk.post(path + "/messages", {"audience": "public", "text": "Right.", "ticket_version": now}).status, 201)


def changeable_things(desk):
    """Path, and two changes that touch different fields."""
    company = desk.post("/companies", {"name": "Acme", "domains": []}).json["id"]
    staff = desk.post("/staff", {"email": "ole@theke.test", "name": "Ole", "role": "agent"}).json["id"]
    mailbox = desk.post("/mailboxes", {"name": "Post", "address": "post@theke.test", "inbound": {"kind": "lmtp"}}).json["id"]
    reply = desk.post("/replies", {"name": "Bye", "texts": {"de": "Bis bald"}}).json["id"]
    hook = desk.post("/webhooks", {"name": "Shop", "url": "https://shop.example/", "kinds": ["*"], "is_active": False}).json["webhook"]["id"]
    macro = desk.post("/macros", {"name": "Close", "actions": [{"kind": "priority", "priority": "low"}]}).json["id"]
    view = desk.post("/views", {"name": "Mine", "condition": "assignee:me"}).json["id"]
    return {
        f"/replies/{reply}": lambda i: ({"name": f"Bye {i}"}, {"folder": f"Folder {i}"}),
        f"/macros/{macro}": lambda i: ({"name": f"Close {i}"}, {"condition": f"number:{i + 1}"}),
        f"/webhooks/{hook}": lambda i: ({"name": f"Shop {i}"}, {"parallel": i % 8 + 1}),
        f"/views/{view}": lambda i: ({"name": f"Mine {i}"}, {"sort": ("priority", "-updated_at")[i % 2]}),
        f"/companies/{company}": lambda i: ({"name": f"Acme {i}"}, {"notes": f"Note {i}"}),
        f"/staff/{staff}": lambda i: ({"name": f"Ole {i}"}, {"role": ("manager", "agent")[i % 2]}),
        f"/mailboxes/{mailbox}": lambda i: ({"name": f"Post {i}"}, {"contact_form": i % 2 == 0}),
        "/teams/1": lambda i: ({"name": f"Support {i}"}, {"reopen_days": i + 1}),
        "/me": lambda i: ({"name": f"Jana {i}"}, {"signature": f"Regards {i}"}),
    }


def thing(desk, path):
    if not path.startswith("/staff/"):
        return desk.get(path).json
    return next(staff for staff in desk.get("/staff").json["items"] if path == f"/staff/{staff['id']}")


def test_of_two_changes_meant_for_one_version_one_is_refused(desk):
    for path, changes in changeable_things(desk).items():
        for i in range(12):
            condition = {"If-Match": f'"{thing(desk, path)["version"]}"'}
            answers = at_once(*(lambda change=change: desk.patch(path, change, headers=condition) for change in changes(i) * 2))
            expect(sorted(answer.status for answer in answers), [200, 412, 412, 412], path)


def test_changes_at_once_leave_alone_what_they_do_not_name(desk):
    for path, changes in changeable_things(desk).items():
        for i in range(12):
            wishes = changes(i)
            answers = at_once(*(lambda wish=wish: desk.patch(path, wish) for wish in wishes))
            expect([answer.status for answer in answers], [200, 200], path)
            now = thing(desk, path)
            expect({key: now[key] for wish in wishes for key in wish}, {**wishes[0], **wishes[1]}, path)


def test_a_dismissed_account_stays_dismissed(desk):
    for i in range(12):
        desk.run("user", "add", f"ole{i}@theke.test", "--name", "Ole", "--role", "agent", "--password-stdin", stdin="ein gutes Passwort\n")
        staff = next(one for one in desk.get("/staff").json["items"] if one["email"] == f"ole{i}@theke.test")
        path = f"/staff/{staff['id']}"
        at_once(lambda: desk.patch(path, {"state": "disabled"}), *(lambda n=n: desk.patch(path, {"name": f"Ole {n}"}) for n in range(3)))
        expect(thing(desk, path)["state"], "disabled")


def test_two_administrators_do_not_dismiss_each_other(desk):
    desk.run("user", "add", "ben@theke.test", "--name", "Ben", "--role", "admin", "--password-stdin", stdin="ein gutes Passwort\n")
    accounts = [staff["id"] for staff in desk.get("/staff").json["items"]]
    for _ in range(8):
        answers = at_once(*(lambda staff=staff: desk.patch(f"/staff/{staff}", {"role": "admin", "name": "Same"}) for staff in accounts * 2))
        expect([answer.status for answer in answers], [200] * 4)
    answers = at_once(*(lambda staff=staff: desk.patch(f"/staff/{staff}", {"role": "agent"}) for staff in accounts))
    expect(sum(answer.status == 200 for answer in answers), 1, [answer.body for answer in answers])


if __name__ == "__main__":
    run_all(__name__)
