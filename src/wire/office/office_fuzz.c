/* What a stranger attaches: whatever it says that it is, the words are UTF-8 and no more than asked for. */
#include "wire/office/office.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool holds) {
    if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum { LIMIT = 1000 };
    SCOPED(arena_free) struct arena mem = {0};
    struct text bytes = text_from((const char *)data, size), text;
    enum office_end end = office_text(&mem, bytes, LIMIT, &text);
    hold(end <= OFFICE_TOO_LARGE && text_is_utf8(text) && text.size <= LIMIT);
    text = plain_text(&mem, bytes, LIMIT);
    hold(text_is_utf8(text) && text.size <= LIMIT && text_find_char(text, '\0') == SIZE_MAX);
    return 0;
}
