/* bulk.h - one change of many tickets: of a selection, or of all that a condition finds.
 *
 * The request only writes down what is to be done and to which tickets. A thread then changes them some at a time, with the rights that
 * their author has by then, and goes on after a restart where it stopped. What can't be changed is told with the reason, and the others
 * go on. The whole is one operation; taking it back is done in the same way. */
#ifndef THEKE_MODULES_BULK_BULK_H
#define THEKE_MODULES_BULK_BULK_H

#include "platform/store/store.h"

struct bulk_runner;
struct operation_kind;

MUST_USE bool bulk_start(struct store *store, struct bulk_runner **ret_runner, struct error *err);

/* Ends after the tickets that are just being changed. Accepts NULL. */
void bulk_stop(struct bulk_runner *runner);

/* Takes back what nobody has changed since. */
extern const struct operation_kind bulk_operation;

#endif
