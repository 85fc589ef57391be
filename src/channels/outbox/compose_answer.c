/* From a message in the store to the bytes that leave: our signed Message-ID, the address that brings answers home, the
 * team's signature. */
#include "channels/outbox/outbox_private.h"

#include "sql/channels_outbox.h"
#include "wire/html/html.h"
#include "wire/mail/compose.h"
#include "wire/mail/token.h"

#include <jansson.h>

struct composing {
    const struct outbox_options *options;
    struct arena *mem;
    struct tx *tx;
    const struct outgoing_message *message;
    const struct mailbox *mailbox;
    const struct sql_outbox_team_row *team;
    int64_t side; /* the side conversation that it is a letter of; 0: an answer to the customer's side */
    unsigned char address_key[TOKEN_KEY], id_key[TOKEN_KEY];
};

/* Header and envelope are made of the same list: what can't be written is in neither. */
static struct mail_addresses addresses_of(struct arena *mem, struct text json) {
    json_t *root = json_loadb(json.data ? json.data : "[]", json.data ? json.size : 2, 0, NULL);
    size_t count = 0, size = json_array_size(root);
    struct mail_address *at = arena_array(mem, size, sizeof *at);
    for (size_t i = 0; i < size; i++) {
        const char *name = json_string_value(json_object_get(json_array_get(root, i), "name"));
        const char *address = json_string_value(json_object_get(json_array_get(root, i), "email"));
        struct text clean = address_clean(mem, text_of(address));
        if (clean.data) at[count++] = (struct mail_address){text_copy(mem, text_of(name ? name : "")), text_copy(mem, clean)};
    }
    json_decref(root);
    return (struct mail_addresses){count, at};
}

static struct text replaced(struct arena *mem, struct text t, const char *slot, struct text value) {
    size_t at = text_find(t, text_of(slot));
    if (at == SIZE_MAX) return t;
    return text_printf(mem, "%.*s%.*s%.*s", (int)at, t.data, (int)value.size, value.data ? value.data : "", (int)(t.size - at - strlen(slot)),
                       t.data + at + strlen(slot));
}

/* The team's signature, with the agent's name where it asks for it; an automatic answer is nobody's. */
static struct text signature_of(const struct composing *composing) {
    struct text signature = composing->team ? composing->team->signature_html : text_of("");
    if (composing->message->is_automatic || text_empty(text_trim(signature))) return text_of("");
    struct text name = html_escape(composing->mem, composing->message->author_name.data ? composing->message->author_name : text_of(""));
    return replaced(composing->mem, signature, "{{agent}}", name);
}

/* Only who gets the letter reads where its address is confirmed; in the store stands the slot. */
static struct text with_link(const struct composing *composing, struct text t) {
    unsigned char key[TOKEN_KEY];
    const char *base = composing->options->base_url;
    if (!composing->message->is_automatic || text_find(t, text_of(CONFIRMATION_SLOT)) == SIZE_MAX) return t;
    secret_derive(composing->options->secret, TOKEN_OF_CONFIRMATION, key);
    struct text token = token_make(composing->mem, key, (struct mail_token){composing->message->ticket, composing->message->id});
    struct text link = text_printf(composing->mem, "%s/request-confirm/%.*s", base ? base : "", (int)token.size, token.data);
    return replaced(composing->mem, t, CONFIRMATION_SLOT, link);
}

static void set_words(const struct composing *composing, struct composition *out) {
    struct arena *mem = composing->mem;
    struct text signature = signature_of(composing), html = composing->message->html;
    struct text plain = html_to_text(mem, signature);
    out->text = with_link(composing, composing->message->text);
    out->html = html;
    if (signature.size == 0) return;
    out->text = text_printf(mem, "%.*s\n\n-- \n%.*s", (int)out->text.size, out->text.data, (int)plain.size, plain.data);
    if (!html.data) html = html_from_text(mem, composing->message->text);
    out->html = text_printf(mem, "%.*s<div class=\"signature\" style=\"margin-top:16px\">%.*s</div>", (int)html.size, html.data, (int)signature.size,
                            signature.data);
}

static bool read_files(const struct composing *composing, struct composition *out, struct error *err) {
    const struct outgoing_message *message = composing->message;
    struct compose_file *files = arena_array(composing->mem, message->file_count, sizeof *files);
    for (size_t i = 0; i < message->file_count; i++) {
        const struct message_file *file = &message->files[i];
        files[i] = (struct compose_file){.name = file->name, .media_type = file->media_type, .is_inline = file->is_inline,
                                         .content_id = file->content_id.data ? file->content_id : text_of("")};
        if (!file_read(composing->options->files, composing->mem, file->hash, DELIVERY_FILES_LIMIT, &files[i].bytes, err))
            return error_context(err, "attachment %.*s", (int)file->name.size, file->name.data);
    }
    out->files = files;
    out->file_count = message->file_count;
    return true;
}

static struct mail_texts references_of(const struct outgoing_message *message) {
    return (struct mail_texts){message->references.count, message->references.at};
}

static struct text from_name(const struct composing *composing) {
    struct text team = composing->team ? composing->team->name : composing->mailbox->name, agent = composing->message->author_name;
    if (composing->message->is_automatic || !agent.size) return composing->mailbox->name.size ? composing->mailbox->name : team;
    struct text house = composing->mailbox->name.size ? composing->mailbox->name : team;
    return text_printf(composing->mem, "%.*s (%.*s)", (int)agent.size, agent.data, (int)house.size, house.data);
}

static struct text domain_of(struct text address) {
    size_t at = text_find_char(address, '@');
    return at == SIZE_MAX ? text_of("localhost") : text_skip(address, at + 1);
}

struct heading {
    message_id message;
    struct text header, address;
    mailbox_id mailbox;
};

static bool store_heading(struct tx *tx, void *argument, struct error *err) {
    const struct heading *heading = argument;
    return message_set_header(tx, heading->message, heading->header, heading->mailbox, heading->address, err);
}

/* The letter gets its Message-ID before it leaves, so that even the quickest answer finds it known. */
static bool give_header(const struct composing *composing, struct text token, struct text *ret_header, struct error *err) {
    const struct outgoing_message *message = composing->message;
    struct arena *mem = composing->mem;
    if (message->header_id.size) {
        *ret_header = message->header_id;
        return true;
    }
    struct heading heading = {.message = message->id, .mailbox = composing->mailbox->id, .address = composing->mailbox->address};
    heading.header = token_message_id(mem, token, text_lower(mem, secret_token(mem, 9)), domain_of(composing->mailbox->address));
    *ret_header = heading.header;
    return store_write(composing->options->store, store_heading, &heading, err);
}

static const struct text *envelope_of(struct arena *mem, const struct mail_addresses *lists, size_t list_count, size_t *ret_count) {
    size_t room = 0, count = 0;
    for (size_t i = 0; i < list_count; i++) room += lists[i].count;
    struct text *at = arena_array(mem, room, sizeof *at);
    for (size_t i = 0; i < list_count; i++)
        for (size_t j = 0; j < lists[i].count; j++) at[count++] = lists[i].at[j].address;
    *ret_count = count;
    return at;
}

static bool compose(const struct composing *composing, struct sending *out, struct error *err) {
    const struct outgoing_message *message = composing->message;
    const struct mailbox *mailbox = composing->mailbox;
    struct arena *mem = composing->mem;
    /* What brings an answer home, and what a mail program gathers a thread by, knows a side conversation and nothing of its ticket. */
    const struct mail_token meant = {composing->side ? (ticket_id){composing->side} : message->ticket, message->id};
    struct text token = token_make(mem, composing->id_key, meant), home = token_make(mem, composing->address_key, meant);
    struct mail_addresses lists[] = {addresses_of(mem, message->to_list), addresses_of(mem, message->cc_list), addresses_of(mem, message->bcc_list)};
    struct composition letter = {
        .from = {from_name(composing), mailbox->address}, .reply_to = {mailbox->name, token_address(mem, mailbox->address, home)},
        .to = lists[0], .cc = lists[1], .subject = message->subject, .in_reply_to = message->in_reply_to.data ? message->in_reply_to : text_of(""),
        .references = references_of(message), .date_at = message->created_at, .is_automatic = message->is_automatic,
        .thread_key = text_printf(mem, "%s%" PRId64 "@%.*s", composing->side ? "side-" : "", meant.ticket.value, (int)mailbox->address.size,
                                  mailbox->address.data),
        .loop_mark = message->is_automatic ? token : text_of(""), .language = composing->team ? composing->team->language : text_of(""),
    };
    set_words(composing, &letter);
    if (!read_files(composing, &letter, err) || !give_header(composing, token, &letter.message_id, err)) return false;
    out->mailbox = mailbox;
    /* Nobody may answer an automatic letter automatically; a server that we sign in at wants our address, though. */
    out->sender = message->is_automatic && text_empty(mailbox->out.user) ? text_of("") : mailbox->address;
    out->recipients = envelope_of(mem, lists, COUNT_OF(lists), &out->recipient_count);
    out->bytes = compose_letter(mem, &letter);
    return true;
}

/* Behind the message: its mailbox and team, the keys, and the letter. *ret_sending stays empty when there is no mailbox to send from. */
static bool finish(struct composing *composing, const char *address_key, const char *id_key, struct sending *ret_sending, struct error *err) {
    const struct outgoing_message *message = composing->message;
    *ret_sending = (struct sending){0};
    if (!mailbox_for_sending(composing->tx, composing->mem, message->mailbox, message->team, &composing->mailbox, err)
        || !sql_outbox_team(composing->tx, composing->mem, &(struct sql_outbox_team){.team_id = message->team}, &composing->team, err))
        return false;
    tx_end(composing->tx);
    *composing->tx = (struct tx){0};
    if (!composing->mailbox) return true;
    secret_derive(composing->options->secret, address_key, composing->address_key);
    secret_derive(composing->options->secret, id_key, composing->id_key);
    return compose(composing, ret_sending, err);
}

bool letter_of_message(const struct outbox_options *options, struct arena *mem, message_id id, struct sending *ret_sending, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct composing composing = {.options = options, .mem = mem, .tx = &tx};
    return store_read(options->store, &tx, err) && message_outgoing(&tx, mem, id, &composing.message, err)
           && finish(&composing, TOKEN_OF_ADDRESS, TOKEN_OF_ID, ret_sending, err);
}

bool letter_of_side(const struct outbox_options *options, struct arena *mem, message_id id, struct sending *ret_sending, bool *ret_reads,
                    struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct composing composing = {.options = options, .mem = mem, .tx = &tx};
    if (!store_read(options->store, &tx, err) || !side_outgoing(&tx, mem, id, &composing.side, &composing.message, ret_reads, err)) return false;
    return *ret_reads || finish(&composing, TOKEN_OF_SIDE_ADDRESS, TOKEN_OF_SIDE_ID, ret_sending, err);
}
