#include "modules/notices/notices_private.h"

#include "base/clock.h"
#include "tests/test.h"

static void expect_until(struct notice_wishes wishes, const char *now, const char *wanted) {
    int64_t at = 0, until = 0;
    EXPECT(time_parse(text_of(now), &at));
    EXPECT(!wanted || time_parse(text_of(wanted), &until));
    wishes.is_quiet = true;
    EXPECT_INT(quiet_until(&wishes, text_of("Europe/Berlin"), at), until);
}

static const struct notice_wishes nights = {.from_minute = 18 * 60, .to_minute = 8 * 60};
static const struct notice_wishes weekends = {.from_minute = 18 * 60, .to_minute = 8 * 60, .days = 1 << 5 | 1 << 6};

TEST(what_is_not_quiet_leaves_at_once) {
    const struct notice_wishes never = {0};
    EXPECT_INT(quiet_until(&never, text_of("Europe/Berlin"), 7), 7);
    expect_until(nights, "2026-11-30T12:00:00Z", "2026-11-30T12:00:00Z");
    expect_until((struct notice_wishes){.from_minute = 720, .to_minute = 780}, "2026-11-30T10:59:00Z", "2026-11-30T10:59:00Z");
}

TEST(a_night_ends_in_the_morning_of_who_lives_there) {
    expect_until(nights, "2026-11-30T17:00:00Z", "2026-12-01T07:00:00Z");
    expect_until(nights, "2026-11-30T03:00:00Z", "2026-11-30T07:00:00Z");
    expect_until((struct notice_wishes){.from_minute = 720, .to_minute = 780}, "2026-11-30T11:30:00Z", "2026-11-30T12:00:00Z");
}

TEST(a_night_in_which_the_clocks_are_set_ends_by_the_clock) {
    expect_until(nights, "2026-03-28T20:00:00Z", "2026-03-29T06:00:00Z");
    expect_until(nights, "2026-10-24T20:00:00Z", "2026-10-25T07:00:00Z");
}

static void expect_mail(struct notice_wishes wishes, const char *now, const char *wanted) {
    int64_t at = 0, leaves = 0;
    EXPECT(time_parse(text_of(now), &at));
    EXPECT(time_parse(text_of(wanted), &leaves));
    EXPECT_INT(mail_time(&wishes, text_of("Europe/Berlin"), at), leaves);
}

TEST(what_is_gathered_leaves_by_the_clock_and_outside_quiet_hours) {
    const struct notice_wishes mornings = {.rhythm = RHYTHM_DAILY, .at_minute = 8 * 60};
    struct notice_wishes workdays = mornings;
    expect_mail((struct notice_wishes){0}, "2026-11-30T12:00:07Z", "2026-11-30T12:00:07Z");
    expect_mail((struct notice_wishes){.rhythm = RHYTHM_HOURLY}, "2026-11-30T12:00:07Z", "2026-11-30T13:00:00Z");
    expect_mail(mornings, "2026-11-30T06:59:00Z", "2026-11-30T07:00:00Z");
    expect_mail(mornings, "2026-11-30T07:00:00Z", "2026-12-01T07:00:00Z");
    expect_mail(mornings, "2026-03-28T12:00:00Z", "2026-03-29T06:00:00Z");
    workdays.is_quiet = true;
    workdays.from_minute = 18 * 60;
    workdays.to_minute = 8 * 60;
    workdays.days = 1 << 5 | 1 << 6;
    expect_mail(workdays, "2026-11-27T12:00:00Z", "2026-11-30T07:00:00Z");
}

TEST(a_quiet_day_is_quiet_as_a_whole) {
    expect_until(weekends, "2026-11-27T18:00:00Z", "2026-11-30T07:00:00Z");
    expect_until(weekends, "2026-11-29T12:00:00Z", "2026-11-30T07:00:00Z");
    expect_until((struct notice_wishes){.from_minute = 0, .to_minute = 0, .days = 127}, "2026-11-29T12:00:00Z", NULL);
}
