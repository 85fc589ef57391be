"""What stands in attached files is found, by those who may see the message; no file can do harm, or is tried for ever."""
import os
import pathlib
import signal
import time
import urllib.parse

import documents
from desk import expect, run_all
from post import soon
from undo_test import by_hand, undo, write

QUICK = ["--texts.seconds", "2"]


def again(desk, *options, how=signal.SIGKILL):
    desk.options = list(options)
    desk.kill(how)
    desk.start()


def upload(desk, data, name, **more):
    return desk.ask("POST", "/uploads", data, headers={"Content-Type": "application/octet-stream", "X-File-Name": urllib.parse.quote(name)}, **more).json["id"]


def attach(desk, ticket, data, name, audience="internal"):
    answer = desk.post(f"/tickets/{ticket['id']}/messages", {"audience": audience, "text": "See there.", "attachments": [upload(desk, data, name)]})
    expect(answer.status, 201, answer.body)
    return answer.json


def file_of(desk, message):
    return desk.get(f"/messages/{message['id']}").json["attachments"][0]


def read(desk, message, seconds=90):
    """The attachment, when it is over with it."""
    return soon(lambda: (file := file_of(desk, message))["text_state"] != "waiting" and file, "the text of a file", seconds)


def found(desk, query, **more):
    answer = desk.get("/search?q=" + urllib.parse.quote(query), **more)
    expect(answer.status, 200, answer.body)
    return answer.json["items"]


def hits(desk, query, **more):
    return [(item["id"], hit["message"], hit["attachment"] and hit["attachment"]["name"]) for item in found(desk, query, **more) for hit in item["hits"]]


def end_of(desk, message):
    """What became of its file: state and reason."""
    file = read(desk, message)
    return file["text_state"], file["text_reason"]


def test_each_kind_of_file_is_found_by_its_words(desk):
    ticket = desk.customer_writes()
    kinds = [(documents.pdf("Quittenbaum 4711"), "Vertrag.pdf", "quittenbaum"), (documents.docx("Erste Zeile", "Zwetschgenmus"), "Brief.docx", "zwetschgenmus"),
             (documents.odt("Mirabellen"), "Notiz.odt", "mirabelle"), (documents.xlsx("Artikel", "Holundersaft"), "Liste.xlsx", "holundersaft"),
             (documents.pptx("Preiselbeere"), "Vortrag.pptx", "preiselbeere"), ("Name;Ort\nMüller;Weißdorn\n".encode("cp1252"), "Orte.csv", "weißdorn"),
             (b"<html><head><title>x</title></head><body><p>Sanddorn<script>kornelkirsche()</script></body></html>", "Seite.html", "sanddorn"),
             ("Árvíztűrő Berkenye".encode("utf-16"), "wide.txt", "berkenye")]
    messages = [attach(desk, ticket, data, name) for data, name, _ in kinds]
    for message, (_, name, word) in zip(messages, kinds):
        expect(end_of(desk, message), ("indexed", None), name)
        expect(hits(desk, word), [(ticket["id"], message["id"], name)], word)
    expect(hits(desk, "kornelkirsche"), [], "a script is no text")
    hit = found(desk, "zwetschgenmus")[0]["hits"][0]
    expect((hit["snippet"], hit["marks"]), ("Erste Zeile Zwetschgenmus", [{"from": 12, "size": 13}]))
    expect(hits(desk, "quittenbaum \"see there\""), [(ticket["id"], messages[0]["id"], None)], "words of the message and of its file together")
    expect(hits(desk, "there erste zwetschgenmus"), [(ticket["id"], messages[1]["id"], "Brief.docx")], "the file has more of the words")
    expect([item["id"] for item in desk.get("/search?sort=relevance&q=quittenbaum").json["items"]], [ticket["id"]])


def test_who_may_not_see_the_message_finds_nothing_of_its_files(desk):
    ticket = desk.customer_writes()
    message = attach(desk, ticket, documents.pdf("Quittenbaum"), "intern.pdf")
    read(desk, message)
    expect(desk.post("/teams", {"name": "Andere", "slug": "andere"}).status, 201)
    desk.run("user", "add", "lea@theke.test", "--name", "Lea", "--role", "agent", "--password-stdin", stdin="noch ein Passwort\n")
    lea = desk.run("token", "create", "lea@theke.test").strip()
    expect(len(hits(desk, "quittenbaum", token=lea)), 1, "a colleague of the team")
    other = next(team["id"] for team in desk.get("/teams").json["items"] if team["slug"] == "andere")
    desk.rows(f"UPDATE ticket SET team_id = {other}")
    desk.rows("DELETE FROM team_member WHERE team_id = " + str(other))
    expect(hits(desk, "quittenbaum", token=lea), [])
    expect(len(hits(desk, "quittenbaum")), 1)


def test_files_follow_their_message_and_one_that_was_taken_back_gives_them_up(desk):
    ticket, other = desk.customer_writes(), desk.customer_writes(subject="Other", email="ben@example.org")
    message = attach(desk, ticket, documents.docx("Quittenbaum"), "a.docx")
    read(desk, message)
    expect(desk.post(f"/tickets/{ticket['id']}/merge", {"into": other["id"], "requesters": "apart"}).status, 200)
    expect(hits(desk, "quittenbaum"), [(other["id"], message["id"], "a.docx")])


def test_the_words_of_a_file_leave_with_it(desk):
    page = by_hand(desk)
    ticket = desk.customer_writes()["id"]
    file = upload(desk, documents.docx("Mirabelle"), "b.docx")
    first = write(desk, ticket, page, text="First draft.", attachments=[file])
    expect(read(desk, first)["text_state"], "indexed")
    expect(hits(desk, "mirabelle"), [(ticket, first["id"], "b.docx")])
    undo(desk, first["id"], page)
    second = write(desk, ticket, page, text="Better so.", attachments=[file])
    expect(read(desk, second)["text_state"], "indexed")
    expect(hits(desk, "mirabelle"), [(ticket, second["id"], "b.docx")], "no longer in the one that was taken back")
    expect(hits(desk, "draft"), [(ticket, first["id"], None)])


def test_hostile_files_are_refused_with_the_reason(desk):
    again(desk, *QUICK)
    ticket = desk.customer_writes()
    cases = [(documents.zip_bomb(), "bomb.docx", "too_large"), (documents.entity_bomb(), "entities.docx", "damaged"), (documents.locked_pdf(), "locked.pdf", "locked"),
             (documents.endless_pdf(), "endless.pdf", "too_slow"), (b"%PDF-1.4\n" + os.urandom(2000), "noise.pdf", "damaged"),
             (b"PK\x03\x04" + os.urandom(2000), "noise.docx", "damaged"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password.docx", "locked")]
    messages = [attach(desk, ticket, data, name) for data, name, _ in cases]
    for message, (_, name, reason) in zip(messages, cases):
        expect(end_of(desk, message), ("refused", reason), name)
    plain = [attach(desk, ticket, data, name) for data, name in ((os.urandom(3000), "a.bin"), (documents.pdf(None), "scan.pdf"), (b"\x89PNG\r\n\x1a\n" + bytes(50), "a.pdf"))]
    for message in plain:
        expect(end_of(desk, message), ("nothing", None))
    expect(processes(desk), [])


def processes(desk):
    """The files that are just being read for this desk."""
    pid = desk.process.pid
    children = pathlib.Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for each in children for child in each.read_text().split()]


def test_a_kill_in_the_middle_leaves_nothing_behind_and_the_reading_goes_on(desk):
    again(desk, *QUICK)
    ticket = desk.customer_writes()
    slow = attach(desk, ticket, documents.endless_pdf(), "endless.pdf")
    child = soon(lambda: processes(desk), "a process that reads")[0]
    good = attach(desk, ticket, documents.docx("Quittenbaum"), "a.docx")
    again(desk, *QUICK)
    soon(lambda: not pathlib.Path(f"/proc/{child}").exists(), "the end of what read for the one that was killed", 3)
    expect(end_of(desk, good), ("indexed", None))
    expect(end_of(desk, slow), ("refused", "too_slow"))
    expect(len(hits(desk, "quittenbaum")), 1)


def test_a_stop_does_not_wait_for_a_slow_file(desk):
    again(desk, "--texts.seconds", "120")
    attach(desk, desk.customer_writes(), documents.endless_pdf(), "endless.pdf")
    soon(lambda: processes(desk), "a process that reads")
    began = time.monotonic()
    again(desk, *QUICK, how=signal.SIGTERM)
    expect(time.monotonic() - began < 30, True)


def test_without_the_program_pdf_waits_and_that_is_told(desk):
    again(desk, "--texts.pdftotext", "/usr/bin/no-such-program")
    ticket = desk.customer_writes()
    message, other = attach(desk, ticket, documents.pdf("Quittenbaum"), "a.pdf"), attach(desk, ticket, documents.docx("Mirabelle"), "b.docx")
    expect(end_of(desk, other), ("indexed", None))
    expect(soon(lambda: file_of(desk, message)["text_reason"], "a reason"), "no_program")
    metrics = desk.get("/metrics").body.decode()
    expect("theke_reads_pdf 0" in metrics and "theke_attachment_texts_waiting 1" in metrics, True, metrics)
    again(desk)
    expect(end_of(desk, message), ("indexed", None))
    expect(len(hits(desk, "quittenbaum")), 1)


def test_files_of_before_are_read_afterwards_and_each_once_by_two(desk):
    if desk.database == "sqlite":
        return
    ticket = desk.customer_writes()
    with desk.beside(*QUICK):
        messages = [attach(desk, ticket, documents.docx(f"Wort{number} Quittenbaum"), f"{number}.docx") for number in range(20)]
        for message in messages:
            expect(end_of(desk, message), ("indexed", None))
    expect(desk.rows("SELECT MAX(attempts) FROM attachment_text"), [("1",)])
    desk.rows("DELETE FROM attachment_text; DELETE FROM file_text; UPDATE attachment_text_place SET message_id = 0")
    for message in messages:
        expect(end_of(desk, message), ("indexed", None))


if __name__ == "__main__":
    run_all(__name__)
