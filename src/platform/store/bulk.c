#include "platform/store/bulk.h"

#include "base/log.h"
#include "platform/store/store_private.h"

struct index_row {
    struct text name, definition;
};

static const struct sql_field columns[] = {{"name", SQL_TEXT, offsetof(struct index_row, name)},
                                           {"definition", SQL_TEXT, offsetof(struct index_row, definition)}};

static bool query(struct tx *tx, const char *sqlite, const char *postgresql, struct sql_rows *ret_rows, struct error *err) {
    const struct statement statement = {.name = "index_aside", .index = -1, .columns = columns, .column_count = 2,
                                        .row_size = sizeof(struct index_row), .text = {sqlite, postgresql}};
    return statement_rows(tx, &tx->mem, &statement, NULL, ret_rows, err);
}

static bool run(struct tx *tx, const char *sql, const struct index_row *index, struct error *err) {
    return tx_execute_script(tx, arena_printf(&tx->mem, sql, index->name.data), err);
}

struct tables {
    const char *const *names;
    size_t count;
};

static const char *quoted_list(struct arena *mem, const struct tables *tables) {
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < tables->count; i++) buffer_printf(&out, "%s'%s'", i ? ", " : "", tables->names[i]);
    return buffer_text(&out).data;
}

/* On PostgreSQL who serves has a lock; on SQLite the caller has made sure that nobody does. */
static bool is_alone(struct tx *tx, bool *ret_alone, struct error *err) {
    struct sql_rows rows;
    if (!query(tx, "SELECT '' AS name, '' AS definition WHERE 1 = 0",
               "SELECT '' AS name, '' AS definition FROM pg_locks WHERE locktype = 'advisory' AND classid = 7460102 AND objsubid = 2"
               " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1", &rows, err)) return false;
    *ret_alone = rows.count == 0;
    return true;
}

static bool set_aside(struct tx *tx, void *argument, struct error *err) {
    const char *tables = quoted_list(&tx->mem, argument);
    struct sql_rows rows;
    bool alone;
    if (!is_alone(tx, &alone, err)) return false;
    if (!alone) return true;
    if (!tx_execute_script(tx, "CREATE TABLE IF NOT EXISTS index_aside (name TEXT PRIMARY KEY NOT NULL, definition TEXT NOT NULL)", err)
        || !tx_execute_script(tx, arena_printf(&tx->mem, store_dialect(tx->store) == DIALECT_SQLITE
               ? "INSERT INTO index_aside SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql NOT LIKE 'CREATE UNIQUE %%' AND tbl_name IN (%s)"
               : "INSERT INTO index_aside SELECT relname, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
                 " WHERE NOT indisunique AND indrelid IN (SELECT to_regclass(name) FROM unnest(ARRAY[%s]) AS name)", tables), err)
        || !query(tx, "SELECT name, definition FROM index_aside", "SELECT name, definition FROM index_aside", &rows, err)) return false;
    for (const struct index_row *index = rows.at, *end = index + rows.count; index < end; index++)
        if (!run(tx, "DROP INDEX %s", index, err)) return false;
    return true;
}

bool store_set_aside(struct store *store, const char *const *tables, size_t count, struct error *err) {
    return store_write(store, set_aside, &(struct tables){tables, count}, err) || error_context(err, "setting indexes aside");
}

/* One after the other; then the table of them goes as well. */
static bool put_back_next(struct tx *tx, void *argument, struct error *err) {
    bool *is_done = argument;
    struct sql_rows rows;
    *is_done = true;
    /* Of two starts at once one waits: it must not take what the other has in hand for all that was left. */
    if (!tx->connection->driver->lock_migrations(tx->connection, err)) return false;
    if (!query(tx, "SELECT name, '' AS definition FROM sqlite_master WHERE name = 'index_aside'",
               "SELECT 'index_aside' AS name, '' AS definition WHERE to_regclass('index_aside') IS NOT NULL", &rows, err)) return false;
    if (!rows.count) return true;
    if (!query(tx, "SELECT name, definition FROM index_aside ORDER BY name LIMIT 1",
               "SELECT name, definition FROM index_aside ORDER BY name LIMIT 1", &rows, err)) return false;
    if (!rows.count) return tx_execute_script(tx, "DROP TABLE index_aside", err);
    const struct index_row *index = rows.at;
    *is_done = false;
    log_line(LOG_INFO, "schema: making the index %s", index->name.data);
    return tx_execute_script(tx, index->definition.data, err) && run(tx, "DELETE FROM index_aside WHERE name = '%s'", index, err);
}

bool store_put_back(struct store *store, struct error *err) {
    for (bool is_done = false; !is_done;)
        if (!store_write(store, put_back_next, &is_done, err)) return error_context(err, "making indexes again");
    return true;
}
