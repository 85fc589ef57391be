/* approvals.h - one of us asks another to approve something in a ticket. Who decided what, when and why stands in the record of events. */
#ifndef THEKE_MODULES_APPROVALS_APPROVALS_H
#define THEKE_MODULES_APPROVALS_APPROVALS_H

#include "platform/store/store.h"

/* Records approval.overdue of what is open after its deadline, once each and some at a time. *ret_more: there may be others. */
MUST_USE bool approvals_remind(struct store *store, bool *ret_more, struct error *err);

#endif
