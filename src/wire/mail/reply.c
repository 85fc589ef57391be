#include "wire/mail/reply_private.h"

#include <string.h>

#define WRAPPED_SIZE 55 /* a quoted line at least as long may have been broken by a program that forgot the ">" */

static bool has_written(const struct reply_lines *lines, size_t from, size_t end) {
    for (size_t i = from; i < end; i++)
        if (lines->at[i].kind == LINE_TEXT) return true;
    return false;
}

static bool ends_sentence(struct text raw) {
    raw = reply_trim(raw);
    return raw.size && strchr(".!?:;", raw.data[raw.size - 1]);
}

static bool begins_small(struct text raw) {
    return raw.size && raw.data[0] >= 'a' && raw.data[0] <= 'z';
}

/* A line right below a long quoted one may be the rest of it. */
static bool is_rest(const struct reply_line *above, const struct reply_line *line) {
    if (line->kind != LINE_TEXT || above->kind != LINE_QUOTE) return false;
    return above->raw.size >= WRAPPED_SIZE && line->raw.size < above->raw.size && !ends_sentence(above->raw);
}

/* "(https://example.org/a", "_nonce=17)": pieces of addresses that were broken without a mark. */
static bool is_link_piece(struct text raw) {
    raw = reply_trim(raw);
    if (raw.size == 0 || raw.size > 500 || text_find_char(reply_strip(raw, " >"), ' ') != SIZE_MAX) return false;
    return text_starts(raw, "http") || text_starts(raw, "(http") || text_starts(raw, "<http") || strchr(")>", raw.data[raw.size - 1]);
}

/* With more quoted lines below it is. Where nothing follows, it is when it begins small. */
static void wrapped_quotes_mark(struct reply_lines *lines) {
    for (size_t i = 1; i + 1 < lines->count; i++) {
        struct reply_line *line = &lines->at[i], *below = &lines->at[i + 1];
        if (line->kind == LINE_TEXT && line[-1].kind == LINE_QUOTE && below->kind == LINE_QUOTE && is_link_piece(line->raw))
            line->kind = LINE_QUOTE;
        if (!is_rest(&lines->at[i - 1], line)) continue;
        if (below->kind == LINE_QUOTE || (below->kind == LINE_BLANK && begins_small(line->raw))) line->kind = LINE_QUOTE;
    }
}

static void kind_mark(struct reply_lines *lines, size_t from, size_t end, enum reply_kind kind) {
    for (size_t i = from; i < end; i++) lines->at[i].kind = kind;
}

static bool quote_follows(const struct reply_lines *lines, size_t at) {
    at = reply_lines_written(lines, at, lines->count);
    return at < lines->count && lines->at[at].kind == LINE_QUOTE;
}

/* An old letter begins at this line and nobody says where it ends. *at: moves on over what was marked. */
static bool cuts_here(struct reply_lines *lines, size_t *at, bool written) {
    struct reply_block block;
    struct reply_attribution attribution;
    size_t end;
    if (reply_is_marker(lines->at[*at].plain)) {
        if (written) return true;
        lines->at[*at].kind = LINE_SIGNATURE;
        return false;
    }
    if (reply_block_at(lines, *at, &block)) {
        if (written || !quote_follows(lines, block.end)) return true;
        end = block.end;
    } else {
        if (!reply_attribution_at(lines, *at, &attribution)) return false;
        if (!attribution.quoted) return true;
        end = attribution.end;
    }
    kind_mark(lines, *at, end, LINE_ATTRIBUTION);
    *at = end - 1;
    return false;
}

/* An attribution behind the answer goes with the quote. */
static bool shared_line_cut(struct arena *mem, struct reply_lines *lines, size_t at) {
    size_t size = reply_attribution_inside(mem, lines, at);
    if (size) lines->at[at].raw = text_cut(reply_trim(lines->at[at].raw), size);
    return size > 0;
}

/* Marks the attributions of quoted lines. The line where an unmarked old letter begins; the number of lines when none does. */
static size_t cut_find(struct arena *mem, struct reply_lines *lines) {
    bool written = false;
    for (size_t i = 0; i < lines->count; i++) {
        if (lines->at[i].kind != LINE_TEXT) continue;
        if (!shared_line_cut(mem, lines, i) && cuts_here(lines, &i, written)) return i;
        written = written || lines->at[i].kind == LINE_TEXT;
    }
    return lines->count;
}

/* Where quotes and signatures begin that nothing written follows. *quote: its first quoted line or attribution, if any. */
static size_t tail_begin(const struct reply_lines *lines, size_t end, size_t *quote) {
    size_t begin = end;
    for (; begin > 0 && lines->at[begin - 1].kind != LINE_TEXT; begin--)
        if (lines->at[begin - 1].kind == LINE_QUOTE || lines->at[begin - 1].kind == LINE_ATTRIBUTION) *quote = begin - 1;
    return begin;
}

static bool is_quote(const struct reply_line *line) {
    return line->kind == LINE_QUOTE || line->kind == LINE_ATTRIBUTION;
}

/* The line after the quote that a letter begins with, whose answer stands below it; 0 when it does not begin with one. */
static size_t head_end(const struct reply_lines *lines, size_t end) {
    size_t i = 0, after = 0;
    for (; i < end && lines->at[i].kind != LINE_TEXT; i++)
        if (is_quote(&lines->at[i])) after = i + 1;
    return after;
}

static bool quotes_in(const struct reply_lines *lines, size_t from, size_t end) {
    for (size_t i = from; i < end; i++)
        if (is_quote(&lines->at[i])) return true;
    return false;
}

/* The first quote in [from, end): its lines and what was quoted by name. *ret_end: the line after it. */
static size_t quote_find(const struct reply_lines *lines, size_t from, size_t end, size_t *ret_end) {
    size_t begin = from;
    while (begin < end && !is_quote(&lines->at[begin])) begin++;
    *ret_end = begin;
    for (size_t i = begin; i < end && lines->at[i].kind != LINE_TEXT; i++)
        if (is_quote(&lines->at[i])) *ret_end = i + 1;
    return begin;
}

/* One old letter with its attribution in the midst of the new one is not answered piece by piece: it folds. */
static bool single_quote_fold(struct reply_lines *lines, size_t from, size_t end) {
    size_t after, begin = quote_find(lines, from, end, &after);
    if (begin == end || lines->at[begin].kind != LINE_ATTRIBUTION || quotes_in(lines, after, lines->count)) return false;
    kind_mark(lines, begin, after, LINE_SIGNATURE);
    return true;
}

static size_t offset_of(const struct reply_lines *lines, size_t at, struct text text) {
    return at < lines->count ? (size_t)(lines->at[at].raw.data - text.data) : SIZE_MAX;
}

static struct reply_parts whole(struct arena *mem, struct text text) {
    return (struct reply_parts){.visible = text_copy(mem, reply_trim(text)), .quote_at = SIZE_MAX};
}

static struct reply_parts reply_read(struct arena *mem, struct reply_lines *lines, struct text text) {
    wrapped_quotes_mark(lines);
    size_t cut = reply_rules_above(lines, cut_find(mem, lines)), quote = cut;
    reply_signature_mark(lines, cut);
    size_t end = tail_begin(lines, cut, &quote);
    if (end < lines->count) end = reply_rules_above(lines, end);
    if (!has_written(lines, 0, end)) return whole(mem, text);
    size_t begin = head_end(lines, end);
    bool inline_answers = quotes_in(lines, begin, end) && !single_quote_fold(lines, begin, end);
    if (inline_answers) begin = 0;
    return (struct reply_parts){.visible = reply_lines_join(mem, lines, begin, end),
                                .quote_at = offset_of(lines, quote, text),
                                .has_inline_answers = inline_answers};
}

/* Where another letter begins, whose signatures are not ours to fold. */
static size_t forward_find(const struct reply_lines *lines) {
    struct reply_block block;
    for (size_t i = 0; i < lines->count; i++)
        if (reply_block_at(lines, i, &block)) return i;
    return lines->count;
}

static struct reply_parts first_letter_read(struct arena *mem, struct reply_lines *lines, struct text text) {
    size_t forward = reply_rules_above(lines, forward_find(lines));
    for (size_t i = 0; i < forward; i++)
        if (lines->at[i].kind == LINE_QUOTE) lines->at[i].kind = LINE_TEXT;
    reply_signature_mark(lines, forward);
    if (!has_written(lines, 0, lines->count)) return whole(mem, text);
    return (struct reply_parts){.visible = reply_lines_join(mem, lines, 0, lines->count), .quote_at = SIZE_MAX};
}

/* "-----Original Message-----": what is passed on is called forwarded. */
static bool says_original(struct text plain) {
    static const char *const words[] = {"origin", "ursprüng", "eredeti", "oorspronk", "oryginal", "původn", "pôvodn", "oprind", "opprinn",
                                        "исходн", "元の", "原始"};
    return reply_table_in((struct reply_table){COUNT_OF(words), words}, plain);
}

/* Some programs leave the headers of a reply out. */
static bool looks_like_reply(const struct reply_lines *lines) {
    struct reply_block block;
    struct reply_attribution attribution;
    for (size_t i = 0; i < lines->count; i++) {
        if (lines->at[i].kind != LINE_TEXT) continue;
        if (reply_block_at(lines, i, &block)) {
            bool has_headers = block.headers > i && block.end > block.headers;
            return has_headers && says_original(lines->at[i].plain) && has_written(lines, 0, i);
        }
        if (reply_attribution_at(lines, i, &attribution)) return attribution.sure;
    }
    return false;
}

struct reply_parts reply_split(struct arena *mem, struct text text, bool is_reply) {
    struct reply_lines lines = reply_lines_read(mem, text);
    if (!is_reply) is_reply = looks_like_reply(&lines);
    struct reply_parts parts = is_reply ? reply_read(mem, &lines, text) : first_letter_read(mem, &lines, text);
    return text_empty(parts.visible) ? whole(mem, text) : parts;
}

struct reply_parts reply_split_forward(struct arena *mem, struct text text) {
    struct reply_lines lines = reply_lines_read(mem, text);
    struct reply_parts parts = first_letter_read(mem, &lines, text);
    return text_empty(parts.visible) ? whole(mem, text) : parts;
}
