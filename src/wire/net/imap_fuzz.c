#include "wire/net/imap.h"

#include <assert.h>

static void note_values(struct buffer *out, const struct imap_value *value) {
    for (; value; value = value->next) {
        buffer_printf(out, "%d<", (int)value->kind);
        buffer_add_text(out, value->text);
        note_values(out, value->first);
        buffer_add_char(out, '>');
    }
}

static void note_response(struct arena *mem, struct buffer *out, const struct imap_response *response) {
    struct imap_mailbox mailbox = {0};
    struct imap_fetch fetch;
    struct imap_folder folder;
    uint32_t *numbers;
    size_t count;
    buffer_printf(out, "%d %d %u ", (int)response->kind, (int)response->status, response->number);
    buffer_add_text(out, response->tag);
    buffer_add_text(out, response->name);
    buffer_add_text(out, response->code);
    buffer_add_text(out, response->words);
    note_values(out, response->code_values);
    note_values(out, response->values);
    if (imap_mailbox_note(&mailbox, response)) buffer_printf(out, "m%u", mailbox.uid_next);
    if (imap_fetch_read(response, &fetch)) buffer_printf(out, "f%u", fetch.uid);
    if (imap_search_read(mem, response, &numbers, &count)) buffer_printf(out, "s%zu", count);
    if (imap_folder_read(mem, response, &folder)) assert(text_is_utf8(folder.name));
    buffer_printf(out, "c%d\n", imap_has_capability(response, "IDLE"));
}

/* Writes down what is understood of answers that come in pieces of the given sizes, over and over. */
static struct text understand(struct arena *mem, struct text said, const uint8_t *sizes, size_t size_count) {
    SCOPED(imap_close) struct imap_reader reader;
    struct buffer out = {.mem = mem};
    struct imap_event event;
    size_t turn = 0;
    uint64_t body = 0;
    imap_open(&reader, 200);
    while (said.size > 0) {
        size_t piece = size_count ? (size_t)sizes[turn++ % size_count] + 1 : said.size;
        struct text input = text_slice(said, 0, piece);
        said = text_skip(said, piece);
        while (imap_next(&reader, &input, &event)) {
            if (event.kind != IMAP_BODY_DATA) buffer_printf(&out, "[%d]", (int)event.kind);
            if (event.kind == IMAP_BODY_BEGIN) body = event.size;
            if (event.kind == IMAP_BODY_DATA) body -= event.data.size;
            if (event.kind == IMAP_BODY_END) assert(body == 0);
            buffer_add_text(&out, event.data);
            if (event.kind == IMAP_RESPONSE) note_response(mem, &out, &event.response);
        }
        assert(input.size == 0);
    }
    return buffer_text(&out);
}

static void check_names(struct arena *mem, struct text name) {
    struct text back, mended = text_make_utf8(mem, name);
    struct text encoded = imap_name_encode(mem, mended);
    assert(imap_name_decode(mem, encoded, &back) && text_equal(back, mended));
    if (imap_name_decode(mem, name, &back)) assert(text_is_utf8(back));
    struct imap_command command = imap_command(mem, text_of("a"), "X", true);
    imap_add_string(&command, name);
    imap_end(&command);
    assert(command.part_count == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(arena_free) struct arena mem = {0};
    size_t size_count = size > 0 ? data[0] % 8 : 0;
    if (size < size_count + 1) return 0;
    struct text said = text_from((const char *)data + 1 + size_count, size - 1 - size_count);
    assert(text_equal(understand(&mem, said, NULL, 0), understand(&mem, said, data + 1, size_count)));
    check_names(&mem, said);
    return 0;
}
