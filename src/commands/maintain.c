/* theke check, backup, restore, openapi */
#include "commands/anchor.h"
#include "commands/archive.h"
#include "commands/commands.h"
#include "modules/tickets/tickets.h"
#include "platform/events/events.h"
#include "platform/files/files.h"
#include "platform/http/openapi.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool check_chain(struct store *store, const char *folder, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    int64_t count;
    if (!store_read(store, &tx, err) || !events_verify(&tx, &count, err)) return false;
    tx_end(&tx);
    if (!anchor_check(store, folder, err)) return false;
    printf("events: %" PRId64 ", the chain is unbroken\n", count);
    return true;
}

static bool check_counters(struct store *store, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    int64_t wrong, wrong_tags;
    if (!store_read(store, &tx, err) || !counters_check(&tx, &wrong, err) || !tag_counters_check(&tx, &wrong_tags, err)) return false;
    if (wrong_tags)
        return error_set(err, ERR_STORE, "counters of tags are wrong in %" PRId64 " places; the server mends them within the hour", wrong_tags);
    return !wrong || error_set(err, ERR_STORE, "counters of active tickets are wrong in %" PRId64 " places; the next start counts anew", wrong);
}

static bool check_database(struct store *store, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    SCOPED(arena_free) struct arena mem = {0};
    if (store_dialect(store) != DIALECT_SQLITE) return true;
    static const struct sql_field column = {"result", SQL_TEXT, 0};
    static const struct statement statement = {.name = "quick_check", .index = -1, .columns = &column, .column_count = 1,
                                               .row_size = sizeof(struct text), .text = {"PRAGMA quick_check(1)", NULL}};
    struct sql_rows rows;
    if (!store_read(store, &tx, err) || !statement_rows(&tx, &mem, &statement, NULL, &rows, err)) return false;
    const struct text *result = rows.at;
    if (rows.count == 1 && text_is(*result, "ok")) return true;
    return error_set(err, ERR_STORE, "the database is damaged: %.*s; restore a backup", (int)result->size, result->data);
}

struct checking {
    struct files *files;
    int64_t count, missing;
    char first[FILE_HASH + 1];
};

static bool check_file(void *context, struct text hash, int64_t size, struct error *err) {
    struct checking *checking = context;
    struct error why = {0};
    int64_t there = -1;
    int fd;
    if (file_open(checking->files, hash, &fd, &there, &why)) close(fd);
    checking->count++;
    if (there == size) return true;
    if (checking->missing++ == 0) snprintf(checking->first, sizeof checking->first, "%.*s", (int)hash.size, hash.data);
    return true;
}

/* Every attachment that a message names lies in the data folder, in its full length. */
static bool check_files(struct store *store, const char *folder, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct checking checking = {0};
    bool ok = files_open(folder, &checking.files, err) && store_read(store, &tx, err) && attachment_each(&tx, check_file, &checking, err);
    files_close(checking.files);
    if (!ok) return false;
    printf("files: %" PRId64 ", %s\n", checking.count, checking.missing ? "not all there" : "all there");
    return !checking.missing || error_set(err, ERR_IO, "%" PRId64 " attached files are missing or cut in %s/files, the first is %s; restore a backup",
                                          checking.missing, folder, checking.first);
}

int command_check(struct config *config) {
    struct error err = {0};
    struct store *store = NULL;
    const char *folder;
    bool ok = open_data(config, &folder, &err) && open_store(config, &store, &err) && check_database(store, &err)
              && check_chain(store, folder, &err) && check_counters(store, &err) && check_files(store, folder, &err);
    store_close(store);
    return ok ? 0 : fail(&err);
}

static bool sqlite_path(struct config *config, const char **ret_path, struct error *err) {
    const char *folder, *url = config_get(config, "database", NULL);
    if (!open_data(config, &folder, err)) return false;
    if (url && strncmp(url, "sqlite:", 7) != 0)
        return error_set(err, ERR_INVALID, "PostgreSQL is backed up with pg_dump and pg_restore: see docs/operations.md");
    *ret_path = url ? url + 7 : arena_printf(&config->mem, "%s/theke.db", folder);
    return true;
}

static bool take_word(const struct config *config, const char *usage, const char **ret_word, struct error *err) {
    if (config->word_count != 1) return error_set(err, ERR_INVALID, "usage: %s", usage);
    *ret_word = config->words[0];
    return true;
}

/* The database first: every file that its rows name is in the folder by then. */
static bool back_up(struct config *config, const char *file, struct error *err) {
    const char *path, *folder;
    char *partial = arena_printf(&config->mem, "%s.partial", file);
    if (!sqlite_path(config, &path, err) || !open_data(config, &folder, err)) return false;
    if (access(path, R_OK) != 0) return error_errno(err, "reading %s", path);
    bool ok = archive_copy_database(path, partial, err) && archive_add(partial, folder, err);
    if (ok && rename(partial, file) != 0) ok = error_errno(err, "naming %s", file);
    if (!ok) unlink(partial);
    return ok;
}

int command_backup(struct config *config) {
    struct error err = {0};
    const char *file;
    if (!take_word(config, "theke backup FILE", &file, &err)) return fail(&err) + 1;
    if (access(file, F_OK) == 0) {
        error_set(&err, ERR_CONFLICT, "%s exists already; a backup never overwrites", file);
        return fail(&err);
    }
    umask(077); /* it holds the key to what is sealed */
    return back_up(config, file, &err) ? 0 : fail(&err);
}

static bool restore(struct config *config, const char *file, struct error *err) {
    const char *path, *folder;
    if (!sqlite_path(config, &path, err) || !open_data(config, &folder, err)) return false;
    if (access(file, R_OK) != 0) return error_errno(err, "reading %s", file);
    if (access(path, F_OK) == 0 && !config_switch(config, "force"))
        return error_set(err, ERR_CONFLICT, "%s exists; stop the server, move it away or add --force", path);
    anchor_forget(folder);
    return archive_extract(file, folder, err) && archive_copy_database(file, path, err) && archive_strip(path, err);
}

int command_restore(struct config *config) {
    struct error err = {0};
    const char *file;
    if (!take_word(config, "theke restore FILE", &file, &err)) return fail(&err) + 1;
    umask(077);
    return restore(config, file, &err) ? command_check(config) : fail(&err);
}

int command_openapi(struct config *config) {
    puts(openapi_document);
    return 0;
}
