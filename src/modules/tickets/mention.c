/* Naming colleagues in a note. Who can't see the ticket is admitted to it, and to nothing else, when the writer says so. */
#include "api/modules_tickets.h"
#include "modules/people/people.h"
#include "modules/tickets/tickets_private.h"
#include "platform/access/admission.h"

enum { NAMED_LIMIT = 100, ADMISSIONS_LIMIT = 500 };

/* Whom a note names. */
struct naming {
    struct request *request;
    const struct ticket *ticket;
    message_id message;
    staff_id staff[NAMED_LIMIT], left_out[NAMED_LIMIT]; /* left_out: of a team, admitted to as many tickets as anybody may be */
    size_t count, left_out_count;
};

/* --- Who sees what ----------------------------------------------------------------------------------------------------------- */

enum sight { SEES_NOTHING, SEES_BY_ADMISSION, SEES };

/* What a colleague sees of a ticket, or would see when admitted. */
static bool sight_of(struct request *request, const struct ticket *ticket, staff_id staff, enum sight *ret_sight, struct error *err) {
    struct actor actor = {0};
    bool found;
    if (!actor_load(request->tx, request->mem, staff, &actor, &found, err)) return false;
    *ret_sight = !found || !actor_may(&actor, CAN_TICKETS_READ) ? SEES_NOTHING
                 : ticket_visible(&actor, ticket->id, ticket->team, ticket->assignee) ? SEES : SEES_BY_ADMISSION;
    return true;
}

/* Who is in by admission alone lets nobody else in. */
static bool may_admit(const struct request *request, const struct ticket *ticket) {
    return actor_may_in(request->actor, CAN_TICKETS_REPLY, ticket->id, ticket->team, ticket->assignee);
}

/* --- Writing ----------------------------------------------------------------------------------------------------------------- */

/* What is done costs nobody anything any more. */
static bool has_room(struct tx *tx, staff_id staff, bool *ret_has, struct error *err) {
    const struct sql_admitted_active_row *now;
    if (!sql_admitted_active(tx, &tx->mem, &(struct sql_admitted_active){.staff_id = staff}, &now, err)) return false;
    *ret_has = now->count < ADMISSIONS_LIMIT;
    return true;
}

/* One of a team for whom there is no room must not cost all others the note. */
static bool find_room(struct naming *naming, staff_id staff, team_id team, bool *ret_has, struct error *err) {
    if (!has_room(naming->request->tx, staff, ret_has, err)) return false;
    if (*ret_has) return true;
    if (!team.value) return error_set_key(err, ERR_CONFLICT, "too_many_admissions", "nobody is admitted to more than %d tickets", ADMISSIONS_LIMIT);
    naming->left_out[naming->left_out_count++] = staff;
    return true;
}

static bool admit(struct naming *naming, const struct sql_staff_exists_row *row, staff_id staff, team_id team, bool *ret_admitted, struct error *err) {
    struct request *request = naming->request;
    const struct message_create *body = request->body;
    struct doer doer = doer_of(request);
    const struct admission admission = {.staff = staff, .by = request->actor->staff, .ticket = naming->ticket->id, .message = naming->message};
    bool is_new;
    if (!may_admit(request, naming->ticket) || !body->admit)
        return error_field(err, "mentions", body->admit ? "may_not_admit" : "no_access", "%.*s can't see this ticket", (int)row->name.size, row->name.data);
    if (!find_room(naming, staff, team, ret_admitted, err)) return false;
    if (!*ret_admitted) return true;
    if (!admission_add(request->tx, &admission, &is_new, err)) return false;
    struct text data = text_printf(&request->tx->mem, "{\"staff\":%" PRId64 ",\"message\":%" PRId64 "}", staff.value, naming->message.value);
    ticket_event(request->tx, &doer, naming->ticket, "ticket.admitted", data, true);
    return true;
}

static bool is_among(const staff_id *at, size_t count, staff_id staff) {
    for (size_t i = 0; i < count; i++)
        if (at[i].value == staff.value) return true;
    return false;
}

static bool is_named(const struct naming *naming, staff_id staff) {
    return staff.value == naming->request->actor->staff.value || is_among(naming->staff, naming->count, staff)
           || is_among(naming->left_out, naming->left_out_count, staff);
}

/* team 0: by their own name; else whoever of the team can't be shown the ticket at all is left out. */
static bool name_one(struct naming *naming, staff_id staff, team_id team, struct error *err) {
    struct tx *tx = naming->request->tx;
    const struct sql_staff_exists_row *row;
    enum sight sight;
    bool sees = true;
    if (is_named(naming, staff)) return true;
    if (!sql_staff_exists(tx, &tx->mem, &(struct sql_staff_exists){.staff_id = staff}, &row, err)
        || !sight_of(naming->request, naming->ticket, staff, &sight, err))
        return false;
    if (!row || !row->is_active) return error_field(err, "mentions", "unknown", "nobody with the number %" PRId64 " works here now", staff.value);
    if (sight == SEES_NOTHING && team.value) return true;
    if (sight == SEES_NOTHING) return error_field(err, "mentions", "no_tickets", "%.*s sees no tickets at all", (int)row->name.size, row->name.data);
    if (naming->count + naming->left_out_count == NAMED_LIMIT)
        return error_field(err, "mentions", "too_many", "a note names at most %d people", NAMED_LIMIT);
    if (sight == SEES_BY_ADMISSION && !admit(naming, row, staff, team, &sees, err)) return false;
    if (!sees) return true;
    naming->staff[naming->count++] = staff;
    const struct sql_mention_add in = {.message_id = naming->message, .staff_id = staff, .team_id = team, .created_at = tx->now};
    return sql_mention_add(tx, &in, NULL, err);
}

static bool name_team(struct naming *naming, team_id team, struct error *err) {
    struct tx *tx = naming->request->tx;
    const struct sql_team_exists_row *row;
    struct sql_members_of_team_rows rows;
    if (!sql_team_exists(tx, &tx->mem, &(struct sql_team_exists){.team_id = team}, &row, err)
        || !sql_members_of_team(tx, &tx->mem, &(struct sql_members_of_team){.team_id = team}, &rows, err))
        return false;
    if (!row) return error_field(err, "mention_teams", "unknown", "there is no team %" PRId64, team.value);
    for (size_t i = 0; i < rows.count; i++)
        if (!name_one(naming, rows.at[i].staff_id, team, err)) return false;
    return true;
}

static struct text named_data(const struct naming *naming) {
    const struct message_create *body = naming->request->body;
    const int64_t *teams = body->mention_teams.at;
    struct buffer out = {.mem = &naming->request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "message", naming->message.value);
    json_key(&json, "staff");
    json_array_begin(&json);
    for (size_t i = 0; i < naming->count; i++) json_int(&json, naming->staff[i].value);
    json_array_end(&json);
    json_key(&json, "teams");
    json_array_begin(&json);
    for (size_t i = 0; i < body->mention_teams.count; i++) json_int(&json, teams[i]);
    json_array_end(&json);
    json_object_end(&json);
    return buffer_text(&out);
}

bool mentions_write(struct request *request, const struct ticket *ticket, message_id message, struct json_list *ret_left_out, struct error *err) {
    const struct message_create *body = request->body;
    const int64_t *staff = body->mentions.at, *teams = body->mention_teams.at;
    struct naming *naming = arena_alloc(request->mem, sizeof *naming);
    struct doer doer = doer_of(request);
    *naming = (struct naming){.request = request, .ticket = ticket, .message = message};
    for (size_t i = 0; i < body->mentions.count; i++)
        if (!name_one(naming, (staff_id){staff[i]}, (team_id){0}, err)) return false;
    for (size_t i = 0; i < body->mention_teams.count; i++)
        if (!name_team(naming, (team_id){teams[i]}, err)) return false;
    if (naming->count) ticket_event(request->tx, &doer, ticket, "ticket.mentioned", named_data(naming), true);
    *ret_left_out = (struct json_list){naming->left_out_count, naming->left_out};
    return true;
}

/* --- Finding whom to name ---------------------------------------------------------------------------------------------------- */

enum { FOUND_STAFF = 8, FOUND_TEAMS = 4 };

/* The beginning of any word of the name. */
static bool begins_a_word(struct arena *mem, struct text name, struct text folded) {
    struct text rest = text_fold(mem, name);
    for (;;) {
        if (text_starts(rest, text_string(mem, folded))) return true;
        size_t blank = text_find_char(rest, ' ');
        if (blank == SIZE_MAX) return false;
        rest = text_skip(rest, blank + 1);
    }
}

static void write_found(struct json_writer *json, const char *kind, int64_t id, struct text name, int64_t outside, bool may) {
    json_object_begin(json);
    json_put_string(json, "kind", kind);
    json_put_int(json, "id", id);
    json_put_text(json, "name", name);
    json_put_int(json, "outside", outside);
    json_put_bool(json, "may_be_named", may);
    json_object_end(json);
}

static bool find_staff(struct request *request, const struct ticket *ticket, struct text folded, struct json_writer *json, struct error *err) {
    struct sql_staff_active_rows rows;
    size_t found = 0;
    if (!sql_staff_active(request->tx, request->mem, &rows, err)) return false;
    for (size_t i = 0; i < rows.count && found < FOUND_STAFF; i++) {
        enum sight sight;
        if (rows.at[i].staff_id.value == request->actor->staff.value || !begins_a_word(request->mem, rows.at[i].name, folded)) continue;
        if (!sight_of(request, ticket, rows.at[i].staff_id, &sight, err)) return false;
        bool may = sight == SEES || (sight == SEES_BY_ADMISSION && may_admit(request, ticket));
        write_found(json, "staff", rows.at[i].staff_id.value, rows.at[i].name, sight != SEES, may);
        found++;
    }
    return true;
}

static bool count_outside(struct request *request, const struct ticket *ticket, team_id team, int64_t *ret_outside, struct error *err) {
    struct sql_members_of_team_rows rows;
    *ret_outside = 0;
    if (!sql_members_of_team(request->tx, request->mem, &(struct sql_members_of_team){.team_id = team}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        enum sight sight;
        if (!sight_of(request, ticket, rows.at[i].staff_id, &sight, err)) return false;
        *ret_outside += sight == SEES_BY_ADMISSION;
    }
    return true;
}

static bool find_teams(struct request *request, const struct ticket *ticket, struct text folded, struct json_writer *json, struct error *err) {
    struct sql_team_names_rows rows;
    size_t found = 0;
    if (!sql_team_names(request->tx, request->mem, &rows, err)) return false;
    for (size_t i = 0; i < rows.count && found < FOUND_TEAMS; i++) {
        int64_t outside;
        if (!begins_a_word(request->mem, rows.at[i].name, folded)) continue;
        if (!count_outside(request, ticket, rows.at[i].team_id, &outside, err)) return false;
        write_found(json, "team", rows.at[i].team_id.value, rows.at[i].name, outside, !outside || may_admit(request, ticket));
        found++;
    }
    return true;
}

bool get_ticket_mentionable(struct request *request, struct response *response, struct error *err) {
    const struct get_ticket_mentionable_query *in = request->query;
    const struct ticket *ticket;
    struct text folded = text_fold(request->mem, text_trim(in->q));
    if (!ticket_for_note(request, request->id[0], &ticket, err)) return false;
    json_object_begin(&response->json);
    json_key(&response->json, "items");
    json_array_begin(&response->json);
    if (!find_staff(request, ticket, folded, &response->json, err) || !find_teams(request, ticket, folded, &response->json, err)) return false;
    json_array_end(&response->json);
    json_put_text(&response->json, "next", (struct text){0});
    json_object_end(&response->json);
    return true;
}
