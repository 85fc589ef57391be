/* A letter into the store: one transaction from the first question to the row's end. */
#include "channels/intake/intake_private.h"

static bool finish(struct placing *placing, const char *state, const char *reason, struct error *err) {
    const struct letter *letter = placing->prepared->letter;
    struct text subject = text_cut(letter->subject, 400);
    const struct sql_mail_in_finish in = {
        .mail_id = placing->row->id, .state = text_of(state), .reason = text_of(reason),
        .from_address = placing->from.address.data ? placing->from.address : text_of(""), .subject = subject,
        .message_id = placing->message, .done_at = placing->tx->now,
        .done_key = placing->message.value && strcmp(state, "done") == 0 ? placing->row->content_key : (struct text){0},
    };
    return sql_mail_in_finish(placing->tx, &in, NULL, err);
}

static bool park(struct placing *placing, const char *reason, struct error *err) {
    struct tx *tx = placing->tx;
    const struct sql_mail_in_park in = {.mail_id = placing->row->id, .reason = text_of(reason), .from_address = placing->from.address,
                                        .subject = text_cut(placing->prepared->letter->subject, 400)};
    event_record(tx, &(struct event){.kind = "mail.parked", .actor = ACTOR_SYSTEM, .scope = "staff",
                                     .data = text_printf(&tx->mem, "{\"mail\":%" PRId64 ",\"reason\":\"%s\"}", placing->row->id, reason)});
    return sql_mail_in_park(tx, &in, NULL, err);
}

/* The same letter came by another way already: one message, however many deliveries. */
static bool was_seen(struct placing *placing, bool *ret_seen, struct error *err) {
    const struct sql_mail_in_done_by_content_row *first;
    const struct sql_mail_in_done_by_content in = {.content_key = placing->row->content_key};
    if (!sql_mail_in_done_by_content(placing->tx, &placing->tx->mem, &in, &first, err)) return false;
    *ret_seen = first != NULL;
    if (first) placing->message = first->message_id;
    return true;
}

/* A letter that we sent ourselves came back to one of our addresses. */
static bool is_own_copy(struct placing *placing, bool *ret_own, struct error *err) {
    const struct message_place *place = NULL;
    *ret_own = false;
    if (text_empty(placing->prepared->letter->message_id)) return true;
    if (!message_by_header(placing->tx, &placing->tx->mem, placing->prepared->letter->message_id, &place, err)) return false;
    if (!place || place->direction != DIRECTION_OUT) return true;
    *ret_own = true;
    placing->message = place->message;
    return true;
}

static bool ensure_person(struct placing *placing, struct error *err) {
    if (placing->person.value) return true;
    return person_ensure(placing->tx, "email", placing->from.address, placing->from.name, &placing->person, err);
}

static bool find_place(struct placing *placing, struct error *err) {
    bool is_report = placing->prepared->report.kind != REPORT_NONE;
    if (!find_mailbox(placing, err) || !find_sender(placing, err)) return false;
    if (!placing->is_own && !is_report && !ensure_person(placing, err)) return false;
    if (!find_ticket(placing, err)) return false;
    return placing->ticket || placing->is_own || ensure_person(placing, err);
}

static bool place(struct placing *placing, struct error *err) {
    bool seen, own;
    if (!was_seen(placing, &seen, err)) return false;
    if (seen) return finish(placing, "duplicate", NULL, err);
    if (!is_own_copy(placing, &own, err)) return false;
    if (own) return finish(placing, "own", NULL, err);
    if (!find_place(placing, err)) return false;
    if (placing->is_own && !placing->ticket) return park(placing, "own_address", err);
    return write_message(placing, err) && apply_report(placing, err) && answer_automatically(placing, err)
           && finish(placing, "done", placing->decision, err);
}

bool letter_place(struct tx *tx, void *argument, struct error *err) {
    struct placing *given = argument;
    struct placing placing = {.tx = tx, .options = given->options, .row = given->row, .prepared = given->prepared};
    secret_derive(placing.options->secret, "mailtokn", placing.key);
    if (!place(&placing, err)) return error_context(err, "placing mail %" PRId64, placing.row->id);
    given->message = placing.message;
    return true;
}
