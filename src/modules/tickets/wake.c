/* Waiting for a day: when it has come, the ticket opens again, or comes back to who had put it off. */
#include "modules/tickets/tickets_private.h"

enum { BATCH = 100 };

static bool wake_one(struct tx *tx, ticket_id id, struct error *err) {
    const struct doer doer = {.kind = ACTOR_SYSTEM, .cause = text_of("date")};
    const struct ticket_change change = {.has_state = true, .state = text_of("open")};
    return ticket_apply(tx, &doer, id, &change, err) || error_context(err, "ticket %" PRId64, id.value);
}

static bool wake_due(struct tx *tx, void *argument, struct error *err) {
    bool *more = argument, more_snoozes;
    struct sql_ticket_due_take_rows rows;
    if (!sql_ticket_due_take(tx, &tx->mem, &(struct sql_ticket_due_take){.now_at = tx->now, .limit = BATCH}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++)
        if (!wake_one(tx, rows.at[i].ticket_id, err)) return false;
    if (!snoozes_wake(tx, BATCH, &more_snoozes, err)) return false;
    *more = rows.count == BATCH || more_snoozes;
    return true;
}

/* Mostly there is none: then nobody has to wait for the writer. */
static bool has_due(struct store *store, bool *ret_has, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct sql_ticket_due_rows rows;
    struct sql_snooze_due_rows snoozes;
    if (!store_read(store, &tx, err) || !sql_ticket_due(&tx, &tx.mem, &(struct sql_ticket_due){.now_at = tx.now, .limit = 1}, &rows, err)
        || !sql_snooze_due(&tx, &tx.mem, &(struct sql_snooze_due){.now_at = tx.now, .limit = 1}, &snoozes, err))
        return false;
    *ret_has = rows.count > 0 || snoozes.count > 0;
    return true;
}

bool tickets_wake(struct store *store, bool *ret_more, struct error *err) {
    bool has;
    *ret_more = false;
    return has_due(store, &has, err) && (!has || store_write(store, wake_due, ret_more, err));
}
