/* The identities of a person over the API. */
#include "api/modules_people.h"
#include "modules/people/people.h"
#include "modules/people/people_private.h"

static bool lock_person(struct request *request, const struct sql_person_by_id_row **ret_row, struct error *err) {
    person_id person = {request->id[0]};
    return person_lock(request->tx, person, err) && person_find_own(request, person.value, ret_row, err);
}

static bool find_identity(struct request *request, const struct sql_identity_by_id_row **ret_row, struct error *err) {
    const struct sql_identity_by_id in = {.id = request->id[1], .person_id = {request->id[0]}};
    *ret_row = NULL;
    if (in.id && !sql_identity_by_id(request->tx, request->mem, &in, ret_row, err)) return false;
    return *ret_row || error_set_key(err, ERR_NOT_FOUND, "identity_not_found", "the person has no identity %" PRId64, in.id);
}

static bool finish(struct request *request, struct response *response, const char *kind, struct text data, struct error *err) {
    person_id person = {request->id[0]};
    staff_event(request, kind, "staff", data);
    return sql_person_changed(request->tx, &(struct sql_person_changed){.person_id = person}, NULL, err)
           && person_index(request->tx, person, err) && person_write(request, &response->json, person.value, err);
}

static struct text named_data(struct request *request, struct text channel, struct text value) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "person", request->id[0]);
    json_put_text(&json, "channel", channel);
    json_put_text(&json, "value", value);
    json_object_end(&json);
    return buffer_text(&out);
}

bool post_person_identity(struct request *request, struct response *response, struct error *err) {
    const struct identity_create *body = request->body;
    const struct sql_person_by_id_row *row;
    const struct identity_wish wish = {.channel = body->channel, .value = body->value, .proof = body->proof};
    const struct people_doer doer = people_doer(request);
    if (!lock_person(request, &row, err) || !person_add_identity(request->tx, &doer, (person_id){row->id}, &wish, err)) return false;
    response->status = 201;
    return person_write(request, &response->json, row->id, err);
}

static struct text changed_data(struct request *request, const struct sql_identity_by_id_row *before, const struct sql_identity_by_id_row *after) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "person", request->id[0]);
    json_put_text(&json, "channel", before->channel);
    note_text(&json, "value", before->value, after->value);
    note_text(&json, "proof", before->proof, after->proof);
    note_bool(&json, "bounced", before->bounced_at != 0, after->bounced_at != 0);
    note_bool(&json, "main", before->is_main, after->is_main);
    json_object_end(&json);
    return buffer_text(&out);
}

static bool change_main(struct request *request, const struct sql_identity_by_id_row *row, struct error *err) {
    const struct identity_patch *body = request->body;
    if (!body->has_main || body->main == row->is_main) return true;
    if (body->main && !text_is(row->channel, "email")) return error_field(err, "main", "invalid", "letters go to addresses only");
    return identity_choose_main(request->tx, row->person_id, body->main ? row->id : 0, err);
}

bool patch_person_identity(struct request *request, struct response *response, struct error *err) {
    const struct identity_patch *body = request->body;
    const struct sql_person_by_id_row *person;
    const struct sql_identity_by_id_row *before, *after;
    const struct identity_wish wish = {.value = body->has_value ? body->value : (struct text){0}, .proof = body->proof};
    if (body->has_bounced && body->bounced) return error_field(err, "bounced", "invalid", "only a report of a mail server says so");
    if (!lock_person(request, &person, err) || !find_identity(request, &before, err)
        || !identity_change(request->tx, before, &wish, body->has_bounced, err) || !change_main(request, before, err) || !find_identity(request, &after, err))
        return false;
    return finish(request, response, "person.identity_changed", changed_data(request, before, after), err);
}

bool delete_person_identity(struct request *request, struct response *response, struct error *err) {
    const struct sql_person_by_id_row *person;
    const struct sql_identity_by_id_row *row;
    const struct sql_identity_others_row *others;
    if (!lock_person(request, &person, err) || !find_identity(request, &row, err)
        || !sql_identity_others(request->tx, request->mem, &(struct sql_identity_others){.person_id = row->person_id, .id = row->id}, &others, err))
        return false;
    if (!others->count) return error_set_key(err, ERR_CONFLICT, "last_identity", "the last identity of a person stays");
    if (!sql_identity_delete(request->tx, &(struct sql_identity_delete){.id = row->id}, NULL, err)) return false;
    return finish(request, response, "person.identity_removed", named_data(request, row->channel, row->value), err);
}
