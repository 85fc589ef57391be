"""One cause behind many tickets: what is said of it goes to each, whatever happens in between."""
from desk import expect, run_all
from merge_test import fault, merge
from people_test import add_agent
from post import soon
from split_test import kept, undo, written


def problem_with(desk, count, **more):
    problem = desk.customer_writes(subject="The network is down", email="it@example.org", name="IT")["id"]
    incidents = []
    for i in range(count):
        ticket = desk.customer_writes(subject=f"No network in room {i}", email=f"room{i}@example.org", name=f"Room {i}", **more)["id"]
        expect(desk.post(f"/tickets/{problem}/links", {"ticket": ticket, "kind": "problem"}).status, 201)
        incidents.append(ticket)
    return problem, incidents


def tell(desk, problem, text="The network is back.", status=201, **more):
    answer = desk.post(f"/tickets/{problem}/updates", {"text": text, **more})
    expect(answer.status, status, answer.body)
    return answer.json


def finished(desk, update):
    return soon(lambda: (lambda u: u if u["finished_at"] else None)(desk.get(f"/updates/{update['id']}").json), "the update being written")


def test_each_incident_is_answered_in_its_own_thread(desk):
    problem, incidents = problem_with(desk, 5)
    done = finished(desk, tell(desk, problem, state="resolved"))
    expect((done["total"], done["pending"], done["done"], done["failed"], done["author"]["name"]), (5, 0, 5, 0, "Jana Petersen"))
    for i, ticket in enumerate(incidents):
        message = written(desk, ticket)[-1]
        expect(([a["email"] for a in message["to"]], message["cc"], message["subject"], message["text"], message["author_staff"]),
               ([f"room{i}@example.org"], [], f"Re: No network in room {i}", "The network is back.", 1))
        expect((message["delivery"]["state"], desk.get(f"/tickets/{ticket}").json["state"]), ("held", "resolved"))
        expect([o["kind"] for o in desk.get(f"/operations?ticket={ticket}").json["items"]], ["problem.update", "ticket.link"])
    expect((len(written(desk, problem)), desk.get(f"/tickets/{problem}/updates").json["items"][0]["done"]), (1, 5))
    expect([e["data"]["incidents"] for e in desk.get(f"/tickets/{problem}/history").json["items"] if e["kind"] == "problem.update"], [5])


def test_it_goes_to_whom_the_writer_may_answer(desk):
    problem, (one, gone, foreign, last) = problem_with(desk, 4)
    lea = add_agent(desk)
    elsewhere = desk.post("/teams", {"name": "Elsewhere", "members": [1]}).json["id"]
    target = desk.customer_writes(subject="Other", email="room1@example.org")["id"]
    desk.patch(f"/tickets/{foreign}", {"team": elsewhere})
    merge(desk, gone, target)
    all_of_them = finished(desk, tell(desk, problem, "Even more."))
    expect(all_of_them["total"], 4, "the one it was merged into is the incident now")
    expect([i["ticket"] for i in all_of_them["items"]], [one, foreign, last, target])
    hers = desk.post(f"/tickets/{problem}/updates", {"text": "Of a colleague."}, token=lea).json
    expect(hers["total"], 3, "what a colleague can't see is not written to")


def test_an_incident_that_changes_meanwhile(desk):
    problem, incidents = problem_with(desk, 3)
    other = desk.customer_writes(subject="Other", email="room1@example.org")["id"]
    # As if the program had ended between the request and the writing.
    expect(desk.kill(), -9)
    update = desk_update(desk, problem, incidents, merged={incidents[1]: other})
    desk.start()
    seen = finished(desk, {"id": update})
    expect([(i["ticket"], i["state"], i["error"]) for i in seen["items"]],
           [(incidents[0], "done", None), (incidents[1], "failed", "ticket_merged"), (incidents[2], "done", None)])
    expect((seen["failed"], seen["items"][1]["error_text"] != ""), (1, True))
    desk.rows(f"UPDATE ticket SET merged_into_id = NULL, is_active = 1 WHERE id = {incidents[1]}")
    desk.post(f"/updates/{update}/retry")
    expect((finished(desk, {"id": update})["done"], [len(written(desk, t)) for t in incidents]), (3, [2, 2, 2]))


def desk_update(desk, problem, incidents, merged):
    """Writes what the request would have written, into a store that nobody serves."""
    for ticket, into in merged.items():
        desk.rows(f"UPDATE ticket SET merged_into_id = {into}, is_active = 0 WHERE id = {ticket}")
    desk.rows(f"INSERT INTO problem_update (id, ticket_id, staff_id, text, created_at) VALUES (100, {problem}, 1, 'It is back.', 1)")
    for ticket in incidents:
        desk.rows(f"INSERT INTO problem_update_item (update_id, ticket_id, state) VALUES (100, {ticket}, 'pending')")
    return 100


def test_a_killed_program_goes_on_where_it_stopped(desk):
    problem, incidents = problem_with(desk, 40)
    update = tell(desk, problem)
    soon(lambda: desk.get(f"/updates/{update['id']}").json["done"] > 2, "the first being written")
    desk.kill()
    desk.start()
    seen = finished(desk, update)
    expect((seen["done"], [len(written(desk, ticket)) for ticket in incidents]), (40, [2] * 40))
    desk.run("check")


def test_undo_takes_back_what_has_not_left(desk):
    problem, incidents = problem_with(desk, 3)
    update = tell(desk, problem)
    seen = finished(desk, update)
    desk.rows(f"UPDATE delivery SET state = 'sent', next_at = NULL WHERE message_id = {seen['items'][0]['message']}")
    operation = {"id": update["operation_id"]}
    trial = desk.get(f"/operations/{operation['id']}").json
    expect((trial["is_undoable"], kept(trial), trial["kept"][0]["count"]), (True, [("deliveries", "sent")], 1))
    expect(kept(undo(desk, operation)), [("deliveries", "sent")])
    expect([written(desk, t)[-1]["delivery"]["state"] for t in incidents], ["sent", "cancelled", "cancelled"])
    late = finished(desk, tell(desk, problem, "Again."))
    desk.rows("UPDATE delivery SET state = 'sent', next_at = NULL")
    expect(undo(desk, {"id": late["operation_id"]}, 409)["code"], "message_sent")


def test_what_is_refused(desk):
    problem, (one, two) = problem_with(desk, 2)
    desk.patch(f"/tickets/{two}", {"state": "closed"})
    expect(tell(desk, problem)["total"], 1, "what is closed is left in peace")
    expect(fault(tell(desk, problem, "", 422)), ("text", "required"))
    expect(fault(tell(desk, one, status=422)), ("incidents", "no_incidents"))
    expect(tell(desk, problem, incidents=[one])["total"], 1)
    expect(fault(tell(desk, problem, status=422, incidents=[two])), ("incidents", "no_incidents"))
    expect(desk.get("/updates/99").status, 404)


if __name__ == "__main__":
    run_all(__name__)
