#include "wire/html/html_private.h"

enum { QUOTE_DEPTH = 16, URL_SIZE = 2000 };

static bool is_address_char(char c) {
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || strchr("._%+-", c);
}

static bool is_url_char(char c) {
    return (unsigned char)c > ' ' && c != 0x7F && !strchr("<>\"`{}|\\^", c);
}

/* The size of the web address that t begins with, or 0. Punctuation at its end belongs to the sentence, and so does a
 * closing parenthesis that nothing in the address opens. */
static size_t url_size(struct text t) {
    size_t scheme = text_starts_nocase(t, "https://") ? 8 : text_starts_nocase(t, "http://") ? 7 : 0;
    if (scheme == 0) scheme = text_starts_nocase(t, "www.") ? 4 : 0;
    if (scheme == 0) return 0;
    size_t size = scheme;
    while (size < t.size && size <= URL_SIZE && is_url_char(t.data[size])) size++;
    if (size > URL_SIZE) return 0;
    for (; size > scheme; size--) {
        char last = t.data[size - 1];
        if (strchr(".,;:!?'*_", last)) continue;
        if (last == ')' && text_find_char(text_slice(t, 0, size), '(') == SIZE_MAX) continue;
        if (last == ']' && text_find_char(text_slice(t, 0, size), '[') == SIZE_MAX) continue;
        break;
    }
    return size > scheme ? size : 0;
}

/* The mail address around the "@" at offset at of line; from is the earliest byte it may begin with. */
static bool find_address(struct text line, size_t from, size_t at, struct text *ret) {
    size_t begin = at, end = at + 1;
    while (begin > from && is_address_char(line.data[begin - 1]) && line.data[begin - 1]) begin--;
    while (end < line.size && line.data[end] && is_address_char(line.data[end])) end++;
    while (end > at + 1 && strchr(".-_%+", line.data[end - 1])) end--;
    while (begin < at && line.data[begin] == '.') begin++;
    struct text domain = text_slice(line, at + 1, end - at - 1);
    if (begin == at || domain.size < 4 || text_find_char(domain, '.') == SIZE_MAX || end - begin > 254) return false;
    *ret = text_slice(line, begin, end - begin);
    return true;
}

static void add_link(struct buffer *out, const char *scheme, struct text label) {
    buffer_printf(out, "<a href=\"%s", scheme);
    html_escape_to(out, label);
    buffer_add_string(out, "\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">");
    html_escape_to(out, label);
    buffer_add_string(out, "</a>");
}

static bool at_word_start(struct text line, size_t i) {
    return i == 0 || !is_address_char(line.data[i - 1]);
}

/* Leading and repeated spaces are kept: they may be a table or a piece of a program. */
static void add_words(struct buffer *out, struct text t, bool begins) {
    size_t from = 0;
    for (size_t i = 0; i < t.size; i++) {
        bool kept = (t.data[i] == ' ' && ((i == 0 && begins) || (i > 0 && t.data[i - 1] == ' '))) || t.data[i] == '\t';
        if (!kept) continue;
        html_escape_to(out, text_slice(t, from, i - from));
        buffer_add_string(out, t.data[i] == '\t' ? "\u00A0\u00A0\u00A0 " : "\u00A0");
        from = i + 1;
    }
    html_escape_to(out, text_skip(t, from));
}

static void add_line(struct buffer *out, struct text line) {
    size_t from = 0;
    for (size_t i = 0; i < line.size; i++) {
        char c = (char)(line.data[i] | 32);
        struct text address;
        size_t url = (c == 'h' || c == 'w') && at_word_start(line, i) ? url_size(text_skip(line, i)) : 0;
        if (url) {
            address = text_slice(line, i, url);
        } else if (line.data[i] != '@' || !find_address(line, from, i, &address)) {
            continue;
        }
        size_t begin = (size_t)(address.data - line.data);
        add_words(out, text_slice(line, from, begin - from), from == 0);
        add_link(out, !url ? "mailto:" : c == 'w' ? "https://" : "", address);
        from = begin + address.size;
        i = from - 1;
    }
    add_words(out, text_skip(line, from), from == 0);
}

/* Takes the quote marks off the line and returns how many there are. ">From" is an escaped line of an old mailbox. */
static unsigned take_quotes(struct text *line) {
    struct text rest = *line;
    unsigned quotes = 0;
    if (text_starts(rest, ">From ")) return 0;
    while (quotes < QUOTE_DEPTH && text_starts(rest, ">")) {
        rest = text_skip(rest, 1);
        quotes++;
        if (text_starts(rest, " >")) rest = text_skip(rest, 1);
    }
    if (quotes && text_starts(rest, " ")) rest = text_skip(rest, 1);
    *line = rest;
    return quotes;
}

struct text html_from_text(struct arena *mem, struct text plain) {
    struct buffer out = {.mem = mem};
    struct text rest = text_make_utf8(mem, plain), line;
    unsigned quotes = 0;
    bool first = true;
    while (text_next_line(&rest, &line)) {
        unsigned wanted = take_quotes(&line);
        bool moved = wanted != quotes;
        for (; quotes < wanted; quotes++) buffer_add_string(&out, "<blockquote>");
        for (; quotes > wanted; quotes--) buffer_add_string(&out, "</blockquote>");
        if (!first && !moved) buffer_add_string(&out, "<br>");
        add_line(&out, line);
        first = false;
    }
    for (; quotes > 0; quotes--) buffer_add_string(&out, "</blockquote>");
    return buffer_text(&out);
}
