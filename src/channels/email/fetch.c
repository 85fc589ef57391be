/* Fetching by IMAP: one thread per mailbox, waiting with IDLE; the threads follow the table of mailboxes. */
#include "channels/email/fetch.h"
#include "channels/email/fetching.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/wait.h"
#include "sql/channels_mailboxes.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

static const int64_t PAUSE_LIMIT = 120 * 1000000LL, LOOK = 1000000LL;

struct fetcher {
    struct email *email;
    mailbox_id id;
    int64_t version, refetches;
    struct stumble stumble;
    int wake[2];           /* readable once it is told to go, and from then on */
    pthread_t thread;
    struct fetcher *next;
};

/* --- One mailbox -------------------------------------------------------------------------------------------------------- */

static bool is_told_to_go(const struct fetcher *fetcher, int milliseconds) {
    struct pollfd poller = {.fd = fetcher->wake[0], .events = POLLIN};
    return poll(&poller, 1, milliseconds) > 0;
}

static bool find_mailbox_of(struct fetcher *fetcher, struct arena *mem, const struct mailbox **ret_mailbox, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    return store_read(fetcher->email->options.store, &tx, err) && mailbox_find(&tx, mem, fetcher->id, ret_mailbox, err);
}

/* One connection from beginning to end; true: it is time to go. */
static bool connect_once(struct fetcher *fetcher, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    struct fetching *fetching = arena_alloc(&mem, sizeof *fetching);
    fetching->email = fetcher->email;
    fetching->stumble = &fetcher->stumble;
    fetching->session.socket = fetching->session.wake = -1;
    if (!find_mailbox_of(fetcher, &mem, &fetching->mailbox, err)) return false;
    if (!fetching->mailbox || fetching->mailbox->version != fetcher->version) return true;
    bool done = fetching_stay(fetching, fetcher->wake[0], err);
    imap_session_close(&fetching->session);
    return done || fetching->is_outdated || is_told_to_go(fetcher, 0);
}

static void *run(void *argument) {
    struct fetcher *fetcher = argument;
    int64_t pause = 2 * SECOND;
    for (;;) {
        struct error err = {0};
        int64_t began = clock_steady();
        if (connect_once(fetcher, &err)) return NULL;
        log_error(&err, "mailbox %" PRId64, fetcher->id.value);
        fetching_note(fetcher->email, fetcher->id, fetcher->version, text_of(err.message));
        if (clock_steady() - began > MINUTE) pause = 2 * SECOND;
        if (is_told_to_go(fetcher, (int)(pause / 1000))) return NULL;
        pause = pause * 2 < PAUSE_LIMIT ? pause * 2 : PAUSE_LIMIT;
    }
}

/* --- All of them -------------------------------------------------------------------------------------------------------- */

struct fetchers {
    struct email *email;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping, woken;
    struct fetcher *first;
};

static void start_fetcher(struct fetchers *fetchers, const struct sql_mailbox_ids_row *row) {
    struct fetcher *fetcher = calloc(1, sizeof *fetcher);
    if (!fetcher) return;
    *fetcher = (struct fetcher){.email = fetchers->email, .id = row->mailbox_id, .version = row->version, .refetches = row->refetches,
                                .next = fetchers->first};
    if (pipe2(fetcher->wake, O_CLOEXEC | O_NONBLOCK) != 0) {
        free(fetcher);
        return;
    }
    if (pthread_create(&fetcher->thread, NULL, run, fetcher) == 0) {
        fetchers->first = fetcher;
        return;
    }
    close(fetcher->wake[0]);
    close(fetcher->wake[1]);
    free(fetcher);
}

/* All are told before the first is waited for, so that the slowest alone decides how long it takes. */
static void stop_fetchers(struct fetcher *first) {
    for (struct fetcher *at = first; at; at = at->next)
        if (write(at->wake[1], "x", 1) != 1) log_line(LOG_WARNING, "mailbox %" PRId64 ": its thread could not be woken", at->id.value);
    while (first) {
        struct fetcher *fetcher = first;
        first = fetcher->next;
        pthread_join(fetcher->thread, NULL);
        close(fetcher->wake[0]);
        close(fetcher->wake[1]);
        free(fetcher);
    }
}

/* One process fetches a mailbox; when it ends, another goes on. */
static bool is_ours(struct fetchers *fetchers, const struct sql_mailbox_ids_row *row) {
    return text_is(row->kind, "imap") && store_hold_mailbox(fetchers->email->options.store, row->mailbox_id.value);
}

static bool is_wanted(struct fetchers *fetchers, const struct fetcher *fetcher, const struct sql_mailbox_ids_rows *rows) {
    for (size_t i = 0; i < rows->count; i++)
        if (rows->at[i].mailbox_id.value == fetcher->id.value)
            return rows->at[i].version == fetcher->version && rows->at[i].refetches == fetcher->refetches && is_ours(fetchers, &rows->at[i]);
    return false;
}

static bool is_running(const struct fetchers *fetchers, mailbox_id id) {
    for (const struct fetcher *at = fetchers->first; at; at = at->next)
        if (at->id.value == id.value) return true;
    return false;
}

static bool read_table(struct fetchers *fetchers, struct arena *mem, struct sql_mailbox_ids_rows *ret_rows) {
    SCOPED(tx_end) struct tx tx = {0};
    struct error err = {0};
    return store_read(fetchers->email->options.store, &tx, &err) && sql_mailbox_ids(&tx, mem, ret_rows, &err);
}

/* Threads as the table of mailboxes says. Nothing of the store is held while one is waited for. */
static void follow_table(struct fetchers *fetchers) {
    SCOPED(arena_free) struct arena mem = {0};
    struct sql_mailbox_ids_rows rows;
    struct fetcher *unwanted = NULL;
    if (!read_table(fetchers, &mem, &rows)) return;
    for (struct fetcher **at = &fetchers->first; *at;) {
        struct fetcher *fetcher = *at;
        if (is_wanted(fetchers, fetcher, &rows)) {
            at = &fetcher->next;
            continue;
        }
        *at = fetcher->next;
        fetcher->next = unwanted;
        unwanted = fetcher;
    }
    stop_fetchers(unwanted);
    for (size_t i = 0; i < rows.count; i++)
        if (!is_running(fetchers, rows.at[i].mailbox_id) && is_ours(fetchers, &rows.at[i]))
            start_fetcher(fetchers, &rows.at[i]);
}

static void *follow(void *argument) {
    struct fetchers *fetchers = argument;
    bool stopping = false;
    while (!stopping) {
        follow_table(fetchers);
        pthread_mutex_lock(&fetchers->lock);
        if (!fetchers->stopping && !fetchers->woken) condition_wait(&fetchers->changed, &fetchers->lock, LOOK);
        fetchers->woken = false;
        stopping = fetchers->stopping;
        pthread_mutex_unlock(&fetchers->lock);
    }
    stop_fetchers(fetchers->first);
    return NULL;
}

bool fetchers_start(struct email *email, struct fetchers **ret_fetchers, struct error *err) {
    struct fetchers *fetchers = calloc(1, sizeof *fetchers);
    if (!fetchers) return error_set(err, ERR_INTERNAL, "no memory for the fetchers");
    fetchers->email = email;
    pthread_mutex_init(&fetchers->lock, NULL);
    condition_make(&fetchers->changed);
    if (pthread_create(&fetchers->thread, NULL, follow, fetchers) != 0) {
        free(fetchers);
        return error_set(err, ERR_INTERNAL, "the fetchers' thread can't be started");
    }
    *ret_fetchers = fetchers;
    return true;
}

static void signal_fetchers(struct fetchers *fetchers, bool stop) {
    pthread_mutex_lock(&fetchers->lock);
    fetchers->woken = true;
    fetchers->stopping = fetchers->stopping || stop;
    pthread_cond_signal(&fetchers->changed);
    pthread_mutex_unlock(&fetchers->lock);
}

void fetchers_wake(struct fetchers *fetchers) {
    signal_fetchers(fetchers, false);
}

void fetchers_prepare_stop(struct fetchers *fetchers) {
    signal_fetchers(fetchers, true);
}

void fetchers_stop(struct fetchers *fetchers) {
    if (!fetchers) return;
    fetchers_prepare_stop(fetchers);
    pthread_join(fetchers->thread, NULL);
    pthread_cond_destroy(&fetchers->changed);
    pthread_mutex_destroy(&fetchers->lock);
    free(fetchers);
}
