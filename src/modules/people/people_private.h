/* people_private.h - for this folder only. */
#ifndef THEKE_MODULES_PEOPLE_PEOPLE_PRIVATE_H
#define THEKE_MODULES_PEOPLE_PEOPLE_PRIVATE_H

#include "base/clock.h"
#include "sql/modules_people.h"

/* A session that nobody uses for this long ends. */
static const int64_t SESSION_TIME = 14 * 86400 * 1000000LL;

#endif
