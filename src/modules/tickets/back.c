/* What the inverses of operations share: each part goes back unless somebody has touched it since. */
#include "modules/tickets/tickets_private.h"

#include "base/clock.h"
#include "modules/people/people.h"

struct text json_word(struct arena *mem, const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? text_copy(mem, text_from(json_string_value(value), json_string_length(value))) : (struct text){0};
}

struct doer back_doer(const struct undoing *undoing) {
    return (struct doer){.kind = undoing->actor, .id = undoing->actor_id,
                         .cause = text_printf(&undoing->tx->mem, "operation %" PRId64 " taken back", undoing->operation->id)};
}

bool back_event(const struct undoing *undoing, ticket_id id, const char *kind, struct text data, struct error *err) {
    const struct ticket *ticket;
    const struct doer doer = {.kind = undoing->actor, .id = undoing->actor_id};
    if (!ticket_find(undoing->tx, &undoing->tx->mem, id, &ticket, err)) return false;
    if (ticket) ticket_event(undoing->tx, &doer, ticket, kind, data, true);
    return true;
}

bool ticket_root(struct tx *tx, ticket_id id, ticket_id *ret_root, struct error *err) {
    const struct sql_ticket_root_row *row;
    if (!sql_ticket_root(tx, &tx->mem, &(struct sql_ticket_root){.ticket_id = id}, &row, err)) return false;
    *ret_root = row ? row->ticket_id : id;
    return true;
}

bool ticket_point(struct tx *tx, const struct ticket *ticket, ticket_id into, struct error *err) {
    struct ticket after = *ticket;
    after.merged_into = into;
    after.is_active = after.category < CATEGORY_RESOLVED && !after.is_spam && !into.value;
    const struct sql_ticket_point in = {.ticket_id = ticket->id, .merged_into_id = into.value, .is_active = after.is_active, .updated_at = tx->now};
    counters_move(tx, ticket, &after);
    return sql_ticket_point(tx, &in, NULL, err)
           && (!ticket_is_tagged(ticket) || sql_ticket_tags_follow(tx, &(struct sql_ticket_tags_follow){.ticket_id = ticket->id}, NULL, err));
}

/* --- The state ------------------------------------------------------------------------------------------------------------- */

void state_note(struct json_writer *json, const char *key, const struct ticket *before, const struct ticket *after) {
    if (text_equal(before->state, after->state)) return;
    json_key(json, key);
    json_object_begin(json);
    json_put_int(json, "ticket", before->id.value);
    json_put_text(json, "state", before->state);
    json_put_text(json, "waiting_reason", before->waiting_reason);
    json_put_int(json, "waiting_until", before->waiting_until_at);
    json_put_text(json, "became", after->state);
    json_object_end(json);
}

/* A state that many tickets share says little: whoever decided on it again since has made a version with it. */
static bool is_decided_anew(struct undoing *undoing, ticket_id ticket, bool *ret_is, struct error *err) {
    struct sql_event_of_ticket_rows rows;
    const struct sql_event_of_ticket in = {.ticket_id = ticket, .before = INT64_MAX, .limit = 200};
    *ret_is = false;
    if (!sql_event_of_ticket(undoing->tx, undoing->mem, &in, &rows, err)) return false;
    for (size_t i = 0; i < rows.count && rows.at[i].at > undoing->operation->at; i++)
        if (text_is(rows.at[i].kind, "ticket.changed") && json_member(undoing->mem, rows.at[i].data, "state").data) *ret_is = true;
    return true;
}

static bool is_written_since(struct undoing *undoing, ticket_id ticket, int64_t last, bool *ret_is, struct error *err) {
    const struct sql_message_count_in_row *row;
    const struct sql_message_count_in in = {.ticket_id = ticket, .shown_in_id = ticket.value, .after = last};
    *ret_is = false;
    if (!last) return true;
    if (!sql_message_count_in(undoing->tx, undoing->mem, &in, &row, err)) return false;
    *ret_is = row->count > 0;
    return true;
}

bool back_state(struct undoing *undoing, const json_t *noted, int64_t last, struct error *err) {
    struct tx *tx = undoing->tx;
    const struct ticket *ticket;
    ticket_id id = {json_integer_value(json_object_get(noted, "ticket"))};
    struct text became = json_word(undoing->mem, noted, "became");
    bool decided, written;
    if (!noted) return true;
    if (!ticket_find(tx, undoing->mem, id, &ticket, err) || !is_decided_anew(undoing, id, &decided, err)
        || !is_written_since(undoing, id, last, &written, err))
        return false;
    if (!ticket || decided || written || ticket->merged_into.value || !text_equal(ticket->state, became)) {
        undoing_keep(undoing, "state", "changed", id, 0);
        return true;
    }
    if (undoing->is_trial) return true;
    int64_t until = json_integer_value(json_object_get(noted, "waiting_until"));
    struct doer doer = back_doer(undoing);
    /* A day that came meanwhile: the ticket wakes now. */
    const struct ticket_change change = {
        .has_state = true, .state = json_word(&tx->mem, noted, "state"), .waiting_reason = json_word(&tx->mem, noted, "waiting_reason"),
        .waiting_until_at = until && until <= tx->now ? tx->now + SECOND : until,
    };
    return ticket_apply(tx, &doer, id, &change, err);
}

/* --- People ------------------------------------------------------------------------------------------------------------------ */

bool back_participant(struct undoing *undoing, const struct back_participant *back, struct error *err) {
    const struct sql_participant_full_row *row;
    const struct sql_message_of_person_row *spoken;
    person_id person;
    if (!person_now(undoing->tx, back->person, &person, err)) return false;
    const struct sql_participant_full find = {.ticket_id = back->ticket, .person_id = person};
    const struct sql_message_of_person said = {.ticket_id = back->ticket, .shown_in_id = back->ticket.value, .person_id = person, .after = back->last};
    if (!sql_participant_full(undoing->tx, undoing->mem, &find, &row, err) || !sql_message_of_person(undoing->tx, undoing->mem, &said, &spoken, err))
        return false;
    /* Whose part they have become meanwhile may have taken part before. */
    if (!row || (person.value != back->person.value && row->created_at < undoing->operation->at)) return true;
    if (spoken || row->is_on != back->is_on || row->is_removed != back->is_removed || !text_equal(row->role, back->role)) {
        undoing_keep(undoing, "participants", spoken ? "written_since" : "changed", back->ticket, 1);
        return true;
    }
    return undoing->is_trial || sql_participant_delete(undoing->tx, &(struct sql_participant_delete){back->ticket, person}, NULL, err);
}
