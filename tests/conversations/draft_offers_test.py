"""A draft that somebody else finishes: handed on, taken once, with its files."""
from access_test import wait_for
from desk import at_once, expect, run_all
from people_test import add_agent


def begin(desk, ticket, text="Sehr geehrte Frau Huber", token=True, files=()):
    form = {"html": "", "text": text, "to": "", "cc": "", "bcc": "", "files": list(files)}
    expect(desk.ask("PUT", f"/tickets/{ticket}/draft", {"audience": "public", "content": {"public": form, "saved": 1}}, token=token).status, 200)


def hand(desk, ticket, to=None, token=True):
    return desk.post(f"/tickets/{ticket}/draft/hand", {"to": to}, token=token)


def test_a_draft_is_handed_to_the_team_and_taken_with_its_files(desk):
    lea = add_agent(desk)
    ticket = desk.customer_writes()["id"]
    upload = desk.post("/uploads", b"inhalt", headers={"Content-Type": "application/octet-stream", "X-File-Name": "a.txt"}).json
    expect(hand(desk, ticket).status, 404, "there is none yet")
    begin(desk, ticket, files=[{"id": upload["id"], "name": "a.txt"}])
    offer, = hand(desk, ticket).json["items"]
    expect((offer["from"]["name"], offer["to"], offer["content"]["public"]["text"]), ("Jana Petersen", None, "Sehr geehrte Frau Huber"))
    expect(desk.get(f"/tickets/{ticket}/draft").status, 404, "its writer has it no more")
    expect([o["id"] for o in desk.get(f"/tickets/{ticket}/draft-offers", token=lea).json["items"]], [offer["id"]])
    taken = desk.post(f"/draft-offers/{offer['id']}/take", token=lea)
    expect((taken.status, taken.json["content"]["public"]["text"]), (200, "Sehr geehrte Frau Huber"))
    expect(desk.get(f"/tickets/{ticket}/draft-offers").json["items"], [])
    expect(desk.post(f"/draft-offers/{offer['id']}/take").status, 404)
    sent = desk.post(f"/tickets/{ticket}/messages", {"audience": "public", "text": "Fertig", "attachments": [upload["id"]]}, token=lea)
    expect((sent.status, sent.json["attachments"][0]["name"]), (201, "a.txt"))
    kinds = [e["kind"] for e in desk.get(f"/tickets/{ticket}/history").json["items"]]
    expect([k for k in kinds if k.startswith("draft.")], ["draft.taken", "draft.handed"])


def test_of_two_who_take_one_has_it(desk):
    tokens = [add_agent(desk, name) for name in ("lea", "mia", "max")]
    ticket = desk.customer_writes()["id"]
    begin(desk, ticket)
    offer, = hand(desk, ticket).json["items"]
    answers = at_once(*[lambda token=token: desk.post(f"/draft-offers/{offer['id']}/take", token=token) for token in tokens])
    expect(sorted(a.status for a in answers), [200, 404, 404])
    expect(sorted(desk.get(f"/tickets/{ticket}/draft", token=token).status for token in tokens), [200, 404, 404])


def test_what_is_for_one_colleague_is_for_nobody_else(desk):
    lea, mia = add_agent(desk), add_agent(desk, "mia")
    ticket = desk.customer_writes()["id"]
    begin(desk, ticket)
    offer, = hand(desk, ticket, 2).json["items"]
    expect(desk.post(f"/draft-offers/{offer['id']}/take", token=mia).status, 404)
    notice, = wait_for(lambda: desk.get("/notices", token=lea).json["items"])
    expect((notice["kind"], notice["why"], notice["actor"]["name"]), ("draft", "handed", "Jana Petersen"))
    begin(desk, ticket, "Mein eigener", token=lea)
    expect((desk.post(f"/draft-offers/{offer['id']}/take", token=lea).json["code"]), "draft_exists", "nothing that one writes is lost")
    expect(desk.get(f"/tickets/{ticket}/draft", token=lea).json["content"]["public"]["text"], "Mein eigener")
    expect(desk.post(f"/draft-offers/{offer['id']}/take").status, 200, "its giver may take it back")
    desk.post("/teams", {"name": "Personal", "members": [1]})
    foreign = desk.customer_writes(team="personal")["id"]
    begin(desk, foreign)
    refused = hand(desk, foreign, 2)
    expect((refused.status, refused.json["errors"][0]["code"]), (422, "may_not_answer"))
    expect(desk.get(f"/tickets/{foreign}/draft").status, 200, "and stays with its writer")


def test_what_was_handed_on_survives_a_merge(desk):
    lea = add_agent(desk)
    first, second = desk.customer_writes()["id"], desk.customer_writes()["id"]
    offered = lambda *tickets: [len(desk.get(f"/tickets/{ticket}/draft-offers").json["items"]) for ticket in tickets]
    for ticket in (first, first, second):
        begin(desk, ticket)
        hand(desk, ticket)
    merged = desk.post(f"/tickets/{first}/merge", {"into": second}).json
    expect(offered(second), [3])
    offer = desk.get(f"/tickets/{second}/draft-offers", token=lea).json["items"][0]
    expect(desk.post(f"/draft-offers/{offer['id']}/take", token=lea).status, 200)
    expect(desk.post(f"/operations/{merged['id']}/undo").status, 200)
    expect(offered(first, second), [1, 1], "what was taken is no offer any more, the other goes back")


def test_what_is_handed_on_or_taken_during_a_merge_is_not_left_behind(desk):
    lea = add_agent(desk)
    for _ in range(12):
        first, second = desk.customer_writes()["id"], desk.customer_writes()["id"]
        begin(desk, first, token=lea)
        offer, = hand(desk, first, token=lea).json["items"]
        begin(desk, first)
        handed, taken, merged = at_once(lambda: hand(desk, first), lambda: desk.post(f"/draft-offers/{offer['id']}/take", token=lea),
                                        lambda: desk.post(f"/tickets/{first}/merge", {"into": second}))
        expect((merged.status, taken.status, handed.status in (200, 409)), (200, 200, True), [handed.body, taken.body, merged.body])
        for table in ("draft", "draft_offer"):
            expect(desk.rows(f"SELECT ticket_id FROM {table} WHERE ticket_id = {first}"), [], f"{table} in a merged ticket")


if __name__ == "__main__":
    run_all(__name__)
