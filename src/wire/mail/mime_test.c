#include "tests/test.h"
#include "wire/mail/automatic.h"
#include "wire/mail/mime.h"
#include "wire/mail/report.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static const struct letter *parsed(struct arena *mem, struct text raw) {
    const struct letter *letter = NULL;
    struct error err = {0};
    mail_start();
    EXPECT_OK(mail_parse(mem, raw, NULL, &letter, &err), err);
    return letter;
}

/* --- Letters as files: what is understood of each stands beside it -------------------------------------------------- */

static void say(struct buffer *out, const char *what, struct text t) {
    if (t.size) buffer_printf(out, "%s: %.*s\n", what, (int)t.size, t.data);
}

static void say_addresses(struct buffer *out, const char *what, struct mail_addresses list) {
    for (size_t i = 0; i < list.count; i++)
        buffer_printf(out, "%s: %.*s <%.*s>\n", what, (int)list.at[i].name.size, list.at[i].name.data, (int)list.at[i].address.size,
                      list.at[i].address.data);
}

static void say_lines(struct buffer *out, const char *what, struct text t) {
    struct text line;
    if (!t.data || !t.size) return;
    buffer_printf(out, "%s:\n", what);
    while (text_next_line(&t, &line)) {
        buffer_add_string(out, "| ");
        for (size_t i = 0; i < line.size; i++) {
            unsigned char c = (unsigned char)line.data[i];
            if (c < ' ' && c != '\t') buffer_printf(out, "\\x%02x", c);
            else buffer_add_char(out, line.data[i]);
        }
        buffer_add_char(out, '\n');
    }
}

static void say_parts(struct buffer *out, const struct letter *letter) {
    for (size_t i = 0; i < letter->part_count; i++) {
        const struct mail_part *part = &letter->parts[i];
        buffer_printf(out, "part: %.*s|%.*s|%zu bytes%s%s%.*s\n", (int)part->name.size, part->name.data, (int)part->media_type.size,
                      part->media_type.data, part->bytes.size, part->is_inline ? "|inline" : "", part->content_id.size ? "|id " : "",
                      (int)part->content_id.size, part->content_id.data);
    }
}

static void say_report(struct arena *mem, struct buffer *out, const struct letter *letter) {
    static const char *const origins[] = {"person", "vacation", "list", "machine"};
    static const char *const kinds[] = {"none", "bounce", "delay", "delivered", "feedback", "receipt"};
    struct mail_automatic automatic = mail_automatic_of(mem, letter, (struct text){0});
    struct report report = mail_report_of(mem, letter, (struct text){0});
    if (automatic.origin != ORIGIN_PERSON) buffer_printf(out, "origin: %s\n", origins[automatic.origin]);
    if (report.kind == REPORT_NONE) return;
    buffer_printf(out, "report: %s\n", kinds[report.kind]);
    say(out, "report-of", report.original_id);
    for (size_t i = 0; i < report.recipient_count; i++)
        buffer_printf(out, "report-recipient: %.*s %.*s%s\n", (int)report.recipients[i].address.size, report.recipients[i].address.data,
                      (int)report.recipients[i].status.size, report.recipients[i].status.data,
                      report.recipients[i].permanent ? " permanent" : "");
}

static struct text understood(struct arena *mem, const struct letter *letter) {
    struct buffer out = {.mem = mem};
    say_addresses(&out, "from", letter->from);
    say_addresses(&out, "reply-to", letter->reply_to);
    say_addresses(&out, "to", letter->to);
    say_addresses(&out, "cc", letter->cc);
    say(&out, "subject", letter->subject);
    say(&out, "id", letter->message_id);
    for (size_t i = 0; i < letter->in_reply_to.count; i++) say(&out, "in-reply-to", letter->in_reply_to.at[i]);
    for (size_t i = 0; i < letter->references.count; i++) say(&out, "reference", letter->references.at[i]);
    buffer_printf(&out, "date: %" PRId64 "\n", letter->date_at / 1000000);
    say_report(mem, &out, letter);
    if (letter->is_signed) buffer_add_string(&out, "signed\n");
    if (letter->is_cut) buffer_add_string(&out, "cut\n");
    say_parts(&out, letter);
    if (letter->text_from_html) buffer_add_string(&out, "text from html\n");
    say_lines(&out, "text", letter->text);
    say_lines(&out, "html", letter->html);
    return buffer_text(&out);
}

static struct text read_file(struct arena *mem, const char *path) {
    struct buffer out = {.mem = mem};
    char piece[65536];
    size_t size;
    FILE *file = fopen(path, "rb");
    if (!file) return (struct text){0};
    while ((size = fread(piece, 1, sizeof piece, file)) > 0) buffer_add(&out, piece, size);
    fclose(file);
    return buffer_text(&out);
}

static const char letter_folder[] = THEKE_SOURCE "/tests/mail";

/* THEKE_WRITE_EXPECT=1 writes what is understood now: look at the difference before it is committed. */
static void check_letter(const char *name) {
    SCOPED(arena_free) struct arena mem = {0};
    int stem = (int)strlen(name) - 4;
    struct text raw = read_file(&mem, arena_printf(&mem, "%s/%s", letter_folder, name));
    const char *expect = arena_printf(&mem, "%s/%.*s.expect", letter_folder, stem, name);
    const struct letter *letter = parsed(&mem, raw);
    struct text got = letter ? understood(&mem, letter) : text_of("unreadable\n");
    if (getenv("THEKE_WRITE_EXPECT")) {
        FILE *file = fopen(expect, "wb");
        EXPECT(file && fwrite(got.data, 1, got.size, file) == got.size);
        if (file) EXPECT(fclose(file) == 0);
    }
    struct text wanted = read_file(&mem, expect);
    expect_at(__FILE__, __LINE__, text_equal(got, wanted), "%s\n--- got\n%.*s--- wanted\n%.*s", name, (int)got.size, got.data,
              (int)wanted.size, wanted.data ? wanted.data : "");
}

TEST(letters_are_understood_as_written_beside_them) {
    DIR *folder = opendir(letter_folder);
    int count = 0;
    EXPECT(folder != NULL);
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (text_ends(text_of(entry->d_name), ".eml")) check_letter(entry->d_name), count++;
    if (folder) closedir(folder);
    EXPECT(count >= 70);
}

/* --- Limits and what is no letter ----------------------------------------------------------------------------------- */

static enum error_code refusal(const char *raw, const struct mail_limits *limits) {
    SCOPED(arena_free) struct arena mem = {0};
    const struct letter *letter = NULL;
    struct error err = {0};
    mail_start();
    EXPECT(!mail_parse(&mem, text_of(raw), limits, &letter, &err));
    return err.code;
}

TEST(what_is_no_letter_is_refused) {
    EXPECT_INT(refusal("", NULL), ERR_INVALID);
    EXPECT_INT(refusal("\r\n\r\n", NULL), ERR_INVALID);
    EXPECT_INT(refusal("just words without a header\r\n", NULL), ERR_INVALID);
    EXPECT_INT(refusal("Subject: x\r\n\r\nlong", &(struct mail_limits){.size = 10}), ERR_TOO_LARGE);
    EXPECT_INT(refusal("Subject: x\r\nX-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n\r\ntext", &(struct mail_limits){.headers = 20}), ERR_TOO_LARGE);
}

TEST(nesting_beyond_all_measure_does_no_harm) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer raw = {.mem = &mem};
    buffer_add_string(&raw, "From: a@example.org\r\nMIME-Version: 1.0\r\n");
    for (int i = 0; i < 5000; i++) buffer_printf(&raw, "Content-Type: multipart/mixed; boundary=\"b%d\"\r\n\r\n--b%d\r\n", i, i);
    buffer_add_string(&raw, "Content-Type: text/plain\r\n\r\ndeep\r\n");
    const struct letter *letter = parsed(&mem, buffer_text(&raw));
    EXPECT(letter && letter->is_cut);
}

TEST(messages_inside_messages_do_no_harm) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer raw = {.mem = &mem};
    buffer_add_string(&raw, "From: a@example.org\r\n");
    for (int i = 0; i < 5000; i++) buffer_add_string(&raw, "Content-Type: message/rfc822\r\n\r\n");
    EXPECT(parsed(&mem, buffer_text(&raw)) != NULL);
}

TEST(many_parts_are_cut_at_the_limit) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer raw = {.mem = &mem};
    buffer_add_string(&raw, "From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
    for (int i = 0; i < 700; i++) buffer_printf(&raw, "--b\r\nContent-Type: image/png; name=\"%d.png\"\r\n\r\nx\r\n", i);
    buffer_add_string(&raw, "--b--\r\n");
    const struct letter *letter = parsed(&mem, buffer_text(&raw));
    EXPECT_INT(letter->part_count, 500);
    EXPECT(letter->is_cut);
}

TEST(address_lists_are_read_as_people_write_them) {
    static const struct {
        const char *list, *name, *address;
    } cases[] = {
        {"ana@example.org", "", "ana@example.org"},
        {"<ana@example.org>", "", "ana@example.org"},
        {"Ana Meyer <ana@example.org>", "Ana Meyer", "ana@example.org"},
        {"\"Meyer, Ana\" <ana@example.org>", "Meyer, Ana", "ana@example.org"},
        {"'ana@example.org' <ana@example.org>", "", "ana@example.org"},
        {"=?utf-8?B?w4RubmU=?= <ana@example.org>", "Änne", "ana@example.org"},
        {"Ana <<ana@example.org>>", "Ana", "ana@example.org"},
        {"Ana Meyer ana@example.org", "Ana Meyer", "ana@example.org"},
        {"Ana <ana@example.org>; Bob <bob@example.org>", "Ana", "ana@example.org"},
        {"mailto:ana@example.org", "", "ana@example.org"},
        {"ana@example.org.", "", "ana@example.org"},
    };
    mail_start();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SCOPED(arena_free) struct arena mem = {0};
        struct mail_addresses got = mail_parse_addresses(&mem, text_of(cases[i].list));
        EXPECT(got.count >= 1);
        if (!got.count) continue;
        EXPECT_TEXT(got.at[0].name, cases[i].name);
        EXPECT_TEXT(got.at[0].address, cases[i].address);
    }
}

/* "name|address" for each, "; " between them. */
static struct text list_of(struct arena *mem, const char *list) {
    struct buffer out = {.mem = mem};
    struct mail_addresses got = mail_parse_addresses(mem, text_of(list));
    for (size_t i = 0; i < got.count; i++) {
        const struct mail_address *one = &got.at[i];
        buffer_printf(&out, "%s%.*s|%.*s", i ? "; " : "", (int)one->name.size, one->name.data, (int)one->address.size, one->address.data);
    }
    return buffer_text(&out);
}

TEST(no_recipient_of_a_list_is_lost) {
    static const struct {
        const char *list, *read;
    } cases[] = {
        {"Max | [ACME] <max@example.org>, eva@example.org", "Max | [ACME]|max@example.org; |eva@example.org"},
        {"Meyer, Ana <ana@example.org>, Huber, Max <max@example.org>", "Meyer, Ana|ana@example.org; Huber, Max|max@example.org"},
        {"ana@example.org;max@example.org", "|ana@example.org; |max@example.org"},
        {"Ana; Max <max@example.org>; eva@example.org", "Ana; Max|max@example.org; |eva@example.org"},
        {"Team: ana@example.org, Max <max@example.org>; eva@example.org", "|ana@example.org; Max|max@example.org; |eva@example.org"},
        {"Ticket 17: Ana <ana@example.org>", "Ticket 17: Ana|ana@example.org"},
        {"ana@example.org (Ana (the boss)), max@example.org", "Ana (the boss)|ana@example.org; |max@example.org"},
        {"\"Ana <ana@example.org>, max@example.org", "Ana|ana@example.org; |max@example.org"},
        {"Ana (x <ana@example.org>, max@example.org", "Ana (x|ana@example.org; |max@example.org"},
        {"Ana <ana@example.org, Max <max@example.org>", "Ana|ana@example.org; Max|max@example.org"},
        {"<ana@example.org>,,<max@example.org>", "|ana@example.org; |max@example.org"},
        {"=?utf-8?Q?Meyer=2C?= =?utf-8?Q?_Ana?= <ana@example.org>", "Meyer, Ana|ana@example.org"},
        {"undisclosed-recipients:;", ""},
        {"Postmaster <>", "Postmaster|"},
        {"\"\" (Mail Delivery System)", "Mail Delivery System|"},
        {"MAILER-DAEMON (Mail Delivery System)", "MAILER-DAEMON (Mail Delivery System)|"},
        {"<\"\">", ""},
    };
    mail_start();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SCOPED(arena_free) struct arena mem = {0};
        EXPECT_TEXT(list_of(&mem, cases[i].list), cases[i].read);
    }
}

TEST(a_list_of_signs_is_read_in_no_time) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer list = {.mem = &mem};
    mail_start();
    for (int i = 0; i < 40000; i++) buffer_add_string(&list, "(<;:,");
    EXPECT(mail_parse_addresses(&mem, buffer_text(&list)).count <= 500);
    list.size = 0;
    for (int i = 0; i < 50000; i++) buffer_add_string(&list, "\"a, ");
    EXPECT(mail_parse_addresses(&mem, buffer_text(&list)).count <= 500);
}

TEST(a_list_beyond_its_limit_ends_with_a_whole_address) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer raw = {.mem = &mem};
    buffer_add_string(&raw, "From: ana@example.org\nTo: ");
    for (int i = 0; i < 40000; i++) buffer_add_string(&raw, "max@example.org, ");
    buffer_add_string(&raw, "eva@example.org\nSubject: Roof\n\nIt leaks.\n");
    const struct letter *letter = parsed(&mem, buffer_text(&raw));
    EXPECT_TEXT(letter->subject, "Roof");
    EXPECT(letter->to.count > 0);
    for (size_t i = 0; i < letter->to.count; i++) EXPECT_TEXT(letter->to.at[i].address, "max@example.org");
}
