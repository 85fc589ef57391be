/* Request forms over the API. */
#include "api/modules_requests.h"
#include "modules/fields/fields.h"
#include "modules/requests/requests.h"
#include "platform/events/events.h"
#include "platform/events/notes.h"
#include "platform/http/http.h"
#include "sql/modules_requests.h"

enum { FORMS_MOST = 200 };

/* --- Writing out ---------------------------------------------------------------------------------------------------- */

static void write_words(struct json_writer *json, const char *key, const struct text words[REQUEST_LANGUAGES]) {
    json_key(json, key);
    json_object_begin(json);
    json_put_text(json, "de", words[0]);
    json_put_text(json, "en", words[1]);
    json_put_text(json, "hu", words[2]);
    json_object_end(json);
}

static void write_form(struct json_writer *json, const struct request_form *form) {
    json_object_begin(json);
    json_put_int(json, "id", form->id);
    json_put_text(json, "key", form->key);
    write_words(json, "names", form->names);
    json_put_int(json, "team", form->team.value);
    json_put_raw(json, "fields", form->fields_json);
    write_words(json, "answers", form->answers);
    json_put_bool(json, "is_active", form->is_active);
    json_put_bool(json, "is_public", form->is_public);
    json_put_raw(json, "origins", form->origins_json);
    json_put_int(json, "version", form->version);
    json_object_end(json);
}

bool get_request_forms(struct request *request, struct response *response, struct error *err) {
    struct request_form_list list;
    struct json_writer *json = &response->json;
    if (!request_forms_read(request->tx, request->mem, &list, err)) return false;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < list.count; i++) write_form(json, &list.all[i]);
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
    return true;
}

static bool find_form(struct request *request, int64_t id, const struct request_form **ret, struct error *err) {
    struct request_form_list list;
    if (!request_forms_read(request->tx, request->mem, &list, err)) return false;
    *ret = request_form_by_id(&list, id);
    return *ret || error_set_key(err, ERR_NOT_FOUND, "form_not_found", "there is no form %" PRId64, id);
}

bool get_request_form(struct request *request, struct response *response, struct error *err) {
    const struct request_form *form;
    if (!find_form(request, request->id[0], &form, err)) return false;
    write_form(&response->json, form);
    return true;
}

/* --- Reading in ----------------------------------------------------------------------------------------------------- */

static bool is_key(struct text key) {
    bool is = key.size > 0 && key.data[0] >= 'a' && key.data[0] <= 'z';
    for (size_t i = 0; i < key.size && is; i++)
        is = (key.data[i] >= 'a' && key.data[i] <= 'z') || (key.data[i] >= '0' && key.data[i] <= '9') || key.data[i] == '_';
    return is;
}

static bool read_names(const struct form_names *in, struct text names[REQUEST_LANGUAGES], struct error *err) {
    struct text said[REQUEST_LANGUAGES] = {text_trim(in->de), text_trim(in->en), text_trim(in->hu)}, first = {0};
    for (size_t i = 0; i < REQUEST_LANGUAGES && text_empty(first); i++) first = said[i];
    if (text_empty(first)) return error_field(err, "names", "required", "needs a name in one language");
    for (size_t i = 0; i < REQUEST_LANGUAGES; i++) names[i] = text_empty(said[i]) ? first : said[i];
    return true;
}

static void read_answers(const struct form_answers *in, struct text answers[REQUEST_LANGUAGES]) {
    const struct text said[REQUEST_LANGUAGES] = {in->de, in->en, in->hu};
    for (size_t i = 0; i < REQUEST_LANGUAGES; i++) answers[i] = text_empty(text_trim(said[i])) ? (struct text){0} : said[i];
}

static bool read_team(struct request *request, int64_t id, team_id *ret_team, struct error *err) {
    const struct sql_request_form_team_row *team;
    if (!sql_request_form_team(request->tx, request->mem, &(struct sql_request_form_team){.team_id = {id}}, &team, err)) return false;
    *ret_team = (team_id){id};
    return team || error_field(err, "team", "unknown", "there is no team %" PRId64, id);
}

static bool stands_before(const struct form_asks *asks, size_t index) {
    bool is = false;
    for (size_t i = 0; i < index && !is; i++) is = asks[i].field == asks[index].field;
    return is;
}

static bool read_fields(struct request *request, const struct json_list *list, struct text *ret_json, struct error *err) {
    const struct form_asks *asks = list->at;
    struct field_list fields;
    struct buffer out = {.mem = request->mem};
    struct json_writer json = json_writer(&out);
    if (!fields_read(request->tx, request->mem, &fields, err)) return false;
    json_array_begin(&json);
    for (size_t i = 0; i < list->count; i++) {
        if (!field_by_id(&fields, asks[i].field)) return error_field(err, "fields", "unknown_field", "there is no field %" PRId64, asks[i].field);
        if (stands_before(asks, i)) return error_field(err, "fields", "twice", "a field is there twice");
        json_object_begin(&json);
        json_put_int(&json, "field", asks[i].field);
        json_put_bool(&json, "required", asks[i].required);
        json_put_bool(&json, "public", asks[i].public);
        json_object_end(&json);
    }
    json_array_end(&json);
    *ret_json = buffer_text(&out);
    return true;
}

/* https://HOST or http://HOST, with or without a port: what a content policy takes for the origin of a page. */
static bool is_origin(struct text origin) {
    bool is_https = text_starts(origin, "https://");
    if (!is_https && !text_starts(origin, "http://")) return false;
    struct text host = text_skip(origin, is_https ? 8 : 7), piece, rest;
    size_t colon = text_find_char(host, ':');
    int64_t port = 1;
    if (colon != SIZE_MAX && (!text_to_int(text_skip(host, colon + 1), &port) || port < 1 || port > 65535)) return false;
    rest = text_slice(host, 0, colon == SIZE_MAX ? host.size : colon);
    if (text_empty(rest) || text_ends(rest, ".")) return false;
    while (rest.size && text_next(&rest, '.', &piece)) {
        if (text_empty(piece) || piece.data[0] == '-') return false;
        for (size_t i = 0; i < piece.size; i++) {
            char c = piece.data[i];
            if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') return false;
        }
    }
    return true;
}

static bool read_origins(struct request *request, const struct json_list *list, struct text *ret_json, struct error *err) {
    const struct text *at = list->at;
    struct buffer out = {.mem = request->mem};
    struct json_writer json = json_writer(&out);
    json_array_begin(&json);
    for (size_t i = 0; i < list->count; i++) {
        struct text origin = text_lower(request->mem, text_trim(at[i]));
        while (text_ends(origin, "/")) origin.size--;
        if (!is_origin(origin)) return error_field(err, "origins", "no_origin", "a site is like https://www.example.org");
        json_text(&json, origin);
    }
    json_array_end(&json);
    *ret_json = buffer_text(&out);
    return true;
}

static bool apply(struct request *request, const struct request_form_patch *in, struct request_form *form, struct error *err) {
    if (in->has_names && !read_names(in->names, form->names, err)) return false;
    if (in->has_team && !read_team(request, in->team, &form->team, err)) return false;
    if (in->has_fields && !read_fields(request, &in->fields, &form->fields_json, err)) return false;
    if (in->has_answers) read_answers(in->answers, form->answers);
    if (in->has_is_active) form->is_active = in->is_active;
    if (in->has_is_public) form->is_public = in->is_public;
    if (in->has_origins && !read_origins(request, &in->origins, &form->origins_json, err)) return false;
    return true;
}

/* --- Changing ------------------------------------------------------------------------------------------------------- */

static void form_event(struct request *request, const char *kind, const struct request_form *before, const struct request_form *after) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "form", after->id);
    json_put_text(&json, "key", after->key);
    note_text(&json, "name_de", before->names[0], after->names[0]);
    note_text(&json, "name_en", before->names[1], after->names[1]);
    note_text(&json, "name_hu", before->names[2], after->names[2]);
    note_raw(&json, "fields", before->fields_json, after->fields_json);
    note_text(&json, "answer_de", before->answers[0], after->answers[0]);
    note_text(&json, "answer_en", before->answers[1], after->answers[1]);
    note_text(&json, "answer_hu", before->answers[2], after->answers[2]);
    note_bool(&json, "is_active", before->is_active, after->is_active);
    note_bool(&json, "is_public", before->is_public, after->is_public);
    note_raw(&json, "origins", before->origins_json, after->origins_json);
    json_put_int(&json, "team", after->team.value);
    json_object_end(&json);
    event_record(request->tx, &(struct event){.kind = kind, .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .scope = "staff",
                                              .data = buffer_text(&out)});
}

bool post_request_form(struct request *request, struct response *response, struct error *err) {
    const struct request_form_create *body = request->body;
    const struct request_form_patch in = {
        .has_names = true, .names = body->names, .has_team = true, .team = body->team, .has_fields = body->has_fields, .fields = body->fields,
        .has_answers = body->has_answers, .answers = body->answers, .has_is_active = body->has_is_active, .is_active = body->is_active,
        .has_is_public = body->has_is_public, .is_public = body->is_public, .has_origins = body->has_origins, .origins = body->origins,
    };
    const struct request_form nothing = {.fields_json = text_of("[]"), .origins_json = text_of("[]")};
    struct request_form form = {.key = body->key, .is_active = true, .version = 1, .fields_json = text_of("[]"), .origins_json = text_of("[]")};
    const struct sql_request_form_insert_row *made;
    struct request_form_list list;
    if (!is_key(form.key)) return error_field(err, "key", "no_key", "a key has small letters, digits and _");
    if (!request_forms_read(request->tx, request->mem, &list, err) || !apply(request, &in, &form, err)) return false;
    if (list.count >= FORMS_MOST) return error_set_key(err, ERR_CONFLICT, "too_many_forms", "there are %d forms already", FORMS_MOST);
    const struct sql_request_form_insert insert = {
        .key = form.key, .name_de = form.names[0], .name_en = form.names[1], .name_hu = form.names[2], .team_id = form.team, .fields = form.fields_json,
        .answer_de = form.answers[0], .answer_en = form.answers[1], .answer_hu = form.answers[2], .is_active = form.is_active,
        .is_public = form.is_public, .origins = form.origins_json,
        .created_at = request->tx->now,
    };
    if (!sql_request_form_insert(request->tx, request->mem, &insert, &made, err)) return false;
    if (!made) return error_field(err, "key", "taken", "another form has this key");
    form.id = made->form_id;
    form_event(request, "form.created", &nothing, &form);
    response_created(response, request, "/api/v1/request-forms/%" PRId64, form.id);
    write_form(&response->json, &form);
    return true;
}

bool patch_request_form(struct request *request, struct response *response, struct error *err) {
    const struct request_form *before;
    struct sql_request_form_hold_rows held;
    if (!sql_request_form_hold(request->tx, request->mem, &(struct sql_request_form_hold){.form_id = request->id[0]}, &held, err)
        || !find_form(request, request->id[0], &before, err))
        return false;
    if (request_is_stale(request, before->version)) return error_set_key(err, ERR_STALE, "form_stale", "the form is at version %" PRId64, before->version);
    struct request_form form = *before;
    if (!apply(request, request->body, &form, err)) return false;
    const struct sql_request_form_write in = {
        .form_id = form.id, .name_de = form.names[0], .name_en = form.names[1], .name_hu = form.names[2], .team_id = form.team, .fields = form.fields_json,
        .answer_de = form.answers[0], .answer_en = form.answers[1], .answer_hu = form.answers[2], .is_active = form.is_active,
        .is_public = form.is_public, .origins = form.origins_json,
        .updated_at = request->tx->now,
    };
    if (!sql_request_form_write(request->tx, &in, NULL, err)) return false;
    form.version++;
    form_event(request, "form.changed", before, &form);
    write_form(&response->json, &form);
    return true;
}
