/* What is to be done in a ticket, over the API. Every change holds the ticket, so that changes of one list come one after the other. */
#include "api/modules_tickets.h"
#include "modules/tickets/checklist.h"

typedef struct sql_checklist_items_row item_row;

struct checklist {
    const struct ticket *ticket;
    item_row *items;              /* in their order */
    size_t count;
};

static bool read_items(struct request *request, bool with_removed, struct checklist *list, struct error *err) {
    struct sql_checklist_items_rows rows;
    if (!sql_checklist_items(request->tx, request->mem, &(struct sql_checklist_items){.ticket_id = list->ticket->id}, &rows, err)) return false;
    list->items = arena_array(request->mem, rows.count + 1, sizeof *list->items);
    list->count = 0;
    for (size_t i = 0; i < rows.count; i++)
        if (with_removed || !rows.at[i].removed_at) list->items[list->count++] = rows.at[i];
    return true;
}

static void write_item(struct json_writer *json, const item_row *item) {
    json_object_begin(json);
    json_put_int(json, "id", item->item_id);
    json_put_text(json, "text", item->text);
    json_put_time(json, "done_at", item->done_at);
    json_key(json, "done_by");
    if (item->staff_id.value) {
        json_object_begin(json);
        json_put_int(json, "id", item->staff_id.value);
        json_put_text(json, "name", item->staff_name);
        json_object_end(json);
    } else {
        json_none(json);
    }
    json_put_time(json, "created_at", item->created_at);
    json_put_int(json, "version", item->version);
    json_object_end(json);
}

static bool write_list(struct request *request, struct response *response, const struct ticket *ticket, struct error *err) {
    struct checklist list = {.ticket = ticket};
    struct json_writer *json = &response->json;
    if (!read_items(request, false, &list, err)) return false;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < list.count; i++) write_item(json, &list.items[i]);
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
    return true;
}

bool get_ticket_checklist(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    return ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err) && write_list(request, response, ticket, err);
}

/* --- Changing --------------------------------------------------------------------------------------------------------- */

/* The ticket is held before it is asked for: it may be merged or moved just now. */
static bool open_list(struct request *request, bool with_removed, struct checklist *list, struct error *err) {
    return ticket_locked(request->tx, (ticket_id){request->id[0]}, &list->ticket, err)
           && ticket_for(request, request->id[0], CAN_TICKETS_CHANGE, &list->ticket, err) && read_items(request, with_removed, list, err);
}

static bool read_text(struct text wish, struct text *ret, struct error *err) {
    *ret = text_trim(wish);
    return !text_empty(*ret) || error_field(err, "text", "required", "an item says what is to be done");
}

static void tell(struct request *request, const struct ticket *ticket, const char *change, int64_t item, struct text text) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    struct doer doer = doer_of(request);
    json_object_begin(&json);
    json_put_text(&json, "change", text_of(change));
    json_put_int(&json, "item", item);
    json_put_text(&json, "text", text);
    json_object_end(&json);
    ticket_event(request->tx, &doer, ticket, "ticket.checklist", buffer_text(&out), true);
}

/* The places that are there are dealt out anew, with the item at its index. */
static bool put_at(struct request *request, const struct checklist *list, const item_row *item, size_t index, struct error *err) {
    size_t from = 0;
    while (&list->items[from] != item) from++;
    for (size_t i = 0; i < list->count; i++) {
        size_t source = i == index ? from : i < index ? i + (i >= from) : i - (i <= from);
        const struct sql_checklist_item_place in = {.item_id = list->items[source].item_id, .place = list->items[i].place};
        if (source != i && !sql_checklist_item_place(request->tx, &in, NULL, err)) return false;
    }
    return true;
}

static size_t index_of(const struct checklist *list, int64_t place) {
    return place > (int64_t)list->count ? list->count - 1 : (size_t)place - 1;
}

static bool check_room(const struct checklist *list, struct error *err) {
    int count = 0;
    for (size_t i = 0; i < list->count; i++) count += !list->items[i].removed_at;
    return count < CHECKLIST_MOST || error_set_key(err, ERR_CONFLICT, "checklist_full", "a ticket has %d items at most", CHECKLIST_MOST);
}

static bool find_item(struct request *request, const struct checklist *list, int64_t id, bool is_removed, const item_row **ret, struct error *err) {
    for (size_t i = 0; i < list->count; i++) {
        *ret = &list->items[i];
        if ((*ret)->item_id == id && ((*ret)->removed_at != 0) == is_removed) return true;
    }
    return error_set_key(err, ERR_NOT_FOUND, "checklist_item_not_found", "there is no such item in the list");
}

static bool place_new(struct request *request, const struct ticket *ticket, int64_t id, int64_t place, struct error *err) {
    struct checklist list = {.ticket = ticket};
    const item_row *item;
    return read_items(request, false, &list, err) && find_item(request, &list, id, false, &item, err)
           && put_at(request, &list, item, index_of(&list, place), err);
}

bool post_checklist_item(struct request *request, struct response *response, struct error *err) {
    const struct checklist_item_create *body = request->body;
    struct checklist list;
    struct text text;
    int64_t item;
    if (!read_text(body->text, &text, err) || !open_list(request, true, &list, err) || !check_room(&list, err)
        || !checklist_add(request->tx, list.ticket->id, text, &item, err) || (body->has_place && !place_new(request, list.ticket, item, body->place, err)))
        return false;
    tell(request, list.ticket, "added", item, text);
    response->status = 201;
    return write_list(request, response, list.ticket, err);
}

/* One line of history for each thing that really changed. */
static bool write_changes(struct request *request, const struct checklist *list, const item_row *item, struct sql_checklist_item_write *in, struct error *err) {
    const struct checklist_item_patch *body = request->body;
    bool is_named = !text_equal(in->text, item->text), is_ticked = (in->done_at != 0) != (item->done_at != 0);
    if (body->has_place && &list->items[index_of(list, body->place)] != item) {
        if (!put_at(request, list, item, index_of(list, body->place), err)) return false;
        tell(request, list->ticket, "moved", item->item_id, in->text);
    }
    if (is_named) tell(request, list->ticket, "renamed", item->item_id, in->text);
    if (is_ticked) tell(request, list->ticket, in->done_at ? "done" : "reopened", item->item_id, in->text);
    return (!is_named && !is_ticked) || sql_checklist_item_write(request->tx, in, NULL, err);
}

static bool check_version(struct request *request, const item_row *item, struct error *err) {
    return !request_is_stale(request, item->version) || error_set_key(err, ERR_STALE, "checklist_item_stale", "the item is at version %" PRId64, item->version);
}

bool patch_checklist_item(struct request *request, struct response *response, struct error *err) {
    const struct checklist_item_patch *body = request->body;
    const item_row *item;
    struct checklist list;
    if (!open_list(request, false, &list, err) || !find_item(request, &list, request->id[1], false, &item, err)
        || !check_version(request, item, err))
        return false;
    struct sql_checklist_item_write in = {.item_id = item->item_id, .text = item->text, .done_at = item->done_at, .staff_id = item->staff_id};
    if (body->has_text && !read_text(body->text, &in.text, err)) return false;
    if (body->has_done && body->done != (item->done_at != 0)) {
        in.done_at = body->done ? request->tx->now : 0;
        in.staff_id = body->done ? request->actor->staff : (staff_id){0};
    }
    return write_changes(request, &list, item, &in, err) && write_list(request, response, list.ticket, err);
}

static bool set_removed(struct request *request, const struct checklist *list, const item_row *item, int64_t removed_at, struct error *err) {
    const struct sql_checklist_item_write in = {.item_id = item->item_id, .text = item->text, .done_at = item->done_at, .staff_id = item->staff_id,
                                                .removed_at = removed_at};
    tell(request, list->ticket, removed_at ? "removed" : "restored", item->item_id, item->text);
    return sql_checklist_item_write(request->tx, &in, NULL, err);
}

bool delete_checklist_item(struct request *request, struct response *response, struct error *err) {
    const item_row *item;
    struct checklist list;
    return open_list(request, false, &list, err) && find_item(request, &list, request->id[1], false, &item, err) && check_version(request, item, err)
           && set_removed(request, &list, item, request->tx->now, err) && write_list(request, response, list.ticket, err);
}

bool post_checklist_item_restore(struct request *request, struct response *response, struct error *err) {
    const item_row *item;
    struct checklist list;
    return open_list(request, true, &list, err) && find_item(request, &list, request->id[1], true, &item, err) && check_room(&list, err)
           && set_removed(request, &list, item, 0, err) && write_list(request, response, list.ticket, err);
}
