"""Canned replies: whose they are, how they are found, what they say in a ticket, and that no placeholder is ever sent."""
import urllib.parse

from desk import expect, run_all
from people_test import add_agent


def make(desk, name="Greeting", status=201, token=True, **more):
    answer = desk.post("/replies", {"name": name, "texts": {"en": "<p>Hello</p>"}, **more}, token=token)
    expect(answer.status, status, answer.body.decode())
    return answer.json


def names(desk, q="", **more):
    return [each["name"] for each in desk.get(f"/replies?q={urllib.parse.quote(q)}", **more).json["items"]]


def says(desk, reply, ticket, language=None):
    answer = desk.get(f"/replies/{reply['id']}/preview?ticket={ticket['id']}" + (f"&language={language}" if language else ""))
    expect(answer.status, 200, answer.body.decode())
    return answer.json


def refused(answer):
    expect(answer.status, 422, answer.body.decode())
    return [(each["field"], each["code"], each.get("detail")) for each in answer.json["errors"]]


def test_a_reply_is_made_changed_deleted_and_restored(desk):
    made = make(desk, key="HI", folder="General", scope="global", texts={"de": "<p onclick=x>Guten <b>Tag</b></p>", "en": "<p>Hello</p>", "hu": " "})
    expect((made["key"], made["languages"], made["texts"], made["snippet"], made["version"], made["uses"], made["may_change"]),
           ("hi", ["de", "en"], {"de": "<p>Guten <b>Tag</b></p>", "en": "<p>Hello</p>"}, "Guten Tag", 1, 0, True))
    path = f"/replies/{made['id']}"
    changed = desk.patch(path, {"name": "Welcome"}, headers={"If-Match": '"1"'}).json
    expect((changed["name"], changed["version"], changed["texts"]), ("Welcome", 2, made["texts"]))
    expect(desk.get(path).json, changed)
    expect(desk.patch(path, {"name": "Late"}, headers={"If-Match": '"1"'}).status, 412)
    expect(desk.patch(path, {"texts": {"hu": "<p>Jó napot</p>"}}).json["languages"], ["hu"])
    expect((names(desk, "welcome"), names(desk, "jo nap"), names(desk, "guten")), (["Welcome"], ["Welcome"], []))
    expect((desk.ask("DELETE", path).status, desk.get(path).status, names(desk)), (204, 404, []))
    expect(desk.post(f"{path}/restore").json["name"], "Welcome")
    expect((names(desk), desk.post(f"{path}/restore").status), (["Welcome"], 409))


def test_what_is_wrong_is_said_at_its_field(desk):
    expect(refused(desk.post("/replies", {"name": " ", "texts": {"de": "x"}})), [("name", "required", "a reply needs a name")])
    expect([each[:2] for each in refused(desk.post("/replies", {"name": "A", "texts": {"de": "<p> </p>"}}))], [("texts", "required")])
    expect(refused(desk.post("/replies", {"name": "A", "texts": {"de": "ok", "hu": "<p>{{customer.frist_name|x}}</p>"}})),
           [("texts.hu", "unknown_variable", "{{customer.frist_name}}")])
    expect([each[:2] for each in refused(desk.post("/replies", {"name": "A", "key": "a b", "texts": {"de": "x"}}))], [("key", "reply_key")])
    expect([each[:2] for each in refused(desk.post("/replies", {"name": "A", "scope": "team", "texts": {"de": "x"}}))], [("team", "required")])
    make(desk, key="a", scope="global")
    expect([each[:2] for each in refused(desk.post("/replies", {"name": "B", "key": "A", "scope": "global", "texts": {"de": "x"}}))], [("key", "taken")])
    make(desk, "Mine", key="a")


def test_replies_belong_to_one_to_a_team_or_to_all(desk):
    lea = add_agent(desk)
    other = desk.post("/teams", {"name": "Returns", "members": [1]}).json["id"]
    first = next(each["id"] for each in desk.get("/teams").json["items"] if each["id"] != other)
    everybody, theirs, shared = make(desk, "All", scope="global"), make(desk, "Theirs", scope="team", team=other), make(desk, "Ours", scope="team", team=first)
    mine, hers = make(desk, "Mine"), make(desk, "Hers", token=lea)
    desk.patch(f"/teams/{first}", {"members": [1, 2]})
    expect((sorted(names(desk)), sorted(names(desk, token=lea))), (["All", "Mine", "Ours", "Theirs"], ["All", "Hers", "Ours"]))
    expect([desk.get(f"/replies/{each['id']}", token=lea).status for each in (everybody, theirs, shared, mine, hers)], [200, 404, 200, 404, 200])
    expect(desk.get(f"/replies/{everybody['id']}", token=lea).json["may_change"], False)
    expect([desk.patch(f"/replies/{each['id']}", {"name": "X"}, token=lea).status for each in (everybody, shared, mine, hers)], [403, 403, 404, 200])
    expect([each[:2] for each in refused(desk.patch(f"/replies/{hers['id']}", {"scope": "global"}, token=lea))], [("scope", "forbidden")])
    expect(desk.ask("DELETE", f"/replies/{shared['id']}", token=lea).status, 403)
    expect(desk.patch("/roles/agent", {"permissions": {"replies.share": "own"}}).status, 422)
    expect(desk.patch("/roles/agent", {"permissions": {"replies.share": "team"}}).status, 200)
    expect(desk.patch(f"/replies/{shared['id']}", {"name": "Ours too"}, token=lea).status, 200)
    expect([desk.patch(f"/replies/{each['id']}", {"name": "X"}, token=lea).status for each in (everybody, theirs)], [403, 404])


def test_what_fits_best_and_is_used_most_comes_first(desk):
    ticket = desk.customer_writes()
    make(desk, "Refund by card", key="rc", texts={"de": "<p>Die Erstattung kommt auf Ihre Karte.</p>"})
    bank = make(desk, "Refund by bank", key="rb", texts={"de": "<p>Die Erstattung überweisen wir.</p>"})
    make(desk, "Opening hours", key="r", texts={"de": "<p>Wir öffnen um 9; Refund nach Prüfung.</p>"})
    for _ in range(2):
        expect(desk.post(f"/replies/{bank['id']}/use", {"ticket": ticket["id"]}).status, 200)
    found = desk.get("/replies?q=refund").json["items"]
    expect([(each["name"], each["uses"], each["used_at"] is not None) for each in found],
           [("Refund by bank", 2, True), ("Refund by card", 0, False), ("Opening hours", 0, False)])
    expect((names(desk, "r"), names(desk, "rc"), names(desk, "erstattung uberw")),
           (["Opening hours", "Refund by bank", "Refund by card"], ["Refund by card"], ["Refund by bank"]))
    expect((names(desk, "efund"), names(desk, "%"), names(desk, "refund card nothing")), ([], ["Refund by bank", "Opening hours", "Refund by card"], []))
    expect(desk.get("/replies?limit=1").json["items"][0]["name"], "Refund by bank")


def test_a_reply_is_filled_in_the_language_of_the_customer(desk):
    ticket = desk.customer_writes(subject="Pump <broken>", name="Kovács Anna", email="anna@example.org")
    desk.patch("/settings", {"company": "Nordlicht"})
    reply = make(desk, texts={"de": "<p>Hallo {{customer.first_name}}, {{ticket.number}}: {{ticket.subject}}</p>",
                              "hu": "<p>Kedves {{ customer.first_name }}! {{agent.name}}, {{company.name}}, {{team.name}}</p>"})
    person = ticket["requester"]["id"]
    expect(says(desk, reply, ticket)["language"], "de")
    desk.patch(f"/people/{person}", {"locale": "hu"})
    filled = says(desk, reply, ticket)
    expect((filled["language"], filled["missing"]), ("hu", []))
    expect(filled["text"].startswith("Kedves Anna! Jana Petersen, Nordlicht, "), True, filled["text"])
    expect(says(desk, reply, ticket, "de")["html"], f"<p>Hallo Anna, {ticket['number']}: Pump &lt;broken&gt;</p>")
    desk.patch(f"/people/{person}", {"locale": "en"})
    desk.patch(f"/teams/{ticket['team']['id']}", {"language": "hu"})
    expect(says(desk, reply, ticket)["language"], "hu", "no English text: the team's language comes next")
    expect((desk.get(f"/replies/{reply['id']}/preview?ticket=999").status, desk.get(f"/replies/999/preview?ticket={ticket['id']}").status), (404, 404))


def test_a_variable_without_value_takes_its_fallback_or_is_never_sent(desk):
    ticket = desk.customer_writes(name="", email="info@example.org")
    reply = make(desk, texts={"de": "<p>Hallo {{customer.first_name|Kundin &amp; Kunde}} von {{customer.company}}, {{customer.company}} {{customer.name}}</p>"})
    filled = says(desk, reply, ticket)
    expect((filled["text"], filled["missing"]), ("Hallo Kundin & Kunde von {{customer.company}}, {{customer.company}} {{customer.name}}",
                                                 ["customer.company", "customer.name"]))
    write = lambda **more: desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "public", **more})
    expect(refused(write(html=filled["html"])), [("text", "placeholder", "{{customer.company}}")])
    expect(refused(write(text="Hallo {{ Customer.Nmae | x }}")), [("text", "placeholder", "{{Customer.Nmae}}")])
    expect(refused(write(text="Hallo", html="<p>{{ticket.number}}</p>")), [("text", "placeholder", "{{ticket.number}}")])
    expect(write(text="Write {{ user.name }} into your template.").status, 201, "what is not ours is text")
    expect(desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "internal", "text": "{{customer.name}} is empty"}).status, 201)
    expect(len(desk.get(f"/tickets/{ticket['id']}/messages").json["items"]), 3)


if __name__ == "__main__":
    run_all(__name__)
