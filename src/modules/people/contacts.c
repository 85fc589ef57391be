/* Contacts: persons and the identities by which we know them. */
#include "modules/people/people.h"

#include "base/domain.h"
#include "base/json.h"
#include "modules/people/people_private.h"

enum { NAME_LIMIT = 200, HOLDS = 5 };

struct text identity_normalize(struct arena *mem, const char *channel, struct text value) {
    struct text trimmed = text_trim(value);
    if (strcmp(channel, "email") == 0) return address_ascii(mem, text_fold(mem, trimmed));
    if (strcmp(channel, "phone") != 0) return trimmed;
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < trimmed.size; i++) {
        char c = trimmed.data[i];
        if ((c >= '0' && c <= '9') || (c == '+' && out.size == 0)) buffer_add_char(&out, c);
    }
    struct text digits = buffer_text(&out);
    return text_starts(digits, "00") ? text_printf(mem, "+%.*s", (int)digits.size - 2, digits.data + 2) : digits;
}

static bool find_identity(struct tx *tx, struct arena *mem, const char *channel, struct text normalized,
                          const struct sql_identity_find_row **ret_row, struct error *err) {
    const struct sql_identity_find in = {.channel = text_of(channel), .normalized = normalized};
    return sql_identity_find(tx, mem, &in, ret_row, err);
}

bool person_by_identity(struct tx *tx, struct arena *mem, const char *channel, struct text value,
                        const struct person_card **ret_person, struct error *err) {
    const struct sql_identity_find_row *row;
    const struct sql_person_by_id_row *person = NULL;
    if (!find_identity(tx, mem, channel, identity_normalize(mem, channel, value), &row, err)
        || (row && !sql_person_by_id(tx, mem, &(struct sql_person_by_id){.id = row->person_id.value}, &person, err)))
        return false;
    *ret_person = NULL;
    if (!person) return true;
    struct person_card *card = arena_alloc(mem, sizeof *card);
    *card = (struct person_card){.id = row->person_id, .name = person->name, .email = person->email, .company = person->company};
    *ret_person = card;
    return true;
}

static void person_event(struct tx *tx, const char *kind, person_id person, struct text name, struct text identity) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "person", person.value);
    json_put_text(&json, "name", name);
    json_put_text(&json, "identity", identity);
    json_object_end(&json);
    event_record(tx, &(struct event){.kind = kind, .actor = ACTOR_SYSTEM, .scope = "staff", .data = buffer_text(&out)});
}

bool company_of_identity(struct tx *tx, struct text channel, struct text normalized, company_id *ret_company, struct error *err) {
    const struct sql_company_by_domain_row *row = NULL;
    size_t at = text_find_char(normalized, '@');
    struct text domain = at == SIZE_MAX ? (struct text){0} : text_skip(normalized, at + 1);
    bool tells = text_is(channel, "email") && !text_empty(domain) && !domain_is_public(domain);
    if (tells && !sql_company_by_domain(tx, &tx->mem, &(struct sql_company_by_domain){.domain = domain}, &row, err)) return false;
    *ret_company = row ? row->company_id : (company_id){0};
    return true;
}

/* Two processes may meet the same new identity at once: who loses drops the empty person and takes the winner's. */
static bool make_person(struct tx *tx, const char *channel, struct text value, struct text normalized, struct text name,
                        person_id *ret_id, struct error *err) {
    const struct sql_person_insert_row *person;
    company_id company;
    int64_t added = 0;
    if (!company_of_identity(tx, text_of(channel), normalized, &company, err)) return false;
    const struct sql_person_insert in = {.name = text_empty(name) ? value : name, .company_id = company, .created_at = tx->now};
    if (!sql_person_insert(tx, &tx->mem, &in, &person, err)) return false;
    const struct sql_identity_insert identity = {.person_id = person->person_id, .channel = text_of(channel), .value = value,
                                                 .normalized = normalized, .proof = text_of("claimed"), .created_at = tx->now};
    if (!sql_identity_insert(tx, &identity, &added, err)) return false;
    if (added) {
        *ret_id = person->person_id;
        if (!person_index(tx, person->person_id, err)) return false;
        person_event(tx, "person.created", person->person_id, in.name, normalized);
        return true;
    }
    const struct sql_identity_find_row *winner;
    if (!sql_person_delete(tx, &(struct sql_person_delete){.person_id = person->person_id}, NULL, err)) return false;
    if (!find_identity(tx, &tx->mem, channel, normalized, &winner, err)) return false;
    if (!winner) return error_set(err, ERR_INTERNAL, "an identity that was there is gone");
    *ret_id = winner->person_id;
    return true;
}

bool person_hold(struct tx *tx, person_id person, bool *ret_there, struct error *err) {
    const struct sql_person_hold_row *row;
    if (!sql_person_hold(tx, &tx->mem, &(struct sql_person_hold){.person_id = person}, &row, err)) return false;
    *ret_there = row;
    return true;
}

bool person_now(struct tx *tx, person_id person, person_id *ret_person, struct error *err) {
    const struct sql_person_now_row *row;
    if (!sql_person_now(tx, &tx->mem, &(struct sql_person_now){.person_id = person}, &row, err)) return false;
    *ret_person = row ? (person_id){row->merged_into_id} : person;
    return true;
}

/* As find_identity, of a person who stays who they are until the transaction ends: one who was just becoming part of another has given the
 * identity on by the second look. On SQLite nobody else writes meanwhile. */
static bool hold_identity(struct tx *tx, const char *channel, struct text normalized, const struct sql_identity_find_row **ret_row, struct error *err) {
    bool there = store_dialect(tx->store) == DIALECT_SQLITE;
    if (!find_identity(tx, &tx->mem, channel, normalized, ret_row, err)) return false;
    for (int round = 0; *ret_row && !there && round < HOLDS; round++) {
        if (!person_hold(tx, (*ret_row)->person_id, &there, err)) return false;
        if (!there && !find_identity(tx, &tx->mem, channel, normalized, ret_row, err)) return false;
    }
    return true;
}

bool person_ensure(struct tx *tx, const char *channel, struct text value, struct text name, person_id *ret_id,
                   struct error *err) {
    const struct sql_identity_find_row *row;
    struct text normalized = identity_normalize(&tx->mem, channel, value);
    name = text_cut(text_trim(name), NAME_LIMIT);
    if (text_empty(normalized)) return error_set_key(err, ERR_INVALID, "identity_empty", "an identity can't be empty");
    if (!hold_identity(tx, channel, normalized, &row, err)) return false;
    if (!row) return make_person(tx, channel, text_trim(value), normalized, name, ret_id, err);
    *ret_id = row->person_id;
    /* A person who was only an address so far takes the name that a letter brings. */
    bool nameless = text_equal_nocase(row->name, normalized);
    if (!nameless || text_empty(name) || text_equal(name, row->name)) return true;
    if (!sql_person_name(tx, &(struct sql_person_name){.person_id = row->person_id, .name = name}, NULL, err)
        || !person_index(tx, row->person_id, err))
        return false;
    person_event(tx, "person.named", row->person_id, name, normalized);
    return true;
}

bool person_reached_at(struct tx *tx, person_id person, const char *channel, struct text value, struct error *err) {
    struct text normalized = identity_normalize(&tx->mem, channel, value);
    int64_t added = 0;
    const struct sql_identity_insert in = {.person_id = person, .channel = text_of(channel), .value = text_trim(value),
                                           .normalized = normalized, .proof = text_of("claimed"), .created_at = tx->now};
    return text_empty(normalized) || (sql_identity_insert(tx, &in, &added, err) && (!added || person_index(tx, person, err)));
}

bool person_unknown(struct tx *tx, struct text name, person_id *ret_id, struct error *err) {
    const struct sql_person_insert_row *person;
    name = text_cut(text_trim(name), NAME_LIMIT);
    const struct sql_person_insert in = {.name = text_empty(name) ? text_of("?") : name, .created_at = tx->now};
    if (!sql_person_insert(tx, &tx->mem, &in, &person, err)) return false;
    *ret_id = person->person_id;
    person_event(tx, "person.created", person->person_id, in.name, (struct text){0});
    return true;
}

bool person_same_company(struct tx *tx, person_id a, person_id b, bool *ret_same, struct error *err) {
    const struct sql_person_company_row *row;
    const struct sql_person_company in = {.a_id = a.value, .b_id = b.value};
    if (!sql_person_company(tx, &tx->mem, &in, &row, err)) return false;
    *ret_same = row && row->company_id.value;
    return true;
}

/* Flags the address or takes the flag away, and records it where that changes something. */
static bool mark_bounced(struct tx *tx, struct text address, int64_t bounced_at, struct text detail, struct error *err) {
    const struct sql_identity_find_row *row;
    struct text normalized = identity_normalize(&tx->mem, "email", address);
    if (!find_identity(tx, &tx->mem, "email", normalized, &row, err)) return false;
    if (!row || (!bounced_at && !row->bounced_at)) return true;
    const struct sql_identity_bounce in = {.normalized = normalized, .bounced_at = bounced_at, .bounce_detail = detail};
    if (!sql_identity_bounce(tx, &in, NULL, err)) return false;
    person_event(tx, bounced_at ? "person.bounced" : "person.reached", row->person_id, row->name, normalized);
    return true;
}

bool identity_bounced(struct tx *tx, struct text address, struct text detail, bool permanent, struct error *err) {
    return !permanent || mark_bounced(tx, address, tx->now, text_cut(detail, 500), err);
}

bool identity_heard(struct tx *tx, struct text address, struct error *err) {
    return mark_bounced(tx, address, 0, (struct text){0}, err);
}

bool identity_is_bounced(struct tx *tx, struct text address, bool *ret_bounced, struct error *err) {
    const struct sql_identity_find_row *row;
    if (!find_identity(tx, &tx->mem, "email", identity_normalize(&tx->mem, "email", address), &row, err)) return false;
    *ret_bounced = row && row->bounced_at;
    return true;
}

bool staff_by_email(struct tx *tx, struct text address, staff_id *ret_id, struct error *err) {
    const struct sql_staff_active_by_email_row *row;
    const struct sql_staff_active_by_email in = {.email = identity_normalize(&tx->mem, "email", address)};
    if (!sql_staff_active_by_email(tx, &tx->mem, &in, &row, err)) return false;
    *ret_id = row ? row->staff_id : (staff_id){0};
    return true;
}
