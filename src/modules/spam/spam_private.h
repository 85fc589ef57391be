/* spam_private.h - for this folder only. */
#ifndef THEKE_MODULES_SPAM_SPAM_PRIVATE_H
#define THEKE_MODULES_SPAM_SPAM_PRIVATE_H

#include "modules/spam/spam.h"
#include "modules/tickets/tickets.h"
#include "sql/modules_spam.h"
#include "wire/mail/traits.h"

/* LESSON_MOST: of each kind, then the oldest is forgotten. */
enum { SENDER_LIMIT = 254, SENDER_MOST = 10000, LESSON_MOST = 2000, SIGNS_MOST = 10 };

struct sender_wish {
    struct text pattern;          /* as somebody wrote it */
    bool has_subdomains, is_allowed;
    struct text reason;
    int64_t expires_at;           /* 0: never */
    staff_id author;
};
/* Puts it on the list. ERR_INVALID on "pattern" for what is neither an address nor a domain, is ours, or stands there already; an entry
 * that has expired gives way. */
MUST_USE bool sender_add(struct tx *tx, const struct doer *doer, const struct sender_wish *wish, int64_t *ret_id, struct error *err);
MUST_USE bool sender_remove(struct tx *tx, const struct doer *doer, const struct sql_spam_sender_row_row *row, struct error *err);

/* An address or a domain as it is compared: in lower case, its domain as on the wire. */
struct text sender_normal(struct arena *mem, struct text written);
struct text sender_domain(struct text pattern);

/* Blocks the address, or all of its domain, and puts the ticket into quarantine. */
struct blocking {
    const struct ticket *ticket;
    struct text address, reason;
    bool whole_domain;
    int64_t expires_at;           /* 0: never */
};
MUST_USE bool sender_block(struct tx *tx, const struct doer *doer, const struct blocking *blocking, int64_t *ret_operation, struct error *err);

/* The keys of traits as a JSON array. */
struct text traits_keys(struct arena *mem, const struct traits *traits);

/* What somebody did to a ticket that teaches. */
enum teaching { TEACHES_ANSWERED, TEACHES_MARKED, TEACHES_RELEASED };
struct lesson {
    ticket_id ticket;
    enum teaching what;
    struct text words;            /* keys of the letter's traits: a JSON array */
};
/* Who marks and takes the mark away, in whatever order, has taught nothing. */
MUST_USE bool lesson_take(struct tx *tx, const struct lesson *lesson, struct error *err);

#endif
