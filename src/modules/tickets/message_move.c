/* A message goes to the ticket where it belongs, and both tickets are then as if it had always been there. */
#include "modules/tickets/tickets_private.h"

struct moving {
    struct tx *tx;
    const struct doer *doer;
    const struct sql_message_row_row *message;
    ticket_id from, to;
};

/* The lower id first, so that two who move in opposite directions don't wait for each other. */
static bool lock_both(struct tx *tx, ticket_id a, ticket_id b, struct error *err) {
    bool swapped = b.value && b.value < a.value;
    return (!b.value || ticket_hold(tx, swapped ? b : a, err)) && ticket_hold(tx, swapped || !b.value ? a : b, err);
}

static struct message_writing writing_of(const struct sql_message_row_row *message) {
    return (struct message_writing){.direction = (enum direction)message->direction, .audience = (enum audience)message->audience,
                                    .author_person = message->author_person_id, .author_staff = message->author_staff_id,
                                    .is_automatic = message->is_automatic};
}

/* As a letter that arrives: it opens the ticket, or comes too late for it. */
static bool check_target(const struct moving *moving, struct error *err) {
    const struct ticket *ticket;
    const struct message_writing writing = writing_of(moving->message);
    bool takes = true;
    if (!ticket_find(moving->tx, &moving->tx->mem, moving->to, &ticket, err)) return false;
    if (!ticket) return error_field(err, "ticket", "unknown", "there is no ticket %" PRId64, moving->to.value);
    if (ticket->merged_into.value)
        return error_set_key(err, ERR_CONFLICT, "ticket_merged", "ticket %" PRId64 " was merged", ticket->id.value);
    if (state_after(ticket, &writing) && !ticket_takes_replies(moving->tx, ticket, &takes, err)) return false;
    return takes || error_set_key(err, ERR_CONFLICT, "ticket_closed", "ticket %" PRId64 " takes no more replies", ticket->id.value);
}

static bool open_target(struct moving *moving, struct error *err) {
    const struct sql_message_row_row *message = moving->message;
    const struct ticket_opening opening = {
        .subject = text_empty(message->subject) ? message->ticket_subject : message->subject,
        .requester = message->author_person_id.value ? message->author_person_id : message->requester_id,
        .team = message->team_id, .mailbox = message->mailbox_id, .channel = text_string(&moving->tx->mem, message->channel),
        .follows = message->ticket_id, .created_at = message->created_at,
    };
    const struct ticket *opened;
    if (!ticket_open(moving->tx, moving->doer, &opening, &opened, err)) return false;
    moving->to = opened->id;
    return true;
}

static struct text moved_data(const struct moving *moving) {
    return text_printf(&moving->tx->mem, "{\"message\":%" PRId64 ",\"ticket\":[%" PRId64 ",%" PRId64 "]}", moving->message->message_id.value,
                       moving->from.value, moving->to.value);
}

/* A supplier is no customer of the other ticket either. */
static bool join_author(const struct moving *moving, struct error *err) {
    struct participation part;
    person_id author = moving->message->author_person_id;
    if (!author.value) return true;
    return participation_of(moving->tx, moving->from, author, &part, err)
           && participant_add(moving->tx, moving->to, author, part.is_third_party ? "third_party" : "cc", err);
}

static bool relocate(const struct moving *moving, struct error *err) {
    struct tx *tx = moving->tx;
    const struct sql_message_row_row *message = moving->message;
    const struct ticket *from, *to;
    const struct sql_message_relocate in = {.message_id = message->message_id, .ticket_id = moving->to, .decision = text_of("moved"),
                                            .reasons = text_of("[\"moved by a person\"]")};
    if (!sql_message_relocate(tx, &in, NULL, err) || !ticket_recount(tx, moving->from, err) || !ticket_recount(tx, moving->to, err)) return false;
    if (!join_author(moving, err)) return false;
    if (!ticket_find(tx, &tx->mem, moving->from, &from, err) || !ticket_find(tx, &tx->mem, moving->to, &to, err)) return false;
    ticket_event(tx, moving->doer, from, "message.moved", moved_data(moving), true);
    ticket_event(tx, moving->doer, to, "message.moved", moved_data(moving), true);
    const struct message_writing writing = writing_of(message);
    return follow_state(tx, to, &writing, message->message_id, err);
}

/* What was its only message has taken the matter with it. */
static bool close_emptied(const struct moving *moving, bool is_new, struct error *err) {
    struct tx *tx = moving->tx;
    const struct ticket *from;
    if (!ticket_find(tx, &tx->mem, moving->from, &from, err)) return false;
    if (from->message_count > 0 || from->merged_into.value) return true;
    const struct sql_ticket_link_add link = {.from_id = moving->from.value, .to_id = moving->to.value, .kind = text_of("related"), .created_at = tx->now};
    if (!is_new && !sql_ticket_link_add(tx, &link, NULL, err)) return false;
    if (from->category == CATEGORY_CLOSED) return true;
    struct doer doer = *moving->doer;
    doer.cause = text_printf(&tx->mem, "message %" PRId64 " moved", moving->message->message_id.value);
    return ticket_apply(tx, &doer, moving->from, &(struct ticket_change){.has_state = true, .state = text_of("closed")}, err);
}

bool message_move(struct tx *tx, const struct doer *doer, message_id id, ticket_id to, ticket_id *ret_ticket, struct error *err) {
    struct moving moving = {.tx = tx, .doer = doer, .to = to};
    const struct sql_message_row_row *message;
    if (!sql_message_row(tx, &tx->mem, &(struct sql_message_row){.message_id = id}, &message, err)) return false;
    if (!message) return error_set_key(err, ERR_NOT_FOUND, "message_not_found", "there is no message %" PRId64, id.value);
    if (message->direction == DIRECTION_OUT && message->audience == AUDIENCE_PUBLIC)
        return error_set_key(err, ERR_CONFLICT, "message_sent", "an answer stays where it was written");
    if (to.value == message->ticket_id.value) return error_field(err, "ticket", "same", "the message is there already");
    moving.message = message;
    moving.from = message->ticket_id;
    if (!lock_both(tx, moving.from, to, err) || !(to.value ? check_target(&moving, err) : open_target(&moving, err))) return false;
    if (!relocate(&moving, err) || !close_emptied(&moving, !to.value, err)) return error_context(err, "moving message %" PRId64, id.value);
    *ret_ticket = moving.to;
    return true;
}
