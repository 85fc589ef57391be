/* The one thread that writes to SQLite: takes the whole queue, BEGIN IMMEDIATE, each request in turn, COMMIT, then answers all.
 * While one batch is being synced the next one gathers.
 *
 * Requests have no savepoints of their own, since SQLite then keeps a copy of every page that a request changes. One that fails
 * before it has changed anything leaves nothing behind. One that fails later takes the transaction with it: those that had
 * succeeded are run again, and the rest of the batch does have savepoints, so that many failures can't cost much. */
#include "platform/store/store_private.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/wait.h"
#include "platform/events/events.h"

#include <stdlib.h>

enum { QUEUE_LIMIT = 4096, BATCH_LIMIT = 256 };
static const int64_t BATCH_TIME = 20000; /* microseconds of work before a batch commits */

/* While many write at once, a batch waits so long for as many as the last one had: a commit costs as much for one request as for
 * fifty. */
enum { CROWD = 8 };
static const int64_t GATHER_TIME = 2000; /* microseconds */

struct pending {
    write_work *work;
    write_done *done;
    void *argument;
};

struct finished {
    struct tx tx;
    struct error error;
};

struct writer {
    struct store *store;
    struct connection *connection;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    struct pending queue[QUEUE_LIMIT];
    int first, length;
    bool stopping;
    int64_t last_event; /* that the batch has recorded */
    int last_count;     /* requests of the batch before */
    struct pending batch[BATCH_LIMIT];
    struct finished results[BATCH_LIMIT];
};

/* Of a batch that has begun then; false when there is none, or none comes in time while more are expected. */
static bool take_next(struct writer *writer, int64_t started, bool expects, struct pending *ret_pending) {
    pthread_mutex_lock(&writer->lock);
    bool has_time = expects && writer->last_count >= CROWD;
    while (writer->length == 0 && !writer->stopping && has_time)
        has_time = condition_wait_until(&writer->arrived, &writer->lock, started + GATHER_TIME);
    bool some = writer->length > 0;
    if (some) {
        *ret_pending = writer->queue[writer->first];
        writer->first = (writer->first + 1) % QUEUE_LIMIT;
        writer->length--;
    }
    pthread_mutex_unlock(&writer->lock);
    return some;
}

/* False when something of it may be left in the transaction. */
static bool run_one(struct writer *writer, int i) {
    struct finished *result = &writer->results[i];
    struct connection *connection = writer->connection;
    const struct pending *pending = &writer->batch[i];
    *result = (struct finished){.tx = {.store = writer->store, .connection = connection, .writable = true, .now = clock_now()}};
    int64_t last = 0;
    connection->changed = false;
    if (pending->work(&result->tx, pending->argument, &result->error) && events_flush(&result->tx, &last, &result->error)) {
        if (last) writer->last_event = last;
        return true;
    }
    if (result->error.code == ERR_NONE) error_set(&result->error, ERR_INTERNAL, "the work failed without saying why");
    connection->head_known = false;
    return !connection->changed && !connection->driver->usable(connection); /* SQLite gives up a transaction by itself when the disk fails */
}

/* False when the transaction is lost. */
static bool run_careful(struct writer *writer, int i, struct error *err) {
    const struct driver *driver = writer->connection->driver;
    writer->results[i] = (struct finished){0};
    if (!driver->script(writer->connection, "SAVEPOINT request", err)) return false;
    const char *end = run_one(writer, i) ? "RELEASE request" : "ROLLBACK TO request; RELEASE request";
    return driver->script(writer->connection, end, err);
}

/* Without those that have failed. */
static bool start_over(struct writer *writer, int count, struct error *err) {
    const struct driver *driver = writer->connection->driver;
    driver->rollback(writer->connection);
    writer->last_event = 0;
    if (!driver->begin(writer->connection, BEGIN_WRITE, err)) return false;
    for (int i = 0; i < count; i++) {
        if (writer->results[i].error.code != ERR_NONE) continue;
        arena_free(&writer->results[i].tx.mem);
        if (!run_careful(writer, i, err)) return false;
    }
    return true;
}

/* Runs the next request; *careful from the first one that spoiled the transaction. */
static bool run_next(struct writer *writer, int i, bool *careful, struct error *err) {
    if (*careful) return run_careful(writer, i, err);
    if (run_one(writer, i)) return true;
    *careful = true;
    return start_over(writer, i, err);
}

static void finish_batch(struct writer *writer, int count, const struct error *failure) {
    for (int i = 0; i < count; i++) {
        struct finished *result = &writer->results[i];
        if (failure && result->error.code == ERR_NONE) result->error = *failure;
        writer->batch[i].done(writer->batch[i].argument, &result->error);
        arena_free(&result->tx.mem);
    }
}

static void fail_batch(struct writer *writer, int count, const struct error *err) {
    log_error(err, "committing %d writes", count);
    writer->connection->driver->rollback(writer->connection);
    finish_batch(writer, count, err);
}

static bool end_requests(struct writer *writer, int count, struct error *err) {
    for (int i = 0; i < count; i++)
        if (writer->results[i].error.code == ERR_NONE && !tx_run_endings(&writer->results[i].tx, err)) return false;
    return true;
}

static void run_batch(struct writer *writer) {
    const struct driver *driver = writer->connection->driver;
    struct error err = {0};
    int count = 0;
    int64_t started = clock_steady();
    bool careful = false, alive = driver->begin(writer->connection, BEGIN_WRITE, &err);
    writer->last_event = 0;
    while (count < BATCH_LIMIT && clock_steady() - started < BATCH_TIME
           && take_next(writer, started, count < writer->last_count, &writer->batch[count])) {
        if (alive) alive = run_next(writer, count, &careful, &err);
        else writer->results[count] = (struct finished){.error = err};
        count++;
    }
    writer->last_count = count;
    if (alive && end_requests(writer, count, &err) && driver->commit(writer->connection, &err)) {
        store_committed(writer->store, writer->last_event);
        finish_batch(writer, count, NULL);
        return;
    }
    fail_batch(writer, count, &err);
}

static void *writer_main(void *argument) {
    struct writer *writer = argument;
    pthread_setname_np(pthread_self(), "writer");
    for (;;) {
        pthread_mutex_lock(&writer->lock);
        while (writer->length == 0 && !writer->stopping) pthread_cond_wait(&writer->arrived, &writer->lock);
        bool over = writer->length == 0 && writer->stopping;
        pthread_mutex_unlock(&writer->lock);
        if (over) return NULL;
        run_batch(writer);
    }
}

bool writer_start(struct store *store, struct writer **ret_writer, struct error *err) {
    struct writer *writer = calloc(1, sizeof *writer);
    writer->store = store;
    pthread_mutex_init(&writer->lock, NULL);
    condition_make(&writer->arrived);
    if (!store->driver->open(store, false, &writer->connection, err)) {
        free(writer);
        return false;
    }
    if (pthread_create(&writer->thread, NULL, writer_main, writer) != 0) {
        store->driver->close(writer->connection);
        free(writer);
        return error_set(err, ERR_INTERNAL, "the writer's thread can't be started");
    }
    *ret_writer = writer;
    return true;
}

void writer_stop(struct writer *writer) {
    if (!writer) return;
    pthread_mutex_lock(&writer->lock);
    writer->stopping = true;
    pthread_cond_signal(&writer->arrived);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    struct error ignored;
    (void)writer->connection->driver->script(writer->connection, "PRAGMA wal_checkpoint(TRUNCATE)", &ignored);
    writer->connection->driver->close(writer->connection);
    pthread_mutex_destroy(&writer->lock);
    pthread_cond_destroy(&writer->arrived);
    free(writer);
}

bool writer_queue(struct writer *writer, write_work *work, write_done *done, void *argument, struct error *err) {
    pthread_mutex_lock(&writer->lock);
    bool room = writer->length < QUEUE_LIMIT && !writer->stopping;
    if (room) {
        writer->queue[(writer->first + writer->length++) % QUEUE_LIMIT] = (struct pending){work, done, argument};
        pthread_cond_signal(&writer->arrived);
    }
    pthread_mutex_unlock(&writer->lock);
    if (room) return true;
    error_set(err, ERR_BUSY, "too many writes are waiting");
    err->retry_after = 1;
    return false;
}

int writer_length(const struct writer *writer) {
    struct writer *w = (struct writer *)writer;
    pthread_mutex_lock(&w->lock);
    int length = w->length;
    pthread_mutex_unlock(&w->lock);
    return length;
}
