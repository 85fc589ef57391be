/* outbox_private.h - what is about to leave. */
#ifndef THEKE_CHANNELS_OUTBOX_OUTBOX_PRIVATE_H
#define THEKE_CHANNELS_OUTBOX_OUTBOX_PRIVATE_H

#include "channels/outbox/outbox.h"
#include "modules/people/letters.h"
#include "modules/sides/sides.h"
#include "modules/tickets/tickets.h"

/* Pauses grow from 15 s to an hour. */
int64_t outbox_pause(int64_t attempts);
/* After four days, and not before thirty attempts: a clock that was set forward ends nothing. */
bool outbox_gives_up(int64_t attempts, int64_t age);

/* One public answer as a letter. *ret_mailbox NULL: there is no mailbox to send from. */
MUST_USE bool letter_of_message(const struct outbox_options *options, struct arena *mem, message_id id,
                                struct sending *ret_sending, struct error *err);

/* A letter of a side conversation. *ret_reads: by now somebody on the customer's side would read it; then nothing was made. */
MUST_USE bool letter_of_side(const struct outbox_options *options, struct arena *mem, message_id id, struct sending *ret_sending, bool *ret_reads,
                             struct error *err);

/* One of the program's own letters. */
MUST_USE bool letter_of_program(const struct outbox_options *options, struct arena *mem, const struct due_letter *due,
                                struct sending *ret_sending, struct error *err);

#endif
