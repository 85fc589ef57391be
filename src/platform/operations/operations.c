#include "platform/operations/operations.h"

#include "sql/platform_operations.h"

static bool add_subject(struct tx *tx, const char *kind, int64_t subject, int64_t operation, struct error *err) {
    const struct sql_operation_subject_add in = {.kind = text_of(kind), .subject_id = subject, .operation_id = operation};
    return sql_operation_subject_add(tx, &in, NULL, err);
}

static bool add_subjects(struct tx *tx, const struct operation_record *record, int64_t operation, struct error *err) {
    for (size_t i = 0; i < record->ticket_count; i++)
        if (!add_subject(tx, "ticket", record->tickets[i].value, operation, err)) return false;
    for (size_t i = 0; i < record->person_count; i++)
        if (!add_subject(tx, "person", record->people[i].value, operation, err)) return false;
    return true;
}

bool operation_add(struct tx *tx, const struct operation_record *record, int64_t *ret_id, struct error *err) {
    const struct sql_operation_insert_row *row;
    const struct sql_operation_insert in = {.kind = text_of(record->kind), .actor_kind = record->actor, .actor_id = record->actor_id,
                                            .at = tx->now, .summary = record->summary, .data = record->data};
    if (!sql_operation_insert(tx, &tx->mem, &in, &row, err) || !add_subjects(tx, record, row->id, err))
        return error_context(err, "recording %s", record->kind);
    *ret_id = row->id;
    return true;
}

void undoing_keep(struct undoing *undoing, const char *field, const char *code, ticket_id ticket, int64_t count) {
    json_object_begin(&undoing->json);
    json_put_string(&undoing->json, "field", field);
    json_put_string(&undoing->json, "code", code);
    json_put_id(&undoing->json, "ticket", ticket.value);
    json_put_id(&undoing->json, "count", count);
    json_object_end(&undoing->json);
}

const struct operation_kind *operation_kind_find(const struct operation_kind *const *kinds, struct text name) {
    for (; kinds && *kinds; kinds++)
        if (text_is(name, (*kinds)->name)) return *kinds;
    return NULL;
}

bool operation_find(struct tx *tx, struct arena *mem, int64_t id, const struct operation **ret, struct error *err) {
    const struct sql_operation_by_id_row *row;
    if (!sql_operation_by_id(tx, mem, &(struct sql_operation_by_id){.id = id}, &row, err)) return false;
    struct operation *operation = row ? arena_alloc(mem, sizeof *operation) : NULL;
    if (row)
        *operation = (struct operation){.id = row->id, .kind = row->kind, .actor = (enum actor_kind)row->actor_kind, .actor_id = row->actor_id,
                                        .at = row->at, .summary = row->summary, .data = row->data, .undone_at = row->undone_at,
                                        .undone_by = row->undone_by_id, .kept = row->kept};
    *ret = operation;
    return true;
}

bool operations_of(struct tx *tx, struct arena *mem, const char *subject, int64_t id, int64_t before, int64_t limit, struct json_list *ret_ids,
                   struct error *err) {
    struct sql_operation_of_subject_rows rows;
    const struct sql_operation_of_subject in = {.kind = text_of(subject), .subject_id = id, .before = before, .limit = limit};
    if (!sql_operation_of_subject(tx, mem, &in, &rows, err)) return false;
    int64_t *ids = arena_array(mem, rows.count + 1, sizeof *ids);
    for (size_t i = 0; i < rows.count; i++) ids[i] = rows.at[i].operation_id;
    *ret_ids = (struct json_list){rows.count, ids};
    return true;
}

bool operations_by(struct tx *tx, struct arena *mem, staff_id staff, int64_t before, int64_t limit, struct json_list *ret_ids, struct error *err) {
    struct sql_operation_of_actor_rows rows;
    const struct sql_operation_of_actor in = {.actor_id = staff.value, .before = before, .limit = limit};
    if (!sql_operation_of_actor(tx, mem, &in, &rows, err)) return false;
    int64_t *ids = arena_array(mem, rows.count + 1, sizeof *ids);
    for (size_t i = 0; i < rows.count; i++) ids[i] = rows.at[i].operation_id;
    *ret_ids = (struct json_list){rows.count, ids};
    return true;
}

/* --- Taking back --------------------------------------------------------------------------------------------------------- */

static bool run(struct undoing *undoing, const struct operation_kind *kind, struct error *err) {
    undoing->kept = (struct buffer){.mem = undoing->mem};
    undoing->json = json_writer(&undoing->kept);
    undoing->refused = NULL;
    json_array_begin(&undoing->json);
    if (!kind->undo(undoing, err)) return error_context(err, "taking back operation %" PRId64, undoing->operation->id);
    json_array_end(&undoing->json);
    return true;
}

bool operation_try(struct undoing *undoing, const struct operation_kind *kind, struct error *err) {
    undoing->is_trial = true;
    return run(undoing, kind, err);
}

static bool hold(struct undoing *undoing, struct error *err) {
    struct sql_operation_hold_rows held;
    if (!sql_operation_hold(undoing->tx, undoing->mem, &(struct sql_operation_hold){.id = undoing->operation->id}, &held, err)
        || !operation_find(undoing->tx, undoing->mem, undoing->operation->id, &undoing->operation, err))
        return false;
    return (undoing->operation && !undoing->operation->undone_at) || error_set_key(err, ERR_CONFLICT, "operation_undone", "it was taken back already");
}

bool operation_undo(struct undoing *undoing, const struct operation_kind *kind, struct error *err) {
    undoing->is_trial = false;
    if (!hold(undoing, err) || !run(undoing, kind, err)) return false;
    if (undoing->refused) return error_set_key(err, ERR_CONFLICT, undoing->refused, "it can't be taken back");
    const struct sql_operation_undone in = {.id = undoing->operation->id, .undone_at = undoing->tx->now,
                                            .undone_by_id = undoing->actor_id, .kept = buffer_text(&undoing->kept)};
    return sql_operation_undone(undoing->tx, &in, NULL, err)
           && operation_find(undoing->tx, undoing->mem, undoing->operation->id, &undoing->operation, err);
}
