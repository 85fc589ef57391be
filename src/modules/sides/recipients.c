/* To whom a letter of a side conversation goes, and to whom it may not. */
#include "modules/sides/recipients.h"

#include "modules/people/people.h"

#include <jansson.h>

struct text side_addresses_json(struct arena *mem, const struct json_list *list) {
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    const struct side_address *at = list->at;
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

/* --- May they? ----------------------------------------------------------------------------------------------------------- */

/* A plus part is a mark of ours, or of nobody. */
static struct text without_mark(struct arena *mem, struct text address) {
    size_t plus = text_find_char(address, '+'), at = text_find_char(address, '@');
    if (plus == SIZE_MAX || at == SIZE_MAX || plus == 0 || plus > at) return address;
    return text_printf(mem, "%.*s%.*s", (int)plus, address.data, (int)(address.size - at), address.data + at);
}

static bool is_ours(struct tx *tx, struct text address, bool *ret_ours, struct error *err) {
    const struct text lower = text_lower(&tx->mem, address), forms[] = {lower, without_mark(&tx->mem, lower)};
    const struct sql_side_own_address_row *row = NULL;
    for (size_t i = 0; i < COUNT_OF(forms) && !row; i++)
        if (!sql_side_own_address(tx, &tx->mem, &(struct sql_side_own_address){.address = forms[i]}, &row, err)) return false;
    *ret_ours = row != NULL;
    return true;
}

static bool check_one(struct tx *tx, const struct side *side, struct text address, const char *field, struct error *err) {
    bool ours, customer;
    if (!is_ours(tx, address, &ours, err) || !side_is_customer(tx, side, address, &customer, err)) return false;
    if (ours) return error_field(err, field, "side_own_address", "%.*s is ours", (int)address.size, address.data);
    return !customer || error_field(err, field, "side_customer", "%.*s is on the customer's side", (int)address.size, address.data);
}

bool side_check_recipients(struct tx *tx, const struct side *side, const struct json_list *list, const char *field, struct error *err) {
    const struct side_address *at = list->at;
    for (size_t i = 0; i < list->count; i++)
        if (!check_one(tx, side, at[i].email, field, err)) return false;
    return true;
}

/* --- Unless somebody says otherwise ------------------------------------------------------------------------------------------ */

struct gathering {
    struct tx *tx;
    struct arena *mem;
    const struct side *side;
    struct side_address at[SIDE_RECIPIENTS];
    size_t count;
};

static bool gather(struct gathering *all, struct text name, struct text email, struct error *err) {
    bool ours, customer;
    if (text_find_char(email, '@') == SIZE_MAX || all->count == SIDE_RECIPIENTS) return true;
    for (size_t i = 0; i < all->count; i++)
        if (text_equal_nocase(all->at[i].email, email)) return true;
    if (!is_ours(all->tx, email, &ours, err) || !side_is_customer(all->tx, all->side, email, &customer, err)) return false;
    if (!ours && !customer) all->at[all->count++] = (struct side_address){.name = name, .email = email};
    return true;
}

static bool gather_list(struct gathering *all, struct text list, struct error *err) {
    json_t *root = json_loadb(list.data ? list.data : "[]", list.data ? list.size : 2, 0, NULL), *each;
    size_t i;
    bool ok = true;
    json_array_foreach(root, i, each) {
        const char *name = json_string_value(json_object_get(each, "name")), *email = json_string_value(json_object_get(each, "email"));
        ok = ok && (!email || gather(all, text_copy(all->mem, text_of(name ? name : "")), text_copy(all->mem, text_of(email)), err));
    }
    json_decref(root);
    return ok;
}

/* Who answered last, then whom our last letter went to. */
bool side_recipients(struct tx *tx, struct arena *mem, const struct side *side, const struct sql_side_messages_rows *thread, struct json_list *ret_to,
                     struct json_list *ret_cc, struct error *err) {
    struct gathering *all = arena_alloc(mem, sizeof *all);
    const struct sql_side_messages_row *in = NULL, *out = NULL;
    *all = (struct gathering){.tx = tx, .mem = mem, .side = side};
    for (size_t i = thread->count; i-- > 0;) {
        const struct sql_side_messages_row *row = &thread->at[i];
        if (row->direction == DIRECTION_OUT) out = row;
        else if (!row->is_unverified && !row->is_automatic) in = row;
    }
    if (in && !gather(all, in->from_name, in->from_address, err)) return false;
    if (out && !gather_list(all, out->to_list, err)) return false;
    size_t to = all->count;
    if (out && !gather_list(all, out->cc_list, err)) return false;
    *ret_to = (struct json_list){to, all->at};
    *ret_cc = (struct json_list){all->count - to, all->at + to};
    return true;
}
