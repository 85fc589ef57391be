#include "platform/events/pace.h"

static const int64_t LONGEST = 60 * 1000000LL;

/* The event is not to blame: the same would befall any other. */
static bool is_outage(const struct error *err) {
    return err->code == ERR_BUSY || err->code == ERR_DEADLINE || err->code == ERR_NO_ROOM;
}

int pace_events(const struct pace *pace, int64_t after, int most) {
    return after < pace->careful_until ? 1 : most;
}

bool pace_failed(struct pace *pace, int64_t after, int64_t event, const struct error *err) {
    bool was_alone = after < pace->careful_until;
    pace->tries++;
    if (is_outage(err) || event <= after) return false;
    if (event > pace->careful_until) pace->careful_until = event;
    pace->alone = was_alone ? pace->alone + 1 : 0;
    return pace->alone >= PACE_TRIES;
}

void pace_went_well(struct pace *pace) {
    pace->tries = pace->alone = 0;
}

int64_t pace_wait(const struct pace *pace, bool found, int64_t idle) {
    if (!pace->tries) return found ? 0 : idle;
    int64_t wait = idle << (pace->tries < 20 ? pace->tries : 20);
    return wait < LONGEST ? wait : LONGEST;
}
