/* bulk_private.h - for this folder only. */
#ifndef THEKE_MODULES_BULK_BULK_PRIVATE_H
#define THEKE_MODULES_BULK_BULK_PRIVATE_H

#include "modules/bulk/bulk.h"
#include "modules/macros/actions.h"
#include "modules/tickets/back.h"
#include "sql/modules_bulk.h"

enum { BULK_LIMIT = 10000, BULK_DAYS = 90 };

/* --- deed.c: one ticket of many ---------------------------------------------------------------------------------------- */

struct bulk_deed {
    struct tx *tx;
    const struct actor *actor;   /* NULL: the account does not work here any more */
    struct doer doer;
    struct text actions;
    const char *refused;         /* why it can't be changed: the key of words */
    const struct ticket *ticket;
    struct macro_plan plan;
    struct text changes;         /* JSON, as in the event; no text: nothing changes */
};

/* What it would come to; ->refused tells what nobody can help. */
MUST_USE bool bulk_plan(struct bulk_deed *deed, ticket_id ticket, struct error *err);
/* Does what was planned; data is what the inverse needs. */
MUST_USE bool bulk_do(struct bulk_deed *deed, struct text *ret_data, int64_t *ret_version, struct error *err);
/* The inverse of one; ->refused of the deed tells what stays. */
MUST_USE bool bulk_undo(struct bulk_deed *deed, const struct undoing *undoing, ticket_id ticket, struct text data, struct error *err);

/* ERR_INTERNAL, ERR_STORE and their like are nobody's fault; others are what keeps one ticket from being changed. */
bool bulk_is_refusal(const struct error *err);

#endif
