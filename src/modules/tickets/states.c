#include "modules/tickets/states.h"

bool states_read(struct tx *tx, struct arena *mem, struct sql_ticket_state_list_rows *ret, struct error *err) {
    return sql_ticket_state_list(tx, mem, ret, err);
}

const struct sql_ticket_state_list_row *state_by_key(const struct sql_ticket_state_list_rows *states, struct text key) {
    for (size_t i = 0; i < states->count; i++)
        if (text_equal(states->at[i].key, key)) return &states->at[i];
    return NULL;
}

bool state_is_of(const struct sql_ticket_state_list_row *state, team_id team) {
    json_auto_t *teams = json_loadb(state->teams.data, state->teams.size, 0, NULL);
    bool is = json_array_size(teams) == 0;
    for (size_t i = 0; i < json_array_size(teams) && !is; i++) is = json_integer_value(json_array_get(teams, i)) == team.value;
    return is;
}

const struct sql_ticket_state_list_row *state_for_team(const struct sql_ticket_state_list_rows *states, struct text key, team_id team) {
    const struct sql_ticket_state_list_row *own = state_by_key(states, key);
    if (!own || state_is_of(own, team)) return own;
    for (size_t i = 0; i < states->count; i++)
        if (states->at[i].category == own->category && states->at[i].is_active && state_is_of(&states->at[i], team)) return &states->at[i];
    return own;
}

/* --- Ways -------------------------------------------------------------------------------------------------------- */

static bool may_go(const struct actor *actor, const struct ticket *ticket, const struct sql_ticket_transition_list_row *way) {
    return !way->permission.data || actor_may_in(actor, permission_find(way->permission), ticket->id, ticket->team, ticket->assignee);
}

/* *ret NULL with *ret_ruled: there are ways from there, but not this one. */
static const struct sql_ticket_transition_list_row *find_way(const struct sql_ticket_transition_list_rows *ways, struct text from, struct text to,
                                                             bool *ret_ruled) {
    const struct sql_ticket_transition_list_row *found = NULL;
    *ret_ruled = false;
    for (size_t i = 0; i < ways->count; i++) {
        if (!text_equal(ways->at[i].from_key, from)) continue;
        *ret_ruled = true;
        if (text_equal(ways->at[i].to_key, to)) found = &ways->at[i];
    }
    return found;
}

static bool check_way(struct tx *tx, const struct state_step *step, struct text *ret_needs, struct error *err) {
    struct sql_ticket_transition_list_rows ways;
    bool ruled;
    const struct sql_ticket_transition_list in = {.team_id = step->before->team};
    if (!sql_ticket_transition_list(tx, &tx->mem, &in, &ways, err)) return false;
    const struct sql_ticket_transition_list_row *way = find_way(&ways, step->before->state, step->to, &ruled);
    if (ruled && !way) return error_field(err, "state", "no_way", "the team has no way from this state to that one");
    if (way && !may_go(step->actor, step->before, way))
        return error_field(err, "state", "no_right", "this way needs %s", text_string(&tx->mem, way->permission));
    if (way) *ret_needs = way->fields;
    return true;
}

enum { OPEN_NAMED = 3 };

static bool check_done(struct tx *tx, const struct state_step *step, struct error *err) {
    struct sql_checklist_open_rows open;
    struct buffer names = {.mem = &tx->mem};
    if (step->adds_items) return error_field(err, "state", "checklist_open", "the same change puts something on the checklist");
    if (!sql_checklist_open(tx, &tx->mem, &(struct sql_checklist_open){.ticket_id = step->before->id, .limit = OPEN_NAMED + 1}, &open, err)) return false;
    for (size_t i = 0; i < open.count && i < OPEN_NAMED; i++)
        buffer_printf(&names, "%s%.*s", i ? "; " : "", (int)text_cut(open.at[i].text, 60).size, open.at[i].text.data);
    return !open.count || error_field(err, "state", "checklist_open", "%s%s", text_string(&tx->mem, buffer_text(&names)), open.count > OPEN_NAMED ? "; …" : "");
}

bool state_check(struct tx *tx, const struct state_step *step, struct text *ret_needs, struct error *err) {
    struct sql_ticket_state_list_rows states;
    *ret_needs = (struct text){0};
    if (text_equal(step->before->state, step->to)) return true;
    if (!states_read(tx, &tx->mem, &states, err)) return false;
    const struct sql_ticket_state_list_row *to = state_by_key(&states, step->to);
    if (!to) return error_field(err, "state", "unknown", "there is no such state");
    if (!to->is_active) return error_field(err, "state", "state_inactive", "the state is not in use any more");
    if (!state_is_of(to, step->team)) return error_field(err, "state", "state_elsewhere", "the team does not offer the state");
    return check_way(tx, step, ret_needs, err) && (!to->needs_done || check_done(tx, step, err));
}

bool states_open_to(struct tx *tx, struct arena *mem, const struct actor *actor, const struct ticket *ticket, size_t *ret_count,
                    const struct text **ret, struct error *err) {
    struct sql_ticket_state_list_rows states;
    struct sql_ticket_transition_list_rows ways;
    const struct sql_ticket_transition_list in = {.team_id = ticket->team};
    if (!states_read(tx, mem, &states, err) || !sql_ticket_transition_list(tx, mem, &in, &ways, err)) return false;
    struct text *keys = arena_array(mem, states.count + 1, sizeof *keys);
    size_t count = 0;
    for (size_t i = 0; i < states.count; i++) {
        const struct sql_ticket_state_list_row *state = &states.at[i];
        bool ruled, own = text_equal(state->key, ticket->state);
        const struct sql_ticket_transition_list_row *way = find_way(&ways, ticket->state, state->key, &ruled);
        bool open = state->is_active && state_is_of(state, ticket->team) && (way ? may_go(actor, ticket, way) : !ruled);
        if (own || open) keys[count++] = state->key;
    }
    *ret_count = count;
    *ret = keys;
    return true;
}
