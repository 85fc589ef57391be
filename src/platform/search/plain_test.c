#include "platform/search/plain.h"
#include "tests/test.h"

static void expect_plain(const char *text, const char *plain) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(search_plain(&mem, text_of(text)), plain);
}

TEST(accents_go_and_letters_stay) {
    expect_plain("plain", "plain");
    expect_plain("Szállítás Őrülten", "Szallitas Orulten");
    expect_plain("Größe, œuvre, Łódź", "Große, œuvre, Łodz");
    expect_plain("ﬁnal e\xCC\x81t", "final et");
    expect_plain("данные 数据", "данные 数据");
}

TEST(what_is_no_utf8_stays) {
    expect_plain("Caf\xE9", "Caf\xE9");
    expect_plain("", "");
}
