#include "base/zone.h"

#include "base/clock.h"

#include <glib.h>

static GTimeZone *zone_of(struct text zone) {
    char name[64] = "UTC";
    if (zone.size > 0 && zone.size < sizeof name) {
        memcpy(name, zone.data, zone.size);
        name[zone.size] = '\0';
    }
    GTimeZone *found = g_time_zone_new_identifier(name);
    return found ? found : g_time_zone_new_utc();
}

bool zone_day_begin(struct text zone, int year, int month, int day, int days, int64_t *ret_micros) {
    int64_t utc;
    if (!time_from_date(year, month, day, &utc)) return false;
    time_to_date(utc + days * DAY, &year, &month, &day);
    GTimeZone *where = zone_of(zone);
    GDateTime *begin = g_date_time_new(where, year, month, day, 0, 0, 0);
    if (begin) *ret_micros = g_date_time_to_unix(begin) * SECOND;
    bool ok = begin != NULL;
    if (begin) g_date_time_unref(begin);
    g_time_zone_unref(where);
    return ok;
}
