"""Attachments: uploaded, sent with a message, seen only by those who may see the message."""
import os
import shutil
import sqlite3
import subprocess
import urllib.parse

from desk import expect, run_all

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000a49444154789c6300010000050001"
                    "0d0a2db40000000049454e44ae426082")


def upload(desk, data, name, **more):
    return desk.ask("POST", "/uploads", data, headers={"Content-Type": "application/octet-stream", "X-File-Name": urllib.parse.quote(name)}, **more)


def test_an_upload_becomes_an_attachment(desk):
    ticket = desk.customer_writes()
    sent = upload(desk, PNG, "Größe & Maß.png")
    expect(sent.status, 201, sent.body)
    expect((sent.json["media_type"], sent.json["name"], sent.json["size"]), ("image/png", "Größe & Maß.png", len(PNG)))
    message = desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "public", "text": "See", "attachments": [sent.json["id"]]})
    expect(message.status, 201, message.body)
    expect(message.json["attachments"][0]["name"], "Größe & Maß.png")
    file = desk.get(f"/attachments/{sent.json['id']}")
    expect((file.status, file.body), (200, PNG))
    expect(file.headers["X-Content-Type-Options"], "nosniff")
    expect("sandbox" in file.headers["Content-Security-Policy"], True)
    again = desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "public", "text": "See", "attachments": [sent.json["id"]]})
    expect(again.status, 422, "an upload can be used once")
    found = desk.get("/search?q=" + urllib.parse.quote("Größe")).json["items"]
    expect(len(found), 1)


def test_the_content_tells_the_type_and_the_name_is_made_safe(desk):
    page = upload(desk, b"<html><script>alert(1)</script></html>", "../../etc/passwd.png").json
    expect(page["name"], "passwd.png")
    file = desk.get(f"/attachments/{page['id']}")
    expect(file.headers["Content-Disposition"].startswith("attachment"), True, file.headers["Content-Disposition"])


def test_strangers_see_nothing(desk):
    sent = upload(desk, PNG, "a.png").json
    expect(desk.get(f"/attachments/{sent['id']}", token=False).status, 401)
    desk.run("user", "add", "lea@theke.test", "--name", "Lea", "--role", "agent", "--password-stdin", stdin="noch ein Passwort\n")
    lea = desk.run("token", "create", "lea@theke.test").strip()
    expect(desk.get(f"/attachments/{sent['id']}", token=lea).status, 404)
    expect(desk.get("/attachments/999").status, 404)
    expect(upload(desk, b"", "empty").status, 422)


def test_a_backup_holds_the_files_too(desk):
    upload = desk.ask("POST", "/uploads", b"the contract", {"Content-Type": "application/octet-stream", "X-File-Name": "contract.txt"}).json
    ticket = desk.customer_writes()
    desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "internal", "text": "attached", "attachments": [upload["id"]]})
    stored = next(path for path in (desk.data / "files").rglob("*") if path.is_file())
    key = (desk.data / "secret.key").read_bytes()
    if desk.database == "sqlite":
        copy = desk.folder / "copy.theke"
        desk.run("backup", str(copy))
        expect(copy.stat().st_mode & 0o77, 0, "it holds the key")
        desk.kill()
        shutil.rmtree(desk.data)
        expect("all there" in desk.run("restore", str(copy)), True)
        expect((desk.data / "secret.key").read_bytes(), key)
        desk.start()
        expect(desk.get(f"/attachments/{upload['id']}").body, b"the contract")
        expect(desk.run("restore", str(copy), check=False).returncode, 1, "never over a store that is there")
    expect("files: 1, all there" in desk.run("check"), True)
    for damage in (lambda: stored.write_bytes(b"the contracT"), stored.unlink):
        damage()
        broken = desk.run("check", check=False)
        expect((broken.returncode, stored.name in broken.stderr), (1, True), broken.stderr)


def letter(text):
    return f"From: Ana <ana@example.org>\nTo: support@theke.test\nSubject: Hi\nMessage-ID: <{len(text)}@example.org>\n\n{text}\n"


def damage_row(desk, query):
    if desk.database == "sqlite":
        with sqlite3.connect(desk.data / "theke.db") as store:
            store.execute(query)
    else:
        subprocess.run(["psql", "-q", "-d", desk.store[1], "-c", query.replace("x'", "'\\x")], check=True)


def test_a_check_reads_every_letter(desk):
    for text in ("short", os.urandom(600000).hex()):
        desk.run("mail", "deliver", stdin=letter(text))
    expect("letters: 2, all there" in desk.run("check"), True)
    stored = next(path for path in (desk.data / "mail").rglob("*.zst"))
    whole = stored.read_bytes()
    for damage in (lambda: stored.write_bytes(whole[:5000] + b"x" + whole[5001:]), lambda: stored.write_bytes(b""), stored.unlink):
        damage()
        broken = desk.run("check", check=False)
        expect((broken.returncode, stored.name.removesuffix(".zst") in broken.stderr), (1, True), broken.stderr)
    stored.write_bytes(whole)
    desk.run("check")
    damage_row(desk, "UPDATE mail_raw SET packed = x'00'")
    broken = desk.run("check", check=False)
    expect((broken.returncode, "1 letters" in broken.stderr), (1, True), broken.stderr)


def test_files_too_large_for_a_letter_are_refused_where_they_are_added(desk):
    desk.options = [*desk.options, "--limits.upload_bytes", str(80 << 20)]
    desk.kill()
    desk.start()
    path = f"/tickets/{desk.customer_writes()['id']}/messages"
    large = upload(desk, bytes(70 << 20), "large.bin").json["id"]
    halves = [upload(desk, bytes(size), f"{size}.bin").json["id"] for size in (33 << 20, 32 << 20)]
    for attachments in ([large], halves):
        refused = desk.post(path, {"audience": "public", "text": "The files.", "attachments": attachments})
        expect((refused.status, [(e["field"], e["code"]) for e in refused.json["errors"]]), (422, [("attachments", "too_large_to_send")]), refused.body)
        expect("64 MB" in refused.json["errors"][0]["message"], True, refused.body)
    expect(desk.post(path, {"audience": "public", "text": "One of them.", "attachments": halves[:1]}).status, 201)
    expect(desk.post(path, {"audience": "internal", "text": "For us.", "attachments": [large]}).status, 201)


if __name__ == "__main__":
    run_all(__name__)
