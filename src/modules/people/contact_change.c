/* Making and changing persons, whoever asks for it: the API, or an import. */
#include "modules/people/people.h"
#include "modules/people/people_private.h"
#include "platform/http/http.h"

struct people_doer people_doer(const struct request *request) {
    return (struct people_doer){.kind = ACTOR_STAFF, .id = request->actor->staff.value};
}

void people_event(struct tx *tx, const struct people_doer *doer, const char *kind, struct text data) {
    event_record(tx, &(struct event){.kind = kind, .actor = doer->kind, .actor_id = doer->id, .cause = doer->cause, .scope = "staff", .data = data});
}

bool person_lock(struct tx *tx, person_id person, struct error *err) {
    const struct sql_person_lock_row *lock;
    return sql_person_lock(tx, &tx->mem, &(struct sql_person_lock){.person_id = person}, &lock, err);
}

/* --- Making ------------------------------------------------------------------------------------------------------------------ */

static struct text created_data(struct tx *tx, person_id person, const struct sql_person_patch *fields, struct text identity) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "person", person.value);
    json_put_text(&json, "name", fields->name);
    json_put_text(&json, "identity", identity);
    json_put_id(&json, "company", fields->company_id.value);
    json_object_end(&json);
    return buffer_text(&out);
}

/* Who is not put into a company belongs to that of the first address. */
static bool company_for(struct tx *tx, const struct person_wish *wish, const struct identity_wish *identities, size_t count, company_id *ret,
                        struct error *err) {
    *ret = wish->company;
    if (ret->value) return company_check(tx, *ret, err);
    for (size_t i = 0; i < count && !wish->company_is_said && !ret->value; i++) {
        struct text normalized = identity_normalize(&tx->mem, text_string(&tx->mem, identities[i].channel), identities[i].value);
        if (!company_of_identity(tx, identities[i].channel, normalized, ret, err)) return false;
    }
    return true;
}

static bool add_identities(struct tx *tx, person_id person, const struct identity_wish *identities, size_t count, struct error *err) {
    for (size_t i = 0; i < count; i++) {
        const char *field = text_string(&tx->mem, text_printf(&tx->mem, "identities.%zu.value", i));
        if (!identity_add(tx, field, person, &identities[i], err)) return false;
    }
    return true;
}

bool person_make(struct tx *tx, const struct people_doer *doer, const struct person_wish *wish, const struct identity_wish *identities, size_t count,
                 person_id *ret, struct error *err) {
    const struct sql_person_insert_row *made;
    struct text first = count ? text_trim(identities[0].value) : (struct text){0};
    struct sql_person_patch fields = {.name = text_empty(wish->name) ? first : wish->name, .locale = wish->locale,
                                      .notes = wish->notes.data ? wish->notes : text_of("")};
    if (!company_for(tx, wish, identities, count, &fields.company_id, err)) return false;
    const struct sql_person_insert in = {.name = fields.name, .company_id = fields.company_id, .created_at = tx->now};
    if (!sql_person_insert(tx, &tx->mem, &in, &made, err)) return false;
    fields.id = made->person_id.value;
    if (!add_identities(tx, made->person_id, identities, count, err)
        || ((fields.locale.data || !text_empty(fields.notes)) && !sql_person_patch(tx, &fields, NULL, err)) || !person_index(tx, made->person_id, err))
        return false;
    people_event(tx, doer, "person.created", created_data(tx, made->person_id, &fields, first));
    *ret = made->person_id;
    return true;
}

/* --- Changing ---------------------------------------------------------------------------------------------------------------- */

static struct text changed_data(struct tx *tx, const struct sql_person_by_id_row *before, const struct sql_person_patch *after) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "person", before->id);
    note_text(&json, "name", before->name, after->name);
    note_text(&json, "locale", before->locale, after->locale);
    note_text(&json, "notes", before->notes, after->notes);
    note_id(&json, "company", before->company_id.value, after->company_id.value);
    json_object_end(&json);
    return buffer_text(&out);
}

bool person_apply(struct tx *tx, const struct people_doer *doer, const struct sql_person_by_id_row *row, const struct person_wish *wish, struct error *err) {
    const struct sql_person_patch in = {.id = row->id, .name = wish->name, .locale = wish->locale, .notes = wish->notes, .company_id = wish->company};
    if (text_empty(in.name)) return error_field(err, "name", "required", "a person has a name");
    if ((in.company_id.value && !company_check(tx, in.company_id, err)) || !sql_person_patch(tx, &in, NULL, err)
        || !person_index(tx, (person_id){row->id}, err))
        return false;
    people_event(tx, doer, "person.changed", changed_data(tx, row, &in));
    return true;
}

bool person_change(struct tx *tx, const struct people_doer *doer, person_id person, const struct person_wish *wish, struct error *err) {
    const struct sql_person_by_id_row *row;
    if (!person_lock(tx, person, err) || !sql_person_by_id(tx, &tx->mem, &(struct sql_person_by_id){.id = person.value}, &row, err)) return false;
    if (!row) return error_set_key(err, ERR_NOT_FOUND, "person_not_found", "there is no person %" PRId64, person.value);
    if (row->merged_into_id) return person_refuse_merged((person_id){row->merged_into_id}, err);
    return person_apply(tx, doer, row, wish, err);
}

static struct text added_data(struct tx *tx, person_id person, const struct identity_wish *wish) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "person", person.value);
    json_put_text(&json, "channel", wish->channel);
    json_put_text(&json, "value", text_trim(wish->value));
    json_object_end(&json);
    return buffer_text(&out);
}

bool person_add_identity(struct tx *tx, const struct people_doer *doer, person_id person, const struct identity_wish *wish, struct error *err) {
    if (!identity_add(tx, "value", person, wish, err)) return false;
    people_event(tx, doer, "person.identity_added", added_data(tx, person, wish));
    return sql_person_changed(tx, &(struct sql_person_changed){.person_id = person}, NULL, err) && person_index(tx, person, err);
}
