/* Raw mail, compressed: letters repeat themselves. */
#include "platform/files/files_private.h"
#include "sql/platform_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>
#include <zstd.h>

enum { LEVEL = 3, ROW_SIZE = 256 << 10 };
static const unsigned long long largest_mail = 512ULL * 1024 * 1024;
static const char *const suffix = ".zst";

static bool put_file(struct files *files, struct text raw, struct text packed, char ret_hash[FILE_HASH + 1], struct error *err) {
    SCOPED(deposit_drop) struct deposit deposit = {.fd = -1};
    return deposit_begin(&deposit, files->mail, 0, err) && deposit_count(&deposit, raw.data, raw.size, err)
           && deposit_write(&deposit, packed.data, packed.size, err) && deposit_end(&deposit, suffix, ret_hash, err);
}

bool mail_pack(struct files *files, struct arena *mem, struct text raw, struct packed_mail *ret_packed, struct error *err) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    size_t room = ZSTD_compressBound(raw.size);
    char *packed = arena_alloc(mem, room);
    size_t size = ZSTD_compress(packed, room, raw.data, raw.size, LEVEL);
    if (ZSTD_isError(size)) return error_set(err, ERR_INTERNAL, "compressing mail: %s", ZSTD_getErrorName(size));
    *ret_packed = (struct packed_mail){0};
    if (size > ROW_SIZE) return put_file(files, raw, text_from(packed, size), ret_packed->hash, err);
    crypto_hash_sha256(hash, (const unsigned char *)raw.data, raw.size);
    sodium_bin2hex(ret_packed->hash, sizeof ret_packed->hash, hash, sizeof hash);
    ret_packed->row = text_from(packed, size);
    return true;
}

bool mail_keep(struct tx *tx, const struct packed_mail *packed, struct error *err) {
    if (!packed->row.data) return true;
    return sql_mail_raw_insert(tx, &(struct sql_mail_raw_insert){.hash = text_of(packed->hash), .packed = packed->row}, NULL, err);
}

static bool unpack(struct arena *mem, const void *packed, size_t size, struct text *ret_raw, struct error *err) {
    unsigned long long whole = ZSTD_getFrameContentSize(packed, size);
    if (whole == ZSTD_CONTENTSIZE_UNKNOWN || whole == ZSTD_CONTENTSIZE_ERROR || whole > largest_mail)
        return error_set(err, ERR_IO, "stored mail is damaged");
    char *out = arena_alloc(mem, (size_t)whole + 1);
    size_t got = ZSTD_decompress(out, (size_t)whole, packed, size);
    if (ZSTD_isError(got) || got != whole) return error_set(err, ERR_IO, "stored mail is damaged");
    *ret_raw = text_from(out, got);
    return true;
}

static bool unpack_fd(int fd, struct arena *mem, struct text *ret_raw, struct error *err) {
    struct stat is;
    if (fstat(fd, &is) != 0) return error_errno(err, "reading stored mail");
    if (is.st_size == 0) return error_set(err, ERR_IO, "stored mail is damaged");
    void *packed = mmap(NULL, (size_t)is.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (packed == MAP_FAILED) return error_errno(err, "reading stored mail");
    bool ok = unpack(mem, packed, (size_t)is.st_size, ret_raw, err);
    munmap(packed, (size_t)is.st_size);
    return ok;
}

static bool get_file(struct files *files, struct arena *mem, struct text hash, struct text *ret_raw, struct error *err) {
    char path[FILE_HASH + 8];
    if (!path_of(hash, suffix, path)) return error_set(err, ERR_NOT_FOUND, "this is no name of stored mail");
    int fd = openat(files->mail, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT) return error_set(err, ERR_NOT_FOUND, "the store has no mail %.12s", hash.data);
    if (fd < 0) return error_errno(err, "opening stored mail");
    bool ok = unpack_fd(fd, mem, ret_raw, err);
    close(fd);
    return ok;
}

bool mail_get(struct files *files, struct tx *tx, struct arena *mem, struct text hash, struct text *ret_raw, struct error *err) {
    const struct sql_mail_raw_find_row *row;
    if (!sql_mail_raw_find(tx, &tx->mem, &(struct sql_mail_raw_find){.hash = hash}, &row, err)) return false;
    return row ? unpack(mem, row->packed.data, row->packed.size, ret_raw, err) : get_file(files, mem, hash, ret_raw, err);
}

bool mail_forget(struct tx *tx, struct text hash, bool (*named)(void *context, struct text hash), void *context, struct error *err) {
    const struct sql_mail_raw_lock_row *row;
    if (!sql_mail_raw_lock(tx, &tx->mem, &(struct sql_mail_raw_lock){.hash = hash}, &row, err)) return false;
    return !row || named(context, hash) || sql_mail_raw_delete(tx, &(struct sql_mail_raw_delete){.hash = hash}, NULL, err);
}
