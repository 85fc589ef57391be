/* What stands below a name: signatures, the lines of telephones, legal and other footers. A greeting and the name below it are
 * somebody's own words and stay. */
#include "wire/mail/reply_private.h"

#define SIGNATURE_LINES 25 /* below a mark that may as well divide a text */
#define LEGAL_LINES 12     /* of a footer's first paragraph that are looked at */
#define TITLE_SIZE 40
#define LEGAL_SIZE 100     /* shorter ones are somebody's own words */

/* The line before `end` where quotes or another letter begin. */
static size_t region_end(const struct reply_lines *lines, size_t at, size_t end) {
    while (at < end && lines->at[at].kind != LINE_QUOTE && lines->at[at].kind != LINE_ATTRIBUTION) at++;
    return at;
}

static bool asks(const struct reply_lines *lines, size_t at, size_t region) {
    for (size_t i = at; i < region; i++)
        if (text_ends(lines->at[i].plain, "?")) return true;
    return false;
}

/* "--" and rules of underscores may divide a text, so only a short rest that asks nothing counts as a signature. */
static bool is_dashes(const struct reply_lines *lines, size_t at, size_t region) {
    const struct reply_line *line = &lines->at[at];
    if (text_is(line->raw, "-- ") || text_is(line->raw, "--\xC2\xA0")) return true;
    if (region - at > SIGNATURE_LINES || asks(lines, at, region)) return false;
    struct text bare = reply_trim(line->raw);
    return text_is(line->plain, "--") || text_is(line->plain, "__") || text_is(bare, "—") || text_is(bare, "–");
}

/* A long rule divides forms as well; a signature below it names a telephone, or was sent from one. */
static bool is_ruled_off(const struct reply_lines *lines, size_t at, size_t region) {
    if (!reply_is_rule(lines->at[at].plain, "_", 3) || region - at > SIGNATURE_LINES) return false;
    for (size_t i = at + 1; i < region; i++)
        if (reply_has_contact(lines->at[i].plain) || reply_is_device(lines->at[i].plain)) return true;
    return false;
}

/* A paragraph that speaks of the letter itself and claims to be confidential, or the like. */
static bool is_legal(const struct reply_lines *lines, size_t at) {
    size_t size = 0, end = at;
    bool begins = reply_begins_legal(lines->at[at].plain), of_letter = false;
    struct reply_legal legal = {0};
    for (; end < lines->count && end < at + LEGAL_LINES && lines->at[end].kind == LINE_TEXT; end++) {
        size += lines->at[end].raw.size;
        of_letter = of_letter || (!begins && reply_speaks_of_letter(lines->at[end].plain));
    }
    if (!begins && (!of_letter || size < LEGAL_SIZE)) return false;
    for (size_t i = at; i < end; i++) reply_legal_note(&legal, lines->at[i].plain);
    if (legal.self) return false;
    return begins ? legal.secret || (legal.claims && size >= LEGAL_SIZE) : legal.claims >= 2;
}

static bool begins_paragraph(const struct reply_lines *lines, size_t at) {
    return at == 0 || lines->at[at - 1].kind != LINE_TEXT || reply_is_rule(lines->at[at - 1].plain, "-_=*#~", 2);
}

static bool ends_paragraph(const struct reply_lines *lines, size_t at) {
    return at + 1 >= lines->count || lines->at[at + 1].kind != LINE_TEXT || text_starts(lines->at[at + 1].plain, "<http")
           || text_starts(lines->at[at + 1].plain, "http") || reply_is_rule(lines->at[at + 1].plain, "-_=*#~", 2);
}

/* In the midst of a paragraph its words are part of a sentence. */
static bool is_device(const struct reply_lines *lines, size_t at) {
    return (begins_paragraph(lines, at) || ends_paragraph(lines, at)) && reply_is_device(lines->at[at].plain);
}

static bool is_footer(const struct reply_lines *lines, size_t at) {
    return begins_paragraph(lines, at) && (is_legal(lines, at) || reply_is_notice(lines->at[at].plain));
}

static void mark(struct reply_lines *lines, size_t from, size_t end) {
    for (size_t i = from; i < end; i++) lines->at[i].kind = LINE_SIGNATURE;
}

/* A rule or a title above a footer belongs to it. */
static size_t rule_above(const struct reply_lines *lines, size_t at) {
    size_t above = at;
    while (above > 0 && lines->at[above - 1].kind == LINE_BLANK) above--;
    if (above == 0 || lines->at[above - 1].kind != LINE_TEXT) return at;
    struct text plain = lines->at[above - 1].plain;
    bool is_title = plain.size <= TITLE_SIZE && reply_begins_legal(plain) && begins_paragraph(lines, above - 1);
    return is_title || reply_is_rule(plain, "-_=*#~", 3) ? above - 1 : at;
}

/* Below the line of a telephone stand names and numbers, or nothing. Whatever else stands there was written. */
static size_t device_end(const struct reply_lines *lines, size_t at, size_t region) {
    if (region - at > SIGNATURE_LINES) return at + 1;
    for (size_t i = at + 1; i < region; i++)
        if (reply_has_contact(lines->at[i].plain)) return region;
    return at + 1;
}

void reply_signature_mark(struct reply_lines *lines, size_t end) {
    bool written = false;
    size_t region = 0;
    for (size_t i = 0; i < end; i++) {
        struct reply_line *line = &lines->at[i];
        if (line->kind != LINE_TEXT) continue;
        if (i >= region) region = region_end(lines, i, end);
        if (is_dashes(lines, i, region) || is_ruled_off(lines, i, region)) {
            mark(lines, i, region);
        } else if (is_device(lines, i)) {
            mark(lines, rule_above(lines, i), written ? device_end(lines, i, region) : i + 1);
        } else if (written && is_footer(lines, i)) {
            mark(lines, rule_above(lines, i), region);
        } else {
            written = true;
        }
    }
}
