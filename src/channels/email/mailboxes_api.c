/* Mailboxes over the API: settings, health, and the test of their connections. */
#include "api/channels_email.h"
#include "channels/email/email_private.h"
#include "channels/email/mailbox_notes.h"
#include "channels/email/probe.h"
#include "modules/people/letters.h"
#include "modules/people/people.h"
#include "modules/sides/sides.h"
#include "modules/tickets/tickets.h"
#include "sql/channels_intake.h"
#include "sql/channels_mailboxes.h"
#include "wire/mail/authenticity.h"
#include "wire/net/imap.h"

typedef struct sql_mailbox_update mailbox_fields;

static const struct application *application_of(const struct request *request) {
    return request->application;
}

/* --- Showing ------------------------------------------------------------------------------------------------------- */

static void write_side(struct json_writer *json, const char *key, const struct sql_mailbox_row_row *row, bool inbound) {
    json_key(json, key);
    json_object_begin(json);
    if (inbound) json_put_text(json, "kind", row->kind);
    json_put_text(json, "host", inbound ? row->in_host : row->out_host);
    json_put_int(json, "port", inbound ? row->in_port : row->out_port);
    json_put_text(json, "security", inbound ? row->in_security : row->out_security);
    json_put_text(json, "user", inbound ? row->in_user : row->out_user);
    json_put_bool(json, "has_password", inbound ? row->in_secret.size > 0 : row->out_secret.size > 0);
    if (inbound) json_put_text(json, "folder", row->in_folder);
    if (inbound) json_put_text(json, "auth", row->auth);
    json_object_end(json);
}

static void write_health(struct json_writer *json, const struct sql_mailbox_row_row *row) {
    bool failing = row->in_error.data || row->out_error.data;
    int64_t since = row->in_error_at ? row->in_error_at : row->out_error_at;
    int64_t ok = row->in_ok_at > row->out_ok_at ? row->in_ok_at : row->out_ok_at;
    json_key(json, "health");
    json_object_begin(json);
    json_put_string(json, "state", failing ? "failing" : "ok");
    json_put_time(json, "since", failing ? since : 0);
    json_put_time(json, "last_ok_at", ok);
    json_put_text(json, "last_error", row->in_error.data ? row->in_error : row->out_error);
    json_put_text(json, "in_error", row->in_error);
    json_put_text(json, "out_error", row->out_error);
    json_put_time(json, "tripped_at", row->tripped_at);
    json_object_end(json);
}

static bool write_aliases(struct request *request, struct json_writer *json, const struct sql_mailbox_row_row *row, struct error *err) {
    struct sql_mailbox_addresses_rows rows;
    if (!sql_mailbox_addresses(request->tx, request->mem, &(struct sql_mailbox_addresses){.mailbox_id = row->mailbox_id}, &rows, err)) return false;
    json_key(json, "aliases");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++)
        if (!text_equal(rows.at[i].address, row->address)) json_text(json, rows.at[i].address);
    json_array_end(json);
    return true;
}

static bool write_mailbox(struct request *request, struct json_writer *json, const struct sql_mailbox_row_row *row, struct error *err) {
    const struct sql_mail_in_parked_count_row *parked;
    const struct sql_mail_in_parked_count in = {.wanted = row->mailbox_id.value, .staff_id = request->actor->staff};
    if (!sql_mail_in_parked_count(request->tx, request->mem, &in, &parked, err)) return false;
    json_object_begin(json);
    json_put_int(json, "id", row->mailbox_id.value);
    json_put_text(json, "name", row->name);
    json_put_text(json, "address", row->address);
    if (!write_aliases(request, json, row, err)) return false;
    json_put_int(json, "team", row->team_id.value);
    json_put_bool(json, "contact_form", row->is_contact_form);
    write_side(json, "inbound", row, true);
    write_side(json, "outbound", row, false);
    json_key(json, "oauth");
    json_object_begin(json);
    json_put_text(json, "token_url", row->oauth_token_url);
    json_put_text(json, "client_id", row->oauth_client);
    json_put_bool(json, "has_refresh_token", row->oauth_refresh.size > 0);
    json_object_end(json);
    write_health(json, row);
    json_put_text(json, "authentication_server", row->authentication_server);
    json_put_text(json, "authentication_proposed", mailbox_proposed_authentication(row->authentication_server, row->authentication_name,
                                                                                   row->authentication_hits, row->authentication_letters));
    json_put_int(json, "parked_count", parked->count);
    json_put_int(json, "version", row->version);
    json_object_end(json);
    return true;
}

static bool find_row(struct request *request, mailbox_id id, const struct sql_mailbox_row_row **ret_row, struct error *err) {
    *ret_row = NULL;
    if (id.value && !sql_mailbox_row(request->tx, request->mem, &(struct sql_mailbox_row){.mailbox_id = id}, ret_row, err)) return false;
    return *ret_row || error_set_key(err, ERR_NOT_FOUND, "mailbox_not_found", "there is no mailbox %" PRId64, id.value);
}

/* Whoever changes where the letters of a confidential team go could read them. */
static bool may_touch(struct request *request, const struct sql_mailbox_row_row *row, struct error *err) {
    return actor_reaches(request->actor, CAN_MAILBOXES_MANAGE, row->team_id)
           || error_set_key(err, ERR_FORBIDDEN, "team_confidential", "only members change the mailbox of a confidential team");
}

/* On SQLite nobody else writes before this transaction has ended. */
static bool held_row(struct request *request, const struct sql_mailbox_row_row **ret_row, struct error *err) {
    struct sql_mailbox_hold_rows held;
    const struct sql_mailbox_hold in = {.mailbox_id = {request->id[0]}};
    return (store_dialect(request->tx->store) == DIALECT_SQLITE || sql_mailbox_hold(request->tx, request->mem, &in, &held, err))
           && find_row(request, in.mailbox_id, ret_row, err) && may_touch(request, *ret_row, err);
}

bool get_mailbox(struct request *request, struct response *response, struct error *err) {
    const struct sql_mailbox_row_row *row;
    return find_row(request, (mailbox_id){request->id[0]}, &row, err) && write_mailbox(request, &response->json, row, err);
}

bool get_mailboxes(struct request *request, struct response *response, struct error *err) {
    struct sql_mailbox_ids_rows rows;
    const struct sql_mailbox_row_row *row;
    if (!sql_mailbox_ids(request->tx, request->mem, &rows, err)) return false;
    json_object_begin(&response->json);
    json_key(&response->json, "items");
    json_array_begin(&response->json);
    for (size_t i = 0; i < rows.count; i++)
        if (!find_row(request, rows.at[i].mailbox_id, &row, err) || !write_mailbox(request, &response->json, row, err)) return false;
    json_array_end(&response->json);
    json_put_text(&response->json, "next", (struct text){0});
    json_object_end(&response->json);
    return true;
}

/* --- Writing ------------------------------------------------------------------------------------------------------- */

static mailbox_fields fields_of(const struct sql_mailbox_row_row *row) {
    if (!row)
        return (mailbox_fields){.name = text_of(""), .address = text_of(""), .kind = text_of("imap"), .auth = text_of("password"), .in_host = text_of(""),
                                .in_port = 993, .in_security = text_of("tls"), .in_user = text_of(""), .in_folder = text_of("INBOX"),
                                .out_host = text_of(""), .out_port = 587, .out_security = text_of("starttls"), .out_user = text_of(""),
                                .oauth_token_url = text_of(""), .oauth_client = text_of(""), .authentication_server = text_of("")};
    return (mailbox_fields){
        .mailbox_id = row->mailbox_id, .name = row->name, .address = row->address, .team_id = row->team_id, .kind = row->kind, .auth = row->auth,
        .in_host = row->in_host, .in_port = row->in_port, .in_security = row->in_security, .in_user = row->in_user, .in_secret = row->in_secret,
        .in_folder = row->in_folder, .out_host = row->out_host, .out_port = row->out_port, .out_security = row->out_security,
        .out_user = row->out_user, .out_secret = row->out_secret, .oauth_token_url = row->oauth_token_url, .oauth_client = row->oauth_client,
        .oauth_secret = row->oauth_secret, .oauth_refresh = row->oauth_refresh, .is_contact_form = row->is_contact_form,
        .authentication_server = row->authentication_server,
    };
}

/* An empty secret takes the present one away. */
static struct text sealed(struct request *request, struct text secret) {
    return text_empty(secret) ? (struct text){0} : secret_seal(&application_of(request)->secret, request->mem, secret);
}

static void take_inbound(struct request *request, mailbox_fields *fields, const struct mailbox_side *side) {
    if (side->has_kind) fields->kind = side->kind;
    if (side->has_host) fields->in_host = text_trim(side->host);
    if (side->has_port) fields->in_port = side->port;
    if (side->has_security) fields->in_security = side->security;
    if (side->has_user) fields->in_user = text_trim(side->user);
    if (side->has_folder) fields->in_folder = text_empty(text_trim(side->folder)) ? text_of("INBOX") : text_trim(side->folder);
    if (side->has_auth) fields->auth = side->auth;
    if (side->has_password) fields->in_secret = sealed(request, side->password);
}

static void take_outbound(struct request *request, mailbox_fields *fields, const struct mailbox_side *side) {
    if (side->has_host) fields->out_host = text_trim(side->host);
    if (side->has_port) fields->out_port = side->port;
    if (side->has_security) fields->out_security = side->security;
    if (side->has_user) fields->out_user = text_trim(side->user);
    if (side->has_password) fields->out_secret = sealed(request, side->password);
}

static void take_oauth(struct request *request, mailbox_fields *fields, const struct mailbox_oauth *oauth) {
    if (oauth->has_token_url) fields->oauth_token_url = text_trim(oauth->token_url);
    if (oauth->has_client_id) fields->oauth_client = text_trim(oauth->client_id);
    if (oauth->has_client_secret) fields->oauth_secret = sealed(request, oauth->client_secret);
    if (oauth->has_refresh_token) fields->oauth_refresh = sealed(request, oauth->refresh_token);
}

/* A host or user with a line break could speak the protocol in our name. */
static bool check_plain(const char *field, struct text t, struct error *err) {
    for (size_t i = 0; i < t.size; i++)
        if ((unsigned char)t.data[i] <= ' ' || t.data[i] == 0x7f || t.data[i] == '/' || t.data[i] == '@')
            return error_field(err, field, "invalid", "may not hold blanks, slashes or at-signs");
    return true;
}

static bool check_fields(struct arena *mem, const mailbox_fields *fields, struct error *err) {
    bool believes = fields->authentication_server.size && !text_is(fields->authentication_server, "-");
    bool imap = text_is(fields->kind, "imap"), oauth = text_is(fields->auth, "xoauth2");
    if (text_empty(fields->address)) return error_field(err, "address", "required", "a mailbox has an address");
    if (imap && text_empty(fields->in_host)) return error_field(err, "inbound.host", "required", "IMAP needs a server");
    if (imap && text_empty(fields->in_user)) return error_field(err, "inbound.user", "required", "IMAP needs a user name");
    if (oauth && text_empty(fields->oauth_token_url)) return error_field(err, "oauth.token_url", "required", "XOAUTH2 needs the provider's token address");
    if (oauth && !token_address_fits(mem, fields->oauth_token_url))
        return error_field(err, "oauth.token_url", "invalid", "has to begin with https:// and to name a server");
    if (believes && !mail_is_host_name(fields->authentication_server))
        return error_field(err, "authentication_server", "invalid", "is no name of a server");
    return check_plain("inbound.host", fields->in_host, err) && check_plain("outbound.host", fields->out_host, err);
}

/* --- Secrets that stay ------------------------------------------------------------------------------------------------ */

static bool is_elsewhere(struct text host, int64_t port, struct text security, struct text user, const struct mail_server *before) {
    return !text_equal_nocase(host, before->host) || port != before->port || !text_equal(security, before->security) || !text_equal(user, before->user);
}

/* One that is not in use is forgotten instead of being asked for. */
static bool keep_secret(struct text *secret, bool moves, bool is_given, bool is_used, const char *field, struct error *err) {
    if (!moves || is_given || text_empty(*secret)) return true;
    if (is_used) return error_field(err, field, "secret_again", "the stored secret is for another server: give it again");
    *secret = (struct text){0};
    return true;
}

/* A secret that is kept goes only where it was to go when somebody gave it: who may change a mailbox could otherwise send it to a
 * server of their own and read it there. So it does not matter whether it is in use just now: it may be later. A refresh token
 * becomes an access token, which both servers get. */
static bool keep_secrets(const struct mailbox_write *body, const struct sql_mailbox_row_row *row, mailbox_fields *f, struct error *err) {
    bool oauth = text_is(f->auth, "xoauth2");
    const struct mailbox_oauth *given = body->oauth;
    if (!row) return true;
    const struct mail_server in = {.host = row->in_host, .user = row->in_user, .port = row->in_port, .security = row->in_security};
    const struct mail_server out = {.host = row->out_host, .user = row->out_user, .port = row->out_port, .security = row->out_security};
    bool in_moves = is_elsewhere(f->in_host, f->in_port, f->in_security, f->in_user, &in);
    bool out_moves = is_elsewhere(f->out_host, f->out_port, f->out_security, f->out_user, &out);
    bool provider_moves = !text_equal(f->oauth_token_url, row->oauth_token_url);
    return keep_secret(&f->in_secret, in_moves, body->inbound && body->inbound->has_password, !oauth, "inbound.password", err)
           && keep_secret(&f->out_secret, out_moves, body->outbound && body->outbound->has_password, !oauth, "outbound.password", err)
           && keep_secret(&f->oauth_refresh, provider_moves || in_moves || out_moves, given && given->has_refresh_token, oauth,
                          "oauth.refresh_token", err)
           && keep_secret(&f->oauth_secret, provider_moves, given && given->has_client_secret, oauth, "oauth.client_secret", err);
}

static bool merge_fields(struct request *request, const struct sql_mailbox_row_row *row, mailbox_fields *ret_fields, struct error *err) {
    const struct mailbox_write *body = request->body;
    mailbox_fields fields = fields_of(row);
    if (body->has_name) fields.name = text_trim(body->name);
    if (body->has_address) fields.address = address_wire(request->mem, body->address);
    if (body->has_team) fields.team_id = (team_id){body->team};
    if (body->has_contact_form) fields.is_contact_form = body->contact_form;
    if (body->inbound) take_inbound(request, &fields, body->inbound);
    if (body->outbound) take_outbound(request, &fields, body->outbound);
    if (body->oauth) take_oauth(request, &fields, body->oauth);
    /* Another server has another name, and may let through what this one removes. */
    if (row && (!text_equal_nocase(fields.in_host, row->in_host) || !text_equal(fields.kind, row->kind))) fields.authentication_server = text_of("");
    if (body->has_authentication_server) fields.authentication_server = text_lower(request->mem, text_trim(body->authentication_server));
    if (text_empty(fields.name)) fields.name = fields.address;
    if (!check_fields(request->mem, &fields, err) || !keep_secrets(body, row, &fields, err)) return false;
    *ret_fields = fields;
    return true;
}

static bool check_team(struct request *request, mailbox_fields *fields, struct error *err) {
    const struct sql_intake_team_row *team;
    const struct sql_intake_team_first_row *first;
    if (!fields->team_id.value) {
        if (!sql_intake_team_first(request->tx, request->mem, &first, err)) return false;
        fields->team_id = first ? first->team_id : (team_id){0};
    }
    if (!sql_intake_team(request->tx, request->mem, &(struct sql_intake_team){.team_id = fields->team_id}, &team, err)) return false;
    return team || error_field(err, "team", "unknown", "there is no such team");
}

static bool add_address(struct request *request, mailbox_id id, const char *field, struct text address, struct error *err) {
    const struct sql_mailbox_of_address_row *taken;
    address = address_wire(request->mem, address);
    size_t at = text_find_char(address, '@');
    if (at == 0 || at == SIZE_MAX || at + 1 >= address.size) return error_field(err, field, "invalid", "is no e-mail address");
    if (!sql_mailbox_of_address(request->tx, request->mem, &(struct sql_mailbox_of_address){.address = address}, &taken, err)) return false;
    if (taken && taken->mailbox_id.value == id.value) return true;
    if (taken) return error_field(err, field, "taken", "another mailbox has this address");
    return sql_mailbox_address_add(request->tx, &(struct sql_mailbox_address_add){.address = address, .mailbox_id = id}, NULL, err);
}

/* Own address and aliases as they are wished now; aliases that are not named stay. */
static bool set_addresses(struct request *request, mailbox_id id, struct text address, struct error *err) {
    const struct mailbox_write *body = request->body;
    struct sql_mailbox_addresses_rows before;
    if (!sql_mailbox_addresses(request->tx, request->mem, &(struct sql_mailbox_addresses){.mailbox_id = id}, &before, err)
        || !sql_mailbox_addresses_clear(request->tx, &(struct sql_mailbox_addresses_clear){.mailbox_id = id}, NULL, err)
        || !add_address(request, id, "address", address, err))
        return false;
    const struct text *aliases = body->aliases.at;
    for (size_t i = 0; body->has_aliases && i < body->aliases.count; i++)
        if (!add_address(request, id, "aliases", aliases[i], err)) return false;
    for (size_t i = 0; !body->has_aliases && i < before.count; i++)
        if (!add_address(request, id, "aliases", before.at[i].address, err)) return false;
    return true;
}

static const struct mailbox_state not_there;

static bool note_change(struct request *request, const char *kind, mailbox_id id, const struct mailbox_state *before, struct error *err) {
    struct mailbox_state after;
    if (!mailbox_look(request, id, &after, err)) return false;
    mailbox_event(request, kind, before, &after);
    return true;
}

/* Answers and the program's own letters that were put off are tried with it at once. */
static bool wake_letters(struct tx *tx, mailbox_id id, struct error *err) {
    return delivery_hasten_for(tx, id, err) && side_hasten(tx, err) && letter_hasten(tx, err);
}

static bool answer_mailbox(struct request *request, struct response *response, mailbox_id id, struct error *err) {
    const struct sql_mailbox_row_row *row;
    return find_row(request, id, &row, err) && write_mailbox(request, &response->json, row, err);
}

bool post_mailbox(struct request *request, struct response *response, struct error *err) {
    mailbox_fields f;
    const struct sql_mailbox_insert_row *made;
    if (!merge_fields(request, NULL, &f, err) || !check_team(request, &f, err)) return false;
    const struct sql_mailbox_of_address_row *taken;
    if (!sql_mailbox_of_address(request->tx, request->mem, &(struct sql_mailbox_of_address){.address = f.address}, &taken, err)) return false;
    if (taken) return error_field(err, "address", "taken", "another mailbox has this address");
    const struct sql_mailbox_insert in = {
        .name = f.name, .address = f.address, .team_id = f.team_id, .kind = f.kind, .auth = f.auth, .in_host = f.in_host, .in_port = f.in_port,
        .in_security = f.in_security, .in_user = f.in_user, .in_secret = f.in_secret, .in_folder = f.in_folder, .out_host = f.out_host,
        .out_port = f.out_port, .out_security = f.out_security, .out_user = f.out_user, .out_secret = f.out_secret,
        .oauth_token_url = f.oauth_token_url, .oauth_client = f.oauth_client, .oauth_secret = f.oauth_secret, .oauth_refresh = f.oauth_refresh,
        .is_contact_form = f.is_contact_form, .authentication_server = f.authentication_server, .created_at = request->tx->now,
    };
    if (!sql_mailbox_insert(request->tx, request->mem, &in, &made, err) || !set_addresses(request, made->mailbox_id, f.address, err)) return false;
    if (!note_change(request, "mailbox.created", made->mailbox_id, &not_there, err) || !wake_letters(request->tx, made->mailbox_id, err)) return false;
    response_created(response, request, "/api/v1/mailboxes/%" PRId64, made->mailbox_id.value);
    return answer_mailbox(request, response, made->mailbox_id, err);
}

bool patch_mailbox(struct request *request, struct response *response, struct error *err) {
    const struct sql_mailbox_row_row *row;
    struct mailbox_state before;
    mailbox_fields fields;
    if (!held_row(request, &row, err) || !mailbox_look(request, row->mailbox_id, &before, err)) return false;
    if (request_is_stale(request, row->version)) return error_set_key(err, ERR_STALE, "stale", "the mailbox has changed");
    if (!merge_fields(request, row, &fields, err) || !check_team(request, &fields, err) || !set_addresses(request, row->mailbox_id, fields.address, err)
        || !sql_mailbox_update(request->tx, &fields, NULL, err) || !note_change(request, "mailbox.changed", row->mailbox_id, &before, err)
        || !wake_letters(request->tx, row->mailbox_id, err))
        return false;
    return answer_mailbox(request, response, row->mailbox_id, err);
}

bool delete_mailbox(struct request *request, struct response *response, struct error *err) {
    const struct sql_mailbox_row_row *row;
    struct mailbox_state before;
    if (!held_row(request, &row, err)) return false;
    if (request_is_stale(request, row->version)) return error_set_key(err, ERR_STALE, "stale", "the mailbox has changed");
    if (!mailbox_look(request, row->mailbox_id, &before, err)
        || !sql_mailbox_addresses_clear(request->tx, &(struct sql_mailbox_addresses_clear){.mailbox_id = row->mailbox_id}, NULL, err)
        || !sql_mailbox_delete(request->tx, &(struct sql_mailbox_delete){.mailbox_id = row->mailbox_id}, NULL, err))
        return false;
    mailbox_event(request, "mailbox.removed", &before, &not_there);
    response_none(response);
    return true;
}

bool post_mailbox_resume(struct request *request, struct response *response, struct error *err) {
    const struct sql_mailbox_row_row *row;
    struct mailbox_state before;
    if (!held_row(request, &row, err)) return false;
    if (request_is_stale(request, row->version)) return error_set_key(err, ERR_STALE, "stale", "the mailbox has changed");
    if (!mailbox_look(request, row->mailbox_id, &before, err)
        || !sql_mailbox_untrip(request->tx, &(struct sql_mailbox_untrip){.mailbox_id = row->mailbox_id}, NULL, err)
        || !note_change(request, "mailbox.resumed", row->mailbox_id, &before, err))
        return false;
    return answer_mailbox(request, response, row->mailbox_id, err);
}

/* --- The test ------------------------------------------------------------------------------------------------------- */

bool post_mailbox_test(struct request *request, struct response *response, struct error *err) {
    const struct mailbox_write *body = request->body;
    const struct sql_mailbox_row_row *row = NULL;
    mailbox_fields f;
    if (body->has_id && (!find_row(request, (mailbox_id){body->id}, &row, err) || !may_touch(request, row, err))) return false;
    if (!merge_fields(request, row, &f, err)) return false;
    const struct mailbox mailbox = {
        .name = f.name, .address = f.address, .team = f.team_id, .fetches = text_is(f.kind, "imap"), .uses_oauth = text_is(f.auth, "xoauth2"),
        .in = {f.in_host, f.in_user, f.in_port, f.in_security, f.in_secret}, .out = {f.out_host, f.out_user, f.out_port, f.out_security, f.out_secret},
        .folder = f.in_folder, .oauth_token_url = f.oauth_token_url, .oauth_client = f.oauth_client, .oauth_secret = f.oauth_secret,
        .oauth_refresh = f.oauth_refresh,
    };
    if (!application_of(request)->email) return error_set_key(err, ERR_BUSY, "busy", "mail is not running yet");
    json_object_begin(&response->json);
    json_key(&response->json, "steps");
    json_array_begin(&response->json);
    probe_mailbox(application_of(request)->email, request->mem, &mailbox, &response->json);
    json_array_end(&response->json);
    json_object_end(&response->json);
    return true;
}
