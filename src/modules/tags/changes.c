/* The thread that changes tags on tickets, a few in each transaction, and taking that back. */
#include "modules/tags/tags.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/wait.h"
#include "modules/tickets/tickets.h"
#include "platform/operations/operations.h"
#include "sql/modules_tags.h"

#include <pthread.h>

static const int64_t POLL = 300 * 1000LL, BREATH = 5 * 1000LL, PAUSE = 2 * SECOND;
enum { TOGETHER = 100 };

struct tag_changes {
    struct arena mem; /* holds this */
    struct store *store;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
};

/* --- Some tickets ----------------------------------------------------------------------------------------------------- */

static struct doer doer_of_change(struct tx *tx, const struct sql_tag_change_row_row *change) {
    return (struct doer){.kind = ACTOR_STAFF, .id = change->staff_id.value, .cause = text_printf(&tx->mem, "operation %" PRId64, change->operation_id)};
}

static bool finish(struct tx *tx, int64_t change, const char *state, struct error *err) {
    const struct sql_tag_change_state in = {.change_id = change, .state = text_of(state), .finished_at = tx->now};
    return sql_tag_change_state(tx, &in, NULL, err);
}

static bool go_forth(struct tx *tx, const struct sql_tag_change_row_row *change, struct error *err) {
    struct sql_tag_change_tickets_rows rows;
    struct doer doer = doer_of_change(tx, change);
    if (!sql_tag_change_tickets(tx, &tx->mem, &(struct sql_tag_change_tickets){.tag = change->tag, .limit = TOGETHER}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        struct tags_edit edit = {.remove = change->tag, .add = change->meaning};
        if (!ticket_tags_edit(tx, &doer, rows.at[i].ticket_id, &edit, err)) return false;
        const struct sql_tag_change_note note = {.change_id = change->change_id, .ticket_id = rows.at[i].ticket_id, .had_both = edit.had_added};
        if (!sql_tag_change_note(tx, &note, NULL, err)) return false;
    }
    return rows.count ? sql_tag_change_move(tx, &(struct sql_tag_change_move){.change_id = change->change_id, .count = (int64_t)rows.count}, NULL, err)
                      : finish(tx, change->change_id, "done", err);
}

/* A ticket that has not what the tag became any more was changed by somebody: it stays as it is. */
static bool give_back(struct tx *tx, const struct doer *doer, const struct sql_tag_change_row_row *change, const struct sql_tag_change_forth_row *row,
                      struct error *err) {
    struct tags_edit edit = {.add = change->tag, .needs = change->meaning};
    if (!row->had_both) edit.remove = change->meaning;
    return ticket_tags_edit(tx, doer, row->ticket_id, &edit, err)
           && sql_tag_change_back(tx, &(struct sql_tag_change_back){.change_id = change->change_id, .ticket_id = row->ticket_id}, NULL, err);
}

static bool go_back(struct tx *tx, const struct sql_tag_change_row_row *change, struct error *err) {
    struct sql_tag_change_forth_rows rows;
    struct doer doer = doer_of_change(tx, change);
    if (!sql_tag_change_forth(tx, &tx->mem, &(struct sql_tag_change_forth){.change_id = change->change_id, .limit = TOGETHER}, &rows, err)) return false;
    doer.cause = text_printf(&tx->mem, "operation %" PRId64 " taken back", change->operation_id);
    for (size_t i = 0; i < rows.count; i++)
        if (!give_back(tx, &doer, change, &rows.at[i], err)) return false;
    return rows.count ? sql_tag_change_move(tx, &(struct sql_tag_change_move){.change_id = change->change_id, .count = -(int64_t)rows.count}, NULL, err)
                      : finish(tx, change->change_id, "undone", err);
}

static bool change_some(struct tx *tx, void *argument, struct error *err) {
    bool *found = argument;
    const struct sql_tag_change_take_row *next;
    const struct sql_tag_change_row_row *change;
    *found = false;
    if (!sql_tag_change_take(tx, &tx->mem, &next, err)) return false;
    if (!next) return true;
    if (!sql_tag_change_row(tx, &tx->mem, &(struct sql_tag_change_row){.change_id = next->change_id}, &change, err)) return false;
    *found = true;
    return text_is(change->state, "undoing") ? go_back(tx, change, err) : go_forth(tx, change, err);
}

/* --- The thread ------------------------------------------------------------------------------------------------------- */

static bool has_next(struct store *store, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    const struct sql_tag_change_next_row *next;
    return store_read(store, &tx, err) && sql_tag_change_next(&tx, &tx.mem, &next, err) && next;
}

static bool rest(struct tag_changes *changes, int64_t pause) {
    pthread_mutex_lock(&changes->lock);
    if (!changes->stopping) condition_wait(&changes->changed, &changes->lock, pause);
    bool stopping = changes->stopping;
    pthread_mutex_unlock(&changes->lock);
    return !stopping;
}

/* Between two handfuls others get the writer. */
static void *run(void *argument) {
    struct tag_changes *changes = argument;
    int64_t pause = POLL;
    while (rest(changes, pause)) {
        struct error err = {0};
        bool found = false;
        bool ok = !has_next(changes->store, &err) || store_write(changes->store, change_some, &found, &err);
        if (err.code) log_error(&err, "changing a tag");
        pause = !ok || err.code ? PAUSE : found ? BREATH : POLL;
    }
    return NULL;
}

bool tag_changes_start(struct store *store, struct tag_changes **ret_changes, struct error *err) {
    struct arena mem = {0};
    struct tag_changes *changes = arena_alloc(&mem, sizeof *changes);
    *changes = (struct tag_changes){.mem = mem, .store = store};
    pthread_mutex_init(&changes->lock, NULL);
    condition_make(&changes->changed);
    if (pthread_create(&changes->thread, NULL, run, changes) != 0) {
        arena_free(&mem);
        return error_set(err, ERR_INTERNAL, "the thread for tags can't be started");
    }
    *ret_changes = changes;
    return true;
}

void tag_changes_stop(struct tag_changes *changes) {
    if (!changes) return;
    pthread_mutex_lock(&changes->lock);
    changes->stopping = true;
    pthread_cond_signal(&changes->changed);
    pthread_mutex_unlock(&changes->lock);
    pthread_join(changes->thread, NULL);
    pthread_cond_destroy(&changes->changed);
    pthread_mutex_destroy(&changes->lock);
    struct arena mem = changes->mem;
    arena_free(&mem);
}

/* --- Taking back ------------------------------------------------------------------------------------------------------ */

/* The former name is free at once, unless it means something else by now. */
static bool free_name(struct tx *tx, const struct sql_tag_change_row_row *change, struct error *err) {
    struct text meaning, target = change->meaning;
    if (!target.data) return true;
    if (!tag_meaning(tx, &tx->mem, change->tag, &meaning, err) || !tag_meaning(tx, &tx->mem, target, &target, err)) return false;
    return !text_equal(meaning, target) || tag_alias_put(tx, change->tag, (struct text){0}, err);
}

static bool undo(struct undoing *undoing, struct error *err) {
    const struct sql_tag_change_row_row *change;
    const struct sql_tag_change_lost_row *lost = NULL;
    int64_t id = 0;
    if (!text_to_int(json_member(undoing->mem, undoing->operation->data, "change"), &id))
        return error_set(err, ERR_INTERNAL, "operation %" PRId64 " names no change", undoing->operation->id);
    if (!sql_tag_change_row(undoing->tx, undoing->mem, &(struct sql_tag_change_row){.change_id = id}, &change, err)) return false;
    if (!change) return error_set(err, ERR_INTERNAL, "there is no change %" PRId64, id);
    const struct sql_tag_change_lost in = {.change_id = id, .meaning = change->meaning};
    if (change->meaning.data && !sql_tag_change_lost(undoing->tx, undoing->mem, &in, &lost, err)) return false;
    if (lost && lost->lost) undoing_keep(undoing, "tags", "changed", (ticket_id){0}, lost->lost);
    if (undoing->is_trial) return true;
    event_record(undoing->tx, &(struct event){.kind = "tag.given_back", .actor = undoing->actor, .actor_id = undoing->actor_id, .scope = "admin",
                                              .data = text_printf(&undoing->tx->mem, "{\"change\":%" PRId64 "}", id)});
    const struct sql_tag_change_state state = {.change_id = id, .state = text_of("undoing")};
    return free_name(undoing->tx, change, err) && sql_tag_change_state(undoing->tx, &state, NULL, err);
}

const struct operation_kind tag_operation = {"tags.change", CAN_TAGS_MANAGE, undo};
