#include "wire/mail/compose_private.h"

#include "tests/test.h"

static struct text text_header(struct arena *mem, const char *name, struct text value) {
    struct buffer out = {.mem = mem};
    header_write_text(&out, name, value);
    return buffer_text(&out);
}

static struct text address_header(struct arena *mem, const char *name, const char *address) {
    struct buffer out = {.mem = mem};
    struct mail_address one = {text_of(name), text_of(address)};
    header_write_addresses(&out, "To", (struct mail_addresses){1, &one});
    return buffer_text(&out);
}

static struct text param_header(struct arena *mem, const char *value, enum param_style style) {
    struct buffer out = {.mem = mem};
    struct header header = header_begin(&out, "X");
    header_token(&header, text_of("a/b"));
    header_param(&header, "name", text_of(value), style);
    header_end(&header);
    return buffer_text(&out);
}

static void expect_lines(struct text header) {
    struct text line;
    EXPECT(text_ends(header, "\r\n"));
    for (bool first = true; text_next(&header, '\n', &line); first = false) {
        EXPECT(line.size <= 77 && line.size > 1 && line.data[line.size - 1] == '\r'); /* the CR counts here */
        EXPECT(first || line.data[0] == ' ');
        EXPECT(!text_is(text_trim(line), ""));
    }
}

TEST(plain_text_stays_and_folds_between_words) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(text_header(&mem, "Subject", text_of("  Your   order ")), "Subject: Your order\r\n");
    const char *wide = "1234567890 1234567890 1234567890 1234567890 1234567890 123456789 12 34";
    EXPECT_TEXT(text_header(&mem, "Subject", text_of(wide)),
                "Subject: 1234567890 1234567890 1234567890 1234567890 1234567890 123456789 12\r\n 34\r\n");
    EXPECT_TEXT(text_header(&mem, "Subject", text_of(" \r\n ")), "");
}

TEST(the_shorter_encoding_is_taken) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(text_header(&mem, "Subject", text_of("Grüße aus Wien")),
                "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe_aus_Wien?=\r\n");
    EXPECT_TEXT(text_header(&mem, "Subject", text_of("Привет")), "Subject: =?UTF-8?B?0J/RgNC40LLQtdGC?=\r\n");
}

TEST(what_looks_like_an_encoded_word_is_encoded) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(text_header(&mem, "Subject", text_of("=?x")), "Subject: =?UTF-8?B?PT94?=\r\n");
}

TEST(encoded_words_never_cut_a_character_and_fit) {
    SCOPED(arena_free) struct arena mem = {0};
    static const char *const pieces[] = {"😀", "ü", "aü", "Ж", "a b=?", "中", "ab😀", "中ü😀",
                                         "中中中中中中中中中中中中中中中中中中中a"};
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        struct buffer value = {.mem = &mem};
        while (value.size < 900) buffer_add_string(&value, pieces[i]);
        struct text header = text_header(&mem, "Subject", buffer_text(&value)), rest = text_skip(header, 9), word;
        expect_lines(header);
        while (text_next(&rest, ' ', &word)) {
            EXPECT(text_trim(word).size <= 75);
            EXPECT(text_empty(rest) || text_find(word, text_of("=?=")) == SIZE_MAX); /* "=" of base64 only at the end */
        }
    }
}

TEST(one_endless_word_becomes_encoded_words) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer value = {.mem = &mem};
    while (value.size < 5000) buffer_add_char(&value, 'x');
    expect_lines(text_header(&mem, "Subject", buffer_text(&value)));
}

TEST(no_value_makes_a_second_header) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(text_header(&mem, "Subject", text_of("a\r\nBcc: evil@example.org")),
                "Subject: a Bcc: evil@example.org\r\n");
    EXPECT_TEXT(text_header(&mem, "Subject", text_from("a\0b\x7f\tc", 6)), "Subject: ab c\r\n");
    EXPECT_TEXT(text_header(&mem, "Subject", text_of("a\xe2\x80\xa8" "b\xc2\x85" "c\rd\ne")), "Subject: a b c d e\r\n");
    EXPECT(text_is_utf8(header_clean(&mem, text_of("a\xff\xc3"))));
}

TEST(names_are_atoms_quoted_or_encoded) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(address_header(&mem, "Ana Roth", "a@x.org"), "To: Ana Roth <a@x.org>\r\n");
    EXPECT_TEXT(address_header(&mem, "Roth, Ana (Dr.)", "a@x.org"), "To: \"Roth, Ana (Dr.)\" <a@x.org>\r\n");
    EXPECT_TEXT(address_header(&mem, "A \"B\" \\C", "a@x.org"), "To: \"A \\\"B\\\" \\\\C\" <a@x.org>\r\n");
    EXPECT_TEXT(address_header(&mem, "Jörg (IT)", "a@x.org"), "To: =?UTF-8?B?SsO2cmcgKElUKQ==?= <a@x.org>\r\n");
    EXPECT_TEXT(address_header(&mem, "Jörg, IT", "a@x.org"), "To: =?UTF-8?B?SsO2cmcsIElU?= <a@x.org>\r\n");
    EXPECT_TEXT(address_header(&mem, "Jörg of Sales", "a@x.org"), "To: =?UTF-8?Q?J=C3=B6rg_of_Sales?= <a@x.org>\r\n");
    EXPECT_TEXT(address_header(&mem, "", "a@x.org"), "To: a@x.org\r\n");
    EXPECT_TEXT(address_header(&mem, "\"x\" <evil@x.org>,\r\nBcc: y@x.org", "a@x.org"),
                "To: \"\\\"x\\\" <evil@x.org>, Bcc: y@x.org\" <a@x.org>\r\n");
}

TEST(strange_addresses_are_mended_or_left_out) {
    SCOPED(arena_free) struct arena mem = {0};
    static const struct {
        const char *given, *wanted;
    } cases[] = {
        {"ana@example.org", "ana@example.org"},
        {" <ana@example.org> ", "ana@example.org"},
        {"ana\r\n@example.org\t", "ana@example.org"},
        {"o'neil+x=y@example.org", "o'neil+x=y@example.org"},
        {"a b@example.org", "\"a b\"@example.org"},
        {"\"a b\"@example.org", "\"a b\"@example.org"},
        {"\"a\"b\"@example.org", "\"\\\"a\\\"b\\\"\"@example.org"},
        {"\"a\\\"@example.org", "\"\\\"a\\\\\\\"\"@example.org"},
        {"a..b.@docomo.example", "\"a..b.\"@docomo.example"},
        {"x@y.org>, <evil@example.org", "\"x@y.org>, <evil\"@example.org"},
        {"ana@[IPv6:2001:db8::1]", "ana@[IPv6:2001:db8::1]"},
        {"jörg@example.org", NULL},
        {"ana@köln.example", "ana@xn--kln-sna.example"},
        {"ana@kö ln.example", NULL},
        {"ana@exa mple.org", NULL},
        {"ana@example.org>\r\nBcc: evil", NULL},
        {"ana", NULL},
        {"@example.org", NULL},
        {"ana@", NULL},
        {"<>", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct text got = address_clean(&mem, text_of(cases[i].given));
        EXPECT((got.data != NULL) == (cases[i].wanted != NULL));
        if (cases[i].wanted) EXPECT_TEXT(got, cases[i].wanted);
    }
}

TEST(long_lists_fold_and_leave_out_the_bad) {
    SCOPED(arena_free) struct arena mem = {0};
    struct mail_address list[60] = {0};
    struct buffer out = {.mem = &mem};
    for (size_t i = 0; i < 60; i++) {
        const char *name = i % 3 ? "Ana Maria" : "Jürgen Groß, Ä";
        const char *domain = i == 59 ? "" : "@example.org";
        list[i] = (struct mail_address){text_of(name), text_printf(&mem, "person%zu%s", i, domain)};
    }
    EXPECT(header_write_addresses(&out, "Cc", (struct mail_addresses){60, list}));
    expect_lines(buffer_text(&out));
    EXPECT(text_ends(buffer_text(&out), "<person58@example.org>\r\n"));
    struct buffer none = {.mem = &mem};
    EXPECT(!header_write_addresses(&none, "Cc", (struct mail_addresses){1, &list[59]}));
    EXPECT_INT(none.size, 0);
}

TEST(parameters_are_quoted_percent_encoded_or_words) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(param_header(&mem, "", PARAM_RFC2231), "X: a/b\r\n");
    EXPECT_TEXT(param_header(&mem, "a \"b\".txt", PARAM_RFC2231), "X: a/b; name=\"a \\\"b\\\".txt\"\r\n");
    EXPECT_TEXT(param_header(&mem, "größe 1.pdf", PARAM_RFC2231), "X: a/b; name*=UTF-8''gr%C3%B6%C3%9Fe%201.pdf\r\n");
    EXPECT_TEXT(param_header(&mem, "größe 1.pdf", PARAM_WORDS),
                "X: a/b; name=\"=?UTF-8?B?Z3LDtsOfZSAxLnBkZg==?=\"\r\n");
    EXPECT_TEXT(param_header(&mem, "a\r\nBcc: x", PARAM_RFC2231), "X: a/b; name=\"a Bcc: x\"\r\n");
}

TEST(long_parameters_are_written_in_pieces) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer value = {.mem = &mem};
    while (value.size < 250) buffer_add_string(&value, "ä😀 x\"");
    struct text pieces = param_header(&mem, text_string(&mem, buffer_text(&value)), PARAM_RFC2231);
    expect_lines(pieces);
    expect_lines(param_header(&mem, text_string(&mem, buffer_text(&value)), PARAM_WORDS));
    EXPECT(text_find(pieces, text_of("name*0*=UTF-8''%C3%A4")) != SIZE_MAX);
    EXPECT(text_find(pieces, text_of("; name*0*=")) == SIZE_MAX);
    EXPECT(text_find(pieces, text_of(";\r\n name*1*=")) != SIZE_MAX);
}

TEST(ids_that_are_none_are_left_out) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = {.mem = &mem}, none = {.mem = &mem};
    struct text ids[] = {text_of("<a@b>"), text_of("a@b"), text_of("<a b>"), text_of("<a>\r\nBcc: x>"), {0},
                         text_of("<>"), text_of("<<a>>"), text_of("<ü@b>"), text_of("<c@d>")};
    EXPECT(header_write_ids(&out, "References", (struct mail_texts){COUNT_OF(ids), ids}));
    EXPECT_TEXT(buffer_text(&out), "References: <a@b> <c@d>\r\n");
    EXPECT(!header_write_ids(&none, "References", (struct mail_texts){3, ids + 1}));
    EXPECT_INT(none.size, 0);
}

TEST(bodies_get_one_kind_of_line_end) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(body_lines(&mem, text_of("a\nb\rc\r\nd\n\re")), "a\r\nb\r\nc\r\nd\r\n\r\ne\r\n");
    EXPECT_TEXT(body_lines(&mem, text_of("")), "");
    EXPECT_TEXT(body_lines(&mem, (struct text){0}), "");
}

static struct text body(struct arena *mem, const char *lines) {
    struct buffer out = {.mem = mem};
    body_write_text(&out, body_lines(mem, text_of(lines)));
    struct text t = buffer_text(&out);
    return text_skip(t, text_find(t, text_of("\r\n\r\n")) + 4);
}

TEST(what_relays_would_hurt_is_quoted) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(body(&mem, "plain = plain\n"), "plain = plain\r\n");
    EXPECT_TEXT(body(&mem, "From here\nto =there \n.\n.."), "=46rom here\r\nto =3Dthere=20\r\n=2E\r\n..\r\n");
    EXPECT_TEXT(body(&mem, "a\t\nä\x01\n"), "a=09\r\n=C3=A4=01\r\n");
    EXPECT_TEXT(body(&mem, "1234567890123456789012345678901234567890123456789012345678901234567890123456"),
                "1234567890123456789012345678901234567890123456789012345678901234567890123456\r\n");
    EXPECT_TEXT(body(&mem, "12345678901234567890123456789012345678901234567890123456789012345678901234567"),
                "123456789012345678901234567890123456789012345678901234567890123456789012345=\r\n67\r\n");
    EXPECT_TEXT(body(&mem, "123456789012345678901234567890123456789012345678901234567890123456789012345ü"),
                "123456789012345678901234567890123456789012345678901234567890123456789012345=\r\n=C3=BC\r\n");
}
