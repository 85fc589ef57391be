/* Blocked and allowed senders over the API. */
#include "api/modules_spam.h"
#include "modules/spam/spam_private.h"
#include "platform/http/http.h"

static void write_sender(struct json_writer *json, const struct sql_spam_sender_row_row *row) {
    json_object_begin(json);
    json_put_int(json, "id", row->sender_id);
    json_put_text(json, "pattern", row->pattern);
    json_put_bool(json, "has_subdomains", row->has_subdomains);
    json_put_bool(json, "is_allowed", row->is_allowed);
    json_put_text(json, "reason", row->reason);
    json_key(json, "created_by");
    json_object_begin(json);
    json_put_int(json, "id", row->created_by.value);
    json_put_text(json, "name", row->author_name);
    json_object_end(json);
    json_put_time(json, "created_at", row->created_at);
    json_put_time(json, "expires_at", row->expires_at);
    json_object_end(json);
}

static struct sql_spam_sender_row_row as_row(const struct sql_spam_sender_list_row *row) {
    return (struct sql_spam_sender_row_row){.sender_id = row->sender_id, .pattern = row->pattern, .has_subdomains = row->has_subdomains,
                                            .is_allowed = row->is_allowed, .reason = row->reason, .created_by = row->created_by,
                                            .author_name = row->author_name, .created_at = row->created_at, .expires_at = row->expires_at};
}

/* As a pattern for LIKE; what is special there is not looked for. */
static struct text words_of(struct arena *mem, struct text typed) {
    struct buffer out = {.mem = mem};
    struct text plain = text_fold(mem, text_trim(typed));
    buffer_add_char(&out, '%');
    for (size_t i = 0; i < plain.size; i++)
        if (plain.data[i] != '%' && plain.data[i] != '\\') buffer_add_char(&out, plain.data[i]);
    buffer_add_char(&out, '%');
    return buffer_text(&out);
}

bool get_spam_senders(struct request *request, struct response *response, struct error *err) {
    const struct get_spam_senders_query *query = request->query;
    struct sql_spam_sender_list_rows rows;
    struct json_writer *json = &response->json;
    int64_t before = INT64_MAX, ignored;
    size_t limit = query->has_limit ? (size_t)query->limit : 50, shown;
    if (query->has_cursor && !cursor_read(query->cursor, &ignored, &before, err)) return false;
    const struct sql_spam_sender_list in = {.before = before, .words = words_of(request->mem, query->q), .limit = (int64_t)limit + 1};
    if (!sql_spam_sender_list(request->tx, request->mem, &in, &rows, err)) return false;
    shown = rows.count < limit ? rows.count : limit;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < shown; i++) {
        const struct sql_spam_sender_row_row row = as_row(&rows.at[i]);
        write_sender(json, &row);
    }
    json_array_end(json);
    json_put_text(json, "next", shown < rows.count ? cursor_make(request->mem, 0, rows.at[shown - 1].sender_id) : (struct text){0});
    json_object_end(json);
    return true;
}

static bool find_sender(struct request *request, int64_t id, const struct sql_spam_sender_row_row **ret_row, struct error *err) {
    if (!sql_spam_sender_row(request->tx, request->mem, &(struct sql_spam_sender_row){.sender_id = id}, ret_row, err)) return false;
    return *ret_row || error_set_key(err, ERR_NOT_FOUND, "sender_not_found", "there is no sender %" PRId64, id);
}

bool post_spam_sender(struct request *request, struct response *response, struct error *err) {
    const struct spam_sender_create *body = request->body;
    const struct sql_spam_sender_row_row *row;
    const struct doer doer = doer_of(request);
    const struct sender_wish wish = {.pattern = body->pattern, .has_subdomains = body->has_subdomains, .is_allowed = body->is_allowed,
                                     .reason = body->reason, .expires_at = body->expires_at, .author = request->actor->staff};
    int64_t id;
    if (!sender_add(request->tx, &doer, &wish, &id, err) || !find_sender(request, id, &row, err)) return false;
    response_created(response, request, "/api/v1/spam/senders/%" PRId64, id);
    write_sender(&response->json, row);
    return true;
}

bool delete_spam_sender(struct request *request, struct response *response, struct error *err) {
    const struct sql_spam_sender_row_row *row;
    const struct doer doer = doer_of(request);
    if (!find_sender(request, request->id[0], &row, err) || !sender_remove(request->tx, &doer, row, err)) return false;
    response_none(response);
    return true;
}

bool post_ticket_block_sender(struct request *request, struct response *response, struct error *err) {
    const struct spam_block *body = request->body;
    const struct first_letter *letter;
    const struct doer doer = doer_of(request);
    struct blocking blocking = {.reason = body->reason, .whole_domain = body->whole_domain, .expires_at = body->expires_at};
    int64_t operation;
    if (!ticket_for(request, request->id[0], CAN_TICKETS_CHANGE, &blocking.ticket, err)) return false;
    if (!actor_may(request->actor, CAN_SPAM_BLOCK))
        return error_set_key(err, ERR_FORBIDDEN, "forbidden", "you may not %s", permission_name(CAN_SPAM_BLOCK));
    if (!ticket_first_letter(request->tx, request->mem, blocking.ticket->id, &letter, err)) return false;
    if (!letter || text_empty(letter->from_address)) return error_set_key(err, ERR_CONFLICT, "ticket_without_sender", "there is no address to block");
    blocking.address = letter->from_address;
    if (!sender_block(request->tx, &doer, &blocking, &operation, err)) return false;
    response->status = 201;
    return operation_write(request, response, operation, err);
}
