"""Letters that nobody wants: whose they are, and what becomes of them. They lie in quarantine, and nothing else happens."""
import itertools

import mail
from desk import expect, run_all
from people_test import add_agent
from post import messages, soon

OPTIONS = ["--lmtp", "127.0.0.1:0"]
count = itertools.count(1)


def deliver(desk, sender="ana@example.org", subject=None, text="Where is my order?", to="support@theke.test", **headers):
    """What became of the letter: the message."""
    subject = subject or f"Order {next(count)}"
    before = len(messages(desk, subject=subject))
    raw = mail.write_letter(to, sender=sender, subject=subject, text=text, headers=headers)
    expect(mail.send(raw, sender, ["support@theke.test"], desk.lmtp, lmtp=True), {})
    return soon(lambda: messages(desk, subject=subject)[before:], f"'{subject}' arriving")[-1]


def block(desk, pattern, **more):
    answer = desk.post("/spam/senders", {"pattern": pattern, **more})
    expect(answer.status, 201, answer.body)
    return answer.json


def ticket_of(desk, message):
    return desk.get(f"/tickets/{message['ticket']}").json


def is_spam(desk, message):
    return ticket_of(desk, message)["is_spam"]


def reasons(message):
    return [each.split(": ")[0] for each in message["threading"]["reasons"]]


def test_a_blocked_sender_goes_to_quarantine_and_starts_nothing(desk):
    box = {"name": "Support", "address": "support@theke.test", "inbound": {"kind": "lmtp"},
           "outbound": {"host": "localhost", "port": 1, "security": "none"}}
    expect(desk.post("/mailboxes", box).status, 201)
    expect(desk.patch("/teams/1", {"auto_reply": True, "auto_reply_text": "We have it."}).status, 200)
    view = desk.post("/views", {"name": "All", "scope": "global", "condition": "is:active"}).json["id"]
    block(desk, "loud@market.example", reason="Reklame")
    quiet = deliver(desk, "loud@market.example", "Buy now")
    expect((is_spam(desk, quiet), reasons(quiet)), (True, ["sender_blocked", "no_reference"][::-1]), quiet["threading"])
    heard = deliver(desk, "ana@example.org")
    expect(is_spam(desk, heard), False)
    expect([len(desk.get(f"/tickets/{m['ticket']}/messages").json["items"]) for m in (quiet, heard)], [1, 2], "only one was answered")
    expect([t["id"] for t in desk.get("/tickets").json["items"]], [heard["ticket"]])
    expect([t["id"] for t in desk.get("/tickets?spam=true").json["items"]], [quiet["ticket"]])
    soon(lambda: [v["count"] for v in desk.get("/counters").json["views"]] == [1], "the view being counted")
    expect([t["id"] for t in desk.get(f"/views/{view}/tickets").json["items"]], [heard["ticket"]])
    expect(desk.get("/counters").json["open"], 1)


def test_the_nearest_entry_counts_and_only_while_it_lasts(desk):
    block(desk, "market.example")
    block(desk, "Boss@Market.example", is_allowed=True)
    block(desk, "bulk.example", has_subdomains=True)
    block(desk, "good.bulk.example", is_allowed=True)
    block(desk, "münchen.example")
    block(desk, "brief@example.net", expires_at="2031-01-01T00:00:00Z")
    wanted = {"a@market.example": True, "boss@market.example": False, "a@news.market.example": False, "a@bulk.example": True, "a@x.y.bulk.example": True,
              "a@good.bulk.example": False, "a@very.good.bulk.example": True, "a@xn--mnchen-3ya.example": True, "brief@example.net": True,
              "long@example.net": False, "a@notbulk.example": False}
    expect({sender: is_spam(desk, deliver(desk, sender)) for sender in wanted}, wanted)
    desk.rows("UPDATE spam_sender SET expires_at = 1 WHERE pattern = 'brief@example.net'")
    expect(is_spam(desk, deliver(desk, "brief@example.net")), False, "it has expired")
    block(desk, "brief@example.net")
    expect(is_spam(desk, deliver(desk, "brief@example.net")), True, "what has expired gives way to a new entry")


def test_a_blocked_sender_gets_into_no_conversation(desk):
    first = deliver(desk, "ana@example.org")
    label = ticket_of(desk, first)["label"]
    block(desk, "ana@example.org")
    for headers in ({"In-Reply-To": first["message_id"]}, {}):
        again = deliver(desk, "ana@example.org", f"Re: Order [#{label}] {next(count)}", **headers)
        expect((again["ticket"] != first["ticket"], is_spam(desk, again), again["threading"]["decision"]), (True, True, "new"))
    more = deliver(desk, "ana@example.org", f"Re: Order {next(count)}", **{"In-Reply-To": again["message_id"]})
    expect((more["ticket"], is_spam(desk, more)), (again["ticket"], True), "what is in quarantine may grow")


def test_what_can_not_be_blocked_is_refused(desk):
    expect(desk.post("/mailboxes", {"name": "Support", "address": "support@theke.test", "inbound": {"kind": "lmtp"}}).status, 201)
    block(desk, "a@market.example")
    wrong = {"market": "sender_invalid", "@": "sender_invalid", "a b@market.example": "sender_invalid", "*.market.example": "sender_invalid", "market..example": "sender_invalid",
             "A@market.example": "sender_blocked", "theke.test": "sender_ours", "Support@theke.test": "sender_ours", "jana@theke.test": "sender_ours"}
    for pattern, code in wrong.items():
        answer = desk.post("/spam/senders", {"pattern": pattern})
        expect((answer.status, [e["code"] for e in answer.json["errors"]]), (422, [code]), pattern)
    answer = desk.post("/spam/senders", {"pattern": "b@market.example", "has_subdomains": True})
    expect([e["field"] for e in answer.json["errors"]], ["has_subdomains"])
    answer = desk.post("/spam/senders", {"pattern": "b@market.example", "expires_at": "2020-01-01T00:00:00Z"})
    expect([e["field"] for e in answer.json["errors"]], ["expires_at"])
    expect(desk.post("/spam/senders", {"pattern": "theke.test", "is_allowed": True}).status, 201, "allowed it may be")


def test_the_list_is_found_read_and_changed_by_who_may(desk):
    entries = [block(desk, f"sender{i}@market.example", reason="Reklame" if i % 2 else "") for i in range(5)]
    lea = add_agent(desk)
    for verb, path, body in (("GET", "/spam/senders", None), ("POST", "/spam/senders", {"pattern": "x@y.example"}), ("DELETE", f"/spam/senders/{entries[0]['id']}", None)):
        expect(desk.ask(verb, path, body, token=lea).status, 403, path)
    page = desk.get("/spam/senders?limit=3").json
    rest = desk.get(f"/spam/senders?limit=3&cursor={page['next']}").json
    expect([e["id"] for e in page["items"] + rest["items"]], [e["id"] for e in entries[::-1]])
    expect((rest["next"], page["items"][0]["created_by"]), (None, {"id": 1, "name": "Jana Petersen"}))
    expect(len(desk.get("/spam/senders?q=reklame").json["items"]), 2)
    expect([e["id"] for e in desk.get("/spam/senders?q=SENDER3").json["items"]], [entries[3]["id"]])
    expect((desk.ask("DELETE", f"/spam/senders/{entries[3]['id']}").status, desk.ask("DELETE", f"/spam/senders/{entries[3]['id']}").status), (204, 404))
    expect(is_spam(desk, deliver(desk, "sender3@market.example")), False)


def test_blocking_from_a_ticket_is_taken_back_as_one(desk):
    lea = add_agent(desk)
    first = deliver(desk, "loud@market.example")
    done = desk.post(f"/tickets/{first['ticket']}/block-sender", {"reason": "Reklame"}, token=lea)
    expect((done.status, done.json["kind"], done.json["is_undoable"]), (201, "ticket.block_sender", True), done.body)
    expect((is_spam(desk, first), is_spam(desk, deliver(desk, "loud@market.example"))), (True, True))
    entry = desk.get("/spam/senders").json["items"][0]
    expect((entry["pattern"], entry["reason"], entry["created_by"]["name"]), ("loud@market.example", "Reklame", "Lea"))
    expect(desk.post(f"/operations/{done.json['id']}/undo", token=lea).json["kept"], [])
    expect((is_spam(desk, first), is_spam(desk, deliver(desk, "loud@market.example")), desk.get("/spam/senders").json["items"]), (False, False, []))
    wide = desk.post(f"/tickets/{first['ticket']}/block-sender", {"whole_domain": True}, token=lea)
    expect((wide.status, is_spam(desk, deliver(desk, "soft@market.example"))), (201, True))
    again = desk.post(f"/tickets/{first['ticket']}/block-sender", {}).json
    expect((len(desk.get("/spam/senders").json["items"]), desk.post(f"/operations/{again['id']}/undo").json["kept"]), (1, []), "nothing was added, nothing goes")
    desk.ask("DELETE", f"/spam/senders/{desk.get('/spam/senders').json['items'][0]['id']}")
    kept = desk.post(f"/operations/{wide.json['id']}/undo").json["kept"]
    expect(([k["field"] for k in kept], is_spam(desk, first)), (["sender"], False))


def test_blocking_from_a_ticket_needs_its_right_and_a_sender(desk):
    lea = add_agent(desk)
    mine = deliver(desk, "jana@theke.test")
    path = f"/tickets/{mine['ticket']}/block-sender"
    expect([e["code"] for e in desk.post(path, {}).json["errors"]], ["sender_ours"])
    free = deliver(desk, "someone@gmail.com")
    path = f"/tickets/{free['ticket']}/block-sender"
    expect([e["code"] for e in desk.post(path, {"whole_domain": True}).json["errors"]], ["sender_public_domain"])
    expect(is_spam(desk, free), False)
    desk.patch("/roles/agent", {"permissions": {"spam.block": "none"}})
    expect((desk.post(path, {}, token=lea).status, is_spam(desk, free)), (403, False))
    expect(desk.post("/mailboxes", {"name": "Support", "address": "support@theke.test", "inbound": {"kind": "lmtp"}, "outbound": {"host": "localhost", "port": 1, "security": "none"}}).status, 201)
    spoken = desk.customer_writes(outgoing=True)
    answer = desk.post(f"/tickets/{spoken['id']}/block-sender", {})
    expect((answer.status, answer.json["code"]), (409, "ticket_without_sender"))


if __name__ == "__main__":
    run_all(__name__)
