/* views.h - conditions with a name, and how many tickets they find.
 *
 * A view is personal, of a team, or for everybody. Its counter is kept, not counted: a thread follows the events, puts each changed
 * ticket to all conditions in memory, and moves only the counters that it enters or leaves. Where it stands is committed with what
 * it counted, so nothing is counted twice or left out, whatever ends the process. */
#ifndef THEKE_MODULES_VIEWS_VIEWS_H
#define THEKE_MODULES_VIEWS_VIEWS_H

#include "platform/store/store.h"

struct hub;
struct view_counter;

/* Counts from now on; hub (may be NULL) tells the screens {"counters": true} on the topic "inbox" when something changed. */
MUST_USE bool views_start(struct store *store, struct hub *hub, struct view_counter **ret_counter, struct error *err);
/* Accepts NULL. */
void views_stop(struct view_counter *counter);

/* Counts in this thread until nothing is left to do. anew: forgets everything first. */
MUST_USE bool views_count(struct store *store, bool anew, struct error *err);

/* Holds the counters against a count of all tickets. *ret_behind: they have not caught up, so nothing is said of them. */
MUST_USE bool views_check(struct store *store, int64_t *ret_wrong, bool *ret_behind, struct error *err);

#endif
