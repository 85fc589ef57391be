/* Deliveries: the durable queue of what has to leave the house, and how it went. */
#include "modules/people/people.h"
#include "modules/tickets/tickets_private.h"

#include "base/clock.h"

#include <jansson.h>

static const int64_t LEASE = DELIVERY_LEASE_SECONDS * 1000000LL;

bool delivery_take(struct tx *tx, struct arena *mem, const char *channel, int limit, size_t *ret_count,
                   const struct due_delivery **ret_due, struct error *err) {
    struct sql_delivery_due_rows rows;
    const struct sql_delivery_due in = {.now_at = tx->now, .channel = text_of(channel), .limit = limit};
    if (!sql_delivery_due(tx, mem, &in, &rows, err)) return false;
    struct due_delivery *due = arena_array(mem, rows.count, sizeof *due);
    for (size_t i = 0; i < rows.count; i++) {
        const struct sql_delivery_lease lease = {.message_id = rows.at[i].message_id, .next_at = tx->now + LEASE, .updated_at = tx->now,
                                                  .leased_by = store_process(tx->store)};
        if (!sql_delivery_lease(tx, &lease, NULL, err)) return false;
        due[i] = (struct due_delivery){rows.at[i].message_id, rows.at[i].channel, rows.at[i].attempts + 1, rows.at[i].created_at};
    }
    *ret_count = rows.count;
    *ret_due = due;
    return true;
}

bool delivery_count_waiting(struct tx *tx, int64_t *ret_count, struct error *err) {
    const struct sql_delivery_waiting_row *row;
    if (!sql_delivery_waiting(tx, &tx->mem, &row, err)) return false;
    *ret_count = row->count;
    return true;
}

bool delivery_count_without_mailbox(struct tx *tx, int64_t *ret_count, struct error *err) {
    const struct sql_delivery_waiting_for_row *row;
    if (!sql_delivery_waiting_for(tx, &tx->mem, &(struct sql_delivery_waiting_for){.detail = text_of(DELIVERY_NO_MAILBOX)}, &row, err)) return false;
    *ret_count = row->count;
    return true;
}

bool delivery_recover(struct tx *tx, struct error *err) {
    struct sql_delivery_holders_rows rows;
    if (!sql_delivery_holders(tx, &tx->mem, &(struct sql_delivery_holders){.now_at = tx->now}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        bool gone;
        if (!store_process_is_gone(tx, rows.at[i].process, &gone, err)) return false;
        if (gone && !sql_delivery_recover(tx, &(struct sql_delivery_recover){.now_at = tx->now, .process = rows.at[i].process}, NULL, err)) return false;
    }
    return true;
}

bool delivery_release(struct tx *tx, struct error *err) {
    return sql_delivery_release(tx, &(struct sql_delivery_release){.now_at = tx->now, .leased_by = store_process(tx->store)}, NULL, err);
}

bool delivery_hasten(struct tx *tx, struct error *err) {
    return sql_delivery_hasten(tx, &(struct sql_delivery_hasten){.now_at = tx->now, .far_at = tx->now + MINUTE}, NULL, err);
}

bool delivery_hasten_for(struct tx *tx, mailbox_id mailbox, struct error *err) {
    const struct sql_delivery_hasten_for in = {.now_at = tx->now, .detail = text_of(DELIVERY_NO_MAILBOX), .mailbox_id = mailbox};
    return sql_delivery_hasten_for(tx, &in, NULL, err);
}

bool delivery_is_due(struct tx *tx, const char *channel, bool *ret_due, struct error *err) {
    const struct sql_delivery_first_due_row *row;
    const struct sql_delivery_first_due in = {.now_at = tx->now, .channel = text_of(channel)};
    if (!sql_delivery_first_due(tx, &tx->mem, &in, &row, err)) return false;
    *ret_due = row != NULL;
    return true;
}

static struct text delivery_data(struct tx *tx, message_id message, const char *state, struct text detail) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "message", message.value);
    json_put_string(&json, "state", state);
    json_put_text(&json, "detail", detail);
    json_object_end(&json);
    return buffer_text(&out);
}

/* Each attempt passes through "sending"; a queue that only waits on says nothing new. */
static bool tell(struct tx *tx, message_id message, const char *state, struct text detail, const struct sql_delivery_state_row *before,
                 struct error *err) {
    const struct sql_message_row_row *row;
    if (!sql_message_row(tx, &tx->mem, &(struct sql_message_row){.message_id = message}, &row, err)) return false;
    if (!row) return error_set(err, ERR_NOT_FOUND, "there is no message %" PRId64, message.value);
    if (strcmp(state, "sent") == 0 && !message_set_sent(tx, message, err)) return false;
    if (before && strcmp(state, "queued") == 0 && before->detail.data && text_equal(before->detail, detail)) return true;
    const struct ticket ticket = {.id = row->ticket_id, .team = row->team_id, .assignee = row->assignee_id};
    const struct doer doer = {.kind = ACTOR_SYSTEM};
    ticket_event(tx, &doer, &ticket, "message.delivery", delivery_data(tx, message, state, detail), true);
    return true;
}

bool delivery_report(struct tx *tx, message_id message, const char *state, struct text detail, int64_t next_at,
                     struct error *err) {
    const struct sql_delivery_state_row *before;
    const struct sql_delivery_write in = {.message_id = message, .state = text_of(state), .detail = detail, .next_at = next_at,
                                          .updated_at = tx->now};
    return sql_delivery_state(tx, &tx->mem, &(struct sql_delivery_state){.message_id = message}, &before, err)
           && sql_delivery_write(tx, &in, NULL, err) && tell(tx, message, state, detail, before, err);
}

bool delivery_settle(struct tx *tx, message_id message, int64_t attempt, const char *state, struct text detail, int64_t next_at,
                     struct error *err) {
    const struct sql_delivery_state_row *before;
    int64_t changed = 0;
    const struct sql_delivery_settle in = {.message_id = message, .attempts = attempt, .state = text_of(state), .detail = detail,
                                           .next_at = next_at, .updated_at = tx->now};
    if (!sql_delivery_state(tx, &tx->mem, &(struct sql_delivery_state){.message_id = message}, &before, err)
        || !sql_delivery_settle(tx, &in, &changed, err))
        return false;
    return changed == 0 || tell(tx, message, state, detail, before, err);
}

static struct json_list texts_of(struct arena *mem, struct text json) {
    json_t *root = json_loadb(json.data ? json.data : "[]", json.data ? json.size : 2, 0, NULL);
    size_t count = json_array_size(root);
    struct text *at = arena_array(mem, count, sizeof *at);
    for (size_t i = 0; i < count; i++) {
        const json_t *element = json_array_get(root, i);
        at[i] = text_copy(mem, text_from(json_string_value(element), json_string_length(element)));
    }
    json_decref(root);
    return (struct json_list){count, at};
}

bool message_files(struct tx *tx, struct arena *mem, message_id id, size_t *ret_count, const struct message_file **ret_files, struct error *err) {
    struct sql_message_files_rows rows;
    if (!sql_message_files(tx, mem, &(struct sql_message_files){.message_id = id}, &rows, err)) return false;
    struct message_file *files = arena_array(mem, rows.count, sizeof *files);
    for (size_t i = 0; i < rows.count; i++)
        files[i] = (struct message_file){.hash = rows.at[i].hash, .name = rows.at[i].name, .media_type = rows.at[i].media_type,
                                         .size = rows.at[i].size, .is_inline = rows.at[i].is_inline,
                                         .content_id = rows.at[i].content_id};
    *ret_files = files;
    *ret_count = rows.count;
    return true;
}

static struct json_list emails_of(struct arena *mem, struct text json) {
    json_t *root = json_loadb(json.data ? json.data : "[]", json.data ? json.size : 2, 0, NULL);
    size_t count = json_array_size(root);
    struct text *at = arena_array(mem, count, sizeof *at);
    for (size_t i = 0; i < count; i++) {
        const char *email = json_string_value(json_object_get(json_array_get(root, i), "email"));
        at[i] = text_copy(mem, text_of(email ? email : ""));
    }
    json_decref(root);
    return (struct json_list){count, at};
}

/* All whom a letter goes to, in the form in which addresses are compared. */
static struct json_list readers_of(struct arena *mem, struct text to, struct text cc, struct text bcc) {
    const struct json_list lists[] = {emails_of(mem, to), emails_of(mem, cc), emails_of(mem, bcc)};
    struct text *at = arena_array(mem, lists[0].count + lists[1].count + lists[2].count, sizeof *at);
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        const struct text *emails = lists[i].at;
        for (size_t j = 0; j < lists[i].count; j++) at[count++] = identity_normalize(mem, "email", emails[j]);
    }
    return (struct json_list){count, at};
}

static bool share_a_reader(const struct json_list *one, const struct json_list *other) {
    const struct text *left = one->at, *right = other->at;
    for (size_t i = 0; i < one->count; i++)
        for (size_t j = 0; j < other->count; j++)
            if (text_equal(left[i], right[j])) return true;
    return false;
}

/* What it answers, and what we said since: without these a second answer in a row would begin a thread of its own. A supplier's
 * letters and the customer's are two threads, and neither learns of the other. */
static bool refer(struct tx *tx, struct arena *mem, const struct sql_message_outgoing_row_row *row, struct json_list *ret, struct error *err) {
    struct sql_message_said_since_rows rows;
    const struct json_list answered = texts_of(mem, row->reference_list);
    const struct text *old = answered.at;
    const struct sql_message_said_since in = {.ticket_id = row->ticket_id, .message_id = row->message_id, .header_id = row->in_reply_to};
    if (!sql_message_said_since(tx, mem, &in, &rows, err)) return false;
    const struct json_list readers = readers_of(mem, row->to_list, row->cc_list, row->bcc_list);
    struct text *at = arena_array(mem, answered.count + rows.count, sizeof *at);
    size_t count = answered.count;
    for (size_t i = 0; i < count; i++) at[i] = old[i];
    for (size_t i = rows.count; i-- > 0;) {
        const struct json_list others = readers_of(mem, rows.at[i].to_list, rows.at[i].cc_list, rows.at[i].bcc_list);
        if (share_a_reader(&readers, &others)) at[count++] = rows.at[i].header_id;
    }
    *ret = (struct json_list){count, at};
    return true;
}

bool message_outgoing(struct tx *tx, struct arena *mem, message_id id, const struct outgoing_message **ret_message,
                      struct error *err) {
    const struct sql_message_outgoing_row_row *row;
    if (!sql_message_outgoing_row(tx, mem, &(struct sql_message_outgoing_row){.message_id = id}, &row, err)) return false;
    if (!row) return error_set(err, ERR_NOT_FOUND, "message %" PRId64 " is no public answer", id.value);
    struct outgoing_message *message = arena_alloc(mem, sizeof *message);
    *message = (struct outgoing_message){
        .id = id, .ticket = row->ticket_id, .number = row->ticket_id.value + TICKET_NUMBER_BASE,
        .created_at = row->created_at, .team = row->team_id, .mailbox = row->mailbox_id, .author = row->author_staff_id,
        .author_name = row->from_name, .to_list = row->to_list, .cc_list = row->cc_list, .bcc_list = row->bcc_list,
        .subject = row->subject, .header_id = row->header_id, .in_reply_to = row->in_reply_to, .text = row->text,
        .html = row->html, .is_automatic = row->is_automatic,
    };
    if (!refer(tx, mem, row, &message->references, err)) return false;
    if (!message_files(tx, mem, id, &message->file_count, &message->files, err)) return false;
    *ret_message = message;
    return true;
}

bool message_set_header(struct tx *tx, message_id id, struct text header_id, mailbox_id mailbox, struct text from_address,
                        struct error *err) {
    const struct sql_message_give_header in = {.message_id = id, .header_id = header_id, .mailbox_id = mailbox, .from_address = from_address};
    return sql_message_give_header(tx, &in, NULL, err);
}

bool message_set_sent(struct tx *tx, message_id id, struct error *err) {
    return sql_message_sent(tx, &(struct sql_message_sent){.message_id = id, .sent_at = tx->now}, NULL, err);
}

bool message_recipients(struct tx *tx, struct arena *mem, message_id id, const struct message_recipients **ret_recipients, struct error *err) {
    const struct sql_message_recipients_row *row;
    if (!sql_message_recipients(tx, mem, &(struct sql_message_recipients){.message_id = id}, &row, err)) return false;
    *ret_recipients = NULL;
    if (!row) return true;
    struct message_recipients *out = arena_alloc(mem, sizeof *out);
    *out = (struct message_recipients){emails_of(mem, row->to_list), emails_of(mem, row->cc_list), emails_of(mem, row->bcc_list)};
    *ret_recipients = out;
    return true;
}
