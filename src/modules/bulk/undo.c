/* Taking a bulk edit back: what is not changed yet never is, and the rest goes back ticket by ticket behind the request. */
#include "modules/bulk/bulk_private.h"

static bool begin(struct undoing *undoing, int64_t bulk, struct error *err) {
    struct tx *tx = undoing->tx;
    struct sql_bulk_hold_rows held;
    const struct sql_bulk_return in = {.bulk_id = bulk, .undone_by_id = undoing->actor_id};
    return sql_bulk_hold(tx, undoing->mem, &(struct sql_bulk_hold){.bulk_id = bulk}, &held, err)
           && sql_bulk_cancel(tx, &(struct sql_bulk_cancel){.bulk_id = bulk}, NULL, err) && sql_bulk_return(tx, &in, NULL, err)
           && sql_bulk_return_items(tx, &(struct sql_bulk_return_items){.bulk_id = bulk}, NULL, err)
           && sql_bulk_finish(tx, &(struct sql_bulk_finish){.bulk_id = bulk, .finished_at = tx->now}, NULL, err);
}

/* How many have been touched since can be said at once; which of their fields stay is found out as they go back. */
static bool undo(struct undoing *undoing, struct error *err) {
    const struct sql_bulk_row_row *bulk;
    const struct sql_bulk_touched_row *touched;
    int64_t id = 0;
    struct text word = json_member(undoing->mem, undoing->operation->data, "bulk");
    if (!text_to_int(word, &id)) return error_set(err, ERR_INTERNAL, "operation %" PRId64 " names no bulk edit", undoing->operation->id);
    if (!sql_bulk_row(undoing->tx, undoing->mem, &(struct sql_bulk_row){.bulk_id = id}, &bulk, err)
        || !sql_bulk_touched(undoing->tx, undoing->mem, &(struct sql_bulk_touched){.bulk_id = id}, &touched, err))
        return false;
    if (!bulk) undoing->refused = "bulk_too_old";
    if (undoing->refused) return true;
    if (touched && touched->touched) undoing_keep(undoing, "tickets", "touched", (ticket_id){0}, touched->touched);
    return undoing->is_trial || begin(undoing, id, err);
}

const struct operation_kind bulk_operation = {"ticket.bulk", CAN_TICKETS_CHANGE, undo, .by_parts = true};
