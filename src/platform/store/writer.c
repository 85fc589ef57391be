/* The one thread that writes to SQLite: takes the whole queue, BEGIN IMMEDIATE, a savepoint per request, COMMIT, then
 * answers all. While one batch is being synced the next one gathers.
 *
 * The first request of a batch has no savepoint: when it fails, the whole transaction is rolled back and begun again. So a long
 * request that is alone in its batch, such as an import, does not keep a copy of every page it changes: SQLite walks that
 * journal at the end of each statement, which would make the request's time grow with the square of its size. */
#include "platform/store/store_private.h"

#include "base/clock.h"
#include "base/log.h"
#include "platform/events/events.h"

#include <stdlib.h>

enum { QUEUE_LIMIT = 4096, BATCH_LIMIT = 256 };
static const int64_t BATCH_TIME = 20000; /* microseconds of work before a batch commits */

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
    struct pending batch[BATCH_LIMIT];
    struct finished results[BATCH_LIMIT];
};

static bool take_next(struct writer *writer, struct pending *ret_pending) {
    pthread_mutex_lock(&writer->lock);
    bool some = writer->length > 0;
    if (some) {
        *ret_pending = writer->queue[writer->first];
        writer->first = (writer->first + 1) % QUEUE_LIMIT;
        writer->length--;
    }
    pthread_mutex_unlock(&writer->lock);
    return some;
}

static bool forget_one(struct writer *writer, bool is_first) {
    const struct driver *driver = writer->connection->driver;
    struct error ignored;
    writer->connection->head_known = false;
    if (!is_first) return driver->script(writer->connection, "ROLLBACK TO request; RELEASE request", &ignored);
    driver->rollback(writer->connection);
    return driver->begin(writer->connection, BEGIN_WRITE, &ignored);
}

static bool run_one(struct writer *writer, const struct pending *pending, bool is_first, struct finished *result, int64_t *last_event) {
    const struct driver *driver = writer->connection->driver;
    result->error = (struct error){0};
    result->tx = (struct tx){.store = writer->store, .connection = writer->connection, .writable = true, .now = clock_now()};
    struct tx *tx = &result->tx;
    if (!is_first && !driver->script(writer->connection, "SAVEPOINT request", &result->error)) return false;
    int64_t last = 0;
    bool ok = pending->work(tx, pending->argument, &result->error) && events_flush(tx, &last, &result->error);
    if (ok && !is_first) ok = driver->script(writer->connection, "RELEASE request", &result->error);
    if (ok) {
        if (last) *last_event = last;
        return true;
    }
    if (result->error.code == ERR_NONE) error_set(&result->error, ERR_INTERNAL, "the work failed without saying why");
    return forget_one(writer, is_first);
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

/* After all requests, where no savepoint makes SQLite write out what the search index has gathered. */
static bool end_requests(struct writer *writer, int count, struct error *err) {
    for (int i = 0; i < count; i++)
        if (writer->results[i].error.code == ERR_NONE && !tx_run_endings(&writer->results[i].tx, err)) return false;
    return true;
}

static void run_batch(struct writer *writer) {
    const struct driver *driver = writer->connection->driver;
    struct error err = {0};
    int count = 0;
    int64_t last_event = 0, started = clock_steady();
    bool alive = true, begun = driver->begin(writer->connection, BEGIN_WRITE, &err);
    while (count < BATCH_LIMIT && alive && clock_steady() - started < BATCH_TIME && take_next(writer, &writer->batch[count])) {
        if (begun) alive = run_one(writer, &writer->batch[count], count == 0, &writer->results[count], &last_event);
        else writer->results[count] = (struct finished){.error = err};
        count++;
    }
    if (begun && alive && end_requests(writer, count, &err) && driver->commit(writer->connection, &err)) {
        store_committed(writer->store, last_event);
        finish_batch(writer, count, NULL);
        return;
    }
    if (err.code == ERR_NONE) err = count ? writer->results[count - 1].error : err;
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
    pthread_cond_init(&writer->arrived, NULL);
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
