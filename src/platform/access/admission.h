/* admission.h - letting a colleague into one ticket that they could not see otherwise.
 *
 * Whoever is admitted may read the ticket with all that hangs on it, and note something in it for colleagues; nothing else. It is one
 * more thing that struct actor knows, so that whatever asks access.h knows of it too. */
#ifndef THEKE_PLATFORM_ACCESS_ADMISSION_H
#define THEKE_PLATFORM_ACCESS_ADMISSION_H

#include "platform/access/access.h"
#include "platform/store/store.h"

struct admission {
    staff_id staff, by;
    ticket_id ticket;
    message_id message;           /* the note that it came with; 0: none */
    int64_t created_at;
};

/* *ret_new: there was none before. */
MUST_USE bool admission_add(struct tx *tx, const struct admission *admission, bool *ret_new, struct error *err);

/* *ret_ended: there was one. */
MUST_USE bool admission_end(struct tx *tx, staff_id staff, ticket_id ticket, bool *ret_ended, struct error *err);

#endif
