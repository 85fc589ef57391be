#include "wire/net/lmtp.h"

#include <assert.h>

enum { SIZE_LIMIT = 300 };

/* Writes down all that happens; the client's bytes come in pieces of the given sizes, over and over. */
static struct text talk(struct arena *mem, struct text said, const uint8_t *sizes, size_t size_count) {
    SCOPED(lmtp_close) struct lmtp_session session;
    struct buffer out = {.mem = mem};
    struct lmtp_event event;
    size_t turn = 0, message = 0;
    lmtp_open(&session, "h", SIZE_LIMIT);
    do {
        size_t piece = size_count ? (size_t)sizes[turn++ % size_count] + 1 : said.size;
        struct text input = text_slice(said, 0, piece);
        said = text_skip(said, piece);
        while (lmtp_next(&session, &input, &event)) {
            if (event.kind != LMTP_DATA) buffer_printf(&out, "[%d]", (int)event.kind);
            buffer_add_text(&out, event.data);
            if (event.kind == LMTP_BEGIN) message = 0;
            if (event.kind == LMTP_DATA) message += event.data.size;
            assert(message <= SIZE_LIMIT && session.recipient_count <= LMTP_RECIPIENTS);
            if (event.kind == LMTP_RECIPIENT && event.data.size % 3 == 0) lmtp_refuse(&session, LMTP_NOT_ALLOWED);
            for (size_t i = 0; event.kind == LMTP_END && i < session.recipient_count; i++)
                lmtp_decide(&session, i, (enum lmtp_verdict)(i % 7));
        }
        assert(input.size == 0 || session.closing);
    } while (said.size > 0);
    return buffer_text(&out);
}

/* A message that outgrows its limit is dropped with the pieces it came in, so only the rest can be compared. */
static struct text without_dropped(struct arena *mem, struct text heard) {
    struct buffer out = {.mem = mem};
    for (;;) {
        size_t end = text_find(heard, text_of("[5]"));
        buffer_add_text(&out, text_slice(heard, 0, end == SIZE_MAX ? heard.size : end));
        if (end == SIZE_MAX) return buffer_text(&out);
        size_t begin = out.size;
        while (begin > 0 && !text_starts(text_from(out.data + begin, out.size - begin), "[2]")) begin--;
        out.size = begin;
        heard = text_skip(heard, end + 3);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(arena_free) struct arena mem = {0};
    size_t size_count = size > 0 ? data[0] % 8 : 0;
    if (size < size_count + 1) return 0;
    struct text said = text_from((const char *)data + 1 + size_count, size - 1 - size_count);
    struct text whole = talk(&mem, said, NULL, 0), cut = talk(&mem, said, data + 1, size_count);
    if (text_find(whole, text_of("[5]")) == SIZE_MAX) assert(text_equal(whole, cut));
    else assert(text_equal(without_dropped(&mem, whole), without_dropped(&mem, cut)));
    return 0;
}
