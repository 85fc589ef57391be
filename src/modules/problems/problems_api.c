/* Updates of a problem over the API. */
#include "api/modules_problems.h"
#include "modules/tickets/tickets.h"
#include "platform/http/http.h"
#include "platform/operations/operations.h"
#include "sql/modules_problems.h"

enum { INCIDENTS = 1000 };

/* --- Showing --------------------------------------------------------------------------------------------------------------- */

/* Incidents that the caller can't see are counted, and not named. */
static bool write_items(struct request *request, struct json_writer *json, int64_t update, struct error *err) {
    struct sql_problem_update_items_rows rows;
    if (!sql_problem_update_items(request->tx, request->mem, &(struct sql_problem_update_items){.update_id = update}, &rows, err)) return false;
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++) {
        const struct sql_problem_update_items_row *row = &rows.at[i];
        if (!ticket_visible(request->actor, row->ticket_id, row->team_id, row->assignee_id)) continue;
        char *key = row->error.data ? text_string(request->mem, row->error) : NULL;
        json_object_begin(json);
        json_put_int(json, "ticket", row->ticket_id.value);
        json_put_int(json, "number", row->number);
        json_put_text(json, "label", row->label);
        json_put_text(json, "subject", row->subject);
        json_put_text(json, "state", row->state);
        json_put_text(json, "error", row->error);
        json_put_string(json, "error_text", key ? words_for(key, request->language) : NULL);
        json_put_id(json, "message", row->message_id.value);
        json_put_text(json, "delivery", row->delivery);
        json_put_text(json, "detail", row->detail);
        json_object_end(json);
    }
    json_array_end(json);
    return true;
}

static bool write_update(struct request *request, struct json_writer *json, int64_t update, bool with_items, struct error *err) {
    json_object_begin(json);
    if (!statement_fields(request->tx, &statement_problem_update_view, &(struct sql_problem_update_view){.update_id = update}, json, err)) return false;
    if (with_items && !write_items(request, json, update, err)) return false;
    json_object_end(json);
    return true;
}

bool get_ticket_updates(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    struct sql_problem_update_list_rows rows;
    struct json_writer *json = &response->json;
    if (!ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err)
        || !sql_problem_update_list(request->tx, request->mem, &(struct sql_problem_update_list){.ticket_id = ticket->id}, &rows, err))
        return false;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++)
        if (!write_update(request, json, rows.at[i].update_id, false, err)) return false;
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
    return true;
}

static bool update_for(struct request *request, enum permission permission, const struct sql_problem_update_row_row **ret_row, struct error *err) {
    const struct sql_problem_update_row_row *row = NULL;
    const struct ticket *ticket;
    if (request->id[0] && !sql_problem_update_row(request->tx, request->mem, &(struct sql_problem_update_row){.update_id = request->id[0]}, &row, err))
        return false;
    if (!row) return error_set_key(err, ERR_NOT_FOUND, "update_not_found", "there is no update %" PRId64, request->id[0]);
    *ret_row = row;
    return ticket_for(request, row->ticket_id.value, permission, &ticket, err);
}

bool get_update(struct request *request, struct response *response, struct error *err) {
    const struct sql_problem_update_row_row *row;
    return update_for(request, CAN_TICKETS_READ, &row, err) && write_update(request, &response->json, row->update_id, true, err);
}

bool post_update_retry(struct request *request, struct response *response, struct error *err) {
    const struct sql_problem_update_row_row *row;
    int64_t changed = 0;
    if (!update_for(request, CAN_TICKETS_REPLY, &row, err)
        || !sql_problem_update_again(request->tx, &(struct sql_problem_update_again){.update_id = row->update_id}, &changed, err)
        || (changed && !sql_problem_update_begin_again(request->tx, &(struct sql_problem_update_begin_again){.update_id = row->update_id}, NULL, err)))
        return false;
    return write_update(request, &response->json, row->update_id, true, err);
}

/* --- Beginning one -------------------------------------------------------------------------------------------------------------- */

bool prepare_update(struct request *request, struct response *response, struct error *err) {
    const struct update_create *body = request->body;
    struct prepared_text *prepared = arena_alloc(request->mem, sizeof *prepared);
    if (!text_prepare(request->mem, body->text, body->html, prepared, err)) return false;
    if (text_empty(text_trim(prepared->text))) return error_field(err, "text", "required", "an update needs a text");
    request->prepared = prepared;
    return text_is_whole(prepared->text, err) && text_is_whole(prepared->html, err);
}

static bool is_wanted(const struct update_create *body, ticket_id ticket) {
    const int64_t *at = body->incidents.at;
    for (size_t i = 0; i < body->incidents.count; i++)
        if (at[i] == ticket.value) return true;
    return !body->has_incidents;
}

static bool find_incidents(struct request *request, ticket_id problem, ticket_id *ret, size_t *ret_count, struct error *err) {
    struct sql_incident_list_rows rows;
    const struct sql_incident_list in = {.problem_id = problem.value, .limit = INCIDENTS + 1};
    if (!sql_incident_list(request->tx, request->mem, &in, &rows, err)) return false;
    if (rows.count > INCIDENTS) return error_field(err, "incidents", "too_many", "at most %d incidents at once", INCIDENTS);
    *ret_count = 0;
    for (size_t i = 0; i < rows.count; i++)
        if (is_wanted(request->body, rows.at[i].ticket_id) && ticket_visible(request->actor, rows.at[i].ticket_id, rows.at[i].team_id, rows.at[i].assignee_id))
            ret[(*ret_count)++] = rows.at[i].ticket_id;
    return *ret_count > 0 || error_field(err, "incidents", "no_incidents", "no open incident is linked with this problem");
}

static bool record(struct request *request, const struct ticket *problem, int64_t update, const ticket_id *tickets, size_t count, struct error *err) {
    struct tx *tx = request->tx;
    struct doer doer = doer_of(request);
    int64_t operation;
    const struct operation_record in = {
        .kind = "problem.update", .actor = doer.kind, .actor_id = doer.id, .tickets = tickets, .ticket_count = count,
        .summary = text_printf(&tx->mem, "{\"ticket\":%" PRId64 ",\"update\":%" PRId64 ",\"incidents\":%zu}", problem->id.value, update, count - 1),
        .data = text_printf(&tx->mem, "{\"update\":%" PRId64 "}", update),
    };
    if (!operation_add(tx, &in, &operation, err)) return false;
    event_record(tx, &(struct event){.kind = "problem.update", .actor = doer.kind, .actor_id = doer.id, .ticket = problem->id, .team = problem->team,
                                     .assignee = problem->assignee, .data = in.summary, .internal = true});
    return sql_problem_update_operation(tx, &(struct sql_problem_update_operation){.operation_id = operation, .update_id = update}, NULL, err);
}

static bool add_items(struct tx *tx, int64_t update, const ticket_id *tickets, size_t count, struct error *err) {
    for (size_t i = 0; i < count; i++) {
        const struct sql_problem_update_item_add in = {.update_id = update, .ticket_id = tickets[i]};
        if (!sql_problem_update_item_add(tx, &in, NULL, err)) return false;
    }
    return true;
}

bool post_ticket_update(struct request *request, struct response *response, struct error *err) {
    const struct update_create *body = request->body;
    const struct prepared_text *prepared = request->prepared;
    const struct ticket *problem;
    const struct sql_problem_update_insert_row *row;
    ticket_id *tickets = arena_array(request->mem, INCIDENTS + 2, sizeof *tickets);
    size_t count;
    if (!ticket_for(request, request->id[0], CAN_TICKETS_REPLY, &problem, err) || !find_incidents(request, problem->id, tickets + 1, &count, err))
        return false;
    tickets[0] = problem->id;
    const struct sql_problem_update_insert in = {.ticket_id = problem->id, .staff_id = request->actor->staff, .text = prepared->text,
                                                 .html = prepared->html, .state = body->state, .created_at = request->tx->now};
    if (!sql_problem_update_insert(request->tx, request->mem, &in, &row, err) || !add_items(request->tx, row->id, tickets + 1, count, err)
        || !record(request, problem, row->id, tickets, count + 1, err))
        return false;
    response_created(response, request, "/api/v1/updates/%" PRId64, row->id);
    return write_update(request, &response->json, row->id, true, err);
}
