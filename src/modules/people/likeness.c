/* Who may be the same person: somebody of the same name, of the same number written in another way, or of the same mailbox elsewhere. */
#include "modules/people/people.h"
#include "modules/people/people_private.h"

/* Where a number begins with when it is dialled from abroad, and at home: in our first markets. */
static const struct { const char *abroad, *home; } prefixes[] = {{"+49", "0"}, {"+43", "0"}, {"+41", "0"}, {"+36", "06"}};

/* More than are told: the likeliest of them come first. */
enum { CANDIDATES = 50 };

struct looking {
    struct tx *tx;
    struct arena *mem;
    person_id person;
    company_id company;
    struct likeness found[CANDIDATES];
    size_t count;
};

static void note(struct looking *looking, person_id person, const char *reason) {
    size_t i = 0;
    if (person.value == looking->person.value) return;
    while (i < looking->count && looking->found[i].person.value != person.value) i++;
    if (i == CANDIDATES) return;
    if (i == looking->count) looking->found[looking->count++] = (struct likeness){.person = person};
    const char **reasons = looking->found[i].reasons;
    for (size_t k = 0; k < COUNT_OF(looking->found[i].reasons); k++) {
        if (reasons[k] && strcmp(reasons[k], reason) == 0) return;
        if (!reasons[k]) {
            reasons[k] = reason;
            return;
        }
    }
}

static bool note_owner(struct looking *looking, const char *channel, struct text normalized, const char *reason, struct error *err) {
    const struct sql_identity_find_row *row;
    const struct sql_identity_find in = {.channel = text_of(channel), .normalized = normalized};
    if (!sql_identity_find(looking->tx, looking->mem, &in, &row, err)) return false;
    if (row) note(looking, row->person_id, reason);
    return true;
}

/* --- Numbers ------------------------------------------------------------------------------------------------------------ */

static bool like_number(struct looking *looking, struct text number, struct error *err) {
    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        bool abroad = text_starts(number, prefixes[i].abroad), home = text_starts(number, prefixes[i].home);
        if (!abroad && !home) continue;
        struct text rest = text_skip(number, strlen(abroad ? prefixes[i].abroad : prefixes[i].home));
        struct text other = text_printf(looking->mem, "%s%.*s", abroad ? prefixes[i].home : prefixes[i].abroad, (int)rest.size, rest.data);
        if (!note_owner(looking, "phone", other, "same_number", err)) return false;
    }
    return true;
}

/* --- Names ------------------------------------------------------------------------------------------------------------------ */

static bool comes_before(struct text a, struct text b) {
    int order = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);
    return order < 0 || (order == 0 && a.size < b.size);
}

/* The words of a name, the first four, in the order in which they sort: "Huber, Ana" is "Ana Huber". */
static size_t name_words(struct arena *mem, struct text name, struct text words[4]) {
    struct text rest = text_fold(mem, name), word;
    size_t count = 0;
    while (count < 4 && next_word(&rest, &word)) {
        size_t at = count++;
        for (; at > 0 && comes_before(word, words[at - 1]); at--) words[at] = words[at - 1];
        words[at] = word;
    }
    return count;
}

static bool same_words(struct arena *mem, struct text name, const struct text *words, size_t count) {
    struct text others[4];
    if (name_words(mem, name, others) != count) return false;
    for (size_t i = 0; i < count; i++)
        if (!text_equal(words[i], others[i])) return false;
    return true;
}

/* One word alone, such as a first name, says nothing. */
static bool like_name(struct looking *looking, struct text name, struct error *err) {
    struct text words[4];
    struct sql_person_alike_rows rows;
    size_t count = name_words(looking->mem, name, words);
    if (count < 2 || text_find_char(name, '@') != SIZE_MAX) return true;
    size_t longest = 0;
    for (size_t i = 1; i < count; i++)
        if (words[i].size > words[longest].size) longest = i;
    const struct sql_person_alike in = {.first = words[longest], .second = words[longest ? 0 : 1], .person_id = looking->person, .limit = 200};
    if (!sql_person_alike(looking->tx, looking->mem, &in, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        const struct sql_person_by_id_row *row;
        if (!sql_person_by_id(looking->tx, looking->mem, &(struct sql_person_by_id){.id = rows.at[i].person_id.value}, &row, err)) return false;
        if (!row || !same_words(looking->mem, row->name, words, count)) continue;
        note(looking, rows.at[i].person_id, "same_name");
        if (looking->company.value && looking->company.value == row->company_id.value) note(looking, rows.at[i].person_id, "same_company");
    }
    return true;
}

/* --- Mailboxes --------------------------------------------------------------------------------------------------------------- */

/* "ana.huber" at one provider and at another; "info" and the like are many people's. */
static bool like_mailbox(struct looking *looking, struct text address, struct error *err) {
    static const char *const elsewhere[] = {"gmail.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "outlook.com", "outlook.de",
                                            "hotmail.com", "icloud.com", "googlemail.com", "yahoo.de", "freemail.hu", "gmx.at", "posteo.de"};
    size_t at = text_find_char(address, '@');
    if (at == SIZE_MAX || at < 6 || text_find_char(text_slice(address, 0, at), '.') == SIZE_MAX) return true;
    for (size_t i = 0; i < COUNT_OF(elsewhere); i++) {
        struct text other = text_printf(looking->mem, "%.*s@%s", (int)at, address.data, elsewhere[i]);
        if (!text_equal(other, address) && !note_owner(looking, "email", other, "same_mailbox", err)) return false;
    }
    return true;
}

static size_t reason_count(const struct likeness *likeness) {
    size_t count = 0;
    while (count < COUNT_OF(likeness->reasons) && likeness->reasons[count]) count++;
    return count;
}

static void put_likeliest_first(struct likeness *found, size_t count) {
    for (size_t i = 1; i < count; i++) {
        struct likeness one = found[i];
        size_t at = i;
        for (; at > 0 && reason_count(&one) > reason_count(&found[at - 1]); at--) found[at] = found[at - 1];
        found[at] = one;
    }
}

bool person_likenesses(struct tx *tx, struct arena *mem, person_id person, struct likeness ret[LIKENESSES], size_t *ret_count, struct error *err) {
    struct looking looking = {.tx = tx, .mem = mem, .person = person};
    const struct sql_person_by_id_row *row;
    struct sql_person_identities_rows rows;
    if (!sql_person_by_id(tx, mem, &(struct sql_person_by_id){.id = person.value}, &row, err)
        || !sql_person_identities(tx, mem, &(struct sql_person_identities){.person_id = person}, &rows, err))
        return false;
    *ret_count = 0;
    if (!row) return error_set_key(err, ERR_NOT_FOUND, "person_not_found", "there is no person %" PRId64, person.value);
    if (row->merged_into_id) return true;
    looking.company = row->company_id;
    for (size_t i = 0; i < rows.count; i++) {
        bool fits = text_is(rows.at[i].channel, "phone")   ? like_number(&looking, rows.at[i].normalized, err)
                    : text_is(rows.at[i].channel, "email") ? like_mailbox(&looking, rows.at[i].normalized, err)
                                                           : true;
        if (!fits) return false;
    }
    if (!like_name(&looking, row->name, err)) return false;
    put_likeliest_first(looking.found, looking.count);
    *ret_count = looking.count < LIKENESSES ? looking.count : LIKENESSES;
    memcpy(ret, looking.found, *ret_count * sizeof *ret);
    return true;
}
