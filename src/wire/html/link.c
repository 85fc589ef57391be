#include "wire/html/html_private.h"

enum { LINK_SIZE = 8192 };

static bool has_scheme(struct text address) {
    static const char *const schemes[] = {"http://", "https://", "mailto:", "tel:"};
    for (size_t i = 0; i < COUNT_OF(schemes); i++)
        if (text_starts_nocase(address, schemes[i]) && address.size > strlen(schemes[i])) return true;
    return false;
}

/* WHATWG URL, basic parser: controls and spaces at both ends and tabs and line ends anywhere do not count. */
struct text html_link(struct arena *mem, struct text address) {
    while (address.size > 0 && (unsigned char)address.data[0] <= ' ') address = text_skip(address, 1);
    while (address.size > 0 && (unsigned char)address.data[address.size - 1] <= ' ') address.size--;
    if (address.size > LINK_SIZE) return (struct text){0};
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < address.size; i++) {
        char c = address.data[i];
        if (c == '\t' || c == '\n' || c == '\r') continue;
        if ((unsigned char)c < ' ' || c == 0x7F) return (struct text){0};
        buffer_add_char(&out, c);
    }
    return has_scheme(buffer_text(&out)) ? buffer_text(&out) : (struct text){0};
}
