"""Who and what belongs to a ticket: participants, requester, owner, links, flags, and what a waiting ticket waits for."""
import time

from desk import expect, run_all
from people_test import add_agent


def listed(answer):
    return [(p["person"]["email"], p["role"], p["active"]) for p in answer.json["items"]]


def fault(answer):
    return answer.status, answer.json["errors"][0]["field"], answer.json["errors"][0]["code"]


def kinds(desk, ticket, beginning):
    return [e["kind"] for e in reversed(desk.get(f"/tickets/{ticket}/history?limit=200").json["items"]) if e["kind"].startswith(beginning)]


def deliver(desk, ticket, sender, text):
    """A letter that names the ticket's number in its subject."""
    before = len(desk.get("/messages?limit=200").json["items"])
    letter = (f"From: {sender}\r\nTo: support@theke.test\r\nSubject: Re: [#{ticket['number']}] {ticket['subject']}\r\n"
              f"Message-ID: <{time.time_ns()}@example.org>\r\n\r\n{text}\r\n")
    desk.run("mail", "deliver", stdin=letter)
    for _ in range(200):
        messages = desk.get("/messages?limit=200").json["items"]
        if len(messages) > before:
            return messages[-1]
        time.sleep(0.05)
    raise AssertionError("the letter did not come")


def test_participants_are_added_switched_and_removed(desk):
    ticket = desk.customer_writes()
    path = f"/tickets/{ticket['id']}/participants"
    expect(listed(desk.get(path)), [("ana@example.org", "requester", True)])
    added = desk.post(path, {"email": "Ben@example.org", "name": "Ben"})
    expect((added.status, listed(added)), (201, [("ana@example.org", "requester", True), ("Ben@example.org", "cc", True)]))
    ben = added.json["items"][1]["person"]["id"]
    supplier = desk.post("/people", {"name": "Lieferant", "identities": [{"channel": "email", "value": "info@lieferant.example"}]}).json["id"]
    expect(listed(desk.post(path, {"person": supplier, "role": "third_party"}))[2], ("info@lieferant.example", "third_party", True))
    expect(fault(desk.post(path, {"person": ben})), (422, "person", "takes_part"))
    expect(fault(desk.post(path, {"email": "ana@example.org"})), (422, "email", "takes_part"))
    expect(fault(desk.post(path, {"person": 999})), (422, "person", "unknown"))
    expect(fault(desk.post(path, {})), (422, "person", "required"))
    expect(fault(desk.post(path, {"person": ben, "role": "requester"}))[1], "role")
    expect(listed(desk.patch(f"{path}/{ben}", {"active": False}))[1], ("Ben@example.org", "cc", False))
    expect(listed(desk.patch(f"{path}/{ben}", {"role": "third_party"}))[1], ("Ben@example.org", "third_party", False))
    expect(len(listed(desk.ask("DELETE", f"{path}/{supplier}"))), 2)
    expect(desk.ask("DELETE", f"{path}/{supplier}").json["code"], "participant_not_found")
    ana = ticket["requester"]["id"]
    expect(desk.ask("DELETE", f"{path}/{ana}").json["code"], "requester_stays")
    expect(desk.patch(f"{path}/{ana}", {"role": "cc"}).json["code"], "requester_stays")
    expect(kinds(desk, ticket["id"], "participant."),
           ["participant.added", "participant.added", "participant.changed", "participant.changed", "participant.removed"])


def test_who_is_switched_off_does_not_get_in_by_number(desk):
    ticket = desk.customer_writes()
    path = f"/tickets/{ticket['id']}/participants"
    ben = desk.post(path, {"email": "ben@example.org"}).json["items"][1]["person"]["id"]
    expect(deliver(desk, ticket, "ben@example.org", "Ich lese mit.")["ticket"], ticket["id"])
    desk.patch(f"{path}/{ben}", {"active": False})
    expect(deliver(desk, ticket, "ben@example.org", "Immer noch.")["ticket"] == ticket["id"], False)


def test_the_requester_is_changed_and_the_old_one_stays(desk):
    ticket = desk.customer_writes()
    ben = desk.post("/people", {"name": "Ben", "identities": [{"channel": "email", "value": "ben@example.org"}]}).json["id"]
    changed = desk.patch(f"/tickets/{ticket['id']}", {"requester": ben})
    expect((changed.status, changed.json["requester"]["name"]), (200, "Ben"))
    expect(listed(desk.get(f"/tickets/{ticket['id']}/participants")), [("ben@example.org", "requester", True), ("ana@example.org", "cc", True)])
    expect([t["id"] for t in desk.get(f"/tickets?requester={ben}").json["items"]], [ticket["id"]])
    expect(fault(desk.patch(f"/tickets/{ticket['id']}", {"requester": 999})), (422, "requester", "unknown"))
    back = desk.patch(f"/tickets/{ticket['id']}", {"requester": ticket["requester"]["id"]})
    expect(back.json["requester"]["name"], "Ana")
    expect([p[1] for p in listed(desk.get(f"/tickets/{ticket['id']}/participants"))], ["requester", "cc"])


def test_owner_and_assignee_are_two(desk):
    add_agent(desk)
    ticket = desk.customer_writes()["id"]
    taken = desk.patch(f"/tickets/{ticket}", {"assignee": 1}).json
    expect((taken["assignee"]["id"], taken["owner"]["id"]), (1, 1))
    handed = desk.patch(f"/tickets/{ticket}", {"assignee": 2}).json
    expect((handed["assignee"]["id"], handed["owner"]["id"]), (2, 1), "who is accountable stays")
    expect(desk.patch(f"/tickets/{ticket}", {"owner": 2}).json["owner"]["id"], 2)
    expect(desk.patch(f"/tickets/{ticket}", {"owner": None}).json["owner"], None)
    expect(fault(desk.patch(f"/tickets/{ticket}", {"owner": 99})), (422, "owner", "unknown"))
    desk.patch("/staff/2", {"state": "disabled"})
    expect(fault(desk.patch(f"/tickets/{ticket}", {"owner": 2})), (422, "owner", "agent_inactive"))
    expect(desk.patch(f"/tickets/{ticket}", {"assignee": 2, "priority": "low"}).status, 200, "what stays as it is is not asked about")


def test_links_are_made_once_and_taken_away_from_either_side(desk):
    one, two, three = (desk.customer_writes(subject=f"Nr {i}")["id"] for i in (1, 2, 3))
    made = desk.post(f"/tickets/{one}/links", {"ticket": two, "kind": "parent"})
    expect((made.status, [(e["id"], e["kind"], e["subject"], e["category"]) for e in made.json["items"]]), (201, [(two, "parent", "Nr 2", "new")]))
    expect([(e["id"], e["kind"]) for e in desk.get(f"/tickets/{two}/links").json["items"]], [(one, "parent_of")])
    for path, body in ((f"/tickets/{one}/links", {"ticket": two, "kind": "parent"}), (f"/tickets/{two}/links", {"ticket": one, "kind": "parent"})):
        expect(fault(desk.post(path, body)), (422, "ticket", "linked"))
    expect(fault(desk.post(f"/tickets/{one}/links", {"ticket": one, "kind": "related"})), (422, "ticket", "self_link"))
    expect(fault(desk.post(f"/tickets/{one}/links", {"ticket": 999, "kind": "related"})), (422, "ticket", "unknown"))
    expect(fault(desk.post(f"/tickets/{one}/links", {"ticket": two, "kind": "friends"}))[1], "kind")
    desk.post(f"/tickets/{one}/links", {"ticket": two, "kind": "related"})
    desk.post(f"/tickets/{one}/links", {"ticket": three, "kind": "blocks"})
    expect([(e["id"], e["kind"]) for e in desk.get(f"/tickets/{two}/links").json["items"]], [(one, "parent_of"), (one, "related")])
    expect(desk.ask("DELETE", f"/tickets/{two}/links/parent_of/{one}").status, 200)
    expect(desk.ask("DELETE", f"/tickets/{two}/links/related/{one}").json["items"], [])
    expect(desk.ask("DELETE", f"/tickets/{two}/links/related/{one}").json["code"], "link_not_found")
    expect([(e["id"], e["kind"]) for e in desk.get(f"/tickets/{one}/links").json["items"]], [(three, "blocks")])
    expect(kinds(desk, two, "ticket."), ["ticket.opened", "ticket.linked", "ticket.linked", "ticket.unlinked", "ticket.unlinked"])
    again = desk.post(f"/tickets/{two}/links", {"ticket": one, "kind": "follows"})
    expect([(e["id"], e["kind"]) for e in again.json["items"]], [(one, "follows")], "every link that can be taken away can be put back")


def test_spam_is_a_flag_and_one_predicate_says_what_is_active(desk):
    ticket = desk.customer_writes()["id"]
    spam = desk.patch(f"/tickets/{ticket}", {"is_spam": True}).json
    expect((spam["is_spam"], spam["is_active"], spam["state"]), (True, False, "new"))
    expect((desk.get("/tickets").json["items"], desk.get("/counters").json["open"]), ([], 0))
    expect([t["id"] for t in desk.get("/tickets?spam=true").json["items"]], [ticket])
    expect(desk.patch(f"/tickets/{ticket}", {"is_spam": False}).json["is_active"], True)
    expect(desk.patch(f"/tickets/{ticket}", {"state": "resolved"}).json["is_active"], False)
    expect(desk.patch(f"/tickets/{ticket}", {"state": "open"}).json["is_active"], True)


def test_a_waiting_ticket_keeps_what_it_waits_for(desk):
    ticket = desk.customer_writes()["id"]
    path = f"/tickets/{ticket}"
    expect(fault(desk.patch(path, {"state": "waiting"})), (422, "waiting_reason", "required"))
    expect(fault(desk.patch(path, {"state": "waiting", "waiting_reason": "mood"})), (422, "waiting_reason", "unknown"))
    expect(fault(desk.patch(path, {"state": "waiting", "waiting_reason": "date"})), (422, "waiting_until", "required"))
    expect(fault(desk.patch(path, {"state": "waiting", "waiting_reason": "date", "waiting_until": "2020-01-01T00:00:00Z"})), (422, "waiting_until", "past"))
    expect(fault(desk.patch(path, {"waiting_reason": "customer"})), (422, "waiting_reason", "not_waiting"))
    desk.patch(path, {"state": "waiting", "waiting_reason": "date", "waiting_until": "2031-01-01T00:00:00Z"})
    after = desk.patch(path, {"priority": "high"}).json
    expect((after["waiting_reason"], after["waiting_until_at"]), ("date", "2031-01-01T00:00:00Z"), "only the named fields change")
    later = desk.patch(path, {"waiting_reason": "date", "waiting_until": "2032-01-01T00:00:00Z"}).json
    expect(later["waiting_until_at"], "2032-01-01T00:00:00Z")
    third = desk.patch(path, {"waiting_reason": "third_party"}).json
    expect((third["state"], third["waiting_reason"], third["waiting_until_at"]), ("waiting", "third_party", None))
    awake = desk.patch(path, {"state": "open"}).json
    expect((awake["waiting_reason"], awake["waiting_until_at"]), (None, None))


def test_a_stale_write_says_which_fields_changed(desk):
    ticket = desk.customer_writes()
    path, version = f"/tickets/{ticket['id']}", {"If-Match": f'"{ticket["version"]}"'}
    desk.patch(path, {"priority": "high", "tags": ["eilig"]})
    desk.post(f"{path}/messages", {"audience": "internal", "text": "Notiz"})
    desk.patch(path, {"assignee": 1})
    refused = desk.patch(path, {"subject": "Anders"}, headers=version)
    expect((refused.status, refused.json["code"]), (412, "ticket_stale"))
    expect(sorted((e["field"], e["code"]) for e in refused.json["errors"]),
           [(f, "changed") for f in ("assignee", "messages", "owner", "priority", "tags")])
    expect([e["detail"] for e in refused.json["errors"] if e["field"] == "tags"], ['["eilig"]'])
    now = desk.get(path).json
    expect(desk.patch(path, {"subject": "Anders"}, headers={"If-Match": f'"{now["version"]}"'}).status, 200)


def test_a_reply_reopens_within_the_days_of_the_team(desk):
    ticket = desk.customer_writes()
    desk.patch(f"/tickets/{ticket['id']}", {"state": "resolved"})
    expect(deliver(desk, ticket, "ana@example.org", "Doch nicht.")["ticket"], ticket["id"])
    expect(desk.get(f"/tickets/{ticket['id']}").json["state"], "open")
    desk.patch(f"/tickets/{ticket['id']}", {"state": "closed"})
    desk.patch("/teams/1", {"reopen_days": 0})
    follower = deliver(desk, ticket, "ana@example.org", "Und noch etwas.")["ticket"]
    expect(follower == ticket["id"], False)
    expect(desk.get(f"/tickets/{ticket['id']}").json["state"], "closed")
    expect([(e["id"], e["kind"]) for e in desk.get(f"/tickets/{follower}/links").json["items"]], [(ticket["id"], "follows")])
    expect([(e["id"], e["kind"]) for e in desk.get(f"/tickets/{ticket['id']}/links").json["items"]], [(follower, "follows_of")])


def test_states_have_labels_in_three_languages(desk):
    states = desk.get("/ticket-states").json["items"]
    expect([s["key"] for s in states], ["new", "open", "waiting", "resolved", "closed"])
    for state in states:
        for who in ("agent", "customer"):
            expect(sorted(state["labels"][who]), ["de", "en", "hu"])
            expect(all(state["labels"][who].values()), True)


if __name__ == "__main__":
    run_all(__name__)
