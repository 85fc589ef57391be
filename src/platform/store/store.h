/* store.h - one door to the database, whichever it is.
 *
 * Statements are written in .sql files beside the code that uses them and become typed functions (script/generate):
 *     bool sql_NAME(struct tx *tx, [struct arena *mem,] const struct sql_NAME *in, ..., struct error *err);
 * Reading needs a tx from store_read; writing happens only inside store_write or store_write_later.
 *
 * SQLite: one writer thread owns the only write connection and commits requests in groups (WAL, synchronous=FULL);
 * nobody is answered before the COMMIT is on disk.
 * PostgreSQL: each write runs and commits on the calling thread's own connection.
 * A work function may therefore run on another thread, and more than once (SQLite: another request of its group failed;
 * PostgreSQL: serialisation failure): it must not have effects besides the tx and what its argument owns. */
#ifndef THEKE_PLATFORM_STORE_STORE_H
#define THEKE_PLATFORM_STORE_STORE_H

#include "base/error.h"
#include "base/ids.h"
#include "base/text.h"

struct store;
struct connection;
struct json_writer;
struct event;

enum dialect { DIALECT_SQLITE, DIALECT_POSTGRESQL };

/* A transaction in progress. Ends with its scope: SCOPED(tx_end) struct tx tx = {0}; */
struct tx {
    struct store *store;
    struct connection *connection;
    bool writable;
    int64_t now;         /* UTC microseconds at its beginning: the time every change of this transaction carries */
    struct arena mem;    /* lives until the transaction has ended and its after-commit hooks have run */
    struct event_record *events, **events_end; /* recorded, flushed just before the commit: see events.h */
    struct tx_ending *endings, **endings_end;   /* see tx_at_end */
};

struct store_options {
    const char *url;     /* sqlite:PATH, or postgresql://... (any libpq connection string) */
    int readers;         /* read connections kept open; 0: 8 */
    bool read_only;      /* never write, never migrate */
};

MUST_USE bool store_open(const struct store_options *options, struct store **ret_store, struct error *err);

/* Waits for the writer to finish what is queued; checkpoints SQLite's WAL. Accepts NULL. */
void store_close(struct store *store);

enum dialect store_dialect(const struct store *store);

/* Brings the schema up to date; each migration in a transaction of its own. Safe when several processes start at once. */
MUST_USE bool store_migrate(struct store *store, struct error *err);

/* Takes a reader connection, waiting for a free one. The reads of one tx see one snapshot. */
MUST_USE bool store_read(struct store *store, struct tx *tx, struct error *err);

/* As store_read; what is not over at the deadline (clock_steady(); 0: none) is broken off with ERR_DEADLINE: waiting for a
 * connection and each statement. */
MUST_USE bool store_read_until(struct store *store, struct tx *tx, int64_t deadline, struct error *err);

/* Ends a reading transaction. Accepts a zeroed tx. */
void tx_end(struct tx *tx);

/* Runs work in a write transaction and waits until it is durable. false with *err when work failed (nothing of it
 * remains) or the commit did. */
typedef bool write_work(struct tx *tx, void *argument, struct error *err);
MUST_USE bool store_write(struct store *store, write_work *work, void *argument, struct error *err);

/* As store_write, without waiting: done is called once, on the writer's thread (SQLite) or before this returns
 * (PostgreSQL), with err->code ERR_NONE after the commit. False with ERR_BUSY when the queue is full: then neither work
 * nor done are called. */
typedef void write_done(void *argument, const struct error *err);
MUST_USE bool store_write_later(struct store *store, write_work *work, write_done *done, void *argument,
                                struct error *err);

/* Runs task just before the commit when the work of this write has succeeded, in the order of asking: for what is done better at
 * once than one by one, such as adding to the search index. It records no events. A task that fails fails all writes of the
 * same commit, so it must be one that has no reason to. */
typedef bool tx_task(struct tx *tx, void *argument, struct error *err);
void tx_at_end(struct tx *tx, tx_task *task, void *argument);

/* Called after every commit that recorded events, on the committing thread: wakes the live hub and the jobs. Once joined, for
 * the commits of other processes too, on a thread of the store; last_event is then INT64_MAX. */
void store_on_commit(struct store *store, void (*hook)(void *context, int64_t last_event), void *context);

/* --- Several processes on one PostgreSQL; on SQLite there are only commands beside the one ------------------------- */

/* From now on this process hears of the others' commits, with SQLite within a quarter of a second, and counts as alive until it
 * ends. */
MUST_USE bool store_join(struct store *store, struct error *err);

/* Nothing is heard any more: before the hooks of store_on_commit end. Accepts NULL. */
void store_leave(struct store *store);

/* The number under which this process takes jobs: nobody else has it; 0 with SQLite. */
int64_t store_process(const struct store *store);

/* Whether this process alone may serve the mailbox: what it holds it keeps until it ends or loses the database. */
bool store_hold_mailbox(struct store *store, int64_t id);

/* Whether the jobs of processes that are no longer alive may be told from those of the living: not just after the database
 * came back, when some are still on their way to it. False with SQLite. */
bool store_knows_the_dead(struct store *store);

/* Whether the process with this number has ended: it was not seen for half a minute of looking, since a connection that is lost
 * and made again is no end. To be asked every few seconds as long as it matters; true with SQLite. */
MUST_USE bool store_process_is_gone(struct tx *tx, int64_t process, bool *ret_gone, struct error *err);

/* Writes waiting in the queue, for /metrics. */
int store_queue_length(const struct store *store);

/* --- What the generated functions stand on ------------------------------------------------------------------ */

enum sql_type { SQL_INT, SQL_ID, SQL_TIME, SQL_BOOL, SQL_REAL, SQL_TEXT, SQL_BLOB, SQL_JSON };
/* C types: int64_t, an id struct or int64_t with 0 = NULL, int64_t with 0 = NULL, bool, double, and struct text. */

struct sql_field {
    const char *name; /* "requester.name" nests in JSON */
    enum sql_type type;
    uint16_t offset;
};

struct statement {
    const char *name;
    const char *text[2]; /* by dialect; placeholders ?N and $N */
    const struct sql_field *params, *columns;
    uint16_t param_count, column_count, row_size;
    int32_t index; /* its place in every connection's cache of prepared statements; -1: not cached */
    const char *plan; /* the index that its plan must name, or NULL */
    bool write;
    bool gives_key; /* SQLite: its text answers nothing; its one column is the key of the row that it has put in */
};

/* Every statement of the program, for the test that prepares them all. */
extern const struct statement *const all_statements[];
extern const int all_statement_count;

MUST_USE bool statement_execute(struct tx *tx, const struct statement *statement, const void *in,
                                int64_t *ret_changed, struct error *err);

/* *ret_row NULL: no such row, an answer and not an error. Texts of the row live in mem. */
MUST_USE bool statement_one(struct tx *tx, struct arena *mem, const struct statement *statement, const void *in,
                            const void **ret_row, struct error *err);

struct sql_rows {
    size_t count;
    void *at;
};
MUST_USE bool statement_rows(struct tx *tx, struct arena *mem, const struct statement *statement, const void *in,
                             struct sql_rows *ret_rows, struct error *err);

/* Appends each row as a JSON object to the array (or as the value) open in out; *ret_count may be NULL. */
MUST_USE bool statement_json(struct tx *tx, const struct statement *statement, const void *in,
                             struct json_writer *out, int64_t *ret_count, struct error *err);

/* The fields of the only row, into the object that is open in out. */
MUST_USE bool statement_fields(struct tx *tx, const struct statement *statement, const void *in, struct json_writer *out, struct error *err);

/* A row that was read as a struct, as the JSON that statement_json would have written. */
void statement_row_json(const struct statement *statement, const void *row, struct json_writer *out);

/* Walks the rows one by one, for exports and rebuilds; row texts live until the next call of visit. */
typedef bool row_visit(const void *row, void *context, struct error *err);
MUST_USE bool statement_each(struct tx *tx, const struct statement *statement, const void *in, row_visit *visit,
                             void *context, struct error *err);

/* Prepares the statement and, when it names a plan, checks that the database's plan mentions it. */
MUST_USE bool statement_check(struct tx *tx, const struct statement *statement, struct error *err);

/* Text run as it is, many statements at once; for migrations, demo and tools only. */
MUST_USE bool tx_execute_script(struct tx *tx, const char *sql, struct error *err);

#endif
