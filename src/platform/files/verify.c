/* What lies in the store against the names that it lies there under. */
#include "platform/files/files_private.h"

#include <errno.h>
#include <unistd.h>

static bool is_named(struct text hash, crypto_hash_sha256_state *state) {
    unsigned char bytes[crypto_hash_sha256_BYTES];
    char name[FILE_HASH + 1];
    crypto_hash_sha256_final(state, bytes);
    sodium_bin2hex(name, sizeof name, bytes, sizeof bytes);
    return text_is(hash, name);
}

/* A disk that can't read the bytes any more has lost them. */
static bool hash_fd(int fd, crypto_hash_sha256_state *state) {
    char piece[PIECE];
    for (;;) {
        ssize_t got = read(fd, piece, sizeof piece);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return got == 0;
        crypto_hash_sha256_update(state, (const unsigned char *)piece, (size_t)got);
    }
}

bool file_verify(struct files *files, struct text hash, bool *ret_whole, struct error *err) {
    crypto_hash_sha256_state state;
    struct error why = {0};
    int64_t size;
    int fd;
    *ret_whole = false;
    if (!file_open(files, hash, &fd, &size, &why)) {
        if (why.code == ERR_NOT_FOUND) return true;
        *err = why;
        return false;
    }
    crypto_hash_sha256_init(&state);
    *ret_whole = hash_fd(fd, &state) && is_named(hash, &state);
    close(fd);
    return true;
}

bool mail_verify(struct files *files, struct tx *tx, struct text hash, bool *ret_whole, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    crypto_hash_sha256_state state;
    struct error why = {0};
    struct text raw;
    *ret_whole = false;
    if (!mail_get(files, tx, &mem, hash, &raw, &why)) {
        if (why.code == ERR_NOT_FOUND || why.code == ERR_IO) return true;
        *err = why;
        return false;
    }
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)raw.data, raw.size);
    *ret_whole = is_named(hash, &state);
    return true;
}
