#include "commands/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int fail(const struct error *err) {
    fprintf(stderr, "theke: %s\n", err->message);
    for (size_t i = 0; i < err->field_count; i++)
        fprintf(stderr, "theke: %s: %s\n", err->fields[i].field, err->fields[i].message);
    return 1;
}

static const char *data_folder(const struct config *config) {
    return config_get(config, "data", "./var");
}

bool open_data(const struct config *config, const char **ret_folder, struct error *err) {
    const char *folder = data_folder(config);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) return error_errno(err, "making the data folder %s", folder);
    *ret_folder = folder;
    return true;
}

bool find_data(const struct config *config, const char **ret_folder, struct error *err) {
    const char *folder = data_folder(config);
    struct stat is;
    if (stat(folder, &is) != 0 || !S_ISDIR(is.st_mode)) return error_set(err, ERR_IO, "there is no data folder %s", folder);
    *ret_folder = folder;
    return true;
}

const char *database_path(struct config *config) {
    const char *url = config_get(config, "database", NULL);
    if (!url) return arena_printf(&config->mem, "%s/theke.db", data_folder(config));
    return strncmp(url, "sqlite:", 7) == 0 ? url + 7 : NULL;
}

/* Half of a store must not be taken for one, and an empty one not be put in its place. */
static bool refuse_half_restored(struct config *config, struct error *err) {
    const char *folder = data_folder(config);
    if (access(arena_printf(&config->mem, "%s/replaced", folder), F_OK) != 0) return true;
    return error_set(err, ERR_CONFLICT, "a restore into %s was broken off: run 'theke restore FILE --force' once more", folder);
}

static bool connect_store(struct config *config, struct store **ret_store, struct error *err) {
    const char *path = database_path(config);
    const char *url = path ? arena_printf(&config->mem, "sqlite:%s", path) : config_get(config, "database", NULL);
    return refuse_half_restored(config, err) && store_open(&(struct store_options){.url = url}, ret_store, err);
}

static bool migrate(struct store *store, struct store **ret_store, struct error *err) {
    if (!store_migrate(store, err)) {
        store_close(store);
        return false;
    }
    *ret_store = store;
    return true;
}

bool open_store(struct config *config, struct store **ret_store, struct error *err) {
    const char *folder;
    struct store *store;
    return open_data(config, &folder, err) && connect_store(config, &store, err) && migrate(store, ret_store, err);
}

static bool has_schema(struct store *store, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    static const struct sql_field column = {"count", SQL_INT, 0};
    static const struct statement statement = {
        .name = "schema_find", .index = -1, .columns = &column, .column_count = 1, .row_size = sizeof(int64_t),
        .text = {"SELECT count(*) FROM sqlite_master WHERE name = 'migration'", "SELECT count(*) FROM pg_class WHERE oid = to_regclass('migration')"}};
    struct sql_rows rows;
    if (!store_read(store, &tx, err) || !statement_rows(&tx, &tx.mem, &statement, NULL, &rows, err)) return false;
    return (rows.count == 1 && *(const int64_t *)rows.at > 0) || error_set(err, ERR_IO, "the database is there, but none of Theke's");
}

bool find_store(struct config *config, struct store **ret_store, struct error *err) {
    const char *path = database_path(config);
    struct store *store;
    if (!refuse_half_restored(config, err)) return false;
    if (path && access(path, F_OK) != 0) return error_set(err, ERR_IO, "there is no store %s", path);
    if (!connect_store(config, &store, err)) return false;
    if (!has_schema(store, err)) {
        store_close(store);
        return false;
    }
    return migrate(store, ret_store, err);
}

/* Held until the process ends. */
static bool hold_file(const char *path, int how, const char *what, struct error *err) {
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) return error_errno(err, "opening %s", path);
    if (flock(lock, how | LOCK_NB) == 0) return true;
    close(lock);
    return error_set(err, ERR_BUSY, "another theke serves or fills %s already: stop it first", what);
}

/* A database can be reached by many names, so its lock lies beside the file that they lead to. */
static bool hold_database(struct config *config, const char *path, struct error *err) {
    char real[PATH_MAX];
    const char *file = realpath(path, real) ? real : path;
    return hold_file(arena_printf(&config->mem, "%s.lock", file), LOCK_EX, path, err);
}

bool hold_place(struct config *config, struct error *err) {
    const char *folder = data_folder(config), *path = database_path(config);
    return hold_file(arena_printf(&config->mem, "%s/serve.lock", folder), path ? LOCK_EX : LOCK_SH, folder, err)
           && (!path || hold_database(config, path, err));
}
