/* What time is spent on, over the API. */
#include "api/modules_times.h"
#include "modules/times/times_private.h"
#include "platform/events/notes.h"

typedef struct sql_activity_list_row activity_row;

const activity_row *activity_in(const struct sql_activity_list_rows *rows, int64_t id) {
    for (size_t i = 0; i < rows->count; i++)
        if (rows->at[i].activity_id == id) return &rows->at[i];
    return NULL;
}

static bool activity_find(struct request *request, int64_t id, const activity_row **ret, struct error *err) {
    struct sql_activity_list_rows rows;
    if (!sql_activity_list(request->tx, request->mem, &rows, err)) return false;
    *ret = activity_in(&rows, id);
    return true;
}

bool activity_for_new(struct request *request, int64_t id, const activity_row **ret, struct error *err) {
    *ret = NULL;
    if (!id) return true;
    if (!activity_find(request, id, ret, err)) return false;
    if (!*ret) return error_field(err, "activity", "unknown", "there is no activity %" PRId64, id);
    return (*ret)->is_active || error_field(err, "activity", "activity_inactive", "the activity is not in use any more");
}

struct text activity_name(const activity_row *activity, struct text language) {
    return text_is(language, "hu") ? activity->name_hu : text_is(language, "en") ? activity->name_en : activity->name_de;
}

static void write_activity(struct json_writer *json, const activity_row *row) {
    json_object_begin(json);
    json_put_int(json, "id", row->activity_id);
    json_key(json, "names");
    json_object_begin(json);
    json_put_text(json, "de", row->name_de);
    json_put_text(json, "en", row->name_en);
    json_put_text(json, "hu", row->name_hu);
    json_object_end(json);
    json_put_bool(json, "is_billable", row->is_billable);
    json_put_bool(json, "is_active", row->is_active);
    json_put_int(json, "version", row->version);
    json_object_end(json);
}

bool get_activities(struct request *request, struct response *response, struct error *err) {
    struct sql_activity_list_rows rows;
    struct json_writer *json = &response->json;
    if (!sql_activity_list(request->tx, request->mem, &rows, err)) return false;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++) write_activity(json, &rows.at[i]);
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
    return true;
}

/* --- Changing --------------------------------------------------------------------------------------------------------- */

/* A language that is not said stays; one that was never said is as the first that is. */
static bool read_names(const struct activity_names *in, activity_row *row, struct error *err) {
    struct text *names[] = {&row->name_de, &row->name_en, &row->name_hu}, first = {0};
    const struct text said[] = {text_trim(in->de), text_trim(in->en), text_trim(in->hu)};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (!text_empty(said[i])) *names[i] = said[i];
        if (text_empty(first)) first = *names[i];
    }
    if (text_empty(first)) return error_field(err, "names", "required", "needs a name in one language");
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_empty(*names[i])) *names[i] = first;
    return true;
}

static void tell(struct request *request, const char *kind, const activity_row *before, const activity_row *after) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "activity", after->activity_id);
    json_put_text(&json, "name", after->name_de);
    note_text(&json, "name_de", before->name_de, after->name_de);
    note_text(&json, "name_en", before->name_en, after->name_en);
    note_text(&json, "name_hu", before->name_hu, after->name_hu);
    note_bool(&json, "is_billable", before->is_billable, after->is_billable);
    note_bool(&json, "is_active", before->is_active, after->is_active);
    json_object_end(&json);
    event_record(request->tx, &(struct event){.kind = kind, .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .scope = "staff",
                                              .data = buffer_text(&out)});
}

static bool check_room(struct request *request, struct error *err) {
    struct sql_activity_list_rows rows;
    if (!sql_activity_list(request->tx, request->mem, &rows, err)) return false;
    return rows.count < ACTIVITIES_MOST
           || error_set_key(err, ERR_CONFLICT, "too_many_activities", "there are %d activities already", ACTIVITIES_MOST);
}

bool post_activity(struct request *request, struct response *response, struct error *err) {
    const struct activity_create *body = request->body;
    const struct sql_activity_insert_row *made;
    activity_row row = {.is_billable = body->has_is_billable && body->is_billable, .is_active = true, .version = 1};
    if (!read_names(body->names, &row, err) || !check_room(request, err)) return false;
    const struct sql_activity_insert in = {.name_de = row.name_de, .name_en = row.name_en, .name_hu = row.name_hu, .is_billable = row.is_billable};
    if (!sql_activity_insert(request->tx, request->mem, &in, &made, err)) return false;
    row.activity_id = made->activity_id;
    tell(request, "activity.created", &(activity_row){0}, &row);
    response_created(response, request, "/api/v1/activities/%" PRId64, row.activity_id);
    write_activity(&response->json, &row);
    return true;
}

bool patch_activity(struct request *request, struct response *response, struct error *err) {
    const struct activity_patch *body = request->body;
    const activity_row *before;
    struct sql_activity_hold_rows held;
    if (!sql_activity_hold(request->tx, request->mem, &(struct sql_activity_hold){.activity_id = request->id[0]}, &held, err)
        || !activity_find(request, request->id[0], &before, err))
        return false;
    if (!before) return error_set_key(err, ERR_NOT_FOUND, "activity_not_found", "there is no activity %" PRId64, request->id[0]);
    if (request_is_stale(request, before->version))
        return error_set_key(err, ERR_STALE, "activity_stale", "the activity is at version %" PRId64, before->version);
    activity_row row = *before;
    if (body->has_names && !read_names(body->names, &row, err)) return false;
    if (body->has_is_billable) row.is_billable = body->is_billable;
    if (body->has_is_active) row.is_active = body->is_active;
    const struct sql_activity_write in = {.activity_id = row.activity_id, .name_de = row.name_de, .name_en = row.name_en, .name_hu = row.name_hu,
                                          .is_billable = row.is_billable, .is_active = row.is_active};
    if (!sql_activity_write(request->tx, &in, NULL, err)) return false;
    row.version++;
    tell(request, "activity.changed", before, &row);
    write_activity(&response->json, &row);
    return true;
}
