"""Webhooks: nothing to where or of what nobody may, and no secret that is told twice."""
import json

from desk import expect, run_all
from hook_server import HookServer
from people_test import add_agent
from post import soon
from webhooks_test import OPTIONS, ago, deliveries, in_state, make, now_due, whole  # OPTIONS are read by run_all


def test_a_secret_that_is_lost_is_the_matter_of_one(desk):
    with HookServer() as server, HookServer() as other:
        lost, _ = make(desk, server)
        make(desk, other)
        desk.rows(f"UPDATE webhook SET secret = {'X' if desk.database == 'sqlite' else ''}'00' WHERE id = {lost}")
        desk.customer_writes()
        soon(lambda: other.taken)
        expect([d["error"] for d in in_state(desk, lost, "failed")], ["secret_lost"])
        desk.post(f"/webhooks/{lost}/secret", {"at_once": True})
        desk.post(f"/webhooks/{lost}/replay", {"since": ago(hours=1)})
        soon(lambda: server.taken)


def test_private_addresses_are_refused(desk):
    for url in ("https://10.0.0.1/", "https://127.0.0.2/", "http://127.0.0.2/", "https://[::1]/", "https://169.254.169.254/latest", "https://0x7f.2/",
                "https://2130706434/", "https://[::ffff:10.0.0.1]/", "https://100.64.0.1/", "https://0/", "https://[fd00::1]/", "https://192.168.1.1:8443/x"):
        expect(desk.post("/webhooks", {"name": "X", "url": url, "kinds": ["*"]}).json["errors"][0]["code"], "webhook_private", url)
    for url in ("ftp://example.org/", "https://u:p@example.org/", "https://example.org/#x", "https://exa mple.org/", "example.org", "file:///etc/passwd", "gopher://x"):
        expect(desk.post("/webhooks", {"name": "X", "url": url, "kinds": ["*"]}).json["errors"][0]["code"], "webhook_url", url)
    with HookServer() as server:
        # A name is resolved when it is used: on save it says nothing.
        hook = desk.post("/webhooks", {"name": "X", "url": f"https://localhost:{server.port}/", "kinds": ["ticket.*"]}).json["webhook"]["id"]
        desk.rows(f"UPDATE webhook SET url = 'http://127.0.0.2:{server.port}/' WHERE id = {hook}")
        desk.customer_writes()
        soon(lambda: any(d["error"] == "address_refused" for d in deliveries(desk, hook)))
        expect(server.taken, [])
        desk.rows(f"UPDATE webhook SET url = 'http://1.1.1.1/' WHERE id = {hook}")
        now_due(desk)
        soon(lambda: any(d["error"] == "plain_refused" for d in deliveries(desk, hook)), "plain HTTP to others")


def test_a_redirect_leads_nowhere(desk):
    with HookServer() as server, HookServer() as inner:
        hook, _ = make(desk, server)
        server.answer = 302, {"Location": inner.url("/inside")}, b"there"
        desk.customer_writes()
        soon(lambda: any(d["error"] == "redirect" and d["status"] == 302 for d in deliveries(desk, hook)))
        expect((len(inner.taken), server.taken[0].path), (0, "/hook"))


def test_the_secret_is_told_once_and_renewed(desk):
    with HookServer() as server:
        hook, first = make(desk, server)
        desk.customer_writes()
        soon(lambda: server.taken)
        made = desk.post(f"/webhooks/{hook}/secret", {}).json
        second = made["secret"]
        expect((made["webhook"]["old_secret_until"] is not None, first != second), (True, True))
        desk.customer_writes()
        soon(lambda: len(server.taken) == 2)
        expect([server.taken[1].is_signed_with(secret) for secret in (first, second)], [True, True], "for a day by both")
        third = desk.post(f"/webhooks/{hook}/secret", {"at_once": True}).json["secret"]
        desk.customer_writes()
        soon(lambda: len(server.taken) == 3)
        expect([server.taken[2].is_signed_with(secret) for secret in (first, second, third)], [False, False, True])
        in_state(desk, hook, "sent", 3)
        everything = desk.get("/webhooks").body + desk.get(f"/webhooks/{hook}").body + desk.get("/events?after=0&limit=200").body
        everything += b"".join(json.dumps(whole(desk, hook, d)).encode() for d in deliveries(desk, hook))
        for secret in (first, second, third):
            expect(secret.encode() in everything or secret.removeprefix("whsec_").encode() in everything, False)
        stored = str(desk.rows("SELECT * FROM webhook")) + str(desk.rows("SELECT * FROM idempotency_key"))
        expect(third.removeprefix("whsec_") in stored, False, "sealed")
        key = {"Idempotency-Key": "once"}
        body = {"name": "Twice", "url": server.url(), "kinds": ["ticket.*"]}
        expect(desk.post("/webhooks", body, headers=key).status, 201)
        expect(desk.post("/webhooks", body, headers=key).json["code"], "idempotency_secret")


def test_who_may_not_manage_integrations_sees_nothing(desk):
    lea = add_agent(desk)
    with HookServer() as server:
        hook, _ = make(desk, server)
        desk.customer_writes()
        in_state(desk, hook, "sent")
        one = deliveries(desk, hook)[0]["id"]
        for method, path, body in (("GET", "/webhooks", None), ("POST", "/webhooks", {"name": "X", "url": server.url(), "kinds": ["*"]}), ("GET", f"/webhooks/{hook}", None),
                                   ("PATCH", f"/webhooks/{hook}", {"name": "Y"}), ("DELETE", f"/webhooks/{hook}", None), ("POST", f"/webhooks/{hook}/secret", {}),
                                   ("POST", f"/webhooks/{hook}/test", {}), ("POST", f"/webhooks/{hook}/replay", {"since": ago(days=1)}), ("POST", f"/webhooks/{hook}/restore", {}),
                                   ("GET", f"/webhooks/{hook}/deliveries", None), ("GET", f"/webhooks/{hook}/deliveries/{one}", None),
                                   ("POST", f"/webhooks/{hook}/deliveries/{one}/replay", {})):
            expect(desk.ask(method, path, body, token=lea).status, 403, f"{method} {path}")
        expect([e for e in desk.get("/events?after=0&limit=200", token=lea).json["items"] if e["kind"].startswith("webhook.")], [])


def test_a_webhook_tells_what_its_owner_may_see(desk):
    lea = add_agent(desk)
    desk.patch("/roles/agent", {"permissions": {"integrations.manage": "all"}})
    desk.post("/teams", {"name": "Personal", "members": [1]})
    with HookServer() as hers, HookServer() as ours:
        hook, _ = make(desk, hers, token=lea, kinds=["*"])
        own, _ = make(desk, ours, kinds=["ticket.*"])
        hidden, seen = desk.customer_writes(team="personal")["id"], desk.customer_writes()["id"]
        in_state(desk, own, "sent", 2)
        soon(lambda: any(one.json["ticket"] == seen for one in hers.taken))
        expect([one.json["ticket"] for one in ours.taken], [hidden, seen])
        expect([one for one in hers.taken if one.json["ticket"] == hidden], [])
        # What the other webhook told is no way round: neither read, nor led elsewhere and told again.
        expect([d["ticket"] for d in deliveries(desk, own, token=lea)], [seen])
        secret = next(d for d in deliveries(desk, own) if d["ticket"] == hidden)["id"]
        expect(desk.get(f"/webhooks/{own}/deliveries/{secret}", token=lea).status, 404)
        expect(desk.post(f"/webhooks/{own}/deliveries/{secret}/replay", token=lea).status, 404)
        desk.rows(f"UPDATE webhook_delivery SET state = 'failed' WHERE id = {secret}")
        changed = desk.patch(f"/webhooks/{own}", {"url": hers.url("/taken")}, token=lea).json
        expect(changed["owner"]["id"], 2, "who leads it elsewhere answers for it")
        expect(desk.post(f"/webhooks/{own}/replay", {"since": ago(days=1)}, token=lea).json["count"], 1)
        soon(lambda: [d for d in deliveries(desk, own) if d["id"] == secret and d["error"] == "not_visible"])
        expect([one for one in hers.taken if one.path == "/taken"], [])
        # Rights that are gone are gone at once.
        desk.patch("/staff/2", {"teams": []})
        desk.customer_writes(subject="No longer hers")
        last = desk.post("/teams", {"name": "Drei"}).json["id"]
        soon(lambda: any(one.kind == "team.created" and one.json["data"]["team"] == last for one in hers.taken))
        expect([one for one in hers.taken if one.kind.startswith("ticket.") and one.json["ticket"] not in (seen,)], [])
        desk.patch("/staff/2", {"state": "disabled"})
        soon(lambda: desk.get(f"/webhooks/{hook}").json["off_reason"] == "owner")
        expect(desk.get(f"/webhooks/{hook}").json["is_active"], False)


def test_a_narrow_token_makes_a_narrow_webhook(desk):
    narrow = desk.post("/tokens", {"label": "setup", "scopes": ["integrations.manage"]}).json["token"]
    with HookServer() as server:
        hook, _ = make(desk, server, token=narrow, kinds=["*"])
        desk.customer_writes()
        desk.patch("/settings", {"company": "Nordlicht"})
        expect(desk.post(f"/webhooks/{hook}/test", token=narrow).status, 204)
        soon(lambda: any(one.kind == "webhook.tested" for one in server.taken))
        expect({one.kind for one in server.taken if one.json["ticket"] or one.kind.startswith(("person.", "staff."))}, set())
        desk.patch(f"/webhooks/{hook}", {"kinds": ["ticket.*"]})
        desk.customer_writes()
        soon(lambda: any(one.kind == "ticket.opened" for one in server.taken), "what a whole owner tells")


def test_what_is_wrong_names_its_field(desk):
    with HookServer() as server:
        for body, fault in (({"kinds": ["tickets.*"]}, ("kinds", "webhook_kind")), ({"kinds": []}, ("kinds", "too_short")), ({"name": " "}, ("name", "required")),
                            ({"team": 99}, ("team", "unknown")), ({"parallel": 9}, ("parallel", "out_of_range"))):
            said = make(desk, server, 422, **body)["errors"][0]
            expect((said["field"], said["code"]) if fault[1] not in ("too_short", "out_of_range") else (said["field"], fault[1]), fault, said)
        hook, _ = make(desk, server)
        stale = desk.patch(f"/webhooks/{hook}", {"name": "Y"}, headers={"If-Match": '"7"'})
        expect((stale.status, stale.json["code"]), (412, "webhook_stale"))
        kinds = desk.get("/event-kinds").json["items"]
        expect((kinds == sorted(kinds), "ticket.opened" in kinds), (True, True))


if __name__ == "__main__":
    run_all(__name__)
