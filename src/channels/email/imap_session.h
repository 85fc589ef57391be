/* imap_session.h - one signed-in IMAP connection: libcurl connects, encrypts and signs in; the lines are wire/net/imap. */
#ifndef THEKE_CHANNELS_EMAIL_IMAP_SESSION_H
#define THEKE_CHANNELS_EMAIL_IMAP_SESSION_H

#include "channels/email/email_private.h"
#include "wire/net/imap.h"

struct imap_session {
    CURL *curl;
    const struct email *email;
    int socket, wake;              /* wake: becomes readable, and stays so, when it is time to go; -1: none */
    struct imap_reader reader;
    struct imap_mailbox selected;
    struct text left;              /* read, but not taken yet */
    char input[64 << 10];
    unsigned tags;
    bool has_idle, is_broken, has_new, was_woken;
    struct buffer *body;           /* where the text of a fetched message goes */
};

/* Connects and signs in. ERR_REMOTE with the server's words. */
MUST_USE bool imap_session_open(struct imap_session *session, struct email *email, struct arena *mem, const struct mailbox *mailbox, int wake,
                                struct error *err);
void imap_session_close(struct imap_session *session);

/* Called for each answer in between. */
typedef void imap_answer(const struct imap_response *response, void *context);

/* Sends a command and reads up to its end; the answer has to be OK. seen may be NULL. */
MUST_USE bool imap_run(struct imap_session *session, struct imap_command *command, imap_answer *seen, void *context, struct error *err);

/* A command of our own words alone. */
MUST_USE bool imap_run_words(struct imap_session *session, struct arena *mem, const char *words, imap_answer *seen, void *context, struct error *err);

MUST_USE bool imap_select(struct imap_session *session, struct arena *mem, struct text folder, struct error *err);

/* Waits with IDLE (RFC 2177), or by asking again, until something new may be there or the time is over (microseconds). As every
 * function here it fails at once when the wake descriptor is readable. */
MUST_USE bool imap_wait(struct imap_session *session, struct arena *mem, int64_t time, struct error *err);

struct text imap_tag(struct imap_session *session, struct arena *mem);

#endif
