#include "base/clock.h"
#include "modules/webhooks/webhooks_private.h"

/* Eleven attempts in about 22 hours. */
int64_t webhook_pause(int64_t tries) {
    static const int64_t seconds[] = {5, 30, 120, 600, 1800, 3600, 7200, 14400, 21600, 28800};
    size_t step = tries < 1 ? 0 : (size_t)tries - 1;
    return step < COUNT_OF(seconds) ? seconds[step] * SECOND : 0;
}
