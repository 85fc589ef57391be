#include "wire/net/placeholder.h"

static const char *const names[VARIABLE_COUNT] = {
    [VARIABLE_CUSTOMER_NAME] = "customer.name",           [VARIABLE_CUSTOMER_FIRST_NAME] = "customer.first_name",
    [VARIABLE_CUSTOMER_LAST_NAME] = "customer.last_name", [VARIABLE_CUSTOMER_EMAIL] = "customer.email",
    [VARIABLE_CUSTOMER_COMPANY] = "customer.company",     [VARIABLE_TICKET_NUMBER] = "ticket.number",
    [VARIABLE_TICKET_SUBJECT] = "ticket.subject",         [VARIABLE_AGENT_NAME] = "agent.name",
    [VARIABLE_AGENT_FIRST_NAME] = "agent.first_name",     [VARIABLE_TEAM_NAME] = "team.name",
    [VARIABLE_COMPANY_NAME] = "company.name",
};

static const char *const beginnings[] = {"customer.", "ticket.", "agent.", "team.", "company."};

const char *variable_name(enum variable variable) {
    return names[variable];
}

static enum variable variable_find(struct text name) {
    for (int i = VARIABLE_UNKNOWN + 1; i < VARIABLE_COUNT; i++)
        if (text_is(name, names[i])) return (enum variable)i;
    return VARIABLE_UNKNOWN;
}

static bool is_ours(struct text name) {
    for (size_t i = 0; i < COUNT_OF(beginnings); i++)
        if (text_starts_nocase(name, beginnings[i])) return true;
    return false;
}

/* Where the next "{{" stands whose braces close again before another one opens. */
static bool find_braces(struct text text, size_t offset, size_t *ret_from, size_t *ret_size) {
    for (size_t from = offset; from + 4 <= text.size; from++) {
        const char *open = memchr(text.data + from, '{', text.size - from);
        if (!open) return false;
        from = (size_t)(open - text.data);
        size_t end = from + 2, last = text.size < from + PLACEHOLDER_SIZE ? text.size : from + PLACEHOLDER_SIZE;
        if (end >= text.size || text.data[from + 1] != '{') continue;
        while (end < last && text.data[end] != '{' && text.data[end] != '}') end++;
        if (end + 1 >= text.size || text.data[end] != '}' || text.data[end + 1] != '}') continue;
        *ret_from = from;
        *ret_size = end + 2 - from;
        return true;
    }
    return false;
}

bool placeholder_next(struct text text, size_t offset, struct placeholder *ret) {
    size_t from, size;
    if (!find_braces(text, offset, &from, &size)) return false;
    struct text inside = text_slice(text, from + 2, size - 4);
    size_t bar = text_find_char(inside, '|');
    *ret = (struct placeholder){.from = from, .size = size, .name = text_trim(bar == SIZE_MAX ? inside : text_slice(inside, 0, bar))};
    if (bar != SIZE_MAX) ret->fallback = text_trim(text_skip(inside, bar + 1));
    ret->variable = variable_find(ret->name);
    ret->is_ours = is_ours(ret->name);
    return true;
}

struct text placeholders_fill(struct arena *mem, struct text text, const struct text *values) {
    struct buffer out = {.mem = mem};
    struct placeholder found;
    size_t done = 0;
    while (placeholder_next(text, done, &found)) {
        struct text value = found.variable && !text_empty(values[found.variable]) ? values[found.variable] : found.fallback;
        /* What nobody knows may have been mistyped: its fallback does not hide that. */
        bool is_kept = !found.variable || text_empty(value);
        buffer_add_text(&out, text_slice(text, done, found.from - done));
        buffer_add_text(&out, is_kept ? text_slice(text, found.from, found.size) : value);
        done = found.from + found.size;
    }
    buffer_add_text(&out, text_skip(text, done));
    return buffer_text(&out);
}

/* --- Names ---------------------------------------------------------------------------------------------------------- */

static struct text first_word(struct text words) {
    size_t space = text_find_char(words, ' ');
    return space == SIZE_MAX ? words : text_slice(words, 0, space);
}

static struct text last_word(struct text words) {
    size_t from = words.size;
    while (from > 0 && words.data[from - 1] != ' ') from--;
    return text_skip(words, from);
}

static struct text without_titles(struct text name) {
    static const char *const titles[] = {"Dr.", "Prof.", "Dipl.-Ing.", "Frau", "Herr", "Mr.", "Mr", "Mrs.", "Mrs", "Ms.", "Ms", "dr.", "prof."};
    for (size_t i = 0; i < COUNT_OF(titles); i++) {
        struct text word = first_word(name);
        if (!text_is(word, titles[i]) || word.size == name.size) continue;
        name = text_trim(text_skip(name, word.size));
        i = SIZE_MAX;
    }
    return name;
}

void name_parts(struct text name, bool family_first, struct text *ret_first, struct text *ret_last) {
    size_t comma = text_find_char(name, ',');
    *ret_first = *ret_last = text_of("");
    if (text_find_char(name, '@') != SIZE_MAX) return;
    if (comma != SIZE_MAX) {
        *ret_first = without_titles(text_trim(text_skip(name, comma + 1)));
        *ret_last = text_trim(text_slice(name, 0, comma));
        return;
    }
    name = without_titles(text_trim(name));
    bool is_one = text_find_char(name, ' ') == SIZE_MAX;
    *ret_first = family_first ? last_word(name) : first_word(name);
    if (!is_one) *ret_last = family_first ? first_word(name) : last_word(name);
}
