#include "platform/files/files.h"

enum { NAME_LIMIT = 120, EXTENSION_LIMIT = 16 };

/* Characters that are not seen, or turn the direction of writing so that "cod.exe" looks like "exe.doc". */
static bool deceives(uint32_t rune) {
    return rune < 0x20 || (rune >= 0x7f && rune < 0xa0) || rune == 0xad || rune == 0x61c || rune == 0x180e
           || (rune >= 0x200b && rune <= 0x200f) || (rune >= 0x2028 && rune <= 0x202e)
           || (rune >= 0x2060 && rune <= 0x206f) || rune == 0xfeff || (rune >= 0xfff9 && rune <= 0xfffd)
           || (rune >= 0xe0000 && rune <= 0xe0fff);
}

static struct text last_part(struct text name) {
    for (size_t i = name.size; i > 0; i--)
        if (name.data[i - 1] == '/' || name.data[i - 1] == '\\') return text_skip(name, i);
    return name;
}

static struct text trim_dots(struct text name) {
    while (name.size && strchr(". ", name.data[0])) name = text_skip(name, 1);
    while (name.size && strchr(". ", name.data[name.size - 1])) name.size--;
    return name;
}

/* CON, COM1 and the like are devices on Windows, whatever their extension. */
static bool is_reserved(struct text name) {
    static const char *const devices[] = {"con", "prn", "aux", "nul", "conin$", "conout$"};
    size_t dot = text_find_char(name, '.');
    struct text stem = text_trim(text_slice(name, 0, dot == SIZE_MAX ? name.size : dot));
    for (size_t i = 0; i < COUNT_OF(devices); i++)
        if (text_is_nocase(stem, devices[i])) return true;
    bool port = text_starts_nocase(stem, "com") || text_starts_nocase(stem, "lpt");
    return port && stem.size == 4 && stem.data[3] >= '0' && stem.data[3] <= '9';
}

static struct text extension_of(struct text name) {
    for (size_t i = name.size; i > 1 && name.size - i < EXTENSION_LIMIT; i--)
        if (name.data[i - 1] == '.') return text_skip(name, i - 1);
    return text_of("");
}

static struct text shorten(struct arena *mem, struct text name) {
    if (name.size <= NAME_LIMIT) return name;
    struct text extension = extension_of(name);
    struct text stem =
        trim_dots(text_cut(text_slice(name, 0, name.size - extension.size), NAME_LIMIT - extension.size));
    return text_printf(mem, "%.*s%.*s", (int)stem.size, stem.data, (int)extension.size, extension.data);
}

struct text file_name_safe(struct arena *mem, struct text name) {
    struct buffer out = {.mem = mem};
    struct text part = last_part(text_make_utf8(mem, name));
    for (size_t at = 0; at < part.size;) {
        uint32_t rune = text_rune(part, &at);
        if (deceives(rune)) continue;
        bool special = rune < 0x80 && strchr("<>:\"|?*`$%", (int)rune);
        buffer_add_rune(&out, special ? '_' : rune);
    }
    struct text safe = shorten(mem, trim_dots(buffer_text(&out)));
    if (text_empty(safe)) return text_of("file");
    return is_reserved(safe) ? text_printf(mem, "_%.*s", (int)safe.size, safe.data) : safe;
}

static void add_ascii(struct buffer *out, struct text name, bool *lost) {
    for (size_t at = 0; at < name.size;) {
        uint32_t rune = text_rune(name, &at);
        bool plain = rune >= 0x20 && rune < 0x7f && rune != '"' && rune != '\\' && rune != '%';
        *lost = *lost || !plain;
        buffer_add_char(out, plain ? (char)rune : '_');
    }
}

/* attr-char of RFC 8187, 3.2.1 */
static void add_extended(struct buffer *out, struct text name) {
    for (size_t i = 0; i < name.size; i++) {
        unsigned char c = (unsigned char)name.data[i];
        bool plain = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || (c && strchr("!#$&+-.^_`|~", c));
        if (plain) buffer_add_char(out, (char)c);
        else buffer_printf(out, "%%%02X", c);
    }
}

struct text file_disposition(struct arena *mem, bool inside, struct text name) {
    struct buffer out = {.mem = mem};
    struct text safe = file_name_safe(mem, name);
    bool lost = false;
    buffer_add_string(&out, inside ? "inline; filename=\"" : "attachment; filename=\"");
    add_ascii(&out, safe, &lost);
    buffer_add_char(&out, '"');
    if (lost) {
        buffer_add_string(&out, "; filename*=UTF-8''");
        add_extended(&out, safe);
    }
    return buffer_text(&out);
}
