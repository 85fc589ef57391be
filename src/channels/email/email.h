/* email.h - mail by its wires: an LMTP listener, IMAP fetchers that wait with IDLE, and SMTP senders. */
#ifndef THEKE_CHANNELS_EMAIL_EMAIL_H
#define THEKE_CHANNELS_EMAIL_EMAIL_H

#include "platform/application/application.h"

struct lmtp_listener;
struct lmtp_options {
    struct store *store;
    struct files *files;
    const char *address;            /* "127.0.0.1" */
    uint16_t port;                  /* 0: a free one */
    size_t mail_limit;              /* bytes of one letter that is understood; larger ones are parked, up to intake_size_limit */
    int connections;                /* at once; further ones wait in the system's queue */
    void (*accepted)(void *context);/* something came in; may be NULL */
    void *context;
};
/* Each letter is durable before it is answered with 250 (intake_accept). */
MUST_USE bool lmtp_start(const struct lmtp_options *options, struct lmtp_listener **ret_listener, struct error *err);
uint16_t lmtp_port(const struct lmtp_listener *listener);
void lmtp_stop(struct lmtp_listener *listener);     /* accepts NULL; letters under way get 421 */

struct email;
struct email_options {
    struct store *store;
    struct files *files;
    const struct secret *secret;
    const char *base_url;           /* where people reach us, for links in letters; may be NULL */
    const char *lmtp_address;       /* NULL: no LMTP listener */
    uint16_t lmtp_port;
    int lmtp_connections;
    size_t mail_limit;              /* bytes of one letter */
    int64_t auto_replies_per_hour;  /* 0: no limit */
    int outbox_threads;
    const char *authentication_server; /* our mail server's name in Authentication-Results; may be NULL */
    const char *ca_file;            /* certificates to trust instead of the system's; NULL: the system's */
    bool allow_plain_oauth;         /* access tokens also from http:// addresses: for tests on one machine */
};

/* Starts intake, listener, fetchers and outbox. */
MUST_USE bool email_start(const struct email_options *options, struct email **ret_email, struct error *err);
uint16_t email_lmtp_port(const struct email *email);    /* 0: no listener */
/* Nothing new is begun from now on, and what is under way comes to its end or is broken off within EMAIL_STOP_SECONDS. Accepts NULL. */
enum { EMAIL_STOP_SECONDS = 15 };
void email_prepare_stop(struct email *email);
void email_stop(struct email *email);                   /* accepts NULL */

/* How mail fares: fits application.mail_ready and application.mail_metrics. */
MUST_USE bool email_ready(struct tx *tx, struct json_writer *json, struct error *err);
MUST_USE bool email_metrics(struct tx *tx, struct buffer *out, struct error *err);

/* A mailbox was made, changed or removed: connections follow within a second. */
void email_mailbox_changed(struct email *email);

/* Asks the store whether mail for this address is ours to take: any, until a mailbox is set up. */
MUST_USE bool email_takes(struct tx *tx, struct text recipient, bool *ret_takes, struct error *err);

#endif
