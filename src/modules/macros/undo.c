/* Taking a macro back: the answer while it is held, and each field that still is as the macro made it. */
#include "modules/macros/macros_private.h"
#include "modules/tickets/back.h"

/* --- The answer and the state -------------------------------------------------------------------------------------------------- */

/* An answer that is taken back brings the state with it. */
static bool back_answer(struct undoing *undoing, const json_t *data, ticket_id ticket, bool *ret_is_back, struct error *err) {
    const struct sql_macro_delivery_row *row;
    message_id answer = {json_integer_value(json_object_get(data, "answer"))};
    *ret_is_back = false;
    if (!answer.value) return true;
    if (!sql_macro_delivery(undoing->tx, undoing->mem, &(struct sql_macro_delivery){.message_id = answer}, &row, err)) return false;
    *ret_is_back = row && text_is(row->state, "held");
    if (!*ret_is_back && !(row && text_is(row->state, "cancelled"))) undoing_keep(undoing, "message", "sent", ticket, 1);
    struct doer doer = back_doer(undoing);
    return !*ret_is_back || undoing->is_trial || message_undo(undoing->tx, &doer, answer, err);
}

/* --- Fields ---------------------------------------------------------------------------------------------------------------------- */

struct going_back {
    struct undoing *undoing;
    const struct ticket *ticket;
    const json_t *changes;       /* by field: before and after */
    struct ticket_change change;
    bool any;
};

static bool is_still(const struct going_back *back, const char *field, int64_t now, int64_t *ret_before) {
    const json_t *change = json_object_get(back->changes, field);
    *ret_before = json_integer_value(json_array_get(change, 0));
    if (!change) return false;
    if (json_integer_value(json_array_get(change, 1)) == now) return true;
    undoing_keep(back->undoing, field, "changed", back->ticket->id, 0);
    return false;
}

static void back_people(struct going_back *back) {
    struct ticket_change *change = &back->change;
    const struct ticket *now = back->ticket;
    change->has_assignee = is_still(back, "assignee", now->assignee.value, &change->assignee.value);
    change->has_owner = is_still(back, "owner", now->owner.value, &change->owner.value);
    change->has_team = is_still(back, "team", now->team.value, &change->team.value);
    back->any |= change->has_assignee || change->has_owner || change->has_team;
}

static void back_priority(struct going_back *back) {
    static const char *const names[] = {[PRIORITY_LOW] = "low", [PRIORITY_NORMAL] = "normal", [PRIORITY_HIGH] = "high", [PRIORITY_URGENT] = "urgent"};
    const json_t *change = json_object_get(back->changes, "priority");
    const char *before = json_string_value(json_array_get(change, 0)), *after = json_string_value(json_array_get(change, 1));
    if (!before || !after) return;
    if (strcmp(after, names[back->ticket->priority]) != 0) {
        undoing_keep(back->undoing, "priority", "changed", back->ticket->id, 0);
        return;
    }
    for (int i = PRIORITY_LOW; i <= PRIORITY_URGENT; i++)
        if (strcmp(before, names[i]) == 0) back->change.priority = (enum priority)i;
    back->change.has_priority = back->any = true;
}

static void back_tags(struct going_back *back) {
    struct arena *mem = &back->undoing->tx->mem;
    const json_t *change = json_object_get(back->changes, "tags"), *before = json_array_get(change, 0);
    json_auto_t *now = json_loadb(back->ticket->tags.data, back->ticket->tags.size, 0, NULL);
    if (!change) return;
    if (!json_equal(json_array_get(change, 1), now)) {
        undoing_keep(back->undoing, "tags", "changed", back->ticket->id, 0);
        return;
    }
    struct text *at = arena_array(mem, json_array_size(before) + 1, sizeof *at);
    for (size_t i = 0; i < json_array_size(before); i++) {
        const json_t *tag = json_array_get(before, i);
        at[i] = text_copy(mem, text_from(json_string_value(tag), json_string_length(tag)));
    }
    back->change.tags = (struct json_list){json_array_size(before), at};
    back->change.has_tags = back->any = true;
}

static bool tell(const struct undoing *undoing, ticket_id id, struct error *err) {
    struct buffer out = {.mem = &undoing->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "operation", undoing->operation->id);
    json_put_text(&json, "name", json_member(undoing->mem, undoing->operation->summary, "name"));
    json_object_end(&json);
    return back_event(undoing, id, "macro.undone", buffer_text(&out), err);
}

static bool undo(struct undoing *undoing, struct error *err) {
    struct text text = undoing->operation->data;
    json_auto_t *data = json_loadb(text.data, text.size, 0, NULL);
    struct doer doer = back_doer(undoing);
    struct going_back back = {.undoing = undoing, .changes = json_object_get(data, "changes")};
    ticket_id id = {json_integer_value(json_object_get(data, "ticket"))};
    bool answer_is_back;
    if (!ticket_find(undoing->tx, undoing->mem, id, &back.ticket, err)) return false;
    if (!back.ticket || back.ticket->merged_into.value) undoing->refused = back.ticket ? "ticket_merged" : "ticket_not_found";
    if (undoing->refused) return true;
    if (!back_answer(undoing, data, id, &answer_is_back, err)) return false;
    if (!answer_is_back && !back_state(undoing, json_object_get(data, "state"), 0, err)) return false;
    back_people(&back);
    back_priority(&back);
    back_tags(&back);
    if (json_integer_value(json_object_get(data, "note"))) undoing_keep(undoing, "note", "written", id, 1);
    if (undoing->is_trial) return true;
    return (!back.any || ticket_apply(undoing->tx, &doer, id, &back.change, err)) && tell(undoing, id, err);
}

const struct operation_kind macro_operation = {"macro.run", CAN_TICKETS_CHANGE, undo};
const struct operation_kind macro_words_operation = {"macro.write", CAN_TICKETS_REPLY, undo};
