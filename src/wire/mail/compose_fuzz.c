/* Whatever stands in names, subjects, texts and files: the letter can be sent, and has only the headers we meant. */
#include "wire/mail/compose.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool holds) {
    if (!holds) abort();
}

static struct text next(struct text *rest) {
    struct text piece = {0};
    text_next(rest, '\xF8', &piece); /* never in UTF-8 */
    return piece;
}

static void expect_sendable(struct text letter) {
    size_t line = 0;
    for (size_t i = 0; i < letter.size; i++) {
        unsigned char c = (unsigned char)letter.data[i], before = i ? (unsigned char)letter.data[i - 1] : 0;
        hold(c < 0x80 && c != 0 && (c == '\n') == (before == '\r'));
        line = c == '\n' ? 0 : line + 1;
        hold(line <= 999); /* the CR counts here */
    }
}

static void expect_known_headers(struct text letter) {
    static const char *const names[] = {
        "From:", "Reply-To:", "To:", "Cc:", "Subject:", "Date:", "Message-ID:", "In-Reply-To:", "References:", "Thread-Topic:",
        "Thread-Index:", "Auto-Submitted:", "X-Auto-Response-Suppress:", "Precedence:", "X-Theke-Loop:", "Content-Language:",
        "MIME-Version:", "Content-Type:", "Content-Transfer-Encoding:", " ",
    };
    struct text line;
    while (text_next_line(&letter, &line) && line.size) {
        bool known = false;
        for (size_t i = 0; i < COUNT_OF(names); i++) known |= text_starts(line, names[i]);
        hold(known && !text_empty(text_trim(line)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text rest = text_from((const char *)data, size);
    struct composition given = {.date_at = size ? data[0] * 1000000000000 : 0, .is_automatic = size % 2};
    struct mail_address people[2];
    struct text ids[3];
    struct compose_file files[2] = {{.is_inline = true}, {0}};
    for (size_t i = 0; i < COUNT_OF(people); i++) people[i] = (struct mail_address){next(&rest), next(&rest)};
    for (size_t i = 0; i < COUNT_OF(ids); i++) ids[i] = next(&rest);
    given.from = people[0], given.reply_to = people[1];
    given.to = given.cc = (struct mail_addresses){COUNT_OF(people), people};
    given.references = (struct mail_texts){COUNT_OF(ids), ids};
    given.message_id = ids[0], given.in_reply_to = ids[1];
    struct text *texts[] = {&given.subject, &given.text, &given.html, &given.loop_mark, &given.thread_key, &given.language};
    for (size_t i = 0; i < COUNT_OF(texts); i++) *texts[i] = next(&rest);
    for (size_t i = 0; i < COUNT_OF(files); i++)
        files[i] = (struct compose_file){next(&rest), next(&rest), next(&rest), next(&rest), i == 0};
    given.files = files, given.file_count = size % 3;
    struct text letter = compose_letter(&mem, &given);
    expect_sendable(letter);
    expect_known_headers(letter);
    hold(text_equal(letter, compose_letter(&mem, &given)));
    return 0;
}
