#include "wire/net/imap_private.h"

enum { VALUES_SIZE = 2 << 20 }; /* a value takes many times the room of its spelling */

struct parser {
    struct arena *mem;
    struct text line;
    size_t at;
    const struct imap_literal *literals;
    size_t literal_count, next_literal;
};

static bool at_end(const struct parser *p) {
    return p->at >= p->line.size;
}

static char peek(const struct parser *p) {
    return at_end(p) ? '\0' : p->line.data[p->at];
}

static void skip_spaces(struct parser *p) {
    while (peek(p) == ' ') p->at++;
}

static struct text take_word(struct parser *p) {
    size_t from = p->at;
    while (!at_end(p) && peek(p) != ' ') p->at++;
    struct text word = text_slice(p->line, from, p->at - from);
    if (peek(p) == ' ') p->at++;
    return word;
}

static struct text rest_of(const struct parser *p) {
    return text_skip(p->line, p->at);
}

static bool read_quoted(struct parser *p, struct imap_value *value) {
    struct buffer out = {.mem = p->mem};
    for (p->at++; !at_end(p); p->at++) {
        char c = peek(p);
        if (c == '"') {
            p->at++;
            value->kind = IMAP_STRING;
            value->text = buffer_text(&out);
            return true;
        }
        if (c == '\\') p->at++;
        if (at_end(p)) return false;
        buffer_add_char(&out, peek(p));
    }
    return false;
}

/* The reader has found every literal already; here its bytes follow the line end behind "{size}". */
static bool read_literal(struct parser *p, struct imap_value *value) {
    while (p->next_literal < p->literal_count && p->literals[p->next_literal].at < p->at) p->next_literal++;
    if (p->next_literal == p->literal_count || p->literals[p->next_literal].at != p->at) return false;
    const struct imap_literal *literal = &p->literals[p->next_literal++];
    size_t header = text_find_char(rest_of(p), '\n');
    if (header == SIZE_MAX) return false;
    p->at += header + 1;
    value->kind = literal->streamed ? IMAP_STREAMED : IMAP_STRING;
    value->size = literal->size;
    if (literal->streamed) return true;
    if (literal->size > p->line.size - p->at) return false;
    value->text = text_slice(p->line, p->at, (size_t)literal->size);
    p->at += (size_t)literal->size;
    return true;
}

/* An atom; what stands in brackets belongs to it: BODY[HEADER.FIELDS (SUBJECT)]<0>. */
static bool read_atom(struct parser *p, struct imap_value *value) {
    size_t from = p->at, brackets = 0;
    for (; !at_end(p); p->at++) {
        char c = peek(p);
        if (c == '[') brackets++;
        else if (c == ']' && brackets > 0) brackets--;
        else if (c == '\r' || c == '\n' || c == '\0') return false;
        else if (brackets == 0 && strchr(" ()\"", c)) break;
    }
    value->kind = IMAP_ATOM;
    value->text = text_slice(p->line, from, p->at - from);
    if (text_is_nocase(value->text, "NIL")) value->kind = IMAP_NIL;
    return value->text.size > 0;
}

static bool read_values(struct parser *p, char end, int depth, const struct imap_value **ret);

static bool read_value(struct parser *p, int depth, struct imap_value *value) {
    char c = peek(p);
    if (c == '~' && p->at + 1 < p->line.size && p->line.data[p->at + 1] == '{') p->at++;
    if (c == '"') return read_quoted(p, value);
    if (peek(p) == '{') return read_literal(p, value);
    if (c != '(') return read_atom(p, value);
    p->at++;
    value->kind = IMAP_LIST;
    return depth < IMAP_DEPTH && read_values(p, ')', depth + 1, &value->first);
}

/* Values up to end, which is taken; '\0' stands for the end of the line. */
static bool read_values(struct parser *p, char end, int depth, const struct imap_value **ret) {
    const struct imap_value **tail = ret;
    for (;;) {
        skip_spaces(p);
        if (at_end(p)) return end == '\0';
        if (end != '\0' && peek(p) == end) {
            p->at++;
            return true;
        }
        struct imap_value *value = arena_alloc(p->mem, sizeof *value);
        if (!read_value(p, depth, value)) return false;
        *tail = value;
        tail = &value->next;
    }
}

static enum imap_status status_of(struct text word) {
    static const struct {
        const char *word;
        enum imap_status status;
    } words[] = {{"OK", IMAP_OK}, {"NO", IMAP_NO}, {"BAD", IMAP_BAD}, {"BYE", IMAP_BYE}, {"PREAUTH", IMAP_PREAUTH}};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_is_nocase(word, words[i].word)) return words[i].status;
    return IMAP_NO_STATUS;
}

bool imap_may_hold_literals(struct text line) {
    struct parser p = {.line = text_slice(line, 0, 64)};
    if (!text_is(take_word(&p), "*")) return false;
    return status_of(take_word(&p)) == IMAP_NO_STATUS;
}

/* "[CODE values] words". A bracket that does not close is part of the words. */
static bool read_status(struct parser *p, struct imap_response *response) {
    struct text rest = rest_of(p);
    size_t end = text_starts(rest, "[") ? text_find_char(rest, ']') : SIZE_MAX;
    response->words = rest;
    if (end == SIZE_MAX) return true;
    struct parser code = {.mem = p->mem, .line = text_slice(rest, 1, end - 1)};
    response->code = take_word(&code);
    response->words = text_trim(text_skip(rest, end + 1));
    const struct imap_value *values = NULL;
    /* Servers put all kinds of things there; what we cannot read, we do without. */
    if (read_values(&code, '\0', 0, &values)) response->code_values = values;
    return true;
}

static bool read_number(struct text word, uint32_t *ret) {
    int64_t number;
    if (word.size == 0 || word.data[0] == '-' || !text_to_int(word, &number) || number > UINT32_MAX) return false;
    *ret = (uint32_t)number;
    return true;
}

static bool read_untagged(struct parser *p, struct imap_response *response) {
    struct text word = take_word(p);
    response->status = status_of(word);
    response->name = word;
    if (response->status != IMAP_NO_STATUS) return read_status(p, response);
    if (read_number(word, &response->number)) {
        response->has_number = true;
        response->name = take_word(p);
    }
    if (text_empty(response->name)) return false;
    response->rest = rest_of(p);
    if (text_is_nocase(response->name, "SEARCH")) return true;
    return response->rest.size <= VALUES_SIZE && read_values(p, '\0', 0, &response->values);
}

static bool is_tag(struct text word) {
    for (size_t i = 0; i < word.size; i++)
        if ((unsigned char)word.data[i] <= ' ' || (unsigned char)word.data[i] >= 0x7F) return false;
    return word.size > 0;
}

bool imap_parse(struct arena *mem, struct text line, const struct imap_literal *literals, size_t literal_count,
                struct imap_response *ret) {
    struct parser p = {.mem = mem, .line = line, .literals = literals, .literal_count = literal_count};
    struct imap_response response = {0};
    struct text word = take_word(&p);
    if (text_is(word, "+")) {
        response.kind = IMAP_CONTINUATION;
        response.words = rest_of(&p);
    } else if (text_is(word, "*")) {
        response.kind = IMAP_UNTAGGED;
        if (!read_untagged(&p, &response)) return false;
    } else {
        response.kind = IMAP_TAGGED;
        response.tag = word;
        response.status = status_of(take_word(&p));
        if (!is_tag(word) || response.status == IMAP_NO_STATUS || !read_status(&p, &response)) return false;
    }
    *ret = response;
    return true;
}
