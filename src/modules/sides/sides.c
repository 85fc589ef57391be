/* Side conversations: whose they are, who takes part in them, and what comes in. */
#include "modules/sides/sides_private.h"

#include "modules/people/people.h"

#include <jansson.h>

enum { REFERENCES_MOST = 40 };

/* --- Finding ------------------------------------------------------------------------------------------------------------ */

bool side_shown_of(struct tx *tx, struct arena *mem, ticket_id home, const struct ticket **ret, struct error *err) {
    if (!ticket_find(tx, mem, home, ret, err)) return false;
    for (int hops = 0; hops < 20 && *ret && (*ret)->merged_into.value; hops++)
        if (!ticket_find(tx, mem, (*ret)->merged_into, ret, err)) return false;
    return *ret || error_set_key(err, ERR_NOT_FOUND, "ticket_not_found", "there is no ticket %" PRId64, home.value);
}

static bool side_make(struct tx *tx, struct arena *mem, const struct side *from, const struct side **ret_side, struct error *err) {
    const struct ticket *shown;
    struct side *side = arena_alloc(mem, sizeof *side);
    if (!side_shown_of(tx, mem, from->home, &shown, err)) return false;
    *side = *from;
    side->shown_in = shown->id;
    *ret_side = side;
    return true;
}

bool side_find(struct tx *tx, struct arena *mem, int64_t id, const struct side **ret_side, struct error *err) {
    const struct sql_side_row_row *row;
    if (!sql_side_row(tx, mem, &(struct sql_side_row){.side_id = id}, &row, err)) return false;
    *ret_side = NULL;
    if (!row) return true;
    const struct side side = {.id = id, .home = row->ticket_id, .subject = row->subject, .state = row->state, .starter = {row->starter_id}};
    return side_make(tx, mem, &side, ret_side, err);
}

bool side_of_message(struct tx *tx, struct arena *mem, message_id message, const struct side **ret_side, struct error *err) {
    const struct sql_side_row_of_message_row *row;
    if (!sql_side_row_of_message(tx, mem, &(struct sql_side_row_of_message){.message_id = message}, &row, err)) return false;
    *ret_side = NULL;
    if (!row) return true;
    const struct side side = {.id = row->side_id, .home = row->ticket_id, .subject = row->subject, .state = row->state, .starter = {row->starter_id}};
    return side_make(tx, mem, &side, ret_side, err);
}

/* --- Who takes part ------------------------------------------------------------------------------------------------------- */

struct json_list side_emails(struct arena *mem, struct text list) {
    json_t *root = json_loadb(list.data ? list.data : "[]", list.data ? list.size : 2, 0, NULL);
    size_t count = 0, size = json_array_size(root);
    struct text *at = arena_array(mem, size, sizeof *at);
    for (size_t i = 0; i < size; i++) {
        const char *email = json_string_value(json_object_get(json_array_get(root, i), "email"));
        if (email) at[count++] = text_copy(mem, text_of(email));
    }
    json_decref(root);
    return (struct json_list){count, at};
}

static bool list_has(struct arena *mem, struct text list, struct text normal) {
    const struct json_list emails = side_emails(mem, list);
    const struct text *at = emails.at;
    for (size_t i = 0; i < emails.count; i++)
        if (text_equal(identity_normalize(mem, "email", at[i]), normal)) return true;
    return false;
}

static bool letters_went_to(struct tx *tx, const struct sql_side_letters *in, struct text address, bool *ret_did, struct error *err) {
    struct sql_side_letters_rows rows;
    struct text normal = identity_normalize(&tx->mem, "email", address);
    *ret_did = false;
    if (!sql_side_letters(tx, &tx->mem, in, &rows, err)) return false;
    for (size_t i = 0; i < rows.count && !*ret_did; i++)
        *ret_did = list_has(&tx->mem, rows.at[i].to_list, normal) || list_has(&tx->mem, rows.at[i].cc_list, normal);
    return true;
}

bool side_went_to(struct tx *tx, const struct side *side, struct text address, bool *ret_has, struct error *err) {
    return letters_went_to(tx, &(struct sql_side_letters){.ticket_id = side->home, .only = side->id}, address, ret_has, err);
}

bool sides_know(struct tx *tx, ticket_id ticket, struct text address, bool *ret_know, struct error *err) {
    return letters_went_to(tx, &(struct sql_side_letters){.ticket_id = ticket}, address, ret_know, err);
}

bool side_is_customer(struct tx *tx, const struct side *side, struct text address, bool *ret_is, struct error *err) {
    const ticket_id tickets[] = {side->home, side->shown_in};
    const struct person_card *person;
    *ret_is = false;
    if (!person_by_identity(tx, &tx->mem, "email", address, &person, err)) return false;
    for (size_t i = 0; person && i < COUNT_OF(tickets) && !*ret_is; i++) {
        struct participation part;
        if (!participation_of(tx, tickets[i], person->id, &part, err)) return false;
        *ret_is = (part.is_on || part.is_off) && !part.is_third_party;
    }
    return true;
}

/* --- The thread ----------------------------------------------------------------------------------------------------------- */

bool side_thread(struct tx *tx, struct arena *mem, int64_t side, int64_t upto, int64_t limit, struct sql_side_messages_rows *ret, struct error *err) {
    return sql_side_messages(tx, mem, &(struct sql_side_messages){.side_id = side, .upto = upto, .limit = limit}, ret, err);
}

struct json_list side_references(struct arena *mem, const struct sql_side_messages_rows *thread) {
    struct text *at = arena_array(mem, REFERENCES_MOST, sizeof *at);
    size_t first = 0, count = 0;
    while (first < thread->count && first < REFERENCES_MOST) first++;
    for (size_t i = first; i-- > 0;)
        if (thread->at[i].header_id.data && !thread->at[i].is_unverified && !thread->at[i].is_automatic) at[count++] = thread->at[i].header_id;
    return (struct json_list){count, at};
}

/* --- What happened --------------------------------------------------------------------------------------------------------- */

bool side_tell(struct tx *tx, const struct doer *doer, const struct side *side, const char *kind, struct text data, struct error *err) {
    const struct ticket *ticket;
    if (!ticket_find(tx, &tx->mem, side->shown_in, &ticket, err)) return false;
    event_record(tx, &(struct event){.kind = kind, .actor = doer->kind, .actor_id = doer->id, .cause = doer->cause, .ticket = ticket->id,
                                     .team = ticket->team, .assignee = ticket->assignee, .data = data, .internal = true});
    return true;
}

bool side_tell_delivery(struct tx *tx, const struct doer *doer, const struct side *side, message_id message, const char *state, struct text detail,
                        struct error *err) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "side", side->id);
    json_put_int(&json, "message", message.value);
    json_put_text(&json, "subject", side->subject);
    json_put_string(&json, "state", state);
    json_put_text(&json, "detail", detail);
    json_object_end(&json);
    return side_tell(tx, doer, side, "side.delivery", buffer_text(&out), err);
}

bool side_tell_of(struct tx *tx, message_id message, const char *state, struct text detail, struct error *err) {
    const struct doer doer = {.kind = ACTOR_SYSTEM};
    const struct side *side;
    if (!side_of_message(tx, &tx->mem, message, &side, err)) return false;
    return !side || side_tell_delivery(tx, &doer, side, message, state, detail, err);
}

static bool tell_arrival(struct tx *tx, const struct side_arrival *arrival, struct error *err) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "side", arrival->side->id);
    json_put_int(&json, "message", arrival->message.value);
    json_put_text(&json, "subject", arrival->side->subject);
    json_put_int(&json, "starter", arrival->side->starter.value);
    json_put_bool(&json, "unverified", arrival->is_unverified);
    json_object_end(&json);
    return side_tell(tx, &arrival->doer, arrival->side, "side.answered", buffer_text(&out), err);
}

/* Who waits for the customer, or has done with the matter, goes on with that: it is not the customer who has written. */
static bool wake_ticket(struct tx *tx, const struct side_arrival *arrival, struct error *err) {
    const struct ticket *ticket;
    const struct doer doer = {.kind = ACTOR_SYSTEM, .cause = text_printf(&tx->mem, "message %" PRId64, arrival->message.value)};
    const struct ticket_change change = {.has_state = true, .state = text_of("open")};
    if (!ticket_find(tx, &tx->mem, arrival->side->shown_in, &ticket, err)) return false;
    bool waits = ticket->category == CATEGORY_WAITING && !ticket->is_spam
                 && (text_is(ticket->waiting_reason, "third_party") || text_is(ticket->waiting_reason, "date"));
    return !waits || ticket_apply(tx, &doer, ticket->id, &change, err);
}

bool side_receive(struct tx *tx, const struct side_arrival *arrival, struct error *err) {
    const struct sql_side_message_add in = {.message_id = arrival->message, .side_id = arrival->side->id};
    const struct sql_side_put_state answered = {.side_id = arrival->side->id, .state = text_of("answered")};
    if (!sql_side_message_add(tx, &in, NULL, err)) return false;
    if (!arrival->is_word) return true;
    if (!tell_arrival(tx, arrival, err)) return false;
    return arrival->is_unverified || (sql_side_put_state(tx, &answered, NULL, err) && wake_ticket(tx, arrival, err));
}

bool side_bounced(struct tx *tx, message_id message, struct text detail, struct error *err) {
    int64_t changed = 0;
    if (!sql_side_bounce(tx, &(struct sql_side_bounce){.message_id = message, .detail = detail}, &changed, err)) return false;
    return !changed || side_tell_of(tx, message, "bounced", detail, err);
}
