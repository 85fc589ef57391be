/* mailbox_notes.h - the record of what administrators do to mailboxes. */
#ifndef THEKE_CHANNELS_EMAIL_MAILBOX_NOTES_H
#define THEKE_CHANNELS_EMAIL_MAILBOX_NOTES_H

#include "platform/http/http.h"
#include "sql/channels_mailboxes.h"

/* A mailbox as it is at one moment; a zeroed one: it is not there. */
struct mailbox_state {
    const struct sql_mailbox_row_row *row;
    struct text aliases; /* JSON array */
};
MUST_USE bool mailbox_look(struct request *request, mailbox_id id, struct mailbox_state *ret_state, struct error *err);

/* Records the change from one state to another, without any secret. */
void mailbox_event(struct request *request, const char *kind, const struct mailbox_state *before, const struct mailbox_state *after);

#endif
