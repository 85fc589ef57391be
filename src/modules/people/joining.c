/* Two persons who are one: the identities and fields of the one go to the other, and the way back. */
#include "modules/people/people.h"
#include "modules/people/people_private.h"
#include "platform/operations/operations.h"

#include <jansson.h>

enum { NOTES_LIMIT = 20000 };

/* --- Joining ------------------------------------------------------------------------------------------------------------- */

/* The lower id first, so that two who join the same two don't wait for each other. */
static bool hold(struct tx *tx, person_id from, person_id into, struct error *err) {
    const struct sql_person_lock_row *lock;
    person_id first = from.value < into.value ? from : into, second = from.value < into.value ? into : from;
    return sql_person_lock(tx, &tx->mem, &(struct sql_person_lock){.person_id = first}, &lock, err)
           && sql_person_lock(tx, &tx->mem, &(struct sql_person_lock){.person_id = second}, &lock, err);
}

static bool find(struct tx *tx, person_id id, const struct sql_person_by_id_row **ret_row, struct error *err) {
    return sql_person_by_id(tx, &tx->mem, &(struct sql_person_by_id){.id = id.value}, ret_row, err);
}

static bool check(const struct person_joining *joining, const struct sql_person_by_id_row *from, const struct sql_person_by_id_row *into,
                  struct error *err) {
    if (joining->from.value == joining->into.value) return error_field(err, "into", "person_same", "it is the same person");
    if (!from) return error_set_key(err, ERR_NOT_FOUND, "person_not_found", "there is no person %" PRId64, joining->from.value);
    if (!into) return error_field(err, "into", "unknown", "there is no such person");
    if (from->merged_into_id) return person_refuse_merged((person_id){from->merged_into_id}, err);
    return !into->merged_into_id || person_refuse_merged((person_id){into->merged_into_id}, err);
}

static struct text joined_notes(struct arena *mem, const struct person_joining *joining, struct text from, struct text into) {
    if (joining->notes == NOTES_KEEP || text_empty(from)) return into;
    if (joining->notes == NOTES_TAKE || text_empty(into)) return from;
    return text_cut(text_printf(mem, "%.*s\n\n%.*s", (int)into.size, into.data, (int)from.size, from.data), NOTES_LIMIT);
}

/* A language or company of which nothing was known is taken in any case. */
static bool take_fields(struct tx *tx, const struct person_joining *joining, const struct sql_person_by_id_row *from,
                        const struct sql_person_by_id_row *into, struct json_writer *json, struct error *err) {
    struct sql_person_patch in = {.id = into->id, .name = joining->takes_name ? from->name : into->name, .locale = into->locale,
                                  .company_id = into->company_id, .notes = joined_notes(&tx->mem, joining, from->notes, into->notes)};
    if (from->locale.data && (joining->takes_locale || !into->locale.data)) in.locale = from->locale;
    if (from->company_id.value && (joining->takes_company || !into->company_id.value)) in.company_id = from->company_id;
    json_key(json, "fields");
    json_object_begin(json);
    note_text(json, "name", into->name, in.name);
    note_text(json, "locale", into->locale, in.locale);
    note_text(json, "notes", into->notes, in.notes);
    note_id(json, "company", into->company_id.value, in.company_id.value);
    json_object_end(json);
    return sql_person_patch(tx, &in, NULL, err);
}

bool identity_choose_main(struct tx *tx, person_id into, int64_t chosen, struct error *err) {
    struct sql_person_identities_rows rows;
    bool found = false;
    if (!sql_person_identities(tx, &tx->mem, &(struct sql_person_identities){.person_id = into}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        bool is = rows.at[i].id == chosen && text_is(rows.at[i].channel, "email");
        const struct sql_identity_main in = {.id = rows.at[i].id, .person_id = into, .is_main = is};
        found |= is;
        if (is != rows.at[i].is_main && !sql_identity_main(tx, &in, NULL, err)) return false;
    }
    return found || !chosen || error_field(err, "main_identity", "unknown", "neither of them has such an address");
}

static int64_t chosen_in(const struct sql_person_identities_rows *rows) {
    for (size_t i = 0; i < rows->count; i++)
        if (rows->at[i].is_main) return rows->at[i].id;
    return 0;
}

/* To which letters go now. */
static int64_t main_of(const struct sql_person_identities_rows *rows) {
    int64_t chosen = chosen_in(rows);
    for (size_t i = 0; i < rows->count && !chosen; i++)
        if (text_is(rows->at[i].channel, "email")) chosen = rows->at[i].id;
    return chosen;
}

static bool pass_identities(struct tx *tx, const struct person_joining *joining, struct json_writer *json, struct error *err) {
    struct sql_person_identities_rows theirs, own;
    const struct sql_person_identities of_from = {.person_id = joining->from}, of_into = {.person_id = joining->into};
    if (!sql_person_identities(tx, &tx->mem, &of_from, &theirs, err) || !sql_person_identities(tx, &tx->mem, &of_into, &own, err)) return false;
    /* The identities that come may be older: without a word, letters go where they went. */
    int64_t after = joining->main_identity ? joining->main_identity : main_of(&own);
    json_put_int(json, "chosen_before", chosen_in(&own));
    json_put_int(json, "main_before", main_of(&own));
    json_put_int(json, "chosen", after);
    json_key(json, "identities");
    json_array_begin(json);
    for (size_t i = 0; i < theirs.count; i++) {
        const struct sql_identity_pass in = {.id = theirs.at[i].id, .from_id = joining->from.value, .into_id = joining->into.value};
        json_array_begin(json);
        json_int(json, in.id);
        json_int(json, theirs.at[i].is_main);
        json_text(json, theirs.at[i].normalized);
        json_array_end(json);
        if (!sql_identity_pass(tx, &in, NULL, err)) return false;
    }
    json_array_end(json);
    return identity_choose_main(tx, joining->into, after, err);
}

/* Who is part of the one that goes is part of the other at once, and by the way back of the one that went. */
static bool pass_parts(struct tx *tx, const struct person_joining *joining, struct json_writer *json, struct error *err) {
    struct sql_person_parts_rows rows;
    if (!sql_person_parts(tx, &tx->mem, &(struct sql_person_parts){.into_id = joining->from.value}, &rows, err)) return false;
    json_key(json, "parts");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++) {
        const struct sql_person_point point = {.person_id = rows.at[i].person_id, .into_id = joining->into.value};
        json_int(json, rows.at[i].person_id.value);
        if (!sql_person_point(tx, &point, NULL, err)) return false;
    }
    json_array_end(json);
    return true;
}

bool person_join(struct tx *tx, const struct person_joining *joining, struct json_writer *json, struct error *err) {
    const struct sql_person_by_id_row *from, *into;
    if (!hold(tx, joining->from, joining->into, err) || !find(tx, joining->from, &from, err) || !find(tx, joining->into, &into, err)
        || !check(joining, from, into, err))
        return false;
    const struct sql_person_point point = {.person_id = joining->from, .into_id = joining->into.value};
    return take_fields(tx, joining, from, into, json, err) && pass_identities(tx, joining, json, err) && pass_parts(tx, joining, json, err)
           && sql_person_point(tx, &point, NULL, err)
           && sql_person_words_clear(tx, &(struct sql_person_words_clear){.person_id = joining->from}, NULL, err) && person_index(tx, joining->into, err);
}

/* --- The way back ---------------------------------------------------------------------------------------------------------- */

struct parting {
    struct undoing *undoing;
    person_id from, into;
    const json_t *data;
};

static bool is_text(const json_t *value, struct text now) {
    return json_is_string(value) ? text_equal(text_from(json_string_value(value), json_string_length(value)), now) : text_empty(now);
}

/* The value before, where it is still what joining made of it. */
static struct text text_before(const struct parting *parting, const char *field, struct text now) {
    const json_t *change = json_object_get(json_object_get(parting->data, "fields"), field), *before = json_array_get(change, 0);
    if (!change) return now;
    if (is_text(json_array_get(change, 1), now) && !json_is_string(before)) return (struct text){0};
    if (is_text(json_array_get(change, 1), now))
        return text_copy(&parting->undoing->tx->mem, text_from(json_string_value(before), json_string_length(before)));
    undoing_keep(parting->undoing, field, "changed", (ticket_id){0}, 0);
    return now;
}

/* Unless it was changed since, or the former one is gone. */
static bool company_before(const struct parting *parting, company_id now, company_id *ret, struct error *err) {
    const json_t *change = json_object_get(json_object_get(parting->data, "fields"), "company");
    const struct sql_company_by_id_row *there = NULL;
    company_id before = {json_integer_value(json_array_get(change, 0))};
    *ret = now;
    if (!change) return true;
    if (before.value && !sql_company_by_id(parting->undoing->tx, parting->undoing->mem, &(struct sql_company_by_id){.company_id = before}, &there, err))
        return false;
    if (json_integer_value(json_array_get(change, 1)) == now.value && (there || !before.value)) *ret = before;
    else undoing_keep(parting->undoing, "company", "changed", (ticket_id){0}, 0);
    return true;
}

static bool give_fields(const struct parting *parting, const struct sql_person_by_id_row *into, struct error *err) {
    struct text notes = text_before(parting, "notes", into->notes);
    company_id company;
    if (!company_before(parting, into->company_id, &company, err)) return false;
    const struct sql_person_patch in = {.id = into->id, .name = text_before(parting, "name", into->name),
                                        .locale = text_before(parting, "locale", into->locale), .notes = notes.data ? notes : text_of(""),
                                        .company_id = company};
    return parting->undoing->is_trial || sql_person_patch(parting->undoing->tx, &in, NULL, err);
}

static const struct sql_person_identities_row *identity_in(const struct sql_person_identities_rows *rows, int64_t id) {
    for (size_t i = 0; i < rows->count; i++)
        if (rows->at[i].id == id) return &rows->at[i];
    return NULL;
}

/* The one that is there still, as it was; one that was corrected since belongs to whom it was corrected for. */
static bool is_same(const struct sql_person_identities_rows *rows, const json_t *one) {
    const struct sql_person_identities_row *row = identity_in(rows, json_integer_value(json_array_get(one, 0)));
    return row && is_text(json_array_get(one, 2), row->normalized);
}

/* Letters go where they went before, if nobody has chosen since: without a choice to the first address, should that be the one still. */
static bool choose_again(const struct parting *parting, struct error *err) {
    struct tx *tx = parting->undoing->tx;
    struct sql_person_identities_rows rows;
    int64_t chosen = json_integer_value(json_object_get(parting->data, "chosen_before"));
    int64_t main = json_integer_value(json_object_get(parting->data, "main_before"));
    if (!identity_choose_main(tx, parting->into, 0, err)
        || !sql_person_identities(tx, &tx->mem, &(struct sql_person_identities){.person_id = parting->into}, &rows, err))
        return false;
    int64_t wanted = chosen ? chosen : main_of(&rows) == main ? 0 : main;
    return !identity_in(&rows, wanted) || identity_choose_main(tx, parting->into, wanted, err);
}

static bool give_identities(const struct parting *parting, struct error *err) {
    struct tx *tx = parting->undoing->tx;
    struct sql_person_identities_rows rows;
    const json_t *one;
    size_t i;
    int64_t lost = 0;
    if (!sql_person_identities(tx, &tx->mem, &(struct sql_person_identities){.person_id = parting->into}, &rows, err)) return false;
    bool chosen_since = chosen_in(&rows) != json_integer_value(json_object_get(parting->data, "chosen"));
    json_array_foreach(json_object_get(parting->data, "identities"), i, one) {
        const struct sql_identity_pass in = {.id = json_integer_value(json_array_get(one, 0)), .from_id = parting->into.value,
                                             .into_id = parting->from.value, .is_main = json_integer_value(json_array_get(one, 1)) != 0};
        bool same = is_same(&rows, one);
        lost += !same;
        if (same && !parting->undoing->is_trial && !sql_identity_pass(tx, &in, NULL, err)) return false;
    }
    if (lost) undoing_keep(parting->undoing, "identities", "changed", (ticket_id){0}, lost);
    return parting->undoing->is_trial || chosen_since || choose_again(parting, err);
}

static bool give_parts(const struct parting *parting, struct error *err) {
    const json_t *one;
    size_t i;
    json_array_foreach(json_object_get(parting->data, "parts"), i, one) {
        const struct sql_person_point point = {.person_id = {json_integer_value(one)}, .into_id = parting->from.value};
        if (!sql_person_point(parting->undoing->tx, &point, NULL, err)) return false;
    }
    return true;
}

bool person_part(struct undoing *undoing, person_id from, person_id into, const struct json_t *data, struct error *err) {
    const struct parting parting = {.undoing = undoing, .from = from, .into = into, .data = data};
    const struct sql_person_by_id_row *one, *other;
    struct tx *tx = undoing->tx;
    if (!undoing->is_trial && !hold(tx, from, into, err)) return false;
    if (!find(tx, from, &one, err) || !find(tx, into, &other, err)) return false;
    if (!one || !other) return error_set(err, ERR_INTERNAL, "operation %" PRId64 " names persons that are gone", undoing->operation->id);
    if (other->merged_into_id || one->merged_into_id != into.value) {
        undoing->refused = "person_merged_since";
        return true;
    }
    if (!give_fields(&parting, other, err) || !give_identities(&parting, err)) return false;
    return undoing->is_trial
           || (give_parts(&parting, err) && sql_person_point(tx, &(struct sql_person_point){.person_id = from}, NULL, err)
               && person_index(tx, from, err) && person_index(tx, into, err));
}
