/* What is thrown away, and what is counted. */
#include "base/clock.h"
#include "modules/webhooks/webhooks_private.h"

enum { TIDY_BATCH = 500 };

static int64_t old_deliveries(const struct tx *tx) {
    return tx->now - KEPT_DAYS * DAY;
}

/* By then all that was given to it has gone. */
static int64_t old_webhooks(const struct tx *tx) {
    return old_deliveries(tx) - DAY;
}

static bool purge(struct tx *tx, void *argument, struct error *err) {
    bool *more = argument;
    struct sql_webhook_delivery_old_rows rows;
    const struct sql_webhook_delivery_old in = {.before_at = old_deliveries(tx), .limit = TIDY_BATCH};
    if (!sql_webhook_delivery_old(tx, &tx->mem, &in, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++)
        if (!sql_webhook_attempt_purge(tx, &(struct sql_webhook_attempt_purge){.delivery = rows.at[i].delivery}, NULL, err)
            || !sql_webhook_delivery_purge(tx, &(struct sql_webhook_delivery_purge){.delivery = rows.at[i].delivery}, NULL, err))
            return false;
    *more = rows.count == TIDY_BATCH;
    return *more || sql_webhook_purge(tx, &(struct sql_webhook_purge){.before_at = old_webhooks(tx)}, NULL, err);
}

/* Mostly there is none: then nobody has to wait for the writer. */
static bool has_old(struct store *store, bool *ret_has, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct sql_webhook_delivery_old_rows deliveries;
    const struct sql_webhook_old_row *webhook;
    if (!store_read(store, &tx, err)) return false;
    const struct sql_webhook_delivery_old in = {.before_at = old_deliveries(&tx), .limit = 1};
    if (!sql_webhook_delivery_old(&tx, &tx.mem, &in, &deliveries, err)
        || !sql_webhook_old(&tx, &tx.mem, &(struct sql_webhook_old){.before_at = old_webhooks(&tx)}, &webhook, err))
        return false;
    *ret_has = deliveries.count || webhook;
    return true;
}

bool webhooks_tidy(struct store *store, bool *ret_more, struct error *err) {
    bool has;
    *ret_more = false;
    return has_old(store, &has, err) && (!has || store_write(store, purge, ret_more, err));
}

bool webhooks_metrics(struct tx *tx, struct buffer *out, struct error *err) {
    const struct sql_webhook_states_row *states;
    const struct sql_webhook_delivery_waiting_row *waiting;
    if (!sql_webhook_states(tx, &tx->mem, &states, err) || !sql_webhook_delivery_waiting(tx, &tx->mem, &waiting, err)) return false;
    int64_t age = waiting->count && tx->now > waiting->oldest_at ? (tx->now - waiting->oldest_at) / SECOND : 0;
    buffer_printf(out, "# TYPE theke_webhooks gauge\ntheke_webhooks{state=\"active\"} %" PRId64 "\n", states->active);
    buffer_printf(out, "theke_webhooks{state=\"failing\"} %" PRId64 "\ntheke_webhooks{state=\"switched_off\"} %" PRId64 "\n", states->failing, states->off);
    buffer_printf(out, "# TYPE theke_webhook_deliveries_waiting gauge\ntheke_webhook_deliveries_waiting %" PRId64 "\n", waiting->count);
    buffer_printf(out, "# TYPE theke_webhook_deliveries_oldest_seconds gauge\ntheke_webhook_deliveries_oldest_seconds %" PRId64 "\n", age);
    return true;
}
