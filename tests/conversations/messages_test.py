"""Messages read by other programs: whole, in order, page by page, and none left out."""
import subprocess
import threading
import time

from desk import expect, run_all

OPTIONS = ["--limits.requests_per_minute", "0"]


def pages(desk, path):
    seen, mark = [], "&" if "?" in path else "?"
    cursor = ""
    while cursor is not None:
        page = desk.get(path + cursor).json
        seen.append([m["id"] for m in page["items"]])
        cursor = f"{mark}cursor={page['next']}" if page["next"] else None
    return seen


def note(desk, ticket, text, **more):
    answer = desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": text, **more})
    expect(answer.status, 201, answer.body)
    return answer.json


def test_the_next_of_a_ticket_s_messages_goes_on(desk):
    ticket = desk.customer_writes()["id"]
    wanted = [desk.get(f"/tickets/{ticket}/messages").json["items"][0]["id"]] + [note(desk, ticket, f"Note {n}")["id"] for n in range(46)]
    seen = pages(desk, f"/tickets/{ticket}/messages?limit=10")
    expect([len(page) for page in seen], [10, 10, 10, 10, 7])
    expect(sum(seen, []), wanted)
    expect(sum(pages(desk, "/messages?after=0&limit=21"), []), wanted)
    expect(sum(pages(desk, "/messages?sort=-id&limit=21"), []), wanted[::-1])
    expect(desk.get(f"/tickets/{ticket}/messages?after={wanted[40]}").json["next"], None)


def test_a_list_holds_the_beginning_of_long_letters(desk):
    ticket = desk.customer_writes()["id"]
    text = "x" * 250_000
    html = "<p>" + "x" * 600_000 + "</p>"
    ids = [note(desk, ticket, text, html=html)["id"] for _ in range(14)]
    page = desk.get(f"/tickets/{ticket}/messages")
    expect(len(page.body) < 6 << 20, True, str(len(page.body)))
    items = page.json["items"]
    expect((items[0]["cut"], items[1]["cut"], len(items[1]["text"]), len(items[1]["html"])), (False, True, 200_000, 200_000))
    expect(page.json["next"] is not None, True)
    expect(sum(pages(desk, f"/tickets/{ticket}/messages"), [])[1:], ids)
    whole = desk.get(f"/messages/{ids[0]}").json
    expect((whole["cut"], whole["text"], len(whole["html"])), (False, text, len(html)))


def test_who_asks_for_what_is_new_misses_nothing(desk):
    """Many write at once, some of them long, while one reads behind the last id that it has."""
    ticket = [desk.customer_writes(email=f"writer{n}@example.org")["id"] for n in range(8)]
    done = []

    def write(number):
        for n in range(15):
            note(desk, ticket[number], "word " * (60_000 if n % 3 == number % 3 else 1))
        done.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    seen, last = [], 0
    while True:
        over = len(done) == len(threads)
        page = [m["id"] for m in desk.get(f"/messages?after={last}&limit=200").json["items"]]
        seen += page
        last = page[-1] if page else last
        if over and not page:
            break
    for thread in threads:
        thread.join()
    expect((len(seen), sorted(seen)), (8 + 8 * 15, seen))


def test_an_id_is_given_when_all_lower_ones_are_there(desk):
    """A transaction that has given an id away holds the next one back until it has ended."""
    if desk.database != "postgresql":
        return
    ticket = desk.customer_writes()["id"]
    other = desk.customer_writes(email="bob@example.org")["id"]
    held = subprocess.Popen(["psql", "-q", "-d", desk.store[1]], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    # Another process of Theke in the middle of a message: the lock that it takes before the id.
    held.stdin.write("BEGIN; SELECT pg_advisory_xact_lock(7460100);\n")
    held.stdin.write("INSERT INTO message (ticket_id, shown_in_id, direction, audience, kind, text, created_at) "
                     f"VALUES ({ticket}, {ticket}, 1, 1, 'note', 'Slow', 1);\n")
    held.stdin.flush()
    time.sleep(1)
    quick = threading.Thread(target=note, args=(desk, other, "Quick"))
    quick.start()
    time.sleep(1)
    last = desk.get("/messages?after=0").json["items"][-1]["id"]
    held.stdin.write("COMMIT;\n")
    held.stdin.close()
    held.wait()
    quick.join()
    expect([m["text"] for m in desk.get(f"/messages?after={last}").json["items"]], ["Slow", "Quick"])


if __name__ == "__main__":
    run_all(__name__)
