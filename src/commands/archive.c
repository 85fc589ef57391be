#include "commands/archive.h"

#include "base/arena.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH = 3 };
static const char *const kept[] = {"files", "mail", "secret.key", "theke.conf"};

static void close_database(sqlite3 **db) {
    sqlite3_close(*db);
}

static void finish(sqlite3_stmt **statement) {
    sqlite3_finalize(*statement);
}

static bool open_database(const char *path, int flags, sqlite3 **ret_db, struct error *err) {
    if (sqlite3_open_v2(path, ret_db, flags, NULL) != SQLITE_OK) return error_set(err, ERR_IO, "opening %s: %s", path, sqlite3_errmsg(*ret_db));
    sqlite3_busy_timeout(*ret_db, 10000);
    return true;
}

static bool run(sqlite3 *db, const char *sql, struct error *err) {
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK || error_set(err, ERR_IO, "writing the archive: %s", sqlite3_errmsg(db));
}

bool archive_copy_database(const char *from, const char *to, struct error *err) {
    SCOPED(close_database) sqlite3 *source = NULL;
    SCOPED(close_database) sqlite3 *target = NULL;
    if (!open_database(from, SQLITE_OPEN_READWRITE, &source, err)) return false;
    if (!open_database(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &target, err)) return false;
    sqlite3_backup *backup = sqlite3_backup_init(target, "main", source, "main");
    int code = backup ? sqlite3_backup_step(backup, -1) : sqlite3_errcode(target);
    if (backup) sqlite3_backup_finish(backup);
    return code == SQLITE_DONE || error_set(err, ERR_IO, "copying %s: %s", from, sqlite3_errstr(code));
}

/* --- Adding ---------------------------------------------------------------------------------------------------------- */

struct adding {
    sqlite3_stmt *insert;
    int folder;
};

static bool read_file(int fd, struct arena *mem, size_t size, struct text *ret_bytes, struct error *err) {
    char *bytes = arena_alloc(mem, size + 1);
    for (size_t at = 0; at < size;) {
        ssize_t got = read(fd, bytes + at, size - at);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return error_errno(err, "reading a file for the archive");
        at += (size_t)got;
    }
    *ret_bytes = text_from(bytes, size);
    return true;
}

static bool add_file(struct adding *adding, const char *name, const struct stat *is, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text bytes;
    int fd = openat(adding->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return errno == ENOENT || error_errno(err, "opening %s", name);
    bool ok = read_file(fd, &mem, (size_t)is->st_size, &bytes, err);
    close(fd);
    if (!ok) return false;
    sqlite3_reset(adding->insert);
    sqlite3_bind_text(adding->insert, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(adding->insert, 2, is->st_mode);
    sqlite3_bind_int64(adding->insert, 3, is->st_mtime);
    sqlite3_bind_int64(adding->insert, 4, is->st_size);
    sqlite3_bind_blob64(adding->insert, 5, bytes.data, bytes.size, SQLITE_STATIC);
    int code = sqlite3_step(adding->insert);
    return code == SQLITE_DONE || error_set(err, ERR_IO, "adding %s: %s", name, sqlite3_errstr(code));
}

static bool add_path(struct adding *adding, const char *name, int depth, struct error *err);

/* What is called new-... is a file on its way in, which no row names yet. */
static bool is_left_out(const char *name) {
    return name[0] == '.' || strncmp(name, "new-", 4) == 0;
}

static bool add_folder(struct adding *adding, const char *name, int depth, struct error *err) {
    bool ok = true;
    int fd = openat(adding->folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    if (!folder) return error_errno(err, "reading %s", name);
    for (struct dirent *entry; ok && (entry = readdir(folder));) {
        SCOPED(arena_free) struct arena mem = {0};
        if (!is_left_out(entry->d_name)) ok = add_path(adding, arena_printf(&mem, "%s/%s", name, entry->d_name), depth + 1, err);
    }
    closedir(folder);
    return ok;
}

static bool add_path(struct adding *adding, const char *name, int depth, struct error *err) {
    struct stat is;
    if (fstatat(adding->folder, name, &is, AT_SYMLINK_NOFOLLOW) != 0) return errno == ENOENT || error_errno(err, "reading %s", name);
    if (S_ISDIR(is.st_mode) && depth < DEPTH) return add_folder(adding, name, depth, err);
    return !S_ISREG(is.st_mode) || add_file(adding, name, &is, err);
}

static bool add_all(sqlite3 *db, const char *folder, struct error *err) {
    SCOPED(finish) sqlite3_stmt *insert = NULL;
    static const char sql[] = "INSERT INTO sqlar (name, mode, mtime, sz, data) VALUES (?1, ?2, ?3, ?4, ?5)";
    if (sqlite3_prepare_v2(db, sql, -1, &insert, NULL) != SQLITE_OK) return error_set(err, ERR_IO, "the archive: %s", sqlite3_errmsg(db));
    struct adding adding = {.insert = insert, .folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (adding.folder < 0) return error_errno(err, "reading %s", folder);
    bool ok = true;
    for (size_t i = 0; ok && i < COUNT_OF(kept); i++) ok = add_path(&adding, kept[i], 0, err);
    close(adding.folder);
    return ok;
}

bool archive_add(const char *archive, const char *folder, struct error *err) {
    SCOPED(close_database) sqlite3 *db = NULL;
    static const char table[] = "CREATE TABLE sqlar (name TEXT PRIMARY KEY, mode INT, mtime INT, sz INT, data BLOB)";
    return open_database(archive, SQLITE_OPEN_READWRITE, &db, err) && run(db, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; BEGIN", err)
           && run(db, table, err) && add_all(db, folder, err) && run(db, "COMMIT", err);
}

/* --- Taking out ------------------------------------------------------------------------------------------------------ */

/* An archive is a stranger's until it is proved ours: no name may lead out of the folder. */
static bool is_kept(const char *name) {
    if (!name || strstr(name, "..") || strchr(name, '\\')) return false;
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        size_t size = strlen(kept[i]);
        if (strncmp(name, kept[i], size) == 0 && (name[size] == '/' || name[size] == '\0')) return true;
    }
    return false;
}

static bool make_folders(int folder, struct arena *mem, const char *name, struct error *err) {
    for (const char *slash = name; (slash = strchr(slash, '/')); slash++) {
        const char *part = text_string(mem, text_from(name, (size_t)(slash - name)));
        if (mkdirat(folder, part, 0700) != 0 && errno != EEXIST) return error_errno(err, "making %s", part);
    }
    return true;
}

static bool write_bytes(int fd, struct text bytes, struct error *err) {
    for (size_t at = 0; at < bytes.size;) {
        ssize_t done = write(fd, bytes.data + at, bytes.size - at);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return error_errno(err, "writing a file of the archive");
        at += (size_t)done;
    }
    return fsync(fd) == 0 || error_errno(err, "writing a file of the archive");
}

static bool extract_file(sqlite3_stmt *row, int folder, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    const char *name = (const char *)sqlite3_column_text(row, 0);
    struct text bytes = text_from(sqlite3_column_blob(row, 2), (size_t)sqlite3_column_bytes(row, 2));
    if (!is_kept(name)) return error_set(err, ERR_INVALID, "the archive has a file that is none of Theke's");
    if (!make_folders(folder, &mem, name, err)) return false;
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, (mode_t)sqlite3_column_int(row, 1) & 0700);
    if (fd < 0) return error_errno(err, "writing %s", name);
    bool ok = write_bytes(fd, bytes, err);
    close(fd);
    return ok;
}

static bool has_files(sqlite3 *db) {
    SCOPED(finish) sqlite3_stmt *table = NULL;
    return sqlite3_prepare_v2(db, "SELECT name, mode, data FROM sqlar", -1, &table, NULL) == SQLITE_OK;
}

bool archive_extract(const char *archive, const char *folder, struct error *err) {
    SCOPED(close_database) sqlite3 *db = NULL;
    SCOPED(finish) sqlite3_stmt *rows = NULL;
    bool ok = true;
    int code, target;
    if (!open_database(archive, SQLITE_OPEN_READONLY, &db, err)) return false;
    if (sqlite3_prepare_v2(db, "SELECT name, mode, data FROM sqlar", -1, &rows, NULL) != SQLITE_OK)
        return error_set(err, ERR_INVALID, "%s is no backup of Theke", archive);
    target = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (target < 0) return error_errno(err, "opening %s", folder);
    while (ok && (code = sqlite3_step(rows)) == SQLITE_ROW) ok = extract_file(rows, target, err);
    if (ok && code != SQLITE_DONE) ok = error_set(err, ERR_IO, "reading %s: %s", archive, sqlite3_errmsg(db));
    close(target);
    return ok;
}

/* A file cut down where it lies would need as much room again, and in the system's temporary folder. */
static bool write_compact(sqlite3 *db, const char *path, struct error *err) {
    SCOPED(finish) sqlite3_stmt *vacuum = NULL;
    if (sqlite3_prepare_v2(db, "VACUUM INTO ?1", -1, &vacuum, NULL) != SQLITE_OK) return error_set(err, ERR_IO, "writing %s: %s", path, sqlite3_errmsg(db));
    sqlite3_bind_text(vacuum, 1, path, -1, SQLITE_STATIC);
    return sqlite3_step(vacuum) == SQLITE_DONE || error_set(err, ERR_IO, "writing %s: %s", path, sqlite3_errmsg(db));
}

static bool strip_into(const char *database, const char *path, struct error *err) {
    SCOPED(close_database) sqlite3 *db = NULL;
    return open_database(database, SQLITE_OPEN_READWRITE, &db, err) && (!has_files(db) || run(db, "DROP TABLE sqlar", err)) && write_compact(db, path, err);
}

bool archive_strip(const char *database, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    const char *compact = arena_printf(&mem, "%s-compact", database);
    unlink(compact);
    bool ok = strip_into(database, compact, err) && (rename(compact, database) == 0 || error_errno(err, "naming %s", database));
    if (!ok) unlink(compact);
    return ok;
}
