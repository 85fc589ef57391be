/* Fetching by IMAP: one thread per mailbox, waiting with IDLE. What was accepted is on disk before the cursor moves, and a
 * letter that is fetched twice is known by account, UIDVALIDITY and UID. The server's read marks are never asked, except once:
 * a mailbox that is new to us gives its unread letters of the last month, not its whole past. */
#include "channels/email/fetch.h"
#include "channels/email/imap_session.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/wait.h"
#include "sql/channels_mailboxes.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

static const int64_t IDLE_TIME = 9 * 60 * 1000000LL, PAUSE_LIMIT = 120 * 1000000LL, LOOK = 1000000LL, HEALTH_TIME = 300 * 1000000LL;

struct fetcher {
    struct email *email;
    mailbox_id id;
    int64_t version;
    int wake[2];
    pthread_t thread;
    struct fetcher *next;
};

struct fetching {
    struct fetcher *fetcher;
    const struct mailbox *mailbox;
    struct imap_session session;
    int64_t uid_validity, uid_last, noted_at;
};

/* --- Store ---------------------------------------------------------------------------------------------------------- */

static bool write_cursor(struct tx *tx, void *argument, struct error *err) {
    const struct fetching *fetching = argument;
    const struct sql_mailbox_cursor in = {.mailbox_id = fetching->mailbox->id, .uid_validity = fetching->uid_validity, .uid_last = fetching->uid_last};
    return sql_mailbox_cursor(tx, &in, NULL, err);
}

struct health {
    mailbox_id id;
    struct text error;
};

static bool write_health(struct tx *tx, void *argument, struct error *err) {
    const struct health *health = argument;
    return mailbox_note_in(tx, health->id, health->error, err);
}

static void note_health(struct email *email, mailbox_id id, struct text error) {
    struct error err = {0};
    struct health health = {id, error};
    if (!store_write(email->options.store, write_health, &health, &err)) log_error(&err, "mailbox %" PRId64, id.value);
}

static void note_well(struct fetching *fetching) {
    int64_t now = clock_steady();
    if (fetching->noted_at && now - fetching->noted_at < HEALTH_TIME) return;
    note_health(fetching->fetcher->email, fetching->mailbox->id, (struct text){0});
    fetching->noted_at = now;
}

/* --- Letters -------------------------------------------------------------------------------------------------------- */

struct found_uids {
    struct arena *mem;
    uint32_t *at;
    size_t count;
};

static void take_search(const struct imap_response *response, void *context) {
    struct found_uids *found = context;
    uint32_t *numbers;
    size_t count;
    if (!imap_search_read(found->mem, response, &numbers, &count) || found->count) return;
    found->at = numbers;
    found->count = count;
}

static int by_number(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

static bool search(struct fetching *fetching, struct arena *mem, struct found_uids *found, struct error *err) {
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const char *words;
    int year, month, day;
    time_to_date(clock_now() - 30 * DAY, &year, &month, &day);
    if (fetching->uid_validity == 0) words = arena_printf(mem, "UID SEARCH UNSEEN SINCE %d-%s-%d", day, months[month - 1], year);
    else words = arena_printf(mem, "UID SEARCH UID %" PRId64 ":*", fetching->uid_last + 1);
    if (!imap_run_words(&fetching->session, mem, words, take_search, found, err)) return false;
    if (found->count) qsort(found->at, found->count, sizeof *found->at, by_number);
    return true;
}

struct size_of_letter {
    uint64_t size;
    struct buffer *body;
};

static void take_fetch(const struct imap_response *response, void *context) {
    struct size_of_letter *wanted = context;
    struct imap_fetch fetch;
    if (!imap_fetch_read(response, &fetch)) return;
    if (fetch.size) wanted->size = fetch.size;
    if (wanted->body && fetch.body.size && wanted->body->size == 0) buffer_add_text(wanted->body, fetch.body);
}

static bool fetch_part(struct fetching *fetching, struct arena *mem, uint32_t uid, const char *part, struct buffer *body, uint64_t *ret_size,
                       struct error *err) {
    struct size_of_letter wanted = {.body = body};
    fetching->session.body = body;
    bool ok = imap_run_words(&fetching->session, mem, arena_printf(mem, "UID FETCH %u (UID RFC822.SIZE%s%s)", uid, part[0] ? " " : "", part), take_fetch,
                             &wanted, err);
    fetching->session.body = NULL;
    *ret_size = wanted.size;
    return ok;
}

/* Accepts one letter. A letter beyond the limit is parked with its headers, and stays on the server. */
static bool fetch_letter(struct fetching *fetching, uint32_t uid, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    struct email *email = fetching->fetcher->email;
    struct buffer body = {.mem = &mem, .limit = email->options.mail_limit};
    uint64_t size;
    struct arriving arriving = {.mailbox = fetching->mailbox->id};
    arriving.source_key = text_printf(&mem, "imap:%" PRId64 ":%" PRId64 ":%u", fetching->mailbox->id.value, fetching->uid_validity, uid);
    if (!fetch_part(fetching, &mem, uid, "", NULL, &size, err)) return false;
    bool huge = size > email->options.mail_limit;
    if (!fetch_part(fetching, &mem, uid, huge ? "BODY.PEEK[HEADER]" : "BODY.PEEK[]", &body, &size, err)) return false;
    if (body.size == 0) return true; /* gone meanwhile */
    if (huge || body.failed)
        arriving.parked_because = text_printf(&mem, "the letter has %" PRIu64 " bytes, more than %zu; only its headers were fetched", size,
                                              email->options.mail_limit);
    arriving.raw = buffer_text(&body);
    if (!intake_accept(email->options.store, email->options.files, &arriving, NULL, err)) return false;
    intake_wake(email->intake);
    return true;
}

static bool mark_seen(struct fetching *fetching, struct arena *mem, const uint32_t *uids, size_t count, struct error *err) {
    if (count == 0 || fetching->session.selected.read_only) return true;
    struct imap_command command = imap_command(mem, imap_tag(&fetching->session, mem), "UID STORE", false);
    imap_add_set(&command, uids, count);
    imap_add_words(&command, "+FLAGS.SILENT (\\Seen)");
    imap_end(&command);
    return imap_run(&fetching->session, &command, NULL, NULL, err);
}

/* Up to 50 letters, then the cursor and the marks. */
static bool fetch_some(struct fetching *fetching, struct arena *mem, const uint32_t *uids, size_t count, struct error *err) {
    size_t done = 0;
    bool ok = true;
    for (; done < count && ok; done += ok) ok = fetch_letter(fetching, uids[done], err);
    if (done) {
        struct error cursor_err = {0};
        if (fetching->uid_last < uids[done - 1]) fetching->uid_last = uids[done - 1];
        if (!store_write(fetching->fetcher->email->options.store, write_cursor, fetching, &cursor_err)) {
            if (ok) *err = cursor_err;
            return false;
        }
    }
    return ok && mark_seen(fetching, mem, uids, done, err);
}

static bool fetch_new(struct fetching *fetching, struct arena *mem, struct error *err) {
    struct found_uids found = {.mem = mem};
    bool first = fetching->uid_validity == 0;
    fetching->session.has_new = false;
    if (!search(fetching, mem, &found, err)) return false;
    if (first) fetching->uid_validity = fetching->session.selected.uid_validity;
    size_t at = 0;
    while (at < found.count && !first && found.at[at] <= fetching->uid_last) at++; /* "N:*" names the last one even below N */
    while (at < found.count) {
        size_t count = found.count - at < 50 ? found.count - at : 50;
        if (!fetch_some(fetching, mem, found.at + at, count, err)) return false;
        at += count;
    }
    if (!first) return true;
    int64_t next = (int64_t)fetching->session.selected.uid_next;
    if (next > 0 && fetching->uid_last < next - 1) fetching->uid_last = next - 1;
    return store_write(fetching->fetcher->email->options.store, write_cursor, fetching, err);
}

/* --- A connection's life ------------------------------------------------------------------------------------------------ */

static bool is_woken(const struct fetcher *fetcher) {
    char byte;
    return read(fetcher->wake[0], &byte, 1) == 1;
}

static bool stay(struct fetching *fetching, struct error *err) {
    struct fetcher *fetcher = fetching->fetcher;
    SCOPED(arena_free) struct arena first = {0};
    if (!imap_session_open(&fetching->session, fetcher->email, &first, fetching->mailbox, fetcher->wake[0], err)
        || !imap_select(&fetching->session, &first, fetching->mailbox->folder, err))
        return false;
    if (fetching->session.selected.uid_validity != (uint32_t)fetching->uid_validity && fetching->uid_validity) {
        log_line(LOG_WARNING, "mailbox %" PRId64 ": the server has renumbered its letters; known ones are recognised by content", fetcher->id.value);
        fetching->uid_validity = (int64_t)fetching->session.selected.uid_validity;
        fetching->uid_last = 0;
    }
    for (;;) {
        SCOPED(arena_free) struct arena mem = {0};
        if (!fetch_new(fetching, &mem, err)) return false;
        note_well(fetching);
        if (!imap_wait(&fetching->session, &mem, IDLE_TIME, err)) return false;
        if (is_woken(fetcher)) return true;
    }
}

static bool find_mailbox_of(struct fetcher *fetcher, struct arena *mem, const struct mailbox **ret_mailbox, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    return store_read(fetcher->email->options.store, &tx, err) && mailbox_find(&tx, mem, fetcher->id, ret_mailbox, err);
}

/* One connection from beginning to end; true: it is time to go. */
static bool connect_once(struct fetcher *fetcher, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    struct fetching *fetching = arena_alloc(&mem, sizeof *fetching);
    fetching->fetcher = fetcher;
    fetching->session.socket = fetching->session.wake = -1;
    if (!find_mailbox_of(fetcher, &mem, &fetching->mailbox, err)) return false;
    if (!fetching->mailbox || fetching->mailbox->version != fetcher->version) return true;
    fetching->uid_validity = fetching->mailbox->uid_validity;
    fetching->uid_last = fetching->mailbox->uid_last;
    bool done = stay(fetching, err);
    imap_session_close(&fetching->session);
    return done;
}

static void *run(void *argument) {
    struct fetcher *fetcher = argument;
    int64_t pause = 2 * SECOND;
    for (;;) {
        struct error err = {0};
        int64_t began = clock_steady();
        if (connect_once(fetcher, &err)) return NULL;
        log_error(&err, "mailbox %" PRId64, fetcher->id.value);
        note_health(fetcher->email, fetcher->id, text_of(err.message));
        if (clock_steady() - began > MINUTE) pause = 2 * SECOND;
        for (int64_t slept = 0; slept < pause; slept += SECOND / 4) {
            if (is_woken(fetcher)) return NULL;
            usleep(250000);
        }
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

static void start_fetcher(struct fetchers *fetchers, mailbox_id id, int64_t version) {
    struct fetcher *fetcher = calloc(1, sizeof *fetcher);
    if (!fetcher) return;
    *fetcher = (struct fetcher){.email = fetchers->email, .id = id, .version = version, .next = fetchers->first};
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

static void stop_fetcher(struct fetcher *fetcher) {
    if (write(fetcher->wake[1], "x", 1) != 1) log_line(LOG_WARNING, "mailbox %" PRId64 ": its thread could not be woken", fetcher->id.value);
    pthread_join(fetcher->thread, NULL);
    close(fetcher->wake[0]);
    close(fetcher->wake[1]);
    free(fetcher);
}

/* One process fetches a mailbox; when it ends, another goes on. */
static bool is_ours(struct fetchers *fetchers, const struct sql_mailbox_ids_row *row) {
    return text_is(row->kind, "imap") && store_hold_mailbox(fetchers->email->options.store, row->mailbox_id.value);
}

static bool is_wanted(struct fetchers *fetchers, const struct fetcher *fetcher, const struct sql_mailbox_ids_rows *rows) {
    for (size_t i = 0; i < rows->count; i++)
        if (rows->at[i].mailbox_id.value == fetcher->id.value) return rows->at[i].version == fetcher->version && is_ours(fetchers, &rows->at[i]);
    return false;
}

static bool is_running(const struct fetchers *fetchers, mailbox_id id) {
    for (const struct fetcher *at = fetchers->first; at; at = at->next)
        if (at->id.value == id.value) return true;
    return false;
}

/* Threads as the table of mailboxes says. */
static void follow_table(struct fetchers *fetchers) {
    SCOPED(tx_end) struct tx tx = {0};
    struct error err = {0};
    struct sql_mailbox_ids_rows rows;
    if (!store_read(fetchers->email->options.store, &tx, &err) || !sql_mailbox_ids(&tx, &tx.mem, &rows, &err)) return;
    for (struct fetcher **at = &fetchers->first; *at;) {
        struct fetcher *fetcher = *at;
        if (is_wanted(fetchers, fetcher, &rows)) {
            at = &fetcher->next;
            continue;
        }
        *at = fetcher->next;
        stop_fetcher(fetcher);
    }
    for (size_t i = 0; i < rows.count; i++)
        if (!is_running(fetchers, rows.at[i].mailbox_id) && is_ours(fetchers, &rows.at[i]))
            start_fetcher(fetchers, rows.at[i].mailbox_id, rows.at[i].version);
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
    while (fetchers->first) {
        struct fetcher *fetcher = fetchers->first;
        fetchers->first = fetcher->next;
        stop_fetcher(fetcher);
    }
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

void fetchers_stop(struct fetchers *fetchers) {
    if (!fetchers) return;
    signal_fetchers(fetchers, true);
    pthread_join(fetchers->thread, NULL);
    pthread_cond_destroy(&fetchers->changed);
    pthread_mutex_destroy(&fetchers->lock);
    free(fetchers);
}
