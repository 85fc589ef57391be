/* views_private.h - for this folder only. */
#ifndef THEKE_MODULES_VIEWS_VIEWS_PRIVATE_H
#define THEKE_MODULES_VIEWS_VIEWS_PRIVATE_H

#include "modules/tickets/condition.h"
#include "modules/views/views.h"
#include "sql/modules_views.h"

/* --- counted.c: the views as they are counted ---------------------------------------------------------------------- */

struct counted {
    int64_t view, counting, counted_to; /* counting 0: it can't be counted */
    bool is_counted;             /* all tickets are in; else those up to counted_to */
    bool has_me, moves, has_people;
    struct ticket_condition *condition;
    struct text bound;           /* what the condition means, for telling that it means something else now */
    bool is_new;                 /* it does: it has to be counted from the beginning */
};

struct counted_set {
    struct arena mem;
    struct counted *all;
    size_t count;
    int64_t revision;            /* -1: not read */
    bool has_people, has_new, has_orphans;
};

MUST_USE bool counted_read(struct tx *tx, int64_t revision, struct counted_set *set, struct error *err);
void counted_free(struct counted_set *set);

/* --- membership.c: which countings a ticket is in ------------------------------------------------------------------- */

struct entry {
    int64_t counting;
    char mark;                   /* 0, '+': as its assignee sees it alone, '-': as all others do */
};

struct member {
    ticket_id ticket;
    team_id team;
    int64_t assignee, turns_at;  /* INT64_MAX: never */
    struct entry *entries;
    size_t count;
};

struct change {
    int64_t counting, team, assignee; /* assignee -1: of the team */
    int64_t own, others;
};

/* What a step writes: members as they are now, and what that adds to the counts. */
struct step {
    struct arena mem;
    struct member *members;
    size_t member_count, member_room;
    struct change *changes;
    size_t change_count, change_room;
};

/* The member as it is stored; row NULL: it is in none. */
struct member member_read(struct arena *mem, ticket_id id, const struct sql_view_member_find_row *row);

/* What the ticket is in now: the views with a counting between, put to it, the others as they were. facts NULL: it is gone. */
typedef bool counted_among(const struct counted *view, int64_t ticket, int64_t group);
void step_take(struct step *step, const struct counted_set *set, const struct member *before, const struct ticket_facts *facts,
               counted_among *among, int64_t group, int64_t now);

void step_add(struct step *step, struct change change);

/* Adds up the changes of the same place, and leaves out what comes to nothing. */
void step_settle(struct step *step);
MUST_USE bool step_write(struct tx *tx, const struct step *step, struct error *err);

#endif
