/* Between typed structs and the drivers' values: one walk over the field tables that the generator made. */
#include "base/clock.h"
#include "base/json.h"
#include "platform/store/store_private.h"

static struct value value_of(const struct sql_field *field, const char *in) {
    const void *at = in + field->offset;
    switch (field->type) {
    case SQL_INT: return (struct value){.type = VALUE_INT, .integer = *(const int64_t *)at};
    case SQL_ID:
    case SQL_TIME: {
        int64_t number = *(const int64_t *)at;
        return (struct value){.type = number ? VALUE_INT : VALUE_NULL, .integer = number};
    }
    case SQL_BOOL: return (struct value){.type = VALUE_INT, .integer = *(const bool *)at};
    case SQL_REAL: return (struct value){.type = VALUE_REAL, .real = *(const double *)at};
    default: {
        struct text t = *(const struct text *)at;
        enum value_type type = !t.data ? VALUE_NULL : field->type == SQL_BLOB ? VALUE_BLOB : VALUE_TEXT;
        return (struct value){.type = type, .text = t};
    }
    }
}

static void store_value(const struct sql_field *field, const struct value *value, struct arena *mem, char *row) {
    void *at = row + field->offset;
    switch (field->type) {
    case SQL_INT:
    case SQL_ID:
    case SQL_TIME: *(int64_t *)at = value->type == VALUE_REAL ? (int64_t)value->real : value->integer; break;
    case SQL_BOOL: *(bool *)at = value->integer != 0; break;
    case SQL_REAL: *(double *)at = value->type == VALUE_INT ? (double)value->integer : value->real; break;
    default:
        *(struct text *)at = value->type == VALUE_NULL ? (struct text){0} : mem ? text_copy(mem, value->text) : value->text;
    }
}

static bool run(struct tx *tx, const struct statement *statement, const void *in, const struct row_sink *sink,
                int64_t *ret_changed, struct error *err) {
    struct value values[PARAM_LIMIT];
    if (statement->param_count > PARAM_LIMIT) return error_set(err, ERR_INTERNAL, "%s has too many parameters", statement->name);
    if (statement->write && !tx->writable) return error_set(err, ERR_INTERNAL, "%s writes in a reading transaction", statement->name);
    for (size_t i = 0; i < statement->param_count; i++) values[i] = value_of(&statement->params[i], in);
    if (tx->connection->deadline && clock_steady() > tx->connection->deadline) return error_set(err, ERR_DEADLINE, "took too long");
    if (!tx->connection->driver->run(tx->connection, statement, values, sink, ret_changed, err))
        return error_context(err, "%s", statement->name);
    return true;
}

static bool ignore_row(const struct value *columns, int count, void *context, struct error *err) {
    return true;
}

bool statement_execute(struct tx *tx, const struct statement *statement, const void *in, int64_t *ret_changed,
                       struct error *err) {
    struct row_sink sink = {.row = ignore_row};
    return run(tx, statement, in, &sink, ret_changed, err);
}

struct collect {
    struct arena *mem;
    const struct statement *statement;
    char *rows;
    size_t count, capacity;
    bool one;
};

static void fill_row(const struct statement *statement, const struct value *columns, struct arena *mem, char *row) {
    for (size_t i = 0; i < statement->column_count; i++) store_value(&statement->columns[i], &columns[i], mem, row);
}

static bool collect_row(const struct value *columns, int count, void *context, struct error *err) {
    struct collect *all = context;
    if (count != all->statement->column_count)
        return error_set(err, ERR_INTERNAL, "%d columns instead of %d", count, all->statement->column_count);
    if (all->one && all->count == 1) return error_set(err, ERR_INTERNAL, "more than one row");
    size_t size = all->statement->row_size;
    if (all->count == all->capacity) {
        size_t capacity = all->one ? 1 : all->capacity ? all->capacity * 2 : 8;
        char *rows = arena_array(all->mem, capacity, size);
        if (all->count) memcpy(rows, all->rows, all->count * size);
        all->rows = rows;
        all->capacity = capacity;
    }
    fill_row(all->statement, columns, all->mem, all->rows + all->count++ * size);
    return true;
}

bool statement_rows(struct tx *tx, struct arena *mem, const struct statement *statement, const void *in,
                    struct sql_rows *ret_rows, struct error *err) {
    struct collect all = {.mem = mem, .statement = statement};
    struct row_sink sink = {.row = collect_row, .context = &all};
    if (!run(tx, statement, in, &sink, NULL, err)) return false;
    *ret_rows = (struct sql_rows){all.count, all.rows};
    return true;
}

bool statement_one(struct tx *tx, struct arena *mem, const struct statement *statement, const void *in,
                   const void **ret_row, struct error *err) {
    struct collect all = {.mem = mem, .statement = statement, .one = true};
    struct row_sink sink = {.row = collect_row, .context = &all};
    if (!run(tx, statement, in, &sink, NULL, err)) return false;
    *ret_row = all.count ? all.rows : NULL;
    return true;
}

struct visit {
    const struct statement *statement;
    row_visit *visit;
    void *context;
    char *row;
};

static bool visit_row(const struct value *columns, int count, void *context, struct error *err) {
    struct visit *visit = context;
    if (count != visit->statement->column_count) return error_set(err, ERR_INTERNAL, "wrong number of columns");
    fill_row(visit->statement, columns, NULL, visit->row);
    return visit->visit(visit->row, visit->context, err);
}

bool statement_each(struct tx *tx, const struct statement *statement, const void *in, row_visit *visit, void *context,
                    struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    struct visit state = {statement, visit, context, arena_alloc(&mem, statement->row_size)};
    struct row_sink sink = {.row = visit_row, .context = &state, .stream = true};
    return run(tx, statement, in, &sink, NULL, err);
}

struct to_json {
    const struct statement *statement;
    struct json_writer *out;
    int64_t count;
    bool is_open; /* the object is begun and ended by who asks */
};

static void write_value(struct json_writer *out, const struct sql_field *field, const struct value *value) {
    if (value->type == VALUE_NULL) {
        json_none(out);
        return;
    }
    switch (field->type) {
    case SQL_INT:
    case SQL_ID: json_int(out, value->integer); break;
    case SQL_TIME: json_time(out, value->integer); break;
    case SQL_BOOL: json_bool(out, value->integer != 0); break;
    case SQL_REAL: json_number(out, value->type == VALUE_INT ? (double)value->integer : value->real); break;
    case SQL_JSON: json_raw(out, value->text); break;
    default: json_text(out, value->text);
    }
}

/* The size of the "requester" in "requester.name"; 0 for a plain name. */
static size_t group_of(const char *name) {
    const char *dot = strchr(name, '.');
    return dot ? (size_t)(dot - name) : 0;
}

static size_t write_group(struct to_json *state, const struct value *columns, size_t first, size_t size) {
    const struct sql_field *fields = state->statement->columns;
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)size, fields[first].name);
    json_key(state->out, name);
    size_t end = first;
    while (end < state->statement->column_count && group_of(fields[end].name) == size
           && memcmp(fields[end].name, fields[first].name, size) == 0)
        end++;
    /* The first column of a group is its key: when it is NULL the whole thing is not there. */
    if (columns[first].type == VALUE_NULL) {
        json_none(state->out);
        return end;
    }
    json_object_begin(state->out);
    for (size_t i = first; i < end; i++) {
        json_key(state->out, fields[i].name + size + 1);
        write_value(state->out, &fields[i], &columns[i]);
    }
    json_object_end(state->out);
    return end;
}

static bool json_row(const struct value *columns, int count, void *context, struct error *err) {
    struct to_json *state = context;
    const struct sql_field *fields = state->statement->columns;
    if (count != state->statement->column_count) return error_set(err, ERR_INTERNAL, "wrong number of columns");
    if (!state->is_open) json_object_begin(state->out);
    for (size_t i = 0; i < state->statement->column_count;) {
        size_t group = group_of(fields[i].name);
        if (group) {
            i = write_group(state, columns, i, group);
            continue;
        }
        json_key(state->out, fields[i].name);
        write_value(state->out, &fields[i], &columns[i]);
        i++;
    }
    if (!state->is_open) json_object_end(state->out);
    state->count++;
    return true;
}

void statement_row_json(const struct statement *statement, const void *row, struct json_writer *out) {
    struct value columns[COLUMN_LIMIT];
    struct error ignored;
    struct to_json state = {.statement = statement, .out = out};
    for (size_t i = 0; i < statement->column_count; i++) columns[i] = value_of(&statement->columns[i], row);
    (void)json_row(columns, statement->column_count, &state, &ignored);
}

bool statement_json(struct tx *tx, const struct statement *statement, const void *in, struct json_writer *out,
                    int64_t *ret_count, struct error *err) {
    struct to_json state = {.statement = statement, .out = out};
    struct row_sink sink = {.row = json_row, .context = &state};
    if (!run(tx, statement, in, &sink, NULL, err)) return false;
    if (ret_count) *ret_count = state.count;
    return true;
}

bool statement_fields(struct tx *tx, const struct statement *statement, const void *in, struct json_writer *out, struct error *err) {
    struct to_json state = {.statement = statement, .out = out, .is_open = true};
    return run(tx, statement, in, &(struct row_sink){.row = json_row, .context = &state}, NULL, err);
}

bool statement_check(struct tx *tx, const struct statement *statement, struct error *err) {
    return tx->connection->driver->check(tx->connection, statement, err);
}
