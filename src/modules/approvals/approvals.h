/* approvals.h - one of us asks another to approve something in a ticket. Who decided what, when and why stands in the record of events. */
#ifndef THEKE_MODULES_APPROVALS_APPROVALS_H
#define THEKE_MODULES_APPROVALS_APPROVALS_H

#include "platform/store/store.h"

/* Records approval.overdue of what is open after its deadline, once each and some at a time. *ret_more: there may be others. */
MUST_USE bool approvals_remind(struct store *store, bool *ret_more, struct error *err);

/* Is anything open, in the ticket that this approval was asked for in, that the person was asked to decide or is the deputy for? *ret_ticket
 * is that ticket; (0) when there is no such approval. */
MUST_USE bool approvals_wait_for(struct tx *tx, int64_t approval, staff_id staff, ticket_id *ret_ticket, bool *ret_waits, struct error *err);

#endif
