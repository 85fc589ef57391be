/* What somebody wants to be told, and when. */
#include "modules/notices/notices_private.h"

#include "base/zone.h"

enum { MINUTES = 24 * 60, WEEK = 7 };

const char *const notice_kinds[] = {"mention", "assigned", "reply", "woke", "delivery", "draft", "approval", "decision", "overdue"};
_Static_assert(COUNT_OF(notice_kinds) == NOTICE_KINDS, "all kinds are named");

const char *const rhythm_names[] = {"soon", "hourly", "daily"};

static enum rhythm rhythm_of(struct text name) {
    for (size_t i = 0; i < COUNT_OF(rhythm_names); i++)
        if (text_is(name, rhythm_names[i])) return (enum rhythm)i;
    return RHYTHM_SOON;
}

static bool read_quiet(struct tx *tx, struct arena *mem, staff_id staff, struct notice_wishes *wishes, struct error *err) {
    const struct sql_notice_quiet_find_row *row;
    if (!sql_notice_quiet_find(tx, mem, &(struct sql_notice_quiet_find){.staff_id = staff}, &row, err)) return false;
    if (!row) return true;
    wishes->is_quiet = row->is_on;
    wishes->is_stopped = row->stopped_at != 0;
    wishes->from_minute = (int)row->from_minute;
    wishes->to_minute = (int)row->to_minute;
    wishes->days = (unsigned)row->days;
    wishes->rhythm = rhythm_of(row->rhythm);
    wishes->at_minute = (int)row->at_minute;
    return true;
}

/* Who has said nothing is told everything in the program and nothing by mail. */
bool wishes_read(struct tx *tx, struct arena *mem, staff_id staff, struct notice_wishes *ret, struct error *err) {
    struct sql_notice_wishes_rows rows;
    struct notice_wishes wishes = {.from_minute = 18 * 60, .to_minute = 8 * 60, .days = 1 << 5 | 1 << 6, .at_minute = 8 * 60};
    for (int i = 0; i < NOTICE_KINDS; i++) wishes.of[i].is_shown = true;
    if (!sql_notice_wishes(tx, mem, &(struct sql_notice_wishes){.staff_id = staff}, &rows, err) || !read_quiet(tx, mem, staff, &wishes, err)) return false;
    for (size_t i = 0; i < rows.count; i++)
        for (int kind = 0; kind < NOTICE_KINDS; kind++)
            if (text_is(rows.at[i].kind, notice_kinds[kind])) {
                wishes.of[kind].is_shown = rows.at[i].is_shown;
                wishes.of[kind].is_mailed = rows.at[i].is_mailed;
            }
    *ret = wishes;
    return true;
}

/* The first instant from now on within these minutes of that day; 0: there is none. */
static int64_t within(struct text zone, int64_t now, int day, int from, int to) {
    int64_t begin, end;
    if (from >= to || !zone_minute_of(zone, now, day, from, &begin) || !zone_minute_of(zone, now, day, to, &end) || end <= now) return 0;
    return begin > now ? begin : now;
}

/* Of the parts of a day that are not quiet: before from and behind to, or between them when the quiet goes over midnight. */
static int64_t first_of_day(const struct notice_wishes *wishes, struct text zone, int64_t now, int day) {
    int from = wishes->from_minute, to = wishes->to_minute;
    if (wishes->days & 1U << zone_weekday(zone, now, day)) return 0;
    if (from > to) return within(zone, now, day, to, from);
    int64_t before = within(zone, now, day, 0, from);
    return before ? before : within(zone, now, day, to, MINUTES);
}

int64_t quiet_until(const struct notice_wishes *wishes, struct text zone, int64_t now) {
    if (!wishes->is_quiet) return now;
    for (int day = 0; day <= WEEK; day++) {
        int64_t first = first_of_day(wishes, zone, now, day);
        if (first) return first;
    }
    return 0;
}

/* The next full hour, or the next time that the clocks there show the minute. */
static int64_t next_of_rhythm(const struct notice_wishes *wishes, struct text zone, int64_t now) {
    static const int64_t HOUR = 3600 * 1000000LL;
    int64_t at = now;
    if (wishes->rhythm == RHYTHM_HOURLY) return (now / HOUR + 1) * HOUR;
    if (wishes->rhythm != RHYTHM_DAILY) return now;
    for (int day = 0; day <= 1; day++)
        if (zone_minute_of(zone, now, day, wishes->at_minute, &at) && at > now) break;
    return at;
}

int64_t mail_time(const struct notice_wishes *wishes, struct text zone, int64_t now) {
    return quiet_until(wishes, zone, next_of_rhythm(wishes, zone, now));
}
