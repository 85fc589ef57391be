/* Teams, accounts of others, roles and settings over the API. */
#include "api/modules_people.h"
#include "modules/people/people.h"
#include "modules/people/people_private.h"
#include "wire/html/html.h"

static void people_event(struct request *request, const char *kind, struct text data) {
    event_record(request->tx, &(struct event){.kind = kind, .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value,
                                              .scope = "staff", .data = data});
}

/* --- Teams ------------------------------------------------------------------------------------------------------ */

static bool write_members(struct request *request, struct json_writer *json, team_id team, struct error *err) {
    struct sql_team_members_rows rows;
    if (!sql_team_members(request->tx, request->mem, &(struct sql_team_members){.team_id = team}, &rows, err)) return false;
    json_key(json, "members");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++) json_int(json, rows.at[i].staff_id.value);
    json_array_end(json);
    return true;
}

static bool write_team(struct request *request, struct json_writer *json, const struct sql_team_by_id_row *row, struct error *err) {
    json_object_begin(json);
    json_put_int(json, "id", row->team_id.value);
    json_put_text(json, "name", row->name);
    json_put_text(json, "slug", row->slug);
    json_put_text(json, "language", row->language);
    json_put_int(json, "reopen_days", row->reopen_days);
    json_put_text(json, "signature_html", row->signature_html);
    json_put_bool(json, "auto_reply", row->is_auto_reply);
    json_put_text(json, "auto_reply_text", row->auto_reply_text);
    json_put_int(json, "version", row->version);
    if (!write_members(request, json, row->team_id, err)) return false;
    json_object_end(json);
    return true;
}

static bool find_team(struct request *request, team_id id, const struct sql_team_by_id_row **ret_row, struct error *err) {
    if (!sql_team_by_id(request->tx, request->mem, &(struct sql_team_by_id){.team_id = id}, ret_row, err)) return false;
    return *ret_row || error_set_key(err, ERR_NOT_FOUND, "team_not_found", "there is no team %" PRId64, id.value);
}

bool get_team(struct request *request, struct response *response, struct error *err) {
    const struct sql_team_by_id_row *row;
    return find_team(request, (team_id){request->id[0]}, &row, err) && write_team(request, &response->json, row, err);
}

bool get_teams(struct request *request, struct response *response, struct error *err) {
    struct sql_team_list_rows rows;
    const struct sql_team_by_id_row *row;
    if (!sql_team_list(request->tx, request->mem, &rows, err)) return false;
    json_object_begin(&response->json);
    json_key(&response->json, "items");
    json_array_begin(&response->json);
    for (size_t i = 0; i < rows.count; i++)
        if (!find_team(request, (team_id){rows.at[i].id}, &row, err) || !write_team(request, &response->json, row, err)) return false;
    json_array_end(&response->json);
    json_put_text(&response->json, "next", (struct text){0});
    json_object_end(&response->json);
    return true;
}

/* "Retouren und Erstattungen" -> "retouren-und-erstattungen": letters, digits and single hyphens. */
static struct text slug_of(struct arena *mem, struct text name) {
    struct buffer out = {.mem = mem};
    struct text folded = text_fold(mem, name);
    for (size_t i = 0; i < folded.size; i++) {
        unsigned char c = (unsigned char)folded.data[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
        if (fits) buffer_add_char(&out, (char)c);
        else if (out.size && out.data[out.size - 1] != '-') buffer_add_char(&out, '-');
    }
    struct text slug = buffer_text(&out);
    return text_ends(slug, "-") ? text_slice(slug, 0, slug.size - 1) : slug;
}

static bool set_members(struct request *request, team_id team, const struct json_list *members, struct error *err) {
    const int64_t *at = members->at;
    if (!sql_team_members_clear(request->tx, &(struct sql_team_members_clear){.team_id = team}, NULL, err)) return false;
    for (size_t i = 0; i < members->count; i++) {
        const struct sql_staff_by_id_row *staff;
        if (!sql_staff_by_id(request->tx, request->mem, &(struct sql_staff_by_id){.staff_id = {at[i]}}, &staff, err)) return false;
        if (!staff) return error_field(err, "members", "unknown", "there is no account %" PRId64, at[i]);
        const struct sql_team_member_add in = {.team_id = team, .staff_id = {at[i]}};
        if (!sql_team_member_add(request->tx, &in, NULL, err)) return false;
    }
    return true;
}

static bool check_name(struct request *request, team_id team, struct text name, struct text slug, struct error *err) {
    const struct sql_team_taken_row *other;
    const struct sql_team_taken in = {.name = name, .slug = slug, .team_id = team};
    if (!sql_team_taken(request->tx, request->mem, &in, &other, err)) return false;
    return !other || error_field(err, "name", "taken", "another team has this name");
}

static struct text team_data(struct request *request, team_id team, struct text name) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "team", team.value);
    json_put_text(&json, "name", name);
    json_object_end(&json);
    return buffer_text(&out);
}

bool post_team(struct request *request, struct response *response, struct error *err) {
    const struct team_create *body = request->body;
    const struct sql_team_insert_row *made;
    const struct sql_team_by_id_row *row;
    struct text name = text_trim(body->name), slug = slug_of(request->mem, body->has_slug ? body->slug : name);
    if (text_empty(slug)) return error_field(err, "name", "invalid", "needs a letter or digit");
    if (!check_name(request, (team_id){0}, name, slug, err)) return false;
    const struct sql_team_insert in = {.name = name, .slug = slug, .language = body->has_language ? body->language : text_of("de")};
    if (!sql_team_insert(request->tx, request->mem, &in, &made, err)
        || (body->has_members && !set_members(request, made->team_id, &body->members, err))
        || !find_team(request, made->team_id, &row, err))
        return false;
    people_event(request, "team.created", team_data(request, made->team_id, name));
    response_created(response, request, "/api/v1/teams/%" PRId64, made->team_id.value);
    return write_team(request, &response->json, row, err);
}

bool patch_team(struct request *request, struct response *response, struct error *err) {
    const struct team_patch *body = request->body;
    const struct sql_team_by_id_row *row;
    struct html_result signature = {0};
    if (!find_team(request, (team_id){request->id[0]}, &row, err)) return false;
    if (request->if_match && request->if_match != row->version) return error_set_key(err, ERR_STALE, "stale", "the team has changed");
    if (body->has_name && !check_name(request, row->team_id, text_trim(body->name), row->slug, err)) return false;
    if (body->has_signature_html && !html_sanitize(request->mem, body->signature_html, &(struct html_policy){0}, &signature, err)) return false;
    const struct sql_team_update in = {
        .team_id = row->team_id, .name = body->has_name ? text_trim(body->name) : row->name,
        .language = body->has_language ? body->language : row->language,
        .reopen_days = body->has_reopen_days ? body->reopen_days : row->reopen_days,
        .signature_html = body->has_signature_html ? signature.html : row->signature_html,
        .is_auto_reply = body->has_auto_reply ? body->auto_reply : row->is_auto_reply,
        .auto_reply_text = body->has_auto_reply_text ? body->auto_reply_text : row->auto_reply_text,
    };
    if (!sql_team_update(request->tx, &in, NULL, err)
        || (body->has_members && !set_members(request, row->team_id, &body->members, err))
        || !find_team(request, row->team_id, &row, err))
        return false;
    people_event(request, "team.changed", team_data(request, row->team_id, row->name));
    return write_team(request, &response->json, row, err);
}

/* --- Accounts of others ------------------------------------------------------------------------------------------- */

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

/* Nobody hands out more than they have: only an administrator makes or changes administrators. */
static bool may_change(struct request *request, const struct sql_staff_by_id_row *row, struct text role, struct text state, struct error *err) {
    const struct sql_staff_admins_row *others;
    bool was = text_is(row->role, "admin"), will = text_is(role, "admin") && text_is(state, "active");
    if ((was || will) && strcmp(request->actor->role, "admin") != 0)
        return error_set_key(err, ERR_FORBIDDEN, "forbidden", "only an administrator changes administrators");
    if (!was || will) return true;
    if (!sql_staff_admins(request->tx, request->mem, &(struct sql_staff_admins){.staff_id = row->staff_id}, &others, err)) return false;
    return others->count > 0 || error_set_key(err, ERR_CONFLICT, "last_admin", "the last administrator can't be taken away");
}

bool staff_set_teams(struct request *request, staff_id staff, const struct json_list *teams, struct error *err) {
    const int64_t *at = teams->at;
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

static void note_text(struct json_writer *json, const char *field, struct text before, struct text after) {
    if (text_equal(before, after)) return;
    json_key(json, field);
    json_array_begin(json);
    json_text(json, before);
    json_text(json, after);
    json_array_end(json);
}

bool patch_staff(struct request *request, struct response *response, struct error *err) {
    const struct staff_patch *body = request->body;
    const struct sql_staff_by_id_row *row;
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    if (!find_staff(request, (staff_id){request->id[0]}, &row, err)) return false;
    if (request->if_match && request->if_match != row->version) return error_set_key(err, ERR_STALE, "stale", "the account has changed");
    const struct sql_staff_update in = {.staff_id = row->staff_id, .name = body->has_name ? body->name : row->name,
                                        .role = body->has_role ? body->role : row->role,
                                        .state = body->has_state ? body->state : row->state};
    if (body->has_state && text_is(row->state, "invited") && text_is(body->state, "active"))
        return error_field(err, "state", "invited", "an invited account becomes active by accepting");
    if (!may_change(request, row, in.role, in.state, err) || !sql_staff_update(request->tx, &in, NULL, err)) return false;
    if (body->has_teams && !staff_set_teams(request, row->staff_id, &body->teams, err)) return false;
    if (text_is(in.state, "disabled") && !sql_session_delete_all(request->tx, &(struct sql_session_delete_all){.staff_id = row->staff_id}, NULL, err))
        return false;
    json_object_begin(&json);
    json_put_int(&json, "staff", row->staff_id.value);
    note_text(&json, "name", row->name, in.name);
    note_text(&json, "role", row->role, in.role);
    note_text(&json, "state", row->state, in.state);
    json_object_end(&json);
    people_event(request, "staff.changed", buffer_text(&out));
    return find_staff(request, row->staff_id, &row, err) && write_staff(request, &response->json, row, err);
}

/* --- Settings ------------------------------------------------------------------------------------------------------ */

bool get_settings(struct request *request, struct response *response, struct error *err) {
    struct sql_setting_list_rows rows;
    if (!sql_setting_list(request->tx, request->mem, &rows, err)) return false;
    json_object_begin(&response->json);
    for (size_t i = 0; i < rows.count; i++)
        json_put_raw(&response->json, text_string(request->mem, rows.at[i].key), rows.at[i].value);
    json_object_end(&response->json);
    return true;
}

bool patch_settings(struct request *request, struct response *response, struct error *err) {
    const struct settings_patch *body = request->body;
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    if (body->has_company) {
        if (!setting_write(request, "company", body->company, err)) return false;
        json_put_text(&json, "company", body->company);
    }
    if (body->has_locale) {
        if (!setting_write(request, "locale", body->locale, err)) return false;
        json_put_text(&json, "locale", body->locale);
    }
    json_object_end(&json);
    people_event(request, "setting.changed", buffer_text(&out));
    return get_settings(request, response, err);
}
