/* The vectors are those of RFC 4226 (appendix D), RFC 6238 (appendix B, SHA-1) and RFC 4648 (10). */
#include "base/clock.h"
#include "modules/people/totp.h"
#include "tests/test.h"

static struct text key(void) {
    return text_of("12345678901234567890");
}

TEST(counters_give_the_numbers_of_rfc_4226) {
    static const uint32_t wanted[] = {755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489};
    for (size_t i = 0; i < COUNT_OF(wanted); i++) EXPECT_INT(totp_number(key(), (int64_t)i, 6), wanted[i]);
}

TEST(times_give_the_numbers_of_rfc_6238) {
    static const struct { int64_t seconds; uint32_t number; } vectors[] = {
        {59, 94287082}, {1111111109, 7081804}, {1111111111, 14050471}, {1234567890, 89005924}, {2000000000, 69279037}, {20000000000, 65353130},
    };
    for (size_t i = 0; i < COUNT_OF(vectors); i++)
        EXPECT_INT(totp_number(key(), totp_step(vectors[i].seconds * SECOND), 8), vectors[i].number);
}

TEST(a_code_fits_one_step_around_now) {
    int64_t step = -1;
    EXPECT(totp_fits(key(), text_of("287082"), 59 * SECOND, 0, &step));
    EXPECT_INT(step, 1);
    EXPECT(totp_fits(key(), text_of("755 224"), 59 * SECOND, -1, &step));
    EXPECT_INT(step, 0);
    EXPECT(totp_fits(key(), text_of("359152"), 59 * SECOND, 0, &step));
    EXPECT_INT(step, 2);
    EXPECT(!totp_fits(key(), text_of("969429"), 59 * SECOND, 0, &step));
    EXPECT(!totp_fits(key(), text_of("287082"), 120 * SECOND, 0, &step));
    EXPECT_INT(step, 2);
}

TEST(no_step_is_taken_twice) {
    int64_t step = 0;
    EXPECT(totp_fits(key(), text_of("287082"), 59 * SECOND, 0, &step));
    EXPECT(!totp_fits(key(), text_of("287082"), 59 * SECOND, step, &step));
    EXPECT(!totp_fits(key(), text_of("755224"), 59 * SECOND, step, &step));
    EXPECT(totp_fits(key(), text_of("359152"), 60 * SECOND, step, &step));
}

TEST(only_six_digits_are_a_code) {
    static const char *const wrong[] = {"", "28708", "2870820", "28708x", "-87082", "287082\n"};
    int64_t step;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) EXPECT(!totp_fits(key(), text_of(wrong[i]), 59 * SECOND, 0, &step));
    EXPECT(!totp_fits(key(), (struct text){0}, 59 * SECOND, 0, &step));
}

TEST(base32_follows_rfc_4648) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(base32(&mem, text_of("f")), "MY");
    EXPECT_TEXT(base32(&mem, text_of("foo")), "MZXW6");
    EXPECT_TEXT(base32(&mem, text_of("foob")), "MZXW6YQ");
    EXPECT_TEXT(base32(&mem, text_of("foobar")), "MZXW6YTBOI");
}

TEST(the_address_for_the_app_is_encoded) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(totp_url(&mem, text_of("Nord & Süd"), text_of("lea@theke.test"), text_of("foo")),
                "otpauth://totp/Nord%20%26%20S%C3%BCd:lea@theke.test?secret=MZXW6&issuer=Nord%20%26%20S%C3%BCd");
}

TEST(recovery_codes_differ_and_are_read_loosely) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text one = recovery_code(&mem), other = recovery_code(&mem);
    EXPECT_INT(one.size, 14);
    EXPECT(!text_equal(one, other));
    EXPECT_TEXT(recovery_normalize(&mem, text_of(" K7MZ 4hqx-9D2T ")), "k7mz4hqx9d2t");
}
