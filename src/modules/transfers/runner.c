/* The thread that looks at the rows of imports and takes them in: some in one transaction, then others get their turn. */
#include "base/clock.h"
#include "base/log.h"
#include "base/wait.h"
#include "modules/transfers/transfers_private.h"

#include <jansson.h>
#include <pthread.h>

static const int64_t POLL = 250 * 1000LL, PAUSE = 2 * SECOND;
/* So long at most others wait for SQLite's writer; on PostgreSQL they wait only for the same persons. */
static const int64_t HOLD = 20 * 1000LL, LONG_HOLD = 250 * 1000LL;
enum { BATCH = 100, ATTEMPTS = 3 };

struct import_runner {
    struct arena mem; /* holds this */
    struct store *store;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int64_t tidied_at;
    int careful, attempts;        /* so many rows more are taken one by one; how often the same one has failed */
    bool stopping;
};

/* What is done in one transaction. */
struct turn {
    int64_t limit, import, line;  /* rows; the last that was begun: stays known when the transaction fails */
    bool puts_aside;              /* that one, and nothing else is done */
    bool found;                   /* an import that no other process was at */
};

/* --- A turn ------------------------------------------------------------------------------------------------------------------ */

static bool finish(struct tx *tx, const struct sql_import_take_row *import, const char *state, const char *error, struct error *err) {
    bool is_over = !text_is(import->state, "checking");
    const struct sql_import_move in = {.import_id = import->import_id, .from_state = import->state, .state = text_of(state), .error = text_of(error),
                                       .finished_at = is_over || error ? tx->now : 0};
    const struct sql_import_counts_row *counts;
    if (error && !sql_import_cancel_rows(tx, &(struct sql_import_cancel_rows){.import_id = in.import_id}, NULL, err)) return false;
    if (!sql_import_move(tx, &in, NULL, err)) return false;
    if (!is_over) return true;
    if (!sql_import_counts(tx, &tx->mem, &(struct sql_import_counts){.import_id = in.import_id}, &counts, err)) return false;
    event_record(tx, &(struct event){
        .kind = "person.imported", .actor = ACTOR_STAFF, .actor_id = import->staff_id.value, .scope = "staff",
        .data = text_printf(&tx->mem, "{\"import\":%" PRId64 ",\"made\":%" PRId64 ",\"changed\":%" PRId64 ",\"refused\":%" PRId64 ",\"cancelled\":%" PRId64 "}",
                            in.import_id, counts->made, counts->changed, counts->refused, counts->cancelled)});
    return true;
}

static void read_targets(struct tx *tx, struct text columns, struct import_work *work) {
    json_auto_t *list = json_loadb(columns.data, columns.size, 0, NULL);
    enum target *targets = arena_array(&tx->mem, json_array_size(list) + 1, sizeof *targets);
    for (size_t i = 0; i < json_array_size(list); i++) targets[i] = target_find(text_of(json_string_value(json_array_get(list, i))));
    work->targets = targets;
    work->target_count = json_array_size(list);
}

static bool settle(struct tx *tx, const struct turn *turn, const struct row_found *found, struct error *err) {
    const struct sql_import_settle in = {.import_id = turn->import, .line = turn->line, .state = text_of(found->state), .person_id = found->person,
                                         .detail = found->detail};
    return sql_import_settle(tx, &in, NULL, err);
}

/* What is looked at, or what was found new or changed by then. */
static bool due(struct tx *tx, const struct import_work *work, int64_t limit, struct sql_import_rows_due_rows *ret, struct error *err) {
    const struct sql_import_rows_unseen unseen = {.import_id = work->import, .limit = limit};
    struct sql_import_rows_unseen_rows rows;
    if (!work->is_trial) return sql_import_rows_due(tx, &tx->mem, &(struct sql_import_rows_due){.import_id = work->import, .limit = limit}, ret, err);
    if (!sql_import_rows_unseen(tx, &tx->mem, &unseen, &rows, err)) return false;
    struct sql_import_rows_due_row *at = arena_array(&tx->mem, rows.count + 1, sizeof *at);
    for (size_t i = 0; i < rows.count; i++) at[i] = (struct sql_import_rows_due_row){.line = rows.at[i].line, .cells = rows.at[i].cells};
    *ret = (struct sql_import_rows_due_rows){.count = rows.count, .at = at};
    return true;
}

static bool do_rows(struct tx *tx, struct turn *turn, const struct sql_import_take_row *import, bool *ret_more, struct error *err) {
    struct text cause = text_printf(&tx->mem, "import %" PRId64, import->import_id);
    struct import_work work = {.tx = tx, .import = import->import_id, .is_trial = text_is(import->state, "checking"),
                               .doer = {.kind = ACTOR_STAFF, .id = import->staff_id.value, .cause = cause}};
    struct sql_import_rows_due_rows rows;
    int64_t until = clock_steady() + (store_dialect(tx->store) == DIALECT_SQLITE ? HOLD : LONG_HOLD);
    work.existing = text_is(import->existing, "overwrite") ? EXISTING_OVERWRITE : text_is(import->existing, "skip") ? EXISTING_SKIP : EXISTING_FILL;
    read_targets(tx, import->columns, &work);
    if (!due(tx, &work, turn->limit, &rows, err)) return false;
    for (size_t i = 0; i < rows.count && clock_steady() < until; i++) {
        struct row_found found;
        turn->line = rows.at[i].line;
        if (!row_do(&work, turn->line, rows.at[i].cells, &found, err) || !settle(tx, turn, &found, err)) return false;
    }
    *ret_more = rows.count > 0;
    return true;
}

static bool may_go_on(struct tx *tx, staff_id staff, bool *ret_may, struct error *err) {
    struct actor actor;
    bool known;
    if (!actor_load(tx, &tx->mem, staff, &actor, &known, err)) return false;
    *ret_may = known && actor_may(&actor, CAN_PEOPLE_IMPORT) && actor_may(&actor, CAN_PEOPLE_READ) && actor_may(&actor, CAN_PEOPLE_CHANGE);
    return true;
}

static bool take_turn(struct tx *tx, void *argument, struct error *err) {
    struct turn *turn = argument;
    const struct sql_import_take_row *import;
    bool may = false, more = false;
    turn->found = true;
    if (turn->puts_aside)
        return settle(tx, turn, &(struct row_found){.state = "refused", .detail = row_refusal(&tx->mem, "failed")}, err);
    if (!sql_import_take(tx, &tx->mem, &import, err)) return false;
    turn->found = import;
    if (!import) return true;
    turn->import = import->import_id;
    if (!may_go_on(tx, import->staff_id, &may, err)) return false;
    if (!may) return finish(tx, import, "stopped", "forbidden", err);
    if (!do_rows(tx, turn, import, &more, err)) return false;
    return more || finish(tx, import, text_is(import->state, "checking") ? "checked" : "done", NULL, err);
}

/* --- The thread -------------------------------------------------------------------------------------------------------------- */

static bool has_next(struct store *store, bool *ret_has, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    const struct sql_import_next_row *next;
    if (!store_read(store, &tx, err) || !sql_import_next(&tx, &tx.mem, &next, err)) return false;
    *ret_has = next != NULL;
    return true;
}

/* What the store could not take is tried again row by row; one that fails again and again is put aside in sight, and the others go on. */
static bool step(struct import_runner *runner, struct turn *turn) {
    struct error err = {0};
    bool has = false;
    if (has_next(runner->store, &has, &err) && !has) return false;
    int64_t last = turn->line;
    turn->limit = runner->careful ? 1 : BATCH;
    if (!err.code && store_write(runner->store, take_turn, turn, &err)) {
        if (runner->careful) runner->careful--;
        runner->attempts = 0;
        turn->puts_aside = false;
        return turn->found;
    }
    log_error(&err, "row %" PRId64 " of import %" PRId64, turn->line, turn->import);
    runner->attempts = runner->careful && turn->line == last ? runner->attempts + 1 : 1;
    runner->careful = BATCH;
    turn->puts_aside = runner->attempts > ATTEMPTS;
    return false;
}

static bool purge(struct tx *tx, void *argument, struct error *err) {
    return sql_import_purge(tx, &(struct sql_import_purge){.before_at = *(int64_t *)argument}, NULL, err);
}

/* Files hold what is known of people: they are forgotten. */
static void tidy(struct import_runner *runner) {
    SCOPED(tx_end) struct tx tx = {0};
    struct error err = {0};
    const struct sql_import_old_row *old = NULL;
    if (runner->tidied_at && clock_steady() < runner->tidied_at + HOUR) return;
    runner->tidied_at = clock_steady();
    int64_t before = clock_now() - IMPORT_DAYS * DAY;
    if (!store_read(runner->store, &tx, &err) || !sql_import_old(&tx, &tx.mem, &(struct sql_import_old){.before_at = before}, &old, &err)
        || (old && !store_write(runner->store, purge, &before, &err)))
        log_error(&err, "throwing away old imports");
}

static bool rest(struct import_runner *runner, int64_t pause) {
    pthread_mutex_lock(&runner->lock);
    if (!runner->stopping && pause) condition_wait(&runner->changed, &runner->lock, pause);
    bool stopping = runner->stopping;
    pthread_mutex_unlock(&runner->lock);
    return !stopping;
}

static void *run(void *argument) {
    struct import_runner *runner = argument;
    struct turn turn = {0};
    bool more = true;
    while (rest(runner, more ? 0 : runner->attempts ? PAUSE : POLL)) {
        more = step(runner, &turn);
        if (!more) tidy(runner);
    }
    return NULL;
}

bool imports_start(struct store *store, struct import_runner **ret_runner, struct error *err) {
    struct arena mem = {0};
    struct import_runner *runner = arena_alloc(&mem, sizeof *runner);
    *runner = (struct import_runner){.mem = mem, .store = store};
    pthread_mutex_init(&runner->lock, NULL);
    condition_make(&runner->changed);
    if (pthread_create(&runner->thread, NULL, run, runner) != 0) {
        arena_free(&mem);
        return error_set(err, ERR_INTERNAL, "the thread for imports can't be started");
    }
    *ret_runner = runner;
    return true;
}

void imports_stop(struct import_runner *runner) {
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
