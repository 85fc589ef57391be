#include "modules/tickets/tickets_private.h"

#include <assert.h>

static size_t base_size(const char *text) {
    const char *last = NULL;
    for (const char *at = text; (at = strstr(at, "\n WHERE ")); at++) last = at;
    assert(last);
    return (size_t)(last - text);
}

void composer_begin(struct composer *query, struct tx *tx, struct arena *mem, const struct statement *base) {
    *query = (struct composer){.mem = mem, .dialect = store_dialect(tx->store), .sql = {.mem = mem}};
    const char *text = base->text[query->dialect];
    buffer_add(&query->sql, text, base_size(text));
    query->statement = (struct statement){.name = base->name, .index = -1, .columns = base->columns,
                                          .column_count = base->column_count, .row_size = base->row_size};
}

void composer_add(struct composer *query, const char *sql) {
    buffer_add_string(&query->sql, sql);
}

static void bind(struct composer *query, enum sql_type type, struct text slot) {
    assert(query->params < QUERY_PARAMS);
    query->slots[query->params] = slot;
    query->fields[query->params] = (struct sql_field){"", type, (uint16_t)((size_t)query->params * sizeof slot)};
    query->params++;
}

void composer_bind_int(struct composer *query, int64_t value) {
    struct text slot = {0};
    memcpy(&slot, &value, sizeof value);
    bind(query, SQL_INT, slot);
}

void composer_bind_text(struct composer *query, struct text value) {
    bind(query, SQL_TEXT, value);
}

void composer_again(struct composer *query, int param) {
    buffer_printf(&query->sql, "%c%d", query->dialect == DIALECT_POSTGRESQL ? '$' : '?', param);
}

static void placeholder(struct composer *query) {
    composer_again(query, query->params);
}

void composer_int(struct composer *query, int64_t value) {
    composer_bind_int(query, value);
    placeholder(query);
}

/* The walks of a list all hold the same condition: its texts are bound once. */
int composer_text(struct composer *query, struct text value) {
    int param = 1;
    while (param <= query->params && !(query->fields[param - 1].type == SQL_TEXT && query->slots[param - 1].data == value.data
                                       && query->slots[param - 1].size == value.size)) param++;
    if (param > query->params) composer_bind_text(query, value);
    composer_again(query, param);
    return param;
}

void composer_admitted(struct composer *query, const char *column, const struct actor *actor) {
    buffer_printf(&query->sql, "%s IN (SELECT admission_card.ticket_id FROM admission_card WHERE admission_card.staff_id = %" PRId64 ")", column,
                  actor->staff.value);
}

void composer_awake(struct composer *query, staff_id staff, const char *column) {
    buffer_printf(&query->sql, " AND NOT EXISTS (SELECT 1 FROM snooze WHERE snooze.staff_id = %" PRId64 " AND snooze.ticket_id = %s)", staff.value, column);
}

/* The ids are numbers of ours, so they may stand in the text: 64 teams would not fit the parameters. */
void composer_teams(struct composer *query, const char *beginning, const team_id *teams, int count) {
    for (int i = 0; i < count; i++) buffer_printf(&query->sql, "%s%" PRId64, i == 0 ? beginning : ", ", teams[i].value);
    if (count) composer_add(query, ")");
}

static void add_visible(struct composer *query, const struct actor *actor, bool with_admitted) {
    enum scope scope = actor_scope(actor, CAN_TICKETS_READ);
    if (actor_reaches_all(actor, CAN_TICKETS_READ)) return;
    if (scope == SCOPE_NONE) {
        composer_add(query, " AND 1 = 0");
        return;
    }
    composer_add(query, " AND (ticket.assignee_id = ");
    composer_int(query, actor->staff.value);
    if (scope == SCOPE_TEAM) composer_teams(query, " OR ticket.team_id IN (", actor->teams, actor->team_count);
    if (scope == SCOPE_ALL) composer_teams(query, " OR ticket.team_id NOT IN (", actor->closed, actor->closed_count);
    if (with_admitted && actor->admitted_count) {
        composer_add(query, " OR ");
        composer_admitted(query, "ticket.id", actor);
    }
    composer_add(query, ")");
}

void composer_visible(struct composer *query, const struct actor *actor) {
    add_visible(query, actor, true);
}

void composer_visible_team(struct composer *query, const struct actor *actor) {
    add_visible(query, actor, false);
}

static void finish(struct composer *query) {
    const char *text = buffer_text(&query->sql).data;
    query->statement.text[query->dialect] = text;
    query->statement.params = query->fields;
    query->statement.param_count = (uint16_t)query->params;
}

bool composer_json(struct composer *query, struct tx *tx, struct json_writer *out, int64_t *ret_count, struct error *err) {
    finish(query);
    return statement_json(tx, &query->statement, query->slots, out, ret_count, err);
}

bool composer_rows(struct composer *query, struct tx *tx, struct arena *mem, struct sql_rows *ret_rows, struct error *err) {
    finish(query);
    return statement_rows(tx, mem, &query->statement, query->slots, ret_rows, err);
}
