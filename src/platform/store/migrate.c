#include "platform/store/migrate.h"

#include "base/log.h"
#include "platform/store/bulk.h"
#include "platform/store/store_private.h"

struct applied {
    const char *name;
    bool found;
};

static bool note_found(const struct value *columns, int count, void *context, struct error *err) {
    ((struct applied *)context)->found = true;
    return true;
}

static bool is_applied(struct tx *tx, const char *name, bool *ret_applied, struct error *err) {
    static const struct sql_field params[] = {{"name", SQL_TEXT, 0}};
    static const struct statement find = {.name = "migration_find", .index = -1, .params = params, .param_count = 1,
                                          .text = {"SELECT name FROM migration WHERE name = ?1",
                                                   "SELECT name FROM migration WHERE name = $1"}};
    struct applied applied = {.name = name};
    struct value value = {.type = VALUE_TEXT, .text = text_of(name)};
    struct row_sink sink = {.row = note_found, .context = &applied};
    if (!tx->connection->driver->run(tx->connection, &find, &value, &sink, NULL, err)) return false;
    *ret_applied = applied.found;
    return true;
}

static bool note_applied(struct tx *tx, const char *name, struct error *err) {
    static const struct sql_field params[] = {{"name", SQL_TEXT, 0}};
    static const struct statement add = {.name = "migration_add", .index = -1, .params = params, .param_count = 1, .write = true,
                                         .text = {"INSERT INTO migration (name) VALUES (?1)",
                                                  "INSERT INTO migration (name) VALUES ($1)"}};
    struct value value = {.type = VALUE_TEXT, .text = text_of(name)};
    return tx->connection->driver->run(tx->connection, &add, &value, NULL, NULL, err);
}

static bool apply(struct tx *tx, void *argument, struct error *err) {
    const struct migration *migration = argument;
    bool applied = false;
    if (!tx->connection->driver->lock_migrations(tx->connection, err)) return false;
    if (!tx_execute_script(tx, "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY NOT NULL)", err)) return false;
    if (!is_applied(tx, migration->name, &applied, err)) return false;
    if (applied) return true;
    if (!tx_execute_script(tx, migration->text[store_dialect(tx->store)], err)) return false;
    if (!note_applied(tx, migration->name, err)) return false;
    log_line(LOG_INFO, "schema: applied %s", migration->name);
    return true;
}

bool store_migrate(struct store *store, struct error *err) {
    if (!store_put_back(store, err)) return false;
    for (int i = 0; i < all_migration_count; i++)
        if (!store_write(store, apply, (void *)&all_migrations[i], err))
            return error_context(err, "migration %s", all_migrations[i].name);
    return true;
}
