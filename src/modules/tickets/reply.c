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

static bool is_switched_off(const struct replying *replying, struct text address, bool *ret_off, struct error *err) {
    const struct person_card *person;
    const struct sql_participant_row_row *row = NULL;
    if (!person_by_identity(replying->tx, replying->mem, "email", address, &person, err)) return false;
    if (person) {
        const struct sql_participant_row in = {.ticket_id = replying->ticket->id, .person_id = person->id};
        if (!sql_participant_row(replying->tx, replying->mem, &in, &row, err)) return false;
    }
    *ret_off = row && !row->is_on;
    return true;
}

static bool add(struct replying *replying, struct text name, struct text address, struct error *err) {
    bool ours, off;
    if (text_find_char(address, '@') == SIZE_MAX || replying->count > CC_LIMIT) return true;
    for (size_t i = 0; i < replying->count; i++)
        if (text_equal_nocase(replying->seen[i].email, address)) return true;
    if (!is_ours(replying, address, &ours, err) || !is_switched_off(replying, address, &off, err)) return false;
    if (!ours && !off) replying->seen[replying->count++] = (struct address){.name = name.data ? name : text_of(""), .email = address};
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

/* Who wrote last from outside; a ticket that was opened for somebody has them alone. */
static bool address_first(struct replying *replying, const struct sql_message_last_inbound_row *last, struct error *err) {
    const struct sql_ticket_requester_row *requester;
    if (last && !text_empty(last->from_address)) {
        replying->seen[replying->count++] = (struct address){.name = last->from_name.data ? last->from_name : text_of(""), .email = last->from_address};
        return true;
    }
    const struct sql_ticket_requester in = {.ticket_id = replying->ticket->id};
    if (!sql_ticket_requester(replying->tx, replying->mem, &in, &requester, err)) return false;
    if (requester && !text_empty(requester->email))
        replying->seen[replying->count++] = (struct address){.name = requester->name, .email = requester->email};
    return true;
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
    ret->last = last;
    ret->to = (struct json_list){first, replying->seen};
    ret->cc = (struct json_list){replying->count - first, replying->seen + first};
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
    if (!ticket_for(request, request->id[0], CAN_TICKETS_REPLY, &ticket, err)
        || !reply_defaults(request->tx, request->mem, ticket, &defaults, err))
        return false;
    json_object_begin(&response->json);
    json_put_raw(&response->json, "to", addresses_json(request->mem, &defaults.to));
    json_put_raw(&response->json, "cc", addresses_json(request->mem, &defaults.cc));
    json_object_end(&response->json);
    return true;
}
