/* Which of our addresses was written to, and who writes. */
#include "channels/intake/intake_private.h"

#include "wire/mail/authenticity.h"

void placing_reason(struct placing *placing, const char *code, struct text detail) {
    struct text reason = detail.size ? text_printf(&placing->tx->mem, "%s: %.*s", code, (int)text_cut(detail, 200).size, detail.data) : text_of(code);
    for (size_t i = 0; i < placing->reason_count; i++)
        if (text_equal(placing->reasons[i], reason)) return;
    if (placing->reason_count < REASON_LIMIT) placing->reasons[placing->reason_count++] = reason;
}

struct text placing_reasons(struct placing *placing) {
    struct buffer out = {.mem = &placing->tx->mem};
    struct json_writer json = json_writer(&out);
    json_array_begin(&json);
    for (size_t i = 0; i < placing->reason_count; i++) json_text(&json, placing->reasons[i]);
    json_array_end(&json);
    return buffer_text(&out);
}

bool desk_of(struct tx *tx, mailbox_id id, const struct text *recipients, size_t count, team_id *ret_team, struct error *err) {
    const struct mailbox *mailbox = NULL;
    if (id.value && !mailbox_find(tx, &tx->mem, id, &mailbox, err)) return false;
    for (size_t i = 0; i < count && !mailbox; i++)
        if (!mailbox_by_address(tx, &tx->mem, recipients[i], &mailbox, err)) return false;
    *ret_team = mailbox ? mailbox->team : (team_id){0};
    return true;
}

static bool try_address(struct placing *placing, struct text address, struct error *err) {
    if (placing->mailbox || text_empty(address)) return true;
    return mailbox_by_address(placing->tx, &placing->tx->mem, address, &placing->mailbox, err);
}

static bool try_list(struct placing *placing, struct mail_addresses list, struct error *err) {
    for (size_t i = 0; i < list.count; i++)
        if (!try_address(placing, list.at[i].address, err)) return false;
    return true;
}

/* The envelope knows best; then the marks of delivery, To and Cc. */
static bool find_by_addresses(struct placing *placing, struct error *err) {
    const struct letter *letter = placing->prepared->letter;
    for (size_t i = 0; i < placing->row->recipient_count; i++)
        if (!try_address(placing, placing->row->recipients[i], err)) return false;
    return try_address(placing, letter_header(letter, "Delivered-To"), err)
           && try_address(placing, letter_header(letter, "X-Original-To"), err) && try_list(placing, letter->to, err)
           && try_list(placing, letter->cc, err);
}

bool find_mailbox(struct placing *placing, struct error *err) {
    const struct sql_intake_team_first_row *team;
    if (placing->row->mailbox.value && !mailbox_find(placing->tx, &placing->tx->mem, placing->row->mailbox, &placing->mailbox, err)) return false;
    if (!placing->mailbox && !find_by_addresses(placing, err)) return false;
    if (placing->mailbox) {
        placing->team = placing->mailbox->team;
        return true;
    }
    if (!sql_intake_team_first(placing->tx, &placing->tx->mem, &team, err)) return false;
    if (!team) return error_set(err, ERR_CONFLICT, "there is no team to take mail");
    placing->team = team->team_id;
    return true;
}

static struct mail_address first_with_address(struct mail_addresses list) {
    for (size_t i = 0; i < list.count; i++)
        if (list.at[i].address.size) return list.at[i];
    return (struct mail_address){text_of(""), text_of("")};
}

/* From; where that can't be read, the next best header, and at last the envelope. */
static struct mail_address writer_of(struct placing *placing) {
    const struct letter *letter = placing->prepared->letter;
    struct mail_address from = first_with_address(letter->from);
    if (!from.address.size) from = first_with_address(letter->sender);
    if (!from.address.size) from = first_with_address(letter->reply_to);
    if (!from.address.size && placing->row->sender.size) from.address = placing->row->sender;
    if (!from.address.size) {
        struct text returned = letter_header(letter, "Return-Path");
        struct mail_addresses list = returned.size ? mail_parse_addresses(&placing->tx->mem, returned) : (struct mail_addresses){0};
        from = first_with_address(list);
    }
    if (!from.name.size && letter->from.count) from.name = letter->from.at[0].name;
    return from;
}

/* A contact form of our own site writes from our address; the person stands in Reply-To. Only where that is switched on, and never
 * for what a program wrote by itself. */
static void use_reply_to(struct placing *placing) {
    const struct prepared *prepared = placing->prepared;
    struct mail_address reply_to = first_with_address(prepared->letter->reply_to);
    if (prepared->automatic.origin != ORIGIN_PERSON || prepared->report.kind != REPORT_NONE) return;
    if (!placing->mailbox || !placing->mailbox->is_contact_form || !reply_to.address.size) return;
    if (text_equal_nocase(reply_to.address, placing->from.address)) return;
    placing_reason(placing, "contact_form", placing->from.address);
    if (!reply_to.name.size) reply_to.name = placing->from.name;
    placing->from = reply_to;
    placing->is_claimed = true;
}

static struct text server_believed(const struct placing *placing) {
    const struct mailbox *mailbox = placing->mailbox;
    if (!mailbox || text_empty(mailbox->authentication_server)) return placing->options->authentication_server;
    return text_is(mailbox->authentication_server, "-") ? text_of("") : mailbox->authentication_server;
}

/* Until somebody has said whose word counts; once enough letters have been seen, a few of them are enough to notice a change. */
static bool note_server(struct placing *placing, struct error *err) {
    enum { AT_FIRST = 20, ONE_OF = 20 };
    const struct mailbox *mailbox = placing->mailbox;
    if (!mailbox || mailbox->authentication_server.size || placing->options->authentication_server.size) return true;
    if (mailbox->authentication_letters >= AT_FIRST && placing->row->id % ONE_OF != 0) return true;
    return mailbox_note_authentication(placing->tx, mailbox, mail_authenticity_server(placing->prepared->letter), err);
}

static bool find_staff(struct placing *placing, struct error *err) {
    if (placing->is_forged || placing->is_claimed || text_empty(placing->from.address)) return true;
    return staff_by_email(placing->tx, placing->from.address, &placing->staff, err);
}

bool find_sender(struct placing *placing, struct error *err) {
    const struct prepared *prepared = placing->prepared;
    enum mail_authenticity authenticity = mail_authenticity_of(prepared->letter, server_believed(placing));
    placing->from = writer_of(placing);
    placing->is_forged = authenticity == MAIL_FORGED && prepared->report.kind == REPORT_NONE;
    placing->is_vouched = authenticity == MAIL_PROVEN;
    if (placing->is_forged) placing_reason(placing, "dmarc_failed", placing->from.address);
    use_reply_to(placing);
    return note_server(placing, err) && address_is_ours(placing->tx, placing->from.address, &placing->is_own, err) && find_staff(placing, err)
           && find_forward(placing, err);
}
