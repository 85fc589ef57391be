/* Staff: who they are, what they may, how they are recognised. */
#include "modules/people/people.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/secret.h"
#include "modules/people/people_private.h"
#include "platform/application/application.h"
#include "platform/http/http.h"

#include <jansson.h>
#include <sodium.h>

static const int64_t TOUCH_EVERY = 60 * 1000000LL;

struct default_permission {
    const char *role, *permission;
    enum scope scope;
};

/* What a role may when nobody has decided otherwise. What is not listed is refused; admins may everything. */
static const struct default_permission defaults[] = {
    {"manager", "tickets.read", SCOPE_ALL},    {"manager", "tickets.reply", SCOPE_ALL},
    {"manager", "tickets.change", SCOPE_ALL},  {"manager", "tickets.create", SCOPE_ALL},
    {"manager", "people.read", SCOPE_ALL},     {"manager", "people.change", SCOPE_ALL},
    {"manager", "staff.read", SCOPE_ALL},      {"manager", "staff.manage", SCOPE_ALL},
    {"manager", "teams.manage", SCOPE_ALL},    {"manager", "mailboxes.manage", SCOPE_ALL},
    {"manager", "audit.read", SCOPE_ALL},      {"manager", "views.share", SCOPE_ALL},
    {"manager", "replies.share", SCOPE_ALL},   {"manager", "macros.share", SCOPE_ALL},
    {"manager", "fields.manage", SCOPE_ALL},   {"manager", "states.manage", SCOPE_ALL},
    {"manager", "tags.manage", SCOPE_ALL},     {"manager", "forms.manage", SCOPE_ALL},
    {"manager", "spam.manage", SCOPE_ALL},     {"manager", "spam.block", SCOPE_ALL},
    {"manager", "times.manage", SCOPE_ALL},
    {"agent", "tickets.read", SCOPE_TEAM},
    {"agent", "tickets.reply", SCOPE_TEAM},    {"agent", "tickets.change", SCOPE_TEAM},
    {"agent", "tickets.create", SCOPE_TEAM},   {"agent", "people.read", SCOPE_ALL},
    {"agent", "people.change", SCOPE_ALL},     {"agent", "staff.read", SCOPE_ALL},
    {"manager", "people.merge", SCOPE_ALL},    {"agent", "spam.block", SCOPE_ALL},
    {"manager", "people.import", SCOPE_ALL},   {"manager", "people.export", SCOPE_ALL},
    {"manager", "tickets.merge", SCOPE_ALL},   {"agent", "tickets.merge", SCOPE_TEAM},
};

static bool add_default(struct tx *tx, const char *role, const char *permission, enum scope scope, struct error *err) {
    const struct sql_role_permission_default in = {.role = text_of(role), .permission = text_of(permission), .scope = scope};
    return sql_role_permission_default(tx, &in, NULL, err);
}

static bool add_defaults(struct tx *tx, void *argument, struct error *err) {
    if (!role_rights_lock(tx, err)) return false;
    for (int i = CAN_NOTHING + 1; i < PERMISSION_COUNT; i++)
        if (!add_default(tx, "admin", permission_name((enum permission)i), SCOPE_ALL, err)) return false;
    for (size_t i = 0; i < COUNT_OF(defaults); i++)
        if (!add_default(tx, defaults[i].role, defaults[i].permission, defaults[i].scope, err)) return false;
    return sql_role_rights_gather(tx, NULL, err) && sql_session_purge(tx, &(struct sql_session_purge){.now_at = tx->now}, NULL, err)
           && sql_failure_purge(tx, &(struct sql_failure_purge){.forgotten_at = tx->now - FAILURE_TIME}, NULL, err);
}

bool people_start(struct store *store, struct error *err) {
    return store_write(store, add_defaults, NULL, err) && person_words_fill(store, err);
}

static void read_permissions(struct text words, struct actor *actor) {
    struct text name, scope;
    int64_t number;
    while (text_next(&words, ' ', &name) && text_next(&words, ' ', &scope)) {
        enum permission permission = permission_find(name);
        if (permission != CAN_NOTHING && text_to_int(scope, &number)) actor->may[permission] = (uint8_t)number;
    }
}

static void read_teams(struct text words, struct actor *actor) {
    struct text word;
    int64_t number;
    while (actor->team_count < ACTOR_TEAMS && text_next(&words, ' ', &word))
        if (text_to_int(word, &number)) actor->teams[actor->team_count++].value = number;
}

static void read_closed(struct arena *mem, struct text words, struct actor *actor) {
    struct text word;
    team_id *teams = arena_array(mem, words.size / 2 + 1, sizeof *teams);
    actor->closed = teams;
    while (text_next(&words, ' ', &word))
        if (text_to_int(word, &teams[actor->closed_count].value)) actor->closed_count++;
}

static void read_admitted(struct arena *mem, struct text words, struct actor *actor) {
    struct text word;
    ticket_id *tickets = arena_array(mem, words.size / 2 + 1, sizeof *tickets);
    actor->admitted = tickets;
    while (text_next(&words, ' ', &word))
        if (text_to_int(word, &tickets[actor->admitted_count].value)) actor->admitted_count++;
}

bool actor_load(struct tx *tx, struct arena *mem, staff_id id, struct actor *ret_actor, bool *ret_found, struct error *err) {
    const struct sql_staff_actor_row *row;
    if (!sql_staff_actor(tx, mem, &(struct sql_staff_actor){.staff_id = id}, &row, err)) return false;
    *ret_found = row;
    if (!row) return true;
    *ret_actor = (struct actor){.staff = id, .name = row->name, .locale = row->locale, .zone = row->zone};
    snprintf(ret_actor->role, sizeof ret_actor->role, "%.*s", (int)row->role.size, row->role.data);
    read_permissions(row->permissions, ret_actor);
    read_teams(row->teams, ret_actor);
    if (!text_empty(row->closed)) read_closed(mem, row->closed, ret_actor);
    if (!text_empty(row->admitted)) read_admitted(mem, row->admitted, ret_actor);
    return true;
}

static bool session_lives(struct tx *tx, struct arena *mem, int64_t session, bool *ret_lives, struct error *err) {
    const struct sql_session_alive_row *row;
    const struct sql_session_alive in = {.id = session, .now_at = tx->now};
    *ret_lives = true;
    if (!session) return true;
    if (!sql_session_alive(tx, mem, &in, &row, err)) return false;
    *ret_lives = row;
    return true;
}

/* A token may do what its owner may, and of that only what its scopes name. */
void actor_narrow(struct actor *actor, struct text scopes) {
    if (!scopes.data) return;
    uint8_t owned[PERMISSION_COUNT];
    memcpy(owned, actor->may, sizeof owned);
    memset(actor->may, 0, sizeof actor->may);
    actor->is_narrowed = true;
    json_t *root = json_loadb(scopes.data, scopes.size, 0, NULL);
    for (size_t i = 0; i < json_array_size(root); i++) {
        const json_t *word = json_array_get(root, i);
        enum permission permission = permission_find(text_from(json_string_value(word), json_string_length(word)));
        if (permission != CAN_NOTHING) actor->may[permission] = owned[permission];
    }
    json_decref(root);
}

/* A connection that was opened with a token may what the token may, as long as there is one. */
static bool token_lives(struct tx *tx, struct arena *mem, struct actor *actor, int64_t token, bool *ret_lives, struct error *err) {
    const struct sql_token_alive_row *row;
    *ret_lives = true;
    if (!token) return true;
    if (!sql_token_alive(tx, mem, &(struct sql_token_alive){.id = token, .now_at = tx->now}, &row, err)) return false;
    *ret_lives = row;
    if (row) actor_narrow(actor, row->scopes);
    return true;
}

bool people_refresh(void *application, struct tx *tx, struct actor *actor) {
    struct arena *mem = &tx->mem;
    struct actor fresh;
    struct error err = {0};
    bool found;
    if (!session_lives(tx, mem, actor->session, &found, &err) || !found) return false;
    if (!actor_load(tx, mem, actor->staff, &fresh, &found, &err) || !found) return false;
    if (!token_lives(tx, mem, &fresh, actor->token, &found, &err) || !found) return false;
    fresh.session = actor->session;
    fresh.token = actor->token;
    fresh.name = fresh.locale = fresh.zone = (struct text){0};
    *actor = fresh;
    return true;
}

/* --- Recognising ------------------------------------------------------------------------------------------------- */

struct touch {
    struct arena mem;
    int64_t session, token;
};

static bool touch_work(struct tx *tx, void *argument, struct error *err) {
    const struct touch *touch = argument;
    if (touch->session) {
        const struct sql_session_touch in = {.id = touch->session, .seen_at = tx->now, .expires_at = tx->now + SESSION_TIME};
        return sql_session_touch(tx, &in, NULL, err);
    }
    return sql_token_touch(tx, &(struct sql_token_touch){.id = touch->token, .last_used_at = tx->now}, NULL, err);
}

static void touch_done(void *argument, const struct error *err) {
    if (err->code != ERR_NONE) log_error(err, "noting the use of a session");
    free(argument);
}

/* Written behind the request's back and at most once a minute: reading must not wait for a write. */
static void touch_later(struct store *store, int64_t session, int64_t token) {
    struct error ignored;
    struct touch *touch = calloc(1, sizeof *touch);
    if (!touch) return;
    touch->session = session;
    touch->token = token;
    if (!store_write_later(store, touch_work, touch_done, touch, &ignored)) free(touch);
}

static bool refuse(struct error *err) {
    return error_set_key(err, ERR_UNAUTHENTICATED, "unauthenticated", "the session or token is not valid any more");
}

static bool by_token(struct tx *tx, struct request *request, struct text token, struct actor *ret_actor, struct error *err) {
    const struct sql_token_find_row *row;
    bool found;
    const struct sql_token_find in = {.token_hash = secret_hash(request->mem, token), .now_at = tx->now};
    if (!sql_token_find(tx, request->mem, &in, &row, err)) return false;
    if (!row) return refuse(err);
    if (!actor_load(tx, request->mem, row->staff_id, ret_actor, &found, err)) return false;
    if (!found) return refuse(err);
    ret_actor->token = row->id;
    actor_narrow(ret_actor, row->scopes);
    if (tx->now - row->last_used_at > TOUCH_EVERY) touch_later(request->store, 0, row->id);
    return true;
}

static bool by_session(struct tx *tx, struct request *request, struct text cookie, struct actor *ret_actor, struct error *err) {
    const struct sql_session_find_row *row;
    bool found = false;
    const struct sql_session_find in = {.token_hash = secret_hash(request->mem, cookie), .now_at = tx->now};
    if (!sql_session_find(tx, request->mem, &in, &row, err)) return false;
    if (row && !actor_load(tx, request->mem, row->staff_id, ret_actor, &found, err)) return false;
    /* An old cookie is nobody, not an error: the page it opens asks for the password. */
    if (!found) return true;
    ret_actor->session = row->id;
    if (tx->now - row->seen_at > TOUCH_EVERY) touch_later(request->store, row->id, 0);
    return true;
}

bool people_authenticate(struct tx *tx, struct request *request, struct actor *ret_actor, struct error *err) {
    struct text token = request_bearer(request), cookie = request_cookie(request, "theke_session");
    *ret_actor = (struct actor){0};
    if (token.data) return by_token(tx, request, token, ret_actor, err);
    if (!text_empty(cookie)) return by_session(tx, request, cookie, ret_actor, err);
    return true;
}

/* --- Making ------------------------------------------------------------------------------------------------------ */

bool password_hash(struct arena *mem, struct text password, struct text *ret_hash, struct error *err) {
    char *hash = arena_alloc(mem, crypto_pwhash_STRBYTES);
    if (crypto_pwhash_str_alg(hash, password.data, password.size, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                              crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return error_set(err, ERR_BUSY, "no memory to hash a password");
    *ret_hash = text_of(hash);
    return true;
}

static const char *const worst_passwords[] = {"passwort123", "password123", "1234567890", "qwertzuiop", "qwertyuiop", "0123456789",
                                              "willkommen", "jelszo1234", "password1234", "passwort1234", "administrator"};

bool password_check(const char *field, struct text password, struct text email, struct text name, struct error *err) {
    if (password.size < 10) return error_field(err, field, "too_short", "needs at least 10 characters");
    if (password.size > 200) return error_field(err, field, "too_long", "has more than 200 characters");
    for (size_t i = 0; i < COUNT_OF(worst_passwords); i++)
        if (text_is_nocase(password, worst_passwords[i])) return error_field(err, field, "too_common", "is among the first that are tried");
    if (text_equal_nocase(password, email) || text_equal_nocase(password, name))
        return error_field(err, field, "too_common", "is your own name or address");
    return true;
}

static struct text staff_data(struct tx *tx, staff_id id, const struct staff_adding *adding) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "staff", id.value);
    json_put_text(&json, "email", adding->email);
    json_put_text(&json, "name", adding->name);
    json_put_text(&json, "role", adding->role);
    json_object_end(&json);
    return buffer_text(&out);
}

bool house_language(struct tx *tx, struct text *ret_language, struct error *err) {
    const struct sql_setting_find_row *row;
    if (!sql_setting_find(tx, &tx->mem, &(struct sql_setting_find){.key = text_of("locale")}, &row, err)) return false;
    struct text chosen = row ? json_member(&tx->mem, text_printf(&tx->mem, "{\"locale\":%.*s}", (int)row->value.size, row->value.data), "locale")
                             : (struct text){0};
    *ret_language = text_empty(chosen) ? text_of("de") : chosen;
    return true;
}

bool staff_add(struct tx *tx, staff_id by, const struct staff_adding *adding, staff_id *ret_id, struct error *err) {
    const struct sql_staff_by_email_row_row *known;
    const struct sql_staff_insert_row *row;
    struct text email = identity_normalize(&tx->mem, "email", adding->email), language;
    if (!house_language(tx, &language, err)) return false;
    if (!sql_staff_by_email_row(tx, &tx->mem, &(struct sql_staff_by_email_row){.email = email}, &known, err)) return false;
    if (known) return error_field(err, "email", "taken", "somebody has this address already");
    const struct sql_staff_insert in = {
        .email = email, .name = adding->name, .role = adding->role, .password_hash = adding->password_hash,
        .state = text_of(adding->password_hash.data ? "active" : "invited"),
        .locale = adding->locale.data ? adding->locale : language, .zone = text_of("Europe/Berlin"), .created_at = tx->now,
    };
    if (!sql_staff_insert(tx, &tx->mem, &in, &row, err)) return false;
    event_record(tx, &(struct event){.kind = "staff.added", .actor = by.value ? ACTOR_STAFF : ACTOR_SYSTEM, .actor_id = by.value,
                                     .scope = "staff", .data = staff_data(tx, row->staff_id, adding)});
    *ret_id = row->staff_id;
    return true;
}

static struct text token_data(struct tx *tx, const struct sql_token_insert *token, int64_t id) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "token", id);
    json_put_int(&json, "staff", token->staff_id.value);
    json_put_text(&json, "label", token->label);
    json_put_raw(&json, "scopes", token->scopes);
    json_put_time(&json, "expires_at", token->expires_at);
    json_object_end(&json);
    return buffer_text(&out);
}

bool token_create(struct tx *tx, staff_id owner, struct text label, struct text scopes, int64_t expires_at,
                  struct text *ret_token, struct error *err) {
    const struct sql_token_insert_row *row;
    struct text random = secret_token(&tx->mem, 32);
    struct text token = text_printf(&tx->mem, "thk_%.*s", (int)random.size, random.data);
    const struct sql_token_insert in = {.staff_id = owner, .label = label.data ? label : text_of(""), .scopes = scopes,
                                        .token_hash = secret_hash(&tx->mem, token), .created_at = tx->now, .expires_at = expires_at};
    if (!sql_token_insert(tx, &tx->mem, &in, &row, err)) return false;
    event_record(tx, &(struct event){.kind = "token.created", .actor = ACTOR_STAFF, .actor_id = owner.value, .scope = "admin",
                                     .data = token_data(tx, &in, row->id)});
    *ret_token = token;
    return true;
}

struct setup_work {
    struct arena *mem;
    struct text token;
};

static bool make_setup_token(struct tx *tx, void *argument, struct error *err) {
    struct setup_work *work = argument;
    const struct sql_admin_count_row *admins;
    if (!sql_admin_count(tx, &tx->mem, &admins, err)) return false;
    if (admins->count) return true;
    work->token = text_copy(work->mem, secret_token(&tx->mem, 24));
    /* Each start prints a fresh link, so an older one in a log is worth nothing. */
    if (!sql_link_drop_kind(tx, &(struct sql_link_drop_kind){.kind = text_of("setup")}, NULL, err)) return false;
    const struct sql_link_insert in = {.token_hash = secret_hash(&tx->mem, work->token), .kind = text_of("setup"),
                                       .created_at = tx->now, .expires_at = tx->now + 7 * DAY};
    return sql_link_insert(tx, &in, NULL, err);
}

bool setup_token(struct store *store, struct arena *mem, struct text *ret_token, struct error *err) {
    struct setup_work work = {.mem = mem};
    if (!store_write(store, make_setup_token, &work, err)) return false;
    *ret_token = work.token;
    return true;
}

static void write_teams(struct json_writer *json, const struct sql_staff_teams_rows *teams) {
    json_array_begin(json);
    for (size_t i = 0; i < teams->count; i++) json_int(json, teams->at[i].team_id.value);
    json_array_end(json);
}

static struct text joined_data(struct tx *tx, staff_id staff, const struct sql_staff_teams_rows *before, const struct sql_staff_teams_rows *after) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "staff", staff.value);
    json_key(&json, "teams");
    json_array_begin(&json);
    write_teams(&json, before);
    write_teams(&json, after);
    json_array_end(&json);
    json_object_end(&json);
    return buffer_text(&out);
}

static bool note_joined(struct tx *tx, staff_id staff, const struct sql_staff_teams_rows *before, struct error *err) {
    struct sql_staff_teams_rows after;
    if (!sql_staff_teams(tx, &tx->mem, &(struct sql_staff_teams){.staff_id = staff}, &after, err)) return false;
    event_record(tx, &(struct event){.kind = "staff.changed", .actor = ACTOR_SYSTEM, .scope = "staff", .data = joined_data(tx, staff, before, &after)});
    return true;
}

bool staff_join_teams(struct tx *tx, staff_id staff, struct error *err) {
    return sql_team_join_all(tx, &(struct sql_team_join_all){.staff_id = staff}, NULL, err)
           && note_joined(tx, staff, &(struct sql_staff_teams_rows){0}, err);
}

bool staff_join_team(struct tx *tx, staff_id staff, struct text slug, struct error *err) {
    const struct sql_team_of_slug_row *team;
    struct sql_staff_teams_rows before;
    if (!sql_team_of_slug(tx, &tx->mem, &(struct sql_team_of_slug){.slug = slug}, &team, err)
        || !sql_staff_teams(tx, &tx->mem, &(struct sql_staff_teams){.staff_id = staff}, &before, err))
        return false;
    if (!team) return error_set_key(err, ERR_NOT_FOUND, "team_not_found", "there is no team %.*s", (int)slug.size, slug.data);
    return sql_team_member_add(tx, &(struct sql_team_member_add){.team_id = team->team_id, .staff_id = staff}, NULL, err)
           && note_joined(tx, staff, &before, err);
}
