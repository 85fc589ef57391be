/* Webhooks over the API. */
#include "api/modules_webhooks.h"
#include "base/clock.h"
#include "modules/webhooks/webhooks_private.h"
#include "platform/application/application.h"
#include "platform/events/events.h"
#include "platform/events/notes.h"
#include "platform/http/http.h"

static const int64_t OLD_SECRET = 86400 * 1000000LL;

/* --- Writing out ---------------------------------------------------------------------------------------------------- */

static void write_owner(struct json_writer *json, const webhook_row *row) {
    json_key(json, "owner");
    json_object_begin(json);
    json_put_int(json, "id", row->owner_id.value);
    json_put_text(json, "name", row->owner_name);
    json_object_end(json);
}

static void write_row(struct json_writer *json, const webhook_row *row, int64_t now) {
    json_object_begin(json);
    json_put_int(json, "id", row->webhook);
    json_put_text(json, "name", row->name);
    json_put_text(json, "url", row->url);
    json_put_raw(json, "kinds", row->kinds);
    json_put_id(json, "team", row->team_id.value);
    json_put_bool(json, "is_active", row->is_active);
    json_put_int(json, "parallel", row->parallel);
    write_owner(json, row);
    json_put_text(json, "off_reason", row->off_reason);
    json_put_time(json, "ok_at", row->ok_at);
    json_put_time(json, "failing_since", row->failing_since_at);
    json_put_int(json, "failures", row->failures);
    json_put_text(json, "error", row->error);
    json_put_time(json, "paused_until", row->paused_until_at > now ? row->paused_until_at : 0);
    json_put_time(json, "old_secret_until", row->old_until_at > now ? row->old_until_at : 0);
    json_put_time(json, "created_at", row->created_at);
    json_put_time(json, "updated_at", row->updated_at);
    json_put_int(json, "version", row->version);
    json_object_end(json);
}

static bool find_webhook(struct request *request, bool is_deleted, const webhook_row **ret_row, struct error *err) {
    const webhook_row *row;
    bool ok = request->tx->writable ? webhook_held(request->tx, request->mem, request->id[0], &row, err)
                                    : sql_webhook_row(request->tx, request->mem, &(struct sql_webhook_row){.webhook = request->id[0]}, &row, err);
    if (!ok) return false;
    if (!row || (row->deleted_at && !is_deleted))
        return error_set_key(err, ERR_NOT_FOUND, "webhook_not_found", "there is no webhook %" PRId64, request->id[0]);
    *ret_row = row;
    return true;
}

/* As it is now, after a change. */
static bool answer_with(struct request *request, struct response *response, int64_t id, struct text secret, struct error *err) {
    const webhook_row *row;
    struct json_writer *json = &response->json;
    if (!sql_webhook_row(request->tx, request->mem, &(struct sql_webhook_row){.webhook = id}, &row, err)) return false;
    if (!secret.data) {
        write_row(json, row, request->tx->now);
        return true;
    }
    json_object_begin(json);
    json_key(json, "webhook");
    write_row(json, row, request->tx->now);
    json_put_text(json, "secret", secret);
    json_object_end(json);
    return true;
}

bool get_event_kinds(struct request *request, struct response *response, struct error *err) {
    struct json_writer *json = &response->json;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; event_kinds[i]; i++) json_cstring(json, event_kinds[i]);
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
    return true;
}

bool get_webhooks(struct request *request, struct response *response, struct error *err) {
    struct sql_webhook_list_rows rows;
    struct json_writer *json = &response->json;
    if (!sql_webhook_list(request->tx, request->mem, &rows, err)) return false;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    /* The two statements have the same columns, in the same order. */
    for (size_t i = 0; i < rows.count; i++) write_row(json, (const webhook_row *)(const void *)&rows.at[i], request->tx->now);
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
    return true;
}

bool get_webhook(struct request *request, struct response *response, struct error *err) {
    const webhook_row *row;
    if (!find_webhook(request, false, &row, err)) return false;
    write_row(&response->json, row, request->tx->now);
    return true;
}

/* --- Telling of changes --------------------------------------------------------------------------------------------- */

static void record(struct request *request, const char *kind, struct text data) {
    event_record(request->tx, &(struct event){.kind = kind, .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .scope = "admin", .data = data});
}

static void record_plain(struct request *request, const char *kind, const webhook_row *row) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "webhook", row->webhook);
    json_put_text(&json, "name", row->name);
    json_object_end(&json);
    record(request, kind, buffer_text(&out));
}

/* Whoever knows the path of an URL may often write there: the record names the host alone. */
static struct text host_of(struct request *request, struct text url) {
    const struct application *application = request->application;
    struct text host = {0};
    struct error ignored = {0};
    return !url.data || webhook_url_check(application->webhooks, &request->tx->mem, url, &host, &ignored) ? host : text_of("");
}

static void record_change(struct request *request, const char *kind, const webhook_row *before, const webhook_row *after) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "webhook", after->webhook);
    note_text(&json, "name", before->name, after->name);
    note_text(&json, "host", host_of(request, before->url), host_of(request, after->url));
    if (before->url.data && !text_equal(before->url, after->url)) json_put_string(&json, "url", "changed");
    note_raw(&json, "kinds", before->kinds, after->kinds);
    note_id(&json, "team", before->team_id.value, after->team_id.value);
    note_id(&json, "parallel", before->parallel, after->parallel);
    note_bool(&json, "is_active", before->is_active, after->is_active);
    note_id(&json, "owner", before->owner_id.value, after->owner_id.value);
    json_object_end(&json);
    record(request, kind, buffer_text(&out));
}

/* --- Changing ------------------------------------------------------------------------------------------------------- */

static bool take_kinds(struct request *request, const struct json_list *list, struct text *ret_kinds, struct error *err) {
    struct buffer out = {.mem = request->mem};
    struct json_writer json = json_writer(&out);
    const struct text *kinds = list->at;
    json_array_begin(&json);
    for (size_t i = 0; i < list->count; i++) {
        if (!kind_is_known(kinds[i])) return error_field(err, "kinds", "webhook_kind", "%.*s", (int)text_cut(kinds[i], 100).size, kinds[i].data);
        json_text(&json, kinds[i]);
    }
    json_array_end(&json);
    *ret_kinds = buffer_text(&out);
    return true;
}

static bool check_team(struct request *request, team_id team, struct error *err) {
    const struct sql_webhook_team_row *row;
    if (!team.value) return true;
    if (!sql_webhook_team(request->tx, request->mem, &(struct sql_webhook_team){.team_id = team}, &row, err)) return false;
    return row || error_field(err, "team", "unknown", "there is no such team");
}

/* What a body says, put over the row. */
static bool apply(struct request *request, const struct webhook_patch *in, webhook_row *row, struct error *err) {
    const struct application *application = request->application;
    struct text host;
    if (in->has_name) row->name = text_trim(in->name);
    if (text_empty(row->name)) return error_field(err, "name", "required", "a webhook needs a name");
    if (in->has_url) row->url = text_trim(in->url);
    if (in->has_url && !webhook_url_check(application->webhooks, request->mem, row->url, &host, err)) return false;
    if (in->has_kinds && !take_kinds(request, &in->kinds, &row->kinds, err)) return false;
    if (in->has_team) row->team_id = (team_id){in->team};
    if (in->has_is_active) row->is_active = in->is_active;
    if (in->has_parallel) row->parallel = in->parallel;
    return !in->has_team || check_team(request, row->team_id, err);
}

/* A token for some permissions makes no webhook that tells more than the token may see. */
static void own(struct request *request, webhook_row *row) {
    const struct actor *actor = request->actor;
    struct buffer out = {.mem = request->mem};
    struct json_writer json = json_writer(&out);
    row->owner_id = actor->staff;
    row->scopes = (struct text){0};
    if (!actor->is_narrowed) return;
    json_array_begin(&json);
    for (int i = CAN_NOTHING + 1; i < PERMISSION_COUNT; i++)
        if (actor->may[i]) json_cstring(&json, permission_name((enum permission)i));
    json_array_end(&json);
    row->scopes = buffer_text(&out);
}

static struct text seal(struct request *request, struct text secret) {
    const struct application *application = request->application;
    return secret_seal(&application->secret, request->mem, secret);
}

bool post_webhook(struct request *request, struct response *response, struct error *err) {
    const struct webhook_create *body = request->body;
    const struct webhook_patch in = {
        .has_name = true, .name = body->name, .has_url = true, .url = body->url, .has_kinds = true, .kinds = body->kinds, .has_team = body->has_team,
        .team = body->team, .has_is_active = body->has_is_active, .is_active = body->is_active, .has_parallel = body->has_parallel,
        .parallel = body->parallel,
    };
    webhook_row row = {.is_active = true, .parallel = 1};
    const struct sql_webhook_count_row *there;
    const struct sql_webhook_cursor_read_row *cursor;
    const struct sql_webhook_insert_row *made;
    struct text secret = webhook_secret(request->mem);
    if (!sql_webhook_count(request->tx, request->mem, &there, err) || !sql_webhook_cursor_read(request->tx, request->mem, &cursor, err)) return false;
    if (there->count >= WEBHOOKS_MOST) return error_set_key(err, ERR_CONFLICT, "too_many_webhooks", "there are %d webhooks already", WEBHOOKS_MOST);
    if (!apply(request, &in, &row, err)) return false;
    own(request, &row);
    const struct sql_webhook_insert insert = {
        .name = row.name, .url = row.url, .kinds = row.kinds, .team_id = row.team_id, .parallel = row.parallel, .is_active = row.is_active,
        .owner_id = row.owner_id, .scopes = row.scopes, .secret = seal(request, secret), .since_event = cursor->newest, .created_at = request->tx->now,
    };
    if (!sql_webhook_insert(request->tx, request->mem, &insert, &made, err)) return false;
    row.webhook = made->webhook;
    record_change(request, "webhook.created", &(webhook_row){0}, &row);
    response_created(response, request, "/api/v1/webhooks/%" PRId64, row.webhook);
    return answer_with(request, response, row.webhook, secret, err);
}

static bool check_version(struct request *request, const webhook_row *row, struct error *err) {
    return !request_is_stale(request, row->version) || error_set_key(err, ERR_STALE, "webhook_stale", "the webhook is at version %" PRId64, row->version);
}

static bool park(struct request *request, const webhook_row *row, struct error *err) {
    const struct sql_webhook_park in = {.webhook = row->webhook, .error = text_of("switched_off"), .updated_at = request->tx->now};
    return sql_webhook_park(request->tx, &in, NULL, err);
}

bool patch_webhook(struct request *request, struct response *response, struct error *err) {
    const webhook_row *before;
    if (!find_webhook(request, false, &before, err) || !check_version(request, before, err)) return false;
    webhook_row row = *before;
    if (!apply(request, request->body, &row, err)) return false;
    bool begins = row.is_active && !before->is_active, ends = !row.is_active && before->is_active;
    bool leads_elsewhere = !text_equal(row.url, before->url) || !text_equal(row.kinds, before->kinds) || row.team_id.value != before->team_id.value;
    if (begins || leads_elsewhere) own(request, &row);
    const struct sql_webhook_write in = {.webhook = row.webhook, .name = row.name, .url = row.url, .kinds = row.kinds, .team_id = row.team_id,
                                         .parallel = row.parallel, .is_active = row.is_active, .owner_id = row.owner_id, .scopes = row.scopes,
                                         .updated_at = request->tx->now};
    if (!sql_webhook_write(request->tx, &in, NULL, err) || (ends && !park(request, &row, err))
        || (begins && !sql_webhook_begin(request->tx, &(struct sql_webhook_begin){.webhook = row.webhook}, NULL, err))
        || (leads_elsewhere && !sql_webhook_hasten(request->tx, &(struct sql_webhook_hasten){.webhook = row.webhook}, NULL, err)))
        return false;
    record_change(request, "webhook.changed", before, &row);
    return answer_with(request, response, row.webhook, (struct text){0}, err);
}

bool delete_webhook(struct request *request, struct response *response, struct error *err) {
    const webhook_row *row;
    struct tx *tx = request->tx;
    if (!find_webhook(request, false, &row, err) || !check_version(request, row, err)
        || !sql_webhook_mark(tx, &(struct sql_webhook_mark){.webhook = row->webhook, .deleted_at = tx->now}, NULL, err))
        return false;
    record_plain(request, "webhook.deleted", row);
    response_none(response);
    return true;
}

bool post_webhook_restore(struct request *request, struct response *response, struct error *err) {
    const webhook_row *row;
    if (!find_webhook(request, true, &row, err)) return false;
    if (!row->deleted_at) return answer_with(request, response, row->webhook, (struct text){0}, err);
    if (!sql_webhook_mark(request->tx, &(struct sql_webhook_mark){.webhook = row->webhook}, NULL, err)
        || !sql_webhook_begin(request->tx, &(struct sql_webhook_begin){.webhook = row->webhook}, NULL, err))
        return false;
    record_plain(request, "webhook.restored", row);
    return answer_with(request, response, row->webhook, (struct text){0}, err);
}

bool post_webhook_secret(struct request *request, struct response *response, struct error *err) {
    const struct webhook_renewal *body = request->body;
    const webhook_row *row;
    struct text secret = webhook_secret(request->mem);
    if (!find_webhook(request, false, &row, err)) return false;
    struct sql_webhook_renew in = {.webhook = row->webhook, .secret = seal(request, secret), .updated_at = request->tx->now};
    if (!body->at_once) {
        in.old_secret = row->secret;
        in.old_until_at = request->tx->now + OLD_SECRET;
    }
    if (!sql_webhook_renew(request->tx, &in, NULL, err)) return false;
    record_plain(request, "webhook.secret_renewed", row);
    return answer_with(request, response, row->webhook, secret, err);
}

bool post_webhook_test(struct request *request, struct response *response, struct error *err) {
    const webhook_row *row;
    if (!find_webhook(request, false, &row, err)
        || !sql_webhook_hasten(request->tx, &(struct sql_webhook_hasten){.webhook = row->webhook}, NULL, err))
        return false;
    record_plain(request, WEBHOOK_TESTED, row);
    response_none(response);
    return true;
}
