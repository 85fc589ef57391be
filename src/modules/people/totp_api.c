/* The second factor: switching it on and off, and asking for it at sign-in. */
#include "api/modules_people.h"
#include "base/json.h"
#include "base/secret.h"
#include "modules/people/people.h"
#include "modules/people/people_private.h"
#include "modules/people/totp.h"
#include "platform/application/application.h"

#include <sodium.h>

static void totp_event(struct request *request, const char *kind, staff_id by, staff_id staff) {
    event_record(request->tx, &(struct event){.kind = kind, .actor = ACTOR_STAFF, .actor_id = by.value, .scope = "admin",
                                              .data = text_printf(&request->tx->mem, "{\"staff\":%" PRId64 "}", staff.value)});
}

static bool find_account(struct request *request, staff_id id, const struct sql_staff_by_id_row **ret_row, struct error *err) {
    if (!sql_staff_by_id(request->tx, request->mem, &(struct sql_staff_by_id){.staff_id = id}, ret_row, err)) return false;
    return *ret_row || error_set_key(err, ERR_NOT_FOUND, "staff_not_found", "there is no account %" PRId64, id.value);
}

static bool open_key(struct request *request, const struct sql_staff_by_id_row *row, struct text *ret_key, struct error *err) {
    const struct application *application = request->application;
    return secret_open(&application->secret, request->mem, row->totp_secret, ret_key, err);
}

/* --- At sign-in ------------------------------------------------------------------------------------------------------ */

static bool use_recovery(struct request *request, staff_id staff, struct text code, bool *ret_fits, struct error *err) {
    struct text normalized = recovery_normalize(request->mem, code);
    const struct sql_recovery_use in = {.staff_id = staff, .code_hash = secret_hash(request->mem, normalized), .used_at = request->tx->now};
    int64_t used = 0;
    if (!sql_recovery_use(request->tx, &in, &used, err)) return false;
    if (used) totp_event(request, "staff.recovery_used", staff, staff);
    *ret_fits = used == 1;
    return true;
}

bool totp_admit(struct request *request, staff_id staff, struct text code, enum totp_verdict *ret_verdict, struct error *err) {
    const struct sql_staff_by_id_row *row;
    struct text key;
    int64_t used = 0;
    bool fits;
    if (!find_account(request, staff, &row, err)) return false;
    *ret_verdict = row->is_totp_on ? TOTP_REQUIRED : TOTP_ADMITTED;
    if (!row->is_totp_on || text_empty(text_trim(code))) return true;
    struct sql_totp_use use = {.staff_id = staff};
    if (!open_key(request, row, &key, err)) return false;
    if (totp_fits(key, code, request->tx->now, row->totp_step, &use.totp_step)) {
        if (!sql_totp_use(request->tx, &use, &used, err)) return false;
        fits = used == 1;
    } else if (!use_recovery(request, staff, code, &fits, err)) {
        return false;
    }
    *ret_verdict = fits ? TOTP_ADMITTED : TOTP_WRONG;
    return true;
}

/* --- Switching on ---------------------------------------------------------------------------------------------------- */

static bool write_offer(struct request *request, struct response *response, struct text account, struct text key, struct error *err) {
    const struct sql_setting_find_row *company;
    if (!sql_setting_find(request->tx, request->mem, &(struct sql_setting_find){.key = text_of("company")}, &company, err)) return false;
    struct text object = text_printf(request->mem, "{\"name\":%.*s}", company ? (int)company->value.size : 4,
                                     company ? company->value.data : "null");
    struct text name = json_member(request->mem, object, "name");
    json_object_begin(&response->json);
    json_put_text(&response->json, "secret", base32(request->mem, key));
    json_put_text(&response->json, "otpauth_url", totp_url(request->mem, text_empty(name) ? text_of("Theke") : name, account, key));
    json_object_end(&response->json);
    return true;
}

bool post_me_totp(struct request *request, struct response *response, struct error *err) {
    const struct application *application = request->application;
    const struct sql_staff_by_id_row *row;
    char *random = arena_alloc(request->mem, TOTP_KEY_SIZE);
    struct text key = text_from(random, TOTP_KEY_SIZE);
    int64_t offered = 0;
    if (!find_account(request, request->actor->staff, &row, err)) return false;
    randombytes_buf(random, TOTP_KEY_SIZE);
    const struct sql_totp_offer in = {.staff_id = row->staff_id, .totp_secret = secret_seal(&application->secret, request->mem, key)};
    if (!sql_totp_offer(request->tx, &in, &offered, err)) return false;
    if (!offered) return error_set_key(err, ERR_CONFLICT, "totp_is_on", "the second factor is on already");
    totp_event(request, "staff.totp_offered", row->staff_id, row->staff_id);
    return write_offer(request, response, row->email, key, err);
}

/* Fresh codes; the old ones are worth nothing from now on. */
static bool write_recovery(struct request *request, struct response *response, staff_id staff, struct error *err) {
    struct json_writer *json = &response->json;
    if (!sql_recovery_clear(request->tx, &(struct sql_recovery_clear){.staff_id = staff}, NULL, err)) return false;
    json_object_begin(json);
    json_key(json, "recovery_codes");
    json_array_begin(json);
    for (int i = 0; i < RECOVERY_CODES; i++) {
        struct text code = recovery_code(request->mem), normalized = recovery_normalize(request->mem, code);
        const struct sql_recovery_insert in = {.staff_id = staff, .code_hash = secret_hash(request->mem, normalized)};
        if (!sql_recovery_insert(request->tx, &in, NULL, err)) return false;
        json_text(json, code);
    }
    json_array_end(json);
    json_object_end(json);
    return true;
}

bool post_me_totp_confirm(struct request *request, struct response *response, struct error *err) {
    const struct totp_confirm *body = request->body;
    const struct sql_staff_by_id_row *row;
    struct text key;
    int64_t changed = 0;
    if (!find_account(request, request->actor->staff, &row, err)) return false;
    if (row->is_totp_on) return error_set_key(err, ERR_CONFLICT, "totp_is_on", "the second factor is on already");
    if (!row->totp_secret.data) return error_set_key(err, ERR_CONFLICT, "totp_not_begun", "there is no key to confirm");
    struct sql_totp_on in = {.staff_id = row->staff_id};
    if (!open_key(request, row, &key, err)) return false;
    if (!totp_fits(key, body->code, request->tx->now, row->totp_step, &in.totp_step))
        return error_field(err, "code", "totp_invalid", "is not the code that the app shows now");
    if (!sql_totp_on(request->tx, &in, &changed, err)) return false;
    if (!changed) return error_set_key(err, ERR_CONFLICT, "totp_is_on", "the second factor is on already");
    totp_event(request, "staff.totp_on", row->staff_id, row->staff_id);
    return write_recovery(request, response, row->staff_id, err);
}

/* --- Switching off --------------------------------------------------------------------------------------------------- */

static bool switch_off(struct request *request, staff_id staff, struct error *err) {
    int64_t changed = 0;
    if (!sql_totp_off(request->tx, &(struct sql_totp_off){.staff_id = staff}, &changed, err)
        || !sql_recovery_clear(request->tx, &(struct sql_recovery_clear){.staff_id = staff}, NULL, err))
        return false;
    if (changed) totp_event(request, "staff.totp_off", request->actor->staff, staff);
    return true;
}

bool prepare_me_totp_off(struct request *request, struct response *response, struct error *err) {
    const struct totp_off *body = request->body;
    struct attempt *attempt;
    bool fits;
    if (!own_password_try(request, body->password, &attempt, &fits, err)) return false;
    request->prepared = attempt;
    return true;
}

bool delete_me_totp(struct request *request, struct response *response, struct error *err) {
    bool fits;
    if (!own_password_settle(request, response, request->prepared, "password", &fits, err)) return false;
    if (!fits) return true;
    if (!switch_off(request, request->actor->staff, err)) return false;
    response_none(response);
    return true;
}

/* For a colleague who lost phone and recovery codes. The own factor goes only with the password. */
bool delete_staff_totp(struct request *request, struct response *response, struct error *err) {
    const struct sql_staff_by_id_row *row;
    if (!find_account(request, (staff_id){request->id[0]}, &row, err)) return false;
    if (row->staff_id.value == request->actor->staff.value)
        return error_set_key(err, ERR_FORBIDDEN, "forbidden", "the own second factor goes with the password");
    if (!staff_may_touch(request, row->role, err) || !switch_off(request, row->staff_id, err)) return false;
    response_none(response);
    return true;
}
