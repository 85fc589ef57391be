/* Several processes on one PostgreSQL: a connection of its own hears of the commits of the others, tells them that this
 * process is alive (an advisory lock under its number), and holds what only one of them may do at a time. Both kinds of lock
 * end with the connection, so a process that is killed leaves nothing behind. */
#include "platform/store/postgresql.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { RETRY_MS = 500, HELD_LIMIT = 4096, MISSED_LIMIT = 64 };
static const int64_t GONE = 30 * 1000000LL, LOOK_GAP = 10 * 1000000LL; /* looks that are further apart say nothing of what was between */
static const int64_t SETTLED = 5 * 1000000LL; /* others had the time to connect again as well */

/* A process whose lock was not there when we looked. */
struct missed {
    int64_t process, since, looked_at;
};

struct watch {
    struct store *store;
    pthread_t thread;
    pthread_mutex_t lock;
    PGconn *pg;              /* NULL while there is no connection */
    int64_t connected_at;
    int wake;
    bool stopping;
    int64_t held[HELD_LIMIT];
    size_t held_count;
    struct missed missed[MISSED_LIMIT];
};

static bool is_stopping(struct watch *watch) {
    pthread_mutex_lock(&watch->lock);
    bool stopping = watch->stopping;
    pthread_mutex_unlock(&watch->lock);
    return stopping;
}

static void disconnect(struct watch *watch) {
    pthread_mutex_lock(&watch->lock);
    PQfinish(watch->pg);
    watch->pg = NULL;
    watch->held_count = 0;
    pthread_mutex_unlock(&watch->lock);
}

static bool watch_connect(struct watch *watch, struct error *err) {
    char words[200];
    PGconn *pg = postgresql_connect(watch->store, err);
    if (!pg) return false;
    snprintf(words, sizeof words, "LISTEN theke_event; SELECT pg_advisory_lock(%d, %" PRId64 ")", LOCK_PROCESS, watch->store->process);
    PGresult *result = PQexec(pg, words);
    bool ok = PQresultStatus(result) == PGRES_TUPLES_OK || error_set(err, ERR_BUSY, "listening to PostgreSQL: %s", PQerrorMessage(pg));
    PQclear(result);
    if (!ok) {
        PQfinish(pg);
        return false;
    }
    pthread_mutex_lock(&watch->lock);
    watch->pg = pg;
    watch->connected_at = clock_steady();
    pthread_mutex_unlock(&watch->lock);
    return true;
}

/* What was notified meanwhile. False when the connection is gone. */
static bool hear(struct watch *watch, bool *ret_foreign) {
    char own[24];
    snprintf(own, sizeof own, "%" PRId64, watch->store->process);
    pthread_mutex_lock(&watch->lock);
    bool ok = PQconsumeInput(watch->pg) == 1 && PQstatus(watch->pg) == CONNECTION_OK;
    *ret_foreign = false;
    for (PGnotify *notice; ok && (notice = PQnotifies(watch->pg)); PQfreemem(notice))
        if (strcmp(notice->extra, own) != 0) *ret_foreign = true;
    pthread_mutex_unlock(&watch->lock);
    return ok;
}

static void wait_for(struct watch *watch, int socket, int milliseconds) {
    struct pollfd pollers[] = {{.fd = watch->wake, .events = POLLIN}, {.fd = socket, .events = POLLIN}};
    uint64_t count;
    if (poll(pollers, 2, milliseconds) > 0 && pollers[0].revents && read(watch->wake, &count, sizeof count) < 0 && errno != EAGAIN)
        usleep(RETRY_MS * 1000);
}

/* Until the connection breaks or it is time to go. */
static void listen_on(struct watch *watch) {
    bool foreign = true; /* what was committed while nobody listened */
    do {
        if (foreign) store_committed(watch->store, INT64_MAX);
        wait_for(watch, PQsocket(watch->pg), -1);
    } while (!is_stopping(watch) && hear(watch, &foreign));
}

static void *watch_main(void *argument) {
    struct watch *watch = argument;
    bool failing = false;
    pthread_setname_np(pthread_self(), "watch");
    while (!is_stopping(watch)) {
        struct error err = {0};
        bool ok = watch_connect(watch, &err);
        if (!ok && !failing) log_error(&err, "watching other processes");
        failing = !ok;
        if (ok) listen_on(watch);
        disconnect(watch);
        if (!is_stopping(watch)) wait_for(watch, -1, RETRY_MS);
    }
    return NULL;
}

bool watch_start(struct store *store, struct watch **ret_watch, struct error *err) {
    struct watch *watch = calloc(1, sizeof *watch);
    if (!watch) return error_set(err, ERR_INTERNAL, "no memory for watching other processes");
    watch->store = store;
    watch->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&watch->lock, NULL);
    if (watch->wake < 0 || pthread_create(&watch->thread, NULL, watch_main, watch) != 0) {
        if (watch->wake >= 0) close(watch->wake);
        free(watch);
        return error_set(err, ERR_INTERNAL, "the watch on other processes can't be started");
    }
    *ret_watch = watch;
    return true;
}

static void ring(struct watch *watch) {
    uint64_t one = 1;
    if (write(watch->wake, &one, sizeof one) < 0) log_line(LOG_WARNING, "the watch on other processes can't be woken");
}

void watch_stop(struct watch *watch) {
    if (!watch) return;
    pthread_mutex_lock(&watch->lock);
    watch->stopping = true;
    pthread_mutex_unlock(&watch->lock);
    ring(watch);
    pthread_join(watch->thread, NULL);
    close(watch->wake);
    pthread_mutex_destroy(&watch->lock);
    free(watch);
}

static bool is_held(const struct watch *watch, int64_t id) {
    for (size_t i = 0; i < watch->held_count; i++)
        if (watch->held[i] == id) return true;
    return false;
}

static bool try_lock(struct watch *watch, int64_t id) {
    char words[100];
    snprintf(words, sizeof words, "SELECT pg_try_advisory_lock(%d, %" PRId64 ")", LOCK_MAILBOX, id);
    PGresult *result = PQexec(watch->pg, words);
    bool got = PQresultStatus(result) == PGRES_TUPLES_OK && strcmp(PQgetvalue(result, 0, 0), "t") == 0;
    PQclear(result);
    if (got && watch->held_count < HELD_LIMIT) watch->held[watch->held_count++] = id;
    return got;
}

bool watch_hold(struct watch *watch, int64_t id) {
    pthread_mutex_lock(&watch->lock);
    bool asks = watch->pg && !is_held(watch, id);
    bool holds = watch->pg && (!asks || try_lock(watch, id));
    pthread_mutex_unlock(&watch->lock);
    if (asks) ring(watch); /* the answer may have brought notices along, which its thread has not seen come */
    return holds;
}

bool watch_settled(struct watch *watch) {
    pthread_mutex_lock(&watch->lock);
    bool settled = watch->pg && clock_steady() - watch->connected_at > SETTLED;
    pthread_mutex_unlock(&watch->lock);
    return settled;
}

/* --- The others ----------------------------------------------------------------------------------------------------- */

static bool note_found(const struct value *columns, int count, void *context, struct error *err) {
    *(bool *)context = true;
    return true;
}

static bool is_there(struct tx *tx, int64_t process, bool *ret_there, struct error *err) {
    static const struct sql_field params[] = {{"process", SQL_INT, 0}};
    static const struct statement find = {
        .name = "process_lock", .index = -1, .params = params, .param_count = 1,
        .text = {"", "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = 7460102 AND objsubid = 2 AND objid::bigint = $1"
                     " AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"}};
    struct value value = {.type = VALUE_INT, .integer = process};
    struct row_sink sink = {.row = note_found, .context = ret_there};
    *ret_there = false;
    return tx->connection->driver->run(tx->connection, &find, &value, &sink, NULL, err);
}

/* Its place, or that of the one that was looked for least recently. */
static struct missed *missed_of(struct watch *watch, int64_t process) {
    struct missed *oldest = &watch->missed[0];
    for (size_t i = 0; i < MISSED_LIMIT; i++) {
        if (watch->missed[i].process == process) return &watch->missed[i];
        if (watch->missed[i].looked_at < oldest->looked_at) oldest = &watch->missed[i];
    }
    *oldest = (struct missed){.process = process};
    return oldest;
}

bool watch_is_gone(struct watch *watch, struct tx *tx, int64_t process, bool *ret_gone, struct error *err) {
    int64_t now = clock_steady();
    bool there;
    if (!is_there(tx, process, &there, err)) return false;
    pthread_mutex_lock(&watch->lock);
    struct missed *missed = missed_of(watch, process);
    if (there || !missed->looked_at || now - missed->looked_at > LOOK_GAP) missed->since = now;
    missed->looked_at = now;
    *ret_gone = !there && now - missed->since >= GONE;
    pthread_mutex_unlock(&watch->lock);
    return true;
}
