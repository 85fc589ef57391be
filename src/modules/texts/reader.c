/* The thread that has files read, one at a time. */
#include "modules/texts/texts_private.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/wait.h"
#include "modules/tickets/tickets.h"
#include "platform/cage/cage.h"

#include <pthread.h>
#include <unistd.h>

enum { ATTEMPTS = 3 };
static const int64_t POLL = 500 * 1000LL, BREATH = 5 * 1000LL, PAUSE = 2 * SECOND, AGAIN = 5 * SECOND, MUCH_LATER = 10 * MINUTE, RUSH = 2 * SECOND;

struct text_reader {
    struct arena mem; /* holds this */
    struct store *store;
    struct reading_order order;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    atomic_bool stopping;
    int64_t rush_until; /* by clock_steady(): files have just come in */
    bool has_missed; /* the program for PDF was missing the last time */
};

/* --- One file ------------------------------------------------------------------------------------------------------------------ */

static const char *judge(const struct attachment_look *look, const char **ret_reason) {
    if (!look->size || !reading_kind(look->media_type, look->name)) return "nothing";
    if (look->size <= FILE_MOST) return "waiting";
    *ret_reason = "too_large";
    return "refused";
}

static bool settle(struct text_reader *reader, const struct attachment_claim *claim, const struct reading_result *result, struct error *err) {
    struct attachment_reading reading = {.claim = *claim, .state = text_of(result->state), .reason = text_of(result->reason), .text = result->text};
    return attachment_text_settle(reader->store, &reading, err);
}

/* What has come to nothing so often is given up, whatever became of who tried. */
static bool give_up(struct text_reader *reader, const struct attachment_claim *claim, const char *reason, struct error *err) {
    struct attachment_reading reading = {.claim = *claim, .reason = text_of(reason), .is_given_up = true};
    return attachment_text_settle(reader->store, &reading, err);
}

static bool put_off(struct text_reader *reader, const struct attachment_claim *claim, const struct reading_result *result, struct error *err) {
    if (result->is_attempt && claim->attempts >= ATTEMPTS) return give_up(reader, claim, result->reason, err);
    bool is_missing = !result->is_attempt && result->reason;
    if (is_missing && !reader->has_missed) log_line(LOG_WARNING, "PDF can't be read: %s is missing", reader->order.pdftotext);
    reader->has_missed |= is_missing;
    return attachment_text_put_off(reader->store, claim, result->reason, !result->reason ? 0 : is_missing ? HOUR : AGAIN, result->is_attempt, err);
}

/* The fault is not the file's: there is no process to be had, or the disk can't be read. */
static bool set_aside(struct text_reader *reader, const struct attachment_claim *claim, struct error *err) {
    log_error(err, "reading attachment %" PRId64, claim->id.value);
    *err = (struct error){0};
    return attachment_text_put_off(reader->store, claim, NULL, MUCH_LATER, false, err);
}

static bool read_file(struct text_reader *reader, struct arena *mem, const struct attachment_claim *claim, struct error *err) {
    struct reading_result result = {0};
    const char *kind = reading_kind(claim->media_type, claim->name);
    if (claim->attempts > ATTEMPTS || !kind) return give_up(reader, claim, "failed", err);
    if (claim->is_known) return settle(reader, claim, &result, err);
    if (!reading_do(&reader->order, mem, claim->hash, kind, &result, err)) return set_aside(reader, claim, err);
    if (!result.state) return put_off(reader, claim, &result, err);
    reader->has_missed &= strcmp(kind, "pdf") != 0;
    return settle(reader, claim, &result, err);
}

/* The lease is longer than the slowest reading, so that nobody else begins while it goes on. */
static bool take_step(struct text_reader *reader, bool *ret_found, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    struct attachment_claim claim;
    if (!attachment_texts_look(reader->store, judge, ret_found, err)) return error_context(err, "looking for files");
    if (*ret_found) {
        reader->rush_until = clock_steady() + RUSH;
        return true;
    }
    if (!attachment_text_claim(reader->store, &mem, ((CAGE_PATIENCE + 1) * reader->order.seconds + 5) * SECOND, &claim, err)) return false;
    *ret_found = claim.id.value != 0;
    return !*ret_found || read_file(reader, &mem, &claim, err);
}

/* --- The thread ---------------------------------------------------------------------------------------------------------------- */

static bool rest(struct text_reader *reader, int64_t pause) {
    pthread_mutex_lock(&reader->lock);
    if (!atomic_load(&reader->stopping)) condition_wait(&reader->changed, &reader->lock, pause);
    pthread_mutex_unlock(&reader->lock);
    return !atomic_load(&reader->stopping);
}

/* While letters arrive, the processors are theirs: then no more than one file in a second. */
static int64_t breath(const struct text_reader *reader) {
    return clock_steady() < reader->rush_until ? SECOND : BREATH;
}

static void *run(void *argument) {
    struct text_reader *reader = argument;
    int64_t pause = POLL;
    while (rest(reader, pause)) {
        struct error err = {0};
        bool found = false;
        bool ok = take_step(reader, &found, &err);
        if (!ok) log_error(&err, "reading attached files");
        pause = !ok ? PAUSE : found ? breath(reader) : POLL;
    }
    return NULL;
}

bool texts_start(const struct texts_options *options, struct text_reader **ret, struct error *err) {
    struct arena mem = {0};
    struct text_reader *reader = arena_alloc(&mem, sizeof *reader);
    *reader = (struct text_reader){.mem = mem, .store = options->store};
    reader->order = (struct reading_order){.files = options->files, .pdftotext = options->pdftotext, .seconds = options->seconds,
                                           .stopping = &reader->stopping};
    if (texts_reads_pdf(reader) && !attachment_texts_hasten(options->store, NO_PROGRAM, err)) {
        arena_free(&mem);
        return false;
    }
    pthread_mutex_init(&reader->lock, NULL);
    condition_make(&reader->changed);
    if (pthread_create(&reader->thread, NULL, run, reader) != 0) {
        arena_free(&mem);
        return error_set(err, ERR_INTERNAL, "the thread that reads files can't be started");
    }
    *ret = reader;
    return true;
}

void texts_stop(struct text_reader *reader) {
    if (!reader) return;
    pthread_mutex_lock(&reader->lock);
    atomic_store(&reader->stopping, true);
    pthread_cond_signal(&reader->changed);
    pthread_mutex_unlock(&reader->lock);
    pthread_join(reader->thread, NULL);
    pthread_cond_destroy(&reader->changed);
    pthread_mutex_destroy(&reader->lock);
    struct arena mem = reader->mem;
    arena_free(&mem);
}

bool texts_reads_pdf(const struct text_reader *reader) {
    return access(reader->order.pdftotext, X_OK) == 0;
}

bool texts_metrics(const struct text_reader *reader, struct tx *tx, struct buffer *out, struct error *err) {
    int64_t waiting, put_off;
    if (!attachment_texts_count(tx, &waiting, &put_off, err)) return false;
    buffer_printf(out, "# TYPE theke_attachment_texts_waiting gauge\ntheke_attachment_texts_waiting %" PRId64 "\n", waiting);
    buffer_printf(out, "# TYPE theke_attachment_texts_put_off gauge\ntheke_attachment_texts_put_off %" PRId64 "\n", put_off);
    buffer_printf(out, "# TYPE theke_reads_pdf gauge\ntheke_reads_pdf %d\n", texts_reads_pdf(reader));
    return true;
}
