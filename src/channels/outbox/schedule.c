/* When a letter is tried again, and when no more. */
#include "channels/outbox/outbox_private.h"

#include "base/clock.h"

enum { LEAST_ATTEMPTS = 30 };

int64_t outbox_pause(int64_t attempts) {
    static const int64_t seconds[] = {15, 30, 60, 120, 300, 600, 900, 1800, 3600};
    size_t step = attempts < 1 ? 0 : (size_t)attempts - 1;
    return seconds[step < COUNT_OF(seconds) ? step : COUNT_OF(seconds) - 1] * SECOND;
}

bool outbox_gives_up(int64_t attempts, int64_t age) {
    return age > 4 * DAY && attempts >= LEAST_ATTEMPTS;
}
