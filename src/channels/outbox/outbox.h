/* outbox.h - the way out: deliveries that are due leave through their channel, and how it went is written down.
 *
 * The queue is the tables of deliveries (modules/tickets), of letters of side conversations (modules/sides) and of the program's own
 * letters (modules/people). What fails for now is tried again with growing pauses for four days; what fails for good is shown at the
 * message. A letter that was handed to the server just before the program was killed, or whose server took too long when it was to stop,
 * may leave twice, with the same Message-ID: never not at all. */
#ifndef THEKE_CHANNELS_OUTBOX_OUTBOX_H
#define THEKE_CHANNELS_OUTBOX_OUTBOX_H

#include "channels/mailboxes/mailboxes.h"
#include "platform/files/files.h"

/* In an automatic answer: where whoever gets it confirms that the address is theirs (channels/web). */
#define CONFIRMATION_SLOT "{{confirmation_link}}"
#define TOKEN_OF_CONFIRMATION "reqprove"

enum { SEND_SECONDS = 600 }; /* outbox_options.send returns before that */

/* How one attempt ended. */
enum send_outcome {
    SEND_DONE,
    SEND_LATER,    /* the server or the way to it fails: try again */
    SEND_REFUSED,  /* this letter will never be taken */
    SEND_STOPPED,  /* broken off because the program ends, and surely not taken: due at once */
};

struct send_result {
    enum send_outcome outcome;
    bool is_mailbox;     /* not this letter but the mailbox fails: login, connection, ... */
    struct text detail;  /* what the server said, one line */
};

/* A letter ready to go: the envelope and the bytes. */
struct sending {
    const struct mailbox *mailbox;
    struct text sender;             /* envelope; empty: <> */
    const struct text *recipients;
    size_t recipient_count;
    struct text bytes;
};

struct outbox;
struct outbox_options {
    struct store *store;
    struct files *files;
    const struct secret *secret;
    const char *base_url;           /* for links in the program's own letters */
    /* Hands one letter to the mailbox's server; fits smtp_send. */
    struct send_result (*send)(void *context, struct arena *mem, const struct sending *sending);
    void *context;
    int threads;                    /* letters on their way at once; 0: 2 */
};

MUST_USE bool outbox_start(const struct outbox_options *options, struct outbox **ret_outbox, struct error *err);
void outbox_wake(struct outbox *outbox);
void outbox_prepare_stop(struct outbox *outbox); /* takes nothing more */
void outbox_stop(struct outbox *outbox);    /* accepts NULL; waits for what send makes of a letter under way */

#endif
