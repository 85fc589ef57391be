/* Bulk edits over the API: which tickets, what it would come to, and how far it has come. */
#include "api/modules_bulk.h"
#include "api/modules_macros.h"
#include "modules/bulk/bulk_private.h"
#include "modules/tickets/condition.h"
#include "platform/http/http.h"

enum { EXAMPLES = 5, REASONS = 20 };

/* --- Which tickets ------------------------------------------------------------------------------------------------------ */

/* What is asked for, worked out before the writer has to wait for it. */
struct wanted {
    const ticket_id *tickets, *mine; /* mine: those that the caller may change */
    size_t count, mine_count;
    struct text actions, condition;
};

static int by_id(const void *left, const void *right) {
    int64_t a = ((const ticket_id *)left)->value, b = ((const ticket_id *)right)->value;
    return a < b ? -1 : a > b;
}

/* In their order, each once. */
static void named(struct request *request, const struct json_list *tickets, struct wanted *wanted) {
    const int64_t *at = tickets->at;
    ticket_id *ids = arena_array(request->mem, tickets->count + 1, sizeof *ids);
    size_t kept = 0;
    for (size_t i = 0; i < tickets->count; i++) ids[i].value = at[i];
    if (tickets->count) qsort(ids, tickets->count, sizeof *ids, by_id);
    for (size_t i = 0; i < tickets->count; i++)
        if (!kept || ids[kept - 1].value != ids[i].value) ids[kept++] = ids[i];
    wanted->tickets = ids;
    wanted->count = kept;
}

static bool found(struct request *request, struct text text, bool awake, struct wanted *wanted, struct error *err) {
    const struct condition_names *names;
    const struct query *query;
    struct ticket_condition *condition;
    const struct actor *actor = request->actor;
    if (!query_parse(request->mem, text, &query, NULL, err)) {
        if (err->field_count) snprintf(err->fields[0].field, sizeof err->fields[0].field, "condition");
        return false;
    }
    if (!condition_names_read(request->tx, request->mem, &names, err)
        || !condition_bind(names, request->mem, query, "condition", actor->zone, actor->staff, &condition, err))
        return false;
    condition_clock(condition, request->tx->now);
    wanted->condition = query_write(request->mem, query);
    return condition_find(request->tx, request->mem, condition, actor->staff, awake, BULK_LIMIT + 1, &wanted->count, &wanted->tickets, err);
}

static bool find_mine(struct request *request, struct wanted *wanted, struct error *err) {
    ticket_id *mine = arena_array(request->mem, wanted->count + 1, sizeof *mine);
    for (size_t i = 0; i < wanted->count; i++) {
        const struct ticket *ticket;
        if (!ticket_find(request->tx, request->mem, wanted->tickets[i], &ticket, err)) return false;
        if (ticket && ticket_visible(request->actor, ticket->id, ticket->team, ticket->assignee)
            && actor_may_in(request->actor, CAN_TICKETS_CHANGE, ticket->id, ticket->team, ticket->assignee))
            mine[wanted->mine_count++] = ticket->id;
    }
    wanted->mine = mine;
    return wanted->mine_count > 0 || error_set_key(err, ERR_CONFLICT, "no_tickets", "there is no ticket among them that may be changed");
}

/* Of what a condition finds only what the caller may change is meant; tickets that are named are told one by one. */
static bool choose(struct request *request, const struct bulk_create *body, struct wanted *wanted, struct error *err) {
    if (body->has_tickets == body->has_condition) return error_field(err, "tickets", "required", "either tickets or a condition");
    if (body->has_tickets) named(request, &body->tickets, wanted);
    else if (!found(request, body->condition, body->awake, wanted, err)) return false;
    if (wanted->count > BULK_LIMIT) return error_field(err, body->has_tickets ? "tickets" : "condition", "too_many_tickets", "at most %d tickets", BULK_LIMIT);
    if (!find_mine(request, wanted, err)) return false;
    if (body->has_tickets) return true;
    wanted->tickets = wanted->mine;
    wanted->count = wanted->mine_count;
    return true;
}

static bool read_actions(struct request *request, const struct json_list *actions, struct text *ret, struct error *err) {
    const struct macro_action *at = actions->at;
    struct text *notes;
    for (size_t i = 0; i < actions->count; i++)
        if (text_is(at[i].kind, "reply"))
            return error_field(err, text_string(request->mem, text_printf(request->mem, "actions.%zu.kind", i)), "reply_in_bulk", "no answers to many");
    return actions_prepare(request->mem, actions, &notes, err) && actions_write(request->mem, actions, notes, ret, err);
}

static bool read_wanted(struct request *request, struct wanted *wanted, struct error *err) {
    const struct bulk_create *body = request->body;
    *wanted = (struct wanted){0};
    return read_actions(request, &body->actions, &wanted->actions, err) && choose(request, body, wanted, err);
}

/* --- What it would do ------------------------------------------------------------------------------------------------------- */

struct preview {
    struct bulk_deed deed;
    int64_t changes, unchanged, refused;
    struct {
        const char *code;
        int64_t count;
    } reasons[REASONS];
    size_t reason_count;
    struct json_writer json;      /* the examples */
    int examples;
};

static void count_reason(struct preview *preview, const char *code) {
    size_t i = 0;
    preview->refused++;
    while (i < preview->reason_count && strcmp(preview->reasons[i].code, code) != 0) i++;
    if (i == REASONS) return;
    if (i == preview->reason_count) preview->reasons[preview->reason_count++].code = code;
    preview->reasons[i].count++;
}

static void show_example(struct preview *preview) {
    const struct bulk_deed *deed = &preview->deed;
    struct json_writer *json = &preview->json;
    if (preview->examples++ >= EXAMPLES) return;
    json_object_begin(json);
    json_put_int(json, "ticket", deed->ticket->id.value);
    json_put_int(json, "number", deed->ticket->number);
    json_put_text(json, "label", deed->ticket->label);
    json_put_text(json, "subject", deed->ticket->subject);
    json_put_raw(json, "changes", deed->changes.data ? deed->changes : text_of("{}"));
    json_object_end(json);
}

static bool look_at_all(struct preview *preview, const struct wanted *wanted, struct error *err) {
    for (size_t i = 0; i < wanted->count; i++) {
        struct bulk_deed *deed = &preview->deed;
        if (!bulk_plan(deed, wanted->tickets[i], err)) return false;
        bool changes = !deed->refused && (deed->changes.data || deed->plan.note.data);
        if (deed->refused) count_reason(preview, deed->refused);
        preview->changes += changes;
        preview->unchanged += !deed->refused && !changes;
        if (changes) show_example(preview);
    }
    return true;
}

static void write_reasons(const struct request *request, const struct preview *preview, struct json_writer *json) {
    json_key(json, "reasons");
    json_array_begin(json);
    for (size_t i = 0; i < preview->reason_count; i++) {
        json_object_begin(json);
        json_put_string(json, "code", preview->reasons[i].code);
        json_put_string(json, "message", words_for(preview->reasons[i].code, request->language));
        json_put_int(json, "count", preview->reasons[i].count);
        json_object_end(json);
    }
    json_array_end(json);
}

bool post_bulk_preview(struct request *request, struct response *response, struct error *err) {
    struct json_writer *json = &response->json;
    struct wanted wanted;
    struct buffer examples = {.mem = request->mem};
    struct preview preview = {.json = json_writer(&examples)};
    if (!read_wanted(request, &wanted, err)) return false;
    preview.deed = (struct bulk_deed){.tx = request->tx, .actor = request->actor, .doer = doer_of(request), .actions = wanted.actions};
    json_array_begin(&preview.json);
    if (!look_at_all(&preview, &wanted, err)) return false;
    json_array_end(&preview.json);
    json_object_begin(json);
    json_put_int(json, "total", (int64_t)wanted.count);
    json_put_int(json, "changes", preview.changes);
    json_put_int(json, "unchanged", preview.unchanged);
    json_put_int(json, "refused", preview.refused);
    write_reasons(request, &preview, json);
    json_put_raw(json, "examples", buffer_text(&examples));
    json_object_end(json);
    return true;
}

/* --- Showing one ------------------------------------------------------------------------------------------------------------- */

static bool write_bulk(struct request *request, struct json_writer *json, const struct sql_bulk_row_row *bulk, struct error *err) {
    const struct sql_bulk_author_row *author;
    if (!sql_bulk_author(request->tx, request->mem, &(struct sql_bulk_author){.staff_id = bulk->staff_id}, &author, err)) return false;
    json_object_begin(json);
    json_put_int(json, "id", bulk->bulk_id);
    json_put_text(json, "state", bulk->state);
    json_key(json, "author");
    json_object_begin(json);
    json_put_int(json, "id", bulk->staff_id.value);
    json_put_text(json, "name", author ? author->name : (struct text){0});
    json_object_end(json);
    json_put_raw(json, "actions", bulk->actions);
    json_put_text(json, "condition", bulk->condition);
    json_put_int(json, "operation", bulk->operation_id);
    json_put_time(json, "created_at", bulk->created_at);
    json_put_time(json, "finished_at", bulk->finished_at);
    if (!statement_fields(request->tx, &statement_bulk_counts, &(struct sql_bulk_counts){.bulk_id = bulk->bulk_id}, json, err)) return false;
    json_object_end(json);
    return true;
}

/* Those of others are not there. */
static bool find(struct request *request, int64_t id, const struct sql_bulk_row_row **ret_bulk, struct error *err) {
    const struct sql_bulk_row_row *bulk = NULL;
    if (id && !sql_bulk_row(request->tx, request->mem, &(struct sql_bulk_row){.bulk_id = id}, &bulk, err)) return false;
    *ret_bulk = bulk;
    return (bulk && bulk->staff_id.value == request->actor->staff.value)
           || error_set_key(err, ERR_NOT_FOUND, "bulk_not_found", "there is no bulk edit %" PRId64, id);
}

static bool find_and_write(struct request *request, struct response *response, int64_t id, struct error *err) {
    const struct sql_bulk_row_row *bulk;
    return find(request, id, &bulk, err) && write_bulk(request, &response->json, bulk, err);
}

bool get_bulk(struct request *request, struct response *response, struct error *err) {
    return find_and_write(request, response, request->id[0], err);
}

bool get_bulks(struct request *request, struct response *response, struct error *err) {
    const struct get_bulks_query *in = request->query;
    struct json_writer *json = &response->json;
    struct sql_bulk_list_rows rows;
    int64_t before = INT64_MAX, ignored, limit = in->has_limit ? in->limit : 20;
    if (in->has_cursor && !cursor_read(in->cursor, &ignored, &before, err)) return false;
    const struct sql_bulk_list query = {.staff_id = request->actor->staff, .before = before, .limit = limit + 1};
    if (!sql_bulk_list(request->tx, request->mem, &query, &rows, err)) return false;
    size_t shown = (int64_t)rows.count > limit ? (size_t)limit : rows.count;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < shown; i++)
        if (!find_and_write(request, response, rows.at[i].bulk_id, err)) return false;
    json_array_end(json);
    json_put_text(json, "next", shown < rows.count ? cursor_make(request->mem, 0, rows.at[shown - 1].bulk_id) : (struct text){0});
    json_object_end(json);
    return true;
}

static void write_failure(const struct request *request, struct json_writer *json, const struct sql_bulk_failures_row *row) {
    bool shows = ticket_visible(request->actor, row->ticket_id, row->team_id, row->assignee_id);
    json_object_begin(json);
    json_put_int(json, "ticket", row->ticket_id.value);
    json_put_id(json, "number", shows ? row->number : 0);
    json_put_text(json, "label", shows ? row->label : (struct text){0});
    json_put_text(json, "subject", shows ? row->subject : (struct text){0});
    json_put_text(json, "state", row->state);
    json_put_text(json, "error", row->error);
    json_put_string(json, "error_text", row->error.data ? words_for(text_string(request->mem, row->error), request->language) : NULL);
    json_object_end(json);
}

bool get_bulk_failures(struct request *request, struct response *response, struct error *err) {
    const struct get_bulk_failures_query *in = request->query;
    const struct sql_bulk_row_row *bulk;
    struct sql_bulk_failures_rows rows;
    struct json_writer *json = &response->json;
    int64_t after = 0, ignored, limit = in->has_limit ? in->limit : 50;
    if (!find(request, request->id[0], &bulk, err) || (in->has_cursor && !cursor_read(in->cursor, &ignored, &after, err))) return false;
    const struct sql_bulk_failures query = {.bulk_id = bulk->bulk_id, .after = after, .limit = limit + 1};
    if (!sql_bulk_failures(request->tx, request->mem, &query, &rows, err)) return false;
    size_t shown = (int64_t)rows.count > limit ? (size_t)limit : rows.count;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < shown; i++) write_failure(request, json, &rows.at[i]);
    json_array_end(json);
    json_put_text(json, "next", shown < rows.count ? cursor_make(request->mem, 0, rows.at[shown - 1].ticket_id.value) : (struct text){0});
    json_object_end(json);
    return true;
}

/* --- Beginning and stopping ---------------------------------------------------------------------------------------------------- */

bool prepare_bulk(struct request *request, struct response *response, struct error *err) {
    struct wanted *wanted = arena_alloc(request->mem, sizeof *wanted);
    request->prepared = wanted;
    return read_wanted(request, wanted, err);
}

static bool record(struct request *request, int64_t bulk, const struct wanted *wanted, struct error *err) {
    struct tx *tx = request->tx;
    struct doer doer = doer_of(request);
    int64_t operation;
    const struct operation_record in = {
        .kind = bulk_operation.name, .actor = doer.kind, .actor_id = doer.id, .tickets = wanted->mine, .ticket_count = wanted->mine_count,
        .summary = text_printf(&tx->mem, "{\"bulk\":%" PRId64 ",\"tickets\":%zu}", bulk, wanted->count),
        .data = text_printf(&tx->mem, "{\"bulk\":%" PRId64 "}", bulk),
    };
    return operation_add(tx, &in, &operation, err)
           && sql_bulk_set_operation(tx, &(struct sql_bulk_set_operation){.operation_id = operation, .bulk_id = bulk}, NULL, err);
}

bool post_bulk(struct request *request, struct response *response, struct error *err) {
    const struct wanted *wanted = request->prepared;
    const struct sql_bulk_insert_row *row;
    const struct sql_bulk_insert in = {.staff_id = request->actor->staff, .actions = wanted->actions, .condition = wanted->condition,
                                       .created_at = request->tx->now};
    if (!sql_bulk_insert(request->tx, request->mem, &in, &row, err)) return false;
    for (size_t i = 0; i < wanted->count; i++)
        if (!sql_bulk_item_add(request->tx, &(struct sql_bulk_item_add){.bulk_id = row->id, .ticket_id = wanted->tickets[i]}, NULL, err)) return false;
    if (!record(request, row->id, wanted, err)) return false;
    response_created(response, request, "/api/v1/bulk/%" PRId64, row->id);
    return find_and_write(request, response, row->id, err);
}

bool post_bulk_stop(struct request *request, struct response *response, struct error *err) {
    const struct sql_bulk_row_row *bulk;
    struct sql_bulk_hold_rows held;
    struct tx *tx = request->tx;
    int64_t stopped = 0;
    if (!find(request, request->id[0], &bulk, err) || !sql_bulk_hold(tx, request->mem, &(struct sql_bulk_hold){.bulk_id = bulk->bulk_id}, &held, err)
        || !sql_bulk_stop(tx, &(struct sql_bulk_stop){.finished_at = tx->now, .bulk_id = bulk->bulk_id}, &stopped, err)
        || (stopped && !sql_bulk_cancel(tx, &(struct sql_bulk_cancel){.bulk_id = bulk->bulk_id}, NULL, err)))
        return false;
    return find_and_write(request, response, bulk->bulk_id, err);
}
