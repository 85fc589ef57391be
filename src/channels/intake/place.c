/* A letter into the store: one transaction from the first question to the row's end. */
#include "channels/intake/intake_private.h"
#include "modules/notices/notices.h"
#include "modules/people/letters.h"

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

bool mail_park(struct tx *tx, const struct mail_row *row, struct sql_mail_in_park *in, const char *word, struct error *err) {
    int64_t changed = 0;
    in->mail_id = row->id;
    in->leased_by = store_process(tx->store);
    if (!in->team_id.value && !desk_of(tx, row->mailbox, row->recipients, row->recipient_count, &in->team_id, err)) return false;
    if (!sql_mail_in_park(tx, in, &changed, err)) return false;
    if (changed)
        event_record(tx, &(struct event){.kind = "mail.parked", .actor = ACTOR_SYSTEM, .scope = "staff",
                                         .data = text_printf(&tx->mem, "{\"mail\":%" PRId64 ",\"reason\":\"%s\"}", in->mail_id, word)});
    return true;
}

static bool park(struct placing *placing, const char *reason, struct error *err) {
    struct tx *tx = placing->tx;
    struct sql_mail_in_park in = {.reason = text_of(reason), .from_address = placing->from.address, .team_id = placing->team,
                                  .subject = text_cut(placing->prepared->letter->subject, 400)};
    return mail_park(tx, placing->row, &in, reason, err);
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

static bool is_from_us(struct placing *placing, bool *ret_is, struct error *err) {
    struct mail_addresses from = placing->prepared->letter->from;
    *ret_is = false;
    for (size_t i = 0; i < from.count && !*ret_is; i++)
        if (!address_is_ours(placing->tx, from.at[i].address, ret_is, err)) return false;
    return true;
}

/* A letter that we sent ourselves came back to one of our addresses. Programs of others use our Message-ID anew, too: what they
 * send is a letter like any other, but not the one that is meant by this name. */
static bool is_own_copy(struct placing *placing, bool *ret_own, struct error *err) {
    const struct letter *letter = placing->prepared->letter;
    const struct message_place *place = NULL;
    bool from_us;
    *ret_own = false;
    if (text_empty(letter->message_id)) return true;
    if (!message_by_header(placing->tx, &placing->tx->mem, letter->message_id, &place, err) || !is_from_us(placing, &from_us, err)) return false;
    *ret_own = place && place->direction == DIRECTION_OUT && from_us;
    if (*ret_own) placing->message = place->message;
    else if (place) placing->is_id_taken = letter->from.count == 0 || !text_equal_nocase(letter->from.at[0].address, place->from_address);
    if (placing->is_id_taken) placing_reason(placing, "message_id_taken", letter->message_id);
    return true;
}

static bool ensure_person(struct placing *placing, struct error *err) {
    if (placing->person.value) return true;
    if (text_empty(placing->from.address)) return person_unknown(placing->tx, placing->from.name, &placing->person, err);
    return person_ensure(placing->tx, "email", placing->from.address, placing->from.name, &placing->person, err);
}

/* What comes from an address of ours and is no copy of what we sent belongs nowhere, whatever it names: anybody can write our
 * address there. */
static bool find_place(struct placing *placing, struct error *err) {
    bool is_report = placing->prepared->report.kind != REPORT_NONE;
    if (!find_mailbox(placing, err) || !find_sender(placing, err)) return false;
    if (placing->is_own && !is_report) return true;
    if (!is_report && !ensure_person(placing, err)) return false;
    if (!find_side(placing, err)) return false;
    if (placing->side) return true;
    if (!find_ticket(placing, err)) return false;
    return placing->ticket || placing->is_own || ensure_person(placing, err);
}

/* Is it about a notice of ours to somebody who works here? *ret_to then names whom that was for. */
static bool is_about_notice(struct placing *placing, bool *ret_is, struct text *ret_to, struct error *err) {
    const struct text *references = placing->prepared->references.at;
    struct text kind = {0}, original = placing->prepared->report.original_id;
    if (!text_empty(original) && !letter_by_header(placing->tx, &placing->tx->mem, original, &kind, ret_to, err)) return false;
    for (size_t i = placing->prepared->references.count; i-- > 0 && !kind.data;)
        if (!letter_by_header(placing->tx, &placing->tx->mem, references[i], &kind, ret_to, err)) return false;
    *ret_is = text_starts(kind, "notice_");
    return true;
}

/* Notices to a member of a confidential team may be about its tickets, wherever they are answered to. */
static bool keep_confidence(struct placing *placing, struct text to, struct error *err) {
    const struct sql_intake_confidant_row *row;
    if (!sql_intake_confidant(placing->tx, &placing->tx->mem, &(struct sql_intake_confidant){.email = to}, &row, err)) return false;
    if (row) placing->team = row->team_id;
    return true;
}

/* What answers a notice is no matter of a customer's: a person finds it parked, and a report that it did not arrive ends the mails to
 * that address. */
static bool put_aside(struct placing *placing, struct text to, struct error *err) {
    const struct report *report = &placing->prepared->report;
    bool permanent = false;
    for (size_t i = 0; i < report->recipient_count; i++) permanent |= report->recipients[i].permanent;
    if (report->kind == REPORT_BOUNCE && permanent && !notices_bounced(placing->tx, to, err)) return false;
    bool is_person = placing->prepared->automatic.origin == ORIGIN_PERSON && report->kind == REPORT_NONE;
    if (is_person && !keep_confidence(placing, to, err)) return false;
    return is_person ? park(placing, "answers_notice", err) : finish(placing, "dropped", "answers_notice", err);
}

static bool place(struct placing *placing, struct error *err) {
    bool seen, own, about_notice;
    struct text to = {0};
    if (!was_seen(placing, &seen, err)) return false;
    if (seen) return finish(placing, "duplicate", NULL, err);
    if (!is_own_copy(placing, &own, err)) return false;
    if (own) return finish(placing, "own", NULL, err);
    if (!is_about_notice(placing, &about_notice, &to, err)) return false;
    if (about_notice) return put_aside(placing, to, err);
    if (!find_place(placing, err)) return false;
    if (placing->side) return write_side(placing, err) && finish(placing, "done", placing->decision, err);
    if (placing->is_own && !placing->ticket) return park(placing, "own_address", err);
    return find_spam(placing, err) && write_message(placing, err) && note_spam(placing, err) && apply_report(placing, err)
           && answer_automatically(placing, err) && finish(placing, "done", placing->decision, err);
}

bool letter_place(struct tx *tx, void *argument, struct error *err) {
    struct placing *given = argument;
    struct placing placing = {.tx = tx, .options = given->options, .row = given->row, .prepared = given->prepared};
    secret_derive(placing.options->secret, TOKEN_OF_ADDRESS, placing.address_key);
    secret_derive(placing.options->secret, TOKEN_OF_ID, placing.id_key);
    secret_derive(placing.options->secret, TOKEN_OF_SIDE_ADDRESS, placing.side_address_key);
    secret_derive(placing.options->secret, TOKEN_OF_SIDE_ID, placing.side_id_key);
    if (!place(&placing, err)) return error_context(err, "placing mail %" PRId64, placing.row->id);
    given->message = placing.message;
    return true;
}
