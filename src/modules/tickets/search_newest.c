/* Search, newest first: walks the messages that fit from the newest on until the page has its tickets.
 *
 * A cursor names the message with which the next page begins. A ticket was on an earlier page when a message of it that is
 * newer than the page fits as well. */
#include "modules/tickets/search_private.h"

struct walk {
    struct search *search;
    struct found_page *page;
    int64_t from, before;     /* the page begins below from; the walk has come down to before */
    bool is_first;
    ticket_id *passed;        /* tickets of earlier pages that the walk met */
    size_t passed_count, passed_room;
    int64_t next;             /* the message with which the next page begins; 0: none */
};

static const char *message_column(const struct search *search) {
    return search->composer.dialect == DIALECT_SQLITE ? "message_index.rowid" : "message.id";
}

static void begin_hits(struct search *search) {
    composer_begin(&search->composer, search->request->tx, search->mem, &statement_search_hit);
    search_add_drive(search);
    search_add_conditions(search);
}

static bool read_below(struct walk *walk, int64_t limit, struct sql_rows *ret_rows, struct error *err) {
    struct search *search = walk->search;
    struct composer *composer = &search->composer;
    begin_hits(search);
    buffer_printf(&composer->sql, " AND %s < ", message_column(search));
    composer_int(composer, walk->before);
    buffer_printf(&composer->sql, " ORDER BY %s DESC LIMIT ", message_column(search));
    composer_int(composer, limit);
    return composer_rows(composer, search->request->tx, search->mem, ret_rows, err);
}

static bool was_shown(struct walk *walk, ticket_id ticket, bool *ret_was, struct error *err) {
    struct search *search = walk->search;
    struct composer *composer = &search->composer;
    struct sql_rows rows;
    *ret_was = false;
    if (walk->is_first) return true;
    begin_hits(search);
    buffer_printf(&composer->sql, " AND %s IN (SELECT id FROM message AS newer WHERE newer.shown_in_id = ", message_column(search));
    composer_int(composer, ticket.value);
    composer_add(composer, " AND newer.id >= ");
    composer_int(composer, walk->from);
    composer_add(composer, ") LIMIT 1");
    if (!composer_rows(composer, search->request->tx, search->mem, &rows, err)) return false;
    *ret_was = rows.count > 0;
    return true;
}

static bool is_passed(const struct walk *walk, ticket_id ticket) {
    for (size_t i = 0; i < walk->passed_count; i++)
        if (walk->passed[i].value == ticket.value) return true;
    return false;
}

static void pass(struct walk *walk, ticket_id ticket) {
    if (walk->passed_count == walk->passed_room) {
        size_t room = walk->passed_room ? 2 * walk->passed_room : 64;
        ticket_id *more = arena_array(walk->search->mem, room, sizeof *more);
        if (walk->passed_count) memcpy(more, walk->passed, walk->passed_count * sizeof *more);
        walk->passed = more;
        walk->passed_room = room;
    }
    walk->passed[walk->passed_count++] = ticket;
}

/* False with err untouched: the page is full, and this message begins the next one. */
static bool take(struct walk *walk, const struct sql_search_hit_row *row, bool *ret_full, struct error *err) {
    struct found *found = found_on_page(walk->page, row->ticket_id);
    bool was = false;
    *ret_full = false;
    if (!found && is_passed(walk, row->ticket_id)) return true;
    if (!found && !was_shown(walk, row->ticket_id, &was, err)) return false;
    if (was) {
        pass(walk, row->ticket_id);
        return true;
    }
    if (!found && walk->page->count == walk->page->limit) {
        *ret_full = true;
        walk->next = row->id;
        return true;
    }
    if (!found) found = found_add(walk->page, row->ticket_id);
    found_add_hit(found, row->id, row->text);
    return true;
}

static bool walk_down(struct walk *walk, struct error *err) {
    int64_t limit = 2 * (int64_t)walk->page->limit + 1;
    for (bool full = false; !full;) {
        struct sql_rows rows;
        if (!read_below(walk, limit, &rows, err)) return false;
        const struct sql_search_hit_row *at = rows.at;
        for (size_t i = 0; i < rows.count && !full; i++)
            if (!take(walk, &at[i], &full, err)) return false;
        if ((int64_t)rows.count < limit) break;
        walk->before = at[rows.count - 1].id;
    }
    return true;
}

bool search_newest(struct search *search, struct text cursor, struct found_page *page, struct text *ret_next, struct error *err) {
    int64_t key, from = INT64_MAX;
    if (cursor.data && !cursor_read(cursor, &key, &from, err)) return false;
    struct walk walk = {.search = search, .page = page, .from = from, .before = from, .is_first = !cursor.data};
    if (!walk_down(&walk, err)) return false;
    if (walk.next) *ret_next = cursor_make(search->mem, 0, walk.next + 1);
    return true;
}
