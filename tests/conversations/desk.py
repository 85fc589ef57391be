"""A whole Theke for a conversation test: the real program on a fresh store, spoken to over HTTP.

    with Desk() as desk:                       # SQLite in a temporary folder
    with Desk(database="postgresql") as desk:  # a database of its own on THEKE_TEST_POSTGRESQL
        ticket = desk.post("/tickets", {...}).json
Tests are functions whose name begins with test_; run_all runs them on every database (or those that the module names in
DATABASES) and prints the count.
"""
import atexit
import contextlib
import copy
import http.client
import inspect
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

from schema import Description
from secrets_kept import Secrets

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
THEKE = os.environ.get("THEKE_PROGRAM", str(ROOT / "build/theke"))


# What lies beside the API.
OUTSIDE = ("/api", "/healthz", "/readyz", "/metrics", "/request/", "/request-confirm/")


class Answer:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Desk:
    count = 0
    description = None
    begun = {}

    def __init__(self, database="sqlite", options=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="theke-desk-"))
        self.data = self.folder / "data"
        self.database, self.options = database, list(options)
        self.process, self.token, self.setup_link, self.lmtp = None, None, None, None
        self.secrets, self.is_made = Secrets(), database == "sqlite"
        if database == "postgresql":
            Desk.count += 1
            self.name = f"desk_{os.getpid()}_{Desk.count}"
            self.server = os.environ["THEKE_TEST_POSTGRESQL"]

    @property
    def store(self):
        """What names the store on a command line."""
        self.make_store()
        if self.database == "sqlite":
            return []
        return ["--database", urllib.parse.urlunsplit(urllib.parse.urlsplit(self.server)._replace(path="/" + self.name))]

    def make_store(self, template="template0"):
        """The database, once: empty, or as another one is that nobody is connected to."""
        if not self.is_made:
            self.sql(f"CREATE DATABASE {self.name} TEMPLATE {template}" + (" ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'" if template == "template0" else ""))
            self.is_made = True

    def drop_store(self):
        if self.database == "postgresql" and self.is_made:
            self.sql(f"DROP DATABASE {self.name} WITH (FORCE)")
        shutil.rmtree(self.folder, ignore_errors=True)

    def set_up(self):
        """As every conversation begins: one administrator with a token, and nothing else."""
        self.run("user", "add", "jana@theke.test", "--name", "Jana Petersen", "--role", "admin", "--password-stdin",
                 stdin="ein gutes Passwort\n")
        self.token = self.run("token", "create", "jana@theke.test").strip()

    def take(self, other):
        """Begins where a desk ended that does not run any more."""
        self.make_store(getattr(other, "name", None))
        shutil.copytree(other.data, self.data, dirs_exist_ok=True)
        self.token = other.token

    def sql(self, text):
        subprocess.run(["psql", "-q", "-d", self.server, "-c", text], check=True, stdout=subprocess.DEVNULL)

    def __enter__(self):
        if self.database not in Desk.begun:
            first = Desk(self.database)
            atexit.register(first.drop_store)
            first.set_up()
            Desk.begun[self.database] = first
        self.take(Desk.begun[self.database])
        self.start()
        self.secrets.add("ein gutes Passwort")
        self.secrets.add(self.token)
        return self

    def __exit__(self, *error):
        self.kill()
        unknown = self.unknown_kinds()
        told = self.secrets.found_in((self.folder / "log").read_text(errors="replace"))
        self.drop_store()
        if told and not error[0]:
            raise Unmet(f"the log tells secrets: {told}")
        if unknown and not error[0]:
            raise Unmet(f"src/modules/webhooks/kinds.c does not know of {unknown}")

    def unknown_kinds(self):
        """Kinds of events that nobody could choose."""
        if self.database != "sqlite" or not (self.data / "theke.db").exists():
            return []
        known = (ROOT / "src/modules/webhooks/kinds.c").read_text()
        with contextlib.suppress(sqlite3.Error), sqlite3.connect(self.data / "theke.db") as store:
            found = store.execute("SELECT DISTINCT kind FROM event WHERE COALESCE(scope, '') NOT LIKE 'staff:%'")
            return [kind for (kind,) in found if f'"{kind}"' not in known and kind != "webhook.tested"]
        return []

    def start(self):
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(
            [THEKE, "serve", "--data", str(self.data), *self.store, "--listen", "127.0.0.1:0", "--log-level", "debug", *self.options],
            stdout=subprocess.PIPE, stderr=self.log, stdin=subprocess.DEVNULL, text=True,
            env={**os.environ, "LD_PRELOAD": os.environ.get("THEKE_PRELOAD", "")})
        for line in self.process.stdout:
            match = re.match(r"first run: (\S+)", line)
            if match:
                self.setup_link = match[1]
                self.secrets.add(match[1].partition("#")[2])
            match = re.match(r"lmtp [^:]+:(\d+)", line)
            if match:
                self.lmtp = int(match[1])
            match = re.match(r"ready http://[^:]+:(\d+)", line)
            if match:
                self.port = int(match[1])
                return
        raise RuntimeError("theke did not start: " + (self.folder / "log").read_text())

    def kill(self, how=signal.SIGKILL):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(30) if self.process else None
        self.log.close()
        return code

    @contextlib.contextmanager
    def beside(self, *options):
        """Another process on the same store."""
        other = copy.copy(self)
        other.options = list(options)
        other.start()
        try:
            yield other
        finally:
            other.kill()

    def run(self, *arguments, stdin="", check=True):
        done = subprocess.run([THEKE, *arguments, "--data", str(self.data), *self.store], input=stdin, capture_output=True, text=True,
                              timeout=60)
        if check and done.returncode != 0:
            raise RuntimeError(f"theke {' '.join(arguments)}: exit {done.returncode}: {done.stderr}")
        return done.stdout if check else done

    def rows(self, query):
        """What the store holds, where no answer may tell it: letters with their secret links."""
        if self.database == "sqlite":
            with sqlite3.connect(self.data / "theke.db") as store:
                return store.execute(query).fetchall()
        out = subprocess.run(["psql", "-q", "-A", "-t", "-d", self.store[1], "-c", query], check=True, capture_output=True, text=True)
        return [tuple(line.split("|")) for line in out.stdout.splitlines()]

    def forbid(self, table, ticket):
        """From now on the store takes no row of that ticket there."""
        if self.database == "sqlite":
            self.rows(f"CREATE TRIGGER forbidden BEFORE INSERT ON {table} WHEN NEW.ticket_id = {ticket} BEGIN SELECT RAISE(ABORT, 'forbidden'); END")
        else:
            self.rows(f"ALTER TABLE {table} ADD CONSTRAINT forbidden CHECK (ticket_id <> {ticket}) NOT VALID")

    def ask(self, method, path, body=None, headers=None, token=True):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        send = {"Accept-Language": "en", **(headers or {})}
        if token and self.token:
            send.setdefault("Authorization", "Bearer " + (token if isinstance(token, str) else self.token))
        data = body if isinstance(body, (bytes, str)) or body is None else json.dumps(body)
        if data is not None:
            send.setdefault("Content-Type", "application/json")
        path = path if path.startswith(OUTSIDE) else "/api/v1" + path
        connection.request(method, path, data.encode() if isinstance(data, str) else data, send)
        response = connection.getresponse()
        answer = Answer(response, response.read())
        connection.close()
        self.secrets.overhear(data, answer)
        self.check_answer(method, path, answer)
        return answer

    def check_answer(self, method, path, answer):
        if "json" not in (answer.headers["Content-Type"] or ""):
            return
        if not Desk.description:
            Desk.description = Description(json.loads(subprocess.run([THEKE, "openapi"], capture_output=True, check=True).stdout))
        fault = Desk.description.check(method, path.split("?")[0], answer.status, answer.headers, answer.json)
        if fault:
            raise Unmet(fault)

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.ask("POST", path, {} if body is None else body, **more)

    def patch(self, path, body, **more):
        return self.ask("PATCH", path, body, **more)

    def customer_writes(self, subject="My invoice is wrong", text="It says 12 instead of 10.", email="ana@example.org", name="Ana", **more):
        answer = self.post("/tickets", {"subject": subject, "text": text, "requester": {"name": name, "email": email}, **more})
        expect(answer.status, 201, answer.body)
        return answer.json


class Unmet(AssertionError):
    pass


class Skipped(Exception):
    """What the test needs is not to be had here."""


def expect(got, wanted, more=""):
    if got != wanted:
        raise Unmet(f"got {got!r}, wanted {wanted!r} {more}")


def at_once(*changes):
    with ThreadPoolExecutor(len(changes)) as pool:
        return [going.result() for going in [pool.submit(change) for change in changes]]


def databases():
    return ["sqlite", "postgresql"] if os.environ.get("THEKE_TEST_POSTGRESQL") else ["sqlite"]


def run_all(module):
    tests = [(name, function) for name, function in inspect.getmembers(sys.modules[module], inspect.isfunction)
             if name.startswith("test_") and (len(sys.argv) < 2 or sys.argv[1] in name)]
    passed = failed = skipped = 0
    for database in [name for name in databases() if name in getattr(sys.modules[module], "DATABASES", databases())]:
        for name, function in tests:
            started = time.time()
            try:
                with Desk(database, getattr(sys.modules[module], "OPTIONS", ())) as desk:
                    try:
                        function(desk)
                    except BaseException:
                        print((desk.folder / "log").read_text()[-2000:])
                        raise
                passed += 1
                word = "ok  "
            except Skipped as reason:
                skipped += 1
                word = f"skip ({reason})"
            except Exception:
                traceback.print_exc()
                failed += 1
                word = "FAIL"
            print(f"{word} {name} on {database} ({time.time() - started:.1f} s)", flush=True)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    sys.exit(1 if failed else 0)
