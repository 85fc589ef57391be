/* form.h - the form of a ticket: which fields it shows, which it needs; for this folder. */
#ifndef THEKE_MODULES_TICKETS_FORM_H
#define THEKE_MODULES_TICKETS_FORM_H

#include "modules/fields/fields.h"
#include "modules/tickets/tickets_private.h"

struct form_field {
    const struct field *field;
    bool is_visible, is_required, is_required_to_close;
};
struct form {
    const struct form_field *fields; /* those in use that the ticket's team has */
    size_t count;
};

/* As the ticket stands in this transaction; me is who looks. A rule whose names are gone asks for nothing. */
MUST_USE bool form_read(struct tx *tx, struct arena *mem, ticket_id id, team_id team, staff_id me, struct form *ret, struct error *err);

/* After a change has been written: ERR_INVALID names each field that it set though it is hidden, emptied though it is needed, or left
 * empty though the ticket is done now. */
MUST_USE bool form_check(struct tx *tx, const struct ticket *before, const struct ticket *after,
                         const struct ticket_change *wish, struct error *err);

#endif
