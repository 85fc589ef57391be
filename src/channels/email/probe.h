/* probe.h - tries a mailbox's connections, for the settings page. */
#ifndef THEKE_CHANNELS_EMAIL_PROBE_H
#define THEKE_CHANNELS_EMAIL_PROBE_H

#include "base/json.h"
#include "channels/email/email_private.h"

/* Appends one object per step to the open array: {"key": "in.connect", "ok", "detail", "ms"}. Stops a side at its first failing
 * step. Nothing is sent and nothing is kept. */
void probe_mailbox(struct email *email, struct arena *mem, const struct mailbox *mailbox, struct json_writer *json);

#endif
