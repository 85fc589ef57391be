/* The message itself, with the ticket it opens or joins. */
#include "channels/intake/intake_private.h"

enum { PARTICIPANT_LIMIT = 50 };

struct doer placing_doer(struct placing *placing) {
    struct text cause = text_printf(&placing->tx->mem, "mail %" PRId64, placing->row->id);
    if (placing->person.value) return (struct doer){ACTOR_PERSON, placing->person.value, cause};
    return (struct doer){ACTOR_SYSTEM, 0, cause};
}

static struct text addresses_json(struct arena *mem, struct mail_addresses list) {
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    json_array_begin(&json);
    for (size_t i = 0; i < list.count; i++) {
        json_object_begin(&json);
        json_put_text(&json, "name", list.at[i].name);
        json_put_text(&json, "email", list.at[i].address);
        json_object_end(&json);
    }
    json_array_end(&json);
    return buffer_text(&out);
}

/* A subject for the ticket; a letter without one is known by its first words. */
static struct text ticket_subject(struct placing *placing, struct text subject) {
    struct text line, rest = placing->prepared->visible, plain = subject_plain(subject, NULL);
    if (!text_empty(plain)) return plain;
    if (!text_empty(text_trim(subject))) return subject;
    while (text_next_line(&rest, &line))
        if (!text_empty(text_trim(line))) return text_cut(text_trim(line), 120);
    return text_of("-");
}

static bool open_ticket(struct placing *placing, struct text subject, struct error *err) {
    struct doer doer = placing_doer(placing);
    const struct ticket_opening opening = {
        .subject = ticket_subject(placing, subject), .requester = placing->person, .team = placing->team,
        .mailbox = placing->mailbox ? placing->mailbox->id : (mailbox_id){0}, .channel = "mail", .follows = placing->follows,
        .is_spam = placing->is_spam,
    };
    return ticket_open(placing->tx, &doer, &opening, &placing->ticket, err);
}

/* Who else reads along takes part; addresses of ours and machines do not. */
static bool add_participants(struct placing *placing, struct mail_addresses list, const char *role, struct error *err) {
    struct tx *tx = placing->tx;
    for (size_t i = 0; i < list.count && i < PARTICIPANT_LIMIT; i++) {
        struct mail_address each = list.at[i];
        bool ours = false;
        staff_id staff = {0};
        person_id person;
        if (!each.address.size || text_equal_nocase(each.address, placing->from.address) || mail_address_is_machine(each.address)) continue;
        if (!address_is_ours(tx, each.address, &ours, err) || !staff_by_email(tx, each.address, &staff, err)) return false;
        for (size_t j = 0; j < placing->row->recipient_count; j++)
            ours = ours || text_equal(address_plain(&tx->mem, each.address), address_plain(&tx->mem, placing->row->recipients[j]));
        if (ours || staff.value) continue;
        bool aside;
        if (!sides_know(tx, placing->ticket->id, each.address, &aside, err) || !person_ensure(tx, "email", each.address, each.name, &person, err)
            || !participant_add(tx, placing->ticket->id, person, aside ? "third_party" : role, err))
            return false;
    }
    return true;
}

static bool has_customers(struct placing *placing, const struct json_list *list, bool *ret_has, struct error *err) {
    struct tx *tx = placing->tx;
    const struct text *at = list->at;
    for (size_t i = 0; i < list->count && !*ret_has; i++) {
        const struct person_card *person;
        struct participation part = {0};
        if (!person_by_identity(tx, &tx->mem, "email", at[i], &person, err)
            || (person && !participation_of(tx, placing->ticket->id, person->id, &part, err)))
            return false;
        *ret_has = (part.is_on || part.is_off) && !part.is_third_party;
    }
    return true;
}

/* Did we ask this person without the customer's seeing it, or hidden from the customer? A customer without an address may be who answers
 * at the one that somebody typed. */
static bool was_asked_apart(struct placing *placing, bool *ret_was, struct error *err) {
    const struct message_recipients *sent = NULL;
    struct arena *mem = &placing->tx->mem;
    bool customers = false, has_mail;
    *ret_was = false;
    if (!placing->parent.value) return true;
    if (!message_recipients(placing->tx, mem, placing->parent, &sent, err) || !ticket_requester_has_mail(placing->tx, placing->ticket->id, &has_mail, err))
        return false;
    if (!sent || !has_mail) return true;
    if (!has_customers(placing, &sent->to, &customers, err) || !has_customers(placing, &sent->cc, &customers, err)) return false;
    *ret_was = !customers || addresses_have(mem, &sent->bcc, placing->from.address);
    return true;
}

/* A supplier whom we asked is a third party, and so is whom they bring along: no answer mixes them with the customer unasked. */
static bool role_of_writer(struct placing *placing, const char **ret_role, struct error *err) {
    struct participation part;
    bool same = false, apart = false, aside;
    if (!sides_know(placing->tx, placing->ticket->id, placing->from.address, &aside, err)
        || !participation_of(placing->tx, placing->ticket->id, placing->person, &part, err))
        return false;
    bool is_new = placing->person.value && !part.is_on && !part.is_off;
    if (is_new && (!was_asked_apart(placing, &apart, err) || !person_same_company(placing->tx, placing->person, placing->ticket->requester, &same, err)))
        return false;
    *ret_role = part.is_third_party || aside || (apart && !same) ? "third_party" : "cc";
    return true;
}

static bool join_people(struct placing *placing, struct error *err) {
    const struct letter *letter = placing->prepared->letter;
    const char *role;
    if (placing->is_unverified || !is_own_word(placing)) return true;
    if (!placing->staff.value && !identity_heard(placing->tx, placing->from.address, err)) return false;
    if (!role_of_writer(placing, &role, err)) return false;
    if (placing->person.value && !placing->staff.value
        && !participant_add(placing->tx, placing->ticket->id, placing->person, role, err))
        return false;
    /* Without a mailbox of ours nobody can tell which of the addresses in To are us. */
    return (!placing->mailbox || add_participants(placing, letter->to, role, err)) && add_participants(placing, letter->cc, role, err);
}

struct message_writing writing_of(struct placing *placing) {
    const struct prepared *prepared = placing->prepared;
    const struct letter *letter = prepared->letter;
    struct arena *mem = &placing->tx->mem;
    bool is_report = prepared->report.kind != REPORT_NONE;
    ticket_id ticket = placing->side ? placing->side->shown_in : placing->ticket->id;
    struct message_writing writing = {
        .ticket = ticket, .direction = DIRECTION_IN, .audience = AUDIENCE_PUBLIC, .kind = "mail",
        .author_person = placing->person, .from_name = placing->from.name, .from_address = placing->from.address,
        .to_list = addresses_json(mem, letter->to), .cc_list = addresses_json(mem, letter->cc), .subject = letter->subject,
        .header_id = letter->message_id.size ? letter->message_id : (struct text){0},
        .in_reply_to = letter->in_reply_to.count ? letter->in_reply_to.at[0] : (struct text){0}, .references = prepared->references,
        .text = prepared->visible, .text_full = prepared->full, .html = prepared->has_html ? prepared->html.html : (struct text){0},
        .remote_images = (int64_t)prepared->html.remote_images, .raw_hash = placing->row->raw_hash,
        .mailbox = placing->mailbox ? placing->mailbox->id : (mailbox_id){0},
        .is_automatic = is_report || prepared->automatic.origin != ORIGIN_PERSON, .is_unverified = placing->is_unverified,
        .report = report_json(placing), .created_at = 0, .sent_at = letter->date_at, .files = prepared->files, .file_count = prepared->file_count,
    };
    if (placing->is_forward && !placing->side) write_forward(placing, &writing);
    if (placing->is_id_taken) writing.header_id = (struct text){0};
    return writing;
}

/* The address that we asked for answers at was told to nobody but this writer. */
static bool was_told_alone(struct placing *placing, bool *ret_was, struct error *err) {
    const struct message_recipients *sent = NULL;
    struct arena *mem = &placing->tx->mem;
    if (placing->is_signed && placing->parent.value && !message_recipients(placing->tx, mem, placing->parent, &sent, err)) return false;
    *ret_was = sent && sent->to.count == 1 && !sent->cc.count && !sent->bcc.count && letter_went_to(mem, sent, placing->from.address);
    return true;
}

/* A person who answers at the address that our letter told them alone, or whom our mail server vouches for, has the mailbox that a form was
 * sent with. A program of that mailbox answers whatever comes: it says nothing about who wrote the form. */
static bool prove_address(struct placing *placing, struct error *err) {
    struct doer doer = placing_doer(placing);
    bool alone, any;
    if (!is_own_word(placing) || placing->is_unverified || placing->is_claimed || placing->is_forward) return true;
    if (!was_told_alone(placing, &alone, err)) return false;
    return !(alone || placing->is_vouched) || messages_verify(placing->tx, &doer, placing->ticket->id, placing->from.address, &any, err);
}

bool write_message(struct placing *placing, struct error *err) {
    const struct prepared *prepared = placing->prepared;
    struct text subject = placing->is_forward && placing->forward.subject.size ? placing->forward.subject : prepared->letter->subject;
    if (prepared->automatic.reason.size) placing_reason(placing, "automatic", prepared->automatic.reason);
    if (prepared->letter->is_cut) placing_reason(placing, "cut", (struct text){0});
    if (!placing->ticket && !open_ticket(placing, subject, err)) return false;
    struct doer doer = placing_doer(placing);
    struct message_writing writing = writing_of(placing);
    writing.decision = text_of(placing->decision);
    writing.reasons = placing_reasons(placing);
    return join_people(placing, err) && message_add(placing->tx, &doer, &writing, &placing->message, err) && add_comment(placing, err)
           && prove_address(placing, err);
}
