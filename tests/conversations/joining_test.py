"""One person who was there twice: who may be meant, merging the two, and taking that back days later."""
from contacts_test import events, make
from desk import at_once, expect, run_all
from merge_test import merge, parts
from participants_test import deliver
from people_test import add_agent
from split_test import kept, undo, written


def join(desk, person, into, status=200, **more):
    answer = desk.post(f"/people/{person}/merge", {"into": into, **more})
    expect(answer.status, status, answer.body)
    return answer.json


def person(desk, number):
    return desk.get(f"/people/{number}").json


def values(one):
    return [i["value"] for i in one["identities"]]


def known(desk, query):
    return [p["id"] for p in desk.get("/people?" + query).json["items"]]


def duplicates(desk, number):
    return [(d["person"]["name"], d["reasons"]) for d in desk.get(f"/people/{number}/duplicates").json["items"]]


def authors(desk, ticket):
    return [m["author_person"] for m in written(desk, ticket)]


def without_version(one):
    return {key: value for key, value in one.items() if key != "version"}


def test_the_one_gets_what_the_other_had_and_gives_it_back(desk):
    old = make(desk, "A. Huber", "ana.huber@gmx.de", notes="Ruft abends an", locale="de")
    new = make(desk, "Ana Huber", "ana@huber-gmbh.example", "+49 171 5550", notes="Stammkundin")
    asked = desk.customer_writes(email="ana.huber@gmx.de")
    also = desk.customer_writes(email="ben@example.org")
    desk.post(f"/tickets/{also['id']}/participants", {"email": "ana.huber@gmx.de"})
    both = desk.customer_writes(email="ana@huber-gmbh.example")
    desk.post(f"/tickets/{both['id']}/participants", {"email": "ana.huber@gmx.de"})
    before = [person(desk, old["id"]), person(desk, new["id"]), *(parts(desk, t["id"]) for t in (asked, also, both)), authors(desk, asked["id"])]
    seen = desk.get(f"/people/{old['id']}/merge?into={new['id']}").json
    expect((seen["from"]["id"], seen["into"]["id"], seen["tickets"], seen["warnings"]), (old["id"], new["id"], 3, []))
    done = join(desk, old["id"], new["id"])
    expect((done["kind"], done["summary"], done["is_undoable"], done["kept"]),
           ("person.merge", {"from": old["id"], "into": new["id"], "tickets": 3}, True, []))
    one = person(desk, new["id"])
    expect((one["name"], one["email"], one["locale"], one["notes"]), ("Ana Huber", "ana@huber-gmbh.example", "de", "Stammkundin\n\nRuft abends an"))
    expect(sorted(values(one)), sorted(["ana@huber-gmbh.example", "+49 171 5550", "ana.huber@gmx.de"]), "letters go where they went")
    gone = person(desk, old["id"])
    expect((gone["merged_into_id"], gone["identities"]), (new["id"], []))
    expect((known(desk, "q=huber"), known(desk, "email=ana.huber@gmx.de")), ([new["id"]], [new["id"]]))
    expect([t["id"] for t in desk.get(f"/tickets?requester={new['id']}&state=all&sort=created_at").json["items"]], [asked["id"], both["id"]])
    expect(parts(desk, asked["id"]), [("ana@huber-gmbh.example", "requester", True)])
    expect(parts(desk, also["id"]), [("ben@example.org", "requester", True), ("ana@huber-gmbh.example", "cc", True)])
    expect(parts(desk, both["id"]), [("ana@huber-gmbh.example", "requester", True)])
    expect(authors(desk, asked["id"]), [new["id"]])
    expect(desk.customer_writes(email="Ana.Huber@gmx.de")["requester"]["id"], new["id"], "who writes from the old address is the one")
    history = desk.get(f"/tickets/{asked['id']}/history").json["items"]
    expect([h["data"]["requester"] for h in history if h["kind"] == "ticket.changed"], [[old["id"], new["id"]]])
    expect([(e["data"]["person"], e["data"]["into"]) for e in events(desk, "person.merged")], [(new["id"], new["id"]), (old["id"], new["id"])])
    listed = [desk.get(f"/operations?person={one}").json["items"][0] for one in (old["id"], new["id"])]
    expect([(each["id"], each["kept"]) for each in listed], [(done["id"], [{"field": "tickets", "code": "begun_since", "message": "Seither begonnen, bleibt dort",
                                                                          "ticket": None, "count": 1}])] * 2)
    expect(kept(undo(desk, done)), [("tickets", "begun_since")])
    after = [person(desk, old["id"]), person(desk, new["id"]), *(parts(desk, t["id"]) for t in (asked, also, both)), authors(desk, asked["id"])]
    expect([without_version(p) for p in after[:2]] + after[2:], [without_version(p) for p in before[:2]] + before[2:])
    expect(known(desk, "q=huber"), [old["id"], new["id"]])
    undo(desk, done, 409)
    expect([e["data"]["person"] for e in events(desk, "person.unmerged")], [new["id"], old["id"]])


def test_fields_are_chosen_one_by_one(desk):
    firm = desk.post("/companies", {"name": "Nord"}).json
    one = make(desk, "Anna Mayer", "anna@one.example", locale="hu", company=firm["id"], notes="eins")
    two = make(desk, "Anna Meier", "anna@two.example", locale="de", notes="zwei")
    done = join(desk, one["id"], two["id"], take=["name", "locale"], notes="take", main_identity=one["identities"][0]["id"])
    seen = person(desk, two["id"])
    expect((seen["name"], seen["locale"], seen["company"]["id"], seen["notes"], seen["email"]), ("Anna Mayer", "hu", firm["id"], "eins", "anna@one.example"))
    expect([i["main"] for i in seen["identities"]], [True, False])
    expect(desk.patch(f"/people/{two['id']}", {"name": "Anna Mayer-Nord"}).status, 200)
    expect(kept(undo(desk, done)), [("name", "changed")])
    seen = person(desk, two["id"])
    expect((seen["name"], seen["locale"], seen["company"], seen["notes"], seen["email"]), ("Anna Mayer-Nord", "de", None, "zwei", "anna@two.example"))
    expect(person(desk, one["id"])["email"], "anna@one.example")


def test_what_is_part_of_another_is_left_alone(desk):
    one, two, three = make(desk, "Eins", "eins@a.example"), make(desk, "Zwei", "zwei@a.example"), make(desk, "Drei", "drei@a.example")
    first = join(desk, one["id"], two["id"])
    for answer in (desk.patch(f"/people/{one['id']}", {"name": "X"}), desk.post(f"/people/{one['id']}/identities", {"channel": "email", "value": "x@a.example"}),
                   desk.post(f"/people/{one['id']}/merge", {"into": three["id"]}), desk.post(f"/people/{three['id']}/merge", {"into": one["id"]})):
        expect((answer.status, answer.json["code"]), (409, "person_merged"))
    expect(desk.post(f"/people/{two['id']}/merge", {"into": two["id"]}).json["errors"][0]["code"], "person_same")
    expect(desk.post(f"/people/{two['id']}/merge", {"into": 4711}).json["errors"][0]["field"], "into")
    expect(desk.post("/people/4711/merge", {"into": two["id"]}).status, 404)
    expect(desk.get("/people/4711/duplicates").status, 404)
    expect(desk.post(f"/people/{two['id']}/merge", {"into": three["id"], "take": ["all"]}).json["errors"][0]["field"], "take.0")
    expect(desk.post(f"/people/{two['id']}/merge", {"into": three["id"], "main_identity": 4711}).json["errors"][0]["field"], "main_identity")
    expect(person(desk, two["id"])["merged_into_id"], None, "nothing is done by half")
    second = join(desk, two["id"], three["id"])
    undo(desk, first, 409)
    expect(desk.get(f"/operations/{first['id']}").json["reason"], "person_merged_since")
    undo(desk, second)
    undo(desk, first)
    expect([values(person(desk, p["id"])) for p in (one, two, three)], [["eins@a.example"], ["zwei@a.example"], ["drei@a.example"]])


def test_a_third_party_never_becomes_the_customer(desk):
    ticket = desk.customer_writes(email="ana@example.org")
    supplier = make(desk, "Lieferant", "supplier@parts.example")
    desk.post(f"/tickets/{ticket['id']}/participants", {"person": supplier["id"], "role": "third_party"})
    answer = desk.post(f"/people/{supplier['id']}/merge", {"into": ticket["requester"]["id"]})
    expect((answer.status, answer.json["code"]), (409, "third_party_apart"))
    expect((person(desk, supplier["id"])["merged_into_id"], parts(desk, ticket["id"])),
           (None, [("ana@example.org", "requester", True), ("supplier@parts.example", "third_party", True)]))


def test_what_somebody_decided_since_stays(desk):
    one, two = make(desk, "Eins", "eins@a.example"), make(desk, "Zwei", "zwei@a.example")
    ticket = desk.customer_writes(email="eins@a.example")
    other = make(desk, "Andere", "andere@a.example")
    done = join(desk, one["id"], two["id"])
    desk.patch(f"/tickets/{ticket['id']}", {"requester": other["id"]})
    gone = [i for i in person(desk, two["id"])["identities"] if i["value"] == "eins@a.example"][0]
    expect(desk.ask("DELETE", f"/people/{two['id']}/identities/{gone['id']}").status, 200)
    expect(sorted(kept(undo(desk, done))), [("identities", "changed"), ("requester", "changed")])
    expect(desk.get(f"/tickets/{ticket['id']}").json["requester"]["id"], other["id"])
    expect(authors(desk, ticket["id"]), [one["id"]], "what they wrote is theirs")


def test_replies_reach_the_ticket_under_either_address(desk):
    one, two = make(desk, "Eins", "eins@a.example"), make(desk, "Zwei", "zwei@a.example")
    ticket = desk.customer_writes(email="eins@a.example")
    join(desk, one["id"], two["id"])
    message = deliver(desk, ticket, "eins@a.example", "Noch etwas.")
    expect((message["ticket"], message["author_person"], message["unverified"]), (ticket["id"], two["id"], False))


def test_duplicates_are_suggested_with_reasons(desk):
    firm = desk.post("/companies", {"name": "Nord"}).json
    one = make(desk, "Ana Kovács", "ana.kovacs@gmx.de", "+49 171 5550", company=firm["id"])
    make(desk, "Kovács, Ana", "a.k@work.example", company=firm["id"])
    make(desk, "Ana", "ana@else.example", "0171 5550")
    make(desk, "A. K.", "ana.kovacs@web.de")
    make(desk, "Ana Maria Kovács", "am@else.example")
    expect(duplicates(desk, one["id"]), [("Kovács, Ana", ["same_name", "same_company"]), ("A. K.", ["same_mailbox"]), ("Ana", ["same_number"])])
    join(desk, desk.get("/people?email=a.k@work.example").json["items"][0]["id"], one["id"])
    expect([name for name, _ in duplicates(desk, one["id"])], ["A. K.", "Ana"])
    shop, other = make(desk, "S", "s@a.example", company=firm["id"]), make(desk, "T", "t@a.example")
    for each, number in ((shop, "shop:1"), (other, "shop:2")):
        desk.post(f"/people/{each['id']}/identities", {"channel": "external", "value": number})
    expect(desk.get(f"/people/{shop['id']}/merge?into={other['id']}").json["warnings"], ["external_differs"])


def test_operations_on_tickets_follow_who_became_one(desk):
    one, two = make(desk, "Eins", "eins@a.example"), make(desk, "Zwei", "zwei@a.example")
    a, b = desk.customer_writes(email="eins@a.example")["id"], desk.customer_writes(email="ben@example.org")["id"]
    joined = merge(desk, a, b, requesters="join")
    join(desk, one["id"], two["id"])
    undo(desk, joined)
    expect((parts(desk, a), parts(desk, b)), ([("zwei@a.example", "requester", True)], [("ben@example.org", "requester", True)]), "nobody reads along who came with it")
    third, own = make(desk, "Drei", "drei@a.example"), make(desk, "Vier", "vier@a.example")
    c, d = desk.customer_writes(email="ben@example.org")["id"], desk.customer_writes(email="drei@a.example")["id"]
    replaced = merge(desk, c, d, requesters="replace")
    join(desk, third["id"], own["id"])
    undo(desk, replaced)
    expect(desk.get(f"/tickets/{d}").json["requester"]["id"], own["id"])


def test_who_takes_part_by_a_decision_since_stays(desk):
    one, two = make(desk, "Eins", "eins@a.example"), make(desk, "Zwei", "zwei@a.example")
    asked, shut = desk.customer_writes(email="ben@example.org")["id"], desk.customer_writes(email="ben@example.org")["id"]
    for ticket in (asked, shut):
        desk.post(f"/tickets/{ticket}/participants", {"email": "eins@a.example"})
    done = join(desk, one["id"], two["id"])
    desk.patch(f"/tickets/{asked}", {"requester": two["id"]})
    expect(desk.ask("DELETE", f"/tickets/{shut}/participants/{two['id']}").status < 300, True)
    expect(kept(undo(desk, done)), [("participants", "changed")] * 2)
    expect(parts(desk, asked), [("zwei@a.example", "requester", True), ("ben@example.org", "cc", True)])
    expect(parts(desk, shut), [("ben@example.org", "requester", True)], "who was removed stays out")


def test_who_has_written_since_goes_on_reading(desk):
    one, two = make(desk, "Eins", "eins@a.example"), make(desk, "Zwei", "zwei@a.example")
    ticket = desk.customer_writes(email="eins@a.example")
    done = join(desk, one["id"], two["id"])
    deliver(desk, ticket, "zwei@a.example", "Noch etwas.")
    expect(kept(undo(desk, done)), [("participants", "written_since")])
    expect(parts(desk, ticket["id"]), [("eins@a.example", "requester", True), ("zwei@a.example", "cc", True)])


def test_letters_go_where_they_went_in_whatever_order_it_is_taken_back(desk):
    old, one, two = make(desk, "Alt", "alt@x.example"), make(desk, "Eins", "eins@a.example"), make(desk, "Zwei", "zwei@a.example")
    first = join(desk, one["id"], two["id"])
    join(desk, old["id"], two["id"])
    undo(desk, first)
    expect(person(desk, two["id"])["email"], "zwei@a.example")
    gone = make(desk, "Weg", "weg@a.example", company=desk.post("/companies", {"name": "Alt"}).json["id"])
    stays = make(desk, "Da", "da@a.example", company=desk.post("/companies", {"name": "Neu"}).json["id"])
    before = person(desk, stays["id"])["company"]["id"]
    done = join(desk, gone["id"], stays["id"], take=["company"])
    expect(desk.ask("DELETE", f"/companies/{before}").status, 204)
    corrected = [i for i in person(desk, stays["id"])["identities"] if i["value"] == "weg@a.example"][0]
    expect(desk.patch(f"/people/{stays['id']}/identities/{corrected['id']}", {"value": "richtig@a.example"}).status, 200)
    expect(sorted(kept(undo(desk, done))), [("company", "changed"), ("identities", "changed")])
    expect(sorted(values(person(desk, stays["id"]))), ["da@a.example", "richtig@a.example"])


def test_the_main_address_is_chosen(desk):
    one = make(desk, "Eins", "eins@a.example", "zwei@a.example", "+49 171 5550")
    _, second, phone = one["identities"]
    path = f"/people/{one['id']}/identities"
    expect(desk.patch(f"{path}/{second['id']}", {"main": True}).json["email"], "zwei@a.example")
    expect(desk.patch(f"{path}/{phone['id']}", {"main": True}).json["errors"][0]["field"], "main")
    expect(desk.patch(f"{path}/{second['id']}", {"main": False}).json["email"], "eins@a.example")


def test_parts_of_parts_lead_to_the_whole(desk):
    one, two, three = make(desk, "Eins", "eins@a.example"), make(desk, "Zwei", "zwei@a.example"), make(desk, "Drei", "drei@a.example")
    join(desk, one["id"], two["id"])
    second = join(desk, two["id"], three["id"])
    expect([person(desk, p["id"])["merged_into_id"] for p in (one, two)], [three["id"]] * 2)
    undo(desk, second)
    expect([person(desk, p["id"])["merged_into_id"] for p in (one, two)], [two["id"], None])


def test_letters_in_the_middle_of_it_are_the_one_persons(desk):
    for turn in range(4):
        old, new = make(desk, "Alt", f"alt{turn}@a.example"), make(desk, "Neu", f"neu{turn}@a.example")
        for _ in range(20):
            desk.customer_writes(email=f"alt{turn}@a.example")
        opened = []
        at_once(lambda: join(desk, old["id"], new["id"]),
                *[lambda t=turn: opened.append(desk.customer_writes(email=f"alt{t}@a.example")["id"]) for _ in range(6)])
        requesters = {desk.get(f"/tickets/{ticket}").json["requester"]["id"] for ticket in opened}
        expect(requesters, {new["id"]}, f"turn {turn}")


def test_rights_are_asked(desk):
    one, two = make(desk, "Eins", "eins@a.example"), make(desk, "Zwei", "zwei@a.example")
    agent = add_agent(desk)
    for answer in (desk.post(f"/people/{one['id']}/merge", {"into": two["id"]}, token=agent), desk.get(f"/people/{one['id']}/merge?into={two['id']}", token=agent)):
        expect(answer.status, 403)
    expect(desk.get(f"/people/{one['id']}/duplicates", token=agent).status, 200)
    done = join(desk, one["id"], two["id"])
    expect(desk.post(f"/operations/{done['id']}/undo", {}, token=agent).status, 403)
    expect(desk.get(f"/operations/{done['id']}", token=agent).status, 200)


def test_who_sees_no_people_is_not_told_that_they_were_merged(desk):
    one, two = make(desk, "Eins", "eins@a.example"), make(desk, "Zwei", "zwei@a.example")
    manager = add_agent(desk, "max", role="manager")
    done = desk.post(f"/people/{one['id']}/merge", {"into": two["id"]}, token=manager).json
    mine = lambda: [each["id"] for each in desk.get("/operations", token=manager).json["items"]]
    expect((mine(), desk.get(f"/operations/{done['id']}", token=manager).status), ([done["id"]], 200))
    expect(desk.patch("/roles/manager", {"permissions": {"people.read": "none"}}).status, 200)
    expect((mine(), desk.get(f"/operations/{done['id']}", token=manager).status), ([], 404))
    expect(desk.post(f"/operations/{done['id']}/undo", {}, token=manager).status, 404)


def test_what_was_acknowledged_outlives_a_kill(desk):
    one, two = make(desk, "Eins", "eins@a.example"), make(desk, "Zwei", "zwei@a.example")
    desk.customer_writes(email="eins@a.example")
    join(desk, one["id"], two["id"])
    desk.kill()
    desk.start()
    expect((values(person(desk, two["id"])), person(desk, one["id"])["merged_into_id"]), (["eins@a.example", "zwei@a.example"], two["id"]))


if __name__ == "__main__":
    run_all(__name__)
