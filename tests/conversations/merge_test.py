"""Tickets that become one, and become two again days later."""
import threading

from desk import expect, run_all
from people_test import add_agent
from post import soon
from split_test import ids, kept, undo, written
from undo_test import look


def merge(desk, ticket, into, status=200, **more):
    answer = desk.post(f"/tickets/{ticket}/merge", {"into": into, **more})
    expect(answer.status, status, answer.body)
    return answer.json


def fault(answer):
    return answer["errors"][0]["field"], answer["errors"][0]["code"]


def letter(desk, subject, text="More.", sender="ana@example.org", **headers):
    lines = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    desk.run("mail", "deliver", stdin=f"From: Somebody <{sender}>\nTo: support@theke.test\nSubject: {subject}\n{lines}\n{text}\n")


def parts(desk, ticket):
    return [(p["person"]["email"], p["role"], p["active"]) for p in desk.get(f"/tickets/{ticket}/participants").json["items"]]


def links(desk, ticket):
    return sorted((each["id"], each["kind"]) for each in desk.get(f"/tickets/{ticket}/links").json["items"])


def whole(desk, ticket):
    """All that a merge and its undoing may touch."""
    seen = desk.get(f"/tickets/{ticket}").json
    return (look(desk, ticket), seen["tags"], seen["merged_into_id"], seen["is_active"], seen["requester"]["email"], ids(desk, ticket),
            parts(desk, ticket), links(desk, ticket))


def listed(desk):
    return sorted(t["id"] for t in desk.get("/tickets").json["items"])


def two(desk, **more):
    a = desk.customer_writes(subject="The mixer is broken", text="It hums only.", tags=["mixer", "both"], **more)["id"]
    b = desk.customer_writes(subject="Where is my refund", text="For the mixer.", tags=["refund", "both"])["id"]
    return a, b


def test_the_messages_stay_and_are_shown_in_the_other(desk):
    a, b = two(desk)
    note = desk.post(f"/tickets/{a}/messages", {"audience": "internal", "text": "Known fault."}).json["id"]
    before, other = whole(desk, a), whole(desk, b)
    done = merge(desk, a, b)
    expect((done["kind"], done["summary"], done["is_undoable"], done["kept"]), ("ticket.merge", {"from": a, "into": b, "messages": 2}, True, []))
    shown = written(desk, b)
    expect([(m["ticket"], m["shown_in"]) for m in shown], [(a, b), (b, b), (a, b)])
    expect((note in ids(desk, b), ids(desk, a)), (True, before[5]), "who opens the merged one finds its messages still")
    expect((look(desk, b)["message_count"], look(desk, b)["snippet"]), (3, "For the mixer."))
    expect((desk.get(f"/tickets/{b}").json["tags"], desk.get(f"/tickets/{a}").json["merged_into_id"]), (["refund", "both", "mixer"], b))
    expect((listed(desk), desk.get("/counters").json["open"]), ([b], 1))
    for each in (a, b):
        events = [e["data"] for e in desk.get(f"/tickets/{each}/history").json["items"] if e["kind"] == "ticket.merged"]
        expect(events, [{"from": a, "into": b, "operation": done["id"]}])
        expect([o["id"] for o in desk.get(f"/operations?ticket={each}").json["items"]], [done["id"]])
    back = undo(desk, done)
    expect((kept(back), whole(desk, a), whole(desk, b)), ([], before, other))
    expect((listed(desk), desk.get("/counters").json["open"]), ([a, b], 2))
    desk.run("check")


def test_a_merged_ticket_takes_nothing_more(desk):
    a, b = two(desk)
    merge(desk, a, b)
    for answer in (desk.post(f"/tickets/{a}/messages", {"audience": "public", "text": "x"}), desk.patch(f"/tickets/{a}", {"priority": "high"}),
                   desk.post(f"/tickets/{a}/messages", {"audience": "internal", "text": "x"}), desk.post(f"/tickets/{a}/links", {"ticket": b, "kind": "related"}),
                   desk.ask("PUT", f"/tickets/{a}/draft", {"audience": "public", "content": {}}), desk.post(f"/tickets/{a}/participants", {"email": "x@example.org"}),
                   desk.post(f"/tickets/{a}/merge", {"into": b})):
        expect((answer.status, answer.json["code"], answer.json["see"]), (409, "ticket_merged", f"/api/v1/tickets/{b}"))
    c = desk.customer_writes(subject="Third")["id"]
    expect(fault(merge(desk, c, a, 422)), ("into", "ticket_merged"))
    expect(fault(merge(desk, b, a, 422)), ("into", "ticket_merged"), "no circle")
    expect(fault(merge(desk, b, b, 422)), ("into", "same_ticket"))
    expect(fault(merge(desk, b, 999, 422)), ("into", "unknown"))


def test_later_mail_to_the_merged_ticket_arrives_in_the_other(desk):
    letter(desk, "First matter", Message_ID="<first@example.org>")
    a = soon(lambda: listed(desk), "the first letter")[0]
    b = desk.customer_writes(subject="Second matter")["id"]
    merge(desk, a, b)
    letter(desk, f"[#{a + 10000}] by number", Message_ID="<number@example.org>")
    letter(desk, "Re: First matter", Message_ID="<reply@example.org>", In_Reply_To="<first@example.org>")
    letter(desk, "Re: First matter", Message_ID="<ancestor@example.org>", References="<lost@example.org> <number@example.org>")
    soon(lambda: len(written(desk, b)) == 5, "three letters arriving")
    expect([(m["ticket"], m["threading"]["decision"]) for m in written(desk, b)[2:]], [(b, "reply")] * 3)
    expect(look(desk, b)["message_count"], 5)


def test_undo_after_a_reply_leaves_the_reply(desk):
    a, b = two(desk)
    done = merge(desk, a, b)
    reply = desk.post(f"/tickets/{b}/messages", {"audience": "public", "text": "About both."}).json["id"]
    trial = desk.get(f"/operations/{done['id']}").json
    expect((kept(trial), trial["kept"][0]["ticket"], trial["kept"][0]["count"], trial["is_undoable"]), ([("messages", "written_since")], b, 1, True))
    expect(kept(undo(desk, done)), [("messages", "written_since")])
    expect((len(ids(desk, a)), reply in ids(desk, b), len(ids(desk, b))), (1, True, 2))
    expect((look(desk, a)["message_count"], look(desk, b)["message_count"], look(desk, a)["first_response_at"]), (1, 2, None))


def test_what_stays_in_a_ticket_out_of_sight_is_told_without_it(desk):
    a, b = two(desk)
    lea = add_agent(desk)
    done = merge(desk, a, b)
    desk.post(f"/tickets/{b}/messages", {"audience": "public", "text": "About both."})
    undo(desk, done)
    told = lambda: [k["ticket"] for k in desk.get(f"/operations?ticket={a}", token=lea).json["items"][0]["kept"]]
    expect(told(), [b])
    desk.post("/teams", {"name": "Personal", "members": [1]})
    desk.patch(f"/tickets/{b}", {"team": "personal"})
    expect(told(), [None])


def test_different_requesters_need_a_decision(desk):
    a, b = two(desk, email="bob@example.org", name="Bob")
    expect(fault(merge(desk, a, b, 422)), ("requesters", "requesters_differ"))
    before = whole(desk, b)
    done = merge(desk, a, b, requesters="join")
    expect(parts(desk, b), [("ana@example.org", "requester", True), ("bob@example.org", "cc", True)])
    undo(desk, done)
    expect(whole(desk, b), before)
    done = merge(desk, a, b, requesters="replace")
    expect((desk.get(f"/tickets/{b}").json["requester"]["email"], parts(desk, b)),
           ("bob@example.org", [("bob@example.org", "requester", True), ("ana@example.org", "cc", True)]))
    expect(kept(undo(desk, done)), [])
    expect(whole(desk, b), before)
    merge(desk, a, b, requesters="apart")
    expect(parts(desk, b), [("ana@example.org", "requester", True), ("bob@example.org", "cc", False)])


def test_kept_apart_nobody_reads_what_is_not_for_them(desk):
    desk.post("/mailboxes", {"name": "Support", "address": "support@theke.test", "inbound": {"kind": "lmtp"}})
    b = desk.customer_writes(subject="Where is my refund")["id"]
    letter(desk, "The mixer is broken", sender="bob@example.org", Message_ID="<bob@example.org>")
    a = soon(lambda: [t for t in listed(desk) if t != b], "the letter")[0]
    merge(desk, a, b, requesters="apart")
    defaults = desk.get(f"/tickets/{b}/reply-defaults").json
    expect(([e["email"] for e in defaults["to"]], defaults["cc"]), (["ana@example.org"], []))
    letter(desk, "Re: The mixer is broken", sender="bob@example.org", Message_ID="<bob2@example.org>", In_Reply_To="<bob@example.org>")
    soon(lambda: len(written(desk, b)) == 3, "the later letter")
    expect(written(desk, b)[2]["unverified"], True)


def test_two_tickets_that_link_the_same_third(desk):
    a, b = two(desk)
    c, d = desk.customer_writes(subject="Third")["id"], desk.customer_writes(subject="Fourth")["id"]
    for one, kind, other in ((a, "related", c), (b, "related", c), (a, "parent", d), (a, "duplicate", b), (c, "blocks", a)):
        expect(desk.post(f"/tickets/{one}/links", {"ticket": other, "kind": kind}).status, 201)
    before = {each: links(desk, each) for each in (a, b, c, d)}
    done = merge(desk, a, b)
    expect((links(desk, a), links(desk, b)), ([], [(c, "blocks_of"), (c, "related"), (d, "parent")]))
    expect(links(desk, c), [(b, "blocks"), (b, "related")])
    undo(desk, done)
    expect({each: links(desk, each) for each in (a, b, c, d)}, before)


def test_a_link_that_would_go_round_is_left_out(desk):
    a, b = two(desk)
    c, d = desk.customer_writes(subject="Third")["id"], desk.customer_writes(subject="Fourth")["id"]
    for one, other in ((a, c), (c, d), (d, b)):
        desk.post(f"/tickets/{one}/links", {"ticket": other, "kind": "parent"})
    done = merge(desk, a, b)
    expect(links(desk, b), [(d, "parent_of")])
    undo(desk, done)
    expect(links(desk, a), [(c, "parent")])


def test_drafts_follow_and_none_is_lost(desk):
    a, b = two(desk)
    lea = add_agent(desk)
    for who, ticket, text in ((None, a, "jana in a"), (lea, a, "lea in a"), (lea, b, "lea in b")):
        expect(desk.ask("PUT", f"/tickets/{ticket}/draft", {"audience": "public", "content": {"text": text}}, token=who or True).status, 200)
    done = merge(desk, a, b)
    expect(desk.get(f"/tickets/{b}/draft").json["content"]["text"], "jana in a")
    expect([desk.get(f"/tickets/{t}/draft", token=lea).json["content"]["text"] for t in (a, b)], ["lea in a", "lea in b"])
    desk.ask("PUT", f"/tickets/{b}/draft", {"audience": "public", "content": {"text": "written on"}})
    expect(kept(undo(desk, done)), [("drafts", "changed")])
    expect((desk.get(f"/tickets/{b}/draft").json["content"]["text"], desk.get(f"/tickets/{a}/draft").status), ("written on", 404))


def test_a_chain_of_merges_comes_apart_in_order(desk):
    a, b = two(desk)
    c = desk.customer_writes(subject="Third")["id"]
    states = [whole(desk, each) for each in (a, b, c)]
    first = merge(desk, a, b)
    second = merge(desk, b, c)
    expect((len(ids(desk, c)), len(ids(desk, b)), len(ids(desk, a)), listed(desk)), (3, 2, 1, [c]))
    letter(desk, f"[#{a + 10000}] to the oldest")
    soon(lambda: len(ids(desk, c)) == 4, "mail to the beginning of the chain")
    refused = undo(desk, first, 409)
    expect((refused["code"], desk.get(f"/operations/{first['id']}").json["reason"]), ("merged_on", "merged_on"))
    expect(kept(undo(desk, second)), [("messages", "written_since")])
    expect((len(ids(desk, b)), len(ids(desk, c))), (2, 2))
    undo(desk, first)
    expect([whole(desk, each) for each in (a, b)], states[:2])


def test_what_still_waits_for_us_opens_the_other(desk):
    a, b = two(desk)
    desk.patch(f"/tickets/{b}", {"state": "resolved"})
    done = merge(desk, a, b)
    expect((look(desk, b)["state"], listed(desk)), ("open", [b]))
    undo(desk, done)
    expect((look(desk, b)["state"], desk.get("/counters").json["open"]), ("resolved", 1))
    done = merge(desk, a, b)
    desk.patch(f"/tickets/{b}", {"state": "closed"})
    expect(kept(undo(desk, done)), [("state", "changed")])
    desk.patch(f"/tickets/{a}", {"state": "resolved"})
    desk.patch(f"/tickets/{b}", {"state": "waiting", "waiting_reason": "customer"})
    merge(desk, a, b)
    expect(look(desk, b)["state"], "waiting", "what is done opens nothing")


def test_search_finds_the_messages_where_they_are_shown(desk):
    a, b = two(desk)
    found = lambda q: [t["id"] for t in desk.get(f"/search?q={q}").json["items"]]
    done = merge(desk, a, b)
    expect((found("hums"), found("hums%20refund"), found("state:new"), found("is:merged"), found(f"number:{a + 10000}")), ([b], [], [b], [a], [a]))
    undo(desk, done)
    expect((found("hums"), sorted(found("state:new"))), ([a], [a, b]))


def test_the_customer_is_told_and_it_can_be_taken_back_while_it_is_held(desk):
    a, b = two(desk, email="bob@example.org", name="Bob")
    done = merge(desk, a, b, requesters="join", tell=True)
    pointer = written(desk, b)[-1]
    expect((pointer["to"][0]["email"], pointer["automatic"], pointer["delivery"]["state"]), ("bob@example.org", True, "held"))
    expect((f"#{a + 10000}" in pointer["text"], f"#{b + 10000}" in pointer["text"], look(desk, b)["first_response_at"]), (True, True, None))
    expect(kept(undo(desk, done)), [])
    expect(desk.get(f"/messages/{pointer['id']}").json["delivery"]["state"], "cancelled")
    done = merge(desk, a, b, requesters="join", tell=True)
    pointer = written(desk, b)[-1]["id"]
    desk.rows(f"UPDATE delivery SET state = 'sent', next_at = NULL WHERE message_id = {pointer}")
    expect(kept(undo(desk, done)), [("pointer", "sent")])


def test_both_tickets_must_be_in_reach(desk):
    a, b = two(desk)
    lea = add_agent(desk)
    elsewhere = desk.post("/teams", {"name": "Elsewhere", "members": [1]}).json["id"]
    desk.patch(f"/tickets/{b}", {"team": elsewhere})
    answer = desk.post(f"/tickets/{a}/merge", {"into": b}, token=lea)
    expect((answer.status, fault(answer.json)), (422, ("into", "unknown")))
    expect(desk.post(f"/tickets/{b}/merge", {"into": a}, token=lea).status, 404)
    done = merge(desk, a, b)
    expect((desk.get(f"/tickets/{a}/messages", token=lea).json["items"], desk.post(f"/operations/{done['id']}/undo", token=lea).status), ([], 404))


def test_two_merge_in_opposite_directions(desk):
    for _ in range(5):
        a, b = two(desk)
        answers = []
        threads = [threading.Thread(target=lambda x=x, y=y: answers.append(desk.post(f"/tickets/{x}/merge", {"into": y}).status)) for x, y in ((a, b), (b, a))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        expect(sorted(answers)[0], 200)
        expect(sorted(answers)[1] in (409, 422), True)
    desk.run("check")


if __name__ == "__main__":
    run_all(__name__)
