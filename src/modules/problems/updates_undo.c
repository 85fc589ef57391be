/* Taking an update of a problem back: what is not written yet never is, and what has not left yet is taken back one by one. */
#include "modules/problems/problems.h"
#include "modules/tickets/tickets.h"
#include "platform/operations/operations.h"
#include "sql/modules_problems.h"

static bool take_back(struct undoing *undoing, const struct sql_problem_update_items_row *item, struct error *err) {
    const struct doer doer = {.kind = undoing->actor, .id = undoing->actor_id,
                              .cause = text_printf(&undoing->tx->mem, "operation %" PRId64 " taken back", undoing->operation->id)};
    return undoing->is_trial || message_undo(undoing->tx, &doer, item->message_id, err);
}

static bool undo(struct undoing *undoing, struct error *err) {
    struct sql_problem_update_items_rows rows;
    struct sql_problem_update_hold_rows held;
    int64_t id = 0, sent = 0, open = 0;
    struct text word = json_member(undoing->mem, undoing->operation->data, "update");
    if (!text_to_int(word, &id)) return error_set(err, ERR_INTERNAL, "operation %" PRId64 " names no update", undoing->operation->id);
    if (!undoing->is_trial && (!sql_problem_update_hold(undoing->tx, undoing->mem, &(struct sql_problem_update_hold){.update_id = id}, &held, err)
                               || !sql_problem_update_cancel(undoing->tx, &(struct sql_problem_update_cancel){.update_id = id}, NULL, err)
                               || !sql_problem_update_finish(undoing->tx, &(struct sql_problem_update_finish){undoing->tx->now, id}, NULL, err)))
        return false;
    if (!sql_problem_update_items(undoing->tx, undoing->mem, &(struct sql_problem_update_items){.update_id = id}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        bool is_held = text_is(rows.at[i].delivery, "held");
        bool is_open = is_held || text_is(rows.at[i].state, "pending") || text_is(rows.at[i].state, "cancelled");
        open += is_open;
        sent += !is_open && text_is(rows.at[i].state, "done") && !text_is(rows.at[i].delivery, "cancelled");
        if (is_held && !take_back(undoing, &rows.at[i], err)) return false;
    }
    if (!open) undoing->refused = "message_sent";
    else if (sent) undoing_keep(undoing, "deliveries", "sent", (ticket_id){0}, sent);
    return true;
}

const struct operation_kind update_operation = {"problem.update", CAN_TICKETS_REPLY, undo};
