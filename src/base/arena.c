#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 256 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t size, used;
    alignas(max_align_t) char data[];
};

struct arena_cleanup {
    struct arena_cleanup *next;
    void (*destroy)(void *object);
    void *object;
};

static void *must_malloc(size_t size) {
    void *memory = malloc(size);
    if (!memory) {
        fputs("theke: out of memory\n", stderr);
        abort();
    }
    return memory;
}

static struct arena_block *add_block(struct arena *mem, size_t size) {
    size_t wanted = mem->blocks ? mem->blocks->size * 2 : FIRST_BLOCK;
    if (wanted > LARGEST_BLOCK) wanted = LARGEST_BLOCK;
    if (wanted < size) wanted = size;
    struct arena_block *block = must_malloc(sizeof *block + wanted);
    block->size = wanted;
    block->used = 0;
    /* A large single allocation goes behind the current block, so that its free rest stays in use. */
    if (mem->blocks && size > LARGEST_BLOCK / 2) {
        block->next = mem->blocks->next;
        mem->blocks->next = block;
    } else {
        block->next = mem->blocks;
        mem->blocks = block;
    }
    return block;
}

void *arena_alloc(struct arena *mem, size_t size) {
    assert(size < SIZE_MAX / 2);
    size_t rounded = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (rounded == 0) rounded = alignof(max_align_t);
    struct arena_block *block = mem->blocks;
    if (!block || block->size - block->used < rounded) block = add_block(mem, rounded);
    void *memory = block->data + block->used;
    block->used += rounded;
    mem->used_total += rounded;
    return memset(memory, 0, rounded);
}

void *arena_array(struct arena *mem, size_t count, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) abort();
    return arena_alloc(mem, total);
}

char *arena_copy(struct arena *mem, const void *data, size_t size) {
    char *copy = arena_alloc(mem, size + 1);
    if (size > 0) memcpy(copy, data, size);
    return copy;
}

char *arena_strdup(struct arena *mem, const char *string) {
    return arena_copy(mem, string, strlen(string));
}

char *arena_printf(struct arena *mem, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(size >= 0);
    char *string = arena_alloc(mem, (size_t)size + 1);
    vsnprintf(string, (size_t)size + 1, format, again);
    va_end(again);
    return string;
}

void arena_on_free(struct arena *mem, void (*destroy)(void *object), void *object) {
    struct arena_cleanup *cleanup = arena_alloc(mem, sizeof *cleanup);
    cleanup->destroy = destroy;
    cleanup->object = object;
    cleanup->next = mem->cleanups;
    mem->cleanups = cleanup;
}

size_t arena_used(const struct arena *mem) {
    return mem->used_total;
}

void arena_free(struct arena *mem) {
    for (struct arena_cleanup *cleanup = mem->cleanups; cleanup; cleanup = cleanup->next)
        cleanup->destroy(cleanup->object);
    for (struct arena_block *block = mem->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    *mem = (struct arena){0};
}
