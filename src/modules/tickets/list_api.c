/* Lists of tickets: one page of a filter in an offered order, straight from the index that fits.
 *
 * The page is found first, as ids, by one walk of an index for each team that the reader sees and each category ((team,
 * category, key, id), or (category, key, id) for who sees all), each bounded by the page's size, so that the cost does not
 * grow with the number of tickets; what a filter makes few (a requester, a tag that not many have) is found by that
 * instead. Then the few tickets found are read whole. */
#include "api/modules_tickets.h"
#include "modules/tickets/tickets_private.h"

#include <sodium.h>

enum { DEFAULT_LIMIT = 50, FEW = 50000 };

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
    int64_t state;        /* a named state beside its category; 0: none */
    staff_id assignee;    /* the filter's, when it names one */
    bool is_unassigned, is_few;
    int tag;              /* the parameter that holds it */
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

/* What few tickets have is looked for by that; what many have is soon met on any walk. */
static bool read_few(struct page *page, struct request *request, struct error *err) {
    const struct get_tickets_query *in = page->in;
    const struct sql_tag_count_row *row;
    const struct sql_requester_count_row *tickets;
    if (in->has_requester) {
        const struct sql_requester_count of = {.requester_id = {in->requester}, .limit = FEW + 1};
        if (!sql_requester_count(request->tx, request->mem, &of, &tickets, err)) return false;
        page->is_few = tickets->count <= FEW;
        return true;
    }
    if (!in->has_tag) return true;
    const struct sql_tag_count count = {.tag = text_fold(request->mem, in->tag), .limit = FEW + 1};
    if (!sql_tag_count(request->tx, request->mem, &count, &row, err)) return false;
    page->is_few = row->count <= FEW;
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
    page->limit = in->has_limit ? in->limit : DEFAULT_LIMIT;
    if (in->has_team && !team_of_word(request->tx, request->mem, in->team, &page->team, err)) return false;
    if (in->has_cursor && !cursor_read(in->cursor, &page->after_key, &page->after_id, err)) return false;
    read_assignee(page);
    return read_sort(page) && read_state(page, request, err) && read_few(page, request, err);
}

/* --- Finding the page --------------------------------------------------------------------------------------------------- */

/* Numbers stand in the text: ids and times are ours or were read as numbers, and many walks would not fit the parameters. */
static void add_number(struct composer *query, const char *sql, int64_t value) {
    buffer_printf(&query->sql, "%s%" PRId64, sql, value);
}

/* Says so in the words of an index of what nobody has taken. */
static bool is_active(const struct page *page) {
    return !page->in->spam && !page->categories[CATEGORY_RESOLVED] && !page->categories[CATEGORY_CLOSED];
}

static void add_conditions(struct composer *query, const struct page *page) {
    const struct get_tickets_query *in = page->in;
    if (page->is_unassigned) composer_add(query, " AND ticket.assignee_id IS NULL");
    if (page->is_unassigned && is_active(page)) composer_add(query, " AND ticket.is_active = 1");
    if (page->state) add_number(query, " AND ticket.state_id = ", page->state);
    if (in->has_requester) add_number(query, " AND ticket.requester_id = ", in->requester);
    if (in->has_tag) {
        bool drives = page->is_few && !in->has_requester;
        composer_add(query, drives ? " AND ticket.id = ticket_tag.ticket_id AND ticket_tag.tag = "
                                   : " AND EXISTS (SELECT 1 FROM ticket_tag WHERE ticket_tag.ticket_id = ticket.id AND ticket_tag.tag = ");
        composer_again(query, page->tag);
        if (!drives) composer_add(query, ")");
    }
    composer_add(query, in->spam ? " AND ticket.is_spam = 1" : " AND ticket.is_spam = 0");
    composer_add(query, " AND ticket.merged_into_id IS NULL");
    if (!page->after_id) return;
    buffer_printf(&query->sql, " AND (ticket.%s, ticket.id) %c (%" PRId64 ", %" PRId64 ")", page->key, page->descending ? '<' : '>', page->after_key,
                  page->after_id);
}

/* The + keeps SQLite from walking all in this order when something else makes the tickets few. */
static void add_order(struct composer *query, const struct page *page, const char *table) {
    const char *direction = page->descending ? "DESC" : "ASC";
    buffer_printf(&query->sql, " ORDER BY %s.%s %s, %s.id %s LIMIT %" PRId64, table, page->key, direction, table, direction, page->limit + 1);
}

/* Where a walk goes: one team or all (0), one agent or all (0), one category or all that are wanted (-1). */
struct area {
    team_id team;
    staff_id assignee;
    int category;
    bool check; /* whether each ticket is for the reader */
};

/* The + keeps the database from walking the category instead of what is few. */
static void add_category(struct composer *query, const struct page *page, int category) {
    if (category >= 0) {
        add_number(query, "ticket.category = ", category);
        return;
    }
    composer_add(query, "+ticket.category IN (-1");
    for (int i = 0; i < 5; i++)
        if (page->categories[i]) add_number(query, ", ", i);
    composer_add(query, ")");
}

static void add_walk(struct composer *query, const struct page *page, struct area area, bool *first) {
    bool by_tag = page->is_few && page->in->has_tag && !page->in->has_requester;
    composer_add(query, *first ? "" : " UNION ");
    *first = false;
    buffer_printf(&query->sql, "SELECT * FROM (SELECT ticket.id, ticket.%s FROM %sticket WHERE ", page->key, by_tag ? "ticket_tag CROSS JOIN " : "");
    add_category(query, page, area.category);
    if (area.team.value) add_number(query, " AND ticket.team_id = ", area.team.value);
    if (area.assignee.value) add_number(query, " AND ticket.assignee_id = ", area.assignee.value);
    add_conditions(query, page);
    if (area.check) composer_visible(query, page->actor);
    bool sorted = page->is_few || (area.assignee.value && strcmp(page->key, "updated_at") != 0);
    add_order(query, page, sorted ? "+ticket" : "ticket");
    composer_add(query, ") AS one");
}

static void add_walks(struct composer *query, const struct page *page, struct area area, bool *first) {
    bool whole = page->is_few || page->in->spam;
    for (int category = whole ? -1 : 0; category < (whole ? 0 : 5); category++) {
        area.category = category;
        if (whole || page->categories[category]) add_walk(query, page, area, first);
    }
}

/* What the reader sees, as one or several walks. A ticket may be met on two of them. */
static void add_areas(struct composer *query, const struct page *page) {
    const struct actor *actor = page->actor;
    enum scope scope = actor_scope(actor, CAN_TICKETS_READ);
    bool first = true, by_team = scope == SCOPE_TEAM && !page->team.value && !page->assignee.value && !page->is_few;
    if (!by_team) add_walks(query, page, (struct area){.team = page->team, .assignee = page->assignee, .check = true}, &first);
    for (int i = 0; by_team && i < actor->team_count; i++) add_walks(query, page, (struct area){.team = actor->teams[i]}, &first);
    if (by_team && (!page->is_unassigned || first)) add_walks(query, page, (struct area){.assignee = actor->staff}, &first);
}

/* PostgreSQL gives up finding the best order beyond eight tables and would join all tickets before it looks at the page: there the
 * page is worked out first. */
static void compose(struct composer *query, struct page *page) {
    bool page_first = query->dialect == DIALECT_POSTGRESQL;
    composer_bind_int(query, page->actor->staff.value);
    if (page->in->has_tag) {
        composer_bind_text(query, text_fold(query->mem, page->in->tag));
        page->tag = query->params;
    }
    composer_add(query, page_first ? "\n WHERE ticket.id = ANY (ARRAY(SELECT page.id FROM (" : "\n JOIN (");
    add_areas(query, page);
    composer_add(query, page_first ? ") AS page))" : ") AS page ON page.id = ticket.id");
    add_order(query, page, page_first ? "ticket" : "page");
}

/* What the reader has begun to write, the latest first: few enough for one page. */
static void compose_drafts(struct composer *query, const struct page *page) {
    composer_bind_int(query, page->actor->staff.value);
    composer_add(query, " JOIN draft ON draft.ticket_id = ticket.id AND draft.staff_id = ");
    composer_int(query, page->actor->staff.value);
    composer_add(query, "\n WHERE 1 = 1");
    composer_visible(query, page->actor);
    buffer_printf(&query->sql, " ORDER BY draft.updated_at DESC, ticket.id DESC LIMIT %" PRId64, page->limit + 1);
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
    if (page.in->draft) compose_drafts(&query, &page);
    else compose(&query, &page);
    if (!composer_rows(&query, request->tx, request->mem, &rows, err)) return false;
    struct json_writer *json = &response->json;
    const struct sql_ticket_view_row *at = rows.at;
    size_t shown = (int64_t)rows.count > page.limit ? (size_t)page.limit : rows.count;
    bool more = shown < rows.count && !page.in->draft;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < shown; i++) statement_row_json(&statement_ticket_view, &at[i], json);
    json_array_end(json);
    json_put_text(json, "next", more ? cursor_make(request->mem, key_of(&page, &at[shown - 1]), at[shown - 1].id) : (struct text){0});
    json_object_end(json);
    return true;
}
