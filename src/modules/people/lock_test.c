#include "base/clock.h"
#include "modules/people/people_private.h"
#include "tests/test.h"

TEST(the_first_failures_are_free) {
    for (int64_t failures = 0; failures < 5; failures++) EXPECT_INT(lock_time(failures, 5), 0);
    EXPECT_INT(lock_time(29, 30), 0);
    EXPECT_INT(lock_time(30, 30), 30 * SECOND);
}

TEST(each_further_failure_locks_twice_as_long) {
    for (int64_t failures = 5; failures < 11; failures++) EXPECT_INT(lock_time(failures + 1, 5), 2 * lock_time(failures, 5));
    EXPECT_INT(lock_time(11, 5), 32 * MINUTE);
}

TEST(no_lock_lasts_longer_than_an_hour) {
    EXPECT_INT(lock_time(12, 5), 3600 * SECOND);
    EXPECT_INT(lock_time(13, 5), 3600 * SECOND);
    EXPECT_INT(lock_time(1000000000, 5), 3600 * SECOND);
    EXPECT_INT(lock_time(INT64_MAX, 5), 3600 * SECOND);
}
