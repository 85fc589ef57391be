/* states.h - the states that the house has named, and the ways between them; for this folder. */
#ifndef THEKE_MODULES_TICKETS_STATES_H
#define THEKE_MODULES_TICKETS_STATES_H

#include "modules/tickets/tickets_private.h"

/* Theke itself sets the first five: every team offers them, and they stay. */
enum { STATES_OF_THEKE = 5 };

MUST_USE bool states_read(struct tx *tx, struct arena *mem, struct sql_ticket_state_list_rows *ret, struct error *err);
const struct sql_ticket_state_list_row *state_by_key(const struct sql_ticket_state_list_rows *states, struct text key); /* NULL: none */
bool state_is_of(const struct sql_ticket_state_list_row *state, team_id team);

/* The state that a ticket takes when a team gets it that does not offer its own: the first of the same category that it offers. */
const struct sql_ticket_state_list_row *state_for_team(const struct sql_ticket_state_list_rows *states, struct text key, team_id team);

/* What the actor asks for: a state that is in use, that the team offers, and to which there is a way from the one before; else
 * ERR_INVALID on "state". *ret_needs: the keys of the fields that the way needs, as JSON; no text: none. */
struct state_step {
    const struct actor *actor;
    const struct ticket *before;
    team_id team;                /* that it has after the step */
    struct text to;
    bool adds_items;             /* the same change puts something on the checklist */
};
MUST_USE bool state_check(struct tx *tx, const struct state_step *step, struct text *ret_needs, struct error *err);

/* The keys of the states to which the actor may set the ticket, its own first. */
MUST_USE bool states_open_to(struct tx *tx, struct arena *mem, const struct actor *actor, const struct ticket *ticket, size_t *ret_count,
                             const struct text **ret, struct error *err);

#endif
