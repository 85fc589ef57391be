#include "tests/test.h"
#include "wire/tables/vcard.h"

static void expect_card(const char *name, const char *first, const char *last, const struct vcard_line *lines, size_t count, const char *card) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = {.mem = &mem};
    vcard_add(&out, text_of(name), text_of(first), text_of(last), lines, count);
    EXPECT_TEXT(buffer_text(&out), card);
}

TEST(a_card_holds_what_is_known) {
    const struct vcard_line lines[] = {{"ORG", text_of("Nord, Süd; & Co")}, {"EMAIL;PREF=1", text_of("ana@nord.example")}, {"TEL", text_of("")}};
    expect_card("Ana Kovács", "Ana", "Kovács", lines, COUNT_OF(lines),
                "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ana Kovács\r\nN:Kovács;Ana;;;\r\nORG:Nord\\, Süd\\; & Co\r\nEMAIL;PREF=1:ana@nord.example\r\nEND:VCARD\r\n");
}

TEST(a_line_break_in_a_name_begins_no_line) {
    expect_card("Ana\r\nTEL:1\\", "", "", NULL, 0, "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ana\\nTEL:1\\\\\r\nEND:VCARD\r\n");
}

TEST(long_lines_are_folded_between_characters) {
    expect_card("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaéb", "", "", NULL, 0,
                "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n éb\r\nEND:VCARD\r\n");
}
