/* store_private.h - for this folder only: connections, their drivers and values on their way in and out. */
#ifndef THEKE_PLATFORM_STORE_STORE_PRIVATE_H
#define THEKE_PLATFORM_STORE_STORE_PRIVATE_H

#include "platform/store/store.h"

#include <pthread.h>

enum { PARAM_LIMIT = 256, COLUMN_LIMIT = 64 }; /* of one statement */

enum value_type { VALUE_NULL, VALUE_INT, VALUE_REAL, VALUE_TEXT, VALUE_BLOB };

struct value {
    enum value_type type;
    int64_t integer;
    double real;
    struct text text;
};

/* Called for each row; the values live until it returns. */
struct row_sink {
    bool (*row)(const struct value *columns, int count, void *context, struct error *err);
    void *context;
    bool stream; /* many rows: do not hold the whole answer in memory */
};

enum begin_kind { BEGIN_READ, BEGIN_WRITE };

struct driver {
    bool (*open)(struct store *store, bool read_only, struct connection **ret, struct error *err);
    void (*close)(struct connection *connection);
    bool (*begin)(struct connection *connection, enum begin_kind kind, struct error *err);
    bool (*commit)(struct connection *connection, struct error *err);
    void (*rollback)(struct connection *connection);
    bool (*script)(struct connection *connection, const char *sql, struct error *err);
    /* sink may be NULL when no rows are expected; ret_changed may be NULL. */
    bool (*run)(struct connection *connection, const struct statement *statement, const struct value *in,
                const struct row_sink *sink, int64_t *ret_changed, struct error *err);
    bool (*check)(struct connection *connection, const struct statement *statement, struct error *err);
    bool (*usable)(struct connection *connection);
    bool (*lock_migrations)(struct connection *connection, struct error *err);
};

extern const struct driver sqlite_driver, postgresql_driver;

/* Common beginning of every driver's connection. */
struct connection {
    struct store *store;
    const struct driver *driver;
    struct connection *next;  /* in the pool */
    int64_t deadline;         /* clock_steady() when what it runs is broken off; 0: never */
    int64_t head_id;          /* the event chain's end as this transaction sees it */
    unsigned char head_hash[32];
    bool head_known;
    bool changed;             /* something was written since this was last put to false; SQLite only */
    bool committing;          /* the COMMIT of this transaction was sent: when the connection breaks now, nobody knows whether it counts; PostgreSQL only */
};

struct commit_hook {
    void (*call)(void *context, int64_t last_event);
    void *context;
};

enum { COMMIT_HOOKS = 8 };

struct store {
    const struct driver *driver;
    enum dialect dialect;
    char *location;            /* a path, or a connection string */
    bool read_only;
    struct pool {
        pthread_mutex_t lock;
        pthread_cond_t freed;
        struct connection *free;
        int count, limit;
        bool read_only;
    } readers, writers;        /* writers: PostgreSQL only */
    struct writer *writer;     /* SQLite only */
    struct watch *watch;       /* PostgreSQL only, once joined */
    struct sqlite_watch *sqlite_watch; /* SQLite only, once joined */
    int64_t process;           /* see store_process */
    struct commit_hook hooks[COMMIT_HOOKS];
    int hook_count;
};

MUST_USE bool pool_take(struct store *store, struct pool *pool, int64_t deadline, struct connection **ret, struct error *err);
void pool_give(struct pool *pool, struct connection *connection);

/* writer.c: the one thread that writes to SQLite. */
MUST_USE bool writer_start(struct store *store, struct writer **ret_writer, struct error *err);
void writer_stop(struct writer *writer);
MUST_USE bool writer_queue(struct writer *writer, write_work *work, write_done *done, void *argument,
                           struct error *err);
int writer_length(const struct writer *writer);

/* watch.c: the other processes on one PostgreSQL. */
MUST_USE bool watch_start(struct store *store, struct watch **ret_watch, struct error *err);
void watch_stop(struct watch *watch);
bool watch_hold(struct watch *watch, int64_t id);
bool watch_settled(struct watch *watch);
MUST_USE bool watch_is_gone(struct watch *watch, struct tx *tx, int64_t process, bool *ret_gone, struct error *err);

/* sqlite_watch.c: commands that write to the same SQLite file. */
MUST_USE bool sqlite_watch_start(struct store *store, struct sqlite_watch **ret_watch, struct error *err);
void sqlite_watch_stop(struct sqlite_watch *watch);

void store_committed(struct store *store, int64_t last_event);

/* Runs what was asked for by tx_at_end. */
MUST_USE bool tx_run_endings(struct tx *tx, struct error *err);

#endif
