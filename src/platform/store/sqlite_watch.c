/* Another process on the same SQLite file, such as a command: nobody tells us of its commits, so one thread looks a few times a
 * second whether the file has changed. Our own commits change it too; looking once more costs nothing. */
#include "platform/store/store_private.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/wait.h"

#include <stdlib.h>

static const int64_t LOOK = 250000; /* microseconds */

struct sqlite_watch {
    struct store *store;
    struct connection *connection;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stopped;
    bool stopping;
};

static bool take_version(const struct value *columns, int count, void *context, struct error *err) {
    *(int64_t *)context = columns[0].integer;
    return count == 1;
}

static bool find_version(struct sqlite_watch *watch, int64_t *ret_version, struct error *err) {
    static const struct statement data_version = {.name = "data_version", .index = -1, .text = {"PRAGMA data_version", NULL}, .column_count = 1};
    const struct row_sink sink = {.row = take_version, .context = ret_version};
    return watch->connection->driver->run(watch->connection, &data_version, NULL, &sink, NULL, err);
}

static bool wait_a_little(struct sqlite_watch *watch) {
    int64_t until = clock_steady() + LOOK;
    pthread_mutex_lock(&watch->lock);
    while (!watch->stopping && condition_wait_until(&watch->stopped, &watch->lock, until)) {}
    bool stopping = watch->stopping;
    pthread_mutex_unlock(&watch->lock);
    return !stopping;
}

static void *watch_main(void *argument) {
    struct sqlite_watch *watch = argument;
    int64_t seen = 0, version = 0;
    bool failing = false;
    pthread_setname_np(pthread_self(), "watch");
    while (wait_a_little(watch)) {
        struct error err = {0};
        bool ok = find_version(watch, &version, &err);
        if (!ok && !failing) log_error(&err, "watching the database file");
        failing = !ok;
        if (ok && version != seen) store_committed(watch->store, INT64_MAX);
        if (ok) seen = version;
    }
    return NULL;
}

bool sqlite_watch_start(struct store *store, struct sqlite_watch **ret_watch, struct error *err) {
    struct sqlite_watch *watch = calloc(1, sizeof *watch);
    if (!watch) return error_set(err, ERR_INTERNAL, "no memory for watching the database file");
    watch->store = store;
    pthread_mutex_init(&watch->lock, NULL);
    condition_make(&watch->stopped);
    bool opened = store->driver->open(store, true, &watch->connection, err);
    if (opened && pthread_create(&watch->thread, NULL, watch_main, watch) == 0) {
        *ret_watch = watch;
        return true;
    }
    if (opened) {
        store->driver->close(watch->connection);
        error_set(err, ERR_INTERNAL, "the watch on the database file can't be started");
    }
    free(watch);
    return false;
}

void sqlite_watch_stop(struct sqlite_watch *watch) {
    if (!watch) return;
    pthread_mutex_lock(&watch->lock);
    watch->stopping = true;
    pthread_cond_signal(&watch->stopped);
    pthread_mutex_unlock(&watch->lock);
    pthread_join(watch->thread, NULL);
    watch->connection->driver->close(watch->connection);
    pthread_mutex_destroy(&watch->lock);
    pthread_cond_destroy(&watch->stopped);
    free(watch);
}
