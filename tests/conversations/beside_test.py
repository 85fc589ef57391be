"""Commands beside a running server: its screens hear of what they do."""
import time

from desk import expect, run_all
from live import Live

LETTER = "From: Ana <ana@example.org>\nTo: support@theke.test\nSubject: From the pipe\nMessage-ID: <pipe@example.org>\n\nHello\n"


def test_a_command_reaches_the_screens(desk):
    with Live(desk, desk.token, "inbox", "staff") as screen:
        screen.events(seconds=0.3)
        for name in ("lea", "tom", "eva"):
            desk.run("user", "add", f"{name}@theke.test", "--name", name.title(), "--role", "agent")
            began = time.monotonic()
            screen.events(lambda event: event["kind"].startswith("staff."))
            expect(time.monotonic() - began < 1, True, "seconds after the command")
        desk.run("mail", "deliver", "--to", "support@theke.test", stdin=LETTER)
        began = time.monotonic()
        screen.events(lambda event: event["kind"] == "message.written", seconds=10)
        expect(time.monotonic() - began < 1, True, "seconds after the letter")
    expect([t["subject"] for t in desk.get("/tickets").json["items"]], ["From the pipe"])
    expect("unbroken" in desk.run("check"), True)


if __name__ == "__main__":
    run_all(__name__)
