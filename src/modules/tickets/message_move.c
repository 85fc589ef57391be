/* Messages go to the ticket where they belong, one or several of a ticket at once, and both tickets are then as if they had always
 * been there. Each move is an operation; taking it back stands in message_move_undo.c. */
#include "modules/tickets/tickets_private.h"

struct moving {
    struct tx *tx;
    const struct doer *doer;
    const struct messages_moving *wish;
    const struct sql_message_row_row **messages;
    ticket_id from, to;
    bool is_new;
    struct buffer data;
    struct json_writer json;
};

/* The lower id first, so that two who move in opposite directions don't wait for each other. */
bool tickets_hold(struct tx *tx, ticket_id a, ticket_id b, struct error *err) {
    bool swapped = b.value && b.value < a.value;
    return (!b.value || ticket_hold(tx, swapped ? b : a, err)) && ticket_hold(tx, swapped || !b.value ? a : b, err);
}

static struct message_writing writing_of(const struct sql_message_row_row *message) {
    return (struct message_writing){.direction = (enum direction)message->direction, .audience = (enum audience)message->audience,
                                    .author_person = message->author_person_id, .author_staff = message->author_staff_id,
                                    .is_automatic = message->is_automatic};
}

/* --- May they? ----------------------------------------------------------------------------------------------------------- */

/* An answer that is on its way must not change its ticket under the hands of who sends it. */
static bool check_answer(const struct moving *moving, const struct sql_message_row_row *message, struct error *err) {
    const struct sql_delivery_state_row *delivery;
    if (message->direction != DIRECTION_OUT || message->audience != AUDIENCE_PUBLIC) return true;
    if (!moving->wish->with_answers) return error_set_key(err, ERR_CONFLICT, "message_sent", "an answer stays where it was written");
    if (!sql_delivery_state(moving->tx, &moving->tx->mem, &(struct sql_delivery_state){.message_id = message->message_id}, &delivery, err)) return false;
    if (!delivery || text_is(delivery->state, "sent") || text_is(delivery->state, "failed") || text_is(delivery->state, "bounced")
        || text_is(delivery->state, "cancelled"))
        return true;
    return error_set_key(err, ERR_CONFLICT, "message_leaving", "message %" PRId64 " is on its way just now", message->message_id.value);
}

static bool read_message(struct moving *moving, size_t i, struct error *err) {
    const struct sql_message_row_row *message;
    message_id id = moving->wish->ids[i];
    if (!sql_message_row(moving->tx, &moving->tx->mem, &(struct sql_message_row){.message_id = id}, &message, err)) return false;
    if (!message) return error_set_key(err, ERR_NOT_FOUND, "message_not_found", "there is no message %" PRId64, id.value);
    if (i > 0 && message->ticket_id.value != moving->from.value)
        return error_field(err, "messages", "elsewhere", "message %" PRId64 " is in another ticket", id.value);
    if (text_is(message->kind, "side"))
        return error_set_key(err, ERR_CONFLICT, "message_of_side", "message %" PRId64 " belongs to a side conversation", id.value);
    moving->from = message->ticket_id;
    moving->messages[i] = message;
    return check_answer(moving, message, err);
}

static bool read_messages(struct moving *moving, struct error *err) {
    moving->messages = arena_array(&moving->tx->mem, moving->wish->count, sizeof(const struct sql_message_row_row *));
    for (size_t i = 0; i < moving->wish->count; i++)
        if (!read_message(moving, i, err)) return false;
    return moving->to.value != moving->from.value || error_field(err, "ticket", "same", "the message is there already");
}

/* As a letter that arrives: it opens the ticket, or comes too late for it. */
static bool check_target(const struct moving *moving, struct error *err) {
    const struct ticket *ticket, *from;
    if (!ticket_find(moving->tx, &moving->tx->mem, moving->to, &ticket, err) || !ticket_find(moving->tx, &moving->tx->mem, moving->from, &from, err))
        return false;
    if (!ticket) return error_field(err, "ticket", "unknown", "there is no ticket %" PRId64, moving->to.value);
    if (ticket->merged_into.value) return ticket_refuse_merged(ticket, err);
    if (!ticket_stays_inside(moving->tx, from->team, ticket->team, "ticket", err)) return false;
    for (size_t i = 0; i < moving->wish->count; i++) {
        const struct message_writing writing = writing_of(moving->messages[i]);
        bool takes = true;
        if (state_after(ticket, &writing) && !ticket_takes_replies(moving->tx, ticket, &takes, err)) return false;
        if (!takes) return error_set_key(err, ERR_CONFLICT, "ticket_closed", "ticket %" PRId64 " takes no more replies", ticket->id.value);
    }
    return true;
}

/* --- Moving -------------------------------------------------------------------------------------------------------------- */

/* Who wrote the first of them asks; it waits since then. */
static bool open_target(struct moving *moving, struct error *err) {
    const struct sql_message_row_row *first = moving->messages[0];
    const struct text subject = text_empty(moving->wish->subject) ? first->subject : moving->wish->subject;
    person_id requester = first->requester_id;
    for (size_t i = moving->wish->count; i-- > 0;)
        if (moving->messages[i]->author_person_id.value) requester = moving->messages[i]->author_person_id;
    const struct ticket_opening opening = {
        .subject = text_empty(subject) ? first->ticket_subject : subject, .requester = requester, .team = first->team_id,
        .mailbox = first->mailbox_id, .channel = text_string(&moving->tx->mem, first->channel), .follows = first->ticket_id,
        .created_at = first->created_at,
    };
    const struct ticket *opened;
    if (!ticket_open(moving->tx, moving->doer, &opening, &opened, err)) return false;
    moving->to = opened->id;
    moving->is_new = true;
    return true;
}

static void note_message(struct moving *moving, const struct sql_message_row_row *message) {
    json_object_begin(&moving->json);
    json_put_int(&moving->json, "id", message->message_id.value);
    json_put_int(&moving->json, "home", message->home_id);
    json_put_text(&moving->json, "decision", message->decision);
    json_put_text(&moving->json, "reasons", message->reasons);
    json_put_bool(&moving->json, "unverified", message->is_unverified);
    json_object_end(&moving->json);
}

/* Whoever moves a letter says where it belongs. Nobody who moves what came by a form has seen who sent it: that stays as open as it was,
 * and so do the reasons that say why. */
static struct text reasons_of(struct arena *mem, const struct sql_message_row_row *message) {
    static const char *const moved = "moved by a person";
    json_auto_t *reasons = is_by_form(message) ? json_loadb(message->reasons.data, message->reasons.size, 0, NULL) : NULL;
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    const json_t *one;
    size_t i;
    json_array_begin(&json);
    json_array_foreach(reasons, i, one)
        if (strcmp(json_string_value(one), moved) != 0) json_text(&json, text_of(json_string_value(one)));
    json_text(&json, text_of(moved));
    json_array_end(&json);
    return buffer_text(&out);
}

static bool relocate(struct moving *moving, struct error *err) {
    json_key(&moving->json, "messages");
    json_array_begin(&moving->json);
    for (size_t i = 0; i < moving->wish->count; i++) {
        const struct sql_message_row_row *message = moving->messages[i];
        const struct sql_message_relocate in = {.message_id = message->message_id, .ticket_id = moving->to, .shown_in_id = moving->to.value,
                                                .decision = text_of("moved"), .reasons = reasons_of(&moving->tx->mem, message),
                                                .is_unverified = is_by_form(message) && message->is_unverified};
        if (!sql_message_relocate(moving->tx, &in, NULL, err)) return false;
        note_message(moving, message);
    }
    json_array_end(&moving->json);
    return ticket_recount(moving->tx, moving->from, err) && ticket_recount(moving->tx, moving->to, err);
}

/* Who wrote one of them reads along; a supplier is no customer of the other ticket either. */
static bool add_authors(struct moving *moving, struct error *err) {
    json_key(&moving->json, "participants");
    json_array_begin(&moving->json);
    for (size_t i = 0; i < moving->wish->count; i++) {
        int64_t added = 0;
        struct participation part;
        person_id author = moving->messages[i]->author_person_id;
        if (!author.value) continue;
        if (!participation_of(moving->tx, moving->from, author, &part, err)) return false;
        const struct sql_participant_insert in = {.ticket_id = moving->to, .person_id = author, .role = text_of(part.is_third_party ? "third_party" : "cc"),
                                                  .created_at = moving->tx->now};
        if (!sql_participant_insert(moving->tx, &in, &added, err)) return false;
        if (!added) continue;
        json_object_begin(&moving->json);
        json_put_int(&moving->json, "person", author.value);
        json_put_text(&moving->json, "role", in.role);
        json_object_end(&moving->json);
    }
    json_array_end(&moving->json);
    return true;
}

static bool open_by_messages(struct moving *moving, struct error *err) {
    const struct ticket *before, *after;
    struct tx *tx = moving->tx;
    if (!ticket_find(tx, &tx->mem, moving->to, &before, err)) return false;
    after = before;
    for (size_t i = 0; i < moving->wish->count; i++) {
        const struct message_writing writing = writing_of(moving->messages[i]);
        if (!follow_state(tx, after, &writing, moving->messages[i]->message_id, err) || !ticket_find(tx, &tx->mem, moving->to, &after, err)) return false;
    }
    state_note(&moving->json, "opened", before, after);
    return true;
}

/* What were its only messages have taken the matter with them. */
static bool close_emptied(struct moving *moving, struct error *err) {
    struct tx *tx = moving->tx;
    const struct ticket *from, *closed;
    if (!ticket_find(tx, &tx->mem, moving->from, &from, err)) return false;
    if (from->message_count > 0 || from->merged_into.value) return true;
    const struct sql_ticket_link_add link = {.from_id = moving->from.value, .to_id = moving->to.value, .kind = text_of("related"), .created_at = tx->now};
    if (!moving->is_new && !sql_ticket_link_add(tx, &link, NULL, err)) return false;
    if (from->category == CATEGORY_CLOSED) return true;
    struct doer doer = *moving->doer;
    doer.cause = text_printf(&tx->mem, "message %" PRId64 " moved", moving->messages[0]->message_id.value);
    if (!ticket_apply(tx, &doer, moving->from, &(struct ticket_change){.has_state = true, .state = text_of("closed")}, err)
        || !ticket_find(tx, &tx->mem, moving->from, &closed, err))
        return false;
    state_note(&moving->json, "closed", from, closed);
    return true;
}

/* Who asks in the new one hears of its number. */
static bool send_pointer(struct moving *moving, struct error *err) {
    struct tx *tx = moving->tx;
    const struct ticket *from, *to;
    message_id id = {0};
    if (!moving->wish->tells || !moving->is_new) return true;
    if (!ticket_find(tx, &tx->mem, moving->from, &from, err) || !ticket_find(tx, &tx->mem, moving->to, &to, err)) return false;
    const struct pointer pointer = {.from = from, .to = to, .asks = to, .words = "pointer_split"};
    if (!pointer_send(tx, moving->doer, &pointer, &id, err)) return false;
    json_put_id(&moving->json, "pointer", id.value);
    return true;
}

/* --- Writing it down ------------------------------------------------------------------------------------------------------ */

static bool record(struct moving *moving, int64_t *ret_operation, struct error *err) {
    struct tx *tx = moving->tx;
    const struct sql_message_last_row *last;
    const ticket_id tickets[] = {moving->from, moving->to};
    if (!sql_message_last(tx, &tx->mem, &last, err)) return false;
    json_put_int(&moving->json, "from", moving->from.value);
    json_put_int(&moving->json, "to", moving->to.value);
    json_put_int(&moving->json, "last", last ? last->message_id.value : 0);
    json_object_end(&moving->json);
    const struct operation_record in = {
        .kind = moving->is_new ? "ticket.split" : "message.move", .actor = moving->doer->kind, .actor_id = moving->doer->id,
        .summary = text_printf(&tx->mem, "{\"from\":%" PRId64 ",\"to\":%" PRId64 ",\"messages\":%zu}", moving->from.value, moving->to.value,
                               moving->wish->count),
        .data = buffer_text(&moving->data), .tickets = tickets, .ticket_count = COUNT_OF(tickets),
    };
    return operation_add(tx, &in, ret_operation, err);
}

static bool tell(const struct moving *moving, int64_t operation, struct error *err) {
    struct tx *tx = moving->tx;
    const struct ticket *from, *to;
    if (!ticket_find(tx, &tx->mem, moving->from, &from, err) || !ticket_find(tx, &tx->mem, moving->to, &to, err)) return false;
    for (size_t i = 0; i < moving->wish->count; i++) {
        struct text data = text_printf(&tx->mem, "{\"message\":%" PRId64 ",\"ticket\":[%" PRId64 ",%" PRId64 "],\"operation\":%" PRId64 "}",
                                       moving->messages[i]->message_id.value, moving->from.value, moving->to.value, operation);
        ticket_event(tx, moving->doer, from, "message.moved", data, true);
        ticket_event(tx, moving->doer, to, "message.moved", data, true);
    }
    return true;
}

static void begin(struct moving *moving) {
    moving->data = (struct buffer){.mem = &moving->tx->mem};
    moving->json = json_writer(&moving->data);
    json_object_begin(&moving->json);
}

bool messages_move(struct tx *tx, const struct doer *doer, const struct messages_moving *wish, struct messages_moved *ret, struct error *err) {
    struct moving moving = {.tx = tx, .doer = doer, .wish = wish, .to = wish->to};
    begin(&moving);
    if (!read_messages(&moving, err) || !tickets_hold(tx, moving.from, moving.to, err)) return false;
    if (!(moving.to.value ? check_target(&moving, err) : open_target(&moving, err))) return false;
    if (!relocate(&moving, err) || !add_authors(&moving, err) || !open_by_messages(&moving, err) || !close_emptied(&moving, err)
        || !send_pointer(&moving, err) || !record(&moving, &ret->operation, err) || !tell(&moving, ret->operation, err))
        return error_context(err, "moving messages of ticket %" PRId64, moving.from.value);
    ret->ticket = moving.to;
    return true;
}

bool message_move(struct tx *tx, const struct doer *doer, message_id id, ticket_id to, ticket_id *ret_ticket, struct error *err) {
    const struct messages_moving wish = {.ids = &id, .count = 1, .to = to};
    struct messages_moved moved;
    if (!messages_move(tx, doer, &wish, &moved, err)) return false;
    *ret_ticket = moved.ticket;
    return true;
}
