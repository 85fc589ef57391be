/* Which countings a ticket is in, and what a change of that adds to the counts. */
#include "modules/views/views_private.h"

#include <stdlib.h>

struct member member_read(struct arena *mem, ticket_id id, const struct sql_view_member_find_row *row) {
    struct member member = {.ticket = id, .turns_at = INT64_MAX};
    struct text rest = row ? row->countings : (struct text){0}, word;
    member.entries = arena_array(mem, rest.size / 2 + 1, sizeof *member.entries);
    if (!row) return member;
    member.team = row->team_id;
    member.assignee = row->assignee;
    member.turns_at = row->turns_at ? row->turns_at : INT64_MAX;
    while (text_next(&rest, ' ', &word)) {
        struct entry entry = {.mark = text_ends(word, "+") ? '+' : text_ends(word, "-") ? '-' : '\0'};
        if (entry.mark) word.size--;
        if (text_to_int(word, &entry.counting)) member.entries[member.count++] = entry;
    }
    return member;
}

static struct text entries_text(struct arena *mem, const struct member *member) {
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < member->count; i++) {
        const struct entry *entry = &member->entries[i];
        buffer_printf(&out, i ? " %" PRId64 : "%" PRId64, entry->counting);
        if (entry->mark) buffer_add_char(&out, entry->mark);
    }
    return buffer_text(&out);
}

static void *grown(struct arena *mem, void *old, size_t count, size_t *room, size_t size) {
    if (count < *room) return old;
    *room = *room ? 2 * *room : 256;
    void *more = arena_array(mem, *room, size);
    if (count) memcpy(more, old, count * size);
    return more;
}

void step_add(struct step *step, struct change change) {
    step->changes = grown(&step->mem, step->changes, step->change_count, &step->change_room, sizeof *step->changes);
    step->changes[step->change_count++] = change;
}

static bool is_known(const struct counted_set *set, int64_t counting) {
    for (size_t i = 0; i < set->count; i++)
        if (set->all[i].counting == counting) return true;
    return false;
}

/* A member gives to (sign 1) or takes from (-1) the counts. */
static void count_member(struct step *step, const struct member *member, int64_t sign) {
    for (size_t i = 0; i < member->count; i++) {
        const struct entry *entry = &member->entries[i];
        struct change change = {.counting = entry->counting, .team = member->team.value, .assignee = -1, .others = entry->mark != '+' ? sign : 0};
        if (change.others) step_add(step, change);
        change.assignee = member->assignee;
        change.own = entry->mark != '-' ? sign : 0;
        if (member->assignee) step_add(step, change);
    }
}

static bool is_same(const struct member *a, const struct member *b) {
    if (a->team.value != b->team.value || a->assignee != b->assignee || a->turns_at != b->turns_at || a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->entries[i].counting != b->entries[i].counting || a->entries[i].mark != b->entries[i].mark) return false;
    return true;
}

static const struct entry *find_entry(const struct member *member, int64_t counting) {
    for (size_t i = 0; i < member->count; i++)
        if (member->entries[i].counting == counting) return &member->entries[i];
    return NULL;
}

static void put_entry(struct member *member, int64_t counting, bool own, bool others) {
    if (own || others) member->entries[member->count++] = (struct entry){counting, own == others ? '\0' : own ? '+' : '-'};
}

static void put_to(const struct counted *view, const struct ticket_facts *facts, struct member *member, int64_t now) {
    bool others = condition_finds(view->condition, facts, false);
    bool own = view->has_me && facts->assignee.value ? condition_finds(view->condition, facts, true) : others;
    int64_t turn = view->moves ? condition_turns(view->condition, facts, now) : INT64_MAX;
    put_entry(member, view->counting, own, others);
    if (turn < member->turns_at) member->turns_at = turn;
}

/* Countings that nobody knows any more have no counts left to take from. */
static struct member without_unknown(struct arena *mem, const struct counted_set *set, const struct member *member) {
    struct member known = *member;
    known.entries = arena_array(mem, member->count + 1, sizeof *known.entries);
    known.count = 0;
    for (size_t i = 0; i < member->count; i++)
        if (is_known(set, member->entries[i].counting)) known.entries[known.count++] = member->entries[i];
    return known;
}

void step_take(struct step *step, const struct counted_set *set, const struct member *stored, const struct ticket_facts *facts,
               counted_among *among, int64_t group, int64_t now) {
    struct member before = without_unknown(&step->mem, set, stored);
    struct member after = {.ticket = before.ticket, .turns_at = INT64_MAX};
    after.entries = arena_array(&step->mem, set->count + 1, sizeof *after.entries);
    if (facts) after.team = facts->team, after.assignee = facts->assignee.value;
    for (size_t i = 0; facts && i < set->count; i++) {
        const struct counted *view = &set->all[i];
        if (!view->condition || !view->counting) continue;
        if (among(view, facts->id.value, group)) {
            put_to(view, facts, &after, now);
            continue;
        }
        const struct entry *kept = find_entry(&before, view->counting);
        if (kept) after.entries[after.count++] = *kept;
        if (view->moves && before.turns_at < after.turns_at) after.turns_at = before.turns_at;
    }
    if (is_same(stored, &after)) return;
    count_member(step, &before, -1);
    count_member(step, &after, 1);
    step->members = grown(&step->mem, step->members, step->member_count, &step->member_room, sizeof *step->members);
    step->members[step->member_count++] = after;
}

/* --- Writing ----------------------------------------------------------------------------------------------------- */

static int by_place(const void *left, const void *right) {
    const struct change *a = left, *b = right;
    if (a->counting != b->counting) return a->counting < b->counting ? -1 : 1;
    if (a->team != b->team) return a->team < b->team ? -1 : 1;
    return a->assignee < b->assignee ? -1 : a->assignee > b->assignee;
}

void step_settle(struct step *step) {
    size_t kept = 0;
    if (step->change_count) qsort(step->changes, step->change_count, sizeof *step->changes, by_place);
    for (size_t i = 0; i < step->change_count;) {
        struct change sum = step->changes[i++];
        for (; i < step->change_count && by_place(&sum, &step->changes[i]) == 0; i++) {
            sum.own += step->changes[i].own;
            sum.others += step->changes[i].others;
        }
        if (sum.own || sum.others) step->changes[kept++] = sum;
    }
    step->change_count = kept;
}

static bool write_member(struct tx *tx, const struct member *member, struct error *err) {
    bool is_in = member->count > 0 || member->turns_at != INT64_MAX;
    if (!is_in) return sql_view_member_delete(tx, &(struct sql_view_member_delete){.ticket_id = member->ticket}, NULL, err);
    const struct sql_view_member_put in = {.ticket_id = member->ticket, .team_id = member->team, .assignee = member->assignee,
                                           .countings = entries_text(&tx->mem, member),
                                           .turns_at = member->turns_at == INT64_MAX ? 0 : member->turns_at};
    return sql_view_member_put(tx, &in, NULL, err);
}

static bool write_change(struct tx *tx, const struct change *change, struct error *err) {
    const struct sql_view_team_count_add of_team = {.counting = change->counting, .team_id = {change->team}, .others = change->others};
    const struct sql_view_agent_count_add of_agent = {.counting = change->counting, .team_id = {change->team}, .assignee = change->assignee,
                                                      .own = change->own, .others = change->others};
    return change->assignee < 0 ? sql_view_team_count_add(tx, &of_team, NULL, err) : sql_view_agent_count_add(tx, &of_agent, NULL, err);
}

bool step_write(struct tx *tx, const struct step *step, struct error *err) {
    for (size_t i = 0; i < step->member_count; i++)
        if (!write_member(tx, &step->members[i], err)) return false;
    for (size_t i = 0; i < step->change_count; i++)
        if (!write_change(tx, &step->changes[i], err)) return false;
    return true;
}
