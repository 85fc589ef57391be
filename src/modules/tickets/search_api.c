/* Search: the query language compiled to SQL of the store at hand.
 *
 * A query with words walks the index of messages from the newest on and stops when the page is full; the filters only
 * decide about what the words found. A query without words walks the tickets by their last change. */
#include "api/modules_tickets.h"
#include "modules/tickets/search_private.h"
#include "platform/search/lexemes.h"
#include "platform/search/plain.h"
#include "platform/search/spellings.h"
#include "wire/mail/ticket_label.h"

#include <ctype.h>

bool search_is_not_words(const struct query *node) {
    return node->kind == QUERY_NOT && query_is_words(node->first);
}

/* A phrase is meant as it stands. */
static size_t spellings_of(struct search *search, const struct query *term, struct text ret_spellings[SPELLINGS]) {
    ret_spellings[0] = term->value;
    return term->phrase ? 1 : search_spellings(search->mem, term->value, ret_spellings);
}

static bool begins_only(const struct query *term) {
    return term->prefix || ((term->field == QUERY_FROM || term->field == QUERY_TO) && !term->phrase);
}

/* Words in FTS5's own language: always quoted, so that nothing in them is an operator. */
static void add_fts_words(struct buffer *out, struct text words, bool is_prefix) {
    buffer_add_char(out, '"');
    for (size_t i = 0; i < words.size; i++) {
        if (words.data[i] == '"') buffer_add_char(out, '"');
        buffer_add_char(out, words.data[i]);
    }
    buffer_add_string(out, is_prefix ? "\" *" : "\"");
}

static void add_fts_term(struct search *search, struct buffer *out, const struct query *term) {
    struct text spellings[SPELLINGS];
    size_t count = spellings_of(search, term, spellings);
    buffer_add_string(out, term->field == QUERY_SUBJECT ? "subject : " : term->field == QUERY_FROM || term->field == QUERY_TO ? "people : " : "");
    if (count > 1) buffer_add_char(out, '(');
    for (size_t i = 0; i < count; i++) {
        if (i) buffer_add_string(out, " OR ");
        add_fts_words(out, spellings[i], begins_only(term));
    }
    if (count > 1) buffer_add_char(out, ')');
}

/* An index that PostgreSQL made by itself has an address or a number with marks in it as one word. */
static void add_as_one_word(struct search *search, struct buffer *out, struct text spelling) {
    struct text word = text_fold(search->mem, search_plain(search->mem, spelling));
    bool has_marks = false;
    for (size_t i = 0; i < word.size; i++) {
        unsigned char c = (unsigned char)word.data[i];
        if (c <= ' ' || c == '\'' || c == '\\') return;
        has_marks |= c < 0x80 && !isalnum(c);
    }
    if (has_marks && out->size) buffer_printf(out, " | '%.*s'", (int)word.size, word.data);
}

/* In a phrase stop words and endings are meant too. */
void search_add_tsquery(struct search *search, const struct query *term) {
    struct buffer words = {.mem = search->mem};
    struct text spellings[SPELLINGS];
    size_t count = spellings_of(search, term, spellings);
    for (size_t i = 0; i < count; i++) {
        struct text question = search_question(search->mem, spellings[i], !term->phrase, begins_only(term));
        if (question.size && words.size) buffer_add_string(&words, " | ");
        buffer_add_text(&words, question);
        add_as_one_word(search, &words, spellings[i]);
    }
    composer_add(&search->composer, "CAST(");
    composer_text(&search->composer, buffer_text(&words));
    composer_add(&search->composer, " AS tsquery)");
}

static void add_pg_term(struct search *search, const struct query *term) {
    composer_add(&search->composer, "message_index.document @@ ");
    search_add_tsquery(search, term);
}

static struct text contains(struct search *search, struct text value) {
    return text_printf(search->mem, "%%%.*s%%", (int)value.size, value.data);
}

static const char *like(const struct search *search) {
    return search->composer.dialect == DIALECT_POSTGRESQL ? "ILIKE" : "LIKE";
}

/* Beside words a day is that of the message. */
static void add_day_of_message(struct composer *composer, const struct ticket_condition *c) {
    composer_add(composer, "(1 = 1");
    if (c->from.kind) buffer_printf(&composer->sql, " AND message.created_at >= %" PRId64, c->from.instant);
    if (c->to.kind) buffer_printf(&composer->sql, " AND message.created_at < %" PRId64, c->to.instant);
    composer_add(composer, ")");
}

static bool is_day(enum query_field field) {
    return field == QUERY_BEFORE || field == QUERY_AFTER || field == QUERY_ON;
}

/* The condition that get_search has bound for the term. */
static const struct ticket_condition *bound(const struct ticket_condition *condition, const struct query *term) {
    const struct ticket_condition *found = condition->term == term ? condition : NULL;
    for (const struct ticket_condition *child = condition->first; child && !found; child = child->next) found = bound(child, term);
    return found;
}

static void add_filter(struct search *search, const struct query *term) {
    const struct ticket_condition *c = bound(search->condition, term);
    if (search->by_words && is_day(term->field)) add_day_of_message(&search->composer, c);
    else condition_term_sql(&search->composer, c, search->actor->staff);
}

/* Words that can't drive the walk: inside OR, or beside no other word. */
static void add_words(struct search *search, const struct query *term) {
    struct composer *composer = &search->composer;
    composer_add(composer, search->by_words ? "message.id IN (" : "ticket.id IN (SELECT shown_in_id FROM message WHERE id IN (");
    if (composer->dialect == DIALECT_POSTGRESQL) {
        composer_add(composer, "SELECT message_id FROM message_index WHERE ");
        add_pg_term(search, term);
    } else {
        struct buffer match = {.mem = search->mem};
        add_fts_term(search, &match, term);
        composer_add(composer, "SELECT rowid FROM message_index WHERE message_index MATCH ");
        composer_text(composer, buffer_text(&match));
    }
    composer_add(composer, search->by_words ? ")" : "))");
}

static void add_node(struct search *search, const struct query *node) {
    struct composer *composer = &search->composer;
    if (node->kind == QUERY_TERM) {
        if (query_is_words(node)) add_words(search, node);
        else add_filter(search, node);
        return;
    }
    composer_add(composer, node->kind == QUERY_NOT ? "NOT (" : "(");
    if (!node->first) composer_add(composer, "1 = 1");
    for (const struct query *child = node->first; child; child = child->next) {
        add_node(search, child);
        if (child->next) composer_add(composer, node->kind == QUERY_OR ? " OR " : " AND ");
    }
    composer_add(composer, ")");
}

struct text search_match(struct search *search) {
    struct buffer out = {.mem = search->mem};
    buffer_add_char(&out, '(');
    for (const struct query *term = search->top; term; term = term->next)
        if (query_is_words(term)) {
            if (out.size > 1) buffer_add_string(&out, " AND ");
            add_fts_term(search, &out, term);
        }
    buffer_add_char(&out, ')');
    for (const struct query *term = search->top; term; term = term->next)
        if (search_is_not_words(term)) {
            buffer_add_string(&out, " NOT ");
            add_fts_term(search, &out, term->first);
        }
    return buffer_text(&out);
}

void search_add_drive(struct search *search) {
    struct composer *composer = &search->composer;
    if (composer->dialect == DIALECT_SQLITE) {
        composer_add(composer, "\n WHERE message_index MATCH ");
        composer_text(composer, search_match(search));
        return;
    }
    composer_add(composer, "\n WHERE 1 = 1");
    for (const struct query *term = search->top; term; term = term->next) {
        if (!query_is_words(term) && !search_is_not_words(term)) continue;
        composer_add(composer, query_is_words(term) ? " AND " : " AND NOT ");
        add_pg_term(search, query_is_words(term) ? term : term->first);
    }
}

/* people holds senders and recipients alike: who asks for a sender wants no more. */
static void add_sender(struct search *search, const struct query *term) {
    struct composer *composer = &search->composer;
    if (term->field != QUERY_FROM || term->kind != QUERY_TERM) return;
    struct text spellings[SPELLINGS];
    size_t count = spellings_of(search, term, spellings);
    for (size_t i = 0; i < count; i++) {
        buffer_printf(&composer->sql, "%s message.from_address %s ", i ? " OR" : " AND (", like(search));
        int param = composer_text(composer, contains(search, spellings[i]));
        buffer_printf(&composer->sql, " OR message.from_name %s ", like(search));
        composer_again(composer, param);
    }
    composer_add(composer, ")");
}

void search_add_conditions(struct search *search) {
    struct composer *composer = &search->composer;
    for (const struct query *term = search->top; term; term = term->next) {
        if (search->by_words && (query_is_words(term) || search_is_not_words(term))) {
            add_sender(search, term);
            continue;
        }
        composer_add(composer, " AND ");
        add_node(search, term);
    }
    if (search->numbered.value) {
        composer_add(composer, " AND ticket.id <> ");
        composer_int(composer, search->numbered.value);
    }
    if (!search->wants_spam) composer_add(composer, " AND ticket.is_spam = 0");
    if (!search->by_words && !search->wants_merged) composer_add(composer, " AND ticket.merged_into_id IS NULL");
    composer_visible(composer, search->actor);
}

/* Whatever of the words a message was found by is shown, those of an OR too; what is excluded is not. */
static void note_wanted(struct search *search, const struct query *node) {
    struct text spellings[SPELLINGS];
    size_t count = query_is_words(node) ? spellings_of(search, node, spellings) : 0;
    for (size_t i = 0; i < count; i++) marker_want(search->marker, spellings[i], begins_only(node));
    for (const struct query *child = node->kind == QUERY_TERM || node->kind == QUERY_NOT ? NULL : node->first; child; child = child->next)
        note_wanted(search, child);
}

static void note_words(struct search *search) {
    search->marker = marker_make(search->mem);
    note_wanted(search, search->root);
    for (const struct query *term = search->top; term; term = term->next) {
        if (query_is_words(term)) search->by_words = true;
        if (term->kind == QUERY_TERM && term->field == QUERY_NUMBER) search->wants_merged = true;
    }
    search->wants_spam = condition_wants(search->condition, "spam");
    search->wants_merged |= condition_wants(search->condition, "merged");
}

static bool search_tickets(struct search *search, struct text cursor, struct found_page *page, struct text *ret_next, struct error *err) {
    struct sql_rows rows;
    int64_t key = INT64_MAX, before = INT64_MAX;
    struct composer *composer = &search->composer;
    if (cursor.data && !cursor_read(cursor, &key, &before, err)) return false;
    composer_begin(composer, search->request->tx, search->mem, &statement_search_ticket);
    composer_add(composer, "\n WHERE (ticket.updated_at, ticket.id) < (");
    composer_int(composer, key);
    composer_add(composer, ", ");
    composer_int(composer, before);
    composer_add(composer, ")");
    search_add_conditions(search);
    composer_add(composer, " ORDER BY ticket.updated_at DESC, ticket.id DESC LIMIT ");
    composer_int(composer, search->limit + 1);
    if (!composer_rows(composer, search->request->tx, search->mem, &rows, err)) return false;
    const struct sql_search_ticket_row *at = rows.at;
    size_t shown = (int64_t)rows.count > search->limit ? (size_t)search->limit : rows.count;
    for (size_t i = 0; i < shown; i++) found_add(page, at[i].ticket_id);
    if (shown < rows.count) *ret_next = cursor_make(search->mem, at[shown - 1].updated_at, at[shown - 1].ticket_id.value);
    return true;
}

static void note_number(struct search *search) {
    const struct query *root = search->root;
    if (root->kind != QUERY_TERM || root->field != QUERY_ANY || root->phrase || root->prefix) return;
    int64_t number = ticket_label_read(root->value), bare;
    if (number > TICKET_NUMBER_BASE) search->numbered = (ticket_id){number - TICKET_NUMBER_BASE};
    if (!text_to_int(root->value, &bare)) search->label = text_starts(root->value, "#") ? text_skip(root->value, 1) : root->value;
}

/* Puts the ticket that the query names by its number before everything else. */
static bool add_numbered(struct search *search, struct found_page *page, struct error *err) {
    struct composer *composer = &search->composer;
    struct sql_rows rows;
    composer_begin(composer, search->request->tx, search->mem, &statement_search_ticket);
    composer_add(composer, "\n WHERE ticket.id = ");
    composer_int(composer, search->numbered.value);
    if (search->label.data) {
        composer_add(composer, " AND ticket.label = upper(");
        (void)composer_text(composer, search->label);
        composer_add(composer, ")");
    }
    composer_visible(composer, search->actor);
    if (!composer_rows(composer, search->request->tx, search->mem, &rows, err)) return false;
    if (rows.count) found_add(page, search->numbered);
    return true;
}

/* States and teams are what this house has named; who asks for another one learns it instead of finding nothing. */
static bool bind(struct search *search, struct error *err) {
    const struct condition_names *names;
    const struct actor *actor = search->actor;
    struct ticket_condition *condition;
    if (!condition_names_read(search->request->tx, search->mem, &names, err)
        || !condition_bind(names, search->mem, search->root, "q", actor->zone, actor->staff, &condition, err))
        return false;
    condition_clock(condition, search->request->tx->now);
    search->condition = condition;
    return true;
}

bool get_search(struct request *request, struct response *response, struct error *err) {
    const struct get_search_query *in = request->query;
    struct search search = {.request = request, .actor = request->actor, .mem = request->mem, .limit = in->has_limit ? in->limit : 50};
    struct text next = {0}, cursor = in->has_cursor ? in->cursor : (struct text){0};
    if (!query_parse(request->mem, in->q, &search.root, NULL, err) || !bind(&search, err)) return false;
    search.top = search.root->kind == QUERY_AND ? search.root->first : search.root;
    note_words(&search);
    note_number(&search);
    bool ranked = search.by_words && in->has_sort && text_is(in->sort, "relevance");
    struct found_page page = found_page_begin(search.mem, search.limit);
    bool ok = (!search.numbered.value || cursor.data || add_numbered(&search, &page, err))
              && (ranked ? search_by_relevance(&search, cursor, &page, &next, err)
                  : search.by_words ? search_newest(&search, cursor, &page, &next, err)
                                    : search_tickets(&search, cursor, &page, &next, err));
    struct json_writer *json = &response->json;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    if (!ok || !found_page_write(&search, &page, json, err)) return false;
    json_array_end(json);
    json_put_text(json, "next", next);
    json_object_end(json);
    return true;
}
