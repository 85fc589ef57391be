/* Letters of side conversations: what answers one never comes into the customer's thread, whoever writes it, and nobody is told
 * anything of it by a letter of ours. */
#include "channels/intake/intake_private.h"

/* --- Which one ------------------------------------------------------------------------------------------------------------ */

struct side_match {
    const struct side *side;
    message_id message;           /* of ours; 0: the letter names only the conversation */
    bool by_address;              /* it came to the address that we asked for answers at */
};

static bool try_key(struct placing *placing, struct text where, const unsigned char key[TOKEN_KEY], struct side_match *match, struct error *err) {
    struct mail_token token;
    if (match->side || text_empty(where) || !token_find(where, key, &token)) return true;
    if (!side_find(placing->tx, &placing->tx->mem, token.ticket.value, &match->side, err)) return false;
    if (match->side) match->message = token.message;
    return true;
}

static bool try_address(struct placing *placing, struct text where, struct side_match *match, struct error *err) {
    if (match->side) return true;
    if (!try_key(placing, where, placing->side_address_key, match, err)) return false;
    match->by_address = match->side != NULL;
    return true;
}

static bool try_addresses(struct placing *placing, struct mail_addresses list, struct side_match *match, struct error *err) {
    for (size_t i = 0; i < list.count; i++)
        if (!try_address(placing, list.at[i].address, match, err)) return false;
    return true;
}

static bool by_address(struct placing *placing, struct side_match *match, struct error *err) {
    const struct letter *letter = placing->prepared->letter;
    for (size_t i = 0; i < placing->row->recipient_count; i++)
        if (!try_address(placing, placing->row->recipients[i], match, err)) return false;
    return try_address(placing, letter_header(letter, "Delivered-To"), match, err)
           && try_address(placing, letter_header(letter, "X-Original-To"), match, err) && try_addresses(placing, letter->to, match, err)
           && try_addresses(placing, letter->cc, match, err);
}

static bool try_place(struct placing *placing, const struct message_place *place, struct side_match *match, struct error *err) {
    if (!place) return true;
    if (!side_of_message(placing->tx, &placing->tx->mem, place->message, &match->side, err)) return false;
    if (match->side) match->message = place->message;
    return true;
}

/* Our token in a Message-ID, or an id that is known: of our letters and of theirs. */
static bool by_id(struct placing *placing, struct text id, struct side_match *match, struct error *err) {
    const struct message_place *place;
    if (match->side || text_empty(id)) return true;
    if (!try_key(placing, id, placing->side_id_key, match, err)) return false;
    if (match->side) return true;
    return message_by_header(placing->tx, &placing->tx->mem, id, &place, err) && try_place(placing, place, match, err);
}

/* We never saw the letter that both refer to, but the same person wrote both. */
static bool by_ancestor(struct placing *placing, struct text id, struct side_match *match, struct error *err) {
    const struct message_place *place;
    if (match->side || text_empty(id)) return true;
    return message_by_ancestor(placing->tx, &placing->tx->mem, id, placing->person, &place, err) && try_place(placing, place, match, err);
}

static bool by_references(struct placing *placing, struct side_match *match, struct error *err) {
    const struct text *references = placing->prepared->references.at;
    for (size_t i = placing->prepared->references.count; i-- > 0;)
        if (!by_id(placing, references[i], match, err)) return false;
    for (size_t i = placing->prepared->references.count; i-- > 0;)
        if (!by_ancestor(placing, references[i], match, err)) return false;
    return true;
}

/* An address that the ticket's own thread is answered at is among those that it was written to. */
static bool names_ticket(const struct placing *placing) {
    const struct letter *letter = placing->prepared->letter;
    const struct mail_addresses lists[] = {letter->to, letter->cc};
    struct mail_token token;
    for (size_t i = 0; i < placing->row->recipient_count; i++)
        if (token_find(placing->row->recipients[i], placing->address_key, &token)) return true;
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        for (size_t j = 0; j < lists[i].count; j++)
            if (token_find(lists[i].at[j].address, placing->address_key, &token)) return true;
    return false;
}

/* Who sent it: here a letter that a colleague hands on is what the colleague writes. */
static struct mail_address sender_of(const struct placing *placing) {
    return placing->is_forward ? placing->forwarder : placing->from;
}

/* --- Who may speak there ---------------------------------------------------------------------------------------------------- */

/* Whoever bears the address of answers may, and whom we wrote to; never somebody on the customer's side whom we did not write to: what comes
 * in their name is shown with that mark, and changes nothing. */
static bool weigh(struct placing *placing, const struct side_match *match, bool *ret_customer, struct error *err) {
    struct tx *tx = placing->tx;
    struct text from = sender_of(placing).address;
    bool asked, customer;
    if (!side_went_to(tx, match->side, from, &asked, err) || !side_is_customer(tx, match->side, from, &customer, err)) return false;
    *ret_customer = customer && !asked;
    bool claimed = placing->is_claimed && !placing->is_forward;
    placing->is_unverified = placing->is_forged || claimed || *ret_customer || !(asked || match->by_address);
    if (match->by_address) placing_reason(placing, "side_address", (struct text){0});
    if (asked) placing_reason(placing, "written_to", (struct text){0});
    if (*ret_customer) placing_reason(placing, "side_customer", from);
    else if (!asked && !match->by_address) placing_reason(placing, "not_written_to", from);
    return true;
}

/* A report on a letter of ours that was one of these: it speaks of whom that letter went to. */
static bool by_report(struct placing *placing, struct error *err) {
    const struct report *report = &placing->prepared->report;
    const struct text names[] = {report->original_id, report->original_to};
    struct side_match match = {0};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (!by_id(placing, names[i], &match, err) || !try_address(placing, names[i], &match, err)) return false;
    if (!match.side) return true;
    placing->side = match.side;
    placing->parent = match.message;
    placing->decision = "report";
    return true;
}

bool find_side(struct placing *placing, struct error *err) {
    struct side_match match = {0};
    bool customer = false;
    if (placing->prepared->report.kind != REPORT_NONE) return by_report(placing, err);
    if (!by_address(placing, &match, err) || !by_references(placing, &match, err)) return false;
    if (!match.side) return true;
    size_t reasons = placing->reason_count;
    if (!weigh(placing, &match, &customer, err)) return false;
    /* The customer answers us, in their own thread, a letter that the third party has sent on to them. */
    if (customer && (!match.by_address || names_ticket(placing))) {
        placing->reason_count = reasons;
        placing->is_unverified = false;
        return true;
    }
    placing->side = match.side;
    placing->parent = match.message;
    placing->decision = placing->is_unverified ? "unverified" : "side";
    return true;
}

/* --- Into it -------------------------------------------------------------------------------------------------------------- */

static bool fail_letter(struct placing *placing, struct error *err) {
    const struct report *report = &placing->prepared->report;
    if (report->kind != REPORT_BOUNCE || !placing->parent.value) return true;
    for (size_t i = 0; i < report->recipient_count; i++) {
        const struct report_recipient *recipient = &report->recipients[i];
        bool went;
        if (!side_went_to(placing->tx, placing->side, recipient->address, &went, err)) return false;
        if (!went) continue;
        struct text detail = text_printf(&placing->tx->mem, "%.*s: %.*s %.*s", (int)recipient->address.size, recipient->address.data,
                                         (int)recipient->status.size, recipient->status.data, (int)recipient->detail.size, recipient->detail.data);
        return identity_bounced(placing->tx, recipient->address, recipient->detail, recipient->permanent, err)
               && side_bounced(placing->tx, placing->parent, text_trim(text_cut(detail, 400)), err);
    }
    return true;
}

/* The ticket that shows it, held: a merge, or taking one back, may have come between. */
static bool hold_shown(struct placing *placing, struct error *err) {
    struct tx *tx = placing->tx;
    const struct ticket *ticket;
    ticket_id before = placing->side->shown_in;
    if (!ticket_locked(tx, before, &ticket, err) || !side_find(tx, &tx->mem, placing->side->id, &placing->side, err)) return false;
    bool stays = placing->side && placing->side->shown_in.value == before.value;
    return stays || error_set(err, ERR_BUSY, "the ticket of a side conversation was merged just now");
}

bool write_side(struct placing *placing, struct error *err) {
    const struct prepared *prepared = placing->prepared;
    struct mail_address from = sender_of(placing);
    bool heard = is_own_word(placing) && !placing->is_unverified && !placing->staff.value;
    if ((heard && !identity_heard(placing->tx, from.address, err)) || !hold_shown(placing, err)) return false;
    if (placing->is_forward) placing->person = (person_id){0};
    struct side_arrival arrival = {.side = placing->side, .doer = placing_doer(placing), .is_word = is_own_word(placing),
                                   .is_unverified = placing->is_unverified};
    if (prepared->automatic.reason.size) placing_reason(placing, "automatic", prepared->automatic.reason);
    struct message_writing writing = writing_of(placing);
    writing.home = placing->side->home;
    writing.audience = AUDIENCE_INTERNAL;
    writing.kind = MESSAGE_KIND_SIDE;
    writing.from_name = from.name;
    writing.from_address = from.address;
    writing.decision = text_of(placing->decision);
    writing.reasons = placing_reasons(placing);
    if (!message_add(placing->tx, &arrival.doer, &writing, &placing->message, err)) return false;
    arrival.message = placing->message;
    return side_receive(placing->tx, &arrival, err) && fail_letter(placing, err);
}
