"""The rows of the table: what is measured, how, and what it must reach."""
import contextlib
import json
import random
import shutil
import sqlite3
import subprocess
import time
import urllib.parse

from service import EMAIL, PASSWORD, ROOT, Process

SORTS = ["-updated_at", "updated_at", "-created_at", "created_at", "-priority", "priority"]
SEARCHES = [("one word", ["Gutschrift", "Ersatzlieferung", "workshop", "sorozatszám", "Nachforschung"]),
            ("two words", ["Rechnung Empfänger", "Paket Nachbarn", "invoice discount", "Garantiefall Typenschild"]),
            ("three words", ["Bestellung Rechnung Newsletter", "Passwort Konto Browser", "return label warehouse", "Termin Aufzug Rückruf"]),
            ("a very common word", ["Guten", "vielen", "Nachricht"])]


def of(stores, text):
    return text if stores.database == "sqlite" else f"{text}, PostgreSQL"


def in_turn(rounds, *measures):
    """The best of each, measured in turn: what else the machine does then falls on all of them."""
    results = [[measure() for measure in measures] for _ in range(rounds)]
    return [max(column, key=lambda result: result["rate"]) for column in zip(*results)]


@contextlib.contextmanager
def fixed_core(stores, size):
    folder = stores.root / f"{stores.database}-fixed"
    folder.mkdir(exist_ok=True)
    with Process(stores.programs / "bench_core", "fixed", folder, size) as core:
        yield core
    shutil.rmtree(folder)


def get_one_ticket(report, stores, options):
    """Against fixed bytes of the same size from the same core."""
    store, seconds = stores.of(10000), options.seconds / 2
    random.seed(1)
    lines = [f"GET /api/v1/tickets/{random.randint(1, 10000)}" for _ in range(5000)]
    with store.serve() as service:
        size = len(json.dumps(store.api(service, "GET", "/tickets/5000"), ensure_ascii=False, separators=(",", ":")).encode())
        with fixed_core(stores, size) as core:
            got, fixed = in_turn(3, lambda: stores.load("http", service.address, 64, seconds, store.token, lines=lines),
                                 lambda: stores.load("http", core.address, 64, seconds, "none", lines=["GET /fixed"]))
    report.add(of(stores, f"GET one ticket ({size} bytes), 64 connections"), got["rate"], "req/s")
    report.add(of(stores, "  the same core with fixed bytes"), fixed["rate"], "req/s")
    report.add(of(stores, "  ratio"), got["rate"] / fixed["rate"], "", ">= 0.6" if stores.database == "sqlite" else "")


def raw_rows(stores, seconds):
    folder = stores.root / "raw"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    done = subprocess.run([stores.programs / "bench_core", "raw", folder, str(seconds), "64"], check=True, capture_output=True, text=True)
    shutil.rmtree(folder)
    return json.loads(done.stdout)


def post_a_ticket(report, stores, options):
    """Against a loop that writes the same rows to SQLite and does nothing else."""
    store, lines = stores.spare(), []
    for i in range(1000):
        body = {"subject": "Die Rechnung stimmt nicht", "requester": {"name": f"Kunde {i}", "email": f"kunde{i}@post.example"},
                "text": "Guten Tag, auf der Rechnung zur Bestellung 482910 stehen 129,90 EUR, vereinbart war weniger. Bitte prüfen Sie das."}
        lines.append("POST /api/v1/tickets " + json.dumps(body, ensure_ascii=False))
    with store.serve() as service:
        def post():
            return stores.load("http", service.address, 64, options.seconds, store.token, lines=lines)
        if stores.database == "sqlite":
            posted, raw = in_turn(3, post, lambda: raw_rows(stores, options.seconds))
        else:
            posted, = in_turn(2, post)
    report.add(of(stores, "POST a ticket, durable, 64 clients"), posted["rate"], "tickets/s")
    report.add(of(stores, "  p99"), posted["p99"], "ms")
    if stores.database == "sqlite":
        report.add("  the same rows in a raw loop, 64 a commit", raw["rate"], "tickets/s")
        report.add("  ratio", posted["rate"] / raw["rate"], "", ">= 0.5")


def merge_tickets(report, stores, options):
    """Two tickets of 1,000 messages each, merged and taken apart again."""
    store = stores.spare()
    with store.serve() as service:
        def ticket(email):
            body = {"subject": "Lieferung", "text": "Wo bleibt sie?", "requester": {"email": email}}
            made = store.api(service, "POST", "/tickets", body)["id"]
            note = "POST /api/v1/tickets/%d/messages " % made + json.dumps({"audience": "internal", "text": "Nachgefragt beim Lager. " * 40})
            count = 1
            while count < 1000:
                stores.load("http", service.address, 16, 0.2, store.token, lines=[note])
                count = store.api(service, "GET", f"/tickets/{made}")["message_count"]
            return made
        one, other = ticket("eins@post.example"), ticket("eins@post.example")
        merged, undone = [], []
        for _ in range(5):
            started = time.monotonic()
            operation = store.api(service, "POST", f"/tickets/{one}/merge", {"into": other})["id"]
            between = time.monotonic()
            store.api(service, "POST", f"/operations/{operation}/undo")
            merged.append(between - started)
            undone.append(time.monotonic() - between)
    report.add(of(stores, "merge of two tickets of 1,000 messages and more"), sorted(merged)[2], "s", "< 0.5")
    report.add(of(stores, "  taken back"), sorted(undone)[2], "s", "< 0.5")


def list_tickets(report, stores, options):
    middle = {}
    for size in stores.sizes(options.tickets):
        store, worst = stores.of(size), None
        with store.serve() as service:
            for sort in SORTS:
                lines = [f"GET /api/v1/tickets?state=open&team={team}&sort={sort}&limit=50" for team in (1, 2, 3, 4)]
                stores.load("http", service.address, 1, 0.3, store.token, lines=lines)
                got = stores.load("http", service.address, 1, max(1, options.seconds / 4), store.token, lines=lines)
                middle[size, sort] = got["p50"]
                if not worst or got["p99"] > worst[0]:
                    worst = got["p99"], sort
        report.add(of(stores, f"list of 50 of {size:,}, worst sort ({worst[1]}), p99"), worst[0], "ms", "< 10")
    if options.tickets == 1000000:
        growth = max(middle[1000000, sort] / middle[100000, sort] for sort in SORTS)
        report.add(of(stores, "  growth from 100,000 to 1,000,000, worst sort, p50"), growth, "", "< 1.5")


VIEWS = ["is:active", "is:unassigned is:active", "assignee:me is:active", "priority:>=high is:active", "state:waiting until:<2d",
         "created:today", "updated:>48h is:active", "messages:>{n} is:active", "team:{n} priority:urgent",
         "tag:rechnung -assignee:me messages:>{n}", "requester:anna messages:<{n}", "number:{n} OR is:spam"]


def make_views(store, service, count):
    there = len(store.api(service, "GET", "/views")["items"])
    teams = [team["slug"] for team in store.api(service, "GET", "/teams")["items"]]
    for i in range(there, count):
        condition = VIEWS[i % len(VIEWS)].replace("team:{n}", "team:" + teams[i % len(teams)]).replace("{n}", str(1 + i // len(VIEWS) % 30))
        store.api(service, "POST", "/views", {"name": f"View {i}", "scope": "global", "condition": condition})


def counted_views(store, service):
    return store.api(service, "GET", "/counters")["views"]


def view_counters(report, stores, options):
    """A new ticket is in its counter after this time; and what following 500 views costs those who write."""
    store, count = stores.of(options.tickets), 500
    with store.serve() as service:
        make_views(store, service, count)
        started = time.monotonic()
        while sum(view["is_whole"] for view in counted_views(store, service)) < count:
            time.sleep(0.2)
        report.add(of(stores, f"{count} views of {options.tickets:,} tickets: counted from nothing in"), time.monotonic() - started, "s")
        first = store.api(service, "GET", "/views")["items"][0]["id"]
        delays = []
        for _ in range(20):
            before = next(view["count"] for view in counted_views(store, service) if view["id"] == first)
            asked = time.monotonic()
            store.api(service, "POST", "/tickets", {"subject": "Zähler", "text": "x", "requester": {"email": "zaehler@post.example"}})
            while next(view["count"] for view in counted_views(store, service) if view["id"] == first) == before:
                time.sleep(0.005)
            delays.append(time.monotonic() - asked)
        report.add("  a new ticket is counted after, worst of 20", max(delays), "s", "< 1")
        lines = ["GET /api/v1/counters"]
        got = stores.load("http", service.address, 1, max(1, options.seconds / 4), store.token, lines=lines)
        report.add("  GET counters, p99", got["p99"], "ms", "< 20")
        served = [view["id"] for view in store.api(service, "GET", "/views")["items"][:4]]
        bounded = [view["id"] for view in store.api(service, "GET", "/views")["items"][7:12]]
        for name, ids, target in (("that an index serves", served, "< 10"), ("held against a bounded stretch", bounded, "< 100")):
            lines = [f"GET /api/v1/views/{view}/tickets?limit=50" for view in ids]
            got = stores.load("http", service.address, 1, max(1, options.seconds / 4), store.token, lines=lines)
            report.add(f"  page of 50 of a view {name}, p99", got["p99"], "ms", target)
        ids = [ticket["id"] for ticket in store.api(service, "GET", "/tickets?limit=200")["items"]]
        lines = [f"PATCH /api/v1/tickets/{ticket} " + json.dumps({"priority": priority}) for priority in ("low", "high") for ticket in ids]
        got = stores.load("http", service.address, 16, options.seconds, store.token, lines=lines)
        report.add("  changes while they are followed, 16 clients", got["rate"], "changes/s")
        asked = time.monotonic()
        while "still being counted" in store.run("check"):
            time.sleep(0.1)
        report.add("  counters exact (theke check) after the last change", time.monotonic() - asked, "s")


def bulk_edit(report, stores, options):
    """10,000 tickets changed, and given back: from the request until the last one is written."""
    store, count = stores.spare(), 10000

    def done(service, bulk):
        while not bulk["finished_at"]:
            time.sleep(0.05)
            bulk = store.api(service, "GET", f"/bulk/{bulk['id']}")
        return bulk

    with store.serve() as service:
        body = {"tickets": list(range(1, count + 1)), "actions": [{"kind": "priority", "priority": "urgent"}, {"kind": "add_tags", "tags": ["Sammel"]}]}
        started = time.monotonic()
        would = store.api(service, "POST", "/bulk/preview", body)["changes"]
        report.add(of(stores, f"preview of a bulk edit of {count:,} tickets"), time.monotonic() - started, "s", "< 1")
        started = time.monotonic()
        bulk = done(service, store.api(service, "POST", "/bulk", body))
        report.add(of(stores, f"bulk edit of {count:,} tickets, {bulk['done']:,} changed"), time.monotonic() - started, "s", "< 10")
        started = time.monotonic()
        store.api(service, "POST", f"/operations/{bulk['operation']}/undo")
        returned = done(service, store.api(service, "GET", f"/bulk/{bulk['id']}"))["returned"]
        report.add(of(stores, f"  {returned:,} of them taken back"), time.monotonic() - started, "s")
        if not would == bulk["done"] == returned:
            report.note(f"bulk edit: {would} were foreseen, {bulk['done']} changed, {returned} taken back")


def search(report, stores, options):
    for size in stores.sizes(options.tickets):
        store = stores.of(size)
        with store.serve() as service:
            for name, words in SEARCHES:
                lines = ["GET /api/v1/search?q=" + urllib.parse.quote(word) for word in words]
                stores.load("http", service.address, 1, 0.3, store.token, lines=lines)
                got = stores.load("http", service.address, 1, max(1, options.seconds / 4), store.token, lines=lines)
                report.add(of(stores, f"search {name}, {size:,} tickets, p99"), got["p99"], "ms", "< 50")


def teach(store):
    """The spam filter as in a house that has used it for long, so that it has a say."""
    chance = random.Random(7)
    with contextlib.closing(sqlite3.connect(store.folder / "theke.db")) as database, database:
        words = ((chance.getrandbits(62), chance.randrange(5), chance.randrange(5)) for _ in range(100000))
        database.executemany("INSERT INTO spam_word (word, spam, ham) VALUES (?, ?, ?)", words)
        database.execute("UPDATE spam_cursor SET spam_letters = 2000, ham_letters = 2000")


def take_mail(report, stores, options):
    store = stores.spare()
    try:
        service = store.serve("--lmtp", "127.0.0.1:0")
    except RuntimeError:
        return report.note("LMTP intake: skipped, 'theke serve --lmtp' does not start")
    with service:
        if not service.lmtp:
            return report.note("LMTP intake: skipped, no LMTP port answers")
        if stores.database == "sqlite":
            teach(store)
        def newest():
            return store.api(service, "GET", "/messages?sort=-id&limit=1")["items"][0]["id"]
        before, started = newest(), time.monotonic()
        took = stores.load("lmtp", service.lmtp, 64, options.seconds, 20000)
        while newest() - before < took["count"] and time.monotonic() - started < 600:
            time.sleep(0.02)
        seen, seconds = newest() - before, time.monotonic() - started
    if seen < took["count"]:
        raise RuntimeError(f"{took['count']} mails were acknowledged, {seen} are there")
    report.add(of(stores, "LMTP intake of 20 KB mails, durable, to visible ticket"), took["count"] / seconds, "mails/s",
               ">= 500" if stores.database == "sqlite" else "")
    report.add(of(stores, "  acknowledged"), took["rate"], "mails/s")
    report.add(of(stores, "  acknowledged after, p99"), took["p99"], "ms")


def live(report, stores, options):
    store, count = stores.spare(), 5000
    with store.serve() as service:
        # What all connections share, such as the readers' caches, is there before.
        stores.load("http", service.address, 64, 1, store.token, lines=[f"GET /api/v1/tickets/{i}" for i in range(1, 1000)])
        before = service.rss()
        client = subprocess.Popen([stores.programs / "bench_client", "live", service.address, str(count), store.token], text=True,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if client.stdout.readline() != "ready\n":
            raise RuntimeError("the WebSockets did not open")
        each = (service.rss() - before) / count
        client.stdin.write("go\n")
        client.stdin.flush()
        time.sleep(0.2)
        asked = time.time()
        store.api(service, "PATCH", "/tickets/1", {"priority": "urgent" if store.api(service, "GET", "/tickets/1")["priority"] != "urgent" else "low"})
        told = json.loads(client.communicate()[0])
    if told["heard"] != count:
        raise RuntimeError(f"{told['heard']} of {count} heard the change")
    report.add(f"{count:,} WebSockets: memory of each", each / 1024, "KB", "< 12")
    report.add("  a change reaches all after", told["last"] / 1e6 - asked, "s", "< 0.5")


def start(report, stores, options):
    store = stores.of(options.tickets)
    with store.serve():
        pass
    with store.serve() as service:
        time.sleep(1)
        rss = service.rss()
    report.add(of(stores, f"start with {options.tickets:,} tickets: ready after"), service.ready_seconds, "s", "< 0.5")
    report.add(of(stores, "  memory at rest"), rss / 2**20, "MB", "< 64")


def demo(report, stores, options):
    report.add(of(stores, f"theke demo, {options.tickets:,} tickets, when the store was made"), stores.of(options.tickets).rate, "tickets/s",
               ">= 1500" if stores.database == "sqlite" else "")


def inbox(report, stores, options):
    store = stores.of(options.tickets)
    with store.serve() as service:
        done = subprocess.run(["node", ROOT / "bench/inbox.mjs", "http://" + service.address, EMAIL, PASSWORD], capture_output=True, text=True)
    if done.returncode:
        return report.note("first load of the inbox: skipped, " + (done.stderr.strip().splitlines() or ["no reason"])[-1])
    first = json.loads(done.stdout)
    report.add("first load of the inbox: script, gzip", first["script_bytes"] / 1024, "KB", "<= 150")
    report.add("  list usable in Chromium after", first["list_ms"] / 1000, "s", "< 1")


OF_STORES = [demo, get_one_ticket, post_a_ticket, list_tickets, view_counters, merge_tickets, bulk_edit, search, take_mail, start]
ALL = OF_STORES[:9] + [live, start, inbox]
