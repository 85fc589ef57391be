/* condition.h - one question about tickets, for search, views and rules alike.
 *
 * A condition is a query (wire/net/query.h) bound to the states, teams, people and companies of this house. It can be put to the
 * database, or to one ticket in memory; both give the same answer. The language is described in docs/conditions.md. */
#ifndef THEKE_MODULES_TICKETS_CONDITION_H
#define THEKE_MODULES_TICKETS_CONDITION_H

#include "modules/fields/fields.h"
#include "modules/tickets/tickets.h"
#include "wire/net/query.h"

/* What conditions may name, read once for as many as are bound. */
struct condition_names;
MUST_USE bool condition_names_read(struct tx *tx, struct arena *mem, const struct condition_names **ret, struct error *err);

/* Where a boundary of a time lies: at an instant, so far from now, or so many days from the one that is now, where its reader lives. */
enum boundary_kind { BOUNDARY_NONE, BOUNDARY_AT, BOUNDARY_FROM_NOW, BOUNDARY_DAY };
struct boundary {
    enum boundary_kind kind;
    int64_t value, instant;      /* instant: as condition_clock has set it */
};

struct ticket_condition {
    enum query_kind kind;
    struct ticket_condition *first, *next; /* as in the query */
    const struct query *term;
    bool is_me;                  /* an agent, whoever asks */
    bool any_of_state;           /* ids are states, not categories */
    int64_t *ids;                /* in their order: teams, agents, companies, categories or states */
    size_t id_count;
    int64_t low, high;           /* of numbers, both inclusive */
    struct boundary from, to;    /* of times: from on, and before to */
    struct text value;           /* folded where case does not matter */
    struct text words[4];        /* beginnings of words of the requester */
    size_t word_count;
    struct text zone;
    const struct field *custom;  /* of a field of the house */
    double least, most;          /* of its numbers, both inclusive; of its days as condition_clock has set them */
    const struct text *keys;     /* of its choices: one of them */
    size_t key_count;
};

/* Binds a query; field is what an error names, with the place in it. The condition lives in mem, the query with it. me 0: "me" is
 * whoever asks later. */
MUST_USE bool condition_bind(const struct condition_names *names, struct arena *mem, const struct query *query, const char *field, struct text zone,
                             staff_id me, struct ticket_condition **ret, struct error *err);

/* Sets the clock of all its times. False for *ret_moves: none depends on it. */
void condition_clock(struct ticket_condition *condition, int64_t now);
bool condition_moves(const struct ticket_condition *condition);

/* Asks for what only messages know: their words, senders and recipients. Such a condition can't be put to a ticket in memory. */
bool condition_has_words(const struct ticket_condition *condition);
/* Asks for "me" as owner, watching or mentioned, and so is another one for each reader of the same ticket. */
bool condition_has_own(const struct ticket_condition *condition);
/* Depends on what the requester or their company is called. */
bool condition_has_people(const struct ticket_condition *condition);
/* "spam" or "merged": asks for such tickets (is:spam), and not for others only. Only then are they among those that it finds. */
bool condition_wants(const struct ticket_condition *condition, const char *what);

/* The tickets that the database finds, in the order of their ids; me is who asks. awake: without what they have put off. */
MUST_USE bool condition_find(struct tx *tx, struct arena *mem, const struct ticket_condition *condition, staff_id me, bool awake, int64_t limit,
                             size_t *ret_count, const ticket_id **ret, struct error *err);

/* --- Pages and counts ------------------------------------------------------------------------------------------- */

struct request;
struct response;

struct tickets_wish {
    struct text sort, cursor;    /* as /tickets takes them; no text: as there */
    int64_t limit;
};

/* A page of what the condition finds and the caller may read, as /tickets answers. Where no index helps it may end early, even without
 * any, and still name the next one: the cost of a page is bounded. */
MUST_USE bool tickets_page(struct request *request, struct response *response, const struct ticket_condition *condition,
                           const struct tickets_wish *wish, struct error *err);

struct condition_count {
    int64_t found;
    bool is_whole;               /* false: among the newest 100,000 only */
};
/* How many tickets it finds that the caller may read. */
MUST_USE bool condition_preview(struct request *request, const struct ticket_condition *condition, struct condition_count *ret, struct error *err);

/* --- One ticket ------------------------------------------------------------------------------------------------- */

struct ticket_facts {
    ticket_id id;
    team_id team;
    staff_id assignee, owner;
    person_id requester;
    int64_t company, state, message_count;
    enum category category;
    enum priority priority;
    struct text channel, waiting_reason, tags, fields;
    bool is_spam, is_active, is_merged, has_files, has_notes, has_task;
    int64_t waiting_until_at, created_at, updated_at, last_message_at, first_response_at, resolved_at, closed_at;
    struct text requester_words; /* each between two line ends */
    struct text watchers, mentioned; /* agents by their numbers, with spaces between */
};

/* The facts of the tickets above after, in the order of their ids. */
MUST_USE bool ticket_facts_after(struct tx *tx, struct arena *mem, ticket_id after, int64_t limit, size_t *ret_count, const struct ticket_facts **ret,
                                 struct error *err);
/* *ret NULL: there is no such ticket. */
MUST_USE bool ticket_facts(struct tx *tx, struct arena *mem, ticket_id id, const struct ticket_facts **ret, struct error *err);

/* The tickets of a person, at most limit. */
MUST_USE bool tickets_of_person(struct tx *tx, struct arena *mem, person_id person, int64_t limit, size_t *ret_count, const ticket_id **ret,
                                struct error *err);

/* Whether the condition finds the ticket, as condition_find does: it meets it, and is neither spam nor merged unless that is wanted. */
bool condition_finds(const struct ticket_condition *condition, const struct ticket_facts *facts, bool is_mine);

/* Whether the ticket meets the condition at the time that condition_clock has set; is_mine: whoever asks is its assignee. */
bool condition_meets(const struct ticket_condition *condition, const struct ticket_facts *facts, bool is_mine);

/* The first instant after now at which the answer may be another one though nothing changes but the time; INT64_MAX: never. */
int64_t condition_turns(const struct ticket_condition *condition, const struct ticket_facts *facts, int64_t now);

#endif
