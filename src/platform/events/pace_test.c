#include "platform/events/pace.h"
#include "tests/test.h"

static struct error of(enum error_code code) {
    return (struct error){.code = code};
}

TEST(what_fails_by_itself_again_and_again_is_passed_over_and_only_that) {
    struct pace pace = {0};
    struct error bad = of(ERR_CONFLICT);
    EXPECT_INT(pace_events(&pace, 100, 200), 200);
    EXPECT(!pace_failed(&pace, 100, 150, &bad));
    EXPECT_INT(pace_events(&pace, 100, 200), 1);
    pace_went_well(&pace);
    EXPECT_INT(pace_events(&pace, 149, 200), 1);
    for (int i = 1; i < PACE_TRIES; i++) EXPECT(!pace_failed(&pace, 149, 150, &bad));
    EXPECT(pace_failed(&pace, 149, 150, &bad));
    pace_went_well(&pace);
    EXPECT_INT(pace_events(&pace, 150, 200), 200);
}

TEST(an_outage_is_nobodys_fault_however_long_it_lasts) {
    struct pace pace = {0};
    struct error away = of(ERR_BUSY), full = of(ERR_NO_ROOM), bad = of(ERR_STORE);
    for (int i = 0; i < 100; i++) EXPECT(!pace_failed(&pace, 1, 2, i % 2 ? &away : &full));
    EXPECT_INT(pace_events(&pace, 1, 200), 200);
    EXPECT(!pace_failed(&pace, 1, 2, &bad));
}

TEST(pauses_double_up_to_a_minute) {
    struct pace pace = {0};
    struct error away = of(ERR_BUSY);
    EXPECT_INT(pace_wait(&pace, true, 200000), 0);
    EXPECT_INT(pace_wait(&pace, false, 200000), 200000);
    (void)pace_failed(&pace, 1, 2, &away);
    EXPECT_INT(pace_wait(&pace, true, 200000), 400000);
    for (int i = 0; i < 100; i++) (void)pace_failed(&pace, 1, 2, &away);
    EXPECT_INT(pace_wait(&pace, false, 200000), 60000000);
}
