/* How many tickets are to be done where, and how many have which tag, counted with each change in its transaction. */
#include "modules/tickets/tickets_private.h"

#include <jansson.h>

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

/* What waits for somebody else or for a day is not to be done now. */
static bool is_working(const struct ticket *ticket) {
    return ticket->is_active && ticket->category != CATEGORY_WAITING;
}

void counters_move(struct tx *tx, const struct ticket *before, const struct ticket *after) {
    bool was = before && is_working(before), is = is_working(after);
    if (was && is && before->team.value == after->team.value && before->assignee.value == after->assignee.value) return;
    if (was) count_later(tx, before, -1);
    if (is) count_later(tx, after, 1);
}

/* --- Tags ---------------------------------------------------------------------------------------------------------------- */

struct tag_move {
    struct text tag;
    team_id team;
    int64_t assignee, change;
};

static bool tag_count_move(struct tx *tx, void *argument, struct error *err) {
    const struct tag_move *move = argument;
    const struct sql_ticket_tag_count_add in = {.tag = move->tag, .team_id = move->team, .assignee = move->assignee, .change = move->change};
    return events_hold(tx, err) && sql_ticket_tag_count_add(tx, &in, NULL, err);
}

static bool stands_before(const json_t *tags, size_t index) {
    for (size_t i = 0; i < index; i++)
        if (json_equal(json_array_get(tags, i), json_array_get(tags, index))) return true;
    return false;
}

static void count_tags_later(struct tx *tx, const struct ticket *ticket, int64_t change) {
    if (!ticket_is_tagged(ticket)) return;
    json_t *tags = json_loadb(ticket->tags.data, ticket->tags.size, 0, NULL);
    for (size_t i = 0; i < json_array_size(tags); i++) {
        const json_t *tag = json_array_get(tags, i);
        if (stands_before(tags, i)) continue;
        struct tag_move *move = arena_alloc(&tx->mem, sizeof *move);
        *move = (struct tag_move){text_copy(&tx->mem, text_from(json_string_value(tag), json_string_length(tag))), ticket->team,
                                  ticket->assignee.value, change};
        tx_at_end(tx, tag_count_move, move);
    }
    json_decref(tags);
}

void tag_counters_move(struct tx *tx, const struct ticket *before, const struct ticket *after) {
    if (before && text_equal(before->tags, after->tags) && before->team.value == after->team.value && before->assignee.value == after->assignee.value)
        return;
    if (before) count_tags_later(tx, before, -1);
    count_tags_later(tx, after, 1);
}

/* --- Checking and mending ------------------------------------------------------------------------------------------------ */

bool counters_check(struct tx *tx, int64_t *ret_wrong, struct error *err) {
    struct sql_ticket_count_wrong_rows rows;
    if (!sql_ticket_count_wrong(tx, &tx->mem, &rows, err)) return false;
    *ret_wrong = (int64_t)rows.count;
    return true;
}

bool tag_counters_check(struct tx *tx, int64_t *ret_wrong, struct error *err) {
    struct sql_ticket_tag_count_wrong_rows rows;
    if (!sql_ticket_tag_count_wrong(tx, &tx->mem, &rows, err)) return false;
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

static bool mend_tags(struct tx *tx, void *argument, struct error *err) {
    struct sql_ticket_tag_count_wrong_rows rows;
    if (!events_hold(tx, err) || !sql_ticket_tag_count_wrong(tx, &tx->mem, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        const struct sql_ticket_tag_count_add in = {.tag = rows.at[i].tag, .team_id = rows.at[i].team_id, .assignee = rows.at[i].assignee,
                                                    .change = rows.at[i].there - rows.at[i].counted};
        if (!sql_ticket_tag_count_add(tx, &in, NULL, err)) return false;
    }
    return true;
}

bool tag_counters_mend(struct store *store, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    int64_t wrong;
    if (!store_read(store, &tx, err) || !tag_counters_check(&tx, &wrong, err)) return false;
    tx_end(&tx);
    return !wrong || store_write(store, mend_tags, NULL, err);
}
