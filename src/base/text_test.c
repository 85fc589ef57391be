#include "base/text.h"
#include "tests/test.h"

TEST(ill_formed_bytes_become_replacement_characters_one_by_one) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(text_make_utf8(&mem, text_of("a\xC3(b\xFF")), "a\xEF\xBF\xBD(b\xEF\xBF\xBD");
    EXPECT(!text_is_utf8(text_of("\xED\xA0\x80")));
    EXPECT(!text_is_utf8(text_of("\xC0\xAF")));
    EXPECT(text_is_utf8(text_of("Tov\xC3\xA1"
                                "bb\xC3\xADt\xC3\xA1s")));
}

TEST(a_cut_never_halves_a_character) {
    EXPECT_TEXT(text_cut(text_of("\xC3\xA4\xC3\xA4"), 3), "\xC3\xA4");
    EXPECT_TEXT(text_cut(text_of("abc"), 3), "abc");
}

TEST(folding_knows_the_letters_of_our_languages) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(text_fold(&mem, text_of("ÄÖÜ ŐŰ ŽŠ ÉÁ")), "äöü őű žš éá");
}

TEST(lines_end_with_or_without_carriage_return) {
    struct text rest = text_of("one\r\ntwo\n\nthree"), line;
    EXPECT(text_next_line(&rest, &line));
    EXPECT_TEXT(line, "one");
    EXPECT(text_next_line(&rest, &line));
    EXPECT_TEXT(line, "two");
    EXPECT(text_next_line(&rest, &line));
    EXPECT_TEXT(line, "");
    EXPECT(text_next_line(&rest, &line));
    EXPECT_TEXT(line, "three");
    EXPECT(!text_next_line(&rest, &line));
}

TEST(numbers_are_whole_texts) {
    int64_t number = 7;
    EXPECT(text_to_int(text_of("-42"), &number));
    EXPECT_INT(number, -42);
    EXPECT(!text_to_int(text_of("42a"), &number));
    EXPECT(!text_to_int(text_of(""), &number));
    EXPECT(!text_to_int(text_of("99999999999999999999"), &number));
    EXPECT_INT(number, -42);
}

TEST(a_buffer_stops_at_its_limit_and_says_so) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = {.mem = &mem, .limit = 5};
    buffer_add_string(&out, "abc");
    buffer_add_string(&out, "def");
    EXPECT(out.failed);
    EXPECT_TEXT(buffer_text(&out), "abc");
}
