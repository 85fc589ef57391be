/* wait.h - conditions whose timed waits follow the steady clock, so that setting the wall clock neither ends nor lengthens them. */
#ifndef THEKE_BASE_WAIT_H
#define THEKE_BASE_WAIT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

void condition_make(pthread_cond_t *condition);

/* Until the condition is signalled, at most for so many microseconds; may return early as any wait on a condition. */
void condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t micros);

/* As condition_wait, until an instant of clock_steady(). False when it has come. */
bool condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t steady);

#endif
