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

/* --- All of it ------------------------------------------------------------------------------------------------------------------- */

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
    const struct ticket *ticket;
    ticket_id id = {json_integer_value(json_object_get(data, "ticket"))};
    bool answer_is_back;
    if (!ticket_find(undoing->tx, undoing->mem, id, &ticket, err)) return false;
    if (!ticket || ticket->merged_into.value) undoing->refused = ticket ? "ticket_merged" : "ticket_not_found";
    if (undoing->refused) return true;
    if (!back_answer(undoing, data, id, &answer_is_back, err)) return false;
    if (!answer_is_back && !back_state(undoing, json_object_get(data, "state"), 0, err)) return false;
    if (json_integer_value(json_object_get(data, "note"))) undoing_keep(undoing, "note", "written", id, 1);
    return back_fields(undoing, id, json_object_get(data, "changes"), err) && (undoing->is_trial || tell(undoing, id, err));
}

const struct operation_kind macro_operation = {"macro.run", CAN_TICKETS_CHANGE, undo};
const struct operation_kind macro_words_operation = {"macro.write", CAN_TICKETS_REPLY, undo};
