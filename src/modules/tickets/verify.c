/* What came in somebody's name, and is theirs after all. */
#include "modules/tickets/tickets_private.h"

bool messages_verify(struct tx *tx, const struct doer *doer, ticket_id id, struct text address, bool *ret_any, struct error *err) {
    struct sql_message_claimed_rows rows;
    const struct ticket *ticket;
    *ret_any = false;
    if (!ticket_hold(tx, id, err) || !ticket_find(tx, &tx->mem, id, &ticket, err)) return false;
    if (!ticket || text_empty(address)) return true;
    if (!sql_message_claimed(tx, &tx->mem, &(struct sql_message_claimed){.ticket_id = id, .address = address}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        message_id message = rows.at[i].message_id;
        if (!sql_message_proven(tx, &(struct sql_message_proven){.message_id = message}, NULL, err)) return false;
        ticket_event(tx, doer, ticket, "message.verified", text_printf(&tx->mem, "{\"message\":%" PRId64 "}", message.value), false);
    }
    *ret_any = rows.count > 0;
    return true;
}
