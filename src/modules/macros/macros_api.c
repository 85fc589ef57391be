/* Macros over the API: making, changing and finding them. */
#include "api/modules_macros.h"
#include "base/clock.h"
#include "modules/macros/macros_private.h"
#include "platform/events/events.h"

enum { MACROS_MOST = 2000 };
static const int64_t KEPT = 30 * 24 * 3600 * SECOND;

static bool may_see(const struct actor *actor, const struct sql_macro_row_row *row) {
    return actor_sees_made(actor, row->scope, row->owner_id, row->team_id);
}

static bool may_change(const struct actor *actor, const struct sql_macro_row_row *row) {
    return actor_changes_made(actor, CAN_MACROS_SHARE, row->scope, row->owner_id, row->team_id);
}

static bool find(struct request *request, int64_t id, bool is_deleted, const struct sql_macro_row_row **ret_row, struct error *err) {
    const struct sql_macro_row_row *row;
    if (!sql_macro_row(request->tx, request->mem, &(struct sql_macro_row){.macro_id = id}, &row, err)) return false;
    if (!row || (row->deleted_at && !is_deleted) || !may_see(request->actor, row))
        return error_set_key(err, ERR_NOT_FOUND, "macro_not_found", "there is no macro %" PRId64, id);
    *ret_row = row;
    return true;
}

bool macro_find(struct request *request, int64_t id, const struct sql_macro_row_row **ret_row, struct error *err) {
    return find(request, id, false, ret_row, err);
}

/* On SQLite nobody else writes before this transaction has ended. */
static bool hold(struct request *request, struct error *err) {
    struct sql_macro_hold_rows held;
    return store_dialect(request->tx->store) == DIALECT_SQLITE
           || sql_macro_hold(request->tx, request->mem, &(struct sql_macro_hold){.macro_id = request->id[0]}, &held, err);
}

static bool find_to_change(struct request *request, bool is_deleted, const struct sql_macro_row_row **ret_row, struct error *err) {
    return hold(request, err) && find(request, request->id[0], is_deleted, ret_row, err)
           && (may_change(request->actor, *ret_row) || error_set_key(err, ERR_FORBIDDEN, "forbidden", "the macro belongs to others"));
}

static bool check_version(struct request *request, const struct sql_macro_row_row *row, struct error *err) {
    return !request_is_stale(request, row->version) || error_set_key(err, ERR_STALE, "macro_stale", "the macro is at version %" PRId64, row->version);
}

/* --- Writing out ---------------------------------------------------------------------------------------------------- */

static void write_macro(struct request *request, struct json_writer *json, const struct sql_macro_row_row *row) {
    json_object_begin(json);
    json_put_int(json, "id", row->macro_id);
    json_put_text(json, "name", row->name);
    json_put_text(json, "scope", row->scope);
    json_put_int(json, "owner", row->owner_id.value);
    json_put_id(json, "team", row->team_id.value);
    json_put_text(json, "condition", row->condition);
    json_put_raw(json, "actions", row->actions);
    json_put_int(json, "uses", row->uses);
    json_put_time(json, "used_at", row->used_at);
    json_put_int(json, "version", row->version);
    json_put_bool(json, "may_change", may_change(request->actor, row));
    json_object_end(json);
}

static bool write_list(struct request *request, struct json_writer *json, ticket_id ticket, struct error *err) {
    struct sql_macro_visible_rows rows;
    if (!sql_macro_visible(request->tx, request->mem, &(struct sql_macro_visible){.owner_id = request->actor->staff}, &rows, err)) return false;
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++) {
        const struct sql_macro_visible_row *at = &rows.at[i];
        const struct sql_macro_row_row row = {
            .macro_id = at->macro_id, .name = at->name, .scope = at->scope, .owner_id = at->owner_id, .team_id = at->team_id,
            .condition = at->condition, .zone = at->zone, .actions = at->actions, .uses = at->uses, .used_at = at->used_at, .version = at->version,
        };
        bool offered = may_see(request->actor, &row);
        if (offered && ticket.value && !macro_is_offered(request, row.condition, row.zone, ticket, &offered, err)) return false;
        if (offered) write_macro(request, json, &row);
    }
    json_array_end(json);
    return true;
}

bool get_macros(struct request *request, struct response *response, struct error *err) {
    const struct get_macros_query *in = request->query;
    const struct ticket *ticket;
    if (in->has_ticket && !ticket_for(request, in->ticket, CAN_TICKETS_READ, &ticket, err)) return false;
    json_object_begin(&response->json);
    json_key(&response->json, "items");
    if (!write_list(request, &response->json, (ticket_id){in->ticket}, err)) return false;
    json_put_text(&response->json, "next", (struct text){0});
    json_object_end(&response->json);
    return true;
}

bool get_macro(struct request *request, struct response *response, struct error *err) {
    const struct sql_macro_row_row *row;
    if (!find(request, request->id[0], false, &row, err)) return false;
    write_macro(request, &response->json, row);
    return true;
}

/* --- Changing ------------------------------------------------------------------------------------------------------- */

static bool prepare(struct request *request, const struct json_list *actions, struct error *err) {
    struct text *notes;
    if (!actions_prepare(request->mem, actions, &notes, err)) return false;
    request->prepared = notes;
    return true;
}

bool prepare_macro(struct request *request, struct response *response, struct error *err) {
    const struct macro_create *body = request->body;
    return prepare(request, &body->actions, err);
}

bool prepare_macro_change(struct request *request, struct response *response, struct error *err) {
    const struct macro_patch *body = request->body;
    return !body->has_actions || prepare(request, &body->actions, err);
}

/* All colleagues hear of it: what a team calls its macros is for the team alone. */
static void macro_event(struct request *request, const char *kind, const struct sql_macro_row_row *row) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "macro", row->macro_id);
    json_put_text(&json, "scope", row->scope);
    json_put_id(&json, "team", row->team_id.value);
    if (!text_is(row->scope, "team")) json_put_text(&json, "name", row->name);
    json_object_end(&json);
    struct text scope = text_is(row->scope, "personal") ? text_printf(&request->tx->mem, "staff:%" PRId64, row->owner_id.value) : text_of("staff");
    event_record(request->tx, &(struct event){.kind = kind, .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .scope = scope.data,
                                              .data = buffer_text(&out)});
}

static bool check_place(struct request *request, struct sql_macro_row_row *row, struct error *err) {
    bool of_team = text_is(row->scope, "team");
    const struct sql_macro_team_row *team = NULL;
    if (of_team && !row->team_id.value) return error_field(err, "team", "required", "a macro of a team needs the team");
    if (!of_team) row->team_id = (team_id){0};
    if (of_team && !sql_macro_team(request->tx, request->mem, &(struct sql_macro_team){.team_id = row->team_id}, &team, err)) return false;
    if (of_team && !team) return error_field(err, "team", "unknown", "there is no such team");
    return may_change(request->actor, row) || error_field(err, "scope", "forbidden", "this needs macros.share");
}

static bool apply_condition(struct request *request, const struct macro_patch *in, struct sql_macro_row_row *row, struct error *err) {
    struct ticket_condition *condition;
    if (!in->has_condition) return true;
    row->zone = request->actor->zone;
    return macro_condition(request->tx, request->mem, request->actor, in->condition, row->zone, &row->condition, &condition, err);
}

/* What a body says, put over the row. MacroCreate and MacroPatch have the same members. */
static bool apply(struct request *request, const struct macro_patch *in, struct sql_macro_row_row *row, struct error *err) {
    if (in->has_name) row->name = text_trim(in->name);
    if (text_empty(row->name)) return error_field(err, "name", "required", "a macro needs a name");
    if (in->has_scope) row->scope = in->scope;
    if (in->has_team) row->team_id = (team_id){in->team};
    if (in->has_actions && !actions_write(request->mem, &in->actions, request->prepared, &row->actions, err)) return false;
    return apply_condition(request, in, row, err) && check_place(request, row, err);
}

static bool check_room(struct request *request, struct error *err) {
    const struct sql_macro_count_row *row;
    if (!sql_macro_count(request->tx, request->mem, &row, err)) return false;
    return row->count < MACROS_MOST || error_set_key(err, ERR_CONFLICT, "too_many_macros", "there are %d macros already", MACROS_MOST);
}

bool post_macro(struct request *request, struct response *response, struct error *err) {
    const struct macro_create *body = request->body;
    const struct macro_patch in = {
        .has_name = true, .name = body->name, .has_scope = body->has_scope, .scope = body->scope, .has_team = body->has_team, .team = body->team,
        .has_condition = body->has_condition, .condition = body->condition, .has_actions = true, .actions = body->actions,
    };
    struct sql_macro_row_row row = {.scope = text_of("personal"), .owner_id = request->actor->staff, .condition = text_of(""),
                                    .zone = request->actor->zone, .version = 1};
    const struct sql_macro_insert_row *made;
    if (!check_room(request, err) || !apply(request, &in, &row, err)) return false;
    const struct sql_macro_insert insert = {.name = row.name, .scope = row.scope, .owner_id = row.owner_id, .team_id = row.team_id,
                                            .condition = row.condition, .zone = row.zone, .actions = row.actions, .created_at = request->tx->now};
    if (!sql_macro_insert(request->tx, request->mem, &insert, &made, err)) return false;
    row.macro_id = made->macro_id;
    macro_event(request, "macro.created", &row);
    response_created(response, request, "/api/v1/macros/%" PRId64, row.macro_id);
    write_macro(request, &response->json, &row);
    return true;
}

bool patch_macro(struct request *request, struct response *response, struct error *err) {
    const struct sql_macro_row_row *before;
    if (!find_to_change(request, false, &before, err) || !check_version(request, before, err)) return false;
    struct sql_macro_row_row row = *before;
    if (!apply(request, request->body, &row, err)) return false;
    const struct sql_macro_write in = {.macro_id = row.macro_id, .name = row.name, .scope = row.scope, .team_id = row.team_id,
                                       .condition = row.condition, .zone = row.zone, .actions = row.actions, .updated_at = request->tx->now};
    if (!sql_macro_write(request->tx, &in, NULL, err)) return false;
    row.version++;
    macro_event(request, "macro.changed", &row);
    write_macro(request, &response->json, &row);
    return true;
}

bool delete_macro(struct request *request, struct response *response, struct error *err) {
    const struct sql_macro_row_row *row;
    struct tx *tx = request->tx;
    if (!find_to_change(request, false, &row, err) || !check_version(request, row, err)
        || !sql_macro_mark(tx, &(struct sql_macro_mark){.macro_id = row->macro_id, .deleted_at = tx->now}, NULL, err)
        || !sql_macro_purge(tx, &(struct sql_macro_purge){.deleted_at = tx->now - KEPT}, NULL, err))
        return false;
    macro_event(request, "macro.deleted", row);
    response_none(response);
    return true;
}

bool post_macro_restore(struct request *request, struct response *response, struct error *err) {
    const struct sql_macro_row_row *before;
    if (!find_to_change(request, true, &before, err)) return false;
    if (!before->deleted_at) return error_set_key(err, ERR_CONFLICT, "macro_not_deleted", "macro %" PRId64 " is not deleted", before->macro_id);
    struct sql_macro_row_row row = *before;
    if (!check_room(request, err) || !sql_macro_mark(request->tx, &(struct sql_macro_mark){.macro_id = row.macro_id}, NULL, err)) return false;
    row.version++;
    macro_event(request, "macro.restored", &row);
    write_macro(request, &response->json, &row);
    return true;
}
