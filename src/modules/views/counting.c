/* The thread that counts: step by step, each one read from one snapshot, worked out in memory, and written at once. */
#include "base/clock.h"
#include "base/log.h"
#include "modules/views/views_private.h"
#include "platform/live/live.h"
#include "sql/platform_events.h"

#include <pthread.h>
#include <stdlib.h>

enum { EVENTS = 500, TURNS = 500, CHUNK = 500, OF_PERSON = 1000, FAR_BEHIND = 50000, PAUSE = 200 /* milliseconds */ };

struct view_counter {
    struct arena mem;            /* holds the counter itself */
    struct store *store;
    struct hub *hub;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping, fills;        /* fills: the last step followed events, so the next one may fill */
    struct counted_set set;
    int64_t told;                /* the step of which screens know */
};

/* What is done in one step. */
struct work {
    struct view_counter *counter;
    struct step step;
    const struct sql_view_cursor_read_row *cursor;
    int64_t event;               /* up to which it counts */
    bool renews, all;            /* gives new countings to what means something new, or to all */
    int64_t group, filled_to;    /* fills those that have come up to group; 0 and -1: none */
    bool is_filled, found, taken;
};

/* --- What there is to do ------------------------------------------------------------------------------------------ */

struct id_list {
    struct arena *mem;
    int64_t *all;
    size_t count, room;
};

static void id_add(struct id_list *list, int64_t id) {
    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 256;
        int64_t *more = arena_array(list->mem, room, sizeof *more);
        if (list->count) memcpy(more, list->all, list->count * sizeof *more);
        list->all = more;
        list->room = room;
    }
    list->all[list->count++] = id;
}

static int by_id(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

static void id_once(struct id_list *list) {
    size_t kept = 0;
    if (list->count) qsort(list->all, list->count, sizeof *list->all, by_id);
    for (size_t i = 0; i < list->count; i++)
        if (!kept || list->all[kept - 1] != list->all[i]) list->all[kept++] = list->all[i];
    list->count = kept;
}

/* What stands behind the names of conditions may be another now. */
static bool changes_names(struct text kind) {
    return text_starts(kind, "staff.") || text_starts(kind, "team.") || text_starts(kind, "state.") || text_starts(kind, "field.")
           || text_starts(kind, "tag.");
}

static bool add_of_person(struct work *work, struct tx *tx, struct text data, struct id_list *ids, struct error *err) {
    const ticket_id *tickets;
    size_t count;
    int64_t person;
    if (!text_to_int(json_member(&work->step.mem, data, "person"), &person)) return true;
    if (!tickets_of_person(tx, &work->step.mem, (person_id){person}, OF_PERSON + 1, &count, &tickets, err)) return false;
    for (size_t i = 0; i < count; i++) id_add(ids, tickets[i].value);
    return true;
}

/* Persons with very many tickets, and companies, change seldom: then all is counted anew that asks for people. */
static void recount_people(struct work *work) {
    for (size_t i = 0; i < work->counter->set.count; i++) work->counter->set.all[i].is_new |= work->counter->set.all[i].has_people;
    work->renews = true;
}

static bool take_event(struct work *work, struct tx *tx, const struct sql_event_after_row *event, struct id_list *ids, struct error *err) {
    bool people = work->counter->set.has_people;
    size_t before = ids->count;
    if (event->ticket_id.value) id_add(ids, event->ticket_id.value);
    if (changes_names(event->kind)) work->counter->set.revision = -1;
    if (people && text_starts(event->kind, "company.")) {
        work->counter->set.revision = -1;
        recount_people(work);
    }
    if (people && text_starts(event->kind, "person.") && !add_of_person(work, tx, event->data, ids, err)) return false;
    if (ids->count - before > OF_PERSON) recount_people(work);
    return true;
}

static bool read_events(struct work *work, struct tx *tx, struct id_list *ids, struct error *err) {
    struct sql_event_after_rows rows;
    if (!sql_event_after(tx, &work->step.mem, &(struct sql_event_after){.after = work->cursor->event, .limit = EVENTS}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        if (!take_event(work, tx, &rows.at[i], ids, err)) return false;
        work->event = rows.at[i].id;
    }
    work->found |= rows.count > 0;
    return true;
}

static bool read_turns(struct work *work, struct tx *tx, struct id_list *ids, struct error *err) {
    struct sql_view_member_due_rows rows;
    if (!sql_view_member_due(tx, &work->step.mem, &(struct sql_view_member_due){.now_at = tx->now, .limit = TURNS}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) id_add(ids, rows.at[i].ticket_id.value);
    work->found |= rows.count > 0;
    return true;
}

/* --- Putting tickets to the views --------------------------------------------------------------------------------- */

static bool counts_already(const struct counted *view, int64_t ticket, int64_t group) {
    return view->is_counted || ticket <= view->counted_to;
}

static bool is_of_group(const struct counted *view, int64_t ticket, int64_t group) {
    return !view->is_counted && view->counted_to == group;
}

static bool put_ticket(struct work *work, struct tx *tx, int64_t id, struct error *err) {
    struct arena *mem = &work->step.mem;
    const struct sql_view_member_find_row *row;
    const struct ticket_facts *facts;
    if (!sql_view_member_find(tx, mem, &(struct sql_view_member_find){.ticket_id = {id}}, &row, err) || !ticket_facts(tx, mem, (ticket_id){id}, &facts, err))
        return false;
    struct member member = member_read(mem, (ticket_id){id}, row);
    step_take(&work->step, &work->counter->set, &member, facts, counts_already, 0, tx->now);
    return true;
}

static bool follow(struct work *work, struct tx *tx, struct error *err) {
    struct id_list ids = {.mem = &work->step.mem};
    if (!read_events(work, tx, &ids, err) || !read_turns(work, tx, &ids, err)) return false;
    id_once(&ids);
    for (size_t i = 0; i < ids.count; i++)
        if (!put_ticket(work, tx, ids.all[i], err)) return false;
    return true;
}

/* The views that have come least far go on together. */
static bool find_group(const struct counted_set *set, int64_t *ret_group) {
    bool found = false;
    for (size_t i = 0; i < set->count; i++) {
        const struct counted *view = &set->all[i];
        if (view->is_counted || !view->counting || !view->condition) continue;
        if (!found || view->counted_to < *ret_group) *ret_group = view->counted_to;
        found = true;
    }
    return found;
}

static bool fill(struct work *work, struct tx *tx, struct error *err) {
    struct arena *mem = &work->step.mem;
    struct sql_view_members_between_rows rows;
    const struct ticket_facts *facts;
    size_t count, at = 0;
    if (!ticket_facts_after(tx, mem, (ticket_id){work->group}, CHUNK, &count, &facts, err)) return false;
    work->found = true;
    work->is_filled = count < CHUNK;
    work->filled_to = count ? facts[count - 1].id.value : work->group;
    if (!sql_view_members_between(tx, mem, &(struct sql_view_members_between){.after = work->group, .upto = work->filled_to}, &rows, err)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct sql_view_members_between_row *row = NULL;
        while (at < rows.count && rows.at[at].ticket_id.value < facts[i].id.value) at++;
        if (at < rows.count && rows.at[at].ticket_id.value == facts[i].id.value) row = &rows.at[at];
        struct sql_view_member_find_row found = {0};
        if (row) found = (struct sql_view_member_find_row){row->ticket_id, row->team_id, row->assignee, row->countings, row->turns_at};
        struct member member = member_read(mem, facts[i].id, row ? &found : NULL);
        step_take(&work->step, &work->counter->set, &member, &facts[i], is_of_group, work->group, tx->now);
    }
    return true;
}

/* --- Writing it down ---------------------------------------------------------------------------------------------- */

static bool renew(struct work *work, struct tx *tx, int64_t *counting, struct error *err) {
    struct sql_view_count_orphans_rows orphans;
    const struct counted_set *set = &work->counter->set;
    for (size_t i = 0; i < set->count; i++) {
        const struct counted *view = &set->all[i];
        if (!view->is_new && !work->all) continue;
        const struct sql_view_counting in = {.view_id = view->view, .counting = view->condition ? ++*counting : 0, .bound = view->bound};
        if (!sql_view_counting(tx, &in, NULL, err)) return false;
    }
    if (!sql_view_count_orphans(tx, &tx->mem, &orphans, err)) return false;
    for (size_t i = 0; i < orphans.count; i++)
        if (!sql_view_team_count_clear(tx, &(struct sql_view_team_count_clear){.counting = orphans.at[i].counting}, NULL, err)
            || !sql_view_agent_count_clear(tx, &(struct sql_view_agent_count_clear){.counting = orphans.at[i].counting}, NULL, err))
            return false;
    return true;
}

static bool mark_filled(struct work *work, struct tx *tx, struct error *err) {
    const struct counted_set *set = &work->counter->set;
    for (size_t i = 0; work->filled_to >= 0 && i < set->count; i++) {
        if (!is_of_group(&set->all[i], 0, work->group) || !set->all[i].counting) continue;
        const struct sql_view_counted_to in = {.counting = set->all[i].counting, .counted_to = work->filled_to, .is_counted = work->is_filled};
        if (!sql_view_counted_to(tx, &in, NULL, err)) return false;
    }
    return true;
}

/* When somebody else has counted meanwhile, or the views have changed, it is all done again from what is there then. */
static bool write_work_of(struct tx *tx, void *argument, struct error *err) {
    struct work *work = argument;
    const struct sql_view_cursor_take_row *taken;
    int64_t counting = work->cursor->counting;
    work->taken = false;
    if (work->renews && !renew(work, tx, &counting, err)) return false;
    const struct sql_view_cursor_take in = {.event = work->event, .counting = counting, .step = work->cursor->step, .revision = work->cursor->revision};
    if (!sql_view_cursor_take(tx, &tx->mem, &in, &taken, err)) return false;
    if (!taken) return error_set(err, ERR_STALE, "the views have changed");
    work->taken = true;
    return step_write(tx, &work->step, err) && mark_filled(work, tx, err);
}

static void remember(struct work *work) {
    struct counted_set *set = &work->counter->set;
    if (work->renews) set->revision = -1;
    for (size_t i = 0; work->filled_to >= 0 && i < set->count; i++) {
        if (!is_of_group(&set->all[i], 0, work->group)) continue;
        set->all[i].is_counted = work->is_filled;
        set->all[i].counted_to = work->filled_to;
    }
}

/* --- A step -------------------------------------------------------------------------------------------------------- */

static bool read_views(struct work *work, struct tx *tx, struct error *err) {
    struct counted_set *set = &work->counter->set;
    bool far = work->cursor->newest - work->cursor->event > FAR_BEHIND;
    if (set->revision != work->cursor->revision && !counted_read(tx, work->cursor->revision, set, err)) return false;
    for (size_t i = 0; i < set->count; i++)
        if (set->all[i].condition) condition_clock(set->all[i].condition, tx->now);
    /* With nothing to count, or very far behind, there is no use in following each event. */
    work->all = far && set->count > 0;
    work->renews = set->has_new || set->has_orphans || work->all;
    if (far || !set->count) work->event = work->cursor->newest;
    return true;
}

static bool work_out(struct work *work, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct view_counter *counter = work->counter;
    if (!store_read(counter->store, &tx, err) || !sql_view_cursor_read(&tx, &work->step.mem, &work->cursor, err)) return false;
    if (!work->cursor) return error_set(err, ERR_STORE, "the counters of views have lost their place");
    work->event = work->cursor->event;
    if (!read_views(work, &tx, err)) return false;
    if (work->renews || !counter->set.count) {
        work->found = work->renews || work->event - work->cursor->event > EVENTS;
        return true;
    }
    bool may_fill = find_group(&counter->set, &work->group);
    if (may_fill && counter->fills) return fill(work, &tx, err);
    return follow(work, &tx, err) && (work->found || !may_fill || fill(work, &tx, err));
}

/* *ret_found: there was something to do, so there may be more. */
static bool take_step(struct view_counter *counter, bool *ret_found, struct error *err) {
    struct work work = {.counter = counter, .filled_to = -1};
    bool ok = work_out(&work, err);
    *ret_found = ok && work.found;
    if (ok && work.found) {
        step_settle(&work.step);
        ok = store_write(counter->store, write_work_of, &work, err);
        if (ok) remember(&work);
        else if (err->code == ERR_STALE) *err = (struct error){0}, counter->set.revision = -1, ok = true;
    }
    counter->fills = ok && work.found && work.filled_to < 0;
    if (ok && work.cursor && counter->hub && counter->told != work.cursor->step + work.taken) {
        if (work.step.change_count || work.is_filled || work.renews || !work.taken) hub_send(counter->hub, "inbox", text_of("{\"counters\":true}"));
        counter->told = work.cursor->step + work.taken;
    }
    arena_free(&work.step.mem);
    if (!ok) counted_free(&counter->set);
    return ok;
}

static bool views_forget(struct tx *tx, void *argument, struct error *err) {
    return sql_view_member_clear(tx, NULL, err) && sql_view_team_count_clear_all(tx, NULL, err) && sql_view_agent_count_clear_all(tx, NULL, err)
           && sql_view_forget(tx, NULL, err) && sql_view_revise(tx, NULL, err);
}

bool views_count(struct store *store, bool anew, struct error *err) {
    struct view_counter counter = {.store = store, .set.revision = -1};
    bool found = true, ok = !anew || store_write(store, views_forget, NULL, err);
    for (int idle = 0; ok && idle < 2; idle = found ? 0 : idle + 1) ok = take_step(&counter, &found, err);
    counted_free(&counter.set);
    return ok;
}

static bool pause(struct view_counter *counter, int milliseconds) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += milliseconds * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&counter->lock);
    if (!counter->stopping) (void)pthread_cond_timedwait(&counter->wake, &counter->lock, &until);
    bool stopping = counter->stopping;
    pthread_mutex_unlock(&counter->lock);
    return !stopping;
}

/* While it fills it leaves the writer as much time as it took. */
static void *run(void *argument) {
    struct view_counter *counter = argument;
    bool found = false;
    int wait = PAUSE;
    while (pause(counter, found ? wait : PAUSE)) {
        struct error err = {0};
        int64_t started = clock_steady();
        if (!take_step(counter, &found, &err)) {
            found = false;
            log_error(&err, "counting the tickets of views");
        }
        wait = (int)((clock_steady() - started) / 1000) + 1;
        if (wait > PAUSE) wait = PAUSE;
    }
    return NULL;
}

bool views_start(struct store *store, struct hub *hub, struct view_counter **ret_counter, struct error *err) {
    struct arena mem = {0};
    struct view_counter *counter = arena_alloc(&mem, sizeof *counter);
    *counter = (struct view_counter){.mem = mem, .store = store, .hub = hub, .set.revision = -1, .told = -1};
    pthread_mutex_init(&counter->lock, NULL);
    pthread_cond_init(&counter->wake, NULL);
    if (pthread_create(&counter->thread, NULL, run, counter) != 0) {
        arena_free(&mem);
        return error_set(err, ERR_INTERNAL, "a thread could not be started");
    }
    *ret_counter = counter;
    return true;
}

void views_stop(struct view_counter *counter) {
    if (!counter) return;
    pthread_mutex_lock(&counter->lock);
    counter->stopping = true;
    pthread_cond_signal(&counter->wake);
    pthread_mutex_unlock(&counter->lock);
    pthread_join(counter->thread, NULL);
    counted_free(&counter->set);
    struct arena mem = counter->mem;
    arena_free(&mem);
}
