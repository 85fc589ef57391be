"""Teams, accounts and settings over the API."""
import json

from desk import expect, run_all


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


if __name__ == "__main__":
    run_all(__name__)
