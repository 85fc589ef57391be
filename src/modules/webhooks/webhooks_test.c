#include "base/clock.h"
#include "modules/webhooks/webhooks_private.h"
#include "tests/test.h"

/* The example of the Standard Webhooks' own documentation and libraries. */
TEST(a_signature_is_that_of_the_standard) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text signature = webhook_signature(&mem, text_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), text_of("msg_p5jXN8AQM9LWM0D4loKWxJek"),
                                              1614265330, text_of("{\"test\": 2432232314}"));
    EXPECT_TEXT(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(another_byte_gives_another_signature) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text secret = webhook_secret(&mem), other = webhook_secret(&mem);
    struct text one = webhook_signature(&mem, secret, text_of("msg_a"), 1, text_of("{}"));
    EXPECT(one.data && text_starts(secret, "whsec_") && secret.size == 50 && !text_equal(secret, other));
    EXPECT(text_equal(one, webhook_signature(&mem, secret, text_of("msg_a"), 1, text_of("{}"))));
    EXPECT(!text_equal(one, webhook_signature(&mem, secret, text_of("msg_b"), 1, text_of("{}"))));
    EXPECT(!text_equal(one, webhook_signature(&mem, secret, text_of("msg_a"), 2, text_of("{}"))));
    EXPECT(!text_equal(one, webhook_signature(&mem, secret, text_of("msg_a"), 1, text_of("{ }"))));
    EXPECT(!text_equal(one, webhook_signature(&mem, other, text_of("msg_a"), 1, text_of("{}"))));
    EXPECT(!webhook_signature(&mem, text_of("whsec_*"), text_of("msg_a"), 1, text_of("{}")).data);
    EXPECT(!webhook_signature(&mem, text_of("secret"), text_of("msg_a"), 1, text_of("{}")).data);
}

TEST(kinds_are_chosen_one_by_one_by_their_beginning_or_all) {
    EXPECT(kind_is_known(text_of("*")) && kind_is_known(text_of("ticket.*")) && kind_is_known(text_of("ticket.changed")));
    EXPECT(!kind_is_known(text_of("ticket")) && !kind_is_known(text_of("tick.*")) && !kind_is_known(text_of("ticket.")) && !kind_is_known(text_of("")));
    EXPECT(!kind_is_known(text_of(".*")) && !kind_is_known(text_of("tic*")));
    struct text kinds = text_of("[\"ticket.*\",\"message.written\"]");
    EXPECT(kind_is_wanted(kinds, text_of("ticket.opened")) && kind_is_wanted(kinds, text_of("message.written")));
    EXPECT(!kind_is_wanted(kinds, text_of("message.moved")) && !kind_is_wanted(kinds, text_of("ticket_tag.x")) && !kind_is_wanted(kinds, text_of("ticket.")));
    EXPECT(kind_is_wanted(text_of("[\"*\"]"), text_of("team.created")) && !kind_is_wanted(text_of("[]"), text_of("team.created")));
}

TEST(the_kinds_are_in_order_and_each_there_once) {
    for (size_t i = 1; event_kinds[i]; i++)
        expect_at(__FILE__, __LINE__, strcmp(event_kinds[i - 1], event_kinds[i]) < 0, "%s before %s", event_kinds[i - 1], event_kinds[i]);
}

TEST(attempts_end_within_about_a_day) {
    int64_t all = 0, tries = 1;
    for (; webhook_pause(tries); tries++) all += webhook_pause(tries);
    EXPECT_INT(tries, 11);
    EXPECT(all > 20 * HOUR && all < 24 * HOUR);
    EXPECT_INT(webhook_pause(0), 5 * SECOND);
}
