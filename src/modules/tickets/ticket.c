/* The life of a ticket: opening, changing, what each state needs. */
#include "modules/tickets/tickets_private.h"

#include "base/clock.h"

#include <assert.h>

enum { SUBJECT_LIMIT = 400, TAG_LIMIT = 30, TAG_SIZE = 60 };

static const char *const category_names[] = {"new", "open", "waiting", "resolved", "closed"};
static const char *const priority_names[] = {"", "low", "normal", "high", "urgent"};
static const char *const waiting_reasons[] = {"customer", "third_party", "date", "internal"};

const char *category_name(enum category category) {
    return category_names[category];
}

const char *priority_name(enum priority priority) {
    return priority_names[priority];
}

bool category_find(struct text word, enum category *ret_category) {
    for (size_t i = 0; i < COUNT_OF(category_names); i++)
        if (text_is(word, category_names[i])) {
            *ret_category = (enum category)i;
            return true;
        }
    return false;
}

bool priority_find(struct text word, enum priority *ret_priority) {
    for (size_t i = PRIORITY_LOW; i < COUNT_OF(priority_names); i++)
        if (text_is(word, priority_names[i])) {
            *ret_priority = (enum priority)i;
            return true;
        }
    return false;
}

static struct ticket *ticket_of_row(struct arena *mem, const struct sql_ticket_by_id_row *row) {
    struct ticket *ticket = arena_alloc(mem, sizeof *ticket);
    *ticket = (struct ticket){
        .id = row->ticket_id, .number = row->ticket_id.value + TICKET_NUMBER_BASE, .subject = row->subject,
        .requester = row->requester_id, .owner = row->owner_id, .assignee = row->assignee_id, .team = row->team_id,
        .mailbox = row->mailbox_id, .state = row->state, .category = (enum category)row->category,
        .priority = (enum priority)row->priority, .channel = row->channel, .waiting_reason = row->waiting_reason,
        .tags = row->tags, .is_spam = row->is_spam, .is_active = row->is_active,
        .merged_into = {row->merged_into_id}, .created_at = row->created_at, .updated_at = row->updated_at,
        .first_response_at = row->first_response_at, .resolved_at = row->resolved_at, .closed_at = row->closed_at,
        .version = row->version, .message_count = row->message_count,
    };
    return ticket;
}

bool ticket_find(struct tx *tx, struct arena *mem, ticket_id id, const struct ticket **ret_ticket, struct error *err) {
    const struct sql_ticket_by_id_row *row;
    if (!sql_ticket_by_id(tx, mem, &(struct sql_ticket_by_id){.ticket_id = id}, &row, err)) return false;
    *ret_ticket = row ? ticket_of_row(mem, row) : NULL;
    return true;
}

static bool ticket_locked(struct tx *tx, ticket_id id, const struct ticket **ret_ticket, struct error *err) {
    const struct sql_ticket_lock_row *lock;
    if (!sql_ticket_lock(tx, &tx->mem, &(struct sql_ticket_lock){.ticket_id = id}, &lock, err)) return false;
    if (!ticket_find(tx, &tx->mem, id, ret_ticket, err)) return false;
    return *ret_ticket || error_set_key(err, ERR_NOT_FOUND, "ticket_not_found", "there is no ticket %" PRId64, id.value);
}

void ticket_event(struct tx *tx, const struct doer *doer, const struct ticket *ticket, const char *kind, struct text data,
                  bool internal) {
    event_record(tx, &(struct event){.kind = kind, .actor = doer->kind, .actor_id = doer->id, .cause = doer->cause,
                                     .ticket = ticket->id, .team = ticket->team, .data = data, .internal = internal});
}

/* --- Opening -------------------------------------------------------------------------------------------------- */

static struct text subject_of(struct arena *mem, struct text subject) {
    struct text cut = text_cut(text_trim(subject), SUBJECT_LIMIT);
    return text_empty(cut) ? text_of("") : text_copy(mem, cut);
}

static bool tags_add(struct tx *tx, ticket_id id, const struct json_list *tags, struct text *ret_json, struct error *err) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    const struct text *at = tags->at;
    if (tags->count > TAG_LIMIT) return error_field(err, "tags", "too_many", "at most %d tags", TAG_LIMIT);
    json_array_begin(&json);
    for (size_t i = 0; i < tags->count; i++) {
        struct text tag = text_fold(&tx->mem, text_trim(at[i]));
        int64_t added = 0;
        if (text_empty(tag) || tag.size > TAG_SIZE) return error_field(err, "tags", "invalid", "a tag has 1 to %d bytes", TAG_SIZE);
        if (!sql_ticket_tag_add(tx, &(struct sql_ticket_tag_add){.ticket_id = id, .tag = tag}, &added, err)) return false;
        if (added) json_text(&json, tag);
    }
    json_array_end(&json);
    *ret_json = buffer_text(&out);
    return true;
}

bool tags_write(struct tx *tx, ticket_id id, const struct json_list *tags, struct text *ret_json, struct error *err) {
    return sql_ticket_tags_clear(tx, &(struct sql_ticket_tags_clear){.ticket_id = id}, NULL, err) && tags_add(tx, id, tags, ret_json, err);
}

static struct text opened_data(struct tx *tx, const struct ticket *ticket) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "number", ticket->number);
    json_put_text(&json, "subject", ticket->subject);
    json_put_id(&json, "requester", ticket->requester.value);
    json_put_id(&json, "team", ticket->team.value);
    json_put_id(&json, "assignee", ticket->assignee.value);
    json_put_text(&json, "state", ticket->state);
    json_put_string(&json, "priority", priority_name(ticket->priority));
    json_put_text(&json, "channel", ticket->channel);
    json_put_raw(&json, "tags", ticket->tags);
    if (ticket->is_spam) json_put_bool(&json, "is_spam", true);
    json_object_end(&json);
    return buffer_text(&out);
}

static bool link_tickets(struct tx *tx, ticket_id from, ticket_id to, struct error *err) {
    const struct sql_ticket_link_add link = {.from_id = from.value, .to_id = to.value, .kind = text_of("follows"), .created_at = tx->now};
    return sql_ticket_link_add(tx, &link, NULL, err);
}

static bool finish_opening(struct tx *tx, const struct doer *doer, const struct ticket_opening *opening, ticket_id id,
                           struct error *err) {
    const struct ticket *ticket;
    struct text tags;
    if (opening->tags.count && !tags_add(tx, id, &opening->tags, &tags, err)) return false;
    if (!participant_add(tx, id, opening->requester, "requester", err)) return false;
    if (opening->follows.value && !link_tickets(tx, id, opening->follows, err)) return false;
    if (!ticket_find(tx, &tx->mem, id, &ticket, err)) return false;
    assert(ticket);
    ticket_event(tx, doer, ticket, "ticket.opened", opened_data(tx, ticket), false);
    return true;
}

/* The tags as they will be stored, before the ticket has an id. */
static struct text tags_json(struct tx *tx, const struct json_list *tags) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    const struct text *at = tags->at;
    json_array_begin(&json);
    for (size_t i = 0; i < tags->count; i++) json_text(&json, text_fold(&tx->mem, text_trim(at[i])));
    json_array_end(&json);
    return buffer_text(&out);
}

bool ticket_open(struct tx *tx, const struct doer *doer, const struct ticket_opening *opening, ticket_id *ret_id,
                 struct error *err) {
    const struct sql_ticket_insert in = {
        .subject = subject_of(&tx->mem, opening->subject), .requester_id = opening->requester,
        .assignee_id = opening->assignee, .owner_id = opening->assignee, .team_id = opening->team,
        .mailbox_id = opening->mailbox, .priority = opening->priority ? opening->priority : PRIORITY_NORMAL,
        .channel = text_of(opening->channel), .is_spam = opening->is_spam, .tags = tags_json(tx, &opening->tags),
        .created_at = opening->created_at ? opening->created_at : tx->now,
    };
    const struct sql_ticket_insert_row *row;
    if (!sql_ticket_insert(tx, &tx->mem, &in, &row, err)) return error_context(err, "opening a ticket");
    if (!finish_opening(tx, doer, opening, row->ticket_id, err)) return false;
    *ret_id = row->ticket_id;
    return true;
}

/* --- Changing ------------------------------------------------------------------------------------------------- */

struct change {
    struct tx *tx;
    const struct ticket *before;
    struct ticket after;
    int64_t waiting_until_at;
    struct buffer data;
    struct json_writer json;
    bool any;
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

static bool is_waiting_reason(struct text reason) {
    for (size_t i = 0; i < COUNT_OF(waiting_reasons); i++)
        if (text_is(reason, waiting_reasons[i])) return true;
    return false;
}

static bool change_state(struct change *change, const struct ticket_change *wish, struct error *err) {
    const struct sql_ticket_state_by_key_row *state;
    struct ticket *after = &change->after;
    if (!sql_ticket_state_by_key(change->tx, &change->tx->mem, &(struct sql_ticket_state_by_key){.key = wish->state}, &state, err))
        return false;
    if (!state) return error_field(err, "state", "unknown", "there is no such state");
    after->state = wish->state;
    after->category = (enum category)state->category;
    after->waiting_reason = (struct text){0};
    if (after->category == CATEGORY_WAITING) {
        if (!wish->waiting_reason.data) return error_field(err, "waiting_reason", "required", "a waiting ticket needs a reason");
        if (!is_waiting_reason(wish->waiting_reason)) return error_field(err, "waiting_reason", "unknown", "there is no such reason");
        if (text_is(wish->waiting_reason, "date") && !wish->waiting_until_at)
            return error_field(err, "waiting_until", "required", "waiting for a date needs the date");
        after->waiting_reason = wish->waiting_reason;
        change->waiting_until_at = wish->waiting_until_at;
    }
    bool done = after->category >= CATEGORY_RESOLVED, was_done = change->before->category >= CATEGORY_RESOLVED;
    after->resolved_at = !done ? 0 : was_done ? after->resolved_at : change->tx->now;
    after->closed_at = after->category == CATEGORY_CLOSED ? (after->closed_at ? after->closed_at : change->tx->now) : 0;
    return true;
}

static bool check_people(struct change *change, const struct ticket_change *wish, struct error *err) {
    struct tx *tx = change->tx;
    const struct sql_team_exists_row *team;
    const struct sql_staff_exists_row *staff;
    if (wish->has_team) {
        if (!sql_team_exists(tx, &tx->mem, &(struct sql_team_exists){.team_id = wish->team}, &team, err)) return false;
        if (!team) return error_field(err, "team", "unknown", "there is no such team");
    }
    if (wish->has_assignee && wish->assignee.value) {
        if (!sql_staff_exists(tx, &tx->mem, &(struct sql_staff_exists){.staff_id = wish->assignee}, &staff, err)) return false;
        if (!staff) return error_field(err, "assignee", "unknown", "there is no such agent");
    }
    if (wish->has_owner && wish->owner.value) {
        if (!sql_staff_exists(tx, &tx->mem, &(struct sql_staff_exists){.staff_id = wish->owner}, &staff, err)) return false;
        if (!staff) return error_field(err, "owner", "unknown", "there is no such agent");
    }
    return true;
}

static bool collect(struct change *change, const struct ticket_change *wish, struct error *err) {
    struct ticket *after = &change->after;
    if (!check_people(change, wish, err)) return false;
    if (wish->has_state && !change_state(change, wish, err)) return false;
    if (wish->has_assignee) {
        after->assignee = wish->assignee;
        /* Who takes the ticket first answers for it, until somebody hands that on. */
        if (!after->owner.value) after->owner = wish->assignee;
    }
    if (wish->has_owner) after->owner = wish->owner;
    if (wish->has_team) after->team = wish->team;
    if (wish->has_priority) after->priority = wish->priority;
    if (wish->has_spam) after->is_spam = wish->is_spam;
    if (wish->has_subject) {
        after->subject = subject_of(&change->tx->mem, wish->subject);
        if (text_empty(after->subject)) return error_field(err, "subject", "required", "a ticket needs a subject");
    }
    if (wish->has_tags && !tags_write(change->tx, after->id, &wish->tags, &after->tags, err)) return false;
    after->is_active = after->category < CATEGORY_RESOLVED && !after->is_spam && !after->merged_into.value;
    return true;
}

static void note_changes(struct change *change) {
    const struct ticket *before = change->before, *after = &change->after;
    change->data = (struct buffer){.mem = &change->tx->mem};
    change->json = json_writer(&change->data);
    json_object_begin(&change->json);
    note_text(change, "state", before->state, after->state);
    note_text(change, "waiting_reason", before->waiting_reason, after->waiting_reason);
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
    json_object_end(&change->json);
}

static bool write_ticket(struct change *change, struct error *err) {
    const struct ticket *after = &change->after;
    const struct sql_ticket_write in = {
        .ticket_id = after->id, .subject = after->subject, .owner_id = after->owner, .assignee_id = after->assignee,
        .team_id = after->team, .state = after->state, .category = after->category, .priority = after->priority,
        .waiting_reason = after->waiting_reason, .waiting_until_at = change->waiting_until_at, .tags = after->tags,
        .is_spam = after->is_spam, .is_active = after->is_active, .resolved_at = after->resolved_at,
        .closed_at = after->closed_at, .updated_at = change->tx->now,
    };
    return sql_ticket_write(change->tx, &in, NULL, err);
}

/* Which fields have changed since the version that the caller saw: read from the events since then. */
static bool refuse_stale(struct tx *tx, const struct ticket *ticket, int64_t version, struct error *err) {
    struct sql_event_of_ticket_since_rows rows;
    error_set_key(err, ERR_STALE, "ticket_stale", "the ticket is at version %" PRId64 ", not %" PRId64, ticket->version, version);
    struct error ignored;
    const struct sql_event_of_ticket_since in = {.ticket_id = ticket->id, .limit = 20};
    if (!sql_event_of_ticket_since(tx, &tx->mem, &in, &rows, &ignored)) return false;
    for (size_t i = 0; i < rows.count && (int64_t)i < ticket->version - version && err->field_count < ERROR_FIELDS; i++) {
        struct error_field *field = &err->fields[err->field_count++];
        snprintf(field->field, sizeof field->field, "%s", text_string(&tx->mem, text_cut(rows.at[i].kind, 60)));
        snprintf(field->code, sizeof field->code, "changed");
        snprintf(field->message, sizeof field->message, "%s", text_string(&tx->mem, text_cut(rows.at[i].data, 150)));
    }
    return false;
}

bool ticket_apply(struct tx *tx, const struct doer *doer, ticket_id id, const struct ticket_change *wish, struct error *err) {
    const struct ticket *ticket;
    if (!ticket_locked(tx, id, &ticket, err)) return false;
    if (wish->version && wish->version != ticket->version) return refuse_stale(tx, ticket, wish->version, err);
    if (ticket->merged_into.value)
        return error_set_key(err, ERR_CONFLICT, "ticket_merged", "ticket %" PRId64 " was merged", id.value);
    struct change change = {.tx = tx, .before = ticket, .after = *ticket};
    if (!collect(&change, wish, err)) return false;
    note_changes(&change);
    if (!change.any) return true;
    if (!write_ticket(&change, err)) return error_context(err, "changing ticket %" PRId64, id.value);
    /* Readers of the old team must learn that it left, those of the new one that it came. */
    ticket_event(tx, doer, &change.after, "ticket.changed", buffer_text(&change.data), true);
    if (change.after.team.value != ticket->team.value)
        ticket_event(tx, doer, ticket, "ticket.left_team", buffer_text(&change.data), true);
    return true;
}

bool ticket_takes_replies(struct tx *tx, const struct ticket *ticket, bool *ret_takes, struct error *err) {
    const struct sql_ticket_team_reopen_days_row *team;
    *ret_takes = true;
    if (ticket->category < CATEGORY_RESOLVED) return true;
    if (!sql_ticket_team_reopen_days(tx, &tx->mem, &(struct sql_ticket_team_reopen_days){.team_id = ticket->team}, &team, err))
        return false;
    int64_t days = team ? team->reopen_days : 0, since = ticket->closed_at ? ticket->closed_at : ticket->resolved_at;
    *ret_takes = tx->now - since <= days * DAY;
    return true;
}

bool ticket_visible(const struct actor *actor, team_id team, staff_id assignee) {
    return actor_may_in(actor, CAN_TICKETS_READ, team, assignee);
}
