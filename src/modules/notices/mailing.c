/* Mails of notices: through the queue of the program's own letters, each once. */
#include "modules/notices/notices_private.h"
#include "modules/people/letters.h"
#include "modules/people/people.h"
#include "modules/tickets/tickets.h"

enum { DUE = 500 };

/* Mails of one person that are due. */
struct sheaf {
    const struct sql_notice_due_row *rows;
    size_t count, shown;         /* shown: those that are still to be told */
};

/* Beside its number only the subject. */
static void put_notice(struct json_writer *json, struct arena *mem, const struct sql_notice_due_row *row) {
    json_put_int(json, "ticket", row->ticket_id.value);
    json_put_text(json, "kind", row->kind);
    json_put_text(json, "number", row->label);
    json_put_text(json, "subject", row->subject);
    json_put_text(json, "by", row->actor_name);
    json_put_text(json, "times", text_printf(mem, "%" PRId64, row->times));
}

static struct text data_of(struct tx *tx, const struct sheaf *sheaf, const bool *tells) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    if (sheaf->shown > 1) {
        json_put_text(&json, "count", text_printf(&tx->mem, "%zu", sheaf->shown));
        json_key(&json, "notices");
        json_array_begin(&json);
    }
    for (size_t i = 0; i < sheaf->count; i++) {
        if (!tells[i]) continue;
        if (sheaf->shown > 1) json_object_begin(&json);
        put_notice(&json, &tx->mem, &sheaf->rows[i]);
        if (sheaf->shown > 1) json_object_end(&json);
    }
    if (sheaf->shown > 1) json_array_end(&json);
    json_object_end(&json);
    return buffer_text(&out);
}

static const char *kind_of(struct tx *tx, const struct sheaf *sheaf, const bool *tells) {
    size_t first = 0;
    if (sheaf->shown > 1) return "notice_digest";
    while (!tells[first]) first++;
    return arena_printf(&tx->mem, "notice_%.*s", (int)sheaf->rows[first].kind.size, sheaf->rows[first].kind.data);
}

/* Of a ticket only who may see it at this moment is mailed. Of several processes that find it due one takes it. */
static bool take(struct tx *tx, const struct sql_notice_due_row *row, const struct actor *actor, bool *ret_tells, struct error *err) {
    int64_t claimed = 0;
    *ret_tells = false;
    if (!actor || !ticket_visible(actor, row->ticket_id, row->team_id, row->assignee_id))
        return sql_notice_unmailed(tx, &(struct sql_notice_unmailed){.id = row->id, .read_at = tx->now}, NULL, err);
    if (!sql_notice_mailed(tx, &(struct sql_notice_mailed){.id = row->id, .mailed_at = tx->now}, &claimed, err)) return false;
    *ret_tells = claimed > 0;
    return true;
}

/* What is due of one person is one letter. */
static bool mail_person(struct tx *tx, struct sheaf *sheaf, struct error *err) {
    const struct sql_notice_address_row *address;
    staff_id staff = sheaf->rows[0].staff_id;
    struct actor actor = {0};
    struct notice_wishes wishes;
    bool found, *tells = arena_array(&tx->mem, sheaf->count, sizeof *tells);
    if (!actor_load(tx, &tx->mem, staff, &actor, &found, err) || !wishes_read(tx, &tx->mem, staff, &wishes, err)
        || !sql_notice_address(tx, &tx->mem, &(struct sql_notice_address){.staff_id = staff}, &address, err))
        return false;
    bool is_mailed = found && address && !wishes.is_stopped;
    for (size_t i = 0; i < sheaf->count; i++) {
        if (!take(tx, &sheaf->rows[i], is_mailed ? &actor : NULL, &tells[i], err)) return error_context(err, "notice %" PRId64, sheaf->rows[i].id);
        sheaf->shown += tells[i];
    }
    return !sheaf->shown || letter_add(tx, address->email, actor.locale, kind_of(tx, sheaf, tells), data_of(tx, sheaf, tells), err);
}

static bool mail_due(struct tx *tx, void *argument, struct error *err) {
    struct sql_notice_due_rows rows;
    if (!sql_notice_due(tx, &tx->mem, &(struct sql_notice_due){.now_at = tx->now, .limit = DUE}, &rows, err)) return false;
    for (size_t from = 0, to; from < rows.count; from = to) {
        for (to = from + 1; to < rows.count && rows.at[to].staff_id.value == rows.at[from].staff_id.value;) to++;
        if (!mail_person(tx, &(struct sheaf){.rows = &rows.at[from], .count = to - from}, err)) return false;
    }
    return true;
}

bool notices_mail(struct store *store, bool *ret_found, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct sql_notice_due_rows rows;
    if (!store_read(store, &tx, err) || !sql_notice_due(&tx, &tx.mem, &(struct sql_notice_due){.now_at = tx.now, .limit = 1}, &rows, err)) return false;
    *ret_found = rows.count > 0;
    tx_end(&tx);
    return !*ret_found || store_write(store, mail_due, NULL, err);
}

bool notices_bounced(struct tx *tx, struct text address, struct error *err) {
    staff_id staff;
    if (!staff_by_email(tx, address, &staff, err)) return false;
    return !staff.value || sql_notice_stop(tx, &(struct sql_notice_stop){.staff_id = staff, .stopped_at = tx->now}, NULL, err);
}
