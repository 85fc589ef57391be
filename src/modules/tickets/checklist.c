#include "modules/tickets/checklist.h"

typedef struct sql_checklist_items_row item_row;

/* The item of that text that stands in the list; NULL: none. */
static const item_row *find(const struct sql_checklist_items_rows *rows, struct text text) {
    for (size_t i = 0; i < rows->count; i++)
        if (!rows->at[i].removed_at && text_equal(rows->at[i].text, text)) return &rows->at[i];
    return NULL;
}

static bool is_among(const struct text *texts, size_t count, struct text text) {
    for (size_t i = 0; i < count; i++)
        if (text_equal(texts[i], text)) return true;
    return false;
}

bool checklist_lacks(struct tx *tx, ticket_id ticket, const struct json_list *wish, struct json_list *ret, struct error *err) {
    struct sql_checklist_items_rows rows;
    const struct text *at = wish->at;
    struct text *missing = arena_array(&tx->mem, wish->count + 1, sizeof *missing);
    size_t count = 0, present = 0;
    if (!sql_checklist_items(tx, &tx->mem, &(struct sql_checklist_items){.ticket_id = ticket}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) present += !rows.at[i].removed_at;
    for (size_t i = 0; i < wish->count; i++) {
        struct text text = text_trim(at[i]);
        if (!text_empty(text) && !find(&rows, text) && !is_among(missing, count, text)) missing[count++] = text;
    }
    *ret = (struct json_list){count, missing};
    return !count || present + count <= CHECKLIST_MOST
           || error_set_key(err, ERR_CONFLICT, "checklist_full", "a ticket has %d items at most", CHECKLIST_MOST);
}

bool checklist_add(struct tx *tx, ticket_id ticket, struct text text, int64_t *ret_item, struct error *err) {
    const struct sql_checklist_last_row *last;
    const struct sql_checklist_item_add_row *made;
    if (!sql_checklist_last(tx, &tx->mem, &(struct sql_checklist_last){.ticket_id = ticket}, &last, err)) return false;
    int64_t place = last && last->place >= tx->now ? last->place + 1 : tx->now;
    const struct sql_checklist_item_add in = {.ticket_id = ticket, .text = text, .place = place, .created_at = tx->now};
    if (!sql_checklist_item_add(tx, &tx->mem, &in, &made, err)) return false;
    *ret_item = made->item_id;
    return true;
}

bool checklist_take_back(struct undoing *undoing, ticket_id ticket, const json_t *texts, int64_t *ret_kept, struct error *err) {
    struct tx *tx = undoing->tx;
    struct sql_checklist_items_rows rows;
    const json_t *one;
    size_t i;
    *ret_kept = 0;
    if (!sql_checklist_items(tx, undoing->mem, &(struct sql_checklist_items){.ticket_id = ticket}, &rows, err)) return false;
    json_array_foreach(texts, i, one) {
        const item_row *item = find(&rows, text_from(json_string_value(one), json_string_length(one)));
        *ret_kept += !item || item->done_at;
        if (undoing->is_trial || !item || item->done_at) continue;
        const struct sql_checklist_item_write in = {.item_id = item->item_id, .text = item->text, .removed_at = tx->now};
        if (!sql_checklist_item_write(tx, &in, NULL, err)) return false;
    }
    return true;
}
