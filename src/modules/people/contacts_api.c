/* Contacts over the API: finding, making and changing persons. */
#include "api/modules_people.h"
#include "modules/people/people.h"
#include "modules/people/people_private.h"

#include <assert.h>

/* --- Finding ------------------------------------------------------------------------------------------------------------ */

/* The cursor is the last person of the page before. */
static bool read_place(const struct request *request, struct people_filter *filter, struct error *err) {
    const struct get_people_query *in = request->query;
    const struct sql_person_by_id_row *last = NULL;
    filter->after_name = text_of("");
    if (!in->has_cursor) return true;
    if (!text_to_int(in->cursor, &filter->after)) return error_field(err, "cursor", "invalid", "is not the 'next' of a page");
    if (!sql_person_by_id(request->tx, request->mem, &(struct sql_person_by_id){.id = filter->after}, &last, err)) return false;
    if (last) filter->after_name = last->name;
    return last || error_field(err, "cursor", "invalid", "is not the 'next' of a page");
}

bool get_people(struct request *request, struct response *response, struct error *err) {
    const struct get_people_query *in = request->query;
    struct people_filter filter = {.email = in->email, .phone = in->phone, .company = {in->company}, .q = in->q, .limit = in->has_limit ? in->limit : 50};
    const struct statement *statement = NULL;
    struct sql_rows rows = {0};
    struct json_writer *json = &response->json;
    int64_t last = 0;
    if (!read_place(request, &filter, err) || !people_rows(request->tx, request->mem, &filter, &statement, &rows, err)) return false;
    size_t shown = (int64_t)rows.count > filter.limit ? (size_t)filter.limit : rows.count;
    assert(statement && (rows.at || !shown)); /* for the analyzer: people_rows gave both */
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < shown; i++) {
        const char *row = (const char *)rows.at + i * statement->row_size;
        memcpy(&last, row, sizeof last); /* the id stands first in all of them */
        statement_row_json(statement, row, json);
    }
    json_array_end(json);
    json_put_text(json, "next", shown < rows.count ? text_printf(request->mem, "%" PRId64, last) : (struct text){0});
    json_object_end(json);
    return true;
}

/* --- One person --------------------------------------------------------------------------------------------------------- */

bool person_find(struct request *request, int64_t id, const struct sql_person_by_id_row **ret_row, struct error *err) {
    *ret_row = NULL;
    if (id && !sql_person_by_id(request->tx, request->mem, &(struct sql_person_by_id){.id = id}, ret_row, err)) return false;
    return *ret_row || error_set_key(err, ERR_NOT_FOUND, "person_not_found", "there is no person %" PRId64, id);
}

bool person_refuse_merged(person_id into, struct error *err) {
    error_set_key(err, ERR_CONFLICT, "person_merged", "they are part of person %" PRId64, into.value);
    snprintf(err->see, sizeof err->see, "/api/v1/people/%" PRId64, into.value);
    return false;
}

bool person_find_own(struct request *request, int64_t id, const struct sql_person_by_id_row **ret_row, struct error *err) {
    if (!person_find(request, id, ret_row, err)) return false;
    return !(*ret_row)->merged_into_id || person_refuse_merged((person_id){(*ret_row)->merged_into_id}, err);
}

static bool write_identities(struct request *request, struct json_writer *json, int64_t person, struct error *err) {
    struct sql_person_identities_rows rows;
    if (!sql_person_identities(request->tx, request->mem, &(struct sql_person_identities){.person_id = {person}}, &rows, err)) return false;
    json_key(json, "identities");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++) {
        json_object_begin(json);
        json_put_int(json, "id", rows.at[i].id);
        json_put_text(json, "channel", rows.at[i].channel);
        json_put_text(json, "value", rows.at[i].value);
        json_put_text(json, "proof", rows.at[i].proof);
        json_put_bool(json, "main", rows.at[i].is_main);
        json_put_time(json, "bounced_at", rows.at[i].bounced_at);
        json_put_text(json, "bounce_detail", rows.at[i].bounce_detail);
        json_put_time(json, "created_at", rows.at[i].created_at);
        json_object_end(json);
    }
    json_array_end(json);
    return true;
}

bool person_write(struct request *request, struct json_writer *json, int64_t id, struct error *err) {
    const struct sql_person_by_id_row *row;
    if (!person_find(request, id, &row, err)) return false;
    json_object_begin(json);
    json_put_int(json, "id", row->id);
    json_put_text(json, "name", row->name);
    json_put_text(json, "email", row->email);
    json_key(json, "company");
    if (row->company_id.value) {
        json_object_begin(json);
        json_put_int(json, "id", row->company_id.value);
        json_put_text(json, "name", row->company);
        json_object_end(json);
    } else {
        json_none(json);
    }
    json_put_text(json, "locale", row->locale);
    json_put_text(json, "notes", row->notes);
    json_put_int(json, "version", row->version);
    json_put_time(json, "created_at", row->created_at);
    json_put_id(json, "merged_into_id", row->merged_into_id);
    if (!write_identities(request, json, row->id, err)) return false;
    json_object_end(json);
    return true;
}

bool get_person(struct request *request, struct response *response, struct error *err) {
    return person_write(request, &response->json, request->id[0], err);
}

/* --- Making and changing ------------------------------------------------------------------------------------------------- */

bool post_person(struct request *request, struct response *response, struct error *err) {
    const struct person_create *body = request->body;
    const struct person_create_identities *at = body->identities.at;
    const struct people_doer doer = people_doer(request);
    struct identity_wish *identities = arena_array(request->mem, body->identities.count, sizeof *identities);
    struct person_wish wish = {.name = text_trim(body->name), .locale = body->locale, .notes = body->notes, .company = {body->company},
                               .company_is_said = body->has_company};
    person_id made;
    for (size_t i = 0; i < body->identities.count; i++)
        identities[i] = (struct identity_wish){.channel = at[i].channel, .value = at[i].value, .proof = at[i].proof};
    if (!person_make(request->tx, &doer, &wish, identities, body->identities.count, &made, err)) return false;
    response_created(response, request, "/api/v1/people/%" PRId64, made.value);
    return person_write(request, &response->json, made.value, err);
}

bool patch_person(struct request *request, struct response *response, struct error *err) {
    const struct person_patch *body = request->body;
    const struct sql_person_by_id_row *row;
    const struct people_doer doer = people_doer(request);
    if (!person_lock(request->tx, (person_id){request->id[0]}, err) || !person_find_own(request, request->id[0], &row, err)) return false;
    if (request_is_stale(request, row->version)) return error_set_key(err, ERR_STALE, "stale", "the person has changed");
    const struct person_wish wish = {.name = body->has_name ? text_trim(body->name) : row->name,
                                     .locale = body->has_locale ? body->locale : row->locale,
                                     .notes = body->has_notes ? body->notes : row->notes,
                                     .company = body->has_company ? (company_id){body->company} : row->company_id};
    return person_apply(request->tx, &doer, row, &wish, err) && person_write(request, &response->json, row->id, err);
}
