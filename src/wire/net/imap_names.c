#include "wire/net/imap_private.h"

/* Modified UTF-7: printable ASCII stands for itself, "&" for "&-", and all else is UTF-16 in base64 between "&" and
 * "-", with "," in place of "/" and without padding. */
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

struct bits {
    uint32_t held;
    unsigned count;
};

static void add_unit(struct buffer *out, struct bits *bits, uint32_t unit) {
    bits->held = bits->held << 16 | unit;
    for (bits->count += 16; bits->count >= 6; bits->count -= 6)
        buffer_add_char(out, letters[bits->held >> (bits->count - 6) & 63]);
    bits->held &= (1u << bits->count) - 1;
}

static void end_run(struct buffer *out, struct bits *bits) {
    if (bits->count > 0) buffer_add_char(out, letters[bits->held << (6 - bits->count) & 63]);
    *bits = (struct bits){0};
    buffer_add_char(out, '-');
}

struct text imap_name_encode(struct arena *mem, struct text name) {
    struct buffer out = {.mem = mem};
    struct bits bits = {0};
    bool in_run = false;
    for (size_t i = 0; i < name.size;) {
        uint32_t rune = text_rune(name, &i);
        bool plain = rune >= 0x20 && rune <= 0x7E;
        if (plain == in_run) {
            if (in_run) end_run(&out, &bits);
            else buffer_add_char(&out, '&');
            in_run = !in_run;
        }
        if (plain) {
            buffer_add_char(&out, (char)rune);
            if (rune == '&') buffer_add_char(&out, '-');
        } else if (rune > 0xFFFF) {
            add_unit(&out, &bits, 0xD800 + ((rune - 0x10000) >> 10));
            add_unit(&out, &bits, 0xDC00 + ((rune - 0x10000) & 0x3FF));
        } else {
            add_unit(&out, &bits, rune);
        }
    }
    if (in_run) end_run(&out, &bits);
    return buffer_text(&out);
}

/* UTF-16 units to characters; high keeps the first half of a pair. */
static bool take_unit(struct buffer *out, uint32_t *high, uint32_t unit) {
    bool first = unit >= 0xD800 && unit <= 0xDBFF, second = unit >= 0xDC00 && unit <= 0xDFFF;
    if ((*high != 0) != second || unit == 0) return false;
    if (second) buffer_add_rune(out, 0x10000 + ((*high - 0xD800) << 10) + (unit - 0xDC00));
    else if (!first) buffer_add_rune(out, unit);
    *high = first ? unit : 0;
    return true;
}

static bool decode_run(struct text run, struct buffer *out) {
    struct bits bits = {0};
    uint32_t high = 0;
    for (size_t i = 0; i < run.size; i++) {
        const char *letter = run.data[i] ? strchr(letters, run.data[i]) : NULL;
        if (!letter) return false;
        bits.held = bits.held << 6 | (uint32_t)(letter - letters);
        bits.count += 6;
        if (bits.count < 16) continue;
        bits.count -= 16;
        if (!take_unit(out, &high, bits.held >> bits.count & 0xFFFF)) return false;
        bits.held &= (1u << bits.count) - 1;
    }
    return high == 0 && bits.count < 6 && bits.held == 0;
}

bool imap_name_decode(struct arena *mem, struct text name, struct text *ret) {
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        if ((unsigned char)c < 0x20 || (unsigned char)c > 0x7E) return false;
        if (c != '&') {
            buffer_add_char(&out, c);
            continue;
        }
        size_t size = text_find_char(text_skip(name, i + 1), '-');
        if (size == SIZE_MAX) return false;
        if (size == 0) buffer_add_char(&out, '&');
        else if (!decode_run(text_slice(name, i + 1, size), &out)) return false;
        i += size + 1;
    }
    *ret = buffer_text(&out);
    return true;
}
