#include "channels/outbox/outbox_private.h"

#include "base/clock.h"
#include "tests/test.h"

/* A letter whose every attempt fails: when the attempts come, as ages of the letter. */
struct life {
    int64_t attempts, last, tries_after_a_day;
};

static struct life live(void) {
    struct life life = {0};
    int64_t age = 0;
    do {
        life.attempts++;
        life.last = age;
        life.tries_after_a_day += age > DAY;
        age += outbox_pause(life.attempts);
    } while (!outbox_gives_up(life.attempts, life.last));
    return life;
}

TEST(a_server_that_is_down_for_a_day_loses_nothing) {
    struct life life = live();
    EXPECT(life.tries_after_a_day > 48);
    EXPECT(life.last > 4 * DAY && life.last < 4 * DAY + 2 * HOUR);
    EXPECT(life.attempts > 90 && life.attempts < 120);
}

TEST(pauses_grow_and_end_at_an_hour) {
    EXPECT_INT(outbox_pause(0), 15 * SECOND);
    EXPECT_INT(outbox_pause(1), 15 * SECOND);
    for (int64_t attempts = 1; attempts < 40; attempts++) EXPECT(outbox_pause(attempts + 1) >= outbox_pause(attempts));
    EXPECT_INT(outbox_pause(1000), HOUR);
}

TEST(a_clock_set_forward_ends_nothing) {
    EXPECT(!outbox_gives_up(1, 3650 * DAY));
    EXPECT(!outbox_gives_up(200, 3 * DAY));
    EXPECT(outbox_gives_up(30, 5 * DAY));
}
