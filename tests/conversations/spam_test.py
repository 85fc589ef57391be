"""Letters that nobody wants: whose they are, and what becomes of them. They lie in quarantine, and nothing else happens."""
import itertools

import mail
from desk import expect, run_all
from people_test import add_agent
from portal import look, sent
from post import messages, soon
from smtp_server import SmtpServer

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
    other = deliver(desk, "bob@example.org", f"Re: Order {next(count)}", **{"In-Reply-To": again["message_id"]})
    expect((other["ticket"] in (first["ticket"], again["ticket"]), is_spam(desk, other)), (False, False), "whoever answers the blocked one is heard")
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

# --- The filter --------------------------------------------------------------------------------------------------------------

WANTED = ["Mein Paket mit der Kaffeemühle ist nicht angekommen, bitte prüfen Sie die Lieferung.", "Die Rechnung zur Kaffeemühle stimmt nicht, bitte prüfen.",
          "Wann kommt die Lieferung mit dem Paket? Die Rechnung ist bezahlt.", "Bitte schicken Sie mir die Rechnung zur Lieferung noch einmal.",
          "Das Mahlwerk der Kaffeemühle klemmt, bitte um Ersatz mit der nächsten Lieferung."]
UNWANTED = ["Garantierter Gewinn wartet, klicken Sie sofort auf http://win.lottery.example/", "Sofort klicken: Ihr garantierter Gewinn wartet bei http://win.lottery.example/",
            "Letzte Chance auf den Gewinn! Klicken Sie http://win.lottery.example/ sofort.", "Garantierter Gewinn, letzte Chance, sofort klicken http://win.lottery.example/",
            "Ihr Gewinn wartet, letzte Chance: http://win.lottery.example/ sofort klicken"]


def filter_of(desk):
    return desk.get("/spam/filter").json


def learned(desk, spam, ham):
    soon(lambda: (lambda now: (now["spam_letters"], now["ham_letters"]) == (spam, ham))(filter_of(desk)), f"{spam} and {ham} letters being learned")


def mark(desk, message, is_spam=True, token=True):
    expect(desk.patch(f"/tickets/{message['ticket']}", {"is_spam": is_spam}, token=token).status, 200)


def words(desk):
    return sorted(map(tuple, desk.rows("SELECT word, spam, ham FROM spam_word")))


def train(desk):
    """Five letters of each kind: those that are wanted are released from a quarantine that a block had put them into."""
    expect(desk.patch("/spam/filter", {"minimum": 5}).status, 200)
    entry = block(desk, "kunde.example")
    for number, text in enumerate(WANTED):
        mark(desk, deliver(desk, f"k{number}@kunde.example", text=text), False)
    expect(desk.ask("DELETE", f"/spam/senders/{entry['id']}").status, 204)
    for number, text in enumerate(UNWANTED):
        mark(desk, deliver(desk, f"s{number}@markt{number}.example", text=text))
    learned(desk, 5, 5)


def test_the_filter_learns_decides_and_explains_itself(desk):
    early = deliver(desk, "early@other.example", text=UNWANTED[0])
    expect((is_spam(desk, early), desk.get(f"/tickets/{early['ticket']}/spam").json["verdict"], filter_of(desk)["is_ready"]), (False, None, False))
    train(desk)
    expect(filter_of(desk)["is_ready"], True)
    bad = deliver(desk, "new@other.example", text="Ihr garantierter Gewinn wartet! Sofort klicken: http://win.lottery.example/x")
    good = deliver(desk, "new@another.example", text="Die Lieferung der Kaffeemühle ist da, aber die Rechnung fehlt.")
    expect((is_spam(desk, bad), reasons(bad), is_spam(desk, good)), (True, ["no_reference", "spam_words"], False))
    why = desk.get(f"/tickets/{bad['ticket']}/spam").json
    expect((why["is_spam"], why["verdict"]["because"], why["verdict"]["score"] >= 95, why["spam_letters"], why["ham_letters"], why["learned_as"]),
           (True, "words", True, 5, 5, None))
    expect({"kind": "link", "word": "win.lottery.example", "spam": 5, "ham": 0} in why["signs"], True, why["signs"])
    expect((len(why["signs"]) <= 10, all(sign["spam"] + sign["ham"] > 0 for sign in why["signs"])), (True, True))
    kept = desk.get(f"/tickets/{good['ticket']}/spam").json["verdict"]
    expect((kept["is_spam"], kept["because"], kept["score"] < 50), (False, "few", True))
    listed = desk.get(f"/spam/verdicts?tickets={bad['ticket']},{good['ticket']},{early['ticket']},999").json["items"]
    expect([(v["ticket"], v["because"]) for v in listed], [(bad["ticket"], "words"), (good["ticket"], "few")])
    expect([desk.get(f"/spam/verdicts?tickets={wrong}").status for wrong in ("a", "0", "1,,2", ",".join(map(str, range(1, 202))))], [422] * 4)


def test_the_same_letter_is_always_judged_the_same(desk):
    train(desk)
    scores = set()
    for number in range(3):
        letter = deliver(desk, "same@other.example", subject="Gewinn", text="Letzte Chance auf die Rechnung, klicken Sie auf die Lieferung")
        scores.add(desk.get(f"/tickets/{letter['ticket']}/spam").json["verdict"]["score"])
    expect(len(scores), 1, scores)


def test_taking_back_unlearns_exactly(desk):
    train(desk)
    before = words(desk)
    first = deliver(desk, "one@other.example", text="Ein ganz neues Angebot mit Fahrrad")
    mark(desk, first)
    learned(desk, 6, 5)
    expect(desk.get(f"/tickets/{first['ticket']}/spam").json["learned_as"], "spam")
    expect(words(desk) == before, False)
    mark(desk, first, False)
    learned(desk, 5, 5)
    expect((words(desk) == before, desk.get(f"/tickets/{first['ticket']}/spam").json["learned_as"]), (True, None))
    bad = deliver(desk, "two@other.example", text=UNWANTED[1])
    expect(is_spam(desk, bad), True)
    mark(desk, bad, False)
    learned(desk, 5, 6)
    mark(desk, bad, True)
    learned(desk, 5, 5)
    expect(words(desk) == before, True, "a release that is taken back has taught nothing")
    bulk = desk.post("/bulk", {"tickets": [first["ticket"]], "actions": [{"kind": "spam"}]}).json
    learned(desk, 6, 5)
    soon(lambda: desk.get(f"/bulk/{bulk['id']}").json["finished_at"], "the bulk edit ending")
    expect(desk.post(f"/operations/{bulk['operation']}/undo").status, 200)
    learned(desk, 5, 5)
    expect(words(desk) == before, True)


def test_an_answer_that_has_left_teaches_that_a_letter_was_wanted(desk):
    with SmtpServer() as server:
        expect(desk.post("/mailboxes", {"name": "Support", "address": "support@theke.test", "inbound": {"kind": "lmtp"}, "outbound": server.settings()}).status, 201)
        letter = deliver(desk, "ana@kunde.example", text=WANTED[0])
        for _ in range(2):
            expect(desk.post(f"/tickets/{letter['ticket']}/messages", {"audience": "public", "text": "Wir sehen nach."}).status, 201)
        soon(lambda: len(server.letters) == 2, "both answers leaving")
        learned(desk, 0, 1)
        before = words(desk)
        expect(desk.get(f"/tickets/{letter['ticket']}/spam").json["learned_as"], "ham")
        mark(desk, letter)
        learned(desk, 1, 0)
        mark(desk, letter, False)
        learned(desk, 0, 1)
        expect(words(desk) == before, True)


def test_whom_we_know_is_never_held_back_by_words(desk):
    train(desk)
    box = {"name": "Support", "address": "support@theke.test", "inbound": {"kind": "lmtp"}, "outbound": {"host": "localhost", "port": 1, "security": "none"}}
    expect(desk.post("/mailboxes", box).status, 201)
    friend = deliver(desk, "friend@other.example", text=WANTED[0])
    answer = desk.post(f"/tickets/{friend['ticket']}/messages", {"audience": "public", "text": "Wir sehen nach."}).json
    block(desk, "partner.example", is_allowed=True)
    def because(message):
        return desk.get(f"/tickets/{message['ticket']}/spam").json["verdict"]["because"], is_spam(desk, message)
    expect(because(deliver(desk, "friend@other.example", text=UNWANTED[0])), ("known", False))
    expect(because(deliver(desk, "a@partner.example", text=UNWANTED[0])), ("allowed", False))
    expect(because(deliver(desk, "jana@theke.test", text=UNWANTED[0])), ("colleague", False))
    expect(because(deliver(desk, "stranger@other.example", text=UNWANTED[0])), ("words", True))
    again = deliver(desk, "stranger@third.example", f"Re: {friend['subject']}", text=UNWANTED[0], **{"In-Reply-To": friend["message_id"]})
    expect((again["ticket"], again["unverified"], is_spam(desk, again)), (friend["ticket"], True, False), "what joins a ticket hides nothing of it")
    expect(desk.patch(f"/tickets/{friend['ticket']}", {"state": "closed"}).status, 200)
    desk.rows("UPDATE ticket SET closed_at = 1, resolved_at = 1")
    late = deliver(desk, "friend@other.example", f"AW: {friend['subject']}", text=UNWANTED[0], **{"In-Reply-To": friend["message_id"]})
    expect((late["ticket"] != friend["ticket"], because(late)), (True, ("answer", False)))


def test_nobody_is_known_for_an_address_that_they_filled_in(desk):
    train(desk)
    box = {"name": "Support", "address": "support@theke.test", "inbound": {"kind": "lmtp"}, "outbound": {"host": "localhost", "port": 1, "security": "none"}}
    expect(desk.post("/mailboxes", {**box, "contact_form": True}).status, 201)
    friend = deliver(desk, "friend@other.example", text=WANTED[0])
    expect(desk.post(f"/tickets/{friend['ticket']}/messages", {"audience": "public", "text": "Wir sehen nach."}).status, 201)
    block(desk, "partner.example", is_allowed=True)
    for address in ("friend@other.example", "a@partner.example"):
        letter = deliver(desk, "eve@evil.example", text=UNWANTED[0], **{"Reply-To": address})
        expect((letter["from"]["email"], is_spam(desk, letter)), (address, True))
    expect(desk.post("/request-forms", {"key": "delivery", "names": {"en": "Delivery"}, "team": 1, "is_public": True}).status, 201)
    sent(desk, look(desk), email="friend@other.example", subject="From the form", text=UNWANTED[0])
    typed = soon(lambda: messages(desk, subject="From the form"), "the form arriving")[0]
    expect((desk.get(f"/tickets/{typed['ticket']}/spam").json["verdict"]["because"], is_spam(desk, typed)), ("words", True))


def test_what_was_found_is_for_whoever_sees_the_ticket(desk):
    lea = add_agent(desk)
    block(desk, "loud@market.example")
    letter = deliver(desk, "loud@market.example")
    path, one = f"/spam/verdicts?tickets={letter['ticket']}", f"/tickets/{letter['ticket']}/spam"
    expect([v["because"] for v in desk.get(path, token=lea).json["items"]], ["sender"])
    desk.post("/teams", {"name": "Personal", "members": [1]})
    expect(desk.patch(f"/tickets/{letter['ticket']}", {"team": 2}).status, 200)
    expect((desk.get(path, token=lea).json["items"], desk.get(one, token=lea).status, desk.get(one).json["verdict"]["pattern"]), ([], 404, "loud@market.example"))


def test_the_filter_is_changed_by_who_may_and_for_the_version_they_saw(desk):
    lea = add_agent(desk)
    expect((desk.get("/spam/filter", token=lea).status, desk.patch("/spam/filter", {"is_on": False}, token=lea).status), (403, 403))
    train(desk)
    expect([desk.patch("/spam/filter", wrong).status for wrong in ({"threshold": 100}, {"threshold": 10}, {"minimum": 0})], [422] * 3)
    now = filter_of(desk)
    expect(desk.patch("/spam/filter", {"is_on": False}, headers={"If-Match": f'"{now["version"]}"'}).json["is_ready"], False)
    expect(desk.patch("/spam/filter", {"is_on": True}, headers={"If-Match": f'"{now["version"]}"'}).status, 412)
    off = deliver(desk, "new@other.example", text=UNWANTED[0])
    expect((is_spam(desk, off), desk.get(f"/tickets/{off['ticket']}/spam").json["verdict"]), (False, None))
    expect(desk.patch("/spam/filter", {"is_on": True, "threshold": 60}).json["is_ready"], True)
    expect(is_spam(desk, deliver(desk, "new@other.example", text=UNWANTED[0])), True)


def test_what_was_learned_lasts_and_is_learned_once(desk):
    train(desk)
    before = words(desk)
    desk.kill()
    desk.start()
    fresh = deliver(desk, "new@other.example", text=UNWANTED[0])
    expect((is_spam(desk, fresh), words(desk) == before), (True, True))
    counted = desk.rows("SELECT count(*) FROM spam_lesson WHERE is_spam IS NOT NULL")[0][0]
    expect(int(counted), 10)


def test_an_answer_from_the_time_in_quarantine_opens_the_ticket_at_its_release(desk):
    first = deliver(desk, "ana@kunde.example")
    ticket = first["ticket"]
    for state, more in (("resolved", {}), ("waiting", {"waiting_reason": "internal"})):
        desk.patch(f"/tickets/{ticket}", {"state": state, **more})
        mark(desk, first)
        mark(desk, first, False)
        expect(ticket_of(desk, first)["state"], state, "nobody has written")
        mark(desk, first)
        answer = deliver(desk, "ana@kunde.example", text="Es fehlt noch etwas.", **{"In-Reply-To": first["message_id"]})
        expect((answer["ticket"], ticket_of(desk, first)["state"]), (ticket, state))
        mark(desk, first, False)
        released = ticket_of(desk, first)
        expect((released["state"], released["resolved_at"], released["is_spam"]), ("open", None, False))


def test_what_can_not_be_learned_does_not_keep_the_rest_from_being_learned(desk):
    letters = [deliver(desk, f"s{number}@markt.example", text=text) for number, text in enumerate(UNWANTED[:3])]
    desk.forbid("spam_lesson", letters[1]["ticket"])
    for letter in letters:
        mark(desk, letter)
    soon(lambda: filter_of(desk)["spam_letters"] == 2, "the third letter being learned", seconds=60)
    expect([desk.get(f"/tickets/{letter['ticket']}/spam").json["learned_as"] for letter in letters], ["spam", None, "spam"])


def test_releasing_makes_it_a_ticket_like_any_other(desk):
    train(desk)
    view = desk.post("/views", {"name": "All", "scope": "global", "condition": "is:active"}).json["id"]
    soon(lambda: [v["is_whole"] for v in desk.get("/counters").json["views"]] == [True], "the view being counted")
    open_before = desk.get("/counters").json["open"]
    bad = [deliver(desk, f"b{n}@other.example", text=UNWANTED[n]) for n in range(3)]
    expect([t["id"] for t in desk.get("/tickets?spam=true&sort=created_at").json["items"]][-3:], [m["ticket"] for m in bad])
    expect(desk.get("/counters").json["open"], open_before)
    bulk = desk.post("/bulk", {"tickets": [m["ticket"] for m in bad], "actions": [{"kind": "not_spam"}]}).json
    soon(lambda: desk.get(f"/bulk/{bulk['id']}").json["done"] == 3, "all being released")
    for message in bad:
        ticket = ticket_of(desk, message)
        expect((ticket["is_spam"], ticket["state"], ticket["assignee"]), (False, "new", None))
        expect(len(desk.get(f"/tickets/{ticket['id']}/messages").json["items"]), 1, "nothing was answered by itself")
    expect(desk.get("/counters").json["open"], open_before + 3)
    soon(lambda: [v["count"] for v in desk.get("/counters").json["views"]] == [open_before + 3], "the view being counted")
    learned(desk, 5, 8)
    expect(desk.get(f"/tickets/{bad[0]['ticket']}/spam").json["learned_as"], "ham")
    expect(len(desk.get(f"/views/{view}/tickets?limit=200").json["items"]), open_before + 3)


if __name__ == "__main__":
    run_all(__name__)
