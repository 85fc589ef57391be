/* notices.h - telling those who work here of what concerns them.
 *
 * A thread follows the events and writes down whom they concern: who was mentioned, was given a ticket, has one that they own or watch
 * answered, had put one off, or wrote an answer that could not be delivered. Up to which event it has come is committed with what it wrote, so nobody is
 * told twice or not at all, whatever ends the process. Own deeds tell nobody anything, and who may not see a ticket hears nothing of it.
 * What is unread of one kind in one ticket is one notice. Mails wait for a moment, and for the end of quiet hours: what was read
 * meanwhile is not mailed. */
#ifndef THEKE_MODULES_NOTICES_NOTICES_H
#define THEKE_MODULES_NOTICES_NOTICES_H

#include "platform/store/store.h"

struct hub;
struct noticer;
struct request;

/* mail_after: how long a notice waits to be read before it is mailed, microseconds. hub (may be NULL) hears {"notices": true} on the
 * topic "staff:ID" of who has something new. */
MUST_USE bool notices_start(struct store *store, struct hub *hub, int64_t mail_after, struct noticer **ret_noticer, struct error *err);
/* Accepts NULL. */
void notices_stop(struct noticer *noticer);

/* Whoever has opened a ticket has read what they were told of it. Fits application.ticket_seen. */
MUST_USE bool notices_seen(struct request *request, ticket_id ticket, struct error *err);

/* Throws away what was read long ago; once an hour. */
MUST_USE bool notices_tidy(struct store *store, struct error *err);

/* A mail to this address of somebody who works here came back: no more are sent there until they say so. */
MUST_USE bool notices_bounced(struct tx *tx, struct text address, struct error *err);

#endif
