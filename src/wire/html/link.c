#include "wire/html/html_private.h"

enum { LINK_SIZE = 8192 };

static const char *scheme_of(struct text address) {
    static const char *const schemes[] = {"http://", "https://", "mailto:", "tel:"};
    for (size_t i = 0; i < COUNT_OF(schemes); i++)
        if (text_starts_nocase(address, schemes[i]) && address.size > strlen(schemes[i])) return schemes[i];
    return NULL;
}

/* What a browser would write for a character that no address may have; a backslash is a slash to it up to the query. */
static void add_char(struct buffer *out, char c, bool in_path) {
    if (c == '\\' && in_path) buffer_add_char(out, '/');
    else if (strchr(" \"<>`{}|\\^", c)) buffer_printf(out, "%%%02X", (unsigned)c);
    else buffer_add_char(out, c);
}

static struct text trim(struct text address) {
    while (address.size > 0 && (unsigned char)address.data[0] <= ' ') address = text_skip(address, 1);
    while (address.size > 0 && (unsigned char)address.data[address.size - 1] <= ' ') address.size--;
    return address;
}

static struct text without_breaks(struct arena *mem, struct text address) {
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < address.size; i++)
        if (!strchr("\t\n\r", address.data[i])) buffer_add_char(&out, address.data[i]);
    return buffer_text(&out);
}

/* WHATWG URL, basic parser: controls and spaces at both ends and tabs and line ends anywhere do not count. */
struct text html_link(struct arena *mem, struct text address) {
    address = trim(address);
    if (address.size > LINK_SIZE) return (struct text){0};
    address = without_breaks(mem, address);
    const char *scheme = scheme_of(address);
    if (!scheme) return (struct text){0};
    struct buffer out = {.mem = mem};
    buffer_add_string(&out, scheme);
    bool in_path = text_starts(text_of(scheme), "http");
    for (size_t i = strlen(scheme); i < address.size; i++) {
        char c = address.data[i];
        if ((unsigned char)c < ' ' || c == 0x7F) return (struct text){0};
        if (c == '?' || c == '#') in_path = false;
        add_char(&out, c, in_path);
    }
    return buffer_text(&out);
}
