/* What an answer answers and to whom it goes: to all, unless its writer says otherwise. The screen and the API ask here. */
#include "api/modules_tickets.h"
#include "modules/people/people.h"
#include "modules/tickets/tickets_private.h"

#include <jansson.h>

enum { CC_LIMIT = 50 };

struct replying {
    struct tx *tx;
    struct arena *mem;
    const struct ticket *ticket;
    struct address seen[CC_LIMIT + 1]; /* the first is whom it goes to */
    size_t count;
};

/* A plus part is a mark of ours, or of nobody. */
static struct text without_mark(struct arena *mem, struct text address) {
    size_t plus = text_find_char(address, '+'), at = text_find_char(address, '@');
    if (plus == SIZE_MAX || at == SIZE_MAX || plus == 0 || plus > at) return address;
    return text_printf(mem, "%.*s%.*s", (int)plus, address.data, (int)(address.size - at), address.data + at);
}

static bool is_ours(const struct replying *replying, struct text address, bool *ret_ours, struct error *err) {
    const struct sql_own_address_find_row *row;
    struct text lower = text_lower(replying->mem, address), plain = without_mark(replying->mem, lower);
    if (!sql_own_address_find(replying->tx, replying->mem, &(struct sql_own_address_find){.address = lower}, &row, err)) return false;
    if (!row && !text_equal(plain, lower)
        && !sql_own_address_find(replying->tx, replying->mem, &(struct sql_own_address_find){.address = plain}, &row, err))
        return false;
    *ret_ours = row != NULL;
    return true;
}

static bool participation_by_address(const struct replying *replying, struct text address, const struct person_card **ret_person,
                                     struct participation *ret_part, struct error *err) {
    *ret_part = (struct participation){0};
    return person_by_identity(replying->tx, replying->mem, "email", address, ret_person, err)
           && (!*ret_person || participation_of(replying->tx, replying->ticket->id, (*ret_person)->id, ret_part, err));
}

/* An answer goes to third parties, and to whom somebody switched off or removed, only when its writer says so. */
static bool is_left_out(const struct replying *replying, struct text address, bool *ret_out, struct error *err) {
    const struct person_card *person;
    struct participation part;
    if (!participation_by_address(replying, address, &person, &part, err)) return false;
    *ret_out = part.is_off || part.is_third_party;
    return true;
}

static bool add(struct replying *replying, struct text name, struct text address, struct error *err) {
    bool ours, out;
    if (text_find_char(address, '@') == SIZE_MAX || replying->count > CC_LIMIT) return true;
    for (size_t i = 0; i < replying->count; i++)
        if (text_equal_nocase(replying->seen[i].email, address)) return true;
    if (!is_ours(replying, address, &ours, err) || !is_left_out(replying, address, &out, err)) return false;
    if (!ours && !out) replying->seen[replying->count++] = (struct address){.name = name.data ? name : text_of(""), .email = address};
    return true;
}

static bool add_list(struct replying *replying, struct text list, struct error *err) {
    json_t *root = json_loadb(list.data ? list.data : "[]", list.data ? list.size : 2, 0, NULL), *each;
    size_t i;
    bool ok = true;
    json_array_foreach(root, i, each) {
        const char *name = json_string_value(json_object_get(each, "name")), *address = json_string_value(json_object_get(each, "email"));
        ok = ok && (!address || add(replying, text_copy(replying->mem, text_of(name ? name : "")), text_copy(replying->mem, text_of(address)), err));
    }
    json_decref(root);
    return ok;
}

static bool add_participants(struct replying *replying, struct error *err) {
    struct sql_participant_address_rows rows;
    const struct sql_participant_address in = {.ticket_id = replying->ticket->id};
    if (!sql_participant_address(replying->tx, replying->mem, &in, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++)
        if (!add(replying, rows.at[i].name, rows.at[i].email, err)) return false;
    return true;
}

static bool add_first(struct replying *replying, struct text name, struct text address, struct error *err) {
    bool out = true;
    if (!text_empty(address) && !is_left_out(replying, address, &out, err)) return false;
    if (!out) replying->seen[replying->count++] = (struct address){.name = name.data ? name : text_of(""), .email = address};
    return true;
}

/* Who wrote last from the customer's side; a ticket that was opened for somebody has them alone. */
static bool address_first(struct replying *replying, const struct sql_message_last_inbound_row *last, struct error *err) {
    const struct sql_ticket_requester_row *requester;
    const struct sql_ticket_requester in = {.ticket_id = replying->ticket->id};
    if (last && !add_first(replying, last->from_name, last->from_address, err)) return false;
    if (replying->count) return true;
    if (!sql_ticket_requester(replying->tx, replying->mem, &in, &requester, err)) return false;
    return !requester || add_first(replying, requester->name, requester->email, err);
}

bool reply_defaults(struct tx *tx, struct arena *mem, const struct ticket *ticket, struct reply_defaults *ret, struct error *err) {
    struct replying *replying = arena_alloc(mem, sizeof *replying);
    const struct sql_message_last_inbound_row *last;
    *replying = (struct replying){.tx = tx, .mem = mem, .ticket = ticket};
    if (!sql_message_last_inbound(tx, mem, &(struct sql_message_last_inbound){.ticket_id = ticket->id}, &last, err)
        || !address_first(replying, last, err))
        return false;
    size_t first = replying->count;
    /* Without a mailbox of ours nobody can tell which of the addresses in To are us. */
    if (last && last->mailbox_id.value && !add_list(replying, last->to_list, err)) return false;
    if ((last && !add_list(replying, last->cc_list, err)) || !add_participants(replying, err)) return false;
    /* Who reads along is next when the person it was for is left out. */
    if (!first && replying->count) first = 1;
    ret->last = last;
    ret->to = (struct json_list){first, replying->seen};
    ret->cc = (struct json_list){replying->count - first, replying->seen + first};
    return true;
}

/* *ret_customers: somebody of the customer's side is among them. *ret_newest: the newest that one of the others has written. */
static bool look_at(const struct replying *replying, const struct json_list *list, bool *ret_customers,
                    const struct sql_message_last_inbound_row **ret_newest, struct error *err) {
    const struct address *at = list->at;
    for (size_t i = 0; i < list->count && !*ret_customers; i++) {
        const struct person_card *person;
        const struct sql_message_last_inbound_row *row;
        struct participation part;
        if (!participation_by_address(replying, at[i].email, &person, &part, err)) return false;
        *ret_customers = (part.is_on || part.is_off) && !part.is_third_party;
        if (!person || *ret_customers) continue;
        const struct sql_message_last_inbound in = {.ticket_id = replying->ticket->id, .author = person->id.value};
        if (!sql_message_last_inbound(replying->tx, replying->mem, &in, &row, err)) return false;
        if (row && (!*ret_newest || row->message_id.value > (*ret_newest)->message_id.value)) *ret_newest = row;
    }
    return true;
}

bool reply_answers(struct tx *tx, struct arena *mem, const struct ticket *ticket, const struct json_list *to, const struct json_list *cc,
                   const struct sql_message_last_inbound_row **io_last, struct error *err) {
    const struct replying replying = {.tx = tx, .mem = mem, .ticket = ticket};
    const struct sql_message_last_inbound_row *newest = NULL;
    bool customers = false;
    if (!look_at(&replying, to, &customers, &newest, err) || !look_at(&replying, cc, &customers, &newest, err)) return false;
    if (!customers) *io_last = newest;
    return true;
}

static struct json_list reference_texts(struct arena *mem, struct text json, struct text last) {
    json_t *root = json_loadb(json.data ? json.data : "[]", json.data ? json.size : 2, 0, NULL);
    size_t count = json_array_size(root);
    struct text *at = arena_array(mem, count + 1, sizeof *at);
    for (size_t i = 0; i < count; i++) {
        const json_t *element = json_array_get(root, i);
        at[i] = text_copy(mem, text_from(json_string_value(element), json_string_length(element)));
    }
    json_decref(root);
    if (last.data) at[count++] = last;
    return (struct json_list){count, at};
}

static struct text reply_subject(struct arena *mem, const struct ticket *ticket, struct text answered) {
    struct text subject = text_empty(answered) ? ticket->subject : answered;
    bool marked = text_starts_nocase(subject, "re:") || text_starts_nocase(subject, "aw:");
    return marked ? subject : text_printf(mem, "Re: %.*s", (int)subject.size, subject.data);
}

void reply_refer(struct arena *mem, const struct ticket *ticket, const struct sql_message_last_inbound_row *last, struct message_writing *writing) {
    writing->subject = reply_subject(mem, ticket, last ? last->subject : (struct text){0});
    writing->mailbox = ticket->mailbox;
    if (!last) return;
    writing->in_reply_to = last->header_id;
    writing->references = reference_texts(mem, last->reference_list, last->header_id);
}

bool ticket_answer(struct tx *tx, const struct doer *doer, const struct ticket_answer *answer, message_id *ret_id, struct error *err) {
    const struct ticket *ticket;
    struct reply_defaults defaults;
    if (!ticket_locked(tx, answer->ticket, &ticket, err) || !reply_defaults(tx, &tx->mem, ticket, &defaults, err)) return false;
    if (!defaults.to.count) return true;
    struct message_writing writing = {
        .ticket = ticket->id, .direction = DIRECTION_OUT, .audience = AUDIENCE_PUBLIC, .kind = "mail", .author_staff = answer->author,
        .from_name = answer->author_name, .text = answer->text, .html = answer->html, .to_list = addresses_json(&tx->mem, &defaults.to),
        .cc_list = addresses_json(&tx->mem, &defaults.cc), .deliver_by = "mail", .deliver_at = answer->deliver_at,
    };
    reply_refer(&tx->mem, ticket, defaults.last, &writing);
    return message_add(tx, doer, &writing, ret_id, err);
}

bool ticket_answer_reach(struct tx *tx, struct arena *mem, const struct ticket *ticket, struct text *ret_to, struct text *ret_cc, struct error *err) {
    struct reply_defaults defaults;
    if (!reply_defaults(tx, mem, ticket, &defaults, err)) return false;
    *ret_to = addresses_json(mem, &defaults.to);
    *ret_cc = addresses_json(mem, &defaults.cc);
    return true;
}

struct text addresses_json(struct arena *mem, const struct json_list *list) {
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    const struct address *at = list->at;
    json_array_begin(&json);
    for (size_t i = 0; i < list->count; i++) {
        json_object_begin(&json);
        json_put_text(&json, "name", at[i].name.data ? at[i].name : text_of(""));
        json_put_text(&json, "email", at[i].email);
        json_object_end(&json);
    }
    json_array_end(&json);
    return buffer_text(&out);
}

bool get_reply_defaults(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    struct reply_defaults defaults;
    const struct sql_sending_mailbox_any_row *mailbox;
    if (!ticket_for(request, request->id[0], CAN_TICKETS_REPLY, &ticket, err)
        || !reply_defaults(request->tx, request->mem, ticket, &defaults, err)
        || !sql_sending_mailbox_any(request->tx, request->mem, &mailbox, err))
        return false;
    json_object_begin(&response->json);
    json_put_raw(&response->json, "to", addresses_json(request->mem, &defaults.to));
    json_put_raw(&response->json, "cc", addresses_json(request->mem, &defaults.cc));
    json_put_bool(&response->json, "sends", mailbox);
    json_object_end(&response->json);
    return true;
}
