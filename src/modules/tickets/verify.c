/* What came in somebody's name, and is theirs after all. */
#include "modules/tickets/tickets_private.h"

bool is_by_form(const struct sql_message_row_row *message) {
    return text_is(message->kind, "form") && message->direction == DIRECTION_IN;
}

static bool prove(struct tx *tx, const struct doer *doer, const struct ticket *ticket, message_id id, struct error *err) {
    if (!sql_message_proven(tx, &(struct sql_message_proven){.message_id = id}, NULL, err)) return false;
    ticket_event(tx, doer, ticket, "message.verified", text_printf(&tx->mem, "{\"message\":%" PRId64 "}", id.value), false);
    return true;
}

bool messages_verify(struct tx *tx, const struct doer *doer, ticket_id id, struct text address, bool *ret_any, struct error *err) {
    struct sql_message_claimed_rows rows;
    const struct ticket *ticket;
    *ret_any = false;
    if (!ticket_hold(tx, id, err) || !ticket_find(tx, &tx->mem, id, &ticket, err)) return false;
    if (!ticket || text_empty(address)) return true;
    if (!sql_message_claimed(tx, &tx->mem, &(struct sql_message_claimed){.ticket_id = id, .address = address}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++)
        if (!prove(tx, doer, ticket, rows.at[i].message_id, err)) return false;
    *ret_any = rows.count > 0;
    return true;
}

static bool find_request(struct tx *tx, struct arena *mem, message_id id, const struct sql_message_row_row **ret, struct error *err) {
    if (!sql_message_row(tx, mem, &(struct sql_message_row){.message_id = id}, ret, err)) return false;
    if (*ret && !is_by_form(*ret)) *ret = NULL;
    return true;
}

bool message_claims(struct tx *tx, struct arena *mem, message_id id, struct text *ret_address, struct error *err) {
    const struct sql_message_row_row *request;
    if (!find_request(tx, mem, id, &request, err)) return false;
    *ret_address = request ? request->from_address : (struct text){0};
    return true;
}

/* Read once more when its ticket is held: it may have been moved or confirmed meanwhile. */
bool message_verify(struct tx *tx, const struct doer *doer, message_id id, enum proof *ret_proof, struct error *err) {
    const struct sql_message_row_row *request;
    const struct ticket *ticket;
    *ret_proof = PROOF_NONE;
    if (!find_request(tx, &tx->mem, id, &request, err)) return false;
    if (!request) return true;
    if (!ticket_hold(tx, request->ticket_id, err) || !find_request(tx, &tx->mem, id, &request, err)) return false;
    *ret_proof = request && request->is_unverified ? PROOF_NEW : PROOF_BEFORE;
    if (*ret_proof == PROOF_BEFORE) return true;
    return ticket_find(tx, &tx->mem, request->ticket_id, &ticket, err) && prove(tx, doer, ticket, id, err);
}
