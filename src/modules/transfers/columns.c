/* What stands in the columns of a table, told by the words of their heads. */
#include "modules/transfers/transfers_private.h"

static const char *const names[TARGETS] = {"ignore", "name", "first_name", "last_name", "company", "locale", "notes",
                                           "email",  "phone", "handle",    "external"};

/* Heads as they are compared: small letters, nothing between them, no number behind. */
static const struct {
    const char *head;
    enum target target;
} heads[] = {
    {"name", TARGET_NAME},               {"vollständigername", TARGET_NAME},      {"anzeigename", TARGET_NAME},
    {"ansprechpartner", TARGET_NAME},    {"ansprechpartnerin", TARGET_NAME},      {"kontakt", TARGET_NAME},
    {"kunde", TARGET_NAME},              {"kundin", TARGET_NAME},                 {"person", TARGET_NAME},
    {"fullname", TARGET_NAME},           {"displayname", TARGET_NAME},            {"contact", TARGET_NAME},
    {"contactname", TARGET_NAME},        {"customer", TARGET_NAME},               {"customername", TARGET_NAME},
    {"kundenname", TARGET_NAME},         {"név", TARGET_NAME},                    {"teljesnév", TARGET_NAME},
    {"ügyfél", TARGET_NAME},             {"ügyfélneve", TARGET_NAME},             {"kapcsolattartó", TARGET_NAME},
    {"vorname", TARGET_FIRST_NAME},      {"rufname", TARGET_FIRST_NAME},          {"firstname", TARGET_FIRST_NAME},
    {"givenname", TARGET_FIRST_NAME},    {"forename", TARGET_FIRST_NAME},         {"keresztnév", TARGET_FIRST_NAME},
    {"utónév", TARGET_FIRST_NAME},       {"nachname", TARGET_LAST_NAME},          {"familienname", TARGET_LAST_NAME},
    {"zuname", TARGET_LAST_NAME},        {"lastname", TARGET_LAST_NAME},          {"surname", TARGET_LAST_NAME},
    {"familyname", TARGET_LAST_NAME},    {"vezetéknév", TARGET_LAST_NAME},        {"családnév", TARGET_LAST_NAME},
    {"email", TARGET_EMAIL},             {"mail", TARGET_EMAIL},                  {"emailadresse", TARGET_EMAIL},
    {"mailadresse", TARGET_EMAIL},       {"emailaddress", TARGET_EMAIL},          {"mailaddress", TARGET_EMAIL},
    {"weitereemail", TARGET_EMAIL},      {"weiteremails", TARGET_EMAIL},          {"emailcím", TARGET_EMAIL},
    {"emails", TARGET_EMAIL},            {"emailprivat", TARGET_EMAIL},
    {"emailgeschäftlich", TARGET_EMAIL}, {"telefon", TARGET_PHONE},               {"telefonnummer", TARGET_PHONE},
    {"telefonnr", TARGET_PHONE},         {"tel", TARGET_PHONE},                   {"rufnummer", TARGET_PHONE},
    {"mobil", TARGET_PHONE},             {"mobiltelefon", TARGET_PHONE},          {"mobilnummer", TARGET_PHONE},
    {"handy", TARGET_PHONE},             {"handynummer", TARGET_PHONE},           {"festnetz", TARGET_PHONE},
    {"phone", TARGET_PHONE},             {"phonenumber", TARGET_PHONE},           {"telephone", TARGET_PHONE},
    {"mobile", TARGET_PHONE},            {"mobilephone", TARGET_PHONE},           {"cell", TARGET_PHONE},
    {"cellphone", TARGET_PHONE},         {"telefonszám", TARGET_PHONE},           {"mobilszám", TARGET_PHONE},
    {"telefonprivat", TARGET_PHONE},     {"telefongeschäftlich", TARGET_PHONE},   {"kennung", TARGET_HANDLE},
    {"benutzername", TARGET_HANDLE},     {"username", TARGET_HANDLE},             {"handle", TARGET_HANDLE},
    {"felhasználónév", TARGET_HANDLE},   {"azonosító", TARGET_HANDLE},            {"kundennummer", TARGET_EXTERNAL},
    {"kundennr", TARGET_EXTERNAL},       {"kdnr", TARGET_EXTERNAL},               {"customernumber", TARGET_EXTERNAL},
    {"customerno", TARGET_EXTERNAL},     {"customerid", TARGET_EXTERNAL},         {"externalid", TARGET_EXTERNAL},
    {"ügyfélszám", TARGET_EXTERNAL},     {"vevőkód", TARGET_EXTERNAL},            {"ügyfélkód", TARGET_EXTERNAL},
    {"firma", TARGET_COMPANY},           {"firmenname", TARGET_COMPANY},          {"unternehmen", TARGET_COMPANY},
    {"organisation", TARGET_COMPANY},    {"company", TARGET_COMPANY},             {"companyname", TARGET_COMPANY},
    {"organization", TARGET_COMPANY},    {"organisationname", TARGET_COMPANY},    {"account", TARGET_COMPANY},
    {"cég", TARGET_COMPANY},             {"cégnév", TARGET_COMPANY},              {"vállalat", TARGET_COMPANY},
    {"sprache", TARGET_LOCALE},          {"language", TARGET_LOCALE},             {"locale", TARGET_LOCALE},
    {"nyelv", TARGET_LOCALE},            {"notiz", TARGET_NOTES},                 {"notizen", TARGET_NOTES},
    {"bemerkung", TARGET_NOTES},         {"bemerkungen", TARGET_NOTES},           {"kommentar", TARGET_NOTES},
    {"notes", TARGET_NOTES},             {"note", TARGET_NOTES},                  {"comment", TARGET_NOTES},
    {"comments", TARGET_NOTES},          {"jegyzet", TARGET_NOTES},               {"jegyzetek", TARGET_NOTES},
    {"megjegyzés", TARGET_NOTES},
};

const char *target_name(enum target target) {
    return names[target];
}

enum target target_find(struct text name) {
    enum target target = TARGET_IGNORE;
    while (target < TARGETS && !text_is(name, names[target])) target++;
    return target;
}

static struct text head_of(struct arena *mem, struct text words) {
    struct buffer out = {.mem = mem};
    struct text folded = text_fold(mem, words);
    for (size_t i = 0; i < folded.size; i++) {
        char c = folded.data[i];
        if ((c & 0x80) || (c >= 'a' && c <= 'z')) buffer_add_char(&out, c);
    }
    return buffer_text(&out);
}

void targets_guess(struct arena *mem, const struct text *header, size_t count, enum target *ret) {
    bool used[TARGETS] = {0};
    for (size_t i = 0; i < count; i++) {
        struct text head = head_of(mem, header[i]);
        ret[i] = TARGET_IGNORE;
        for (size_t k = 0; k < COUNT_OF(heads) && !ret[i]; k++)
            if (text_is(head, heads[k].head)) ret[i] = heads[k].target;
        if (ret[i] < TARGET_EMAIL && used[ret[i]]) ret[i] = TARGET_IGNORE;
        used[ret[i]] = true;
    }
}

bool targets_check(const enum target *targets, size_t count, struct error *err) {
    bool used[TARGETS] = {0};
    for (size_t i = 0; i < count; i++) {
        if (targets[i] && targets[i] < TARGET_EMAIL && used[targets[i]])
            return error_field(err, "columns", "column_twice", "two columns are '%s'", names[targets[i]]);
        used[targets[i]] = true;
    }
    bool tells = used[TARGET_EMAIL] || used[TARGET_PHONE] || used[TARGET_HANDLE] || used[TARGET_EXTERNAL];
    return tells || error_field(err, "columns", "no_identity_column", "no column tells one person from another");
}

struct text locale_find(struct arena *mem, struct text word) {
    static const struct {
        const char *word, *locale;
    } known[] = {
        {"de", "de"}, {"deutsch", "de"},  {"german", "de"},   {"német", "de"},  {"ger", "de"},     {"deu", "de"},
        {"en", "en"}, {"englisch", "en"}, {"english", "en"},  {"angol", "en"},  {"eng", "en"},
        {"hu", "hu"}, {"ungarisch", "hu"}, {"hungarian", "hu"}, {"magyar", "hu"}, {"hun", "hu"},
    };
    struct text folded = text_fold(mem, text_trim(word));
    bool is_tag = folded.size > 2 && (folded.data[2] == '-' || folded.data[2] == '_');
    if (is_tag) folded = text_slice(folded, 0, 2);
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (text_is(folded, known[i].word)) return text_of(known[i].locale);
    return (struct text){0};
}
