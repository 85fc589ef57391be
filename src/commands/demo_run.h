/* demo_run.h - for the demo command only: the run that writes sample tickets into a store. */
#ifndef THEKE_COMMANDS_DEMO_RUN_H
#define THEKE_COMMANDS_DEMO_RUN_H

#include "commands/demo.h"
#include "platform/files/files.h"

enum { DEMO_HOURS = 365 * 24, DEMO_FILES = 40 };

/* When tickets arrive: each hour of the year before 'until' has its share, by time of day, weekday and growth. */
struct demo_calendar {
    int64_t from, until;
    int64_t sums[DEMO_HOURS + 1]; /* shares of all hours before */
};
void demo_calendar(struct demo_calendar *calendar, int64_t until, int64_t tickets);
/* Later numbers come later; number from 0 to tickets - 1. */
int64_t demo_arrival(const struct demo_calendar *calendar, uint64_t seed, int64_t number, int64_t tickets);

/* What is to happen next in a ticket that was opened. */
struct demo_due {
    int64_t at;
    uint32_t number, step;
};

struct demo {
    struct arena mem;
    struct store *store;
    struct files *files;
    uint64_t seed;
    int64_t count;
    uint64_t customers;
    bool is_forced, is_first; /* first: no ticket was there */
    struct demo_calendar calendar;
    struct text password_hash;
    team_id teams[DEMO_TEAMS];
    staff_id agents[DEMO_AGENTS];
    ticket_id *tickets;       /* by number, 0: not opened yet */
    person_id *persons;       /* by customer, 0: not known yet */
    size_t file_count;
    struct stored_file stored[DEMO_FILE_KINDS][DEMO_FILES];
    struct demo_due *dues;    /* a heap, the earliest first */
    size_t due_count;
    int64_t opened, messages;
};

MUST_USE bool demo_cast(struct demo *demo, struct error *err);
MUST_USE bool demo_put_files(struct demo *demo, struct error *err);

/* Does one step in the caller's transaction, whose time is the step's. */
MUST_USE bool demo_do(struct tx *tx, struct demo *demo, uint32_t number, uint32_t step, struct error *err);

#endif
