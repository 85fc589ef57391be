/* The thread that changes the tickets of bulk edits, and takes them back: some in one transaction, then others get their turn. */
#include "base/clock.h"
#include "base/log.h"
#include "base/wait.h"
#include "modules/bulk/bulk_private.h"
#include "modules/people/people.h"

#include <pthread.h>

static const int64_t POLL = 250 * 1000LL, PAUSE = 2 * SECOND, HOLD = 20 * 1000LL; /* so long at most others wait for the writer */
enum { BATCH = 100, ATTEMPTS = 3 };

struct bulk_runner {
    struct arena mem; /* holds this */
    struct store *store;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int64_t tidied_at;
    int careful, attempts;       /* so many tickets more are taken one by one; how often the same one has failed */
    bool stopping;
};

/* What is done in one transaction. */
struct turn {
    int64_t limit, done;          /* tickets */
    int64_t bulk;
    ticket_id ticket;             /* the last that was begun; stays known when the transaction fails */
    const char *error;            /* it is put aside for this reason, and nothing else is done */
};

/* --- One ticket ---------------------------------------------------------------------------------------------------------- */

/* Whose rights hold: of whoever began it, or takes it back. Read once for all tickets of one turn. */
struct job {
    const struct sql_bulk_row_row *bulk;
    struct bulk_deed deed;
    struct undoing undoing;
    struct actor actor;
};

static bool begin_job(struct tx *tx, int64_t id, struct job *job, struct error *err) {
    bool known;
    if (!sql_bulk_row(tx, &tx->mem, &(struct sql_bulk_row){.bulk_id = id}, &job->bulk, err)) return false;
    if (!job->bulk) return error_set(err, ERR_INTERNAL, "bulk edit %" PRId64 " is gone", id);
    bool returns = job->bulk->undone_by_id != 0;
    staff_id staff = returns ? (staff_id){job->bulk->undone_by_id} : job->bulk->staff_id;
    if (!actor_load(tx, &tx->mem, staff, &job->actor, &known, err)) return false;
    job->undoing = (struct undoing){.tx = tx, .mem = &tx->mem, .actor = ACTOR_STAFF, .actor_id = staff.value};
    if (returns && !operation_find(tx, &tx->mem, job->bulk->operation_id, &job->undoing.operation, err)) return false;
    job->deed = (struct bulk_deed){
        .tx = tx, .actor = known ? &job->actor : NULL, .actions = job->bulk->actions,
        .doer = {.kind = ACTOR_STAFF, .id = staff.value, .cause = text_printf(&tx->mem, "bulk %" PRId64, id)},
    };
    return true;
}

static bool change_one(struct job *job, const struct sql_bulk_take_row *item, struct error *err) {
    struct bulk_deed *deed = &job->deed;
    struct sql_bulk_settle in = {.bulk_id = item->bulk_id, .ticket_id = item->ticket_id, .state = text_of("done")};
    if (!bulk_plan(deed, item->ticket_id, err)) return false;
    bool idle = !deed->refused && !deed->changes.data && !deed->plan.note.data;
    if (deed->refused) in.state = text_of("failed");
    else if (idle) in.state = text_of("unchanged");
    else if (!bulk_do(deed, &in.data, &in.version, err)) return false;
    in.error = text_of(deed->refused);
    return sql_bulk_settle(deed->tx, &in, NULL, err);
}

static bool return_one(struct job *job, const struct sql_bulk_take_row *item, struct error *err) {
    struct bulk_deed *deed = &job->deed;
    if (!bulk_undo(deed, &job->undoing, item->ticket_id, item->data, err)) return false;
    const struct sql_bulk_give_back in = {.bulk_id = item->bulk_id, .ticket_id = item->ticket_id,
                                          .state = text_of(deed->refused ? "kept" : "returned"), .error = text_of(deed->refused)};
    return sql_bulk_give_back(deed->tx, &in, NULL, err);
}

/* --- A turn -------------------------------------------------------------------------------------------------------------- */

static bool finish(struct tx *tx, int64_t bulk, struct error *err) {
    struct sql_bulk_hold_rows held;
    return sql_bulk_hold(tx, &tx->mem, &(struct sql_bulk_hold){.bulk_id = bulk}, &held, err)
           && sql_bulk_finish(tx, &(struct sql_bulk_finish){.bulk_id = bulk, .finished_at = tx->now}, NULL, err);
}

static bool put_aside(struct tx *tx, const struct turn *turn, struct error *err) {
    const struct sql_bulk_give_back in = {.bulk_id = turn->bulk, .ticket_id = turn->ticket, .state = text_of("failed"), .error = text_of(turn->error)};
    return sql_bulk_give_back(tx, &in, NULL, err) && finish(tx, turn->bulk, err);
}

static bool take_turn(struct tx *tx, void *argument, struct error *err) {
    struct turn *turn = argument;
    struct sql_bulk_take_rows rows;
    struct job job = {0};
    int64_t started = clock_steady();
    turn->done = 0;
    if (turn->error) return put_aside(tx, turn, err);
    if (!sql_bulk_take(tx, &tx->mem, &(struct sql_bulk_take){.limit = turn->limit}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count && clock_steady() - started < HOLD; i++) {
        const struct sql_bulk_take_row *item = &rows.at[i];
        bool is_next = !job.bulk || job.bulk->bulk_id != item->bulk_id;
        if (is_next && job.bulk && !finish(tx, job.bulk->bulk_id, err)) return false;
        turn->bulk = item->bulk_id;
        turn->ticket = item->ticket_id;
        if (is_next && !begin_job(tx, item->bulk_id, &job, err)) return false;
        if (!(text_is(item->state, "pending") ? change_one(&job, item, err) : return_one(&job, item, err))) return false;
        turn->done++;
    }
    return !job.bulk || finish(tx, job.bulk->bulk_id, err);
}

/* --- The thread ---------------------------------------------------------------------------------------------------------- */

static bool has_next(struct store *store, bool *ret_has, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    const struct sql_bulk_next_row *next;
    if (!store_read(store, &tx, err) || !sql_bulk_next(&tx, &tx.mem, &next, err)) return false;
    *ret_has = next != NULL;
    return true;
}

/* What the store could not take is tried again ticket by ticket; one that fails again and again is put aside in sight, and the others
 * go on. */
static bool step(struct bulk_runner *runner, struct turn *turn) {
    struct error err = {0};
    bool has = false;
    if (has_next(runner->store, &has, &err) && !has) return false;
    ticket_id last = turn->ticket;
    turn->limit = runner->careful ? 1 : BATCH;
    if (!err.code && store_write(runner->store, take_turn, turn, &err)) {
        if (runner->careful) runner->careful--;
        runner->attempts = 0;
        turn->error = NULL;
        return true;
    }
    log_error(&err, "changing ticket %" PRId64 " in bulk edit %" PRId64, turn->ticket.value, turn->bulk);
    runner->attempts = runner->careful && turn->ticket.value == last.value ? runner->attempts + 1 : 1;
    runner->careful = BATCH;
    turn->error = runner->attempts > ATTEMPTS ? "failed" : NULL;
    return false;
}

static bool purge(struct tx *tx, void *argument, struct error *err) {
    return sql_bulk_purge(tx, &(struct sql_bulk_purge){.before_at = *(int64_t *)argument}, NULL, err);
}

/* What can be taken back no more is thrown away. */
static void tidy(struct bulk_runner *runner) {
    SCOPED(tx_end) struct tx tx = {0};
    struct error err = {0};
    const struct sql_bulk_old_row *old = NULL;
    if (runner->tidied_at && clock_steady() < runner->tidied_at + HOUR) return;
    runner->tidied_at = clock_steady();
    int64_t before = clock_now() - BULK_DAYS * DAY;
    if (!store_read(runner->store, &tx, &err) || !sql_bulk_old(&tx, &tx.mem, &(struct sql_bulk_old){.before_at = before}, &old, &err)
        || (old && !store_write(runner->store, purge, &before, &err)))
        log_error(&err, "throwing away old bulk edits");
}

static bool rest(struct bulk_runner *runner, int64_t pause) {
    pthread_mutex_lock(&runner->lock);
    if (!runner->stopping && pause) condition_wait(&runner->changed, &runner->lock, pause);
    bool stopping = runner->stopping;
    pthread_mutex_unlock(&runner->lock);
    return !stopping;
}

static void *run(void *argument) {
    struct bulk_runner *runner = argument;
    struct turn turn = {0};
    bool more = true;
    while (rest(runner, more ? 0 : runner->attempts ? PAUSE : POLL)) {
        more = step(runner, &turn);
        if (!more) tidy(runner);
    }
    return NULL;
}

bool bulk_start(struct store *store, struct bulk_runner **ret_runner, struct error *err) {
    struct arena mem = {0};
    struct bulk_runner *runner = arena_alloc(&mem, sizeof *runner);
    *runner = (struct bulk_runner){.mem = mem, .store = store};
    pthread_mutex_init(&runner->lock, NULL);
    condition_make(&runner->changed);
    if (pthread_create(&runner->thread, NULL, run, runner) != 0) {
        arena_free(&mem);
        return error_set(err, ERR_INTERNAL, "the thread for bulk edits can't be started");
    }
    *ret_runner = runner;
    return true;
}

void bulk_stop(struct bulk_runner *runner) {
    if (!runner) return;
    pthread_mutex_lock(&runner->lock);
    runner->stopping = true;
    pthread_cond_signal(&runner->changed);
    pthread_mutex_unlock(&runner->lock);
    pthread_join(runner->thread, NULL);
    pthread_cond_destroy(&runner->changed);
    pthread_mutex_destroy(&runner->lock);
    struct arena mem = runner->mem;
    arena_free(&mem);
}
