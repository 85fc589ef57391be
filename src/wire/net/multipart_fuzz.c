/* The first line is the type of the body, what follows the body. */
#include "wire/net/multipart.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text body = text_from((const char *)data, size), type;
    struct form_parts parts = {0};
    struct error err = {0};
    if (!text_next_line(&body, &type) || !multipart_read(&mem, type, body, &parts, &err)) return 0;
    for (size_t i = 0; i < parts.count; i++) {
        const struct form_part *part = &parts.at[i];
        if (!text_is_utf8(part->name) || !text_is_utf8(part->file_name)) abort();
        if (part->bytes.size && (part->bytes.data < body.data || part->bytes.data + part->bytes.size > body.data + body.size)) abort();
    }
    return 0;
}
