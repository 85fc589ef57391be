#include "platform/events/events.h"

#include "platform/store/store_private.h"
#include "sql/platform_events.h"

#include <endian.h>
#include <sodium.h>

struct event_record {
    struct event event;
    int64_t at;
    struct event_record *next;
};

void event_record(struct tx *tx, const struct event *event) {
    struct event_record *record = arena_alloc(&tx->mem, sizeof *record);
    record->event = *event;
    record->at = tx->now; /* as of now: an import or the demo moves tx->now on within one transaction */
    if (!tx->events_end) tx->events_end = &tx->events;
    *tx->events_end = record;
    tx->events_end = &record->next;
}

static void hash_number(crypto_hash_sha256_state *state, int64_t number) {
    uint64_t bytes = htobe64((uint64_t)number);
    crypto_hash_sha256_update(state, (const unsigned char *)&bytes, sizeof bytes);
}

/* Each text goes in behind its size, so that no two different rows give the same bytes. */
static void hash_text(crypto_hash_sha256_state *state, struct text t) {
    hash_number(state, t.data ? (int64_t)t.size : -1);
    crypto_hash_sha256_update(state, (const unsigned char *)(t.data ? t.data : ""), t.size);
}

static void hash_row(const unsigned char previous[32], const struct sql_event_insert *row, unsigned char ret_hash[32]) {
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, previous, 32);
    const int64_t numbers[] = {row->id, row->at, row->actor_kind, row->actor_id, row->ticket_id.value, row->team_id.value,
                               row->is_internal};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) hash_number(&state, numbers[i]);
    hash_text(&state, row->kind);
    hash_text(&state, row->cause);
    hash_text(&state, row->scope);
    hash_text(&state, row->data);
    /* Behind everything else, so that events from before there was an assignee keep their hash. */
    if (row->assignee_id.value) hash_number(&state, row->assignee_id.value);
    crypto_hash_sha256_final(&state, ret_hash);
}

static bool find_head(struct tx *tx, struct error *err) {
    struct connection *connection = tx->connection;
    if (connection->head_known) return true;
    const struct sql_event_last_row *last;
    if (!sql_event_last(tx, &tx->mem, &last, err)) return false;
    connection->head_id = last ? last->id : 0;
    memset(connection->head_hash, 0, sizeof connection->head_hash);
    if (last && last->hash.size == 32) memcpy(connection->head_hash, last->hash.data, 32);
    connection->head_known = true;
    return true;
}

static bool append(struct tx *tx, const struct event_record *record, struct error *err) {
    const struct event *event = &record->event;
    struct connection *connection = tx->connection;
    unsigned char hash[32];
    struct sql_event_insert row = {
        .id = connection->head_id + 1, .at = record->at, .kind = text_of(event->kind), .actor_kind = event->actor,
        .actor_id = event->actor_id, .cause = event->cause, .ticket_id = event->ticket, .team_id = event->team, .assignee_id = event->assignee,
        .scope = text_of(event->scope), .data = event->data.data ? event->data : text_of("{}"),
        .is_internal = event->internal,
    };
    hash_row(connection->head_hash, &row, hash);
    row.hash = text_from((const char *)hash, sizeof hash);
    if (!sql_event_insert(tx, &row, NULL, err)) return false;
    connection->head_id = row.id;
    memcpy(connection->head_hash, hash, sizeof hash);
    return true;
}

bool events_hold(struct tx *tx, struct error *err) {
    struct sql_event_lock_rows locked;
    return store_dialect(tx->store) == DIALECT_SQLITE || sql_event_lock(tx, &tx->mem, &locked, err);
}

bool events_flush(struct tx *tx, int64_t *ret_last, struct error *err) {
    *ret_last = 0;
    if (!tx->events) return true;
    if (!events_hold(tx, err) || !find_head(tx, err)) return false;
    for (const struct event_record *record = tx->events; record; record = record->next)
        if (!append(tx, record, err)) return error_context(err, "recording %s", record->event.kind);
    *ret_last = tx->connection->head_id;
    return true;
}

bool events_head(struct tx *tx, struct event_head *ret_head, struct error *err) {
    const struct sql_event_last_row *last;
    if (!sql_event_last(tx, &tx->mem, &last, err)) return false;
    *ret_head = (struct event_head){.id = last ? last->id : 0};
    if (last && last->hash.size == sizeof ret_head->hash) memcpy(ret_head->hash, last->hash.data, sizeof ret_head->hash);
    return true;
}

bool events_has(struct tx *tx, const struct event_head *head, bool *ret_has, struct error *err) {
    const struct sql_event_hash_row *row;
    if (!sql_event_hash(tx, &tx->mem, &(struct sql_event_hash){.id = head->id}, &row, err)) return false;
    *ret_has = row && row->hash.size == sizeof head->hash && memcmp(row->hash.data, head->hash, sizeof head->hash) == 0;
    return true;
}

enum { VERIFY_STEP = 1000 };

static bool verify_row(const struct sql_event_chain_row *row, int64_t wanted, unsigned char head[32], struct error *err) {
    unsigned char hash[32];
    const struct sql_event_insert copy = {
        .id = row->id, .at = row->at, .kind = row->kind, .actor_kind = row->actor_kind, .actor_id = row->actor_id,
        .cause = row->cause, .ticket_id = row->ticket_id, .team_id = row->team_id, .assignee_id = row->assignee_id, .scope = row->scope,
        .data = row->data, .is_internal = row->is_internal,
    };
    if (row->id != wanted) return error_set(err, ERR_STORE, "event %" PRId64 " is missing", wanted);
    hash_row(head, &copy, hash);
    if (row->hash.size != 32 || memcmp(hash, row->hash.data, 32) != 0)
        return error_set(err, ERR_STORE, "event %" PRId64 " was changed after it was recorded", row->id);
    memcpy(head, hash, 32);
    return true;
}

bool events_verify(struct tx *tx, int64_t *ret_count, struct error *err) {
    unsigned char head[32] = {0};
    int64_t count = 0;
    for (;;) {
        SCOPED(arena_free) struct arena mem = {0};
        struct sql_event_chain_rows rows;
        if (!sql_event_chain(tx, &mem, &(struct sql_event_chain){.after = count, .limit = VERIFY_STEP}, &rows, err))
            return false;
        for (size_t i = 0; i < rows.count; i++)
            if (!verify_row(&rows.at[i], ++count, head, err)) return false;
        if (rows.count < VERIFY_STEP) break;
    }
    *ret_count = count;
    return true;
}
