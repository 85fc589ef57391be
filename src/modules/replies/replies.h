/* replies.h - canned replies: texts with a name that are put into an answer, in the customer's language and with what is known of the
 * ticket filled in. A text with a variable that has no value keeps it in sight, and is never sent so (wire/net/placeholder.h). */
#ifndef THEKE_MODULES_REPLIES_REPLIES_H
#define THEKE_MODULES_REPLIES_REPLIES_H

#include "base/json.h"
#include "platform/access/access.h"
#include "platform/store/store.h"

struct ticket;

struct reply_filled {
    int64_t id;
    struct text language, html, text;
    struct json_list missing;    /* struct text[]: the variables that are left */
};

/* The reply as it reads in the ticket, written by the actor. language: the wish; no text: the customer's, then the team's, then the
 * house's, then any. ERR_NOT_FOUND when the actor does not see the reply. */
MUST_USE bool reply_fill(struct tx *tx, struct arena *mem, const struct actor *actor, int64_t reply, const struct ticket *ticket, struct text language,
                         struct reply_filled *ret, struct error *err);

/* One more use of it. */
MUST_USE bool reply_use(struct tx *tx, int64_t reply, struct error *err);

#endif
