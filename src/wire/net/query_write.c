#include "wire/net/query_private.h"

#include <inttypes.h>

/* A word that would be read as anything but a word is quoted. */
static bool is_connective(struct text value) {
    static const char *const connectives[] = {"OR", "ODER", "VAGY", "|", "AND", "UND", "ÉS", "NOT", "NICHT", "NEM"};
    for (size_t i = 0; i < COUNT_OF(connectives); i++)
        if (text_is(value, connectives[i])) return true;
    return false;
}

static void write_moment(struct buffer *out, const struct query_moment *moment) {
    static const char *const days[] = {[QUERY_YESTERDAY] = "yesterday", [QUERY_TODAY] = "today", [QUERY_TOMORROW] = "tomorrow"};
    switch (moment->kind) {
    case QUERY_DATE: buffer_printf(out, "%04d-%02d-%02d", moment->date.year, moment->date.month, moment->date.day); break;
    case QUERY_AGE: buffer_printf(out, "%" PRId64 "%s", moment->amount, query_units[moment->unit]); break;
    default: buffer_add_string(out, days[moment->kind]);
    }
}

/* One of the two values of a term that has an order. */
void query_write_value(struct buffer *out, const struct query *term, bool end) {
    enum query_type type = query_type_of(term->field);
    if (type == QUERY_TYPE_TIME || type == QUERY_TYPE_DAY) write_moment(out, end ? &term->moment_end : &term->moment);
    else if (type == QUERY_TYPE_COUNT) buffer_printf(out, "%" PRId64, end ? term->number_end : term->number);
    else buffer_add_text(out, end ? term->end : term->value);
}

bool query_keeps_quotes(const struct query *term) {
    enum query_type type = query_type_of(term->field);
    return type == QUERY_TYPE_TEXT || type == QUERY_TYPE_CUSTOM;
}

static bool is_quoted(const struct query *term) {
    if (!query_keeps_quotes(term)) return false;
    if (term->field == QUERY_CUSTOM) return term->phrase || (term->compare == QUERY_EQUAL && query_looks_compared(term->value));
    return term->phrase || (term->field == QUERY_ANY && !term->prefix && is_connective(term->value));
}

void query_write_term(struct buffer *out, const struct query *term) {
    if (term->field == QUERY_CUSTOM) buffer_printf(out, "field.%.*s:", (int)term->key.size, term->key.data);
    else if (term->field != QUERY_ANY) buffer_printf(out, "%s:", query_field_name(term->field));
    if (term->compare != QUERY_EQUAL && term->compare != QUERY_BETWEEN) buffer_add_string(out, query_compares[term->compare]);
    if (is_quoted(term)) buffer_add_char(out, '"');
    query_write_value(out, term, false);
    if (is_quoted(term)) buffer_add_char(out, '"');
    if (term->prefix) buffer_add_char(out, '*');
    if (term->compare != QUERY_BETWEEN) return;
    buffer_add_string(out, "..");
    query_write_value(out, term, true);
}

static void write_node(struct buffer *out, const struct query *node, enum query_kind parent);

static void write_children(struct buffer *out, const struct query *node, const char *between) {
    for (const struct query *child = node->first; child; child = child->next) {
        write_node(out, child, node->kind);
        if (child->next) buffer_add_string(out, between);
    }
}

static void write_node(struct buffer *out, const struct query *node, enum query_kind parent) {
    bool grouped = (node->kind == QUERY_OR && parent != QUERY_OR) || (node->kind == QUERY_AND && parent == QUERY_NOT);
    if (grouped) buffer_add_char(out, '(');
    switch (node->kind) {
    case QUERY_TERM: query_write_term(out, node); break;
    case QUERY_AND: write_children(out, node, " "); break;
    case QUERY_OR: write_children(out, node, " OR "); break;
    case QUERY_NOT:
        buffer_add_char(out, '-');
        write_node(out, node->first, QUERY_NOT);
        break;
    }
    if (grouped) buffer_add_char(out, ')');
}

struct text query_write(struct arena *mem, const struct query *query) {
    struct buffer out = {.mem = mem};
    write_node(&out, query, query->kind);
    return buffer_text(&out);
}
