"""What one of us asks another to approve: asked, decided by one of two, withdrawn, and told of when its deadline has passed."""
from desk import at_once, expect, run_all
from merge_test import merge
from people_test import add_agent
from post import soon
from split_test import undo


def desk_of_three(desk):
    """A ticket, and the tokens of Lea (2) and Max (3), who see it."""
    lea, max_ = add_agent(desk), add_agent(desk, "max")
    for staff in (2, 3):
        desk.patch(f"/staff/{staff}", {"teams": [1]})
    return desk.customer_writes()["id"], lea, max_


def ask(desk, ticket, status=201, **more):
    answer = desk.post(f"/tickets/{ticket}/approvals", {"approver": 2, "text": "Refund 200 euros", **more})
    expect(answer.status, status, answer.body)
    return answer.json["items"][0] if status == 201 else answer.json["errors"][0]


def decide(desk, one, granted, status=200, token=True, **more):
    answer = desk.post(f"/tickets/{one['ticket']}/approvals/{one['id']}/decision", {"granted": granted, **more}, token=token)
    expect(answer.status, status, answer.body)
    return next(each for each in answer.json["items"] if each["id"] == one["id"]) if status == 200 else answer.json


def told(desk, ticket):
    history = desk.get(f"/tickets/{ticket}/history?limit=100").json["items"]
    return [each["kind"] for each in sorted(history, key=lambda each: each["id"]) if each["kind"].startswith("approval.")]


def unread(desk, token):
    return [each["kind"] for each in desk.get("/notices", token=token).json["items"] if not each["read_at"]]


def notices(desk, token):
    return [(each["kind"], each["why"]) for each in desk.get("/notices", token=token).json["items"]]


def test_the_approver_decides_once(desk):
    ticket, lea, max_ = desk_of_three(desk)
    one = ask(desk, ticket, text=" Refund\n200 euros ")
    expect((one["text"], one["state"], one["asker"]["name"], one["approver"]["name"], one["may_decide"]), ("Refund\n200 euros", "open", "Jana Petersen", "Lea", False))
    expect(desk.get(f"/tickets/{ticket}/approvals", token=lea).json["items"][0]["may_decide"], True)
    expect(decide(desk, one, True, 403)["code"], "approval_of_another")
    expect(decide(desk, one, True, 403, max_)["code"], "approval_of_another")
    expect(decide(desk, one, False, 422, lea, reason=" ")["errors"][0]["field"], "reason")
    done = decide(desk, one, False, token=lea, reason="Too much.")
    expect((done["state"], done["decider"]["name"], done["reason"], done["may_decide"]), ("refused", "Lea", "Too much.", False))
    expect(decide(desk, one, True, 409, lea)["code"], "approval_settled")
    expect(desk.post(f"/tickets/{ticket}/approvals/{one['id']}/withdrawal").json["code"], "approval_settled")
    expect(told(desk, ticket), ["approval.asked", "approval.decided"])
    expect(desk.post(f"/tickets/{ticket}/approvals/99/decision", {"granted": True}).json["code"], "approval_not_found")


def test_of_two_who_decide_at_once_one_does(desk):
    ticket, lea, max_ = desk_of_three(desk)
    one = ask(desk, ticket, deputy=3)
    path = f"/tickets/{ticket}/approvals/{one['id']}/decision"
    done = at_once(*[lambda token=token: desk.post(path, {"granted": True}, token=token) for token in (lea, max_)])
    expect(sorted(each.status for each in done), [200, 409])
    expect(told(desk, ticket), ["approval.asked", "approval.decided"])


def test_of_two_ways_to_a_merged_ticket_one_decides(desk):
    away, lea, max_ = desk_of_three(desk)
    into = desk.customer_writes(subject="Into")["id"]
    one = ask(desk, away, deputy=3)
    merge(desk, away, into)
    paths = [(f"/tickets/{each}/approvals/{one['id']}/decision", granted, token) for each, granted, token in ((away, True, lea), (into, False, max_))]
    done = at_once(*[lambda path=path, granted=granted, token=token: desk.post(path, {"granted": granted, "reason": "So."}, token=token)
                     for path, granted, token in paths])
    expect(sorted(each.status for each in done), [200, 409], [each.body for each in done])


def test_a_token_for_reading_decides_nothing(desk):
    ticket, lea, _ = desk_of_three(desk)
    one = ask(desk, ticket)
    narrow = desk.post("/tokens", {"label": "screen", "scopes": ["tickets.read"]}, token=lea).json["token"]
    expect(decide(desk, one, True, 403, narrow)["code"], "forbidden")
    expect(desk.ask("PUT", "/me/timer", {"ticket": ticket}, token=lea).status, 200)
    expect(desk.ask("DELETE", "/me/timer?discard=true", token=narrow).status, 403)
    expect(desk.get("/me/timer", token=lea).json["ticket"]["id"], ticket)


def test_who_is_asked_sees_what_waits_and_is_told(desk):
    ticket, lea, max_ = desk_of_three(desk)
    one, late = ask(desk, ticket, deputy=3), ask(desk, ticket, due_at="2999-01-01T00:00:00Z", text="Second")
    waiting = [[each["id"] for each in desk.get("/approvals", token=token).json["items"]] for token in (lea, max_, True)]
    expect(waiting, [[late["id"], one["id"]], [one["id"]], []], "a deadline comes first")
    soon(lambda: notices(desk, lea) == [("approval", "approver")] and notices(desk, max_) == [("approval", "deputy")])
    expect(decide(desk, one, True, token=max_)["decider"]["name"], "Max")
    soon(lambda: notices(desk, True) == [("decision", "asker")])
    soon(lambda: unread(desk, max_) == [], "nobody being asked for what is decided")
    expect(unread(desk, lea), ["approval"], "the other one waits")
    expect([each["id"] for each in desk.get("/approvals", token=lea).json["items"]], [late["id"]])
    expect(desk.post(f"/tickets/{ticket}/approvals/{late['id']}/withdrawal").json["items"][0]["state"], "withdrawn")
    expect(desk.get("/approvals", token=lea).json["items"], [])
    soon(lambda: unread(desk, lea) == [], "nobody being asked for what was withdrawn")


def test_all_hear_once_of_a_deadline_that_passed(desk):
    ticket, lea, max_ = desk_of_three(desk)
    one = ask(desk, ticket, deputy=3, due_at="2999-01-01T00:00:00Z")
    desk.rows(f"UPDATE approval SET due_at = 1 WHERE id = {one['id']}")
    for token, why in ((lea, "approver"), (max_, "deputy"), (True, "asker")):
        soon(lambda: ("overdue", why) in notices(desk, token))
    expect(told(desk, ticket), ["approval.asked", "approval.overdue"])
    expect(decide(desk, one, True, token=lea)["state"], "granted", "late, and still")
    desk.kill()
    desk.start()
    soon(lambda: desk.get("/me").status == 200)
    expect(told(desk, ticket), ["approval.asked", "approval.overdue", "approval.decided"])


def test_what_can_not_be_asked_names_its_field(desk):
    ticket, lea, _ = desk_of_three(desk)
    for body, fault in (({"approver": 1}, ("approver", "approval_self")), ({"approver": 99}, ("approver", "unknown")),
                        ({"deputy": 1}, ("deputy", "approval_self")), ({"deputy": 2}, ("deputy", "approval_twice")),
                        ({"due_at": "2020-01-01T00:00:00Z"}, ("due_at", "in_past")), ({"text": " \n "}, ("text", "required"))):
        said = ask(desk, ticket, 422, **body)
        expect((said["field"], said["code"]), fault, body)
    desk.post("/teams", {"name": "Personal", "members": [1]})
    hidden = desk.customer_writes(team="personal")["id"]
    expect(ask(desk, hidden, 422)["code"], "approval_unseen")
    desk.patch("/staff/2", {"state": "disabled"})
    expect(ask(desk, ticket, 422)["code"], "unknown")


def test_who_does_not_see_the_ticket_any_more_decides_nothing(desk):
    ticket, lea, _ = desk_of_three(desk)
    one = ask(desk, ticket)
    desk.post("/teams", {"name": "Personal", "members": [1]})
    expect(desk.patch(f"/tickets/{ticket}", {"team": "personal"}).status, 200)
    expect(decide(desk, one, True, 404, lea)["code"], "ticket_not_found")
    expect(desk.get("/approvals", token=lea).json["items"], [])


def test_approvals_follow_a_merge_and_its_undoing(desk):
    away, lea, _ = desk_of_three(desk)
    into = desk.customer_writes(subject="Into")["id"]
    one = ask(desk, away)
    operation = merge(desk, away, into)
    expect([each["id"] for each in desk.get(f"/tickets/{into}/approvals").json["items"]], [one["id"]])
    expect(decide(desk, {**one, "ticket": into}, True, token=lea)["state"], "granted")
    undo(desk, operation)
    seen = [[each["state"] for each in desk.get(f"/tickets/{each}/approvals").json["items"]] for each in (away, into)]
    expect(seen, [["granted"], []])


if __name__ == "__main__":
    run_all(__name__)
