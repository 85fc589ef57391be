"""Ticket numbers in the formats that the house has had: kept, found, and told apart from mistyped ones."""
import time

import mail
from desk import expect
from merge_test import merge
from post import OPTIONS, add_mailbox, arrival, deliver, run_mail_tests
from split_test import written

assert OPTIONS  # the desk listens by LMTP

YEAR = time.strftime("%Y", time.gmtime())


def take(desk, status=200, **format):
    answer = desk.post("/number-formats", format)
    expect(answer.status, status, answer.body.decode())
    return answer.json


def first_found(desk, query):
    found = desk.get(f"/search?q={query}").json["items"]
    return found[0]["id"] if found else None


def test_a_ticket_keeps_the_number_that_it_was_opened_with(desk):
    bare = desk.customer_writes(subject="One")
    expect((bare["label"], bare["number"]), ("10001", 10001))
    expect(desk.post("/number-formats/preview", {"prefix": "sv", "separator": "/", "year_digits": 2}).json["example"], f"SV/{YEAR[2:]}/10042")
    expect(desk.get("/number-formats").json["items"], [])
    made = take(desk, prefix="t", separator="-", year_digits=4, digits=6, check_digit=True)
    expect((made["prefix"], made["check_digit"], made["example"][:14]), ("T", True, f"T-{YEAR}-010042-"))
    checked = desk.customer_writes(subject="Two")
    expect(checked["label"][:14], f"T-{YEAR}-010002-")
    take(desk, prefix="SV", digits=5)
    short = desk.customer_writes(subject="Three")
    expect(short["label"], "SV10003")
    expect(take(desk, prefix="sv", digits=5)["id"], take(desk, prefix="SV", digits=5)["id"])
    take(desk)
    expect(desk.customer_writes(subject="Four")["label"], "10004")
    expect([desk.get(f"/tickets/{each['id']}").json["label"] for each in (bare, checked, short)], [bare["label"], checked["label"], short["label"]])
    expect(len(desk.get("/number-formats").json["items"]), 3)
    events = desk.get("/events?scope=audit&kind=number_format.&sort=-id").json["items"]
    expect([each["data"]["format"][1]["prefix"] for each in events], ["", "SV", "T"])


def test_every_number_is_found_in_every_form(desk):
    take(desk, prefix="T", separator="-", year_digits=4, digits=6, check_digit=True)
    checked = desk.customer_writes(subject="Two")
    take(desk, prefix="SV", digits=5)
    short = desk.customer_writes(subject="Three")
    for query in (checked["label"], checked["label"].lower(), f"%23{checked['label']}", f"number:{checked['label']}", "number:10001", "10001", "%2310001"):
        expect(first_found(desk, query), checked["id"], query)
    for query in ("sv10002", "number:SV10002", "10002"):
        expect(first_found(desk, query), short["id"], query)
    wrong = checked["label"][:-1] + str((int(checked["label"][-1]) + 1) % 10)
    expect(first_found(desk, wrong), None)
    expect(desk.get(f"/search?q=number:{wrong}").status, 422)
    expect((first_found(desk, "SV10001"), first_found(desk, "T10002")), (None, None))
    links = desk.post(f"/tickets/{short['id']}/links", {"ticket": checked["id"], "kind": "related"})
    expect([each["label"] for each in links.json["items"]], [checked["label"]])


def test_a_format_that_could_not_be_told_for_certain_is_refused(desk):
    for format, field in (({"prefix": "T1"}, "prefix"), ({"prefix": "T", "year_digits": 4}, "separator"), ({"digits": 8}, "separator"),
                          ({"separator": "-", "check_digit": True}, "separator"), ({"year_digits": 3, "separator": "-"}, "year_digits"),
                          ({"prefix": "T", "digits": 4}, "digits"), ({"prefix": "T", "separator": "_"}, "separator")):
        expect(take(desk, status=422, **format)["errors"][0]["field"], field, format)
    desk.run("user", "add", "bob@theke.test", "--name", "Bob", "--role", "agent", "--password-stdin", stdin="ein gutes Passwort\n")
    token = desk.run("token", "create", "bob@theke.test").strip()
    expect((desk.post("/number-formats", {"prefix": "T"}, token=token).status, desk.get("/number-formats", token=token).status), (403, 200))


def test_a_letter_comes_in_by_any_number_in_its_subject(desk):
    add_mailbox(desk)
    tickets = []
    for format in ({}, {"prefix": "T", "separator": "-", "year_digits": 4, "digits": 6, "check_digit": True}, {"prefix": "SV", "digits": 5}):
        take(desk, **format)
        tickets.append(desk.customer_writes(subject="Three matters"))
    take(desk, prefix="NEU", separator="-")
    for ticket in tickets:
        for subject in (f"AW: [#{ticket['label']}] again", f"[{ticket['label'].lower()}] more", f"To {ticket['label']}, please"):
            if ticket["label"].isdigit() and "[#" not in subject:
                continue
            subject = f"{subject} {time.monotonic_ns()}"
            deliver(mail.write_letter("support@theke.test", subject=subject))
            expect(arrival(desk, subject)["ticket"], ticket["id"], subject)
    wrong = f"[NEU-{tickets[0]['number']}] {time.monotonic_ns()}"
    deliver(mail.write_letter("support@theke.test", subject=wrong))
    other = arrival(desk, wrong)["ticket"]
    expect(other in [each["id"] for each in tickets], False)
    expect(desk.get(f"/tickets/{other}").json["label"][:4], "NEU-")


def test_who_merged_a_ticket_tells_the_customer_its_number(desk):
    take(desk, prefix="T", separator="-")
    one, two = desk.customer_writes(subject="One"), desk.customer_writes(subject="Two", email="bob@example.org")
    merge(desk, one["id"], two["id"], requesters="join", tell=True)
    told = written(desk, two["id"])[-1]["text"]
    expect(("T-10001" in told, "T-10002" in told, "#" in told), (True, True, False))


if __name__ == "__main__":
    run_mail_tests(__name__)
