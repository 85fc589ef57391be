/* What was told, over the API: of events that the reader may see, since it says what is in them. */
#include "api/modules_webhooks.h"
#include "base/clock.h"
#include "modules/admin/admin.h"
#include "modules/webhooks/webhooks_private.h"
#include "platform/events/events.h"
#include "platform/http/http.h"
#include "sql/platform_events.h"

enum { REPLAY_AT_ONCE = 10000, TRIES_SHOWN = 50, PAGES_READ = 20 };

typedef struct sql_webhook_delivery_row_row delivery_row;

static bool find_webhook(struct request *request, bool must_be_on, const webhook_row **ret_row, struct error *err) {
    const webhook_row *row;
    bool ok = request->tx->writable ? webhook_held(request->tx, request->mem, request->id[0], &row, err)
                                    : sql_webhook_row(request->tx, request->mem, &(struct sql_webhook_row){.webhook = request->id[0]}, &row, err);
    if (!ok) return false;
    if (!row || row->deleted_at) return error_set_key(err, ERR_NOT_FOUND, "webhook_not_found", "there is no webhook %" PRId64, request->id[0]);
    if (must_be_on && !row->is_active) return error_set_key(err, ERR_CONFLICT, "webhook_is_off", "the webhook is switched off");
    *ret_row = row;
    return true;
}

static bool may_see(const struct request *request, const delivery_row *row) {
    const struct live_event event = {.id = row->event, .kind = row->kind, .actor = (enum actor_kind)row->actor_kind, .actor_id = row->actor_id,
                                     .ticket = row->ticket_id, .team = row->team_id, .assignee = row->assignee_id, .scope = row->scope};
    return event_visible(request->application, request->actor, &event);
}

static void write_delivery(struct json_writer *json, const delivery_row *row) {
    bool waits = text_is(row->state, "queued") && row->attempts > 0;
    json_object_begin(json);
    json_put_int(json, "id", row->delivery);
    json_put_text(json, "key", row->key);
    json_put_int(json, "event", row->event);
    json_put_text(json, "kind", row->kind);
    json_put_id(json, "ticket", row->ticket_id.value);
    json_put_text(json, "state", row->state);
    json_put_int(json, "attempts", row->attempts);
    json_put_time(json, "next_at", waits ? row->next_at : 0);
    json_put_id(json, "status", row->status);
    json_put_text(json, "error", row->error);
    json_put_time(json, "created_at", row->created_at);
    json_put_time(json, "updated_at", row->updated_at);
    json_object_end(json);
}

/* --- Lists ---------------------------------------------------------------------------------------------------------- */

/* The statements have the same columns, in the same order. */
static bool read_page(struct request *request, int64_t before, int64_t limit, struct sql_rows *ret_rows, struct error *err) {
    const struct get_webhook_deliveries_query *query = request->query;
    const struct sql_webhook_delivery_list all = {.webhook = request->id[0], .before = before, .limit = limit};
    const struct sql_webhook_delivery_list_state some = {.webhook = request->id[0], .state = query->state, .before = before, .limit = limit};
    if (query->has_state) return statement_rows(request->tx, request->mem, &statement_webhook_delivery_list_state, &some, ret_rows, err);
    return statement_rows(request->tx, request->mem, &statement_webhook_delivery_list, &all, ret_rows, err);
}

/* What the reader may not see is passed over, as far as that takes no more than some pages. */
bool get_webhook_deliveries(struct request *request, struct response *response, struct error *err) {
    const struct get_webhook_deliveries_query *query = request->query;
    const webhook_row *webhook;
    struct json_writer *json = &response->json;
    int64_t limit = query->has_limit ? query->limit : 50, at = query->has_before ? query->before : INT64_MAX, found = 0;
    bool more = true;
    if (!find_webhook(request, false, &webhook, err)) return false;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (int page = 0; more && found < limit && page < PAGES_READ; page++) {
        struct sql_rows rows;
        if (!read_page(request, at, limit, &rows, err)) return false;
        const delivery_row *row = rows.at;
        more = (int64_t)rows.count == limit;
        for (size_t i = 0; i < rows.count && found < limit; i++) {
            at = row[i].delivery;
            if (!may_see(request, &row[i])) continue;
            write_delivery(json, &row[i]);
            found++;
            more = more || i + 1 < rows.count;
        }
    }
    json_array_end(json);
    json_key(json, "next");
    json_id(json, more ? at : 0);
    json_object_end(json);
    return true;
}

/* --- One ------------------------------------------------------------------------------------------------------------ */

static bool find_delivery(struct request *request, const delivery_row **ret_row, struct error *err) {
    const struct sql_webhook_delivery_row in = {.delivery = request->id[1], .webhook = request->id[0]};
    const delivery_row *row;
    if (!sql_webhook_delivery_row(request->tx, request->mem, &in, &row, err)) return false;
    if (!row || !may_see(request, row))
        return error_set_key(err, ERR_NOT_FOUND, "webhook_delivery_not_found", "there is no delivery %" PRId64, request->id[1]);
    *ret_row = row;
    return true;
}

static bool write_body(struct request *request, struct json_writer *json, int64_t id, struct error *err) {
    struct sql_event_after_rows rows;
    if (!sql_event_after(request->tx, request->mem, &(struct sql_event_after){.after = id - 1, .limit = 1}, &rows, err)) return false;
    if (!rows.count || rows.at[0].id != id) return error_set(err, ERR_STORE, "event %" PRId64 " is missing", id);
    const struct live_event event = event_of_row(&rows.at[0]);
    json_key(json, "body");
    event_write(json, &event);
    return true;
}

static void write_try(struct json_writer *json, const struct sql_webhook_attempt_list_row *row) {
    json_object_begin(json);
    json_put_int(json, "number", row->number);
    json_put_time(json, "at", row->at);
    json_put_int(json, "milliseconds", row->micros / (SECOND / 1000));
    json_put_id(json, "status", row->status);
    json_put_text(json, "error", row->error);
    json_put_text(json, "answer", row->answer);
    json_object_end(json);
}

bool get_webhook_delivery(struct request *request, struct response *response, struct error *err) {
    const webhook_row *webhook;
    const delivery_row *row;
    struct sql_webhook_attempt_list_rows tries;
    struct json_writer *json = &response->json;
    const struct sql_webhook_attempt_list in = {.delivery = request->id[1], .limit = TRIES_SHOWN};
    if (!find_webhook(request, false, &webhook, err) || !find_delivery(request, &row, err)
        || !sql_webhook_attempt_list(request->tx, request->mem, &in, &tries, err))
        return false;
    json_object_begin(json);
    json_key(json, "delivery");
    write_delivery(json, row);
    if (!write_body(request, json, row->event, err)) return false;
    json_key(json, "tries");
    json_array_begin(json);
    for (size_t i = 0; i < tries.count; i++) write_try(json, &tries.at[i]);
    json_array_end(json);
    json_object_end(json);
    return true;
}

/* --- Again ---------------------------------------------------------------------------------------------------------- */

static void record_replay(struct request *request, int64_t delivery, int64_t count) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "webhook", request->id[0]);
    if (delivery) json_put_int(&json, "delivery", delivery);
    json_put_int(&json, "count", count);
    json_object_end(&json);
    event_record(request->tx, &(struct event){.kind = "webhook.replayed", .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value,
                                              .scope = "admin", .data = buffer_text(&out)});
}

static bool hasten(struct request *request, struct error *err) {
    return sql_webhook_hasten(request->tx, &(struct sql_webhook_hasten){.webhook = request->id[0]}, NULL, err);
}

bool post_webhook_delivery_replay(struct request *request, struct response *response, struct error *err) {
    const struct sql_webhook_delivery_replay in = {.delivery = request->id[1], .webhook = request->id[0], .next_at = request->tx->now};
    const webhook_row *webhook;
    const delivery_row *row;
    int64_t changed = 0;
    if (!find_webhook(request, false, &webhook, err) || !find_delivery(request, &row, err)) return false;
    if (!webhook->is_active && !text_is(row->kind, WEBHOOK_TESTED))
        return error_set_key(err, ERR_CONFLICT, "webhook_is_off", "the webhook is switched off");
    if (!sql_webhook_delivery_replay(request->tx, &in, &changed, err)) return false;
    if (!changed) return error_set_key(err, ERR_CONFLICT, "webhook_under_way", "the delivery is still on its way");
    record_replay(request, row->delivery, 1);
    if (!hasten(request, err) || !find_delivery(request, &row, err)) return false;
    write_delivery(&response->json, row);
    return true;
}

bool post_webhook_replay(struct request *request, struct response *response, struct error *err) {
    const struct webhook_replay *body = request->body;
    const webhook_row *webhook;
    const struct sql_webhook_delivery_replay_failed in = {.webhook = request->id[0], .next_at = request->tx->now, .since_at = body->since,
                                                          .limit = REPLAY_AT_ONCE};
    int64_t count = 0;
    if (!find_webhook(request, true, &webhook, err) || !sql_webhook_delivery_replay_failed(request->tx, &in, &count, err)) return false;
    if (count) record_replay(request, 0, count);
    if (!hasten(request, err)) return false;
    json_object_begin(&response->json);
    json_put_int(&response->json, "count", count);
    json_put_bool(&response->json, "is_whole", count < REPLAY_AT_ONCE);
    json_object_end(&response->json);
    return true;
}
