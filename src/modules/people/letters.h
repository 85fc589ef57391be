/* letters.h - the program's own letters (invitations, new passwords) on their way: a durable queue for the outbox. */
#ifndef THEKE_MODULES_PEOPLE_LETTERS_H
#define THEKE_MODULES_PEOPLE_LETTERS_H

#include "platform/store/store.h"

enum { LETTER_LEASE_SECONDS = 1500 }; /* more than twice what the slowest send takes */

struct due_letter {
    int64_t id, attempts, created_at;
    struct text to, language, kind; /* kind: "invite", "reset", "notice_...", "webhook_off" */
    struct text data;               /* JSON: {"token", "by"}, of notices {"ticket", "number", "subject", "by", "times"},
                                     * of several {"count", "notices"} */
    struct text company;            /* the installation's name; may be empty */
};

/* A letter of this kind, due now. data: JSON object, whose texts the letter's words ask for. */
MUST_USE bool letter_add(struct tx *tx, struct text to, struct text language, const char *kind, struct text data, struct error *err);

/* The letter that bears this Message-ID, with which kind and to whom; *ret_kind has no text when it is none of ours. */
struct text letter_header_id(struct arena *mem, const struct due_letter *due, struct text domain);
MUST_USE bool letter_by_header(struct tx *tx, struct arena *mem, struct text header_id, struct text *ret_kind, struct text *ret_to, struct error *err);

/* The oldest letters that are due, leased. */
MUST_USE bool letter_take(struct tx *tx, struct arena *mem, int limit, size_t *ret_count, const struct due_letter **ret_due, struct error *err);

MUST_USE bool letter_is_due(struct tx *tx, bool *ret_due, struct error *err);

/* The letters of processes that are gone are due again. */
MUST_USE bool letter_recover(struct tx *tx, struct error *err);
/* What this process has taken is due again: to be asked when it is about none. */
MUST_USE bool letter_release(struct tx *tx, struct error *err);
/* What waits to be tried again is due now: the program has begun anew, or the clock was set back. */
MUST_USE bool letter_hasten(struct tx *tx, struct error *err);

/* It left; what it held (a secret link) is forgotten. */
MUST_USE bool letter_sent(struct tx *tx, int64_t id, struct error *err);

/* This attempt failed: again at next_at, or never when that is 0. Says nothing when another attempt has begun meanwhile. */
MUST_USE bool letter_failed(struct tx *tx, int64_t id, int64_t attempt, struct text error, int64_t next_at, struct error *err);

#endif
