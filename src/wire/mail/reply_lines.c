#include "wire/mail/reply_private.h"

#include <string.h>

/* The character as the tables of words have it: ' ' for any space, 0 for what nobody sees. */
static uint32_t plain_rune(uint32_t rune) {
    switch (rune) {
    case '\t': case '\r': case '\v': case '\f': case 0xA0: case 0x202F: case 0x2007: case 0x2009: case 0x3000: return ' ';
    case 0xAD: case 0x200B: case 0x200C: case 0x200D: case 0x200E: case 0x200F: case 0x2060: case 0xFEFF: return 0;
    case 0x202A: case 0x202B: case 0x202C: case 0x202D: case 0x202E: case 0x2066: case 0x2068: case 0x2069: return 0;
    case 0x2010: case 0x2011: case 0x2012: case 0x2013: case 0x2014: case 0x2015: case 0x2212: return '-';
    case 0x2018: case 0x2019: case 0xB4: return '\'';
    case 0xFF1A: return ':';
    default: return rune;
    }
}

/* Appends one folded line in its plain form. */
static void plain_add(struct buffer *out, struct text folded) {
    size_t begin = out->size;
    folded = text_cut(folded, REPLY_LINE_READ);
    for (size_t i = 0; i < folded.size;) {
        uint32_t rune = plain_rune(text_rune(folded, &i));
        if (rune == 0 || (rune == ' ' && (out->size == begin || out->data[out->size - 1] == ' '))) continue;
        buffer_add_rune(out, rune);
    }
    if (out->size > begin && out->data[out->size - 1] == ' ') out->size--;
}

static bool is_quoted(struct text raw) {
    size_t i = 0;
    while (i < raw.size && i < 3 && raw.data[i] == ' ') i++;
    return i < raw.size && raw.data[i] == '>';
}

static size_t count_lines(struct text text) {
    size_t count = 0;
    for (struct text line; count < REPLY_LINES && text_next_line(&text, &line);) count++;
    return count;
}

/* Line number i of count; the last of too many takes all that is left. */
static struct text line_take(struct text *rest, size_t i) {
    struct text line = *rest;
    if (i + 1 < REPLY_LINES) (void)text_next_line(rest, &line);
    return line;
}

static enum reply_kind kind_of(const struct reply_line *line) {
    if (is_quoted(line->raw)) return LINE_QUOTE;
    return text_empty(line->plain) ? LINE_BLANK : LINE_TEXT;
}

/* The plain forms stand one behind the other in one buffer, which moves while it grows: they get their addresses last. */
struct reply_lines reply_lines_read(struct arena *mem, struct text text) {
    struct text folded = text_fold(mem, text);
    struct buffer plain = {.mem = mem};
    struct reply_lines lines = {.count = count_lines(text)};
    lines.at = arena_array(mem, lines.count, sizeof *lines.at);
    for (size_t i = 0; i < lines.count; i++) {
        struct reply_line *line = &lines.at[i];
        size_t begin = plain.size;
        line->raw = line_take(&text, i);
        struct text small = line_take(&folded, i);
        if (!is_quoted(line->raw)) plain_add(&plain, small);
        line->plain.size = plain.size - begin;
    }
    const char *next = buffer_text(&plain).data;
    for (size_t i = 0; i < lines.count; i++) {
        lines.at[i].plain.data = next;
        next += lines.at[i].plain.size;
        lines.at[i].kind = kind_of(&lines.at[i]);
    }
    return lines;
}

size_t reply_lines_written(const struct reply_lines *lines, size_t at, size_t end) {
    while (at < end && lines->at[at].kind == LINE_BLANK) at++;
    return at;
}

/* The size of the white space or invisible character at the beginning; 0 when there is none. */
static size_t space_size(struct text t) {
    static const char *const wide[] = {"\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x8B", "\xEF\xBB\xBF", "\xE2\x80\x8E"};
    if (t.size && strchr(" \t\r\n\v\f", t.data[0])) return t.data[0] ? 1 : 0;
    for (size_t i = 0; i < COUNT_OF(wide); i++)
        if (text_starts(t, wide[i])) return strlen(wide[i]);
    return 0;
}

struct text reply_trim(struct text t) {
    for (size_t size; (size = space_size(t)) > 0;) t = text_skip(t, size);
    for (size_t before = SIZE_MAX; before != t.size;) {
        before = t.size;
        t = text_trim(t);
        if (t.size >= 2 && space_size(text_skip(t, t.size - 2)) == 2) t.size -= 2;
        if (t.size >= 3 && space_size(text_skip(t, t.size - 3)) == 3) t.size -= 3;
    }
    return t;
}

bool reply_is_rule(struct text plain, const char *set, size_t least) {
    size_t count = 0;
    for (size_t i = 0; i < plain.size; i++) {
        if (plain.data[i] == ' ') continue;
        if (!plain.data[i] || !strchr(set, plain.data[i])) return false;
        count++;
    }
    return count >= least;
}

static bool is_of(char c, const char *set) {
    return c && strchr(set, c);
}

struct text reply_strip(struct text t, const char *set) {
    while (t.size && is_of(t.data[0], set)) t = text_skip(t, 1);
    while (t.size && is_of(t.data[t.size - 1], set)) t.size--;
    return t;
}

/* The end of the lines from `at` on that are shown, or not, alike. */
static size_t run_end(const struct reply_lines *lines, size_t at, size_t end) {
    bool hidden = lines->at[at].kind == LINE_SIGNATURE;
    while (at < end && (lines->at[at].kind == LINE_SIGNATURE) == hidden) at++;
    return at;
}

struct text reply_lines_join(struct arena *mem, const struct reply_lines *lines, size_t from, size_t end) {
    struct buffer out = {.mem = mem};
    for (size_t next; from < end; from = next) {
        next = run_end(lines, from, end);
        if (lines->at[from].kind == LINE_SIGNATURE) continue;
        const struct text *last = &lines->at[next - 1].raw;
        struct text run = reply_trim(text_from(lines->at[from].raw.data, (size_t)(last->data + last->size - lines->at[from].raw.data)));
        if (text_empty(run)) continue;
        if (out.size) buffer_add_string(&out, "\n\n");
        buffer_add_text(&out, run);
    }
    return buffer_text(&out);
}
