/* The clock of whoever asks: one each, on one ticket. */
#include "api/modules_times.h"
#include "base/clock.h"
#include "modules/times/times_private.h"

static bool write_timer(struct request *request, struct response *response, struct error *err) {
    const struct sql_time_running_of_row *row;
    struct json_writer *json = &response->json;
    if (!sql_time_running_of(request->tx, request->mem, &(struct sql_time_running_of){.staff_id = request->actor->staff}, &row, err)) return false;
    bool is_seen = row && ticket_visible(request->actor, row->ticket_id, row->team_id, row->assignee_id);
    json_object_begin(json);
    json_key(json, "ticket");
    if (row) {
        json_object_begin(json);
        json_put_int(json, "id", row->ticket_id.value);
        json_put_int(json, "number", row->number);
        json_put_text(json, "label", row->label);
        json_put_text(json, "subject", is_seen ? row->subject : text_of(""));
        json_object_end(json);
    } else {
        json_none(json);
    }
    json_put_id(json, "activity", row ? row->activity_id : 0);
    json_key(json, "billable");
    if (row) json_bool(json, row->is_billable);
    else json_none(json);
    json_put_time(json, "started_at", row ? row->started_at : 0);
    json_object_end(json);
    return true;
}

bool get_timer(struct request *request, struct response *response, struct error *err) {
    return write_timer(request, response, err);
}

/* The caller's other windows hear of it. */
static void tell(struct request *request, const char *kind, ticket_id ticket, int64_t seconds) {
    struct text scope = text_printf(&request->tx->mem, "staff:%" PRId64, request->actor->staff.value);
    struct text data = text_printf(&request->tx->mem, "{\"ticket\":%" PRId64 ",\"seconds\":%" PRId64 "}", ticket.value, seconds);
    event_record(request->tx, &(struct event){.kind = kind, .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .scope = scope.data, .data = data});
}

struct stopped {
    ticket_id ticket;
    int64_t entry, seconds;
};

/* What a clock that was forgotten over night says nobody has worked. Where its ticket has gone meanwhile does not matter: the time was spent. */
static bool record(struct request *request, const struct sql_time_running_take_row *row, struct stopped *ret, struct error *err) {
    const struct ticket *ticket;
    int64_t seconds = (request->tx->now - row->started_at) / SECOND;
    ret->seconds = seconds < 1 ? 1 : seconds > SECONDS_MOST ? SECONDS_MOST : seconds;
    const struct sql_time_insert in = {
        .ticket_id = row->ticket_id, .staff_id = request->actor->staff, .activity_id = row->activity_id, .started_at = row->started_at,
        .seconds = ret->seconds, .note = text_of(""), .is_billable = row->is_billable, .created_at = request->tx->now,
    };
    return ticket_find(request->tx, request->mem, row->ticket_id, &ticket, err) && time_add(request, ticket, &in, &ret->entry, err);
}

static bool stop(struct request *request, bool is_discarded, struct stopped *ret, struct error *err) {
    const struct sql_time_running_take_row *row;
    *ret = (struct stopped){0};
    if (!sql_time_running_take(request->tx, request->mem, &(struct sql_time_running_take){.staff_id = request->actor->staff}, &row, err)) return false;
    if (!row) return true;
    ret->ticket = row->ticket_id;
    if (!is_discarded && !record(request, row, ret, err)) return false;
    tell(request, "timer.stopped", ret->ticket, ret->seconds);
    return true;
}

/* Of two windows that begin at once the second finds the clock of the first running. */
static bool begin(struct request *request, ticket_id ticket, const struct timer_put *body, bool is_billable, struct error *err) {
    const struct sql_time_running_begin_row *made;
    const struct sql_time_running_begin in = {.staff_id = request->actor->staff, .ticket_id = ticket, .activity_id = body->activity,
                                              .is_billable = is_billable, .started_at = request->tx->now};
    if (!sql_time_running_begin(request->tx, request->mem, &in, &made, err)) return false;
    if (!made) return error_set_key(err, ERR_CONFLICT, "timer_runs", "a clock runs already");
    tell(request, "timer.started", ticket, 0);
    return true;
}

bool put_timer(struct request *request, struct response *response, struct error *err) {
    const struct timer_put *body = request->body;
    const struct sql_activity_list_row *activity;
    const struct sql_time_running_of_row *running;
    const struct ticket *ticket;
    struct stopped stopped;
    if (!ticket_for(request, body->ticket, CAN_TICKETS_CHANGE, &ticket, err) || !activity_for_new(request, body->activity, &activity, err)
        || !sql_time_running_of(request->tx, request->mem, &(struct sql_time_running_of){.staff_id = request->actor->staff}, &running, err))
        return false;
    bool is_billable = body->has_billable ? body->billable : activity && activity->is_billable;
    bool goes_on = running && running->ticket_id.value == ticket->id.value;
    if (!goes_on && (!stop(request, false, &stopped, err) || !begin(request, ticket->id, body, is_billable, err))) return false;
    return write_timer(request, response, err);
}

bool delete_timer(struct request *request, struct response *response, struct error *err) {
    const struct delete_timer_query *in = request->query;
    struct stopped stopped;
    if (request->actor->is_narrowed && !actor_may(request->actor, CAN_TICKETS_CHANGE))
        return error_set_key(err, ERR_FORBIDDEN, "forbidden", "the token records nothing");
    if (!stop(request, in->has_discard && in->discard, &stopped, err)) return false;
    json_object_begin(&response->json);
    json_put_id(&response->json, "ticket", stopped.ticket.value);
    json_put_id(&response->json, "entry", stopped.entry);
    json_put_int(&response->json, "seconds", stopped.seconds);
    json_object_end(&response->json);
    return true;
}
