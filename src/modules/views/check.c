/* Holding the counters against a count of all tickets. */
#include "modules/views/views_private.h"

enum { CHUNK = 2000 };

struct checking {
    struct tx tx;
    struct counted_set set;
    struct step step;
};

static bool each(const struct counted *view, int64_t ticket, int64_t group) {
    return true;
}

static bool is_behind(struct checking *checking, bool *ret_behind, struct error *err) {
    const struct sql_view_cursor_read_row *cursor;
    struct sql_view_member_due_rows due;
    struct tx *tx = &checking->tx;
    if (!sql_view_cursor_read(tx, &checking->step.mem, &cursor, err) || !cursor || !counted_read(tx, cursor->revision, &checking->set, err)
        || !sql_view_member_due(tx, &checking->step.mem, &(struct sql_view_member_due){.now_at = tx->now, .limit = 1}, &due, err))
        return false;
    *ret_behind = checking->set.count > 0 && (cursor->event < cursor->newest || due.count > 0);
    for (size_t i = 0; i < checking->set.count; i++) {
        const struct counted *view = &checking->set.all[i];
        *ret_behind |= view->is_new || (view->condition && !view->is_counted);
        if (view->condition) condition_clock(view->condition, tx->now);
    }
    return true;
}

static bool count_tickets(struct checking *checking, struct error *err) {
    ticket_id after = {0};
    for (size_t count = CHUNK; count == CHUNK;) {
        SCOPED(arena_free) struct arena mem = {0};
        const struct ticket_facts *facts;
        if (!ticket_facts_after(&checking->tx, &mem, after, CHUNK, &count, &facts, err)) return false;
        for (size_t i = 0; i < count; i++) {
            struct member none = {.ticket = facts[i].id, .turns_at = INT64_MAX};
            step_take(&checking->step, &checking->set, &none, &facts[i], each, 0, checking->tx.now);
            after = facts[i].id;
        }
        step_settle(&checking->step);
    }
    return true;
}

static bool take_stored(struct checking *checking, struct error *err) {
    struct sql_view_team_counts_rows teams;
    struct sql_view_agent_counts_all_rows agents;
    struct arena *mem = &checking->step.mem;
    if (!sql_view_team_counts(&checking->tx, mem, &teams, err) || !sql_view_agent_counts_all(&checking->tx, mem, &agents, err)) return false;
    for (size_t i = 0; i < teams.count; i++) {
        const struct sql_view_team_counts_row *row = &teams.at[i];
        step_add(&checking->step, (struct change){.counting = row->counting, .team = row->team_id.value, .assignee = -1, .others = -row->others});
    }
    for (size_t i = 0; i < agents.count; i++) {
        const struct sql_view_agent_counts_all_row *row = &agents.at[i];
        step_add(&checking->step, (struct change){.counting = row->counting, .team = row->team_id.value, .assignee = row->assignee,
                                                  .own = -row->own, .others = -row->others});
    }
    step_settle(&checking->step);
    return true;
}

bool views_check(struct store *store, int64_t *ret_wrong, bool *ret_behind, struct error *err) {
    struct checking checking = {.set.revision = -1};
    *ret_wrong = 0;
    bool ok = store_read(store, &checking.tx, err) && is_behind(&checking, ret_behind, err);
    if (ok && !*ret_behind) ok = count_tickets(&checking, err) && take_stored(&checking, err);
    if (ok && !*ret_behind) *ret_wrong = (int64_t)checking.step.change_count;
    tx_end(&checking.tx);
    counted_free(&checking.set);
    arena_free(&checking.step.mem);
    return ok;
}
