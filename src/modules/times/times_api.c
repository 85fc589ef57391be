/* Time that was spent on one ticket, over the API. Every change holds the ticket, so that changes of one list come one after the other. */
#include "api/modules_times.h"
#include "base/clock.h"
#include "modules/times/times_private.h"

typedef struct sql_time_list_row entry_row;

static bool may_change(const struct request *request, const entry_row *entry) {
    return entry->staff_id.value == request->actor->staff.value || actor_may(request->actor, CAN_TIMES_MANAGE);
}

static void write_entry(struct request *request, struct json_writer *json, const entry_row *entry) {
    json_object_begin(json);
    json_put_int(json, "id", entry->entry_id);
    json_put_int(json, "ticket", entry->ticket_id.value);
    json_key(json, "staff");
    json_object_begin(json);
    json_put_int(json, "id", entry->staff_id.value);
    json_put_text(json, "name", entry->staff_name);
    json_object_end(json);
    json_put_id(json, "activity", entry->activity_id);
    json_put_time(json, "started_at", entry->started_at);
    json_put_int(json, "seconds", entry->seconds);
    json_put_bool(json, "billable", entry->is_billable);
    json_put_text(json, "note", entry->note);
    json_put_time(json, "created_at", entry->created_at);
    json_put_bool(json, "may_change", may_change(request, entry));
    json_put_int(json, "version", entry->version);
    json_object_end(json);
}

static bool write_list(struct request *request, struct response *response, ticket_id ticket, struct error *err) {
    struct sql_time_list_rows rows;
    struct json_writer *json = &response->json;
    int64_t seconds = 0, billable = 0;
    if (!sql_time_list(request->tx, request->mem, &(struct sql_time_list){.ticket_id = ticket}, &rows, err)) return false;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++) {
        const entry_row *entry = &rows.at[i];
        if (entry->removed_at) continue;
        write_entry(request, json, entry);
        seconds += entry->seconds;
        if (entry->is_billable) billable += entry->seconds;
    }
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_put_int(json, "seconds", seconds);
    json_put_int(json, "billable_seconds", billable);
    json_object_end(json);
    return true;
}

bool get_ticket_times(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    return ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err) && write_list(request, response, ticket->id, err);
}

/* --- Changing --------------------------------------------------------------------------------------------------------- */

static void tell(struct request *request, const struct ticket *ticket, const char *change, const entry_row *entry) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_text(&json, "change", text_of(change));
    json_put_int(&json, "entry", entry->entry_id);
    json_put_int(&json, "staff", entry->staff_id.value);
    json_put_id(&json, "activity", entry->activity_id);
    json_put_time(&json, "started_at", entry->started_at);
    json_put_int(&json, "seconds", entry->seconds);
    json_put_bool(&json, "billable", entry->is_billable);
    json_object_end(&json);
    event_record(request->tx, &(struct event){.kind = "ticket.time", .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value,
                                              .ticket = ticket->id, .team = ticket->team, .assignee = ticket->assignee,
                                              .data = buffer_text(&out), .internal = true});
}

static bool check_room(struct request *request, ticket_id ticket, struct error *err) {
    struct sql_time_list_rows rows;
    int count = 0;
    if (!sql_time_list(request->tx, request->mem, &(struct sql_time_list){.ticket_id = ticket}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) count += !rows.at[i].removed_at;
    return count < ENTRIES_MOST || error_set_key(err, ERR_CONFLICT, "times_full", "a ticket has %d entries at most", ENTRIES_MOST);
}

bool time_add(struct request *request, const struct ticket *ticket, const struct sql_time_insert *in, int64_t *ret_entry, struct error *err) {
    const struct sql_time_insert_row *made;
    if (!sql_time_insert(request->tx, request->mem, in, &made, err)) return false;
    *ret_entry = made->entry_id;
    tell(request, ticket, "added", &(entry_row){.entry_id = made->entry_id, .staff_id = in->staff_id, .activity_id = in->activity_id,
                                                .started_at = in->started_at, .seconds = in->seconds, .is_billable = in->is_billable});
    return true;
}

static bool check_begin(const struct request *request, int64_t started_at, struct error *err) {
    return started_at <= request->tx->now || error_field(err, "started_at", "in_future", "what was spent has begun already");
}

/* Held before it is asked for: it may be merged or moved just now. */
static bool hold_ticket(struct request *request, const struct ticket **ret, struct error *err) {
    return ticket_locked(request->tx, (ticket_id){request->id[0]}, ret, err) && ticket_for(request, request->id[0], CAN_TICKETS_CHANGE, ret, err);
}

bool post_ticket_time(struct request *request, struct response *response, struct error *err) {
    const struct time_create *body = request->body;
    const struct sql_activity_list_row *activity;
    const struct ticket *ticket;
    int64_t entry;
    if (!hold_ticket(request, &ticket, err) || !activity_for_new(request, body->activity, &activity, err)) return false;
    const struct sql_time_insert in = {
        .ticket_id = ticket->id, .staff_id = request->actor->staff, .activity_id = body->activity, .seconds = body->seconds,
        .started_at = body->has_started_at ? body->started_at : request->tx->now - body->seconds * SECOND,
        .note = body->has_note ? text_trim(body->note) : text_of(""),
        .is_billable = body->has_billable ? body->billable : activity && activity->is_billable, .created_at = request->tx->now,
    };
    if (!check_begin(request, in.started_at, err) || !check_room(request, ticket->id, err) || !time_add(request, ticket, &in, &entry, err)) return false;
    response->status = 201;
    return write_list(request, response, ticket->id, err);
}

static bool find_entry(struct request *request, ticket_id ticket, bool is_removed, entry_row *ret, struct error *err) {
    struct sql_time_list_rows rows;
    const entry_row *found = NULL;
    if (!sql_time_list(request->tx, request->mem, &(struct sql_time_list){.ticket_id = ticket}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++)
        if (rows.at[i].entry_id == request->id[1] && (rows.at[i].removed_at != 0) == is_removed) found = &rows.at[i];
    if (!found) return error_set_key(err, ERR_NOT_FOUND, "time_not_found", "there is no such entry in the ticket");
    *ret = *found;
    return may_change(request, ret) || error_set_key(err, ERR_FORBIDDEN, "time_of_another", "the entry is of somebody else");
}

static bool check_version(struct request *request, const entry_row *entry, struct error *err) {
    return !request_is_stale(request, entry->version) || error_set_key(err, ERR_STALE, "time_stale", "the entry is at version %" PRId64, entry->version);
}

static bool write_change(struct request *request, const struct ticket *ticket, const char *change, const entry_row *entry, struct error *err) {
    const struct sql_time_write in = {.entry_id = entry->entry_id, .activity_id = entry->activity_id, .started_at = entry->started_at,
                                      .seconds = entry->seconds, .note = entry->note, .is_billable = entry->is_billable,
                                      .removed_at = entry->removed_at};
    tell(request, ticket, change, entry);
    return sql_time_write(request->tx, &in, NULL, err);
}

static bool apply(struct request *request, const struct time_patch *body, entry_row *entry, struct error *err) {
    const struct sql_activity_list_row *activity;
    if (body->has_activity && body->activity != entry->activity_id && !activity_for_new(request, body->activity, &activity, err)) return false;
    if (body->has_activity) entry->activity_id = body->activity;
    if (body->has_seconds) entry->seconds = body->seconds;
    if (body->has_started_at) entry->started_at = body->started_at;
    if (body->has_billable) entry->is_billable = body->billable;
    if (body->has_note) entry->note = text_trim(body->note);
    return !body->has_started_at || check_begin(request, entry->started_at, err);
}

bool patch_ticket_time(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    entry_row entry;
    return hold_ticket(request, &ticket, err) && find_entry(request, ticket->id, false, &entry, err) && check_version(request, &entry, err)
           && apply(request, request->body, &entry, err) && write_change(request, ticket, "changed", &entry, err)
           && write_list(request, response, ticket->id, err);
}

bool delete_ticket_time(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    entry_row entry;
    if (!hold_ticket(request, &ticket, err) || !find_entry(request, ticket->id, false, &entry, err) || !check_version(request, &entry, err)) return false;
    entry.removed_at = request->tx->now;
    return write_change(request, ticket, "removed", &entry, err) && write_list(request, response, ticket->id, err);
}

bool post_ticket_time_restore(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    entry_row entry;
    if (!hold_ticket(request, &ticket, err) || !find_entry(request, ticket->id, true, &entry, err) || !check_room(request, ticket->id, err)) return false;
    entry.removed_at = 0;
    return write_change(request, ticket, "restored", &entry, err) && write_list(request, response, ticket->id, err);
}
