/* admin.h - health, metrics and the event stream of the running installation. */
#ifndef THEKE_MODULES_ADMIN_ADMIN_H
#define THEKE_MODULES_ADMIN_ADMIN_H

#include "base/json.h"
#include "platform/live/live.h"

/* Fits hub_options.visible and filters GET /events: the one rule for who sees which event. */
bool event_visible(void *application, const struct actor *actor, const struct live_event *event);

/* A row of the record, and as GET /events shows it. */
struct sql_event_after_row;
struct live_event event_of_row(const struct sql_event_after_row *row);
void event_write(struct json_writer *json, const struct live_event *event);

/* Fits hub_options.may_follow. */
bool ticket_may_follow(void *application, struct tx *tx, const struct actor *actor, ticket_id ticket);

#endif
