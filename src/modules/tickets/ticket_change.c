/* Changing a ticket: only the fields that are named, what each state needs, and what readers learn of it. */
#include "modules/people/people.h"
#include "modules/tickets/checklist.h"
#include "modules/tickets/form.h"
#include "modules/tickets/states.h"
#include "modules/tickets/values.h"

#include <jansson.h>

static const char *const waiting_reasons[] = {"customer", "third_party", "date", "internal"};

struct change {
    struct tx *tx;
    const struct ticket *before;
    struct ticket after;
    struct text needs;           /* fields that the way to the new state needs */
    struct json_list checklist;  /* struct text[]: what is new on the checklist */
    struct buffer data;
    struct json_writer json;
    bool any, is_trial;
};

static void note_text(struct change *change, const char *field, struct text before, struct text after) {
    if (text_equal(before, after)) return;
    change->any = true;
    json_key(&change->json, field);
    json_array_begin(&change->json);
    json_text(&change->json, before);
    json_text(&change->json, after);
    json_array_end(&change->json);
}

static void note_id(struct change *change, const char *field, int64_t before, int64_t after) {
    if (before == after) return;
    change->any = true;
    json_key(&change->json, field);
    json_array_begin(&change->json);
    json_id(&change->json, before);
    json_id(&change->json, after);
    json_array_end(&change->json);
}

static void note_time(struct change *change, const char *field, int64_t before, int64_t after) {
    if (before == after) return;
    change->any = true;
    json_key(&change->json, field);
    json_array_begin(&change->json);
    json_time(&change->json, before);
    json_time(&change->json, after);
    json_array_end(&change->json);
}

static bool is_waiting_reason(struct text reason) {
    for (size_t i = 0; i < COUNT_OF(waiting_reasons); i++)
        if (text_is(reason, waiting_reasons[i])) return true;
    return false;
}

/* What a waiting ticket waits for. Without a wish it stays as it is; what begins to wait says why. */
static bool change_waiting(struct change *change, const struct ticket_change *wish, bool begins, struct error *err) {
    struct ticket *after = &change->after;
    if (begins && !wish->waiting_reason.data) return error_field(err, "waiting_reason", "required", "a waiting ticket needs a reason");
    if (wish->waiting_reason.data && !is_waiting_reason(wish->waiting_reason))
        return error_field(err, "waiting_reason", "unknown", "there is no such reason");
    if (wish->waiting_reason.data) after->waiting_reason = wish->waiting_reason;
    if (wish->waiting_reason.data || wish->waiting_until_at) after->waiting_until_at = wish->waiting_until_at;
    if (text_is(after->waiting_reason, "date") && !after->waiting_until_at)
        return error_field(err, "waiting_until", "required", "waiting for a date needs the date");
    if (wish->waiting_until_at && wish->waiting_until_at <= change->tx->now)
        return error_field(err, "waiting_until", "past", "lies in the past");
    return true;
}

static bool change_state(struct change *change, const struct ticket_change *wish, struct error *err) {
    const struct sql_ticket_state_by_key_row *state;
    struct ticket *after = &change->after;
    if (!sql_ticket_state_by_key(change->tx, &change->tx->mem, &(struct sql_ticket_state_by_key){.key = wish->state}, &state, err))
        return false;
    if (!state) return error_field(err, "state", "unknown", "there is no such state");
    after->state = wish->state;
    after->category = (enum category)state->category;
    bool done = after->category >= CATEGORY_RESOLVED, was_done = change->before->category >= CATEGORY_RESOLVED;
    int64_t resolved_at = wish->resolved_at ? wish->resolved_at : change->tx->now, closed_at = wish->closed_at ? wish->closed_at : change->tx->now;
    after->resolved_at = !done ? 0 : was_done ? after->resolved_at : resolved_at;
    after->closed_at = after->category == CATEGORY_CLOSED ? (after->closed_at ? after->closed_at : closed_at) : 0;
    return true;
}

static bool change_what_for(struct change *change, const struct ticket_change *wish, struct error *err) {
    struct ticket *after = &change->after;
    if (after->category == CATEGORY_WAITING) return change_waiting(change, wish, wish->has_state, err);
    if (!wish->has_state && (wish->waiting_reason.data || wish->waiting_until_at))
        return error_field(err, wish->waiting_reason.data ? "waiting_reason" : "waiting_until", "not_waiting", "the ticket does not wait");
    after->waiting_reason = (struct text){0};
    after->waiting_until_at = 0;
    return true;
}

static bool check_agent(struct tx *tx, const char *field, bool is_wished, staff_id before, staff_id id, struct error *err) {
    const struct sql_staff_exists_row *staff;
    if (!is_wished || !id.value || id.value == before.value) return true;
    if (!sql_staff_exists(tx, &tx->mem, &(struct sql_staff_exists){.staff_id = id}, &staff, err)) return false;
    if (!staff) return error_field(err, field, "unknown", "there is no such agent");
    return staff->is_active || error_field(err, field, "agent_inactive", "the account does not work here now");
}

static bool check_people(struct change *change, const struct ticket_change *wish, struct error *err) {
    struct tx *tx = change->tx;
    const struct sql_team_exists_row *team;
    const struct sql_person_exists_row *person;
    bool there = true;
    if (wish->has_team) {
        if (!sql_team_exists(tx, &tx->mem, &(struct sql_team_exists){.team_id = wish->team}, &team, err)) return false;
        if (!team) return error_field(err, "team", "unknown", "there is no such team");
    }
    if (wish->has_requester) {
        if (!sql_person_exists(tx, &tx->mem, &(struct sql_person_exists){.person_id = wish->requester}, &person, err)
            || (person && !change->is_trial && !person_hold(tx, wish->requester, &there, err)))
            return false;
        if (!person || !there) return error_field(err, "requester", "unknown", "there is no such person");
    }
    return check_agent(tx, "assignee", wish->has_assignee, change->before->assignee, wish->assignee, err)
           && check_agent(tx, "owner", wish->has_owner, change->before->owner, wish->owner, err);
}

/* A team that does not offer the state gets the ticket in its own of the same kind. */
static bool follow_team(struct change *change, struct error *err) {
    struct sql_ticket_state_list_rows states;
    struct ticket *after = &change->after;
    if (!states_read(change->tx, &change->tx->mem, &states, err)) return false;
    const struct sql_ticket_state_list_row *state = state_for_team(&states, after->state, after->team);
    if (state) after->state = state->key;
    return true;
}

static bool check_state(struct change *change, const struct ticket_change *wish, struct error *err) {
    const struct ticket *after = &change->after;
    const struct state_step step = {.actor = wish->asks, .before = change->before, .team = after->team, .to = wish->state,
                                    .adds_items = change->checklist.count > 0};
    return !wish->asks || !wish->has_state || state_check(change->tx, &step, &change->needs, err);
}

static bool change_fields(struct change *change, const struct ticket_change *wish, struct error *err) {
    struct ticket *after = &change->after;
    struct values values;
    if (!values_read(change->tx, after->team, after->fields, wish->fields, &values, err)) return false;
    if (!change->is_trial && !values_write(change->tx, after->id, &values, err)) return false;
    after->fields = values.json;
    return true;
}

/* What a person wrote while the ticket was in quarantine opens it when it leaves that, as it would have at once. */
static bool leave_quarantine(struct change *change, const struct ticket_change *wish, struct error *err) {
    const struct ticket *before = change->before;
    const struct sql_ticket_wakes_from_spam_row *row;
    bool sleeps = before->category == CATEGORY_WAITING || before->category >= CATEGORY_RESOLVED;
    if (!before->is_spam || change->after.is_spam || wish->has_state || !sleeps) return true;
    if (!sql_ticket_wakes_from_spam(change->tx, &change->tx->mem, &(struct sql_ticket_wakes_from_spam){.ticket_id = before->id}, &row, err)) return false;
    return !row || !row->wakes || change_state(change, &(struct ticket_change){.state = text_of("open")}, err);
}

static bool collect(struct change *change, const struct ticket_change *wish, struct error *err) {
    struct ticket *after = &change->after;
    if (!check_people(change, wish, err)) return false;
    if (wish->has_spam) after->is_spam = wish->is_spam;
    if ((wish->has_state && !change_state(change, wish, err)) || !leave_quarantine(change, wish, err) || !change_what_for(change, wish, err)) return false;
    if (wish->has_assignee) {
        after->assignee = wish->assignee;
        /* Who takes the ticket first answers for it, until somebody hands that on. */
        if (!after->owner.value) after->owner = wish->assignee;
    }
    if (wish->has_owner) after->owner = wish->owner;
    if (wish->has_team) after->team = wish->team;
    if (wish->has_requester) after->requester = wish->requester;
    if (wish->has_priority) after->priority = wish->priority;
    if (wish->has_subject) {
        after->subject = subject_of(&change->tx->mem, wish->subject);
        if (text_empty(after->subject)) return error_field(err, "subject", "required", "a ticket needs a subject");
    }
    if (wish->has_tags && !(change->is_trial ? tags_look(change->tx, &wish->tags, &after->tags, err)
                                             : tags_write(change->tx, after->id, &wish->tags, &after->tags, err))) return false;
    if (wish->has_fields && !change_fields(change, wish, err)) return false;
    if (wish->has_checklist && !checklist_lacks(change->tx, after->id, &wish->checklist, &change->checklist, err)) return false;
    if (!check_state(change, wish, err) || (after->team.value != change->before->team.value && !follow_team(change, err))) return false;
    after->is_active = after->category < CATEGORY_RESOLVED && !after->is_spam && !after->merged_into.value;
    return true;
}

static void note_checklist(struct change *change) {
    const struct text *at = change->checklist.at;
    if (!change->checklist.count) return;
    change->any = true;
    json_key(&change->json, "checklist");
    json_array_begin(&change->json);
    json_none(&change->json);
    json_array_begin(&change->json);
    for (size_t i = 0; i < change->checklist.count; i++) json_text(&change->json, at[i]);
    json_array_end(&change->json);
    json_array_end(&change->json);
}

static void note_changes(struct change *change) {
    const struct ticket *before = change->before, *after = &change->after;
    change->data = (struct buffer){.mem = &change->tx->mem};
    change->json = json_writer(&change->data);
    json_object_begin(&change->json);
    note_text(change, "state", before->state, after->state);
    note_text(change, "waiting_reason", before->waiting_reason, after->waiting_reason);
    note_time(change, "waiting_until", before->waiting_until_at, after->waiting_until_at);
    note_id(change, "requester", before->requester.value, after->requester.value);
    note_id(change, "assignee", before->assignee.value, after->assignee.value);
    note_id(change, "owner", before->owner.value, after->owner.value);
    note_id(change, "team", before->team.value, after->team.value);
    note_text(change, "priority", text_of(priority_name(before->priority)), text_of(priority_name(after->priority)));
    note_text(change, "subject", before->subject, after->subject);
    note_text(change, "spam", text_of(before->is_spam ? "yes" : "no"), text_of(after->is_spam ? "yes" : "no"));
    if (!text_equal(before->tags, after->tags)) {
        change->any = true;
        json_key(&change->json, "tags");
        json_array_begin(&change->json);
        json_raw(&change->json, before->tags);
        json_raw(&change->json, after->tags);
        json_array_end(&change->json);
    }
    note_checklist(change);
    change->any |= values_note(&change->json, before->fields, after->fields);
    json_object_end(&change->json);
}

static bool write_checklist(struct change *change, struct error *err) {
    const struct text *at = change->checklist.at;
    int64_t item;
    for (size_t i = 0; i < change->checklist.count; i++)
        if (!checklist_add(change->tx, change->after.id, at[i], &item, err)) return false;
    return true;
}

static bool write_ticket(struct change *change, struct error *err) {
    const struct ticket *after = &change->after;
    const struct sql_ticket_write in = {
        .ticket_id = after->id, .subject = after->subject, .requester_id = after->requester, .owner_id = after->owner, .assignee_id = after->assignee,
        .team_id = after->team, .state = after->state, .category = after->category, .priority = after->priority,
        .waiting_reason = after->waiting_reason, .waiting_until_at = after->waiting_until_at, .tags = after->tags,
        .fields = after->fields,
        .is_spam = after->is_spam, .is_active = after->is_active, .resolved_at = after->resolved_at,
        .closed_at = after->closed_at, .updated_at = change->tx->now,
    };
    return sql_ticket_write(change->tx, &in, NULL, err) && write_checklist(change, err)
           && (!ticket_is_tagged(after)
               || sql_ticket_tags_follow(change->tx, &(struct sql_ticket_tags_follow){.ticket_id = after->id}, NULL, err));
}

/* Who could see the ticket because of its team or agent, and perhaps can't any more, learns that it left, and no more than that. */
static void tell_the_left(struct change *change, const struct doer *doer) {
    const struct ticket *before = change->before, *after = &change->after;
    bool team = before->team.value != after->team.value;
    bool agent = before->assignee.value && before->assignee.value != after->assignee.value;
    if (!team && !agent) return;
    change->data = (struct buffer){.mem = &change->tx->mem};
    change->json = json_writer(&change->data);
    json_object_begin(&change->json);
    if (team) note_id(change, "team", before->team.value, after->team.value);
    else note_id(change, "assignee", before->assignee.value, after->assignee.value);
    json_object_end(&change->json);
    ticket_event(change->tx, doer, before, team ? "ticket.left_team" : "ticket.left_assignee", buffer_text(&change->data), true);
}

/* --- Stale writes -------------------------------------------------------------------------------------------------------- */

static bool is_named(const struct error *err, const char *field) {
    for (size_t i = 0; i < err->field_count; i++)
        if (strcmp(err->fields[i].field, field) == 0) return true;
    return false;
}

static void name_changed(struct error *err, const char *field, struct text what) {
    if (err->field_count == ERROR_FIELDS || is_named(err, field)) return;
    struct error_field *added = &err->fields[err->field_count++];
    snprintf(added->field, sizeof added->field, "%s", field);
    snprintf(added->code, sizeof added->code, "changed");
    snprintf(added->message, sizeof added->message, "%.*s", (int)text_cut(what, sizeof added->message - 1).size, what.data ? what.data : "");
}

/* {"priority":["normal","high"]}: the field, and what it is now. */
static void name_fields(struct tx *tx, struct error *err, struct text data) {
    json_t *root = json_loadb(data.data, data.size, 0, NULL);
    const char *field;
    json_t *change;
    json_object_foreach(root, field, change) {
        json_t *now = json_array_get(change, 1);
        size_t size = json_dumpb(now, NULL, 0, JSON_ENCODE_ANY | JSON_COMPACT);
        char *words = arena_alloc(&tx->mem, size + 1);
        json_dumpb(now, words, size, JSON_ENCODE_ANY | JSON_COMPACT);
        name_changed(err, field, text_from(words, size));
    }
    json_decref(root);
}

/* Names what has changed since the version that the caller saw: each of these events made a version. but: what that agent, or the
 * program by itself, has done is left out; 0: nothing is. False: there was nothing, or it could not be read. */
static bool name_news(struct tx *tx, const struct ticket *ticket, int64_t version, staff_id but, struct error *err) {
    struct sql_event_of_ticket_since_rows rows;
    int64_t newer = ticket->version - version;
    bool found = false;
    struct error ignored;
    const struct sql_event_of_ticket_since in = {.ticket_id = ticket->id, .limit = 100};
    if (!sql_event_of_ticket_since(tx, &tx->mem, &in, &rows, &ignored)) return false;
    for (size_t i = 0; i < rows.count && newer > 0; i++) {
        bool own = but.value && (rows.at[i].actor_kind == ACTOR_SYSTEM || (rows.at[i].actor_kind == ACTOR_STAFF && rows.at[i].actor_id == but.value));
        bool changed = text_is(rows.at[i].kind, "ticket.changed");
        bool message = text_is(rows.at[i].kind, "message.written") || text_is(rows.at[i].kind, "message.moved")
                       || text_is(rows.at[i].kind, "message.returned") || text_is(rows.at[i].kind, "ticket.merged")
                       || text_is(rows.at[i].kind, "ticket.unmerged");
        if (changed && !own) name_fields(tx, err, rows.at[i].data);
        if (message && !own) name_changed(err, "messages", text_of("there is another message"));
        found |= (changed || message) && !own;
        newer -= changed || message;
    }
    return found;
}

static bool refuse_stale(struct tx *tx, const struct ticket *ticket, int64_t version, struct error *err) {
    error_set_key(err, ERR_STALE, "ticket_stale", "the ticket is at version %" PRId64 ", not %" PRId64, ticket->version, version);
    (void)name_news(tx, ticket, version, (staff_id){0}, err);
    return false;
}

bool ticket_refuse_news(struct tx *tx, const struct ticket *ticket, int64_t version, staff_id agent, struct error *err) {
    struct error news;
    error_set_key(&news, ERR_CONFLICT, "ticket_moved_on", "somebody else has written or changed something meanwhile");
    if (!name_news(tx, ticket, version, agent, &news)) return true;
    *err = news;
    return false;
}

/* --- Doing it ------------------------------------------------------------------------------------------------------------- */

/* Who the ticket was for stays in the conversation. */
static bool hand_over_requester(struct change *change, struct error *err) {
    const struct ticket *before = change->before, *after = &change->after;
    if (before->requester.value == after->requester.value) return true;
    const struct sql_participant_role old = {.ticket_id = after->id, .person_id = before->requester, .role = text_of("cc")};
    const struct sql_participant_role new = {.ticket_id = after->id, .person_id = after->requester, .role = text_of("requester"), .is_on = true};
    return sql_participant_role(change->tx, &old, NULL, err)
           && participant_add(change->tx, after->id, after->requester, "requester", err) && sql_participant_role(change->tx, &new, NULL, err);
}

static bool check_form(struct change *change, const struct ticket_change *wish, struct error *err) {
    const struct form_wish form = {.actor = wish->asks, .before = change->before, .after = &change->after, .needs = change->needs,
                                   .fields = wish->has_fields ? wish->fields : (struct text){0}};
    return !wish->asks || form_check(change->tx, &form, err);
}

bool ticket_try(struct tx *tx, const struct ticket *ticket, const struct ticket_change *wish, struct text *ret_changes, struct error *err) {
    struct change change = {.tx = tx, .before = ticket, .after = *ticket, .is_trial = true};
    if (!collect(&change, wish, err)) return false;
    note_changes(&change);
    if (change.any && !check_form(&change, wish, err)) return false;
    *ret_changes = buffer_text(&change.data);
    return true;
}

bool ticket_apply(struct tx *tx, const struct doer *doer, ticket_id id, const struct ticket_change *wish, struct error *err) {
    const struct ticket *ticket;
    if (!ticket_locked(tx, id, &ticket, err)) return false;
    if (wish->version && wish->version != ticket->version) return refuse_stale(tx, ticket, wish->version, err);
    if (ticket->merged_into.value) return ticket_refuse_merged(ticket, err);
    struct change change = {.tx = tx, .before = ticket, .after = *ticket};
    if (!collect(&change, wish, err)) return false;
    note_changes(&change);
    if (!change.any) return true;
    if (!check_form(&change, wish, err)) return false;
    if (!write_ticket(&change, err) || !hand_over_requester(&change, err)) return error_context(err, "changing ticket %" PRId64, id.value);
    counters_move(tx, ticket, &change.after);
    tag_counters_move(tx, ticket, &change.after);
    ticket_event(tx, doer, &change.after, "ticket.changed", buffer_text(&change.data), true);
    tell_the_left(&change, doer);
    return !ticket->is_active || change.after.is_active || links_part_done(tx, &change.after, err);
}
