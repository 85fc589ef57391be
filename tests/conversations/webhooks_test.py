"""Events told to other programs: each once, in order and signed; tried again, told again; nothing to where or of what nobody may."""
import datetime
import json
import socket
import time

from desk import at_once, expect, run_all
from hook_server import HookServer
from people_test import add_agent
from post import soon

OPTIONS = ["--webhooks.networks", "127.0.0.1/32"]


def make(desk, server, status=201, token=True, **more):
    answer = desk.post("/webhooks", {"name": "Shop", "url": server.url(), "kinds": ["ticket.*"], **more}, token=token)
    expect(answer.status, status, answer.body)
    return (answer.json["webhook"]["id"], answer.json["secret"]) if status == 201 else answer.json


def deliveries(desk, hook, token=True, **where):
    query = "&".join(f"{key}={value}" for key, value in where.items())
    return desk.get(f"/webhooks/{hook}/deliveries?{query}", token=token).json["items"]


def whole(desk, hook, delivery):
    return desk.get(f"/webhooks/{hook}/deliveries/{delivery['id']}").json


def in_state(desk, hook, state, count=1):
    return soon(lambda: (lambda found: found if len(found) >= count else None)(deliveries(desk, hook, state=state)), f"{count} {state}")


def now_due(desk):
    """As if the pauses were over."""
    desk.rows("UPDATE webhook_delivery SET next_at = 1 WHERE state = 'queued'")
    desk.rows("UPDATE webhook SET paused_until_at = NULL")


def ago(**time_ago):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**time_ago)).isoformat()


def test_events_arrive_in_order_signed_and_as_the_api_shows_them(desk):
    with HookServer() as server:
        hook, secret = make(desk, server)
        tickets = [desk.customer_writes(subject=f"Number {number}")["id"] for number in range(20)]
        desk.patch(f"/tickets/{tickets[0]}", {"priority": "high"})
        soon(lambda: len(server.taken) == 21)
        expect([one.json["ticket"] for one in server.taken], [*tickets, tickets[0]])
        events = {e["id"]: e for e in desk.get("/events?after=0&limit=200").json["items"]}
        for one in server.taken:
            expect(one.is_signed_with(secret), True)
            expect(one.json, events[one.json["id"]])
        expect(server.most_open, 1, "one waits for the other")
        expect(len({one.id for one in server.taken}), 21)
        expect((server.taken[0].headers["Content-Type"], server.taken[0].headers["User-Agent"].startswith("Theke/")), ("application/json", True))
        expect(abs(int(server.taken[0].headers["webhook-timestamp"]) - time.time()) < 60, True)
        sent = in_state(desk, hook, "sent", 21)
        shown = whole(desk, hook, sent[-1])
        expect((shown["body"], shown["delivery"]["key"], shown["delivery"]["status"]), (server.taken[0].json, server.taken[0].id, 200))
        expect([(one["number"], one["status"], one["answer"]) for one in shown["tries"]], [(1, 200, "taken")])
        expect((desk.get(f"/webhooks/{hook}").json["failures"], desk.get(f"/webhooks/{hook}").json["ok_at"] is not None), (0, True))
        expect("theke_webhooks{state=\"active\"} 1" in desk.get("/metrics", token=False).body.decode(), True)


def test_only_what_was_chosen_is_told(desk):
    lea = add_agent(desk)
    with HookServer() as server, HookServer() as other:
        make(desk, server, kinds=["message.written", "team.*"], team=1)
        make(desk, other, kinds=["*"])
        team = desk.post("/teams", {"name": "Zwei", "members": [1]}).json["id"]
        elsewhere = desk.customer_writes(team="zwei")["id"]
        ticket = desk.customer_writes()["id"]
        desk.post(f"/tickets/{elsewhere}/messages", {"audience": "internal", "text": "There"})
        desk.post(f"/tickets/{ticket}/messages", {"audience": "internal", "text": "Here"})
        desk.patch("/me", {"name": "Lea Horn"}, token=lea)
        soon(lambda: other.taken and other.taken[-1].kind == "staff.changed")
        expect([(one.kind, one.json["ticket"]) for one in server.taken], 2 * [("message.written", ticket)])
        expect([one.kind for one in other.taken][0], "webhook.created", "from its beginning on")
        expect({"team.created", "ticket.opened", "message.written"} <= {one.kind for one in other.taken}, True)
        expect(team > 1, True)


def test_what_fails_is_tried_again_with_its_id(desk):
    with HookServer() as server:
        hook, secret = make(desk, server)
        server.answer = 500, {}, b"not \xff now\x00" + b"x" * 5000
        ticket = desk.customer_writes()["id"]
        failed = soon(lambda: [d for d in deliveries(desk, hook) if d["attempts"] == 1 and d["state"] == "queued"])[0]
        expect((failed["status"], failed["error"], failed["next_at"] is not None), (500, "status", True))
        expect(desk.get(f"/webhooks/{hook}").json["failures"], 1)
        server.answer = 204, {}, b""
        in_state(desk, hook, "sent")
        first, second = server.taken
        expect((first.id, first.body, second.json["ticket"]), (second.id, second.body, ticket))
        expect(first.is_signed_with(secret) and second.is_signed_with(secret), True)
        tries = whole(desk, hook, failed)["tries"]
        expect([(one["number"], one["status"], one["error"]) for one in tries], [(2, 204, None), (1, 500, "status")])
        expect((tries[1]["answer"].startswith("not \ufffd now"), len(tries[1]["answer"].encode()) <= 4096), (True, True))
        expect(desk.get(f"/webhooks/{hook}").json["failures"], 0)


def test_after_a_day_of_failures_it_is_parked_and_told_again(desk):
    with HookServer() as server:
        hook, _ = make(desk, server)
        server.answer = 503, {}, b""
        desk.customer_writes()
        for number in range(1, 12):
            soon(lambda: any(d["attempts"] >= number and d["state"] in ("queued", "failed") for d in deliveries(desk, hook)) or now_due(desk))
            now_due(desk)
        failed = in_state(desk, hook, "failed")[0]
        expect((failed["attempts"], failed["next_at"], len(server.taken)), (11, None, 11))
        expect(desk.get(f"/webhooks/{hook}").json["is_active"], True)
        server.answer = 200, {}, b""
        again = desk.post(f"/webhooks/{hook}/deliveries/{failed['id']}/replay")
        expect((again.status, again.json["state"]), (200, "queued"))
        in_state(desk, hook, "sent")
        expect((len(server.taken), len({one.id for one in server.taken})), (12, 1))
        expect(desk.post(f"/webhooks/{hook}/deliveries/{failed['id']}/replay").status, 200, "what arrived is told again too")
        soon(lambda: len(server.taken) == 13)


def test_all_that_failed_is_told_again_at_once(desk):
    with HookServer() as server:
        hook, _ = make(desk, server, parallel=8)
        server.answer = 400, {}, b""
        for number in range(6):
            desk.customer_writes(subject=f"Number {number}")
        soon(lambda: len(deliveries(desk, hook)) == 6)
        desk.rows("UPDATE webhook_delivery SET state = 'failed', next_at = NULL WHERE state = 'queued'")
        soon(lambda: len(deliveries(desk, hook, state="failed")) == 6 or desk.rows("UPDATE webhook_delivery SET state = 'failed', next_at = NULL WHERE state = 'queued'"))
        server.answer, server.taken = (200, {}, b""), []
        expect(desk.post(f"/webhooks/{hook}/replay", {"since": "2999-01-01T00:00:00Z"}).json, {"count": 0, "is_whole": True})
        expect(desk.post(f"/webhooks/{hook}/replay", {"since": ago(hours=1)}).json, {"count": 6, "is_whole": True})
        in_state(desk, hook, "sent", 6)
        expect(len({one.id for one in server.taken}), 6)


def test_one_that_fails_or_hangs_holds_up_nobody(desk):
    with HookServer() as good, HookServer() as bad, HookServer() as slow, socket.socket() as dead:
        dead.bind(("127.0.0.1", 0))  # and does not listen
        slow.hold.clear()
        bad.answer = 500, {}, b""
        make(desk, slow)
        hung, _ = make(desk, bad)
        nowhere = desk.post("/webhooks", {"name": "Gone", "url": f"http://127.0.0.1:{dead.getsockname()[1]}/", "kinds": ["*"]}).json["webhook"]["id"]
        make(desk, good)
        began = time.monotonic()
        for number in range(10):
            desk.customer_writes(subject=f"Number {number}")
        soon(lambda: len(good.taken) == 10)
        expect(time.monotonic() - began < 5, True, "held up")
        expect((len(slow.taken), slow.most_open), (1, 1))
        soon(lambda: desk.get(f"/webhooks/{hung}").json["paused_until"], "its pause")
        expect(5 <= len(bad.taken) <= 7, True, f"a server that fails is left alone: {len(bad.taken)}")
        soon(lambda: any(d["error"] == "no_connection" for d in deliveries(desk, nowhere)))


def test_what_the_store_refuses_holds_up_nothing_else(desk):
    with HookServer() as server:
        hook, _ = make(desk, server)
        if desk.database == "sqlite":
            desk.rows("CREATE TRIGGER forbidden BEFORE INSERT ON webhook_attempt WHEN NEW.delivery_id = 1 BEGIN SELECT RAISE(ABORT, 'forbidden'); END")
        else:
            desk.rows("ALTER TABLE webhook_attempt ADD CONSTRAINT forbidden CHECK (delivery_id <> 1)")
        desk.patch(f"/webhooks/{hook}", {"parallel": 2})
        for number in range(5):
            desk.customer_writes(subject=f"Number {number}")
        in_state(desk, hook, "sent", 4)
        expect([d["id"] for d in deliveries(desk, hook, state="sending")], [1])


def test_several_at_once_are_no_more_than_allowed(desk):
    with HookServer() as server:
        hook, _ = make(desk, server, parallel=3)
        server.hold.clear()
        for number in range(8):
            desk.customer_writes(subject=f"Number {number}")
        soon(lambda: server.open == 3)
        time.sleep(0.6)
        expect((server.open, len(deliveries(desk, hook, state="sending"))), (3, 3))
        server.hold.set()
        in_state(desk, hook, "sent", 8)
        expect(server.most_open, 3)


def test_nothing_is_lost_or_doubled_when_it_is_killed(desk):
    with HookServer() as server:
        hook, _ = make(desk, server)
        tickets = []
        for round in range(3):
            tickets += [desk.customer_writes(subject=f"Round {round}, {number}")["id"] for number in range(5)]
            if round == 1:
                soon(lambda: server.taken)
                server.hold.clear()
            desk.kill()
            server.hold.set()
            desk.start()
        if desk.database == "postgresql":
            desk.rows("UPDATE webhook_delivery SET next_at = 1 WHERE state = 'sending'")  # as if its lease were over
        in_state(desk, hook, "sent", 15)
        order = {}
        for one in server.taken:
            order.setdefault(one.json["ticket"], set()).add(one.id)
        expect((sorted(order), {len(ids) for ids in order.values()}), (tickets, {1}), "each with one id, however often; what was under way may come later")
        expect(len(server.taken) <= 18, True, "at most what was under way comes twice")


def test_a_test_is_told_to_one_that_is_off_and_only_to_it(desk):
    with HookServer() as server, HookServer() as other:
        hook, secret = make(desk, server, is_active=False, kinds=["team.created"])
        make(desk, other, kinds=["ticket.*"])
        expect(desk.post(f"/webhooks/{hook}/test").status, 204)
        one = in_state(desk, hook, "sent")[0]
        expect((one["kind"], server.taken[0].kind, server.taken[0].is_signed_with(secret)), ("webhook.tested", "webhook.tested", True))
        server.answer = 500, {}, b""
        desk.post(f"/webhooks/{hook}/test")
        failed = in_state(desk, hook, "failed")[0]
        expect((failed["attempts"], desk.get(f"/webhooks/{hook}").json["failures"]), (1, 0), "once, and it counts for nothing")
        expect(other.taken, [])
        desk.customer_writes()
        soon(lambda: other.taken)
        expect(len(server.taken), 2, "it is off")


def test_five_days_of_failures_switch_it_off_and_tell_the_admins(desk):
    with HookServer() as server:
        hook, _ = make(desk, server)
        server.answer = 500, {}, b""
        desk.rows(f"UPDATE webhook SET failing_since_at = 1, failures = 30 WHERE id = {hook}")
        server.hold.clear()
        desk.customer_writes(subject="First")
        desk.customer_writes(subject="Second")
        soon(lambda: len(deliveries(desk, hook)) == 2)
        server.hold.set()
        soon(lambda: desk.get(f"/webhooks/{hook}").json["off_reason"] == "failing")
        expect([d["state"] for d in deliveries(desk, hook)], ["failed", "failed"])
        told = [e for e in desk.get("/events?scope=admin&limit=100").json["items"] if e["kind"] == "webhook.switched_off"]
        expect([(e["actor"]["kind"], e["data"]) for e in told], [("system", {"webhook": hook, "reason": "failing"})])
        expect([(row[0], json.loads(row[1])["subject"]) for row in desk.rows("SELECT to_address, data FROM letter WHERE kind = 'webhook_off'")], [("jana@theke.test", "Shop")])
        expect(desk.post(f"/webhooks/{hook}/replay", {"since": ago(days=1)}).json["code"], "webhook_is_off")
        desk.customer_writes(subject="While it was off")
        server.answer = 200, {}, b""
        version = desk.get(f"/webhooks/{hook}").json["version"]
        on = desk.patch(f"/webhooks/{hook}", {"is_active": True}, headers={"If-Match": f'"{version}"'}).json
        expect((on["off_reason"], on["failures"], on["failing_since"]), (None, 0, None))
        expect(desk.post(f"/webhooks/{hook}/replay", {"since": ago(days=1)}).json["count"], 2)
        desk.customer_writes(subject="After")
        in_state(desk, hook, "sent", 3)
        expect(len(deliveries(desk, hook)), 3)


def test_gone_is_gone(desk):
    with HookServer() as server:
        hook, _ = make(desk, server)
        server.answer = 410, {}, b"unsubscribed"
        desk.customer_writes()
        soon(lambda: desk.get(f"/webhooks/{hook}").json["off_reason"] == "gone")


def test_a_server_that_asks_for_a_pause_gets_it(desk):
    with HookServer() as server:
        hook, _ = make(desk, server)
        server.answer = 429, {"Retry-After": "900"}, b""
        desk.customer_writes()
        one = soon(lambda: [d for d in deliveries(desk, hook) if d["next_at"]])[0]
        wait = datetime.datetime.fromisoformat(one["next_at"].replace("Z", "+00:00")) - datetime.datetime.now(datetime.timezone.utc)
        expect(800 < wait.total_seconds() < 1100, True, wait)


def test_switching_off_and_deleting_end_it_and_can_be_taken_back(desk):
    with HookServer() as server:
        hook, _ = make(desk, server)
        server.answer = 500, {}, b""
        desk.customer_writes(subject="Waits")
        soon(lambda: [d for d in deliveries(desk, hook) if d["next_at"]])
        desk.patch(f"/webhooks/{hook}", {"is_active": False})
        expect([(d["state"], d["error"]) for d in deliveries(desk, hook)], [("failed", "switched_off")])
        desk.patch(f"/webhooks/{hook}", {"is_active": True})
        server.answer, server.taken = (200, {}, b""), []
        expect(desk.ask("DELETE", f"/webhooks/{hook}").status, 204)
        expect((desk.get(f"/webhooks/{hook}").status, desk.get("/webhooks").json["items"]), (404, []))
        desk.customer_writes(subject="Meanwhile")
        time.sleep(0.6)
        expect(desk.post(f"/webhooks/{hook}/restore").json["is_active"], True)
        ticket = desk.customer_writes(subject="Again")["id"]
        soon(lambda: server.taken)
        expect([one.json["ticket"] for one in server.taken], [ticket])


def test_old_deliveries_are_thrown_away(desk):
    with HookServer() as server:
        hook, _ = make(desk, server)
        desk.customer_writes(subject="Old")
        desk.customer_writes(subject="Young")
        old = in_state(desk, hook, "sent", 2)[1]
        month = 31 * 24 * 3600 * 1000000
        desk.rows(f"UPDATE webhook_delivery SET created_at = created_at - {month} WHERE id = {old['id']}")
        soon(lambda: len(deliveries(desk, hook)) == 1)
        expect(desk.rows(f"SELECT count(*) FROM webhook_attempt WHERE delivery_id = {old['id']}")[0][0] in (0, "0"), True)


def test_many_changes_at_once_are_each_told_once(desk):
    with HookServer() as server:
        hook, _ = make(desk, server, parallel=4)
        at_once(*[lambda number=number: desk.customer_writes(subject=f"Number {number}", email=f"c{number}@example.org") for number in range(24)])
        in_state(desk, hook, "sent", 24)
        expect((len(server.taken), len({one.json["id"] for one in server.taken})), (24, 24))


if __name__ == "__main__":
    run_all(__name__)
