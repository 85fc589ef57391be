"""The demo: believable conversations, the same for the same seed, in a store that everything else can work with."""
import json
import sqlite3
import subprocess
import time

from desk import THEKE, Desk, expect, run_all

TICKETS = ("SELECT id, subject, requester_id, assignee_id, team_id, state_id, priority, channel, waiting_reason, tags, is_spam, created_at, "
           "updated_at, first_response_at, resolved_at, closed_at, message_count, version FROM ticket ORDER BY id")
MESSAGES = ("SELECT id, ticket_id, direction, audience, kind, author_person_id, author_staff_id, from_address, to_list, subject, header_id, "
            "reference_list, length(text), text, length(text_full), html, created_at FROM message ORDER BY id")
PEOPLE = "SELECT id, name, email, company FROM person_card ORDER BY id"
FILES = "SELECT message_id, hash, name, media_type, size FROM attachment ORDER BY id"


def number(desk, query):
    return int(desk.rows(query)[0][0])


def demo(desk, *arguments, **more):
    return desk.run("demo", "--until", "2026-11-24", *arguments, **more)


def has_tickets(desk):
    try:
        return number(desk, "SELECT count(*) FROM ticket") > 0
    except (sqlite3.OperationalError, subprocess.CalledProcessError):  # no such file, no such table yet
        return False


def test_the_same_seed_gives_the_same_store(desk):
    demo(desk, "--tickets", "150", "--seed", "7")
    other = Desk(desk.database)
    other.start()
    try:
        other.run("user", "add", "jana@theke.test", "--name", "Jana Petersen", "--role", "admin")
        demo(other, "--tickets", "150", "--seed", "7")
        for query in (TICKETS, MESSAGES, PEOPLE, FILES):
            expect(other.rows(query), desk.rows(query))
        demo(other, "--tickets", "150", "--seed", "8", "--force")
        expect(other.rows(TICKETS) == desk.rows(TICKETS), False)
    finally:
        other.__exit__()


def test_a_store_with_tickets_is_left_alone(desk):
    desk.customer_writes()
    refused = demo(desk, "--tickets", "10", check=False)
    expect((refused.returncode, "--force" in refused.stderr), (1, True), refused.stderr)
    expect(number(desk, "SELECT count(*) FROM ticket"), 1)
    demo(desk, "--tickets", "10", "--force")
    expect(number(desk, "SELECT count(*) FROM ticket"), 11)
    for wrong in ([], ["--tickets", "0"], ["--tickets", "many"], ["--tickets", "5", "--until", "yesterday"]):
        expect(desk.run("demo", *wrong, check=False).returncode, 2, wrong)


def test_what_it_tells_is_believable_and_whole(desk):
    demo(desk, "--tickets", "400")
    desk.run("check")
    states = {key: int(count) for key, count in desk.rows(
        "SELECT ticket_state.key, count(*) FROM ticket JOIN ticket_state ON ticket_state.id = ticket.state_id GROUP BY 1")}
    expect(sorted(states), ["closed", "new", "open", "resolved", "waiting"])
    expect(states["closed"] > 200 and 10 < states["new"] + states["open"] + states["waiting"] < 200, True, states)
    expect(number(desk, "SELECT count(*) FROM ticket WHERE message_count <> (SELECT count(*) FROM message WHERE ticket_id = ticket.id)"), 0)
    expect(number(desk, "SELECT count(*) FROM message AS a JOIN message AS b ON b.id = a.id + 1 WHERE b.created_at < a.created_at"), 0)
    expect(number(desk, "SELECT count(*) FROM event AS a JOIN event AS b ON b.id = a.id + 1 WHERE b.at < a.at AND a.kind <> 'staff.added' "
                        "AND a.scope IS NULL"), 0)
    year = number(desk, "SELECT max(created_at) - min(created_at) FROM ticket") / 86400e6
    expect(300 < year <= 365, True, year)
    expect(number(desk, "SELECT count(DISTINCT assignee_id) FROM ticket"), 12)
    expect(number(desk, "SELECT count(DISTINCT team_id) FROM ticket"), 4)
    expect(number(desk, "SELECT count(*) FROM message WHERE text_full LIKE '%> %'") > 100, True)
    expect(number(desk, "SELECT max(message_count) FROM ticket") >= 7, True)
    for word, least in (("Rechnung", 20), ("invoice", 5), ("csomag", 2)):
        found = desk.get(f"/search?q={word}&limit=100").json["items"]
        expect(len(found) >= least, True, (word, len(found)))
    file = desk.rows("SELECT id, media_type, size FROM attachment WHERE media_type = 'application/pdf' LIMIT 1")[0]
    answer = desk.get(f"/attachments/{file[0]}")
    expect((answer.status, len(answer.body), answer.body[:5]), (200, int(file[2]), b"%PDF-"))
    expect(set(kind for (kind,) in desk.rows("SELECT DISTINCT media_type FROM attachment")), {"application/pdf", "image/png", "text/csv"})


def test_no_demo_account_can_be_signed_in_to(desk):
    demo(desk, "--tickets", "5")
    agents = [person for person in desk.get("/staff").json["items"] if person["email"].endswith("@lindenhof.example")]
    expect((len(agents), {agent["state"] for agent in agents}), (12, {"active"}))
    for password in ("", "demo", "Lena Brandt", "lena.brandt@lindenhof.example"):
        answer = desk.post("/session", {"email": "lena.brandt@lindenhof.example", "password": password}, token=False)
        expect(answer.status in (401, 422, 429), True, (password, answer.status, answer.body))


def test_the_first_run_link_still_comes(desk):
    fresh = Desk(desk.database)
    try:
        demo(fresh, "--tickets", "5")
        fresh.start()
        expect(bool(fresh.setup_link), True)
        answer = fresh.post("/setup", {"token": fresh.setup_link.split("#")[1], "email": "chef@lindenhof.example", "name": "Ute Chef",
                                       "password": "ein langes Passwort", "company": "Lindenhof", "locale": "de"}, token=False)
        expect(answer.status, 200, answer.body)
        expect(json.loads(answer.body)["staff"]["role"], "admin")
    finally:
        fresh.__exit__()


def test_a_demo_that_was_killed_leaves_a_whole_store(desk):
    schema = ("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name" if desk.database == "sqlite"
              else "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname")
    whole = desk.rows(schema)
    fresh = Desk(desk.database)
    try:
        filling = subprocess.Popen([THEKE, "demo", "--tickets", "1000000", "--data", str(fresh.data), *fresh.store],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while not has_tickets(fresh):
                expect(filling.poll(), None)
                time.sleep(0.1)
            expect(len(fresh.rows(schema)) < len(whole), True)
        finally:
            filling.kill()
            filling.wait()
        fresh.start()
        expect(fresh.rows(schema), whole)
        fresh.run("check")
    finally:
        fresh.__exit__()


if __name__ == "__main__":
    run_all(__name__)
