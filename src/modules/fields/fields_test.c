#include "modules/fields/fields.h"

#include "tests/test.h"

static bool fits(const char *mask, const char *value) {
    return field_mask_fits(text_of(mask), text_of(value));
}

TEST(a_mask_fits_what_has_its_shape) {
    EXPECT(fits("AA-999", "RE-123") && fits("A9", "ß7") && fits("?*", "€") && fits("", "") && fits("*", ""));
    EXPECT(fits("*-*9", "a-b-c-7") && fits("\\9\\*", "9*") && fits("**9", "xx1") && fits("a*b*c", "a--b-bc"));
    EXPECT(!fits("AA-999", "RE-12") && !fits("AA-999", "RE-1234") && !fits("A", "7") && !fits("\\A", "B") && !fits("", "x") && !fits("?", ""));
    EXPECT(!fits("*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac") && fits("9\\", "1\\"));
}

TEST(a_number_is_read_with_point_or_comma) {
    SCOPED(arena_free) struct arena mem = {0};
    double number = 0;
    EXPECT(field_number_read(&mem, text_of(" -12,5 "), &number) && number == -12.5);
    EXPECT(!field_number_read(&mem, text_of("1e3"), &number) && !field_number_read(&mem, text_of("1,2,3"), &number));
    EXPECT(!field_number_read(&mem, text_of(""), &number) && !field_number_read(&mem, text_of("9999999999999999"), &number));
}

TEST(a_day_is_one_of_the_calendar) {
    int64_t day = 0;
    EXPECT(field_day_read(text_of("1970-01-02"), &day) && day == 1);
    EXPECT(field_day_read(text_of("1969-12-31"), &day) && day == -1);
    EXPECT(!field_day_read(text_of("2026-02-29"), &day) && !field_day_read(text_of("26-1-1"), &day) && !field_day_read(text_of("2026-1--1"), &day));
}
