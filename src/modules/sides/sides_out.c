/* The letters of side conversations on their way out: a durable queue for the outbox. */
#include "modules/sides/sides_private.h"

#include "base/clock.h"

static const int64_t LEASE = DELIVERY_LEASE_SECONDS * 1000000LL;

bool side_is_due(struct tx *tx, bool *ret_due, struct error *err) {
    const struct sql_side_first_due_row *row;
    if (!sql_side_first_due(tx, &tx->mem, &(struct sql_side_first_due){.now_at = tx->now}, &row, err)) return false;
    *ret_due = row != NULL;
    return true;
}

bool side_count_waiting(struct tx *tx, int64_t *ret_count, struct error *err) {
    const struct sql_side_waiting_row *row;
    if (!sql_side_waiting(tx, &tx->mem, &row, err)) return false;
    *ret_count = row->count;
    return true;
}

bool side_take(struct tx *tx, struct arena *mem, int limit, size_t *ret_count, const struct due_delivery **ret_due, struct error *err) {
    struct sql_side_due_rows rows;
    if (!sql_side_due(tx, mem, &(struct sql_side_due){.now_at = tx->now, .limit = limit}, &rows, err)) return false;
    struct due_delivery *due = arena_array(mem, rows.count, sizeof *due);
    for (size_t i = 0; i < rows.count; i++) {
        const struct sql_side_lease in = {.message_id = rows.at[i].message_id, .next_at = tx->now + LEASE, .leased_by = store_process(tx->store)};
        if (!sql_side_lease(tx, &in, NULL, err)) return false;
        due[i] = (struct due_delivery){rows.at[i].message_id, text_of("mail"), rows.at[i].attempts + 1, rows.at[i].created_at};
    }
    *ret_count = rows.count;
    *ret_due = due;
    return true;
}

static bool free_of(struct tx *tx, int64_t process, struct error *err) {
    return sql_side_recover(tx, &(struct sql_side_recover){.now_at = tx->now, .process = process}, NULL, err);
}

bool side_recover(struct tx *tx, struct error *err) {
    struct sql_side_holders_rows rows;
    if (!sql_side_holders(tx, &tx->mem, &(struct sql_side_holders){.now_at = tx->now}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        bool gone;
        if (!store_process_is_gone(tx, rows.at[i].process, &gone, err) || (gone && !free_of(tx, rows.at[i].process, err))) return false;
    }
    return true;
}

bool side_release(struct tx *tx, struct error *err) {
    return free_of(tx, store_process(tx->store), err);
}

bool side_hasten(struct tx *tx, struct error *err) {
    return sql_side_hasten(tx, &(struct sql_side_hasten){.now_at = tx->now, .far_at = tx->now + MINUTE}, NULL, err);
}

/* A queue that only waits on says nothing new. */
bool side_settle(struct tx *tx, message_id message, int64_t attempt, const char *state, struct text detail, int64_t next_at, struct error *err) {
    const struct sql_side_settle in = {.message_id = message, .attempts = attempt, .state = text_of(state), .detail = detail, .next_at = next_at};
    int64_t changed = 0;
    if (!sql_side_settle(tx, &in, &changed, err)) return false;
    if (changed && strcmp(state, "sent") == 0 && !message_set_sent(tx, message, err)) return false;
    if (!changed || (strcmp(state, "queued") == 0 && attempt > 1)) return true;
    return side_tell_of(tx, message, state, detail, err);
}

/* --- What leaves -------------------------------------------------------------------------------------------------------- */

static bool list_reads(struct tx *tx, const struct side *side, struct text list, bool *io_reads, struct error *err) {
    const struct json_list emails = side_emails(&tx->mem, list);
    const struct text *at = emails.at;
    for (size_t i = 0; i < emails.count && !*io_reads; i++)
        if (!side_is_customer(tx, side, at[i], io_reads, err)) return false;
    return true;
}

static bool refer(struct tx *tx, struct arena *mem, int64_t side, struct outgoing_message *message, struct error *err) {
    enum { LOOKED_AT = 100 };
    struct sql_side_messages_rows thread;
    if (!side_thread(tx, mem, side, message->id.value - 1, LOOKED_AT, &thread, err)) return false;
    message->references = side_references(mem, &thread);
    const struct text *at = message->references.at;
    if (message->references.count) message->in_reply_to = at[message->references.count - 1];
    return true;
}

bool side_outgoing(struct tx *tx, struct arena *mem, message_id id, int64_t *ret_side, const struct outgoing_message **ret_message, bool *ret_reads,
                   struct error *err) {
    const struct sql_side_outgoing_row_row *row;
    const struct side *side;
    if (!sql_side_outgoing_row(tx, mem, &(struct sql_side_outgoing_row){.message_id = id}, &row, err)) return false;
    if (!row) return error_set(err, ERR_NOT_FOUND, "message %" PRId64 " is no letter of a side conversation", id.value);
    struct outgoing_message *message = arena_alloc(mem, sizeof *message);
    *message = (struct outgoing_message){
        .id = id, .ticket = {row->shown_in_id}, .created_at = row->created_at, .team = row->team_id, .mailbox = row->mailbox_id,
        .author = row->author_staff_id, .author_name = row->from_name, .to_list = row->to_list, .cc_list = row->cc_list, .subject = row->subject,
        .header_id = row->header_id, .text = row->text, .html = row->html,
    };
    *ret_reads = false;
    if (!side_find(tx, mem, row->side_id, &side, err)) return false;
    if (!side) return error_set(err, ERR_NOT_FOUND, "there is no side conversation %" PRId64, row->side_id);
    if (!list_reads(tx, side, row->to_list, ret_reads, err) || !list_reads(tx, side, row->cc_list, ret_reads, err)
        || !refer(tx, mem, row->side_id, message, err)
        || !message_files(tx, mem, id, &message->file_count, &message->files, err))
        return false;
    *ret_side = row->side_id;
    *ret_message = message;
    return true;
}
