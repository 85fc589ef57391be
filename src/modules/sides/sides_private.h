/* sides_private.h - for this folder only. */
#ifndef THEKE_MODULES_SIDES_SIDES_PRIVATE_H
#define THEKE_MODULES_SIDES_SIDES_PRIVATE_H

#include "modules/sides/sides.h"
#include "sql/modules_sides.h"

/* The ticket, or the one at the end of its merges. */
MUST_USE bool side_shown_of(struct tx *tx, struct arena *mem, ticket_id home, const struct ticket **ret, struct error *err);

/* What happened, for subscribers, the history and the record. data: a JSON object. */
MUST_USE bool side_tell(struct tx *tx, const struct doer *doer, const struct side *side, const char *kind, struct text data, struct error *err);
MUST_USE bool side_tell_delivery(struct tx *tx, const struct doer *doer, const struct side *side, message_id message, const char *state,
                                 struct text detail, struct error *err);
/* The same of what the program does or hears. */
MUST_USE bool side_tell_of(struct tx *tx, message_id message, const char *state, struct text detail, struct error *err);

/* The newest messages up to one, the newest first. */
MUST_USE bool side_thread(struct tx *tx, struct arena *mem, int64_t side, int64_t upto, int64_t limit, struct sql_side_messages_rows *ret,
                          struct error *err);

/* What a further letter answers and refers to: the newest of them that has an id, oldest first. Letters of who may not speak here are
 * none of them. */
struct json_list side_references(struct arena *mem, const struct sql_side_messages_rows *thread);

/* The addresses (struct text[]) in a JSON array of {"name", "email"}. */
struct json_list side_emails(struct arena *mem, struct text list);

#endif
