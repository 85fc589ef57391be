/* text.h - a piece of text and a growing buffer.
 *
 * struct text points at bytes it does not own, usually in an arena; it need not end in NUL unless a function
 * says so. data == NULL means "no text" (NULL in the database, null in JSON); size 0 with data means empty. */
#ifndef THEKE_BASE_TEXT_H
#define THEKE_BASE_TEXT_H

#include "base/arena.h"

#include <string.h>

struct text {
    const char *data;
    size_t size;
};

static inline struct text text_of(const char *string) {
    return (struct text){string, string ? strlen(string) : 0};
}

static inline struct text text_from(const char *data, size_t size) {
    return (struct text){data, size};
}

static inline bool text_empty(struct text t) {
    return t.size == 0;
}

/* A NUL-terminated copy in the arena; "" for no text. */
char *text_string(struct arena *mem, struct text t) __attribute__((returns_nonnull));

/* A copy in the arena, NUL-terminated behind its size. No text stays no text. */
struct text text_copy(struct arena *mem, struct text t);

struct text text_printf(struct arena *mem, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool text_equal(struct text a, struct text b);
bool text_is(struct text t, const char *string);

/* ASCII letters compare without case; all other bytes as they are. */
bool text_is_nocase(struct text t, const char *string);
bool text_equal_nocase(struct text a, struct text b);
bool text_starts(struct text t, const char *prefix);
bool text_starts_nocase(struct text t, const char *prefix);
bool text_ends(struct text t, const char *suffix);

/* Where needle begins in t, or SIZE_MAX. The nocase form ignores the case of ASCII letters. */
size_t text_find(struct text t, struct text needle);
size_t text_find_nocase(struct text t, struct text needle);
size_t text_find_char(struct text t, char c);

/* From offset on; offsets behind the end give an empty text. */
struct text text_skip(struct text t, size_t offset);
struct text text_slice(struct text t, size_t from, size_t size);

/* Without ASCII white space at both ends. */
struct text text_trim(struct text t);

/* Takes the next line off *rest, without its LF or CRLF. False at the end. */
bool text_next_line(struct text *rest, struct text *ret_line);

/* Takes the next piece before separator off *rest. False at the end. */
bool text_next(struct text *rest, char separator, struct text *ret_piece);

struct text text_lower(struct arena *mem, struct text t); /* ASCII only */

/* Unicode lower case for Latin, Greek and Cyrillic letters. Expects valid UTF-8. */
struct text text_fold(struct arena *mem, struct text t);

/* Well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF. */
bool text_is_utf8(struct text t);

/* Replaces every ill-formed byte with U+FFFD and drops NUL. */
struct text text_make_utf8(struct arena *mem, struct text t);

/* The longest prefix of at most limit bytes that does not cut a UTF-8 character. */
struct text text_cut(struct text t, size_t limit);

/* A decimal number with an optional minus; the whole text must be the number. */
bool text_to_int(struct text t, int64_t *ret_number);

/* Text that grows. With an arena the bytes live there; a zeroed buffer with mem set is empty and ready.
 * Appending past limit (0: none) sets failed and drops the rest: look at failed once, at the end. */
struct buffer {
    struct arena *mem;
    char *data;
    size_t size, capacity, limit;
    bool failed;
};

void buffer_add(struct buffer *out, const void *data, size_t size);
void buffer_add_text(struct buffer *out, struct text t);
void buffer_add_string(struct buffer *out, const char *string);
void buffer_add_char(struct buffer *out, char c);
/* Room for so many bytes at once; only saves time. */
void buffer_reserve(struct buffer *out, size_t more);
void buffer_printf(struct buffer *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends one Unicode character as UTF-8; an impossible one as U+FFFD. */
void buffer_add_rune(struct buffer *out, uint32_t rune);

/* What has been written; NUL-terminated behind its size, never NULL. */
struct text buffer_text(struct buffer *out);

/* Reads one character at *offset of valid UTF-8 and moves on; ill-formed bytes give U+FFFD one by one. */
uint32_t text_rune(struct text t, size_t *offset);

#endif
