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
    {"watching", QUERY_WATCHING, NULL}, {"watched", QUERY_WATCHING, NULL},   {"beobachtet", QUERY_WATCHING, NULL},
    {"figyeli", QUERY_WATCHING, NULL},  {"mentioned", QUERY_MENTIONED, NULL}, {"erwähnt", QUERY_MENTIONED, NULL},
    {"erwaehnt", QUERY_MENTIONED, NULL}, {"említett", QUERY_MENTIONED, NULL}, {"emlitett", QUERY_MENTIONED, NULL},
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
    {"requester", QUERY_REQUESTER, NULL}, {"customer", QUERY_REQUESTER, NULL}, {"kunde", QUERY_REQUESTER, NULL},
    {"anfragende", QUERY_REQUESTER, NULL}, {"ügyfél", QUERY_REQUESTER, NULL}, {"ugyfel", QUERY_REQUESTER, NULL},
    {"kérelmező", QUERY_REQUESTER, NULL}, {"kerelmezo", QUERY_REQUESTER, NULL}, {"waiting", QUERY_WAITING, NULL},
    {"wartet", QUERY_WAITING, NULL},    {"várakozik", QUERY_WAITING, NULL},  {"varakozik", QUERY_WAITING, NULL},
    {"messages", QUERY_MESSAGES, NULL}, {"nachrichten", QUERY_MESSAGES, NULL}, {"üzenetek", QUERY_MESSAGES, NULL},
    {"uzenetek", QUERY_MESSAGES, NULL}, {"created", QUERY_CREATED, NULL},    {"erstellt", QUERY_CREATED, NULL},
    {"létrehozva", QUERY_CREATED, NULL}, {"letrehozva", QUERY_CREATED, NULL}, {"updated", QUERY_UPDATED, NULL},
    {"geändert", QUERY_UPDATED, NULL},  {"geaendert", QUERY_UPDATED, NULL},  {"módosítva", QUERY_UPDATED, NULL},
    {"modositva", QUERY_UPDATED, NULL}, {"resolved", QUERY_RESOLVED, NULL},  {"gelöst", QUERY_RESOLVED, NULL},
    {"geloest", QUERY_RESOLVED, NULL},  {"megoldva", QUERY_RESOLVED, NULL},  {"closed", QUERY_CLOSED, NULL},
    {"geschlossen", QUERY_CLOSED, NULL}, {"lezárva", QUERY_CLOSED, NULL},    {"lezarva", QUERY_CLOSED, NULL},
    {"activity", QUERY_ACTIVITY, NULL}, {"aktivität", QUERY_ACTIVITY, NULL}, {"aktivitaet", QUERY_ACTIVITY, NULL},
    {"aktivitás", QUERY_ACTIVITY, NULL}, {"aktivitas", QUERY_ACTIVITY, NULL}, {"until", QUERY_UNTIL, NULL},
    {"bis", QUERY_UNTIL, NULL},         {"eddig", QUERY_UNTIL, NULL},
};

static const struct word values[] = {
    {"attachment", QUERY_HAS, "attachment"}, {"anhang", QUERY_HAS, "attachment"},
    {"csatolmany", QUERY_HAS, "attachment"}, {"csatolmány", QUERY_HAS, "attachment"},
    {"melleklet", QUERY_HAS, "attachment"},  {"melléklet", QUERY_HAS, "attachment"},
    {"note", QUERY_HAS, "note"},             {"notiz", QUERY_HAS, "note"},
    {"jegyzet", QUERY_HAS, "note"},          {"unassigned", QUERY_IS, "unassigned"},
    {"task", QUERY_HAS, "task"},             {"aufgabe", QUERY_HAS, "task"},
    {"teendő", QUERY_HAS, "task"},           {"teendo", QUERY_HAS, "task"},
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
    {"working", QUERY_STATE, "working"},     {"anstehend", QUERY_STATE, "working"},
    {"teendő", QUERY_STATE, "working"},      {"teendo", QUERY_STATE, "working"},
    {"mail", QUERY_CHANNEL, "mail"},         {"email", QUERY_CHANNEL, "mail"},
    {"e-mail", QUERY_CHANNEL, "mail"},
    {"phone", QUERY_CHANNEL, "phone"},       {"telefon", QUERY_CHANNEL, "phone"},
    {"form", QUERY_CHANNEL, "form"},         {"formular", QUERY_CHANNEL, "form"},
    {"urlap", QUERY_CHANNEL, "form"},        {"űrlap", QUERY_CHANNEL, "form"},
    {"answered", QUERY_IS, "answered"},      {"beantwortet", QUERY_IS, "answered"},
    {"megválaszolt", QUERY_IS, "answered"},  {"megvalaszolt", QUERY_IS, "answered"},
    {"unanswered", QUERY_IS, "unanswered"},  {"unbeantwortet", QUERY_IS, "unanswered"},
    {"megválaszolatlan", QUERY_IS, "unanswered"}, {"megvalaszolatlan", QUERY_IS, "unanswered"},
    {"snoozed", QUERY_IS, "snoozed"},        {"zurückgestellt", QUERY_IS, "snoozed"},
    {"zurueckgestellt", QUERY_IS, "snoozed"}, {"elhalasztott", QUERY_IS, "snoozed"},
    {"low", QUERY_PRIORITY, "low"},          {"niedrig", QUERY_PRIORITY, "low"},
    {"alacsony", QUERY_PRIORITY, "low"},     {"normal", QUERY_PRIORITY, "normal"},
    {"normál", QUERY_PRIORITY, "normal"},    {"közepes", QUERY_PRIORITY, "normal"},
    {"kozepes", QUERY_PRIORITY, "normal"},   {"high", QUERY_PRIORITY, "high"},
    {"hoch", QUERY_PRIORITY, "high"},        {"magas", QUERY_PRIORITY, "high"},
    {"urgent", QUERY_PRIORITY, "urgent"},    {"dringend", QUERY_PRIORITY, "urgent"},
    {"sürgős", QUERY_PRIORITY, "urgent"},    {"surgos", QUERY_PRIORITY, "urgent"},
    {"customer", QUERY_WAITING, "customer"}, {"kunde", QUERY_WAITING, "customer"},
    {"ügyfél", QUERY_WAITING, "customer"},   {"ugyfel", QUERY_WAITING, "customer"},
    {"third_party", QUERY_WAITING, "third_party"}, {"dritte", QUERY_WAITING, "third_party"},
    {"harmadik", QUERY_WAITING, "third_party"}, {"date", QUERY_WAITING, "date"},
    {"datum", QUERY_WAITING, "date"},        {"dátum", QUERY_WAITING, "date"},
    {"internal", QUERY_WAITING, "internal"}, {"intern", QUERY_WAITING, "internal"},
    {"belső", QUERY_WAITING, "internal"},    {"belso", QUERY_WAITING, "internal"},
};

static const struct word day_words[] = {
    {"today", QUERY_TODAY, NULL},         {"heute", QUERY_TODAY, NULL},         {"ma", QUERY_TODAY, NULL},
    {"yesterday", QUERY_YESTERDAY, NULL}, {"gestern", QUERY_YESTERDAY, NULL},   {"tegnap", QUERY_YESTERDAY, NULL},
    {"tomorrow", QUERY_TOMORROW, NULL},   {"morgen", QUERY_TOMORROW, NULL},     {"holnap", QUERY_TOMORROW, NULL},
};

const char *const query_units[] = {"min", "h", "d", "w"};
static const struct word unit_words[] = {
    {"min", 0, NULL}, {"perc", 0, NULL}, {"h", 1, NULL},   {"std", 1, NULL},  {"ó", 1, NULL},   {"óra", 1, NULL}, {"ora", 1, NULL},
    {"d", 2, NULL},   {"t", 2, NULL},    {"tage", 2, NULL}, {"n", 2, NULL},   {"nap", 2, NULL}, {"w", 3, NULL},   {"wo", 3, NULL},
    {"hét", 3, NULL}, {"het", 3, NULL},
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

bool query_is_custom(struct text name) {
    static const char *const names_of_custom[] = {"field", "feld", "mezo", "mező", "Mező", "MEZŐ"};
    for (size_t i = 0; i < COUNT_OF(names_of_custom); i++)
        if (text_is_nocase(name, names_of_custom[i])) return true;
    return false;
}

bool query_is_key(struct text key) {
    for (size_t i = 0; i < key.size; i++)
        if (!((key.data[i] >= 'a' && key.data[i] <= 'z') || (key.data[i] >= '0' && key.data[i] <= '9') || key.data[i] == '_' || key.data[i] == '-'))
            return false;
    return key.size > 0;
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
    bool is_agent = field == QUERY_OWNER || field == QUERY_WATCHING || field == QUERY_MENTIONED;
    enum query_field table = is_agent ? QUERY_ASSIGNEE : field;
    for (size_t i = 0; i < COUNT_OF(values); i++)
        if (values[i].meaning == (int)table && text_is(folded, values[i].word)) return text_of(values[i].canonical);
    enum query_type type = query_type_of(field);
    if (type == QUERY_TYPE_WORD || type == QUERY_TYPE_RANK) return (struct text){0};
    return value;
}

struct text query_value_suggest(struct arena *mem, enum query_field field, struct text value) {
    return nearest(mem, values, COUNT_OF(values), (int)field, value);
}

bool query_takes_list(enum query_field field) {
    return field == QUERY_STATE || field == QUERY_TEAM || field == QUERY_TAG || field == QUERY_ASSIGNEE
           || field == QUERY_OWNER || field == QUERY_WATCHING || field == QUERY_MENTIONED
           || field == QUERY_PRIORITY || field == QUERY_CHANNEL || field == QUERY_NUMBER || field == QUERY_WAITING;
}

static int find(struct arena *mem, const struct word *words, size_t count, struct text word) {
    struct text folded = text_fold(mem, word);
    for (size_t i = 0; i < count; i++)
        if (text_is(folded, words[i].word)) return words[i].meaning;
    return -1;
}

int query_unit_find(struct arena *mem, struct text word) {
    return find(mem, unit_words, COUNT_OF(unit_words), word);
}

int query_rank(struct text priority) {
    static const char *const ranks[] = {"low", "normal", "high", "urgent"};
    for (int i = 0; i < (int)COUNT_OF(ranks); i++)
        if (text_is(priority, ranks[i])) return i;
    return -1;
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
static bool read_date(struct text value, struct query_date *ret_date) {
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

bool query_day_read(struct arena *mem, struct text value, struct query_moment *ret_moment) {
    int named = find(mem, day_words, COUNT_OF(day_words), value);
    struct query_moment moment = {.kind = named < 0 ? QUERY_DATE : (enum query_moment_kind)named};
    if (named < 0 && !read_date(value, &moment.date)) return false;
    *ret_moment = moment;
    return true;
}
