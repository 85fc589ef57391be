#include "platform/search/marks.h"
#include "tests/test.h"

/* The text with its marked words in brackets. */
static void expect_marks(const char *wanted, bool is_prefix, const char *text, const char *marked) {
    SCOPED(arena_free) struct arena mem = {0};
    struct marker *marker = marker_make(&mem);
    struct mark marks[8];
    struct buffer out = {.mem = &mem};
    size_t done = 0;
    marker_want(marker, text_of(wanted), is_prefix);
    size_t count = marker_find(marker, text_of(text), marks, COUNT_OF(marks));
    for (size_t i = 0; i < count; i++) {
        buffer_add(&out, text + done, marks[i].from - done);
        buffer_printf(&out, "[%.*s]", (int)marks[i].size, text + marks[i].from);
        done = marks[i].from + marks[i].size;
    }
    buffer_add_string(&out, text + done);
    EXPECT_TEXT(buffer_text(&out), marked);
}

TEST(a_word_is_marked_whatever_its_ending) {
    expect_marks("Rechnungen", false, "Eine Rechnung, die RECHNUNGEN; Rechner", "Eine [Rechnung], die [RECHNUNGEN]; Rechner");
    expect_marks("running", false, "I run and he runs", "I [run] and he [runs]");
}

TEST(accents_and_case_do_not_matter) {
    expect_marks("muller", false, "Frau Müller, Herr MÜLLER", "Frau [Müller], Herr [MÜLLER]");
    expect_marks("szállítás", false, "Öt szallitas a Sza\xCC\x81lli\xCC\x81ta\xCC\x81s", "Öt [szallitas] a [Sza\xCC\x81lli\xCC\x81ta\xCC\x81s]");
    expect_marks("данные", false, "Мои ДАННЫЕ", "Мои [ДАННЫЕ]");
}

TEST(only_a_prefix_marks_longer_words) {
    expect_marks("bob", true, "bobby@example.org", "[bobby]@example.org");
    expect_marks("bob", false, "bobby@example.org", "bobby@example.org");
}

TEST(each_word_of_several_is_marked) {
    expect_marks("ana@example.org", false, "Ana <ana@example.org>", "[Ana] <[ana]@[example].[org]>");
    expect_marks("…", false, "… and \xFF so on", "… and \xFF so on");
}

TEST(words_are_counted_once_each) {
    SCOPED(arena_free) struct arena mem = {0};
    struct marker *marker = marker_make(&mem);
    EXPECT_INT(marker_count(marker, text_of("nothing is looked for")), 0);
    marker_want(marker, text_of("Rechnung Kessel Müller"), false);
    EXPECT_INT(marker_wanted(marker), 3);
    EXPECT_INT(marker_count(marker, text_of("Rechnungen, noch eine Rechnung, und der Kessel")), 2);
    EXPECT_INT(marker_count(marker, text_of("muller: kessel, rechnung")), 3);
    EXPECT_INT(marker_count(marker, text_of("")), 0);
}
