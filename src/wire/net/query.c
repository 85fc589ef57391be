#include "wire/net/query_private.h"

/* Recursive descent over the text itself:
 *     either   = all { OR all }
 *     all      = single { [AND] single }
 *     single   = ("-" | NOT) single | "(" either ")" | term
 * Every function that returns NULL has said why in the problem. */
struct parser {
    struct arena *mem;
    struct text in;
    size_t at; /* bytes */
    size_t terms, depth;
    struct text connective; /* the last OR, in case nothing follows it */
    struct text key;        /* of the filter field.KEY: that is being read */
    struct query_problem problem;
};

enum connective { NO_CONNECTIVE, CONNECTIVE_AND, CONNECTIVE_OR, CONNECTIVE_NOT };

static const char *const field_names[QUERY_FIELDS] = {
    [QUERY_ANY] = "",           [QUERY_STATE] = "state",       [QUERY_TEAM] = "team",
    [QUERY_FROM] = "from",      [QUERY_TO] = "to",             [QUERY_SUBJECT] = "subject",
    [QUERY_TAG] = "tag",        [QUERY_ASSIGNEE] = "assignee", [QUERY_OWNER] = "owner",
    [QUERY_WATCHING] = "watching", [QUERY_MENTIONED] = "mentioned",
    [QUERY_NUMBER] = "number",  [QUERY_HAS] = "has",           [QUERY_IS] = "is",
    [QUERY_PRIORITY] = "priority", [QUERY_CHANNEL] = "channel", [QUERY_COMPANY] = "company",
    [QUERY_BEFORE] = "before",  [QUERY_AFTER] = "after",       [QUERY_ON] = "on",
    [QUERY_REQUESTER] = "requester", [QUERY_WAITING] = "waiting", [QUERY_MESSAGES] = "messages",
    [QUERY_CREATED] = "created", [QUERY_UPDATED] = "updated",  [QUERY_RESOLVED] = "resolved",
    [QUERY_CLOSED] = "closed",  [QUERY_ACTIVITY] = "activity", [QUERY_UNTIL] = "until",
    [QUERY_CUSTOM] = "field",
};

static const struct problem_words {
    const char *name, *message;
} problems[] = {
    [QUERY_OK] = {"ok", ""},
    [QUERY_TOO_LONG] = {"too_long", "the query is too long"},
    [QUERY_TOO_MANY_TERMS] = {"too_many_terms", "the query has too many terms"},
    [QUERY_TOO_DEEP] = {"too_deep", "too many parentheses inside each other"},
    [QUERY_UNKNOWN_FILTER] = {"unknown_filter", "unknown filter"},
    [QUERY_MISSING_VALUE] = {"missing_value", "the filter has no value"},
    [QUERY_BAD_VALUE] = {"bad_value", "the filter does not know this value"},
    [QUERY_BAD_DATE] = {"bad_date", "not a day; write YYYY-MM-DD"},
    [QUERY_BAD_TIME] = {"bad_time", "not a time: write a day (2026-11-01, today), days A..B, or an age such as <7d"},
    [QUERY_BAD_COMPARE] = {"bad_compare", "the filter has no order to compare by"},
    [QUERY_BAD_SHAPE] = {"bad_shape", "not a condition"},
    [QUERY_BAD_NUMBER] = {"bad_number", "not a number that this filter takes"},
    [QUERY_OPEN_QUOTE] = {"open_quote", "a quotation mark is not closed"},
    [QUERY_OPEN_PAREN] = {"open_paren", "a parenthesis is not closed"},
    [QUERY_STRAY_PAREN] = {"stray_paren", "a parenthesis closes nothing"},
    [QUERY_MISSING_TERM] = {"missing_term", "something is missing beside this word"},
};

const char *query_field_name(enum query_field field) {
    return field_names[field];
}

const char *query_problem_name(enum query_problem_code code) {
    return problems[code].name;
}

static size_t characters(struct text t) {
    size_t count = 0;
    for (size_t i = 0; i < t.size; i++) count += ((unsigned char)t.data[i] & 0xC0) != 0x80;
    return count;
}

/* The first problem counts. */
static struct query *fail(struct parser *p, enum query_problem_code code, struct text place, struct text suggestion) {
    if (p->problem.code != QUERY_OK) return NULL;
    p->problem = (struct query_problem){
        .code = code,
        .position = characters(text_from(p->in.data, (size_t)(place.data - p->in.data))),
        .size = characters(place),
        .text = place,
        .suggestion = suggestion,
    };
    return NULL;
}

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool ends_word(char c) {
    return is_space(c) || c == '(' || c == ')' || c == '"';
}

static void skip_space(struct parser *p) {
    while (p->at < p->in.size && is_space(p->in.data[p->at])) p->at++;
}

static struct text peek_word(const struct parser *p) {
    size_t end = p->at;
    while (end < p->in.size && !ends_word(p->in.data[end])) end++;
    return text_slice(p->in, p->at, end - p->at);
}

static bool at_char(const struct parser *p, char c) {
    return p->at < p->in.size && p->in.data[p->at] == c;
}

static enum connective peek_connective(const struct parser *p) {
    static const struct {
        const char *word;
        enum connective meaning;
    } words[] = {
        {"OR", CONNECTIVE_OR},   {"ODER", CONNECTIVE_OR}, {"VAGY", CONNECTIVE_OR}, {"|", CONNECTIVE_OR},
        {"AND", CONNECTIVE_AND}, {"UND", CONNECTIVE_AND}, {"ÉS", CONNECTIVE_AND},  {"NOT", CONNECTIVE_NOT},
        {"NICHT", CONNECTIVE_NOT}, {"NEM", CONNECTIVE_NOT},
    };
    struct text word = peek_word(p);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_is(word, words[i].word)) return words[i].meaning;
    return NO_CONNECTIVE;
}

static struct query *new_node(struct parser *p, enum query_kind kind, size_t at) {
    struct query *node = arena_alloc(p->mem, sizeof *node);
    node->kind = kind;
    node->position = characters(text_slice(p->in, 0, at));
    return node;
}

/* Reads the text in quotes at the parser. False when the second quotation mark is missing. */
static bool read_quoted(struct parser *p, struct text *ret) {
    struct text rest = text_skip(p->in, p->at + 1);
    size_t size = text_find_char(rest, '"');
    if (size == SIZE_MAX) {
        fail(p, QUERY_OPEN_QUOTE, text_slice(p->in, p->at, 1), (struct text){0});
        return false;
    }
    *ret = text_trim(text_slice(rest, 0, size));
    p->at += size + 2;
    return true;
}

static bool takes_star(enum query_field field, struct text value) {
    return query_type_of(field) == QUERY_TYPE_TEXT || (field == QUERY_CUSTOM && !query_looks_compared(value));
}

static struct query *new_term(struct parser *p, enum query_field field, struct text value, bool phrase) {
    struct text place;
    if (++p->terms > QUERY_TERMS) return fail(p, QUERY_TOO_MANY_TERMS, value, (struct text){0});
    struct query *node = new_node(p, QUERY_TERM, (size_t)(value.data - p->in.data));
    node->field = field;
    node->phrase = phrase;
    node->key = p->key;
    size_t stars = 0;
    while (!phrase && takes_star(field, value) && stars < value.size && value.data[value.size - 1 - stars] == '*') stars++;
    node->prefix = stars > 0 && stars < value.size;
    if (node->prefix) value.size -= stars;
    node->value = value;
    if (!phrase) query_value_split(node);
    enum query_problem_code code = query_value_check(p->mem, node, &place);
    if (code == QUERY_OK) return node;
    return fail(p, code, code == QUERY_MISSING_VALUE ? value : place, query_value_suggest(p->mem, field, place));
}

/* state:open,waiting means one of them. */
static struct query *list_of_terms(struct parser *p, enum query_field field, struct text values) {
    struct query *either = new_node(p, QUERY_OR, p->at), *last = NULL;
    struct text rest = values, value;
    while (text_next(&rest, ',', &value)) {
        if (text_empty(value)) continue;
        struct query *term = new_term(p, field, value, false);
        if (!term) return NULL;
        if (last) last->next = term;
        else either->first = term;
        last = term;
    }
    if (!last) return fail(p, QUERY_MISSING_VALUE, values, (struct text){0});
    return either->first->next ? either : (struct query *)either->first;
}

/* Letters, or field.KEY, in front of a colon: "http://" and "12:30" are no filters. */
static bool split_filter(struct text word, struct text *ret_name, struct text *ret_value) {
    size_t colon = text_find_char(word, ':'), dot = text_find_char(word, '.');
    if (colon == SIZE_MAX || colon == 0 || text_starts(text_skip(word, colon + 1), "//")) return false;
    size_t letters = dot < colon && query_is_custom(text_slice(word, 0, dot)) ? dot : colon;
    for (size_t i = 0; i < letters; i++) {
        unsigned char c = (unsigned char)word.data[i];
        if (c < 0x80 && ((c | 32) < 'a' || (c | 32) > 'z') && c != '_') return false;
    }
    *ret_name = text_slice(word, 0, colon);
    *ret_value = text_skip(word, colon + 1);
    return true;
}

static bool find_field(struct parser *p, struct text name, enum query_field *ret_field) {
    size_t dot = text_find_char(name, '.');
    p->key = (struct text){0};
    if (dot == SIZE_MAX) return query_field_find(p->mem, name, ret_field);
    *ret_field = QUERY_CUSTOM;
    p->key = text_lower(p->mem, text_skip(name, dot + 1));
    return query_is_key(p->key);
}

static struct query *filter(struct parser *p, struct text name, struct text value) {
    enum query_field field = QUERY_ANY;
    bool quoted = text_empty(value) && at_char(p, '"');
    if (!find_field(p, name, &field)) {
        /* A subject copied into the search begins with "Re: ". */
        if (text_empty(value) && !quoted && field != QUERY_CUSTOM) return new_term(p, QUERY_ANY, name, false);
        return fail(p, QUERY_UNKNOWN_FILTER, name, query_field_suggest(p->mem, name));
    }
    if (quoted && !read_quoted(p, &value)) return NULL;
    if (text_empty(value)) return fail(p, QUERY_MISSING_VALUE, name, (struct text){0});
    if (!quoted && query_takes_list(field)) return list_of_terms(p, field, value);
    return new_term(p, field, value, quoted);
}

static struct query *term(struct parser *p) {
    struct text word, name, value;
    if (at_char(p, '"')) {
        size_t from = p->at;
        if (!read_quoted(p, &word)) return NULL;
        if (text_empty(word)) return fail(p, QUERY_MISSING_TERM, text_slice(p->in, from, 2), (struct text){0});
        return new_term(p, QUERY_ANY, word, true);
    }
    word = peek_word(p);
    p->at += word.size;
    if (split_filter(word, &name, &value)) return filter(p, name, value);
    p->key = (struct text){0};
    bool numbered = text_starts(word, "#") && ticket_label_read(word) > 0;
    return new_term(p, numbered ? QUERY_NUMBER : QUERY_ANY, word, false);
}

static struct query *either(struct parser *p);

static struct query *group(struct parser *p) {
    struct text paren = text_slice(p->in, p->at++, 1);
    if (++p->depth > QUERY_DEPTH) return fail(p, QUERY_TOO_DEEP, paren, (struct text){0});
    skip_space(p);
    if (at_char(p, ')')) return fail(p, QUERY_STRAY_PAREN, text_slice(p->in, p->at, 1), (struct text){0});
    struct query *node = either(p);
    if (!node) return NULL;
    if (!at_char(p, ')')) return fail(p, QUERY_OPEN_PAREN, paren, (struct text){0});
    p->at++;
    p->depth--;
    return node;
}

static struct query *single(struct parser *p);

static struct query *negation(struct parser *p, struct text sign) {
    size_t from = p->at;
    p->at += sign.size;
    skip_space(p);
    if (p->at >= p->in.size || at_char(p, ')')) return fail(p, QUERY_MISSING_TERM, sign, (struct text){0});
    if (++p->depth > QUERY_DEPTH) return fail(p, QUERY_TOO_DEEP, sign, (struct text){0});
    struct query *inner = single(p), *node = new_node(p, QUERY_NOT, from);
    if (!inner) return NULL;
    p->depth--;
    if (inner->kind == QUERY_NOT) return (struct query *)inner->first;
    node->first = inner;
    return node;
}

static struct query *single(struct parser *p) {
    struct text word = peek_word(p);
    enum connective connective = peek_connective(p);
    if (at_char(p, '(')) return group(p);
    if (connective == CONNECTIVE_NOT) return negation(p, word);
    if (connective != NO_CONNECTIVE) return fail(p, QUERY_MISSING_TERM, word, (struct text){0});
    bool minus = at_char(p, '-') && p->at + 1 < p->in.size && !is_space(p->in.data[p->at + 1])
                 && p->in.data[p->at + 1] != ')';
    if (minus) return negation(p, text_slice(p->in, p->at, 1));
    return term(p);
}

/* Puts node behind *last under parent; a child of the parent's own kind gives its children, so that trees stay flat. */
static void append(struct query *parent, struct query **last, struct query *node) {
    bool same = node->kind == parent->kind;
    const struct query *first = same ? node->first : node;
    if (*last) (*last)->next = first;
    else parent->first = first;
    const struct query *end = first;
    while (end->next) end = end->next;
    *last = (struct query *)end;
}

static struct query *all(struct parser *p) {
    struct query *parent = new_node(p, QUERY_AND, p->at), *last = NULL;
    for (;;) {
        skip_space(p);
        struct text word = peek_word(p);
        bool and = peek_connective(p) == CONNECTIVE_AND;
        if (and && !last) return fail(p, QUERY_MISSING_TERM, word, (struct text){0});
        if (and) p->at += word.size;
        skip_space(p);
        bool end = p->at >= p->in.size || at_char(p, ')') || peek_connective(p) == CONNECTIVE_OR;
        if (end && (and || !last)) {
            struct text place = and ? word : peek_word(p).size || !p->connective.data ? peek_word(p) : p->connective;
            return fail(p, QUERY_MISSING_TERM, place, (struct text){0});
        }
        if (end) break;
        struct query *node = single(p);
        if (!node) return NULL;
        append(parent, &last, node);
    }
    return parent->first->next ? parent : (struct query *)parent->first;
}

static struct query *either(struct parser *p) {
    struct query *parent = new_node(p, QUERY_OR, p->at), *last = NULL;
    for (;;) {
        struct query *node = all(p);
        if (!node) return NULL;
        append(parent, &last, node);
        if (peek_connective(p) != CONNECTIVE_OR) break;
        p->connective = peek_word(p);
        p->at += p->connective.size;
    }
    return parent->first->next ? parent : (struct query *)parent->first;
}

static const struct query *parse(struct parser *p) {
    if (p->in.size > QUERY_SIZE) return fail(p, QUERY_TOO_LONG, text_skip(p->in, QUERY_SIZE), (struct text){0});
    skip_space(p);
    if (p->at == p->in.size) return new_node(p, QUERY_AND, 0);
    struct query *node = at_char(p, ')') ? NULL : either(p);
    if (!node || p->at < p->in.size) return fail(p, QUERY_STRAY_PAREN, text_slice(p->in, p->at, 1), (struct text){0});
    return node;
}

bool query_report(const struct query_problem *problem, const char *name, struct error *err) {
    struct text shown = text_cut(problem->text, 40), suggestion = problem->suggestion;
    const struct problem_words *words = &problems[problem->code];
    if (suggestion.data)
        error_field(err, name, words->name, "%s '%.*s' at character %zu; did you mean '%.*s'?", words->message, (int)shown.size,
                    shown.data, problem->position + 1, (int)suggestion.size, suggestion.data);
    else
        error_field(err, name, words->name, "%s: '%.*s' at character %zu", words->message, (int)shown.size, shown.data ? shown.data : "",
                    problem->position + 1);
    struct error_field *field = &err->fields[err->field_count - 1];
    field->position = problem->position + 1;
    field->length = problem->size;
    snprintf(field->suggestion, sizeof field->suggestion, "%.*s", (int)suggestion.size, suggestion.data ? suggestion.data : "");
    return false;
}

bool query_parse(struct arena *mem, struct text input, const struct query **ret, struct query_problem *ret_problem,
                 struct error *err) {
    struct text in = text_make_utf8(mem, input.data ? input : text_of(""));
    struct parser p = {.mem = mem, .in = in};
    const struct query *query = parse(&p);
    if (ret_problem) *ret_problem = p.problem;
    if (!query) return query_report(&p.problem, "q", err);
    *ret = query;
    return true;
}
