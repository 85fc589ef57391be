/* "On Monday, 3 May 2026 at 10:12 Ana Meyer <ana@example.org> wrote:" and its relatives.
 *
 * Such a line looks much like a sentence. It counts when it says who or when as mail programs do, and the less it says, the
 * more what follows has to look like an old letter. */
#include "wire/mail/reply_private.h"

#include <string.h>

#define ATTRIBUTION_LINES 4
#define ATTRIBUTION_WORDS 45
#define ATTRIBUTION_BLANKS 3 /* blank lines before the quote */
#define TAIL_SIZE 32         /* of an attribution that shares a line: the date stands here */
#define SHARED_TRIES 4

struct signs {
    bool opening, dated /* begins with a date */, verb, citing, address, bracket, date, time, zone, via, person, article;
    bool colon;        /* ends in one */
    bool ends_address; /* "... <ana@example.org>:" */
    size_t words, words_before_verb;
};

enum follow { FOLLOW_TEXT, FOLLOW_BLANK, FOLLOW_QUOTE };

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static size_t digits_at(struct text word, size_t at) {
    size_t count = 0;
    while (at + count < word.size && is_digit(word.data[at + count])) count++;
    return count;
}

/* "10:12", "10h12" */
static bool is_time(struct text word) {
    size_t hours = digits_at(word, 0);
    if (hours < 1 || hours > 2 || hours + 2 >= word.size) return false;
    return (word.data[hours] == ':' || word.data[hours] == 'h') && digits_at(word, hours + 1) == 2;
}

/* "3.5.2026", "2026-05-03", "5/3/26", "3.5." */
static bool is_date(struct text word) {
    bool is_short = word.size <= 5 && text_find_char(word, '-') == SIZE_MAX;
    size_t groups = 0, i = 0;
    for (size_t count; (count = digits_at(word, i)) > 0 && count <= 4; i++) {
        groups++;
        i += count;
        if (i >= word.size || !strchr("./-", word.data[i])) break;
    }
    return groups >= 3 || (groups == 2 && is_short);
}

/* "2026年11月23日": Chinese, Japanese and Korean name the parts. */
static bool is_named_date(struct text word) {
    struct text unit = text_skip(word, 4);
    return digits_at(word, 0) == 4 && (text_starts(unit, "年") || text_starts(unit, "년"));
}

static bool is_year(struct text word) {
    return word.size == 4 && digits_at(word, 0) == 4 && (text_starts(word, "19") || text_starts(word, "20"));
}

static bool is_day(struct text word) {
    size_t count = digits_at(word, 0);
    return count >= 1 && count <= 2 && (count == word.size || text_is(text_skip(word, count), "st") || text_is(text_skip(word, count), "th")
                                        || text_is(text_skip(word, count), "nd") || text_is(text_skip(word, count), "rd")
                                        || text_is(text_skip(word, count), "er"));
}

static bool is_month(struct text word) {
    return reply_word_is(REPLY_MONTHS, word);
}

static void signs_note_date(struct signs *signs, struct text word, struct text before) {
    if (is_date(word) || is_year(word) || is_named_date(word)) signs->date = true;
    if ((is_month(word) && is_day(before)) || (is_day(word) && is_month(before))) signs->date = true;
    if (is_time(word)) signs->time = true;
    if (text_starts(word, "gmt") || text_starts(word, "utc")) signs->zone = true;
}

static void signs_note_word(struct signs *signs, struct text word) {
    if (text_find_char(word, '@') != SIZE_MAX) signs->address = true;
    if (!signs->verb && reply_word_is(REPLY_VERBS, word)) {
        signs->verb = true;
        signs->words_before_verb = signs->words;
    }
    if (text_is(word, "via")) signs->via = signs->words > 0;
    if (reply_word_is(REPLY_PERSONS, word)) signs->person = true;
    if (signs->words > 0 && reply_word_is(REPLY_ARTICLES, word)) signs->article = true;
}

static bool is_opening(struct text word) {
    return reply_word_is(REPLY_OPENINGS, word) || (word.size && is_digit(word.data[0]));
}

static struct signs signs_read(struct text plain) {
    struct signs signs = {.citing = text_starts(plain, "zitat von ") || text_starts(plain, "quoting ") || text_starts(plain, "citando ")};
    struct text rest = plain, word, before = text_of("");
    while (text_next(&rest, ' ', &word)) {
        word = reply_strip(word, ".,:;()[]<>\"'*_");
        if (text_starts(word, "„") || text_starts(word, "“")) word = text_skip(word, 3);
        if (text_empty(word)) continue;
        if (signs.words == 0) signs.opening = is_opening(word) || text_starts(plain, "in data ");
        if (signs.words == 0) signs.dated = is_date(word);
        signs_note_date(&signs, word, before);
        signs_note_word(&signs, word);
        signs.words++;
        before = word;
    }
    signs.bracket = signs.address && (text_find_char(plain, '<') != SIZE_MAX || text_find_char(plain, '[') != SIZE_MAX
                                      || text_find_char(plain, '(') != SIZE_MAX);
    signs.colon = text_ends(reply_strip(plain, "*_ "), ":");
    signs.ends_address = text_ends(plain, ">:") || text_ends(plain, "]:");
    return signs;
}

/* Who and when stand there as no sentence has them: then it may be in any language, or without a verb. */
static bool tells_all(const struct signs *signs, enum follow follow) {
    if (!signs->bracket || !signs->date || !signs->time || signs->person || signs->article) return false;
    return signs->ends_address || (signs->colon && follow == FOLLOW_QUOTE);
}

/* "2026-05-03 10:12 GMT+02:00 Ana Meyer", "2026/5/3 Ana Meyer <ana@example.org>": only quoted lines make it one. */
static bool is_bare(const struct signs *signs) {
    return signs->dated && signs->words <= 12 && (signs->bracket || (signs->time && signs->zone));
}

static bool signs_hold(const struct signs *signs, enum follow follow) {
    bool names = signs->verb || signs->citing || tells_all(signs, follow) || (signs->bracket && signs->dated && signs->colon)
                 || (follow == FOLLOW_QUOTE && is_bare(signs));
    if (!names || signs->words > ATTRIBUTION_WORDS) return false;
    if (follow == FOLLOW_QUOTE)
        return signs->bracket || signs->citing || signs->date || (signs->address && signs->words_before_verb <= 6)
               || (signs->words_before_verb <= 4 && signs->words <= signs->words_before_verb + 4);
    if (signs->bracket && signs->date && signs->time) return true;
    if (signs->person) return false;
    if (signs->bracket && (signs->date || signs->time)) return true;
    if (signs->bracket) return follow == FOLLOW_BLANK && signs->words <= 12;
    if (signs->via && signs->colon && signs->words <= 8 && !signs->article) return follow == FOLLOW_BLANK;
    if (signs->date && signs->time) return signs->opening || (signs->words_before_verb <= 4 && !signs->article);
    return follow == FOLLOW_BLANK && signs->opening && signs->date && !signs->article;
}

static enum follow follow_of(const struct reply_lines *lines, size_t end) {
    size_t next = end;
    while (next < lines->count && next <= end + ATTRIBUTION_BLANKS && lines->at[next].kind == LINE_BLANK) next++;
    if (next >= lines->count) return FOLLOW_BLANK;
    if (lines->at[next].kind == LINE_QUOTE) return FOLLOW_QUOTE;
    return next > end ? FOLLOW_BLANK : FOLLOW_TEXT;
}

/* The lines [from, end) as one line. */
static struct text joined(const struct reply_lines *lines, size_t from, size_t end, char *room, size_t capacity) {
    size_t size = 0;
    for (size_t i = from; i < end; i++) {
        struct text plain = lines->at[i].plain;
        if (size + plain.size + 1 > capacity) break;
        if (size) room[size++] = ' ';
        memcpy(room + size, plain.data, plain.size);
        size += plain.size;
    }
    return text_from(room, size);
}

static bool holds(const struct reply_lines *lines, size_t from, size_t end, struct signs *ret_signs) {
    char room[ATTRIBUTION_LINES * REPLY_LINE_READ + ATTRIBUTION_LINES];
    *ret_signs = signs_read(joined(lines, from, end, room, sizeof room));
    return signs_hold(ret_signs, follow_of(lines, end));
}

/* May an attribution be broken after this line? Not where a sentence ends. */
static bool may_break(struct text plain) {
    if (text_ends(plain, "!") || text_ends(plain, "?")) return false;
    if (!text_ends(plain, ".")) return true;
    size_t begin = plain.size;
    while (begin > 0 && plain.data[begin - 1] != ' ') begin--;
    struct text word = reply_strip(text_skip(plain, begin), ".,");
    return is_month(word) || is_day(word) || is_year(word) || is_date(word);
}

/* The first of several lines has to look like a beginning, or the line above would be taken for a part. */
static bool may_begin(struct text plain) {
    struct signs signs = signs_read(plain);
    return signs.opening || signs.citing || signs.verb || signs.address || text_find_char(plain, '<') != SIZE_MAX || plain.size >= 50;
}

/* Does a whole attribution begin below `from`? Then the lines above it are somebody's own. */
static bool begins_later(const struct reply_lines *lines, size_t from, size_t end) {
    struct signs signs;
    for (size_t i = from + 1; i < end; i++)
        if (holds(lines, i, end, &signs) && signs.verb && signs.date && (signs.opening || signs.bracket)) return true;
    return false;
}

/* "... schrieb Ana <ana@example.org>: Hallo": some telephones go on in the same line. */
static bool goes_on_behind(struct text plain) {
    size_t colon = text_find(plain, text_of(">: "));
    if (colon == SIZE_MAX) colon = text_find(plain, text_of(" wrote: "));
    if (colon == SIZE_MAX) return false;
    struct signs signs = signs_read(text_slice(plain, 0, colon + 1));
    if (text_starts(text_skip(plain, colon), " wrote")) signs.verb = true;
    return signs.opening && signs.verb && signs.date && signs.bracket;
}

/* "On 3 May 2026 10:12 Ana <ana@example.org> wrote", above an old letter without marks. */
static bool ends_in_verb(const struct reply_lines *lines, size_t end) {
    struct text plain = lines->at[end - 1].plain;
    size_t begin = plain.size;
    while (begin > 0 && plain.data[begin - 1] != ' ') begin--;
    return follow_of(lines, end) == FOLLOW_BLANK && reply_word_is(REPLY_VERBS, text_skip(plain, begin));
}

static bool ends_here(const struct reply_lines *lines, size_t from, size_t end) {
    struct signs signs;
    if (end == from + 1 && goes_on_behind(lines->at[from].plain)) return true;
    bool has_colon = text_ends(reply_strip(lines->at[end - 1].plain, "*_ "), ":"), quoted = follow_of(lines, end) == FOLLOW_QUOTE;
    if (!has_colon && !quoted && !ends_in_verb(lines, end)) return false;
    if (!holds(lines, from, end, &signs)) return false;
    if (!has_colon && !quoted && (!signs.bracket || signs.person || signs.article)) return false;
    if (!has_colon && !(signs.opening && signs.verb && signs.date && signs.time) && !is_bare(&signs)) return false;
    return end == from + 1 || (may_begin(lines->at[from].plain) && !begins_later(lines, from, end));
}

bool reply_attribution_at(const struct reply_lines *lines, size_t at, struct reply_attribution *ret) {
    struct signs signs;
    for (size_t end = at + 1; end <= lines->count && end <= at + ATTRIBUTION_LINES; end++) {
        const struct reply_line *line = &lines->at[end - 1];
        if (line->kind != LINE_TEXT || line->plain.size + 8 > REPLY_LINE_READ) return false;
        if (ends_here(lines, at, end)) {
            bool quoted = follow_of(lines, end) == FOLLOW_QUOTE;
            *ret = (struct reply_attribution){end, quoted, quoted && holds(lines, at, end, &signs) && signs.date && signs.bracket};
            return true;
        }
        if (!may_break(line->plain)) return false;
    }
    return false;
}

/* Does an attribution stand there that leaves nothing open? Programs write its first word with a capital and go on with the
 * date, as "Le Blanc wrote on ..." does not. */
static bool may_be_tail(struct arena *mem, struct text tail) {
    bool has_digit = false;
    if (!(tail.data[0] >= 'A' && tail.data[0] <= 'Z')) return false;
    struct text word = text_slice(tail, 0, text_find_char(text_cut(tail, 12), ' '));
    for (size_t i = 0; i < tail.size && i < TAIL_SIZE; i++) has_digit = has_digit || is_digit(tail.data[i]);
    return has_digit && word.size <= 10 && is_opening(text_fold(mem, word));
}

static bool is_sure_tail(struct arena *mem, struct text tail) {
    struct signs signs = signs_read(text_fold(mem, tail)), first = signs_read(text_fold(mem, text_cut(tail, TAIL_SIZE)));
    return first.date && signs.opening && signs.verb && signs.date && signs.time && signs.colon && !signs.person;
}

/* What is left of the text before `at` without the dashes and spaces at its end. */
static size_t size_before(struct text raw, size_t at) {
    while (at > 0 && strchr("- ", raw.data[at - 1])) at--;
    return at;
}

size_t reply_attribution_inside(struct arena *mem, const struct reply_lines *lines, size_t at) {
    struct text raw = reply_trim(lines->at[at].raw);
    if (!text_ends(raw, ":") || raw.size > REPLY_LINE_READ || follow_of(lines, at + 1) != FOLLOW_QUOTE) return 0;
    size_t tries = 0;
    for (size_t i = 1; i + 1 < raw.size && tries < SHARED_TRIES; i++) {
        struct text tail = text_skip(raw, i + 1);
        if ((raw.data[i] != ' ' && raw.data[i] != '-') || !may_be_tail(mem, tail)) continue;
        if (is_sure_tail(mem, tail)) return size_before(raw, i);
        tries++;
    }
    return 0;
}
