/* form.h - the form of a ticket: which fields it shows, which it needs; for this folder. */
#ifndef THEKE_MODULES_TICKETS_FORM_H
#define THEKE_MODULES_TICKETS_FORM_H

#include "modules/requests/requests.h"
#include "modules/tickets/condition.h"
#include "modules/tickets/tickets_private.h"

struct form_field {
    const struct field *field;
    bool is_visible, is_required, is_required_to_close;
};
struct form {
    const struct form_field *fields; /* those in use that the ticket's team has */
    size_t count;
};

/* Of a ticket that is like this; me is who looks. A rule whose names are gone asks for nothing. */
MUST_USE bool form_of(struct tx *tx, struct arena *mem, const struct ticket_facts *facts, staff_id me, struct form *ret, struct error *err);
/* As the ticket stands in this transaction. */
MUST_USE bool form_read(struct tx *tx, struct arena *mem, ticket_id id, team_id team, staff_id me, struct form *ret, struct error *err);

/* Before a change is written, or (before NULL) after a ticket was opened. needs: what the way to its state needs, as JSON. ERR_INVALID
 * names each field that was set though it is hidden, emptied though it is needed, or left empty though the ticket is done now or
 * the way needs it. What the form does not show is not asked for, and of a ticket that is opened by the form of a topic nothing but what
 * that asks for. */
struct form_wish {
    const struct actor *actor;
    const struct request_form *topic; /* NULL: none */
    const struct ticket *before, *after;
    struct text fields, needs;   /* no text: none */
};
MUST_USE bool form_check(struct tx *tx, const struct form_wish *wish, struct error *err);

#endif
