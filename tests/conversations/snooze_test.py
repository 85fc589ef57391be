"""Putting a ticket off for oneself: out of the own work, back by itself, and nobody else's matter."""
import signal
import time

from access_test import wait_for
from desk import expect, run_all
from live import Live
from people_test import add_agent


def later(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def snooze(desk, ticket, seconds=3600, token=True, **more):
    answer = desk.ask("PUT", f"/tickets/{ticket}/snooze", {"until": later(seconds), **more}, token=token)
    expect(answer.status, 200, answer.body)
    return answer.json


def ids(desk, query, token=True):
    return [t["id"] for t in desk.get(f"/tickets?{query}", token=token).json["items"]]


def test_what_is_put_off_leaves_the_own_work_alone(desk):
    lea = add_agent(desk)
    first, second = desk.customer_writes(tags=["vip"])["id"], desk.customer_writes(subject="Other")["id"]
    put = snooze(desk, first, token=lea, reason="Lieferung am Montag")
    expect((put["snooze_reason"], put["state"], bool(put["snoozed_until_at"])), ("Lieferung am Montag", "new", True))
    expect(desk.get(f"/tickets/{first}").json["snoozed_until_at"], None, "for nobody else")
    for query in ("state=working&awake=true", "state=working&assignee=none&awake=true", "team=support&awake=true"):
        expect((ids(desk, query, lea), ids(desk, query)), ([second], [second, first]), query)
    expect((ids(desk, "tag=vip&awake=true", lea), ids(desk, "tag=vip", lea), ids(desk, "asleep=true", lea), ids(desk, "asleep=true")), ([], [first], [first], []))
    counted, all_of_it = desk.get("/counters", token=lea).json, desk.get("/counters").json
    expect((counted["open"], counted["unassigned"], counted["teams"][0]["open"], counted["teams"][0]["unassigned"]), (1, 1, 1, 1))
    expect((all_of_it["open"], all_of_it["unassigned"]), (2, 2))
    desk.patch(f"/tickets/{first}", {"assignee": 2})
    expect(desk.get("/counters", token=lea).json["mine"], 0)
    back = desk.ask("DELETE", f"/tickets/{first}/snooze", token=lea).json
    expect((back["snoozed_until_at"], desk.get("/counters", token=lea).json["mine"], ids(desk, "asleep=true", lea)), (None, 1, []))


def test_times_that_make_no_sense_are_refused(desk):
    ticket = desk.customer_writes()["id"]
    for until, code in ((later(-60), "past"), ("2099-01-01T00:00:00Z", "too_far")):
        answer = desk.ask("PUT", f"/tickets/{ticket}/snooze", {"until": until})
        expect((answer.status, answer.json["errors"][0]["code"]), (422, code))


def test_it_comes_back_once_by_itself_even_when_the_program_is_killed(desk):
    lea = add_agent(desk)
    ticket = desk.customer_writes()["id"]
    snooze(desk, ticket, 2, token=lea)
    desk.kill(signal.SIGKILL)
    time.sleep(2.5)
    desk.start()
    wait_for(lambda: ids(desk, "asleep=true", lea) == [], 15)
    for _ in range(2):
        desk.kill(signal.SIGKILL)
        desk.start()
    notices = wait_for(lambda: desk.get("/notices", token=lea).json["items"])
    expect([(n["kind"], n["why"], n["times"]) for n in notices], [("woke", "snoozed", 1)])
    ended = [e for e in desk.get("/events?after=0&limit=200", token=lea).json["items"] if e["kind"] == "snooze.ended"]
    expect([(e["data"]["why"], e["ticket"]) for e in ended], [("time", None)])
    expect([e for e in desk.get("/events?after=0&limit=200").json["items"] if e["kind"].startswith("snooze.")], [], "nobody else hears of it")


def test_all_that_is_due_comes_back_at_once(desk):
    ticket = desk.customer_writes()["id"]
    snooze(desk, ticket)
    desk.rows("WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO snooze (staff_id, ticket_id, until_at, reason, created_at) "
              f"SELECT i, {ticket}, 1, '', 1 FROM n")
    wait_for(lambda: desk.rows("SELECT count(*) FROM snooze")[0][0] in (1, "1"), 12)


def test_a_person_who_writes_brings_it_back_and_a_program_does_not(desk):
    lea = add_agent(desk)
    ticket = desk.customer_writes()["id"]
    letter = lambda name, more="": desk.run("mail", "deliver", stdin=f"From: ana@example.org\r\nTo: x@theke.test\r\nSubject: Re [#{ticket + 10000}]\r\n"
                                            f"Message-ID: <{name}@example.org>\r\n{more}\r\nText {name}\r\n")
    count = lambda: len(desk.get(f"/tickets/{ticket}/messages").json["items"])
    snooze(desk, ticket, token=lea)
    letter("away", "Auto-Submitted: auto-replied\r\n")
    wait_for(lambda: count() == 2)
    desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "Notiz"})
    expect(ids(desk, "asleep=true", lea), [ticket])
    with Live(desk, lea, "staff") as live:
        letter("person")
        expect(live.events(lambda e: e["kind"] == "snooze.ended", 10)[-1]["data"], {"ticket": ticket, "staff": 2, "why": "message"})
    expect(ids(desk, "asleep=true", lea), [])
    notices = wait_for(lambda: desk.get("/notices", token=lea).json["items"])
    expect([(n["kind"], n["why"]) for n in notices], [("woke", "snoozed")])


def test_a_merge_gives_back_what_was_put_off(desk):
    lea = add_agent(desk)
    first, second = desk.customer_writes()["id"], desk.customer_writes()["id"]
    snooze(desk, first, token=lea)
    expect(desk.post(f"/tickets/{first}/merge", {"into": second}).status, 200)
    expect((ids(desk, "asleep=true", lea), desk.get("/notices", token=lea).json["items"]), ([], []))


if __name__ == "__main__":
    run_all(__name__)
