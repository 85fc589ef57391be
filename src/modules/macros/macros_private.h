/* macros_private.h - for this folder only. */
#ifndef THEKE_MODULES_MACROS_MACROS_PRIVATE_H
#define THEKE_MODULES_MACROS_MACROS_PRIVATE_H

#include "modules/macros/actions.h"
#include "modules/macros/macros.h"
#include "modules/tickets/condition.h"
#include "modules/tickets/tickets.h"
#include "platform/http/http.h"
#include "sql/modules_macros.h"

/* The macro, if the actor sees it. */
MUST_USE bool macro_find(struct request *request, int64_t id, const struct sql_macro_row_row **ret_row, struct error *err);

/* --- offered.c ------------------------------------------------------------------------------------------------------------ */

/* The condition, read and bound for the actor; ERR_INVALID on field "condition". */
MUST_USE bool macro_condition(struct tx *tx, struct arena *mem, const struct actor *actor, struct text condition, struct text zone,
                              struct text *ret_canonical, struct ticket_condition **ret, struct error *err);
/* Does the condition find the ticket? One that can't be read any more finds none. */
MUST_USE bool macro_is_offered(struct request *request, struct text condition, struct text zone, ticket_id ticket, bool *ret_is, struct error *err);

#endif
