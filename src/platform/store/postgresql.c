/* PostgreSQL 15: binary parameters and answers, statements prepared once per connection. */
#include "platform/store/postgresql.h"

#include "base/clock.h"

#include <endian.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

struct pg_connection {
    struct connection common;
    PGconn *pg;
    bool *prepared; /* by statement index */
};

enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25, OID_FLOAT8 = 701 };

static struct pg_connection *own(struct connection *connection) {
    return (struct pg_connection *)connection;
}

static bool fail(struct pg_connection *c, const PGresult *result, struct error *err) {
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (!message) message = PQerrorMessage(c->pg);
    if (PQstatus(c->pg) != CONNECTION_OK || !state) return error_set(err, ERR_BUSY, "PostgreSQL is not reachable: %s", message);
    if (strcmp(state, "23505") == 0) return error_set_key(err, ERR_CONFLICT, "taken", "%s", message);
    if (strncmp(state, "23", 2) == 0) return error_set_key(err, ERR_CONFLICT, "constraint", "%s", message);
    if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0)
        return error_set_key(err, ERR_BUSY, "serialization", "%s", message);
    if (strcmp(state, "57014") == 0) return error_set(err, ERR_DEADLINE, "took too long");
    if (strcmp(state, "53100") == 0) return error_set_key(err, ERR_NO_ROOM, "disk_full", "%s", message);
    if (strncmp(state, "57", 2) == 0 || strncmp(state, "53", 2) == 0 || strncmp(state, "08", 2) == 0)
        return error_set(err, ERR_BUSY, "%s", message);
    return error_set(err, ERR_STORE, "%s (%s)", message, state);
}

static void pg_close(struct connection *connection) {
    struct pg_connection *c = own(connection);
    PQfinish(c->pg);
    free(c->prepared);
    free(c);
}

static void ignore_notice(void *context, const PGresult *result) {
}

static bool pg_script(struct connection *connection, const char *sql, struct error *err) {
    struct pg_connection *c = own(connection);
    PGresult *result = PQexec(c->pg, sql);
    ExecStatusType status = PQresultStatus(result);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || fail(c, result, err);
    PQclear(result);
    return ok;
}

/* A server that is silently gone is noticed within half a minute; what the URL says of these wins. */
PGconn *postgresql_connect(const struct store *store, struct error *err) {
    const char *const names[] = {"connect_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", "dbname", NULL};
    const char *const values[] = {"5", "10", "5", "3", "30000", store->location, NULL};
    PGconn *pg = PQconnectdbParams(names, values, 1);
    if (PQstatus(pg) == CONNECTION_OK) {
        PQsetNoticeReceiver(pg, ignore_notice, NULL);
        return pg;
    }
    error_set(err, ERR_BUSY, "PostgreSQL is not reachable: %s", PQerrorMessage(pg));
    PQfinish(pg);
    return NULL;
}

static bool pg_open(struct store *store, bool read_only, struct connection **ret, struct error *err) {
    PGconn *pg = postgresql_connect(store, err);
    char words[300];
    if (!pg) return false;
    struct pg_connection *c = calloc(1, sizeof *c);
    c->common = (struct connection){.store = store, .driver = &postgresql_driver};
    c->prepared = calloc((size_t)all_statement_count + 1, sizeof *c->prepared);
    c->pg = pg;
    snprintf(words, sizeof words, "SET client_encoding = 'UTF8'; SET standard_conforming_strings = on;"
             "SET synchronous_commit = on; SET statement_timeout = '60s'; SET theke.process = '%" PRId64 "'", store->process);
    if (!pg_script(&c->common, words, err)) {
        pg_close(&c->common);
        return false;
    }
    *ret = &c->common;
    return true;
}

static bool pg_begin(struct connection *connection, enum begin_kind kind, struct error *err) {
    connection->head_known = false;
    return pg_script(connection, kind == BEGIN_READ ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN", err);
}

static bool pg_commit(struct connection *connection, struct error *err) {
    struct pg_connection *c = own(connection);
    PGresult *result = PQexec(c->pg, "COMMIT");
    bool ok = PQresultStatus(result) == PGRES_COMMAND_OK || fail(c, result, err);
    /* COMMIT of a failed transaction "succeeds" with the tag ROLLBACK. */
    if (ok && strcmp(PQcmdStatus(result), "COMMIT") != 0) ok = error_set(err, ERR_STORE, "the transaction had failed");
    PQclear(result);
    return ok;
}

static void pg_rollback(struct connection *connection) {
    struct pg_connection *c = own(connection);
    if (PQtransactionStatus(c->pg) != PQTRANS_IDLE) PQclear(PQexec(c->pg, "ROLLBACK"));
}

struct bound {
    const char *data[PARAM_LIMIT];
    int sizes[PARAM_LIMIT], formats[PARAM_LIMIT];
    uint64_t numbers[PARAM_LIMIT];
};

static void bind_real(struct bound *bound, int i, double real) {
    uint64_t bits;
    memcpy(&bits, &real, sizeof bits);
    bound->numbers[i] = htobe64(bits);
}

static void bind(struct bound *bound, const struct statement *statement, const struct value *in) {
    for (int i = 0; i < statement->param_count; i++) {
        bound->formats[i] = 1;
        bound->data[i] = (const char *)&bound->numbers[i];
        bound->sizes[i] = 8;
        switch (in[i].type) {
        case VALUE_NULL: bound->data[i] = NULL; break;
        case VALUE_INT: bound->numbers[i] = htobe64((uint64_t)in[i].integer); break;
        case VALUE_REAL: bind_real(bound, i, in[i].real); break;
        default:
            bound->data[i] = in[i].text.data;
            bound->sizes[i] = (int)in[i].text.size;
        }
    }
}

static Oid oid_of(enum sql_type type) {
    switch (type) {
    case SQL_REAL: return OID_FLOAT8;
    case SQL_BLOB: return OID_BYTEA;
    case SQL_TEXT:
    case SQL_JSON: return OID_TEXT;
    default: return OID_INT8;
    }
}

static bool prepare(struct pg_connection *c, const struct statement *statement, struct error *err) {
    if (statement->index >= 0 && c->prepared[statement->index]) return true;
    Oid types[PARAM_LIMIT];
    char name[16] = "";
    for (int i = 0; i < statement->param_count; i++) types[i] = oid_of(statement->params[i].type);
    if (statement->index >= 0) snprintf(name, sizeof name, "s%d", statement->index);
    PGresult *result = PQprepare(c->pg, name, statement->text[DIALECT_POSTGRESQL], statement->param_count, types);
    bool ok = PQresultStatus(result) == PGRES_COMMAND_OK || fail(c, result, err);
    PQclear(result);
    if (ok && statement->index >= 0) c->prepared[statement->index] = true;
    return ok;
}

static int64_t big_endian(const char *data, int size) {
    uint64_t number = 0;
    for (int i = 0; i < size; i++) number = number << 8 | (unsigned char)data[i];
    return size == 4 ? (int32_t)number : size == 2 ? (int16_t)number : (int64_t)number;
}

static struct value column(const PGresult *result, int row, int i) {
    if (PQgetisnull(result, row, i)) return (struct value){.type = VALUE_NULL};
    const char *data = PQgetvalue(result, row, i);
    int size = PQgetlength(result, row, i);
    switch (PQftype(result, i)) {
    case OID_INT8:
    case OID_INT4:
    case OID_INT2:
    case OID_BOOL: return (struct value){.type = VALUE_INT, .integer = big_endian(data, size)};
    case OID_FLOAT8: {
        uint64_t bits = (uint64_t)big_endian(data, 8);
        double real;
        memcpy(&real, &bits, sizeof real);
        return (struct value){.type = VALUE_REAL, .real = real};
    }
    case OID_BYTEA: return (struct value){.type = VALUE_BLOB, .text = text_from(data, (size_t)size)};
    default: return (struct value){.type = VALUE_TEXT, .text = text_from(data, (size_t)size)};
    }
}

static bool give_rows(const PGresult *result, const struct row_sink *sink, struct error *err) {
    struct value columns[COLUMN_LIMIT];
    int count = PQnfields(result);
    if (count > COLUMN_LIMIT) return error_set(err, ERR_INTERNAL, "too many columns");
    for (int row = 0; row < PQntuples(result); row++) {
        for (int i = 0; i < count; i++) columns[i] = column(result, row, i);
        if (sink && !sink->row(columns, count, sink->context, err)) return false;
    }
    return true;
}

/* Asks the server to break off what it is doing; it then answers with an error of its own. */
static void cancel(struct pg_connection *c) {
    char ignored[256];
    PGcancel *handle = PQgetCancel(c->pg);
    if (handle) PQcancel(handle, ignored, sizeof ignored);
    PQfreeCancel(handle);
}

/* Waits for the next result. The waiting is our own, so that it ends at the deadline and costs nothing more than libpq's. */
static PGresult *next_result(struct pg_connection *c) {
    struct pollfd ready = {.fd = PQsocket(c->pg), .events = POLLIN};
    int64_t left = c->common.deadline ? 1 : 0;
    while (left > 0 && PQisBusy(c->pg)) {
        left = c->common.deadline - clock_steady();
        if (left <= 0) cancel(c);
        else if (poll(&ready, 1, (int)(left / 1000) + 1) > 0 && !PQconsumeInput(c->pg)) break;
    }
    return PQgetResult(c->pg);
}

/* Takes every result of the query, so that the connection is free again whatever happened. */
static bool take_results(struct pg_connection *c, const struct row_sink *sink, int64_t *ret_changed, struct error *err) {
    bool ok = true;
    for (PGresult *result; (result = next_result(c)); PQclear(result)) {
        ExecStatusType status = PQresultStatus(result);
        if (!ok) continue;
        if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK) ok = give_rows(result, sink, err);
        else if (status != PGRES_COMMAND_OK) ok = fail(c, result, err);
        int64_t changed;
        if (ok && ret_changed && text_to_int(text_of(PQcmdTuples(result)), &changed)) *ret_changed = changed;
    }
    return ok;
}

static bool pg_run(struct connection *connection, const struct statement *statement, const struct value *in,
                   const struct row_sink *sink, int64_t *ret_changed, struct error *err) {
    struct pg_connection *c = own(connection);
    if (!prepare(c, statement, err)) return false;
    struct bound bound;
    char name[16] = "";
    bind(&bound, statement, in);
    if (statement->index >= 0) snprintf(name, sizeof name, "s%d", statement->index);
    if (!PQsendQueryPrepared(c->pg, name, statement->param_count, bound.data, bound.sizes, bound.formats, 1))
        return fail(c, NULL, err);
    if (sink && sink->stream) PQsetSingleRowMode(c->pg);
    return take_results(c, sink, ret_changed, err);
}

static bool pg_check(struct connection *connection, const struct statement *statement, struct error *err) {
    struct pg_connection *c = own(connection);
    char name[16];
    if (!prepare(c, statement, err)) return error_context(err, "%s", statement->name);
    snprintf(name, sizeof name, "s%d", statement->index);
    PGresult *result = PQdescribePrepared(c->pg, name);
    int columns = PQnfields(result);
    PQclear(result);
    if (columns == statement->column_count) return true;
    return error_set(err, ERR_STORE, "%s gives %d columns, its struct has %d", statement->name, columns, statement->column_count);
}

static bool pg_usable(struct connection *connection) {
    struct pg_connection *c = own(connection);
    return PQstatus(c->pg) == CONNECTION_OK && PQtransactionStatus(c->pg) == PQTRANS_IDLE;
}

static bool pg_lock_migrations(struct connection *connection, struct error *err) {
    /* What rewrites a large table takes its time, and so does waiting for another process that does. */
    return pg_script(connection, "SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(7460101)", err);
}

const struct driver postgresql_driver = {
    .open = pg_open, .close = pg_close, .begin = pg_begin, .commit = pg_commit, .rollback = pg_rollback,
    .script = pg_script, .run = pg_run, .check = pg_check, .usable = pg_usable, .lock_migrations = pg_lock_migrations,
};
