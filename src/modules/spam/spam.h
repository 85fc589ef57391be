/* spam.h - what is known of letters that nobody asked for: whose they are. A ticket of spam is an ordinary one with a flag; it is in
 * quarantine, which is the list of spam, until somebody says that it is none. */
#ifndef THEKE_MODULES_SPAM_SPAM_H
#define THEKE_MODULES_SPAM_SPAM_H

#include "platform/store/store.h"

struct operation_kind;

/* What the lists say of a sender. */
struct spam_listed {
    bool is_blocked, is_allowed;
    struct text pattern;          /* the entry that says so; lives in mem */
};
/* Neither is true of an address that no list has, or of none at all. */
MUST_USE bool spam_sender_look(struct tx *tx, struct arena *mem, struct text address, struct spam_listed *ret, struct error *err);

/* Whose letter a ticket is, blocked, with the ticket put into quarantine. */
extern const struct operation_kind block_operation;

#endif
