#include "wire/mail/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever comes in, what comes out is UTF-8 and within its limits. */
static void check(struct text t) {
    if (!text_is_utf8(t)) __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(arena_free) struct arena mem = {0};
    const struct letter *letter;
    struct error err = {0};
    mail_start();
    if (!mail_parse(&mem, text_from((const char *)data, size), &(struct mail_limits){.text = 10000, .parts = 20}, &letter, &err)) return 0;
    check(letter->subject);
    check(letter->text);
    check(letter->html);
    check(letter->message_id);
    check(letter->status_fields);
    check(letter->returned_headers);
    if (letter->text.size > 10000 || letter->part_count > 20) __builtin_trap();
    for (size_t i = 0; i < letter->header_count; i++) check(letter->headers[i].name), check(letter->headers[i].value);
    for (size_t i = 0; i < letter->part_count; i++) check(letter->parts[i].name), check(letter->parts[i].media_type);
    for (size_t i = 0; i < letter->from.count; i++) check(letter->from.at[i].name), check(letter->from.at[i].address);
    for (size_t i = 0; i < letter->references.count; i++) check(letter->references.at[i]);
    return 0;
}
