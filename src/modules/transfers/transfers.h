/* transfers.h - persons that come in as a table, and go out as one or as cards.
 *
 * A file is read at once; a thread then looks at its rows some at a time and says of each what would happen, and once its owner wants it
 * does that, with the rights that they have by then. It goes on after a restart where it stopped, and each row is done once: what becomes
 * of a row is written in the transaction that does it. Nobody is merged with anybody. */
#ifndef THEKE_MODULES_TRANSFERS_TRANSFERS_H
#define THEKE_MODULES_TRANSFERS_TRANSFERS_H

#include "platform/store/store.h"

struct import_runner;

MUST_USE bool imports_start(struct store *store, struct import_runner **ret_runner, struct error *err);

/* Ends after the rows that are just being done. Accepts NULL. */
void imports_stop(struct import_runner *runner);

#endif
