/* webhooks_private.h - a webhook, what it wants, and what becomes of a delivery. */
#ifndef THEKE_MODULES_WEBHOOKS_WEBHOOKS_PRIVATE_H
#define THEKE_MODULES_WEBHOOKS_WEBHOOKS_PRIVATE_H

#include "modules/webhooks/webhooks.h"
#include "platform/access/access.h"
#include "platform/live/live.h"
#include "sql/modules_webhooks.h"

enum { WEBHOOKS_MOST = 100, FEW_FAILURES = 5, KEPT_DAYS = 30, EVENT_AT_ONCE = 100 };

/* Sent whatever a webhook wants, once, to that one alone. */
#define WEBHOOK_TESTED "webhook.tested"

typedef struct sql_webhook_row_row webhook_row;

/* --- kinds.c: what happens, by name -------------------------------------------------------------------------------------- */

/* Every kind of event that can be told, in alphabetical order, ended by NULL. */
extern const char *const event_kinds[];

/* "*", "ticket.*" or "ticket.changed". */
bool kind_is_known(struct text wanted);

/* kinds: a JSON array of such. */
bool kind_is_wanted(struct text kinds, struct text kind);

/* --- signature.c: Standard Webhooks -------------------------------------------------------------------------------------- */

enum { SECRET_BYTES = 32 };

/* "whsec_" and 32 random bytes in base64. */
struct text webhook_secret(struct arena *mem);

/* "v1,..." over "id.seconds.body" with the key that a secret stands for; no text when it is none. */
struct text webhook_signature(struct arena *mem, struct text secret, struct text id, int64_t seconds, struct text body);

/* --- queue.c, settle.c: from events to deliveries, and to how they ended -------------------------------------------------- */

/* One step of following the events. *ret_found: there may be more at once. */
struct follower {
    struct store *store;
    int64_t event;                /* up to where nothing was wanted: not worth a commit of its own */
};
MUST_USE bool webhooks_follow(struct follower *follower, bool *ret_found, struct error *err);

/* What the owner may see at this moment, narrowed as it was saved. *ret_found false: the owner works here no more. */
MUST_USE bool webhook_actor(struct tx *tx, struct arena *mem, const webhook_row *row, struct actor *ret_actor, bool *ret_found, struct error *err);
bool webhook_may_tell(const struct actor *actor, const struct live_event *event);

/* No more is sent until somebody switches it on; who may manage webhooks is told by mail. */
MUST_USE bool webhook_switch_off(struct tx *tx, const webhook_row *row, const char *reason, struct error *err);
MUST_USE bool webhook_held(struct tx *tx, struct arena *mem, int64_t id, const webhook_row **ret_row, struct error *err);

/* How one attempt ended. */
struct ending {
    int64_t webhook, delivery, attempt, begun_with;
    struct text kind;
    enum ending_way { ENDED_WELL, ENDED_FAILED, ENDED_FOR_GOOD, ENDED_GONE, ENDED_BROKEN_OFF } way; /* FOR_GOOD: trying again makes no sense */
    int64_t at, micros, status, retry_after;  /* seconds; 0: the server did not say */
    struct text error, answer;
};
MUST_USE bool webhook_settle(struct tx *tx, const struct ending *ending, struct error *err);

/* --- schedule.c --------------------------------------------------------------------------------------------------------- */

/* The pause before the next attempt, without jitter; 0: that was the last. */
int64_t webhook_pause(int64_t tries);

/* --- sending.c ----------------------------------------------------------------------------------------------------------- */

/* Takes what an URL must be to be saved. */
MUST_USE bool webhook_url_check(const struct webhooks *webhooks, struct arena *mem, struct text url, struct text *ret_host, struct error *err);

#endif
