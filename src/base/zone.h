/* zone.h - civil days where people live. */
#ifndef THEKE_BASE_ZONE_H
#define THEKE_BASE_ZONE_H

#include "base/text.h"

/* Whether the machine's time zone database has a zone of this name. */
bool zone_exists(struct text zone);

/* The first instant of a civil day in an IANA zone such as Europe/Berlin, UTC microseconds; in UTC when there is no such zone. days is
 * added to the date: 1 for the day behind it. False for a date that does not exist. */
bool zone_day_begin(struct text zone, int year, int month, int day, int days, int64_t *ret_micros);

/* The first instant of the civil day in which an instant lies there, or of the one so many days after it. */
bool zone_day_of(struct text zone, int64_t micros, int days, int64_t *ret_micros);

/* The civil year in which an instant lies there. */
int zone_year(struct text zone, int64_t micros);

/* The civil day in which an instant lies there: days since 1970-01-01. */
int64_t zone_day_number(struct text zone, int64_t micros);

/* The instant at a minute of that day, as the clocks show it there; a minute that is skipped is the first one after it. 1440 is the
 * next day's beginning. */
bool zone_minute_of(struct text zone, int64_t micros, int days, int minute, int64_t *ret_micros);

/* The weekday of that day, 0 for Monday. */
int zone_weekday(struct text zone, int64_t micros, int days);

#endif
