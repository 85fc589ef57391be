"""Who looks at a ticket and who writes in it; and answers that are held back because somebody was faster."""
from access_test import wait_for
from desk import expect, run_all
from live import Live
from people_test import add_agent


def at(live, ticket, doing):
    live.say({"presence": {"ticket": ticket, "doing": doing}})


def hears(live, people, seconds=5):
    """Waits until the socket is told that just these are there."""
    wanted = [{"staff": staff, "doing": doing} for staff, doing in people]
    def look():
        message = live.message(seconds)
        return message and sorted(message.get("presence", {}).get("people", [None]), key=str) == sorted(wanted, key=str)
    wait_for(look)


def there(desk, ticket, token=True):
    return sorted((each["staff"], each["doing"]) for each in desk.get(f"/tickets/{ticket}/presence", token=token).json["people"])


def test_who_is_there_is_told_to_all_who_are(desk):
    lea = add_agent(desk)
    desk.customer_writes()
    ticket = desk.customer_writes()["id"]
    with Live(desk, desk.token, f"ticket:{ticket}") as jana:
        with Live(desk, lea, f"ticket:{ticket}") as other:
            at(jana, ticket, "viewing")
            hears(other, [(1, "viewing")])
            at(other, ticket, "viewing")
            hears(jana, [(1, "viewing"), (2, "viewing")])
            at(other, ticket, "reply")
            hears(jana, [(1, "viewing"), (2, "reply")])
            expect((there(desk, ticket), there(desk, ticket, lea)), ([(1, "viewing"), (2, "reply")],) * 2)
        hears(jana, [(1, "viewing")])
        at(jana, ticket, "gone")
        hears(jana, [])
    expect(there(desk, ticket), [])


def test_two_windows_of_one_person_are_one_person(desk):
    ticket = desk.customer_writes()["id"]
    with Live(desk, desk.token, f"ticket:{ticket}") as one, Live(desk, desk.token, f"ticket:{ticket}") as two:
        at(one, ticket, "viewing")
        at(two, ticket, "note")
        hears(one, [(1, "note")])
        two.socket.close()
        hears(one, [(1, "viewing")])


def test_programs_say_it_over_the_api(desk):
    lea = add_agent(desk)
    ticket = desk.customer_writes()["id"]
    with Live(desk, desk.token, f"ticket:{ticket}") as jana:
        answer = desk.post(f"/tickets/{ticket}/presence", {"doing": "reply"}, token=lea)
        expect((answer.status, answer.json["people"]), (200, [{"staff": 2, "doing": "reply"}]))
        hears(jana, [(2, "reply")])
        desk.post(f"/tickets/{ticket}/presence", {"doing": "gone"}, token=lea)
        hears(jana, [])
    expect(desk.post(f"/tickets/{ticket}/presence", {"doing": "asleep"}).status, 422)


def test_who_may_not_see_the_ticket_neither_hears_nor_says_anything(desk):
    lea = add_agent(desk)
    desk.post("/teams", {"name": "Personal", "members": [1]})
    ticket = desk.customer_writes()["id"]
    with Live(desk, desk.token, f"ticket:{ticket}") as jana, Live(desk, lea, f"ticket:{ticket}") as other:
        at(jana, ticket, "viewing")
        at(other, ticket, "viewing")
        hears(jana, [(1, "viewing"), (2, "viewing")])
        hears(other, [(1, "viewing"), (2, "viewing")])
        desk.patch(f"/tickets/{ticket}", {"team": "personal"})
        hears(jana, [(1, "viewing")], 5)
        at(jana, ticket, "reply")
        hears(jana, [(1, "reply")])
        at(other, ticket, "viewing")
        heard = []
        while message := other.message(0.7):
            heard.append(message)
        expect([m for m in heard if "presence" in m and {"staff": 1, "doing": "reply"} in m["presence"]["people"]], [])
        expect([m["error"]["code"] for m in heard if "error" in m], ["not_found"])
    expect(desk.get(f"/tickets/{ticket}/presence", token=lea).status, 404)


def test_an_answer_to_a_ticket_that_moved_on_is_held_back(desk):
    lea = add_agent(desk)
    ticket = desk.customer_writes()
    path = f"/tickets/{ticket['id']}"
    answer = lambda version, **more: desk.post(f"{path}/messages", {"audience": "public", "text": "Gern", "seen_version": version, **more})
    desk.patch(path, {"priority": "high"})
    expect(answer(ticket["version"]).status, 201, "what one has changed oneself is no news")
    version = desk.get(path).json["version"]
    desk.post(f"{path}/messages", {"audience": "internal", "text": "Warte noch"}, token=lea)
    desk.patch(path, {"state": "resolved", "priority": "low"}, token=lea)
    late = answer(version)
    expect((late.status, late.json["code"]), (409, "ticket_moved_on"))
    expect({e["field"] for e in late.json["errors"]}, {"messages", "state", "priority"})
    expect([m["text"] for m in desk.get(f"{path}/messages").json["items"]].count("Gern"), 1)
    expect(desk.post(f"{path}/messages", {"audience": "internal", "text": "Notiz", "seen_version": version}).status, 201, "a note harms nothing")
    expect(answer(desk.get(path).json["version"]).status, 201, "having seen it, one sends anyway")
    version = desk.get(path).json["version"]
    desk.run("mail", "deliver", stdin=f"From: ana@example.org\r\nTo: x@theke.test\r\nSubject: Re [#{ticket['number']}]\r\nMessage-ID: <more@example.org>\r\n\r\nNoch was\r\n")
    wait_for(lambda: desk.get(path).json["version"] > version)
    expect([e["field"] for e in answer(version).json["errors"]], ["messages"])
    expect(desk.post(f"{path}/messages", {"audience": "public", "text": "Ohne"}).status, 201, "programs that don't ask are not held back")


if __name__ == "__main__":
    run_all(__name__)
