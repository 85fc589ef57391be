"""Persons come in from a table, looked at first and each row done once, and go out as a table or as cards."""
import contextlib
import csv
import io
import urllib.parse

from desk import Desk, expect, run_all
from people_test import add_agent
from post import soon

HEAD = "Name;E-Mail;Telefon;Firma;Sprache;Notizen\r\n"


def upload(desk, text, status=201, name="kunden.csv", query="", **more):
    data = text if isinstance(text, bytes) else text.encode()
    headers = {"Content-Type": "text/csv", "X-File-Name": urllib.parse.quote(name)}
    answer = desk.ask("POST", f"/people/imports{query}", data, headers=headers, **more)
    expect(answer.status, status, answer.body)
    return answer.json


def reach(desk, made, *states):
    return soon(lambda: (lambda i: i if i["state"] in states else None)(desk.get(f"/people/imports/{made['id']}").json), f"the import being {states}", 90)


def checked(desk, made):
    return reach(desk, made, "checked")


def run(desk, made):
    checked(desk, made)
    answer = desk.post(f"/people/imports/{made['id']}/run")
    expect(answer.status, 200, answer.body)
    return reach(desk, made, "done")


def check(desk, made, status=200, **body):
    answer = desk.post(f"/people/imports/{made['id']}/check", {"columns": made["columns"], **body})
    expect(answer.status, status, answer.body)
    return answer.json


def numbers(one):
    return {key: one[key] for key in ("total", "pending", "new", "change", "same", "refused", "made", "changed", "cancelled") if one[key]}


def rows(desk, made, state=None):
    found, cursor = [], ""
    while cursor is not None:
        page = desk.get(f"/people/imports/{made['id']}/rows?limit=2{f'&state={state}' if state else ''}{cursor}").json
        found += page["items"]
        cursor = f"&cursor={page['next']}" if page["next"] else None
    return found


def person(desk, email):
    found = desk.get(f"/people?email={urllib.parse.quote(email)}").json["items"]
    return desk.get(f"/people/{found[0]['id']}").json if found else None


def make(desk, name, *identities, **more):
    answer = desk.post("/people", {"name": name, "identities": [{"channel": channel, "value": value} for channel, value in identities], **more})
    expect(answer.status, 201, answer.body)
    return answer.json


def codes(remarks):
    return [(each["field"], each["code"]) for each in remarks]


def test_a_table_is_looked_at_and_then_taken_in(desk):
    ben = make(desk, "Ben Alt", ("email", "ben@south.example"))
    table = HEAD + "Ana Kovács;Ana@North.example;+36 1 555;North;ungarisch;\"ruft, abends\"\r\nBen Neu;ben@south.example;030 77;;de;\r\n\r\n;nonsense;;;;\r\n"
    made = upload(desk, table)
    expect((made["columns"], made["delimiter"], made["charset"], made["state"]), (["name", "email", "phone", "company", "locale", "notes"], "semicolon", "utf-8", "checking"))
    expect(numbers(checked(desk, made)), {"total": 3, "new": 1, "change": 1, "refused": 1})
    expect((person(desk, "ana@north.example"), desk.get(f"/people/{ben['id']}").json["version"]), (None, ben["version"]), "looking changes nothing")
    new, change, refused = rows(desk, made)
    expect((new["line"], new["changes"], [a["value"] for a in new["added"]]),
           (2, {"name": [None, "Ana Kovács"], "locale": [None, "hu"], "notes": [None, "ruft, abends"], "company": [None, "North"]}, ["Ana@North.example", "+36 1 555"]))
    expect((change["person"], change["changes"], [a["value"] for a in change["added"]]), (ben["id"], {"locale": [None, "de"]}, ["030 77"]), "a name that is there stays")
    expect((refused["line"], codes(refused["errors"]), refused["errors"][0]["value"]), (5, [("email", "invalid")], "nonsense"))
    done = run(desk, made)
    expect((numbers(done), bool(done["finished_at"])), ({"total": 3, "made": 1, "changed": 1, "refused": 1}, True))
    ana = person(desk, "ana@north.example")
    expect((ana["name"], ana["company"]["name"], ana["locale"], ana["notes"], [i["value"] for i in ana["identities"]]),
           ("Ana Kovács", "North", "hu", "ruft, abends", ["Ana@North.example", "+36 1 555"]))
    after = desk.get(f"/people/{ben['id']}").json
    expect((after["name"], after["locale"], [i["value"] for i in after["identities"]]), ("Ben Alt", "de", ["ben@south.example", "030 77"]))
    expect([r["person"] for r in rows(desk, made, "made")], [ana["id"]])
    events = [e for e in desk.get("/events?after=0&limit=200").json["items"] if e["kind"].startswith(("person.", "company."))]
    expect([e["kind"] for e in events if e["cause"] == f"import {made['id']}"], ["company.created", "person.created", "person.changed", "person.identity_added"])
    imported = [e["data"] for e in events if e["kind"] == "person.imported"]
    expect(imported, [{"import": made["id"], "made": 1, "changed": 1, "refused": 1, "cancelled": 0}])
    expect(desk.post(f"/people/imports/{made['id']}/run").json["code"], "import_not_checked", "once")
    expect(numbers(run(desk, upload(desk, table))), {"total": 3, "same": 2, "refused": 1}, "the same table again finds everybody there")


def test_what_the_columns_are_can_be_said(desk):
    make(desk, "Ben Alt", ("email", "ben@south.example"), locale="en")
    made = upload(desk, "Wer,Wohin,Vorname,Nachname,nyelv\nx,ben@south.example,Ben,Neu,de\n")
    expect((made["columns"], made["state"]), (["ignore", "ignore", "first_name", "last_name", "locale"], "mapping"))
    expect(desk.post(f"/people/imports/{made['id']}/run").status, 409)
    for columns, code in ((["ignore"] * 5, "no_identity_column"), (["email"] * 4, "column_count"), (["name", "email", "name", "ignore", "ignore"], "column_twice"),
                          (["email", "wrong", "ignore", "ignore", "ignore"], "unknown")):
        expect(desk.post(f"/people/imports/{made['id']}/check", {"columns": columns}).json["errors"][0]["code"], code)
    columns = ["ignore", "email", "first_name", "last_name", "locale"]
    check(desk, made, columns=columns)
    expect(numbers(checked(desk, made)), {"total": 1, "same": 1}, "nothing to fill")
    check(desk, made, columns=columns, existing="overwrite")
    checked(desk, made)
    expect(rows(desk, made)[0]["changes"], {"name": ["Ben Alt", "Ben Neu"], "locale": ["en", "de"]})
    check(desk, made, columns=columns, existing="skip")
    expect(numbers(checked(desk, made)), {"total": 1, "same": 1})
    check(desk, made, columns=columns, existing="overwrite")
    run(desk, made)
    expect(person(desk, "ben@south.example")["name"], "Ben Neu")
    expect(check(desk, made, status=409, columns=columns)["code"], "import_begun")


def test_nobody_is_merged_with_anybody(desk):
    one, two = make(desk, "Ana", ("email", "ana@north.example"), ("phone", "+49 30 1")), make(desk, "Ben", ("email", "ben@north.example"))
    table = HEAD + ("Ana;ana@north.example, ben@north.example;;;;\nCleo;cleo@north.example;+49 30 1;;fr;\nDora;;+49 30 1;;;\n"
                    "Emil;emil@north.example;0171;;;\nEmilia;EMIL@north.example;;;;\nFritz;fritz@north.example;0171;;;\nNobody;;;;;\n")
    made = upload(desk, table)
    expect(numbers(checked(desk, made)), {"total": 7, "new": 3, "refused": 4})
    found = {r["line"]: r for r in rows(desk, made)}
    expect([codes(found[line]["errors"]) for line in (2, 4, 6, 8)],
           [[("email", "several_people")], [("name", "name_differs")], [("email", "twice_in_file")], [(None, "no_identity")]])
    expect((found[6]["errors"][0]["line"], codes(found[3]["left"]), codes(found[7]["left"])),
           (5, [("locale", "unknown_locale"), ("phone", "taken_by_person")], [("phone", "twice_in_file")]))
    expect(numbers(run(desk, made)), {"total": 7, "made": 3, "refused": 4})
    expect([[i["value"] for i in person(desk, f"{name}@north.example")["identities"]] for name in ("cleo", "emil", "fritz")],
           [["cleo@north.example"], ["emil@north.example", "0171"], ["fritz@north.example"]])
    expect([desk.get(f"/people/{each['id']}").json["version"] for each in (one, two)], [one["version"], two["version"]])


def test_what_was_refused_is_mended_and_sent_again(desk):
    made = upload(desk, HEAD + "=Ana;wrong;+49 30 1;;;\"two\nlines\"\nBen;ben@north.example;;;;\nToo;much;;;;;x;y\n")
    expect(numbers(checked(desk, made)), {"total": 3, "new": 1, "refused": 2})
    answer = desk.get(f"/people/imports/{made['id']}/errors", headers={"Accept-Language": "de"})
    expect((answer.status, answer.headers["Content-Type"], answer.body[:3], "attachment" in answer.headers["Content-Disposition"]),
           (200, "text/csv; charset=utf-8", b"\xef\xbb\xbf", True))
    head, first, second = csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""), delimiter=";")
    expect((head[:6], first[:6], second[:8]), (["Name", "E-Mail", "Telefon", "Firma", "Sprache", "Notizen"], ["'=Ana", "wrong", "'+49 30 1", "", "", "two\nlines"], ["Too", "much", "", "", "", "", "x", "y"]))
    expect((len(head), len(first), first[6] != ""), (7, 7, True), "the reason stands behind")
    mended = answer.body.decode("utf-8-sig").replace("wrong", "ana@north.example").rsplit('"Too"')[0]
    again = upload(desk, mended)
    expect(again["columns"], made["columns"], "the reasons are no column")
    expect(numbers(run(desk, again)), {"total": 1, "made": 1})
    ana = person(desk, "ana@north.example")
    expect((ana["name"], ana["notes"], [i["value"] for i in ana["identities"]]), ("=Ana", "two\nlines", ["ana@north.example", "+49 30 1"]))


def test_files_of_many_programs_are_read(desk):
    made = upload(desk, "sep=;\r\nName;E-Mail\r\nJürgen Groß;j@north.example\r\n".encode("cp1252"))
    expect((made["charset"], made["delimiter"], rows(desk, made)[0]["cells"], rows(desk, made)[0]["line"]), ("windows-1252", "semicolon", ["Jürgen Groß", "j@north.example"], 3))
    made = upload(desk, "Név\tE-mail cím\nSzőke Űrsula\tu@north.example\n".encode("cp1250"), query="?charset=windows-1250")
    expect((made["delimiter"], made["columns"], rows(desk, made)[0]["cells"]), ("tab", ["name", "email"], ["Szőke Űrsula", "u@north.example"]))
    made = upload(desk, "\ufeffName,E-Mail\nŁukasz,l@north.example\n".encode("utf-16"))
    expect((made["charset"], rows(desk, made)[0]["cells"][0]), ("utf-16le", "Łukasz"))
    made = upload(desk, b"\xef\xbb\xbfName;E-Mail\nA,B;c@north.example", query="?delimiter=comma")
    expect(rows(desk, made)[0]["cells"], ["A", "B;c@north.example"], "said, not guessed")


def test_what_can_not_be_read_is_refused_as_a_whole(desk):
    for text, code in (("", "required"), ("\n\n", "required"), (HEAD, "no_rows"), (HEAD + "a;\"b\n", "quote_open"), (HEAD + f"{'x' * 20001};b\n", "cell_too_long"),
                       (HEAD + ";" * 60 + "a\n", "too_many_columns"), ("Name;E-Mail\n" + "a;b\n" * 20001, "too_many_rows")):
        expect([e["code"] for e in upload(desk, text, status=422)["errors"]], [code], text[:80])
    with contextlib.suppress(ConnectionError):  # it need not read to the end to refuse
        expect(desk.ask("POST", "/people/imports", b"x" * (10 * 1024 * 1024 + 1), headers={"Content-Type": "text/csv"}).status, 413)
    expect(desk.get("/people/imports").json["items"], [])
    made = upload(desk, HEAD + f"{'N' * 201};a@north.example;;;;\nA\x01;b@north.example;;;;\nC;c@north.example;{'0' * 30};;;\n")
    checked(desk, made)
    expect([codes(r["errors"]) for r in rows(desk, made)], [[("name", "too_long")], [("name", "invalid")], [("phone", "invalid")]])


def test_only_who_may_imports_and_exports(desk):
    lea, max_ = add_agent(desk), add_agent(desk, "max", "manager")
    make(desk, "Ana", ("email", "ana@north.example"))
    for method, path in (("GET", "/people/export?format=csv"), ("GET", "/people/imports"), ("POST", "/people/imports"), ("GET", "/people/imports/1"), ("GET", "/people/imports/1/rows"),
                         ("GET", "/people/imports/1/errors"), ("POST", "/people/imports/1/run"), ("POST", "/people/imports/1/stop"), ("DELETE", "/people/imports/1")):
        expect(desk.ask(method, path, b"a" if path == "/people/imports" and method == "POST" else None, token=lea).status, 403, f"{method} {path}")
    expect(desk.post("/people/imports/1/check", {"columns": ["email"]}, token=lea).status, 403)
    expect(desk.get("/people/export?format=csv", token=max_).status, 200)
    made = upload(desk, HEAD + "Ben;ben@north.example;;;;\n")
    checked(desk, made)
    for path in ("", "/rows", "/errors"):
        expect(desk.get(f"/people/imports/{made['id']}{path}", token=max_).status, 404, "a colleague's")
    for path in ("run", "stop"):
        expect(desk.post(f"/people/imports/{made['id']}/{path}", token=max_).status, 404)
    expect(desk.ask("DELETE", f"/people/imports/{made['id']}", token=max_).status, 404)
    narrow = desk.post("/tokens", {"label": "x", "scopes": ["people.import", "people.export"]}).json["token"]
    expect([desk.get(path, token=narrow).status for path in ("/people/imports", f"/people/imports/{made['id']}", "/people/export?format=csv")], [403] * 3, "neither without people.read")
    mine = upload(desk, HEAD + "Cleo;cleo@north.example;;;;\n", token=max_)
    soon(lambda: desk.get(f"/people/imports/{mine['id']}", token=max_).json["state"] == "checked", "it being checked", 90)
    desk.patch("/roles/manager", {"permissions": {"people.change": "none"}})
    expect(desk.post(f"/people/imports/{mine['id']}/run", token=max_).status, 403)
    desk.patch("/roles/manager", {"permissions": {"people.change": "all"}})


def test_who_loses_the_right_in_the_middle_takes_nobody_in(desk):
    max_ = add_agent(desk, "max", "manager")
    mine = upload(desk, HEAD + "".join(f"P{i};p{i}@north.example;;;;\n" for i in range(1000)), token=max_)
    soon(lambda: desk.get(f"/people/imports/{mine['id']}", token=max_).json["state"] == "checked", "it being checked", 90)
    desk.post(f"/people/imports/{mine['id']}/run", token=max_)
    desk.patch("/roles/manager", {"permissions": {"people.import": "none"}})
    soon(lambda: desk.rows(f"SELECT state FROM person_import WHERE id = {mine['id']}")[0][0] in ("stopped", "done"), "it being stopped", 90)
    desk.patch("/roles/manager", {"permissions": {"people.import": "all"}})
    one = desk.get(f"/people/imports/{mine['id']}", token=max_).json
    expect((one["state"], one["error"], one["made"] + one["cancelled"]), ("stopped", "forbidden", 1000), one)


def test_an_import_is_stopped_and_forgotten(desk):
    made = upload(desk, HEAD + "".join(f"P{i};p{i}@north.example;;;;\n" for i in range(1000)))
    checked(desk, made)
    expect(desk.post(f"/people/imports/{made['id']}/stop").json["code"], "import_not_running")
    desk.post(f"/people/imports/{made['id']}/run")
    expect(desk.ask("DELETE", f"/people/imports/{made['id']}").json["code"], "import_runs")
    stopped = desk.post(f"/people/imports/{made['id']}/stop").json
    expect((stopped["state"], stopped["made"] + stopped["cancelled"], stopped["cancelled"] > 0), ("stopped", 1000, True))
    expect(numbers(desk.get(f"/people/imports/{made['id']}").json), numbers(stopped), "nothing more comes")
    expect([i["id"] for i in desk.get("/people/imports").json["items"]], [made["id"]])
    expect(desk.ask("DELETE", f"/people/imports/{made['id']}").status, 204)
    expect((desk.get(f"/people/imports/{made['id']}").status, desk.rows("SELECT count(*) FROM person_import_row")[0][0] in (0, "0")), (404, True))


def test_nobody_keeps_more_imports_than_they_look_at(desk):
    made = [upload(desk, HEAD + "a;a@north.example;;;;\n") for _ in range(50)]
    answer = desk.ask("POST", "/people/imports", (HEAD + "a;b\n").encode(), headers={"Content-Type": "text/csv"})
    expect((answer.status, answer.json["code"]), (409, "imports_kept"))
    desk.ask("DELETE", f"/people/imports/{made[0]['id']}")
    upload(desk, HEAD + "a;a@north.example;;;;\n")
    expect([i["id"] for i in desk.get("/people/imports?limit=2").json["items"]], [made[-1]["id"] + 1, made[-1]["id"]])


def test_a_kill_in_the_middle_does_each_row_once(desk):
    made = upload(desk, HEAD + "".join(f"P{i};p{i}@north.example;;North;;\n" for i in range(500)))
    for _ in range(2):
        desk.kill()
        desk.start()
    expect(numbers(checked(desk, made)), {"total": 500, "new": 500})
    desk.post(f"/people/imports/{made['id']}/run")
    for _ in range(3):
        desk.kill()
        desk.start()
    done = reach(desk, made, "done")
    expect(numbers(done), {"total": 500, "made": 500})
    count = lambda query: int(desk.rows(query)[0][0])
    expect([count("SELECT count(*) FROM person"), count("SELECT count(*) FROM company"), count("SELECT count(*) FROM event WHERE kind = 'person.created'"),
            count("SELECT count(*) FROM event WHERE kind = 'person.imported'")], [500, 1, 500, 1])


def exported(desk, query="", format="csv", **more):
    answer = desk.get(f"/people/export?format={format}{query}", headers={"Accept-Language": "en"}, **more)
    expect(answer.status, 200, answer.body)
    return answer


def table_of(answer):
    return list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))


def test_a_table_goes_out_and_comes_back_the_same(desk):
    company = desk.post("/companies", {"name": "North, \"Ltd\""}).json["id"]
    ana = make(desk, "=cmd|' /C calc'!A0", ("email", "ana@north.example"), ("email", "ana@home.example"), ("phone", "+49 30 1"), ("external", "K-7"), company=company, locale="hu", notes="two\nlines; \"quoted\"")
    make(desk, "Ben", ("email", "ben@south.example"))
    desk.patch(f"/people/{ana['id']}/identities/{ana['identities'][1]['id']}", {"main": True})
    answer = exported(desk)
    expect((answer.headers["Content-Type"], answer.body[:3]), ("text/csv; charset=utf-8", b"\xef\xbb\xbf"))
    head, *people = table_of(answer)
    expect([row[0] for row in people], ["'=cmd|' /C calc'!A0", "Ben"], "no formula of a stranger runs")
    expect(people[0][1:8], ["ana@home.example; ana@north.example", "'+49 30 1", "", "K-7", "North, \"Ltd\"", "hu", "two\nlines; \"quoted\""])
    made = upload(desk, answer.body)
    expect(made["columns"], ["name", "email", "phone", "handle", "external", "company", "locale", "notes", "ignore"])
    check(desk, made, existing="overwrite")
    expect(numbers(checked(desk, made)), {"total": 2, "same": 2}, "back as it went")
    with Desk(desk.database) as other:
        run(other, upload(other, answer.body))
        copy = person(other, "ana@home.example")
        expect((copy["name"], copy["company"]["name"], copy["locale"], copy["notes"], sorted(i["value"] for i in copy["identities"])),
               (ana["name"], 'North, "Ltd"', "hu", ana["notes"], ["+49 30 1", "K-7", "ana@home.example", "ana@north.example"]))


def test_an_export_takes_what_the_list_shows(desk):
    company = desk.post("/companies", {"name": "North"}).json["id"]
    for i in range(603):
        make(desk, f"Person {i:04d}", ("email", f"p{i}@north.example"), company=company if i % 200 == 0 else None)
    _, *people = table_of(exported(desk))
    expect([row[0] for row in people], [f"Person {i:04d}" for i in range(603)], "page by page, each once, in order")
    expect([row[0] for row in table_of(exported(desk, f"&company={company}"))[1:]], ["Person 0000", "Person 0200", "Person 0400", "Person 0600"])
    expect([row[0] for row in table_of(exported(desk, "&q=0007"))[1:]], ["Person 0007"])
    expect([row[0] for row in table_of(exported(desk, "&email=p9@north.example"))[1:]], ["Person 0009"])
    recorded = [e for e in desk.get("/events?sort=-id&limit=20").json["items"] if e["kind"] == "person.exported"]
    expect([(e["actor"]["id"], e["data"]["format"], e["data"]["people"], e["data"]["q"]) for e in recorded],
           [(1, "csv", 1, None), (1, "csv", 1, "0007"), (1, "csv", 4, None), (1, "csv", 603, None)])


def test_persons_go_out_as_cards(desk):
    ana = make(desk, "Kovács Anna\\", ("email", "ana@north.example"), ("phone", "+49 30 1"), ("handle", "@ana"), locale="hu", notes="inside only")
    make(desk, "Ben", ("email", "ben@south.example"))
    answer = exported(desk, f"&person={ana['id']}", "vcard")
    expect(answer.headers["Content-Type"], "text/vcard; charset=utf-8")
    lines = answer.body.decode().split("\r\n")
    expect(lines, ["BEGIN:VCARD", "VERSION:4.0", "FN:Kovács Anna\\\\", "N:Kovács;Anna\\\\;;;", "LANG:hu", "EMAIL:ana@north.example", "TEL:+49 30 1", "X-THEKE-HANDLE:@ana", "END:VCARD", ""])
    expect(exported(desk, "", "vcard").body.count(b"BEGIN:VCARD"), 2)
    expect((desk.get("/people/export?format=vcard&person=999").status, desk.get("/people/export").status), (404, 422))


if __name__ == "__main__":
    run_all(__name__)
