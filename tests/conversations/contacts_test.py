"""Contacts and companies over the API."""
import sqlite3
import subprocess
import time

from desk import expect, run_all
from people_test import add_agent


def make(desk, name="Ana Kovács", *values, **more):
    pairs = values or ("ana@example.org",)
    identities = [{"channel": "email" if "@" in v else "phone", "value": v} for v in pairs]
    answer = desk.post("/people", {"name": name, "identities": identities, **more})
    expect(answer.status, 201, answer.body)
    return answer.json


def names(desk, query, **more):
    answer = desk.get("/people?" + query, **more)
    expect(answer.status, 200, answer.body)
    return [p["name"] for p in answer.json["items"]]


def fault(answer):
    return answer.status, answer.json["errors"][0]["field"], answer.json["errors"][0]["code"]


def events(desk, beginning):
    return [e for e in desk.get("/events?after=0&limit=200").json["items"] if e["kind"].startswith(beginning)]


def test_a_person_is_made_with_identities(desk):
    person = make(desk, "Ana Kovács", "Ana@Example.org", "0049 30 1234-5", locale="hu", notes="ruft abends an")
    expect([(i["channel"], i["value"], i["proof"]) for i in person["identities"]],
           [("email", "Ana@Example.org", "none"), ("phone", "0049 30 1234-5", "none")])
    expect((person["locale"], person["notes"], person["company"], person["email"]), ("hu", "ruft abends an", None, "Ana@Example.org"))
    expect(desk.customer_writes(email="ana@example.org")["requester"]["id"], person["id"], "the same address is the same person")
    nameless = desk.post("/people", {"identities": [{"channel": "external", "value": "shop:4711", "proof": "verified"}]}).json
    expect((nameless["name"], nameless["identities"][0]["proof"]), ("shop:4711", "verified"))
    expect(fault(desk.post("/people", {"name": "X"})), (422, "identities", "required"))
    expect(fault(desk.post("/people", {"name": "X", "identities": []})), (422, "identities", "too_few"))
    bad = [{"channel": "email", "value": "ok@example.org"}, {"channel": "email", "value": "no address"}]
    expect(fault(desk.post("/people", {"name": "X", "identities": bad})), (422, "identities.1.value", "invalid"))
    expect(names(desk, "email=ok@example.org"), [], "nothing is stored by half")
    expect(fault(desk.post("/people", {"identities": [{"channel": "phone", "value": "call me"}]})), (422, "identities.0.value", "required"))


def test_an_identity_of_another_is_refused_with_a_pointer(desk):
    ana, ben = make(desk), make(desk, "Ben", "ben@example.org", "+36 1 555")
    refused = desk.post("/people", {"name": "Ana 2", "identities": [{"channel": "email", "value": "ANA@example.org"}]})
    expect((*fault(refused), refused.json["see"]), (422, "identities.0.value", "taken_by_person", f"/api/v1/people/{ana['id']}"))
    refused = desk.post(f"/people/{ben['id']}/identities", {"channel": "email", "value": "ana@EXAMPLE.org"})
    expect((*fault(refused), refused.json["see"]), (422, "value", "taken_by_person", f"/api/v1/people/{ana['id']}"))
    mine = ben["identities"][0]["id"]
    refused = desk.patch(f"/people/{ben['id']}/identities/{mine}", {"value": "ana@example.org"})
    expect((*fault(refused), refused.json["see"]), (422, "value", "taken_by_person", f"/api/v1/people/{ana['id']}"))
    expect(fault(desk.post(f"/people/{ben['id']}/identities", {"channel": "phone", "value": "0036 1 555"})), (422, "value", "twice"))
    expect(len(desk.get(f"/people/{ben['id']}").json["identities"]), 2)


def test_identities_come_and_go(desk):
    ana = make(desk)
    path = f"/people/{ana['id']}/identities"
    more = desk.post(path, {"channel": "handle", "value": "@ana", "proof": "claimed"})
    expect((more.status, [i["value"] for i in more.json["identities"]], more.json["version"]), (201, ["ana@example.org", "@ana"], 2))
    first, second = (i["id"] for i in more.json["identities"])
    proved = desk.patch(f"{path}/{first}", {"proof": "verified"}).json["identities"][0]
    expect(proved["proof"], "verified")
    moved = desk.patch(f"{path}/{first}", {"value": "ana@neu.example"}).json["identities"][0]
    expect((moved["value"], moved["proof"]), ("ana@neu.example", "none"), "another address has proved nothing")
    expect((names(desk, "email=ana@example.org"), names(desk, "q=ana@neu")), ([], ["Ana Kovács"]))
    expect(desk.ask("DELETE", f"{path}/{first}").json["identities"][0]["value"], "@ana")
    last = desk.ask("DELETE", f"{path}/{second}")
    expect((last.status, last.json["code"]), (409, "last_identity"))
    expect(desk.ask("DELETE", f"{path}/{first}").json["code"], "identity_not_found")
    ben = make(desk, "Ben", "ben@example.org")
    expect(desk.ask("DELETE", f"/people/{ben['id']}/identities/{second}").status, 404, "of this person only")
    expect(desk.post("/people/99/identities", {"channel": "handle", "value": "x"}).json["code"], "person_not_found")
    expect([e["kind"] for e in events(desk, "person.identity")],
           ["person.identity_added", "person.identity_changed", "person.identity_changed", "person.identity_removed"])
    expect(events(desk, "person.identity_changed")[1]["data"]["value"], ["ana@example.org", "ana@neu.example"])


def test_people_are_found_by_what_is_known_of_them(desk):
    company = desk.post("/companies", {"name": "Nordlicht Kaffeetechnik", "domains": ["nordlicht.example"]}).json
    make(desk, "Ana Kovács", "ana@example.org", "+49 30 1234567")
    make(desk, "Dr. Ágnes Kovács-Meier", "agnes@nordlicht.example")
    make(desk, "Ben Meier", "ben@post.example")
    expect(names(desk, ""), ["Ana Kovács", "Ben Meier", "Dr. Ágnes Kovács-Meier"])
    for query, wanted in {"q=kov": ["Ana Kovács", "Dr. Ágnes Kovács-Meier"], "q=KOV%C3%81CS": ["Ana Kovács", "Dr. Ágnes Kovács-Meier"],
                          "q=%C3%A1g": ["Dr. Ágnes Kovács-Meier"], "q=meier+ben": ["Ben Meier"], "q=ana@exa": ["Ana Kovács"],
                          "q=post.ex": ["Ben Meier"], "q=%2B49301": ["Ana Kovács"], "q=nordli": ["Dr. Ágnes Kovács-Meier"],
                          "q=kaffee+%C3%A1gnes": ["Dr. Ágnes Kovács-Meier"], "q=xyz": [], "q=%25": [], "phone=0049+30+1234567": ["Ana Kovács"],
                          "email=AGNES@nordlicht.example": ["Dr. Ágnes Kovács-Meier"], f"company={company['id']}": ["Dr. Ágnes Kovács-Meier"]}.items():
        expect(names(desk, query), wanted, query)
    found = desk.get("/people?q=%C3%A1gnes").json["items"][0]
    expect((found["company"], found["bounced"]), ({"id": company["id"], "name": "Nordlicht Kaffeetechnik"}, False))
    page = desk.get("/people?limit=2").json
    expect([p["name"] for p in page["items"]], ["Ana Kovács", "Ben Meier"])
    rest = desk.get(f"/people?limit=2&cursor={page['next']}").json
    expect(([p["name"] for p in rest["items"]], rest["next"]), (["Dr. Ágnes Kovács-Meier"], None))
    expect(fault(desk.get("/people?cursor=x")), (422, "cursor", "invalid"))


def test_a_person_is_changed_field_by_field(desk):
    ana = make(desk)
    company = desk.post("/companies", {"name": "Lindenhof"}).json
    path = f"/people/{ana['id']}"
    changed = desk.patch(path, {"company": company["id"], "locale": "de"}).json
    expect((changed["company"]["name"], changed["locale"], changed["name"]), ("Lindenhof", "de", "Ana Kovács"))
    renamed = desk.patch(path, {"name": "Ana Szabó", "notes": "Zeile 1\nZeile 2"}, headers={"If-Match": '"2"'}).json
    expect((renamed["company"]["name"], renamed["notes"]), ("Lindenhof", "Zeile 1\nZeile 2"))
    expect((names(desk, "q=kov"), names(desk, "q=szab+linden")), ([], ["Ana Szabó"]))
    stale = desk.patch(path, {"name": "Ana"}, headers={"If-Match": '"2"'})
    expect((stale.status, stale.json["code"]), (412, "stale"))
    expect(desk.patch(path, {"company": None, "locale": None}).json["company"], None)
    expect(fault(desk.patch(path, {"company": 99})), (422, "company", "unknown"))
    expect(fault(desk.patch(path, {"name": "   "})), (422, "name", "required"))
    expect(fault(desk.patch(path, {"locale": "xx"}))[1], "locale")
    expect([e["data"] for e in events(desk, "person.changed")][0],
           {"person": ana["id"], "locale": [None, "de"], "company": [None, company["id"]]})


def test_a_company_and_its_domains(desk):
    make(desk, "Früh Dran", "frueh@nordlicht.example")
    made = desk.post("/companies", {"name": "Nordlicht", "domains": ["Nordlicht.example", "@nl.example"], "notes": "Vertrag bis 2027"})
    expect((made.status, made.json["domains"], made.json["people_count"]), (201, ["nl.example", "nordlicht.example"], 1))
    company = made.json["id"]
    expect(desk.customer_writes(email="neu@nl.example", name="Neu")["requester"]["name"], "Neu")
    expect(names(desk, f"company={company}"), ["Früh Dran", "Neu"])
    taken = desk.post("/companies", {"name": "Andere", "domains": ["nl.example"]})
    expect((*fault(taken), taken.json["see"]), (422, "domains", "taken", f"/api/v1/companies/{company}"))
    expect(fault(desk.post("/companies", {"name": "Nordlicht"})), (422, "name", "taken"))
    for domain, code in {"gmail.com": "domain_public", "gmx.de": "domain_public", "freemail.hu": "domain_public", "outlook.fr": "domain_public",
                         "nodot": "domain_invalid", "a..b": "domain_invalid", "x%.example": "domain_invalid", "-a.example": "domain_invalid"}.items():
        expect(fault(desk.post("/companies", {"name": "X", "domains": [domain]})), (422, "domains", code), domain)
    expect([c["name"] for c in desk.get("/companies").json["items"]], ["Nordlicht"], "nothing is stored by half")
    expect([c["id"] for c in desk.get("/companies?q=NORD").json["items"]], [company])
    path = f"/companies/{company}"
    changed = desk.patch(path, {"name": "Nordlicht AG", "domains": ["nordlicht.example"]}, headers={"If-Match": f'"{made.json["version"]}"'}).json
    expect((changed["domains"], changed["notes"], changed["people_count"]), (["nordlicht.example"], "Vertrag bis 2027", 2))
    expect(desk.patch(path, {"name": "X"}, headers={"If-Match": '"1"'}).status, 412)
    expect(names(desk, "q=nordlicht+neu"), ["Neu"])
    expect(desk.ask("DELETE", path).status, 204)
    expect((desk.get(path).json["code"], names(desk, "q=neu"), names(desk, "q=ag+neu")), ("company_not_found", ["Neu"], []))
    expect([e["kind"] for e in events(desk, "company.")], ["company.created", "company.changed", "company.removed"])
    expect(events(desk, "company.changed")[0]["data"]["domains"], [["nl.example", "nordlicht.example"], ["nordlicht.example"]])


def change(desk, statement):
    if desk.database == "sqlite":
        with sqlite3.connect(desk.data / "theke.db") as store:
            store.execute(statement)
        return
    subprocess.run(["psql", "-q", "-d", desk.store[1], "-c", statement], check=True, stdout=subprocess.DEVNULL)


def test_a_bounce_is_shown_and_forgotten(desk):
    ana = make(desk)
    mine = ana["identities"][0]["id"]
    path = f"/people/{ana['id']}"
    flag = f"UPDATE identity SET bounced_at = 1763900000000000, bounce_detail = '550 unknown' WHERE id = {mine}"
    change(desk, flag)
    shown = desk.get(path).json["identities"][0]
    expect((shown["bounced_at"][:10], shown["bounce_detail"]), ("2025-11-23", "550 unknown"))
    expect(desk.get("/people?q=ana").json["items"][0]["bounced"], True)
    expect(fault(desk.patch(f"{path}/identities/{mine}", {"bounced": True}))[1], "bounced")
    reset = desk.patch(f"{path}/identities/{mine}", {"bounced": False}).json["identities"][0]
    expect((reset["bounced_at"], reset["bounce_detail"]), (None, None))
    change(desk, flag)
    desk.run("mail", "deliver", stdin="From: ana@example.org\r\nTo: x@theke.test\r\nSubject: Hier\r\n\r\nIch bin wieder da.\r\n")
    for _ in range(100):
        if not desk.get(path).json["identities"][0]["bounced_at"]:
            break
        time.sleep(0.05)
    expect(desk.get(path).json["identities"][0]["bounced_at"], None, "who writes can be reached")
    expect([e["data"]["person"] for e in events(desk, "person.reached")], [ana["id"]])


def test_contacts_obey_the_rights(desk):
    ana = make(desk)
    lea = add_agent(desk)
    desk.patch("/roles/agent", {"permissions": {"people.change": "none"}})
    expect(desk.get(f"/people/{ana['id']}", token=lea).status, 200)
    for method, path, body in (("POST", "/people", {"identities": [{"channel": "handle", "value": "x"}]}), ("PATCH", f"/people/{ana['id']}", {}),
                               ("POST", f"/people/{ana['id']}/identities", {"channel": "handle", "value": "x"}),
                               ("DELETE", f"/people/{ana['id']}/identities/1", None), ("POST", "/companies", {"name": "X"}),
                               ("PATCH", "/companies/1", {}), ("DELETE", "/companies/1", None)):
        expect(desk.ask(method, path, body, token=lea).status, 403, path)
    desk.patch("/roles/agent", {"permissions": {"people.read": "none"}})
    for path in ("/people", f"/people/{ana['id']}", "/companies", "/companies/1"):
        expect(desk.get(path, token=lea).status, 403, path)
    seen = {e["kind"] for e in desk.get("/events?after=0&limit=200", token=lea).json["items"]}
    expect([k for k in seen if k.startswith("person.")], [], "the record tells no more than the routes")


if __name__ == "__main__":
    run_all(__name__)
