/* Accounts of colleagues over the API: role, teams, state. Invitations stand in links_api.c. */
#include "api/modules_people.h"
#include "modules/people/people.h"
#include "modules/people/people_private.h"

static bool write_staff(struct request *request, struct json_writer *json, const struct sql_staff_by_id_row *row, struct error *err) {
    struct sql_staff_teams_rows teams;
    if (!sql_staff_teams(request->tx, request->mem, &(struct sql_staff_teams){.staff_id = row->staff_id}, &teams, err)) return false;
    json_object_begin(json);
    json_put_int(json, "id", row->staff_id.value);
    json_put_text(json, "email", row->email);
    json_put_text(json, "name", row->name);
    json_put_text(json, "role", row->role);
    json_put_text(json, "state", row->state);
    json_put_text(json, "locale", row->locale);
    json_put_bool(json, "totp", row->is_totp_on);
    json_put_int(json, "version", row->version);
    json_put_time(json, "created_at", row->created_at);
    json_key(json, "teams");
    json_array_begin(json);
    for (size_t i = 0; i < teams.count; i++) json_int(json, teams.at[i].team_id.value);
    json_array_end(json);
    json_object_end(json);
    return true;
}

static bool find_staff(struct request *request, staff_id id, const struct sql_staff_by_id_row **ret_row, struct error *err) {
    if (!sql_staff_by_id(request->tx, request->mem, &(struct sql_staff_by_id){.staff_id = id}, ret_row, err)) return false;
    return *ret_row || error_set_key(err, ERR_NOT_FOUND, "staff_not_found", "there is no account %" PRId64, id.value);
}

/* On SQLite nobody else writes before this transaction has ended. */
bool staff_hold(struct tx *tx, staff_id staff, bool with_admins, struct error *err) {
    struct sql_staff_hold_rows held;
    const struct sql_staff_hold in = {.staff_id = staff, .with_admins = with_admins};
    return store_dialect(tx->store) == DIALECT_SQLITE || sql_staff_hold(tx, &tx->mem, &in, &held, err);
}

bool staff_write(struct request *request, struct json_writer *json, staff_id staff, struct error *err) {
    const struct sql_staff_by_id_row *row;
    return find_staff(request, staff, &row, err) && write_staff(request, json, row, err);
}

bool get_staff(struct request *request, struct response *response, struct error *err) {
    struct sql_staff_list_rows rows;
    const struct sql_staff_by_id_row *row;
    if (!sql_staff_list(request->tx, request->mem, &rows, err)) return false;
    json_object_begin(&response->json);
    json_key(&response->json, "items");
    json_array_begin(&response->json);
    for (size_t i = 0; i < rows.count; i++)
        if (!find_staff(request, (staff_id){rows.at[i].id}, &row, err) || !write_staff(request, &response->json, row, err)) return false;
    json_array_end(&response->json);
    json_put_text(&response->json, "next", (struct text){0});
    json_object_end(&response->json);
    return true;
}

void staff_event(struct request *request, const char *kind, const char *scope, struct text data) {
    staff_id by = request->actor->staff;
    event_record(request->tx, &(struct event){.kind = kind, .actor = by.value ? ACTOR_STAFF : ACTOR_SYSTEM, .actor_id = by.value,
                                              .scope = scope, .data = data});
}

/* --- Changing ------------------------------------------------------------------------------------------------------------ */

/* Nobody hands out more than they have, nor changes who has more: what an administrator is, only an administrator decides. */
bool staff_may_touch(struct request *request, struct text role, struct error *err) {
    bool within;
    if (text_is(role, "admin") && strcmp(request->actor->role, "admin") != 0)
        return error_set_key(err, ERR_FORBIDDEN, "forbidden", "only an administrator changes administrators");
    if (!role_within(request, role, &within, err)) return false;
    return within || error_set_key(err, ERR_FORBIDDEN, "role_exceeds", "the role %.*s may more than you", (int)role.size, role.data);
}

static bool keeps_an_admin(struct request *request, const struct sql_staff_by_id_row *row, struct text role, struct text state, struct error *err) {
    const struct sql_staff_admins_row *others;
    bool was = text_is(row->role, "admin"), will = text_is(role, "admin") && text_is(state, "active");
    if (!was || will) return true;
    if (!sql_staff_admins(request->tx, request->mem, &(struct sql_staff_admins){.staff_id = row->staff_id}, &others, err)) return false;
    return others->count > 0 || error_set_key(err, ERR_CONFLICT, "last_admin", "the last administrator can't be taken away");
}

static bool is_among(const int64_t *numbers, size_t count, int64_t number) {
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == number) return true;
    return false;
}

/* Nobody takes in or turns out whom a confidential team has, but its members. */
static bool leaves_closed(struct request *request, staff_id staff, const struct json_list *teams, struct error *err) {
    struct sql_staff_teams_rows rows;
    const struct actor *actor = request->actor;
    if (!sql_staff_teams(request->tx, request->mem, &(struct sql_staff_teams){.staff_id = staff}, &rows, err)) return false;
    for (int i = 0; i < actor->closed_count; i++) {
        bool before = false, after = is_among(teams->at, teams->count, actor->closed[i].value);
        for (size_t j = 0; j < rows.count; j++) before |= rows.at[j].team_id.value == actor->closed[i].value;
        if (before != after) return error_field(err, "teams", "team_confidential", "only members decide who is in team %" PRId64, actor->closed[i].value);
    }
    return true;
}

bool staff_set_teams(struct request *request, staff_id staff, const struct json_list *teams, struct error *err) {
    const int64_t *at = teams->at;
    if (!leaves_closed(request, staff, teams, err)) return false;
    if (!sql_staff_teams_clear(request->tx, &(struct sql_staff_teams_clear){.staff_id = staff}, NULL, err)) return false;
    for (size_t i = 0; i < teams->count; i++) {
        const struct sql_team_by_id_row *team;
        if (!sql_team_by_id(request->tx, request->mem, &(struct sql_team_by_id){.team_id = {at[i]}}, &team, err)) return false;
        if (!team) return error_field(err, "teams", "unknown", "there is no team %" PRId64, at[i]);
        const struct sql_team_member_add in = {.team_id = {at[i]}, .staff_id = staff};
        if (!sql_team_member_add(request->tx, &in, NULL, err)) return false;
    }
    return true;
}

static bool teams_json(struct request *request, staff_id staff, struct text *ret_json, struct error *err) {
    struct sql_staff_teams_rows rows;
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    if (!sql_staff_teams(request->tx, request->mem, &(struct sql_staff_teams){.staff_id = staff}, &rows, err)) return false;
    json_array_begin(&json);
    for (size_t i = 0; i < rows.count; i++) json_int(&json, rows.at[i].team_id.value);
    json_array_end(&json);
    *ret_json = buffer_text(&out);
    return true;
}

/* Who is switched off is out at once and for good: signed out, tokens and links worth nothing, also after being switched on again. */
static bool shut_out(struct request *request, const struct sql_staff_by_id_row *row, struct error *err) {
    staff_id staff = row->staff_id;
    const struct sql_token_revoke_all tokens = {.staff_id = staff, .revoked_at = request->tx->now};
    return sql_session_delete_all(request->tx, &(struct sql_session_delete_all){.staff_id = staff}, NULL, err)
           && sql_token_revoke_all(request->tx, &tokens, NULL, err)
           && sql_link_drop_staff(request->tx, &(struct sql_link_drop_staff){.staff_id = staff}, NULL, err)
           && sql_letter_withdraw(request->tx, &(struct sql_letter_withdraw){.to_address = row->email}, NULL, err);
}

static bool wish_of(const struct staff_patch *body, const struct sql_staff_by_id_row *row, struct sql_staff_update *ret_wish, struct error *err) {
    *ret_wish = (struct sql_staff_update){.staff_id = row->staff_id, .name = body->has_name ? text_trim(body->name) : row->name,
                                          .role = body->has_role ? body->role : row->role,
                                          .state = body->has_state ? body->state : row->state};
    if (text_empty(ret_wish->name)) return error_field(err, "name", "required", "an account has a name");
    bool begins = body->has_state && text_is(body->state, "active") && !row->password_hash.data;
    if (begins && text_is(row->state, "invited"))
        return error_field(err, "state", "invited", "an invited account becomes active by accepting");
    if (begins) ret_wish->state = text_of("invited"); /* it never had a password: the invitation goes on */
    return true;
}

static struct text changed_data(struct request *request, const struct sql_staff_by_id_row *before, const struct sql_staff_update *after,
                                struct text teams_before, struct text teams_after) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "staff", before->staff_id.value);
    note_text(&json, "name", before->name, after->name);
    note_text(&json, "role", before->role, after->role);
    note_text(&json, "state", before->state, after->state);
    note_raw(&json, "teams", teams_before, teams_after);
    json_object_end(&json);
    return buffer_text(&out);
}

static bool change_staff(struct request *request, const struct sql_staff_by_id_row *row, const struct sql_staff_update *wish, struct error *err) {
    const struct staff_patch *body = request->body;
    struct text before, after;
    if (!teams_json(request, row->staff_id, &before, err) || !sql_staff_update(request->tx, wish, NULL, err)
        || (body->has_teams && !staff_set_teams(request, row->staff_id, &body->teams, err)) || !teams_json(request, row->staff_id, &after, err))
        return false;
    if (text_is(wish->state, "disabled") && !text_is(row->state, "disabled") && !shut_out(request, row, err)) return false;
    staff_event(request, "staff.changed", "staff", changed_data(request, row, wish, before, after));
    return true;
}

bool patch_staff(struct request *request, struct response *response, struct error *err) {
    const struct sql_staff_by_id_row *row;
    struct sql_staff_update wish;
    staff_id staff = {request->id[0]};
    if (!staff_hold(request->tx, staff, true, err) || !find_staff(request, staff, &row, err)) return false;
    if (request_is_stale(request, row->version)) return error_set_key(err, ERR_STALE, "stale", "the account has changed");
    return wish_of(request->body, row, &wish, err) && staff_may_touch(request, row->role, err) && staff_may_touch(request, wish.role, err)
           && keeps_an_admin(request, row, wish.role, wish.state, err) && change_staff(request, row, &wish, err)
           && staff_write(request, &response->json, row->staff_id, err);
}
