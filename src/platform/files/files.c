#include "platform/files/files_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool folder_open(const char *directory, const char *name, int *ret_fd, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    const char *path = arena_printf(&mem, "%s/%s", directory, name);
    if (mkdir(path, 0700) != 0 && errno != EEXIST) return error_errno(err, "making %s", path);
    *ret_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *ret_fd >= 0 || error_errno(err, "opening %s", path);
}

bool files_open(const char *directory, struct files **ret_files, struct error *err) {
    struct files *files = calloc(1, sizeof *files);
    if (!files || sodium_init() < 0) abort();
    files->files = files->mail = -1;
    if (!folder_open(directory, "files", &files->files, err) || !folder_open(directory, "mail", &files->mail, err)) {
        files_close(files);
        return false;
    }
    *ret_files = files;
    return true;
}

void files_close(struct files *files) {
    if (!files) return;
    if (files->files >= 0) close(files->files);
    if (files->mail >= 0) close(files->mail);
    free(files);
}

static bool deposit_finish(struct deposit *deposit, struct stored_file *ret_stored, struct error *err) {
    struct stored_file stored = {.size = deposit->size};
    file_type_of(text_from(deposit->head, deposit->head_size), stored.media_type, sizeof stored.media_type);
    if (!deposit_end(deposit, "", stored.hash, err)) return false;
    *ret_stored = stored;
    return true;
}

bool file_put(struct files *files, struct text bytes, struct stored_file *ret_stored, struct error *err) {
    SCOPED(deposit_drop) struct deposit deposit = {.fd = -1};
    return deposit_begin(&deposit, files->files, 0, err) && deposit_count(&deposit, bytes.data, bytes.size, err)
           && deposit_write(&deposit, bytes.data, bytes.size, err) && deposit_finish(&deposit, ret_stored, err);
}

bool file_put_fd(struct files *files, int fd, int64_t limit, struct stored_file *ret_stored, struct error *err) {
    SCOPED(deposit_drop) struct deposit deposit = {.fd = -1};
    char piece[PIECE];
    if (!deposit_begin(&deposit, files->files, limit, err)) return false;
    for (;;) {
        ssize_t got = read(fd, piece, sizeof piece);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return error_errno(err, "reading a file for the store");
        if (got == 0) return deposit_finish(&deposit, ret_stored, err);
        if (!deposit_count(&deposit, piece, (size_t)got, err) || !deposit_write(&deposit, piece, (size_t)got, err))
            return false;
    }
}

bool file_put_path(struct files *files, const char *path, int64_t limit, struct stored_file *ret_stored,
                   struct error *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return error_errno(err, "opening a file for the store");
    bool ok = file_put_fd(files, fd, limit, ret_stored, err);
    close(fd);
    return ok;
}

bool file_open(struct files *files, struct text hash, int *ret_fd, int64_t *ret_size, struct error *err) {
    char path[FILE_HASH + 8];
    struct stat is;
    if (!path_of(hash, "", path)) return error_set(err, ERR_NOT_FOUND, "this is no name of a stored file");
    int fd = openat(files->files, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT) return error_set(err, ERR_NOT_FOUND, "the store has no file %.12s", hash.data);
    if (fd < 0 || fstat(fd, &is) != 0) {
        if (fd >= 0) close(fd);
        return error_errno(err, "opening a stored file");
    }
    *ret_fd = fd;
    *ret_size = is.st_size;
    return true;
}

static bool read_all(int fd, char *out, size_t size, struct error *err) {
    for (size_t at = 0; at < size;) {
        ssize_t got = read(fd, out + at, size - at);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return error_errno(err, "reading a stored file");
        at += (size_t)got;
    }
    return true;
}

bool file_read(struct files *files, struct arena *mem, struct text hash, int64_t limit, struct text *ret_bytes,
               struct error *err) {
    int fd = -1;
    int64_t size = 0;
    if (!file_open(files, hash, &fd, &size, err)) return false;
    bool ok = !limit || size <= limit || error_set(err, ERR_TOO_LARGE, "a stored file has %" PRId64 " bytes", size);
    char *out = arena_alloc(mem, ok ? (size_t)size + 1 : 1);
    ok = ok && read_all(fd, out, (size_t)size, err);
    close(fd);
    if (ok) *ret_bytes = text_from(out, (size_t)size);
    return ok;
}
