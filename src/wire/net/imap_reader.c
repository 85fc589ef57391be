#include "wire/net/imap_private.h"

void imap_open(struct imap_reader *reader, uint64_t body_limit) {
    *reader = (struct imap_reader){.body_limit = body_limit};
    reader->line = (struct buffer){.mem = &reader->mem, .limit = IMAP_LINE};
}

void imap_close(struct imap_reader *reader) {
    arena_free(&reader->mem);
}

static void start_over(struct imap_reader *r) {
    arena_free(&r->mem);
    r->line = (struct buffer){.mem = &r->mem, .limit = IMAP_LINE};
    r->literals = NULL;
    r->literal_count = r->literal_capacity = r->segment = 0;
    r->delivered = false;
}

static bool broken(struct imap_reader *r, const char *why, struct imap_event *ret) {
    r->broken = true;
    *ret = (struct imap_event){.kind = IMAP_BROKEN, .data = text_of(why)};
    return true;
}

/* The "{size}" at the end of a line. */
static bool ends_in_literal(struct text line, size_t *ret_at, uint64_t *ret_size) {
    if (!text_ends(line, "}") || !imap_may_hold_literals(line)) return false;
    size_t at = line.size - 1;
    while (at > 0 && line.data[at] != '{' && line.size - at < 24) at--;
    struct text digits = text_slice(line, at + 1, line.size - at - 2);
    int64_t size;
    if (line.data[at] != '{' || text_starts(digits, "-") || !text_to_int(digits, &size)) return false;
    *ret_at = at;
    *ret_size = (uint64_t)size;
    return true;
}

/* A message's text: the literal stands behind "BODY[...]" or "BODY[...]<0>" in a FETCH answer. */
static bool is_body(struct text line, size_t at) {
    struct text before = text_trim(text_slice(line, 0, at));
    if (text_ends(before, ">")) {
        while (before.size > 0 && before.data[before.size - 1] != '<') before.size--;
        if (before.size > 0) before.size--;
    }
    if (!text_starts(line, "* ") || !text_ends(before, "]")) return false;
    size_t open = before.size;
    while (open > 0 && before.data[open - 1] != '[') open--;
    struct text name = text_slice(before, 0, open);
    return open > 5 && text_is_nocase(text_skip(name, open - 5), "BODY[");
}

static void add_literal(struct imap_reader *r, struct imap_literal literal) {
    if (r->literal_count == r->literal_capacity) {
        size_t capacity = r->literal_capacity ? r->literal_capacity * 2 : 8;
        struct imap_literal *more = arena_array(&r->mem, capacity, sizeof *more);
        if (r->literal_count) memcpy(more, r->literals, r->literal_count * sizeof *more);
        r->literals = more;
        r->literal_capacity = capacity;
    }
    r->literals[r->literal_count++] = literal;
}

/* The line so far has ended in CR LF: a literal follows, or the answer is whole. True with an event. */
static bool end_of_line(struct imap_reader *r, struct imap_event *ret) {
    struct text line = text_from(r->line.data, r->line.size - 2);
    struct imap_literal literal = {0};
    if (ends_in_literal(line, &literal.at, &literal.size) && literal.at >= r->segment) {
        literal.streamed = is_body(line, literal.at);
        if (literal.streamed && literal.size > r->body_limit) return broken(r, "a message is too large", ret);
        if (!literal.streamed && literal.size > IMAP_LINE) return broken(r, "an answer is too long", ret);
        add_literal(r, literal);
        r->left = literal.size;
        r->segment = r->line.size + (literal.streamed ? 0 : (size_t)literal.size);
        r->streaming = literal.streamed;
        if (!literal.streamed) return false;
        *ret = (struct imap_event){.kind = IMAP_BODY_BEGIN, .size = literal.size};
        return true;
    }
    r->delivered = true;
    *ret = (struct imap_event){.kind = IMAP_RESPONSE};
    if (!imap_parse(&r->mem, line, r->literals, r->literal_count, &ret->response))
        return broken(r, "an answer is malformed", ret);
    return true;
}

static bool take_body(struct imap_reader *r, struct text *input, struct imap_event *ret) {
    if (r->left == 0) {
        r->streaming = false;
        *ret = (struct imap_event){.kind = IMAP_BODY_END};
        return true;
    }
    if (input->size == 0) return false;
    struct text piece = text_slice(*input, 0, r->left < input->size ? (size_t)r->left : input->size);
    *input = text_skip(*input, piece.size);
    r->left -= piece.size;
    *ret = (struct imap_event){.kind = IMAP_BODY_DATA, .data = piece};
    return true;
}

/* Takes the rest of a small literal, or of a line up to its line feed. True when the line has ended. */
static bool take_line(struct imap_reader *r, struct text *input) {
    size_t size = r->left;
    bool literal = size > 0;
    if (!literal) {
        size_t feed = text_find_char(*input, '\n');
        size = feed == SIZE_MAX ? input->size : feed + 1;
    }
    if (size > input->size) size = input->size;
    buffer_add(&r->line, input->data, size);
    *input = text_skip(*input, size);
    if (literal) {
        r->left -= size;
        return false;
    }
    size_t end = r->line.size;
    return end >= r->segment + 2 && r->line.data[end - 1] == '\n' && r->line.data[end - 2] == '\r';
}

bool imap_next(struct imap_reader *r, struct text *input, struct imap_event *ret) {
    if (r->broken) {
        *input = text_skip(*input, input->size);
        return false;
    }
    if (r->delivered) start_over(r);
    for (;;) {
        if (r->streaming) return take_body(r, input, ret);
        if (input->size == 0) return false;
        bool ended = take_line(r, input);
        if (r->line.failed) return broken(r, "an answer is too long", ret);
        if (ended && end_of_line(r, ret)) return true;
    }
}
