/* Fields over the API. */
#include "api/modules_fields.h"
#include "modules/fields/fields_private.h"
#include "platform/events/events.h"
#include "platform/events/notes.h"
#include "platform/http/http.h"

enum { FIELDS_MOST = 200, CHOICES_MOST = 500 };

/* --- Writing out ---------------------------------------------------------------------------------------------------- */

static void write_field(struct json_writer *json, const struct field *field) {
    json_object_begin(json);
    json_put_int(json, "id", field->id);
    json_put_text(json, "key", field->key);
    json_put_string(json, "type", field_type_name(field->type));
    json_key(json, "labels");
    json_object_begin(json);
    json_put_text(json, "de", field->labels[0]);
    json_put_text(json, "en", field->labels[1]);
    json_put_text(json, "hu", field->labels[2]);
    json_object_end(json);
    json_put_int(json, "position", field->position);
    json_put_bool(json, "is_active", field->is_active);
    json_put_text(json, "minimum", field->minimum);
    json_put_text(json, "maximum", field->maximum);
    json_put_text(json, "mask", field->mask);
    json_put_raw(json, "choices", field->choices_json);
    json_put_raw(json, "teams", field->teams_json);
    json_put_int(json, "version", field->version);
    json_object_end(json);
}

bool get_fields(struct request *request, struct response *response, struct error *err) {
    struct field_list list;
    struct json_writer *json = &response->json;
    if (!fields_read(request->tx, request->mem, &list, err)) return false;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < list.count; i++) write_field(json, &list.all[i]);
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
    return true;
}

static bool find_field(struct request *request, int64_t id, const struct field **ret, struct error *err) {
    struct field_list list;
    if (!fields_read(request->tx, request->mem, &list, err)) return false;
    *ret = field_by_id(&list, id);
    return *ret || error_set_key(err, ERR_NOT_FOUND, "field_not_found", "there is no field %" PRId64, id);
}

bool get_field(struct request *request, struct response *response, struct error *err) {
    const struct field *field;
    if (!find_field(request, request->id[0], &field, err)) return false;
    write_field(&response->json, field);
    return true;
}

/* --- Reading in ----------------------------------------------------------------------------------------------------- */

static bool is_key(struct text key) {
    bool is = key.size > 0 && key.data[0] >= 'a' && key.data[0] <= 'z';
    for (size_t i = 0; i < key.size && is; i++)
        is = (key.data[i] >= 'a' && key.data[i] <= 'z') || (key.data[i] >= '0' && key.data[i] <= '9') || key.data[i] == '_';
    return is;
}

/* What is not said is as the first that is. */
static bool read_labels(const struct labels *in, const char *name, struct text labels[FIELD_LANGUAGES], struct error *err) {
    struct text said[FIELD_LANGUAGES] = {text_trim(in->de), text_trim(in->en), text_trim(in->hu)}, first = {0};
    for (size_t i = 0; i < FIELD_LANGUAGES && text_empty(first); i++) first = said[i];
    if (text_empty(first)) return error_field(err, name, "required", "needs a name in one language");
    for (size_t i = 0; i < FIELD_LANGUAGES; i++) labels[i] = text_empty(said[i]) ? first : said[i];
    return true;
}

static void write_choice(struct json_writer *json, struct text key, const struct text labels[FIELD_LANGUAGES], bool is_active) {
    json_object_begin(json);
    json_put_text(json, "key", key);
    json_key(json, "labels");
    json_object_begin(json);
    json_put_text(json, "de", labels[0]);
    json_put_text(json, "en", labels[1]);
    json_put_text(json, "hu", labels[2]);
    json_object_end(json);
    json_put_bool(json, "is_active", is_active);
    json_object_end(json);
}

static bool is_among(const struct json_list *choices, size_t count, struct text key) {
    const struct field_option *at = choices->at;
    bool is = false;
    for (size_t i = 0; i < count && !is; i++) is = text_equal(at[i].key, key);
    return is;
}

/* Those that are left out stay for the tickets that have them. */
static bool read_choices(struct request *request, const struct json_list *choices, struct field *field, struct error *err) {
    const struct field_option *at = choices->at;
    struct buffer out = {.mem = request->mem};
    struct json_writer json = json_writer(&out);
    struct text labels[FIELD_LANGUAGES];
    size_t left_out = 0;
    for (size_t i = 0; i < field->choice_count; i++) left_out += !is_among(choices, choices->count, field->choices[i].key);
    if (choices->count + left_out > CHOICES_MOST) return error_field(err, "choices", "too_many", "with those of before there are more than %d", CHOICES_MOST);
    json_array_begin(&json);
    for (size_t i = 0; i < choices->count; i++) {
        if (!is_key(at[i].key)) return error_field(err, "choices", "no_key", "'%.*s' is no key", (int)text_cut(at[i].key, 40).size, at[i].key.data);
        if (is_among(choices, i, at[i].key)) return error_field(err, "choices", "twice", "a key is there twice");
        if (!read_labels(at[i].labels, "choices", labels, err)) return false;
        write_choice(&json, at[i].key, labels, !at[i].has_is_active || at[i].is_active);
    }
    for (size_t i = 0; i < field->choice_count; i++)
        if (!is_among(choices, choices->count, field->choices[i].key)) write_choice(&json, field->choices[i].key, field->choices[i].labels, false);
    json_array_end(&json);
    field->choices_json = buffer_text(&out);
    return true;
}

static bool read_teams(struct request *request, const struct json_list *teams, struct field *field, struct error *err) {
    const int64_t *at = teams->at;
    struct buffer out = {.mem = request->mem};
    struct json_writer json = json_writer(&out);
    const struct sql_field_team_row *team;
    json_array_begin(&json);
    for (size_t i = 0; i < teams->count; i++) {
        if (!sql_field_team(request->tx, request->mem, &(struct sql_field_team){.team_id = {at[i]}}, &team, err)) return false;
        if (!team) return error_field(err, "teams", "unknown", "there is no team %" PRId64, at[i]);
        json_int(&json, at[i]);
    }
    json_array_end(&json);
    field->teams_json = buffer_text(&out);
    return true;
}

static bool read_limit(struct request *request, const struct field *field, struct text limit, double *ret) {
    int64_t day;
    if (field->type != FIELD_DATE) return field_number_read(request->mem, limit, ret);
    if (!field_day_read(limit, &day)) return false;
    *ret = (double)day;
    return true;
}

static bool check_limits(struct request *request, const struct field *field, struct error *err) {
    double low = 0, high = 0;
    bool has_none = field->type == FIELD_BOOLEAN || field->type == FIELD_CHOICE || field->type == FIELD_URL;
    bool ok = (!field->minimum.data || (!has_none && read_limit(request, field, field->minimum, &low)))
              && (!field->maximum.data || (!has_none && read_limit(request, field, field->maximum, &high)));
    if (ok && field->minimum.data && field->maximum.data) ok = low <= high;
    if (!ok) return error_field(err, field->minimum.data ? "minimum" : "maximum", "range", "the limits don't fit");
    bool may_mask = field->type == FIELD_TEXT;
    if (field->mask.data && !may_mask) return error_field(err, "mask", "invalid", "only a text has a mask");
    bool chooses = field->type == FIELD_CHOICE || field->type == FIELD_CHOICES;
    if (chooses && text_is(field->choices_json, "[]")) return error_field(err, "choices", "required", "needs something to choose from");
    return chooses || text_is(field->choices_json, "[]") || error_field(err, "choices", "invalid", "this type has no choices");
}

static struct text kept(struct text text) {
    struct text trimmed = text_trim(text);
    return text_empty(trimmed) ? (struct text){0} : trimmed;
}

/* FieldCreate has the same members and more. */
static bool apply(struct request *request, const struct field_patch *in, struct field *field, struct error *err) {
    if (in->has_labels && !read_labels(in->labels, "labels", field->labels, err)) return false;
    if (in->has_is_active) field->is_active = in->is_active;
    if (in->has_minimum) field->minimum = kept(in->minimum);
    if (in->has_maximum) field->maximum = kept(in->maximum);
    if (in->has_mask) field->mask = kept(in->mask);
    if (in->has_choices && !read_choices(request, &in->choices, field, err)) return false;
    if (in->has_teams && !read_teams(request, &in->teams, field, err)) return false;
    return check_limits(request, field, err);
}

/* --- Changing ------------------------------------------------------------------------------------------------------- */

static void field_event(struct request *request, const char *kind, const struct field *before, const struct field *after) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "field", after->id);
    json_put_text(&json, "key", after->key);
    note_text(&json, "label_de", before->labels[0], after->labels[0]);
    note_text(&json, "label_en", before->labels[1], after->labels[1]);
    note_text(&json, "label_hu", before->labels[2], after->labels[2]);
    note_bool(&json, "is_active", before->is_active, after->is_active);
    note_text(&json, "minimum", before->minimum, after->minimum);
    note_text(&json, "maximum", before->maximum, after->maximum);
    note_text(&json, "mask", before->mask, after->mask);
    note_raw(&json, "choices", before->choices_json, after->choices_json);
    note_raw(&json, "teams", before->teams_json, after->teams_json);
    json_object_end(&json);
    event_record(request->tx, &(struct event){.kind = kind, .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .scope = "staff",
                                              .data = buffer_text(&out)});
}

bool post_field(struct request *request, struct response *response, struct error *err) {
    const struct field_create *body = request->body;
    const struct field_patch in = {
        .has_labels = true, .labels = body->labels, .has_is_active = body->has_is_active, .is_active = body->is_active,
        .has_minimum = body->has_minimum, .minimum = body->minimum, .has_maximum = body->has_maximum, .maximum = body->maximum,
        .has_mask = body->has_mask, .mask = body->mask, .has_choices = body->has_choices, .choices = body->choices,
        .has_teams = body->has_teams, .teams = body->teams,
    };
    struct field field = {.key = body->key, .type = field_type_find(body->type), .is_active = true, .version = 1,
                          .choices_json = text_of("[]"), .teams_json = text_of("[]")};
    const struct field nothing = {.choices_json = text_of("[]"), .teams_json = text_of("[]")};
    const struct sql_field_insert_row *made;
    struct field_list list;
    if (!is_key(field.key)) return error_field(err, "key", "no_key", "a key has small letters, digits and _");
    if (!fields_read(request->tx, request->mem, &list, err) || !apply(request, &in, &field, err)) return false;
    if (list.count >= FIELDS_MOST) return error_set_key(err, ERR_CONFLICT, "too_many_fields", "there are %d fields already", FIELDS_MOST);
    field.position = list.count ? list.all[list.count - 1].position + 1 : 1;
    const struct sql_field_insert insert = {
        .key = field.key, .type = body->type, .label_de = field.labels[0], .label_en = field.labels[1], .label_hu = field.labels[2],
        .position = field.position, .is_active = field.is_active, .minimum = field.minimum, .maximum = field.maximum, .mask = field.mask,
        .choices = field.choices_json, .teams = field.teams_json, .created_at = request->tx->now,
    };
    if (!sql_field_insert(request->tx, request->mem, &insert, &made, err)) return false;
    if (!made) return error_field(err, "key", "taken", "another field has this key");
    field.id = made->field_id;
    field_event(request, "field.created", &nothing, &field);
    response_created(response, request, "/api/v1/fields/%" PRId64, field.id);
    write_field(&response->json, &field);
    return true;
}

bool patch_field(struct request *request, struct response *response, struct error *err) {
    const struct field *before;
    struct sql_field_hold_rows held;
    if (!sql_field_hold(request->tx, request->mem, &(struct sql_field_hold){.field_id = request->id[0]}, &held, err)
        || !find_field(request, request->id[0], &before, err))
        return false;
    if (request_is_stale(request, before->version)) return error_set_key(err, ERR_STALE, "field_stale", "the field is at version %" PRId64, before->version);
    struct field field = *before;
    if (!apply(request, request->body, &field, err)) return false;
    const struct sql_field_write in = {
        .field_id = field.id, .label_de = field.labels[0], .label_en = field.labels[1], .label_hu = field.labels[2], .is_active = field.is_active,
        .minimum = field.minimum, .maximum = field.maximum, .mask = field.mask, .choices = field.choices_json, .teams = field.teams_json,
        .updated_at = request->tx->now,
    };
    if (!sql_field_write(request->tx, &in, NULL, err)) return false;
    field.version++;
    field_event(request, "field.changed", before, &field);
    write_field(&response->json, &field);
    return true;
}

bool put_fields_order(struct request *request, struct response *response, struct error *err) {
    const struct field_order *in = request->body;
    const int64_t *ids = in->fields.at;
    struct field_list list;
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    if (!fields_read(request->tx, request->mem, &list, err)) return false;
    json_object_begin(&json);
    json_key(&json, "order");
    json_array_begin(&json);
    for (size_t i = 0; i < in->fields.count; i++) {
        const struct field *field = field_by_id(&list, ids[i]);
        if (!field) return error_set_key(err, ERR_NOT_FOUND, "field_not_found", "there is no field %" PRId64, ids[i]);
        if (!sql_field_place(request->tx, &(struct sql_field_place){.field_id = ids[i], .position = (int64_t)i + 1}, NULL, err)) return false;
        json_text(&json, field->key);
    }
    json_array_end(&json);
    json_object_end(&json);
    event_record(request->tx, &(struct event){.kind = "field.ordered", .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .scope = "staff",
                                              .data = buffer_text(&out)});
    return get_fields(request, response, err);
}
