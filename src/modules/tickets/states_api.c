/* States and the ways between them over the API. */
#include "api/modules_tickets.h"
#include "modules/fields/fields.h"
#include "modules/tickets/states.h"
#include "platform/events/notes.h"

enum { STATES_MOST = 100 };

/* --- Writing out ---------------------------------------------------------------------------------------------------- */

static void write_labels(struct json_writer *json, const char *key, struct text de, struct text en, struct text hu) {
    json_key(json, key);
    json_object_begin(json);
    json_put_text(json, "de", de);
    json_put_text(json, "en", en);
    json_put_text(json, "hu", hu);
    json_object_end(json);
}

static void write_state(struct json_writer *json, const struct sql_ticket_state_list_row *row) {
    json_object_begin(json);
    json_put_int(json, "id", row->state_id);
    json_put_text(json, "key", row->key);
    json_put_string(json, "category", category_name((enum category)row->category));
    json_key(json, "labels");
    json_object_begin(json);
    write_labels(json, "agent", row->agent_de, row->agent_en, row->agent_hu);
    write_labels(json, "customer", row->customer_de, row->customer_en, row->customer_hu);
    json_object_end(json);
    json_put_int(json, "position", row->position);
    json_put_bool(json, "is_active", row->is_active);
    json_put_bool(json, "is_fixed", row->state_id <= STATES_OF_THEKE);
    json_put_raw(json, "teams", row->teams);
    json_put_bool(json, "needs_done", row->needs_done);
    json_put_int(json, "version", row->version);
    json_object_end(json);
}

bool get_ticket_states(struct request *request, struct response *response, struct error *err) {
    struct sql_ticket_state_list_rows rows;
    struct json_writer *json = &response->json;
    if (!states_read(request->tx, request->mem, &rows, err)) return false;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++) write_state(json, &rows.at[i]);
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
    return true;
}

static const struct sql_ticket_state_list_row *state_by_id(const struct sql_ticket_state_list_rows *rows, int64_t id) {
    const struct sql_ticket_state_list_row *found = NULL;
    for (size_t i = 0; i < rows->count && !found; i++) found = rows->at[i].state_id == id ? rows->at + i : NULL;
    return found;
}

static bool no_state(int64_t id, struct error *err) {
    return error_set_key(err, ERR_NOT_FOUND, "state_not_found", "there is no state %" PRId64, id);
}

static bool find_state(struct request *request, int64_t id, const struct sql_ticket_state_list_row **ret, struct error *err) {
    struct sql_ticket_state_list_rows rows;
    if (!states_read(request->tx, request->mem, &rows, err)) return false;
    *ret = state_by_id(&rows, id);
    return *ret || no_state(id, err);
}

/* --- Changing ------------------------------------------------------------------------------------------------------- */

/* A language that is not said stays; one that was never said is as the first that is. */
static bool read_labels(const struct words_said *in, const char *name, struct text *de, struct text *en, struct text *hu, struct error *err) {
    struct text *labels[] = {de, en, hu}, said[] = {text_trim(in->de), text_trim(in->en), text_trim(in->hu)}, first = {0};
    for (size_t i = 0; i < COUNT_OF(labels); i++) {
        if (!text_empty(said[i])) *labels[i] = said[i];
        if (text_empty(first)) first = *labels[i];
    }
    if (text_empty(first)) return error_field(err, name, "required", "needs a name in one language");
    for (size_t i = 0; i < COUNT_OF(labels); i++)
        if (text_empty(*labels[i])) *labels[i] = first;
    return true;
}

static bool read_teams(struct request *request, const struct json_list *teams, struct text *ret_json, struct error *err) {
    const int64_t *at = teams->at;
    struct buffer out = {.mem = request->mem};
    struct json_writer json = json_writer(&out);
    const struct sql_team_exists_row *team;
    json_array_begin(&json);
    for (size_t i = 0; i < teams->count; i++) {
        if (!sql_team_exists(request->tx, request->mem, &(struct sql_team_exists){.team_id = {at[i]}}, &team, err)) return false;
        if (!team) return error_field(err, "teams", "unknown", "there is no team %" PRId64, at[i]);
        json_int(&json, at[i]);
    }
    json_array_end(&json);
    *ret_json = buffer_text(&out);
    return true;
}

static bool apply(struct request *request, const struct state_patch *in, struct sql_ticket_state_list_row *row, struct error *err) {
    bool fixed = row->state_id && row->state_id <= STATES_OF_THEKE;
    if (in->has_agent && !read_labels(in->agent, "agent", &row->agent_de, &row->agent_en, &row->agent_hu, err)) return false;
    if (in->has_customer && !read_labels(in->customer, "customer", &row->customer_de, &row->customer_en, &row->customer_hu, err)) return false;
    if (in->has_is_active) row->is_active = in->is_active;
    if (in->has_needs_done) row->needs_done = in->needs_done;
    if (in->has_teams && !read_teams(request, &in->teams, &row->teams, err)) return false;
    if (fixed && !row->is_active) return error_field(err, "is_active", "state_fixed", "Theke itself needs this state");
    return !fixed || text_is(row->teams, "[]") || error_field(err, "teams", "state_fixed", "every team has this state");
}

static void state_event(struct request *request, const char *kind, const struct sql_ticket_state_list_row *before,
                        const struct sql_ticket_state_list_row *after) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_text(&json, "key", after->key);
    json_put_text(&json, "name", after->agent_en);
    note_text(&json, "agent_de", before->agent_de, after->agent_de);
    note_text(&json, "agent_en", before->agent_en, after->agent_en);
    note_text(&json, "agent_hu", before->agent_hu, after->agent_hu);
    note_text(&json, "customer_de", before->customer_de, after->customer_de);
    note_text(&json, "customer_en", before->customer_en, after->customer_en);
    note_text(&json, "customer_hu", before->customer_hu, after->customer_hu);
    note_bool(&json, "is_active", before->is_active, after->is_active);
    note_raw(&json, "teams", before->teams, after->teams);
    note_bool(&json, "needs_done", before->needs_done, after->needs_done);
    json_object_end(&json);
    event_record(request->tx, &(struct event){.kind = kind, .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .scope = "staff",
                                              .data = buffer_text(&out)});
}

static bool is_key(struct text key) {
    enum category category;
    bool is = key.size > 0 && key.data[0] >= 'a' && key.data[0] <= 'z' && !category_find(key, &category) && !text_is(key, "active") && !text_is(key, "working");
    for (size_t i = 0; i < key.size && is; i++)
        is = (key.data[i] >= 'a' && key.data[i] <= 'z') || (key.data[i] >= '0' && key.data[i] <= '9') || key.data[i] == '_';
    return is;
}

bool post_ticket_state(struct request *request, struct response *response, struct error *err) {
    const struct state_create *body = request->body;
    const struct state_patch in = {.has_agent = true, .agent = body->agent, .has_customer = true, .customer = body->customer ? body->customer : body->agent,
                                   .has_teams = body->has_teams, .teams = body->teams, .has_needs_done = body->has_needs_done,
                                   .needs_done = body->needs_done};
    struct sql_ticket_state_list_row row = {.key = body->key, .is_active = true, .teams = text_of("[]"), .version = 1}, nothing = {.teams = text_of("[]")};
    struct sql_ticket_state_list_rows all;
    const struct sql_ticket_state_insert_row *made;
    enum category category = CATEGORY_NEW;
    (void)category_find(body->category, &category);
    row.category = category;
    if (!is_key(row.key)) return error_field(err, "key", "no_key", "a key has small letters, digits and _, and is no category");
    if (!apply(request, &in, &row, err) || !states_read(request->tx, request->mem, &all, err)) return false;
    if (all.count >= STATES_MOST) return error_set_key(err, ERR_CONFLICT, "too_many_states", "there are %d states already", STATES_MOST);
    row.position = all.at[all.count - 1].position + 1;
    const struct sql_ticket_state_insert insert = {
        .key = row.key, .category = row.category, .position = row.position, .agent_de = row.agent_de, .agent_en = row.agent_en, .agent_hu = row.agent_hu,
        .customer_de = row.customer_de, .customer_en = row.customer_en, .customer_hu = row.customer_hu, .teams = row.teams, .needs_done = row.needs_done,
    };
    if (!sql_ticket_state_insert(request->tx, request->mem, &insert, &made, err)) return false;
    if (!made) return error_field(err, "key", "taken", "another state has this key");
    row.state_id = made->state_id.value;
    state_event(request, "state.created", &nothing, &row);
    response_created(response, request, "/api/v1/ticket-states/%" PRId64, row.state_id);
    write_state(&response->json, &row);
    return true;
}

bool patch_ticket_state(struct request *request, struct response *response, struct error *err) {
    const struct sql_ticket_state_list_row *before;
    struct sql_ticket_state_hold_rows held;
    if (!sql_ticket_state_hold(request->tx, request->mem, &(struct sql_ticket_state_hold){.state_id = {request->id[0]}}, &held, err)
        || !find_state(request, request->id[0], &before, err))
        return false;
    if (request_is_stale(request, before->version)) return error_set_key(err, ERR_STALE, "state_stale", "the state is at version %" PRId64, before->version);
    struct sql_ticket_state_list_row row = *before;
    if (!apply(request, request->body, &row, err)) return false;
    const struct sql_ticket_state_write in = {
        .state_id = {row.state_id}, .agent_de = row.agent_de, .agent_en = row.agent_en, .agent_hu = row.agent_hu, .customer_de = row.customer_de,
        .customer_en = row.customer_en, .customer_hu = row.customer_hu, .is_active = row.is_active, .teams = row.teams, .needs_done = row.needs_done,
    };
    if (!sql_ticket_state_write(request->tx, &in, NULL, err)) return false;
    row.version++;
    state_event(request, "state.changed", before, &row);
    write_state(&response->json, &row);
    return true;
}

bool put_ticket_states_order(struct request *request, struct response *response, struct error *err) {
    const struct state_order *in = request->body;
    const int64_t *ids = in->states.at;
    struct sql_ticket_state_list_rows rows;
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    if (!states_read(request->tx, request->mem, &rows, err)) return false;
    json_object_begin(&json);
    json_key(&json, "order");
    json_array_begin(&json);
    for (size_t i = 0; i < in->states.count; i++) {
        const struct sql_ticket_state_list_row *row = state_by_id(&rows, ids[i]);
        if (!row) return no_state(ids[i], err);
        if (!sql_ticket_state_place(request->tx, &(struct sql_ticket_state_place){.state_id = {ids[i]}, .position = (int64_t)i + 1}, NULL, err)) return false;
        json_text(&json, row->key);
    }
    json_array_end(&json);
    json_object_end(&json);
    event_record(request->tx, &(struct event){.kind = "state.ordered", .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .scope = "staff",
                                              .data = buffer_text(&out)});
    return get_ticket_states(request, response, err);
}

/* --- Ways ----------------------------------------------------------------------------------------------------------- */

static bool find_team(struct request *request, int64_t id, struct error *err) {
    const struct sql_team_exists_row *team;
    if (!sql_team_exists(request->tx, request->mem, &(struct sql_team_exists){.team_id = {id}}, &team, err)) return false;
    return team || error_set_key(err, ERR_NOT_FOUND, "team_not_found", "there is no team %" PRId64, id);
}

struct ways {
    struct sql_ticket_transition_list_rows rows;
    int64_t version;             /* 0: never changed */
};

static bool read_ways(struct request *request, struct ways *ret, struct error *err) {
    const struct sql_ticket_ways_row *row;
    struct ways ways = {0};
    team_id team = {request->id[0]};
    if (!find_team(request, team.value, err) || !sql_ticket_ways(request->tx, request->mem, &(struct sql_ticket_ways){.team_id = team}, &row, err)
        || !sql_ticket_transition_list(request->tx, request->mem, &(struct sql_ticket_transition_list){.team_id = team}, &ways.rows, err))
        return false;
    ways.version = row ? row->version : 0;
    *ret = ways;
    return true;
}

static void write_ways(struct json_writer *json, const struct ways *ways) {
    json_array_begin(json);
    for (size_t i = 0; i < ways->rows.count; i++) {
        const struct sql_ticket_transition_list_row *way = &ways->rows.at[i];
        json_object_begin(json);
        json_put_text(json, "from", way->from_key);
        json_put_text(json, "to", way->to_key);
        json_put_text(json, "permission", way->permission);
        json_put_raw(json, "fields", way->fields);
        json_object_end(json);
    }
    json_array_end(json);
}

static void answer_ways(struct response *response, const struct ways *ways) {
    struct json_writer *json = &response->json;
    json_object_begin(json);
    json_key(json, "items");
    write_ways(json, ways);
    json_put_text(json, "next", (struct text){0});
    json_put_int(json, "version", ways->version);
    json_object_end(json);
}

bool get_transitions(struct request *request, struct response *response, struct error *err) {
    struct ways ways;
    if (!read_ways(request, &ways, err)) return false;
    answer_ways(response, &ways);
    return true;
}

static bool read_fields(struct request *request, const struct json_list *keys, struct text *ret_json, struct error *err) {
    const struct text *at = keys->at;
    struct field_list fields;
    struct buffer out = {.mem = request->mem};
    struct json_writer json = json_writer(&out);
    if (!fields_read(request->tx, request->mem, &fields, err)) return false;
    json_array_begin(&json);
    for (size_t i = 0; i < keys->count; i++) {
        const struct field *field = field_by_key(&fields, at[i]);
        if (!field) return error_field(err, "items", "unknown_field", "there is no field '%.*s'", (int)text_cut(at[i], 40).size, at[i].data);
        json_text(&json, field->key);
    }
    json_array_end(&json);
    *ret_json = buffer_text(&out);
    return true;
}

static bool put_way(struct request *request, const struct sql_ticket_state_list_rows *states, const struct transition *way, struct error *err) {
    const struct sql_ticket_state_list_row *from = state_by_key(states, way->from), *to = state_by_key(states, way->to);
    struct sql_ticket_transition_put in = {.team_id = {request->id[0]}, .permission = text_empty(way->permission) ? (struct text){0} : way->permission};
    if (!from || !to || from == to) return error_field(err, "items", "unknown", "a way leads from one state to another");
    if (in.permission.data && permission_find(in.permission) == CAN_NOTHING) return error_field(err, "items", "unknown", "there is no such permission");
    in.from_id = from->state_id;
    in.to_id = to->state_id;
    return read_fields(request, &way->fields, &in.fields, err) && sql_ticket_transition_put(request->tx, &in, NULL, err);
}

static void ways_event(struct request *request, const struct ways *before, const struct ways *after) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "team", request->id[0]);
    json_key(&json, "ways");
    json_array_begin(&json);
    write_ways(&json, before);
    write_ways(&json, after);
    json_array_end(&json);
    json_object_end(&json);
    event_record(request->tx, &(struct event){.kind = "state.ways", .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .scope = "staff",
                                              .data = buffer_text(&out)});
}

bool put_transitions(struct request *request, struct response *response, struct error *err) {
    const struct transitions_put *body = request->body;
    const struct transition *at = body->items.at;
    struct sql_ticket_state_list_rows states;
    struct ways before, after;
    team_id team = {request->id[0]};
    if (!read_ways(request, &before, err)) return false;
    if (request_is_stale(request, before.version)) return error_set_key(err, ERR_STALE, "state_stale", "the ways are at version %" PRId64, before.version);
    if (!states_read(request->tx, request->mem, &states, err)
        || !sql_ticket_ways_change(request->tx, &(struct sql_ticket_ways_change){.team_id = team}, NULL, err)
        || !sql_ticket_transition_clear(request->tx, &(struct sql_ticket_transition_clear){.team_id = team}, NULL, err))
        return false;
    for (size_t i = 0; i < body->items.count; i++)
        if (!put_way(request, &states, &at[i], err)) return false;
    if (!read_ways(request, &after, err)) return false;
    ways_event(request, &before, &after);
    answer_ways(response, &after);
    return true;
}
