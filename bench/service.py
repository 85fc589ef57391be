"""The programs that are measured, and the stores they are measured on."""
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
EMAIL, PASSWORD = "bench@lindenhof.example", "ein langes Passwort"


def build():
    subprocess.run([ROOT / "script/build", "release", "theke", "bench_client", "bench_core"], check=True)
    return ROOT / "build/release"


class Process:
    """A program that says 'ready http://ADDRESS:PORT' on a line of its own."""

    def __init__(self, *command):
        started = time.monotonic()
        self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        stderr=subprocess.DEVNULL)
        self.lmtp = self.address = None
        for line in self.process.stdout:
            if line.startswith("lmtp "):
                self.lmtp = line.split()[1]
            if match := re.match(r"ready http://(\S+)", line):
                self.address = match[1]
                break
        self.ready_seconds = time.monotonic() - started
        if not self.address:
            raise RuntimeError(f"{command[0]} did not start")

    def rss(self):
        """Bytes of memory that are in use now."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stop()


class Store:
    """A data folder, and for PostgreSQL a database, with an administrator and a token."""

    def __init__(self, programs, folder, database, name):
        self.programs, self.folder, self.database, self.name = programs, folder, database, name
        self.options = ["--data", folder]
        self.server = os.environ.get("THEKE_TEST_POSTGRESQL")
        if database == "postgresql":
            parts = urllib.parse.urlsplit(self.server)
            self.options += ["--database", urllib.parse.urlunsplit(parts._replace(path="/" + name))]

    def run(self, *arguments, text=None):
        done = subprocess.run([self.programs / "theke", *map(str, arguments), *map(str, self.options)], input=text, text=True,
                              capture_output=True)
        if done.returncode:
            raise RuntimeError(f"theke {arguments[0]}: {done.stderr.strip()}")
        return done.stdout

    def make(self, tickets):
        if self.database == "postgresql":
            for sql in (f"DROP DATABASE IF EXISTS {self.name}",
                        f"CREATE DATABASE {self.name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"):
                subprocess.run(["psql", "-q", "-d", self.server, "-c", sql], check=True, stderr=subprocess.DEVNULL)
        said = self.run("demo", "--tickets", tickets, "--seed", 1, "--until", "2026-11-24")
        self.run("user", "add", EMAIL, "--name", "Bench", "--role", "admin", "--password-stdin", text=PASSWORD + "\n")
        (self.folder / "token").write_text(self.run("token", "create", EMAIL).strip())
        (self.folder / "rate").write_text(re.findall(r"(\d+) tickets/s", said)[-1])
        if self.database == "postgresql":
            subprocess.run(["psql", "-q", "-d", self.options[-1], "-c", "VACUUM ANALYZE"], check=True)

    @property
    def token(self):
        return (self.folder / "token").read_text()

    @property
    def rate(self):
        """Tickets a second when the demo wrote it."""
        return float((self.folder / "rate").read_text())

    def serve(self, *options):
        return Process(self.programs / "theke", "serve", *self.options, "--listen", "127.0.0.1:0", "--log-level", "error",
                       "--limits.requests_per_minute", "0", *options)

    def api(self, service, method, path, body=None):
        connection = http.client.HTTPConnection(service.address, timeout=60)
        connection.request(method, "/api/v1" + path, json.dumps(body) if body else None,
                           {"Authorization": "Bearer " + self.token, "Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:200]}")
        return json.loads(text)


class Stores:
    def __init__(self, programs, root, database):
        self.programs, self.root, self.database = programs, root, database
        self.work = None
        root.mkdir(parents=True, exist_ok=True)

    def of(self, tickets):
        """The kept store of that size, made when missing."""
        name = f"theke_bench_{tickets}"
        folder = self.root / f"{self.database}-{tickets}"
        store = Store(self.programs, folder, self.database, name)
        if (folder / "token").exists() and self.is_there(store):
            return store
        shutil.rmtree(folder, ignore_errors=True)
        print(f"  making the {self.database} store of {tickets:,} tickets", file=sys.stderr, flush=True)
        store.make(tickets)
        return store

    def is_there(self, store):
        return self.database == "sqlite" or subprocess.run(["psql", "-q", "-d", store.options[-1], "-c", "SELECT 1 FROM ticket LIMIT 1"],
                                                           capture_output=True).returncode == 0

    def sizes(self, limit):
        return [size for size in (10000, 100000, 1000000) if size < limit] + [limit]

    def spare(self):
        """A copy of the smallest store, to write into; on PostgreSQL a database of its own."""
        if self.work:
            return self.work
        small, folder = self.of(10000), self.root / f"{self.database}-work"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(small.folder, folder)
        self.work = Store(self.programs, folder, self.database, "theke_bench_work")
        if self.database == "postgresql":
            for sql in ("DROP DATABASE IF EXISTS theke_bench_work", f"CREATE DATABASE theke_bench_work TEMPLATE {small.name}"):
                subprocess.run(["psql", "-q", "-d", small.server, "-c", sql], check=True, stderr=subprocess.DEVNULL)
        return self.work

    def load(self, *arguments, lines=()):
        """What bench_client says; lines are the requests."""
        done = subprocess.run([self.programs / "bench_client", *map(str, arguments)], input="\n".join(lines) + "\n", text=True,
                              capture_output=True, check=True)
        result = json.loads(done.stdout)
        if result["errors"]:
            raise RuntimeError(f"{arguments[0]}: {result['errors']} of {result['count']} requests failed")
        return result

    def close(self):
        shutil.rmtree(self.root / f"{self.database}-work", ignore_errors=True)
