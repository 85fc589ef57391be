/* fetching.h - one connection to a mailbox, from beginning to end. */
#ifndef THEKE_CHANNELS_EMAIL_FETCHING_H
#define THEKE_CHANNELS_EMAIL_FETCHING_H

#include "channels/email/imap_session.h"

enum { FETCH_TRIES = 3 }; /* a letter that breaks so many connections is set aside */

/* The letter at which fetching ended, from connection to connection. */
struct stumble {
    int64_t uid_validity;
    uint32_t uid;
    int tries;
};

/* The caller gives the first three; the rest is private and begins zeroed. */
struct fetching {
    struct email *email;
    const struct mailbox *mailbox;
    struct stumble *stumble;
    struct imap_session session;
    int64_t uid_validity, uid_last, backlog_last, backlog_since_at, noted_at;
    const char *backlog;
    bool is_outdated;   /* the mailbox has another account, server or folder by now */
};

/* Connects and fetches until wake is readable, the connection is gone or the mailbox has changed: so it always fails. The session
 * is the caller's to close. */
MUST_USE bool fetching_stay(struct fetching *fetching, int wake, struct error *err);

/* How fetching with these settings went; error no text: well. */
void fetching_note(struct email *email, mailbox_id id, int64_t version, struct text error);

#endif
