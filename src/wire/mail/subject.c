#include "wire/mail/subject.h"

#include "wire/mail/ticket_label.h"

struct mark {
    const char *word;
    bool forward;
};

/* What mail programs of our customers' languages write before the colon. */
static const struct mark marks[] = {
    {"re", false},   {"aw", false},     {"antw", false},    {"antwort", false}, {"vá", false},       {"válasz", false},
    {"sv", false},   {"vs", false},     {"odp", false},     {"rép", false},     {"rif", false},      {"res", false},
    {"resp", false}, {"ynt", false},    {"bls", false},     {"r", false},       {"wg", true},        {"fw", true},
    {"fwd", true},   {"tr", true},      {"továbbítás", true}, {"tovabbitas", true}, {"tov", true},   {"i", true},
    {"rv", true},    {"enc", true},     {"doorst", true},   {"pd", true},       {"vb", true},        {"vl", true},
    {"weitergeleitet", true}, {"weiterleitung", true}, {"továbbítva", true},
    {"VÁ", false},   {"RÉP", false},    {"odg", false},     {"αν", false},      {"ΑΠ", false},       {"ΣΧΕΤ", false},
    {"回复", false}, {"回覆", false},   {"答复", false},    {"返信", false},    {"회신", false},     {"השב", false},
    {"НА", false},      {"Отв", false},     {"İLT", true},       {"ΠΡΘ", true},
    {"转发", true},  {"轉寄", true},    {"轉發", true},     {"転送", true},     {"전달", true},      {"הועבר", true},
    {"Пересл", true}, {"trs", true},    {"posr", true},      {"w.", true},
};

/* The size of "AW: " or "Re[2]: " at the beginning; 0 when there is none. */
static size_t mark_size(struct text subject, bool *ret_forward) {
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        struct text rest = subject;
        if (!text_starts_nocase(rest, marks[i].word)) continue;
        rest = text_skip(rest, strlen(marks[i].word));
        if (rest.size && (rest.data[0] == '[' || rest.data[0] == '(' || rest.data[0] == '^')) {
            size_t end = text_find_char(rest, rest.data[0] == '[' ? ']' : rest.data[0] == '(' ? ')' : ':');
            if (end == SIZE_MAX || end > 5) continue;
            rest = text_skip(rest, rest.data[0] == '^' ? end : end + 1);
        }
        while (rest.size && rest.data[0] == ' ') rest = text_skip(rest, 1);
        bool wide = text_starts(rest, "\xEF\xBC\x9A"); /* the full-width colon of Asian mail programs */
        if (!wide && !text_starts(rest, ":")) continue;
        *ret_forward = marks[i].forward;
        return subject.size - rest.size + (wide ? 3 : 1);
    }
    return 0;
}

struct text subject_plain(struct text subject, bool *ret_forward) {
    bool forward = false, first = true, this_forward;
    subject = text_trim(subject);
    for (size_t size; (size = mark_size(subject, &this_forward)) > 0; first = false) {
        if (first) forward = this_forward;
        subject = text_trim(text_skip(subject, size));
    }
    if (ret_forward) *ret_forward = forward;
    return subject;
}

/* What stands in the brackets is a number of ours or of another system's. */
static bool is_numbered(struct text inside) {
    return text_find_char(inside, '#') != SIZE_MAX || (!text_empty(inside) && ticket_label_read(inside) >= 10000);
}

static struct text comparable(struct arena *mem, struct text subject) {
    struct buffer out = {.mem = mem};
    struct text folded = text_fold(mem, subject_plain(subject, NULL));
    for (size_t i = 0; i < folded.size; i++) {
        if (folded.data[i] == '[') {
            size_t end = text_find_char(text_skip(folded, i), ']');
            if (end != SIZE_MAX && is_numbered(text_slice(folded, i + 1, end - 1))) {
                i += end;
                continue;
            }
        }
        if ((unsigned char)folded.data[i] > ' ') buffer_add_char(&out, folded.data[i]);
    }
    return buffer_text(&out);
}

bool subject_same(struct arena *mem, struct text a, struct text b) {
    return text_equal(comparable(mem, a), comparable(mem, b));
}

static int64_t in_brackets(struct text subject, struct text *ret_label) {
    for (size_t i = 0; i < subject.size; i++) {
        struct text rest = text_skip(subject, i + 1);
        size_t end = text_find_char(rest, ']');
        if (subject.data[i] != '[' || end == SIZE_MAX) continue;
        struct text label = text_slice(rest, 0, end), bare = text_starts(label, "#") ? text_skip(label, 1) : label;
        int64_t plain, number = ticket_label_read(label);
        bool is_marked = bare.size < label.size || !text_to_int(bare, &plain);
        if (!number || !is_marked) continue;
        *ret_label = bare;
        return number;
    }
    return 0;
}

static bool is_letter(char c) {
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

int64_t subject_number(struct text subject, struct text *ret_label) {
    struct text rest = subject, word;
    int64_t number = in_brackets(subject, ret_label);
    while (!number && text_next(&rest, ' ', &word)) {
        while (word.size && (word.data[0] == '(' || word.data[0] == '#')) word = text_skip(word, 1);
        while (word.size && strchr(",.:;!?)", word.data[word.size - 1])) word.size--;
        if (word.size && is_letter(word.data[0])) number = ticket_label_read(word);
        if (number) *ret_label = word;
    }
    return number;
}
