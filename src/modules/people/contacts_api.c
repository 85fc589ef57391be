/* Contacts over the API. */
#include "api/modules_people.h"
#include "modules/people/people.h"
#include "modules/people/people_private.h"

bool get_people(struct request *request, struct response *response, struct error *err) {
    const struct get_people_query *in = request->query;
    struct sql_person_list query = {.limit = in->has_limit ? in->limit : 50};
    if (in->has_email) query.email = identity_normalize(request->mem, "email", in->email);
    if (in->has_q) query.prefix = text_printf(request->mem, "%.*s%%", (int)in->q.size, in->q.data);
    json_object_begin(&response->json);
    json_key(&response->json, "items");
    json_array_begin(&response->json);
    if (!sql_person_list_json(request->tx, &query, &response->json, NULL, err)) return false;
    json_array_end(&response->json);
    json_put_text(&response->json, "next", (struct text){0});
    json_object_end(&response->json);
    return true;
}

static bool write_person(struct request *request, struct response *response, const struct sql_person_by_id_row *row, struct error *err) {
    struct json_writer *json = &response->json;
    json_object_begin(json);
    json_put_int(json, "id", row->id);
    json_put_text(json, "name", row->name);
    json_put_text(json, "email", row->email);
    json_put_text(json, "company", row->company);
    json_put_text(json, "locale", row->locale);
    json_put_text(json, "notes", row->notes);
    json_put_int(json, "version", row->version);
    json_put_time(json, "created_at", row->created_at);
    json_key(json, "identities");
    json_array_begin(json);
    const struct sql_person_identities in = {.person_id = {row->id}};
    if (!sql_person_identities_json(request->tx, &in, json, NULL, err)) return false;
    json_array_end(json);
    json_object_end(json);
    return true;
}

static bool find_person(struct request *request, const struct sql_person_by_id_row **ret_row, struct error *err) {
    if (!sql_person_by_id(request->tx, request->mem, &(struct sql_person_by_id){.id = request->id[0]}, ret_row, err)) return false;
    return *ret_row || error_set_key(err, ERR_NOT_FOUND, "person_not_found", "there is no person %" PRId64, request->id[0]);
}

bool get_person(struct request *request, struct response *response, struct error *err) {
    const struct sql_person_by_id_row *row;
    return find_person(request, &row, err) && write_person(request, response, row, err);
}

static void note_change(struct json_writer *json, const char *field, struct text before, struct text after) {
    if (text_equal(before, after)) return;
    json_key(json, field);
    json_array_begin(json);
    json_text(json, before);
    json_text(json, after);
    json_array_end(json);
}

bool patch_person(struct request *request, struct response *response, struct error *err) {
    const struct person_patch *body = request->body;
    const struct sql_person_by_id_row *row;
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    if (!find_person(request, &row, err)) return false;
    if (request->if_match && request->if_match != row->version) return error_set_key(err, ERR_STALE, "stale", "the person has changed");
    const struct sql_person_patch in = {.id = row->id, .name = body->has_name ? body->name : row->name,
                                        .locale = body->has_locale ? body->locale : row->locale,
                                        .notes = body->has_notes ? body->notes : row->notes};
    if (!sql_person_patch(request->tx, &in, NULL, err)) return false;
    json_object_begin(&json);
    json_put_int(&json, "person", row->id);
    note_change(&json, "name", row->name, in.name);
    note_change(&json, "locale", row->locale, in.locale);
    note_change(&json, "notes", row->notes, in.notes);
    json_object_end(&json);
    event_record(request->tx, &(struct event){.kind = "person.changed", .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value,
                                              .scope = "staff", .data = buffer_text(&out)});
    return find_person(request, &row, err) && write_person(request, response, row, err);
}
