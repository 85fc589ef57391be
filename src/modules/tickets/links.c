/* Links between tickets: typed, directed, once in each way and never round in a circle; and what follows from them when one is done. */
#include "modules/tickets/tickets_private.h"

bool link_makes_circle(struct tx *tx, int64_t from, int64_t to, struct text kind, bool *ret_makes, struct error *err) {
    const struct sql_ticket_link_reach_row *row = NULL;
    const struct sql_ticket_link_reach in = {.from_id = to, .to_id = from, .kind = kind};
    *ret_makes = false;
    if (text_is(kind, "related") || text_is(kind, "follows")) return true;
    if (!sql_ticket_link_reach(tx, &tx->mem, &in, &row, err)) return false;
    *ret_makes = row != NULL;
    return true;
}

/* Each of the two learns of the link in its own history. */
static void tell(struct tx *tx, const struct doer *doer, const struct linking *linking, const char *kind, int64_t operation) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "from", linking->from->id.value);
    json_put_int(&json, "to", linking->to->id.value);
    json_put_text(&json, "kind", linking->kind);
    json_put_id(&json, "operation", operation);
    json_object_end(&json);
    ticket_event(tx, doer, linking->from, kind, buffer_text(&out), true);
    ticket_event(tx, doer, linking->to, kind, buffer_text(&out), true);
}

static bool record(struct tx *tx, const struct doer *doer, const struct linking *linking, const char *kind, int64_t since, int64_t *ret_operation,
                   struct error *err) {
    struct text data = text_printf(&tx->mem, "{\"from\":%" PRId64 ",\"to\":%" PRId64 ",\"kind\":\"%.*s\",\"since\":%" PRId64 "}",
                                   linking->from->id.value, linking->to->id.value, (int)linking->kind.size, linking->kind.data, since);
    const ticket_id tickets[] = {linking->from->id, linking->to->id};
    const struct operation_record in = {.kind = kind, .actor = doer->kind, .actor_id = doer->id, .summary = data, .data = data,
                                        .tickets = tickets, .ticket_count = COUNT_OF(tickets)};
    return operation_add(tx, &in, ret_operation, err);
}

static bool check(struct tx *tx, const struct linking *linking, struct error *err) {
    const struct sql_ticket_link_pair_row *pair;
    const struct sql_ticket_link_pair find = {.kind = linking->kind, .a_id = linking->from->id.value, .b_id = linking->to->id.value};
    bool circle;
    if (linking->from->merged_into.value || linking->to->merged_into.value)
        return error_field(err, "ticket", "ticket_merged", "a merged ticket is linked no more");
    if (!sql_ticket_link_pair(tx, &tx->mem, &find, &pair, err)) return false;
    if (pair) return error_field(err, "ticket", "linked", "the two are linked so already");
    if (!link_makes_circle(tx, linking->from->id.value, linking->to->id.value, linking->kind, &circle, err)) return false;
    return !circle || error_field(err, "ticket", "circle", "over other tickets the two are linked the other way round");
}

static struct sql_ticket_link_add row_of(const struct linking *linking, int64_t created_at) {
    return (struct sql_ticket_link_add){.from_id = linking->from->id.value, .to_id = linking->to->id.value, .kind = linking->kind,
                                        .created_at = created_at};
}

bool tickets_link(struct tx *tx, const struct doer *doer, const struct linking *linking, int64_t *ret_operation, struct error *err) {
    const struct sql_ticket_link_add in = row_of(linking, tx->now);
    int64_t added = 0;
    if (!check(tx, linking, err) || !sql_ticket_link_add(tx, &in, &added, err)) return false;
    if (!added) return error_field(err, "ticket", "linked", "the two are linked so already");
    if (!record(tx, doer, linking, "ticket.link", tx->now, ret_operation, err)) return false;
    tell(tx, doer, linking, "ticket.linked", *ret_operation);
    return true;
}

bool tickets_unlink(struct tx *tx, const struct doer *doer, const struct linking *linking, int64_t *ret_operation, struct error *err) {
    const struct sql_ticket_link_remove in = {.from_id = linking->from->id.value, .to_id = linking->to->id.value, .kind = linking->kind};
    if (!sql_ticket_link_remove(tx, &in, NULL, err) || !record(tx, doer, linking, "ticket.unlink", tx->now, ret_operation, err)) return false;
    tell(tx, doer, linking, "ticket.unlinked", *ret_operation);
    return true;
}

/* --- Taking back --------------------------------------------------------------------------------------------------------------- */

struct relinking {
    const struct ticket *from, *to;
    struct linking linking;
    bool is_there;
};

static bool find_link(struct undoing *undoing, struct relinking *ret, struct error *err) {
    struct text json = undoing->operation->data;
    json_auto_t *data = json_loadb(json.data, json.size, 0, NULL);
    ticket_id from = {json_integer_value(json_object_get(data, "from"))}, to = {json_integer_value(json_object_get(data, "to"))};
    const struct sql_ticket_link_pair_row *pair;
    const struct sql_ticket_link_pair find = {.kind = json_word(undoing->mem, data, "kind"), .a_id = from.value, .b_id = to.value};
    if (!ticket_find(undoing->tx, undoing->mem, from, &ret->from, err) || !ticket_find(undoing->tx, undoing->mem, to, &ret->to, err)
        || !sql_ticket_link_pair(undoing->tx, undoing->mem, &find, &pair, err))
        return false;
    ret->linking = (struct linking){ret->from, ret->to, find.kind};
    ret->is_there = pair != NULL;
    return true;
}

static bool undo_link(struct undoing *undoing, struct error *err) {
    struct relinking link;
    const struct doer doer = {.kind = undoing->actor, .id = undoing->actor_id};
    if (!find_link(undoing, &link, err)) return false;
    if (!link.is_there) undoing->refused = "link_gone";
    if (undoing->refused || undoing->is_trial) return true;
    const struct sql_ticket_link_remove in = {.from_id = link.from->id.value, .to_id = link.to->id.value, .kind = link.linking.kind};
    tell(undoing->tx, &doer, &link.linking, "ticket.unlinked", undoing->operation->id);
    return sql_ticket_link_remove(undoing->tx, &in, NULL, err);
}

static bool undo_unlink(struct undoing *undoing, struct error *err) {
    struct relinking link;
    struct error reason = {0};
    const struct doer doer = {.kind = undoing->actor, .id = undoing->actor_id};
    if (!find_link(undoing, &link, err)) return false;
    if (!link.from || !link.to || link.is_there || !check(undoing->tx, &link.linking, &reason)) undoing->refused = "link_in_the_way";
    if (undoing->refused || undoing->is_trial) return true;
    const struct sql_ticket_link_add in = row_of(&link.linking, undoing->tx->now);
    tell(undoing->tx, &doer, &link.linking, "ticket.linked", undoing->operation->id);
    return sql_ticket_link_add(undoing->tx, &in, NULL, err);
}

const struct operation_kind link_operation = {"ticket.link", CAN_TICKETS_CHANGE, undo_link};
const struct operation_kind unlink_operation = {"ticket.unlink", CAN_TICKETS_CHANGE, undo_unlink};

/* --- When a part is done ---------------------------------------------------------------------------------------------------------- */

static bool has_open_parts(struct tx *tx, ticket_id id, bool *ret_has, struct error *err) {
    struct sql_ticket_link_open_rows rows;
    *ret_has = false;
    if (!sql_ticket_link_open(tx, &tx->mem, &(struct sql_ticket_link_open){.ticket_id = id}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++)
        if (text_is(rows.at[i].kind, "parent")) *ret_has = true;
    return true;
}

/* The parent is held, so that of two parts that are done at once the second sees the first. */
bool links_part_done(struct tx *tx, const struct ticket *part, struct error *err) {
    struct sql_ticket_link_parents_rows rows;
    const struct doer doer = {.kind = ACTOR_SYSTEM, .cause = text_printf(&tx->mem, "ticket %" PRId64 " done", part->id.value)};
    if (!sql_ticket_link_parents(tx, &tx->mem, &(struct sql_ticket_link_parents){.ticket_id = part->id}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        const struct ticket *parent;
        bool open;
        if (!ticket_locked(tx, rows.at[i].ticket_id, &parent, err) || !has_open_parts(tx, parent->id, &open, err)) return false;
        if (!open) ticket_event(tx, &doer, parent, "ticket.parts_done", text_printf(&tx->mem, "{\"last\":%" PRId64 "}", part->id.value), true);
    }
    return true;
}
