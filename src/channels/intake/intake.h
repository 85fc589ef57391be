/* intake.h - the way in: a letter's bytes become durable, then a message in the right ticket.
 *
 * Acknowledged means on disk: intake_accept returns after the raw letter is in the mail store and its row is committed. A
 * worker then understands it (wire/mail), finds the person and the ticket, and commits message, ticket, events and the row's
 * end together. Whatever fails is tried again with growing pauses and then parked where people see it; the line goes on. */
#ifndef THEKE_CHANNELS_INTAKE_INTAKE_H
#define THEKE_CHANNELS_INTAKE_INTAKE_H

#include "base/secret.h"
#include "platform/files/files.h"
#include "platform/store/store.h"

struct arriving {
    struct text raw;
    struct text sender;             /* the envelope's; empty for a bounce's <>, no text when unknown */
    const struct text *recipients;  /* the envelope's; may be none */
    size_t recipient_count;
    mailbox_id mailbox;             /* it was fetched from; 0: goes by the recipients */
    struct text source_key;         /* "imap:3.1:1700000000:812"; no text: the letter's own hash */
    int64_t received_at;            /* by the mail server before us; 0: just now */
    size_t limit;                   /* bytes of a letter that is understood: a larger one is parked; 0: none */
    struct text missing_key;        /* it had been set aside under this key, and is no longer missing; no text: it had not */
    struct text parked_because;     /* raw is its headers alone, for this reason: parked at once and for good; no text: it is whole */
};

/* Bytes of the largest letter that is taken at all, and be it to be parked, where this is the limit for understanding one. */
size_t intake_size_limit(size_t limit);

/* ERR_IO and ERR_STORE mean: not accepted, try again. *ret_is_new (may be NULL): it had not been handed over before. */
MUST_USE bool intake_accept(struct store *store, struct files *files, const struct arriving *arriving, bool *ret_is_new,
                            struct error *err);

/* A letter that its mailbox's server has but does not give: people see it among the parked ones and may have it fetched again. */
struct missing_letter {
    struct text key;                /* "imap:3.1:1700000000:812#missing" */
    mailbox_id mailbox;
    uint32_t uid;
    uint64_t size;                  /* 0: unknown */
    struct text reason;
};
MUST_USE bool intake_set_aside(struct store *store, const struct missing_letter *missing, struct error *err);

struct intake;
struct intake_options {
    struct store *store;
    struct files *files;
    const struct secret *secret;
    int64_t auto_replies_per_hour;  /* of one mailbox; then the breaker trips. 0: no limit */
    struct text authentication_server; /* our mail server's name in Authentication-Results; empty: its word is not known */
    size_t mail_limit;              /* bytes of one letter that is understood; larger ones are parked */
    void (*sent)(void *context);    /* an automatic answer is waiting: wakes the outbox; may be NULL */
    void *context;
};

/* Starts the worker's thread; begins with what was left from before. */
MUST_USE bool intake_start(const struct intake_options *options, struct intake **ret_intake, struct error *err);
void intake_wake(struct intake *intake);   /* something was accepted in this process */
void intake_prepare_stop(struct intake *intake); /* begins with no further letters */
void intake_stop(struct intake *intake);   /* accepts NULL; what was begun is finished */

/* Works off everything that is due, on the calling thread; *ret_count letters were finished or parked. */
MUST_USE bool intake_work(const struct intake_options *options, int64_t *ret_count, struct error *err);

/* Throws away the bytes of letters that were dropped more than a day ago and of those that nothing names, a share of them at a
 * time: *shelf as for uploads_tidy. */
MUST_USE bool intake_tidy(struct store *store, struct files *files, int *shelf, int64_t *ret_removed, struct error *err);

/* How the intake fares, for /readyz and /metrics. */
struct intake_state {
    int64_t waiting, parked, oldest_at;
};
MUST_USE bool intake_look(struct tx *tx, struct intake_state *ret_state, struct error *err);

/* Each raw letter that the mail store must have, once, in the order of its hash. */
MUST_USE bool letter_each(struct tx *tx, bool (*visit)(void *context, struct text hash, struct error *err), void *context, struct error *err);

#endif
