/* The thread that turns accepted letters into messages: in the order they came, several on the way at once. With SQLite the writer's
 * thread commits in groups while the next ones are being read. With PostgreSQL each letter is a transaction that mostly waits for
 * answers: several are placed beside each other, those of one conversation in their order. */
#include "channels/intake/lanes.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/wait.h"

#include <pthread.h>

#include <jansson.h>

enum { BATCH = 32, BATCH_BYTES = 16 << 20, CRASHES = 3, TRIES = 10, LONG_TRIES = 2000, HANDS = 4 };
static const int64_t LEASE = 120 * 1000000LL, PAUSE_LIMIT = 600 * 1000000LL, POLL = 250 * 1000LL, CARE_EVERY = 2 * 1000000LL;

struct batch;

/* One letter under way. */
struct job {
    struct arena mem;
    struct mail_row row;
    struct prepared prepared;
    struct placing placing;
    struct batch *batch;
    struct error err;
    bool is_prepared, is_placed;
};

struct batch {
    const struct intake_options *options;
    struct arena mem;
    struct job jobs[BATCH];
    size_t count;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t under_way;
    size_t lanes[BATCH]; /* by job: the first job of its lane */
    void (*work)(struct batch *batch, size_t i); /* what all hands do */
    size_t next;     /* the job that the next free hand takes */
    bool has_lost;   /* a letter that could not even be set aside: it stays leased */
};

struct intake {
    struct intake_options options;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool woken, stopping, running;
    int64_t cared_at, wall;     /* see take_care */
    bool has_failed;            /* letters may be leased that nobody is about */
};

/* --- Taking ------------------------------------------------------------------------------------------------------- */

static const struct text *texts_of(struct arena *mem, struct text json, size_t *ret_count) {
    json_t *root = json_loadb(json.data ? json.data : "[]", json.data ? json.size : 2, 0, NULL);
    size_t count = json_array_size(root);
    struct text *at = arena_array(mem, count, sizeof *at);
    for (size_t i = 0; i < count; i++) {
        const json_t *element = json_array_get(root, i);
        at[i] = text_copy(mem, text_from(json_string_value(element), json_string_length(element)));
    }
    json_decref(root);
    *ret_count = count;
    return at;
}

static void job_from(struct job *job, struct batch *batch, const struct sql_mail_in_due_row *due) {
    job->batch = batch;
    job->row = (struct mail_row){.id = due->mail_id, .attempts = due->attempts, .received_at = due->received_at, .crashes = due->crashes,
                                 .failures = due->failures,
                                 .raw_hash = text_copy(&batch->mem, due->raw_hash), .content_key = text_copy(&batch->mem, due->content_key),
                                 .sender = text_copy(&batch->mem, due->sender), .mailbox = due->mailbox_id};
    job->row.recipients = texts_of(&batch->mem, due->recipients, &job->row.recipient_count);
}

/* As many as fit the memory that is meant for letters. One that was under way when the program ended, or has failed, comes alone:
 * so only the one that ends the program is held guilty, and three restarts at a bad moment park nobody. */
static bool take(struct tx *tx, void *argument, struct error *err) {
    struct batch *batch = argument;
    struct sql_mail_in_due_rows rows;
    batch->count = 0;
    if (!sql_mail_in_due(tx, &tx->mem, &(struct sql_mail_in_due){.now_at = tx->now, .limit = BATCH}, &rows, err)) return false;
    int64_t bytes = 0;
    for (size_t i = 0; i < rows.count; i++) {
        bool alone = rows.at[i].attempts > 0;
        bytes += rows.at[i].size;
        if (i > 0 && (alone || bytes > BATCH_BYTES)) break;
        const struct sql_mail_in_lease lease = {.mail_id = rows.at[i].mail_id, .next_at = tx->now + LEASE, .alone = alone,
                                             .leased_by = store_process(tx->store)};
        if (!sql_mail_in_lease(tx, &lease, NULL, err)) return false;
        job_from(&batch->jobs[batch->count++], batch, &rows.at[i]);
        if (alone) break;
    }
    return true;
}

/* --- What fails --------------------------------------------------------------------------------------------------- */

/* No fault of the letter's: it is tried for as long as that takes. */
static bool is_outage(enum error_code code) {
    return code == ERR_BUSY || code == ERR_DEADLINE || code == ERR_NO_ROOM;
}

/* Most likely none of the letter's, such as files that are away; for more than a day it is tried all the same. */
static bool is_trouble(enum error_code code) {
    return code == ERR_IO || code == ERR_STORE || code == ERR_NOT_FOUND;
}

static bool is_hopeless(const struct job *job) {
    enum error_code code = job->err.code;
    if (is_outage(code)) return false;
    if (is_trouble(code)) return job->row.attempts + 1 >= LONG_TRIES;
    return code == ERR_INVALID || code == ERR_TOO_LARGE || code == ERR_MALFORMED || job->row.failures + 1 >= TRIES;
}

static bool try_later(struct tx *tx, const struct job *job, struct text reason, struct error *err) {
    bool blameless = is_outage(job->err.code) || is_trouble(job->err.code);
    int64_t pause = SECOND << (job->row.attempts < 10 ? job->row.attempts : 10), limit = blameless ? MINUTE : PAUSE_LIMIT;
    const struct sql_mail_in_retry in = {.mail_id = job->row.id, .reason = reason, .failed = !blameless, .leased_by = store_process(tx->store),
                                         .next_at = tx->now + (pause < limit ? pause : limit)};
    return sql_mail_in_retry(tx, &in, NULL, err);
}

static bool set_aside(struct tx *tx, void *argument, struct error *err) {
    const struct job *job = argument;
    struct text reason = text_cut(text_of(job->err.message), 400);
    if (!is_hopeless(job)) return try_later(tx, job, reason, err);
    const struct letter *letter = job->prepared.letter;
    struct sql_mail_in_park in = {
        .reason = reason,
        .from_address = letter && letter->from.count ? letter->from.at[0].address : job->row.sender,
        .subject = letter ? text_cut(letter->subject, 400) : (struct text){0},
    };
    return mail_park(tx, &job->row, &in, "error", err);
}

static void fail_job(struct job *job) {
    struct error err = {0};
    log_error(&job->err, "mail %" PRId64, job->row.id);
    if (store_write(job->batch->options->store, set_aside, job, &err)) return;
    job->batch->has_lost = true;
    log_error(&err, "mail %" PRId64 " can't be set aside", job->row.id);
}

/* --- Working ------------------------------------------------------------------------------------------------------ */

static void placed(void *argument, const struct error *err) {
    struct job *job = argument;
    struct batch *batch = job->batch;
    pthread_mutex_lock(&batch->lock);
    job->err = *err;
    job->is_placed = err->code == ERR_NONE;
    batch->under_way--;
    pthread_cond_signal(&batch->changed);
    pthread_mutex_unlock(&batch->lock);
}

static bool place_job(struct tx *tx, void *argument, struct error *err) {
    return letter_place(tx, &((struct job *)argument)->placing, err);
}

static void submit(struct job *job) {
    struct batch *batch = job->batch;
    struct error err = {0};
    job->placing = (struct placing){.options = batch->options, .row = &job->row, .prepared = &job->prepared};
    pthread_mutex_lock(&batch->lock);
    batch->under_way++;
    pthread_mutex_unlock(&batch->lock);
    if (store_write_later(batch->options->store, place_job, placed, job, &err)) return;
    placed(job, &err);
}

/* A letter that was alone under way again and again without ever coming to an end has ended the program each time. */
static void prepare(struct batch *batch, size_t i) {
    struct job *job = &batch->jobs[i];
    if (job->row.crashes >= CRASHES)
        error_set_key(&job->err, ERR_INVALID, "mail_crashes", "reading this letter ended the program %" PRId64 " times", job->row.crashes);
    else job->is_prepared = letter_prepare(batch->options, &job->mem, &job->row, &job->prepared, &job->err);
}

/* Until all are placed, or have failed. */
static void await(struct batch *batch) {
    pthread_mutex_lock(&batch->lock);
    while (batch->under_way > 0) pthread_cond_wait(&batch->changed, &batch->lock);
    pthread_mutex_unlock(&batch->lock);
}

static void work_in_turn(struct batch *batch) {
    for (size_t i = 0; i < batch->count; i++) {
        prepare(batch, i);
        if (batch->jobs[i].is_prepared) submit(&batch->jobs[i]);
    }
    await(batch);
}

/* --- Beside each other -------------------------------------------------------------------------------------------- */

static void *lend_hand(void *argument) {
    struct batch *batch = argument;
    for (;;) {
        pthread_mutex_lock(&batch->lock);
        size_t i = batch->next++;
        pthread_mutex_unlock(&batch->lock);
        if (i >= batch->count) return NULL;
        batch->work(batch, i);
    }
}

/* The calling thread is one of the hands; fewer come when there are no more threads. */
static void with_all_hands(struct batch *batch, void (*work)(struct batch *batch, size_t i)) {
    pthread_t hands[HANDS - 1];
    size_t count = 0;
    batch->work = work;
    batch->next = 0;
    while (count < COUNT_OF(hands) && count + 1 < batch->count && pthread_create(&hands[count], NULL, lend_hand, batch) == 0) count++;
    lend_hand(batch);
    while (count > 0) pthread_join(hands[--count], NULL);
}

static void place_lane(struct batch *batch, size_t lane) {
    for (size_t i = lane; i < batch->count; i++)
        if (batch->lanes[i] == lane && batch->jobs[i].is_prepared) submit(&batch->jobs[i]);
}

static void work_beside(struct batch *batch) {
    struct lane_letter letters[BATCH];
    with_all_hands(batch, prepare);
    for (size_t i = 0; i < batch->count; i++) {
        const struct job *job = &batch->jobs[i];
        letters[i] = (struct lane_letter){&job->row, job->is_prepared ? &job->prepared : NULL};
    }
    lanes_of(&batch->mem, letters, batch->count, batch->lanes);
    with_all_hands(batch, place_lane);
    await(batch);
}

static void work_batch(struct batch *batch) {
    if (store_dialect(batch->options->store) == DIALECT_POSTGRESQL && batch->count > 1) work_beside(batch);
    else work_in_turn(batch);
    for (size_t i = 0; i < batch->count; i++) {
        struct job *job = &batch->jobs[i];
        if (!job->is_placed) fail_job(job);
        arena_free(&job->mem);
        memset(job, 0, sizeof *job);
    }
    arena_free(&batch->mem);
}

static bool is_stopping(struct intake *intake) {
    if (!intake) return false;
    pthread_mutex_lock(&intake->lock);
    bool stopping = intake->stopping;
    pthread_mutex_unlock(&intake->lock);
    return stopping;
}

/* intake: may end it between two batches; NULL: nobody. */
static bool work_off(const struct intake_options *options, struct intake *intake, int64_t *ret_count, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    struct batch *batch = arena_alloc(&mem, sizeof *batch);
    *batch = (struct batch){.options = options, .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    *ret_count = 0;
    do {
        if (!store_write(options->store, take, batch, err)) return error_context(err, "taking mail");
        *ret_count += (int64_t)batch->count;
        if (batch->count) work_batch(batch);
    } while (batch->count && !batch->has_lost && !is_stopping(intake));
    return !batch->has_lost || error_set(err, ERR_BUSY, "the store does not take what became of letters");
}

bool intake_work(const struct intake_options *options, int64_t *ret_count, struct error *err) {
    return work_off(options, NULL, ret_count, err);
}

/* --- The thread ------------------------------------------------------------------------------------------------------ */

static bool is_due(struct intake *intake) {
    SCOPED(tx_end) struct tx tx = {0};
    struct error err = {0};
    const struct sql_mail_in_waiting_count_row *row;
    if (!store_read(intake->options.store, &tx, &err) || !sql_mail_in_waiting_count(&tx, &tx.mem, &row, &err)) return false;
    return row->count > 0 && row->oldest_at <= tx.now;
}

/* False when it is time to go. */
static bool wait_for_work(struct intake *intake) {
    pthread_mutex_lock(&intake->lock);
    if (!intake->woken && !intake->stopping) condition_wait(&intake->changed, &intake->lock, POLL);
    intake->woken = false;
    bool goes_on = !intake->stopping;
    pthread_mutex_unlock(&intake->lock);
    return goes_on;
}

static bool recover(struct tx *tx, void *argument, struct error *err) {
    struct sql_mail_in_holders_rows rows;
    if (!sql_mail_in_holders(tx, &tx->mem, &(struct sql_mail_in_holders){.now_at = tx->now}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        bool gone;
        if (!store_process_is_gone(tx, rows.at[i].process, &gone, err)) return false;
        if (gone && !sql_mail_in_recover(tx, &(struct sql_mail_in_recover){.now_at = tx->now, .process = rows.at[i].process}, NULL, err)) return false;
    }
    return true;
}

static bool hasten(struct tx *tx, void *argument, struct error *err) {
    return sql_mail_in_hasten(tx, &(struct sql_mail_in_hasten){.now_at = tx->now}, NULL, err);
}

static bool untake(struct tx *tx, void *argument, struct error *err) {
    const struct sql_mail_in_untake in = {.now_at = tx->now, .leased_by = store_process(tx->store)};
    return sql_mail_in_untake(tx, &in, NULL, err);
}

/* Now and then: takes over from processes that are gone, and lets nothing wait that a clock set back has moved far away. */
static void take_care(struct intake *intake) {
    struct error err = {0};
    if (intake->has_failed && store_write(intake->options.store, untake, NULL, &err)) intake->has_failed = false;
    if (clock_steady() - intake->cared_at < CARE_EVERY) return;
    intake->cared_at = clock_steady();
    if (store_knows_the_dead(intake->options.store) && !store_write(intake->options.store, recover, NULL, &err)) log_error(&err, "intake: taking over");
    if (clock_set_back(&intake->wall) && !store_write(intake->options.store, hasten, NULL, &err))
        log_error(&err, "intake: after the clock was set back");
}

static void *run(void *argument) {
    struct intake *intake = argument;
    int64_t count;
    bool failing = false;
    do {
        struct error err = {0};
        take_care(intake);
        if (!is_due(intake)) continue;
        bool ok = work_off(&intake->options, intake, &count, &err);
        if (!ok && !failing) log_error(&err, "intake");
        failing = !ok;
        intake->has_failed = intake->has_failed || !ok;
        if (ok && count && intake->options.sent) intake->options.sent(intake->options.context);
    } while (wait_for_work(intake));
    return NULL;
}

bool intake_start(const struct intake_options *options, struct intake **ret_intake, struct error *err) {
    /* With PostgreSQL another process may be at work on what it took. */
    if (store_dialect(options->store) == DIALECT_SQLITE && !store_write(options->store, recover, NULL, err)) return false;
    if (!store_write(options->store, hasten, NULL, err)) return false;
    struct intake *intake = calloc(1, sizeof *intake);
    if (!intake) return error_set(err, ERR_INTERNAL, "no memory for the intake");
    intake->options = *options;
    pthread_mutex_init(&intake->lock, NULL);
    condition_make(&intake->changed);
    if (pthread_create(&intake->thread, NULL, run, intake) != 0) {
        free(intake);
        return error_set(err, ERR_INTERNAL, "the intake's thread can't be started");
    }
    *ret_intake = intake;
    return true;
}

void intake_wake(struct intake *intake) {
    pthread_mutex_lock(&intake->lock);
    intake->woken = true;
    pthread_cond_signal(&intake->changed);
    pthread_mutex_unlock(&intake->lock);
}

void intake_prepare_stop(struct intake *intake) {
    pthread_mutex_lock(&intake->lock);
    intake->stopping = true;
    pthread_cond_signal(&intake->changed);
    pthread_mutex_unlock(&intake->lock);
}

void intake_stop(struct intake *intake) {
    if (!intake) return;
    intake_prepare_stop(intake);
    pthread_join(intake->thread, NULL);
    pthread_cond_destroy(&intake->changed);
    pthread_mutex_destroy(&intake->lock);
    free(intake);
}
