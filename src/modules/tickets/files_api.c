/* Uploads and attachments over the API. */
#include "api/modules_tickets.h"
#include "base/clock.h"
#include "modules/tickets/tickets_private.h"
#include "platform/application/application.h"
#include "platform/files/files.h"

enum { UPLOADS_WAITING = 200 };

bool prepare_upload(struct request *request, struct response *response, struct error *err) {
    const struct application *application = request->application;
    struct stored_file *stored = arena_alloc(request->mem, sizeof *stored);
    const struct sql_upload_waiting_row *waiting;
    if (!request->upload_path || request->upload_size == 0) return error_field(err, "body", "required", "the file is empty");
    const struct sql_upload_waiting in = {.staff_id = request->actor->staff, .after_at = request->tx->now - DAY};
    if (!sql_upload_waiting(request->tx, request->mem, &in, &waiting, err)) return false;
    if (waiting->count >= UPLOADS_WAITING) return error_set_key(err, ERR_RATE, "uploads_waiting", "too many uploads wait for a message");
    if (!file_put_path(application->files, request->upload_path, 0, stored, err)) return false;
    request->prepared = stored;
    return true;
}

bool post_upload(struct request *request, struct response *response, struct error *err) {
    const struct stored_file *stored = request->prepared;
    const struct sql_upload_insert_row *row;
    struct text name = file_name_safe(request->mem, request_file_name(request));
    const struct sql_upload_insert in = {.staff_id = request->actor->staff, .hash = text_of(stored->hash), .name = name,
                                         .media_type = text_of(stored->media_type), .size = stored->size, .created_at = request->tx->now};
    if (!sql_upload_insert(request->tx, request->mem, &in, &row, err)) return false;
    response_created(response, request, "/api/v1/attachments/%" PRId64, row->attachment_id.value);
    json_object_begin(&response->json);
    json_put_int(&response->json, "id", row->attachment_id.value);
    json_put_text(&response->json, "name", name);
    json_put_int(&response->json, "size", stored->size);
    json_put_string(&response->json, "media_type", stored->media_type);
    json_object_end(&response->json);
    return true;
}

bool ticket_file(struct tx *tx, struct arena *mem, ticket_id ticket, attachment_id id, struct message_file *ret_file, struct error *err) {
    const struct sql_attachment_by_id_row *row;
    if (!sql_attachment_by_id(tx, mem, &(struct sql_attachment_by_id){.attachment_id = id}, &row, err)) return false;
    *ret_file = (struct message_file){0};
    if (row && row->message_id.value && row->ticket_id.value == ticket.value)
        *ret_file = (struct message_file){.hash = row->hash, .name = row->name, .media_type = row->media_type, .size = row->size};
    return true;
}

static bool may_see(const struct actor *actor, const struct sql_attachment_by_id_row *row) {
    if (!row->message_id.value) return row->staff_id.value == actor->staff.value;
    return ticket_visible(actor, row->ticket_id, row->team_id, row->assignee_id);
}

bool get_attachment(struct request *request, struct response *response, struct error *err) {
    const struct application *application = request->application;
    const struct sql_attachment_by_id_row *row = NULL;
    const struct sql_attachment_by_id in = {.attachment_id = {request->id[0]}};
    if (request->id[0] && !sql_attachment_by_id(request->tx, request->mem, &in, &row, err)) return false;
    if (!row || !may_see(request->actor, row))
        return error_set_key(err, ERR_NOT_FOUND, "attachment_not_found", "there is no attachment %" PRId64 " that you may see", request->id[0]);
    struct text tag = text_printf(request->mem, "\"%.*s\"", (int)row->hash.size, row->hash.data);
    response_header(response, request, "Cache-Control", text_of("private, max-age=86400"));
    if (response_etag(response, request, tag)) return true;
    bool shown = file_may_show(row->media_type);
    response->content_type = text_string(request->mem, row->media_type);
    response->content_policy = file_content_policy;
    response_header(response, request, "Content-Disposition", file_disposition(request->mem, shown, row->name));
    return file_open(application->files, row->hash, &response->fd, &response->fd_size, err);
}

bool get_message_source(struct request *request, struct response *response, struct error *err) {
    const struct application *application = request->application;
    const struct sql_message_row_row *row = NULL;
    const struct sql_message_row in = {.message_id = {request->id[0]}};
    if (request->id[0] && !sql_message_row(request->tx, request->mem, &in, &row, err)) return false;
    if (!row || !ticket_visible(request->actor, row->ticket_id, row->team_id, row->assignee_id))
        return error_set_key(err, ERR_NOT_FOUND, "message_not_found", "there is no message %" PRId64, request->id[0]);
    if (!row->raw_hash.data) return error_set_key(err, ERR_NOT_FOUND, "source_not_found", "message %" PRId64 " did not come by mail", request->id[0]);
    struct text name = text_printf(request->mem, "message-%" PRId64 ".eml", request->id[0]);
    response->content_type = "message/rfc822";
    response->content_policy = file_content_policy;
    response_header(response, request, "Content-Disposition", file_disposition(request->mem, false, name));
    return mail_get(application->files, request->tx, request->mem, row->raw_hash, &response->fixed_body, err);
}

struct each {
    bool (*visit)(void *context, struct text hash, int64_t size, struct error *err);
    void *context;
};

static bool visit_row(const void *row, void *context, struct error *err) {
    const struct sql_attachment_hashes_row *at = row;
    const struct each *each = context;
    return each->visit(each->context, at->hash, at->size, err);
}

bool attachment_each(struct tx *tx, bool (*visit)(void *context, struct text hash, int64_t size, struct error *err), void *context,
                     struct error *err) {
    struct each each = {visit, context};
    return statement_each(tx, &statement_attachment_hashes, NULL, visit_row, &each, err);
}
