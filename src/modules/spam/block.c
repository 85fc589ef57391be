/* Blocking whoever wrote a ticket: one operation with the flag of the ticket, and its inverse. */
#include "modules/people/people.h"
#include "modules/spam/spam_private.h"
#include "modules/tickets/back.h"
#include "platform/operations/operations.h"

#include <jansson.h>

/* What is blocked already, by itself or by a domain, needs no second entry. */
static bool list_sender(struct tx *tx, const struct doer *doer, const struct blocking *blocking, int64_t *ret_sender, struct error *err) {
    struct spam_listed listed;
    struct sender_wish wish = {.pattern = blocking->address, .reason = blocking->reason, .expires_at = blocking->expires_at, .author = {doer->id}};
    *ret_sender = 0;
    if (!spam_sender_look(tx, &tx->mem, blocking->address, &listed, err)) return false;
    if (listed.is_blocked) return true;
    if (blocking->whole_domain) wish.pattern = sender_domain(sender_normal(&tx->mem, blocking->address));
    if (blocking->whole_domain && domain_is_public(wish.pattern))
        return error_field(err, "whole_domain", "sender_public_domain", "everybody can have an address there");
    return sender_add(tx, doer, &wish, ret_sender, err);
}

bool sender_block(struct tx *tx, const struct doer *doer, const struct blocking *blocking, int64_t *ret_operation, struct error *err) {
    const struct ticket_change change = {.has_spam = true, .is_spam = true};
    const struct ticket *ticket = blocking->ticket;
    int64_t sender;
    if (!list_sender(tx, doer, blocking, &sender, err) || !ticket_apply(tx, doer, ticket->id, &change, err)) return false;
    struct text data = text_printf(&tx->mem, "{\"ticket\":%" PRId64 ",\"sender\":%" PRId64 ",\"changes\":{%s}}", ticket->id.value, sender,
                                   ticket->is_spam ? "" : "\"spam\":[\"no\",\"yes\"]");
    struct text summary = text_printf(&tx->mem, "{\"ticket\":%" PRId64 ",\"sender\":%" PRId64 "}", ticket->id.value, sender);
    const struct operation_record record = {.kind = "ticket.block_sender", .actor = doer->kind, .actor_id = doer->id, .summary = summary,
                                            .data = data, .tickets = &ticket->id, .ticket_count = 1};
    return operation_add(tx, &record, ret_operation, err);
}

static bool undo(struct undoing *undoing, struct error *err) {
    struct text text = undoing->operation->data;
    json_auto_t *data = json_loadb(text.data, text.size, 0, NULL);
    const struct doer doer = {.kind = undoing->actor, .id = undoing->actor_id};
    ticket_id ticket = {json_integer_value(json_object_get(data, "ticket"))};
    int64_t sender = json_integer_value(json_object_get(data, "sender"));
    const struct sql_spam_sender_row_row *row = NULL;
    const struct ticket *now;
    struct actor actor = {0};
    bool found = false;
    if (!ticket_find(undoing->tx, undoing->mem, ticket, &now, err)) return false;
    if (!now || now->merged_into.value) undoing->refused = now ? "ticket_merged" : "ticket_not_found";
    if (undoing->refused) return true;
    if (!actor_load(undoing->tx, undoing->mem, (staff_id){undoing->actor_id}, &actor, &found, err)) return false;
    if (!found || !actor_may(&actor, CAN_SPAM_BLOCK)) undoing->refused = "forbidden";
    if (undoing->refused) return true;
    if (sender && !sql_spam_sender_row(undoing->tx, undoing->mem, &(struct sql_spam_sender_row){.sender_id = sender}, &row, err)) return false;
    if (sender && !row) undoing_keep(undoing, "sender", "changed", ticket, 0);
    if (row && !undoing->is_trial && !sender_remove(undoing->tx, &doer, row, err)) return false;
    return back_fields(undoing, ticket, json_object_get(data, "changes"), err);
}

const struct operation_kind block_operation = {"ticket.block_sender", CAN_TICKETS_CHANGE, undo};
