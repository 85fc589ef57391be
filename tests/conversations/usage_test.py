"""What the program says of itself, and to who calls it wrongly."""
import os
import pty
import re
import select
import subprocess

from desk import ROOT, THEKE, Skipped, expect, run_all

COMMANDS = ["serve", "user", "token", "mail", "demo", "backup", "restore", "check", "openapi"]
WRONG = [["serve", "--listen", "nowhere"], ["serve", "now"], ["serve", "--tickets", "5"], ["serve", "--listen"], ["user"], ["user", "add"],
         ["user", "add", "ana@example.org"], ["user", "add", "ana", "--name", "Ana"], ["user", "drop", "ana@example.org", "--name", "A"],
         ["user", "add", "ana@example.org", "--name", "Ana", "--role", "boss"], ["token"], ["token", "create"], ["token", "create", "a@b", "c"],
         ["demo"], ["demo", "--tickets", "many"], ["demo", "--tickets", "5", "--until", "soon"], ["backup"], ["backup", "a", "b"], ["restore"],
         ["check", "twice"], ["check", "--force"], ["openapi", "--nothing"], ["check", "--log-level", "loud"], ["nothing"], ["--nothing"],
         ["help", "nothing"]]


def theke(*arguments, **more):
    done = subprocess.run([THEKE, *arguments], capture_output=True, text=True, timeout=30, **more)
    return done.returncode, done.stdout, done.stderr


def test_help_is_an_answer_and_no_error(desk):
    code, everything, said = theke("--help")
    expect((code, said), (0, ""))
    for command in COMMANDS:
        expect(f"  theke {command}" in everything, True, command)
        for asking in ([command, "--help"], ["help", command], [command, "--listen", "x", "-h"]):
            code, out, said = theke(*asking)
            expect((code, said, out.startswith(f"usage: theke {command}")), (0, "", True), asking)
    expect(theke("help"), (0, everything, ""))
    expect(theke("-h"), (0, everything, ""))
    expect(theke("--version"), (0, "theke 0.1.0\n", ""))
    expect(theke(), (2, "", everything))


def test_wrong_usage_is_one_clear_line(desk):
    for arguments in WRONG:
        code, out, said = theke(*arguments, cwd=desk.folder)
        expect((code, out, said.count("\n"), said.startswith("theke: ")), (2, "", 1, True), f"{arguments}: {said}")
    for arguments in (["mail"], ["mail", "take"], ["mail", "deliver", "--force"]):
        code, out, said = theke(*arguments, cwd=desk.folder, input="")
        expect((code, out, said.count("\n")), (64, "", 1), f"{arguments}: {said}")
    expect(list(desk.folder.glob("var")), [], "nothing is made by a wrong call")


def test_every_option_is_an_option_and_described(desk):
    sources = "".join(path.read_text() for path in (ROOT / "src").rglob("*.c"))
    asked = set(re.findall(r'\bconfig_(?:get|switch|number)\([^,"]+, "([^"]+)"', sources))
    table = (ROOT / "src/main.c").read_text()
    lists = re.findall(r"\n {5}\{((?:\"[^\"]+\"(?:,\s+)?)+)\},|, \d, \{(\"[^}]+)\}|options\[\] = \{([^}]+)\}", table)
    known = {name.rstrip("!") for found in lists for name in re.findall(r'"([^"]+)"', "".join(found))}
    described = set(re.findall(r"^\| ([a-z][a-z.-]+) \|", (ROOT / "docs/operations.md").read_text(), re.MULTILINE))
    expect(len(known) > 15, True, known)
    expect(asked - known, set(), "asked for, but no option")
    expect(known - asked, set(), "an option that nothing asks for")
    expect(known - described, set(), "not in docs/operations.md")
    for how in (["--mail.plain-oauth"], []):
        desk.data.joinpath("theke.conf").write_text("" if how else "mail.plain-oauth = yes\nlisten = nowhere\n")
        refused = desk.run("serve", *how, *(["--listen", "nowhere"] if how else []), check=False)
        expect("--listen is ADDR:PORT" in refused.stderr, True, refused.stderr)


def test_an_account_is_checked_as_over_the_api(desk):
    for address, name in (("a@theke.test\nBcc: x@theke.test", "A"), ("a@theke.test", ""), ("a@theke.test", "A\nB"), ("bad addr@theke.test", "A"),
                          ("a@b@theke.test", "A"), ("a@theke.test", "A" * 201), ("ä@theke.test", "A")):
        done = desk.run("user", "add", address, "--name", name, "--role", "agent", check=False)
        expect((done.returncode, done.stderr.count("\n")), (2, 1), f"{address!r} {name!r}: {done.stderr}")
    for to in ("b\nad", "nobody", "a b@theke.test", "@theke.test", "a@"):
        expect(desk.run("mail", "deliver", "--to", to, stdin="From: a@example.org\n\nHello\n", check=False).returncode, 67, repr(to))
    expect([account["email"] for account in desk.get("/staff").json["items"]], ["jana@theke.test"])


def test_an_account_without_a_password_gets_a_link(desk):
    for address, more, url in (("lea@theke.test", [], "http://127.0.0.1:8080"), ("ben@theke.test", ["--listen", "127.0.0.1:8081"], "http://127.0.0.1:8081"),
                               ("ole@theke.test", ["--base-url", "https://help.example.org"], "https://help.example.org")):
        done = desk.run("user", "add", address, "--name", "Lea", *more, check=False)
        link = re.fullmatch(re.escape(url) + r"/invitation#(\S+)\n", done.stdout)
        expect((done.returncode, bool(link), done.stderr.count("\n"), f"{address} has no password yet" in done.stderr), (0, True, 1, True), done)
        desk.secrets.add(link[1])
        accepted = desk.post("/invitations/accept", {"token": link[1], "name": "Lea", "password": "noch ein Passwort"}, token=False)
        expect(accepted.status, 200, accepted.body)
        expect(desk.post("/session", {"email": address, "password": "noch ein Passwort"}, token=False).status, 200)


def test_a_password_that_is_not_there_is_asked_for(desk):
    add = ["user", "add", "lea@theke.test", "--name", "Lea", "--password-stdin"]
    for nothing in ("", "\n", "\r\n"):
        done = desk.run(*add, stdin=nothing, check=False)
        expect((done.returncode, done.stdout, done.stderr.count("\n"), "printf" in done.stderr), (1, "", 1, True), done)
    expect(len(desk.get("/staff").json["items"]), 1)
    try:
        hand, stdin = pty.openpty()
    except OSError as problem:  # a chroot may have no terminals to give
        raise Skipped(problem) from problem
    process = subprocess.Popen([THEKE, *add, "--data", str(desk.data), *desk.store], stdin=stdin, stderr=subprocess.PIPE, text=True)
    expect(process.stderr.read(len("password: ")), "password: ")
    os.write(hand, b"noch ein Passwort\n")
    expect((process.wait(30), process.stderr.read()), (0, "\n"))
    expect(select.select([hand], [], [], 0)[0], [], "it was shown on the terminal")
    expect(desk.post("/session", {"email": "lea@theke.test", "password": "noch ein Passwort"}, token=False).status, 200)


def test_a_port_that_is_taken_says_how_to_take_another(desk):
    done = desk.run("serve", "--data", str(desk.folder / "other"), "--listen", f"127.0.0.1:{desk.port}", check=False)
    expect((done.returncode, done.stderr.splitlines()[-1]), (1, f"theke: 127.0.0.1:{desk.port} is taken by another program: listen somewhere else, "
                                                                f"such as --listen 127.0.0.1:{desk.port + 1}"))


def test_what_fails_says_what_and_how_to_mend_it(desk):
    code, out, said = theke("check", "--database", "sqlite:/nowhere/theke.db", cwd=desk.folder)
    expect((code, out, "/nowhere" in said.splitlines()[-1]), (1, "", True), said)
    for command in (["check"], ["token", "create", "jana@theke.test"], ["backup", "copy.theke"]):
        for store in ([], ["--database", f"sqlite:{desk.folder}/typo.db"]):
            code, out, said = theke(*command, "--data", "typo", *store, cwd=desk.folder)
            expect((code, out, said.startswith("theke: ")), (1, "", True), said)
    if desk.store:
        expect(theke("check", "--data", "typo", *desk.store, cwd=desk.folder)[0], 1)
    expect(theke("mail", "deliver", "--data", "typo", cwd=desk.folder, input="From: a@example.org\n\nHello\n")[0], 75)
    expect(list(desk.folder.glob("*typo*")) + list(desk.folder.glob("copy*")), [], "a mistyped name makes nothing")
    done = desk.run("token", "create", "nobody@theke.test", check=False)
    expect((done.returncode, done.stderr), (1, "theke: there is no active account nobody@theke.test\n"))


if __name__ == "__main__":
    run_all(__name__)
