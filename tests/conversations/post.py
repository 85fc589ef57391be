"""What the conversations about mail share: the ways of a letter into a desk and out of it again.

LMTP is the port that every such desk listens at, since Postfix learns it before the desk starts; HOST is the Postfix and the
Dovecot, started by run_mail_tests.
"""
import contextlib
import os
import random
import socket
import time

import mail
from desk import Unmet, expect, run_all


def free_port():
    """Below the range from which the system takes ports for outgoing connections, since others may run beside us."""
    while True:
        port = random.randrange(12000, 32000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


LMTP = free_port()
OPTIONS = ["--lmtp", f"127.0.0.1:{LMTP}"]
HOST = None


LMTP = free_port()
OPTIONS = ["--lmtp", f"127.0.0.1:{LMTP}"]
HOST = mail.MailHost(lmtp=LMTP)


def soon(look, what="it", seconds=20):
    """The first true answer of look()."""
    end = time.monotonic() + seconds
    while True:
        answer = look()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Unmet(f"{what} did not happen within {seconds} s")
        time.sleep(0.05)


def messages(desk, **where):
    items = desk.get("/messages?after=0&limit=200").json["items"]
    return [m for m in items if all(m[key] == value for key, value in where.items())]


def arrival(desk, subject, count=1):
    return soon(lambda: (lambda found: found[-1] if len(found) >= count else None)(messages(desk, subject=subject)), f"'{subject}' arriving")


def add_mailbox(desk, address="support@theke.test", outbound=True, **more):
    body = {"name": "Support", "address": address, "inbound": {"kind": "lmtp"}, **more}
    if outbound:
        postfix = {"host": "localhost", "port": HOST.postfix.smtp, "security": "none"}
        body["outbound"] = outbound if isinstance(outbound, dict) else postfix
    answer = desk.post("/mailboxes", body)
    expect(answer.status, 201, answer.body)
    return answer.json


def deliver(letter, recipients=("support@theke.test",), sender="ana@example.org"):
    expect(mail.send(letter, sender, list(recipients), LMTP, lmtp=True), {})


def by_postfix(letter, recipient="support@theke.test", sender="ana@example.org"):
    expect(mail.send(letter, sender, [recipient], HOST.postfix.smtp), {})


def answer(desk, ticket, text="Please try again."):
    sent = desk.post(f"/tickets/{ticket}/messages", {"audience": "public", "text": text})
    expect(sent.status, 201, sent.body)
    return sent.json["id"]


def sent(desk, message):
    return soon(lambda: (lambda m: m if m["delivery"]["state"] == "sent" else None)(desk.get(f"/messages/{message}").json), "the answer leaving")


def home_of(message, reader="ana@example.org"):
    """The address that this answer of ours asks its reader to answer to."""
    with mail.Imap(HOST.dovecot, reader) as inbox:
        return inbox.wait_for(lambda m: m["Message-ID"] == message["message_id"])["Reply-To"].partition("<")[2].strip(">")


def new_ticket(desk, **letter):
    subject = f"Matter {time.monotonic_ns()}"
    first = mail.write_letter("support@theke.test", subject=subject, **letter)
    deliver(first)
    return arrival(desk, subject), first


def run_mail_tests(module):
    with HOST:
        os.environ["THEKE_MAIL_CA_FILE"] = HOST.dovecot.certificate
        os.environ["THEKE_MAIL_PLAIN_OAUTH"] = "1"
        run_all(module)
