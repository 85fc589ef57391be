/* Taking back a split or a move: the messages return, as far as they are still where it has put them. */
#include "modules/tickets/tickets_private.h"

struct returning {
    struct undoing *undoing;
    const json_t *data;
    ticket_id from, to, shown_in; /* shown_in: where what returns is shown, should from have been merged meanwhile */
    bool is_new;
    int64_t last;                 /* the newest message of the time */
    int64_t moved_on, count;
};

/* What came by a form may have been confirmed since. */
static bool return_message(struct returning *returning, const json_t *one, struct error *err) {
    struct tx *tx = returning->undoing->tx;
    struct arena *mem = returning->undoing->mem;
    const struct sql_message_row_row *message;
    message_id id = {json_integer_value(json_object_get(one, "id"))};
    if (!sql_message_row(tx, mem, &(struct sql_message_row){.message_id = id}, &message, err)) return false;
    returning->count++;
    if (!message || message->home_id != returning->to.value) {
        returning->moved_on++;
        return true;
    }
    if (returning->undoing->is_trial) return true;
    const struct sql_message_relocate in = {
        .message_id = id, .ticket_id = {json_integer_value(json_object_get(one, "home"))}, .shown_in_id = returning->shown_in.value,
        .decision = json_word(mem, one, "decision"), .reasons = json_word(mem, one, "reasons"),
        .is_unverified = is_by_form(message) ? message->is_unverified : json_is_true(json_object_get(one, "unverified")),
    };
    return sql_message_relocate(tx, &in, NULL, err);
}

static bool return_messages(struct returning *returning, struct error *err) {
    const json_t *one;
    size_t i;
    json_array_foreach(json_object_get(returning->data, "messages"), i, one)
        if (!return_message(returning, one, err)) return false;
    if (returning->moved_on == returning->count) returning->undoing->refused = "messages_moved_on";
    else if (returning->moved_on) undoing_keep(returning->undoing, "messages", "moved_on", returning->to, returning->moved_on);
    return true;
}

/* The letter that told of the number stands where the messages are again; so does an answer to it. */
static bool return_pointer(const struct returning *returning, struct error *err) {
    struct undoing *undoing = returning->undoing;
    message_id id = {json_integer_value(json_object_get(returning->data, "pointer"))};
    const struct sql_message_relocate in = {.message_id = id, .ticket_id = returning->from, .shown_in_id = returning->shown_in.value,
                                            .decision = text_of("moved"), .reasons = text_of("[\"moved by a person\"]")};
    return pointer_undo(undoing, id, returning->to, err) && (!id.value || undoing->is_trial || sql_message_relocate(undoing->tx, &in, NULL, err));
}

static bool return_participants(const struct returning *returning, struct error *err) {
    const json_t *one;
    size_t i;
    if (returning->is_new) return true;
    json_array_foreach(json_object_get(returning->data, "participants"), i, one) {
        const struct back_participant back = {.ticket = returning->to, .person = {json_integer_value(json_object_get(one, "person"))}, .is_on = true,
                                              .role = json_word(returning->undoing->mem, one, "role"), .last = returning->last};
        if (!back_participant(returning->undoing, &back, err)) return false;
    }
    return true;
}

/* The number of an emptied ticket may have been told to people: it leads to where the messages are again. */
static bool point_back(const struct returning *returning, struct error *err) {
    struct tx *tx = returning->undoing->tx;
    const struct ticket *to;
    const struct sql_message_count_in_row *stay;
    const struct sql_message_count_in in = {.ticket_id = returning->to, .shown_in_id = returning->to.value, .after = returning->last};
    if (!sql_message_count_in(tx, returning->undoing->mem, &in, &stay, err)) return false;
    if (stay->count) undoing_keep(returning->undoing, "messages", "written_since", returning->to, stay->count);
    if (!returning->is_new || stay->count || returning->moved_on || returning->undoing->is_trial) return true;
    if (!ticket_find(tx, &tx->mem, returning->to, &to, err)) return false;
    return !to || to->merged_into.value || to->message_count || ticket_point(tx, to, returning->from, err);
}

static bool recount(const struct returning *returning, struct error *err) {
    struct tx *tx = returning->undoing->tx;
    ticket_id root;
    return ticket_root(tx, returning->to, &root, err) && ticket_recount(tx, returning->shown_in, err)
           && (root.value == returning->shown_in.value || ticket_recount(tx, root, err));
}

static bool put_back(struct returning *returning, struct error *err) {
    struct undoing *undoing = returning->undoing;
    if (!ticket_root(undoing->tx, returning->from, &returning->shown_in, err)) return false;
    if (!undoing->is_trial && !tickets_hold(undoing->tx, returning->shown_in, returning->to, err)) return false;
    if (!return_messages(returning, err)) return false;
    if (undoing->refused) return true;
    if (!return_pointer(returning, err)) return false;
    if (!undoing->is_trial && !recount(returning, err)) return false;
    return return_participants(returning, err) && back_state(undoing, json_object_get(returning->data, "closed"), 0, err)
           && (returning->is_new || back_state(undoing, json_object_get(returning->data, "opened"), returning->last, err)) && point_back(returning, err);
}

static bool tell(const struct returning *returning, struct error *err) {
    struct undoing *undoing = returning->undoing;
    struct tx *tx = undoing->tx;
    struct text data = text_printf(&tx->mem, "{\"operation\":%" PRId64 ",\"from\":%" PRId64 ",\"to\":%" PRId64 ",\"messages\":%" PRId64 "}",
                                   undoing->operation->id, returning->from.value, returning->to.value,
                                   returning->count - returning->moved_on);
    bool elsewhere = returning->shown_in.value != returning->from.value;
    if (elsewhere && !undoing->is_trial && !back_event(undoing, returning->shown_in, "message.returned", data, err)) return false;
    return undoing->is_trial || (back_event(undoing, returning->from, "message.returned", data, err)
                                 && back_event(undoing, returning->to, "message.returned", data, err));
}

static bool undo(struct undoing *undoing, struct error *err) {
    struct text json = undoing->operation->data;
    json_auto_t *data = json_loadb(json.data, json.size, 0, NULL);
    struct returning returning = {
        .undoing = undoing, .data = data, .is_new = text_is(undoing->operation->kind, "ticket.split"),
        .from = {json_integer_value(json_object_get(data, "from"))}, .to = {json_integer_value(json_object_get(data, "to"))},
        .last = json_integer_value(json_object_get(data, "last")),
    };
    return put_back(&returning, err) && (undoing->refused || tell(&returning, err));
}

const struct operation_kind split_operation = {"ticket.split", CAN_TICKETS_CHANGE, undo};
const struct operation_kind move_operation = {"message.move", CAN_TICKETS_CHANGE, undo};
