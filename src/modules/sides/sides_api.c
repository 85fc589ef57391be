/* Side conversations over the API. Every change holds the ticket. */
#include "modules/sides/recipients.h"
#include "platform/http/http.h"

enum { SIDES_MOST = 100, THREAD_MOST = 200 };

/* --- Showing ---------------------------------------------------------------------------------------------------------- */

static bool write_ids(struct request *request, struct json_writer *json, int64_t side, struct error *err) {
    struct sql_side_messages_rows thread;
    if (!side_thread(request->tx, request->mem, side, INT64_MAX, THREAD_MOST, &thread, err)) return false;
    json_key(json, "messages");
    json_array_begin(json);
    for (size_t i = thread.count; i-- > 0;) json_int(json, thread.at[i].message_id.value);
    json_array_end(json);
    return true;
}

static bool write_side(struct request *request, struct json_writer *json, const struct sql_side_list_row *row, struct error *err) {
    json_object_begin(json);
    json_put_int(json, "id", row->side_id);
    json_put_int(json, "ticket", row->ticket_id.value);
    json_put_text(json, "subject", row->subject);
    json_put_text(json, "state", row->state);
    json_key(json, "starter");
    json_object_begin(json);
    json_put_int(json, "id", row->starter_id);
    json_put_text(json, "name", row->starter_name);
    json_object_end(json);
    json_put_time(json, "created_at", row->created_at);
    json_put_time(json, "last_at", row->last_at);
    json_put_int(json, "count", row->count);
    json_put_bool(json, "unread", row->last_in > row->seen);
    json_put_id(json, "last_in", row->last_in);
    if (!write_ids(request, json, row->side_id, err)) return false;
    json_object_end(json);
    return true;
}

static bool list_sides(struct request *request, ticket_id ticket, struct sql_side_list_rows *ret, struct error *err) {
    return sql_side_list(request->tx, request->mem, &(struct sql_side_list){.ticket_id = ticket, .staff_id = request->actor->staff}, ret, err);
}

/* What a merged ticket had is shown in another one, which the caller may not see. */
static bool may_see(struct request *request, ticket_id ticket, bool *ret_may, struct error *err) {
    const struct ticket *shown;
    if (!side_shown_of(request->tx, request->mem, ticket, &shown, err)) return false;
    *ret_may = ticket_visible(request->actor, shown->id, shown->team, shown->assignee);
    return true;
}

static bool write_list(struct request *request, struct response *response, ticket_id ticket, struct error *err) {
    struct json_writer *json = &response->json;
    struct sql_side_list_rows rows;
    bool may;
    if (!may_see(request, ticket, &may, err) || !list_sides(request, ticket, &rows, err)) return false;
    if (!may) rows.count = 0;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++)
        if (!write_side(request, json, &rows.at[i], err)) return false;
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
    return true;
}

bool get_side_conversations(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    return ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err) && write_list(request, response, ticket->id, err);
}

static void write_delivery(struct json_writer *json, const struct sql_side_messages_row *row) {
    json_key(json, "delivery");
    if (!row->state.data) {
        json_none(json);
        return;
    }
    json_object_begin(json);
    json_put_text(json, "state", row->state);
    json_put_text(json, "detail", row->detail);
    json_object_end(json);
}

static bool write_messages(struct request *request, struct json_writer *json, const struct sql_side_messages_rows *thread, struct error *err) {
    json_key(json, "messages");
    json_array_begin(json);
    for (size_t i = thread->count; i-- > 0;) {
        json_object_begin(json);
        json_key(json, "message");
        if (!message_write(request->tx, thread->at[i].message_id, json, err)) return false;
        write_delivery(json, &thread->at[i]);
        json_object_end(json);
    }
    json_array_end(json);
    return true;
}

static bool write_thread(struct request *request, struct response *response, int64_t id, struct error *err) {
    struct json_writer *json = &response->json;
    struct sql_side_messages_rows thread;
    struct json_list to, cc;
    const struct side *side;
    if (!side_find(request->tx, request->mem, id, &side, err)) return false;
    if (!side) return error_set_key(err, ERR_NOT_FOUND, "side_not_found", "there is no side conversation %" PRId64, id);
    if (!side_thread(request->tx, request->mem, id, INT64_MAX, THREAD_MOST, &thread, err)
        || !side_recipients(request->tx, request->mem, side, &thread, &to, &cc, err))
        return false;
    json_object_begin(json);
    json_put_int(json, "id", id);
    json_put_text(json, "subject", side->subject);
    json_put_text(json, "state", side->state);
    json_put_raw(json, "to", side_addresses_json(request->mem, &to));
    json_put_raw(json, "cc", side_addresses_json(request->mem, &cc));
    if (!write_messages(request, json, &thread, err)) return false;
    json_object_end(json);
    return true;
}

/* --- Which one ---------------------------------------------------------------------------------------------------------- */

/* The one that the path names, if the ticket shows it. */
static bool find_side(struct request *request, const struct ticket *ticket, const struct side **ret_side, struct error *err) {
    bool may = false;
    if (!side_find(request->tx, request->mem, request->id[1], ret_side, err) || !may_see(request, ticket->id, &may, err)) return false;
    bool here = *ret_side && ((*ret_side)->shown_in.value == ticket->id.value || (*ret_side)->home.value == ticket->id.value);
    return (here && may) || error_set_key(err, ERR_NOT_FOUND, "side_not_found", "there is no such side conversation in the ticket");
}

static bool read_side(struct request *request, const struct side **ret_side, struct error *err) {
    const struct ticket *ticket;
    return ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err) && find_side(request, ticket, ret_side, err);
}

/* Held before it is asked for: it may be merged or moved just now. */
static bool hold_ticket(struct request *request, const struct ticket **ret, struct error *err) {
    return ticket_locked(request->tx, (ticket_id){request->id[0]}, ret, err) && ticket_for(request, request->id[0], CAN_TICKETS_REPLY, ret, err);
}

static bool hold_side(struct request *request, const struct ticket **ret_ticket, const struct side **ret_side, struct error *err) {
    return hold_ticket(request, ret_ticket, err) && find_side(request, *ret_ticket, ret_side, err);
}

bool get_side_conversation(struct request *request, struct response *response, struct error *err) {
    const struct side *side;
    return read_side(request, &side, err) && write_thread(request, response, side->id, err);
}

bool post_side_seen(struct request *request, struct response *response, struct error *err) {
    const struct side_seen *body = request->body;
    const struct side *side, *of;
    if (!read_side(request, &side, err) || !side_of_message(request->tx, request->mem, (message_id){body->message}, &of, err)) return false;
    if (!of || of->id != side->id) return error_field(err, "message", "unknown", "there is no message %" PRId64 " in it", body->message);
    const struct sql_side_see in = {.side_id = side->id, .staff_id = request->actor->staff, .message_id = {body->message}};
    return sql_side_see(request->tx, &in, NULL, err) && write_list(request, response, (ticket_id){request->id[0]}, err);
}

/* --- Writing ------------------------------------------------------------------------------------------------------------- */

/* A letter as a body asks for it. */
struct letter_wish {
    struct text subject, text, html;
    struct json_list to, cc, attachments, files;
};

static struct letter_wish wish_of_first(const struct side_conversation_create *body) {
    return (struct letter_wish){text_trim(body->subject), body->text, body->html, body->to, body->cc, body->attachments, body->files};
}

static struct letter_wish wish_of_next(const struct side_message_create *body) {
    return (struct letter_wish){.text = body->text, .html = body->html, .to = body->to, .cc = body->cc, .attachments = body->attachments,
                                .files = body->files};
}

static bool prepare_words(struct request *request, struct text text, struct text html, struct error *err) {
    struct prepared_text *prepared = arena_alloc(request->mem, sizeof *prepared);
    if (!text_prepare(request->mem, text, html, prepared, err)) return false;
    if (text_empty(text_trim(prepared->text))) return error_field(err, "text", "required", "a letter needs a text");
    request->prepared = prepared;
    return true;
}

bool prepare_side_conversation(struct request *request, struct response *response, struct error *err) {
    const struct side_conversation_create *body = request->body;
    return prepare_words(request, body->text, body->html, err);
}

bool prepare_side_message(struct request *request, struct response *response, struct error *err) {
    const struct side_message_create *body = request->body;
    return prepare_words(request, body->text, body->html, err);
}

static bool add_ticket_files(struct request *request, ticket_id ticket, const struct json_list *ids, struct message_file *files, struct error *err) {
    const int64_t *at = ids->at;
    for (size_t i = 0; i < ids->count; i++) {
        if (!ticket_file(request->tx, &request->tx->mem, ticket, (attachment_id){at[i]}, &files[i], err)) return false;
        if (!files[i].hash.data) return error_field(err, "files", "unknown", "the ticket shows no file %" PRId64, at[i]);
    }
    return true;
}

static bool gather_files(struct request *request, ticket_id ticket, const struct letter_wish *wish, struct message_writing *writing, struct error *err) {
    size_t uploads = wish->attachments.count;
    struct message_file *files = arena_array(request->mem, uploads + wish->files.count, sizeof *files);
    const int64_t *at = wish->attachments.at;
    for (size_t i = 0; i < uploads; i++) files[i].upload = (attachment_id){at[i]};
    writing->files = files;
    writing->file_count = uploads + wish->files.count;
    return add_ticket_files(request, ticket, &wish->files, files + uploads, err);
}

/* Nothing of the ticket's own thread goes along: no quote, no reference, no subject. */
static bool write_letter(struct request *request, const struct ticket *ticket, const struct side *side, const struct letter_wish *wish,
                         message_id *ret_id, struct error *err) {
    struct tx *tx = request->tx;
    const struct prepared_text *prepared = request->prepared;
    struct doer doer = doer_of(request);
    int64_t leaves = leaves_at(request);
    struct message_writing writing = {
        .ticket = ticket->id, .home = side->home, .direction = DIRECTION_OUT, .audience = AUDIENCE_INTERNAL, .kind = MESSAGE_KIND_SIDE,
        .author_staff = request->actor->staff, .from_name = request->actor->name, .to_list = side_addresses_json(&tx->mem, &wish->to),
        .cc_list = side_addresses_json(&tx->mem, &wish->cc), .subject = wish->subject, .text = prepared->text, .html = prepared->html,
        .mailbox = ticket->mailbox, .is_letter = true,
    };
    if (!side_check_recipients(tx, side, &wish->to, "to", err) || !side_check_recipients(tx, side, &wish->cc, "cc", err)
        || !gather_files(request, ticket->id, wish, &writing, err) || !message_add(tx, &doer, &writing, ret_id, err))
        return false;
    const struct sql_side_message_add in = {.message_id = *ret_id, .side_id = side->id, .state = text_of(leaves > tx->now ? "held" : "queued"),
                                            .next_at = leaves > tx->now ? leaves : tx->now};
    return sql_side_message_add(tx, &in, NULL, err);
}

static bool tell(struct request *request, const struct side *side, const char *kind, struct error *err) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    struct doer doer = doer_of(request);
    json_object_begin(&json);
    json_put_int(&json, "side", side->id);
    json_put_text(&json, "subject", side->subject);
    json_object_end(&json);
    return side_tell(request->tx, &doer, side, kind, buffer_text(&out), err);
}

bool post_side_conversation(struct request *request, struct response *response, struct error *err) {
    const struct letter_wish wish = wish_of_first(request->body);
    const struct sql_side_add_row *made;
    const struct ticket *ticket;
    struct sql_side_list_rows rows;
    message_id id;
    if (!hold_ticket(request, &ticket, err) || !list_sides(request, ticket->id, &rows, err)) return false;
    if (text_empty(wish.subject)) return error_field(err, "subject", "required", "a side conversation has a subject");
    if (rows.count >= SIDES_MOST) return error_set_key(err, ERR_CONFLICT, "sides_full", "a ticket has %d side conversations at most", SIDES_MOST);
    const struct sql_side_add in = {.ticket_id = ticket->id, .subject = wish.subject, .starter_id = request->actor->staff.value,
                                    .created_at = request->tx->now};
    if (!sql_side_add(request->tx, request->mem, &in, &made, err)) return false;
    const struct side side = {.id = made->side_id, .home = ticket->id, .shown_in = ticket->id, .subject = wish.subject,
                              .state = text_of("open"), .starter = request->actor->staff};
    response->status = 201;
    return write_letter(request, ticket, &side, &wish, &id, err) && tell(request, &side, "side.begun", err)
           && write_thread(request, response, side.id, err);
}

static bool put_state(struct request *request, const struct side *side, const char *state, bool *ret_changed, struct error *err) {
    int64_t changed = 0;
    if (!sql_side_put_state(request->tx, &(struct sql_side_put_state){.side_id = side->id, .state = text_of(state)}, &changed, err)) return false;
    *ret_changed = changed > 0;
    return true;
}

/* The subject of the side conversation, marked as an answer once the third party has written. */
static struct text next_subject(struct request *request, const struct side *side, const struct sql_side_messages_rows *thread) {
    bool answers = false;
    for (size_t i = 0; i < thread->count; i++) answers |= thread->at[i].direction == DIRECTION_IN;
    if (!answers || text_starts_nocase(side->subject, "re:") || text_starts_nocase(side->subject, "aw:")) return side->subject;
    return text_printf(&request->tx->mem, "Re: %.*s", (int)side->subject.size, side->subject.data);
}

bool post_side_message(struct request *request, struct response *response, struct error *err) {
    struct letter_wish wish = wish_of_next(request->body);
    const struct ticket *ticket;
    const struct side *side;
    struct sql_side_messages_rows thread;
    struct json_list to, cc;
    message_id id;
    bool changed;
    if (!hold_side(request, &ticket, &side, err) || !side_thread(request->tx, request->mem, side->id, INT64_MAX, THREAD_MOST, &thread, err)
        || !side_recipients(request->tx, request->mem, side, &thread, &to, &cc, err))
        return false;
    if (!wish.to.count) {
        wish.to = to;
        if (!wish.cc.count) wish.cc = cc;
    }
    if (!wish.to.count) return error_field(err, "to", "required", "there is nobody to write to");
    wish.subject = next_subject(request, side, &thread);
    response->status = 201;
    return write_letter(request, ticket, side, &wish, &id, err) && put_state(request, side, "open", &changed, err)
           && write_thread(request, response, side->id, err);
}

/* --- What became of a letter ---------------------------------------------------------------------------------------------- */

static bool find_letter(struct request *request, const struct side **ret_side, struct error *err) {
    const struct ticket *ticket;
    const struct side *of;
    if (!hold_side(request, &ticket, ret_side, err) || !side_of_message(request->tx, request->mem, (message_id){request->id[2]}, &of, err)) return false;
    return (of && of->id == (*ret_side)->id)
           || error_set_key(err, ERR_NOT_FOUND, "message_not_found", "there is no message %" PRId64 " in it", request->id[2]);
}

static bool spoke_last(struct request *request, const struct side *side, const char **ret_state, struct error *err) {
    struct sql_side_messages_rows thread;
    *ret_state = "open";
    if (!side_thread(request->tx, request->mem, side->id, INT64_MAX, THREAD_MOST, &thread, err)) return false;
    for (size_t i = 0; i < thread.count; i++) {
        const struct sql_side_messages_row *row = &thread.at[i];
        if (row->direction == DIRECTION_IN && (row->is_unverified || row->is_automatic)) continue;
        if (row->direction == DIRECTION_IN) *ret_state = "answered";
        return true;
    }
    return true;
}

bool post_side_message_undo(struct request *request, struct response *response, struct error *err) {
    const struct side *side;
    const char *state;
    struct doer doer = doer_of(request);
    message_id id = {request->id[2]};
    int64_t cancelled = 0;
    bool changed;
    if (!find_letter(request, &side, err) || !sql_side_cancel(request->tx, &(struct sql_side_cancel){.message_id = id}, &cancelled, err)) return false;
    if (!cancelled) return error_set_key(err, ERR_CONFLICT, "message_sent", "the letter is on its way already");
    return spoke_last(request, side, &state, err) && put_state(request, side, state, &changed, err)
           && side_tell_delivery(request->tx, &doer, side, id, "cancelled", (struct text){0}, err) && write_thread(request, response, side->id, err);
}

bool post_side_message_retry(struct request *request, struct response *response, struct error *err) {
    const struct side *side;
    struct doer doer = doer_of(request);
    message_id id = {request->id[2]};
    int64_t changed = 0;
    if (!find_letter(request, &side, err)
        || !sql_side_retry(request->tx, &(struct sql_side_retry){.message_id = id, .next_at = request->tx->now}, &changed, err))
        return false;
    if (!changed) return error_set_key(err, ERR_CONFLICT, "message_not_failed", "the letter has not failed");
    return side_tell_delivery(request->tx, &doer, side, id, "queued", (struct text){0}, err) && write_thread(request, response, side->id, err);
}

/* --- Done, and not ------------------------------------------------------------------------------------------------------- */

bool post_side_close(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    const struct side *side;
    bool changed;
    if (!hold_side(request, &ticket, &side, err) || !put_state(request, side, "done", &changed, err)) return false;
    return (!changed || tell(request, side, "side.closed", err)) && write_thread(request, response, side->id, err);
}

bool post_side_reopen(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    const struct side *side;
    const char *state;
    bool changed;
    if (!hold_side(request, &ticket, &side, err)) return false;
    if (!text_is(side->state, "done")) return write_thread(request, response, side->id, err);
    return spoke_last(request, side, &state, err) && put_state(request, side, state, &changed, err) && tell(request, side, "side.reopened", err)
           && write_thread(request, response, side->id, err);
}
