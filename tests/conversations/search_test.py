"""Search: words, filters, and what nobody may find."""
import urllib.parse

from desk import expect, run_all


def found(desk, query, sort="-created_at", **more):
    answer = desk.get(f"/search?sort={sort}&q=" + urllib.parse.quote(query), **more)
    expect(answer.status, 200, query + " " + answer.body.decode())
    return [item["subject"] for item in answer.json["items"]]


def three_tickets(desk):
    one = desk.customer_writes(subject="Rechnung falsch", text="Die Rechnungen vom März stimmen nicht.", tags=["vip"])
    two = desk.customer_writes(subject="Lieferung", text="Wo bleibt mein Paket? Die Rechnung kam schon.", email="bob@example.org", name="Bob", priority="urgent")
    three = desk.customer_writes(subject="Szállítás", text="Hol van a csomag?", email="eszter@example.hu", name="Eszter")
    desk.patch(f"/tickets/{two['id']}", {"assignee": 1, "state": "open"})
    return one, two, three


def test_words_are_found_newest_first_with_stems_and_accents(desk):
    three_tickets(desk)
    expect(found(desk, "rechnung"), ["Lieferung", "Rechnung falsch"])
    expect(found(desk, "rechnungen"), ["Lieferung", "Rechnung falsch"])
    expect(found(desk, "szallitas"), ["Szállítás"])
    expect(found(desk, "Szállítás"), ["Szállítás"])
    expect(found(desk, "rechnung paket"), ["Lieferung"])
    expect(found(desk, "rechnung -paket"), ["Rechnung falsch"])
    expect(found(desk, '"wo bleibt"'), ["Lieferung"])
    expect(found(desk, '"bleibt wo"'), [])


def test_filters_stand_alone_or_beside_words(desk):
    one, two, three = three_tickets(desk)
    expect(found(desk, "state:open"), ["Lieferung"])
    expect(found(desk, "rechnung tag:vip"), ["Rechnung falsch"])
    expect(found(desk, "from:bob"), ["Lieferung"])
    expect(found(desk, "rechnung from:ana"), ["Rechnung falsch"])
    expect(found(desk, "priority:urgent"), ["Lieferung"])
    expect(found(desk, "assignee:me"), ["Lieferung"])
    expect(sorted(found(desk, "is:unassigned")), ["Rechnung falsch", "Szállítás"])
    expect(found(desk, f"#{one['number']}"), ["Rechnung falsch"])
    expect(sorted(found(desk, "tag:vip OR priority:urgent")), ["Lieferung", "Rechnung falsch"])
    expect(sorted(found(desk, "tag:vip OR paket")), ["Lieferung", "Rechnung falsch"])
    expect(len(found(desk, "team:support")), 3)
    expect(found(desk, "before:2020-01-01"), [])
    expect(len(found(desk, "after:2020-01-01")), 3)
    expect(found(desk, "status:open"), ["Lieferung"])


def test_a_bare_number_finds_its_ticket_first(desk):
    one, two, three = three_tickets(desk)
    number = one["number"]
    desk.customer_writes(subject="Mahnung", text=f"Es geht um {number} und {number} allein.")
    for sort in ("-created_at", "relevance"):
        expect(found(desk, str(number), sort), ["Rechnung falsch", "Mahnung"])
        expect(found(desk, f'"{number}"', sort), ["Mahnung"], "a phrase is meant as it stands")
    first = desk.get(f"/search?limit=1&q={number}").json
    second = desk.get(f"/search?limit=1&q={number}&cursor=" + urllib.parse.quote(first["next"])).json
    expect([item["subject"] for item in first["items"] + second["items"]], ["Rechnung falsch", "Mahnung"])
    expect(second["next"], None)
    expect(found(desk, "99999999"), [])
    expect(found(desk, "9" * 30), [])
    desk.patch(f"/tickets/{one['id']}", {"is_spam": True})
    expect(found(desk, str(number)), ["Rechnung falsch", "Mahnung"], "who names it wants it")


def test_a_wrong_query_says_where(desk):
    for query, code in (("staet:open", "unknown_filter"), ("before:soon", "bad_date"), ('"open', "open_quote"), ("(a", "open_paren"), ("state:", "missing_value"), ("state:sleeping", "unknown_state"), ("priority:whenever", "bad_value"),
                        ("a (b OR team:nobody)", "unknown_team")):
        answer = desk.get("/search?q=" + urllib.parse.quote(query))
        expect(answer.status, 422, query)
        expect((answer.json["errors"][0]["field"], answer.json["errors"][0]["code"]), ("q", code))


def test_what_is_wrong_with_a_query_is_said_with_its_place(desk):
    wrong = desk.get("/search?q=" + urllib.parse.quote("ö staet:open")).json["errors"][0]
    expect({key: wrong.get(key) for key in ("code", "position", "length", "suggestion")},
           {"code": "unknown_filter", "position": 3, "length": 5, "suggestion": "state"})
    expect("suggestion" in desk.get("/search?q=" + urllib.parse.quote("before:soon")).json["errors"][0], False)


def test_operators_of_the_index_are_only_words(desk):
    three_tickets(desk)
    for query in ('a NEAR b', 'col:x', 'x*', '"*"', "'; DROP TABLE ticket; --", "AND OR", "^a", "{a b}:c", "\\", "%", "_"):
        status = desk.get("/search?q=" + urllib.parse.quote(query)).status
        expect(status in (200, 422), True, f"{query}: {status}")


def test_pages_follow_each_other(desk):
    for number in range(7):
        desk.customer_writes(subject=f"Number {number}", text="the same word")
    for query in ("word", "state:new"):
        seen, cursor = [], ""
        while cursor is not None:
            page = desk.get(f"/search?limit=3&q={query}{cursor}").json
            seen += [item["subject"] for item in page["items"]]
            cursor = "&cursor=" + page["next"] if page["next"] else None
        expect(seen, [f"Number {n}" for n in range(6, -1, -1)], query)


def test_a_ticket_is_found_once_with_the_messages_that_fit(desk):
    long = desk.customer_writes(subject="Drucker", text="Der Drucker blinkt.")
    for number in range(5):
        desk.customer_writes(subject=f"Andere {number}", text="Auch mein Drucker.")
        desk.post(f"/tickets/{long['id']}/messages", {"audience": "internal", "text": f"Drucker, Versuch {number}"})
    for sort in ("-created_at", "relevance"):
        seen, cursor = [], ""
        while cursor is not None:
            page = desk.get(f"/search?limit=2&q=drucker&sort={sort}{cursor}").json
            seen += page["items"]
            cursor = "&cursor=" + page["next"] if page["next"] else None
        expect(sorted(item["id"] for item in seen), list(range(1, 7)), sort)
        hits = next(item for item in seen if item["id"] == long["id"])["hits"]
        expect(len(hits), 2)
    expect(hits[0]["snippet"].startswith(("Drucker, Versuch", "Der Drucker")), True)


def shown(desk, query, sort="-created_at"):
    items = desk.get(f"/search?sort={sort}&q=" + urllib.parse.quote(query)).json["items"]
    expect(len(items) > 0, True, query)
    hit = items[0]["hits"][0]
    return hit["snippet"], [hit["snippet"][mark["from"]:mark["from"] + mark["size"]] for mark in hit["marks"]]


def test_german_is_found_in_either_spelling(desk):
    one = desk.customer_writes(subject="Ein Wort", text="Die Straße vor dem Haus von Herrn Müller", email="ein@example.org", name="Jörg Müller")["id"]
    two = desk.customer_writes(subject="Zwei Worte", text="Die Strasse vor dem Haus von Herrn Mueller", email="zwei@example.org", name="Joerg Mueller")["id"]
    for words in ("müller", "mueller", "muell*", "straße", "STRASSE", "mueller straße", "from:mueller", "from:jörg", "haus -maier"):
        expect(sorted(i["id"] for i in desk.get("/search?q=" + urllib.parse.quote(words)).json["items"]), [one, two], words)
    expect([i["id"] for i in desk.get("/search?q=" + urllib.parse.quote('"herrn müller"')).json["items"]], [one], "a phrase is meant as it stands")
    expect([i["id"] for i in desk.get("/search?q=" + urllib.parse.quote("haus -müller")).json["items"]], [])
    hit = desk.get("/search?q=mueller&sort=relevance").json["items"]
    expect(len(hit), 2)


def test_a_hit_shows_the_word_that_was_found(desk):
    far = "Ein Satz über Äpfel und Öl. " * 40
    desk.customer_writes(subject="Frage", text=far + "Die Rechnungen von Herrn Müller stimmen nicht. " + far)
    desk.customer_writes(subject="Állatkert", text="Csak egy kérdés.", email="zsofia@example.hu", name="Zsófia Kovács")
    desk.customer_writes(subject="Lang", text="Wort " * 5000 + "Nadelöhr am Ende")
    name = urllib.parse.quote("Quittung vom März.pdf")
    upload = desk.ask("POST", "/uploads", b"%PDF-1.4 x", headers={"Content-Type": "application/octet-stream", "X-File-Name": name}).json["id"]
    expect(desk.post("/tickets/2/messages", {"audience": "internal", "text": "Siehe Anhang", "attachments": [upload]}).status, 201)
    for sort in ("-created_at", "relevance"):
        for query, marked in (("rechnung", ["Rechnungen"]), ("muller", ["Müller"]), ("állatkert", ["Állatkert"]), ("allatkert", ["Állatkert"]), ("kovacs", ["Kovács"]),
                              ("from:zsof", ["Zsófia", "zsofia"]), ("quittung", ["Quittung"]), ("vom märz", ["vom", "März"]), ("nadelohr", ["Nadelöhr"]),
                              ("rechnung müller", ["Rechnungen", "Müller"]), ("rechnung (stimmen OR sonstwas)", ["Rechnungen", "stimmen"]), ('"herrn müller"', ["Herrn", "Müller"]),
                              ("rechnung -paket", ["Rechnungen"])):
            snippet, marks = shown(desk, query, sort)
            expect(marks, marked, f"{query} in {snippet}")


def test_the_best_comes_first_when_asked_for(desk):
    desk.customer_writes(subject="Storno", text="Bitte stornieren. Storno!")
    desk.customer_writes(subject="Frage", text="Ein langer Brief über vieles, in dem Storno nur einmal steht. " + "Und noch mehr Worte. " * 50)
    expect(found(desk, "storno"), ["Frage", "Storno"])
    expect(found(desk, "storno", sort="relevance"), ["Storno", "Frage"])
    expect(found(desk, "state:new", sort="relevance"), ["Frage", "Storno"])


def test_spam_is_found_only_when_asked_for(desk):
    ticket = desk.customer_writes(subject="Cheap watches", text="buy")
    desk.patch(f"/tickets/{ticket['id']}", {"is_spam": True})
    expect(found(desk, "watches"), [])
    expect(found(desk, "watches is:spam"), ["Cheap watches"])


def test_a_text_of_very_many_words_is_taken_and_found(desk):
    """More than one document of PostgreSQL's index holds: what exceeds it is left out, and the message is there."""
    words = " ".join(f"wort{number:06d}" for number in range(45000))
    made = desk.post("/tickets", {"subject": "Very many", "text": words, "requester": {"email": "ana@example.org"}})
    expect(made.status, 201, made.body[:300])
    for word in ("wort000000", "wort020000"):
        expect(found(desk, word), ["Very many"], word)


def test_what_postgresql_took_apart_by_itself_is_found_too(desk):
    desk.customer_writes(subject="Older", text="Please write to ana.old@shop.example about 12.50")
    if desk.database == "postgresql":
        desk.rows("UPDATE message_index SET document = to_tsvector('simple', 'Please write to ana.old@shop.example about 12.50')")
    for words in ("ana.old@shop.example", "12.50", "please"):
        expect(found(desk, words), ["Older"], words)


if __name__ == "__main__":
    run_all(__name__)
