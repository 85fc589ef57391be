/* Watching a ticket, and being admitted to one: who hears of it, and who may see it by name. */
#include "api/modules_tickets.h"
#include "modules/tickets/tickets_private.h"
#include "platform/access/admission.h"

static struct text staff_data(struct tx *tx, staff_id staff) {
    return text_printf(&tx->mem, "{\"staff\":%" PRId64 "}", staff.value);
}

static bool event_if(struct request *request, const struct ticket *ticket, const char *kind, int64_t changed) {
    struct doer doer = doer_of(request);
    if (changed) ticket_event(request->tx, &doer, ticket, kind, staff_data(request->tx, request->actor->staff), true);
    return true;
}

bool put_ticket_watch(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    int64_t added = 0;
    if (!ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err)) return false;
    const struct sql_watch_add in = {.staff_id = request->actor->staff, .ticket_id = ticket->id, .created_at = request->tx->now};
    response_none(response);
    return sql_watch_add(request->tx, &in, &added, err) && event_if(request, ticket, "ticket.watched", added);
}

bool delete_ticket_watch(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    int64_t removed = 0;
    if (!ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err)) return false;
    const struct sql_watch_remove in = {.staff_id = request->actor->staff, .ticket_id = ticket->id};
    response_none(response);
    return sql_watch_remove(request->tx, &in, &removed, err) && event_if(request, ticket, "ticket.unwatched", removed);
}

bool get_ticket_watchers(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    if (!ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err)) return false;
    json_object_begin(&response->json);
    json_key(&response->json, "items");
    json_array_begin(&response->json);
    if (!sql_watcher_list_json(request->tx, &(struct sql_watcher_list){.ticket_id = ticket->id}, &response->json, NULL, err)) return false;
    json_array_end(&response->json);
    json_put_text(&response->json, "next", (struct text){0});
    json_object_end(&response->json);
    return true;
}

/* --- Admissions ----------------------------------------------------------------------------------------------------------- */

static bool write_admissions(struct request *request, struct response *response, const struct ticket *ticket, struct error *err) {
    json_object_begin(&response->json);
    json_key(&response->json, "items");
    json_array_begin(&response->json);
    if (!sql_admission_list_json(request->tx, &(struct sql_admission_list){.ticket_id = ticket->id}, &response->json, NULL, err)) return false;
    json_array_end(&response->json);
    json_put_text(&response->json, "next", (struct text){0});
    json_object_end(&response->json);
    return true;
}

bool get_ticket_admissions(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    return ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err) && write_admissions(request, response, ticket, err);
}

/* Who was let in may leave; others end it who could change the ticket. */
static bool may_end(struct request *request, const struct ticket *ticket, staff_id staff, struct error *err) {
    if (staff.value == request->actor->staff.value) return true;
    return actor_may_in(request->actor, CAN_TICKETS_CHANGE, ticket->id, ticket->team, ticket->assignee)
           || error_set_key(err, ERR_FORBIDDEN, "forbidden", "you may not change this ticket");
}

/* The one who is out of it learns no more than that. */
static void tell_the_ended(struct request *request, const struct ticket *ticket, staff_id staff) {
    struct doer doer = doer_of(request);
    ticket_event(request->tx, &doer, ticket, "ticket.admission_ended", staff_data(request->tx, staff), true);
    event_record(request->tx, &(struct event){.kind = "access.ended", .actor = doer.kind, .actor_id = doer.id,
                                              .scope = arena_printf(&request->tx->mem, "staff:%" PRId64, staff.value),
                                              .data = text_printf(&request->tx->mem, "{\"ticket\":%" PRId64 "}", ticket->id.value)});
}

bool delete_ticket_admission(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    staff_id staff = {request->id[1]};
    bool ended;
    if (!ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err) || !may_end(request, ticket, staff, err)
        || !admission_end(request->tx, staff, ticket->id, &ended, err))
        return false;
    if (!ended) return error_set_key(err, ERR_NOT_FOUND, "admission_not_found", "they were not admitted to this ticket");
    const struct sql_watch_remove watch = {.staff_id = staff, .ticket_id = ticket->id};
    if (!sql_watch_remove(request->tx, &watch, NULL, err)) return false;
    tell_the_ended(request, ticket, staff);
    return write_admissions(request, response, ticket, err);
}
