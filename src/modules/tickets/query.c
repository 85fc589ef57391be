#include "modules/tickets/tickets_private.h"

#include <assert.h>

static size_t base_size(const char *text) {
    const char *last = NULL;
    for (const char *at = text; (at = strstr(at, "\n WHERE ")); at++) last = at;
    assert(last);
    return (size_t)(last - text);
}

void query_begin(struct query *query, struct tx *tx, struct arena *mem, const struct statement *base) {
    *query = (struct query){.mem = mem, .dialect = store_dialect(tx->store), .sql = {.mem = mem}};
    const char *text = base->text[query->dialect];
    buffer_add(&query->sql, text, base_size(text));
    query->statement = (struct statement){.name = base->name, .index = -1, .columns = base->columns,
                                          .column_count = base->column_count, .row_size = base->row_size};
}

void query_add(struct query *query, const char *sql) {
    buffer_add_string(&query->sql, sql);
}

static void bind(struct query *query, enum sql_type type, struct text slot) {
    assert(query->params < QUERY_PARAMS);
    query->slots[query->params] = slot;
    query->fields[query->params] = (struct sql_field){"", type, (uint16_t)((size_t)query->params * sizeof slot)};
    query->params++;
}

void query_bind_int(struct query *query, int64_t value) {
    struct text slot = {0};
    memcpy(&slot, &value, sizeof value);
    bind(query, SQL_INT, slot);
}

static void placeholder(struct query *query) {
    buffer_printf(&query->sql, "%c%d", query->dialect == DIALECT_POSTGRESQL ? '$' : '?', query->params);
}

void query_int(struct query *query, int64_t value) {
    query_bind_int(query, value);
    placeholder(query);
}

void query_text(struct query *query, struct text value) {
    bind(query, SQL_TEXT, value);
    placeholder(query);
}

void query_visible(struct query *query, const struct actor *actor) {
    enum scope scope = actor_scope(actor, CAN_TICKETS_READ);
    if (scope == SCOPE_ALL) return;
    if (scope == SCOPE_NONE) {
        query_add(query, " AND 1 = 0");
        return;
    }
    query_add(query, " AND (ticket.assignee_id = ");
    query_int(query, actor->staff.value);
    for (int i = 0; scope == SCOPE_TEAM && i < actor->team_count; i++) {
        query_add(query, i == 0 ? " OR ticket.team_id IN (" : ", ");
        /* The ids are numbers of ours, so they may stand in the text: 64 teams would not fit the parameters. */
        buffer_printf(&query->sql, "%" PRId64, actor->teams[i].value);
        if (i + 1 == actor->team_count) query_add(query, ")");
    }
    query_add(query, ")");
}

static void finish(struct query *query) {
    const char *text = buffer_text(&query->sql).data;
    query->statement.text[query->dialect] = text;
    query->statement.params = query->fields;
    query->statement.param_count = (uint16_t)query->params;
}

bool query_json(struct query *query, struct tx *tx, struct json_writer *out, int64_t *ret_count, struct error *err) {
    finish(query);
    return statement_json(tx, &query->statement, query->slots, out, ret_count, err);
}

bool query_rows(struct query *query, struct tx *tx, struct arena *mem, struct sql_rows *ret_rows, struct error *err) {
    finish(query);
    return statement_rows(tx, mem, &query->statement, query->slots, ret_rows, err);
}
