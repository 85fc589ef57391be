/* clock.h - times are UTC microseconds since 1970; 0 means none. */
#ifndef THEKE_BASE_CLOCK_H
#define THEKE_BASE_CLOCK_H

#include "base/text.h"

static const int64_t SECOND = 1000000;
static const int64_t MINUTE = 60 * 1000000LL;
static const int64_t HOUR = 3600 * 1000000LL;
static const int64_t DAY = 86400 * 1000000LL;

/* The wall clock. */
int64_t clock_now(void);

/* A clock that never jumps, for durations and waits. */
int64_t clock_steady(void);

/* How far the wall clock was set back since the last call with the same *seen, which begins with 0; 0 when it was not. Both
 * clocks run a little apart, so less than half a minute is none. */
int64_t clock_set_back(int64_t *seen);

/* RFC 3339 in UTC: 2026-11-23T08:15:00Z, with microseconds when there are any. size of at least 32. */
void time_format(int64_t micros, char *out, size_t size);

/* Reads RFC 3339 with any offset. */
bool time_parse(struct text t, int64_t *ret_micros);

/* Midnight UTC of a civil date. False for a date that does not exist. */
bool time_from_date(int year, int month, int day, int64_t *ret_micros);

/* The civil date of an instant in UTC. */
void time_to_date(int64_t micros, int *ret_year, int *ret_month, int *ret_day);

#endif
