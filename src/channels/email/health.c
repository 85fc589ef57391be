/* How mail fares. /readyz and /metrics tell it without addresses or words of servers, since anybody may ask; who keeps the mailboxes
 * hears all. */
#include "api/channels_email.h"
#include "channels/email/email_private.h"
#include "modules/sides/sides.h"
#include "modules/tickets/tickets.h"
#include "sql/channels_mailboxes.h"

#include "base/json.h"

struct look {
    struct intake_state intake;
    struct sql_mailbox_states_rows mailboxes;
    int64_t going_out;
};

static bool take_look(struct tx *tx, struct look *look, struct error *err) {
    int64_t aside;
    if (!intake_look(tx, &look->intake, err) || !sql_mailbox_states(tx, &tx->mem, &look->mailboxes, err)
        || !delivery_count_waiting(tx, &look->going_out, err) || !side_count_waiting(tx, &aside, err))
        return false;
    look->going_out += aside;
    return true;
}

static const char *word_of(bool failing) {
    return failing ? "failing" : "ok";
}

bool email_ready(struct tx *tx, struct json_writer *json, struct error *err) {
    struct look look = {0};
    bool failing = false;
    if (!take_look(tx, &look, err)) return false;
    json_object_begin(json);
    json_key(json, "mailboxes");
    json_array_begin(json);
    for (size_t i = 0; i < look.mailboxes.count; i++) {
        const struct sql_mailbox_states_row *row = &look.mailboxes.at[i];
        failing = failing || row->is_in_failing || row->is_out_failing;
        json_object_begin(json);
        json_put_int(json, "id", row->mailbox_id.value);
        json_put_string(json, "in", word_of(row->is_in_failing));
        json_put_string(json, "out", word_of(row->is_out_failing));
        json_put_bool(json, "tripped", row->is_tripped);
        json_object_end(json);
    }
    json_array_end(json);
    json_put_string(json, "state", word_of(failing));
    json_put_int(json, "waiting", look.intake.waiting);
    json_put_int(json, "parked", look.intake.parked);
    json_put_int(json, "going_out", look.going_out);
    json_object_end(json);
    return true;
}

bool get_mail_state(struct request *request, struct response *response, struct error *err) {
    struct json_writer *json = &response->json;
    struct look look = {0};
    int64_t homeless, troubles;
    if (!take_look(request->tx, &look, err) || !delivery_count_without_mailbox(request->tx, &homeless, err)) return false;
    json_object_begin(json);
    json_key(json, "troubles");
    json_array_begin(json);
    if (!sql_mailbox_troubles_json(request->tx, json, &troubles, err)) return false;
    json_array_end(json);
    json_put_string(json, "state", word_of(troubles || homeless));
    json_put_int(json, "waiting", look.intake.waiting);
    json_put_int(json, "parked", look.intake.parked);
    json_put_int(json, "going_out", look.going_out);
    json_put_int(json, "without_mailbox", homeless);
    json_object_end(json);
    return true;
}

bool email_metrics(struct tx *tx, struct buffer *out, struct error *err) {
    struct look look = {0};
    if (!take_look(tx, &look, err)) return false;
    int64_t age = look.intake.waiting && tx->now > look.intake.oldest_at ? (tx->now - look.intake.oldest_at) / 1000000 : 0;
    buffer_printf(out, "# TYPE theke_mail_waiting gauge\ntheke_mail_waiting %" PRId64 "\n", look.intake.waiting);
    buffer_printf(out, "# TYPE theke_mail_overdue_seconds gauge\ntheke_mail_overdue_seconds %" PRId64 "\n", age);
    buffer_printf(out, "# TYPE theke_mail_parked gauge\ntheke_mail_parked %" PRId64 "\n", look.intake.parked);
    buffer_printf(out, "# TYPE theke_mail_going_out gauge\ntheke_mail_going_out %" PRId64 "\n", look.going_out);
    buffer_add_string(out, "# TYPE theke_mailbox_failing gauge\n");
    for (size_t i = 0; i < look.mailboxes.count; i++) {
        const struct sql_mailbox_states_row *row = &look.mailboxes.at[i];
        buffer_printf(out, "theke_mailbox_failing{mailbox=\"%" PRId64 "\",side=\"in\"} %d\n", row->mailbox_id.value, row->is_in_failing);
        buffer_printf(out, "theke_mailbox_failing{mailbox=\"%" PRId64 "\",side=\"out\"} %d\n", row->mailbox_id.value, row->is_out_failing);
    }
    return true;
}
