/* back.h - what the inverses of operations on tickets share (platform/operations): each part goes back unless somebody has touched it
 * since. */
#ifndef THEKE_MODULES_TICKETS_BACK_H
#define THEKE_MODULES_TICKETS_BACK_H

#include "modules/tickets/tickets.h"
#include "platform/operations/operations.h"

#include <jansson.h>

/* A member of what an operation wrote down; no text when there is none. */
struct text json_word(struct arena *mem, const json_t *object, const char *key);

/* Who takes back, as the doer of the changes. */
struct doer back_doer(const struct undoing *undoing);

/* In the history of one of the tickets concerned. */
MUST_USE bool back_event(const struct undoing *undoing, ticket_id ticket, const char *kind, struct text data, struct error *err);

/* Writes the state before, when an operation has changed it. */
void state_note(struct json_writer *json, const char *key, const struct ticket *before, const struct ticket *after);

/* The state again as state_note wrote it, unless somebody has decided or written since; messages up to last (0: any) are of the time. */
MUST_USE bool back_state(struct undoing *undoing, const json_t *noted, int64_t last, struct error *err);

/* People, team, priority, spam and tags again as they were, each that is still as the change made it. changes: by field, before and after, as
 * the event told it; the state has its own way back. */
MUST_USE bool back_fields(struct undoing *undoing, ticket_id ticket, const json_t *changes, struct error *err);

#endif
