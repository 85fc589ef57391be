"""An answer that is taken back, and a message that is moved: the tickets are then as if it had never been there."""
import datetime

from desk import expect, run_all
from post import soon

KEPT = ("state", "category", "waiting_reason", "waiting_until_at", "first_response_at", "snippet", "message_count", "last_message_at",
        "resolved_at", "closed_at")


def by_hand(desk):
    """As a person at a screen: what such a one writes is held for ten seconds."""
    answer = desk.post("/session", {"email": "jana@theke.test", "password": "ein gutes Passwort"}, token=False)
    expect(answer.status, 200, answer.body)
    return {"Cookie": answer.headers["Set-Cookie"].split(";")[0], "X-Theke-Request": "1", "Sec-Fetch-Site": "same-origin"}


def write(desk, ticket, page, **body):
    answer = desk.post(f"/tickets/{ticket}/messages", {"audience": "public", "text": "We pay it back.", **body}, headers=page, token=False)
    expect(answer.status, 201, answer.body)
    return answer.json


def look(desk, ticket):
    return {key: value for key, value in desk.get(f"/tickets/{ticket}").json.items() if key in KEPT}


def undo(desk, message, page):
    answer = desk.post(f"/messages/{message}/undo", headers=page, token=False)
    expect(answer.status, 200, answer.body)
    return answer.json


def test_undo_undoes_all_that_the_answer_did(desk):
    page = by_hand(desk)
    waits = {"state": "waiting", "waiting_reason": "date", "waiting_until": "2031-05-01T08:00:00Z"}
    for before in ({}, {"state": "open"}, waits, {"state": "resolved"}, {"state": "closed"}):
        for wish in ({}, {"state": "resolved"}, {"state": "waiting", "waiting_reason": "customer"}):
            ticket = desk.customer_writes()["id"]
            if before:
                expect(desk.patch(f"/tickets/{ticket}", before).status, 200)
            was = look(desk, ticket)
            message = write(desk, ticket, page, **wish)
            expect((message["delivery"]["state"], look(desk, ticket)["message_count"]), ("held", 2))
            expect(undo(desk, message["id"], page)["delivery"]["state"], "cancelled")
            expect(look(desk, ticket), was, f"{before} {wish}")
            expect([m["delivery"] and m["delivery"]["state"] for m in desk.get(f"/tickets/{ticket}/messages").json["items"]], [None, "cancelled"])
    expect(desk.post(f"/messages/{message['id']}/undo", headers=page, token=False).status, 409)


def test_undo_leaves_what_somebody_decided_meanwhile(desk):
    page = by_hand(desk)
    ticket = desk.customer_writes()["id"]
    first = write(desk, ticket, page)
    answered = look(desk, ticket)
    message = write(desk, ticket, page, text="And more.", state="resolved")
    desk.patch(f"/tickets/{ticket}", {"state": "waiting", "waiting_reason": "internal"})
    undo(desk, message["id"], page)
    after = look(desk, ticket)
    expect((after["state"], after["first_response_at"], after["snippet"]), ("waiting", answered["first_response_at"], "We pay it back."))
    undo(desk, first["id"], page)
    expect(look(desk, ticket)["first_response_at"], None)


def test_the_files_of_an_answer_taken_back_go_with_the_next(desk):
    page = by_hand(desk)
    ticket = desk.customer_writes()["id"]
    upload = desk.ask("POST", "/uploads", b"%PDF-1.4", headers={**page, "X-File-Name": "a.pdf", "Content-Type": "application/octet-stream"}, token=False)
    message = write(desk, ticket, page, attachments=[upload.json["id"]])
    refused = desk.post(f"/tickets/{ticket}/messages", {"audience": "public", "text": "x", "attachments": [upload.json["id"]]})
    expect(refused.status, 422)
    undo(desk, message["id"], page)
    again = write(desk, ticket, page, attachments=[upload.json["id"]])
    expect([a["name"] for a in again["attachments"]], ["a.pdf"])


def test_a_note_leaves_the_draft_of_the_answer(desk):
    ticket = desk.customer_writes()["id"]
    path = f"/tickets/{ticket}/draft"
    desk.ask("PUT", path, {"audience": "public", "content": {"text": "half"}})
    desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "Note."})
    expect(desk.get(path).json["content"], {"text": "half"})
    desk.post(f"/tickets/{ticket}/messages", {"audience": "public", "text": "Whole."})
    expect(desk.get(path).status, 404)


def move(desk, message, to, status=200):
    answer = desk.post(f"/messages/{message}/move", {"ticket": to})
    expect(answer.status, status, answer.body)
    return answer.json


def test_a_moved_letter_is_as_if_it_had_arrived_there(desk):
    source, target = (desk.customer_writes(subject=s, text=s)["id"] for s in ("Source", "Target"))
    first = desk.get(f"/tickets/{source}/messages").json["items"][0]["id"]
    desk.patch(f"/tickets/{target}", {"state": "closed"})
    move(desk, first, target)
    after, emptied = look(desk, target), look(desk, source)
    expect((after["state"], after["message_count"], after["snippet"]), ("open", 2, "Target"))
    expect((emptied["state"], emptied["message_count"], emptied["snippet"], emptied["last_message_at"]), ("closed", 0, "", None))
    expect(target in [link["id"] for link in desk.get(f"/tickets/{source}/links").json["items"]], True)


def test_a_moved_note_tells_nothing_in_the_list(desk):
    source, target = (desk.customer_writes(subject=s, text=s)["id"] for s in ("Source", "Target"))
    note = desk.post(f"/tickets/{source}/messages", {"audience": "internal", "text": "Do not trust him."}).json["id"]
    desk.patch(f"/tickets/{target}", {"state": "resolved"})
    move(desk, note, target)
    expect([(look(desk, t)["snippet"], look(desk, t)["message_count"], look(desk, t)["state"]) for t in (source, target)],
           [("Source", 1, "new"), ("Target", 2, "resolved")])


def test_what_came_too_late_needs_a_ticket_of_its_own(desk):
    source, target = (desk.customer_writes(subject=s, text=s)["id"] for s in ("Source", "Target"))
    message = desk.get(f"/tickets/{source}/messages").json["items"][0]["id"]
    desk.patch(f"/tickets/{target}", {"state": "closed"})
    desk.rows(f"UPDATE ticket SET closed_at = 1 WHERE id = {target}")
    expect(move(desk, message, target, 409)["code"], "ticket_closed")
    desk.rows(f"UPDATE ticket SET merged_into_id = {source}, is_active = 0 WHERE id = {target}")
    expect(move(desk, message, target, 409)["code"], "ticket_merged")
    made = move(desk, message, None)["ticket"]
    expect((look(desk, made)["state"], look(desk, made)["snippet"], look(desk, source)["state"]), ("new", "Source", "closed"))


def shortly():
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=2)).isoformat().replace("+00:00", "Z")


def woken(desk, ticket):
    events = desk.get(f"/tickets/{ticket}/history").json["items"]
    return [e for e in events if e["cause"] == "date"]


def test_waiting_for_a_date_ends_once(desk):
    ticket, other = desk.customer_writes()["id"], desk.customer_writes(email="bob@example.org")["id"]
    refused = desk.post(f"/tickets/{ticket}/messages", {"audience": "public", "text": "Soon.", "state": "waiting", "waiting_reason": "date"})
    expect((refused.status, refused.json["errors"][0]["field"]), (422, "waiting_until"))
    for each, date in ((ticket, shortly()), (other, "2031-01-01T00:00:00Z")):
        written = desk.post(f"/tickets/{each}/messages", {"audience": "public", "text": "Soon.", "state": "waiting", "waiting_reason": "date", "waiting_until": date})
        expect(written.status, 201, written.body)
    desk.kill()
    desk.start()
    soon(lambda: look(desk, ticket)["state"] == "open", "the ticket waking")
    expect((len(woken(desk, ticket)), look(desk, ticket)["waiting_until_at"], look(desk, other)["state"]), (1, None, "waiting"))


if __name__ == "__main__":
    run_all(__name__)
