/* problems.h - one cause behind many tickets: an update of the problem goes to each incident, in its own thread and to its own requester.
 *
 * The request only writes down what is to be said and to whom. A thread then writes the messages, one transaction for each incident, and
 * goes on after a restart where it stopped; from there they leave through the outbox like any answer. */
#ifndef THEKE_MODULES_PROBLEMS_PROBLEMS_H
#define THEKE_MODULES_PROBLEMS_PROBLEMS_H

#include "platform/store/store.h"

struct updates;
struct operation_kind;

MUST_USE bool updates_start(struct store *store, struct updates **ret_updates, struct error *err);

/* Ends after the incident that is just being written. Accepts NULL. */
void updates_stop(struct updates *updates);

/* Takes back what has not left yet. */
extern const struct operation_kind update_operation;

#endif
