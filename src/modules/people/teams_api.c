/* Teams and settings over the API. */
#include "api/modules_people.h"
#include "modules/people/people.h"
#include "modules/people/people_private.h"
#include "wire/html/html.h"

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
    json_put_bool(json, "confidential", row->is_confidential);
    json_put_int(json, "version", row->version);
    if (!write_members(request, json, row->team_id, err)) return false;
    json_object_end(json);
    return true;
}

static bool find_team(struct request *request, team_id id, const struct sql_team_by_id_row **ret_row, struct error *err) {
    if (!sql_team_by_id(request->tx, request->mem, &(struct sql_team_by_id){.team_id = id}, ret_row, err)) return false;
    return *ret_row || error_set_key(err, ERR_NOT_FOUND, "team_not_found", "there is no team %" PRId64, id.value);
}

/* On SQLite nobody else writes before this transaction has ended. */
static bool held_team(struct request *request, const struct sql_team_by_id_row **ret_row, struct error *err) {
    struct sql_team_hold_rows held;
    const struct sql_team_hold in = {.team_id = {request->id[0]}};
    return (store_dialect(request->tx->store) == DIALECT_SQLITE || sql_team_hold(request->tx, request->mem, &in, &held, err))
           && find_team(request, in.team_id, ret_row, err);
}

/* A confidential team is its members' own matter: nobody else lets people in, or opens it. */
static bool may_touch(struct request *request, const struct sql_team_by_id_row *row, struct error *err) {
    return !row->is_confidential || actor_in_team(request->actor, row->team_id)
           || error_set_key(err, ERR_FORBIDDEN, "team_confidential", "only members change a confidential team");
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

/* Nobody could read what a confidential team without members gets. */
static bool keeps_members(struct request *request, const struct sql_team_by_id_row *team, struct error *err) {
    struct sql_team_members_rows rows;
    if (!team->is_confidential) return true;
    if (!sql_team_members(request->tx, request->mem, &(struct sql_team_members){.team_id = team->team_id}, &rows, err)) return false;
    return rows.count > 0 || error_field(err, "members", "team_needs_member", "a confidential team needs members");
}

static bool check_name(struct request *request, team_id team, struct text name, struct text slug, struct error *err) {
    const struct sql_team_taken_row *other;
    const struct sql_team_taken in = {.name = name, .slug = slug, .team_id = team};
    if (!sql_team_taken(request->tx, request->mem, &in, &other, err)) return false;
    return !other || error_field(err, "name", "taken", "another team has this name");
}

static bool members_json(struct request *request, team_id team, struct text *ret_json, struct error *err) {
    struct sql_team_members_rows rows;
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    if (!sql_team_members(request->tx, request->mem, &(struct sql_team_members){.team_id = team}, &rows, err)) return false;
    json_array_begin(&json);
    for (size_t i = 0; i < rows.count; i++) json_int(&json, rows.at[i].staff_id.value);
    json_array_end(&json);
    *ret_json = buffer_text(&out);
    return true;
}

/* The event of a team that has changed from one state to another; no state before: it is new. */
static void team_event(struct request *request, const char *kind, const struct sql_team_by_id_row *before, struct text members_before,
                       const struct sql_team_by_id_row *after, struct text members_after) {
    static const struct sql_team_by_id_row nothing = {.reopen_days = 0};
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    if (!before) before = &nothing;
    json_object_begin(&json);
    json_put_int(&json, "team", after->team_id.value);
    note_text(&json, "name", before->name, after->name);
    note_text(&json, "slug", before->slug, after->slug);
    note_text(&json, "language", before->language, after->language);
    note_id(&json, "reopen_days", before->reopen_days, after->reopen_days);
    note_text(&json, "signature_html", before->signature_html, after->signature_html);
    note_bool(&json, "auto_reply", before->is_auto_reply, after->is_auto_reply);
    note_text(&json, "auto_reply_text", before->auto_reply_text, after->auto_reply_text);
    note_bool(&json, "confidential", before->is_confidential, after->is_confidential);
    note_raw(&json, "members", members_before, members_after);
    json_object_end(&json);
    staff_event(request, kind, "staff", buffer_text(&out));
}

bool post_team(struct request *request, struct response *response, struct error *err) {
    const struct team_create *body = request->body;
    const struct sql_team_insert_row *made;
    const struct sql_team_by_id_row *row;
    struct text language, members, name = text_trim(body->name), slug = slug_of(request->mem, body->has_slug ? body->slug : name);
    if (text_empty(slug)) return error_field(err, "name", "invalid", "needs a letter or digit");
    if (!check_name(request, (team_id){0}, name, slug, err) || !house_language(request->tx, &language, err)) return false;
    const struct sql_team_insert in = {.name = name, .slug = slug, .language = body->has_language ? body->language : language,
                                       .is_confidential = body->confidential};
    if (!sql_team_insert(request->tx, request->mem, &in, &made, err)
        || (body->has_members && !set_members(request, made->team_id, &body->members, err))
        || !find_team(request, made->team_id, &row, err) || !keeps_members(request, row, err) || !members_json(request, made->team_id, &members, err))
        return false;
    team_event(request, "team.created", NULL, (struct text){0}, row, members);
    response_created(response, request, "/api/v1/teams/%" PRId64, made->team_id.value);
    return write_team(request, &response->json, row, err);
}

bool patch_team(struct request *request, struct response *response, struct error *err) {
    const struct team_patch *body = request->body;
    const struct sql_team_by_id_row *row, *after;
    struct text members_before, members_after;
    struct html_result signature = {0};
    if (!held_team(request, &row, err) || !members_json(request, row->team_id, &members_before, err)) return false;
    if (!may_touch(request, row, err)) return false;
    if (request_is_stale(request, row->version)) return error_set_key(err, ERR_STALE, "stale", "the team has changed");
    if (body->has_name && !check_name(request, row->team_id, text_trim(body->name), row->slug, err)) return false;
    if (body->has_signature_html && !html_sanitize(request->mem, body->signature_html, &(struct html_policy){0}, &signature, err)) return false;
    const struct sql_team_update in = {
        .team_id = row->team_id, .name = body->has_name ? text_trim(body->name) : row->name,
        .language = body->has_language ? body->language : row->language,
        .reopen_days = body->has_reopen_days ? body->reopen_days : row->reopen_days,
        .signature_html = body->has_signature_html ? signature.html : row->signature_html,
        .is_auto_reply = body->has_auto_reply ? body->auto_reply : row->is_auto_reply,
        .auto_reply_text = body->has_auto_reply_text ? body->auto_reply_text : row->auto_reply_text,
        .is_confidential = body->has_confidential ? body->confidential : row->is_confidential,
    };
    if (!sql_team_update(request->tx, &in, NULL, err)
        || (body->has_members && !set_members(request, row->team_id, &body->members, err))
        || !find_team(request, row->team_id, &after, err) || !keeps_members(request, after, err)
        || !members_json(request, row->team_id, &members_after, err))
        return false;
    team_event(request, "team.changed", row, members_before, after, members_after);
    return write_team(request, &response->json, after, err);
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

static bool change_setting(struct request *request, struct json_writer *changes, const char *key, struct text value, struct error *err) {
    const struct sql_setting_find_row *before, *after;
    const struct sql_setting_find find = {.key = text_of(key)};
    if (!sql_setting_find(request->tx, &request->tx->mem, &find, &before, err) || !setting_write(request, key, value, err)
        || !sql_setting_find(request->tx, &request->tx->mem, &find, &after, err))
        return false;
    if (after) note_raw(changes, key, before ? before->value : (struct text){0}, after->value);
    return true;
}

bool settings_change(struct request *request, struct text company, struct text locale, struct error *err) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    if (!change_setting(request, &json, "company", company, err) || !change_setting(request, &json, "locale", locale, err)) return false;
    json_object_end(&json);
    staff_event(request, "setting.changed", "staff", buffer_text(&out));
    return true;
}

bool patch_settings(struct request *request, struct response *response, struct error *err) {
    const struct settings_patch *body = request->body;
    struct text nothing = {0};
    return settings_change(request, body->has_company ? body->company : nothing, body->has_locale ? body->locale : nothing, err)
           && get_settings(request, response, err);
}
