/* sides.h - side conversations: what we ask of third parties in a ticket, apart from what the customer reads.
 *
 * A message of one is an internal message of the ticket, of kind "side": whatever speaks to customers reads public messages alone, and the
 * table of their deliveries refuses any other. It leaves by a queue of its own, which takes nothing but such messages, and its tokens
 * have keys of their own, so that no answer to one is taken for an answer to the other. */
#ifndef THEKE_MODULES_SIDES_SIDES_H
#define THEKE_MODULES_SIDES_SIDES_H

#include "modules/tickets/tickets.h"

#define MESSAGE_KIND_SIDE "side"

/* What the keys of tokens (wire/mail/token.h) are derived from; the token holds the side conversation where that of a ticket holds it. */
#define TOKEN_OF_SIDE_ADDRESS "sideaddr"
#define TOKEN_OF_SIDE_ID "sidetokn"

struct side {
    int64_t id;
    ticket_id home;               /* where it was begun */
    ticket_id shown_in;           /* that, or what it was merged into */
    struct text subject, state;
    staff_id starter;
};

/* NULL: there is none; in side_of_message: the message is of none. */
MUST_USE bool side_find(struct tx *tx, struct arena *mem, int64_t id, const struct side **ret_side, struct error *err);
MUST_USE bool side_of_message(struct tx *tx, struct arena *mem, message_id message, const struct side **ret_side, struct error *err);

/* Has a letter of this side conversation gone to the address? */
MUST_USE bool side_went_to(struct tx *tx, const struct side *side, struct text address, bool *ret_has, struct error *err);
/* The same of all that the ticket shows. */
MUST_USE bool sides_know(struct tx *tx, ticket_id ticket, struct text address, bool *ret_know, struct error *err);

/* Is the address of somebody on the customer's side of the ticket where it was begun, or of that which shows it? */
MUST_USE bool side_is_customer(struct tx *tx, const struct side *side, struct text address, bool *ret_is, struct error *err);

/* A letter that came in: its message stands in the ticket already. What a person wrote who may speak there counts: then the
 * conversation is answered, and a ticket that waits for a third party or a day is open again. */
struct side_arrival {
    const struct side *side;
    message_id message;
    struct doer doer;
    bool is_word;                 /* no program wrote it */
    bool is_unverified;
};
MUST_USE bool side_receive(struct tx *tx, const struct side_arrival *arrival, struct error *err);

/* A letter of ours did not arrive after all. */
MUST_USE bool side_bounced(struct tx *tx, message_id message, struct text detail, struct error *err);

/* --- What the outbox works on; as with deliveries (modules/tickets) ----------------------------------------------------- */

MUST_USE bool side_is_due(struct tx *tx, bool *ret_due, struct error *err);
MUST_USE bool side_count_waiting(struct tx *tx, int64_t *ret_count, struct error *err);
MUST_USE bool side_take(struct tx *tx, struct arena *mem, int limit, size_t *ret_count, const struct due_delivery **ret_due, struct error *err);
MUST_USE bool side_recover(struct tx *tx, struct error *err);
MUST_USE bool side_release(struct tx *tx, struct error *err);
MUST_USE bool side_hasten(struct tx *tx, struct error *err);
MUST_USE bool side_settle(struct tx *tx, message_id message, int64_t attempt, const char *state, struct text detail, int64_t next_at,
                          struct error *err);

/* All that the outbox needs to compose the letter; its references are those of the side conversation and no others. *ret_reads: somebody
 * on the customer's side is among the recipients by now, so that it must not leave. ERR_NOT_FOUND for any other message. */
MUST_USE bool side_outgoing(struct tx *tx, struct arena *mem, message_id message, int64_t *ret_side, const struct outgoing_message **ret_message,
                            bool *ret_reads, struct error *err);

#endif
