/* The first answer to a request that did not come as a letter: behind the same guards as the automatic one that a letter may bring. */
#include "channels/intake/first_answer.h"
#include "channels/intake/intake_private.h"

#include "base/clock.h"

enum { A_DAY = 3 }; /* to one address: whoever writes it into forms again and again must not fill a stranger's mailbox through us */

static bool may_get_mail(struct tx *tx, struct text address, bool *ret_may, const char **ret_because, struct error *err) {
    bool ours, bounced;
    if (!address_is_ours(tx, address, &ours, err) || !identity_is_bounced(tx, address, &bounced, err)) return false;
    *ret_may = !ours && !bounced && !mail_address_is_machine(address);
    if (!*ret_may) *ret_because = bounced ? "answer_bounces" : "answer_machine";
    return true;
}

/* Who sends forms is nobody we know: they may use up the answers to forms of an hour, and no more than that. */
static bool is_within(struct tx *tx, const struct first_answer *answer, const struct mailbox *mailbox, bool *ret_is, struct error *err) {
    const struct sql_auto_reply_count_row *day;
    const struct sql_auto_reply_hour_of_forms_row *hour;
    const struct sql_auto_reply_count in = {.address = address_plain(&tx->mem, answer->address), .since_at = tx->now - DAY};
    const struct sql_auto_reply_hour_of_forms of_mailbox = {.mailbox_id = mailbox->id, .since_at = tx->now - HOUR};
    if (!sql_auto_reply_count(tx, &tx->mem, &in, &day, err) || !sql_auto_reply_hour_of_forms(tx, &tx->mem, &of_mailbox, &hour, err)) return false;
    *ret_is = day->count < A_DAY && (!answer->per_hour || hour->count < answer->per_hour);
    return true;
}

bool first_answer_look(struct tx *tx, const struct first_answer *answer, const struct mailbox **ret_mailbox, const char **ret_because, struct error *err) {
    bool may, within = false;
    *ret_because = NULL;
    if (!mailbox_for_sending(tx, &tx->mem, (mailbox_id){0}, answer->team, ret_mailbox, err)
        || !may_get_mail(tx, answer->address, &may, ret_because, err))
        return false;
    if (!may) return true;
    if (!*ret_mailbox || (*ret_mailbox)->tripped_at) *ret_because = "answer_no_mailbox";
    else if (!is_within(tx, answer, *ret_mailbox, &within, err)) return false;
    else if (!within) *ret_because = "answer_often";
    return true;
}

static struct text addressee(struct tx *tx, const struct first_answer *answer) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_array_begin(&json);
    json_object_begin(&json);
    json_put_text(&json, "name", (struct text){0});
    json_put_text(&json, "email", answer->address);
    json_object_end(&json);
    json_array_end(&json);
    return buffer_text(&out);
}

bool first_answer_send(struct tx *tx, const struct doer *doer, const struct first_answer *answer, const struct mailbox *mailbox, struct error *err) {
    const struct sql_intake_team_row *team;
    message_id id;
    if (!sql_intake_team(tx, &tx->mem, &(struct sql_intake_team){.team_id = answer->team}, &team, err)) return false;
    const struct message_writing writing = {
        .ticket = answer->ticket, .direction = DIRECTION_OUT, .audience = AUDIENCE_PUBLIC, .kind = "mail",
        .from_name = team ? team->name : (struct text){0}, .from_address = mailbox->address, .to_list = addressee(tx, answer),
        .subject = answer->subject, .text = answer->text, .mailbox = mailbox->id, .is_automatic = true, .deliver_by = "mail",
    };
    if (!message_add(tx, doer, &writing, &id, err)) return false;
    const struct sql_auto_reply_insert ledger = {.address = address_plain(&tx->mem, answer->address), .team_id = answer->team, .message_id = id,
                                                 .request_id = answer->request.value, .mailbox_id = mailbox->id, .ticket_id = answer->ticket,
                                                 .created_at = tx->now};
    return sql_auto_reply_insert(tx, &ledger, NULL, err);
}

bool first_answer_request(struct tx *tx, message_id answer, message_id *ret_request, struct error *err) {
    const struct sql_auto_reply_request_row *row;
    if (!sql_auto_reply_request(tx, &tx->mem, &(struct sql_auto_reply_request){.message_id = answer}, &row, err)) return false;
    *ret_request = (message_id){row ? row->request_id : 0};
    return true;
}
