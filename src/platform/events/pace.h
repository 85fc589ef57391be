/* pace.h - the pace of a thread that follows the events: many at once; one by one where something failed; past one that fails for ever.
 *
 * The thread keeps its place in the store and writes it with what it has done. When a step fails, it waits with doubling pauses and goes
 * one event at a time up to where it failed, so that what is good before it is done. An event that fails PACE_TRIES times by itself,
 * for a reason that waiting does not cure, is passed over, and the log says so: whoever comes after it does not wait for it. */
#ifndef THEKE_PLATFORM_EVENTS_PACE_H
#define THEKE_PLATFORM_EVENTS_PACE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum { PACE_TRIES = 5 };

struct pace {
    int64_t careful_until; /* the event up to which they go one by one */
    int tries;             /* failed steps since one went well */
    int alone;             /* of these, how many were of one event and its own fault */
};

/* How many events to take at once after this one: 1 or most. */
int pace_events(const struct pace *pace, int64_t after, int most);

/* The step that began after one event has failed at another; at the same when it did not even begin. True: pass over that event. */
bool pace_failed(struct pace *pace, int64_t after, int64_t event, const struct error *err);

void pace_went_well(struct pace *pace);

/* How long to wait before the next step, in microseconds; idle is the pause when nothing failed and nothing was to do. */
int64_t pace_wait(const struct pace *pace, bool found, int64_t idle);

#endif
