#include "wire/mail/traits.h"

#include "tests/test.h"
#include "wire/mail/mime.h"

#include <stdlib.h>

static struct text all_of(struct arena *mem, const struct traits_source *source) {
    struct buffer out = {.mem = mem};
    struct traits *traits = arena_alloc(mem, sizeof *traits);
    traits_of(mem, source, traits);
    for (size_t i = 0; i < traits->count; i++)
        buffer_printf(&out, "%s%s:%.*s", i ? " " : "", traits->at[i].kind, (int)traits->at[i].word.size, traits->at[i].word.data);
    return buffer_text(&out);
}

TEST(words_are_the_same_however_they_are_written) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(all_of(&mem, &(struct traits_source){.text = text_of("GEWINN! Gewinn, gewinn. Ihre Prämie: Őszinte ajánlat")}),
                "word:gewinn word:ihre word:prämie word:őszinte word:ajánlat");
    EXPECT_TEXT(all_of(&mem, &(struct traits_source){.text = text_of("ge\xC2\xADwinn ge\xE2\x80\x8Bwinn \xF0\x9F\x8E\x81gewinn\xE2\x82\xAC")}), "word:gewinn");
}

TEST(numbers_and_words_of_no_length_say_nothing) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(all_of(&mem, &(struct traits_source){.text = text_of("am 12345 zu 4711-22 b2b abcdefghijklmnopqrstuvwxy x")}), "word:b2b");
}

TEST(a_link_is_known_by_where_it_leads) {
    SCOPED(arena_free) struct arena mem = {0};
    const struct traits_source source = {.html = text_of("<a href='HTTPS://www.Shop.Market.example/x?a=1'>bank.example</a>"),
                                         .text = text_of("so (http://bank.example@evil.example:80/word) http://localhost/ ftp://a.b. and: that")};
    EXPECT_TEXT(all_of(&mem, &source), "link:shop.market.example link:market.example link:evil.example link:a.b word:and word:that");
}

TEST(whom_it_is_from_and_what_it_is_called_count_apart) {
    SCOPED(arena_free) struct arena mem = {0};
    const struct traits_source source = {.from_name = text_of("Ana Huber"), .from_address = text_of("Ana@Example.org"),
                                         .subject = text_of("GEWINNEN SIE"), .text = text_of("Ana")};
    EXPECT_TEXT(all_of(&mem, &source), "from:ana@example.org domain:example.org name:ana name:huber sign:shouted subject:gewinnen subject:sie word:ana");
}

TEST(a_letter_is_known_by_how_it_is_made) {
    SCOPED(arena_free) struct arena mem = {0};
    const struct letter *letter;
    struct error err = {0};
    mail_start();
    EXPECT(mail_parse(&mem, text_of("From: a@one.example\r\nReply-To: b@two.example\r\nX-Mailer: Bulker 3.1\r\nContent-Type: text/html\r\n\r\n<p>Hi</p>"), NULL,
                      &letter, &err));
    EXPECT_TEXT(all_of(&mem, &(struct traits_source){.letter = letter}),
                "sign:no_message_id sign:no_date sign:no_recipient sign:html_only sign:reply_elsewhere reply:two.example mailer:bulker");
}

TEST(a_long_letter_has_no_more_traits_than_allowed) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer text = {.mem = &mem};
    struct traits *traits = arena_alloc(&mem, sizeof *traits);
    for (int i = 0; i < 100000; i++) buffer_printf(&text, "word%d ", i);
    traits_of(&mem, &(struct traits_source){.subject = buffer_text(&text), .text = buffer_text(&text)}, traits);
    EXPECT_INT((int64_t)traits->count, TRAITS_MOST);
    EXPECT_TEXT(traits->at[0].word, "word0");
}
