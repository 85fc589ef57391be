/* files_private.h - for this folder only. */
#ifndef THEKE_PLATFORM_FILES_FILES_PRIVATE_H
#define THEKE_PLATFORM_FILES_FILES_PRIVATE_H

#include "platform/files/files.h"

#include <sodium.h>

enum { SNIFFED = 64 * 1024, PIECE = 64 * 1024 };

struct files {
    int files, mail; /* open folders */
};

/* A file on its way into a folder: written under a passing name, known by its hash at the end. */
struct deposit {
    int folder, fd;
    char name[32];
    int64_t size, limit;
    crypto_hash_sha256_state hash;
    char head[SNIFFED];
    size_t head_size;
};

MUST_USE bool deposit_begin(struct deposit *deposit, int folder, int64_t limit, struct error *err);
/* Bytes as they are kept; hashed and counted with deposit_count when that is something else (compressed mail). */
MUST_USE bool deposit_write(struct deposit *deposit, const void *data, size_t size, struct error *err);
MUST_USE bool deposit_count(struct deposit *deposit, const void *data, size_t size, struct error *err);
/* Syncs and gives it its name. */
MUST_USE bool deposit_end(struct deposit *deposit, const char *suffix, char ret_hash[FILE_HASH + 1], struct error *err);
/* Removes what was not ended. */
void deposit_drop(struct deposit *deposit);

/* "ab/cdef...": false when it is no hash. */
bool path_of(struct text hash, const char *suffix, char out[FILE_HASH + 8]);

#endif
