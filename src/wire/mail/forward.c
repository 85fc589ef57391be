#include "wire/mail/forward.h"

#include "wire/mail/reply_private.h"

#include <string.h>

/* What stands behind the colon of a header line, as written. */
static struct text value_of(struct text raw) {
    size_t colon = text_find_char(raw, ':'), wide = text_find(raw, text_of("\xEF\xBC\x9A"));
    size_t begin = wide < colon ? wide + 3 : colon == SIZE_MAX ? raw.size : colon + 1;
    return reply_trim(reply_strip(reply_trim(text_skip(raw, begin)), "* \t"));
}

/* A value that was broken over lines ends where the next header, a blank line or the block does. */
static struct text value_read(struct arena *mem, const struct reply_lines *lines, size_t at, size_t end) {
    struct buffer out = {.mem = mem};
    buffer_add_text(&out, value_of(lines->at[at].raw));
    for (size_t i = at + 1; i < end && lines->at[i].kind == LINE_TEXT; i++) {
        if (reply_label_of(lines->at[i].plain) != LABEL_NONE) break;
        if (out.size) buffer_add_char(&out, ' ');
        buffer_add_text(&out, reply_trim(lines->at[i].raw));
    }
    return buffer_text(&out);
}

/* The value of the first header with this label; no text when there is none. */
static struct text header_find(struct arena *mem, const struct reply_lines *lines, const struct reply_block *block,
                               enum reply_label label) {
    for (size_t i = block->headers; i < block->end; i++)
        if (reply_label_of(lines->at[i].plain) == label) return value_read(mem, lines, i, block->end);
    return text_of(NULL);
}

static bool is_address_char(char c) {
    unsigned char byte = (unsigned char)c;
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')
           || (byte && strchr("._%+-=&'/!#$*?^{}~|", c));
}

/* The first thing in value that looks like an address. *ret_from: where it begins, value's size when there is none. */
static struct text address_find(struct text value, size_t *ret_from) {
    size_t at = text_find_char(value, '@'), from = at, end = at + 1;
    *ret_from = value.size;
    if (!value.data || at == SIZE_MAX) return text_of("");
    while (from > 0 && is_address_char(value.data[from - 1])) from--;
    while (end < value.size && is_address_char(value.data[end])) end++;
    struct text address = reply_strip(text_slice(value, from, end - from), ".'*");
    if (address.size < 3 || text_ends(address, "@") || text_starts(address, "@")) return text_of("");
    *ret_from = from;
    return address;
}

/* "ana@example.org (Ana Meyer)": the name stands behind. */
static struct text comment_name(struct text value) {
    size_t open = text_find_char(value, '('), close = text_find_char(value, ')');
    return open < close && close != SIZE_MAX ? text_slice(value, open + 1, close - open - 1) : text_of("");
}

/* "Ana Meyer <ana@example.org<mailto:ana@example.org>>", "Ana Meyer [mailto:ana@example.org]", "ana@example.org (Ana)" */
static struct mail_address address_read(struct arena *mem, struct text value) {
    size_t from;
    struct text address = address_find(value, &from), name = text_slice(value, 0, from);
    if (text_ends(name, "mailto:")) name.size -= strlen("mailto:");
    name = reply_trim(reply_strip(reply_trim(name), "<>[(\"' \t*"));
    if (text_empty(name) && address.size) name = reply_trim(comment_name(text_skip(value, from + address.size)));
    if (text_equal_nocase(name, address) || text_find_char(name, '@') != SIZE_MAX) name = text_of("");
    return (struct mail_address){.name = text_copy(mem, name), .address = text_copy(mem, address)};
}

/* Without one ">" before each line, for programs that quote what they forward. */
static struct text unquoted(struct arena *mem, struct text text) {
    struct buffer out = {.mem = mem};
    for (struct text line; text_next_line(&text, &line);) {
        size_t mark = text_find_char(text_cut(line, 4), '>');
        if (mark != SIZE_MAX) line = text_skip(line, mark + 1);
        if (mark != SIZE_MAX && text_starts(line, " ")) line = text_skip(line, 1);
        buffer_add_text(&out, line);
        buffer_add_char(&out, '\n');
    }
    return buffer_text(&out);
}

/* What follows line `at`, from its first written line on. */
static struct text text_behind(struct text text, const struct reply_lines *lines, size_t at) {
    return at < lines->count ? text_skip(text, (size_t)(lines->at[at].raw.data - text.data)) : text_of("");
}

static bool is_all_quoted(const struct reply_lines *lines, size_t at) {
    bool seen = false;
    for (size_t i = at; i < lines->count; i++) {
        if (lines->at[i].kind == LINE_TEXT) return false;
        seen = seen || lines->at[i].kind == LINE_QUOTE;
    }
    return seen;
}

static bool block_find(const struct reply_lines *lines, size_t *ret_at, struct reply_block *ret_block) {
    for (size_t i = 0; i < lines->count; i++) {
        if (!reply_block_at(lines, i, ret_block)) continue;
        *ret_at = i;
        return true;
    }
    return false;
}

/* What the forwarder wrote above line `end`, without a signature. */
static struct text comment_read(struct arena *mem, struct reply_lines *lines, size_t end) {
    end = reply_rules_above(lines, end);
    reply_signature_mark(lines, end);
    return reply_lines_join(mem, lines, 0, end);
}

static void inner_read(struct arena *mem, struct text text, const struct reply_lines *lines, const struct reply_block *block,
                       struct mail_forward *forward) {
    struct text inner = text_behind(text, lines, block->end);
    struct text subject = header_find(mem, lines, block, LABEL_SUBJECT);
    forward->from = address_read(mem, header_find(mem, lines, block, LABEL_FROM));
    forward->subject = subject.data ? subject : text_of("");
    forward->text = text_copy(mem, reply_trim(is_all_quoted(lines, block->end) ? unquoted(mem, inner) : inner));
}

/* A separator above quoted lines: the header block is among them. */
static void quoted_read(struct arena *mem, struct text text, struct mail_forward *forward) {
    struct text inner = unquoted(mem, text);
    struct reply_lines lines = reply_lines_read(mem, inner);
    struct reply_block block = {0};
    size_t at = reply_lines_written(&lines, 0, lines.count);
    if (at >= lines.count || !reply_block_at(&lines, at, &block)) block = (struct reply_block){0};
    inner_read(mem, inner, &lines, &block, forward);
}

bool forward_read(struct arena *mem, struct text text, struct mail_forward *ret) {
    struct reply_lines lines = reply_lines_read(mem, text);
    struct mail_forward forward = {0};
    struct reply_block block;
    size_t at;
    if (!block_find(&lines, &at, &block)) return false;
    size_t next = reply_lines_written(&lines, block.end, lines.count);
    if (block.headers == block.end && next < lines.count && lines.at[next].kind == LINE_QUOTE)
        quoted_read(mem, text_behind(text, &lines, next), &forward);
    else
        inner_read(mem, text, &lines, &block, &forward);
    forward.comment = comment_read(mem, &lines, at);
    *ret = forward;
    return true;
}
