#include "wire/net/query_private.h"

/* A word that would be read as anything but a word is quoted. */
static bool needs_quotes(struct text value) {
    static const char *const connectives[] = {"OR", "ODER", "VAGY", "|", "AND", "UND", "ÉS", "NOT", "NICHT", "NEM"};
    for (size_t i = 0; i < COUNT_OF(connectives); i++)
        if (text_is(value, connectives[i])) return true;
    return false;
}

static void write_term(struct buffer *out, const struct query *term) {
    if (term->field != QUERY_ANY) buffer_printf(out, "%s:", query_field_name(term->field));
    if (term->field == QUERY_BEFORE || term->field == QUERY_AFTER || term->field == QUERY_ON) {
        buffer_printf(out, "%04d-%02d-%02d", term->date.year, term->date.month, term->date.day);
        return;
    }
    bool quoted = term->phrase || (term->field == QUERY_ANY && !term->prefix && needs_quotes(term->value));
    if (quoted) buffer_add_char(out, '"');
    buffer_add_text(out, term->value);
    if (quoted) buffer_add_char(out, '"');
    if (term->prefix) buffer_add_char(out, '*');
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
    case QUERY_TERM: write_term(out, node); break;
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
