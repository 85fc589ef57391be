#include "modules/people/letters.h"

#include "base/json.h"
#include "sql/modules_people.h"

static const int64_t LEASE = LETTER_LEASE_SECONDS * 1000000LL;

bool letter_take(struct tx *tx, struct arena *mem, int limit, size_t *ret_count, const struct due_letter **ret_due, struct error *err) {
    struct sql_letter_due_rows rows;
    if (!sql_letter_due(tx, mem, &(struct sql_letter_due){.now_at = tx->now, .limit = limit}, &rows, err)) return false;
    struct due_letter *due = arena_array(mem, rows.count, sizeof *due);
    for (size_t i = 0; i < rows.count; i++) {
        const struct sql_letter_due_row *row = &rows.at[i];
        const struct sql_letter_lease lease = {.letter = row->id, .next_at = tx->now + LEASE, .leased_by = store_process(tx->store)};
        if (!sql_letter_lease(tx, &lease, NULL, err)) return false;
        struct text company = row->company.data ? text_printf(mem, "{\"name\":%.*s}", (int)row->company.size, row->company.data) : text_of("{}");
        due[i] = (struct due_letter){.id = row->id, .attempts = row->attempts + 1, .created_at = row->created_at, .to = row->to_address,
                                     .language = row->language, .kind = row->kind, .data = row->data, .company = json_member(mem, company, "name")};
    }
    *ret_count = rows.count;
    *ret_due = due;
    return true;
}

bool letter_recover(struct tx *tx, struct error *err) {
    struct sql_letter_holders_rows rows;
    if (!sql_letter_holders(tx, &tx->mem, &(struct sql_letter_holders){.now_at = tx->now}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        bool gone;
        if (!store_process_is_gone(tx, rows.at[i].process, &gone, err)) return false;
        if (gone && !sql_letter_recover(tx, &(struct sql_letter_recover){.now_at = tx->now, .process = rows.at[i].process}, NULL, err)) return false;
    }
    return true;
}

bool letter_release(struct tx *tx, struct error *err) {
    return sql_letter_release(tx, &(struct sql_letter_release){.now_at = tx->now, .leased_by = store_process(tx->store)}, NULL, err);
}

bool letter_hasten(struct tx *tx, struct error *err) {
    return sql_letter_hasten(tx, &(struct sql_letter_hasten){.now_at = tx->now}, NULL, err);
}

bool letter_sent(struct tx *tx, int64_t id, struct error *err) {
    return sql_letter_done(tx, &(struct sql_letter_done){.letter = id, .sent_at = tx->now}, NULL, err);
}

bool letter_failed(struct tx *tx, int64_t id, int64_t attempt, struct text error, int64_t next_at, struct error *err) {
    return sql_letter_undone(tx, &(struct sql_letter_undone){.letter = id, .attempts = attempt, .next_at = next_at, .error = error}, NULL, err);
}

bool letter_is_due(struct tx *tx, bool *ret_due, struct error *err) {
    const struct sql_letter_first_due_row *row;
    if (!sql_letter_first_due(tx, &tx->mem, &(struct sql_letter_first_due){.now_at = tx->now}, &row, err)) return false;
    *ret_due = row != NULL;
    return true;
}

bool letter_add(struct tx *tx, struct text to, struct text language, const char *kind, struct text data, struct error *err) {
    const struct sql_letter_insert in = {.to_address = to, .language = language, .kind = text_of(kind), .data = data, .created_at = tx->now};
    return sql_letter_insert(tx, &in, NULL, err);
}

struct text letter_header_id(struct arena *mem, const struct due_letter *due, struct text domain) {
    return text_printf(mem, "<letter.%" PRId64 ".%" PRId64 "@%.*s>", due->id, due->created_at, (int)domain.size, domain.data);
}

bool letter_by_header(struct tx *tx, struct arena *mem, struct text header_id, struct text *ret_kind, struct text *ret_to, struct error *err) {
    struct text rest = text_starts(header_id, "<letter.") ? text_skip(header_id, strlen("<letter.")) : (struct text){0};
    size_t dot = text_find_char(rest, '.'), at = text_find_char(rest, '@');
    const struct sql_letter_by_id_row *row;
    int64_t id, created_at;
    *ret_kind = (struct text){0};
    if (dot == SIZE_MAX || at == SIZE_MAX || dot > at || !text_to_int(text_slice(rest, 0, dot), &id)
        || !text_to_int(text_slice(rest, dot + 1, at - dot - 1), &created_at))
        return true;
    if (!sql_letter_by_id(tx, mem, &(struct sql_letter_by_id){.letter = id}, &row, err)) return false;
    if (!row || row->created_at != created_at) return true;
    *ret_kind = row->kind;
    *ret_to = row->to_address;
    return true;
}
