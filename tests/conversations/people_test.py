"""Teams, accounts and settings over the API."""
import base64
import hmac
import json
import struct
import time

from desk import Desk, expect, run_all


def last_link(desk, kind):
    return json.loads(desk.rows(f"SELECT data FROM letter WHERE kind = '{kind}' ORDER BY id DESC LIMIT 1")[0][0])["token"]


def add_agent(desk, name="lea", role="agent"):
    desk.run("user", "add", f"{name}@theke.test", "--name", name.title(), "--role", role, "--password-stdin", stdin="noch ein Passwort\n")
    return desk.run("token", "create", f"{name}@theke.test").strip()


def test_a_team_is_made_and_changed(desk):
    made = desk.post("/teams", {"name": "Retouren und Erstattungen", "members": [1]})
    expect((made.status, made.json["slug"], made.json["members"]), (201, "retouren-und-erstattungen", [1]))
    expect(desk.post("/teams", {"name": "Retouren und Erstattungen"}).json["errors"][0]["code"], "taken")
    path = f"/teams/{made.json['id']}"
    changed = desk.patch(path, {"reopen_days": 30, "signature_html": "<p onclick=x>Ihr Team</p>"}, headers={"If-Match": '"1"'})
    expect((changed.json["reopen_days"], changed.json["signature_html"], changed.json["members"]), (30, "<p>Ihr Team</p>", [1]))
    expect(desk.patch(path, {"name": "X"}, headers={"If-Match": '"1"'}).status, 412)
    expect(desk.patch(path, {"reopen_days": -1}).status, 422)
    expect(desk.patch(path, {"members": [99]}).json["errors"][0]["field"], "members")
    expect(desk.patch("/teams/99", {"name": "X"}).status, 404)


def test_somebody_chooses_the_keys_of_the_screen(desk):
    expect(desk.get("/me").json["keys"], {})
    version = desk.get("/me").json["version"]
    chosen = {"resolve": "q", "assignMe": "g ő", "search": "", "help": "\\"}
    changed = desk.patch("/me", {"keys": chosen}, headers={"If-Match": f'"{version}"'})
    expect((changed.status, changed.json["keys"], changed.json["keys_enabled"]), (200, chosen, True))
    expect(desk.get("/me").json["keys"], chosen)
    expect(desk.patch("/me", {"name": "Jana"}).json["keys"], chosen)
    expect(desk.patch("/me", {"keys": {}}, headers={"If-Match": f'"{version}"'}).status, 412)
    lea = add_agent(desk)
    expect(desk.get("/me", token=lea).json["keys"], {})
    expect(desk.patch("/me", {"keys": {"note": "q"}}, token=lea).json["keys"], {"note": "q"})
    expect(desk.patch("/me", {"keys": {}}).json["keys"], {})
    expect(desk.get("/me", token=lea).json["keys"], {"note": "q"})


def test_what_is_no_key_is_refused_and_nothing_changes(desk):
    desk.patch("/me", {"keys": {"resolve": "q"}})
    wrong = [{"resolve": "ab"}, {"resolve": " "}, {"resolve": "a b c"}, {"resolve": "a  b"}, {"resolve": "a "}, {"resolve": "\t"}, {"resolve": 1}, {"resolve": None}, {"resolve": "\x7f"},
             {"re-solve": "x"}, {"": "x"}, {"x" * 41: "x"}, {"résolve": "x"}, {"a" * at: "" for at in range(1, 41)} | {"b" * at: "" for at in range(1, 41)} | {"c" * at: "" for at in range(1, 41)},
             {"resolve": "x", "note": "x"}, {"resolve": "g i", "note": "g i"}]
    for each in wrong:
        refused = desk.patch("/me", {"keys": each})
        expect((refused.status, refused.json["errors"][0]["field"]), (422, "keys"), each)
    expect(desk.patch("/me", {"keys": {"resolve": "x", "note": "x"}}).json["errors"][0]["code"], "twice")
    for each in ([], "q", None, 7):
        expect(desk.patch("/me", {"keys": each}).status, 422, each)
    expect(desk.get("/me").json["keys"], {"resolve": "q"})


def test_an_agent_of_another_team_sees_no_trace(desk):
    lea = add_agent(desk)
    hr = desk.post("/teams", {"name": "Personal", "members": [1]}).json
    secret = desk.customer_writes(subject="Gehaltsfrage", text="streng vertraulich", team="personal")
    expect(secret["team"]["id"], hr["id"])
    expect(desk.get(f"/tickets/{secret['id']}", token=lea).status, 404)
    expect(desk.get(f"/tickets/{secret['id']}/messages", token=lea).status, 404)
    expect(desk.get("/tickets", token=lea).json["items"], [])
    expect(desk.get("/messages", token=lea).json["items"], [])
    expect(desk.get("/search?q=vertraulich", token=lea).json["items"], [])
    expect(desk.get("/search?q=state:new", token=lea).json["items"], [])
    expect([t["id"] for t in desk.get("/counters", token=lea).json["teams"]], [])
    events = desk.get("/events?after=0&limit=200", token=lea).json["items"]
    expect([e for e in events if e["ticket"] == secret["id"]], [])
    expect(desk.post(f"/tickets/{secret['id']}/messages", {"audience": "internal", "text": "x"}, token=lea).status, 404)
    expect(desk.patch(f"/tickets/{secret['id']}", {"priority": "low"}, token=lea).status, 404)


def test_rights_are_kept_by_role(desk):
    lea, max_ = add_agent(desk), add_agent(desk, "max", "manager")
    expect(desk.post("/teams", {"name": "X"}, token=lea).status, 403)
    expect(desk.patch("/staff/1", {"name": "X"}, token=lea).status, 403)
    expect(desk.patch("/staff/1", {"role": "agent"}, token=max_).status, 403)
    expect(desk.patch("/staff/2", {"role": "admin"}, token=max_).status, 403)
    expect(desk.patch("/staff/2", {"role": "manager"}, token=max_).json["role"], "manager")
    expect(desk.patch("/settings", {"company": "X"}, token=max_).status, 403)
    expect(desk.patch("/settings", {"company": "Nordlicht"}).json["company"], "Nordlicht")


def test_the_last_administrator_stays(desk):
    refused = desk.patch("/staff/1", {"state": "disabled"})
    expect((refused.status, refused.json["code"]), (409, "last_admin"))
    add_agent(desk, "eva", "admin")
    expect(desk.patch("/staff/2", {"state": "disabled"}).json["state"], "disabled")


def test_a_disabled_account_is_out_at_once(desk):
    lea = add_agent(desk)
    expect(desk.get("/tickets", token=lea).status, 200)
    expect(desk.patch("/staff/2", {"state": "disabled"}).status, 200)
    expect(desk.get("/tickets", token=lea).status, 401)


def test_a_token_with_scopes_does_only_those(desk):
    token = desk.post("/tokens", {"label": "report", "scopes": ["tickets.read"]}).json["token"]
    ticket = desk.customer_writes()
    expect(desk.get(f"/tickets/{ticket['id']}", token=token).status, 200)
    expect(desk.patch(f"/tickets/{ticket['id']}", {"priority": "low"}, token=token).status, 403)
    expect(desk.get("/people", token=token).status, 403)
    expect(desk.post("/tokens", {"scopes": ["everything"]}).json["errors"][0]["field"], "scopes")


def test_people_are_found_and_changed(desk):
    ticket = desk.customer_writes()
    person = desk.get("/people?email=ANA@example.org").json["items"][0]
    expect((person["id"], person["name"]), (ticket["requester"]["id"], "Ana"))
    changed = desk.patch(f"/people/{person['id']}", {"notes": "calls in the evening"}, headers={"If-Match": '"1"'})
    expect((changed.json["notes"], changed.json["identities"][0]["value"]), ("calls in the evening", "ana@example.org"))
    expect(desk.patch(f"/people/{person['id']}", {"notes": "x"}, headers={"If-Match": '"1"'}).status, 412)


def test_an_invitation_is_accepted_once(desk):
    invited = desk.post("/staff", {"email": "Lea@theke.test", "name": "Lea", "role": "agent", "teams": [1]})
    expect((invited.status, invited.json["state"], invited.json["teams"]), (201, "invited", [1]))
    expect(desk.post("/staff", {"email": "lea@theke.test", "name": "Lea", "role": "agent"}).json["errors"][0]["code"], "taken")
    token = last_link(desk, "invite")
    expect(desk.get(f"/invitations/{token}", token=False).json, {"email": "lea@theke.test", "name": "Lea"})
    expect(desk.get("/invitations/wrong", token=False).status, 422)
    body = {"token": token, "name": "Lea Horn", "password": "kurz"}
    expect(desk.post("/invitations/accept", body, token=False).json["errors"][0]["code"], "too_short")
    taken = desk.post("/invitations/accept", {**body, "password": "ein Satz ist gut"}, token=False)
    expect((taken.status, taken.json["staff"]["name"], taken.json["staff"]["teams"]), (200, "Lea Horn", [1]))
    expect(desk.post("/invitations/accept", {**body, "password": "ein Satz ist gut"}, token=False).status, 422)
    expect(desk.post("/session", {"email": "lea@theke.test", "password": "ein Satz ist gut"}, token=False).status, 200)


def test_a_forgotten_password_is_replaced(desk):
    for address in ("jana@theke.test", "nobody@theke.test"):
        expect(desk.post("/password/forgot", {"email": address}, token=False).status, 204)
    expect(len(desk.rows("SELECT id FROM letter")), 1)
    token = last_link(desk, "reset")
    body = {"token": token, "password": "ganz etwas Neues"}
    expect(desk.post("/password/reset", body, token=False).status, 204)
    expect(desk.post("/password/reset", body, token=False).status, 422)
    expect(desk.post("/session", {"email": "jana@theke.test", "password": "ein gutes Passwort"}, token=False).status, 401)
    expect(desk.post("/session", {"email": "jana@theke.test", "password": "ganz etwas Neues"}, token=False).status, 200)


def test_the_own_password_is_changed(desk):
    wrong = desk.post("/me/password", {"current_password": "falsch", "password": "ganz etwas Neues"})
    expect(wrong.json["errors"][0]["field"], "current_password")
    expect(desk.post("/me/password", {"current_password": "ein gutes Passwort", "password": "ganz etwas Neues"}).status, 204)
    expect(desk.post("/session", {"email": "jana@theke.test", "password": "ganz etwas Neues"}, token=False).status, 200)


def totp(secret, ahead=0):
    key = base64.b32decode(secret)
    sum_ = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + ahead), "sha1").digest()
    at = sum_[19] & 15
    return f"{(struct.unpack('>I', sum_[at:at + 4])[0] & 0x7fffffff) % 1000000:06}"


def sign_in(desk, totp=None, password="ein gutes Passwort", email="jana@theke.test", agent="Firefox"):
    body = {"email": email, "password": password, **({"totp": totp} if totp is not None else {})}
    return desk.post("/session", body, token=False, headers={"User-Agent": agent})


def by_cookie(desk, answer):
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    return {"token": False, "headers": {"Cookie": cookie, "X-Theke-Request": "1"}}


def test_a_request_is_for_the_account_that_it_names(desk):
    token = add_agent(desk)
    for window, who in ((1, 200), ("1", 200), (2, 401), (0, 401), ("jana", 401)):
        answer = desk.get("/tickets", headers={"X-Theke-Staff": str(window)})
        expect((answer.status, answer.json.get("code")), (who, None if who == 200 else "other_account"), window)
    expect(desk.post("/tickets", {"subject": "From Jana's window", "requester": {"name": "Ana"}}, token=token, headers={"X-Theke-Staff": "1"}).status, 401)
    expect(desk.get("/tickets").json["items"], [])
    expect(desk.get("/session", token=token, headers={"X-Theke-Staff": "1"}).json["staff"]["email"], "lea@theke.test", "who is signed in may be asked")


def switch_on(desk, **who):
    secret = desk.post("/me/totp", **who).json["secret"]
    codes = desk.post("/me/totp/confirm", {"code": totp(secret, -1)}, **who).json["recovery_codes"]
    return secret, codes


def kinds(desk, beginning):
    return [e["kind"] for e in desk.get("/events?after=0&limit=200").json["items"] if e["kind"].startswith(beginning)]


def test_a_second_factor_is_asked_for(desk):
    expect(desk.post("/me/totp/confirm", {"code": "123456"}).json["code"], "totp_not_begun")
    offer = desk.post("/me/totp").json
    expect(offer["otpauth_url"], f"otpauth://totp/Theke:jana@theke.test?secret={offer['secret']}&issuer=Theke")
    expect(sign_in(desk).status, 200, "nothing is asked before a code has confirmed the key")
    wrong = desk.post("/me/totp/confirm", {"code": "abcdef"})
    expect((wrong.status, wrong.json["errors"][0]["field"]), (422, "code"))
    first = totp(offer["secret"], -1)
    confirmed = desk.post("/me/totp/confirm", {"code": first})
    expect((confirmed.status, len(set(confirmed.json["recovery_codes"]))), (200, 10))
    expect(desk.post("/me/totp").json["code"], "totp_is_on")
    expect((sign_in(desk).status, sign_in(desk).json["code"]), (401, "totp_required"))
    expect(sign_in(desk, password="falsch").json["code"], "invalid_credentials")
    expect(sign_in(desk, first).json["code"], "totp_invalid", "the step that confirmed is used up")
    code = totp(offer["secret"])
    signed_in = sign_in(desk, code)
    expect((signed_in.status, signed_in.json["staff"]["totp"]), (200, True))
    expect(sign_in(desk, code).json["code"], "totp_invalid")
    stored = desk.rows("SELECT totp_secret FROM staff WHERE id = 1")[0][0]
    plain = base64.b32decode(offer["secret"])
    expect(plain in stored if isinstance(stored, bytes) else plain.hex() in stored, False, "the key is sealed")


def test_a_recovery_code_works_once(desk):
    _, codes = switch_on(desk)
    expect(sign_in(desk, codes[0].upper().replace("-", " ")).status, 200)
    expect(sign_in(desk, codes[0]).json["code"], "totp_invalid")
    expect(sign_in(desk, codes[9]).status, 200)
    expect(kinds(desk, "staff.recovery"), ["staff.recovery_used", "staff.recovery_used"])


def test_wrong_codes_lock_the_account(desk):
    secret, codes = switch_on(desk)
    for _ in range(5):
        expect(sign_in(desk, "000000").json["code"], "totp_invalid")
    locked = sign_in(desk, codes[0])
    expect((locked.status, locked.json["code"]), (429, "locked"))
    expect(0 < int(locked.headers["Retry-After"]) <= 31, True)


def test_the_second_factor_goes_with_the_password(desk):
    switch_on(desk)
    wrong = desk.ask("DELETE", "/me/totp", {"password": "falsch"})
    expect((wrong.status, wrong.json["errors"][0]["field"]), (422, "password"))
    expect(desk.ask("DELETE", "/me/totp", {"password": "ein gutes Passwort"}).status, 204)
    expect(sign_in(desk).status, 200)
    expect(kinds(desk, "staff.totp_o")[-2:], ["staff.totp_on", "staff.totp_off"])
    expect(desk.rows("SELECT staff_id FROM recovery_code"), [])


def test_a_lost_second_factor_is_taken_off(desk):
    lea, max_ = add_agent(desk), add_agent(desk, "max", "manager")
    switch_on(desk)
    switch_on(desk, token=lea)
    expect(desk.ask("DELETE", "/staff/2/totp", token=lea).status, 403)
    expect(desk.ask("DELETE", "/staff/1/totp", token=max_).status, 403)
    expect(desk.ask("DELETE", "/staff/1/totp").status, 403, "the own one needs the password")
    expect(desk.ask("DELETE", "/staff/99/totp").status, 404)
    expect(desk.ask("DELETE", "/staff/2/totp", token=max_).status, 204)
    expect([s["totp"] for s in sorted(desk.get("/staff").json["items"], key=lambda s: s["id"])], [True, False, False])
    expect(sign_in(desk, email="lea@theke.test", password="noch ein Passwort").status, 200)


def test_own_sessions_are_listed_and_ended(desk):
    here, phone, old = (sign_in(desk, agent=agent) for agent in ("Firefox", "Phone", "Old"))
    me = by_cookie(desk, here)
    items = desk.get("/me/sessions", **me).json["items"]
    expect(sorted((s["agent"], s["current"], s["address"]) for s in items),
           [("Firefox", True, "127.0.0.1"), ("Old", False, "127.0.0.1"), ("Phone", False, "127.0.0.1")])
    ids = {s["agent"]: s["id"] for s in items}
    add_agent(desk)
    other = by_cookie(desk, sign_in(desk, email="lea@theke.test", password="noch ein Passwort"))
    expect(desk.ask("DELETE", f"/me/sessions/{ids['Old']}", **other).status, 404)
    expect(desk.ask("DELETE", f"/me/sessions/{ids['Phone']}", **me).status, 204)
    expect(desk.ask("DELETE", f"/me/sessions/{ids['Phone']}", **me).json["code"], "session_not_found")
    expect(desk.get("/tickets", **by_cookie(desk, phone)).status, 401)
    expect(desk.get("/tickets", **by_cookie(desk, old)).status, 200)
    expect(desk.ask("DELETE", "/me/sessions", **me).status, 204)
    expect(desk.get("/tickets", **by_cookie(desk, old)).status, 401)
    expect([s["agent"] for s in desk.get("/me/sessions", **me).json["items"]], ["Firefox"])
    expect(desk.ask("DELETE", "/sessions", **me).status, 204)
    expect(desk.get("/tickets", **me).status, 401)
    expect(desk.get("/tickets", **other).status, 200)


def test_a_token_with_scopes_leaves_its_owners_account_alone(desk):
    narrow = desk.post("/tokens", {"scopes": ["tickets.read"]}).json["token"]
    tokens, password = desk.get("/tokens").json["items"], {"current_password": "ein gutes Passwort", "password": "ein anderes Passwort"}
    for method, path, body in (
            ("PATCH", "/me", {"name": "Somebody"}), ("POST", "/me/password", password), ("DELETE", "/sessions", None),
            ("GET", "/me/sessions", None), ("DELETE", "/me/sessions", None), ("DELETE", "/me/sessions/1", None), ("GET", "/tokens", None),
            ("DELETE", f"/tokens/{tokens[0]['id']}", None), ("POST", "/me/totp", None), ("POST", "/me/totp/confirm", {"code": "123456"}),
            ("DELETE", "/me/totp", {"password": "ein gutes Passwort"})):
        refused = desk.ask(method, path, body, token=narrow)
        expect((refused.status, refused.json["code"]), (403, "forbidden"), (method, path))
    expect((desk.get("/me", token=narrow).json["name"], len(desk.get("/tokens").json["items"])), ("Jana Petersen", len(tokens)))
    expect(sign_in(desk).status, 200)


def test_a_token_with_scopes_does_not_grow(desk):
    narrow = desk.post("/tokens", {"scopes": ["tickets.read"]}).json["token"]
    expect(desk.post("/tokens", {"scopes": ["staff.manage"]}, token=narrow).status, 422)
    heir = desk.post("/tokens", {"label": "heir"}, token=narrow).json["token"]
    expect((desk.get("/tickets", token=heir).status, desk.get("/people", token=heir).status), (200, 403))
    expect(desk.post("/me/totp", token=narrow).status, 403)
    expect(desk.ask("DELETE", "/me/sessions", token=narrow).status, 403)


def test_a_token_that_ends_makes_none_that_lives_longer(desk):
    ends = "2099-01-01T00:00:00.000Z"
    mortal = desk.post("/tokens", {"label": "mortal", "expires_at": ends}).json["token"]
    for label, wish in (("heir", None), ("greedy", "2100-01-01T00:00:00Z"), ("modest", "2098-01-01T00:00:00Z")):
        desk.post("/tokens", {"label": label, **({"expires_at": wish} if wish else {})}, token=mortal)
    made = {one["label"]: one["expires_at"] and one["expires_at"][:4] for one in desk.get("/tokens").json["items"]}
    expect([made[label] for label in ("mortal", "heir", "greedy", "modest")], ["2099", "2099", "2099", "2098"])


def test_what_a_role_may_is_changed(desk):
    lea, max_ = add_agent(desk), add_agent(desk, "max", "manager")
    expect(desk.get("/people", token=lea).status, 200)
    changed = desk.patch("/roles/agent", {"permissions": {"people.read": "none", "tickets.read": "own", "people.change": "all"}})
    expect([changed.json["permissions"][p] for p in ("people.read", "tickets.read", "tickets.reply")], ["none", "own", "team"])
    expect(desk.get("/people", token=lea).status, 403)
    event = [e for e in desk.get("/events?after=0&limit=200").json["items"] if e["kind"] == "role.changed"][0]
    expect(event["data"], {"role": "agent", "people.read": ["all", "none"], "tickets.read": ["team", "own"]})
    expect(desk.patch("/roles/agent", {"permissions": {"staff.manage": "own"}}).json["errors"][0]["code"], "scope_invalid")
    expect(desk.patch("/roles/agent", {"permissions": {"everything": "all"}}).json["errors"][0]["code"], "unknown")
    expect(desk.patch("/roles/agent", {"permissions": {"people.read": 3}}).status, 422)
    expect(desk.patch("/roles/agent", {"permissions": ["people.read"]}).status, 422)
    expect(desk.patch("/roles/boss", {"permissions": {}}).json["code"], "role_not_found")
    expect(desk.patch("/roles/admin", {"permissions": {"roles.manage": "none"}}).json["code"], "role_fixed")
    expect(desk.patch("/roles/agent", {"permissions": {"people.read": "all"}}, token=max_).status, 403)
    expect(desk.patch("/roles/manager", {"permissions": {"roles.manage": "all"}}).status, 200)
    expect(desk.patch("/roles/agent", {"permissions": {"people.read": "all"}}, token=max_).status, 200)
    expect(desk.patch("/roles/manager", {"permissions": {"settings.manage": "all"}}, token=max_).status, 403, "more than one's own")
    expect([r["name"] for r in desk.get("/roles").json["items"]], ["admin", "manager", "agent"])
    desk.kill()
    desk.start()
    expect(desk.get("/me", token=lea).json["permissions"].get("tickets.read"), "own", "a start does not bring the defaults back")


def test_the_language_of_set_up_is_that_of_the_house(desk):
    fresh = Desk(desk.database)
    try:
        fresh.start()
        body = {"token": fresh.setup_link.split("#")[1], "email": "eszter@theke.test", "name": "Eszter", "password": "egy hosszabb jelszó",
                "company": "Kávéház", "locale": "hu"}
        expect(fresh.post("/setup", body, token=False).status, 200)
        fresh.token = fresh.run("token", "create", "eszter@theke.test").strip()
        expect([each["language"] for each in fresh.get("/teams").json["items"]], ["hu"], "the first team")
        expect(fresh.post("/teams", {"name": "Számlázás"}).json["language"], "hu", "teams that come later")
        expect(fresh.post("/teams", {"name": "Export", "language": "en"}).json["language"], "en")
        fresh.run("user", "add", "bela@theke.test", "--name", "Béla", "--role", "agent")
        expect([each["locale"] for each in fresh.get("/staff").json["items"]], ["hu", "hu"], "accounts")
        fresh.post("/staff", {"email": "lea@theke.test", "name": "Lea", "role": "agent"})
        expect(fresh.rows("SELECT language FROM letter"), [("hu",)], "the invitation")
    finally:
        fresh.__exit__()


if __name__ == "__main__":
    run_all(__name__)
