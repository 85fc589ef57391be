/* checklist.h - what is to be done in a ticket; for this folder only. */
#ifndef THEKE_MODULES_TICKETS_CHECKLIST_H
#define THEKE_MODULES_TICKETS_CHECKLIST_H

#include "modules/tickets/tickets_private.h"

enum { CHECKLIST_MOST = 100 };

/* Of these (struct text[]) what does not stand in the list yet, each once. ERR_CONFLICT with key "checklist_full". */
MUST_USE bool checklist_lacks(struct tx *tx, ticket_id ticket, const struct json_list *wish, struct json_list *ret, struct error *err);

/* Behind all that stand there. */
MUST_USE bool checklist_add(struct tx *tx, ticket_id ticket, struct text text, int64_t *ret_item, struct error *err);

/* What an operation has put there (texts) goes again, unless it was done, or given another name; *ret_kept: so many stay. */
MUST_USE bool checklist_take_back(struct undoing *undoing, ticket_id ticket, const json_t *texts, int64_t *ret_kept, struct error *err);

#endif
