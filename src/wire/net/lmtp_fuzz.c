#include "wire/net/lmtp.h"

#include <assert.h>

enum { SIZE_LIMIT = 300 };

/* Writes down all that happens; the client's bytes come in pieces of the given sizes, over and over. A message counts
 * when it is whole: of one that grows too large, more or less was seen before, as the pieces fall. */
static struct text talk(struct arena *mem, struct text said, const uint8_t *sizes, size_t size_count) {
    SCOPED(lmtp_close) struct lmtp_session session;
    struct buffer out = {.mem = mem}, message = {.mem = mem};
    struct lmtp_event event;
    size_t turn = 0;
    lmtp_open(&session, "h", SIZE_LIMIT);
    do {
        size_t piece = size_count ? (size_t)sizes[turn++ % size_count] + 1 : said.size;
        struct text input = text_slice(said, 0, piece);
        said = text_skip(said, piece);
        while (lmtp_next(&session, &input, &event)) {
            if (event.kind != LMTP_DATA) buffer_printf(&out, "[%d]", (int)event.kind);
            buffer_add_text(event.kind == LMTP_DATA ? &message : &out, event.data);
            if (event.kind == LMTP_END) buffer_add_text(&out, buffer_text(&message));
            if (event.kind == LMTP_END || event.kind == LMTP_ABORT) message.size = 0;
            assert(message.size <= SIZE_LIMIT && session.recipient_count <= LMTP_RECIPIENTS);
            if (event.kind == LMTP_RECIPIENT && event.data.size % 3 == 0) lmtp_refuse(&session, LMTP_NOT_ALLOWED);
            for (size_t i = 0; event.kind == LMTP_END && i < session.recipient_count; i++)
                lmtp_decide(&session, i, (enum lmtp_verdict)(i % 7));
        }
        assert(input.size == 0 || session.closing);
    } while (said.size > 0);
    return buffer_text(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(arena_free) struct arena mem = {0};
    size_t size_count = size > 0 ? data[0] % 8 : 0;
    if (size < size_count + 1) return 0;
    struct text said = text_from((const char *)data + 1 + size_count, size - 1 - size_count);
    assert(text_equal(talk(&mem, said, NULL, 0), talk(&mem, said, data + 1, size_count)));
    return 0;
}
