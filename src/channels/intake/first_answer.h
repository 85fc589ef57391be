/* first_answer.h - the automatic answer to a request that did not come as a letter. */
#ifndef THEKE_CHANNELS_INTAKE_FIRST_ANSWER_H
#define THEKE_CHANNELS_INTAKE_FIRST_ANSWER_H

#include "channels/mailboxes/mailboxes.h"
#include "modules/tickets/tickets.h"

struct first_answer {
    ticket_id ticket;
    message_id request;           /* what it answers, once that is written */
    team_id team;
    struct text address, subject, text; /* nothing that a stranger wrote: it goes to an address that may not be theirs */
    int64_t per_hour;             /* answers to forms from one mailbox, then none until some are an hour old; 0: no limit */
};

/* May it leave? *ret_because: why not, a reason's word; NULL: it may, from *ret_mailbox. */
MUST_USE bool first_answer_look(struct tx *tx, const struct first_answer *answer, const struct mailbox **ret_mailbox, const char **ret_because,
                                struct error *err);
MUST_USE bool first_answer_send(struct tx *tx, const struct doer *doer, const struct first_answer *answer, const struct mailbox *mailbox,
                                struct error *err);
/* What this letter of ours is the first answer to; 0: it is none. */
MUST_USE bool first_answer_request(struct tx *tx, message_id answer, message_id *ret_request, struct error *err);

#endif
