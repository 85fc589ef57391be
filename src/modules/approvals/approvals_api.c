/* Approvals over the API. Every change holds the ticket, so that one is decided once. */
#include "api/modules_approvals.h"
#include "modules/approvals/approvals.h"
#include "modules/people/people.h"
#include "modules/tickets/composer.h"
#include "modules/tickets/tickets.h"
#include "platform/events/events.h"
#include "platform/http/http.h"
#include "sql/modules_approvals.h"

enum { APPROVALS_MOST = 100, WAITING_MOST = 200 };

typedef struct sql_approval_list_row approval_row;

/* --- Showing ---------------------------------------------------------------------------------------------------------- */

static void write_person(struct json_writer *json, const char *key, int64_t id, struct text name) {
    json_key(json, key);
    if (!id) {
        json_none(json);
        return;
    }
    json_object_begin(json);
    json_put_int(json, "id", id);
    json_put_text(json, "name", name.data ? name : text_of(""));
    json_object_end(json);
}

static bool may_decide(const struct request *request, const approval_row *row) {
    int64_t me = request->actor->staff.value;
    return row->approver_id == me || row->deputy_id == me;
}

static bool is_open(const approval_row *row) {
    return text_is(row->state, "open");
}

static void write_approval(struct request *request, struct json_writer *json, const approval_row *row) {
    json_object_begin(json);
    json_put_int(json, "id", row->approval_id);
    json_put_int(json, "ticket", row->ticket_id.value);
    json_put_text(json, "text", row->text);
    json_put_text(json, "state", row->state);
    write_person(json, "asker", row->asker_id, row->asker_name);
    write_person(json, "approver", row->approver_id, row->approver_name);
    write_person(json, "deputy", row->deputy_id, row->deputy_name);
    json_put_time(json, "due_at", row->due_at);
    write_person(json, "decider", row->decider_id, row->decider_name);
    json_put_time(json, "decided_at", row->decided_at);
    json_put_text(json, "reason", row->reason);
    json_put_time(json, "created_at", row->created_at);
    json_put_bool(json, "may_decide", is_open(row) && may_decide(request, row));
    json_object_end(json);
}

static void begin_items(struct json_writer *json) {
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
}

static void end_items(struct json_writer *json) {
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
}

static bool write_list(struct request *request, struct response *response, ticket_id ticket, struct error *err) {
    struct sql_approval_list_rows rows;
    if (!sql_approval_list(request->tx, request->mem, &(struct sql_approval_list){.ticket_id = ticket}, &rows, err)) return false;
    begin_items(&response->json);
    for (size_t i = 0; i < rows.count; i++) write_approval(request, &response->json, &rows.at[i]);
    end_items(&response->json);
    return true;
}

bool get_ticket_approvals(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    return ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err) && write_list(request, response, ticket->id, err);
}

static void write_waiting(struct json_writer *json, const struct sql_approval_waiting_row *row) {
    json_object_begin(json);
    json_put_int(json, "id", row->approval_id);
    json_key(json, "ticket");
    json_object_begin(json);
    json_put_int(json, "id", row->ticket_id.value);
    json_put_text(json, "label", row->label);
    json_put_text(json, "subject", row->subject);
    json_object_end(json);
    write_person(json, "asker", row->asker_id, row->asker_name);
    json_put_text(json, "text", row->text);
    json_put_time(json, "due_at", row->due_at);
    json_put_time(json, "created_at", row->created_at);
    json_object_end(json);
}

bool get_approvals(struct request *request, struct response *response, struct error *err) {
    struct composer query;
    struct sql_rows rows;
    composer_begin(&query, request->tx, request->mem, &statement_approval_waiting);
    composer_add(&query, " WHERE approval.state = 'open' AND (approval.approver_id = ");
    composer_int(&query, request->actor->staff.value);
    composer_add(&query, " OR approval.deputy_id = ");
    composer_int(&query, request->actor->staff.value);
    composer_add(&query, ")");
    composer_visible(&query, request->actor);
    buffer_printf(&query.sql, " ORDER BY COALESCE(approval.due_at, 9223372036854775807), approval.id LIMIT %d", WAITING_MOST);
    if (!composer_rows(&query, request->tx, request->mem, &rows, err)) return false;
    const struct sql_approval_waiting_row *at = rows.at;
    begin_items(&response->json);
    for (size_t i = 0; i < rows.count; i++) write_waiting(&response->json, &at[i]);
    end_items(&response->json);
    return true;
}

/* --- Asking ----------------------------------------------------------------------------------------------------------- */

/* What subscribers need to know whom it concerns. */
static void tell(struct request *request, const struct ticket *ticket, const char *kind, const approval_row *row) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "approval", row->approval_id);
    json_put_int(&json, "asker", row->asker_id);
    json_put_int(&json, "approver", row->approver_id);
    json_put_id(&json, "deputy", row->deputy_id);
    json_put_text(&json, "text", row->text);
    json_put_time(&json, "due_at", row->due_at);
    json_put_text(&json, "state", row->state);
    json_put_text(&json, "reason", row->reason);
    json_object_end(&json);
    event_record(request->tx, &(struct event){.kind = kind, .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value,
                                              .ticket = ticket->id, .team = ticket->team, .assignee = ticket->assignee,
                                              .data = buffer_text(&out), .internal = true});
}

/* Who decides is somebody else, works here and sees what it is about. */
static bool check_decider(struct request *request, const struct ticket *ticket, staff_id staff, const char *field, struct error *err) {
    const struct sql_approval_staff_row *row;
    struct actor actor = {0};
    bool found = false;
    if (staff.value == request->actor->staff.value) return error_field(err, field, "approval_self", "somebody else decides");
    if (!sql_approval_staff(request->tx, request->mem, &(struct sql_approval_staff){.staff_id = staff}, &row, err)) return false;
    if (!row || !row->is_active) return error_field(err, field, "unknown", "nobody with the number %" PRId64 " works here now", staff.value);
    if (!actor_load(request->tx, request->mem, staff, &actor, &found, err)) return false;
    return (found && ticket_visible(&actor, ticket->id, ticket->team, ticket->assignee))
           || error_field(err, field, "approval_unseen", "%.*s can't see this ticket", (int)row->name.size, row->name.data);
}

static bool check_room(struct request *request, ticket_id ticket, struct error *err) {
    struct sql_approval_list_rows rows;
    if (!sql_approval_list(request->tx, request->mem, &(struct sql_approval_list){.ticket_id = ticket}, &rows, err)) return false;
    return rows.count < APPROVALS_MOST || error_set_key(err, ERR_CONFLICT, "approvals_full", "a ticket has %d approvals at most", APPROVALS_MOST);
}

/* Held before it is asked for: it may be merged or moved just now. */
static bool hold_ticket(struct request *request, enum permission permission, const struct ticket **ret, struct error *err) {
    return ticket_locked(request->tx, (ticket_id){request->id[0]}, ret, err) && ticket_for(request, request->id[0], permission, ret, err);
}

bool post_ticket_approval(struct request *request, struct response *response, struct error *err) {
    const struct approval_create *body = request->body;
    const struct sql_approval_add_row *made;
    const struct ticket *ticket;
    if (!hold_ticket(request, CAN_TICKETS_CHANGE, &ticket, err)) return false;
    const struct sql_approval_add in = {
        .ticket_id = ticket->id, .asker_id = request->actor->staff.value, .approver_id = body->approver, .deputy_id = body->deputy,
        .text = text_trim(body->text), .due_at = body->due_at, .created_at = request->tx->now,
    };
    if (text_empty(in.text)) return error_field(err, "text", "required", "an approval says what is to be approved");
    if (in.due_at && in.due_at <= request->tx->now) return error_field(err, "due_at", "in_past", "a deadline is to come");
    if (in.deputy_id == in.approver_id) return error_field(err, "deputy", "approval_twice", "the deputy is somebody else than the approver");
    if (!check_decider(request, ticket, (staff_id){in.approver_id}, "approver", err)
        || (in.deputy_id && !check_decider(request, ticket, (staff_id){in.deputy_id}, "deputy", err)) || !check_room(request, ticket->id, err)
        || !sql_approval_add(request->tx, request->mem, &in, &made, err))
        return false;
    tell(request, ticket, "approval.asked", &(approval_row){.approval_id = made->approval_id, .asker_id = in.asker_id, .approver_id = in.approver_id,
                                                            .deputy_id = in.deputy_id, .text = in.text, .due_at = in.due_at, .state = text_of("open")});
    response->status = 201;
    return write_list(request, response, ticket->id, err);
}

/* --- Deciding --------------------------------------------------------------------------------------------------------- */

static bool find_open(struct request *request, ticket_id ticket, approval_row *ret, struct error *err) {
    struct sql_approval_list_rows rows;
    const approval_row *found = NULL;
    if (!sql_approval_list(request->tx, request->mem, &(struct sql_approval_list){.ticket_id = ticket}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++)
        if (rows.at[i].approval_id == request->id[1]) found = &rows.at[i];
    if (!found) return error_set_key(err, ERR_NOT_FOUND, "approval_not_found", "there is no such approval in the ticket");
    *ret = *found;
    return is_open(ret) || error_set_key(err, ERR_CONFLICT, "approval_settled", "the approval is %.*s already", (int)ret->state.size, ret->state.data);
}

static bool settle(struct request *request, const struct ticket *ticket, const char *kind, approval_row *row, struct error *err) {
    const struct sql_approval_settle in = {.approval_id = row->approval_id, .state = row->state, .decider_id = request->actor->staff.value,
                                           .decided_at = request->tx->now, .reason = row->reason};
    int64_t settled = 0;
    if (!sql_approval_settle(request->tx, &in, &settled, err)) return false;
    if (!settled) return error_set_key(err, ERR_CONFLICT, "approval_settled", "the approval was decided just now");
    tell(request, ticket, kind, row);
    return true;
}

bool post_approval_decision(struct request *request, struct response *response, struct error *err) {
    const struct approval_decision *body = request->body;
    const struct ticket *ticket;
    approval_row row;
    struct text reason = text_trim(body->reason);
    if (!hold_ticket(request, CAN_TICKETS_READ, &ticket, err) || !find_open(request, ticket->id, &row, err)) return false;
    if (!may_decide(request, &row)) return error_set_key(err, ERR_FORBIDDEN, "approval_of_another", "somebody else was asked");
    if (request->actor->is_narrowed && !actor_may(request->actor, CAN_TICKETS_CHANGE))
        return error_set_key(err, ERR_FORBIDDEN, "forbidden", "the token decides nothing");
    if (!body->granted && text_empty(reason)) return error_field(err, "reason", "required", "a refusal needs a reason");
    row.state = text_of(body->granted ? "granted" : "refused");
    row.reason = text_empty(reason) ? (struct text){0} : reason;
    return settle(request, ticket, "approval.decided", &row, err) && write_list(request, response, ticket->id, err);
}

bool post_approval_withdrawal(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    approval_row row;
    if (!hold_ticket(request, CAN_TICKETS_CHANGE, &ticket, err) || !find_open(request, ticket->id, &row, err)) return false;
    row.state = text_of("withdrawn");
    return settle(request, ticket, "approval.withdrawn", &row, err) && write_list(request, response, ticket->id, err);
}
