/* contacts.h - one person who is there twice: who may be meant, joining the two, and taking that back. Nothing here happens by itself. */
#ifndef THEKE_MODULES_CONTACTS_CONTACTS_H
#define THEKE_MODULES_CONTACTS_CONTACTS_H

struct operation_kind;

/* Makes two of the one again: identities, fields and tickets that nobody has changed since. */
extern const struct operation_kind person_operation;

#endif
