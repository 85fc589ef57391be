/* macros.h - several changes of a ticket under one name: fields, tags, a note, a canned reply.
 *
 * Running one is a single transaction, done with the rights of who runs it, and a single operation that can be taken back as a whole: an
 * answer only while it is held, a field only while nobody has changed it since. A note stays. */
#ifndef THEKE_MODULES_MACROS_MACROS_H
#define THEKE_MODULES_MACROS_MACROS_H

struct operation_kind;

/* One that changes the ticket, and one that only writes in it. */
extern const struct operation_kind macro_operation, macro_words_operation;

#endif
