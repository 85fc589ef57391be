/* SQLite: WAL, synchronous=FULL, statements prepared once per connection. */
#include "platform/store/store_private.h"

#include "base/clock.h"
#include "platform/search/rank.h"
#include "platform/search/tokenizer.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

/* What comes with every transaction is prepared once. */
static const char *const phrases[] = {"BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK", "SAVEPOINT request", "RELEASE request"};

struct sqlite_connection {
    struct connection common;
    sqlite3 *db;
    sqlite3_stmt **prepared; /* by statement index */
    sqlite3_stmt *phrases[COUNT_OF(phrases)];
};

static struct sqlite_connection *own(struct connection *connection) {
    return (struct sqlite_connection *)connection;
}

static bool fail(struct sqlite_connection *connection, struct error *err) {
    int code = sqlite3_extended_errcode(connection->db);
    const char *message = sqlite3_errmsg(connection->db);
    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY) return error_set_key(err, ERR_CONFLICT, "taken", "%s", message);
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return error_set(err, ERR_BUSY, "the database is busy: %s", message);
    case SQLITE_CONSTRAINT: return error_set_key(err, ERR_CONFLICT, "constraint", "%s", message);
    case SQLITE_INTERRUPT: return error_set(err, ERR_DEADLINE, "took too long");
    case SQLITE_FULL: return error_set_key(err, ERR_NO_ROOM, "disk_full", "the disk is full: %s", message);
    case SQLITE_READONLY: return error_set_key(err, ERR_NO_ROOM, "read_only", "the data folder can't be written: %s", message);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: return error_set(err, ERR_IO, "%s", message);
    default: return error_set(err, ERR_STORE, "%s (%d)", message, code);
    }
}

static void sqlite_close(struct connection *connection) {
    struct sqlite_connection *c = own(connection);
    for (int i = 0; c->prepared && i < all_statement_count; i++) sqlite3_finalize(c->prepared[i]);
    for (size_t i = 0; i < COUNT_OF(phrases); i++) sqlite3_finalize(c->phrases[i]);
    sqlite3_close_v2(c->db);
    free(c->prepared);
    free(c);
}

static bool run_phrase(struct sqlite_connection *c, size_t i, struct error *err) {
    if (!c->phrases[i] && sqlite3_prepare_v3(c->db, phrases[i], -1, SQLITE_PREPARE_PERSISTENT, &c->phrases[i], NULL) != SQLITE_OK)
        return fail(c, err);
    bool ok = sqlite3_step(c->phrases[i]) == SQLITE_DONE || fail(c, err);
    sqlite3_reset(c->phrases[i]);
    return ok;
}

static bool sqlite_script(struct connection *connection, const char *sql, struct error *err) {
    struct sqlite_connection *c = own(connection);
    for (size_t i = 0; i < COUNT_OF(phrases); i++)
        if (strcmp(sql, phrases[i]) == 0) return run_phrase(c, i, err);
    connection->changed = true;
    return sqlite3_exec(c->db, sql, NULL, NULL, NULL) == SQLITE_OK || fail(c, err);
}

/* Asked in the middle of statements that take long; what takes less than a millisecond never gets here. */
static int is_over(void *context) {
    const struct connection *connection = context;
    return connection->deadline && clock_steady() > connection->deadline;
}

enum { OPCODES_BETWEEN_LOOKS = 10000 };

static bool set_up(struct sqlite_connection *c, bool read_only, struct error *err) {
    sqlite3_extended_result_codes(c->db, 1);
    sqlite3_busy_timeout(c->db, 10000);
    sqlite3_limit(c->db, SQLITE_LIMIT_ATTACHED, 0);
    if (read_only) sqlite3_progress_handler(c->db, OPCODES_BETWEEN_LOOKS, is_over, &c->common);
    if (!tokenizer_register(c->db) || !rank_register(c->db)) return error_set(err, ERR_STORE, "the search functions can't be registered");
    const char *pragmas = read_only
        ? "PRAGMA query_only = 1; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4000"
        : "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
          "PRAGMA cache_size = -24000; PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 4000";
    return sqlite_script(&c->common, pragmas, err);
}

static bool sqlite_open(struct store *store, bool read_only, struct connection **ret, struct error *err) {
    struct sqlite_connection *c = calloc(1, sizeof *c);
    c->common = (struct connection){.store = store, .driver = &sqlite_driver};
    c->prepared = calloc((size_t)all_statement_count + 1, sizeof *c->prepared); /* NOLINT(bugprone-sizeof-expression): pointers */
    int flags = SQLITE_OPEN_NOMUTEX | (read_only ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    bool opened = sqlite3_open_v2(store->location, &c->db, flags, NULL) == SQLITE_OK || fail(c, err);
    if (!opened || !set_up(c, read_only, err)) {
        sqlite_close(&c->common);
        return error_context(err, "opening %s", store->location);
    }
    *ret = &c->common;
    return true;
}

static bool sqlite_begin(struct connection *connection, enum begin_kind kind, struct error *err) {
    connection->head_known = false;
    return sqlite_script(connection, kind == BEGIN_READ ? "BEGIN" : "BEGIN IMMEDIATE", err);
}

static bool sqlite_commit(struct connection *connection, struct error *err) {
    return sqlite_script(connection, "COMMIT", err);
}

static void sqlite_rollback(struct connection *connection) {
    struct error ignored;
    if (!sqlite3_get_autocommit(own(connection)->db)) (void)sqlite_script(connection, "ROLLBACK", &ignored);
}

static bool bind(struct sqlite_connection *c, sqlite3_stmt *prepared, const struct statement *statement,
                 const struct value *in, struct error *err) {
    for (int i = 0; i < statement->param_count; i++) {
        const struct value *value = &in[i];
        int code = SQLITE_OK;
        switch (value->type) {
        case VALUE_NULL: code = sqlite3_bind_null(prepared, i + 1); break;
        case VALUE_INT: code = sqlite3_bind_int64(prepared, i + 1, value->integer); break;
        case VALUE_REAL: code = sqlite3_bind_double(prepared, i + 1, value->real); break;
        case VALUE_TEXT:
            code = sqlite3_bind_text64(prepared, i + 1, value->text.data, value->text.size, SQLITE_STATIC, SQLITE_UTF8);
            break;
        case VALUE_BLOB:
            code = sqlite3_bind_blob64(prepared, i + 1, value->text.data, value->text.size, SQLITE_STATIC);
            break;
        }
        if (code != SQLITE_OK) return fail(c, err);
    }
    return true;
}

static struct value column(sqlite3_stmt *prepared, int i) {
    switch (sqlite3_column_type(prepared, i)) {
    case SQLITE_INTEGER: return (struct value){.type = VALUE_INT, .integer = sqlite3_column_int64(prepared, i)};
    case SQLITE_FLOAT: return (struct value){.type = VALUE_REAL, .real = sqlite3_column_double(prepared, i)};
    case SQLITE_TEXT: {
        const char *data = (const char *)sqlite3_column_text(prepared, i);
        return (struct value){.type = VALUE_TEXT, .text = text_from(data, (size_t)sqlite3_column_bytes(prepared, i))};
    }
    case SQLITE_BLOB: {
        const char *data = sqlite3_column_blob(prepared, i);
        size_t size = (size_t)sqlite3_column_bytes(prepared, i);
        return (struct value){.type = VALUE_BLOB, .text = text_from(data ? data : "", size)};
    }
    default: return (struct value){.type = VALUE_NULL};
    }
}

static bool step_all(struct sqlite_connection *c, sqlite3_stmt *prepared, const struct row_sink *sink, struct error *err) {
    struct value columns[COLUMN_LIMIT];
    int count = sqlite3_column_count(prepared);
    if (count > COLUMN_LIMIT) return error_set(err, ERR_INTERNAL, "too many columns");
    for (;;) {
        int code = sqlite3_step(prepared);
        if (code == SQLITE_DONE) return true;
        if (code != SQLITE_ROW) return fail(c, err);
        for (int i = 0; i < count; i++) columns[i] = column(prepared, i);
        if (sink && !sink->row(columns, count, sink->context, err)) return false;
    }
}

static bool give_key(struct sqlite_connection *c, const struct row_sink *sink, struct error *err) {
    const struct value key = {.type = VALUE_INT, .integer = sqlite3_last_insert_rowid(c->db)};
    return sink->row(&key, 1, sink->context, err);
}

static bool prepare(struct sqlite_connection *c, const struct statement *statement, sqlite3_stmt **ret, struct error *err) {
    if (statement->index >= 0 && c->prepared[statement->index]) {
        *ret = c->prepared[statement->index];
        return true;
    }
    unsigned flags = statement->index >= 0 ? SQLITE_PREPARE_PERSISTENT : 0;
    sqlite3_stmt *prepared = NULL;
    if (sqlite3_prepare_v3(c->db, statement->text[DIALECT_SQLITE], -1, flags, &prepared, NULL) != SQLITE_OK)
        return fail(c, err);
    if (statement->index >= 0) c->prepared[statement->index] = prepared;
    *ret = prepared;
    return true;
}

static bool sqlite_run(struct connection *connection, const struct statement *statement, const struct value *in,
                       const struct row_sink *sink, int64_t *ret_changed, struct error *err) {
    struct sqlite_connection *c = own(connection);
    sqlite3_stmt *prepared;
    if (!prepare(c, statement, &prepared, err)) return false;
    bool ok = bind(c, prepared, statement, in, err) && step_all(c, prepared, sink, err)
              && (!statement->gives_key || give_key(c, sink, err));
    int64_t changed = ok && statement->write ? sqlite3_changes64(c->db) : 0;
    if (statement->write && (changed || !ok)) connection->changed = true;
    if (ok && ret_changed) *ret_changed = changed;
    sqlite3_reset(prepared);
    sqlite3_clear_bindings(prepared);
    if (statement->index < 0) sqlite3_finalize(prepared);
    return ok;
}

static int note_plan(void *context, int count, char **values, char **names) {
    struct buffer *plan = context;
    buffer_add_string(plan, count > 3 && values[3] ? values[3] : "");
    buffer_add_char(plan, '\n');
    return 0;
}

/* "INDEX" must be in the plan; "INDEX in order" says besides that nothing is sorted. */
static bool plan_fits(struct text plan, struct text wanted) {
    static const char in_order[] = " in order";
    bool ordered = text_ends(wanted, in_order);
    if (ordered) wanted = text_slice(wanted, 0, wanted.size - strlen(in_order));
    return text_find(plan, wanted) != SIZE_MAX && (!ordered || text_find(plan, text_of("TEMP B-TREE")) == SIZE_MAX);
}

static bool sqlite_check(struct connection *connection, const struct statement *statement, struct error *err) {
    struct sqlite_connection *c = own(connection);
    sqlite3_stmt *prepared;
    if (!prepare(c, statement, &prepared, err)) return error_context(err, "%s", statement->name);
    int columns = statement->gives_key ? 1 : sqlite3_column_count(prepared);
    if (statement->index < 0) sqlite3_finalize(prepared);
    if (columns != statement->column_count)
        return error_set(err, ERR_STORE, "%s gives %d columns, its struct has %d", statement->name, columns, statement->column_count);
    if (!statement->plan) return true;
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer plan = {.mem = &mem};
    char *sql = arena_printf(&mem, "EXPLAIN QUERY PLAN %s", statement->text[DIALECT_SQLITE]);
    if (sqlite3_exec(c->db, sql, note_plan, &plan, NULL) != SQLITE_OK) return fail(c, err);
    if (plan_fits(buffer_text(&plan), text_of(statement->plan))) return true;
    return error_set(err, ERR_STORE, "%s does not use %s:\n%.200s", statement->name, statement->plan, buffer_text(&plan).data);
}

static bool sqlite_usable(struct connection *connection) {
    return sqlite3_get_autocommit(own(connection)->db) != 0;
}

static bool sqlite_lock_migrations(struct connection *connection, struct error *err) {
    return true; /* BEGIN IMMEDIATE has locked everybody else out already */
}

const struct driver sqlite_driver = {
    .open = sqlite_open, .close = sqlite_close, .begin = sqlite_begin, .commit = sqlite_commit,
    .rollback = sqlite_rollback, .script = sqlite_script, .run = sqlite_run, .check = sqlite_check,
    .usable = sqlite_usable, .lock_migrations = sqlite_lock_migrations,
};
