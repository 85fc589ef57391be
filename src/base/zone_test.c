#include "base/zone.h"

#include "base/clock.h"
#include "tests/test.h"

static void expect_begin(const char *zone, int month, int day, int days, const char *wanted) {
    int64_t begin = 0, instant = 0;
    EXPECT(zone_day_begin(text_of(zone), 2026, month, day, days, &begin));
    EXPECT(time_parse(text_of(wanted), &instant));
    EXPECT_INT(begin, instant);
}

TEST(a_day_begins_where_its_reader_lives) {
    expect_begin("Europe/Berlin", 1, 15, 0, "2026-01-14T23:00:00Z");
    expect_begin("Europe/Berlin", 7, 15, 0, "2026-07-14T22:00:00Z");
    expect_begin("America/New_York", 7, 15, 0, "2026-07-15T04:00:00Z");
    expect_begin("Nowhere/At_All", 7, 15, 0, "2026-07-15T00:00:00Z");
    expect_begin("", 7, 15, 0, "2026-07-15T00:00:00Z");
}

TEST(a_day_may_be_longer_than_another) {
    expect_begin("Europe/Berlin", 3, 29, 0, "2026-03-28T23:00:00Z");
    expect_begin("Europe/Berlin", 3, 29, 1, "2026-03-29T22:00:00Z");
    expect_begin("Europe/Berlin", 12, 31, 1, "2026-12-31T23:00:00Z");
}

static void expect_minute(const char *now, int days, int minute, const char *wanted) {
    int64_t at = 0, found = 0, instant = 0;
    EXPECT(time_parse(text_of(now), &at) && time_parse(text_of(wanted), &instant));
    EXPECT(zone_minute_of(text_of("Europe/Berlin"), at, days, minute, &found));
    EXPECT_INT(found, instant);
}

TEST(a_minute_is_what_the_clocks_show_there) {
    expect_minute("2026-11-30T23:30:00Z", 0, 540, "2026-12-01T08:00:00Z");
    expect_minute("2026-11-30T10:00:00Z", 1, 1440, "2026-12-01T23:00:00Z");
    expect_minute("2026-03-28T10:00:00Z", 1, 540, "2026-03-29T07:00:00Z");
    expect_minute("2026-03-29T00:30:00Z", 0, 150, "2026-03-29T01:00:00Z");
}

TEST(a_week_begins_with_monday) {
    int64_t at = 0;
    EXPECT(time_parse(text_of("2026-11-29T23:30:00Z"), &at));
    EXPECT_INT(zone_weekday(text_of("Europe/Berlin"), at, 0), 0);
    EXPECT_INT(zone_weekday(text_of("UTC"), at, 0), 6);
    EXPECT_INT(zone_weekday(text_of("UTC"), at, 8), 0);
}

TEST(what_the_time_zone_database_has_exists) {
    const char *const good[] = {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "EST5EDT", "Japan"};
    const char *const bad[] = {"", "Mars/Olympus", "Europe", "Europe/", "Europe/Berlin/", "europe/berlin", "CET-1CEST", "+02:00", "/etc/localtime",
                               "Europe/../UTC", "Europe/./Berlin", "posix/Europe/Berlin", "localtime", "leapseconds", "zone.tab",
                               "America/Argentina/Buenos_Aires/And_So_On_And_On_And_On_And_On_And_On_And_On"};
    for (size_t i = 0; i < COUNT_OF(good); i++) EXPECT(zone_exists(text_of(good[i])));
    for (size_t i = 0; i < COUNT_OF(bad); i++) EXPECT(!zone_exists(text_of(bad[i])));
    EXPECT(!zone_exists(text_from("UTC\0", 4)));
}

TEST(a_date_that_is_none_has_no_beginning) {
    int64_t begin;
    EXPECT(!zone_day_begin(text_of("Europe/Berlin"), 2026, 2, 30, 0, &begin));
}

TEST(an_instant_lies_in_the_day_of_its_zone) {
    int64_t instant = 0, begin = 0, wanted = 0;
    EXPECT(time_parse(text_of("2026-03-28T23:30:00Z"), &instant)); /* half past midnight in Berlin, the night that loses an hour */
    EXPECT(zone_day_of(text_of("Europe/Berlin"), instant, 0, &begin) && time_parse(text_of("2026-03-28T23:00:00Z"), &wanted));
    EXPECT_INT(begin, wanted);
    EXPECT(zone_day_of(text_of("Europe/Berlin"), instant, 1, &begin) && time_parse(text_of("2026-03-29T22:00:00Z"), &wanted));
    EXPECT_INT(begin, wanted);
    EXPECT(zone_day_of(text_of("UTC"), instant, -1, &begin) && time_parse(text_of("2026-03-27T00:00:00Z"), &wanted));
    EXPECT_INT(begin, wanted);
}
