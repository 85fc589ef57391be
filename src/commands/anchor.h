/* anchor.h - where the chain of events had come to, kept beside the key and sealed with it: that the newest events were cut off shows
 * in nothing that the database itself holds. */
#ifndef THEKE_COMMANDS_ANCHOR_H
#define THEKE_COMMANDS_ANCHOR_H

#include "base/secret.h"
#include "platform/store/store.h"

/* Moves the anchor to the newest event. ERR_STORE, and it stays, when the event that it names is not in the chain any more. */
MUST_USE bool anchor_move(struct store *store, const char *folder, const struct secret *secret, struct error *err);

/* ERR_STORE when the event that the anchor names is gone or another. Without an anchor there is nothing to check. */
MUST_USE bool anchor_check(struct store *store, const char *folder, struct error *err);

#endif
