/* actions.h - what can be done to a ticket under one name: the list as it comes, as it is kept, and as what it does.
 *
 * Macros run it on one ticket, bulk edits on many. */
#ifndef THEKE_MODULES_MACROS_ACTIONS_H
#define THEKE_MODULES_MACROS_ACTIONS_H

#include "modules/tickets/tickets.h"

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

#endif
