/* theke check, backup, restore, openapi */
#include "commands/commands.h"
#include "platform/events/events.h"
#include "platform/http/openapi.h"

#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

static bool check_chain(struct store *store, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    int64_t count;
    if (!store_read(store, &tx, err) || !events_verify(&tx, &count, err)) return false;
    printf("events: %" PRId64 ", the chain is unbroken\n", count);
    return true;
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

int command_check(struct config *config) {
    struct error err = {0};
    struct store *store = NULL;
    bool ok = open_store(config, &store, &err) && check_database(store, &err) && check_chain(store, &err);
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

/* SQLite's online backup: consistent while the server writes. */
static bool copy_database(const char *from, const char *to, struct error *err) {
    sqlite3 *source = NULL, *target = NULL;
    bool ok = sqlite3_open_v2(from, &source, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK
              || error_set(err, ERR_IO, "opening %s: %s", from, sqlite3_errmsg(source));
    if (ok) ok = sqlite3_open(to, &target) == SQLITE_OK || error_set(err, ERR_IO, "opening %s: %s", to, sqlite3_errmsg(target));
    if (ok) {
        sqlite3_busy_timeout(source, 10000);
        sqlite3_backup *backup = sqlite3_backup_init(target, "main", source, "main");
        int code = backup ? sqlite3_backup_step(backup, -1) : sqlite3_errcode(target);
        if (backup) sqlite3_backup_finish(backup);
        ok = code == SQLITE_DONE || error_set(err, ERR_IO, "copying %s: %s", from, sqlite3_errstr(code));
    }
    sqlite3_close(source);
    sqlite3_close(target);
    return ok;
}

static bool take_word(const struct config *config, const char *usage, const char **ret_word, struct error *err) {
    if (config->word_count != 1) return error_set(err, ERR_INVALID, "usage: %s", usage);
    *ret_word = config->words[0];
    return true;
}

int command_backup(struct config *config) {
    struct error err = {0};
    const char *file, *path;
    if (!take_word(config, "theke backup FILE", &file, &err)) return fail(&err) + 1;
    if (access(file, F_OK) == 0) {
        error_set(&err, ERR_CONFLICT, "%s exists already; a backup never overwrites", file);
        return fail(&err);
    }
    char *partial = arena_printf(&config->mem, "%s.partial", file);
    bool ok = sqlite_path(config, &path, &err) && copy_database(path, partial, &err);
    if (ok && rename(partial, file) != 0) ok = error_errno(&err, "naming %s", file);
    if (!ok) unlink(partial);
    return ok ? 0 : fail(&err);
}

int command_restore(struct config *config) {
    struct error err = {0};
    const char *file, *path;
    if (!take_word(config, "theke restore FILE", &file, &err)) return fail(&err) + 1;
    bool ok = sqlite_path(config, &path, &err);
    if (ok && access(file, R_OK) != 0) ok = error_errno(&err, "reading %s", file);
    if (ok && access(path, F_OK) == 0 && !config_switch(config, "force"))
        ok = error_set(&err, ERR_CONFLICT, "%s exists; stop the server, move it away or add --force", path);
    return ok && copy_database(file, path, &err) ? command_check(config) : fail(&err);
}

int command_openapi(struct config *config) {
    puts(openapi_document);
    return 0;
}
