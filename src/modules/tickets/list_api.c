/* Lists of tickets: one page of a filter in an offered order, straight from the index that fits (list_walks.c). Then the few
 * tickets found are read whole.
 *
 * A condition that no index serves is held against so many tickets of these walks and no more: the page then ends early, and its
 * cursor goes on behind them. */
#include "api/modules_tickets.h"
#include "modules/tickets/list_private.h"

#include <sodium.h>

enum { DEFAULT_LIMIT = 50, EXAMINED = 20000, EXAMINED_LEAST = 500 };

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

static bool read_sort(struct page *page) {
    if (page->is_snoozed) {
        page->key = "waiting_until_at";
        return true;
    }
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
    } else if (text_is(state, "working")) {
        page->categories[CATEGORY_NEW] = page->categories[CATEGORY_OPEN] = true;
    } else if (category_find(state, &category)) {
        page->categories[category] = true;
    } else {
        const struct sql_ticket_state_by_key_row *row;
        if (!sql_ticket_state_by_key(request->tx, request->mem, &(struct sql_ticket_state_by_key){.key = state}, &row, err)) return false;
        if (!row) return error_field(err, "state", "unknown", "there is no such state");
        page->categories[row->category] = true;
        page->state = row->state_id.value;
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

static void read_assignee(struct page *page) {
    struct text word = page->in->assignee;
    int64_t number;
    page->is_unassigned = page->in->has_assignee && text_is(word, "none");
    if (!page->in->has_assignee || page->is_unassigned) return;
    page->assignee = text_is(word, "me") ? page->actor->staff : (staff_id){text_to_int(word, &number) ? number : -1};
}

static bool read_page(struct page *page, struct request *request, struct error *err) {
    const struct get_tickets_query *in = page->in;
    page->is_spam = in->spam;
    page->is_snoozed = in->snoozed;
    page->is_awake = in->awake;
    page->requester = in->has_requester ? (person_id){in->requester} : (person_id){0};
    if (in->watching) page->watcher = page->actor->staff;
    if (in->mentioned) page->mentioned = page->actor->staff;
    if (in->has_tag && !tag_meaning(request->tx, request->mem, text_fold(request->mem, in->tag), &page->tag, err)) return false;
    page->limit = in->has_limit ? in->limit : DEFAULT_LIMIT;
    if (in->has_team && !team_of_word(request->tx, request->mem, in->team, &page->team, err)) return false;
    if (in->has_cursor && !cursor_read(in->cursor, &page->after_key, &page->after_id, err)) return false;
    read_assignee(page);
    return read_sort(page) && read_state(page, request, err);
}

/* PostgreSQL gives up finding the best order beyond eight tables and would join all tickets before it looks at the page: there the
 * page is worked out first. */
static bool compose(struct composer *query, struct page *page, struct request *request, struct error *err) {
    bool page_first = query->dialect == DIALECT_POSTGRESQL;
    composer_bind_int(query, page->actor->staff.value);
    page_bind_tag(query, page);
    composer_add(query, page_first ? "\n WHERE ticket.id = ANY (ARRAY(SELECT page.id FROM (" : "\n JOIN (");
    if (!page_walks(query, page, request->tx, err)) return false;
    composer_add(query, page_first ? ") AS page ORDER BY " : ") AS page ON page.id = ticket.id ORDER BY ");
    page_order(query, page, "page.key", "page.id");
    if (!page_first) return true;
    composer_add(query, ")) ORDER BY ");
    buffer_printf(&query->sql, "ticket.%s %s, ticket.id %s", page->key, page->descending ? "DESC" : "ASC", page->descending ? "DESC" : "ASC");
    return true;
}

/* What the reader has begun to write, the latest first, or has put off, the next one first: few enough for one page. */
static void compose_own(struct composer *query, const struct page *page) {
    const char *table = page->in->draft ? "draft" : "snooze", *order = page->in->draft ? "draft.updated_at DESC" : "snooze.until_at";
    composer_bind_int(query, page->actor->staff.value);
    buffer_printf(&query->sql, " JOIN %s ON %s.ticket_id = ticket.id AND %s.staff_id = ", table, table, table);
    composer_int(query, page->actor->staff.value);
    composer_add(query, "\n WHERE 1 = 1");
    composer_visible(query, page->actor);
    buffer_printf(&query->sql, " ORDER BY %s, ticket.id DESC LIMIT %" PRId64, order, page->limit + 1);
}

/* How far a condition that no index serves is held against tickets: to the nearest of the places that the walks have reached. */
static bool find_end(struct page *page, struct request *request, struct error *err) {
    struct sql_rows rows;
    struct composer query;
    const char *direction = page->descending ? "DESC" : "ASC";
    for (int round = 0; round < 2; round++) { /* the first only counts the walks */
        composer_begin(&query, request->tx, request->mem, &statement_ticket_key);
        query.sql = (struct buffer){.mem = request->mem};
        page_bind_tag(&query, page);
        composer_add(&query, "SELECT key, id FROM (");
        page->examined = page->walks * EXAMINED_LEAST < EXAMINED ? EXAMINED / (page->walks ? page->walks : 1) : EXAMINED_LEAST;
        if (!page_walks(&query, page, request->tx, err)) return false;
    }
    page->examined = 0;
    buffer_printf(&query.sql, ") AS ends ORDER BY key %s, id %s LIMIT 1", direction, direction);
    if (!composer_rows(&query, request->tx, request->mem, &rows, err)) return false;
    const struct sql_ticket_key_row *end = rows.at;
    page->has_end = rows.count > 0;
    if (page->has_end) page->end_key = end->key, page->end_id = end->id;
    return true;
}

/* The rows are read as structs first, because the last one tells where the next page begins. */
static int64_t key_of(const struct page *page, const struct sql_ticket_view_row *row) {
    if (strcmp(page->key, "created_at") == 0) return row->created_at;
    if (strcmp(page->key, "updated_at") == 0) return row->updated_at;
    if (page->is_snoozed) return row->waiting_until_at;
    enum priority priority;
    return priority_find(row->priority, &priority) ? (int64_t)priority : 0;
}

static bool write_page(struct page *page, struct request *request, struct response *response, struct error *err) {
    struct composer query;
    struct sql_rows rows;
    if (page->is_bounded && !find_end(page, request, err)) return false;
    composer_begin(&query, request->tx, request->mem, &statement_ticket_view);
    bool is_own = page->in->draft || page->in->asleep;
    if (is_own) compose_own(&query, page);
    else if (!compose(&query, page, request, err)) return false;
    if (!composer_rows(&query, request->tx, request->mem, &rows, err)) return false;
    struct json_writer *json = &response->json;
    const struct sql_ticket_view_row *at = rows.at;
    size_t shown = (int64_t)rows.count > page->limit ? (size_t)page->limit : rows.count;
    bool more = shown < rows.count && !is_own;
    struct text next = more ? cursor_make(request->mem, key_of(page, &at[shown - 1]), at[shown - 1].id)
                       : page->has_end ? cursor_make(request->mem, page->end_key, page->end_id) : (struct text){0};
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < shown; i++) statement_row_json(&statement_ticket_view, &at[i], json);
    json_array_end(json);
    json_put_text(json, "next", next);
    json_object_end(json);
    return true;
}

bool get_tickets(struct request *request, struct response *response, struct error *err) {
    struct page page = {.in = request->query, .actor = request->actor};
    return read_page(&page, request, err) && write_page(&page, request, response, err);
}

/* --- The tickets of a condition ------------------------------------------------------------------------------------------ */

static bool narrow_state(struct page *page, const struct ticket_condition *term) {
    bool wanted[5] = {false};
    if (term->any_of_state) return false;
    for (size_t i = 0; i < term->id_count; i++) wanted[term->ids[i]] = true;
    for (int i = 0; i < 5; i++) page->categories[i] = page->categories[i] && wanted[i];
    return true;
}

static bool narrow_is(struct page *page, struct text word) {
    page->is_spam |= text_is(word, "spam");
    page->is_unassigned |= text_is(word, "unassigned");
    if (text_is(word, "active")) page->categories[CATEGORY_RESOLVED] = page->categories[CATEGORY_CLOSED] = false;
    return text_is(word, "spam") || text_is(word, "unassigned") || text_is(word, "active");
}

static bool narrow_agent(const struct page *page, const struct ticket_condition *term, staff_id *agent) {
    if ((term->id_count != 1 && !term->is_me) || agent->value) return false;
    agent->value = term->is_me ? page->actor->staff.value : term->ids[0];
    return true;
}

/* What of the condition makes the walks shorter. False: the term is held against each ticket. */
static bool narrow(struct page *page, const struct ticket_condition *term) {
    if (term->kind != QUERY_TERM) return false;
    switch (term->term->field) {
    case QUERY_STATE: return narrow_state(page, term);
    case QUERY_IS: return narrow_is(page, term->value);
    case QUERY_TEAM:
        if (term->id_count != 1 || page->team.value) return false;
        page->team.value = term->ids[0];
        return true;
    case QUERY_ASSIGNEE: return narrow_agent(page, term, &page->assignee);
    case QUERY_WATCHING: return narrow_agent(page, term, &page->watcher);
    case QUERY_MENTIONED: return narrow_agent(page, term, &page->mentioned);
    case QUERY_TAG:
        if (term->term->prefix || page->tag.data) return false;
        page->tag = term->value;
        return true;
    default: return false;
    }
}

static void narrow_all(struct page *page, const struct ticket_condition *condition) {
    bool served = true;
    if (condition->kind != QUERY_AND) served = narrow(page, condition);
    for (const struct ticket_condition *term = condition->first; condition->kind == QUERY_AND && term; term = term->next) served &= narrow(page, term);
    page->is_bounded = !served;
}

/* So many tickets that hold a value of a field are sorted; what more of them hold is met often enough along the walks. */
static bool is_for_few(struct request *request, const struct ticket_condition *term, bool *ret_is, struct error *err) {
    enum { FEW = 2000 };
    struct composer query;
    struct sql_rows rows;
    composer_begin(&query, request->tx, request->mem, &statement_ticket_value_count);
    query.sql = (struct buffer){.mem = request->mem};
    composer_add(&query, "SELECT count(*) AS count FROM (SELECT 1 FROM ticket_value WHERE ");
    custom_values_sql(&query, term);
    buffer_printf(&query.sql, " LIMIT %d) AS held", FEW + 1);
    if (!composer_rows(&query, request->tx, request->mem, &rows, err)) return false;
    *ret_is = ((const struct sql_ticket_value_count_row *)rows.at)->count <= FEW;
    return true;
}

/* A condition that no index serves may have a part that the values of fields serve. */
static bool find_few(struct page *page, struct request *request, struct error *err) {
    const struct ticket_condition *condition = page->condition, *term = condition->kind == QUERY_AND ? condition->first : condition;
    bool is_few = false;
    for (; term && page->is_bounded && !is_few; term = term->next) {
        if (term->kind == QUERY_TERM && term->custom && !is_for_few(request, term, &is_few, err)) return false;
        if (is_few) page->few = term;
    }
    if (page->few) page->is_bounded = false, page->tag = (struct text){0};
    return true;
}

bool tickets_page(struct request *request, struct response *response, const struct ticket_condition *condition, const struct tickets_wish *wish,
                  struct error *err) {
    const struct get_tickets_query in = {.has_sort = wish->sort.data != NULL, .sort = wish->sort, .has_limit = wish->limit > 0, .limit = wish->limit,
                                         .has_cursor = wish->cursor.data != NULL, .cursor = wish->cursor};
    struct page page = {.in = &in, .actor = request->actor, .condition = condition};
    if (!read_page(&page, request, err)) return false;
    narrow_all(&page, condition);
    return find_few(&page, request, err) && write_page(&page, request, response, err);
}

bool condition_preview(struct request *request, const struct ticket_condition *condition, struct condition_count *ret, struct error *err) {
    enum { NEWEST = 100000 };
    struct composer query;
    struct sql_rows rows;
    composer_begin(&query, request->tx, request->mem, &statement_ticket_preview);
    query.sql = (struct buffer){.mem = request->mem};
    composer_add(&query, "SELECT count(*) AS examined, COALESCE(SUM(CASE WHEN ");
    condition_found_sql(&query, condition, request->actor->staff);
    composer_visible(&query, request->actor);
    buffer_printf(&query.sql, " THEN 1 ELSE 0 END), 0) AS found FROM (SELECT * FROM ticket ORDER BY updated_at DESC, id DESC LIMIT %d) AS ticket", NEWEST);
    if (!composer_rows(&query, request->tx, request->mem, &rows, err)) return false;
    const struct sql_ticket_preview_row *row = rows.at;
    *ret = (struct condition_count){.found = row->found, .is_whole = row->examined < NEWEST};
    return true;
}
