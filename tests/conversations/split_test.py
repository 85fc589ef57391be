"""Messages that become a ticket of their own or go to another one, and the way back days later."""
from desk import expect, run_all
from people_test import add_agent
from post import soon
from undo_test import look


def written(desk, ticket):
    return desk.get(f"/tickets/{ticket}/messages").json["items"]


def ids(desk, ticket):
    return [message["id"] for message in written(desk, ticket)]


def three_messages(desk, **more):
    """A question, an answer that has left, and another question."""
    ticket = desk.customer_writes(subject="Two matters", text="First matter", **more)["id"]
    answer = desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "A note of ours."})
    expect(answer.status, 201, answer.body)
    letter = f"From: Ana <ana@example.org>\nTo: support@theke.test\nSubject: [#{ticket + 10000}] Two matters\nMessage-ID: <second-{ticket}@example.org>\n\nSecond matter\n"
    desk.run("mail", "deliver", stdin=letter)
    soon(lambda: len(ids(desk, ticket)) == 3, "the second letter")
    return ticket, ids(desk, ticket)


def split(desk, ticket, messages, status=200, **more):
    answer = desk.post(f"/tickets/{ticket}/split", {"messages": messages, **more})
    expect(answer.status, status, answer.body)
    return answer.json


def undo(desk, operation, status=200, **who):
    answer = desk.post(f"/operations/{operation['id']}/undo", **who)
    expect(answer.status, status, answer.body)
    return answer.json


def kept(operation):
    return [(each["field"], each["code"]) for each in operation["kept"]]


def test_a_message_becomes_a_ticket_and_replies_follow(desk):
    ticket, (first, note, second) = three_messages(desk)
    done = split(desk, ticket, [second])
    new = done["summary"]["to"]
    expect((done["kind"], done["is_undoable"], ids(desk, ticket), ids(desk, new)), ("ticket.split", True, [first, note], [second]))
    opened = desk.get(f"/tickets/{new}").json
    expect((opened["subject"], opened["requester"]["email"], opened["state"], opened["message_count"]), ("[#%d] Two matters" % (ticket + 10000), "ana@example.org", "new", 1))
    expect(opened["created_at"], written(desk, new)[0]["created_at"], "it waits since it was written")
    expect([(link["id"], link["kind"]) for link in desk.get(f"/tickets/{ticket}/links").json["items"]], [(new, "follows_of")])
    desk.run("mail", "deliver", stdin=f"From: Ana <ana@example.org>\nTo: support@theke.test\nSubject: Re: second\nMessage-ID: <third@example.org>\n"
                                      f"In-Reply-To: <second-{ticket}@example.org>\n\nMore on the second matter\n")
    soon(lambda: len(ids(desk, new)) == 2, "the reply following its message")
    for each in (ticket, new):
        moves = [event["data"]["operation"] for event in desk.get(f"/tickets/{each}/history").json["items"] if event["kind"] == "message.moved"]
        expect(moves, [done["id"]])


def test_undo_brings_the_messages_back_and_the_number_leads_there(desk):
    ticket, (first, note, second) = three_messages(desk)
    was = look(desk, ticket)
    done = split(desk, ticket, [second], subject="The second matter")
    new = done["summary"]["to"]
    expect(desk.get(f"/tickets/{new}").json["subject"], "The second matter")
    back = undo(desk, done)
    expect((kept(back), back["is_undoable"], back["reason"], back["undone_by"]), ([], False, "operation_undone", 1))
    expect((ids(desk, ticket), look(desk, ticket)), ([first, note, second], was))
    expect(written(desk, ticket)[2]["threading"]["decision"], "reply", "the reason of its place too")
    emptied = desk.get(f"/tickets/{new}").json
    expect((emptied["merged_into_id"], emptied["is_active"], emptied["message_count"]), (ticket, False, 0))
    expect((desk.get("/counters").json["open"], [t["id"] for t in desk.get("/tickets").json["items"]]), (1, [ticket]))
    expect(undo(desk, done, 409)["code"], "operation_undone")
    desk.run("check")


def test_undo_after_a_reply_leaves_the_reply(desk):
    ticket, (first, note, second) = three_messages(desk)
    done = split(desk, ticket, [second])
    new = done["summary"]["to"]
    reply = desk.post(f"/tickets/{new}/messages", {"audience": "public", "text": "About the second."}).json["id"]
    trial = desk.get(f"/operations/{done['id']}").json
    expect((trial["is_undoable"], kept(trial), trial["kept"][0]["message"] != ""), (True, [("messages", "written_since")], True))
    expect(kept(undo(desk, done)), [("messages", "written_since")])
    expect((ids(desk, ticket), ids(desk, new), desk.get(f"/tickets/{new}").json["merged_into_id"]), ([first, note, second], [reply], None))


def test_the_first_message_leaves_and_returns(desk):
    ticket, (first, note, second) = three_messages(desk)
    was = look(desk, ticket)
    done = split(desk, ticket, [first])
    expect((ids(desk, ticket), look(desk, ticket)["snippet"]), ([note, second], "Second matter"))
    expect(desk.get(f"/tickets/{ticket}").json["subject"], "Two matters")
    undo(desk, done)
    expect((ids(desk, ticket), look(desk, ticket)), ([first, note, second], was))


def test_all_messages_leave_and_the_emptied_ticket_opens_again(desk):
    ticket, messages = three_messages(desk)
    was = look(desk, ticket)
    target = desk.customer_writes(subject="Target", email="bob@example.org")["id"]
    desk.patch(f"/tickets/{target}", {"state": "resolved"})
    done = split(desk, ticket, messages, into=target)
    expect((done["kind"], look(desk, ticket)["state"], look(desk, target)["state"], len(ids(desk, target))), ("message.move", "closed", "open", 4))
    expect([p["person"]["email"] for p in desk.get(f"/tickets/{target}/participants").json["items"]], ["bob@example.org", "ana@example.org"])
    expect(kept(undo(desk, done)), [])
    expect((look(desk, ticket), look(desk, target)["state"], ids(desk, target)), (was, "resolved", [ids(desk, target)[0]]))
    expect([p["person"]["email"] for p in desk.get(f"/tickets/{target}/participants").json["items"]], ["bob@example.org"])


def test_what_somebody_decided_since_stays(desk):
    ticket, messages = three_messages(desk)
    target = desk.customer_writes(subject="Target", email="bob@example.org")["id"]
    desk.patch(f"/tickets/{target}", {"state": "resolved"})
    done = split(desk, ticket, messages[2:], into=target)
    desk.patch(f"/tickets/{target}", {"state": "waiting", "waiting_reason": "internal"})
    person = desk.get(f"/tickets/{target}/participants").json["items"][1]["person"]["id"]
    desk.patch(f"/tickets/{target}/participants/{person}", {"role": "third_party"})
    expect(sorted(kept(undo(desk, done))), [("participants", "changed"), ("state", "changed")])
    expect((look(desk, target)["state"], len(ids(desk, ticket))), ("waiting", 3))


def test_messages_moved_on_are_left_where_they_are(desk):
    ticket, (first, note, second) = three_messages(desk)
    done = split(desk, ticket, [note, second])
    new = done["summary"]["to"]
    again = split(desk, new, [second])
    expect((kept(undo(desk, done)), ids(desk, ticket)), ([("messages", "moved_on")], [first, note]))
    third = split(desk, again["summary"]["to"], [second])
    refused = undo(desk, again, 409)
    expect((refused["code"], ids(desk, third["summary"]["to"])), ("messages_moved_on", [second]))
    expect(desk.get(f"/operations/{again['id']}").json["reason"], "messages_moved_on")


def test_what_is_refused(desk):
    ticket, (first, note, second) = three_messages(desk)
    other = desk.customer_writes(subject="Other", email="bob@example.org")["id"]
    fault = lambda answer: (answer["errors"][0]["field"], answer["errors"][0]["code"])
    expect(fault(split(desk, ticket, [first, ids(desk, other)[0]], 422)), ("messages", "elsewhere"))
    expect(fault(split(desk, other, [first], 422)), ("messages", "elsewhere"))
    expect(fault(split(desk, ticket, [first], 422, into=999)), ("into", "unknown"))
    expect(fault(split(desk, ticket, [first], 422, into=ticket)), ("ticket", "same"))
    expect(desk.post("/operations/99/undo").status, 404)


def test_the_same_rights_as_doing_it(desk):
    ticket, (first, note, second) = three_messages(desk)
    done = split(desk, ticket, [second])
    otto = add_agent(desk, "otto")
    elsewhere = desk.post("/teams", {"name": "Elsewhere", "members": [1]}).json["id"]
    expect(undo(desk, done, token=otto)["undone_by"], 2)
    again = split(desk, ticket, [first])
    expect(desk.patch(f"/tickets/{again['summary']['to']}", {"team": elsewhere}).json["team"]["id"], elsewhere)
    expect(desk.get(f"/tickets/{again['summary']['to']}", token=otto).status, 404)
    expect(undo(desk, again, 404, token=otto)["code"], "operation_not_found", "one of the two is out of sight")
    shown = desk.get(f"/operations?ticket={ticket}", token=otto).json["items"]
    expect([(each["id"], each["is_undoable"], each["reason"]) for each in shown], [(again["id"], False, "forbidden"), (done["id"], False, "operation_undone")])
    expect((desk.get("/operations", token=otto).json["items"], len(desk.get("/operations").json["items"])), ([], 2))


def test_the_customer_is_told_which_number_is_which(desk):
    ticket, (first, note, second) = three_messages(desk)
    for state in ("cancelled", "sent"):
        done = split(desk, ticket, [second], tell=True)
        new = done["summary"]["to"]
        pointer = written(desk, new)[-1]
        expect((ids(desk, new), pointer["to"][0]["email"], pointer["automatic"], pointer["delivery"]["state"]),
               ([second, pointer["id"]], "ana@example.org", True, "held"))
        expect((f"#{ticket + 10000}" in pointer["text"], f"#{new + 10000}" in pointer["text"]), (True, True))
        if state == "sent":
            desk.rows(f"UPDATE delivery SET state = 'sent', next_at = NULL WHERE message_id = {pointer['id']}")
        expect(kept(undo(desk, done)), [("pointer", "sent")] if state == "sent" else [])
        returned = desk.get(f"/messages/{pointer['id']}").json
        expect((returned["ticket"], returned["delivery"]["state"]), (ticket, state))
        expect((desk.get(f"/tickets/{new}").json["merged_into_id"], [id for id in ids(desk, ticket) if id <= second]), (ticket, [first, note, second]))
    other = desk.customer_writes(subject="Other")["id"]
    split(desk, ticket, [second], into=other, tell=True)
    expect([message["automatic"] for message in written(desk, other)], [False, False], "of a ticket that is there nobody is told")


if __name__ == "__main__":
    run_all(__name__)
