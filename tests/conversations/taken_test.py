"""Two people make the same thing at the same moment: one makes it, the other is told which field is taken."""
from desk import at_once, expect, run_all

OPTIONS = ["--limits.requests_per_minute", "0"]
ROUNDS = 8


def told(answer):
    """What is said: the status, and of a refusal its field and code."""
    if answer.status < 400:
        return (answer.status,)
    fields = [(error["field"], error["code"]) for error in answer.json.get("errors", [])]
    return (answer.status, *(fields or [answer.json["code"]]))


def expect_one(answers, made, refused, what):
    expect(sorted(told(answer) for answer in answers), [made] + [refused] * (len(answers) - 1), [what, *(answer.body for answer in answers)])


def test_what_is_made_twice_at_once_is_made_once(desk):
    def mailbox(i):
        return "/mailboxes", {"name": "Post", "address": f"post{i}@theke.test", "inbound": {"kind": "lmtp"}}

    def alias(i, own):
        return "/mailboxes", {"name": "Post", "address": f"{own}{i}@theke.test", "aliases": [f"alias{i}@theke.test"], "inbound": {"kind": "lmtp"}}

    things = {
        ("email", "taken"): lambda i: [("/staff", {"email": f"ole{i}@theke.test", "name": "Ole", "role": "agent"})] * 4,
        ("name", "taken"): lambda i: [("/teams", {"name": f"Returns {i}"})] * 4,
        ("name", "taken", "short"): lambda i: [("/teams", {"name": f"Parcel {i}", "slug": f"post-{i}"}), ("/teams", {"name": f"Post {i}"})] * 2,
        ("address", "taken"): lambda i: [mailbox(i)] * 4,
        ("aliases", "taken"): lambda i: [alias(i, "one"), alias(i, "two"), alias(i, "three")],
        ("name", "taken", "company"): lambda i: [("/companies", {"name": f"Acme {i}", "domains": []})] * 4,
        ("domains", "taken"): lambda i: [("/companies", {"name": f"Acme {i} {n}", "domains": [f"acme{i}.example"]}) for n in range(4)],
        ("identities.0.value", "taken_by_person"): lambda i: [("/people", {"name": "Ana", "identities": [{"channel": "email", "value": f"ana{i}@example.org"}]})] * 4,
    }
    for (field, code, *_), wishes in things.items():
        for i in range(ROUNDS):
            answers = at_once(*(lambda path=path, body=body: desk.post(path, body) for path, body in wishes(i)))
            expect_one(answers, (201,), (422, (field, code)), code)


def test_what_is_renamed_at_once_gets_one_name(desk):
    def made(path, *bodies):
        return [f"{path}/{desk.post(path, body).json['id']}" for body in bodies]

    def identity(i):
        person = desk.post("/people", {"name": "Ana", "identities": [{"channel": "email", "value": f"ana{i}@example.org"}]}).json
        return f"/people/{person['id']}/identities/{person['identities'][0]['id']}"

    teams, companies = (made(path, {"name": "One", "domains": []}, {"name": "Two", "domains": []}, {"name": "Three", "domains": []})
                        if path == "/companies" else made(path, {"name": "One"}, {"name": "Two"}, {"name": "Three"}) for path in ("/teams", "/companies"))
    mailboxes = made("/mailboxes", *({"name": "Post", "address": f"post{i}@theke.test", "inbound": {"kind": "lmtp"}} for i in range(3)))
    for paths, field, code, wish in (
            (teams, "name", "taken", lambda i: {"name": f"Same {i}"}),
            (companies, "name", "taken", lambda i: {"name": f"Same {i}"}),
            (companies, "domains", "taken", lambda i: {"domains": [f"same{i}.example", f"other{i}.example"][::1 if i % 2 else -1]}),
            (mailboxes, "address", "taken", lambda i: {"address": f"same{i}@theke.test"}),
            ([identity(i) for i in range(3)], "value", "taken_by_person", lambda i: {"value": f"same{i}@example.org"})):
        for i in range(ROUNDS):
            answers = at_once(*(lambda path=path: desk.patch(path, wish(i)) for path in paths))
            expect_one(answers, (200,), (422, (field, code)), paths)


def test_what_is_wished_twice_at_once_is_no_conflict(desk):
    path = f"/tickets/{desk.customer_writes()['id']}"
    for i in range(ROUNDS):
        wishes = {
            "new requester": lambda: desk.post("/tickets", {"subject": "Hello", "text": "Hello", "requester": {"name": "New", "email": f"new{i}@example.org"}}),
            "tag": lambda: desk.patch(path, {"tags": [f"tag{i}"]}),
            "draft": lambda: desk.ask("PUT", path + "/draft", {"audience": "public", "content": {"text": f"Draft {i}"}}),
            "team": lambda: desk.patch("/teams/1", {"members": [1]}),
            "role": lambda: desk.patch("/roles/agent", {"permissions": {"people.change": ("all", "none")[i % 2]}}),
            "settings": lambda: desk.patch("/settings", {"company": f"Acme {i}"}),
            "seen": lambda: desk.post(path + "/seen"),
        }
        for what, wish in wishes.items():
            answers = at_once(*[wish] * 4)
            expect([answer.status for answer in answers if answer.status >= 400], [], [what, *(answer.body for answer in answers)])
        answers = at_once(*[lambda: desk.post(path + "/participants", {"email": f"cc{i}@example.org", "role": "cc"})] * 4)
        expect_one(answers, (201,), (422, ("email", "takes_part")), "participant")
        other = desk.customer_writes()
        answers = at_once(*[lambda: desk.post(path + "/links", {"kind": "related", "ticket": other["id"]})] * 4)
        expect_one(answers, (201,), (422, ("ticket", "linked")), "link")
    expect(desk.rows("SELECT normalized FROM identity GROUP BY normalized HAVING count(*) > 1"), [])


def test_what_is_taken_from_a_role_at_once_is_gone(desk):
    names = ("people.change", "people.read", "tickets.merge", "tickets.reply")
    for i in range(2 * ROUNDS):
        scope, number = (("none", "0"), ("all", "3"))[i % 2]
        at_once(*[lambda name=name: desk.patch("/roles/agent", {"permissions": {name: scope}}) for name in names])
        words = desk.rows("SELECT permissions FROM role_rights WHERE role = 'agent'")[0][0].split(" ")
        rights = dict(zip(words[::2], words[1::2]))
        expect({name: rights[name] for name in names}, dict.fromkeys(names, number), i)


if __name__ == "__main__":
    run_all(__name__)
