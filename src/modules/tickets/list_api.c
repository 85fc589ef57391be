/* Lists of tickets: one page of a filter in an offered order, straight from the index that fits.
 *
 * The page is found first, as ids, by one walk of an index per category ((team, category, key, id) or (category, key,
 * id)), each bounded by the page's size, so that the cost does not grow with the number of tickets; then the
 * few tickets found are read whole. */
#include "api/modules_tickets.h"
#include "modules/tickets/tickets_private.h"

#include <sodium.h>

enum { DEFAULT_LIMIT = 50 };

struct text cursor_make(struct arena *mem, int64_t key, int64_t id) {
    return text_printf(mem, "%" PRId64 "_%" PRId64, key, id);
}

bool cursor_read(struct text cursor, int64_t *ret_key, int64_t *ret_id, struct error *err) {
    size_t middle = text_find_char(cursor, '_');
    if (middle == SIZE_MAX || !text_to_int(text_slice(cursor, 0, middle), ret_key)
        || !text_to_int(text_skip(cursor, middle + 1), ret_id))
        return error_field(err, "cursor", "invalid", "is not the 'next' of a page");
    return true;
}

struct page {
    const struct get_tickets_query *in;
    const struct actor *actor;
    const char *key;      /* column of the order */
    bool descending;
    int64_t limit, after_key, after_id;
    team_id team;
    bool categories[5];
    struct text state;    /* a named state beside its category */
};

static bool read_sort(struct page *page) {
    struct text sort = page->in->has_sort ? page->in->sort : text_of("-updated_at");
    page->descending = text_starts(sort, "-");
    if (page->descending) sort = text_skip(sort, 1);
    page->key = text_is(sort, "created_at") ? "created_at" : text_is(sort, "priority") ? "priority" : "updated_at";
    return true;
}

static bool read_state(struct page *page, struct request *request, struct error *err) {
    struct text state = page->in->state;
    enum category category;
    if (!page->in->has_state || text_is(state, "all")) {
        memset(page->categories, 1, sizeof page->categories);
    } else if (text_is(state, "active")) {
        page->categories[CATEGORY_NEW] = page->categories[CATEGORY_OPEN] = page->categories[CATEGORY_WAITING] = true;
    } else if (category_find(state, &category)) {
        page->categories[category] = true;
    } else {
        const struct sql_ticket_state_by_key_row *row;
        if (!sql_ticket_state_by_key(request->tx, request->mem, &(struct sql_ticket_state_by_key){.key = state}, &row, err)) return false;
        if (!row) return error_field(err, "state", "unknown", "there is no such state");
        page->categories[row->category] = true;
        page->state = state;
    }
    return true;
}

bool team_of_word(struct tx *tx, struct arena *mem, struct text word, team_id *ret_team, struct error *err) {
    int64_t number;
    if (text_to_int(word, &number)) {
        const struct sql_team_exists_row *row;
        if (!sql_team_exists(tx, mem, &(struct sql_team_exists){.team_id = {number}}, &row, err)) return false;
        if (!row) return error_field(err, "team", "unknown", "there is no such team");
        *ret_team = row->team_id;
        return true;
    }
    const struct sql_team_by_slug_row *row;
    if (!sql_team_by_slug(tx, mem, &(struct sql_team_by_slug){.slug = text_fold(mem, word)}, &row, err)) return false;
    if (!row) return error_field(err, "team", "unknown", "there is no such team");
    *ret_team = row->team_id;
    return true;
}

static bool read_page(struct page *page, struct request *request, struct error *err) {
    const struct get_tickets_query *in = page->in;
    page->limit = in->has_limit ? in->limit : DEFAULT_LIMIT;
    if (in->has_team && !team_of_word(request->tx, request->mem, in->team, &page->team, err)) return false;
    if (in->has_cursor && !cursor_read(in->cursor, &page->after_key, &page->after_id, err)) return false;
    return read_sort(page) && read_state(page, request, err);
}

static void add_assignee(struct composer *query, const struct page *page) {
    struct text word = page->in->assignee;
    int64_t number;
    if (!page->in->has_assignee) return;
    if (text_is(word, "none")) {
        composer_add(query, " AND ticket.assignee_id IS NULL");
        return;
    }
    composer_add(query, " AND ticket.assignee_id = ");
    composer_int(query, text_is(word, "me") ? page->actor->staff.value : text_to_int(word, &number) ? number : 0);
}

static void add_conditions(struct composer *query, const struct page *page) {
    const struct get_tickets_query *in = page->in;
    if (page->team.value) {
        composer_add(query, " AND ticket.team_id = ");
        composer_int(query, page->team.value);
    }
    add_assignee(query, page);
    if (page->state.data) {
        composer_add(query, " AND ticket.state_id = (SELECT id FROM ticket_state WHERE key = ");
        composer_text(query, page->state);
        composer_add(query, ")");
    }
    if (in->has_requester) {
        composer_add(query, " AND ticket.requester_id = ");
        composer_int(query, in->requester);
    }
    if (in->has_tag) {
        composer_add(query, " AND EXISTS (SELECT 1 FROM ticket_tag WHERE ticket_tag.ticket_id = ticket.id AND ticket_tag.tag = ");
        composer_text(query, text_fold(query->mem, in->tag));
        composer_add(query, ")");
    }
    composer_add(query, in->spam ? " AND ticket.is_spam = 1" : " AND ticket.is_spam = 0");
    composer_add(query, " AND ticket.merged_into_id IS NULL");
    composer_visible(query, page->actor);
}

static void add_order(struct composer *query, const struct page *page, const char *table) {
    const char *direction = page->descending ? "DESC" : "ASC";
    buffer_printf(&query->sql, " ORDER BY %s.%s %s, %s.id %s LIMIT %" PRId64, table, page->key, direction, table, direction, page->limit + 1);
}

static void add_category(struct composer *query, const struct page *page, int category) {
    buffer_printf(&query->sql, "SELECT * FROM (SELECT ticket.id, ticket.%s FROM ticket WHERE ticket.category = %d", page->key, category);
    add_conditions(query, page);
    if (page->after_id) {
        buffer_printf(&query->sql, " AND (ticket.%s, ticket.id) %c (", page->key, page->descending ? '<' : '>');
        composer_int(query, page->after_key);
        composer_add(query, ", ");
        composer_int(query, page->after_id);
        composer_add(query, ")");
    }
    add_order(query, page, "ticket");
    composer_add(query, ") AS one");
}

/* PostgreSQL gives up finding the best order beyond eight tables and would join all tickets before it looks at the page: there the
 * page is worked out first. */
static void compose(struct composer *query, const struct page *page) {
    bool first = true, page_first = query->dialect == DIALECT_POSTGRESQL;
    composer_bind_int(query, page->actor->staff.value);
    composer_add(query, page_first ? "\n WHERE ticket.id = ANY (ARRAY(SELECT page.id FROM (" : "\n JOIN (");
    for (int category = 0; category < 5; category++) {
        if (!page->categories[category]) continue;
        if (!first) composer_add(query, " UNION ALL ");
        first = false;
        add_category(query, page, category);
    }
    composer_add(query, page_first ? ") AS page))" : ") AS page ON page.id = ticket.id");
    add_order(query, page, page_first ? "ticket" : "page");
}

/* The rows are read as structs first, because the last one tells where the next page begins. */
static int64_t key_of(const struct page *page, const struct sql_ticket_view_row *row) {
    if (strcmp(page->key, "created_at") == 0) return row->created_at;
    if (strcmp(page->key, "updated_at") == 0) return row->updated_at;
    enum priority priority;
    return priority_find(row->priority, &priority) ? (int64_t)priority : 0;
}

bool get_tickets(struct request *request, struct response *response, struct error *err) {
    struct page page = {.in = request->query, .actor = request->actor};
    struct composer query;
    struct sql_rows rows;
    if (!read_page(&page, request, err)) return false;
    composer_begin(&query, request->tx, request->mem, &statement_ticket_view);
    compose(&query, &page);
    if (!composer_rows(&query, request->tx, request->mem, &rows, err)) return false;
    struct json_writer *json = &response->json;
    const struct sql_ticket_view_row *at = rows.at;
    bool more = (int64_t)rows.count > page.limit;
    size_t shown = more ? (size_t)page.limit : rows.count;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < shown; i++) statement_row_json(&statement_ticket_view, &at[i], json);
    json_array_end(json);
    json_put_text(json, "next", more ? cursor_make(request->mem, key_of(&page, &at[shown - 1]), at[shown - 1].id) : (struct text){0});
    json_object_end(json);
    return true;
}
