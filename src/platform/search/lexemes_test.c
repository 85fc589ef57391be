#include "platform/search/lexemes.h"
#include "tests/test.h"

TEST(a_document_has_each_word_and_its_stems_at_the_same_place) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text got = search_document(&mem, text_of("Die Rechnungen der RECHNUNG"), 'D', 100000);
    static const char *const wanted[] = {"'die':1", "'rechnungen':2", "'rechnung':2,4", "'der':3"};
    for (size_t i = 0; i < COUNT_OF(wanted); i++) EXPECT(text_find(got, text_of(wanted[i])) != SIZE_MAX);
    EXPECT_TEXT(search_document(&mem, text_of("Müller"), 'A', 100000), "'muller':1A 'mull':1A");
    EXPECT_TEXT(search_document(&mem, text_of(" ?! "), 'D', 100000), "");
    EXPECT_TEXT(search_document(&mem, text_of(""), 'D', 100000), "");
}

TEST(no_text_is_too_long_for_the_index) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer words = {.mem = &mem}, same = {.mem = &mem};
    for (int i = 0; i < 50000; i++) buffer_printf(&words, "w%d ", i * 7919);
    for (int i = 0; i < 50000; i++) buffer_add_string(&same, "ja ");
    EXPECT(search_document(&mem, buffer_text(&words), 'D', 700000).size < 1000000);
    EXPECT(search_document(&mem, buffer_text(&words), 'D', 1000).size < 1500);
    struct text places = search_document(&mem, buffer_text(&same), 'D', 700000);
    size_t commas = 0;
    for (size_t i = 0; i < places.size; i++) commas += places.data[i] == ',';
    EXPECT_INT(commas, 254);
    char *word = arena_alloc(&mem, 5000);
    memset(word, 'a', 5000);
    EXPECT_TEXT(search_document(&mem, text_from(word, 5000), 'D', 700000), "");
}

TEST(a_question_names_words_one_behind_the_other) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(search_question(&mem, text_of("Rechnungen"), true, false), "('rechnungen' | 'rechnung')");
    EXPECT_TEXT(search_question(&mem, text_of("Rechnungen"), false, false), "('rechnungen')");
    EXPECT_TEXT(search_question(&mem, text_of("ana@x.example"), false, true), "('ana') <-> ('x') <-> ('example' | 'example':*)");
    EXPECT_TEXT(search_question(&mem, text_of("'; DROP"), false, false), "('drop')");
    EXPECT_TEXT(search_question(&mem, text_of("..."), true, true), "");
}
