/* Mails of notices: through the queue of the program's own letters, each once. */
#include "modules/notices/notices_private.h"
#include "modules/people/letters.h"
#include "modules/people/people.h"
#include "modules/tickets/tickets.h"

/* Beside its number only the subject, and only for who may see the ticket at this moment. */
static struct text data_of(struct tx *tx, const struct sql_notice_due_row *row) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "ticket", row->ticket_id.value);
    json_put_text(&json, "number", row->label);
    json_put_text(&json, "subject", row->subject);
    json_put_text(&json, "by", row->actor_name);
    json_put_text(&json, "times", text_printf(&tx->mem, "%" PRId64, row->times));
    json_object_end(&json);
    return buffer_text(&out);
}

static bool mail_one(struct tx *tx, const struct sql_notice_due_row *row, struct error *err) {
    const struct sql_notice_address_row *address;
    struct actor actor = {0};
    struct notice_wishes wishes;
    bool found;
    int64_t claimed = 0;
    if (!actor_load(tx, &tx->mem, row->staff_id, &actor, &found, err) || !wishes_read(tx, &tx->mem, row->staff_id, &wishes, err)
        || !sql_notice_address(tx, &tx->mem, &(struct sql_notice_address){.staff_id = row->staff_id}, &address, err))
        return false;
    if (!found || !address || wishes.is_stopped || !ticket_visible(&actor, row->ticket_id, row->team_id, row->assignee_id))
        return sql_notice_unmailed(tx, &(struct sql_notice_unmailed){.id = row->id}, NULL, err);
    if (!sql_notice_mailed(tx, &(struct sql_notice_mailed){.id = row->id, .mailed_at = tx->now}, &claimed, err)) return false;
    const char *kind = arena_printf(&tx->mem, "notice_%.*s", (int)row->kind.size, row->kind.data);
    return !claimed || letter_add(tx, address->email, actor.locale, kind, data_of(tx, row), err);
}

static bool mail_due(struct tx *tx, void *argument, struct error *err) {
    struct sql_notice_due_rows rows;
    if (!sql_notice_due(tx, &tx->mem, &(struct sql_notice_due){.now_at = tx->now}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++)
        if (!mail_one(tx, &rows.at[i], err)) return error_context(err, "notice %" PRId64, rows.at[i].id);
    return true;
}

bool notices_mail(struct store *store, bool *ret_found, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct sql_notice_due_rows rows;
    if (!store_read(store, &tx, err) || !sql_notice_due(&tx, &tx.mem, &(struct sql_notice_due){.now_at = tx.now}, &rows, err)) return false;
    *ret_found = rows.count > 0;
    tx_end(&tx);
    return !*ret_found || store_write(store, mail_due, NULL, err);
}

bool notices_bounced(struct tx *tx, struct text address, struct error *err) {
    staff_id staff;
    if (!staff_by_email(tx, address, &staff, err)) return false;
    return !staff.value || sql_notice_stop(tx, &(struct sql_notice_stop){.staff_id = staff, .stopped_at = tx->now}, NULL, err);
}
