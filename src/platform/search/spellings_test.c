#include "platform/search/spellings.h"
#include "tests/test.h"

static void expect_spellings(const char *word, const char *wanted) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text spellings[SPELLINGS];
    size_t count = search_spellings(&mem, text_of(word), spellings);
    struct buffer out = {.mem = &mem};
    for (size_t i = 0; i < count; i++) {
        if (i) buffer_add_char(&out, ' ');
        buffer_add_text(&out, spellings[i]);
    }
    EXPECT_TEXT(buffer_text(&out), wanted);
}

TEST(umlauts_are_spelled_out_and_drawn_together) {
    expect_spellings("Müller", "Müller mueller");
    expect_spellings("Mueller", "Mueller müller");
    expect_spellings("MUELLER", "MUELLER müller");
    expect_spellings("Oel", "Oel öl");
}

TEST(a_sharp_s_is_two) {
    expect_spellings("Straße", "Straße strasse");
    expect_spellings("Strasse", "Strasse straße");
    expect_spellings("Gruesse", "Gruesse grüsse grueße grüße");
    expect_spellings("Grüße", "Grüße gruesse grüsse grueße");
}

TEST(behind_a_vowel_or_q_it_is_no_umlaut) {
    expect_spellings("neue", "neue");
    expect_spellings("Steuer", "Steuer");
    expect_spellings("Quelle", "Quelle");
    expect_spellings("invoice", "invoice");
    expect_spellings("", "");
}
