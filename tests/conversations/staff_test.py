"""Accounts of the people who work here: inviting, switching off, handing out rights, and guessing passwords."""
import socket
import statistics
import threading
import time

from desk import expect, run_all
from live import Live
from people_test import add_agent, by_cookie, kinds, last_link, sign_in


def fault(answer):
    return answer.status, answer.json["errors"][0]["field"], answer.json["errors"][0]["code"]


def test_an_invitation_is_sent_again(desk):
    lea = desk.post("/staff", {"email": "lea@theke.test", "name": "Lea", "role": "agent"}).json["id"]
    old = last_link(desk, "invite")
    expect(desk.post(f"/staff/{lea}/invitation").status, 204)
    new = last_link(desk, "invite")
    expect((desk.get(f"/invitations/{old}", token=False).status, desk.get(f"/invitations/{new}", token=False).status), (422, 200))
    body = {"token": new, "name": "Lea", "password": "noch ein Passwort"}
    expect(desk.post("/invitations/accept", body, token=False).status, 200)
    accepted = desk.post(f"/staff/{lea}/invitation")
    expect((accepted.status, accepted.json["code"]), (409, "not_invited"))
    expect(desk.post("/staff/99/invitation").status, 404)
    expect(kinds(desk, "staff.invited"), ["staff.invited"])


def test_invitations_are_listed_with_what_became_of_their_letters(desk):
    lea = desk.post("/staff", {"email": "lea@theke.test", "name": "Lea", "role": "agent"}).json["id"]
    invited = lambda: desk.get("/invitations").json["items"]
    for _ in range(200):
        if invited()[0]["problem"]:
            break
        time.sleep(0.05)
    one = invited()[0]
    expect({key: one[key] for key in ("staff", "email", "name", "sent_at", "problem")},
           {"staff": lea, "email": "lea@theke.test", "name": "Lea", "sent_at": None, "problem": "no_mailbox"})
    expect(desk.get("/invitations", token=add_agent(desk, "max")).status, 403)
    desk.patch(f"/staff/{lea}", {"state": "disabled"})
    expect(invited(), [])
    expect(desk.rows("SELECT COUNT(*) FROM letter WHERE next_at IS NOT NULL")[0][0] in (0, "0"), True, "the letter does not go out any more")


def test_a_withdrawn_letter_stays_withdrawn_when_it_was_just_being_sent(desk):
    with socket.create_server(("127.0.0.1", 0)) as server:
        outbound = {"host": "127.0.0.1", "port": server.getsockname()[1], "security": "none"}
        desk.post("/mailboxes", {"name": "Support", "address": "support@theke.test", "inbound": {"kind": "lmtp"}, "outbound": outbound})
        lea = desk.post("/staff", {"email": "lea@theke.test", "name": "Lea", "role": "agent"}).json["id"]
        server.settimeout(10)
        sending, _ = server.accept()
        expect(desk.patch(f"/staff/{lea}", {"state": "disabled"}).status, 200)
        sending.close()
    for _ in range(200):
        if desk.get("/mail-state").json["troubles"]:
            break
        time.sleep(0.05)
    expect(len(desk.get("/mail-state").json["troubles"]), 1, "that it failed has been written down")
    expect(desk.rows("SELECT COUNT(*) FROM letter WHERE next_at IS NOT NULL")[0][0] in (0, "0"), True, "an empty letter waits to be sent")


def test_a_link_is_handed_over_where_no_letter_goes(desk):
    lea = desk.post("/staff", {"email": "lea@theke.test", "name": "Lea", "role": "agent"}).json["id"]
    mailed = last_link(desk, "invite")
    made = desk.post(f"/staff/{lea}/invitation/link")
    expect(made.status, 201)
    link = made.json["token"]
    for token in (mailed, link):
        expect(desk.get(f"/invitations/{token}", token=False).status, 200, "both are good")
    expect(desk.post("/invitations/accept", {"token": link, "name": "Lea", "password": "noch ein Passwort"}, token=False).status, 200)
    expect(desk.get(f"/invitations/{mailed}", token=False).status, 422, "one is used, and the other ends with it")
    expect((desk.post(f"/staff/{lea}/invitation/link").json["code"], desk.post("/staff/99/invitation/link").status), ("not_invited", 404))
    expect(kinds(desk, "staff.invitation_link"), ["staff.invitation_link"])


def test_an_invited_account_can_be_switched_off_and_on(desk):
    lea = desk.post("/staff", {"email": "lea@theke.test", "name": "Lea", "role": "agent"}).json["id"]
    link = last_link(desk, "invite")
    expect(fault(desk.patch(f"/staff/{lea}", {"state": "active"})), (422, "state", "invited"))
    desk.patch(f"/staff/{lea}", {"state": "disabled"})
    expect(desk.get(f"/invitations/{link}", token=False).status, 422)
    expect(desk.patch(f"/staff/{lea}", {"state": "active"}).json["state"], "invited", "it never had a password")


def test_switching_off_ends_everything_for_good(desk):
    lea = add_agent(desk)
    session = by_cookie(desk, sign_in(desk, email="lea@theke.test", password="noch ein Passwort"))
    desk.post("/password/forgot", {"email": "lea@theke.test"}, token=False)
    link = last_link(desk, "reset")
    with Live(desk, lea, "inbox") as live:
        expect((desk.get("/tickets", token=lea).status, desk.get("/tickets", **session).status), (200, 200))
        expect(desk.patch("/staff/2", {"state": "disabled"}).status, 200)
        expect((desk.get("/tickets", token=lea).status, desk.get("/tickets", **session).status), (401, 401))
        expect(live.is_closed(2), 4401)
    expect(sign_in(desk, email="lea@theke.test", password="noch ein Passwort").status, 401)
    desk.patch("/staff/2", {"state": "active"})
    expect((desk.get("/tickets", token=lea).status, desk.get("/tickets", **session).status), (401, 401), "old keys fit no more")
    expect(desk.post("/password/reset", {"token": link, "password": "ganz etwas Neues"}, token=False).status, 422)
    expect(sign_in(desk, email="lea@theke.test", password="noch ein Passwort").status, 200)


def test_nobody_hands_out_more_than_they_have(desk):
    lea, max_ = add_agent(desk), add_agent(desk, "max", "manager")
    desk.patch("/roles/agent", {"permissions": {"staff.manage": "all"}})
    expect(desk.patch("/staff/3", {"name": "Max Horn"}, token=lea).json["code"], "role_exceeds", "who may more is left alone")
    expect(desk.patch("/staff/2", {"role": "manager"}, token=lea).json["code"], "role_exceeds")
    expect(desk.post("/staff", {"email": "x@theke.test", "name": "X", "role": "manager"}, token=lea).json["code"], "role_exceeds")
    expect(desk.post("/staff", {"email": "x@theke.test", "name": "X", "role": "agent"}, token=lea).status, 201)
    expect(desk.ask("DELETE", "/staff/3/totp", token=lea).status, 403)
    for body in ({"role": "admin"}, {"state": "disabled"}):
        expect(desk.patch("/staff/1", body, token=max_).status, 403)
    expect(desk.post("/staff", {"email": "y@theke.test", "name": "Y", "role": "admin"}, token=max_).status, 403)
    expect(desk.patch("/staff/2", {"role": "manager"}, token=max_).json["role"], "manager")


def test_what_nobody_granted_is_refused(desk):
    lea = add_agent(desk)
    roles = {r["name"]: r["permissions"] for r in desk.get("/roles").json["items"]}
    expect(set(roles["admin"].values()), {"all"})
    desk.patch("/roles/agent", {"permissions": dict.fromkeys(roles["agent"], "none")})
    expect(desk.get("/me", token=lea).json["permissions"], {})
    for path in ("/tickets", "/messages", "/search?q=x", "/counters", "/tags", "/drafts", "/people", "/companies", "/staff", "/roles", "/mailboxes"):
        expect(desk.get(path, token=lea).status, 403, path)
    expect([e for e in desk.get("/events?after=0&limit=200", token=lea).json["items"] if e["kind"].startswith(("ticket.", "person."))], [])
    for body in ({"permissions": dict.fromkeys(roles["admin"], "none")}, {"permissions": {}}):
        expect(desk.patch("/roles/admin", body).json["code"], "role_fixed")


def test_two_administrators_cannot_take_each_other_away(desk):
    second = add_agent(desk, "eva", "admin")
    for _ in range(5):
        answers = []
        pairs = ((2, desk.token), (1, second))
        threads = [threading.Thread(target=lambda id_=id_, token=token: answers.append(desk.patch(f"/staff/{id_}", {"role": "manager"}, token=token)))
                   for id_, token in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        left = desk.rows("SELECT id FROM staff WHERE role = 'admin' AND state = 'active'")
        expect(len(left), 1, [a.status for a in answers])
        keeper, fallen = (desk.token, 2) if int(left[0][0]) == 1 else (second, 1)
        expect(desk.patch(f"/staff/{left[0][0]}", {"state": "disabled"}, token=keeper).json["code"], "last_admin")
        expect(desk.patch(f"/staff/{fallen}", {"role": "admin"}, token=keeper).status, 200)


def test_an_address_that_guesses_is_locked_whatever_it_names(desk):
    for number in range(30):
        expect(sign_in(desk, email=f"nobody{number}@theke.test", password="falsch").status, 401)
    locked = sign_in(desk)
    expect((locked.status, locked.json["code"]), (429, "locked"))
    expect(0 < int(locked.headers["Retry-After"]) <= 31, True)


def test_a_new_password_lifts_the_lock_and_leaves_tokens_alone(desk):
    session = by_cookie(desk, sign_in(desk))
    for _ in range(5):
        sign_in(desk, password="falsch")
    expect(sign_in(desk).json["code"], "locked")
    desk.post("/password/forgot", {"email": "jana@theke.test"}, token=False)
    expect(desk.post("/password/reset", {"token": last_link(desk, "reset"), "password": "ganz etwas Neues"}, token=False).status, 204)
    expect(sign_in(desk, password="ganz etwas Neues").status, 200)
    expect((desk.get("/tickets", **session).status, desk.get("/tickets").status), (401, 200))


def test_guessing_the_own_password_locks_the_account(desk):
    tries = (("POST", "/me/password", {"current_password": "falsch", "password": "ein anderes Passwort"}), ("DELETE", "/me/totp", {"password": "falsch"}))
    for number in range(5):
        method, path, body = tries[number % 2]
        headers = {"Idempotency-Key": "guess"} if method == "POST" else None
        refused = desk.ask(method, path, body, headers=headers)
        expect((refused.status, refused.json["errors"][0]["code"]), (422, "wrong"), refused.body)
    for method, path, body in tries:
        locked = desk.ask(method, path, {**body, **{key: "ein gutes Passwort" for key in body if key != "password" or path == "/me/totp"}})
        expect((locked.status, locked.json["code"]), (429, "locked"), path)
    expect((sign_in(desk).status, len(kinds(desk, "staff.password_refused"))), (429, 5))


def test_the_right_password_forgives_the_wrong_ones(desk):
    right = {"current_password": "ein gutes Passwort", "password": "ein gutes Passwort"}
    for _ in range(3):
        for _ in range(3):
            expect(desk.post("/me/password", {**right, "current_password": "falsch"}).status, 422)
        expect(desk.post("/me/password", right).status, 204)


def test_who_is_switched_off_while_changing_the_password_stays_so(desk):
    lea = add_agent(desk)
    change = {"current_password": "noch ein Passwort", "password": "noch ein Passwort"}
    for wait in range(0, 200, 20):
        thread = threading.Thread(target=lambda: desk.post("/me/password", change, token=lea))
        thread.start()
        time.sleep(wait / 1000)
        desk.patch("/staff/2", {"state": "disabled"})
        thread.join()
        expect(desk.rows("SELECT state FROM staff WHERE id = 2"), [("disabled",)])
        desk.patch("/staff/2", {"state": "active"})
        lea = desk.run("token", "create", "lea@theke.test").strip()


def test_unknown_accounts_are_locked_like_known_ones(desk):
    answers = {email: [sign_in(desk, email=email, password="falsch").json["code"] for _ in range(7)] for email in ("jana@theke.test", "nobody@theke.test")}
    expect(answers["jana@theke.test"], answers["nobody@theke.test"])
    expect(answers["jana@theke.test"], ["invalid_credentials"] * 5 + ["locked"] * 2)


def test_unknown_accounts_take_as_long_as_known_ones(desk):
    add_agent(desk)
    spent = {"jana@theke.test": [], "lea@theke.test": [], "nobody@theke.test": [], "noone@theke.test": []}
    for _ in range(4):
        for email, times in spent.items():
            started = time.perf_counter()
            expect(sign_in(desk, email=email, password="falsch").json["code"], "invalid_credentials")
            times.append(time.perf_counter() - started)
    known = statistics.median(spent["jana@theke.test"] + spent["lea@theke.test"])
    unknown = statistics.median(spent["nobody@theke.test"] + spent["noone@theke.test"])
    expect(0.5 < unknown / known < 2, True, f"known {known:.3f} s, unknown {unknown:.3f} s")
    expect(unknown > 0.02, True, f"a password is really hashed: {unknown:.3f} s")


def test_a_forgotten_password_brings_one_letter_a_minute(desk):
    for _ in range(3):
        expect(desk.post("/password/forgot", {"email": "jana@theke.test"}, token=False).status, 204)
    expect(len(desk.rows("SELECT id FROM letter")), 1)


def test_a_token_ends_and_shows_when_it_was_used(desk):
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    expect(fault(desk.post("/tokens", {"label": "old", "expires_at": "2020-01-01T00:00:00Z"})), (422, "expires_at", "past"))
    brief = desk.post("/tokens", {"label": "brief", "expires_at": soon}).json["token"]
    expect(desk.get("/tickets", token=brief).status, 200)
    for _ in range(60):
        shown = {t["label"]: t for t in desk.get("/tokens").json["items"]}["brief"]
        if shown["last_used_at"]:
            break
        time.sleep(0.05)
    expect((shown["last_used_at"] is not None, shown["expires_at"][:19]), (True, soon[:19]))
    time.sleep(2.2)
    expect(desk.get("/tickets", token=brief).status, 401)


if __name__ == "__main__":
    run_all(__name__)
