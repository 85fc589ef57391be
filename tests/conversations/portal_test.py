"""The forms of topics on pages for everybody: who sees them, what they ask, what comes of what is sent, and what strangers can't do with them."""
import re
import signal

from desk import at_once, expect
from fields_test import choices, define
from forms_test import rule
from portal import ask, look, send, sent
from post import HOST, OPTIONS, add_mailbox, answer, arrival, deliver, home_of, run_mail_tests
from post import sent as left
from requests_test import make
from split_test import split, undo, written

import mail

OPTIONS = [*OPTIONS, "--mail.authentication-server", "mx.theke.test"]


def public(desk, key="delivery", *fields, **more):
    asked = [{"field": field["id"], "required": required, "public": True} for field, required in fields]
    return make(desk, key, fields=asked, is_public=True, **more)


def tickets(desk):
    return desk.get("/tickets?sort=created_at").json["items"]


def first(desk, number=1):
    return written(desk, number)[0]


def test_nothing_is_open_until_it_is_switched_on(desk):
    form = make(desk)
    expect((look(desk).status, "Delivery" in look(desk, "").text), (404, False))
    desk.patch(f"/request-forms/{form['id']}", {"is_public": True})
    expect((look(desk).status, "Delivery" in look(desk, "").text, look(desk, "nothing").status), (200, True, 404))
    expect(look(desk).headers["Content-Type"], "text/html; charset=utf-8")
    page = look(desk)
    desk.patch(f"/request-forms/{form['id']}", {"is_active": False})
    expect((look(desk).status, send(desk, page).status, send(desk, page, to="/fields").status, len(tickets(desk))), (404, 404, 404, 0))


def test_a_request_becomes_a_ticket_that_nobody_has_proven(desk):
    other = desk.post("/teams", {"name": "Returns"}).json["id"]
    order = define(desk, "order", "text")
    public(desk, "delivery", (order, True), team=other)
    page = sent(desk, look(desk), field__order="4711", files=("ship ment.txt", b"a\r\n--b"))
    expect((page.status, "#10001" in page.text), (200, True))
    ticket = tickets(desk)[0]
    expect((ticket["subject"], ticket["team"]["id"], ticket["channel"], ticket["fields"], ticket["requester"]["name"]),
           ("Where is it?", other, "form", {"order": "4711"}, "Ana Kovács"))
    message = first(desk)
    expect((message["kind"], message["direction"], message["unverified"], message["text"], message["from"]["email"]),
           ("form", "in", True, "It has not come.", "ana@example.org"))
    expect(message["threading"]["reasons"], ["request_form: delivery", "form_unproven: ana@example.org"])
    expect([(each["name"], each["size"]) for each in message["attachments"]], [("ship ment.txt", 6)])
    opened = desk.get("/tickets/1/history").json["items"][-1]
    expect((opened["kind"], opened["actor_kind"], opened["cause"], opened["data"]["form"]), ("ticket.opened", 2, "form delivery", "delivery"))


def test_a_page_is_taken_once(desk):
    public(desk)
    page = look(desk)
    both = at_once(*[lambda: send(desk, page) for _ in range(4)])
    expect(len({each.headers["Location"] for each in both}), 1)
    expect(send(desk, page).headers["Location"], both[0].headers["Location"])
    expect([each["subject"] for each in tickets(desk)], ["Where is it?"])
    for more in ({"subject": "Something else"}, {"files": ("a.txt", b"forgotten")}):
        changed = send(desk, page, **more)
        expect((changed.status, changed.value("subject"), changed.stamp != page.stamp, "You sent this page already" in changed.text),
               (422, more.get("subject", "Where is it?"), True, True))
    changed.read_at = page.read_at
    expect((send(desk, changed, subject="Something else").status, [each["subject"] for each in tickets(desk)]), (303, ["Where is it?", "Something else"]))
    for stamp in ("", "x", page.stamp[:-1] + ("0" if page.stamp[-1] != "0" else "1"), "1.2.3"):
        again = send(desk, page, stamp=stamp, name="<b>Ana</b>")
        expect((again.status, again.value("name"), "<b>Ana" in again.text, again.stamp != stamp), (422, "<b>Ana</b>", False, True))
    expect(len(tickets(desk)), 2)


def test_the_page_and_the_server_hold_to_the_same_rules(desk):
    topic, order = define(desk, "topic", "choice", choices=choices("parcel", "bill")), define(desk, "order", "text", maximum="4")
    amount, inner = define(desk, "amount", "number"), define(desk, "inner", "text")
    many, day, yes = define(desk, "many", "multi_choice", choices=choices("a", "b", "c")), define(desk, "day", "date"), define(desk, "yes", "boolean")
    rule(desk, order, visible_if="field.topic:parcel")
    rule(desk, amount, visible_if="field.order:1234", required_if="field.order:1234")
    form = public(desk, "delivery", (topic, True), (order, True), (amount, False), (many, False), (day, False), (yes, False))
    asked = [*form["fields"], {"field": inner["id"], "required": True, "public": False}]
    desk.patch(f"/request-forms/{form['id']}", {"fields": asked})
    page = look(desk)
    expect(page.names, ["topic!", "many", "day", "yes"])
    shown = send(desk, page, to="/fields", quickly=True, field__topic="parcel", field__order="1234", name="Ana K")
    expect((shown.status, shown.names, shown.value("name"), shown.value("field.order"), shown.stamp), (200, ["topic!", "order!", "amount!", "many", "day", "yes"], "Ana K", "1234", page.stamp))
    expect(tickets(desk), [])
    refused = send(desk, page, field__topic="parcel", field__many=["a", "c"], email="nobody", text=" ", name="")
    expect((refused.status, refused.wrong), (422, ["name", "email", "field-order", "text"]))
    expect(re.findall(r'value="(\w)" checked', refused.text), ["a", "c"])
    expect(send(desk, page, field__topic="parcel", field__order="12345", field__day="yesterday").wrong, ["field-order", "field-day"])
    expect(send(desk, page, field__topic="parcel", field__order="1234", field__amount="much").wrong, ["field-amount"])
    expect(send(desk, page, field__topic="other").wrong, ["field-topic"])
    sent(desk, page, field__topic="bill", field__order="123456", field__amount="3", field__inner="x", field__many=["c", "a", "x"], field__yes="false", field__day="2026-11-30")
    expect(tickets(desk)[0]["fields"], {"topic": "bill", "many": ["a", "c"], "yes": False, "day": "2026-11-30"})
    sent(desk, look(desk), field__topic="parcel", field__order="1234", field__amount="3,5")
    expect(tickets(desk)[1]["fields"], {"topic": "parcel", "order": "1234", "amount": 3.5})


def test_nobody_learns_whether_an_address_is_known(desk):
    company = define(desk, "company", "text")
    rule(desk, company, visible_if="requester:ana")
    known = desk.customer_writes(name="Ana Real")
    public(desk, "delivery", (company, True))
    expect(send(desk, look(desk), to="/fields", quickly=True).names, send(desk, look(desk), to="/fields", email="new@example.org", quickly=True).names)
    pages = [sent(desk, look(desk), email=email, name="Eve") for email in ("Ana@example.org", "new@example.org")]
    expect(*[re.sub(r"1000\d|/sent/\w+", "N", page.text) for page in pages])
    made = tickets(desk)[1:]
    expect([each["requester"]["name"] for each in made], ["Ana Real", "Eve"])
    expect((made[0]["requester"]["id"], first(desk, 2)["from"]["name"]), (known["requester"]["id"], "Eve"))


def test_it_joins_no_ticket_that_is_there(desk):
    desk.customer_writes()
    public(desk)
    sent(desk, look(desk), subject="Re: [#10001] My invoice is wrong")
    expect([each["message_count"] for each in tickets(desk)], [1, 1])


def test_programs_are_caught_and_the_record_says_why(desk):
    add_mailbox(desk)
    public(desk, answers={"en": "Thank you."})
    caught = sent(desk, look(desk), quickly=True), sent(desk, look(desk), homepage="https://buy.example")
    fine = sent(desk, look(desk))
    expect(len({re.sub(r"1000\d|/sent/\w+", "N", page.text) for page in (*caught, fine)}), 1, "all see the same")
    expect([each["is_spam"] for each in desk.get("/tickets?state=all&sort=created_at").json["items"]], [False])
    quick, trapped, good = [first(desk, number)["threading"]["reasons"] for number in (1, 2, 3)]
    expect((quick[0][:11], quick[-1], trapped[0], trapped[-1]), ("form_quick:", "answer_spam", "form_trap: https://buy.example", "answer_spam"))
    expect([len(written(desk, number)) for number in (1, 2, 3)], [1, 1, 2])
    expect([desk.get(f"/tickets/{number}").json["is_spam"] for number in (1, 2, 3)], [True, True, False])
    expect("answer_spam" in good, False)


def test_too_many_are_refused_with_a_clear_word(desk):
    public(desk)
    for _ in range(5):
        sent(desk, look(desk), email="victim@example.org", quickly=True)
    page = look(desk)
    refused = send(desk, page, email="VICTIM@example.org", subject="Kept")
    expect((refused.status, refused.value("subject"), refused.stamp, int(refused.headers["Retry-After"]) > 3000), (429, "Kept", page.stamp, True))
    expect("try again in 60 minutes" in refused.text, True, refused.text)
    for number in range(25):
        sent(desk, look(desk), email=f"n{number}@example.org", quickly=True)
    expect((send(desk, look(desk), email="else@example.org", quickly=True).status, len(desk.rows("SELECT nonce FROM request_taken"))), (429, 30))
    stored = str(desk.rows("SELECT address_hash, remote_hash FROM request_taken"))
    expect("victim" in stored or "127.0.0.1" in stored, False)


def again_with(desk, *options):
    desk.kill(signal.SIGTERM)
    desk.options += options
    desk.start()


def test_a_network_is_counted_as_a_whole(desk):
    again_with(desk, "--proxy.trusted", "127.0.0.1")
    public(desk)
    sends = lambda address, who: send(desk, look(desk), email=f"{who}@example.org", quickly=True, headers={"X-Forwarded-For": address}).status
    expect(sends("2001:db8:0:1201::1", "a"), 303)
    for number in range(119):
        desk.rows("INSERT INTO request_taken (nonce, form_id, address_hash, remote_hash, network_hash, created_at) "
                  f"SELECT '{number}', form_id, '{number}', '{number}', network_hash, created_at FROM request_taken WHERE ticket_id = 1 RETURNING nonce")
    expect([sends(address, "b") for address in ("2001:db8:0:12ff::2", "2001:db8:0:1300::2", "192.0.2.1")], [429, 303, 303])


def test_a_form_and_all_of_them_have_a_measure(desk):
    again_with(desk, "--limits.form_requests_per_hour", "2", "--limits.all_form_requests_per_hour", "3")
    public(desk)
    public(desk, "returns")
    public(desk, "bills")
    answers = [send(desk, look(desk, topic), email=f"n{number}@example.org", subject="Kept", quickly=True)
               for number, topic in enumerate(("delivery", "delivery", "delivery", "returns", "bills"))]
    expect([each.status for each in answers], [303, 303, 429, 303, 429])
    for refused in (answers[2], answers[4]):
        expect((refused.value("subject"), "Unusually many" in refused.text, int(refused.headers["Retry-After"]) > 3000), ("Kept", True, True))


def letter_of(desk, message, reader="ana@example.org"):
    with mail.Imap(HOST.dovecot, reader) as inbox:
        return inbox.wait_for(lambda m: m["Message-ID"] == left(desk, message)["message_id"])


def link_in(letter):
    return re.search(r"https?://[^/]+(/request-confirm/\S+)", letter.get_body(("plain",)).get_content())[1]


def test_the_first_answer_leaves_and_its_link_proves_the_address(desk):
    add_mailbox(desk)
    public(desk, answers={"de": "Danke.", "en": "Thank you."})
    sent(desk, look(desk), subject="Buy cheap at https://spam.example", query="?lang=en")
    said = written(desk, 1)
    expect((said[1]["automatic"], said[1]["to"], said[1]["subject"]), (True, [{"name": None, "email": "ana@example.org"}], "[#10001] Your request: Delivery"))
    expect("{{confirmation_link}}" in said[1]["text"], True, "nobody here reads the link")
    letter = letter_of(desk, said[1]["id"])
    body = letter.get_body(("plain",)).get_content()
    expect(("Thank you." in body, "spam.example" in str(letter), letter["Auto-Submitted"]), (True, False, "auto-replied"))
    link = link_in(letter)
    expect((ask(desk, "GET", link).status, first(desk)["unverified"]), (200, True), "following a link only asks")
    expect(ask(desk, "POST", link).status, 200)
    expect((first(desk)["unverified"], ask(desk, "POST", link).status), (False, 200))
    kinds = [(each["kind"], each["actor_kind"]) for each in desk.get("/tickets/1/history").json["items"]]
    expect(kinds.count(("message.verified", 2)), 1)
    for wrong in (link[:-1], "/request-confirm/x", link.replace("/t", "/s", 1)):
        expect((ask(desk, "GET", wrong).status, ask(desk, "POST", wrong).status), (404, 404))


def test_a_link_confirms_the_request_that_its_letter_answered(desk):
    add_mailbox(desk)
    public(desk, answers={"en": "Thank you."})
    for subject in ("Mine", "Forged", "Another"):
        sent(desk, look(desk), subject=subject)
    link = link_in(letter_of(desk, written(desk, 1)[1]["id"]))
    merged = desk.post("/tickets/2/merge", {"into": 1})
    expect(merged.status, 200, merged.body)
    moved = desk.post("/tickets/1/split", {"messages": [first(desk)["id"]]})
    expect(moved.status, 200, moved.body)
    page = ask(desk, "POST", link)
    expect((page.status, "this is confirmed" in page.text), (200, True))
    doubts = {each["subject"]: each["unverified"] for number in (1, moved.json["summary"]["to"], 3) for each in written(desk, number) if each["kind"] == "form"}
    expect(doubts, {"Mine": False, "Forged": True, "Another": True})
    link = link_in(letter_of(desk, written(desk, 3)[1]["id"]))
    desk.rows("DELETE FROM auto_reply WHERE ticket_id = 3 RETURNING id")
    page = ask(desk, "POST", link)
    expect((page.status, "Nothing was confirmed" in page.text, first(desk, 3)["unverified"]), (404, True, True))


def test_an_answer_from_the_mailbox_proves_it_and_a_forged_one_does_not(desk):
    add_mailbox(desk)
    public(desk)
    sent(desk, look(desk))
    deliver(mail.write_letter("support@theke.test", subject="[#10001] It is me"))
    arrival(desk, "[#10001] It is me")
    expect(first(desk)["unverified"], True, "anybody can write that")
    home = home_of(left(desk, answer(desk, 1)))
    deliver(mail.write_letter(home, subject="Re: Where is it?"), recipients=[home])
    arrival(desk, "Re: Where is it?")
    expect(first(desk)["unverified"], False)


def test_a_program_and_whoever_read_along_prove_nothing(desk):
    add_mailbox(desk)
    public(desk, answers={"en": "Thank you."})
    sent(desk, look(desk))
    home = home_of(left(desk, written(desk, 1)[1]["id"]))
    proven = {"Authentication-Results": "mx.theke.test; dmarc=pass header.from=example.org"}
    for number, headers in enumerate(({"Auto-Submitted": "auto-replied"}, {"X-Autoreply": "yes"}, {"Auto-Submitted": "auto-replied", **proven})):
        deliver(mail.write_letter(home, subject=f"Away {number}", headers=headers), recipients=[home])
        expect((arrival(desk, f"Away {number}")["ticket"], first(desk)["unverified"]), (1, True))
    both = desk.post("/tickets/1/messages", {"audience": "public", "text": "To both.", "to": [{"email": "ana@example.org"}], "cc": [{"email": "bob@example.org"}]})
    expect(both.status, 201, both.body)
    shared = home_of(left(desk, both.json["id"]))
    deliver(mail.write_letter(shared, subject="By Bob in her name"), recipients=[shared])
    arrival(desk, "By Bob in her name")
    expect(first(desk)["unverified"], True, "Bob knows that address, too")
    deliver(mail.write_letter(home, subject="By herself"), recipients=[home])
    arrival(desk, "By herself")
    expect(first(desk)["unverified"], False)


def test_moving_a_request_proves_nothing(desk):
    add_mailbox(desk)
    public(desk, answers={"en": "Thank you."})
    sent(desk, look(desk))
    was, link = first(desk), link_in(letter_of(desk, written(desk, 1)[1]["id"]))
    done = split(desk, 1, [was["id"]])
    moved = first(desk, done["summary"]["to"])
    expect((moved["unverified"], moved["threading"]["decision"], moved["threading"]["reasons"]), (True, "moved", [*was["threading"]["reasons"], "moved by a person"]))
    undo(desk, done)
    expect((first(desk)["unverified"], first(desk)["threading"]), (True, was["threading"]))
    done = split(desk, 1, [was["id"]])
    expect(ask(desk, "POST", link).status, 200)
    expect(first(desk, done["summary"]["to"])["unverified"], False)
    undo(desk, done)
    expect((first(desk)["unverified"], first(desk)["threading"]), (False, was["threading"]), "what was confirmed stays so")


def test_no_address_is_flooded_through_us(desk):
    add_mailbox(desk)
    public(desk, answers={"en": "Thank you."})
    for number in range(4):
        sent(desk, look(desk), email="victim@example.org")
    expect([len(written(desk, number)) for number in (1, 2, 3, 4)], [2, 2, 2, 1])
    expect(first(desk, 4)["threading"]["reasons"][-1], "answer_often")
    sent(desk, look(desk), email="noreply@example.org")
    expect(first(desk, 5)["threading"]["reasons"][-1], "answer_machine")
    expect(send(desk, look(desk), email="Support@theke.test").wrong, ["email"])


def test_forms_trip_no_mailbox(desk):
    again_with(desk, "--limits.auto_replies_per_hour", "2")
    add_mailbox(desk)
    public(desk, answers={"en": "Thank you."})
    team = desk.get("/teams").json["items"][0]["id"]
    expect(desk.patch(f"/teams/{team}", {"auto_reply": True, "auto_reply_text": "We have it."}).status, 200)
    for number in range(3):
        sent(desk, look(desk), email=f"n{number}@example.org")
    expect([len(written(desk, number)) for number in (1, 2, 3)], [2, 2, 1])
    expect(first(desk, 3)["threading"]["reasons"][-1], "answer_often")
    expect(desk.get("/mailboxes").json["items"][0]["health"]["tripped_at"], None)
    for number in range(2):
        deliver(mail.write_letter("support@theke.test", sender=f"l{number}@example.org", subject=f"Letter {number}"))
        expect(len(written(desk, arrival(desk, f"Letter {number}")["ticket"])), 2, "letters have their own")
    desk.rows(f"UPDATE auto_reply SET created_at = created_at - {3601 * 10**6} RETURNING id")
    sent(desk, look(desk), email="later@example.org")
    expect(len(written(desk, 6)), 2)


def test_only_named_sites_may_frame_a_page(desk):
    form = public(desk)
    policy = lambda path: ask(desk, "GET", path).headers["Content-Security-Policy"].partition("frame-ancestors ")[2]
    expect((policy("/request/delivery"), policy("/request"), ask(desk, "GET", "/request/delivery").headers["X-Frame-Options"]), ("'none'", "'none'", None))
    for origin in ("example.org", "https://", "https://a.example/path", "https://*.example", "javascript:x", "https://a.example; x", "https://a..b", "https://a:0", "https://-a"):
        expect(desk.patch(f"/request-forms/{form['id']}", {"origins": [origin]}).json["errors"][0]["code"], "no_origin", origin)
    kept = desk.patch(f"/request-forms/{form['id']}", {"origins": ["https://WWW.example.org/", "http://intranet:8080"]}).json
    expect(kept["origins"], ["https://www.example.org", "http://intranet:8080"])
    framed = look(desk, "delivery?lang=hu&embed=1")
    expect((policy("/request/delivery?embed=1"), "<header>" in framed.text, 'lang="hu"' in framed.text), ("https://www.example.org http://intranet:8080", False, True))
    to = send(desk, framed, query="?lang=hu&embed=1").headers["Location"]
    expect((to.endswith("?lang=hu&embed=1"), policy(to)), (True, "https://www.example.org http://intranet:8080"))
    expect((policy("/request"), policy("/request-confirm/x")), ("'none'", "'none'"))


def test_a_page_of_somebody_else_sends_nothing(desk):
    public(desk)
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        expect(send(desk, look(desk), headers=headers, quickly=True).status, 422)
    expect(tickets(desk), [])


def test_odd_bodies_are_refused_and_leave_nothing(desk):
    public(desk)
    page = look(desk)
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    for body, headers, status in ((b"{}", {"Content-Type": "application/json"}, 415), (b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
                                  (b"", form, 400), (b"--b\r\n\r\nx\r\n--b--", form, 400), (b"--b--", form, 422)):
        expect(ask(desk, "POST", "/request/delivery", body, headers).status, status, body[:40])
    expect(send(desk, page, files=[("a.txt", b"x")] * 6).wrong, ["files"])
    expect(send(desk, page, files=("big", b"x" * (10 * 1024 * 1024 + 1))).wrong, ["files"])
    expect(send(desk, page, subject="a\r\nBcc: x@example.org").wrong, ["subject"])
    expect(send(desk, page, name=b"\xff\xfe", text=b"a\xffb").status, 303)
    expect((tickets(desk)[0]["requester"]["name"], first(desk)["text"]), ("\ufffd\ufffd", "a\ufffdb"))


def test_many_at_once_are_counted_as_well(desk):
    public(desk)
    pages = [look(desk) for _ in range(12)]
    answers = at_once(*[lambda page=page: send(desk, page) for page in pages])
    expect((sorted({each.status for each in answers}), len(tickets(desk))), ([303, 429], 5))


def kept_files(desk):
    return sorted(path.name for path in (desk.data / "files").rglob("*") if path.is_file())


def test_files_are_kept_only_for_what_is_taken(desk):
    public(desk)
    page = look(desk)
    sent(desk, page, files=("a.txt", b"the first"))
    was = kept_files(desk)
    again = send(desk, page, files=("a.txt", b"another one"))
    send(desk, page, files=("a.txt", b"the first"))
    expect((len(was), kept_files(desk)), (1, was), again.text)
    expect((send(desk, look(desk), email="no", files=("a.txt", b"refused")).status, kept_files(desk)), (422, was))
    moment = "(SELECT created_at FROM request_upload LIMIT 1), remote_hash FROM request_upload LIMIT 1"
    for _ in range(29):
        desk.rows(f"INSERT INTO request_upload (created_at, remote_hash) SELECT {moment} RETURNING id")
    refused = send(desk, look(desk), files=("a.txt", b"one too many"))
    expect((refused.status, int(refused.headers["Retry-After"]) > 3000, kept_files(desk)), (429, True, was))
    expect(send(desk, look(desk)).status, 303, "without files")


def test_words_are_bounded_before_they_are_copied_and_shown(desk):
    public(desk)
    page = look(desk)
    for to in ("", "/fields"):
        refused = send(desk, page, to=to, text="<" * (256 * 1024), quickly=True)
        expect((refused.status, refused.headers["Content-Type"], "too much text" in refused.text, len(refused.text) < 5000), (413, "text/html; charset=utf-8", True, True))
    long = send(desk, page, name="&" * 100_000, stamp="x" * 100_000, quickly=True)
    expect((long.status, len(long.value("name")), len(long.text) < 20_000), (422, 4 * 201, True))
    expect((send(desk, page, text="\n".join("x" * 9999)).status, tickets(desk)[0]["message_count"]), (303, 1))


def test_each_reads_the_page_in_their_language(desk):
    make(desk, names={"de": "Lieferung", "en": "Delivery", "hu": "Szállítás"}, is_public=True)
    for asked, title in (("de-AT,de;q=0.9", "Lieferung"), ("hu", "Szállítás"), ("fr", "Delivery")):
        expect(f"<h1>{title}</h1>" in look(desk, headers={"Accept-Language": asked}).text, True, asked)
    expect("<h1>Lieferung</h1>" in look(desk, "delivery?lang=de", headers={"Accept-Language": "hu"}).text, True)
    expect("<h1>Delivery</h1>" in look(desk, "delivery?lang=%22x").text, True)


if __name__ == "__main__":
    run_mail_tests(__name__)
