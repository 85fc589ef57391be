#include "base/zone.h"

#include "base/clock.h"

#include <fcntl.h>
#include <glib.h>
#include <unistd.h>

static GTimeZone *zone_of(struct text zone) {
    char name[64] = "UTC";
    if (zone.size > 0 && zone.size < sizeof name) {
        memcpy(name, zone.data, zone.size);
        name[zone.size] = '\0';
    }
    GTimeZone *found = g_time_zone_new_identifier(name);
    return found ? found : g_time_zone_new_utc();
}

/* Beside its zones the database has files and folders of other kinds, in small letters, and GLib reads rules such as CET-1CEST that
 * browsers don't know. */
static bool is_name(struct text zone) {
    if (zone.size == 0 || zone.size > 60 || zone.data[0] < 'A' || zone.data[0] > 'Z') return false;
    for (size_t i = 0; i < zone.size; i++) {
        char c = zone.data[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!letter && (c == '\0' || !strchr("/_+-", c))) return false;
    }
    return true;
}

bool zone_exists(struct text zone) {
    char path[200], magic[4];
    const char *folder = getenv("TZDIR");
    if (!is_name(zone)) return false;
    snprintf(path, sizeof path, "%.100s/%.*s", folder ? folder : "/usr/share/zoneinfo", (int)zone.size, zone.data);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && read(fd, magic, sizeof magic) == sizeof magic && memcmp(magic, "TZif", sizeof magic) == 0;
    if (fd >= 0) close(fd);
    return ok;
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

static void date_in(struct text zone, int64_t micros, int *ret_year, int *ret_month, int *ret_day) {
    GTimeZone *where = zone_of(zone);
    GDateTime *utc = g_date_time_new_from_unix_utc(micros / SECOND), *local = utc ? g_date_time_to_timezone(utc, where) : NULL;
    if (local) g_date_time_get_ymd(local, ret_year, ret_month, ret_day);
    if (local) g_date_time_unref(local);
    if (utc) g_date_time_unref(utc);
    g_time_zone_unref(where);
}

int zone_year(struct text zone, int64_t micros) {
    int year = 0, month = 0, day = 0;
    date_in(zone, micros, &year, &month, &day);
    return year;
}

int64_t zone_day_number(struct text zone, int64_t micros) {
    int year = 0, month = 0, day = 0;
    int64_t utc = 0;
    date_in(zone, micros, &year, &month, &day);
    (void)time_from_date(year, month, day, &utc);
    return utc / DAY;
}

bool zone_day_of(struct text zone, int64_t micros, int days, int64_t *ret_micros) {
    int year = 0, month = 0, day = 0;
    date_in(zone, micros, &year, &month, &day);
    return zone_day_begin(zone, year, month, day, days, ret_micros);
}

bool zone_minute_of(struct text zone, int64_t micros, int days, int minute, int64_t *ret_micros) {
    int year = 0, month = 0, day = 0;
    int64_t utc;
    if (minute == 24 * 60) return zone_day_of(zone, micros, days + 1, ret_micros);
    date_in(zone, micros, &year, &month, &day);
    if (!time_from_date(year, month, day, &utc)) return false;
    time_to_date(utc + days * DAY, &year, &month, &day);
    GTimeZone *where = zone_of(zone);
    GDateTime *at = g_date_time_new(where, year, month, day, minute / 60, minute % 60, 0);
    if (at) *ret_micros = g_date_time_to_unix(at) * SECOND;
    bool ok = at != NULL;
    if (at) g_date_time_unref(at);
    g_time_zone_unref(where);
    return ok;
}

/* The first day of 1970 was a Thursday. */
int zone_weekday(struct text zone, int64_t micros, int days) {
    return (int)((zone_day_number(zone, micros) + days + 3) % 7);
}
