/* Search, best first: of the newest hits the ones that fit best, the younger before the older among equals.
 *
 * A cursor names the newest message of the first page, the rank and the id of the last item. Ranks depend on nothing that
 * came after that message, so the pages of one search fit together while messages arrive. */
#include "base/clock.h"
#include "modules/tickets/search_private.h"

#include <math.h>
#include <stdlib.h>

enum { CANDIDATES = 2000 };
static const double HALF_LIFE = 90.0 * 24 * 3600 * 1000000; /* microseconds in which half of the bonus of youth is gone */
static const double RANK_UNITS = 1e9;

struct ranked {
    int64_t score, id;
    ticket_id ticket;
};

struct ranking {
    int64_t newest, newest_at; /* the youngest message that takes part */
    struct ranked after;       /* the last item of the page before */
    struct ranked *all;
    size_t count;
};

static int best_first(const void *left, const void *right) {
    const struct ranked *a = left, *b = right;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    return a->id > b->id ? -1 : a->id < b->id;
}

/* The fitting message counts between once, when it is old, and twice. */
static int64_t score_of(const struct ranking *ranking, const struct sql_search_ranked_row *row) {
    double age = row->created_at < ranking->newest_at ? (double)(ranking->newest_at - row->created_at) : 0;
    return llround(row->rank * (1 + exp2(-age / HALF_LIFE)) * RANK_UNITS);
}

static bool read_cursor(struct text cursor, struct ranking *ranking, struct error *err) {
    size_t middle = text_find_char(cursor, '_');
    if (middle == SIZE_MAX || !text_to_int(text_slice(cursor, 0, middle), &ranking->newest))
        return error_field(err, "cursor", "invalid", "is not the 'next' of a page");
    return cursor_read(text_skip(cursor, middle + 1), &ranking->after.score, &ranking->after.id, err);
}

static bool begin(struct search *search, struct text cursor, struct ranking *ranking, struct error *err) {
    const struct sql_search_newest_row *newest = NULL;
    *ranking = (struct ranking){.newest = INT64_MAX, .after = {.score = INT64_MAX, .id = INT64_MAX}};
    if (cursor.data && !read_cursor(cursor, ranking, err)) return false;
    if (!sql_search_newest(search->request->tx, search->mem, &(struct sql_search_newest){.newest = ranking->newest}, &newest, err))
        return false;
    ranking->newest = newest ? newest->id : 0;
    ranking->newest_at = newest ? newest->created_at : 0;
    return true;
}

/* The words as a tsquery in PostgreSQL's own notation, so that the search can hold them against each document twice. */
static bool words_of_postgresql(struct search *search, struct text *ret_words, struct error *err) {
    struct composer *composer = &search->composer;
    struct sql_rows rows;
    composer_begin(composer, search->request->tx, search->mem, &statement_search_words);
    composer->sql = (struct buffer){.mem = search->mem};
    composer_add(composer, "SELECT CAST(");
    const char *before = "";
    for (const struct query *term = search->top; term; term = term->next) {
        if (!query_is_words(term) && !search_is_not_words(term)) continue;
        composer_add(composer, before);
        composer_add(composer, query_is_words(term) ? "" : "!! ");
        search_add_tsquery(search, query_is_words(term) ? term : term->first);
        before = " && ";
    }
    composer_add(composer, " AS TEXT) AS words");
    if (!composer_rows(composer, search->request->tx, search->mem, &rows, err)) return false;
    *ret_words = ((const struct sql_search_words_row *)rows.at)->words;
    return true;
}

static bool find(struct search *search, struct ranking *ranking, struct error *err) {
    struct composer *composer = &search->composer;
    struct sql_rows rows;
    struct text words;
    if (store_dialect(search->request->tx->store) == DIALECT_SQLITE) words = search_match(search);
    else if (!words_of_postgresql(search, &words, err)) return false;
    composer_begin(composer, search->request->tx, search->mem, &statement_search_ranked);
    composer_bind_int(composer, ranking->newest);
    composer_bind_text(composer, words);
    composer_add(composer, "\n WHERE 1 = 1");
    search_add_conditions(search);
    composer_add(composer, composer->dialect == DIALECT_SQLITE ? " ORDER BY message_index.rowid DESC" : " ORDER BY message_index.message_id DESC");
    buffer_printf(&composer->sql, " LIMIT %d", CANDIDATES);
    if (!composer_rows(composer, search->request->tx, search->mem, &rows, err)) return false;
    const struct sql_search_ranked_row *at = rows.at;
    ranking->all = arena_array(search->mem, rows.count + 1, sizeof *ranking->all);
    ranking->count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        ranking->all[i] = (struct ranked){.score = score_of(ranking, &at[i]), .id = at[i].id, .ticket = at[i].ticket_id};
    qsort(ranking->all, ranking->count, sizeof *ranking->all, best_first);
    return true;
}

/* The best message of each ticket stands for it; those that were on earlier pages are passed. */
bool search_by_relevance(struct search *search, struct text cursor, struct found_page *page, struct text *ret_next, struct error *err) {
    struct ranking ranking;
    if (!begin(search, cursor, &ranking, err) || !find(search, &ranking, err)) return false;
    struct found_page earlier = found_page_begin(search->mem, CANDIDATES);
    const struct ranked *last = NULL;
    bool has_more = false;
    for (size_t i = 0; i < ranking.count; i++) {
        const struct ranked *item = &ranking.all[i];
        struct found *found = found_on_page(page, item->ticket);
        if (!found && found_on_page(&earlier, item->ticket)) continue;
        if (!found && best_first(item, &ranking.after) <= 0) {
            found_add(&earlier, item->ticket);
            continue;
        }
        if (!found && page->count == page->limit) has_more = true;
        if (!found && page->count == page->limit) continue;
        if (!found) last = item, found = found_add(page, item->ticket);
        found_add_hit(found, item->id, (struct text){0});
    }
    if (has_more && last) *ret_next = text_printf(search->mem, "%" PRId64 "_%" PRId64 "_%" PRId64, ranking.newest, last->score, last->id);
    return true;
}
