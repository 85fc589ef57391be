"""Changes meant for a version: If-Match in all its forms, and answers written to what a ticket was."""
from desk import expect, run_all


def test_if_match_is_understood_or_refused(desk):
    ticket = desk.customer_writes()
    path, number = f"/tickets/{ticket['id']}", iter(range(100))

    def change(condition):
        return desk.patch(path, {"subject": f"Subject {next(number)}"}, headers={"If-Match": condition})

    for unreadable in ("abc", '"7', '"1" "2"', '"1",', ",", '"', "-1", "W/7", '"1", abc'):
        refused = change(unreadable)
        expect((refused.status, refused.json["errors"][0]["field"]), (400, "If-Match"), unreadable)
    for never in ('"v1"', '"0"', '"999"', '""', 'W/"999"', '"998", "999"', "999"):
        expect(change(never).status, 412, never)
    expect(desk.get(path).json["subject"], "My invoice is wrong")
    for good in ("*", '"{}"', '"999", "{}"', 'W/"{}"', "{}"):
        expect(change(good.format(desk.get(path).json["version"])).status, 200, good)
    expect(desk.get(path, headers={"If-Match": "abc"}).status, 200)
    person = desk.patch(f"/people/{ticket['requester']['id']}", {"name": "Anna"}, headers={"If-Match": '"v1"'})
    expect(person.status, 412, person.body)


def test_an_answer_can_be_meant_for_the_ticket_as_it_was(desk):
    ticket = desk.customer_writes()
    path = f"/tickets/{ticket['id']}"
    desk.patch(path, {"priority": "urgent"})
    late = desk.post(path + "/messages", {"audience": "public", "text": "Late.", "ticket_version": ticket["version"]})
    expect((late.status, "urgent" in late.body.decode()), (412, True), late.body)
    expect(desk.post(path + "/messages", {"audience": "public", "text": "Late."}, headers={"If-Match": f'"{ticket["version"]}"'}).status, 412)
    expect(desk.get(path).json["message_count"], 1)
    now = desk.get(path).json["version"]
    expect(desk.post(path + "/messages", {"audience": "internal", "text": "Note.", "ticket_version": ticket["version"]}).status, 201)
    now = desk.get(path).json["version"]
    expect(desk.post(path + "/messages", {"audience": "public", "text": "Right.", "ticket_version": now}).status, 201)


if __name__ == "__main__":
    run_all(__name__)
