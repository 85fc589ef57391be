#include "wire/office/office.h"

/* The characters of the bytes 80 to 9F (WHATWG Encoding, index windows-1252); all others are what they are in ISO 8859-1. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
    0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
};

static struct text from_windows(struct arena *mem, struct text bytes) {
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned char c = (unsigned char)bytes.data[i];
        if (c < 0x80) buffer_add_char(&out, (char)c);
        else buffer_add_rune(&out, c < 0xA0 ? windows_1252[c - 0x80] : c);
    }
    return buffer_text(&out);
}

static struct text from_wide(struct arena *mem, struct text bytes, bool is_big) {
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i + 1 < bytes.size; i += 2) {
        unsigned first = (unsigned char)bytes.data[i], second = (unsigned char)bytes.data[i + 1];
        uint32_t unit = is_big ? first << 8 | second : second << 8 | first;
        if (unit >= 0xD800 && unit < 0xDC00 && i + 3 < bytes.size) {
            unsigned third = (unsigned char)bytes.data[i + 2], fourth = (unsigned char)bytes.data[i + 3];
            uint32_t low = is_big ? third << 8 | fourth : fourth << 8 | third;
            if (low >= 0xDC00 && low < 0xE000) unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), i += 2;
        }
        buffer_add_rune(&out, unit);
    }
    return buffer_text(&out);
}

struct text plain_text(struct arena *mem, struct text bytes, size_t limit) {
    struct text text = bytes;
    if (text_starts(bytes, "\xFF\xFE") || text_starts(bytes, "\xFE\xFF"))
        text = from_wide(mem, text_cut(text_skip(bytes, 2), 4 * limit), bytes.data[0] == '\xFE');
    else if (text_starts(bytes, "\xEF\xBB\xBF")) text = text_skip(bytes, 3);
    else if (!text_is_utf8(bytes)) text = from_windows(mem, text_slice(bytes, 0, limit));
    return text_cut(text_make_utf8(mem, text_slice(text, 0, limit + 4)), limit);
}
