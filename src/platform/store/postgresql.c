/* PostgreSQL 15: binary parameters and answers, statements prepared once per connection.
 *
 * Connections are in libpq's pipeline mode. What gives no answer that anybody reads (a BEGIN, a change, the end of a reading transaction) is sent and
 * owed: its result is taken when the next answer is waited for, at the latest by COMMIT. An error of it therefore comes out of a later
 * statement, or of COMMIT; either way the transaction fails with it. */
#include "platform/store/postgresql.h"

#include "base/clock.h"

#include <endian.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { OWED_LIMIT = 64 };

/* A result that was not taken yet. */
struct owed {
    const char *name; /* of the statement */
    bool *prepared;   /* to be taken back when it fails */
    bool is_sync, is_commit;
};

struct pg_connection {
    struct connection common;
    PGconn *pg;
    bool *prepared; /* by statement index */
    struct owed owed[OWED_LIMIT]; /* oldest first */
    int owed_count;
    bool failed; /* the server skips everything until the next sync */
    bool reads;  /* what runs changes nothing */
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

/* Outside of pipeline mode. */
static bool script(struct pg_connection *c, const char *sql, struct error *err) {
    PGresult *result = PQexec(c->pg, sql);
    ExecStatusType status = PQresultStatus(result);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || fail(c, result, err);
    PQclear(result);
    return ok;
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
    if (!script(c, words, err) || !PQenterPipelineMode(pg)) {
        pg_close(&c->common);
        return false;
    }
    *ret = &c->common;
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
    if (left) PQflush(c->pg);
    while (left > 0 && PQisBusy(c->pg)) {
        left = c->common.deadline - clock_steady();
        if (left <= 0) cancel(c);
        else if (poll(&ready, 1, (int)(left / 1000) + 1) > 0 && !PQconsumeInput(c->pg)) break;
    }
    return PQgetResult(c->pg);
}

/* There is room for it: see make_room. */
static bool owe(struct pg_connection *c, struct owed owed, struct error *err) {
    if (c->owed_count == OWED_LIMIT) return error_set(err, ERR_INTERNAL, "too many statements are on their way");
    c->owed[c->owed_count++] = owed;
    return true;
}

/* Everything after this one is skipped by the server until the next sync. */
static bool has_failed(struct pg_connection *c, const struct owed *owed, const PGresult *result, struct error *err) {
    if (!c->failed) fail(c, result, err);
    if (!c->failed && owed->name) (void)error_context(err, "%s", owed->name);
    if (owed->prepared) *owed->prepared = false;
    c->failed = true;
    return false;
}

static bool take_owed(struct pg_connection *c, const struct owed *owed, struct error *err) {
    bool ok = true;
    if (owed->is_sync) {
        PQclear(next_result(c));
        c->failed = false;
        return true;
    }
    for (PGresult *result; (result = next_result(c)); PQclear(result)) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK) ok = has_failed(c, owed, result, err);
        /* COMMIT of a failed transaction "succeeds" with the tag ROLLBACK. */
        else if (owed->is_commit && strcmp(PQcmdStatus(result), "COMMIT") != 0) ok = error_set(err, ERR_STORE, "the transaction had failed");
    }
    return ok;
}

/* Takes what is owed, to the end whatever fails: *err is the first failure. */
static bool settle(struct pg_connection *c, struct error *err) {
    bool ok = true;
    for (int i = 0; i < c->owed_count; i++) {
        struct error later;
        ok = take_owed(c, &c->owed[i], ok ? err : &later) && ok;
    }
    c->owed_count = 0;
    return ok && (PQstatus(c->pg) == CONNECTION_OK || fail(c, NULL, err));
}

/* Everything that was sent is answered, and the server listens again whatever has failed. */
static bool sync(struct pg_connection *c, struct error *err) {
    if (!PQpipelineSync(c->pg)) return fail(c, NULL, err);
    return owe(c, (struct owed){.is_sync = true}, err) && settle(c, err);
}

/* Asks for answers that are still on their way, without an end of what belongs together. */
static bool settle_now(struct pg_connection *c, struct error *err) {
    if (!c->owed_count) return true;
    return PQsendFlushRequest(c->pg) && PQflush(c->pg) >= 0 ? settle(c, err) : fail(c, NULL, err);
}

/* Room for a statement, its preparation and a sync. */
static bool make_room(struct pg_connection *c, struct error *err) {
    return c->owed_count + 3 < OWED_LIMIT || settle_now(c, err);
}

static bool send_words(struct pg_connection *c, const char *sql, bool is_commit, struct error *err) {
    if (!make_room(c, err)) return false;
    if (!PQsendQueryParams(c->pg, sql, 0, NULL, NULL, NULL, NULL, 1)) return fail(c, NULL, err);
    return owe(c, (struct owed){.is_commit = is_commit}, err);
}

static bool pg_script(struct connection *connection, const char *sql, struct error *err) {
    struct pg_connection *c = own(connection);
    if (!sync(c, err)) return false;
    if (!PQexitPipelineMode(c->pg)) return fail(c, NULL, err);
    bool ok = script(c, sql, err);
    return (PQenterPipelineMode(c->pg) || (ok && fail(c, NULL, err))) && ok;
}

/* Nothing comes from a server unasked but that it goes: first in words, then as the end of the stream. */
static bool is_there(struct pg_connection *c, struct error *err) {
    struct pollfd ready = {.fd = PQsocket(c->pg), .events = POLLIN};
    while (poll(&ready, 1, 0) > 0 && PQconsumeInput(c->pg)) continue;
    return PQstatus(c->pg) == CONNECTION_OK || fail(c, NULL, err);
}

static bool pg_begin(struct connection *connection, enum begin_kind kind, struct error *err) {
    struct pg_connection *c = own(connection);
    connection->head_known = connection->committing = false;
    c->reads = kind == BEGIN_READ;
    return settle(c, err) && is_there(c, err) && send_words(c, c->reads ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN", false, err);
}

static bool pg_commit(struct connection *connection, struct error *err) {
    struct pg_connection *c = own(connection);
    connection->committing = true;
    return send_words(c, "COMMIT", true, err) && sync(c, err);
}

/* The end of what only read is waited for by whoever uses the connection next. */
static void pg_rollback(struct connection *connection) {
    struct pg_connection *c = own(connection);
    struct error ignored;
    if (c->reads && !c->failed && c->owed_count < 2) {
        if (send_words(c, "ROLLBACK", false, &ignored) && PQpipelineSync(c->pg)) (void)owe(c, (struct owed){.is_sync = true}, &ignored);
        return;
    }
    (void)sync(c, &ignored);
    if (PQstatus(c->pg) == CONNECTION_OK && PQtransactionStatus(c->pg) != PQTRANS_IDLE && send_words(c, "ROLLBACK", false, &ignored))
        (void)sync(c, &ignored);
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
    bool is_kept = statement->index >= 0;
    Oid types[PARAM_LIMIT];
    char name[16] = "";
    if (is_kept && c->prepared[statement->index]) return true;
    for (int i = 0; i < statement->param_count; i++) types[i] = oid_of(statement->params[i].type);
    if (is_kept) snprintf(name, sizeof name, "s%d", statement->index);
    if (!PQsendPrepare(c->pg, name, statement->text[DIALECT_POSTGRESQL], statement->param_count, types)) return fail(c, NULL, err);
    if (is_kept) c->prepared[statement->index] = true;
    return owe(c, (struct owed){.name = statement->name, .prepared = is_kept ? &c->prepared[statement->index] : NULL}, err);
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

/* Takes every result of the query, so that the connection is free again whatever happened. */
static bool take_results(struct pg_connection *c, const struct row_sink *sink, int64_t *ret_changed, struct error *err) {
    bool ok = true, any = false;
    for (PGresult *result; (result = next_result(c)); PQclear(result)) {
        any = true;
        ExecStatusType status = PQresultStatus(result);
        if (!ok) continue;
        if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK) ok = give_rows(result, sink, err);
        else if (status != PGRES_COMMAND_OK) ok = has_failed(c, &(struct owed){0}, result, err);
        int64_t changed;
        if (ok && ret_changed && text_to_int(text_of(PQcmdTuples(result)), &changed)) *ret_changed = changed;
    }
    return ok && (any || fail(c, NULL, err));
}

static bool send(struct pg_connection *c, const struct statement *statement, const struct value *in, struct error *err) {
    struct bound bound;
    char name[16] = "";
    bind(&bound, statement, in);
    if (statement->index >= 0) snprintf(name, sizeof name, "s%d", statement->index);
    return PQsendQueryPrepared(c->pg, name, statement->param_count, bound.data, bound.sizes, bound.formats, 1) || fail(c, NULL, err);
}

static bool pg_run(struct connection *connection, const struct statement *statement, const struct value *in,
                   const struct row_sink *sink, int64_t *ret_changed, struct error *err) {
    struct pg_connection *c = own(connection);
    if (c->failed) return error_set(err, ERR_STORE, "the transaction had failed");
    if (!make_room(c, err) || !prepare(c, statement, err) || !send(c, statement, in, err)) return false;
    if (statement->write && !statement->column_count && !ret_changed) return owe(c, (struct owed){.name = statement->name}, err);
    if (!PQsendFlushRequest(c->pg) || PQflush(c->pg) < 0) return fail(c, NULL, err);
    bool ok = settle(c, err);
    if (ok && sink && sink->stream) PQsetSingleRowMode(c->pg);
    struct error later;
    return take_results(c, sink, ret_changed, ok ? err : &later) && ok;
}

static bool pg_check(struct connection *connection, const struct statement *statement, struct error *err) {
    struct pg_connection *c = own(connection);
    char name[16];
    if (!make_room(c, err) || !prepare(c, statement, err) || !settle_now(c, err)) return error_context(err, "%s", statement->name);
    snprintf(name, sizeof name, "s%d", statement->index);
    if (!PQsendDescribePrepared(c->pg, name) || !PQsendFlushRequest(c->pg)) return fail(c, NULL, err);
    int columns = -1;
    for (PGresult *result; (result = next_result(c)); PQclear(result)) columns = PQnfields(result);
    if (columns == statement->column_count) return true;
    return error_set(err, ERR_STORE, "%s gives %d columns, its struct has %d", statement->name, columns, statement->column_count);
}

static bool pg_usable(struct connection *connection) {
    struct pg_connection *c = own(connection);
    return PQstatus(c->pg) == CONNECTION_OK && !c->failed && (c->owed_count || PQtransactionStatus(c->pg) == PQTRANS_IDLE);
}

static bool pg_lock_migrations(struct connection *connection, struct error *err) {
    /* What rewrites a large table takes its time, and so does waiting for another process that does. */
    return pg_script(connection, "SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(7460101)", err);
}

const struct driver postgresql_driver = {
    .open = pg_open, .close = pg_close, .begin = pg_begin, .commit = pg_commit, .rollback = pg_rollback,
    .script = pg_script, .run = pg_run, .check = pg_check, .usable = pg_usable, .lock_migrations = pg_lock_migrations,
};
