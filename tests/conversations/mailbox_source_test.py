"""What a mailbox is fetched from changes: its account, its server, its numbers. No letter may be lost by that, and none may come
up from the past."""
import datetime
import email.utils
import time

from desk import expect, run_all
from imap_server import ImapServer
from post import messages, soon

LONG_AGO = datetime.datetime(2020, 11, 25, 10, tzinfo=datetime.timezone.utc)


def letter(subject, date=None):
    date = email.utils.format_datetime(date or datetime.datetime.now(datetime.timezone.utc))
    return (f"From: Ana <{subject.replace(' ', '-').lower()}@example.org>\r\nTo: box@theke.test\r\nSubject: {subject}\r\n"
            f"Message-ID: <{subject.replace(' ', '-')}@example.org>\r\nDate: {date}\r\n\r\nIt is about {subject}.\r\n").encode()


def add_mailbox(desk, server, **more):
    made = desk.post("/mailboxes", {"name": "Box", "address": "box@theke.test", "inbound": server.settings(), **more})
    expect(made.status, 201, made.body)
    return f"/mailboxes/{made.json['id']}"


def subjects(desk):
    return sorted(m["subject"] for m in messages(desk) if m["direction"] == "in")


def caught_up(desk, path, *wanted):
    soon(lambda: set(wanted) <= set(subjects(desk)), f"{wanted} arriving")
    soon(lambda: desk.rows("SELECT backlog FROM mailbox")[0][0] == "none", "the backlog being worked off")
    soon(lambda: desk.get(path).json["health"]["last_ok_at"], "the mailbox being well")


def test_another_account_with_the_same_numbers_loses_nothing(desk):
    with ImapServer({1: letter("Old one"), 2: letter("Old two")}) as old, ImapServer({1: letter("New one"), 2: letter("New two"), 3: letter("New three")}) as new:
        path = add_mailbox(desk, old)
        caught_up(desk, path, "Old one", "Old two")
        expect(desk.patch(path, {"inbound": {"port": new.port, "user": "other", "password": "secret"}}).status, 200)
        caught_up(desk, path, "New one", "New two", "New three")
        expect(desk.patch(path, {"inbound": {"port": old.port, "user": "box", "password": "secret"}}).status, 200)
        old.add(3, letter("Old three"))
        caught_up(desk, path, "Old three")
        expect(subjects(desk), ["New one", "New three", "New two", "Old one", "Old three", "Old two"])


def test_a_number_that_is_given_again_loses_nothing(desk):
    with ImapServer({1: letter("Old one")}) as server:
        path = add_mailbox(desk, server)
        caught_up(desk, path, "Old one")
        # As after a restore of the mail server: the same number, another letter, and we had not come so far.
        desk.kill()
        desk.rows("UPDATE mailbox SET uid_last = 0")
        server.letters[1] = letter("Another one")
        desk.start()
        caught_up(desk, path, "Another one")
        expect(subjects(desk), ["Another one", "Old one"])


def test_a_first_fetch_that_breaks_pulls_in_no_past(desk):
    letters = {uid: letter(f"Past {uid}", LONG_AGO if uid not in (5, 30, 55) else None) for uid in range(1, 61)}
    received = {uid: LONG_AGO for uid in letters if uid not in (5, 30, 55)}
    with ImapServer(letters, received=received) as server:
        server.break_at = 2
        path = add_mailbox(desk, server)
        caught_up(desk, path, "Past 5", "Past 30", "Past 55")
        server.add(61, letter("Fresh"))
        desk.kill()
        desk.start()
        caught_up(desk, path, "Fresh")
        expect(subjects(desk), ["Fresh", "Past 30", "Past 5", "Past 55"])


def test_new_numbers_bring_what_came_since_and_no_past(desk):
    letters = {uid: letter(f"Past {uid}", LONG_AGO if uid < 60 else None) for uid in range(1, 61)}
    with ImapServer(letters, received={uid: LONG_AGO for uid in range(1, 60)}) as server:
        path = add_mailbox(desk, server)
        caught_up(desk, path, "Past 60")
        desk.kill()
        server.seen = set(letters)
        server.letters = {uid + 100: raw for uid, raw in letters.items()}
        server.received = {uid + 100: at for uid, at in server.received.items()}
        server.add(161, letter("While away"))
        server.seen = {161}
        server.validity = 6
        desk.start()
        caught_up(desk, path, "While away")
        expect(subjects(desk), ["Past 60", "While away"])


def test_nobody_is_answered_automatically_after_days(desk):
    week_ago = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=7)
    team = desk.get("/teams").json["items"][0]
    expect(desk.patch(f"/teams/{team['id']}", {"auto_reply": True, "auto_reply_text": "We have it."}).status, 200)
    letters = {1: letter("Sent long ago", week_ago), 2: letter("Received long ago"), 3: letter("Of today")}
    with ImapServer(letters, received={2: week_ago}) as server:
        path = add_mailbox(desk, server, outbound={"host": "127.0.0.1", "port": 9, "security": "none"})
        caught_up(desk, path, "Sent long ago", "Received long ago", "Of today")
        answers = soon(lambda: [m for m in messages(desk) if m["direction"] == "out"], "the answer to the letter of today")
        expect([m["subject"] for m in answers], ["Re: Of today"])


def test_a_fetcher_writes_no_cursor_of_the_account_before(desk):
    with ImapServer({7: letter("Before")}) as old, ImapServer({1: letter("After")}, validity=5) as new:
        old.hang = "UID STORE"
        path = add_mailbox(desk, old)
        expect(old.hanging.wait(20), True)
        before = desk.rows("SELECT generation FROM mailbox")[0][0]
        expect(desk.patch(path, {"inbound": {"port": new.port, "user": "other", "password": "secret"}}).status, 200)
        old.go_on.set()
        caught_up(desk, path, "Before", "After")
        row = desk.rows("SELECT uid_last, generation FROM mailbox")[0]
        expect([int(row[0]), int(row[1])], [1, int(before) + 1])


def test_servers_that_hang_delay_no_stop(desk):
    with ImapServer({1: letter("One")}) as first, ImapServer({1: letter("Two")}) as second:
        first.hang, second.hang = "UID FETCH", "CAPABILITY"
        add_mailbox(desk, first)
        made = desk.post("/mailboxes", {"name": "B", "address": "b@theke.test", "inbound": second.settings()})
        expect(made.status, 201, made.body)
        expect(first.hanging.wait(20) and second.hanging.wait(20), True)
        began = time.monotonic()
        desk.kill(15)
        expect(time.monotonic() - began < 5, True, f"{time.monotonic() - began:.1f} s")
        desk.start()


BREAKS = {"a closed connection": None, "nonsense": "* 2 FETCH (UID 2 BODY[] {oops", "no text": "* 2 FETCH (UID 2 RFC822.SIZE 99 BODY[] NIL)"}


def test_a_letter_that_can_not_be_fetched_is_set_aside_and_fetched_when_wanted(desk):
    for number, (fault, words) in enumerate(BREAKS.items()):
        letters = {uid: letter(f"Row {number} letter {uid}") for uid in (1, 2, 3)}
        wanted = [f"Row {number} letter {uid}" for uid in (1, 2, 3)]
        with ImapServer(letters) as server:
            server.broken = {2: words}
            path = add_mailbox(desk, server, name=f"Box {number}", address=f"box{number}@theke.test")
            soon(lambda: wanted[2] in subjects(desk), f"the letter behind one with {fault}", 40)
            aside, = desk.get(f"/parked-mails?mailbox={path.split('/')[-1]}").json["items"]
            expect((aside["missing_uid"], f"mailbox Box {number}, letter 2," in aside["reason"]), (2, True), aside)
            expect((server.fetched.count(2), desk.get(path).json["parked_count"]), (3, 1), fault)
            expect(desk.get(f"/parked-mails/{aside['id']}/source").json["code"], "parked_mail_missing")
            server.add(4, letter(f"Row {number} letter 4"))
            desk.kill()
            desk.start()
            soon(lambda: f"Row {number} letter 4" in subjects(desk), "later letters")
            expect(server.fetched.count(2), 3, "it is left alone until somebody wants it")
            server.broken = {}
            expect(desk.post(f"/parked-mails/{aside['id']}/release").status, 204)
            soon(lambda: wanted[1] in subjects(desk), "the letter that is wanted")
            expect((desk.get(path).json["parked_count"], 2 in server.seen), (0, True))
            desk.ask("DELETE", path)


def test_a_letter_that_still_can_not_be_fetched_is_set_aside_again(desk):
    with ImapServer({1: letter("Stubborn"), 2: letter("Plain")}) as server:
        server.broken = {1: "* 1 FETCH (UID 1 BODY[] {oops"}
        path = add_mailbox(desk, server)
        caught_up(desk, path, "Plain")
        aside, = desk.get("/parked-mails").json["items"]
        expect(desk.post(f"/parked-mails/{aside['id']}/release").status, 204)
        expect(desk.get("/parked-mails").json["items"], [])
        again = soon(lambda: desk.get("/parked-mails").json["items"], "being set aside again")
        expect([each["id"] for each in again], [aside["id"]])
        del server.letters[1]
        expect(desk.post(f"/parked-mails/{aside['id']}/release").status, 204)
        gone, = soon(lambda: desk.get("/parked-mails").json["items"], "being told that it is gone")
        expect("does not have this letter any more" in gone["reason"], True, gone)
        expect(desk.ask("DELETE", f"/parked-mails/{aside['id']}").status, 204)
        expect(desk.get("/parked-mails").json["items"], [])


if __name__ == "__main__":
    run_all(__name__)
