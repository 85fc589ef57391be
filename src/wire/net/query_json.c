/* Conditions as JSON: the same tree for programs that build one instead of typing it. */
#include "base/json.h"
#include "wire/net/query_private.h"

#include <jansson.h>
#include <stdio.h>

/* --- Writing --------------------------------------------------------------------------------------------------- */

static const char *group_name(enum query_kind kind) {
    return kind == QUERY_AND ? "all" : "any";
}

static struct text shown_value(struct arena *mem, const struct query *term, bool end) {
    struct buffer out = {.mem = mem};
    query_write_value(&out, term, end);
    return buffer_text(&out);
}

static void write_term(struct arena *mem, const struct query *term, struct json_writer *json) {
    struct text name = text_of(term->field == QUERY_ANY ? "text" : query_field_name(term->field));
    if (term->field == QUERY_CUSTOM) name = text_printf(mem, "field.%.*s", (int)term->key.size, term->key.data);
    json_object_begin(json);
    json_put_text(json, "field", name);
    json_put_string(json, "compare", query_compares[term->compare]);
    json_put_text(json, "value", shown_value(mem, term, false));
    if (term->compare == QUERY_BETWEEN) json_put_text(json, "end", shown_value(mem, term, true));
    if (term->phrase && query_keeps_quotes(term)) json_put_bool(json, "phrase", true);
    if (term->prefix) json_put_bool(json, "prefix", true);
    json_object_end(json);
}

static void write_node(struct arena *mem, const struct query *node, struct json_writer *json) {
    if (node->kind == QUERY_TERM) {
        write_term(mem, node, json);
        return;
    }
    json_object_begin(json);
    json_key(json, node->kind == QUERY_NOT ? "not" : group_name(node->kind));
    if (node->kind != QUERY_NOT) json_array_begin(json);
    for (const struct query *child = node->first; child; child = child->next) write_node(mem, child, json);
    if (node->kind != QUERY_NOT) json_array_end(json);
    json_object_end(json);
}

struct text query_write_json(struct arena *mem, const struct query *query) {
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    write_node(mem, query, &json);
    return buffer_text(&out);
}

/* --- Reading --------------------------------------------------------------------------------------------------- */

enum { JSON_LIMIT = 20000 };

/* What is read so far stands in the text form; that is then parsed, so that both forms have one meaning. */
struct reader {
    struct arena *mem;
    struct buffer out;
    char place[120];
    size_t terms, depth;
    struct error *err;
};

static bool refuse(struct reader *r, enum query_problem_code code, struct text text) {
    struct text suggestion = code == QUERY_UNKNOWN_FILTER ? query_field_suggest(r->mem, text) : (struct text){0};
    return query_report(&(struct query_problem){.code = code, .text = text, .size = text.size, .suggestion = suggestion}, r->place, r->err);
}

/* Goes on at a place inside; *ret_old gets where it was. */
static void enter(struct reader *r, const char *name, int index, size_t *ret_old) {
    size_t size = *ret_old = strlen(r->place);
    if (index < 0) snprintf(r->place + size, sizeof r->place - size, ".%s", name);
    else snprintf(r->place + size, sizeof r->place - size, ".%s[%d]", name, index);
}

static struct text string_of(const json_t *value) {
    return json_is_string(value) ? text_trim(text_from(json_string_value(value), json_string_length(value))) : (struct text){0};
}

/* A number may stand as one. */
static struct text value_of(struct reader *r, const json_t *value) {
    if (json_is_integer(value)) return text_printf(r->mem, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return string_of(value);
}

static bool find_compare(const json_t *word, enum query_compare *ret_compare) {
    struct text sign = string_of(word);
    for (int i = 0; word && i < QUERY_COMPARES; i++)
        if (text_is(sign, query_compares[i])) {
            *ret_compare = (enum query_compare)i;
            return true;
        }
    return !word;
}

static bool find_name(struct reader *r, struct text name, struct query *term) {
    size_t dot = text_find_char(name, '.');
    if (text_is(name, "text")) return true;
    if (dot == SIZE_MAX) return query_field_find(r->mem, name, &term->field);
    term->field = QUERY_CUSTOM;
    term->key = text_lower(r->mem, text_skip(name, dot + 1));
    return query_is_custom(text_slice(name, 0, dot)) && query_is_key(term->key);
}

static bool refuse_at(struct reader *r, const char *name, enum query_problem_code code, struct text text) {
    size_t old;
    enter(r, name, -1, &old);
    return refuse(r, code, text);
}

static bool only_known(struct reader *r, json_t *object) {
    static const char *const known[] = {"field", "compare", "value", "end", "phrase", "prefix"};
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        bool is = false;
        for (size_t i = 0; i < COUNT_OF(known); i++) is |= strcmp(key, known[i]) == 0;
        if (!is) return refuse_at(r, key, QUERY_BAD_SHAPE, text_of(key));
    }
    return true;
}

/* The text form says it: what is written is read as the same term. */
static bool is_sayable(struct reader *r, const struct query *term) {
    struct buffer out = {.mem = r->mem};
    const struct query *read = NULL;
    struct error ignored = {0};
    query_write_term(&out, term);
    return query_parse(r->mem, buffer_text(&out), &read, NULL, &ignored) && read->kind == QUERY_TERM && read->field == term->field
           && text_equal(query_write(r->mem, read), buffer_text(&out));
}

/* A phrase where one word would not do. */
static bool settle_quotes(struct reader *r, struct query *term) {
    if (is_sayable(r, term)) return true;
    term->phrase = query_keeps_quotes(term) && !term->prefix;
    return (term->phrase && is_sayable(r, term)) || refuse_at(r, "value", QUERY_BAD_VALUE, term->value);
}

static bool read_term(struct reader *r, json_t *object) {
    struct query term = {.kind = QUERY_TERM};
    json_t *compare = json_object_get(object, "compare");
    term.phrase = json_is_true(json_object_get(object, "phrase"));
    term.prefix = json_is_true(json_object_get(object, "prefix"));
    struct text name = string_of(json_object_get(object, "field")), place = {0};
    if (!only_known(r, object)) return false;
    if (!find_name(r, name, &term)) return refuse_at(r, "field", QUERY_UNKNOWN_FILTER, name);
    if (!find_compare(compare, &term.compare)) return refuse_at(r, "compare", QUERY_BAD_COMPARE, string_of(compare));
    term.value = value_of(r, json_object_get(object, "value"));
    term.end = term.compare == QUERY_BETWEEN ? value_of(r, json_object_get(object, "end")) : (struct text){0};
    if (text_empty(term.value)) return refuse_at(r, "value", QUERY_MISSING_VALUE, name);
    if (term.compare == QUERY_BETWEEN && text_empty(term.end)) return refuse_at(r, "end", QUERY_MISSING_VALUE, name);
    if (++r->terms > QUERY_TERMS) return refuse(r, QUERY_TOO_MANY_TERMS, name);
    enum query_problem_code code = query_value_check(r->mem, &term, &place);
    if (code == QUERY_BAD_COMPARE) return refuse_at(r, "compare", code, name);
    if (code != QUERY_OK) return refuse_at(r, term.end.data && place.data == term.end.data ? "end" : "value", code, place);
    if (!settle_quotes(r, &term)) return false;
    query_write_term(&r->out, &term);
    return true;
}

static bool read_node(struct reader *r, json_t *node);

static bool read_group(struct reader *r, const char *name, const char *between, json_t *list) {
    if (!json_is_array(list)) return refuse(r, QUERY_BAD_SHAPE, text_of(name));
    if (json_array_size(list) == 0 && (r->depth > 1 || strcmp(name, "any") == 0)) return refuse(r, QUERY_MISSING_TERM, text_of(name));
    if (r->depth > 1) buffer_add_char(&r->out, '(');
    for (size_t i = 0; i < json_array_size(list); i++) {
        size_t old;
        enter(r, name, (int)i, &old);
        if (i) buffer_add_string(&r->out, between);
        if (!read_node(r, json_array_get(list, i))) return false;
        r->place[old] = '\0';
    }
    if (r->depth > 1) buffer_add_char(&r->out, ')');
    return true;
}

static bool read_not(struct reader *r, json_t *inner) {
    size_t old;
    enter(r, "not", -1, &old);
    buffer_add_char(&r->out, '-');
    if (!read_node(r, inner)) return false;
    r->place[old] = '\0';
    return true;
}

static bool read_shape(struct reader *r, json_t *node) {
    json_t *all = json_object_get(node, "all"), *any = json_object_get(node, "any"), *not = json_object_get(node, "not");
    if (json_object_get(node, "field")) return read_term(r, node);
    if (!json_is_object(node) || json_object_size(node) != 1) return refuse(r, QUERY_BAD_SHAPE, (struct text){0});
    if (all) return read_group(r, "all", " ", all);
    if (any) return read_group(r, "any", " OR ", any);
    return not ? read_not(r, not) : refuse(r, QUERY_BAD_SHAPE, text_of(json_object_iter_key(json_object_iter(node))));
}

static bool read_node(struct reader *r, json_t *node) {
    if (++r->depth > QUERY_DEPTH + 1) return refuse(r, QUERY_TOO_DEEP, (struct text){0});
    if (!read_shape(r, node)) return false;
    r->depth--;
    return true;
}

bool query_parse_json(struct arena *mem, struct text json, const char *name, const struct query **ret, struct error *err) {
    struct reader r = {.mem = mem, .out = {.mem = mem}, .err = err};
    snprintf(r.place, sizeof r.place, "%s", name);
    if (json.size > JSON_LIMIT) return refuse(&r, QUERY_TOO_LONG, (struct text){0});
    json_t *root = json_loadb(json.data, json.size, JSON_REJECT_DUPLICATES, NULL);
    bool ok = root ? read_node(&r, root) : refuse(&r, QUERY_BAD_SHAPE, (struct text){0});
    struct query_problem problem;
    struct error ignored = {0};
    if (ok && !query_parse(mem, buffer_text(&r.out), ret, &problem, &ignored)) {
        problem.text = (struct text){0};
        ok = query_report(&problem, r.place, err);
    }
    json_decref(root);
    return ok;
}
