#include "platform/files/files_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

bool path_of(struct text hash, const char *suffix, char out[FILE_HASH + 8]) {
    if (hash.size != FILE_HASH) return false;
    for (size_t i = 0; i < hash.size; i++)
        if (!strchr("0123456789abcdef", hash.data[i]) || !hash.data[i]) return false;
    snprintf(out, FILE_HASH + 8, "%.2s/%.62s%s", hash.data, hash.data + 2, suffix);
    return true;
}

bool deposit_begin(struct deposit *deposit, int folder, int64_t limit, struct error *err) {
    unsigned char random[8];
    *deposit = (struct deposit){.folder = folder, .limit = limit, .fd = -1};
    randombytes_buf(random, sizeof random);
    memcpy(deposit->name, "new-", 4);
    sodium_bin2hex(deposit->name + 4, sizeof deposit->name - 4, random, sizeof random);
    crypto_hash_sha256_init(&deposit->hash);
    deposit->fd = openat(folder, deposit->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return deposit->fd >= 0 || error_errno(err, "creating a file in the store");
}

bool deposit_write(struct deposit *deposit, const void *data, size_t size, struct error *err) {
    const char *at = data;
    while (size > 0) {
        ssize_t written = write(deposit->fd, at, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return error_errno(err, "writing a file to the store");
        at += written;
        size -= (size_t)written;
    }
    return true;
}

bool deposit_count(struct deposit *deposit, const void *data, size_t size, struct error *err) {
    size_t room = SNIFFED - deposit->head_size, head = size < room ? size : room;
    deposit->size += (int64_t)size;
    if (deposit->limit && deposit->size > deposit->limit)
        return error_set(err, ERR_TOO_LARGE, "a file has at most %" PRId64 " bytes", deposit->limit);
    crypto_hash_sha256_update(&deposit->hash, data, size);
    if (head) memcpy(deposit->head + deposit->head_size, data, head);
    deposit->head_size += head;
    return true;
}

static bool folder_sync(int parent, const char *name, struct error *err) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (!ok) error_errno(err, "syncing a folder of the store");
    if (fd >= 0) close(fd);
    return ok;
}

/* A folder made just now is itself an entry that has to reach the disk. */
static bool shelf_make(int folder, const char *path, struct error *err) {
    char shelf[3] = {path[0], path[1], '\0'};
    if (mkdirat(folder, shelf, 0700) == 0) return folder_sync(folder, ".", err);
    return errno == EEXIST || error_errno(err, "making a folder in the store");
}

bool deposit_end(struct deposit *deposit, const char *suffix, char ret_hash[FILE_HASH + 1], struct error *err) {
    unsigned char digest[crypto_hash_sha256_BYTES];
    char hash[FILE_HASH + 1], path[FILE_HASH + 8], shelf[3] = "";
    crypto_hash_sha256_final(&deposit->hash, digest);
    sodium_bin2hex(hash, sizeof hash, digest, sizeof digest);
    if (!path_of(text_of(hash), suffix, path)) return error_set(err, ERR_INTERNAL, "a hash is no hash");
    memcpy(shelf, path, 2);
    if (fsync(deposit->fd) != 0) return error_errno(err, "syncing a file of the store");
    if (!shelf_make(deposit->folder, path, err)) return false;
    if (renameat(deposit->folder, deposit->name, deposit->folder, path) != 0)
        return error_errno(err, "naming a file of the store");
    close(deposit->fd);
    deposit->fd = -1;
    if (!folder_sync(deposit->folder, shelf, err)) return false;
    memcpy(ret_hash, hash, sizeof hash);
    return true;
}

void deposit_drop(struct deposit *deposit) {
    if (deposit->fd < 0) return;
    close(deposit->fd);
    deposit->fd = -1;
    unlinkat(deposit->folder, deposit->name, 0);
}

/* A program that is killed between the two leaves an empty file, which files_clean removes. */
bool files_unnamed(struct files *files, int *ret_fd, struct error *err) {
    unsigned char random[8];
    char name[32] = "new-";
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(name + 4, sizeof name - 4, random, sizeof random);
    int fd = openat(files->mail, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return error_errno(err, "creating a file in the store");
    if (unlinkat(files->mail, name, 0) != 0) {
        close(fd);
        return error_errno(err, "creating a file in the store");
    }
    *ret_fd = fd;
    return true;
}
