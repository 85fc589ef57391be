#include "platform/store/store_private.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/wait.h"
#include "platform/events/events.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { DEFAULT_READERS = 8, PG_WRITERS = 8, WRITE_TRIES = 6 };

static void pool_start(struct pool *pool, int limit, bool read_only) {
    pthread_mutex_init(&pool->lock, NULL);
    condition_make(&pool->freed);
    pool->limit = limit;
    pool->read_only = read_only;
}

static void pool_end(struct pool *pool) {
    for (struct connection *c = pool->free, *next; c; c = next) {
        next = c->next;
        c->driver->close(c);
    }
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->freed);
}

static void pool_forget(struct pool *pool) {
    pthread_mutex_lock(&pool->lock);
    pool->count--;
    pthread_cond_signal(&pool->freed);
    pthread_mutex_unlock(&pool->lock);
}

/* With the lock held: until a connection is free or may be opened. False at the deadline. */
static bool pool_wait(struct pool *pool, int64_t deadline) {
    bool has_time = true;
    while (!pool->free && pool->count == pool->limit && has_time) {
        if (deadline) has_time = condition_wait_until(&pool->freed, &pool->lock, deadline);
        else pthread_cond_wait(&pool->freed, &pool->lock);
    }
    return pool->free || pool->count < pool->limit;
}

bool pool_take(struct store *store, struct pool *pool, int64_t deadline, struct connection **ret, struct error *err) {
    struct connection *connection = NULL;
    pthread_mutex_lock(&pool->lock);
    bool has_room = pool_wait(pool, deadline);
    if (has_room && (connection = pool->free)) pool->free = connection->next;
    else if (has_room) pool->count++;
    pthread_mutex_unlock(&pool->lock);
    if (!has_room) return error_set(err, ERR_DEADLINE, "waited too long for a connection to the database");
    if (!connection && !store->driver->open(store, pool->read_only, &connection, err)) {
        pool_forget(pool);
        return false;
    }
    *ret = connection;
    return true;
}

void pool_give(struct pool *pool, struct connection *connection) {
    /* A connection that broke is closed; the next taker opens a new one. */
    if (!connection->driver->usable(connection)) {
        connection->driver->close(connection);
        pool_forget(pool);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    connection->next = pool->free;
    pool->free = connection;
    pthread_cond_signal(&pool->freed);
    pthread_mutex_unlock(&pool->lock);
}

static bool parse_url(struct store *store, const char *url, struct error *err) {
    if (strncmp(url, "sqlite:", 7) == 0 && url[7]) {
        store->driver = &sqlite_driver;
        store->dialect = DIALECT_SQLITE;
        store->location = strdup(url + 7);
    } else if (strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0) {
        store->driver = &postgresql_driver;
        store->dialect = DIALECT_POSTGRESQL;
        store->location = strdup(url);
        if (getrandom(&store->process, sizeof store->process, 0) != sizeof store->process) return error_errno(err, "drawing a number");
        store->process = (store->process & 0x3fffffff) + 1;
    } else {
        return error_set(err, ERR_INVALID, "a database is sqlite:PATH or postgresql://..., not '%s'", url);
    }
    return true;
}

bool store_open(const struct store_options *options, struct store **ret_store, struct error *err) {
    struct store *store = calloc(1, sizeof *store);
    if (!parse_url(store, options->url, err)) {
        free(store);
        return false;
    }
    store->read_only = options->read_only;
    pool_start(&store->readers, options->readers ? options->readers : DEFAULT_READERS, true);
    pool_start(&store->writers, PG_WRITERS, false);
    bool ok = true;
    if (store->dialect == DIALECT_SQLITE) {
        /* Each connection belongs to one thread at a time. Statistics of memory would take a lock of the whole process at every
         * allocation: readers then wait for each other more than they read. */
        sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        if (!store->read_only) ok = writer_start(store, &store->writer, err);
    }
    if (ok) {
        struct connection *first;
        ok = pool_take(store, &store->readers, 0, &first, err);
        if (ok) pool_give(&store->readers, first);
    }
    if (!ok) {
        store_close(store);
        return false;
    }
    *ret_store = store;
    return true;
}

void store_close(struct store *store) {
    if (!store) return;
    watch_stop(store->watch);
    pool_end(&store->readers);
    pool_end(&store->writers);
    writer_stop(store->writer);
    free(store->location);
    free(store);
}

enum dialect store_dialect(const struct store *store) {
    return store->dialect;
}

bool store_read(struct store *store, struct tx *tx, struct error *err) {
    return store_read_until(store, tx, 0, err);
}

/* Takes a connection and begins. One that broke while nobody used it, as all do when the server is started anew, is closed and
 * the next one tried: the caller learns only of a server that is really away. */
static bool pool_begin(struct store *store, struct pool *pool, enum begin_kind kind, int64_t deadline, struct connection **ret, struct error *err) {
    for (int tries = 0;; tries++) {
        struct connection *connection;
        if (!pool_take(store, pool, deadline, &connection, err)) return false;
        connection->deadline = deadline;
        *err = (struct error){0};
        if (store->driver->begin(connection, kind, err)) {
            *ret = connection;
            return true;
        }
        bool broken = !store->driver->usable(connection);
        connection->deadline = 0;
        pool_give(pool, connection);
        if (!broken || tries == pool->limit) return false;
    }
}

bool store_read_until(struct store *store, struct tx *tx, int64_t deadline, struct error *err) {
    struct connection *connection;
    if (!pool_begin(store, &store->readers, BEGIN_READ, deadline, &connection, err)) return false;
    *tx = (struct tx){.store = store, .connection = connection, .now = clock_now()};
    return true;
}

void tx_end(struct tx *tx) {
    if (!tx->connection) return;
    tx->connection->deadline = 0;
    tx->connection->driver->rollback(tx->connection);
    pool_give(&tx->store->readers, tx->connection);
    arena_free(&tx->mem);
    tx->connection = NULL;
}

void store_on_commit(struct store *store, void (*hook)(void *context, int64_t last_event), void *context) {
    if (store->hook_count < COMMIT_HOOKS) store->hooks[store->hook_count++] = (struct commit_hook){hook, context};
    else abort();
}

void store_committed(struct store *store, int64_t last_event) {
    for (int i = 0; last_event && i < store->hook_count; i++) store->hooks[i].call(store->hooks[i].context, last_event);
}

struct tx_ending {
    tx_task *task;
    void *argument;
    struct tx_ending *next;
};

void tx_at_end(struct tx *tx, tx_task *task, void *argument) {
    struct tx_ending *ending = arena_alloc(&tx->mem, sizeof *ending);
    *ending = (struct tx_ending){.task = task, .argument = argument};
    if (!tx->endings_end) tx->endings_end = &tx->endings;
    *tx->endings_end = ending;
    tx->endings_end = &ending->next;
}

bool tx_run_endings(struct tx *tx, struct error *err) {
    for (const struct tx_ending *ending = tx->endings; ending; ending = ending->next)
        if (!ending->task(tx, ending->argument, err)) return false;
    return true;
}

static bool try_write(struct store *store, struct connection *connection, write_work *work, void *argument,
                      struct error *err) {
    struct tx tx = {.store = store, .connection = connection, .writable = true, .now = clock_now()};
    int64_t last_event = 0;
    bool ok = work(&tx, argument, err) && tx_run_endings(&tx, err) && events_flush(&tx, &last_event, err) && store->driver->commit(connection, err);
    if (ok) store_committed(store, last_event);
    else store->driver->rollback(connection);
    arena_free(&tx.mem);
    return ok;
}

/* Besides two transactions that could not be put in order: what was free when the work looked has been taken, and what was there
 * is gone, by another transaction that has ended now. The work looks again and says what it says of that. */
static bool is_overtaken(const struct error *err) {
    static const char *const keys[] = {"serialization", "taken", "constraint"};
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (strcmp(err->key, keys[i]) == 0) return true;
    return false;
}

/* A connection that broke before its COMMIT was sent has changed nothing: the work is done again on another one. */
static bool pg_write(struct store *store, write_work *work, void *argument, struct error *err) {
    for (int tries = 1;; tries++) {
        struct connection *connection;
        if (!pool_begin(store, &store->writers, BEGIN_WRITE, 0, &connection, err)) return false;
        bool ok = try_write(store, connection, work, argument, err);
        bool goes_again = is_overtaken(err) || (!connection->committing && !store->driver->usable(connection));
        pool_give(&store->writers, connection);
        if (ok || tries == WRITE_TRIES || !goes_again) return ok;
    }
}

struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool over;
    struct error *err;
};

struct waited_write {
    write_work *work;
    void *argument;
    struct waiting *waiting;
};

static bool waited_work(struct tx *tx, void *argument, struct error *err) {
    struct waited_write *write = argument;
    return write->work(tx, write->argument, err);
}

static void waited_done(void *argument, const struct error *err) {
    struct waiting *waiting = ((struct waited_write *)argument)->waiting;
    pthread_mutex_lock(&waiting->lock);
    *waiting->err = *err;
    waiting->over = true;
    pthread_cond_signal(&waiting->done);
    pthread_mutex_unlock(&waiting->lock);
}

bool store_write(struct store *store, write_work *work, void *argument, struct error *err) {
    if (store->dialect == DIALECT_POSTGRESQL) return pg_write(store, work, argument, err);
    struct waiting waiting = {.lock = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER, .err = err};
    struct waited_write write = {work, argument, &waiting};
    if (!writer_queue(store->writer, waited_work, waited_done, &write, err)) return false;
    pthread_mutex_lock(&waiting.lock);
    while (!waiting.over) pthread_cond_wait(&waiting.done, &waiting.lock);
    pthread_mutex_unlock(&waiting.lock);
    pthread_mutex_destroy(&waiting.lock);
    pthread_cond_destroy(&waiting.done);
    return err->code == ERR_NONE;
}

bool store_write_later(struct store *store, write_work *work, write_done *done, void *argument, struct error *err) {
    if (store->dialect == DIALECT_SQLITE) return writer_queue(store->writer, work, done, argument, err);
    struct error result = {0};
    (void)pg_write(store, work, argument, &result);
    done(argument, &result);
    return true;
}

bool store_join(struct store *store, struct error *err) {
    return store->dialect == DIALECT_SQLITE ? sqlite_watch_start(store, &store->sqlite_watch, err) : watch_start(store, &store->watch, err);
}

void store_leave(struct store *store) {
    if (!store) return;
    watch_stop(store->watch);
    sqlite_watch_stop(store->sqlite_watch);
    store->watch = NULL;
    store->sqlite_watch = NULL;
}

int64_t store_process(const struct store *store) {
    return store->process;
}

bool store_hold_mailbox(struct store *store, int64_t id) {
    return !store->watch || watch_hold(store->watch, id);
}

bool store_knows_the_dead(struct store *store) {
    return store->watch && watch_settled(store->watch);
}

bool store_process_is_gone(struct tx *tx, int64_t process, bool *ret_gone, struct error *err) {
    struct store *store = tx->store;
    *ret_gone = store->dialect == DIALECT_SQLITE;
    if (*ret_gone || !store->watch || process == store->process) return true;
    return watch_is_gone(store->watch, tx, process, ret_gone, err);
}

int store_queue_length(const struct store *store) {
    return store->writer ? writer_length(store->writer) : 0;
}

bool tx_execute_script(struct tx *tx, const char *sql, struct error *err) {
    return tx->connection->driver->script(tx->connection, sql, err);
}
