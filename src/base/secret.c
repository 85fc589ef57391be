#include "base/secret.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

static bool read_key(int fd, const char *path, struct secret *ret_secret, struct error *err) {
    struct secret secret;
    ssize_t size = read(fd, secret.key, sizeof secret.key);
    if (size < 0) return error_errno(err, "reading %s", path);
    if (size != (ssize_t)sizeof secret.key) return error_set(err, ERR_IO, "%s does not hold a key of 32 bytes", path);
    *ret_secret = secret;
    return true;
}

/* Written under another name and linked into place, so that two processes starting at once agree on one key. */
static bool make_key(const char *path, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    char *fresh = arena_printf(&mem, "%s.%d", path, (int)getpid());
    struct secret secret;
    randombytes_buf(secret.key, sizeof secret.key);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return error_errno(err, "making %s", fresh);
    bool written = write(fd, secret.key, sizeof secret.key) == (ssize_t)sizeof secret.key && fsync(fd) == 0;
    close(fd);
    if (written && link(fresh, path) != 0) written = access(path, R_OK) == 0;
    unlink(fresh);
    sodium_memzero(&secret, sizeof secret);
    return written || error_errno(err, "making %s", path);
}

bool secret_load(const char *path, struct secret *ret_secret, struct error *err) {
    if (sodium_init() < 0) return error_set(err, ERR_INTERNAL, "libsodium can't start");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        if (!make_key(path, err)) return false;
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0) return error_errno(err, "opening %s", path);
    bool ok = read_key(fd, path, ret_secret, err);
    close(fd);
    return ok;
}

void secret_derive(const struct secret *secret, const char *purpose, unsigned char ret_key[32]) {
    char context[crypto_kdf_CONTEXTBYTES + 1] = "theke___";
    size_t size = strlen(purpose);
    memcpy(context, purpose, size < crypto_kdf_CONTEXTBYTES ? size : crypto_kdf_CONTEXTBYTES);
    crypto_kdf_derive_from_key(ret_key, 32, 1, context, secret->key);
}

struct text secret_seal(const struct secret *secret, struct arena *mem, struct text plain) {
    unsigned char key[32];
    secret_derive(secret, "seal", key);
    size_t size = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + plain.size;
    unsigned char *out = arena_alloc(mem, size);
    randombytes_buf(out, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(out + crypto_secretbox_NONCEBYTES, (const unsigned char *)(plain.data ? plain.data : ""), plain.size, out, key);
    sodium_memzero(key, sizeof key);
    return text_from((const char *)out, size);
}

bool secret_open(const struct secret *secret, struct arena *mem, struct text sealed, struct text *ret_plain,
                 struct error *err) {
    unsigned char key[32];
    if (sealed.size < crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES)
        return error_set(err, ERR_INTERNAL, "a sealed secret is too short");
    const unsigned char *in = (const unsigned char *)sealed.data;
    size_t size = sealed.size - crypto_secretbox_NONCEBYTES - crypto_secretbox_MACBYTES;
    unsigned char *plain = arena_alloc(mem, size + 1);
    secret_derive(secret, "seal", key);
    int code = crypto_secretbox_open_easy(plain, in + crypto_secretbox_NONCEBYTES, sealed.size - crypto_secretbox_NONCEBYTES, in, key);
    sodium_memzero(key, sizeof key);
    if (code != 0) return error_set_key(err, ERR_INTERNAL, "secret_key", "a sealed secret can't be opened with this installation's key");
    *ret_plain = text_from((const char *)plain, size);
    return true;
}

struct text secret_token(struct arena *mem, size_t bytes) {
    unsigned char *random = arena_alloc(mem, bytes);
    randombytes_buf(random, bytes);
    size_t size = sodium_base64_encoded_len(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *out = arena_alloc(mem, size);
    sodium_bin2base64(out, size, random, bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return text_of(out);
}

struct text secret_hash(struct arena *mem, struct text token) {
    unsigned char *hash = arena_alloc(mem, crypto_hash_sha256_BYTES);
    crypto_hash_sha256(hash, (const unsigned char *)(token.data ? token.data : ""), token.size);
    return text_from((const char *)hash, crypto_hash_sha256_BYTES);
}
