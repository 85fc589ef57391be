"""Addresses beyond ASCII: domains with umlauts are written to and known again, local parts are refused with words."""
import email.utils

import mail
from desk import expect
from post import HOST, OPTIONS, add_mailbox, answer, arrival, deliver, run_mail_tests, sent

assert OPTIONS  # the desk listens by LMTP


def test_a_domain_with_umlauts_is_written_to_and_known_again(desk):
    add_mailbox(desk)
    ticket = desk.customer_writes(email="Info@Müller.test", name="Jörg Müller")
    sent(desk, answer(desk, ticket["id"]))
    with mail.Imap(HOST.dovecot, "info@xn--mller-kva.test") as mailbox:
        letter = mailbox.wait_for(lambda message: "invoice" in message["Subject"])
    expect(email.utils.parseaddr(str(letter["To"]))[1].lower(), "info@xn--mller-kva.test")
    deliver(mail.write_letter("support@theke.test", sender="Info@xn--mller-kva.test", subject=f"[#{ticket['number']}] Again"))
    again = arrival(desk, f"[#{ticket['number']}] Again")
    expect((again["ticket"], again["unverified"]), (ticket["id"], False))


def test_hidden_recipients_get_the_same_letter(desk):
    add_mailbox(desk)
    ticket = desk.customer_writes()
    to = {"to": [{"email": "eins@bücher.test"}], "cc": [{"email": "zwei@bücher.test"}], "bcc": [{"email": "drei@bücher.test"}]}
    many = desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "public", "text": "Hello", **to})
    sent(desk, many.json["id"])
    for name in ("eins", "zwei", "drei"):
        with mail.Imap(HOST.dovecot, f"{name}@xn--bcher-kva.test") as mailbox:
            letter = mailbox.wait_for()
        expect((str(letter["To"]), str(letter["Cc"]), letter["Bcc"]), ("eins@xn--bcher-kva.test", "zwei@xn--bcher-kva.test", None))


def test_a_local_part_with_umlauts_is_refused_with_words(desk):
    ticket = desk.customer_writes()
    for address, code in (("jörg@example.org", "address_local"), ("info@ü..example", "invalid"), ("info@ü/ü.example", "invalid")):
        refused = desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "public", "text": "Hello", "to": [{"email": address}]})
        expect((refused.status, [each["code"] for each in refused.json["errors"]]), (422, [code]), refused.body)
    refused = desk.post("/tickets", {"subject": "S", "text": "T", "requester": {"email": "jörg@example.org"}}, headers={"Accept-Language": "de"})
    expect("Umlaute" in refused.json["errors"][0]["message"], True, refused.body)


def test_a_mailbox_of_ours_may_have_such_a_domain(desk):
    add_mailbox(desk, "Hilfe@Bücher.test")
    deliver(mail.write_letter("hilfe@xn--bcher-kva.test", subject="To umlauts"), ["hilfe@xn--bcher-kva.test"])
    first = arrival(desk, "To umlauts")
    out = sent(desk, answer(desk, first["ticket"]))
    expect(out["message_id"].endswith("@xn--bcher-kva.test>"), True, out["message_id"])


if __name__ == "__main__":
    run_mail_tests(__name__)
