/* Operations over the API: what was done to a ticket in one go, and taking it back. Who may do it may take it back. */
#include "api/modules_tickets.h"
#include "modules/tickets/tickets_private.h"
#include "platform/application/application.h"

static struct undoing undoing_of(struct request *request, const struct operation *operation) {
    return (struct undoing){.tx = request->tx, .mem = request->mem, .operation = operation, .actor = ACTOR_STAFF,
                            .actor_id = request->actor->staff.value};
}

static bool is_own_by_parts(const struct request *request, const struct operation *operation) {
    const struct application *application = request->application;
    const struct operation_kind *kind = operation_kind_find(application->operation_kinds, operation->kind);
    return kind && kind->by_parts && operation->actor == ACTOR_STAFF && operation->actor_id == request->actor->staff.value;
}

/* Whether the caller has the permission wherever the operation has been, as many tickets as that may be. */
static bool may_everywhere(struct request *request, const struct operation *operation, enum permission permission, bool *ret_may, struct error *err) {
    struct sql_operation_reach_rows rows;
    *ret_may = actor_may(request->actor, permission);
    if (is_own_by_parts(request, operation)) return true;
    if (!sql_operation_reach(request->tx, request->mem, &(struct sql_operation_reach){.operation_id = operation->id}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++)
        *ret_may = *ret_may && ticket_visible(request->actor, rows.at[i].ticket_id, rows.at[i].team_id, rows.at[i].assignee_id)
                   && actor_may_in(request->actor, permission, rows.at[i].ticket_id, rows.at[i].team_id, rows.at[i].assignee_id);
    return true;
}

/* What was done to people is told to who may see people. */
static bool is_for(const struct actor *actor, const struct operation *operation) {
    return !text_starts(operation->kind, "person.") || actor_may(actor, CAN_PEOPLE_READ);
}

/* --- Showing ------------------------------------------------------------------------------------------------------------- */

/* What stays, with the words for it in the reader's language; a ticket only where they may see it. */
static bool write_kept_one(struct request *request, struct json_writer *json, const json_t *one, struct error *err) {
    struct text code = json_word(request->mem, one, "code"), key = text_printf(request->mem, "kept_%.*s", (int)code.size, code.data);
    ticket_id ticket = {json_integer_value(json_object_get(one, "ticket"))};
    const struct sql_ticket_place_row *place;
    if (!sql_ticket_place(request->tx, request->mem, &(struct sql_ticket_place){.ticket_id = ticket}, &place, err)) return false;
    bool is_visible = place && ticket_visible(request->actor, ticket, place->team_id, place->assignee_id);
    json_object_begin(json);
    json_put_text(json, "field", json_word(request->mem, one, "field"));
    json_put_text(json, "code", code);
    json_put_string(json, "message", words_for(key.data, request->language));
    json_put_id(json, "ticket", is_visible ? ticket.value : 0);
    json_put_id(json, "count", json_integer_value(json_object_get(one, "count")));
    json_object_end(json);
    return true;
}

static bool write_kept(struct request *request, struct json_writer *json, struct text kept, struct error *err) {
    json_auto_t *root = json_loadb(kept.data ? kept.data : "[]", kept.data ? kept.size : 2, 0, NULL);
    const json_t *one;
    size_t i;
    json_key(json, "kept");
    json_array_begin(json);
    json_array_foreach(root, i, one)
        if (!write_kept_one(request, json, one, err)) return false;
    json_array_end(json);
    return true;
}

static bool look(struct request *request, struct undoing *undoing, const char **ret_reason, struct error *err) {
    const struct application *application = request->application;
    const struct operation *operation = undoing->operation;
    const struct operation_kind *kind = operation_kind_find(application->operation_kinds, operation->kind);
    bool may;
    *ret_reason = operation->undone_at ? "operation_undone" : !kind ? "operation_lasting" : NULL;
    if (*ret_reason) return true;
    if (!may_everywhere(request, operation, kind->permission, &may, err) || !operation_try(undoing, kind, err)) return false;
    *ret_reason = may ? undoing->refused : "forbidden";
    return true;
}

static bool write_actor(struct request *request, struct json_writer *json, const struct operation *operation, struct error *err) {
    const struct sql_staff_exists_row *staff = NULL;
    if (operation->actor == ACTOR_STAFF
        && !sql_staff_exists(request->tx, request->mem, &(struct sql_staff_exists){.staff_id = {operation->actor_id}}, &staff, err))
        return false;
    json_key(json, "actor");
    json_object_begin(json);
    json_put_int(json, "kind", operation->actor);
    json_put_id(json, "id", operation->actor_id);
    json_put_text(json, "name", staff ? staff->name : (struct text){0});
    json_object_end(json);
    return true;
}

static bool write_operation(struct request *request, struct json_writer *json, const struct operation *operation, struct error *err) {
    struct undoing undoing = undoing_of(request, operation);
    const char *reason;
    if (!look(request, &undoing, &reason, err)) return false;
    json_object_begin(json);
    json_put_int(json, "id", operation->id);
    json_put_text(json, "kind", operation->kind);
    if (!write_actor(request, json, operation, err)) return false;
    json_put_time(json, "at", operation->at);
    json_put_raw(json, "summary", operation->summary);
    json_put_time(json, "undone_at", operation->undone_at);
    json_put_id(json, "undone_by", operation->undone_by);
    json_put_bool(json, "is_undoable", !reason);
    json_put_string(json, "reason", reason);
    json_put_string(json, "reason_text", reason ? words_for(reason, request->language) : NULL);
    if (!write_kept(request, json, operation->undone_at ? operation->kept : reason ? (struct text){0} : buffer_text(&undoing.kept), err)) return false;
    json_object_end(json);
    return true;
}

bool operation_write(struct request *request, struct response *response, int64_t id, struct error *err) {
    const struct operation *operation;
    return operation_find(request->tx, request->mem, id, &operation, err) && write_operation(request, &response->json, operation, err);
}

static bool find_ids(struct request *request, int64_t before, int64_t limit, struct json_list *ret_ids, struct error *err) {
    const struct get_operations_query *in = request->query;
    const struct ticket *ticket;
    if (in->has_person && !actor_may(request->actor, CAN_PEOPLE_READ))
        return error_set_key(err, ERR_FORBIDDEN, "forbidden", "you may not %s", permission_name(CAN_PEOPLE_READ));
    if (in->has_person) return operations_of(request->tx, request->mem, "person", in->person, before, limit, ret_ids, err);
    if (!in->has_ticket) return operations_by(request->tx, request->mem, request->actor->staff, before, limit, ret_ids, err);
    return ticket_for(request, in->ticket, CAN_TICKETS_READ, &ticket, err)
           && operations_of(request->tx, request->mem, "ticket", ticket->id.value, before, limit, ret_ids, err);
}

bool get_operations(struct request *request, struct response *response, struct error *err) {
    const struct get_operations_query *in = request->query;
    struct json_writer *json = &response->json;
    struct json_list ids;
    int64_t before = INT64_MAX, ignored, limit = in->has_limit ? in->limit : 20;
    if (in->has_cursor && !cursor_read(in->cursor, &ignored, &before, err)) return false;
    if (!find_ids(request, before, limit + 1, &ids, err)) return false;
    const int64_t *at = ids.at;
    size_t shown = (int64_t)ids.count > limit ? (size_t)limit : ids.count;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < shown; i++) {
        const struct operation *operation;
        if (!operation_find(request->tx, request->mem, at[i], &operation, err)) return false;
        if (is_for(request->actor, operation) && !write_operation(request, json, operation, err)) return false;
    }
    json_array_end(json);
    json_put_text(json, "next", shown < ids.count ? cursor_make(request->mem, 0, at[shown - 1]) : (struct text){0});
    json_object_end(json);
    return true;
}

/* --- Taking back ---------------------------------------------------------------------------------------------------------- */

/* Who may not read all of its tickets, or its people, does not learn that it is there. */
static bool operation_for(struct request *request, const struct operation **ret_operation, struct error *err) {
    const struct operation *operation = NULL;
    bool may = false;
    if (request->id[0] && !operation_find(request->tx, request->mem, request->id[0], &operation, err)) return false;
    if (operation && !may_everywhere(request, operation, CAN_TICKETS_READ, &may, err)) return false;
    *ret_operation = operation;
    return (may && is_for(request->actor, operation))
           || error_set_key(err, ERR_NOT_FOUND, "operation_not_found", "there is no operation %" PRId64, request->id[0]);
}

bool get_operation(struct request *request, struct response *response, struct error *err) {
    const struct operation *operation;
    return operation_for(request, &operation, err) && write_operation(request, &response->json, operation, err);
}

bool post_operation_undo(struct request *request, struct response *response, struct error *err) {
    const struct application *application = request->application;
    const struct operation *operation;
    bool may;
    if (!operation_for(request, &operation, err)) return false;
    const struct operation_kind *kind = operation_kind_find(application->operation_kinds, operation->kind);
    if (!kind) return error_set_key(err, ERR_CONFLICT, "operation_lasting", "what it did can't be taken back");
    if (!may_everywhere(request, operation, kind->permission, &may, err)) return false;
    if (!may) return error_set_key(err, ERR_FORBIDDEN, "forbidden", "you may not %s in all of its tickets", permission_name(kind->permission));
    struct undoing undoing = undoing_of(request, operation);
    return operation_undo(&undoing, kind, err) && write_operation(request, &response->json, undoing.operation, err);
}
