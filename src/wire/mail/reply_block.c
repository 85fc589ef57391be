#include "wire/mail/reply_private.h"

#define BLOCK_LINES 60  /* header lines with what was broken over lines */
#define BLOCK_MISSES 4  /* lines of a long list of recipients between two labels */

/* "-----Ana Meyer/ACME wrote: -----", as Notes writes it, or "---- On 3 May 2026 10:12 Ana wrote ----". */
static bool is_wrote_separator(struct text bare, bool ruled_off) {
    if (!ruled_off && !text_ends(bare, ":")) return false;
    struct text rest = bare, word;
    while (text_next(&rest, ' ', &word))
        if (reply_word_is(REPLY_VERBS, reply_strip(word, ":"))) return true;
    return false;
}

static bool has_date(struct text t) {
    for (size_t i = 0; i < t.size; i++)
        if (t.data[i] >= '0' && t.data[i] <= '9') return true;
    return false;
}

/* "forwarded by ana on 3 may": begins with the words and goes on with a name or a date. */
static bool is_separator_words(struct text bare) {
    return reply_word_is(REPLY_SEPARATORS, bare) || reply_word_is(REPLY_BEGINNINGS, bare)
           || (reply_words_begin(REPLY_SEPARATORS, bare) && bare.size < 120 && has_date(bare));
}

static bool is_separator(struct text plain) {
    if (plain.size < 8) return false;
    struct text bare = reply_strip(plain, "-_=*~+ ");
    bool is_ruled = (size_t)(bare.data - plain.data) >= 2;
    if (is_ruled) bare = reply_strip(text_slice(bare, 0, text_find(bare, text_of("--"))), "-_=*~+ ");
    if (bare.size > 150) return false;
    if (is_ruled && is_wrote_separator(bare, text_ends(plain, "---"))) return true;
    bare = reply_strip(bare, ": ");
    if (!is_ruled) return reply_word_is(REPLY_BEGINNINGS, bare);
    return is_separator_words(bare);
}

/* What the lines of a header block tell. */
struct headers {
    size_t end;     /* the line after the last label */
    size_t kinds;   /* different labels */
    bool seen[LABEL_COUNT];
    bool has_address, has_time;
};

static bool is_time(struct text t) {
    for (size_t i = 1; i + 2 < t.size; i++)
        if (t.data[i] == ':' && has_date(text_slice(t, i - 1, 1)) && has_date(text_slice(t, i + 1, 1))) return true;
    return false;
}

static void label_note(struct headers *headers, enum reply_label label) {
    headers->kinds += label != LABEL_NONE && !headers->seen[label];
    headers->seen[label] = true;
}

/* Some programs put all labels into one line: "From: Ana Sent: Monday To: Max Subject: Invoice". */
static void headers_note(struct headers *headers, enum reply_label label, struct text plain) {
    struct text rest = plain, word;
    label_note(headers, label);
    while (text_next(&rest, ' ', &word))
        if (word.data > plain.data && word.size > 2 && text_ends(word, ":")) label_note(headers, reply_label_of(word));
    if (text_find_char(plain, '@') != SIZE_MAX) headers->has_address = true;
    if (label == LABEL_DATE && is_time(plain)) headers->has_time = true;
}

/* May this line, which has no label, stand inside the block? Blank lines only when the next one goes on with a label. */
static bool goes_on(const struct reply_lines *lines, size_t at, size_t misses) {
    const struct reply_line *line = &lines->at[at];
    if (line->kind == LINE_BLANK)
        return misses == 0 && at + 1 < lines->count && reply_label_of(lines->at[at + 1].plain) != LABEL_NONE;
    return line->kind == LINE_TEXT && misses < BLOCK_MISSES;
}

static struct headers headers_read(const struct reply_lines *lines, size_t at) {
    struct headers headers = {.end = at};
    size_t misses = 0;
    for (size_t i = at; i < lines->count && i < at + BLOCK_LINES; i++) {
        struct text plain = lines->at[i].plain;
        enum reply_label label = reply_label_of(plain);
        if (label == LABEL_NONE) {
            if (!goes_on(lines, i, misses++)) break;
            if (i == headers.end && text_find_char(plain, '@') != SIZE_MAX) headers.has_address = true;
            continue;
        }
        if (label != LABEL_OTHER && label != LABEL_COPY && headers.seen[label]) break;
        headers_note(&headers, label, plain);
        headers.end = i + 1;
        misses = 0;
    }
    return headers;
}

/* "From: Vienna, To: Graz, Date: Monday" is a journey: a letter has a subject, an address or a time. */
static bool is_letter_head(const struct headers *headers) {
    if (headers->seen[LABEL_DATE] && headers->seen[LABEL_TO] && headers->has_address && headers->has_time) return true;
    if (!headers->seen[LABEL_FROM] || headers->kinds < 2) return false;
    return headers->seen[LABEL_SUBJECT] || headers->has_address || headers->has_time;
}

/* A long last header may go on in the next line. */
static size_t headers_end(const struct reply_lines *lines, size_t end) {
    if (end < lines->count && lines->at[end - 1].plain.size >= 60 && lines->at[end].kind == LINE_TEXT
        && end + 1 < lines->count && lines->at[end + 1].kind == LINE_BLANK)
        return end + 1;
    return end;
}

/* A rule above says as much as a separator, but does not stand without a sender and another header. */
static bool below_rule(const struct reply_lines *lines, size_t at) {
    while (at > 0 && lines->at[at - 1].kind == LINE_BLANK) at--;
    return at > 0 && reply_is_rule(lines->at[at - 1].plain, "-_=*~", 5);
}

static bool headers_at(const struct reply_lines *lines, size_t at, bool after_separator, struct reply_block *ret_block) {
    if (at >= lines->count || reply_label_of(lines->at[at].plain) == LABEL_NONE) return false;
    struct headers headers = headers_read(lines, at);
    bool holds = after_separator ? headers.seen[LABEL_FROM] || headers.kinds >= 2 : is_letter_head(&headers);
    if (!holds && headers.seen[LABEL_FROM] && headers.seen[LABEL_DATE]) holds = below_rule(lines, at);
    if (holds) *ret_block = (struct reply_block){.headers = at, .end = headers_end(lines, headers.end)};
    return holds;
}

bool reply_block_at(const struct reply_lines *lines, size_t at, struct reply_block *ret_block) {
    const struct reply_line *line = &lines->at[at];
    if (line->kind != LINE_TEXT) return false;
    if (!is_separator(line->plain)) return headers_at(lines, at, false, ret_block);
    size_t next = at + 1;
    while (next < lines->count && next < at + 4 && lines->at[next].kind == LINE_BLANK) next++;
    if (!headers_at(lines, next, true, ret_block)) *ret_block = (struct reply_block){at + 1, at + 1};
    return true;
}

/* "-------- Message initial --------" in a language that no table knows: right above a header block it divides. */
static bool is_ruled_title(struct text plain) {
    struct text bare = reply_strip(plain, "-_=*~ ");
    size_t before = (size_t)(bare.data - plain.data), after = plain.size - before - bare.size;
    return bare.size > 0 && bare.size <= 60 && before >= 3 && after >= 3;
}

size_t reply_rules_above(const struct reply_lines *lines, size_t cut) {
    for (size_t i = cut; i > 0; i--) {
        const struct reply_line *line = &lines->at[i - 1];
        if (line->kind == LINE_BLANK) continue;
        if (line->kind != LINE_TEXT) break;
        bool is_title = is_ruled_title(line->plain) || reply_word_is(REPLY_SEPARATORS, reply_strip(line->plain, "*: "));
        if (!is_title && !reply_is_rule(line->plain, "-_=*~", 3)) break;
        cut = i - 1;
    }
    return cut;
}
