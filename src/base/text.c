#include "base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

char *text_string(struct arena *mem, struct text t) {
    return arena_copy(mem, t.data, t.size);
}

struct text text_copy(struct arena *mem, struct text t) {
    if (!t.data) return t;
    return text_from(arena_copy(mem, t.data, t.size), t.size);
}

struct text text_printf(struct arena *mem, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(size >= 0);
    char *data = arena_alloc(mem, (size_t)size + 1);
    vsnprintf(data, (size_t)size + 1, format, again);
    va_end(again);
    return text_from(data, (size_t)size);
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool same_nocase(const char *a, const char *b, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (lower(a[i]) != lower(b[i])) return false;
    return true;
}

bool text_equal(struct text a, struct text b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool text_is(struct text t, const char *string) {
    return text_equal(t, text_of(string));
}

bool text_equal_nocase(struct text a, struct text b) {
    return a.size == b.size && same_nocase(a.data, b.data, a.size);
}

bool text_is_nocase(struct text t, const char *string) {
    return text_equal_nocase(t, text_of(string));
}

bool text_starts(struct text t, const char *prefix) {
    size_t size = strlen(prefix);
    return t.size >= size && memcmp(t.data ? t.data : "", prefix, size) == 0;
}

bool text_starts_nocase(struct text t, const char *prefix) {
    size_t size = strlen(prefix);
    return t.size >= size && same_nocase(t.data, prefix, size);
}

bool text_ends(struct text t, const char *suffix) {
    size_t size = strlen(suffix);
    return t.size >= size && (size == 0 || memcmp(t.data + t.size - size, suffix, size) == 0);
}

size_t text_find(struct text t, struct text needle) {
    if (needle.size == 0) return 0;
    if (t.size < needle.size) return SIZE_MAX;
    const char *found = memmem(t.data, t.size, needle.data, needle.size);
    return found ? (size_t)(found - t.data) : SIZE_MAX;
}

size_t text_find_nocase(struct text t, struct text needle) {
    if (needle.size == 0) return 0;
    char first = needle.data[0], other = first;
    if (first >= 'a' && first <= 'z') other = (char)(first - 32);
    if (first >= 'A' && first <= 'Z') other = (char)(first + 32);
    for (size_t i = 0; i + needle.size <= t.size; i++) {
        if (t.data[i] != first && t.data[i] != other) continue;
        if (same_nocase(t.data + i, needle.data, needle.size)) return i;
    }
    return SIZE_MAX;
}

size_t text_find_char(struct text t, char c) {
    const char *found = t.size ? memchr(t.data, c, t.size) : NULL;
    return found ? (size_t)(found - t.data) : SIZE_MAX;
}

struct text text_skip(struct text t, size_t offset) {
    if (offset > t.size) offset = t.size;
    return text_from(t.data ? t.data + offset : t.data, t.size - offset);
}

struct text text_slice(struct text t, size_t from, size_t size) {
    t = text_skip(t, from);
    if (size < t.size) t.size = size;
    return t;
}

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct text text_trim(struct text t) {
    while (t.size && is_space(t.data[0])) t = text_skip(t, 1);
    while (t.size && is_space(t.data[t.size - 1])) t.size--;
    return t;
}

bool text_next_line(struct text *rest, struct text *ret_line) {
    if (!text_next(rest, '\n', ret_line)) return false;
    if (ret_line->size && ret_line->data[ret_line->size - 1] == '\r') ret_line->size--;
    return true;
}

bool text_next(struct text *rest, char separator, struct text *ret_piece) {
    if (rest->size == 0) return false;
    size_t end = text_find_char(*rest, separator);
    *ret_piece = text_slice(*rest, 0, end);
    *rest = end == SIZE_MAX ? text_skip(*rest, rest->size) : text_skip(*rest, end + 1);
    return true;
}

struct text text_lower(struct arena *mem, struct text t) {
    if (!t.data) return t;
    char *copy = arena_copy(mem, t.data, t.size);
    for (size_t i = 0; i < t.size; i++) copy[i] = lower(copy[i]);
    return text_from(copy, t.size);
}

/* Simple case folding of the scripts that European names and addresses use; the ranges follow the layout of the
 * Unicode blocks, where capitals either stand 32 (or 80) below their small letter or alternate with it. */
static uint32_t lower_rune(uint32_t c) {
    if (c < 0x80) return (uint32_t)(unsigned char)lower((char)c);
    if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9 && c != 0x3A2)) return c + 32;
    if (c >= 0x410 && c <= 0x42F) return c + 32;
    if (c >= 0x400 && c <= 0x40F) return c + 80;
    if (c == 0x130) return 'i';
    if (c == 0x178) return 0xFF;
    if (c == 0x1E9E) return 0xDF;
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) return c % 2 ? c + 1 : c;
    if ((c >= 0x100 && c <= 0x137) || (c >= 0x14A && c <= 0x177) || (c >= 0x1E00 && c <= 0x1EFF)
        || (c >= 0x460 && c <= 0x481) || (c >= 0x48A && c <= 0x4BF))
        return c % 2 ? c : c + 1;
    return c;
}

struct text text_fold(struct arena *mem, struct text t) {
    if (!t.data) return t;
    struct buffer out = {.mem = mem};
    buffer_reserve(&out, t.size);
    for (size_t i = 0; i < t.size;) {
        unsigned char c = (unsigned char)t.data[i];
        if (c >= 0x80) {
            buffer_add_rune(&out, lower_rune(text_rune(t, &i)));
            continue;
        }
        buffer_add_char(&out, (char)(c >= 'A' && c <= 'Z' ? c + 32 : c));
        i++;
    }
    return buffer_text(&out);
}

/* The size of the well-formed character at t[i], 0 when it is ill-formed. Unicode 15, table 3-7. */
static size_t utf8_size(const unsigned char *s, size_t left) {
    if (s[0] < 0x80) return 1;
    if (s[0] < 0xC2 || s[0] > 0xF4) return 0;
    size_t size = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    if (left < size) return 0;
    unsigned char low = 0x80, high = 0xBF;
    if (s[0] == 0xE0) low = 0xA0;
    if (s[0] == 0xED) high = 0x9F;
    if (s[0] == 0xF0) low = 0x90;
    if (s[0] == 0xF4) high = 0x8F;
    if (s[1] < low || s[1] > high) return 0;
    for (size_t i = 2; i < size; i++)
        if ((s[i] & 0xC0) != 0x80) return 0;
    return size;
}

/* Eight bytes at once while they are ASCII: most text is. */
static size_t ascii_run(const char *data, size_t size) {
    size_t i = 0;
    for (uint64_t word; i + sizeof word <= size; i += sizeof word) {
        memcpy(&word, data + i, sizeof word);
        if (word & 0x8080808080808080ULL) break;
    }
    return i;
}

bool text_is_utf8(struct text t) {
    for (size_t i = ascii_run(t.data, t.size), size; i < t.size; i += size) {
        size = utf8_size((const unsigned char *)t.data + i, t.size - i);
        if (size == 0) return false;
    }
    return true;
}

struct text text_make_utf8(struct arena *mem, struct text t) {
    if (!t.data || (text_is_utf8(t) && !memchr(t.data, 0, t.size))) return t;
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < t.size;) {
        size_t size = utf8_size((const unsigned char *)t.data + i, t.size - i);
        if (size == 0) buffer_add_rune(&out, 0xFFFD);
        else if (t.data[i] != 0) buffer_add(&out, t.data + i, size);
        i += size ? size : 1;
    }
    return buffer_text(&out);
}

struct text text_cut(struct text t, size_t limit) {
    if (t.size <= limit) return t;
    while (limit > 0 && ((unsigned char)t.data[limit] & 0xC0) == 0x80) limit--;
    return text_slice(t, 0, limit);
}

bool text_to_int(struct text t, int64_t *ret_number) {
    bool negative = t.size > 0 && t.data[0] == '-';
    if (negative) t = text_skip(t, 1);
    if (t.size == 0 || t.size > 19) return false;
    uint64_t number = 0;
    for (size_t i = 0; i < t.size; i++) {
        if (t.data[i] < '0' || t.data[i] > '9') return false;
        number = number * 10 + (uint64_t)(t.data[i] - '0');
    }
    if (number > (uint64_t)INT64_MAX) return false;
    *ret_number = negative ? -(int64_t)number : (int64_t)number;
    return true;
}

static __attribute__((noinline)) bool grow(struct buffer *out, size_t more) {
    if (out->failed || (out->limit && out->size + more > out->limit)) {
        out->failed = true;
        return false;
    }
    size_t capacity = out->capacity ? out->capacity : 256;
    while (capacity - out->size <= more) capacity *= 2;
    if (capacity == out->capacity) return true;
    char *data = arena_alloc(out->mem, capacity);
    if (out->size) memcpy(data, out->data, out->size);
    out->data = data;
    out->capacity = capacity;
    return true;
}

static inline bool make_room(struct buffer *out, size_t more) {
    if (out->capacity - out->size > more && !out->limit && !out->failed) return true;
    return grow(out, more);
}

void buffer_add(struct buffer *out, const void *data, size_t size) {
    if (!make_room(out, size)) return;
    if (size) memcpy(out->data + out->size, data, size);
    out->size += size;
    out->data[out->size] = '\0';
}

void buffer_add_text(struct buffer *out, struct text t) {
    buffer_add(out, t.data, t.size);
}

void buffer_add_string(struct buffer *out, const char *string) {
    buffer_add(out, string, strlen(string));
}

void buffer_reserve(struct buffer *out, size_t more) {
    if (!out->limit) (void)make_room(out, more);
}

void buffer_add_char(struct buffer *out, char c) {
    if (!make_room(out, 1)) return;
    out->data[out->size++] = c;
    out->data[out->size] = '\0';
}

void buffer_printf(struct buffer *out, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(size >= 0);
    if (make_room(out, (size_t)size + 1)) {
        vsnprintf(out->data + out->size, (size_t)size + 1, format, again);
        out->size += (size_t)size;
    }
    va_end(again);
}

void buffer_add_rune(struct buffer *out, uint32_t rune) {
    if (rune < 0x80) {
        buffer_add_char(out, (char)rune);
        return;
    }
    if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF)) rune = 0xFFFD;
    char bytes[4];
    size_t size = rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
    static const unsigned char marks[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    for (size_t i = size; i-- > 1; rune >>= 6) bytes[i] = (char)(0x80 | (rune & 0x3F));
    bytes[0] = (char)(marks[size] | rune);
    buffer_add(out, bytes, size);
}

struct text buffer_text(struct buffer *out) {
    return text_from(out->data ? out->data : "", out->size);
}

uint32_t text_rune(struct text t, size_t *offset) {
    const unsigned char *s = (const unsigned char *)t.data + *offset;
    size_t size = utf8_size(s, t.size - *offset);
    *offset += size ? size : 1;
    switch (size) {
    case 1: return s[0];
    case 2: return (uint32_t)(s[0] & 0x1F) << 6 | (s[1] & 0x3F);
    case 3: return (uint32_t)(s[0] & 0x0F) << 12 | (uint32_t)(s[1] & 0x3F) << 6 | (s[2] & 0x3F);
    case 4:
        return (uint32_t)(s[0] & 0x07) << 18 | (uint32_t)(s[1] & 0x3F) << 12 | (uint32_t)(s[2] & 0x3F) << 6
               | (s[3] & 0x3F);
    default: return 0xFFFD;
    }
}
