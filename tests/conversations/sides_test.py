"""Side conversations: what we ask of third parties leaves and comes back apart from what the customer reads."""
import email
import email.policy
import email.utils
import time

import mail
from desk import expect, run_all
from live import Live
from merge_test import merge
from people_test import add_agent
from smtp_server import SmtpServer
from post import LMTP, OPTIONS, arrival, messages, soon
from split_test import undo
from undo_test import by_hand

SUPPLIER = "till@supplier.example"


def add_mailbox(desk, server):
    body = {"name": "Support", "address": "support@theke.test", "inbound": {"kind": "lmtp"}, "outbound": server.settings()}
    expect(desk.post("/mailboxes", body).status, 201)


def deliver(letter, to, sender=SUPPLIER):
    expect(mail.send(letter, sender, [to], LMTP, lmtp=True), {})


def begin(desk, ticket, status=201, **more):
    body = {"subject": "When does it come?", "to": [{"email": SUPPLIER, "name": "Till"}], "text": "Do you know where it is?", **more}
    answer = desk.post(f"/tickets/{ticket}/side-conversations", body)
    expect(answer.status, status, answer.body)
    return answer.json


def list_of(desk, ticket, **who):
    return desk.get(f"/tickets/{ticket}/side-conversations", **who).json["items"]


def thread(desk, ticket, side):
    return desk.get(f"/tickets/{ticket}/side-conversations/{side}").json


def act(desk, ticket, side, what, body=None, status=200, **who):
    answer = desk.post(f"/tickets/{ticket}/side-conversations/{side}/{what}", body, **who)
    expect(answer.status, status, answer.body)
    return answer.json


def taken(server, count):
    """The letters that the server has got, as a mail program reads them."""
    soon(lambda: len(server.letters) >= count, f"letter {count} leaving")
    return [email.message_from_bytes(each, policy=email.policy.default) for each in server.letters]


def home(letter):
    return email.utils.parseaddr(letter["Reply-To"])[1]


def answers(letter, sender="Till <till@supplier.example>", text="It comes on Friday.", to=None, subject=None, **headers):
    """What somebody writes who answers a letter of ours: to its address, and with its references unless these are taken away."""
    usual = {"In-Reply-To": letter["Message-ID"], "References": letter["Message-ID"], **{name.replace("_", "-"): value for name, value in headers.items()}}
    return mail.write_letter(to or home(letter), sender=sender, subject=subject or "Re: " + letter["Subject"], text=text, headers=usual)


def asked(desk, server, **ticket):
    """A ticket of Ana's, whose supplier was asked something: the ticket, the side conversation, the letter as it left."""
    if not desk.get("/mailboxes").json["items"]:
        add_mailbox(desk, server)
    one = desk.customer_writes(**ticket)
    before = len(server.letters)
    side = begin(desk, one["id"])
    return one, side["id"], taken(server, before + 1)[-1]


def answered(desk, ticket, side, count=2):
    return soon(lambda: (lambda now: now if len(now["messages"]) >= count else None)(thread(desk, ticket, side)), "the answer arriving")


def said(desk, ticket):
    """What the customer's thread holds: public messages."""
    return [m["text"] for m in desk.get(f"/tickets/{ticket}/messages").json["items"] if m["audience"] == "public"]


def notices(desk, **who):
    return [(each["kind"], each["why"]) for each in desk.get("/notices", **who).json["items"]]


def clocks(desk, ticket):
    now = desk.get(f"/tickets/{ticket}").json
    parts = desk.get(f"/tickets/{ticket}/participants").json["items"]
    return [now[key] for key in ("first_response_at", "resolved_at", "closed_at", "category")] + [now["requester"]["id"]] \
        + [(each["person"]["email"], each["role"], each["active"]) for each in parts]


def test_the_answer_comes_back_by_its_references_and_by_the_address_alone(desk):
    with SmtpServer() as server:
        ticket, side, letter = asked(desk, server)
        expect((letter["To"], letter["Subject"]), ("Till <till@supplier.example>", "When does it come?"))
        expect((letter["References"], letter["In-Reply-To"], "invoice" in str(letter), ticket["label"] in letter["Subject"]), (None, None, False, False))
        before = clocks(desk, ticket["id"])
        deliver(answers(letter, to="support@theke.test"), "support@theke.test")
        now = answered(desk, ticket["id"], side)
        expect((now["state"], now["messages"][1]["message"]["text"], now["to"][0]["email"]), ("answered", "It comes on Friday.", SUPPLIER))
        first = now["messages"][1]["message"]
        expect((first["kind"], first["audience"], first["direction"], first["unverified"], first["threading"]["decision"]), ("side", "internal", "in", False, "side"))
        deliver(answers(letter, sender="Ticket system <robot-free@other.example>", text="Or on Monday.", In_Reply_To=None, References=None, subject="Your case"), home(letter))
        now = answered(desk, ticket["id"], side, 3)
        expect((now["messages"][2]["message"]["text"], now["messages"][2]["message"]["unverified"]), ("Or on Monday.", False))
        expect([each["email"] for each in now["to"]], ["robot-free@other.example", SUPPLIER])
        expect(clocks(desk, ticket["id"]), before)
        expect(said(desk, ticket["id"]), ["It says 12 instead of 10."])
        expect([each["subject"] for each in desk.get("/tickets").json["items"]], [ticket["subject"]], "nothing new")
        act(desk, ticket["id"], side, "messages", {"text": "Monday is fine."}, 201)
        reply = taken(server, 2)[1]
        expect((reply["Subject"], reply["In-Reply-To"]), ("Re: When does it come?", now["messages"][2]["message"]["message_id"]))
        expect(letter["Message-ID"] in reply["References"], True)
        expect(home(reply) == home(letter), False)
        expect(thread(desk, ticket["id"], side)["state"], "open")
        expect(len(server.letters), 2, "and no automatic answer")


def test_no_way_leads_from_one_thread_to_the_other(desk):
    with SmtpServer() as server:
        ticket, side, letter = asked(desk, server)
        for address in ("ana@example.org", "Ana@Example.org"):
            expect(begin(desk, ticket["id"], 422, to=[{"email": address}])["errors"][0]["code"], "side_customer")
            expect(begin(desk, ticket["id"], 422, cc=[{"email": address}])["errors"][0]["field"], "cc")
        for address in ("support@theke.test", home(letter)):
            expect(begin(desk, ticket["id"], 422, to=[{"email": address}])["errors"][0]["code"], "side_own_address")
        # The third party lets the customer read along: neither becomes part of the other's thread.
        copied = answers(letter)
        copied["Cc"] = "ana@example.org"
        deliver(copied, home(letter))
        now = answered(desk, ticket["id"], side)
        expect([each["email"] for each in now["to"] + now["cc"]], [SUPPLIER])
        expect([each[0] for each in clocks(desk, ticket["id"])[5:]], ["ana@example.org"])
        # The customer answers to all: it is shown beside, marked, and changes nothing.
        deliver(answers(copied, "Ana <ana@example.org>", "I heard that.", to=home(letter)), home(letter), "ana@example.org")
        now = answered(desk, ticket["id"], side, 3)
        last = now["messages"][2]["message"]
        expect((last["text"], last["unverified"], last["threading"]["decision"]), ("I heard that.", True, "unverified"))
        expect([each["email"] for each in now["to"] + now["cc"]], [SUPPLIER])
        expect(said(desk, ticket["id"]), ["It says 12 instead of 10."])
        # The same to our plain address is the customer's own matter.
        deliver(answers(copied, "Ana <ana@example.org>", "I heard that, too.", to="support@theke.test", subject="Heard"), "support@theke.test", "ana@example.org")
        expect(arrival(desk, "Heard")["audience"], "public")
        expect(len(thread(desk, ticket["id"], side)["messages"]), 3)
        act(desk, ticket["id"], side, "messages", {"text": "Thanks."}, 201)
        reply = taken(server, 2)[1]
        soon(lambda: thread(desk, ticket["id"], side)["messages"][-1]["message"]["sent_at"], "its leaving")
        expect((reply["To"], reply["Cc"], last["message_id"] in reply["References"], "heard" in str(reply)), ("Till <till@supplier.example>", None, False, False))
        # The customer lets the third party read along: an answer does not go there.
        desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "public", "text": "We have asked."})
        public = taken(server, 3)[2]
        expect((public["To"], [name in str(public) for name in (SUPPLIER, "Friday", letter["Message-ID"])]), ("Ana <ana@example.org>", [False] * 3))
        along = answers(public, "Ana <ana@example.org>", "And you, Till?")
        along["Cc"] = SUPPLIER
        deliver(along, home(public), "ana@example.org")
        soon(lambda: "And you, Till?" in said(desk, ticket["id"]))
        expect([each[:2] for each in clocks(desk, ticket["id"])[5:]], [("ana@example.org", "requester"), (SUPPLIER, "third_party")])
        defaults = desk.get(f"/tickets/{ticket['id']}/reply-defaults").json
        expect([each["email"] for each in defaults["to"] + defaults["cc"]], ["ana@example.org"])
        # Who writes to both addresses of ours as the customer means their own thread.
        both = answers(public, "Ana <ana@example.org>", "To both of you.", to=f"{home(reply)}, {home(public)}")
        deliver(both, home(reply), "ana@example.org")
        soon(lambda: "To both of you." in said(desk, ticket["id"]))
        # Whom we asked is not kept from us by the customer's copy.
        deliver(answers(reply, text="Still on Friday."), home(reply))
        expect(answered(desk, ticket["id"], side, 5)["messages"][-1]["message"]["unverified"], False)


def test_what_comes_in_the_customers_name_changes_nothing(desk):
    with SmtpServer() as server:
        ticket, side, letter = asked(desk, server)
        desk.patch(f"/tickets/{ticket['id']}", {"state": "waiting", "waiting_reason": "third_party"})
        before = clocks(desk, ticket["id"])
        deliver(answers(letter, "Ana <ana@example.org>", "Pay it to this account."), home(letter))
        now = answered(desk, ticket["id"], side)
        expect((now["messages"][1]["message"]["unverified"], now["state"]), (True, "open"))
        expect(clocks(desk, ticket["id"]), before)
        deliver(answers(letter, "Eve <eve@elsewhere.example>", "Me too.", to="support@theke.test"), "support@theke.test")
        now = answered(desk, ticket["id"], side, 3)
        expect((now["messages"][2]["message"]["unverified"], now["state"], len(now["to"])), (True, "open", 1))
        expect((clocks(desk, ticket["id"]), said(desk, ticket["id"])), (before, ["It says 12 instead of 10."]))


def test_a_colleague_who_was_asked_may_hand_a_letter_on(desk):
    with SmtpServer() as server:
        add_agent(desk)
        add_mailbox(desk, server)
        ticket = desk.customer_writes()["id"]
        side = begin(desk, ticket, to=[{"email": "lea@theke.test"}])["id"]
        letter = taken(server, 1)[0]
        text = "See below.\n\n---------- Forwarded message ----------\nFrom: Ana <ana@example.org>\nDate: Monday\nSubject: Old\n\nWhat Ana wrote\n"
        deliver(answers(letter, "Lea <lea@theke.test>", text, subject="Fwd: Old"), home(letter), "lea@theke.test")
        last = answered(desk, ticket, side)["messages"][1]["message"]
        expect((last["from"]["email"], last["unverified"], "See below." in last["text"], "What Ana wrote" in last["text_full"]), ("lea@theke.test", False, True, True))


def test_an_answer_wakes_the_ticket_and_tells_who_asked(desk):
    with SmtpServer() as server:
        lea = add_agent(desk)
        desk.patch("/staff/2", {"teams": [1]})
        ticket, side, letter = asked(desk, server)
        desk.patch(f"/tickets/{ticket['id']}", {"state": "waiting", "waiting_reason": "third_party", "assignee": 2})
        snoozed = desk.ask("PUT", f"/tickets/{ticket['id']}/snooze", {"until": "2031-01-01T00:00:00Z"})
        expect(snoozed.status, 200, snoozed.body)
        away = mail.write_letter(home(letter), sender="Till <till@supplier.example>", subject="Away", headers={"Auto-Submitted": "auto-replied"})
        deliver(away, home(letter))
        now = answered(desk, ticket["id"], side)
        expect((now["state"], desk.get(f"/tickets/{ticket['id']}").json["category"], notices(desk)), ("open", "waiting", []))
        with Live(desk, desk.token, f"ticket:{ticket['id']}") as screen:
            deliver(answers(letter), home(letter))
            screen.events(lambda event: event["kind"] == "side.answered", seconds=10)
        now = desk.get(f"/tickets/{ticket['id']}").json
        expect((now["category"], now["first_response_at"], now["snoozed_until"] if "snoozed_until" in now else None), ("open", None, None))
        soon(lambda: ("reply", "side") in notices(desk), "the notice of who began it")
        soon(lambda: ("reply", "assignee") in notices(desk, token=lea), "the notice of the assignee")
        one = list_of(desk, ticket["id"])[0]
        expect((one["unread"], one["state"], one["count"], one["starter"]["name"]), (True, "answered", 3, "Jana Petersen"))
        seen = act(desk, ticket["id"], side, "seen", {"message": one["last_in"]})
        expect((seen["items"][0]["unread"], list_of(desk, ticket["id"], token=lea)[0]["unread"]), (False, True))
        # A ticket that waits for the customer goes on waiting.
        desk.patch(f"/tickets/{ticket['id']}", {"state": "waiting", "waiting_reason": "customer"})
        deliver(answers(letter, text="Late after all."), home(letter))
        answered(desk, ticket["id"], side, 4)
        expect(desk.get(f"/tickets/{ticket['id']}").json["category"], "waiting")
        found = soon(lambda: desk.get("/search?q=Late%20after%20all").json["items"], "the search finding it")
        expect([each["ticket"]["id"] if "ticket" in each else each["id"] for each in found], [ticket["id"]])


def test_it_is_done_and_open_again(desk):
    with SmtpServer() as server:
        ticket, side, letter = asked(desk, server)
        expect(act(desk, ticket["id"], side, "close")["state"], "done")
        expect(act(desk, ticket["id"], side, "reopen")["state"], "open")
        act(desk, ticket["id"], side, "close")
        deliver(answers(letter), home(letter))
        expect(answered(desk, ticket["id"], side)["state"], "answered")
        act(desk, ticket["id"], side, "close")
        expect(act(desk, ticket["id"], side, "reopen")["state"], "answered")
        history = [each["kind"] for each in desk.get(f"/tickets/{ticket['id']}/history?limit=100").json["items"]]
        expect([sum(kind == each for kind in history) for each in ("side.begun", "side.closed", "side.reopened", "side.answered")], [1, 3, 2, 1])
        expect(act(desk, ticket["id"], 99, "close", status=404)["code"], "side_not_found")
        other = desk.customer_writes()["id"]
        expect(act(desk, other, side, "messages", {"text": "x"}, 404)["code"], "side_not_found")
        move = desk.post(f"/messages/{thread(desk, ticket['id'], side)['messages'][1]['message']['id']}/move", {"ticket": other})
        expect((move.status, move.json["code"]), (409, "message_of_side"))


def test_files_go_along_when_they_are_named(desk):
    with SmtpServer() as server:
        add_mailbox(desk, server)
        upload = lambda name: desk.post("/uploads", name.encode(), headers={"Content-Type": "text/plain", "X-File-Name": name}).json["id"]
        ticket = desk.customer_writes()
        note = desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "internal", "text": "Photo", "attachments": [upload("photo.txt")]}).json
        other = desk.customer_writes(email="bo@example.org")["id"]
        foreign = desk.post(f"/tickets/{other}/messages", {"audience": "internal", "text": "x", "attachments": [upload("foreign.txt")]}).json["attachments"][0]["id"]
        expect(begin(desk, ticket["id"], 422, files=[foreign])["errors"][0]["field"], "files")
        expect(begin(desk, ticket["id"], 422, text="Dear {{customer.name}}")["errors"][0]["code"], "placeholder")
        side = begin(desk, ticket["id"], files=[note["attachments"][0]["id"]], attachments=[upload("order.txt")])
        expect(sorted(each["name"] for each in side["messages"][0]["message"]["attachments"]), ["order.txt", "photo.txt"])
        letter = taken(server, 1)[0]
        expect(sorted(each.get_filename() for each in letter.iter_attachments()), ["order.txt", "photo.txt"])


def test_a_merge_carries_it_along_and_back(desk):
    with SmtpServer() as server:
        ticket, side, letter = asked(desk, server)
        into = desk.customer_writes(subject="Into", email="bo@example.org")["id"]
        operation = merge(desk, ticket["id"], into, requesters="apart")
        expect([each["id"] for each in list_of(desk, into)], [side])
        deliver(answers(letter), home(letter))
        expect(answered(desk, into, side)["messages"][1]["message"]["shown_in"], into)
        # Whoever asks in the other one is on the customer's side now.
        refused = act(desk, into, side, "messages", {"text": "x", "to": [{"email": "bo@example.org"}]}, 422)
        expect(refused["errors"][0]["code"], "side_customer")
        expect(act(desk, ticket["id"], side, "messages", {"text": "x"}, 409)["code"], "ticket_merged")
        act(desk, into, side, "messages", {"text": "From the merged one."}, 201)
        undo(desk, operation)
        expect((list_of(desk, into), [m["kind"] for m in desk.get(f"/tickets/{into}/messages").json["items"] if m["kind"] == "side"]), ([], []))
        expect([each["message"]["shown_in"] for each in thread(desk, ticket["id"], side)["messages"]], [ticket["id"]] * 3)
        expect(said(desk, ticket["id"]), ["It says 12 instead of 10."])


def test_a_customer_who_reads_along_by_a_merge_gets_no_letter(desk):
    with SmtpServer() as server:
        ticket, side, letter = asked(desk, server)
        deliver(answers(letter), home(letter))
        answered(desk, ticket["id"], side)
        server.answer = "451 4.3.0 not now"
        act(desk, ticket["id"], side, "messages", {"text": "To be tried again."}, 201)
        taken(server, 2)
        into = desk.customer_writes(subject="Till's own matter", email=SUPPLIER, name="Till")["id"]
        merge(desk, ticket["id"], into, requesters="apart")
        server.answer = "250 2.0.0 taken"
        desk.rows("UPDATE side_message SET next_at = 1 WHERE state = 'queued'")
        last = soon(lambda: (lambda one: one if one["delivery"]["state"] == "failed" else None)(thread(desk, into, side)["messages"][-1]), "its failing")
        expect((last["delivery"]["detail"], len(server.letters)), ("customer_reads", 2))


def test_a_letter_that_fails_is_shown_and_sent_again(desk):
    with SmtpServer(answer="550 5.1.1 no such user") as server:
        ticket, side, _ = asked(desk, server)
        failed = soon(lambda: (lambda one: one if one["delivery"]["state"] == "failed" else None)(thread(desk, ticket["id"], side)["messages"][0]), "its failing")
        expect("no such user" in failed["delivery"]["detail"], True)
        soon(lambda: ("delivery", "author") in notices(desk), "the notice of it")
        server.answer = "250 2.0.0 taken"
        act(desk, ticket["id"], side, f"messages/{failed['message']['id']}/retry")
        soon(lambda: thread(desk, ticket["id"], side)["messages"][0]["delivery"]["state"] == "sent", "its leaving")
        letter = taken(server, 2)[1]
        bounce = (f"From: MAILER-DAEMON@mx.supplier.example\r\nTo: support@theke.test\r\nSubject: Undelivered\r\nAuto-Submitted: auto-replied\r\n"
                  f"Message-ID: <bounce-{time.monotonic_ns()}@mx.supplier.example>\r\nMIME-Version: 1.0\r\n"
                  "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nIt did not arrive.\r\n"
                  "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.supplier.example\r\n\r\n"
                  f"Final-Recipient: rfc822; {SUPPLIER}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 gone\r\n"
                  f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter['Message-ID']}\r\nSubject: x\r\n--b--\r\n").encode()
        deliver(bounce, "support@theke.test", "")
        now = answered(desk, ticket["id"], side)
        expect((now["messages"][0]["delivery"]["state"], now["messages"][1]["message"]["automatic"], now["state"]), ("bounced", True, "open"))
        expect(said(desk, ticket["id"]), ["It says 12 instead of 10."])


def test_a_held_letter_is_taken_back(desk):
    with SmtpServer() as server:
        add_mailbox(desk, server)
        ticket = desk.customer_writes()["id"]
        who = {"token": False, "headers": by_hand(desk)}
        body = {"subject": "Held", "to": [{"email": SUPPLIER}], "text": "x"}
        made = desk.post(f"/tickets/{ticket}/side-conversations", body, **who).json
        letter = made["messages"][0]
        expect(letter["delivery"]["state"], "held")
        expect(act(desk, ticket, made["id"], f"messages/{letter['message']['id']}/undo")["messages"], [])
        expect(list_of(desk, ticket), [])
        expect(act(desk, ticket, made["id"], f"messages/{letter['message']['id']}/undo", status=409)["code"], "message_sent")
        time.sleep(1)
        expect(len(server.letters), 0)


def test_it_obeys_the_rights_of_its_ticket(desk):
    with SmtpServer() as server:
        lea = add_agent(desk)
        desk.post("/teams", {"name": "Personal", "members": [1]})
        ticket, side, letter = asked(desk, server, team="personal")
        deliver(answers(letter, text="Quittenmus"), home(letter))
        answered(desk, ticket["id"], side)
        path = f"/tickets/{ticket['id']}/side-conversations"
        message = thread(desk, ticket["id"], side)["messages"][1]["message"]["id"]
        for method, each, body in (("GET", path, None), ("GET", f"{path}/{side}", None), ("POST", path, {"subject": "x", "to": [{"email": "x@y.example"}], "text": "x"}),
                                   ("POST", f"{path}/{side}/messages", {"text": "x"}), ("POST", f"{path}/{side}/close", None),
                                   ("POST", f"{path}/{side}/seen", {"message": message}), ("GET", f"/messages/{message}", None)):
            expect(desk.ask(method, each, body, token=lea).status, 404, each)
        expect(desk.get("/search?q=Quittenmus", token=lea).json["items"], [])
        desk.patch("/staff/2", {"teams": [1]})
        own = desk.customer_writes()["id"]
        operation = merge(desk, own, ticket["id"], requesters="join")
        expect(desk.get(f"/tickets/{own}/side-conversations/{side}", token=lea).status, 404, "of a ticket that was merged out of sight")
        undo(desk, operation)


def test_a_letter_leaves_once_however_often_it_is_asked_for(desk):
    with SmtpServer(seconds=2) as server:
        ticket, side, _ = asked(desk, server)
        desk.kill()
        desk.start()
        soon(lambda: thread(desk, ticket["id"], side)["messages"][0]["delivery"]["state"] == "sent", "its leaving after the end", 90)
        ids = {each["Message-ID"] for each in taken(server, 1)}
        expect(len(ids), 1)
        expect(messages(desk, kind="side")[0]["message_id"], ids.pop())


if __name__ == "__main__":
    run_all(__name__)
