/* What a stranger sends as winmail.dat: nothing is read beyond its end, and all texts are UTF-8. */
#include "wire/mail/tnef.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool holds) {
    if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(arena_free) struct arena mem = {0};
    struct tnef tnef = {0};
    volatile char last = 0;
    if (!tnef_read(&mem, text_from((const char *)data, size), &tnef)) return 0;
    hold(text_is_utf8(tnef.text) && text_is_utf8(tnef.html) && tnef.file_count <= 200);
    for (size_t i = 0; i < tnef.file_count; i++) {
        const struct mail_part *file = &tnef.files[i];
        hold(text_is_utf8(file->name) && text_is_utf8(file->content_id) && !text_empty(file->media_type));
        if (file->bytes.size) last = file->bytes.data[file->bytes.size - 1];
    }
    (void)last;
    return 0;
}
