#include "wire/mail/compose.h"

#include "tests/test.h"

#include <gmime/gmime.h>

static const struct mail_address ana = {{"Ana Roth", 8}, {"ana@example.com", 15}};

static struct composition hello(void) {
    return (struct composition){
        .from = {text_of("Support"), text_of("support@example.org")},
        .to = {1, &ana},
        .subject = text_of("Re: Your order"),
        .message_id = text_of("<m1@example.org>"),
        .date_at = 1764000000000000,
        .text = text_of("Hello\n"),
    };
}

/* What holds for every letter: CRLF alone ends lines, 7-bit, no NUL, no line above 998 bytes. */
static void expect_sendable(struct text letter) {
    size_t line = 0, longest = 0, faults = 0;
    for (size_t i = 0; i < letter.size; i++) {
        unsigned char c = (unsigned char)letter.data[i], before = i ? (unsigned char)letter.data[i - 1] : 0;
        faults += c >= 0x80 || c == 0 || (c == '\n' && before != '\r') || (before == '\r' && c != '\n');
        line = c == '\n' ? 0 : line + 1;
        if (line > longest) longest = line;
    }
    EXPECT_INT(faults, 0);
    EXPECT(longest <= 999); /* the CR counts here */
    EXPECT(text_ends(letter, "\r\n"));
}

static struct text compose(struct arena *mem, const struct composition *composition) {
    struct text letter = compose_letter(mem, composition);
    expect_sendable(letter);
    return letter;
}

static struct text headers_of(struct text letter) {
    return text_slice(letter, 0, text_find(letter, text_of("\r\n\r\n")) + 2);
}

static bool has(struct text t, const char *piece) {
    return text_find(t, text_of(piece)) != SIZE_MAX;
}

static size_t count_of(struct text t, const char *piece) {
    size_t count = 0;
    for (size_t at; (at = text_find(t, text_of(piece))) != SIZE_MAX; count++) t = text_skip(t, at + 1);
    return count;
}

/* --- Another reader: GMime --------------------------------------------------------------------------------------- */

static void gmime_start(void) {
    static bool started = false;
    if (!started) g_mime_init();
    started = true;
}

static void message_end(GMimeMessage **message) {
    if (*message) g_object_unref(*message);
}

static GMimeMessage *reread(struct text letter) {
    gmime_start();
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(letter.data, letter.size);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    EXPECT(message != NULL);
    return message;
}

static struct text decoded(struct arena *mem, GMimeObject *part) {
    GMimeStream *stream = g_mime_stream_mem_new();
    GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(part));
    g_mime_data_wrapper_write_to_stream(content, stream);
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    struct text copy = text_copy(mem, text_from((const char *)bytes->data, bytes->len));
    g_object_unref(stream);
    return copy.data ? copy : text_of("");
}

static bool is_type(GMimeObject *object, const char *type, const char *subtype) {
    return g_mime_content_type_is_type(g_mime_object_get_content_type(object), type, subtype);
}

static GMimeObject *child(GMimeObject *multipart, int index) {
    return g_mime_multipart_get_part(GMIME_MULTIPART(multipart), index);
}

static int children(GMimeObject *multipart) {
    return g_mime_multipart_get_count(GMIME_MULTIPART(multipart));
}

/* --- Headers ----------------------------------------------------------------------------------------------------- */

TEST(a_small_letter_is_these_bytes) {
    SCOPED(arena_free) struct arena mem = {0};
    struct composition given = hello();
    EXPECT_TEXT(compose(&mem, &given), "From: Support <support@example.org>\r\n"
                                       "To: Ana Roth <ana@example.com>\r\n"
                                       "Subject: Re: Your order\r\n"
                                       "Date: Mon, 24 Nov 2025 16:00:00 +0000\r\n"
                                       "Message-ID: <m1@example.org>\r\n"
                                       "Thread-Topic: Your order\r\n"
                                       "MIME-Version: 1.0\r\n"
                                       "Content-Type: text/plain; charset=utf-8\r\n"
                                       "Content-Transfer-Encoding: 7bit\r\n"
                                       "\r\n"
                                       "Hello\r\n");
}

TEST(the_same_letter_is_the_same_bytes) {
    SCOPED(arena_free) struct arena mem = {0};
    struct composition given = hello();
    struct compose_file file = {.name = text_of("a.bin"), .bytes = text_of("x")};
    given.html = text_of("<p>Hello</p>");
    given.files = &file, given.file_count = 1;
    struct text first = compose(&mem, &given);
    EXPECT(text_equal(first, compose(&mem, &given)));
    given.message_id = text_of("<m2@example.org>");
    EXPECT(!text_equal(first, compose(&mem, &given)));
}

TEST(subjects_come_back_as_they_were) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer lengthy = {.mem = &mem};
    for (int i = 0; i < 300; i++) buffer_add_string(&lengthy, i % 7 ? "ü" : "😀");
    struct text subjects[] = {text_of("Ärger mit der Öffnung 😀 (#10023)"), text_of("plain"), text_of("日本語の件名"),
                              text_of("=?utf-8?Q?fake?="), text_of("a_b = c? d"), buffer_text(&lengthy)};
    for (size_t i = 0; i < COUNT_OF(subjects); i++) {
        struct composition given = hello();
        given.subject = subjects[i];
        SCOPED(message_end) GMimeMessage *message = reread(compose(&mem, &given));
        EXPECT_TEXT(text_of(g_mime_message_get_subject(message)), text_string(&mem, subjects[i]));
    }
}

TEST(addresses_come_back_as_they_were) {
    SCOPED(arena_free) struct arena mem = {0};
    static const char *const names[] = {"Jörg Müller-Lüdenscheidt, Abteilung für Öffentlichkeitsarbeit und Übersee",
                                        "O'Neil \"The Boss\" \\ Co.", "Plain Name", "", "Ö", "a@b <c@d>", "李小龙"};
    struct mail_address list[COUNT_OF(names)];
    for (size_t i = 0; i < COUNT_OF(names); i++)
        list[i] = (struct mail_address){text_of(names[i]), text_printf(&mem, "p.%zu+x@example.org", i)};
    struct composition given = hello();
    given.cc = (struct mail_addresses){COUNT_OF(names), list};
    SCOPED(message_end) GMimeMessage *message = reread(compose(&mem, &given));
    InternetAddressList *cc = g_mime_message_get_cc(message);
    EXPECT_INT(internet_address_list_length(cc), COUNT_OF(names));
    for (int i = 0; i < internet_address_list_length(cc); i++) {
        InternetAddress *address = internet_address_list_get_address(cc, i);
        const char *name = internet_address_get_name(address);
        EXPECT_TEXT(text_of(name ? name : ""), names[i]);
        EXPECT_TEXT(text_of(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address))),
                    text_string(&mem, list[i].address));
    }
}

TEST(nothing_given_can_make_a_header) {
    SCOPED(arena_free) struct arena mem = {0};
    const char *evil = "x\r\nBcc: evil@example.org\r\n\r\nbody";
    struct mail_address person = {text_of(evil), text_of("a\r\nBcc: evil@example.org")};
    struct text ids[] = {text_of("<a@b>\r\nBcc: x"), text_of("<ok@b>"), text_of(evil)};
    struct compose_file file = {.name = text_of(evil), .media_type = text_of("text/x\r\nBcc: y"),
                                .content_id = text_of(evil), .bytes = text_of(evil), .is_inline = true};
    struct composition given = hello();
    given.from = given.reply_to = person;
    given.to = given.cc = (struct mail_addresses){1, &person};
    given.subject = given.loop_mark = given.language = given.thread_key = text_of(evil);
    given.message_id = given.in_reply_to = text_of(evil);
    given.references = (struct mail_texts){COUNT_OF(ids), ids};
    given.files = &file, given.file_count = 1;
    struct text letter = compose(&mem, &given);
    EXPECT_INT(count_of(letter, "\nBcc:"), 0);
    EXPECT_INT(count_of(letter, "\nbody"), 0);
    EXPECT(has(letter, "References: <ok@b>\r\n") && !has(letter, "Message-ID:") && !has(letter, "Content-Language"));
    SCOPED(message_end) GMimeMessage *message = reread(letter);
    InternetAddressList *bcc = g_mime_message_get_bcc(message);
    EXPECT(bcc == NULL || internet_address_list_length(bcc) == 0);
}

TEST(bcc_alone_leaves_a_polite_to) {
    SCOPED(arena_free) struct arena mem = {0};
    struct composition given = hello();
    given.to.count = 0;
    EXPECT(has(compose(&mem, &given), "\r\nTo: undisclosed-recipients:;\r\n"));
}

TEST(references_keep_the_first_and_the_last) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text ids[30];
    for (int i = 0; i < 30; i++) ids[i] = text_printf(&mem, "<%d.a.rather.long.message.id@mail.example.org>", i);
    struct composition given = hello();
    given.in_reply_to = ids[29];
    given.references = (struct mail_texts){30, ids};
    struct text headers = headers_of(compose(&mem, &given));
    EXPECT_INT(count_of(headers, ".a.rather.long"), 21);
    EXPECT(has(headers, "References: <0.a.") && has(headers, "<11.a.") && has(headers, "<29.a."));
    EXPECT(!has(headers, "<10.a."));
    given.references.count = 20;
    EXPECT_INT(count_of(headers_of(compose(&mem, &given)), ".a.rather.long"), 21);
}

static struct text thread_index(struct arena *mem, const struct composition *given) {
    struct text headers = headers_of(compose(mem, given));
    size_t at = text_find(headers, text_of("Thread-Index: "));
    gsize size = 0;
    struct text line = {0}, rest = text_skip(headers, at + 14);
    EXPECT(at != SIZE_MAX && text_next_line(&rest, &line));
    guchar *bytes = g_base64_decode(text_string(mem, line), &size);
    struct text index = text_copy(mem, text_from((const char *)bytes, size));
    g_free(bytes);
    EXPECT_INT(index.size, 22);
    return index;
}

TEST(letters_of_one_matter_share_a_thread) {
    SCOPED(arena_free) struct arena mem = {0};
    struct composition given = hello();
    given.thread_key = text_of("ticket 7");
    struct text first = thread_index(&mem, &given);
    EXPECT_INT((unsigned char)first.data[0], 1); /* so it is for all times between 1829 and 2057 */
    given.date_at += 86400 * 1000000LL;
    struct text second = thread_index(&mem, &given);
    EXPECT(!text_equal(text_slice(first, 0, 6), text_slice(second, 0, 6)));
    EXPECT(text_equal(text_skip(first, 6), text_skip(second, 6)));
    given.thread_key = text_of("ticket 8");
    EXPECT(!text_equal(text_skip(first, 6), text_skip(thread_index(&mem, &given), 6)));
}

TEST(automatic_letters_say_so) {
    SCOPED(arena_free) struct arena mem = {0};
    struct composition given = hello();
    given.loop_mark = text_of("v1 abc def");
    given.language = text_of("de-AT");
    EXPECT(!has(compose(&mem, &given), "Precedence"));
    given.is_automatic = true;
    struct text headers = headers_of(compose(&mem, &given));
    EXPECT(has(headers, "Auto-Submitted: auto-replied\r\n") && has(headers, "X-Auto-Response-Suppress: All\r\n"));
    EXPECT(has(headers, "Precedence: bulk\r\n") && has(headers, "X-Theke-Loop: v1 abc def\r\n"));
    EXPECT(has(headers, "Content-Language: de-AT\r\n"));
}

/* --- Bodies ------------------------------------------------------------------------------------------------------ */

TEST(text_comes_back_as_it_was) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer lengthy = {.mem = &mem};
    while (lengthy.size < 5000) buffer_add_string(&lengthy, "Ein sehr langer Satz über 😀 = ");
    const char *texts[] = {"From here\n.\n..\ntrailing \t\n\n", "a\rb\nc\r\nd", "Ünïcödé\n",
                           text_string(&mem, buffer_text(&lengthy))};
    const char *wanted[] = {"From here\r\n.\r\n..\r\ntrailing \t\r\n\r\n", "a\r\nb\r\nc\r\nd\r\n", "Ünïcödé\r\n",
                            arena_printf(&mem, "%s\r\n", texts[3])};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct composition given = hello();
        given.text = text_of(texts[i]);
        SCOPED(message_end) GMimeMessage *message = reread(compose(&mem, &given));
        EXPECT_TEXT(decoded(&mem, g_mime_message_get_mime_part(message)), wanted[i]);
    }
}

TEST(html_stands_beside_text) {
    SCOPED(arena_free) struct arena mem = {0};
    struct composition given = hello();
    given.html = text_of("<p>Grüße</p>");
    given.language = text_of("de");
    SCOPED(message_end) GMimeMessage *message = reread(compose(&mem, &given));
    GMimeObject *root = g_mime_message_get_mime_part(message);
    EXPECT(is_type(root, "multipart", "alternative"));
    EXPECT_INT(children(root), 2);
    EXPECT(is_type(child(root, 0), "text", "plain") && is_type(child(root, 1), "text", "html"));
    EXPECT_TEXT(decoded(&mem, child(root, 0)), "Hello\r\n");
    EXPECT_TEXT(decoded(&mem, child(root, 1)), "<!DOCTYPE html>\r\n"
                                               "<html lang=\"de\"><head><meta charset=\"utf-8\"></head>\r\n"
                                               "<body>\r\n<p>Grüße</p>\r\n</body></html>\r\n");
}

TEST(html_alone_needs_no_alternative) {
    SCOPED(arena_free) struct arena mem = {0};
    struct composition given = hello();
    given.text = (struct text){0};
    given.html = text_of("<p>x</p>");
    SCOPED(message_end) GMimeMessage *message = reread(compose(&mem, &given));
    EXPECT(is_type(g_mime_message_get_mime_part(message), "text", "html"));
}

TEST(a_letter_without_words_is_still_a_letter) {
    SCOPED(arena_free) struct arena mem = {0};
    struct composition given = hello();
    given.text = (struct text){0};
    SCOPED(message_end) GMimeMessage *message = reread(compose(&mem, &given));
    EXPECT(is_type(g_mime_message_get_mime_part(message), "text", "plain"));
    EXPECT_TEXT(decoded(&mem, g_mime_message_get_mime_part(message)), "");
}

TEST(all_layers_stand_inside_each_other) {
    SCOPED(arena_free) struct arena mem = {0};
    char bytes[256];
    for (int i = 0; i < 256; i++) bytes[i] = (char)i;
    struct compose_file files[] = {
        {.name = text_of("logo.png"), .media_type = text_of("image/png"), .content_id = text_of("<logo@x>"),
         .bytes = text_from(bytes, 256), .is_inline = true},
        {.name = text_of("unseen.png"), .media_type = text_of("image/png"), .content_id = text_of("other@x"),
         .bytes = text_of("y"), .is_inline = true},
        {.name = text_of("all.bin"), .bytes = text_from(bytes, 256)},
    };
    struct composition given = hello();
    given.html = text_of("<img src=\"cid:logo@x\">");
    given.files = files, given.file_count = COUNT_OF(files);
    SCOPED(message_end) GMimeMessage *message = reread(compose(&mem, &given));
    GMimeObject *mixed = g_mime_message_get_mime_part(message);
    EXPECT(is_type(mixed, "multipart", "mixed"));
    EXPECT_INT(children(mixed), 3);
    GMimeObject *alternative = child(mixed, 0), *related = child(alternative, 1), *logo = child(related, 1);
    EXPECT(is_type(alternative, "multipart", "alternative") && is_type(related, "multipart", "related"));
    EXPECT_TEXT(text_of(g_mime_object_get_content_type_parameter(related, "type")), "text/html");
    EXPECT(is_type(child(related, 0), "text", "html") && is_type(logo, "image", "png"));
    EXPECT_TEXT(text_of(g_mime_object_get_content_id(logo)), "logo@x");
    EXPECT_TEXT(text_of(g_mime_object_get_disposition(logo)), "inline");
    EXPECT(text_equal(decoded(&mem, logo), text_from(bytes, 256)));
    EXPECT_TEXT(text_of(g_mime_object_get_disposition(child(mixed, 1))), "attachment");
    EXPECT(is_type(child(mixed, 2), "application", "octet-stream"));
    EXPECT(text_equal(decoded(&mem, child(mixed, 2)), text_from(bytes, 256)));
}

TEST(file_names_come_back_as_they_were) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer lengthy = {.mem = &mem};
    while (lengthy.size < 250) buffer_add_string(&lengthy, "Überweisung 😀 ");
    buffer_add_string(&lengthy, ".pdf");
    const char *names[] = {"plain.txt", "with \"quotes\" and \\.txt", "Größe 100%.pdf", "日本語.doc", "=?utf-8?Q?x?=.txt",
                           "a-very-long-but-plain-name-that-does-not-fit-into-one-line-of-a-header-at-all-not-here.txt",
                           "semi;colon='x'.txt", text_string(&mem, buffer_text(&lengthy))};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct compose_file file = {.name = text_of(names[i]), .bytes = text_of("x")};
        struct composition given = hello();
        given.files = &file, given.file_count = 1;
        SCOPED(message_end) GMimeMessage *message = reread(compose(&mem, &given));
        GMimeObject *part = child(g_mime_message_get_mime_part(message), 1);
        EXPECT_TEXT(text_of(g_mime_object_get_content_disposition_parameter(part, "filename")), names[i]);
        if (strstr(names[i], "=?")) continue; /* GMime decodes our words, and then what stands in them */
        EXPECT_TEXT(text_of(g_mime_object_get_content_type_parameter(part, "name")), names[i]);
    }
}

static struct text with_file(struct arena *mem, const char *media_type, struct text bytes) {
    struct compose_file file = {.name = text_of("f"), .media_type = text_of(media_type), .bytes = bytes};
    struct composition given = hello();
    given.files = &file, given.file_count = 1;
    return compose(mem, &given);
}

TEST(attached_letters_go_as_letters_when_they_can) {
    SCOPED(arena_free) struct arena mem = {0};
    char lengthy[2000];
    memset(lengthy, 'x', sizeof lengthy);
    struct text fine = with_file(&mem, "Message/RFC822", text_of("Subject: a\n\nFrom b \n"));
    EXPECT(has(fine, "Content-Type: message/rfc822; name=\"f\"\r\n"));
    EXPECT(has(fine, "7bit\r\n\r\nSubject: a\r\n\r\nFrom b \r\n"));
    struct text bad[] = {text_of("Subject: ä\n\nb"), text_from("a: b\n\n\0", 7), text_from(lengthy, 999)};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct text letter = with_file(&mem, "message/rfc822", bad[i]);
        EXPECT(has(letter, "Content-Type: application/octet-stream; name=\"f\"\r\n") && !has(letter, "message/rfc822"));
    }
    EXPECT(has(with_file(&mem, "message/rfc822", text_from(lengthy, 998)), "Content-Type: message/rfc822;"));
}

TEST(types_that_must_not_be_encoded_become_plain_files) {
    SCOPED(arena_free) struct arena mem = {0};
    static const char *const types[] = {"multipart/mixed", "message/partial", "text", "te xt/a", "text/", "/a",
                                        "text/a/b", ""};
    for (size_t i = 0; i < COUNT_OF(types); i++)
        EXPECT(has(with_file(&mem, types[i], text_of("x")), "Content-Type: application/octet-stream; name=\"f\"\r\n"));
    EXPECT(has(with_file(&mem, "Text/Calendar; method=X", text_of("ü")),
               "Content-Type: text/calendar; charset=\"utf-8\"; name"));
    EXPECT(has(with_file(&mem, "text/csv", text_of("\xfc")), "Content-Type: text/csv; name"));
}

TEST(base64_is_76_columns_wide) {
    SCOPED(arena_free) struct arena mem = {0};
    char bytes[114] = {0};
    struct text letter = with_file(&mem, "image/png", text_from(bytes, sizeof bytes));
    const char *line = "\r\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n";
    EXPECT_INT(count_of(letter, line), 2);
}

static struct text boundary_of(struct arena *mem, struct text letter) {
    size_t at = text_find(letter, text_of("boundary=\""));
    EXPECT(at != SIZE_MAX);
    struct text rest = text_skip(letter, at + 10), boundary = {0};
    EXPECT(text_next(&rest, '"', &boundary));
    return text_copy(mem, boundary);
}

TEST(a_boundary_never_stands_in_the_text) {
    SCOPED(arena_free) struct arena mem = {0};
    struct composition given = hello();
    given.html = text_of("<p>x</p>");
    struct text first = boundary_of(&mem, compose(&mem, &given));
    given.text = text_printf(&mem, "--%.*s--\n", (int)first.size, first.data);
    struct text letter = compose(&mem, &given), second = boundary_of(&mem, letter);
    EXPECT(!text_equal(first, second));
    SCOPED(message_end) GMimeMessage *message = reread(letter);
    EXPECT_INT(children(g_mime_message_get_mime_part(message)), 2);
    struct text inner = text_printf(&mem, "a: b\n\n--%.*s\n", (int)first.size, first.data);
    EXPECT(!text_equal(boundary_of(&mem, with_file(&mem, "message/rfc822", inner)), first));
}
