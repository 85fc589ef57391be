/* macros_private.h - for this folder only. */
#ifndef THEKE_MODULES_MACROS_MACROS_PRIVATE_H
#define THEKE_MODULES_MACROS_MACROS_PRIVATE_H

#include "modules/macros/macros.h"
#include "modules/tickets/condition.h"
#include "modules/tickets/tickets.h"
#include "platform/http/http.h"
#include "sql/modules_macros.h"

/* The macro, if the actor sees it. */
MUST_USE bool macro_find(struct request *request, int64_t id, const struct sql_macro_row_row **ret_row, struct error *err);

/* --- actions.c: the list of actions, as it comes, as it is kept, and as what it does to a ticket -------------------------- */

/* The notes made safe, in the order of the actions (struct macro_action[]). */
MUST_USE bool actions_prepare(struct arena *mem, const struct json_list *actions, struct text **ret_notes, struct error *err);
/* Each with what its kind needs, as JSON. */
MUST_USE bool actions_write(struct arena *mem, const struct json_list *actions, const struct text *notes, struct text *ret_json, struct error *err);

struct macro_plan {
    struct ticket_change change;
    bool has_change;
    struct text note;            /* HTML */
    int64_t reply;
};
/* What they come to in this ticket; the last word on a field holds. */
MUST_USE bool actions_plan(struct tx *tx, const struct actor *actor, const struct ticket *ticket, struct text actions, struct macro_plan *ret,
                           struct error *err);

/* --- offered.c ------------------------------------------------------------------------------------------------------------ */

/* The condition, read and bound for the actor; ERR_INVALID on field "condition". */
MUST_USE bool macro_condition(struct tx *tx, struct arena *mem, const struct actor *actor, struct text condition, struct text zone,
                              struct text *ret_canonical, struct ticket_condition **ret, struct error *err);
/* Does the condition find the ticket? One that can't be read any more finds none. */
MUST_USE bool macro_is_offered(struct request *request, struct text condition, struct text zone, ticket_id ticket, bool *ret_is, struct error *err);

#endif
