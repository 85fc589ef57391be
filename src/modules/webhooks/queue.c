/* From events to deliveries: each step reads some events from one snapshot and writes who gets them with its place. */
#include "base/json.h"
#include "modules/admin/admin.h"
#include "modules/people/letters.h"
#include "modules/people/people.h"
#include "modules/webhooks/webhooks_private.h"
#include "platform/events/events.h"
#include "sql/platform_events.h"

enum { LONELY_EVENTS = 1000, KEY_BYTES = 16 };

typedef struct sql_webhook_list_row listed_row;

/* A webhook, and what it may tell. */
struct reader {
    const listed_row *row;
    struct actor actor;
    bool has_owner;
};

/* What one step writes. */
struct giving {
    struct follower *follower;
    struct arena mem;
    const struct sql_webhook_cursor_read_row *cursor;
    int64_t event;
    struct reader *readers;
    size_t reader_count;
    struct sql_webhook_delivery_put *deliveries;
    size_t count, room;
    bool is_late;              /* somebody else has taken the step meanwhile */
};

/* --- Who may hear what ------------------------------------------------------------------------------------------------ */

static bool load_owner(struct tx *tx, struct arena *mem, staff_id owner, struct text scopes, struct actor *ret_actor, bool *ret_found, struct error *err) {
    *ret_actor = (struct actor){0};
    if (!actor_load(tx, mem, owner, ret_actor, ret_found, err)) return false;
    if (*ret_found) actor_narrow(ret_actor, scopes);
    return true;
}

bool webhook_actor(struct tx *tx, struct arena *mem, const webhook_row *row, struct actor *ret_actor, bool *ret_found, struct error *err) {
    return load_owner(tx, mem, row->owner_id, row->scopes, ret_actor, ret_found, err);
}

/* What concerns one colleague alone is nobody else's matter, and a program is somebody else. */
bool webhook_may_tell(const struct actor *actor, const struct live_event *event) {
    if (text_is(event->kind, WEBHOOK_TESTED)) return true;
    return !text_starts(event->scope, "staff:") && event_visible(NULL, actor, event);
}

/* A test names the webhook that it is for. */
static bool is_test_of(struct arena *mem, const struct live_event *event, int64_t webhook) {
    int64_t named;
    return text_to_int(json_member(mem, event->data, "webhook"), &named) && named == webhook;
}

static bool wants(struct arena *mem, const struct reader *reader, const struct live_event *event) {
    const listed_row *row = reader->row;
    if (event->id <= row->since_event || !reader->has_owner) return false;
    if (text_is(event->kind, WEBHOOK_TESTED)) return is_test_of(mem, event, row->webhook);
    if (!row->is_active || (row->team_id.value && event->team.value != row->team_id.value)) return false;
    return kind_is_wanted(row->kinds, event->kind) && webhook_may_tell(&reader->actor, event);
}

/* --- Step by step ----------------------------------------------------------------------------------------------------- */

static void add(struct giving *giving, const struct reader *reader, const struct live_event *event) {
    if (giving->count == giving->room) {
        giving->room = giving->room ? 2 * giving->room : 64;
        struct sql_webhook_delivery_put *more = arena_array(&giving->mem, giving->room, sizeof *more);
        if (giving->count) memcpy(more, giving->deliveries, giving->count * sizeof *more);
        giving->deliveries = more;
    }
    struct text random = secret_token(&giving->mem, KEY_BYTES);
    giving->deliveries[giving->count++] = (struct sql_webhook_delivery_put){
        .webhook = reader->row->webhook, .event = event->id, .key = text_printf(&giving->mem, "msg_%.*s", (int)random.size, random.data),
        .kind = event->kind,
    };
}

static bool load_readers(struct giving *giving, struct tx *tx, struct error *err) {
    struct sql_webhook_list_rows rows;
    if (!sql_webhook_list(tx, &giving->mem, &rows, err)) return false;
    giving->readers = arena_array(&giving->mem, rows.count, sizeof *giving->readers);
    giving->reader_count = rows.count;
    for (size_t i = 0; i < rows.count; i++) {
        struct reader *reader = &giving->readers[i];
        *reader = (struct reader){.row = &rows.at[i]};
        if (!load_owner(tx, &giving->mem, rows.at[i].owner_id, rows.at[i].scopes, &reader->actor, &reader->has_owner, err)) return false;
    }
    return true;
}

/* Where to read on: nothing is read for nobody. */
static int64_t place_of(const struct giving *giving) {
    int64_t place = giving->follower->event > giving->cursor->event ? giving->follower->event : giving->cursor->event;
    int64_t first = giving->cursor->newest;
    for (size_t i = 0; i < giving->reader_count; i++)
        if (giving->readers[i].row->since_event < first) first = giving->readers[i].row->since_event;
    return first > place ? first : place;
}

static bool work_out(struct giving *giving, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct sql_event_after_rows rows;
    if (!store_read(giving->follower->store, &tx, err) || !sql_webhook_cursor_read(&tx, &giving->mem, &giving->cursor, err)) return false;
    if (!giving->cursor) return error_set(err, ERR_STORE, "the webhooks have lost their place among the events");
    giving->event = giving->cursor->event;
    if (giving->cursor->newest <= giving->event || giving->cursor->newest <= giving->follower->event) return true;
    if (!load_readers(giving, &tx, err)) return false;
    giving->event = place_of(giving);
    if (!sql_event_after(&tx, &giving->mem, &(struct sql_event_after){.after = giving->event, .limit = EVENT_AT_ONCE}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        struct live_event event = event_of_row(&rows.at[i]);
        for (size_t k = 0; k < giving->reader_count; k++)
            if (wants(&giving->mem, &giving->readers[k], &event)) add(giving, &giving->readers[k], &event);
        giving->event = event.id;
    }
    return true;
}

static bool switch_off_without_owner(struct tx *tx, const struct reader *reader, struct error *err) {
    const webhook_row *row;
    if (reader->has_owner || !reader->row->is_active) return true;
    if (!webhook_held(tx, &tx->mem, reader->row->webhook, &row, err)) return false;
    return !row || row->owner_id.value != reader->row->owner_id.value || webhook_switch_off(tx, row, "owner", err);
}

/* When somebody else has given these events meanwhile, there is nothing to write. */
static bool write_giving(struct tx *tx, void *argument, struct error *err) {
    struct giving *giving = argument;
    const struct sql_webhook_cursor_take_row *taken;
    const struct sql_webhook_cursor_take in = {.event = giving->event, .step = giving->cursor->step};
    for (size_t i = 0; i < giving->reader_count; i++)
        if (!switch_off_without_owner(tx, &giving->readers[i], err)) return false;
    if (!sql_webhook_cursor_take(tx, &tx->mem, &in, &taken, err)) return false;
    giving->is_late = !taken;
    for (size_t i = 0; taken && i < giving->count; i++) {
        struct sql_webhook_delivery_put put = giving->deliveries[i];
        put.created_at = tx->now;
        put.next_at = text_is(put.kind, WEBHOOK_TESTED) ? 1 : tx->now; /* somebody waits for a test: it goes first */
        if (!sql_webhook_delivery_put(tx, &put, NULL, err)) return false;
    }
    return true;
}

static bool is_worth_writing(const struct giving *giving) {
    bool lost = false;
    for (size_t i = 0; i < giving->reader_count; i++) lost |= !giving->readers[i].has_owner && giving->readers[i].row->is_active;
    return giving->count || lost || giving->event - giving->cursor->event >= LONELY_EVENTS;
}

bool webhooks_follow(struct follower *follower, bool *ret_found, struct error *err) {
    struct giving giving = {.follower = follower};
    bool ok = work_out(&giving, err);
    bool moved = ok && giving.event > follower->event && giving.event > giving.cursor->event;
    if (moved && is_worth_writing(&giving)) ok = store_write(follower->store, write_giving, &giving, err);
    *ret_found = ok && moved && giving.event < giving.cursor->newest;
    if (ok && moved) follower->event = giving.is_late ? 0 : giving.event;
    arena_free(&giving.mem);
    return ok;
}

/* --- Switching off ---------------------------------------------------------------------------------------------------- */

bool webhook_held(struct tx *tx, struct arena *mem, int64_t id, const webhook_row **ret_row, struct error *err) {
    struct sql_webhook_hold_rows held;
    bool holds = store_dialect(tx->store) == DIALECT_SQLITE; /* there nobody else writes before this transaction has ended */
    return (holds || sql_webhook_hold(tx, mem, &(struct sql_webhook_hold){.webhook = id}, &held, err))
           && sql_webhook_row(tx, mem, &(struct sql_webhook_row){.webhook = id}, ret_row, err);
}

static struct text letter_data(struct tx *tx, const webhook_row *row) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_text(&json, "subject", row->name);
    json_object_end(&json);
    return buffer_text(&out);
}

static bool tell_keepers(struct tx *tx, const webhook_row *row, struct error *err) {
    struct sql_webhook_keepers_rows keepers;
    if (!sql_webhook_keepers(tx, &tx->mem, &keepers, err)) return false;
    for (size_t i = 0; i < keepers.count; i++) {
        struct actor actor = {0};
        bool found;
        if (!actor_load(tx, &tx->mem, keepers.at[i].id, &actor, &found, err)) return false;
        if (found && actor_may(&actor, CAN_INTEGRATIONS_MANAGE)
            && !letter_add(tx, keepers.at[i].email, actor.locale, "webhook_off", letter_data(tx, row), err))
            return false;
    }
    return true;
}

bool webhook_switch_off(struct tx *tx, const webhook_row *row, const char *reason, struct error *err) {
    const struct sql_webhook_off in = {.webhook = row->webhook, .off_reason = text_of(reason), .updated_at = tx->now};
    int64_t changed = 0;
    if (!sql_webhook_off(tx, &in, &changed, err)) return false;
    if (!changed) return true;
    event_record(tx, &(struct event){.kind = "webhook.switched_off", .actor = ACTOR_SYSTEM, .scope = "admin",
                                     .data = text_printf(&tx->mem, "{\"webhook\":%" PRId64 ",\"reason\":\"%s\"}", row->webhook, reason)});
    return sql_webhook_park(tx, &(struct sql_webhook_park){.webhook = row->webhook, .error = text_of("switched_off"), .updated_at = tx->now}, NULL, err)
           && tell_keepers(tx, row, err);
}
