#include "platform/search/plain.h"

#include <glib.h>

static bool is_ascii(struct text text) {
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] >= 0x80) return false;
    return true;
}

/* U+0300 to U+036F are CC 80 to CD AF. */
static bool is_mark(const char *at) {
    const unsigned char *byte = (const unsigned char *)at;
    return byte[0] == 0xCC || (byte[0] == 0xCD && byte[1] <= 0xAF);
}

struct text search_plain(struct arena *mem, struct text text) {
    if (is_ascii(text)) return text;
    char *parts = g_utf8_normalize(text.data, (gssize)text.size, G_NORMALIZE_ALL);
    if (!parts) return text;
    struct buffer out = {.mem = mem};
    for (const char *at = parts; *at; at = g_utf8_next_char(at))
        if (!is_mark(at)) buffer_add(&out, at, (size_t)(g_utf8_next_char(at) - at));
    g_free(parts);
    return buffer_text(&out);
}
