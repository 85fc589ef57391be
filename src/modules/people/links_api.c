/* One-time links: invitations and new passwords. The token goes out by mail; only its hash is kept. */
#include "api/modules_people.h"
#include "base/json.h"
#include "base/secret.h"
#include "modules/people/people.h"
#include "modules/people/people_private.h"

#include <assert.h>

static const int64_t INVITE_TIME = 7 * 86400 * 1000000LL, RESET_TIME = 3600 * 1000000LL, RESET_PAUSE = 60 * 1000000LL;

static void account_event(struct request *request, const char *kind, staff_id staff) {
    event_record(request->tx, &(struct event){.kind = kind, .actor = request->actor->staff.value ? ACTOR_STAFF : ACTOR_SYSTEM,
                                              .actor_id = request->actor->staff.value, .scope = "admin",
                                              .data = text_printf(&request->tx->mem, "{\"staff\":%" PRId64 "}", staff.value)});
}

/* A link of a kind for an account, beside those that it has. */
static bool make_link(struct tx *tx, struct arena *mem, const char *kind, staff_id staff, int64_t lifetime, struct text *ret_token, struct error *err) {
    struct text token = secret_token(mem, 24);
    const struct sql_link_insert link = {.token_hash = secret_hash(mem, token), .kind = text_of(kind), .staff_id = staff,
                                         .created_at = tx->now, .expires_at = tx->now + lifetime};
    *ret_token = token;
    return sql_link_insert(tx, &link, NULL, err);
}

static bool drop_links(struct tx *tx, staff_id staff, struct error *err) {
    return sql_link_drop_staff(tx, &(struct sql_link_drop_staff){.staff_id = staff}, NULL, err);
}

bool invitation_token(struct tx *tx, struct arena *mem, staff_id staff, struct text *ret_token, struct error *err) {
    return drop_links(tx, staff, err) && make_link(tx, mem, "invite", staff, INVITE_TIME, ret_token, err);
}

/* Makes the only link of an account and queues the letter that brings it. */
static bool send_link(struct request *request, const char *kind, staff_id staff, struct text address, struct text language, int64_t lifetime,
                      struct error *err) {
    struct text token;
    struct buffer out = {.mem = request->mem};
    struct json_writer json = json_writer(&out);
    if (!drop_links(request->tx, staff, err) || !make_link(request->tx, request->mem, kind, staff, lifetime, &token, err)) return false;
    json_object_begin(&json);
    json_put_text(&json, "token", token);
    json_put_text(&json, "by", request->actor->name);
    json_object_end(&json);
    const struct sql_letter_insert letter = {.to_address = address, .language = language, .kind = text_of(kind),
                                             .data = buffer_text(&out), .created_at = request->tx->now};
    return sql_letter_insert(request->tx, &letter, NULL, err);
}

static bool find_link(struct request *request, const char *kind, struct text token, const struct sql_link_find_row **ret_link,
                      struct error *err) {
    const struct sql_link_find in = {.token_hash = secret_hash(request->mem, token), .kind = text_of(kind), .now_at = request->tx->now};
    if (!sql_link_find(request->tx, request->mem, &in, ret_link, err)) return false;
    return *ret_link || error_field(err, "token", "token_expired", "the link is not valid any more");
}

static bool use_link(struct request *request, const char *kind, struct text token, staff_id *ret_staff, struct error *err) {
    const struct sql_link_find_row *link;
    int64_t used = 0;
    if (!find_link(request, kind, token, &link, err)) return false;
    const struct sql_link_use in = {.token_hash = secret_hash(request->mem, token), .used_at = request->tx->now};
    if (!sql_link_use(request->tx, &in, &used, err)) return false;
    *ret_staff = link->staff_id;
    return used == 1 || error_field(err, "token", "token_expired", "the link was used already");
}

static bool set_password(struct request *request, staff_id staff, const struct text *hash, struct error *err) {
    const struct sql_staff_password in = {.staff_id = staff, .password_hash = *hash};
    account_event(request, "staff.password", staff);
    return sql_staff_password(request->tx, &in, NULL, err);
}

/* --- Invitations --------------------------------------------------------------------------------------------------- */

bool post_staff(struct request *request, struct response *response, struct error *err) {
    const struct staff_invite *body = request->body;
    const struct staff_adding adding = {.email = body->email, .name = body->name, .role = body->role, .locale = request->language};
    staff_id staff;
    if (!staff_may_touch(request, body->role, err) || !staff_add(request->tx, request->actor->staff, &adding, &staff, err)
        || (body->has_teams && !staff_set_teams(request, staff, &body->teams, err))
        || !send_link(request, "invite", staff, body->email, request->language, INVITE_TIME, err))
        return false;
    response_created(response, request, "/api/v1/staff/%" PRId64, staff.value);
    return staff_write(request, &response->json, staff, err);
}

static bool find_invited(struct request *request, const struct sql_staff_by_id_row **ret_row, struct error *err) {
    const struct sql_staff_by_id_row *row;
    if (!sql_staff_by_id(request->tx, request->mem, &(struct sql_staff_by_id){.staff_id = {request->id[0]}}, &row, err)) return false;
    if (!row) return error_set_key(err, ERR_NOT_FOUND, "staff_not_found", "there is no account %" PRId64, request->id[0]);
    if (!staff_may_touch(request, row->role, err)) return false;
    if (!text_is(row->state, "invited")) return error_set_key(err, ERR_CONFLICT, "not_invited", "the account is %.*s", (int)row->state.size, row->state.data);
    *ret_row = row;
    return true;
}

/* The letter got lost or the link has run out: a fresh one, and the old one is worth nothing. */
bool post_staff_invitation(struct request *request, struct response *response, struct error *err) {
    const struct sql_staff_by_id_row *row;
    if (!find_invited(request, &row, err) || !sql_letter_withdraw(request->tx, &(struct sql_letter_withdraw){.to_address = row->email}, NULL, err)
        || !send_link(request, "invite", row->staff_id, row->email, row->locale, INVITE_TIME, err))
        return false;
    account_event(request, "staff.invited", row->staff_id);
    response_none(response);
    return true;
}

bool post_staff_invitation_link(struct request *request, struct response *response, struct error *err) {
    const struct sql_staff_by_id_row *row;
    struct text token;
    if (!find_invited(request, &row, err) || !make_link(request->tx, request->mem, "invite", row->staff_id, INVITE_TIME, &token, err)) return false;
    account_event(request, "staff.invitation_link", row->staff_id);
    response->status = 201;
    json_object_begin(&response->json);
    json_put_text(&response->json, "token", token);
    json_put_time(&response->json, "expires_at", request->tx->now + INVITE_TIME);
    json_object_end(&response->json);
    return true;
}

bool get_invitations(struct request *request, struct response *response, struct error *err) {
    json_object_begin(&response->json);
    json_key(&response->json, "items");
    json_array_begin(&response->json);
    if (!sql_invitation_list_json(request->tx, &response->json, NULL, err)) return false;
    json_array_end(&response->json);
    json_put_text(&response->json, "next", (struct text){0});
    json_object_end(&response->json);
    return true;
}

bool get_invitation(struct request *request, struct response *response, struct error *err) {
    const struct sql_link_find_row *link;
    const struct sql_staff_by_id_row *staff;
    if (!find_link(request, "invite", request->path_param[0], &link, err)
        || !sql_staff_by_id(request->tx, request->mem, &(struct sql_staff_by_id){.staff_id = link->staff_id}, &staff, err))
        return false;
    if (!staff) return error_field(err, "token", "token_expired", "the account is gone");
    json_object_begin(&response->json);
    json_put_text(&response->json, "email", staff->email);
    json_put_text(&response->json, "name", staff->name);
    json_object_end(&response->json);
    return true;
}

static bool prepare_password(struct request *request, struct text password, struct text email, struct text name, struct error *err) {
    struct text *hash = arena_alloc(request->mem, sizeof *hash);
    if (!password_check("password", password, email, name, err) || !password_hash(request->mem, password, hash, err)) return false;
    request->prepared = hash;
    return true;
}

/* A wrong token is refused before a password is hashed, so that guessing costs the guesser more than us. */
static bool prepare_linked(struct request *request, const char *kind, struct text token, struct text password, struct error *err) {
    const struct sql_link_find_row *link;
    const struct sql_staff_by_id_row *staff;
    if (!find_link(request, kind, token, &link, err)
        || !sql_staff_by_id(request->tx, request->mem, &(struct sql_staff_by_id){.staff_id = link->staff_id}, &staff, err))
        return false;
    if (!staff || text_is(staff->state, "disabled")) return error_field(err, "token", "token_expired", "the account is gone");
    return prepare_password(request, password, staff->email, staff->name, err);
}

bool prepare_invitation_accept(struct request *request, struct response *response, struct error *err) {
    const struct invitation_accept *body = request->body;
    return prepare_linked(request, "invite", body->token, body->password, err);
}

/* Who accepts says their own name. */
static bool take_name(struct request *request, staff_id staff, struct text name, struct error *err) {
    const struct sql_staff_by_id_row *row;
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    if (!sql_staff_by_id(request->tx, request->mem, &(struct sql_staff_by_id){.staff_id = staff}, &row, err)) return false;
    if (!row) return error_set_key(err, ERR_NOT_FOUND, "staff_not_found", "the account is gone");
    json_object_begin(&json);
    json_put_int(&json, "staff", staff.value);
    note_text(&json, "name", row->name, name);
    note_text(&json, "state", row->state, text_of("active"));
    json_object_end(&json);
    event_record(request->tx, &(struct event){.kind = "staff.changed", .actor = ACTOR_STAFF, .actor_id = staff.value, .scope = "staff",
                                              .data = buffer_text(&out)});
    return sql_staff_name(request->tx, &(struct sql_staff_name){.staff_id = staff, .name = name}, NULL, err);
}

bool post_invitation_accept(struct request *request, struct response *response, struct error *err) {
    const struct invitation_accept *body = request->body;
    staff_id staff;
    return use_link(request, "invite", body->token, &staff, err) && drop_links(request->tx, staff, err) && take_name(request, staff, body->name, err)
           && set_password(request, staff, request->prepared, err) && session_start(request, response, staff, err);
}

/* --- Passwords ------------------------------------------------------------------------------------------------------- */

/* One letter a minute at most: who knows an address must not be able to fill its mailbox. */
static bool send_reset(struct request *request, const struct sql_staff_by_email_row_row *staff, struct error *err) {
    const struct sql_link_recent_row *recent;
    const struct sql_link_recent in = {.staff_id = staff->staff_id, .kind = text_of("reset"), .since_at = request->tx->now - RESET_PAUSE};
    if (!sql_link_recent(request->tx, request->mem, &in, &recent, err)) return false;
    if (recent) return true;
    account_event(request, "staff.reset_asked", staff->staff_id);
    return send_link(request, "reset", staff->staff_id, staff->email, staff->locale, RESET_TIME, err);
}

bool post_password_forgot(struct request *request, struct response *response, struct error *err) {
    const struct password_forgot *body = request->body;
    const struct sql_staff_by_email_row_row *staff;
    const struct sql_staff_by_email_row in = {.email = identity_normalize(request->mem, "email", body->email)};
    if (!sql_staff_by_email_row(request->tx, request->mem, &in, &staff, err)) return false;
    if (staff && text_is(staff->state, "active") && !send_reset(request, staff, err)) return false;
    response_none(response);
    return true;
}

bool prepare_password_reset(struct request *request, struct response *response, struct error *err) {
    const struct password_reset *body = request->body;
    return prepare_linked(request, "reset", body->token, body->password, err);
}

bool post_password_reset(struct request *request, struct response *response, struct error *err) {
    const struct password_reset *body = request->body;
    staff_id staff;
    if (!use_link(request, "reset", body->token, &staff, err) || !set_password(request, staff, request->prepared, err)
        || !sql_session_delete_all(request->tx, &(struct sql_session_delete_all){.staff_id = staff}, NULL, err)
        || !account_unlock(request, staff, err))
        return false;
    response_none(response);
    return true;
}

struct password_changing {
    struct attempt *attempt;
    struct text hash;
};

bool prepare_me_password(struct request *request, struct response *response, struct error *err) {
    const struct password_change *body = request->body;
    const struct sql_staff_by_id_row *staff;
    struct password_changing *changing = arena_alloc(request->mem, sizeof *changing);
    bool fits;
    *changing = (struct password_changing){0};
    request->prepared = changing;
    if (!own_password_try(request, body->current_password, &changing->attempt, &fits, err)) return false;
    if (!fits) return true; /* the handler refuses and counts it */
    if (!sql_staff_by_id(request->tx, request->mem, &(struct sql_staff_by_id){.staff_id = request->actor->staff}, &staff, err)) return false;
    assert(staff); /* who acts is there */
    return password_check("password", body->password, staff->email, staff->name, err)
           && password_hash(request->mem, body->password, &changing->hash, err);
}

bool post_me_password(struct request *request, struct response *response, struct error *err) {
    const struct password_changing *changing = request->prepared;
    staff_id me = request->actor->staff;
    const struct sql_session_delete_others others = {.staff_id = me, .id = request->actor->session};
    bool fits;
    if (!own_password_settle(request, response, changing->attempt, "current_password", &fits, err)) return false;
    if (!fits) return true;
    if (!set_password(request, me, &changing->hash, err) || !sql_session_delete_others(request->tx, &others, NULL, err)) return false;
    response_none(response);
    return true;
}
