/* Messages and drafts over the API. */
#include "api/modules_tickets.h"
#include "base/clock.h"
#include "modules/tickets/tickets_private.h"

#include <jansson.h>

static const int64_t UNDO_TIME = 10 * 1000000LL;

/* --- Reading ---------------------------------------------------------------------------------------------------- */

/* A list is for looking through: of a letter of megabytes it holds the beginning, and a page of many long ones ends early. */
enum { LIST_TEXT = 200 * 1000, WHOLE_TEXT = INT32_MAX, PAGE_BYTES = 4 << 20, PAGE_STEP = 20 };

struct message_walk {
    struct request *request;
    ticket_id ticket;     /* 0: all that the actor may read */
    ticket_id merged;     /* only what has come into this one, or into what was merged into it before */
    bool newest;          /* newest first */
    int64_t after, limit;
};

static bool walk_step(const struct message_walk *walk, int64_t count, struct sql_rows *ret_rows, struct error *err) {
    struct request *request = walk->request;
    struct composer query;
    composer_begin(&query, request->tx, request->mem, &statement_message_view);
    composer_bind_int(&query, LIST_TEXT);
    composer_add(&query, walk->newest ? "\n WHERE message.id < " : "\n WHERE message.id > ");
    composer_int(&query, walk->after);
    if (walk->ticket.value) {
        composer_add(&query, " AND message.shown_in_id = ");
        composer_int(&query, walk->ticket.value);
    }
    if (walk->merged.value) {
        composer_add(&query, " AND message.ticket_id IN (WITH RECURSIVE tree (id) AS (SELECT id FROM ticket WHERE id = ");
        composer_int(&query, walk->merged.value);
        composer_add(&query, " UNION SELECT part.id FROM ticket AS part JOIN tree ON part.merged_into_id = tree.id) SELECT id FROM tree)");
    }
    if (!walk->ticket.value || walk->merged.value) composer_visible(&query, request->actor);
    composer_add(&query, walk->newest ? " ORDER BY message.id DESC LIMIT " : " ORDER BY message.id LIMIT ");
    composer_int(&query, count);
    return composer_rows(&query, request->tx, request->mem, ret_rows, err);
}

/* Writes the rows up to the page's end; *ret_more when something stands behind it. */
static bool walk_write(struct message_walk *walk, struct response *response, bool *ret_more, struct error *err) {
    const struct buffer *out = response->json.out;
    size_t end = out->size + PAGE_BYTES;
    int64_t written = 0;
    for (*ret_more = false;;) {
        struct sql_rows rows;
        int64_t wanted = walk->limit - written + 1 < PAGE_STEP ? walk->limit - written + 1 : PAGE_STEP;
        if (!walk_step(walk, wanted, &rows, err)) return false;
        const struct sql_message_view_row *at = rows.at;
        for (size_t i = 0; i < rows.count; i++) {
            *ret_more = written == walk->limit || out->size > end;
            if (*ret_more) return true;
            statement_row_json(&statement_message_view, &at[i], &response->json);
            walk->after = at[i].id;
            written++;
        }
        if ((int64_t)rows.count < wanted) return true;
    }
}

static bool write_page(struct message_walk *walk, struct response *response, struct error *err) {
    bool more;
    json_object_begin(&response->json);
    json_key(&response->json, "items");
    json_array_begin(&response->json);
    if (!walk_write(walk, response, &more, err)) return false;
    json_array_end(&response->json);
    json_put_text(&response->json, "next", more ? cursor_make(walk->request->mem, 0, walk->after) : (struct text){0});
    json_object_end(&response->json);
    return true;
}

bool get_ticket_messages(struct request *request, struct response *response, struct error *err) {
    const struct get_ticket_messages_query *in = request->query;
    const struct ticket *ticket;
    struct message_walk walk = {.request = request, .limit = in->has_limit ? in->limit : 200, .after = in->after};
    int64_t ignored;
    if (!ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err)) return false;
    if (in->has_cursor && !cursor_read(in->cursor, &ignored, &walk.after, err)) return false;
    if (ticket->merged_into.value) walk.merged = ticket->id;
    return ticket_root(request->tx, ticket->id, &walk.ticket, err) && write_page(&walk, response, err);
}

bool get_messages(struct request *request, struct response *response, struct error *err) {
    const struct get_messages_query *in = request->query;
    bool newest = in->has_sort && text_is(in->sort, "-id");
    struct message_walk walk = {.request = request, .newest = newest, .limit = in->has_limit ? in->limit : 50,
                                .after = newest ? INT64_MAX : in->after};
    int64_t ignored;
    return (!in->has_cursor || cursor_read(in->cursor, &ignored, &walk.after, err)) && write_page(&walk, response, err);
}

/* The message, if the actor may read its ticket. */
static bool message_for(struct request *request, enum permission permission, const struct sql_message_row_row **ret_row,
                        struct error *err) {
    const struct sql_message_row_row *row = NULL;
    message_id id = {request->id[0]};
    if (id.value && !sql_message_row(request->tx, request->mem, &(struct sql_message_row){.message_id = id}, &row, err)) return false;
    if (!row || !ticket_visible(request->actor, row->ticket_id, row->team_id, row->assignee_id))
        return error_set_key(err, ERR_NOT_FOUND, "message_not_found", "there is no message %" PRId64 " that you may see", id.value);
    if (!actor_may_in(request->actor, permission, row->ticket_id, row->team_id, row->assignee_id))
        return error_set_key(err, ERR_FORBIDDEN, "forbidden", "you may not %s here", permission_name(permission));
    *ret_row = row;
    return true;
}

bool message_write(struct tx *tx, message_id id, struct json_writer *json, struct error *err) {
    return sql_message_view_json(tx, &(struct sql_message_view){.id = id.value, .size = LIST_TEXT}, json, NULL, err);
}

static bool write_message(struct request *request, struct response *response, message_id id, struct error *err) {
    return sql_message_view_json(request->tx, &(struct sql_message_view){.id = id.value, .size = WHOLE_TEXT}, &response->json, NULL, err);
}

bool get_message(struct request *request, struct response *response, struct error *err) {
    const struct sql_message_row_row *row;
    return message_for(request, CAN_TICKETS_READ, &row, err) && write_message(request, response, row->message_id, err);
}

/* --- Writing ---------------------------------------------------------------------------------------------------- */

bool prepare_message(struct request *request, struct response *response, struct error *err) {
    const struct message_create *body = request->body;
    struct prepared_text *prepared = arena_alloc(request->mem, sizeof *prepared);
    if (!text_prepare(request->mem, body->text, body->html, prepared, err)) return false;
    if (text_empty(text_trim(prepared->text)) && body->attachments.count == 0)
        return error_field(err, "text", "required", "a message needs a text");
    if (text_is(body->audience, "internal") && (body->to.count || body->cc.count || body->bcc.count))
        return error_field(err, "to", "internal", "an internal note has no recipients");
    if (text_is(body->audience, "public") && (body->mentions.count || body->mention_teams.count))
        return error_field(err, "mentions", "public", "colleagues are named in notes");
    request->prepared = prepared;
    return true;
}

int64_t leaves_at(const struct request *request) {
    return request->actor->token ? 0 : request->tx->now + UNDO_TIME;
}

static bool address_answer(struct request *request, const struct ticket *ticket, struct message_writing *writing, struct error *err) {
    const struct message_create *body = request->body;
    struct reply_defaults defaults;
    if (!reply_defaults(request->tx, request->mem, ticket, &defaults, err)) return false;
    const struct sql_message_last_inbound_row *last = defaults.last;
    if (body->to.count && !reply_answers(request->tx, request->mem, ticket, &body->to, &body->cc, &last, err)) return false;
    writing->to_list = addresses_json(request->mem, body->to.count ? &body->to : &defaults.to);
    writing->cc_list = addresses_json(request->mem, body->to.count || body->has_cc ? &body->cc : &defaults.cc);
    writing->bcc_list = addresses_json(request->mem, &body->bcc);
    reply_refer(request->mem, ticket, last, writing);
    writing->deliver_by = text_is(writing->to_list, "[]") ? NULL : "mail";
    writing->deliver_at = leaves_at(request);
    return true;
}

static struct message_file *uploads_of(struct request *request, const struct json_list *ids) {
    struct message_file *files = arena_array(request->mem, ids->count, sizeof *files);
    const int64_t *at = ids->at;
    for (size_t i = 0; i < ids->count; i++) files[i].upload = (attachment_id){at[i]};
    return files;
}

static bool follow_wish(struct request *request, const struct ticket *ticket, struct error *err) {
    const struct message_create *body = request->body;
    struct doer doer = doer_of(request);
    if (!body->has_state) return true;
    if (!actor_may_in(request->actor, CAN_TICKETS_CHANGE, ticket->id, ticket->team, ticket->assignee))
        return error_set_key(err, ERR_FORBIDDEN, "forbidden", "you may not change this ticket");
    const struct ticket_change change = {.has_state = true, .asks = request->actor, .state = body->state, .waiting_reason = body->waiting_reason,
                                         .waiting_until_at = body->waiting_until};
    return ticket_apply(request->tx, &doer, ticket->id, &change, err);
}

static bool is_version(struct request *request, const struct ticket *ticket, int64_t version, struct error *err) {
    struct doer doer = doer_of(request);
    return !version || ticket_apply(request->tx, &doer, ticket->id, &(struct ticket_change){.version = version}, err);
}

/* An answer, or a note that moves the ticket on, may be meant for the ticket as its writer saw it: then not for what it has become
 * meanwhile. A note alone harms nothing; If-Match is heeded all the same. */
static bool check_version(struct request *request, const struct ticket *ticket, struct error *err) {
    const struct message_create *body = request->body;
    bool counts = text_is(body->audience, "public") || body->has_state;
    bool may_be_late = text_is(body->audience, "public") && body->seen_version && body->seen_version < ticket->version;
    if (may_be_late && !ticket_refuse_news(request->tx, ticket, body->seen_version, request->actor->staff, err)) return false;
    return is_version(request, ticket, request_version(request, ticket->version), err)
           && is_version(request, ticket, counts ? body->ticket_version : 0, err);
}

static bool write_answer(struct request *request, struct response *response, message_id id, const struct json_list *left_out, struct error *err) {
    struct json_writer *json = &response->json;
    const staff_id *staff = left_out->at;
    json_object_begin(json);
    if (!statement_fields(request->tx, &statement_message_view, &(struct sql_message_view){.id = id.value, .size = WHOLE_TEXT}, json, err)) return false;
    json_key(json, "left_out");
    json_array_begin(json);
    for (size_t i = 0; i < left_out->count; i++) json_int(json, staff[i].value);
    json_array_end(json);
    json_object_end(json);
    return true;
}

bool post_ticket_message(struct request *request, struct response *response, struct error *err) {
    const struct message_create *body = request->body;
    const struct prepared_text *prepared = request->prepared;
    const struct ticket *ticket;
    struct doer doer = doer_of(request);
    struct json_list left_out;
    message_id id;
    bool public = text_is(body->audience, "public");
    bool may = public ? ticket_for(request, request->id[0], CAN_TICKETS_REPLY, &ticket, err) : ticket_for_note(request, request->id[0], &ticket, err);
    if (!may || !check_version(request, ticket, err)) return false;
    struct message_writing writing = {
        .ticket = ticket->id, .direction = DIRECTION_OUT, .audience = public ? AUDIENCE_PUBLIC : AUDIENCE_INTERNAL,
        .kind = public ? "mail" : "note", .author_staff = request->actor->staff, .from_name = request->actor->name,
        .text = prepared->text, .html = prepared->html, .files = uploads_of(request, &body->attachments),
        .file_count = body->attachments.count,
    };
    if (public && !address_answer(request, ticket, &writing, err)) return false;
    if (!message_add(request->tx, &doer, &writing, &id, err) || !mentions_write(request, ticket, id, &left_out, err) || !follow_wish(request, ticket, err))
        return false;
    /* A note between does not cost the answer that is half written. */
    const struct sql_draft_used draft = {.ticket_id = ticket->id, .staff_id = request->actor->staff, .audience = body->audience};
    if (!sql_draft_used(request->tx, &draft, NULL, err)) return false;
    response_created(response, request, "/api/v1/messages/%" PRId64, id.value);
    return write_answer(request, response, id, &left_out, err);
}

bool post_message_undo(struct request *request, struct response *response, struct error *err) {
    const struct sql_message_row_row *row;
    struct doer doer = doer_of(request);
    return message_for(request, CAN_TICKETS_REPLY, &row, err) && message_undo(request->tx, &doer, row->message_id, err)
           && write_message(request, response, row->message_id, err);
}

bool post_message_retry(struct request *request, struct response *response, struct error *err) {
    const struct sql_message_row_row *row;
    int64_t changed = 0;
    if (!message_for(request, CAN_TICKETS_REPLY, &row, err)) return false;
    const struct sql_delivery_retry in = {.message_id = row->message_id, .next_at = request->tx->now, .updated_at = request->tx->now};
    if (!sql_delivery_retry(request->tx, &in, &changed, err)) return false;
    if (!changed) return error_set_key(err, ERR_CONFLICT, "message_not_failed", "the message has not failed");
    const struct ticket ticket = {.id = row->ticket_id, .team = row->team_id, .assignee = row->assignee_id};
    struct doer doer = doer_of(request);
    struct text data = text_printf(&request->tx->mem, "{\"message\":%" PRId64 ",\"state\":\"queued\"}", row->message_id.value);
    ticket_event(request->tx, &doer, &ticket, "message.delivery", data, true);
    return write_message(request, response, row->message_id, err);
}

bool post_message_move(struct request *request, struct response *response, struct error *err) {
    const struct message_move *body = request->body;
    const struct sql_message_row_row *row;
    const struct ticket *target;
    struct doer doer = doer_of(request);
    ticket_id moved;
    if (!message_for(request, CAN_TICKETS_CHANGE, &row, err)) return false;
    if (body->ticket && !ticket_for(request, body->ticket, CAN_TICKETS_CHANGE, &target, err)) return false;
    if (!message_move(request->tx, &doer, row->message_id, (ticket_id){body->ticket}, &moved, err)) return false;
    return write_message(request, response, row->message_id, err);
}

static bool target_for(struct request *request, int64_t id, const char *field, struct error *err) {
    const struct ticket *target;
    struct error hidden = {0};
    if (!id || ticket_for(request, id, CAN_TICKETS_CHANGE, &target, &hidden)) return true;
    if (hidden.code == ERR_NOT_FOUND) return error_field(err, field, "unknown", "there is no ticket %" PRId64 " that you may see", id);
    *err = hidden;
    return false;
}

bool post_ticket_split(struct request *request, struct response *response, struct error *err) {
    const struct ticket_split *body = request->body;
    const struct ticket *ticket;
    const struct sql_message_row_row *first;
    struct doer doer = doer_of(request);
    struct messages_moved moved;
    const int64_t *ids = body->messages.at;
    message_id *messages = arena_array(request->mem, body->messages.count, sizeof *messages);
    for (size_t i = 0; i < body->messages.count; i++) messages[i].value = ids[i];
    if (!ticket_for(request, request->id[0], CAN_TICKETS_CHANGE, &ticket, err) || !target_for(request, body->into, "into", err)
        || !sql_message_row(request->tx, request->mem, &(struct sql_message_row){.message_id = messages[0]}, &first, err))
        return false;
    if (!first || first->ticket_id.value != ticket->id.value) return error_field(err, "messages", "elsewhere", "they are not in this ticket");
    /* A letter to a customer is an answer; the new ticket is of the same team. */
    if (body->tell && !actor_may_in(request->actor, CAN_TICKETS_REPLY, ticket->id, ticket->team, request->actor->staff))
        return error_set_key(err, ERR_FORBIDDEN, "forbidden", "you may not answer here");
    const struct messages_moving wish = {.ids = messages, .count = body->messages.count, .to = {body->into}, .subject = body->subject,
                                         .with_answers = true, .tells = body->tell};
    return messages_move(request->tx, &doer, &wish, &moved, err) && operation_write(request, response, moved.operation, err);
}

/* --- Drafts ----------------------------------------------------------------------------------------------------- */

/* A draft can be read and thrown away where nothing is written any more. */
static bool draft_for(struct request *request, const struct ticket **ret_ticket, struct error *err) {
    if (!ticket_for(request, request->id[0], CAN_TICKETS_READ, ret_ticket, err)) return false;
    return actor_may_in(request->actor, CAN_TICKETS_REPLY, (*ret_ticket)->id, (*ret_ticket)->team, (*ret_ticket)->assignee)
           || actor_is_admitted(request->actor, (*ret_ticket)->id) || error_set_key(err, ERR_FORBIDDEN, "forbidden", "you may not answer here");
}

bool get_draft(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    int64_t count = 0;
    if (!draft_for(request, &ticket, err)) return false;
    const struct sql_draft_find in = {.ticket_id = ticket->id, .staff_id = request->actor->staff};
    if (!sql_draft_find_json(request->tx, &in, &response->json, &count, err)) return false;
    return count || error_set_key(err, ERR_NOT_FOUND, "draft_not_found", "there is no draft");
}

bool put_draft(struct request *request, struct response *response, struct error *err) {
    const struct draft_put *body = request->body;
    const struct ticket *ticket;
    if (!ticket_for_note(request, request->id[0], &ticket, err)) return false;
    const struct sql_draft_put in = {.ticket_id = ticket->id, .staff_id = request->actor->staff, .audience = body->audience,
                                     .content = body->content, .updated_at = request->tx->now};
    return sql_draft_put_json(request->tx, &in, &response->json, NULL, err);
}

bool delete_draft(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    if (!draft_for(request, &ticket, err)) return false;
    const struct sql_draft_delete in = {.ticket_id = ticket->id, .staff_id = request->actor->staff};
    if (!sql_draft_delete(request->tx, &in, NULL, err)) return false;
    response_none(response);
    return true;
}

bool get_drafts(struct request *request, struct response *response, struct error *err) {
    struct composer query;
    composer_begin(&query, request->tx, request->mem, &statement_draft_list);
    composer_add(&query, "\n WHERE draft.staff_id = ");
    composer_int(&query, request->actor->staff.value);
    composer_visible(&query, request->actor);
    composer_add(&query, " ORDER BY draft.updated_at DESC LIMIT 200");
    json_object_begin(&response->json);
    json_key(&response->json, "items");
    json_array_begin(&response->json);
    if (!composer_json(&query, request->tx, &response->json, NULL, err)) return false;
    json_array_end(&response->json);
    json_put_text(&response->json, "next", (struct text){0});
    json_object_end(&response->json);
    return true;
}
