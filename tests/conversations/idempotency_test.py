"""The same request sent twice with one Idempotency-Key is done once."""
from desk import expect, run_all


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


if __name__ == "__main__":
    run_all(__name__)
