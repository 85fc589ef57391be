/* arena.h - memory that ends together: one arena per request, job or message.
 *
 * Allocation never fails: when the system has no memory left the program ends with a line on stderr, since
 * every acknowledged change is already on disk. An arena belongs to one thread at a time. Under
 * AddressSanitizer each allocation is followed by poisoned bytes, and freed memory is really freed. */
#ifndef THEKE_BASE_ARENA_H
#define THEKE_BASE_ARENA_H

#include "base/defs.h"

struct arena_block;
struct arena_cleanup;

/* A zeroed arena is empty and ready. */
struct arena {
    struct arena_block *blocks;
    struct arena_cleanup *cleanups;
    size_t used_total;
};

/* Zeroed memory, aligned for any type; size 0 gives a valid pointer. */
void *arena_alloc(struct arena *mem, size_t size) __attribute__((returns_nonnull, malloc));

/* count * size zeroed bytes; ends the program when the product overflows. */
void *arena_array(struct arena *mem, size_t count, size_t size) __attribute__((returns_nonnull, malloc));

/* A copy of size bytes, followed by a NUL that size does not count. */
char *arena_copy(struct arena *mem, const void *data, size_t size) __attribute__((returns_nonnull));

char *arena_strdup(struct arena *mem, const char *string) __attribute__((returns_nonnull));

char *arena_printf(struct arena *mem, const char *format, ...)
    __attribute__((returns_nonnull, format(printf, 2, 3)));

/* Calls destroy(object) when the arena ends, last registered first. For file descriptors and foreign objects. */
void arena_on_free(struct arena *mem, void (*destroy)(void *object), void *object);

/* Bytes handed out so far. */
size_t arena_used(const struct arena *mem);

/* Runs the cleanups and gives all memory back; the arena is empty and ready again. */
void arena_free(struct arena *mem);

#endif
