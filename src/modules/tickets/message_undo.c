/* Taking an answer back while it is held: the ticket is again as it was before. The message stays in sight, as taken back. */
#include "modules/tickets/tickets_private.h"

#include "base/clock.h"

#include <jansson.h>

bool ticket_recount(struct tx *tx, ticket_id id, struct error *err) {
    const struct sql_ticket_said_row *said;
    const struct sql_search_text_row *shown = NULL;
    if (!sql_ticket_said(tx, &tx->mem, &(struct sql_ticket_said){.ticket_id = id}, &said, err)) return false;
    if (said->shown && !sql_search_text(tx, &tx->mem, &(struct sql_search_text){.id = said->shown}, &shown, err)) return false;
    const struct sql_ticket_recount in = {
        .ticket_id = id, .message_count = said->message_count, .last_message_at = said->last_message_at,
        .first_response_at = said->first_response_at, .snippet = shown ? snippet_of(&tx->mem, shown->text) : text_of(""), .updated_at = tx->now,
    };
    return sql_ticket_recount(tx, &in, NULL, err)
           && sql_ticket_tags_touch(tx, &(struct sql_ticket_tags_touch){.ticket_id = id, .updated_at = tx->now}, NULL, err);
}

/* How a ticket stood before a message, as far as the writing of the message changed it. */
struct standing {
    struct text state, waiting_reason;
    int64_t waiting_until_at;
    bool is_changed, is_changed_later;
};

static struct text before_of(struct tx *tx, const json_t *data, const char *field) {
    const json_t *before = json_array_get(json_object_get(data, field), 0);
    return json_is_string(before) ? text_copy(&tx->mem, text_from(json_string_value(before), json_string_length(before))) : (struct text){0};
}

static void look_back(struct tx *tx, const json_t *data, struct standing *standing) {
    struct text until = before_of(tx, data, "waiting_until");
    if (json_object_get(data, "state")) standing->state = before_of(tx, data, "state");
    if (json_object_get(data, "waiting_reason")) standing->waiting_reason = before_of(tx, data, "waiting_reason");
    if (json_object_get(data, "waiting_until") && (!until.data || !time_parse(until, &standing->waiting_until_at))) standing->waiting_until_at = 0;
}

static bool speaks_of_state(const json_t *data) {
    return json_object_get(data, "state") || json_object_get(data, "waiting_reason") || json_object_get(data, "waiting_until");
}

/* From the newest event back to that of the message. What changed the state in the message's own transaction bears its time; what
 * did so later was somebody's decision, and stays. */
static bool find_standing(struct tx *tx, const struct sql_message_row_row *message, struct standing *standing, struct error *err) {
    struct sql_event_of_ticket_rows rows;
    const struct sql_event_of_ticket in = {.ticket_id = message->ticket_id, .before = INT64_MAX, .limit = 200};
    bool found = false;
    if (!sql_event_of_ticket(tx, &tx->mem, &in, &rows, err)) return false;
    for (size_t i = 0; i < rows.count && !found; i++) {
        json_t *data = json_loadb(rows.at[i].data.data, rows.at[i].data.size, 0, NULL);
        found = text_is(rows.at[i].kind, "message.written") && json_integer_value(json_object_get(data, "message")) == message->message_id.value;
        if (text_is(rows.at[i].kind, "ticket.changed") && speaks_of_state(data)) {
            if (rows.at[i].at == message->created_at) look_back(tx, data, standing);
            else standing->is_changed_later = true;
            standing->is_changed = true;
        }
        json_decref(data);
    }
    standing->is_changed = standing->is_changed && found;
    return true;
}

/* --- Since when it had been resolved or closed -------------------------------------------------------------------------- */

static bool category_of(struct tx *tx, struct text key, enum category *ret_category, struct error *err) {
    const struct sql_ticket_state_by_key_row *row;
    const struct sql_ticket_state_by_key in = {.key = key};
    if (!sql_ticket_state_by_key(tx, &tx->mem, &in, &row, err)) return false;
    *ret_category = row ? (enum category)row->category : CATEGORY_NEW;
    return true;
}

/* An event of before the message: did it resolve or close the ticket? The latest that did counts. */
static bool note_end(struct tx *tx, const struct sql_event_of_ticket_row *row, struct ticket_change *back, struct error *err) {
    json_t *data = json_loadb(row->data.data, row->data.size, 0, NULL);
    const json_t *states = json_object_get(data, "state");
    enum category before = CATEGORY_NEW, after = CATEGORY_NEW;
    bool ok = !json_is_array(states)
              || (category_of(tx, text_of(json_string_value(json_array_get(states, 0))), &before, err)
                  && category_of(tx, text_of(json_string_value(json_array_get(states, 1))), &after, err));
    json_decref(data);
    if (after == CATEGORY_CLOSED && before != CATEGORY_CLOSED && !back->closed_at) back->closed_at = row->at;
    if (after >= CATEGORY_RESOLVED && before < CATEGORY_RESOLVED && !back->resolved_at) back->resolved_at = row->at;
    return ok;
}

/* What was resolved before there were events of it is resolved as of now. */
static bool find_ends(struct tx *tx, const struct sql_message_row_row *message, struct ticket_change *back, struct error *err) {
    enum category category;
    struct sql_event_of_ticket_rows rows = {0};
    struct sql_event_of_ticket in = {.ticket_id = message->ticket_id, .before = INT64_MAX, .limit = 200};
    if (!category_of(tx, back->state, &category, err)) return false;
    if (category < CATEGORY_RESOLVED) return true;
    do {
        if (!sql_event_of_ticket(tx, &tx->mem, &in, &rows, err)) return false;
        for (size_t i = 0; i < rows.count && !back->resolved_at; i++) {
            in.before = rows.at[i].id;
            bool earlier = rows.at[i].at < message->created_at && text_is(rows.at[i].kind, "ticket.changed");
            if (earlier && !note_end(tx, &rows.at[i], back, err)) return false;
        }
    } while (!back->resolved_at && (int64_t)rows.count == in.limit);
    return true;
}

static bool restore_state(struct tx *tx, const struct doer *doer, const struct sql_message_row_row *message, struct error *err) {
    const struct ticket *ticket;
    if (!ticket_find(tx, &tx->mem, message->ticket_id, &ticket, err)) return false;
    struct standing was = {.state = ticket->state, .waiting_reason = ticket->waiting_reason, .waiting_until_at = ticket->waiting_until_at};
    if (!find_standing(tx, message, &was, err)) return false;
    if (!was.is_changed || was.is_changed_later) return true;
    /* A day that came meanwhile: the ticket wakes now. */
    if (was.waiting_until_at && was.waiting_until_at <= tx->now) was.waiting_until_at = tx->now + SECOND;
    struct doer undoing = *doer;
    undoing.cause = text_printf(&tx->mem, "message %" PRId64 " taken back", message->message_id.value);
    struct ticket_change back = {.has_state = true, .state = was.state, .waiting_reason = was.waiting_reason,
                                 .waiting_until_at = was.waiting_until_at};
    return find_ends(tx, message, &back, err) && ticket_apply(tx, &undoing, ticket->id, &back, err);
}

bool message_undo(struct tx *tx, const struct doer *doer, message_id id, struct error *err) {
    const struct sql_message_row_row *message;
    int64_t changed = 0;
    if (!sql_message_row(tx, &tx->mem, &(struct sql_message_row){.message_id = id}, &message, err)) return false;
    if (!message) return error_set_key(err, ERR_NOT_FOUND, "message_not_found", "there is no message %" PRId64, id.value);
    if (!ticket_hold(tx, message->ticket_id, err)
        || !sql_delivery_cancel(tx, &(struct sql_delivery_cancel){.message_id = id, .updated_at = tx->now}, &changed, err))
        return false;
    if (!changed) return error_set_key(err, ERR_CONFLICT, "message_sent", "the message is on its way already");
    const struct ticket ticket = {.id = message->ticket_id, .team = message->team_id, .assignee = message->assignee_id};
    ticket_event(tx, doer, &ticket, "message.delivery", text_printf(&tx->mem, "{\"message\":%" PRId64 ",\"state\":\"cancelled\"}", id.value), true);
    return ticket_recount(tx, message->ticket_id, err) && restore_state(tx, doer, message, err);
}
