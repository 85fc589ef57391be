#include "wire/mail/token.h"

#include "tests/test.h"

static const unsigned char key[TOKEN_KEY] = "0123456789abcdef0123456789abcde", other[TOKEN_KEY] = "x";
static const struct mail_token token = {{4711}, {815}};

TEST(an_answer_finds_its_ticket_by_the_address) {
    SCOPED(arena_free) struct arena mem = {0};
    struct mail_token found = {0};
    struct text address = token_address(&mem, text_of("support@example.org"), token_make(&mem, key, token));
    EXPECT(text_starts(address, "support+t") && text_ends(address, "@example.org"));
    EXPECT(token_find(address, key, &found));
    EXPECT_INT(found.ticket.value, 4711);
    EXPECT_INT(found.message.value, 815);
}

TEST(case_may_be_lost_on_the_way) {
    SCOPED(arena_free) struct arena mem = {0};
    struct mail_token found = {0};
    struct text made = token_make(&mem, key, token);
    char *loud = text_string(&mem, token_address(&mem, text_of("support@example.org"), made));
    for (char *c = loud; *c; c++)
        if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 32);
    EXPECT(token_find(text_of(loud), key, &found));
    EXPECT_INT(found.ticket.value, 4711);
}

TEST(a_message_id_carries_it_too) {
    SCOPED(arena_free) struct arena mem = {0};
    struct mail_token found = {0};
    struct text id = token_message_id(&mem, token_make(&mem, key, token), text_of("q1w2e3"), text_of("example.org"));
    EXPECT(token_find(id, key, &found));
    EXPECT_INT(found.message.value, 815);
}

TEST(a_changed_or_foreign_token_is_no_token) {
    SCOPED(arena_free) struct arena mem = {0};
    struct mail_token found = {0};
    struct text address = token_address(&mem, text_of("support@example.org"), token_make(&mem, key, token));
    EXPECT(!token_find(address, other, &found));
    for (size_t i = 9; i < 50; i++) {
        char *changed = text_string(&mem, address);
        changed[i] = changed[i] == 'a' ? 'b' : 'a';
        /* The last letter holds two unused bits: a change there may leave the token what it was. */
        if (token_find(text_of(changed), key, &found)) EXPECT(i == 8 + 42);
    }
    EXPECT(!token_find(text_of("support+tuesday@example.org"), key, &found));
    EXPECT(!token_find(text_of(""), key, &found));
    EXPECT_INT(found.ticket.value, 0);
}
