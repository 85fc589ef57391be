/* tags.h - a tag that becomes another one, or none, on all tickets that have it.
 *
 * The request only writes down what is to become what; from then on whoever writes the old tag writes the new one. A thread then changes
 * the tickets, a few in each transaction, and goes on after a restart where it stopped. */
#ifndef THEKE_MODULES_TAGS_TAGS_H
#define THEKE_MODULES_TAGS_TAGS_H

#include "platform/store/store.h"

struct tag_changes;
struct operation_kind;

MUST_USE bool tag_changes_start(struct store *store, struct tag_changes **ret_changes, struct error *err);

/* Ends after the tickets that are just being changed. Accepts NULL. */
void tag_changes_stop(struct tag_changes *changes);

/* Gives the tickets their tag back that still have what it became. */
extern const struct operation_kind tag_operation;

#endif
