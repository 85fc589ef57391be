/* Where a letter belongs. Each signal is tried in the order of its strength; the first that names a ticket decides, and a gate
 * asks whether this person may speak there. Equal subjects alone never decide. */
#include "channels/intake/intake_private.h"

/* --- Signals ------------------------------------------------------------------------------------------------------ */

/* What is in quarantine grows by whose it is alone: a letter of somebody else would lie there unseen. */
static bool hides(const struct placing *placing, const struct ticket *ticket) {
    return ticket->is_spam && placing->prepared->report.kind == REPORT_NONE && ticket->requester.value != placing->person.value;
}

/* The ticket, or the one it was merged into. */
static bool take_ticket(struct placing *placing, ticket_id id, const char *reason, struct text detail, struct error *err) {
    const struct ticket *ticket;
    for (int hops = 0; hops < 20; hops++) {
        if (!ticket_find(placing->tx, &placing->tx->mem, id, &ticket, err)) return false;
        if (!ticket) return true;
        if (!ticket->merged_into.value) break;
        id = ticket->merged_into;
    }
    if (hides(placing, ticket)) return true;
    placing->ticket = ticket;
    placing_reason(placing, reason, detail);
    return true;
}

static bool take_place(struct placing *placing, const struct message_place *place, const char *reason, struct text detail,
                       struct error *err) {
    if (!place) return true;
    if (!take_ticket(placing, place->ticket, reason, detail, err)) return false;
    if (placing->ticket) placing->parent = place->message;
    return true;
}

/* A recipient who has no part in the ticket: neither takes part nor is one of us. */
static bool is_outsider(struct placing *placing, ticket_id ticket, struct text address, bool *ret_is, struct error *err) {
    struct tx *tx = placing->tx;
    const struct person_card *person;
    staff_id staff;
    bool on = false;
    if (!person_by_identity(tx, &tx->mem, "email", address, &person, err) || !staff_by_email(tx, address, &staff, err)) return false;
    if (person && !participant_is_on(tx, ticket, person->id, &on, err)) return false;
    *ret_is = !on && !staff.value;
    return true;
}

/* Two are enough to know. */
static bool count_outsiders(struct placing *placing, ticket_id ticket, const struct json_list *list, int *count, struct error *err) {
    const struct text *at = list->at;
    for (size_t i = 0; i < list->count && *count < 2; i++) {
        bool outsider;
        if (!is_outsider(placing, ticket, at[i], &outsider, err)) return false;
        *count += outsider;
    }
    return true;
}

/* A letter of ours that went to many people who have nothing to do with each other begins a thread with each of them. Whoever
 * stands in Cc was brought into the conversation on purpose. */
static bool is_for_another(struct placing *placing, const struct message_place *place, bool *ret_is, struct error *err) {
    const struct message_recipients *sent;
    bool on = false;
    int outsiders = 0;
    *ret_is = false;
    if (place->direction != DIRECTION_OUT || placing->prepared->report.kind != REPORT_NONE) return true;
    if (!participant_is_on(placing->tx, place->ticket, placing->person, &on, err)
        || !message_recipients(placing->tx, &placing->tx->mem, place->message, &sent, err))
        return false;
    if (on || !sent || addresses_have(&placing->tx->mem, &sent->cc, placing->from.address)) return true;
    if (!count_outsiders(placing, place->ticket, &sent->to, &outsiders, err) || !count_outsiders(placing, place->ticket, &sent->bcc, &outsiders, err))
        return false;
    *ret_is = outsiders > 1;
    if (*ret_is) placing_reason(placing, "reference_of_many", (struct text){0});
    return true;
}

static bool find_token(const struct placing *placing, struct text where, struct mail_token *ret_token, bool *ret_is_address) {
    *ret_is_address = token_find(where, placing->address_key, ret_token);
    return *ret_is_address || token_find(where, placing->id_key, ret_token);
}

/* The address that we asked for answers at lets its bearer speak. Where somebody was shut out it may be they who write from elsewhere:
 * all who read along have seen it. */
static bool sign(struct placing *placing, struct error *err) {
    bool has_shut_out = false;
    if (placing->ticket && !ticket_has_shut_out(placing->tx, placing->ticket->id, &has_shut_out, err)) return false;
    placing->is_signed = placing->ticket && !has_shut_out;
    return true;
}

/* A token of ours in an address or a Message-ID. The message it names may have been moved: its ticket of today counts. A letter to
 * many carries one token for all of them, so there it proves nothing. */
static bool try_token(struct placing *placing, struct text where, struct error *err) {
    struct mail_token token;
    const struct message_place *place = NULL;
    bool another = false, is_address;
    if (placing->ticket || text_empty(where) || !find_token(placing, where, &token, &is_address)) return true;
    if (token.message.value && !message_place(placing->tx, &placing->tx->mem, token.message, &place, err)) return false;
    if (place && !is_for_another(placing, place, &another, err)) return false;
    if (another) return true;
    const char *reason = is_address ? "token_address" : "token_reference";
    if (place ? !take_place(placing, place, reason, (struct text){0}, err) : !take_ticket(placing, token.ticket, reason, (struct text){0}, err))
        return false;
    return !is_address || sign(placing, err);
}

static bool try_tokens_in(struct placing *placing, struct mail_addresses list, struct error *err) {
    for (size_t i = 0; i < list.count; i++)
        if (!try_token(placing, list.at[i].address, err)) return false;
    return true;
}

static bool by_token(struct placing *placing, struct error *err) {
    const struct letter *letter = placing->prepared->letter;
    const struct text *references = placing->prepared->references.at;
    for (size_t i = 0; i < placing->row->recipient_count; i++)
        if (!try_token(placing, placing->row->recipients[i], err)) return false;
    if (!try_token(placing, letter_header(letter, "Delivered-To"), err)
        || !try_token(placing, letter_header(letter, "X-Original-To"), err)
        || !try_tokens_in(placing, letter->to, err) || !try_tokens_in(placing, letter->cc, err))
        return false;
    for (size_t i = placing->prepared->references.count; i-- > 0;)
        if (!try_token(placing, references[i], err)) return false;
    return true;
}

static bool by_header(struct placing *placing, struct error *err) {
    const struct text *references = placing->prepared->references.at;
    for (size_t i = placing->prepared->references.count; i-- > 0 && !placing->ticket;) {
        const struct message_place *place;
        bool another;
        if (!message_by_header(placing->tx, &placing->tx->mem, references[i], &place, err)) return false;
        if (!place) continue;
        if (!is_for_another(placing, place, &another, err)) return false;
        if (!another && !take_place(placing, place, "reference", references[i], err)) return false;
    }
    return true;
}

/* We never saw the letter that both refer to, but the same person wrote both. */
static bool by_ancestor(struct placing *placing, struct error *err) {
    const struct text *references = placing->prepared->references.at;
    for (size_t i = placing->prepared->references.count; i-- > 0 && !placing->ticket;) {
        const struct message_place *place;
        if (!message_by_ancestor(placing->tx, &placing->tx->mem, references[i], placing->person, &place, err)
            || !take_place(placing, place, "ancestor", references[i], err))
            return false;
    }
    return true;
}

/* Its bare number stays a ticket's own; a label that was never given is none. */
static bool is_called(const struct ticket *ticket, struct text label) {
    int64_t bare;
    return text_to_int(label, &bare) || text_equal_nocase(label, ticket->label);
}

static bool by_number(struct placing *placing, struct error *err) {
    struct text label;
    int64_t number = subject_number(placing->prepared->letter->subject, &label);
    if (placing->ticket || number <= TICKET_NUMBER_BASE) return true;
    const struct ticket *ticket;
    bool on = false;
    ticket_id id = {number - TICKET_NUMBER_BASE};
    if (!ticket_find(placing->tx, &placing->tx->mem, id, &ticket, err)) return false;
    if (!ticket || !is_called(ticket, label)) return true;
    struct text shown = text_printf(&placing->tx->mem, "#%.*s", (int)label.size, label.data);
    if (!participant_is_on(placing->tx, id, placing->person, &on, err)) return false;
    /* Anybody can guess a number: only who is in that ticket already gets in by it. */
    if ((!on || placing->is_claimed) && !is_colleague(placing)) {
        placing_reason(placing, "number_of_another", shown);
        return true;
    }
    return take_ticket(placing, id, "number", shown, err);
}

/* The letter that a report names, by its token or its Message-ID. */
static bool by_report(struct placing *placing, struct error *err) {
    const struct report *report = &placing->prepared->report;
    const struct text names[] = {report->original_id, report->original_to};
    const struct message_place *place = NULL;
    struct arena *mem = &placing->tx->mem;
    bool is_address;
    if (report->kind == REPORT_NONE) return true;
    for (size_t i = 0; i < COUNT_OF(names) && !place; i++) {
        struct mail_token token;
        if (text_empty(names[i]) || !find_token(placing, names[i], &token, &is_address)) continue;
        if (!message_place(placing->tx, mem, token.message, &place, err)) return false;
        placing->is_report_signed = place != NULL;
    }
    if (!place && !text_empty(report->original_id) && !message_by_header(placing->tx, mem, report->original_id, &place, err)) return false;
    return take_place(placing, place, "report", report->original_id, err);
}

/* --- The gate ------------------------------------------------------------------------------------------------------- */

bool is_colleague(const struct placing *placing) {
    return placing->staff.value && placing->is_vouched;
}

static bool may_report(struct placing *placing, bool *ret_may, struct error *err) {
    if (!report_is_ours(placing, ret_may, err)) return false;
    if (!*ret_may) placing_reason(placing, "report_on_nothing_sent", (struct text){0});
    return true;
}

/* The letter that is answered here was for this person. */
static bool was_written_to(struct placing *placing, bool *ret_was, struct error *err) {
    const struct message_recipients *sent = NULL;
    struct arena *mem = &placing->tx->mem;
    if (placing->parent.value && !message_recipients(placing->tx, mem, placing->parent, &sent, err)) return false;
    *ret_was = sent && letter_went_to(mem, sent, placing->from.address);
    return true;
}

static bool is_known_here(struct placing *placing, bool is_on, bool *ret_is, struct error *err) {
    bool same = false, asked = false;
    if (!is_on && !person_same_company(placing->tx, placing->person, placing->ticket->requester, &same, err)) return false;
    if (!is_on && !same && !was_written_to(placing, &asked, err)) return false;
    if (is_on) placing_reason(placing, "participant", (struct text){0});
    if (same) placing_reason(placing, "same_company", (struct text){0});
    if (asked) placing_reason(placing, "written_to", (struct text){0});
    *ret_is = is_on || same || asked;
    return true;
}

static bool may_speak(struct placing *placing, bool *ret_may, struct error *err) {
    struct participation part;
    if (placing->prepared->report.kind != REPORT_NONE) return may_report(placing, ret_may, err);
    if (!participation_of(placing->tx, placing->ticket->id, placing->person, &part, err)) return false;
    bool shut_out = part.is_off && !is_colleague(placing);
    if (shut_out) placing_reason(placing, part.is_removed ? "removed" : "switched_off", placing->from.address);
    bool signs = placing->is_signed && !placing->is_claimed;
    *ret_may = !placing->is_forged && !shut_out && (signs || is_colleague(placing));
    if (*ret_may && !signs) placing_reason(placing, "colleague", (struct text){0});
    if (*ret_may || placing->is_forged || shut_out) return true;
    if (!placing->is_claimed && !is_known_here(placing, part.is_on, ret_may, err)) return false;
    if (*ret_may) return true;
    placing_reason(placing, placing->staff.value ? "colleague_unproven" : "not_a_participant",
                   placing->is_forward ? placing->forwarder.address : placing->from.address);
    return true;
}

bool is_own_word(const struct placing *placing) {
    return placing->prepared->automatic.origin == ORIGIN_PERSON && placing->prepared->report.kind == REPORT_NONE;
}

/* The thread is known; is it still the same matter? */
static bool continues(struct placing *placing, bool *ret_continues, struct error *err) {
    const struct ticket *ticket = placing->ticket;
    bool takes;
    *ret_continues = true;
    if (!is_own_word(placing)) return true;
    if (!ticket_takes_replies(placing->tx, ticket, &takes, err)) return false;
    if (!takes) placing_reason(placing, "too_late_to_reopen", (struct text){0});
    bool drifted = !text_empty(placing->prepared->letter->subject)
                   && !subject_same(&placing->tx->mem, placing->prepared->letter->subject, ticket->subject);
    if (drifted) placing_reason(placing, "new_subject", placing->prepared->letter->subject);
    *ret_continues = takes && !(drifted && ticket->category == CATEGORY_CLOSED);
    return true;
}

static void follow_up(struct placing *placing) {
    placing->follows = placing->ticket->id;
    placing->ticket = NULL;
    placing->parent = (message_id){0};
    placing->decision = "follow_up";
}

static bool decide(struct placing *placing, struct error *err) {
    bool may, same_matter;
    if (!may_speak(placing, &may, err)) return false;
    if (!may) {
        placing->is_unverified = true;
        placing->decision = "unverified";
        /* Nobody looks into a finished ticket, and a stranger may not open it again. */
        if (is_own_word(placing) && placing->ticket->category >= CATEGORY_RESOLVED) follow_up(placing);
        return true;
    }
    if (!continues(placing, &same_matter, err)) return false;
    placing->decision = placing->prepared->report.kind != REPORT_NONE ? "report" : "reply";
    if (!same_matter) follow_up(placing);
    return true;
}

bool find_ticket(struct placing *placing, struct error *err) {
    if (!by_report(placing, err) || !by_token(placing, err) || !by_header(placing, err) || !by_ancestor(placing, err) || !by_number(placing, err))
        return false;
    if (placing->ticket) return decide(placing, err);
    placing->decision = "new";
    placing->is_unverified = placing->is_forged || (placing->is_forward && !is_colleague(placing));
    placing_reason(placing, placing->prepared->references.count ? "references_unknown" : "no_reference", (struct text){0});
    return true;
}
