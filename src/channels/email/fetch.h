/* fetch.h - the threads that fetch mail by IMAP, one per mailbox, as the table of mailboxes says. */
#ifndef THEKE_CHANNELS_EMAIL_FETCH_H
#define THEKE_CHANNELS_EMAIL_FETCH_H

#include "channels/email/email_private.h"

struct fetchers;
MUST_USE bool fetchers_start(struct email *email, struct fetchers **ret_fetchers, struct error *err);
void fetchers_wake(struct fetchers *fetchers);   /* the table has changed */
void fetchers_prepare_stop(struct fetchers *fetchers);
void fetchers_stop(struct fetchers *fetchers);   /* accepts NULL */

#endif
