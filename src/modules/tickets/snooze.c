/* Putting a ticket off for oneself alone: it leaves one's own work until its time, or until somebody from outside writes. */
#include "api/modules_tickets.h"
#include "modules/tickets/tickets_private.h"

#include "base/clock.h"

static const int64_t FARTHEST = 3660 * 24 * 3600 * 1000000LL;

/* For nobody's eyes but theirs. */
static void snooze_event(struct tx *tx, const struct doer *doer, staff_id staff, ticket_id ticket, const char *kind, const char *why) {
    event_record(tx, &(struct event){
        .kind = kind, .actor = doer->kind, .actor_id = doer->id, .cause = doer->cause, .scope = arena_printf(&tx->mem, "staff:%" PRId64, staff.value),
        .data = text_printf(&tx->mem, "{\"ticket\":%" PRId64 ",\"staff\":%" PRId64 ",\"why\":\"%s\"}", ticket.value, staff.value, why), .internal = true,
    });
}

static bool end_one(struct tx *tx, const struct doer *doer, staff_id staff, ticket_id ticket, const char *why, struct error *err) {
    int64_t ended = 0;
    if (!sql_snooze_end(tx, &(struct sql_snooze_end){.staff_id = staff, .ticket_id = ticket}, &ended, err)) return false;
    if (ended) snooze_event(tx, doer, staff, ticket, "snooze.ended", why);
    return true;
}

bool snoozes_end(struct tx *tx, ticket_id ticket, const char *why, struct text cause, struct error *err) {
    const struct doer doer = {.kind = ACTOR_SYSTEM, .cause = cause};
    struct sql_snooze_of_ticket_rows rows;
    if (!sql_snooze_of_ticket(tx, &tx->mem, &(struct sql_snooze_of_ticket){.ticket_id = ticket}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++)
        if (!end_one(tx, &doer, rows.at[i].staff_id, ticket, why, err)) return false;
    return true;
}

/* Who deletes the row has woken it: each wakes once, whatever ends the process and however many look. */
bool snoozes_wake(struct tx *tx, int64_t limit, bool *ret_more, struct error *err) {
    const struct doer doer = {.kind = ACTOR_SYSTEM, .cause = text_of("date")};
    struct sql_snooze_due_rows rows;
    if (!sql_snooze_due(tx, &tx->mem, &(struct sql_snooze_due){.now_at = tx->now, .limit = limit}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++)
        if (!end_one(tx, &doer, rows.at[i].staff_id, rows.at[i].ticket_id, "time", err)) return false;
    *ret_more = (int64_t)rows.count == limit;
    return true;
}

static bool write_own(struct request *request, struct response *response, const struct ticket *ticket, struct error *err) {
    const struct sql_ticket_view in = {.staff_id = request->actor->staff, .ticket_id = ticket->id};
    return sql_ticket_view_json(request->tx, &in, &response->json, NULL, err);
}

bool put_ticket_snooze(struct request *request, struct response *response, struct error *err) {
    const struct snooze_put *body = request->body;
    const struct ticket *ticket;
    struct doer doer = doer_of(request);
    if (body->until <= request->tx->now) return error_field(err, "until", "past", "lies in the past");
    if (body->until > request->tx->now + FARTHEST) return error_field(err, "until", "too_far", "lies more than ten years ahead");
    if (!ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err)) return false;
    const struct sql_snooze_put in = {.staff_id = request->actor->staff, .ticket_id = ticket->id, .until_at = body->until,
                                      .reason = body->reason.data ? text_trim(body->reason) : text_of(""), .created_at = request->tx->now};
    if (!sql_snooze_put(request->tx, &in, NULL, err)) return false;
    snooze_event(request->tx, &doer, request->actor->staff, ticket->id, "snooze.set", "wish");
    return write_own(request, response, ticket, err);
}

bool delete_ticket_snooze(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    struct doer doer = doer_of(request);
    return ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err)
           && end_one(request->tx, &doer, request->actor->staff, ticket->id, "wish", err) && write_own(request, response, ticket, err);
}
