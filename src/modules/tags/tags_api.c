/* Changing tags on all tickets, over the API. */
#include "api/modules_tags.h"
#include "modules/tags/tags.h"
#include "modules/tickets/tickets.h"
#include "platform/events/events.h"
#include "platform/http/http.h"
#include "platform/operations/operations.h"
#include "sql/modules_tags.h"

static bool write_change(struct request *request, struct response *response, int64_t id, struct error *err) {
    int64_t count = 0;
    if (!sql_tag_change_view_json(request->tx, &(struct sql_tag_change_view){.change_id = id}, &response->json, &count, err)) return false;
    return count || error_set_key(err, ERR_NOT_FOUND, "tag_change_not_found", "there is no change %" PRId64, id);
}

bool get_tag_change(struct request *request, struct response *response, struct error *err) {
    return write_change(request, response, request->id[0], err);
}

static void begin_list(struct json_writer *json) {
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
}

static void end_list(struct json_writer *json) {
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
}

bool get_tag_changes(struct request *request, struct response *response, struct error *err) {
    const struct get_tag_changes_query *in = request->query;
    const struct sql_tag_change_views views = {.limit = in->has_limit ? in->limit : 20};
    begin_list(&response->json);
    if (!sql_tag_change_views_json(request->tx, &views, &response->json, NULL, err)) return false;
    end_list(&response->json);
    return true;
}

/* --- Changing ---------------------------------------------------------------------------------------------------------------- */

static struct text said(struct arena *mem, struct text tag, struct text meaning, int64_t change) {
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_text(&json, "tag", tag);
    json_put_text(&json, "to", meaning);
    json_put_int(&json, "change", change);
    json_object_end(&json);
    return buffer_text(&out);
}

static void tag_event(struct request *request, const char *kind, struct text data) {
    event_record(request->tx, &(struct event){.kind = kind, .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .scope = "admin", .data = data});
}

/* Tags may be such that not everybody may read them: the operation names none. */
static bool record(struct request *request, int64_t change, struct error *err) {
    struct text data = text_printf(&request->tx->mem, "{\"change\":%" PRId64 "}", change);
    const struct operation_record in = {.kind = "tags.change", .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .summary = data, .data = data};
    int64_t operation;
    return operation_add(request->tx, &in, &operation, err)
           && sql_tag_change_operation(request->tx, &(struct sql_tag_change_operation){.change_id = change, .operation_id = operation}, NULL, err);
}

static bool is_known(struct request *request, struct text tag, bool *ret_is, struct error *err) {
    struct sql_tag_change_tickets_rows rows;
    if (!sql_tag_change_tickets(request->tx, request->mem, &(struct sql_tag_change_tickets){.tag = tag, .limit = 1}, &rows, err)) return false;
    *ret_is = rows.count > 0;
    return true;
}

/* What it becomes; who gives a tag its former name back frees that name. */
static bool read_target(struct request *request, struct text tag, struct text word, struct text *ret, struct error *err) {
    struct text wanted, meaning;
    *ret = (struct text){0};
    if (!word.data) return true;
    if (!tag_read(request->mem, word, "to", &wanted, err) || !tag_meaning(request->tx, request->mem, wanted, &meaning, err)) return false;
    if (text_equal(wanted, tag)) return error_field(err, "to", "tag_same", "it is the same tag");
    bool is_former = text_equal(meaning, tag);
    *ret = is_former ? wanted : meaning;
    return !is_former || tag_alias_put(request->tx, wanted, (struct text){0}, err);
}

bool post_tag_change(struct request *request, struct response *response, struct error *err) {
    const struct tag_change_create *body = request->body;
    const struct sql_tag_change_insert_row *made;
    struct text tag, meaning;
    bool known;
    if (!tag_read(request->mem, body->tag, "tag", &tag, err) || !is_known(request, tag, &known, err)) return false;
    if (!known) return error_field(err, "tag", "tag_unknown", "no ticket has this tag");
    if (!read_target(request, tag, body->to, &meaning, err)) return false;
    const struct sql_tag_change_insert in = {.tag = tag, .meaning = meaning, .staff_id = request->actor->staff, .created_at = request->tx->now};
    if (!tag_alias_put(request->tx, tag, meaning, err) || !sql_tag_change_insert(request->tx, request->mem, &in, &made, err)
        || !record(request, made->change_id, err))
        return false;
    tag_event(request, meaning.data ? "tag.renamed" : "tag.removed", said(&request->tx->mem, tag, meaning, made->change_id));
    response_created(response, request, "/api/v1/tag-changes/%" PRId64, made->change_id);
    return write_change(request, response, made->change_id, err);
}

/* --- Former names ------------------------------------------------------------------------------------------------------------ */

bool get_tag_aliases(struct request *request, struct response *response, struct error *err) {
    begin_list(&response->json);
    if (!sql_tag_aliases_json(request->tx, &response->json, NULL, err)) return false;
    end_list(&response->json);
    return true;
}

bool delete_tag_alias(struct request *request, struct response *response, struct error *err) {
    const struct sql_tag_alias_by_id_row *row;
    if (!sql_tag_alias_by_id(request->tx, request->mem, &(struct sql_tag_alias_by_id){.alias_id = request->id[0]}, &row, err)) return false;
    if (!row) return error_set_key(err, ERR_NOT_FOUND, "tag_alias_not_found", "there is no alias %" PRId64, request->id[0]);
    if (!tag_alias_put(request->tx, row->tag, (struct text){0}, err)) return false;
    tag_event(request, "tag.freed", said(&request->tx->mem, row->tag, row->meaning, 0));
    response_none(response);
    return true;
}
