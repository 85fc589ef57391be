#include "wire/net/query_private.h"

struct word {
    const char *word; /* lower case */
    int meaning;
    const char *canonical; /* for values */
};

static const struct word names[] = {
    {"state", QUERY_STATE, NULL},       {"status", QUERY_STATE, NULL},       {"zustand", QUERY_STATE, NULL},
    {"allapot", QUERY_STATE, NULL},     {"állapot", QUERY_STATE, NULL},      {"team", QUERY_TEAM, NULL},
    {"group", QUERY_TEAM, NULL},        {"gruppe", QUERY_TEAM, NULL},        {"csapat", QUERY_TEAM, NULL},
    {"csoport", QUERY_TEAM, NULL},      {"from", QUERY_FROM, NULL},          {"von", QUERY_FROM, NULL},
    {"felado", QUERY_FROM, NULL},       {"feladó", QUERY_FROM, NULL},        {"to", QUERY_TO, NULL},
    {"an", QUERY_TO, NULL},             {"cimzett", QUERY_TO, NULL},         {"címzett", QUERY_TO, NULL},
    {"subject", QUERY_SUBJECT, NULL},   {"betreff", QUERY_SUBJECT, NULL},    {"targy", QUERY_SUBJECT, NULL},
    {"tárgy", QUERY_SUBJECT, NULL},     {"tag", QUERY_TAG, NULL},            {"schlagwort", QUERY_TAG, NULL},
    {"cimke", QUERY_TAG, NULL},         {"címke", QUERY_TAG, NULL},          {"assignee", QUERY_ASSIGNEE, NULL},
    {"assigned", QUERY_ASSIGNEE, NULL}, {"bearbeiter", QUERY_ASSIGNEE, NULL}, {"zugewiesen", QUERY_ASSIGNEE, NULL},
    {"ugyintezo", QUERY_ASSIGNEE, NULL}, {"ügyintéző", QUERY_ASSIGNEE, NULL}, {"owner", QUERY_OWNER, NULL},
    {"verantwortlich", QUERY_OWNER, NULL}, {"felelos", QUERY_OWNER, NULL},   {"felelős", QUERY_OWNER, NULL},
    {"number", QUERY_NUMBER, NULL},     {"nummer", QUERY_NUMBER, NULL},      {"szam", QUERY_NUMBER, NULL},
    {"szám", QUERY_NUMBER, NULL},       {"has", QUERY_HAS, NULL},            {"hat", QUERY_HAS, NULL},
    {"van", QUERY_HAS, NULL},           {"is", QUERY_IS, NULL},              {"ist", QUERY_IS, NULL},
    {"priority", QUERY_PRIORITY, NULL}, {"prio", QUERY_PRIORITY, NULL},      {"priorität", QUERY_PRIORITY, NULL},
    {"prioritaet", QUERY_PRIORITY, NULL}, {"prioritas", QUERY_PRIORITY, NULL}, {"prioritás", QUERY_PRIORITY, NULL},
    {"channel", QUERY_CHANNEL, NULL},   {"kanal", QUERY_CHANNEL, NULL},      {"csatorna", QUERY_CHANNEL, NULL},
    {"company", QUERY_COMPANY, NULL},   {"firma", QUERY_COMPANY, NULL},      {"ceg", QUERY_COMPANY, NULL},
    {"cég", QUERY_COMPANY, NULL},       {"before", QUERY_BEFORE, NULL},      {"vor", QUERY_BEFORE, NULL},
    {"elott", QUERY_BEFORE, NULL},      {"előtt", QUERY_BEFORE, NULL},       {"after", QUERY_AFTER, NULL},
    {"nach", QUERY_AFTER, NULL},        {"utan", QUERY_AFTER, NULL},         {"után", QUERY_AFTER, NULL},
    {"on", QUERY_ON, NULL},             {"am", QUERY_ON, NULL},              {"napon", QUERY_ON, NULL},
};

static const struct word values[] = {
    {"attachment", QUERY_HAS, "attachment"}, {"anhang", QUERY_HAS, "attachment"},
    {"csatolmany", QUERY_HAS, "attachment"}, {"csatolmány", QUERY_HAS, "attachment"},
    {"melleklet", QUERY_HAS, "attachment"},  {"melléklet", QUERY_HAS, "attachment"},
    {"note", QUERY_HAS, "note"},             {"notiz", QUERY_HAS, "note"},
    {"jegyzet", QUERY_HAS, "note"},          {"unassigned", QUERY_IS, "unassigned"},
    {"unzugewiesen", QUERY_IS, "unassigned"}, {"kiosztatlan", QUERY_IS, "unassigned"},
    {"assigned", QUERY_IS, "assigned"},      {"zugewiesen", QUERY_IS, "assigned"},
    {"kiosztott", QUERY_IS, "assigned"},     {"active", QUERY_IS, "active"},
    {"aktiv", QUERY_IS, "active"},           {"aktív", QUERY_IS, "active"},
    {"merged", QUERY_IS, "merged"},          {"zusammengeführt", QUERY_IS, "merged"},
    {"egyesitett", QUERY_IS, "merged"},      {"egyesített", QUERY_IS, "merged"},
    {"spam", QUERY_IS, "spam"},              {"me", QUERY_ASSIGNEE, "me"},
    {"ich", QUERY_ASSIGNEE, "me"},           {"mir", QUERY_ASSIGNEE, "me"},
    {"en", QUERY_ASSIGNEE, "me"},            {"én", QUERY_ASSIGNEE, "me"},
    {"new", QUERY_STATE, "new"},             {"neu", QUERY_STATE, "new"},
    {"uj", QUERY_STATE, "new"},              {"új", QUERY_STATE, "new"},
    {"open", QUERY_STATE, "open"},           {"offen", QUERY_STATE, "open"},
    {"nyitott", QUERY_STATE, "open"},        {"waiting", QUERY_STATE, "waiting"},
    {"pending", QUERY_STATE, "waiting"},     {"wartet", QUERY_STATE, "waiting"},
    {"wartend", QUERY_STATE, "waiting"},     {"varakozik", QUERY_STATE, "waiting"},
    {"várakozik", QUERY_STATE, "waiting"},   {"resolved", QUERY_STATE, "resolved"},
    {"solved", QUERY_STATE, "resolved"},     {"geloest", QUERY_STATE, "resolved"},
    {"gelöst", QUERY_STATE, "resolved"},     {"megoldva", QUERY_STATE, "resolved"},
    {"megoldott", QUERY_STATE, "resolved"},  {"closed", QUERY_STATE, "closed"},
    {"geschlossen", QUERY_STATE, "closed"},  {"lezarva", QUERY_STATE, "closed"},
    {"lezárva", QUERY_STATE, "closed"},      {"lezart", QUERY_STATE, "closed"},
    {"lezárt", QUERY_STATE, "closed"},       {"active", QUERY_STATE, "active"},
    {"aktiv", QUERY_STATE, "active"},        {"aktív", QUERY_STATE, "active"},
    {"urgent", QUERY_PRIORITY, "urgent"},    {"dringend", QUERY_PRIORITY, "urgent"},
    {"surgos", QUERY_PRIORITY, "urgent"},    {"sürgős", QUERY_PRIORITY, "urgent"},
    {"high", QUERY_PRIORITY, "high"},        {"hoch", QUERY_PRIORITY, "high"},
    {"magas", QUERY_PRIORITY, "high"},       {"normal", QUERY_PRIORITY, "normal"},
    {"kozepes", QUERY_PRIORITY, "normal"},   {"közepes", QUERY_PRIORITY, "normal"},
    {"low", QUERY_PRIORITY, "low"},          {"niedrig", QUERY_PRIORITY, "low"},
    {"alacsony", QUERY_PRIORITY, "low"},     {"mail", QUERY_CHANNEL, "mail"},
    {"email", QUERY_CHANNEL, "mail"},        {"e-mail", QUERY_CHANNEL, "mail"},
    {"phone", QUERY_CHANNEL, "phone"},       {"telefon", QUERY_CHANNEL, "phone"},
    {"form", QUERY_CHANNEL, "form"},         {"formular", QUERY_CHANNEL, "form"},
    {"urlap", QUERY_CHANNEL, "form"},        {"űrlap", QUERY_CHANNEL, "form"},
};

bool query_field_find(struct arena *mem, struct text name, enum query_field *ret_field) {
    struct text folded = text_fold(mem, name);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_is(folded, names[i].word)) {
            *ret_field = (enum query_field)names[i].meaning;
            return true;
        }
    return false;
}

static size_t smallest(size_t a, size_t b, size_t c) {
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* How many letters must be put in, left out, changed or swapped with their neighbour (optimal string alignment). */
static size_t distance(struct text a, struct text b) {
    enum { LONGEST = 20 };
    size_t rows[LONGEST + 1][LONGEST + 1];
    if (a.size > LONGEST || b.size > LONGEST) return LONGEST;
    for (size_t i = 0; i <= a.size; i++) rows[i][0] = i;
    for (size_t k = 0; k <= b.size; k++) rows[0][k] = k;
    for (size_t i = 1; i <= a.size; i++)
        for (size_t k = 1; k <= b.size; k++) {
            bool same = a.data[i - 1] == b.data[k - 1];
            size_t cost = smallest(rows[i - 1][k] + 1, rows[i][k - 1] + 1, rows[i - 1][k - 1] + !same);
            bool swapped = i > 1 && k > 1 && a.data[i - 1] == b.data[k - 2] && a.data[i - 2] == b.data[k - 1];
            if (swapped && rows[i - 2][k - 2] + 1 < cost) cost = rows[i - 2][k - 2] + 1;
            rows[i][k] = cost;
        }
    return rows[a.size][b.size];
}

/* One slip in a short word, two in a longer one; more is another word. */
static struct text nearest(struct arena *mem, const struct word *words, size_t count, int meaning, struct text typed) {
    struct text folded = text_fold(mem, typed), best = {0};
    size_t least = folded.size < 5 ? 2 : 3;
    for (size_t i = 0; i < count; i++) {
        if (meaning >= 0 && words[i].meaning != meaning) continue;
        size_t far = distance(folded, text_of(words[i].word));
        if (far >= least || far >= folded.size) continue;
        least = far;
        best = text_of(words[i].word);
    }
    return best;
}

struct text query_field_suggest(struct arena *mem, struct text name) {
    return nearest(mem, names, COUNT_OF(names), -1, name);
}

struct text query_value_find(struct arena *mem, enum query_field field, struct text value) {
    struct text folded = text_fold(mem, value);
    enum query_field table = field == QUERY_OWNER ? QUERY_ASSIGNEE : field;
    for (size_t i = 0; i < COUNT_OF(values); i++)
        if (values[i].meaning == (int)table && text_is(folded, values[i].word)) return text_of(values[i].canonical);
    if (field == QUERY_HAS || field == QUERY_IS || field == QUERY_PRIORITY) return (struct text){0};
    return value;
}

struct text query_value_suggest(struct arena *mem, enum query_field field, struct text value) {
    return nearest(mem, values, COUNT_OF(values), (int)field, value);
}

bool query_takes_list(enum query_field field) {
    return field == QUERY_STATE || field == QUERY_TEAM || field == QUERY_TAG || field == QUERY_ASSIGNEE
           || field == QUERY_OWNER || field == QUERY_PRIORITY || field == QUERY_CHANNEL || field == QUERY_NUMBER;
}

static bool read_part(struct text *rest, char separator, size_t digits, int *ret_number) {
    struct text part;
    int64_t number;
    if (!text_next(rest, separator, &part) || part.size == 0 || part.size > digits) return false;
    if (part.data[0] == '-' || !text_to_int(part, &number)) return false;
    *ret_number = (int)number;
    return true;
}

static int days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* 2026-11-01 (ISO 8601), 1.11.2026 (German), 2026.11.01 or 2026.11.01. (Hungarian). */
bool query_date_read(struct text value, struct query_date *ret_date) {
    struct query_date date;
    bool dots = text_find_char(value, '.') != SIZE_MAX;
    bool year_last = dots && text_find_char(value, '.') <= 2;
    if (dots && !year_last && text_ends(value, ".")) value.size--;
    char separator = dots ? '.' : '-';
    bool read = year_last ? read_part(&value, separator, 2, &date.day) && read_part(&value, separator, 2, &date.month)
                                && read_part(&value, separator, 4, &date.year)
                          : read_part(&value, separator, 4, &date.year) && read_part(&value, separator, 2, &date.month)
                                && read_part(&value, separator, 2, &date.day);
    if (!read || value.size > 0 || date.year < 1970 || date.month < 1 || date.month > 12 || date.day < 1) return false;
    if (date.day > days_in(date.year, date.month)) return false;
    *ret_date = date;
    return true;
}
