/* Views over the API. */
#include "api/modules_views.h"
#include "modules/views/views_private.h"
#include "platform/events/notes.h"
#include "platform/http/http.h"

enum { VIEWS_MOST = 2000 };

/* --- Who may what --------------------------------------------------------------------------------------------------- */

static bool may_see(const struct actor *actor, const struct sql_view_row_row *row) {
    return actor_sees_made(actor, row->scope, row->owner_id, row->team_id);
}

static bool may_change(const struct actor *actor, const struct sql_view_row_row *row) {
    return actor_changes_made(actor, CAN_VIEWS_SHARE, row->scope, row->owner_id, row->team_id);
}

/* On SQLite nobody else writes before this transaction has ended. */
static bool hold(struct request *request, int64_t id, struct error *err) {
    struct sql_view_hold_rows held;
    return store_dialect(request->tx->store) == DIALECT_SQLITE
           || sql_view_hold(request->tx, request->mem, &(struct sql_view_hold){.view_id = id}, &held, err);
}

static bool find_view(struct request *request, int64_t id, bool to_change, const struct sql_view_row_row **ret_row, struct error *err) {
    const struct sql_view_row_row *row;
    if (to_change && !hold(request, id, err)) return false;
    if (!sql_view_row(request->tx, request->mem, &(struct sql_view_row){.view_id = id}, &row, err)) return false;
    if (!row || !may_see(request->actor, row)) return error_set_key(err, ERR_NOT_FOUND, "view_not_found", "there is no view %" PRId64, id);
    *ret_row = row;
    return !to_change || may_change(request->actor, row)
           || error_set_key(err, ERR_FORBIDDEN, "forbidden", "the view belongs to others");
}

/* --- Conditions ----------------------------------------------------------------------------------------------------- */

/* The text, or the tree instead. */
static bool read_condition(struct request *request, bool has_text, struct text text, bool has_tree, struct text tree, const struct query **ret_query,
                           struct error *err) {
    if (has_text && has_tree) return error_field(err, "tree", "twice", "comes instead of condition");
    if (has_tree) return query_parse_json(request->mem, tree, "tree", ret_query, err);
    struct error found = {0};
    if (query_parse(request->mem, text, ret_query, NULL, &found)) return true;
    *err = found;
    snprintf(err->fields[0].field, sizeof err->fields[0].field, "condition");
    return false;
}

static bool bind(struct request *request, const struct query *query, struct text zone, const char *field, struct ticket_condition **ret, struct error *err) {
    const struct condition_names *names;
    if (!condition_names_read(request->tx, request->mem, &names, err) || !condition_bind(names, request->mem, query, field, zone, (staff_id){0}, ret, err))
        return false;
    condition_clock(*ret, request->tx->now);
    return true;
}

static bool check_condition(struct request *request, const struct query *query, const char *field, struct error *err) {
    struct ticket_condition *condition;
    if (!bind(request, query, request->actor->zone, field, &condition, err)) return false;
    return !condition_has_words(condition) || error_field(err, field, "words_in_view", "a view can't look for words in messages");
}

/* --- Writing out ---------------------------------------------------------------------------------------------------- */

static void write_view(struct request *request, struct json_writer *json, const struct sql_view_row_row *row) {
    const struct query *query;
    struct error ignored = {0};
    bool ok = query_parse(request->mem, row->condition, &query, NULL, &ignored);
    json_object_begin(json);
    json_put_int(json, "id", row->view_id);
    json_put_text(json, "name", row->name);
    json_put_text(json, "scope", row->scope);
    json_put_int(json, "owner", row->owner_id.value);
    json_put_id(json, "team", row->team_id.value);
    json_put_text(json, "condition", row->condition);
    json_put_raw(json, "tree", ok ? query_write_json(request->mem, query) : text_of("{\"all\":[]}"));
    json_put_raw(json, "columns", row->columns);
    json_put_text(json, "sort", row->sort);
    json_put_text(json, "group", row->grouping);
    json_put_int(json, "position", row->position);
    json_put_int(json, "version", row->version);
    json_put_bool(json, "is_counted", row->counting != 0);
    json_put_bool(json, "may_change", may_change(request->actor, row));
    json_object_end(json);
}

/* Both statements give the same columns. */
static struct sql_view_row_row as_row(const struct sql_view_visible_row *row) {
    return (struct sql_view_row_row){
        .view_id = row->view_id, .name = row->name, .scope = row->scope, .owner_id = row->owner_id, .team_id = row->team_id, .condition = row->condition,
        .zone = row->zone, .columns = row->columns, .sort = row->sort, .grouping = row->grouping, .position = row->position, .version = row->version,
        .counting = row->counting, .is_counted = row->is_counted,
    };
}

static bool write_views(struct request *request, struct response *response, struct error *err) {
    struct sql_view_visible_rows rows;
    struct json_writer *json = &response->json;
    if (!sql_view_visible(request->tx, request->mem, &(struct sql_view_visible){.owner_id = request->actor->staff}, &rows, err)) return false;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++) {
        struct sql_view_row_row row = as_row(&rows.at[i]);
        if (may_see(request->actor, &row)) write_view(request, json, &row);
    }
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
    return true;
}

bool get_views(struct request *request, struct response *response, struct error *err) {
    return write_views(request, response, err);
}

bool get_view(struct request *request, struct response *response, struct error *err) {
    const struct sql_view_row_row *row;
    if (!find_view(request, request->id[0], false, &row, err)) return false;
    write_view(request, &response->json, row);
    return true;
}

bool get_view_tickets(struct request *request, struct response *response, struct error *err) {
    const struct get_view_tickets_query *in = request->query;
    const struct sql_view_row_row *row;
    const struct query *query;
    struct ticket_condition *condition;
    if (!find_view(request, request->id[0], false, &row, err) || !query_parse(request->mem, row->condition, &query, NULL, err)
        || !bind(request, query, row->zone, "condition", &condition, err))
        return false;
    const struct tickets_wish wish = {.sort = in->has_sort ? in->sort : row->sort, .cursor = in->has_cursor ? in->cursor : (struct text){0},
                                      .limit = in->has_limit ? in->limit : 0};
    return tickets_page(request, response, condition, &wish, err);
}

/* --- Changing ------------------------------------------------------------------------------------------------------- */

/* All colleagues hear of it: what a team calls its view, and looks for, is for the team alone. */
static void view_event(struct request *request, const char *kind, const struct sql_view_row_row *row) {
    bool of_team = text_is(row->scope, "team");
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "view", row->view_id);
    json_put_text(&json, "scope", row->scope);
    json_put_id(&json, "team", row->team_id.value);
    if (!of_team) json_put_text(&json, "name", row->name);
    if (!of_team) json_put_text(&json, "condition", row->condition);
    json_object_end(&json);
    struct text scope = text_is(row->scope, "personal") ? text_printf(&request->tx->mem, "staff:%" PRId64, row->owner_id.value) : text_of("staff");
    event_record(request->tx, &(struct event){.kind = kind, .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .scope = scope.data,
                                              .data = buffer_text(&out)});
}

static struct text columns_json(struct arena *mem, const struct json_list *columns) {
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    const struct text *at = columns->at;
    json_array_begin(&json);
    for (size_t i = 0; i < columns->count; i++) json_text(&json, at[i]);
    json_array_end(&json);
    return buffer_text(&out);
}

/* The columns that a list can show; those of fields that the house has defined begin with "field.". */
static bool check_columns(struct request *request, const struct json_list *columns, struct error *err) {
    static const char *const known[] = {"number", "subject", "requester", "state", "priority", "team", "assignee", "owner", "channel", "tags",
                                        "created_at", "updated_at", "last_message_at", "waiting_until_at", "message_count"};
    const struct text *at = columns->at;
    struct field_list fields;
    if (!fields_read(request->tx, request->mem, &fields, err)) return false;
    for (size_t i = 0; i < columns->count; i++) {
        bool is = text_starts(at[i], "field.") && field_by_key(&fields, text_skip(at[i], strlen("field.")));
        for (size_t k = 0; k < COUNT_OF(known); k++) is |= text_is(at[i], known[k]);
        if (!is) return error_field(err, "columns", "unknown", "there is no column '%.*s'", (int)text_cut(at[i], 40).size, at[i].data);
    }
    return true;
}

static bool check_place(struct request *request, struct sql_view_row_row *row, struct error *err) {
    bool of_team = text_is(row->scope, "team");
    if (of_team && !row->team_id.value) return error_field(err, "team", "required", "a view of a team needs the team");
    if (!of_team) row->team_id = (team_id){0};
    const struct sql_view_team_row *team = NULL;
    if (of_team && !sql_view_team(request->tx, request->mem, &(struct sql_view_team){.team_id = row->team_id}, &team, err)) return false;
    if (of_team && !team) return error_field(err, "team", "unknown", "there is no such team");
    return may_change(request->actor, row) || error_field(err, "scope", "forbidden", "this needs views.share");
}

/* What a body says, put over the row. ViewCreate and ViewPatch have the same members. */
static bool apply(struct request *request, const struct view_patch *in, struct sql_view_row_row *row, struct error *err) {
    const struct query *query;
    if (in->has_name) row->name = text_trim(in->name);
    if (text_empty(row->name)) return error_field(err, "name", "required", "a view needs a name");
    if (in->has_scope) row->scope = in->scope;
    if (in->has_team) row->team_id = (team_id){in->team};
    if (in->has_sort) row->sort = in->sort;
    if (in->has_group) row->grouping = in->group;
    if (in->has_columns && !check_columns(request, &in->columns, err)) return false;
    if (in->has_columns) row->columns = columns_json(request->mem, &in->columns);
    if (in->has_condition || in->has_tree) {
        if (!read_condition(request, in->has_condition, in->condition, in->has_tree, in->tree, &query, err)
            || !check_condition(request, query, in->has_tree ? "tree" : "condition", err))
            return false;
        row->condition = query_write(request->mem, query);
        row->zone = request->actor->zone;
    }
    return check_place(request, row, err);
}

static bool check_room(struct request *request, int64_t *ret_position, struct error *err) {
    const struct sql_view_count_row *row;
    if (!sql_view_count(request->tx, request->mem, &row, err)) return false;
    *ret_position = row->count + 1;
    return row->count < VIEWS_MOST || error_set_key(err, ERR_CONFLICT, "too_many_views", "there are %d views already", VIEWS_MOST);
}

bool post_view(struct request *request, struct response *response, struct error *err) {
    const struct view_create *body = request->body;
    const struct view_patch in = {
        .has_name = true, .name = body->name, .has_team = body->has_team, .team = body->team, .has_scope = body->has_scope, .scope = body->scope,
        .has_condition = body->has_condition, .condition = body->condition, .has_tree = body->has_tree, .tree = body->tree,
        .has_columns = body->has_columns, .columns = body->columns, .has_sort = body->has_sort, .sort = body->sort, .has_group = body->has_group,
        .group = body->group,
    };
    struct sql_view_row_row row = {.scope = text_of("personal"), .owner_id = request->actor->staff, .condition = text_of(""), .columns = text_of("[]"),
                                   .zone = request->actor->zone, .sort = text_of("-updated_at"), .grouping = text_of("none"), .version = 1};
    const struct sql_view_insert_row *made;
    if (!check_room(request, &row.position, err) || !apply(request, &in, &row, err)) return false;
    const struct sql_view_insert insert = {.name = row.name, .scope = row.scope, .owner_id = row.owner_id, .team_id = row.team_id, .condition = row.condition,
                                           .zone = row.zone, .columns = row.columns, .sort = row.sort, .grouping = row.grouping,
                                           .position = row.position, .created_at = request->tx->now};
    if (!sql_view_insert(request->tx, request->mem, &insert, &made, err) || !sql_view_revise(request->tx, NULL, err)) return false;
    row.view_id = made->view_id;
    view_event(request, "view.created", &row);
    response_created(response, request, "/api/v1/views/%" PRId64, row.view_id);
    write_view(request, &response->json, &row);
    return true;
}

bool patch_view(struct request *request, struct response *response, struct error *err) {
    const struct sql_view_row_row *before;
    if (!find_view(request, request->id[0], true, &before, err)) return false;
    if (request_is_stale(request, before->version)) return error_set_key(err, ERR_STALE, "view_stale", "the view is at version %" PRId64, before->version);
    struct sql_view_row_row row = *before;
    if (!apply(request, request->body, &row, err)) return false;
    const struct sql_view_write in = {.view_id = row.view_id, .name = row.name, .scope = row.scope, .team_id = row.team_id, .condition = row.condition,
                                      .zone = row.zone, .columns = row.columns, .sort = row.sort, .grouping = row.grouping, .position = row.position,
                                      .updated_at = request->tx->now};
    if (!sql_view_write(request->tx, &in, NULL, err) || !sql_view_revise(request->tx, NULL, err)) return false;
    row.version++;
    view_event(request, "view.changed", &row);
    write_view(request, &response->json, &row);
    return true;
}

bool delete_view(struct request *request, struct response *response, struct error *err) {
    const struct sql_view_row_row *row;
    if (!find_view(request, request->id[0], true, &row, err)) return false;
    if (request_is_stale(request, row->version)) return error_set_key(err, ERR_STALE, "view_stale", "the view is at version %" PRId64, row->version);
    if (!sql_view_delete(request->tx, &(struct sql_view_delete){.view_id = row->view_id}, NULL, err) || !sql_view_revise(request->tx, NULL, err)) return false;
    view_event(request, "view.deleted", row);
    response_none(response);
    return true;
}

bool put_views_order(struct request *request, struct response *response, struct error *err) {
    const struct view_order *in = request->body;
    const int64_t *ids = in->views.at;
    const struct sql_view_row_row *row;
    for (size_t i = 0; i < in->views.count; i++)
        if (!find_view(request, ids[i], true, &row, err)
            || !sql_view_place(request->tx, &(struct sql_view_place){.view_id = ids[i], .position = (int64_t)i + 1}, NULL, err))
            return false;
    return write_views(request, response, err);
}

/* --- Preview -------------------------------------------------------------------------------------------------------- */

bool post_condition_preview(struct request *request, struct response *response, struct error *err) {
    const struct condition_read *in = request->body;
    const struct query *query;
    struct ticket_condition *condition;
    struct condition_count count = {.is_whole = true};
    if (!read_condition(request, in->has_condition || !in->has_tree, in->condition, in->has_tree, in->tree, &query, err)
        || !bind(request, query, request->actor->zone, in->has_tree ? "tree" : "condition", &condition, err))
        return false;
    bool words = condition_has_words(condition);
    if (!words && !condition_preview(request, condition, &count, err)) return false;
    struct json_writer *json = &response->json;
    json_object_begin(json);
    json_put_text(json, "condition", query_write(request->mem, query));
    json_put_raw(json, "tree", query_write_json(request->mem, query));
    json_key(json, "count");
    if (words) json_none(json);
    else json_int(json, count.found);
    json_put_bool(json, "is_whole", count.is_whole);
    json_object_end(json);
    return true;
}
