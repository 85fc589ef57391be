/* email_private.h - what the wires of mail share. */
#ifndef THEKE_CHANNELS_EMAIL_EMAIL_PRIVATE_H
#define THEKE_CHANNELS_EMAIL_EMAIL_PRIVATE_H

#include "channels/email/email.h"
#include "channels/intake/intake.h"
#include "channels/outbox/outbox.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <sys/socket.h>

struct fetchers;

struct email {
    struct email_options options;
    struct intake *intake;
    struct outbox *outbox;
    struct lmtp_listener *listener;
    struct fetchers *fetchers;
    atomic_llong stops_at;          /* since when it is about to stop (steady); 0: it isn't */
};

/* What can be done again without harm is broken off after the grace; a letter that may have been taken already is waited for to the
 * limit. */
bool email_grace_is_over(const struct email *email);
bool email_stop_limit_is_over(const struct email *email);

/* Lets a transfer be broken off after the grace. */
void email_may_break_off(CURL *curl, const struct email *email);

/* Encryption, user and password (or a fresh access token) for one side of a mailbox. */
MUST_USE bool email_set_login(CURL *curl, struct email *email, struct arena *mem, const struct mailbox *mailbox,
                              const struct mail_server *server, struct error *err);

/* An access token for XOAUTH2 (RFC 6749, 6): kept until shortly before it ends. Records a new refresh token when one is given. */
MUST_USE bool oauth_token(struct email *email, struct arena *mem, const struct mailbox *mailbox, struct text *ret_token, struct error *err);

/* https://, or http:// on this very machine; never an address of the link alone. What a name stands for is seen only when it is
 * called. */
bool token_address_fits(struct arena *mem, struct text address);

/* Neither on the link alone nor, unless it is allowed, on this machine. */
bool token_server_fits(const struct sockaddr *address, bool allow_this_machine);

/* The token was refused: the next one is asked for anew. */
void oauth_forget(mailbox_id id);

/* Fits outbox_options.send. */
struct send_result smtp_send(void *context, struct arena *mem, const struct sending *sending);

#endif
