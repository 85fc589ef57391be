/* The caller's own account and tokens; lists of staff and teams. */
#include "api/modules_people.h"
#include "base/zone.h"
#include "modules/people/people.h"
#include "modules/people/people_private.h"

bool get_me(struct request *request, struct response *response, struct error *err) {
    return staff_json(request, request->actor->staff, &response->json, err);
}

static struct text changed_data(struct request *request, const struct sql_session_staff_row *before, const struct sql_staff_patch *after) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "staff", after->staff_id.value);
    note_text(&json, "name", before->name, after->name);
    note_text(&json, "locale", before->locale, after->locale);
    note_text(&json, "zone", before->zone, after->zone);
    note_text(&json, "theme", before->theme, after->theme);
    note_text(&json, "signature", before->signature, after->signature);
    note_bool(&json, "keys_enabled", before->keys_enabled, after->is_keys_on);
    note_raw(&json, "keys", before->own_keys, after->own_keys);
    json_object_end(&json);
    return buffer_text(&out);
}

bool patch_me(struct request *request, struct response *response, struct error *err) {
    const struct me_patch *body = request->body;
    const struct sql_session_staff_row *row;
    staff_id me = request->actor->staff;
    struct text keys = {0};
    if (body->has_keys && !own_keys_read(request->mem, body->keys, &keys, err)) return false;
    if (body->has_zone && !zone_exists(body->zone)) return error_field(err, "zone", "unknown", "is no time zone like Europe/Berlin");
    if (!staff_hold(request->tx, me, false, err)
        || !sql_session_staff(request->tx, request->mem, &(struct sql_session_staff){.staff_id = me}, &row, err))
        return false;
    if (!row) return error_set_key(err, ERR_NOT_FOUND, "staff_not_found", "the account is gone");
    if (request_is_stale(request, row->version)) return error_set_key(err, ERR_STALE, "stale", "the account has changed");
    const struct sql_staff_patch in = {
        .staff_id = me, .name = body->has_name ? body->name : row->name, .locale = body->has_locale ? body->locale : row->locale,
        .zone = body->has_zone ? body->zone : row->zone, .theme = body->has_theme ? body->theme : row->theme,
        .signature = body->has_signature ? body->signature : row->signature,
        .is_keys_on = body->has_keys_enabled ? body->keys_enabled : row->keys_enabled, .own_keys = body->has_keys ? keys : row->own_keys,
    };
    if (!sql_staff_patch(request->tx, &in, NULL, err)) return false;
    staff_event(request, "staff.changed", "staff", changed_data(request, row, &in));
    return staff_json(request, me, &response->json, err);
}

static void open_list(struct response *response) {
    json_object_begin(&response->json);
    json_key(&response->json, "items");
    json_array_begin(&response->json);
}

static bool close_list(struct response *response) {
    json_array_end(&response->json);
    json_put_text(&response->json, "next", (struct text){0});
    json_object_end(&response->json);
    return true;
}

bool get_tokens(struct request *request, struct response *response, struct error *err) {
    open_list(response);
    const struct sql_token_list in = {.staff_id = request->actor->staff};
    return sql_token_list_json(request->tx, &in, &response->json, NULL, err) && close_list(response);
}

static bool scopes_json(struct request *request, const struct json_list *scopes, struct text *ret_json, struct error *err) {
    struct buffer out = {.mem = request->mem};
    struct json_writer json = json_writer(&out);
    const struct text *at = scopes->at;
    json_array_begin(&json);
    for (size_t i = 0; i < scopes->count; i++) {
        if (permission_find(at[i]) == CAN_NOTHING) return error_field(err, "scopes", "unknown", "there is no such permission");
        if (request->actor->token && !actor_may(request->actor, permission_find(at[i])))
            return error_field(err, "scopes", "unknown", "the token may not do this itself");
        json_text(&json, at[i]);
    }
    json_array_end(&json);
    *ret_json = buffer_text(&out);
    return true;
}

/* A token makes none that may more than itself or lives longer. ends_at 0: it never ends. */
static bool own_limits(struct request *request, struct text *ret_scopes, int64_t *ret_ends_at, struct error *err) {
    const struct sql_token_limits_row *row = NULL;
    if (request->actor->token
        && !sql_token_limits(request->tx, request->mem, &(struct sql_token_limits){.id = request->actor->token}, &row, err))
        return false;
    *ret_scopes = row ? row->scopes : (struct text){0};
    *ret_ends_at = row ? row->expires_at : 0;
    return true;
}

bool post_token(struct request *request, struct response *response, struct error *err) {
    const struct token_create *body = request->body;
    struct text scopes, token;
    int64_t latest, ends_at = body->has_expires_at ? body->expires_at : 0;
    if (!own_limits(request, &scopes, &latest, err)) return false;
    if (body->has_scopes && !scopes_json(request, &body->scopes, &scopes, err)) return false;
    if (body->has_expires_at && body->expires_at <= request->tx->now) return error_field(err, "expires_at", "past", "lies in the past");
    if (latest && (!ends_at || ends_at > latest)) ends_at = latest;
    if (!token_create(request->tx, request->actor->staff, body->label, scopes, ends_at, &token, err)) return false;
    response->status = 201;
    json_object_begin(&response->json);
    json_put_text(&response->json, "token", text_copy(request->mem, token));
    json_put_text(&response->json, "label", body->has_label ? body->label : text_of(""));
    json_object_end(&response->json);
    return true;
}

static bool note_revoked(struct request *request, struct error *err) {
    const struct sql_token_by_id_row *row;
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    if (!sql_token_by_id(request->tx, request->mem, &(struct sql_token_by_id){.id = request->id[0]}, &row, err)) return false;
    json_object_begin(&json);
    json_put_int(&json, "token", request->id[0]);
    json_put_int(&json, "staff", request->actor->staff.value);
    json_put_text(&json, "label", row ? row->label : (struct text){0});
    json_put_raw(&json, "scopes", row ? row->scopes : (struct text){0});
    json_object_end(&json);
    staff_event(request, "token.revoked", "admin", buffer_text(&out));
    return true;
}

bool delete_token(struct request *request, struct response *response, struct error *err) {
    int64_t revoked = 0;
    const struct sql_token_revoke in = {.id = request->id[0], .staff_id = request->actor->staff, .revoked_at = request->tx->now};
    if (!sql_token_revoke(request->tx, &in, &revoked, err)) return false;
    if (!revoked) return error_set_key(err, ERR_NOT_FOUND, "token_not_found", "there is no such token");
    if (!note_revoked(request, err)) return false;
    response_none(response);
    return true;
}

/* --- Sessions ------------------------------------------------------------------------------------------------------ */

bool get_me_sessions(struct request *request, struct response *response, struct error *err) {
    const struct sql_session_list in = {.staff_id = request->actor->staff, .now_at = request->tx->now};
    struct sql_session_list_rows rows;
    struct json_writer *json = &response->json;
    if (!sql_session_list(request->tx, request->mem, &in, &rows, err)) return false;
    open_list(response);
    for (size_t i = 0; i < rows.count; i++) {
        json_object_begin(json);
        json_put_int(json, "id", rows.at[i].id);
        json_put_text(json, "address", rows.at[i].address);
        json_put_text(json, "agent", rows.at[i].agent);
        json_put_time(json, "created_at", rows.at[i].created_at);
        json_put_time(json, "seen_at", rows.at[i].seen_at);
        json_put_bool(json, "current", rows.at[i].id == request->actor->session);
        json_object_end(json);
    }
    return close_list(response);
}

bool delete_me_session(struct request *request, struct response *response, struct error *err) {
    const struct sql_session_delete_own in = {.id = request->id[0], .staff_id = request->actor->staff};
    int64_t ended = 0;
    if (!sql_session_delete_own(request->tx, &in, &ended, err)) return false;
    if (!ended) return error_set_key(err, ERR_NOT_FOUND, "session_not_found", "there is no such session");
    session_event(request, "session.ended", request->actor->staff, request->remote_address);
    response_none(response);
    return true;
}

bool delete_me_sessions(struct request *request, struct response *response, struct error *err) {
    const struct sql_session_delete_others in = {.staff_id = request->actor->staff, .id = request->actor->session};
    int64_t ended = 0;
    if (!sql_session_delete_others(request->tx, &in, &ended, err)) return false;
    if (ended) session_event(request, "session.ended_others", request->actor->staff, request->remote_address);
    response_none(response);
    return true;
}
