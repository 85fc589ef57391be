/* The letter that tells a customer under which number their matter goes on. A program's letter: it stops no clock and answers nothing. */
#include "api/modules_tickets.h"
#include "modules/tickets/tickets_private.h"

#include "base/clock.h"

static const int64_t UNDO_TIME = 10 * SECOND;

static void add_label(struct buffer *out, struct text label) {
    int64_t bare;
    if (text_to_int(label, &bare)) buffer_add_char(out, '#');
    buffer_add_text(out, label);
}

/* {from} and {to} in the words become the numbers. */
static struct text fill(struct arena *mem, const char *words, struct text from, struct text to) {
    struct buffer out = {.mem = mem};
    for (const char *at = words; *at; at++) {
        bool is_from = strncmp(at, "{from}", 6) == 0, is_to = strncmp(at, "{to}", 4) == 0;
        if (is_from || is_to) add_label(&out, is_from ? from : to);
        else buffer_add_char(&out, *at);
        at += is_from ? 5 : is_to ? 3 : 0;
    }
    return buffer_text(&out);
}

static struct text to_requester(struct arena *mem, const struct sql_ticket_requester_row *requester) {
    struct address address = {.name = requester->name, .email = requester->email};
    const struct json_list list = {1, &address};
    return addresses_json(mem, &list);
}

/* In the thread of what they wrote last, so that it stands beside it in their mailbox. */
bool pointer_send(struct tx *tx, const struct doer *doer, const struct pointer *pointer, message_id *ret_id, struct error *err) {
    const struct sql_ticket_requester_row *requester;
    const struct sql_message_of_requester_row *last;
    const struct sql_team_language_row *team;
    if (!sql_ticket_requester(tx, &tx->mem, &(struct sql_ticket_requester){.ticket_id = pointer->asks->id}, &requester, err)
        || !sql_message_of_requester(tx, &tx->mem, &(struct sql_message_of_requester){.ticket_id = pointer->asks->id}, &last, err)
        || !sql_team_language(tx, &tx->mem, &(struct sql_team_language){.team_id = pointer->asks->team}, &team, err))
        return false;
    if (!requester || text_empty(requester->email)) return true;
    struct text reference = last ? last->header_id : (struct text){0};
    const struct message_writing writing = {
        .ticket = pointer->to->id, .direction = DIRECTION_OUT, .audience = AUDIENCE_PUBLIC, .kind = "mail", .from_name = team ? team->name : (struct text){0},
        .to_list = to_requester(&tx->mem, requester), .in_reply_to = reference, .references = {reference.data ? 1 : 0, &reference},
        .subject = text_printf(&tx->mem, "Re: %.*s", (int)pointer->asks->subject.size, pointer->asks->subject.data),
        .text = fill(&tx->mem, words_for(pointer->words, team ? team->language : text_of("de")), pointer->from->label, pointer->to->label),
        .mailbox = pointer->asks->mailbox, .is_automatic = true, .deliver_by = "mail", .deliver_at = tx->now + UNDO_TIME,
    };
    return message_add(tx, doer, &writing, ret_id, err);
}

bool pointer_undo(struct undoing *undoing, message_id id, ticket_id ticket, struct error *err) {
    const struct sql_delivery_state_row *delivery;
    struct doer doer = back_doer(undoing);
    if (!id.value) return true;
    if (!sql_delivery_state(undoing->tx, undoing->mem, &(struct sql_delivery_state){.message_id = id}, &delivery, err)) return false;
    if (!delivery || text_is(delivery->state, "cancelled")) return true;
    if (text_is(delivery->state, "held")) return undoing->is_trial || message_undo(undoing->tx, &doer, id, err);
    undoing_keep(undoing, "pointer", "sent", ticket, 1);
    return true;
}
