/* The thread that writes updates into incidents, each in a transaction of its own. */
#include "modules/problems/problems.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/wait.h"
#include "modules/people/people.h"
#include "modules/tickets/tickets.h"
#include "sql/modules_problems.h"

#include <pthread.h>

static const int64_t POLL = 500 * 1000LL, PAUSE = 2 * SECOND, UNDO_TIME = 10 * SECOND;
enum { ATTEMPTS = 3 };

struct updates {
    struct arena mem; /* holds this */
    struct store *store;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
};

/* One incident that is written; stays known when the transaction fails. */
struct item {
    int64_t update;
    ticket_id ticket;
    bool found;
    const char *error;
};

/* --- One incident --------------------------------------------------------------------------------------------------------- */

static bool settle(struct tx *tx, const struct item *item, message_id message, struct error *err) {
    struct sql_problem_update_hold_rows held;
    const struct sql_problem_update_settle in = {.update_id = item->update, .ticket_id = item->ticket, .message_id = message,
                                                 .state = text_of(item->error ? "failed" : "done"), .error = text_of(item->error)};
    const struct sql_problem_update_finish finish = {.update_id = item->update, .finished_at = tx->now};
    return sql_problem_update_settle(tx, &in, NULL, err)
           && sql_problem_update_hold(tx, &tx->mem, &(struct sql_problem_update_hold){.update_id = item->update}, &held, err)
           && sql_problem_update_finish(tx, &finish, NULL, err);
}

/* Whoever began it may have lost the right meanwhile, and the ticket may have gone elsewhere. */
static bool look(struct tx *tx, struct item *item, staff_id staff, struct actor *ret_actor, struct error *err) {
    const struct ticket *ticket;
    bool known;
    if (!actor_load(tx, &tx->mem, staff, ret_actor, &known, err) || !ticket_find(tx, &tx->mem, item->ticket, &ticket, err)) return false;
    if (!ticket) item->error = "ticket_not_found";
    else if (ticket->merged_into.value) item->error = "ticket_merged";
    else if (!known || !actor_may_in(ret_actor, CAN_TICKETS_REPLY, ticket->id, ticket->team, ticket->assignee)) item->error = "forbidden";
    return true;
}

static bool say(struct tx *tx, struct item *item, const struct sql_problem_update_row_row *update, const struct actor *actor, message_id *ret_message,
                struct error *err) {
    const struct sql_problem_author_row *author;
    const struct doer doer = {.kind = ACTOR_STAFF, .id = update->staff_id.value, .cause = text_printf(&tx->mem, "update %" PRId64, item->update)};
    if (!sql_problem_author(tx, &tx->mem, &(struct sql_problem_author){.staff_id = update->staff_id}, &author, err)) return false;
    const struct ticket_answer answer = {.ticket = item->ticket, .author = update->staff_id, .author_name = author ? author->name : (struct text){0},
                                         .text = update->text, .html = update->html, .deliver_at = tx->now + UNDO_TIME};
    if (!ticket_answer(tx, &doer, &answer, ret_message, err)) return false;
    if (!ret_message->value) item->error = "no_recipient";
    if (item->error || text_empty(update->state)) return true;
    return ticket_apply(tx, &doer, item->ticket, &(struct ticket_change){.has_state = true, .state = update->state, .asks = actor}, err);
}

static bool write_one(struct tx *tx, void *argument, struct error *err) {
    struct item *item = argument;
    const struct sql_problem_update_take_row *next;
    const struct sql_problem_update_row_row *update;
    struct actor actor;
    message_id message = {0};
    *item = (struct item){0};
    if (!sql_problem_update_take(tx, &tx->mem, &next, err)) return false;
    if (!next) return true;
    *item = (struct item){.update = next->update_id, .ticket = next->ticket_id, .found = true};
    if (!sql_problem_update_row(tx, &tx->mem, &(struct sql_problem_update_row){.update_id = item->update}, &update, err)
        || !look(tx, item, update->staff_id, &actor, err))
        return false;
    if (!item->error && !say(tx, item, update, &actor, &message, err)) return false;
    return settle(tx, item, message, err);
}

static bool fail_one(struct tx *tx, void *argument, struct error *err) {
    return settle(tx, argument, (message_id){0}, err);
}

/* --- The thread ----------------------------------------------------------------------------------------------------------- */

static bool has_next(struct store *store, bool *ret_has, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    const struct sql_problem_update_next_row *next;
    if (!store_read(store, &tx, err) || !sql_problem_update_next(&tx, &tx.mem, &next, err)) return false;
    *ret_has = next != NULL;
    return true;
}

/* What the rules of a state or a field refuse stays refused. */
static const char *reason_of(const struct error *err) {
    return err->field_count ? err->fields[0].code : err->key[0] ? err->key : "failed";
}

/* What the store could not take is tried again; what fails again and again is put aside in sight, and the others go on. */
static bool step(struct updates *updates, struct item *last, int *attempts) {
    struct item item = {0};
    struct error err = {0}, failing = {0};
    bool has = false;
    if (has_next(updates->store, &has, &err) && !has) return false;
    if (!err.code && store_write(updates->store, write_one, &item, &err)) {
        *attempts = 0;
        return item.found;
    }
    log_error(&err, "writing update %" PRId64 " into ticket %" PRId64, item.update, item.ticket.value);
    *attempts = item.found && item.update == last->update && item.ticket.value == last->ticket.value ? *attempts + 1 : 1;
    *last = item;
    if (!item.found || (*attempts < ATTEMPTS && err.code != ERR_INVALID)) return false;
    item.error = reason_of(&err);
    *attempts = 0;
    return store_write(updates->store, fail_one, &item, &failing);
}

static bool rest(struct updates *updates, int64_t pause) {
    pthread_mutex_lock(&updates->lock);
    if (!updates->stopping && pause) condition_wait(&updates->changed, &updates->lock, pause);
    bool stopping = updates->stopping;
    pthread_mutex_unlock(&updates->lock);
    return !stopping;
}

static void *run(void *argument) {
    struct updates *updates = argument;
    struct item last = {0};
    int attempts = 0;
    bool more = true;
    while (rest(updates, more ? 0 : attempts ? PAUSE : POLL)) more = step(updates, &last, &attempts);
    return NULL;
}

bool updates_start(struct store *store, struct updates **ret_updates, struct error *err) {
    struct arena mem = {0};
    struct updates *updates = arena_alloc(&mem, sizeof *updates);
    *updates = (struct updates){.mem = mem, .store = store};
    pthread_mutex_init(&updates->lock, NULL);
    condition_make(&updates->changed);
    if (pthread_create(&updates->thread, NULL, run, updates) != 0) {
        arena_free(&mem);
        return error_set(err, ERR_INTERNAL, "the thread for updates can't be started");
    }
    *ret_updates = updates;
    return true;
}

void updates_stop(struct updates *updates) {
    if (!updates) return;
    pthread_mutex_lock(&updates->lock);
    updates->stopping = true;
    pthread_cond_signal(&updates->changed);
    pthread_mutex_unlock(&updates->lock);
    pthread_join(updates->thread, NULL);
    pthread_cond_destroy(&updates->changed);
    pthread_mutex_destroy(&updates->lock);
    struct arena mem = updates->mem;
    arena_free(&mem);
}
