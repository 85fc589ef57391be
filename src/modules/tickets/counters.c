/* How many tickets wait where, counted with each change in its transaction. */
#include "modules/tickets/tickets_private.h"

struct move {
    team_id team;
    int64_t assignee, change;
};

/* Under the lock of the events, so that two who count the same don't wait for each other in turn. */
static bool count_move(struct tx *tx, void *argument, struct error *err) {
    const struct move *move = argument;
    const struct sql_ticket_count_add in = {.team_id = move->team, .assignee = move->assignee, .change = move->change};
    return events_hold(tx, err) && sql_ticket_count_add(tx, &in, NULL, err);
}

static void count_later(struct tx *tx, const struct ticket *ticket, int64_t change) {
    struct move *move = arena_alloc(&tx->mem, sizeof *move);
    *move = (struct move){ticket->team, ticket->assignee.value, change};
    tx_at_end(tx, count_move, move);
}

void counters_move(struct tx *tx, const struct ticket *before, const struct ticket *after) {
    bool was = before && before->is_active, is = after->is_active;
    if (was && is && before->team.value == after->team.value && before->assignee.value == after->assignee.value) return;
    if (was) count_later(tx, before, -1);
    if (is) count_later(tx, after, 1);
}

bool counters_check(struct tx *tx, int64_t *ret_wrong, struct error *err) {
    struct sql_ticket_count_wrong_rows rows;
    if (!sql_ticket_count_wrong(tx, &tx->mem, &rows, err)) return false;
    *ret_wrong = (int64_t)rows.count;
    return true;
}

static bool mend(struct tx *tx, void *argument, struct error *err) {
    struct sql_ticket_count_wrong_rows rows;
    if (!events_hold(tx, err) || !sql_ticket_count_wrong(tx, &tx->mem, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        const struct sql_ticket_count_add in = {.team_id = rows.at[i].team_id, .assignee = rows.at[i].assignee,
                                                .change = rows.at[i].there - rows.at[i].counted};
        if (!sql_ticket_count_add(tx, &in, NULL, err)) return false;
    }
    return true;
}

bool counters_mend(struct store *store, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    int64_t wrong;
    if (!store_read(store, &tx, err) || !counters_check(&tx, &wrong, err)) return false;
    tx_end(&tx);
    return !wrong || store_write(store, mend, NULL, err);
}
