"""A restore takes the place of what is there whole, or not at all."""
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess

from desk import THEKE, Desk, expect, run_all

PAGE = 4096


def everything(folder):
    """What the house holds, without the locks and what SQLite keeps beside its file."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*")
            if path.is_file() and not path.name.endswith((".lock", "-wal", "-shm"))}


def attach(desk, content):
    upload = desk.ask("POST", "/uploads", content, {"Content-Type": "application/octet-stream", "X-File-Name": "a.bin"}).json
    ticket = desk.customer_writes(subject="In the backup")
    expect(desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "internal", "text": "See", "attachments": [upload["id"]]}).status, 201)


def backup(desk):
    copy = desk.folder / "copy.theke"
    desk.run("backup", str(copy))
    return copy


def damaged(copy):
    """The archive with damage of each kind, by name."""
    raw = copy.read_bytes()
    yield "cut", raw[:len(raw) * 3 // 4]
    yield "none", b"no archive at all\n" * 1000
    with sqlite3.connect(copy) as archive:
        roots = dict(archive.execute("SELECT name, rootpage FROM sqlite_master WHERE rootpage > 0"))
    for table in ("message", "ticket", "event", "sqlar"):
        start = (roots[table] - 1) * PAGE
        yield table, raw[:start] + os.urandom(PAGE) + raw[start + PAGE:]
    yield "file", raw.replace(b"the attached one", b"the attached two")
    other = pathlib.Path(shutil.copy(copy, copy.with_suffix(".other")))
    with sqlite3.connect(other) as archive:
        archive.execute("UPDATE sqlar SET data = x'00' WHERE name = 'secret.key'")
    yield "key", other.read_bytes()


def test_a_damaged_backup_leaves_what_was_there(desk):
    if desk.database == "postgresql":
        return
    with Desk() as other:
        attach(other, b"the attached one")
        copy = pathlib.Path(shutil.copy(backup(other), desk.folder))
    desk.customer_writes(subject="Precious")
    desk.kill(signal.SIGTERM)
    before, bad = everything(desk.data), desk.folder / "bad.theke"
    for name, raw in damaged(copy):
        bad.write_bytes(raw)
        done = desk.run("restore", str(bad), "--force", check=False)
        expect((done.returncode, done.stderr.startswith("theke: nothing was restored: ")), (1, True), f"{name}: {done.stderr}")
        expect(everything(desk.data) == before, True, f"{name}: {sorted(everything(desk.data).keys() ^ before.keys())}")
    desk.run("check")
    desk.run("restore", str(copy), "--force")
    expect(desk.rows("SELECT subject FROM ticket"), [("In the backup",)])
    expect(sorted(path.name for path in desk.data.iterdir() if not path.name.endswith((".lock", "-wal", "-shm"))),
           ["files", "mail", "secret.key", "spool", "theke.db"])
    desk.start()
    expect(desk.get("/tickets", token=False).status, 401)


def test_a_restore_that_was_broken_off_is_no_store(desk):
    if desk.database == "postgresql":
        return
    copy = backup(desk)
    ticket = desk.customer_writes(subject="Later than the backup")
    desk.kill(signal.SIGTERM)
    before = everything(desk.data)
    # Killed when the key and the database had been moved aside, and the new key was in place.
    (desk.data / "replaced").mkdir()
    (desk.data / "restoring").mkdir()
    (desk.data / "secret.key").rename(desk.data / "replaced/secret.key")
    (desk.data / "theke.db").rename(desk.data / "theke.db.replaced")
    (desk.data / "secret.key").write_bytes(b"x" * 32)
    for command in (["serve", "--listen", "127.0.0.1:0"], ["check"], ["user", "add", "a@theke.test", "--name", "A"]):
        refused = desk.run(*command, check=False)
        expect((refused.returncode, "broken off" in refused.stderr), (1, True), refused.stderr)
    bad = desk.folder / "bad.theke"
    bad.write_bytes(b"no archive")
    expect(desk.run("restore", str(bad), "--force", check=False).returncode, 1)
    expect(everything(desk.data) == before, True, "put back")
    expect(desk.rows("SELECT subject FROM ticket"), [(ticket["subject"],)])
    desk.run("restore", str(copy), "--force")
    expect(desk.rows("SELECT subject FROM ticket"), [])


def test_nothing_is_restored_under_a_running_server(desk):
    with Desk() as other:
        copy = pathlib.Path(shutil.copy(backup(other), desk.folder))
    if desk.database == "sqlite":
        link = desk.folder / "link.db"
        link.symlink_to(desk.data / "theke.db")
        places = [[desk.data, []], [desk.folder / "b", ["--database", f"sqlite:{desk.data}/theke.db"]], [desk.folder / "c", ["--database", f"sqlite:{link}"]]]
    else:
        places = [[desk.data, []]]
    before = everything(desk.data)
    for folder, store in places:
        for command in (["restore", str(copy), "--force"], ["serve", "--listen", "127.0.0.1:0"]):
            done = subprocess.run([THEKE, *command, "--data", str(folder), *store], capture_output=True, text=True, timeout=30)
            expect((done.returncode, "stop it first" in done.stderr), (1, True), f"{folder} {command}: {done.stderr}")
    expect({name: before[name] for name in before if name != "events.anchor"},
           {name: content for name, content in everything(desk.data).items() if name != "events.anchor"})
    expect(desk.get("/tickets").status, 200)


def test_a_restored_database_has_the_size_of_its_own(desk):
    if desk.database == "postgresql":
        return
    attach(desk, os.urandom(3 << 20))
    copy, whole = backup(desk), desk.folder / "whole"
    subprocess.run([THEKE, "restore", str(copy), "--data", str(whole)], check=True, capture_output=True)
    expect((whole / "theke.db").stat().st_size < (2 << 20) < copy.stat().st_size, True, (whole / "theke.db").stat().st_size)
    expect({path.stat().st_mode & 0o77 for path in [whole, *whole.rglob("*")]}, {0}, "nobody else's")
    expect({path.stat().st_mode & 0o77 for path in [desk.data, *desk.data.rglob("*")]}, {0}, "nobody else's")


if __name__ == "__main__":
    run_all(__name__)
