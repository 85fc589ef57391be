/* What strangers write around their words: the shown text never grows beyond the letter, is never lost, and stays UTF-8. */
#include "wire/mail/forward.h"
#include "wire/mail/reply.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool holds) {
    if (!holds) abort();
}

static bool has_words(struct text text) {
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] > ' ' && (unsigned char)text.data[i] < 0x7F) return true;
    return false;
}

static void split(struct text text, struct reply_parts parts) {
    hold(parts.visible.size <= text.size && text_is_utf8(parts.visible));
    hold(!has_words(text) || has_words(parts.visible) || !text_empty(parts.visible));
    hold(parts.quote_at == SIZE_MAX || parts.quote_at < text.size);
}

static void forward(struct arena *mem, struct text text) {
    struct mail_forward got = {0};
    if (!forward_read(mem, text, &got)) return;
    hold(got.comment.size + got.text.size <= text.size && got.subject.size <= text.size);
    hold(text_is_utf8(got.comment) && text_is_utf8(got.text) && text_is_utf8(got.subject));
    hold(text_is_utf8(got.from.name) && text_is_utf8(got.from.address));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text text = text_make_utf8(&mem, text_from((const char *)data, size));
    split(text, reply_split(&mem, text, true));
    split(text, reply_split(&mem, text, false));
    split(text, reply_split_forward(&mem, text));
    forward(&mem, text);
    return 0;
}
