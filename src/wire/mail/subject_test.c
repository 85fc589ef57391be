#include "wire/mail/subject.h"

#include "tests/test.h"

TEST(marks_of_many_languages_are_taken_off) {
    static const char *const subjects[] = {"Rechnung", "AW: Rechnung", "Re: AW: Rechnung", "RE[2]: Rechnung", "Antwort: Rechnung",
                                           "Vá: Rechnung", "SV: Rechnung", "WG: AW: Rechnung", "Fwd: Re: Rechnung", "TR : Rechnung",
                                           "Továbbítás: Rechnung", "re:Rechnung", "Re^2: Rechnung", "Re\xEF\xBC\x9A Rechnung",
                                           "VÁ: Rechnung", "回复: Rechnung", "Odg: Rechnung", "İLT: Rechnung", "転送: Rechnung"};
    for (size_t i = 0; i < COUNT_OF(subjects); i++) EXPECT_TEXT(subject_plain(text_of(subjects[i]), NULL), "Rechnung");
}

TEST(words_that_only_begin_like_a_mark_stay) {
    EXPECT_TEXT(subject_plain(text_of("Regarding: rent"), NULL), "Regarding: rent");
    EXPECT_TEXT(subject_plain(text_of("Fwd"), NULL), "Fwd");
    EXPECT_TEXT(subject_plain(text_of("Re"), NULL), "Re");
    EXPECT_TEXT(subject_plain(text_of(""), NULL), "");
}

TEST(the_outermost_mark_tells_a_forward) {
    bool forward;
    (void)subject_plain(text_of("WG: AW: Rechnung"), &forward);
    EXPECT(forward);
    (void)subject_plain(text_of("AW: WG: Rechnung"), &forward);
    EXPECT(!forward);
}

TEST(subjects_are_compared_as_people_see_them) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT(subject_same(&mem, text_of("AW: [#10023] Meine  RECHNUNG"), text_of("Meine Rechnung")));
    EXPECT(!subject_same(&mem, text_of("Meine Rechnung"), text_of("Mein Paket")));
}

static void expect_number(const char *subject, int64_t number, const char *label) {
    struct text found = text_of("");
    EXPECT_INT(subject_number(text_of(subject), &found), number);
    EXPECT_TEXT(found, label);
}

TEST(only_our_own_numbers_count) {
    expect_number("AW: [#10023] Rechnung", 10023, "10023");
    expect_number("[Other#10023]", 0, "");
    expect_number("[#12a] [#77]", 77, "77");
    expect_number("#10023 [#] [10023]", 0, "");
}

TEST(a_number_is_found_in_every_format) {
    expect_number("AW: [T-2026-010023] Rechnung", 10023, "T-2026-010023");
    expect_number("Re: [#SV/26/10023] Ihr Paket", 10023, "SV/26/10023");
    expect_number("Nachfrage zu T-10042-5, dringend", 10042, "T-10042-5");
    expect_number("Nachfrage (t10042)?", 10042, "t10042");
    expect_number("Nachfrage zu T-10042-4", 0, "");
    expect_number("Termin 2026-11-24, RE-12, A4", 0, "");
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT(subject_same(&mem, text_of("Re: [T-2026-010023] Rechnung"), text_of("Rechnung")));
}
