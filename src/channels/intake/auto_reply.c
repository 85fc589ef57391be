/* The one automatic answer that a new ticket may bring, behind all the guards against loops: never to automatic mail, to
 * machines, to addresses of ours or to ones that bounce; once per person, team and day; and a breaker per mailbox. */
#include "channels/intake/intake_private.h"

#include "base/clock.h"

/* What a mailbox held when we came, or waited for days in a queue or in the tray, was read or given up by its writer long ago. */
static bool is_old(const struct placing *placing) {
    int64_t sent_at = placing->prepared->letter->date_at, before = placing->tx->now - 3 * DAY;
    return placing->row->received_at < before || (sent_at && sent_at < before);
}

static bool is_wanted(struct placing *placing, bool *ret_wanted, struct error *err) {
    const struct prepared *prepared = placing->prepared;
    bool ours = true, bounced = true;
    *ret_wanted = false;
    if (is_old(placing) || placing->is_spam) return true;
    if (strcmp(placing->decision, "new") != 0 && strcmp(placing->decision, "follow_up") != 0) return true;
    if (prepared->automatic.origin != ORIGIN_PERSON || prepared->report.kind != REPORT_NONE || placing->is_unverified) return true;
    if (!placing->mailbox || text_empty(placing->mailbox->out.host) || placing->mailbox->tripped_at) return true;
    if (mail_address_is_machine(placing->from.address) || placing->staff.value || text_empty(placing->from.address)) return true;
    if (!address_is_ours(placing->tx, placing->from.address, &ours, err) || !identity_is_bounced(placing->tx, placing->from.address, &bounced, err))
        return false;
    *ret_wanted = !ours && !bounced;
    return true;
}

static bool within_limits(struct placing *placing, struct text address, bool *ret_within, struct error *err) {
    struct tx *tx = placing->tx;
    const struct sql_auto_reply_recent_row *recent;
    const struct sql_auto_reply_hour_row *hour;
    const struct sql_auto_reply_recent day = {.address = address, .team_id = placing->team, .since_at = tx->now - DAY};
    const struct sql_auto_reply_hour in = {.mailbox_id = placing->mailbox->id, .since_at = tx->now - HOUR};
    *ret_within = false;
    if (!sql_auto_reply_recent(tx, &tx->mem, &day, &recent, err)) return false;
    if (recent->count > 0) return true;
    if (!sql_auto_reply_hour(tx, &tx->mem, &in, &hour, err)) return false;
    int64_t limit = placing->options->auto_replies_per_hour;
    if (limit && hour->count >= limit) return mailbox_trip(tx, placing->mailbox->id, err);
    *ret_within = true;
    return true;
}

static struct text reply_subject(struct placing *placing) {
    struct text subject = subject_plain(placing->prepared->letter->subject, NULL);
    return text_printf(&placing->tx->mem, "Re: %.*s", (int)subject.size, subject.data);
}

static bool send(struct placing *placing, const struct sql_intake_team_row *team, struct error *err) {
    struct tx *tx = placing->tx;
    const struct letter *letter = placing->prepared->letter;
    struct buffer to = {.mem = &tx->mem};
    struct json_writer json = json_writer(&to);
    message_id id;
    json_array_begin(&json);
    json_object_begin(&json);
    json_put_text(&json, "name", placing->from.name);
    json_put_text(&json, "email", placing->from.address);
    json_object_end(&json);
    json_array_end(&json);
    struct text *references = arena_array(&tx->mem, placing->prepared->references.count + 1, sizeof *references);
    size_t count = placing->prepared->references.count;
    if (count) memcpy(references, placing->prepared->references.at, count * sizeof *references);
    if (letter->message_id.size) references[count++] = letter->message_id;
    const struct doer doer = {.kind = ACTOR_SYSTEM, .cause = text_printf(&tx->mem, "mail %" PRId64, placing->row->id)};
    const struct message_writing writing = {
        .ticket = placing->ticket->id, .direction = DIRECTION_OUT, .audience = AUDIENCE_PUBLIC, .kind = "mail", .from_name = team->name,
        .from_address = placing->mailbox->address, .to_list = buffer_text(&to), .subject = reply_subject(placing),
        .in_reply_to = letter->message_id.size ? letter->message_id : (struct text){0}, .references = {count, references},
        .text = team->auto_reply_text, .mailbox = placing->mailbox->id, .is_automatic = true, .deliver_by = "mail",
    };
    if (!message_add(tx, &doer, &writing, &id, err)) return false;
    const struct sql_auto_reply_insert ledger = {.address = address_plain(&tx->mem, placing->from.address), .team_id = placing->team, .message_id = id,
                                                 .mailbox_id = placing->mailbox->id, .ticket_id = placing->ticket->id, .created_at = tx->now};
    return sql_auto_reply_insert(tx, &ledger, NULL, err);
}

bool answer_automatically(struct placing *placing, struct error *err) {
    const struct sql_intake_team_row *team;
    bool wanted, within;
    if (!is_wanted(placing, &wanted, err)) return false;
    if (!wanted) return true;
    if (!sql_intake_team(placing->tx, &placing->tx->mem, &(struct sql_intake_team){.team_id = placing->team}, &team, err)) return false;
    if (!team || !team->is_auto_reply || text_empty(text_trim(team->auto_reply_text))) return true;
    if (!within_limits(placing, address_plain(&placing->tx->mem, placing->from.address), &within, err)) return false;
    return !within || send(placing, team, err);
}
