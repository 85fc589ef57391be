/* The identities of a person: what they must look like, and that nobody else has them. */
#include "modules/people/people.h"

#include "modules/people/people_private.h"

enum { VALUE_LIMIT = 254 };

/* Addresses that everybody can have say nothing about where a person works. A dot at the end stands for every country. */
static const char *const public_domains[] = {
    "gmail.com",   "googlemail.com", "gmx.",        "web.de",       "t-online.de", "freenet.de",     "arcor.de",    "posteo.",
    "mailbox.org", "outlook.",       "hotmail.",    "live.",        "msn.com",     "yahoo.",         "ymail.com",   "icloud.com",
    "me.com",      "mac.com",        "aol.",        "proton.me",    "pm.me",       "protonmail.com", "tutanota.",   "tuta.",
    "freemail.hu", "citromail.hu",   "indamail.hu", "vipmail.hu",   "mailbox.hu",  "upcmail.hu",     "t-email.hu",  "orange.fr",
    "laposte.net", "free.fr",        "wanadoo.fr",  "sfr.fr",       "libero.it",   "virgilio.it",    "mail.ru",     "yandex.",
    "qq.com",      "163.com",        "126.com",     "naver.com",    "zoho.com",    "fastmail.",      "bluewin.ch",  "hispeed.ch",
    "a1.net",      "aon.at",         "chello.at",   "seznam.cz",    "centrum.cz",  "wp.pl",          "onet.pl",     "o2.pl",
    "interia.pl",  "azet.sk",        "vodafone.de", "online.de",    "email.de",    "mail.com",       "hey.com",     "kabelmail.de",
};

bool domain_is_public(struct text domain) {
    for (size_t i = 0; i < COUNT_OF(public_domains); i++) {
        const char *known = public_domains[i];
        bool family = known[strlen(known) - 1] == '.';
        if (family ? text_starts(domain, known) : text_is(domain, known)) return true;
    }
    return false;
}

static bool has_blank(struct text t) {
    for (size_t i = 0; i < t.size; i++)
        if ((unsigned char)t.data[i] <= ' ' || t.data[i] == 0x7f) return true;
    return false;
}

static bool is_address(struct text t) {
    size_t at = text_find_char(t, '@');
    if (at == 0 || at == SIZE_MAX || has_blank(t)) return false;
    struct text domain = text_skip(t, at + 1);
    return domain.size > 0 && text_find_char(domain, '@') == SIZE_MAX && domain.data[0] != '.' && !text_ends(domain, ".");
}

static bool is_number(struct text t) {
    size_t digits = text_starts(t, "+") ? t.size - 1 : t.size;
    return digits >= 3 && digits <= 20;
}

static bool check_value(const char *field, struct text channel, struct text value, struct text normalized, struct error *err) {
    if (text_empty(normalized)) return error_field(err, field, "required", "an identity can't be empty");
    if (value.size > VALUE_LIMIT) return error_field(err, field, "too_long", "has more than %d bytes", VALUE_LIMIT);
    if (text_is(channel, "email") && !is_address(normalized)) return error_field(err, field, "invalid", "is no e-mail address");
    if (text_is(channel, "phone") && !is_number(normalized)) return error_field(err, field, "invalid", "is no phone number");
    return true;
}

bool identity_fits(struct arena *mem, const char *field, const char *channel, struct text value, struct error *err) {
    struct text trimmed = text_trim(value);
    return check_value(field, text_of(channel), trimmed, identity_normalize(mem, channel, trimmed), err);
}

static bool refuse_taken(const char *field, person_id owner, struct error *err) {
    error_field(err, field, "taken_by_person", "person %" PRId64 " has this identity", owner.value);
    snprintf(err->see, sizeof err->see, "/api/v1/people/%" PRId64, owner.value);
    return false;
}

/* Nobody's so far, or this person's own. */
static bool check_free(struct tx *tx, const char *field, person_id person, struct text channel, struct text normalized, struct error *err) {
    const struct sql_identity_find_row *row;
    const struct sql_identity_find in = {.channel = channel, .normalized = normalized};
    if (!sql_identity_find(tx, &tx->mem, &in, &row, err)) return false;
    return !row || row->person_id.value == person.value || refuse_taken(field, row->person_id, err);
}

bool identity_add(struct tx *tx, const char *field, person_id person, const struct identity_wish *wish, struct error *err) {
    struct text value = text_trim(wish->value), normalized = identity_normalize(&tx->mem, text_string(&tx->mem, wish->channel), value);
    int64_t added = 0;
    const struct sql_identity_insert in = {.person_id = person, .channel = wish->channel, .value = value, .normalized = normalized,
                                           .proof = text_empty(wish->proof) ? text_of("none") : wish->proof, .created_at = tx->now};
    if (!check_value(field, wish->channel, value, normalized, err) || !check_free(tx, field, person, wish->channel, normalized, err)
        || !sql_identity_insert(tx, &in, &added, err))
        return false;
    /* Somebody else may have been quicker, and have it now. */
    return added || (check_free(tx, field, person, wish->channel, normalized, err)
                     && error_field(err, field, "twice", "the person has this identity already"));
}

bool identity_change(struct tx *tx, const struct sql_identity_by_id_row *row, const struct identity_wish *wish, bool unbounce,
                     struct error *err) {
    struct text value = wish->value.data ? text_trim(wish->value) : row->value;
    struct text normalized = identity_normalize(&tx->mem, text_string(&tx->mem, row->channel), value);
    bool same = text_equal(normalized, row->normalized);
    if (!check_value("value", row->channel, value, normalized, err)) return false;
    if (!same) {
        const struct sql_identity_find_row *other;
        const struct sql_identity_find in = {.channel = row->channel, .normalized = normalized};
        if (!sql_identity_find(tx, &tx->mem, &in, &other, err)) return false;
        if (other && other->person_id.value == row->person_id.value) return error_field(err, "value", "twice", "the person has this identity already");
        if (other) return refuse_taken("value", other->person_id, err);
    }
    /* Another value has neither been proved nor come back. */
    struct text proof = wish->proof.data ? wish->proof : same ? row->proof : text_of("none");
    const struct sql_identity_update in = {.id = row->id, .value = value, .normalized = normalized, .proof = proof,
                                           .bounced_at = same && !unbounce ? row->bounced_at : 0};
    return sql_identity_update(tx, &in, NULL, err);
}
