/* theke demo: fills a store with sample conversations, in the order in which they would have happened. */
#include "commands/demo_run.h"

#include "commands/commands.h"
#include "modules/people/people.h"
#include "platform/store/bulk.h"

#include <stdio.h>

/* --- When tickets arrive -------------------------------------------------------------------------------------------- */

static int64_t hour_share(int64_t at, int64_t age_days) {
    static const int by_hour[24] = {2, 1, 1, 1, 1, 3, 12, 30, 62, 80, 84, 78, 66, 70, 74, 70, 60, 48, 40, 38, 34, 24, 12, 5};
    static const int by_weekday[7] = {125, 110, 100, 95, 85, 35, 30}; /* Monday first; 1970-01-01 was a Thursday */
    return 10LL * by_hour[at % DAY / HOUR] * by_weekday[(at / DAY + 3) % 7] * (1000 - age_days) / 1000;
}

void demo_calendar(struct demo_calendar *calendar, int64_t until, int64_t tickets) {
    enum { RECENT = 7 * 24 };
    int64_t recent = 0, total = 0, wanted = tickets / 4 < 80 + tickets / 200 ? tickets / 4 : 80 + tickets / 200;
    int64_t shares[DEMO_HOURS];
    *calendar = (struct demo_calendar){.from = until - DEMO_HOURS * HOUR, .until = until};
    for (int i = 0; i < DEMO_HOURS; i++) {
        shares[i] = hour_share(calendar->from + i * HOUR, (DEMO_HOURS - i) / 24);
        if (i >= DEMO_HOURS - RECENT) recent += shares[i];
        else total += shares[i];
    }
    /* A small store would have hardly any open tickets: give its last week more of them. */
    int64_t least = total / (tickets - wanted + 1) * wanted;
    for (int i = 0; i < DEMO_HOURS; i++) {
        bool raise = i >= DEMO_HOURS - RECENT && recent < least;
        calendar->sums[i + 1] = calendar->sums[i] + (raise ? shares[i] * (least / 1000) / (recent / 1000) : shares[i]);
    }
}

int64_t demo_arrival(const struct demo_calendar *calendar, uint64_t seed, int64_t number, int64_t tickets) {
    struct chance chance = chance_of(seed, (uint64_t)number, 't');
    int64_t total = calendar->sums[DEMO_HOURS], width = total / tickets, low = 0, high = DEMO_HOURS - 1;
    int64_t place = total / tickets * number + total % tickets * number / tickets + (int64_t)(chance_next(&chance) % (uint64_t)width);
    while (low < high) {
        int64_t middle = (low + high + 1) / 2;
        if (calendar->sums[middle] <= place) low = middle;
        else high = middle - 1;
    }
    int64_t share = calendar->sums[low + 1] - calendar->sums[low], inside = place - calendar->sums[low];
    return calendar->from + low * HOUR + inside * HOUR / share;
}

/* --- What is due next ----------------------------------------------------------------------------------------------- */

static bool is_before(const struct demo_due *a, const struct demo_due *b) {
    return a->at != b->at ? a->at < b->at : a->number < b->number;
}

static void push_due(struct demo *demo, struct demo_due due) {
    size_t i = demo->due_count++;
    for (; i && is_before(&due, &demo->dues[(i - 1) / 2]); i = (i - 1) / 2) demo->dues[i] = demo->dues[(i - 1) / 2];
    demo->dues[i] = due;
}

static struct demo_due pop_due(struct demo *demo) {
    struct demo_due first = demo->dues[0], last = demo->dues[--demo->due_count];
    size_t i = 0;
    for (size_t child = 1; child < demo->due_count; child = 2 * i + 1) {
        if (child + 1 < demo->due_count && is_before(&demo->dues[child + 1], &demo->dues[child])) child++;
        if (!is_before(&demo->dues[child], &last)) break;
        demo->dues[i] = demo->dues[child];
        i = child;
    }
    demo->dues[i] = last;
    return first;
}

static void plan_of(const struct demo *demo, uint32_t number, struct demo_plan *plan) {
    int64_t arrival = demo_arrival(&demo->calendar, demo->seed, number, demo->count);
    demo_plan(plan, demo->seed, number, demo->customers, arrival, demo->calendar.until);
}

/* The earliest of what is due and the next arrival; false when all is done. */
static bool next_step(struct demo *demo, struct demo_due *ret_due) {
    struct demo_plan plan;
    bool arrives = demo->opened < demo->count;
    int64_t arrival = arrives ? demo_arrival(&demo->calendar, demo->seed, demo->opened, demo->count) : 0;
    if (!demo->due_count && !arrives) return false;
    if (arrives && (!demo->due_count || arrival <= demo->dues[0].at)) *ret_due = (struct demo_due){arrival, (uint32_t)demo->opened++, 0};
    else *ret_due = pop_due(demo);
    plan_of(demo, ret_due->number, &plan);
    if (demo_act_speaks(plan.steps[ret_due->step].act)) demo->messages++;
    uint32_t after = ret_due->step + 1;
    if (after < plan.step_count) push_due(demo, (struct demo_due){plan.steps[after].at, ret_due->number, after});
    return true;
}

/* --- Writing -------------------------------------------------------------------------------------------------------- */

enum { BATCH_STEPS = 3000 };

struct batch {
    struct demo *demo;
    size_t count;
    struct demo_due steps[BATCH_STEPS];
};

/* Runs again when PostgreSQL had to give up a transaction: persons that this batch made first are then gone. */
static void forget_persons(struct batch *batch) {
    struct demo *demo = batch->demo;
    for (size_t i = 0; i < batch->count; i++) {
        struct demo_plan plan;
        if (batch->steps[i].step != 0 || !demo->tickets[batch->steps[i].number].value) continue;
        plan_of(demo, batch->steps[i].number, &plan);
        demo->persons[plan.customer] = (person_id){0};
    }
}

static bool write_batch(struct tx *tx, void *argument, struct error *err) {
    struct batch *batch = argument;
    forget_persons(batch);
    for (size_t i = 0; i < batch->count; i++)
        if (!demo_do(tx, batch->demo, batch->steps[i].number, batch->steps[i].step, err)) return false;
    return true;
}

static void say_progress(const struct demo *demo, int64_t started) {
    double seconds = (double)(clock_steady() - started) / (double)SECOND;
    printf("%" PRId64 " tickets, %" PRId64 " messages, %.1f s: %.0f tickets/s\n", demo->opened, demo->messages, seconds,
           (double)demo->opened / (seconds > 0.001 ? seconds : 0.001));
    fflush(stdout);
}

static bool write_all(struct demo *demo, struct error *err) {
    int64_t started = clock_steady(), said = started;
    struct batch *batch = arena_alloc(&demo->mem, sizeof *batch);
    batch->demo = demo;
    for (bool more = true; more;) {
        batch->count = 0;
        while (batch->count < BATCH_STEPS && (more = next_step(demo, &batch->steps[batch->count]))) batch->count++;
        if (batch->count && !store_write(demo->store, write_batch, batch, err)) return false;
        if (clock_steady() - said < 5 * SECOND && more) continue;
        said = clock_steady();
        say_progress(demo, started);
    }
    return true;
}

/* What only the reading of lists and records asks for is made at the end, when nobody can be reading meanwhile. */
static bool fill(struct config *config, struct demo *demo, struct error *err) {
    static const char *const tables[] = {"ticket", "ticket_tag", "event", "attachment", "participant"};
    struct error held = {0};
    bool is_alone = demo->is_first && hold_place(config, &held);
    return (!is_alone || store_set_aside(demo->store, tables, sizeof tables / sizeof *tables, err)) && write_all(demo, err)
           && store_put_back(demo->store, err);
}

/* --- The command ---------------------------------------------------------------------------------------------------- */

static bool read_demo(struct config *config, struct demo *demo, struct error *err) {
    int64_t seed, until = clock_now() / DAY * DAY;
    const char *date = config_get(config, "until", NULL);
    if (!config_get(config, "tickets", NULL)) return error_set(err, ERR_INVALID, "usage: theke demo --tickets N [--seed S] [--until DATE] [--force]");
    if (!config_number(config, "tickets", 0, 1, 5000000, &demo->count, err) || !config_number(config, "seed", 1, 0, INT64_MAX, &seed, err))
        return false;
    if (date && !time_parse(text_of(arena_printf(&config->mem, "%sT00:00:00Z", date)), &until))
        return error_set(err, ERR_INVALID, "--until is a date such as 2026-11-24, not '%s'", date);
    demo->seed = (uint64_t)seed;
    demo->customers = (uint64_t)(demo->count / 3 + 20);
    demo->is_forced = config_switch(config, "force");
    demo->tickets = arena_array(&demo->mem, (size_t)demo->count, sizeof *demo->tickets);
    demo->dues = arena_array(&demo->mem, (size_t)demo->count, sizeof *demo->dues);
    demo->persons = arena_array(&demo->mem, demo->customers, sizeof *demo->persons);
    demo_calendar(&demo->calendar, until, demo->count);
    return true;
}

static bool open_demo(struct config *config, struct demo *demo, struct error *err) {
    const char *folder;
    return open_data(config, &folder, err) && open_store(config, &demo->store, err) && people_start(demo->store, err)
           && files_open(folder, &demo->files, err);
}

int command_demo(struct config *config) {
    struct error err = {0};
    struct demo *demo = arena_alloc(&config->mem, sizeof *demo);
    if (!read_demo(config, demo, &err)) {
        arena_free(&demo->mem);
        return fail(&err) + 1;
    }
    bool ok = open_demo(config, demo, &err) && demo_cast(demo, &err) && demo_put_files(demo, &err) && fill(config, demo, &err);
    store_close(demo->store);
    files_close(demo->files);
    arena_free(&demo->mem);
    return ok ? 0 : fail(&err);
}
