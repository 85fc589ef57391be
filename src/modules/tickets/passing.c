/* The tickets of a person who becomes part of another one, and the way back. */
#include "modules/tickets/tickets_private.h"

#include "platform/events/notes.h"
#include "platform/operations/operations.h"

#include <jansson.h>

struct passing {
    struct tx *tx;
    const struct doer *doer;
    person_id from, into;
    struct json_writer *json;
    int64_t messages, last_message;
};

bool tickets_with_person(struct tx *tx, person_id person, const struct actor *actor, int64_t *ret_count, struct error *err) {
    struct sql_ticket_of_person_place_rows rows;
    const struct sql_ticket_of_person_place in = {.person_id = person, .limit = PASSED_TICKETS + 1};
    if (!sql_ticket_of_person_place(tx, &tx->mem, &in, &rows, err)) return false;
    *ret_count = 0;
    for (size_t i = 0; i < rows.count; i++) *ret_count += ticket_visible(actor, rows.at[i].ticket_id, rows.at[i].team_id, rows.at[i].assignee_id);
    return true;
}

/* --- Passing on ---------------------------------------------------------------------------------------------------------- */

static void tell(const struct passing *passing, const struct ticket *ticket, person_id before, person_id after) {
    struct buffer out = {.mem = &passing->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    note_id(&json, "requester", before.value, after.value);
    json_object_end(&json);
    ticket_event(passing->tx, passing->doer, ticket, "ticket.changed", buffer_text(&out), true);
}

static bool set_requester(const struct passing *passing, const struct ticket *ticket, person_id before, person_id after, struct error *err) {
    if (!sql_ticket_requester_set(passing->tx, &(struct sql_ticket_requester_set){.ticket_id = ticket->id, .requester_id = after}, NULL, err)) return false;
    tell(passing, ticket, before, after);
    return true;
}

static void write_participant(struct json_writer *json, const char *key, const struct sql_participant_full_row *row) {
    json_key(json, key);
    json_object_begin(json);
    json_put_text(json, "role", row->role);
    json_put_bool(json, "is_on", row->is_on);
    json_put_bool(json, "is_removed", row->is_removed);
    json_put_int(json, "created_at", row->created_at);
    json_object_end(json);
}

/* Who takes part under one of two names takes part. */
static struct sql_participant_set both(ticket_id ticket, person_id person, const struct sql_participant_full_row *a, const struct sql_participant_full_row *b) {
    bool asks = text_is(a->role, "requester") || text_is(b->role, "requester");
    return (struct sql_participant_set){.ticket_id = ticket, .person_id = person, .is_on = a->is_on || b->is_on, .is_removed = a->is_removed && b->is_removed,
                                        .role = asks ? text_of("requester") : a->role};
}

/* In the history of a ticket that one only takes part in. */
static void tell_participant(const struct passing *passing, const struct ticket *ticket, person_id before, person_id after) {
    const struct text data = text_printf(&passing->tx->mem, "{\"person\":%" PRId64 ",\"merged\":%" PRId64 "}", after.value, before.value);
    ticket_event(passing->tx, passing->doer, ticket, "participant.changed", data, true);
}

static bool pass_participant(const struct passing *passing, ticket_id ticket, struct error *err) {
    struct tx *tx = passing->tx;
    const struct sql_participant_full_row *theirs, *own;
    const struct sql_participant_full of_from = {.ticket_id = ticket, .person_id = passing->from}, of_into = {.ticket_id = ticket, .person_id = passing->into};
    if (!sql_participant_full(tx, &tx->mem, &of_from, &theirs, err) || !sql_participant_full(tx, &tx->mem, &of_into, &own, err)) return false;
    if (!theirs) return true;
    if (own && text_is(own->role, "third_party") != text_is(theirs->role, "third_party"))
        return error_set_key(err, ERR_CONFLICT, "third_party_apart", "one of them is a third party in ticket %" PRId64 ", and the other is not", ticket.value);
    write_participant(passing->json, "was", theirs);
    if (own) write_participant(passing->json, "had", own);
    const struct sql_participant_join join = {.ticket_id = ticket, .person_id = passing->into, .role = theirs->role, .is_on = theirs->is_on,
                                              .is_removed = theirs->is_removed, .created_at = theirs->created_at};
    if (!sql_participant_delete(tx, &(struct sql_participant_delete){.ticket_id = ticket, .person_id = passing->from}, NULL, err)) return false;
    if (!own) return sql_participant_join(tx, &join, NULL, err);
    struct sql_participant_set set = both(ticket, passing->into, theirs, own);
    const struct sql_participant_full_row made = {.role = set.role, .is_on = set.is_on, .is_removed = set.is_removed, .created_at = own->created_at};
    write_participant(passing->json, "made", &made);
    return sql_participant_set(tx, &set, NULL, err);
}

static bool pass_messages(struct passing *passing, ticket_id ticket, struct error *err) {
    struct sql_message_of_author_rows rows;
    ticket_id root;
    if (!ticket_root(passing->tx, ticket, &root, err)) return false;
    const struct sql_message_of_author in = {.shown_in_id = root.value, .ticket_id = ticket, .person_id = passing->from};
    if (!sql_message_of_author(passing->tx, &passing->tx->mem, &in, &rows, err)) return false;
    json_key(passing->json, "messages");
    json_array_begin(passing->json);
    for (size_t i = 0; i < rows.count; i++) {
        const struct sql_message_author_set set = {.message_id = rows.at[i].message_id, .from_id = passing->from.value, .into_id = passing->into.value};
        json_int(passing->json, rows.at[i].message_id.value);
        if (!sql_message_author_set(passing->tx, &set, NULL, err)) return false;
    }
    json_array_end(passing->json);
    passing->messages += (int64_t)rows.count;
    if (passing->messages <= PASSED_MESSAGES) return true;
    return error_set_key(err, ERR_INVALID, "too_many_tickets", "more than %d letters are concerned", PASSED_MESSAGES);
}

static bool pass_ticket(struct passing *passing, ticket_id id, struct error *err) {
    const struct ticket *ticket;
    if (!ticket_locked(passing->tx, id, &ticket, err)) return false;
    bool asks = ticket->requester.value == passing->from.value;
    json_object_begin(passing->json);
    json_put_int(passing->json, "id", id.value);
    json_put_bool(passing->json, "asks", asks);
    if (!pass_participant(passing, id, err) || !pass_messages(passing, id, err)) return false;
    json_object_end(passing->json);
    if (asks) return set_requester(passing, ticket, passing->from, passing->into, err);
    tell_participant(passing, ticket, passing->from, passing->into);
    return true;
}

bool tickets_pass_on(struct tx *tx, const struct doer *doer, person_id from, person_id into, struct json_writer *json, struct error *err) {
    struct passing passing = {.tx = tx, .doer = doer, .from = from, .into = into, .json = json};
    struct sql_ticket_of_person_rows rows;
    const struct sql_ticket_last_row *last;
    const struct sql_message_last_row *message;
    if (!sql_ticket_of_person(tx, &tx->mem, &(struct sql_ticket_of_person){.person_id = from, .limit = PASSED_TICKETS + 1}, &rows, err)
        || !sql_ticket_last(tx, &tx->mem, &last, err) || !sql_message_last(tx, &tx->mem, &message, err))
        return false;
    if (rows.count > PASSED_TICKETS)
        return error_set_key(err, ERR_INVALID, "too_many_tickets", "more than %d tickets are concerned", PASSED_TICKETS);
    json_put_int(json, "last_ticket", last ? last->ticket_id.value : 0);
    json_put_int(json, "last_message", message ? message->message_id.value : 0);
    json_key(json, "tickets");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++)
        if (!pass_ticket(&passing, rows.at[i].ticket_id, err)) return false;
    json_array_end(json);
    return true;
}

/* --- The way back -------------------------------------------------------------------------------------------------------- */

static bool is_true(const json_t *object, const char *key) {
    return json_is_true(json_object_get(object, key));
}

static bool is_as(struct undoing *undoing, const struct sql_participant_full_row *row, const json_t *noted) {
    return text_equal(row->role, json_word(undoing->mem, noted, "role")) && row->is_on == is_true(noted, "is_on")
           && row->is_removed == is_true(noted, "is_removed");
}

/* Nobody has decided since who takes part, and as what. */
static bool is_untouched(struct undoing *undoing, const struct passing *passing, const struct ticket *ticket, const json_t *one, bool *ret_is,
                         struct error *err) {
    const struct sql_participant_full_row *row;
    const struct sql_participant_full find = {.ticket_id = ticket->id, .person_id = passing->into};
    const json_t *made = json_object_get(one, "made");
    if (!sql_participant_full(passing->tx, undoing->mem, &find, &row, err)) return false;
    bool asks = ticket->requester.value == passing->into.value;
    bool asked = is_true(one, "asks") || text_is(json_word(undoing->mem, made, "role"), "requester");
    *ret_is = row && asks == asked && is_as(undoing, row, made ? made : json_object_get(one, "was"));
    return true;
}

static bool has_spoken(struct undoing *undoing, const struct passing *passing, const struct ticket *ticket, bool *ret_has, struct error *err) {
    const struct sql_message_of_person_row *spoken;
    ticket_id root;
    if (!ticket_root(passing->tx, ticket->id, &root, err)) return false;
    const struct sql_message_of_person in = {.ticket_id = ticket->id, .shown_in_id = root.value, .person_id = passing->into, .after = passing->last_message};
    if (!sql_message_of_person(passing->tx, undoing->mem, &in, &spoken, err)) return false;
    *ret_has = spoken;
    return true;
}

/* What the one who stays is in the ticket again: as before, or reading along where they have written since. */
static bool set_back(struct undoing *undoing, const struct passing *passing, const struct ticket *ticket, const json_t *had, bool spoken, struct error *err) {
    const struct sql_participant_set before = {.ticket_id = ticket->id, .person_id = passing->into, .role = json_word(undoing->mem, had, "role"),
                                               .is_on = is_true(had, "is_on"), .is_removed = is_true(had, "is_removed")};
    const struct sql_participant_set reads = {.ticket_id = ticket->id, .person_id = passing->into, .role = text_of("cc"), .is_on = true};
    if (had) return sql_participant_set(passing->tx, &before, NULL, err);
    if (spoken) return sql_participant_set(passing->tx, &reads, NULL, err);
    return sql_participant_delete(passing->tx, &(struct sql_participant_delete){.ticket_id = ticket->id, .person_id = passing->into}, NULL, err);
}

static bool give_participant(struct undoing *undoing, const struct passing *passing, const struct ticket *ticket, const json_t *one, bool *ret_given,
                             struct error *err) {
    const json_t *was = json_object_get(one, "was");
    bool untouched, spoken;
    *ret_given = true;
    if (!was) return true;
    if (!is_untouched(undoing, passing, ticket, one, &untouched, err) || !has_spoken(undoing, passing, ticket, &spoken, err)) return false;
    if (!untouched || spoken) undoing_keep(undoing, "participants", untouched ? "written_since" : "changed", ticket->id, 1);
    *ret_given = untouched;
    if (!untouched || undoing->is_trial) return true;
    const struct sql_participant_join join = {.ticket_id = ticket->id, .person_id = passing->from, .role = json_word(undoing->mem, was, "role"),
                                              .is_on = is_true(was, "is_on"), .is_removed = is_true(was, "is_removed"),
                                              .created_at = json_integer_value(json_object_get(was, "created_at"))};
    return set_back(undoing, passing, ticket, json_object_get(one, "had"), spoken, err) && sql_participant_join(passing->tx, &join, NULL, err);
}

static bool give_messages(const struct passing *passing, const json_t *messages, struct error *err) {
    const json_t *one;
    size_t i;
    json_array_foreach(messages, i, one) {
        const struct sql_message_author_set set = {.message_id = {json_integer_value(one)}, .from_id = passing->into.value, .into_id = passing->from.value};
        if (!sql_message_author_set(passing->tx, &set, NULL, err)) return false;
    }
    return true;
}

/* Who asks or takes part has been changed by somebody since: the ticket stays with its people, its letters go back to who wrote them. */
static bool give_ticket(struct undoing *undoing, const struct passing *passing, const json_t *one, struct error *err) {
    const struct ticket *ticket;
    ticket_id id = {json_integer_value(json_object_get(one, "id"))};
    bool given = false;
    if (undoing->is_trial ? !ticket_find(passing->tx, undoing->mem, id, &ticket, err) : !ticket_locked(passing->tx, id, &ticket, err)) return false;
    if (!ticket) return true;
    bool asks = is_true(one, "asks"), stays = asks && ticket->requester.value != passing->into.value;
    if (stays) undoing_keep(undoing, "requester", "changed", id, 0);
    if (!undoing->is_trial && !give_messages(passing, json_object_get(one, "messages"), err)) return false;
    if (!stays && !give_participant(undoing, passing, ticket, one, &given, err)) return false;
    if (undoing->is_trial || !given) return true;
    if (asks) return set_requester(passing, ticket, passing->into, passing->from, err);
    tell_participant(passing, ticket, passing->into, passing->from);
    return true;
}

bool tickets_pass_back(struct undoing *undoing, person_id from, person_id into, const json_t *data, struct error *err) {
    const struct doer doer = back_doer(undoing);
    const struct passing passing = {.tx = undoing->tx, .doer = &doer, .from = from, .into = into,
                                    .last_message = json_integer_value(json_object_get(data, "last_message"))};
    const struct sql_ticket_begun_since in = {.person_id = into, .after = json_integer_value(json_object_get(data, "last_ticket"))};
    const struct sql_ticket_begun_since_row *since;
    const json_t *one;
    size_t i;
    json_array_foreach(json_object_get(data, "tickets"), i, one)
        if (!give_ticket(undoing, &passing, one, err)) return false;
    if (!sql_ticket_begun_since(undoing->tx, undoing->mem, &in, &since, err)) return false;
    if (since && since->count) undoing_keep(undoing, "tickets", "begun_since", (ticket_id){0}, since->count);
    return true;
}
