/* Signing in and out, and the first set-up. */
#include "api/modules_people.h"
#include "base/json.h"
#include "base/secret.h"
#include "modules/people/people.h"
#include "modules/people/people_private.h"
#include "platform/application/application.h"

#include <assert.h>
#include <sodium.h>

static const int64_t FIRST_LOCK = 30 * 1000000LL, LONGEST_LOCK = 3600 * 1000000LL;

/* Verified instead of a password when the account does not exist, so that both take as long. */
static const char dummy_hash[crypto_pwhash_STRBYTES] = "$argon2id$v=19$m=65536,t=2,p=1$9aTQQfEJ4tB0a4Zq9ZP0Dw$Wq2F1b8Tz0n7pNQ8q3y0c3y4bqkz3oN0pXU1lq2cW7M";

struct attempt {
    struct text email, account, address;
    staff_id staff;
    bool password_fits;
};

static bool write_session(struct request *request, struct response *response, staff_id staff, struct error *err) {
    struct json_writer *json = &response->json;
    const struct sql_admin_count_row *count;
    const struct sql_setting_find_row *company;
    struct event_head head = {0};
    if (!sql_admin_count(request->tx, request->mem, &count, err) || (staff.value && !events_head(request->tx, &head, err))
        || !sql_setting_find(request->tx, request->mem, &(struct sql_setting_find){.key = text_of("company")}, &company, err))
        return false;
    json_object_begin(json);
    json_key(json, "staff");
    if (!staff.value) json_none(json);
    else if (!staff_json(request, staff, json, err)) return false;
    json_put_bool(json, "setup_needed", count->count == 0);
    json_put_raw(json, "company", company ? company->value : (struct text){0});
    json_put_string(json, "version", THEKE_VERSION);
    json_put_id(json, "last_event", head.id);
    json_object_end(json);
    return true;
}

static void write_permissions(struct json_writer *json, const struct actor *actor) {
    static const char *const scopes[] = {"none", "own", "team", "all"};
    json_key(json, "permissions");
    json_object_begin(json);
    for (int i = CAN_NOTHING + 1; i < PERMISSION_COUNT; i++)
        if (actor->may[i]) json_put_string(json, permission_name((enum permission)i), scopes[actor->may[i]]);
    json_object_end(json);
    json_key(json, "teams");
    json_array_begin(json);
    for (int i = 0; i < actor->team_count; i++) json_int(json, actor->teams[i].value);
    json_array_end(json);
}

bool staff_json(struct request *request, staff_id staff, struct json_writer *json, struct error *err) {
    const struct sql_session_staff_row *row;
    struct actor actor = {0};
    bool found;
    if (!sql_session_staff(request->tx, request->mem, &(struct sql_session_staff){.staff_id = staff}, &row, err)
        || !actor_load(request->tx, request->mem, staff, &actor, &found, err))
        return false;
    if (!row || !found) return error_set_key(err, ERR_NOT_FOUND, "staff_not_found", "the account is gone");
    json_object_begin(json);
    json_put_int(json, "id", row->id);
    json_put_text(json, "name", row->name);
    json_put_text(json, "email", row->email);
    json_put_text(json, "role", row->role);
    json_put_text(json, "locale", row->locale);
    json_put_text(json, "zone", row->zone);
    json_put_text(json, "theme", row->theme);
    json_put_text(json, "signature", row->signature);
    json_put_bool(json, "keys_enabled", row->keys_enabled);
    json_put_raw(json, "keys", row->own_keys);
    json_put_bool(json, "totp", row->totp);
    json_put_int(json, "version", row->version);
    write_permissions(json, &actor);
    json_object_end(json);
    return true;
}

bool get_session(struct request *request, struct response *response, struct error *err) {
    return write_session(request, response, request->actor->staff, err);
}

/* --- Lock-out ---------------------------------------------------------------------------------------------------- */

static bool refuse_locked(struct request *request, struct text subject, int64_t free_failures, struct error *err) {
    const struct sql_failure_find_row *row;
    if (!free_failures) return true;
    if (!sql_failure_find(request->tx, request->mem, &(struct sql_failure_find){.subject = subject}, &row, err)) return false;
    if (!row || row->locked_until_at <= request->tx->now) return true;
    /* Further away than any lock of ours: the clock was ahead when it was written. */
    if (row->locked_until_at - request->tx->now > LONGEST_LOCK) return true;
    error_set_key(err, ERR_RATE, "locked", "too many failed attempts");
    err->retry_after = (row->locked_until_at - request->tx->now) / SECOND + 1;
    return false;
}

int64_t lock_time(int64_t failures, int64_t free_failures) {
    if (failures < free_failures) return 0;
    int64_t doublings = failures - free_failures;
    return doublings > 7 ? LONGEST_LOCK : FIRST_LOCK << doublings < LONGEST_LOCK ? FIRST_LOCK << doublings : LONGEST_LOCK;
}

static bool count_failure(struct request *request, struct text subject, int64_t free_failures, struct error *err) {
    const struct sql_failure_add_row *row;
    if (!free_failures) return true;
    if (!sql_failure_add(request->tx, request->mem, &(struct sql_failure_add){.subject = subject, .updated_at = request->tx->now,
                                                                              .forgotten_at = request->tx->now - FAILURE_TIME}, &row, err))
        return false;
    int64_t lock = lock_time(row->failed_count, free_failures);
    if (!lock) return true;
    const struct sql_failure_lock in = {.subject = subject, .locked_until_at = request->tx->now + lock};
    return sql_failure_lock(request->tx, &in, NULL, err);
}

void session_event(struct request *request, const char *kind, staff_id staff, struct text address) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_id(&json, "staff", staff.value);
    json_put_text(&json, "address", address);
    json_object_end(&json);
    event_record(request->tx, &(struct event){.kind = kind, .actor = staff.value ? ACTOR_STAFF : ACTOR_SYSTEM, .actor_id = staff.value,
                                              .scope = "admin", .data = buffer_text(&out)});
}

/* --- Signing in -------------------------------------------------------------------------------------------------- */

static bool begin_attempt(struct request *request, struct text email, struct attempt **ret_attempt, struct error *err) {
    const struct application *application = request->application;
    struct attempt *attempt = arena_alloc(request->mem, sizeof *attempt);
    *attempt = (struct attempt){
        .email = email, .account = text_printf(request->mem, "account:%.*s", (int)email.size, email.data),
        .address = text_printf(request->mem, "address:%.*s", (int)request->remote_address.size, request->remote_address.data),
    };
    *ret_attempt = attempt;
    return refuse_locked(request, attempt->account, application->sign_in_failures, err)
           && refuse_locked(request, attempt->address, application->sign_in_failures_per_address, err);
}

bool prepare_session(struct request *request, struct response *response, struct error *err) {
    const struct sign_in *body = request->body;
    const struct sql_staff_by_email_row_row *staff;
    struct attempt *sign_in;
    if (!begin_attempt(request, identity_normalize(request->mem, "email", body->email), &sign_in, err)) return false;
    const struct sql_staff_by_email_row in = {.email = sign_in->email};
    if (!sql_staff_by_email_row(request->tx, request->mem, &in, &staff, err)) return false;
    bool known = staff && staff->password_hash.data && text_is(staff->state, "active");
    const char *hash = known ? text_string(request->mem, staff->password_hash) : dummy_hash;
    bool fits = crypto_pwhash_str_verify(hash, body->password.data, body->password.size) == 0;
    sign_in->staff = staff ? staff->staff_id : (staff_id){0};
    sign_in->password_fits = known && fits;
    request->prepared = sign_in;
    return true;
}

/* What is written must stay although the answer is an error, so the answer is made here and the transaction commits. */
static void answer_refusal(struct request *request, struct response *response, const struct error *refusal) {
    response->status = problem_status(refusal->code);
    response->content_type = "application/problem+json";
    problem_write(&response->body, refusal, request->language, request->request_id);
}

static bool refuse_attempt(struct request *request, struct response *response, const struct attempt *attempt, const char *kind,
                           const struct error *refusal, struct error *err) {
    const struct application *application = request->application;
    if (!count_failure(request, attempt->account, application->sign_in_failures, err)
        || !count_failure(request, attempt->address, application->sign_in_failures_per_address, err))
        return false;
    session_event(request, kind, attempt->staff, request->remote_address);
    answer_refusal(request, response, refusal);
    return true;
}

bool account_unlock(struct request *request, staff_id staff, struct error *err) {
    const struct sql_staff_by_id_row *row;
    if (!sql_staff_by_id(request->tx, request->mem, &(struct sql_staff_by_id){.staff_id = staff}, &row, err)) return false;
    if (!row) return true;
    struct text account = text_printf(request->mem, "account:%.*s", (int)row->email.size, row->email.data);
    return sql_failure_clear(request->tx, &(struct sql_failure_clear){.subject = account}, NULL, err);
}

static bool forgive_account(struct request *request, const struct attempt *attempt, struct error *err) {
    return sql_failure_clear(request->tx, &(struct sql_failure_clear){.subject = attempt->account}, NULL, err);
}

/* --- The own password, asked for again --------------------------------------------------------------------------- */

bool own_password_try(struct request *request, struct text password, struct attempt **ret_attempt, bool *ret_fits, struct error *err) {
    const struct sql_staff_by_id_row *staff;
    if (!sql_staff_by_id(request->tx, request->mem, &(struct sql_staff_by_id){.staff_id = request->actor->staff}, &staff, err)) return false;
    assert(staff); /* who acts is there */
    if (!begin_attempt(request, staff->email, ret_attempt, err)) return false;
    const char *hash = staff->password_hash.data ? text_string(request->mem, staff->password_hash) : dummy_hash;
    bool fits = crypto_pwhash_str_verify(hash, password.data, password.size) == 0;
    (*ret_attempt)->staff = staff->staff_id;
    (*ret_attempt)->password_fits = *ret_fits = staff->password_hash.data && fits;
    return true;
}

bool own_password_settle(struct request *request, struct response *response, const struct attempt *attempt, const char *field,
                         bool *ret_fits, struct error *err) {
    struct error refusal = {0};
    *ret_fits = attempt->password_fits;
    if (attempt->password_fits) return forgive_account(request, attempt, err);
    error_field(&refusal, field, "wrong", "is not your password");
    return refuse_attempt(request, response, attempt, "staff.password_refused", &refusal, err);
}

/* --- Sessions ---------------------------------------------------------------------------------------------------- */

bool session_start(struct request *request, struct response *response, staff_id staff, struct error *err) {
    const struct sql_session_insert_row *row;
    struct text token = secret_token(request->mem, 32), agent = request_header(request, "User-Agent");
    const struct sql_session_insert in = {
        .token_hash = secret_hash(request->mem, token), .staff_id = staff, .created_at = request->tx->now,
        .expires_at = request->tx->now + SESSION_TIME, .address = request->remote_address, .agent = text_cut(agent, 200),
    };
    if (!sql_session_insert(request->tx, request->mem, &in, &row, err)) return false;
    struct text cookie = text_printf(request->mem, "theke_session=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s", (int)token.size,
                                     token.data, (int)(SESSION_TIME / SECOND), request->secure ? "; Secure" : "");
    response_header(response, request, "Set-Cookie", cookie);
    session_event(request, "session.started", staff, request->remote_address);
    return write_session(request, response, staff, err);
}

bool post_session(struct request *request, struct response *response, struct error *err) {
    const struct sign_in *body = request->body;
    const struct attempt *sign_in = request->prepared;
    struct error refusal = {0};
    enum totp_verdict verdict;
    if (!sign_in->password_fits) {
        error_set_key(&refusal, ERR_UNAUTHENTICATED, "invalid_credentials", "address or password is wrong");
        return refuse_attempt(request, response, sign_in, "session.refused", &refusal, err);
    }
    if (!totp_admit(request, sign_in->staff, body->totp, &verdict, err)) return false;
    if (verdict == TOTP_REQUIRED) return error_set_key(err, ERR_UNAUTHENTICATED, "totp_required", "the account asks for a code as well");
    if (verdict == TOTP_WRONG) {
        error_set_key(&refusal, ERR_UNAUTHENTICATED, "totp_invalid", "the code is wrong, or was used already");
        return refuse_attempt(request, response, sign_in, "session.refused", &refusal, err);
    }
    return forgive_account(request, sign_in, err) && session_start(request, response, sign_in->staff, err);
}

static void forget_cookie(struct request *request, struct response *response) {
    response_header(response, request, "Set-Cookie", text_of("theke_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"));
    response_none(response);
}

bool delete_session(struct request *request, struct response *response, struct error *err) {
    if (request->actor->session && !sql_session_delete(request->tx, &(struct sql_session_delete){.id = request->actor->session}, NULL, err))
        return false;
    if (request->actor->session) session_event(request, "session.ended", request->actor->staff, request->remote_address);
    forget_cookie(request, response);
    return true;
}

bool delete_sessions(struct request *request, struct response *response, struct error *err) {
    if (!sql_session_delete_all(request->tx, &(struct sql_session_delete_all){.staff_id = request->actor->staff}, NULL, err)) return false;
    session_event(request, "session.ended_all", request->actor->staff, request->remote_address);
    forget_cookie(request, response);
    return true;
}

/* --- First set-up ------------------------------------------------------------------------------------------------- */

/* Asked before the password is hashed as well: what costs much is done for nobody without the link. */
static bool find_setup_link(struct request *request, struct text token, struct error *err) {
    const struct sql_link_find_row *link;
    const struct sql_admin_count_row *admins;
    if (!sql_admin_count(request->tx, request->mem, &admins, err)) return false;
    if (admins->count) return error_set_key(err, ERR_CONFLICT, "already_set_up", "the installation is set up already");
    const struct sql_link_find find = {.token_hash = secret_hash(request->mem, token), .kind = text_of("setup"), .now_at = request->tx->now};
    if (!sql_link_find(request->tx, request->mem, &find, &link, err)) return false;
    return link || error_field(err, "token", "link_expired", "the link is not valid any more; start Theke again for a new one");
}

bool prepare_setup(struct request *request, struct response *response, struct error *err) {
    const struct set_up *body = request->body;
    struct text *hash = arena_alloc(request->mem, sizeof *hash);
    if (!find_setup_link(request, body->token, err)) return false;
    if (!password_check("password", body->password, body->email, body->name, err)) return false;
    if (!password_hash(request->mem, body->password, hash, err)) return false;
    request->prepared = hash;
    return true;
}

static bool use_setup_link(struct request *request, struct text token, struct error *err) {
    struct text hash = secret_hash(request->mem, token);
    int64_t used = 0;
    if (!find_setup_link(request, token, err)) return false;
    if (!sql_link_use(request->tx, &(struct sql_link_use){.token_hash = hash, .used_at = request->tx->now}, &used, err)) return false;
    return used == 1 || error_field(err, "token", "link_expired", "the link is not valid any more; start Theke again for a new one");
}

bool setting_write(struct request *request, const char *key, struct text value, struct error *err) {
    struct buffer out = {.mem = request->mem};
    struct json_writer json = json_writer(&out);
    if (!value.data) return true;
    json_text(&json, value);
    const struct sql_setting_put in = {.key = text_of(key), .value = buffer_text(&out), .updated_at = request->tx->now};
    return sql_setting_put(request->tx, &in, NULL, err);
}

bool post_setup(struct request *request, struct response *response, struct error *err) {
    const struct set_up *body = request->body;
    const struct text *hash = request->prepared;
    struct text language;
    staff_id staff;
    const struct staff_adding adding = {.email = body->email, .name = body->name, .role = text_of("admin"), .locale = body->locale,
                                        .password_hash = *hash};
    if (!use_setup_link(request, body->token, err) || !settings_change(request, body->company, body->locale, err)
        || !house_language(request->tx, &language, err) || !sql_team_speak(request->tx, &(struct sql_team_speak){.language = language}, NULL, err)
        || !staff_add(request->tx, (staff_id){0}, &adding, &staff, err) || !staff_join_teams(request->tx, staff, err))
        return false;
    return session_start(request, response, staff, err);
}
