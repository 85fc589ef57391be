"""Two processes on one PostgreSQL: each hears of the other's changes, no job is done twice, and what a process leaves behind when
it is killed the other takes over."""
import collections
import time

import mail
from desk import expect
from post import HOST, add_mailbox, answer, arrival, messages, run_mail_tests, soon
from smtp_server import SmtpServer
from socket_client import Live

DATABASES = ["postgresql"]
OPTIONS = ["--lmtp", "127.0.0.1:0"]


def by_lmtp(desk, subject, **letter):
    raw = mail.write_letter("support@theke.test", subject=subject, **letter)
    expect(mail.send(raw, "ana@example.org", ["support@theke.test"], desk.lmtp, lmtp=True), {})


def subjects(desk, start):
    return collections.Counter(m["subject"] for m in messages(desk) if m["subject"].startswith(start))


def test_a_change_reaches_the_screens_of_the_other_process(desk):
    with desk.beside(*OPTIONS) as other, Live(other, ["inbox", "staff"]) as screen:
        slowest = 0
        for number in range(10):
            began = time.monotonic()
            ticket = desk.customer_writes(subject=f"Number {number}")
            screen.wait_for(lambda message: message.get("event", {}).get("ticket") == ticket["id"])
            slowest = max(slowest, time.monotonic() - began)
        print(f"slowest of ten: {slowest * 1000:.0f} ms")
        expect(slowest < 1, True, f"{slowest:.2f} s")
        expect(other.get(f"/tickets/{ticket['id']}").json["subject"], "Number 9")


def test_letters_are_read_and_sent_once(desk):
    add_mailbox(desk)
    customer = f"many{time.monotonic_ns()}@example.org"
    with desk.beside(*OPTIONS) as other, mail.Imap(HOST.dovecot, customer) as inbox:
        for number in range(60):
            by_lmtp(other if number % 2 else desk, f"Letter {number}", sender=customer)
        soon(lambda: len(subjects(desk, "Letter")) == 60, "all letters being read")
        expect(set(subjects(desk, "Letter").values()), {1})
        answers = [answer(desk, m["ticket"], f"Answer to {m['subject']}") for m in messages(desk) if m["subject"].startswith("Letter")]
        soon(lambda: all(desk.get(f"/messages/{a}").json["delivery"]["state"] == "sent" for a in answers), "all answers leaving", 60)
        inbox.wait_for(lambda m: "Letter 59" in m["Subject"])
        soon(lambda: len(inbox.messages()) >= 60, "all answers arriving")
        ids = collections.Counter(m["Message-ID"] for m in inbox.messages())
        expect((len(ids), set(ids.values())), (60, {1}))


def test_a_mailbox_is_fetched_by_one_and_taken_over_by_the_other(desk):
    user = f"shared{time.monotonic_ns()}@theke.test"
    inbound = {"kind": "imap", "host": "localhost", "port": HOST.dovecot.imaps, "security": "tls", "user": user, "password": HOST.dovecot.password}
    with mail.Imap(HOST.dovecot, user) as box:
        box.append(mail.write_letter(user, subject="Box 0"))
        made = add_mailbox(desk, user, inbound=inbound)
        with desk.beside(*OPTIONS) as other:
            arrival(desk, "Box 0")
            holders = lambda: desk.rows("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 7460103 AND granted "
                                        f"AND objid = {made['id']} AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
            expect(int(holders()[0][0]), 1)
            desk.kill()
            box.append(mail.write_letter(user, subject="Box 1"))
            arrival(other, "Box 1")
            desk.start()
            time.sleep(1.5)
            other.kill()
            box.append(mail.write_letter(user, subject="Box 2"))
            arrival(desk, "Box 2")
        expect(dict(subjects(desk, "Box")), {"Box 0": 1, "Box 1": 1, "Box 2": 1})


def test_what_a_killed_process_had_taken_is_done_by_the_other(desk):
    with desk.beside(*OPTIONS) as other:
        ticket = desk.customer_writes()
        add_mailbox(desk)
        sent = answer(desk, ticket["id"], "On its way")
        soon(lambda: desk.get(f"/messages/{sent}").json["delivery"]["state"] == "sent", "the answer leaving")
        # As if a third process had been killed while it had both in hand.
        far = int((time.time() + 3600) * 1000000)
        by_lmtp(desk, "Taken")
        taken = arrival(desk, "Taken")
        desk.rows(f"UPDATE mail_in SET state = 'waiting', done_key = NULL, next_at = {far}, leased_by = 77, content_key = 'other' WHERE message_id = {taken['id']}")
        desk.rows(f"UPDATE delivery SET state = 'sending', next_at = {far}, leased_by = 77 WHERE message_id = {sent}")
        desk.kill()
        soon(lambda: other.get(f"/messages/{sent}").json["delivery"]["state"] == "sent", "the answer leaving again", 50)
        soon(lambda: int(other.rows("SELECT count(*) FROM mail_in WHERE state = 'waiting'")[0][0]) == 0, "the letter being read")
        desk.start()


WATCHING = "classid = 7460102 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"


def test_a_process_that_loses_its_watch_for_a_moment_is_not_taken_for_dead(desk):
    with SmtpServer(seconds=9) as server:
        add_mailbox(desk, outbound=server.settings())
        ticket = desk.customer_writes()
        sent = answer(desk, ticket["id"], "Only once")
        expect(server.begun.wait(20), True)
        with desk.beside(*OPTIONS):
            time.sleep(1)
            lease = int(desk.rows(f"SELECT next_at - updated_at FROM delivery WHERE message_id = {sent}")[0][0])
            end = time.monotonic() + 7
            while time.monotonic() < end:
                desk.rows(f"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE {WATCHING} AND objid IN (SELECT leased_by FROM delivery)")
            soon(lambda: desk.get(f"/messages/{sent}").json["delivery"]["state"] == "sent", "the answer leaving")
            time.sleep(3)
        expect(len(server.letters), 1)
        expect(lease >= 1200 * 1000000, True, "a lease is longer than two sends may take")


def test_who_comes_late_takes_nothing_back(desk):
    with SmtpServer(seconds=3, answer="451 4.3.0 later") as server:
        add_mailbox(desk, outbound=server.settings())
        sent = answer(desk, desk.customer_writes()["id"], "Once")
        expect(server.begun.wait(20), True)
        # As if another process had taken it over, and had more luck.
        desk.rows(f"UPDATE delivery SET attempts = attempts + 1, leased_by = 78, state = 'sent', next_at = NULL WHERE message_id = {sent}")
        soon(lambda: desk.rows("SELECT 1 FROM mailbox WHERE out_ok_at IS NOT NULL OR out_error IS NOT NULL"), "the other one's failure")
        expect(desk.get(f"/messages/{sent}").json["delivery"]["state"], "sent")


if __name__ == "__main__":
    run_mail_tests(__name__)
