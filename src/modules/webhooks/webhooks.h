/* webhooks.h - events told to other programs over HTTP, signed as the Standard Webhooks say (docs/webhooks.md).
 *
 * A thread follows the events and writes one delivery for each webhook that wants one; the event up to which it has come is committed
 * with them, so none is missed or told twice by us. The same thread sends what is due, many at a time, and writes down how it went. An
 * attempt whose end could not be written is made again: what arrives twice bears the same id. */
#ifndef THEKE_MODULES_WEBHOOKS_WEBHOOKS_H
#define THEKE_MODULES_WEBHOOKS_WEBHOOKS_H

#include "base/secret.h"
#include "platform/store/store.h"
#include "wire/net/network.h"

struct webhooks;
struct webhooks_options {
    struct store *store;
    const struct secret *secret;
    struct text allowed;        /* networks that are sent to although they are not public (networks_parse) */
    const char *ca_file;        /* instead of the system's; NULL: that */
};

MUST_USE bool webhooks_start(const struct webhooks_options *options, struct webhooks **ret_webhooks, struct error *err);

/* Waits for what is under way, a few seconds at most. Accepts NULL. */
void webhooks_stop(struct webhooks *webhooks);

/* Lines in Prometheus' form. */
MUST_USE bool webhooks_metrics(struct tx *tx, struct buffer *out, struct error *err);

/* Throws away some of what is older than a month. *ret_more: there may be others. */
MUST_USE bool webhooks_tidy(struct store *store, bool *ret_more, struct error *err);

#endif
