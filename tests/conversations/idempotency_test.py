"""The same request sent twice with one Idempotency-Key is done once."""
from desk import expect, run_all
from people_test import by_cookie, last_link


def test_a_repeated_request_gets_the_first_answer(desk):
    body = {"subject": "Once", "text": "only", "requester": {"email": "ana@example.org"}}
    first, again = (desk.post("/tickets", body, headers={"Idempotency-Key": "a"}) for _ in range(2))
    expect((first.status, again.status, again.json["id"]), (201, 201, first.json["id"]))
    expect(again.headers["Idempotency-Replayed"], "true")
    other = desk.post("/tickets", {**body, "subject": "Another"}, headers={"Idempotency-Key": "a"})
    expect((other.status, other.json["code"]), (422, "idempotency_mismatch"))
    expect(len(desk.get("/tickets").json["items"]), 1)


def test_an_answer_with_a_secret_is_kept_nowhere(desk):
    made = desk.post("/tokens", {"label": "cash desk"}, headers={"Idempotency-Key": "b"})
    expect(made.status, 201, made.body)
    again = desk.post("/tokens", {"label": "cash desk"}, headers={"Idempotency-Key": "b"})
    expect((again.status, again.json["code"]), (409, "idempotency_secret"))
    expect(any(made.json["token"] in str(row) for row in desk.rows("SELECT * FROM idempotency_key")), False)


def test_a_large_answer_is_kept_like_a_small_one(desk):
    ticket = desk.customer_writes()
    body = {"audience": "internal", "html": "<p>" + "a & <b>b</b> " * 45000 + "</p>"}
    first, again = (desk.post(f"/tickets/{ticket['id']}/messages", body, headers={"Idempotency-Key": "large"}) for _ in range(2))
    expect((first.status, again.status, again.headers["Location"]), (201, 201, first.headers["Location"]))
    expect((len(first.body) > 1024 * 1024, again.body == first.body), (True, True))
    expect(desk.get(f"/tickets/{ticket['id']}").json["message_count"], 2)


def test_another_file_under_the_same_key_is_refused(desk):
    def upload(name="a.txt", data=b"hello"):
        headers = {"X-File-Name": name, "Content-Type": "application/octet-stream", "Idempotency-Key": "file"}
        return desk.ask("POST", "/uploads", data, headers)

    first, again = upload(), upload()
    expect((first.status, again.status, again.json), (201, 201, first.json))
    for other in (upload(name="b.txt"), upload(data=b"hallo")):
        expect((other.status, other.json["code"]), (422, "idempotency_mismatch"))


def test_another_condition_under_the_same_key_is_refused(desk):
    ticket = desk.customer_writes()
    note = lambda version: desk.post(f"/tickets/{ticket['id']}/messages", {"audience": "internal", "text": "Note."},
                                     headers={"Idempotency-Key": "note", "If-Match": f'"{version}"'})
    first, again, other = (note(ticket["version"] + later) for later in (0, 0, 1))
    expect((first.status, again.status, again.headers["Idempotency-Replayed"]), (201, 201, "true"), again.body)
    expect((other.status, other.json["code"]), (422, "idempotency_mismatch"))


def test_signing_in_is_not_repeated(desk):
    key = {"token": False, "headers": {"Idempotency-Key": "door"}}
    right = {"email": "jana@theke.test", "password": "ein gutes Passwort"}
    for _ in range(2):
        answer = desk.post("/session", right, **key)
        expect((answer.status, answer.headers["Idempotency-Replayed"]), (200, None))
        expect(desk.get("/me", **by_cookie(desk, answer)).status, 200)
    wrong = [desk.post("/session", {**right, "password": "falsch"}, **key).json["code"] for _ in range(6)]
    expect(wrong, ["invalid_credentials"] * 5 + ["locked"])
    desk.post("/staff", {"email": "lea@theke.test", "name": "Lea", "role": "agent"})
    accept = {"token": last_link(desk, "invite"), "name": "Lea", "password": "noch ein Passwort"}
    expect([desk.post("/invitations/accept", accept, **key).status for _ in range(2)], [200, 422])
    expect(desk.rows("SELECT key FROM idempotency_key"), [])


if __name__ == "__main__":
    run_all(__name__)
