"""Time that is spent on tickets: recorded by hand or by a clock, changed, summed and exported."""
import csv
import io

from desk import at_once, expect, run_all
from merge_test import merge
from people_test import add_agent
from split_test import undo


def spend(desk, ticket, seconds, status=201, **more):
    token = more.pop("token", True)
    answer = desk.post(f"/tickets/{ticket}/times", {"seconds": seconds, **more}, token=token)
    expect(answer.status, status, answer.body)
    return max(answer.json["items"], key=lambda each: each["id"]) if status == 201 else answer.json


def entries(desk, ticket, **more):
    return desk.get(f"/tickets/{ticket}/times", **more).json["items"]


def activity(desk, name="Telefonat", **more):
    return desk.post("/activities", {"names": {"de": name, "en": f"{name}!"}, **more}).json["id"]


def told(desk, ticket):
    history = desk.get(f"/tickets/{ticket}/history?limit=100").json["items"]
    return [each["data"]["change"] for each in sorted(history, key=lambda each: each["id"]) if each["kind"] == "ticket.time"]


def fault(answer):
    return answer["errors"][0]["field"], answer["errors"][0]["code"]


def test_time_is_recorded_changed_and_taken_out(desk):
    ticket, call = desk.customer_writes()["id"], activity(desk, is_billable=True)
    made = spend(desk, ticket, 600, activity=call, note=" Rückruf ")
    expect((made["staff"]["name"], made["seconds"], made["billable"], made["note"], made["may_change"]), ("Jana Petersen", 600, True, "Rückruf", True))
    expect(spend(desk, ticket, 60, started_at="2026-11-02T08:00:00Z")["billable"], False)
    expect([each["seconds"] for each in entries(desk, ticket)], [600, 60], "the newest first")
    path = f"/tickets/{ticket}/times/{made['id']}"
    changed = desk.patch(path, {"seconds": 900, "activity": None, "billable": False}, headers={"If-Match": '"1"'}).json
    expect((changed["seconds"], changed["billable_seconds"], changed["items"][0]["activity"], changed["items"][0]["version"]), (960, 0, None, 2))
    expect(desk.patch(path, {"note": "x"}, headers={"If-Match": '"1"'}).json["code"], "time_stale")
    expect(desk.ask("DELETE", path).json["seconds"], 60)
    expect((desk.ask("DELETE", path).status, desk.patch(path, {"note": "x"}).json["code"]), (404, "time_not_found"))
    expect(desk.post(path + "/restore").json["seconds"], 960)
    expect(desk.post(path + "/restore").status, 404)
    expect(told(desk, ticket), ["added", "added", "changed", "removed", "restored"])


def test_what_can_not_be_names_its_field(desk):
    ticket, call = desk.customer_writes()["id"], activity(desk)
    for body, field in (({"seconds": 0}, "seconds"), ({"seconds": 86401}, "seconds"), ({"seconds": 5, "activity": 99}, "activity"),
                        ({"seconds": 5, "started_at": "2999-01-01T00:00:00Z"}, "started_at"), ({}, "seconds")):
        expect(desk.post(f"/tickets/{ticket}/times", body).json["errors"][0]["field"], field, body)
    made = spend(desk, ticket, 60, activity=call)
    expect(desk.patch(f"/activities/{call}", {"is_active": False}).json["is_active"], False)
    expect(fault(spend(desk, ticket, 5, 422, activity=call)), ("activity", "activity_inactive"))
    expect(desk.patch(f"/tickets/{ticket}/times/{made['id']}", {"activity": call, "seconds": 70}).status, 200, "what it was stays")
    expect(fault(desk.post("/activities", {"names": {"de": " "}}).json), ("names", "required"))
    expect(desk.patch("/activities/99", {"is_active": False}).json["code"], "activity_not_found")


def test_an_entry_is_its_authors_and_the_managers(desk):
    lea, ticket = add_agent(desk), desk.customer_writes()["id"]
    own, other = spend(desk, ticket, 60, token=lea), spend(desk, ticket, 120)
    seen = {each["id"]: each["may_change"] for each in entries(desk, ticket, token=lea)}
    expect(seen, {own["id"]: True, other["id"]: False})
    expect(desk.patch(f"/tickets/{ticket}/times/{other['id']}", {"seconds": 1}, token=lea).json["code"], "time_of_another")
    expect(desk.ask("DELETE", f"/tickets/{ticket}/times/{other['id']}", token=lea).status, 403)
    expect(desk.patch(f"/tickets/{ticket}/times/{own['id']}", {"seconds": 90}).status, 200)
    expect(desk.post("/activities", {"names": {"de": "X"}}, token=lea).status, 403)
    expect([each["seconds"] for each in desk.get("/times", token=lea).json["items"]], [90])
    expect({each["seconds"] for each in desk.get("/times").json["items"]}, {120, 90})
    expect(desk.get("/times?staff=1", token=lea).json["items"], [])


def test_a_clock_runs_on_one_ticket_at_a_time(desk):
    first, second, call = desk.customer_writes()["id"], desk.customer_writes()["id"], activity(desk, is_billable=True)
    expect(desk.get("/me/timer").json, {"ticket": None, "activity": None, "billable": None, "started_at": None})
    begun = desk.ask("PUT", "/me/timer", {"ticket": first, "activity": call}).json
    expect((begun["ticket"]["id"], begun["activity"], begun["billable"]), (first, call, True))
    expect(desk.ask("PUT", "/me/timer", {"ticket": first}).json, begun, "it goes on")
    expect(desk.ask("PUT", "/me/timer", {"ticket": second}).json["ticket"]["id"], second)
    expect([(each["activity"], each["billable"]) for each in entries(desk, first)], [(call, True)])
    desk.rows(f"UPDATE time_running SET started_at = started_at - {3600 * 1000000}")
    stopped = desk.ask("DELETE", "/me/timer").json
    expect((stopped["ticket"], 3600 <= stopped["seconds"] < 3660), (second, True))
    expect([each["id"] for each in entries(desk, second)], [stopped["entry"]])
    expect(desk.ask("DELETE", "/me/timer").json, {"ticket": None, "entry": None, "seconds": 0})
    desk.ask("PUT", "/me/timer", {"ticket": second})
    expect(desk.ask("DELETE", "/me/timer?discard=true").json["entry"], None)
    expect(len(entries(desk, second)), 1)
    desk.ask("PUT", "/me/timer", {"ticket": second})
    desk.rows(f"UPDATE time_running SET started_at = started_at - {90000 * 1000000}")
    expect(desk.ask("DELETE", "/me/timer").json["seconds"], 86400, "a day at most")


def test_of_many_windows_one_begins_and_one_stops(desk):
    ticket = desk.customer_writes()["id"]
    begun = at_once(*[lambda: desk.ask("PUT", "/me/timer", {"ticket": ticket}) for _ in range(6)])
    expect({each.status for each in begun} <= {200, 409}, True, [each.body for each in begun])
    stopped = at_once(*[lambda: desk.ask("DELETE", "/me/timer").json["entry"] for _ in range(6)])
    expect((len([each for each in stopped if each]), len(entries(desk, ticket))), (1, 1))


def test_times_follow_a_merge_and_its_undoing(desk):
    away, into = desk.customer_writes(subject="Away")["id"], desk.customer_writes(subject="Into")["id"]
    spend(desk, away, 60)
    spend(desk, into, 30)
    desk.ask("PUT", "/me/timer", {"ticket": away})
    operation = merge(desk, away, into)
    expect(desk.ask("DELETE", "/me/timer").json["ticket"], away, "its clock stops all the same")
    seen = desk.get(f"/tickets/{into}/times").json
    expect((len(seen["items"]), seen["seconds"] >= 90), (3, True))
    moved = next(each for each in seen["items"] if each["seconds"] == 60)
    expect(desk.patch(f"/tickets/{into}/times/{moved['id']}", {"seconds": 61}).status, 200)
    undo(desk, operation)
    expect((len(entries(desk, away)), [each["seconds"] for each in entries(desk, into)]), (2, [30]))


def test_sums_are_made_of_what_one_may_see(desk):
    company = desk.post("/companies", {"name": "Nordlicht", "domains": ["nordlicht.example"]}).json["id"]
    ana, bob = desk.customer_writes(email="ana@nordlicht.example"), desk.customer_writes(email="bob@example.org", name="Bob")
    call = activity(desk, is_billable=True)
    spend(desk, ana["id"], 600, activity=call, started_at="2026-11-02T08:00:00Z")
    spend(desk, ana["id"], 300, started_at="2026-11-03T08:00:00Z")
    spend(desk, bob["id"], 60, started_at="2026-11-03T09:00:00Z")
    gone = spend(desk, bob["id"], 6000)
    desk.ask("DELETE", f"/tickets/{bob['id']}/times/{gone['id']}")

    def sums(group, more=""):
        answer = desk.get(f"/times/report?group_by={group}{more}")
        expect(answer.status, 200, answer.body)
        return [(each["id"], each["seconds"], each["billable_seconds"], each["entries"]) for each in answer.json["items"]]

    expect(sums("company"), [(company, 900, 600, 2), (None, 60, 0, 1)])
    expect(sums("person"), [(ana["requester"]["id"], 900, 600, 2), (bob["requester"]["id"], 60, 0, 1)])
    expect(sums("staff"), [(1, 960, 600, 3)])
    expect(sums("activity"), [(call, 600, 600, 1), (None, 360, 0, 2)])
    expect(sums("ticket", "&from=2026-11-03T00:00:00Z&to=2026-11-03T09:00:00Z"), [(ana["id"], 300, 0, 1)])
    expect(sums("team", "&billable=true"), [(ana["team"]["id"], 600, 600, 1)])
    named = desk.get("/times/report?group_by=activity", headers={"Accept-Language": "en"}).json
    expect((named["items"][0]["name"] in ("Telefonat", "Telefonat!"), named["seconds"], named["billable_seconds"]), (True, 960, 600))
    expect(desk.get("/times/report?group_by=moon").json["errors"][0]["field"], "group_by")


def test_lists_are_read_page_by_page(desk):
    ticket = desk.customer_writes()["id"]
    made = [spend(desk, ticket, 10 + i, started_at="2026-11-02T08:00:00Z")["seconds"] for i in range(5)]
    found, cursor = [], ""
    while cursor is not None:
        page = desk.get(f"/times?limit=2{cursor and '&cursor=' + cursor}").json
        found += [each["seconds"] for each in page["items"]]
        cursor = page["next"]
    expect(found, made[::-1])
    expect(desk.get("/times?cursor=nonsense").status, 422)
    expect(desk.get("/times?cursor=0_5").status in (200, 422), True)


def test_the_export_is_for_spreadsheets(desk):
    ticket = desk.customer_writes(subject='=HYPERLINK("x")')["id"]
    spend(desk, ticket, 90, note='Er sagte "ja", und legte auf', started_at="2026-11-02T08:00:00Z")
    answer = desk.get("/times/export")
    expect((answer.status, answer.headers["Content-Type"], "attachment" in answer.headers["Content-Disposition"]), (200, "text/csv; charset=utf-8", True))
    row, = csv.DictReader(io.StringIO(answer.body.decode(), newline=""))
    expect((row["started_at"], row["seconds"], row["subject"], row["staff"], row["note"]),
           ("2026-11-02T08:00:00Z", "90", "'=HYPERLINK(\"x\")", "Jana Petersen", 'Er sagte "ja", und legte auf'))


if __name__ == "__main__":
    run_all(__name__)
