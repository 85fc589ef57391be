/* events.h - the append-only record of every change: history, audit, live screens and numbers read it.
 *
 * An event is recorded in the transaction of its change and written just before that commits. Each event carries
 * hash = SHA-256(previous hash, its own fields), so that a missing or changed row shows (theke check).
 * Ids are given in commit order on both databases: who has read up to id N never misses a lower one. */
#ifndef THEKE_PLATFORM_EVENTS_EVENTS_H
#define THEKE_PLATFORM_EVENTS_EVENTS_H

#include "platform/store/store.h"

enum actor_kind { ACTOR_SYSTEM, ACTOR_STAFF, ACTOR_PERSON, ACTOR_RULE, ACTOR_IMPORT };

struct event {
    const char *kind;          /* "ticket.assigned": a static string, listed in docs and in the subscribers' tables */
    enum actor_kind actor;
    int64_t actor_id;          /* staff or person id; 0 for the system */
    struct text cause;         /* why, when a human click isn't the cause: "mail 812", "rule 7"; may be none */
    ticket_id ticket;          /* the ticket it belongs to: its readers may see the event; 0: see scope */
    team_id team;              /* the team whose members may see it */
    staff_id assignee;         /* the agent whose ticket it is: may see it beside the team; 0: nobody's */
    const char *scope;         /* without ticket: "staff" (any signed-in agent), "admin", or "staff:ID" for one */
    struct text data;          /* JSON object: what changed, {"field": [before, after], ...} or the thing itself */
    bool internal;             /* speaks of something customers must not see */
};

/* Only remembers; written before the commit. The texts must live as long as the tx (use tx->mem). */
void event_record(struct tx *tx, const struct event *event);

/* From now on until its end nobody but this transaction appends: the ids that it takes for its rows become visible in their
 * order too, so that who has read such rows up to an id never misses a lower one. */
MUST_USE bool events_hold(struct tx *tx, struct error *err);

/* Writes what was recorded. The store calls it; nobody else. *ret_last is 0 when there was nothing. */
MUST_USE bool events_flush(struct tx *tx, int64_t *ret_last, struct error *err);

/* An event by its place in the chain and its hash, which stands for all before it. */
struct event_head {
    int64_t id; /* 0: there is none */
    unsigned char hash[32];
};
MUST_USE bool events_head(struct tx *tx, struct event_head *ret_head, struct error *err);
MUST_USE bool events_has(struct tx *tx, const struct event_head *head, bool *ret_has, struct error *err);

/* Recomputes the chain. ERR_STORE names the first event that does not fit. */
MUST_USE bool events_verify(struct tx *tx, int64_t *ret_count, struct error *err);

#endif
