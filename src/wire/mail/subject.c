#include "wire/mail/subject.h"

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

static struct text comparable(struct arena *mem, struct text subject) {
    struct buffer out = {.mem = mem};
    struct text folded = text_fold(mem, subject_plain(subject, NULL));
    for (size_t i = 0; i < folded.size; i++) {
        if (folded.data[i] == '[') {
            size_t end = text_find_char(text_skip(folded, i), ']');
            if (end != SIZE_MAX && text_find_char(text_slice(folded, i, end), '#') != SIZE_MAX) {
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

int64_t subject_number(struct text subject, const char *prefix) {
    for (size_t i = 0; i < subject.size; i++) {
        struct text rest = text_skip(subject, i);
        if (rest.data[0] != '[') continue;
        rest = text_skip(rest, 1);
        if (!text_starts(rest, prefix)) continue;
        rest = text_skip(rest, strlen(prefix));
        size_t end = text_find_char(rest, ']');
        int64_t number;
        if (text_starts(rest, "#") && end != SIZE_MAX && text_to_int(text_slice(rest, 1, end - 1), &number) && number > 0) return number;
    }
    return 0;
}
