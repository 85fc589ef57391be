#include "base/wait.h"

#include "base/clock.h"

void condition_make(pthread_cond_t *condition) {
    pthread_condattr_t steady;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &steady);
    pthread_condattr_destroy(&steady);
}

bool condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t steady) {
    const struct timespec until = {.tv_sec = steady / SECOND, .tv_nsec = steady % SECOND * 1000};
    return pthread_cond_timedwait(condition, lock, &until) == 0;
}

void condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t micros) {
    (void)condition_wait_until(condition, lock, clock_steady() + micros);
}
