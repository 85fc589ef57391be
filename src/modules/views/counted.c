/* The views as they are counted: each with its condition bound, and the number under which that meaning is counted. */
#include "modules/views/views_private.h"

#include <sodium.h>

static void add_meaning(struct buffer *out, const struct ticket_condition *condition) {
    for (size_t i = 0; i < condition->id_count; i++) buffer_printf(out, " %" PRId64, condition->ids[i]);
    for (size_t i = 0; i < condition->key_count; i++) buffer_printf(out, " %.*s", (int)condition->keys[i].size, condition->keys[i].data);
    bool is_tag = condition->kind == QUERY_TERM && condition->term->field == QUERY_TAG;
    if (is_tag) buffer_printf(out, " %.*s", (int)condition->value.size, condition->value.data);
    buffer_printf(out, ";");
    for (const struct ticket_condition *child = condition->first; child; child = child->next) add_meaning(out, child);
}

/* The same text with the same people, teams, states, companies, tags and choices behind its names. */
static struct text meaning_of(struct arena *mem, const struct sql_view_all_row *row, staff_id me, const struct ticket_condition *condition) {
    unsigned char hash[16];
    char hex[2 * sizeof hash + 1];
    struct buffer out = {.mem = mem};
    buffer_printf(&out, "%.*s\n%.*s\n%" PRId64 "\n", (int)row->condition.size, row->condition.data, (int)row->zone.size, row->zone.data, me.value);
    add_meaning(&out, condition);
    crypto_generichash(hash, sizeof hash, (const unsigned char *)out.data, out.size, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return text_copy(mem, text_of(hex));
}

static bool has_me(const struct ticket_condition *condition) {
    bool has = condition->is_me;
    for (const struct ticket_condition *child = condition->first; child && !has; child = child->next) has = has_me(child);
    return has;
}

/* A condition whose names are gone, or that is another one for each reader of a ticket, is not counted. */
static struct counted counted_of(struct arena *mem, const struct condition_names *names, const struct sql_view_all_row *row) {
    struct counted view = {.view = row->view_id, .counting = row->counting, .counted_to = row->counted_to, .is_counted = row->is_counted};
    staff_id me = text_is(row->scope, "personal") ? row->owner_id : (staff_id){0};
    const struct query *query;
    struct ticket_condition *condition;
    struct error ignored = {0};
    bool ok = query_parse(mem, row->condition, &query, NULL, &ignored)
              && condition_bind(names, mem, query, "condition", row->zone, me, &condition, &ignored)
              && !condition_has_words(condition) && !condition_has_own(condition);
    view.bound = ok ? meaning_of(mem, row, me, condition) : text_of("uncounted");
    view.is_new = !text_equal(view.bound, row->bound);
    if (!ok) return view;
    view.condition = condition;
    view.has_me = has_me(condition);
    view.moves = condition_moves(condition);
    view.has_people = condition_has_people(condition);
    return view;
}

bool counted_read(struct tx *tx, int64_t revision, struct counted_set *set, struct error *err) {
    struct counted_set read = {.revision = revision};
    const struct condition_names *names;
    struct sql_view_all_rows rows;
    struct sql_view_count_orphans_rows orphans;
    bool ok = sql_view_all(tx, &read.mem, &rows, err) && condition_names_read(tx, &read.mem, &names, err)
              && sql_view_count_orphans(tx, &read.mem, &orphans, err);
    if (!ok) {
        arena_free(&read.mem);
        return false;
    }
    read.all = arena_array(&read.mem, rows.count + 1, sizeof *read.all);
    read.count = rows.count;
    read.has_orphans = orphans.count > 0;
    for (size_t i = 0; i < rows.count; i++) {
        read.all[i] = counted_of(&read.mem, names, &rows.at[i]);
        read.has_people |= read.all[i].has_people;
        read.has_new |= read.all[i].is_new;
    }
    counted_free(set);
    *set = read;
    return true;
}

void counted_free(struct counted_set *set) {
    arena_free(&set->mem);
    *set = (struct counted_set){.revision = -1};
}
