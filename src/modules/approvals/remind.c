/* Deadlines of approvals. */
#include "modules/approvals/approvals.h"

#include "modules/tickets/tickets.h"
#include "platform/events/events.h"
#include "sql/modules_approvals.h"

enum { BATCH = 100 };

static bool remind_of(struct tx *tx, const struct sql_approval_due_take_row *row, struct error *err) {
    const struct ticket *ticket;
    struct text data = text_printf(&tx->mem, "{\"approval\":%" PRId64 ",\"asker\":%" PRId64 ",\"approver\":%" PRId64 ",\"deputy\":%" PRId64 "}",
                                   row->approval_id, row->asker_id, row->approver_id, row->deputy_id);
    if (!ticket_find(tx, &tx->mem, row->ticket_id, &ticket, err)) return false;
    event_record(tx, &(struct event){.kind = "approval.overdue", .actor = ACTOR_SYSTEM, .ticket = row->ticket_id, .team = ticket->team,
                                     .assignee = ticket->assignee, .data = data, .internal = true});
    return sql_approval_remind(tx, &(struct sql_approval_remind){.approval_id = row->approval_id, .now_at = tx->now}, NULL, err);
}

static bool remind(struct tx *tx, void *argument, struct error *err) {
    bool *more = argument;
    struct sql_approval_due_take_rows rows;
    if (!sql_approval_due_take(tx, &tx->mem, &(struct sql_approval_due_take){.now_at = tx->now, .limit = BATCH}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++)
        if (!remind_of(tx, &rows.at[i], err)) return false;
    *more = rows.count == BATCH;
    return true;
}

/* Mostly there is none: then nobody has to wait for the writer. */
static bool has_due(struct store *store, bool *ret_has, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct sql_approval_due_rows rows;
    if (!store_read(store, &tx, err) || !sql_approval_due(&tx, &tx.mem, &(struct sql_approval_due){.now_at = tx.now, .limit = 1}, &rows, err)) return false;
    *ret_has = rows.count > 0;
    return true;
}

bool approvals_remind(struct store *store, bool *ret_more, struct error *err) {
    bool has;
    *ret_more = false;
    return has_due(store, &has, err) && (!has || store_write(store, remind, ret_more, err));
}

bool approvals_wait_for(struct tx *tx, int64_t approval, staff_id staff, ticket_id *ret_ticket, bool *ret_waits, struct error *err) {
    const struct sql_approval_open_for_row *row;
    const struct sql_approval_open_for in = {.approval_id = approval, .staff_id = staff};
    if (!sql_approval_open_for(tx, &tx->mem, &in, &row, err)) return false;
    *ret_ticket = row ? row->ticket_id : (ticket_id){0};
    *ret_waits = row && row->waits;
    return true;
}
