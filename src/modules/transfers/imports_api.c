/* Imports over the API: a file comes in, its columns are told, and what would happen, or has happened, is read row by row. */
#include "api/modules_transfers.h"
#include "base/clock.h"
#include "modules/transfers/transfers_private.h"
#include "platform/files/files.h"
#include "platform/http/http.h"
#include "wire/tables/csv.h"

#include <fcntl.h>
#include <jansson.h>
#include <unistd.h>

/* --- Who may ---------------------------------------------------------------------------------------------------------------------- */

static bool may_import(const struct request *request, struct error *err) {
    bool may = actor_may(request->actor, CAN_PEOPLE_READ) && actor_may(request->actor, CAN_PEOPLE_CHANGE);
    return may || error_set(err, ERR_FORBIDDEN, "an import reads and changes persons");
}

/* --- Reading the file -------------------------------------------------------------------------------------------------------- */

/* Read before the writer has to wait for it. */
struct table {
    struct text file_name, charset, header, columns;
    char delimiter[2];
    size_t head_count, read_count; /* cells of the first line, and how many of them count */
    bool is_mapped;               /* the guessed columns will do */
    struct text *rows;            /* JSON arrays */
    int64_t *lines;
    size_t count;
};

static bool read_upload(struct request *request, struct text *ret, struct error *err) {
    if (!request->upload_path || !request->upload_size) return error_field(err, "body", "required", "the file is empty");
    if (request->upload_size > IMPORT_BYTES) return error_field(err, "body", "too_large", "has more than %d bytes", IMPORT_BYTES);
    char *bytes = arena_alloc(request->mem, (size_t)request->upload_size);
    size_t size = 0;
    ssize_t got = 1;
    int fd = open(request->upload_path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return error_errno(err, "reading an upload");
    while (size < (size_t)request->upload_size && (got = read(fd, bytes + size, (size_t)request->upload_size - size)) > 0) size += (size_t)got;
    close(fd);
    if (got < 0) return error_errno(err, "reading an upload");
    *ret = text_from(bytes, size);
    return true;
}

static struct text cells_json(struct arena *mem, const struct csv_row *row) {
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    json_array_begin(&json);
    for (size_t i = 0; i < row->count; i++) json_text(&json, row->cells[i]);
    json_array_end(&json);
    return buffer_text(&out);
}

static bool refuse_rest(enum csv_result result, size_t line, struct error *err) {
    switch (result) {
    case CSV_UNCLOSED: return error_field(err, "body", "quote_open", "a quote is not closed by line %zu", line);
    case CSV_TOO_MANY_CELLS: return error_field(err, "body", "too_many_columns", "line %zu has more than %d cells", line, IMPORT_COLUMNS);
    case CSV_TOO_LONG: return error_field(err, "body", "cell_too_long", "line %zu has a cell of more than %d bytes", line, IMPORT_CELL);
    default: return true;
    }
}

static bool read_row(struct request *request, struct csv_reader *reader, struct table *table, bool *ret_more, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    struct csv_row row;
    enum csv_result result = csv_next(reader, &mem, &row);
    *ret_more = result == CSV_ROW;
    if (!*ret_more) return refuse_rest(result, row.line, err);
    if (table->count == IMPORT_ROWS) return error_field(err, "body", "too_many_rows", "has more than %d rows", IMPORT_ROWS);
    if (row.count > table->read_count && row.count <= table->head_count) row.count = table->read_count;
    table->lines[table->count] = (int64_t)row.line;
    table->rows[table->count++] = cells_json(request->mem, &row);
    return true;
}

static bool read_rows(struct request *request, struct csv_reader *reader, struct table *table, struct error *err) {
    bool more = true;
    table->rows = arena_array(request->mem, IMPORT_ROWS, sizeof *table->rows);
    table->lines = arena_array(request->mem, IMPORT_ROWS, sizeof *table->lines);
    while (more)
        if (!read_row(request, reader, table, &more, err)) return false;
    return table->count || error_field(err, "body", "no_rows", "there is nothing below the first line");
}

/* Columns that an error file of ours has added are none of the table. */
static size_t without_reasons(struct csv_row *header) {
    static const char *const languages[] = {"de", "en", "hu"};
    while (header->count > 1) {
        struct text last = header->cells[header->count - 1];
        bool is = false;
        for (size_t i = 0; i < COUNT_OF(languages); i++) is = is || text_is(last, words_for("import_reason", text_of(languages[i])));
        if (!is) break;
        header->count--;
    }
    return header->count;
}

static struct text columns_json(struct arena *mem, const enum target *targets, size_t count) {
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    json_array_begin(&json);
    for (size_t i = 0; i < count; i++) json_text(&json, text_of(target_name(targets[i])));
    json_array_end(&json);
    return buffer_text(&out);
}

static char delimiter_of(const struct post_people_imports_query *in) {
    if (!in->has_delimiter) return 0;
    return text_is(in->delimiter, "semicolon") ? ';' : text_is(in->delimiter, "tab") ? '\t' : ',';
}

bool prepare_people_import(struct request *request, struct response *response, struct error *err) {
    const struct post_people_imports_query *in = request->query;
    struct table *table = arena_alloc(request->mem, sizeof *table);
    struct text bytes, text;
    struct csv_row header;
    struct error ignored = {0};
    enum target targets[IMPORT_COLUMNS];
    *table = (struct table){0};
    if (!may_import(request, err) || !read_upload(request, &bytes, err)) return false;
    text = csv_text(request->mem, bytes, in->charset, request->language, &table->charset);
    struct csv_reader reader = csv_reader(text, delimiter_of(in));
    reader.most_cells = IMPORT_COLUMNS;
    reader.most_size = IMPORT_CELL;
    enum csv_result result = csv_next(&reader, request->mem, &header);
    if (!refuse_rest(result, header.line, err)) return false;
    if (result == CSV_END) return error_field(err, "body", "required", "the file is empty");
    targets_guess(request->mem, header.cells, header.count, targets);
    table->head_count = header.count;
    size_t count = table->read_count = without_reasons(&header);
    table->is_mapped = targets_check(targets, count, &ignored);
    table->header = cells_json(request->mem, &header);
    table->columns = columns_json(request->mem, targets, count);
    table->delimiter[0] = reader.delimiter;
    table->file_name = file_name_safe(request->mem, request_file_name(request));
    request->prepared = table;
    return read_rows(request, &reader, table, err);
}

/* --- Showing one ---------------------------------------------------------------------------------------------------------------- */

/* Those of others are not there. */
static bool find(struct request *request, const struct sql_import_by_id_row **ret, struct error *err) {
    int64_t id = request->id[0];
    *ret = NULL;
    if (!may_import(request, err) || (id && !sql_import_by_id(request->tx, request->mem, &(struct sql_import_by_id){.import_id = id}, ret, err))) return false;
    return (*ret && (*ret)->staff_id.value == request->actor->staff.value)
           || error_set_key(err, ERR_NOT_FOUND, "import_not_found", "there is no import %" PRId64, id);
}

static bool find_held(struct request *request, const struct sql_import_by_id_row **ret, struct error *err) {
    struct sql_import_hold_rows held;
    return sql_import_hold(request->tx, request->mem, &(struct sql_import_hold){.import_id = request->id[0]}, &held, err) && find(request, ret, err);
}

static bool write_import(struct request *request, struct json_writer *json, int64_t id, struct error *err) {
    const struct sql_import_by_id_row *row;
    const struct sql_import_counts_row *counts;
    if (!sql_import_by_id(request->tx, request->mem, &(struct sql_import_by_id){.import_id = id}, &row, err)
        || !sql_import_counts(request->tx, request->mem, &(struct sql_import_counts){.import_id = id}, &counts, err))
        return false;
    json_object_begin(json);
    json_put_int(json, "id", id);
    json_put_text(json, "file_name", row->file_name);
    json_put_text(json, "charset", row->charset);
    json_put_string(json, "delimiter", text_is(row->delimiter, ";") ? "semicolon" : text_is(row->delimiter, ",") ? "comma" : "tab");
    json_put_raw(json, "header", row->header);
    json_put_raw(json, "columns", row->columns);
    json_put_text(json, "existing", row->existing);
    json_put_text(json, "state", row->state);
    json_put_text(json, "error", row->error);
    json_put_time(json, "created_at", row->created_at);
    json_put_time(json, "finished_at", row->finished_at);
    json_put_int(json, "total", counts->total);
    json_put_int(json, "pending", counts->pending);
    json_put_int(json, "new", counts->fresh);
    json_put_int(json, "change", counts->change);
    json_put_int(json, "same", counts->same);
    json_put_int(json, "refused", counts->refused);
    json_put_int(json, "made", counts->made);
    json_put_int(json, "changed", counts->changed);
    json_put_int(json, "cancelled", counts->cancelled);
    json_object_end(json);
    return true;
}

bool get_people_import(struct request *request, struct response *response, struct error *err) {
    const struct sql_import_by_id_row *row;
    return find(request, &row, err) && write_import(request, &response->json, row->import_id, err);
}

bool get_people_imports(struct request *request, struct response *response, struct error *err) {
    const struct get_people_imports_query *in = request->query;
    struct json_writer *json = &response->json;
    struct sql_import_list_rows rows;
    int64_t before = INT64_MAX, limit = in->has_limit ? in->limit : 20;
    if (!may_import(request, err)) return false;
    if (in->has_cursor && !text_to_int(in->cursor, &before)) return error_field(err, "cursor", "invalid", "is not the 'next' of a page");
    const struct sql_import_list query = {.staff_id = request->actor->staff, .before = before, .limit = limit + 1};
    if (!sql_import_list(request->tx, request->mem, &query, &rows, err)) return false;
    size_t shown = (int64_t)rows.count > limit ? (size_t)limit : rows.count;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < shown; i++)
        if (!write_import(request, json, rows.at[i].import_id, err)) return false;
    json_array_end(json);
    json_put_text(json, "next", shown < rows.count ? text_printf(request->mem, "%" PRId64, rows.at[shown - 1].import_id) : (struct text){0});
    json_object_end(json);
    return true;
}

/* --- Its rows ------------------------------------------------------------------------------------------------------------------- */

/* What stands in the way, in the words of whoever reads it. */
static void write_told(const struct request *request, struct json_writer *json, const char *key, const json_t *detail) {
    size_t index;
    const json_t *one;
    json_key(json, key);
    json_array_begin(json);
    json_array_foreach(json_object_get(detail, key), index, one) {
        const char *code = json_string_value(json_object_get(one, "code")), *words = code ? words_for(code, request->language) : NULL;
        json_object_begin(json);
        json_put_string(json, "field", json_string_value(json_object_get(one, "field")));
        json_put_string(json, "code", code);
        json_put_string(json, "message", words ? words : code);
        json_put_string(json, "value", json_string_value(json_object_get(one, "value")));
        json_put_id(json, "line", json_integer_value(json_object_get(one, "line")));
        json_object_end(json);
    }
    json_array_end(json);
}

static struct text member_text(struct arena *mem, const json_t *object, const char *key, const char *none) {
    const json_t *member = json_object_get(object, key);
    size_t size = json_dumpb(member, NULL, 0, JSON_COMPACT);
    char *words = arena_alloc(mem, size + 1);
    json_dumpb(member, words, size, JSON_COMPACT);
    return member ? text_from(words, size) : text_of(none);
}

static void write_row(const struct request *request, struct json_writer *json, const struct sql_import_rows_row *row) {
    json_auto_t *detail = json_loadb(row->detail.data ? row->detail.data : "{}", row->detail.data ? row->detail.size : 2, 0, NULL);
    json_object_begin(json);
    json_put_int(json, "line", row->line);
    json_put_text(json, "state", row->state);
    json_put_raw(json, "cells", row->cells);
    json_put_id(json, "person", row->person_id.value);
    json_put_raw(json, "changes", member_text(request->mem, detail, "changes", "{}"));
    json_put_raw(json, "added", member_text(request->mem, detail, "added", "[]"));
    write_told(request, json, "left", detail);
    write_told(request, json, "errors", detail);
    json_object_end(json);
}

static bool read_page(struct request *request, int64_t import, struct text state, int64_t after, int64_t limit, struct sql_rows *ret, struct error *err) {
    const struct sql_import_rows all = {.import_id = import, .after = after, .limit = limit};
    const struct sql_import_rows_in some = {.import_id = import, .state = state, .after = after, .limit = limit};
    return state.data ? statement_rows(request->tx, request->mem, &statement_import_rows_in, &some, ret, err)
                      : statement_rows(request->tx, request->mem, &statement_import_rows, &all, ret, err);
}

bool get_people_import_rows(struct request *request, struct response *response, struct error *err) {
    const struct get_people_import_rows_query *in = request->query;
    const struct sql_import_by_id_row *import;
    struct json_writer *json = &response->json;
    struct sql_rows rows = {0};
    int64_t after = 0, limit = in->has_limit ? in->limit : 50;
    if (!find(request, &import, err)) return false;
    if (in->has_cursor && !text_to_int(in->cursor, &after)) return error_field(err, "cursor", "invalid", "is not the 'next' of a page");
    if (!read_page(request, import->import_id, in->state, after, limit + 1, &rows, err)) return false;
    const struct sql_import_rows_row *at = rows.at; /* both statements give the same columns */
    size_t shown = (int64_t)rows.count > limit ? (size_t)limit : rows.count;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < shown; i++) write_row(request, json, &at[i]);
    json_array_end(json);
    json_put_text(json, "next", shown < rows.count ? text_printf(request->mem, "%" PRId64, at[shown - 1].line) : (struct text){0});
    json_object_end(json);
    return true;
}

/* --- What was refused, as a table ------------------------------------------------------------------------------------------------ */

struct failures {
    const struct request *request;
    const struct sql_import_by_id_row *import;
    struct buffer *out;
    size_t columns;
};

static void add_cells(struct failures *failures, struct text cells) {
    json_auto_t *list = json_loadb(cells.data, cells.size, 0, NULL);
    size_t count = json_array_size(list);
    /* The reason stands below its head, unless a row has cells of its own there. */
    for (size_t i = 0; i < count || i < failures->columns; i++) {
        const json_t *cell = json_array_get(list, i);
        csv_add(failures->out, csv_unescape(text_from(json_string_value(cell), json_string_length(cell))));
        buffer_add_text(failures->out, failures->import->delimiter);
    }
}

static struct text reason_of(const struct request *request, struct text detail) {
    json_auto_t *root = json_loadb(detail.data ? detail.data : "{}", detail.data ? detail.size : 2, 0, NULL);
    struct buffer out = {.mem = request->mem};
    size_t index;
    const json_t *one;
    json_array_foreach(json_object_get(root, "errors"), index, one) {
        const char *field = json_string_value(json_object_get(one, "field")), *code = json_string_value(json_object_get(one, "code"));
        const char *value = json_string_value(json_object_get(one, "value")), *words = code ? words_for(code, request->language) : NULL;
        const char *called = field ? words_for(arena_printf(request->mem, "import_%s", field), request->language) : NULL;
        int64_t line = json_integer_value(json_object_get(one, "line"));
        buffer_printf(&out, "%s%s%s%s", index ? "; " : "", called ? called : "", called ? ": " : "", words ? words : code ? code : "");
        if (value) buffer_printf(&out, " (%s)", value);
        if (line) buffer_printf(&out, " [%" PRId64 "]", line);
    }
    return buffer_text(&out);
}

static bool add_failure(const void *at, void *context, struct error *err) {
    struct failures *failures = context;
    const struct sql_import_rows_in_row *row = at;
    add_cells(failures, row->cells);
    csv_add(failures->out, reason_of(failures->request, row->detail));
    buffer_add_string(failures->out, "\r\n");
    return true;
}

static size_t count_columns(struct text header) {
    json_auto_t *list = json_loadb(header.data, header.size, 0, NULL);
    return json_array_size(list);
}

bool get_people_import_errors(struct request *request, struct response *response, struct error *err) {
    const struct sql_import_by_id_row *import;
    if (!find(request, &import, err)) return false;
    struct failures failures = {request, import, &response->body, count_columns(import->header)};
    const struct sql_import_rows_in in = {.import_id = import->import_id, .state = text_of("refused"), .limit = IMPORT_ROWS};
    buffer_add_string(&response->body, "\xEF\xBB\xBF");
    add_cells(&failures, import->header);
    csv_add(&response->body, text_of(words_for("import_reason", request->language)));
    buffer_add_string(&response->body, "\r\n");
    if (!statement_each(request->tx, &statement_import_rows_in, &in, add_failure, &failures, err)) return false;
    response->content_type = "text/csv; charset=utf-8";
    response_header(response, request, "Content-Disposition",
                    file_disposition(request->mem, false, text_printf(request->mem, "%s.csv", words_for("import_errors_file", request->language))));
    return true;
}

/* --- Beginning, and going on ------------------------------------------------------------------------------------------------------- */

static void record(struct request *request, const char *kind, int64_t import, struct text file_name) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "import", import);
    json_put_text(&json, "file", file_name);
    json_object_end(&json);
    event_record(request->tx, &(struct event){.kind = kind, .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .scope = "staff",
                                              .data = buffer_text(&out)});
}

bool post_people_imports(struct request *request, struct response *response, struct error *err) {
    const struct table *table = request->prepared;
    const struct sql_import_insert_row *made;
    const struct sql_import_insert in = {.staff_id = request->actor->staff, .file_name = table->file_name, .charset = table->charset,
                                         .delimiter = text_of(table->delimiter), .header = table->header, .columns = table->columns,
                                         .existing = text_of("fill"), .state = text_of(table->is_mapped ? "checking" : "mapping"),
                                         .created_at = request->tx->now};
    const struct sql_import_kept_row *kept;
    if (!sql_import_kept(request->tx, request->mem, &(struct sql_import_kept){.staff_id = in.staff_id}, &kept, err)) return false;
    if (kept->count >= IMPORTS_KEPT) return error_set_key(err, ERR_CONFLICT, "imports_kept", "there are %d imports already", IMPORTS_KEPT);
    if (!sql_import_insert(request->tx, request->mem, &in, &made, err)) return false;
    for (size_t i = 0; i < table->count; i++) {
        const struct sql_import_row_add row = {.import_id = made->import_id, .line = table->lines[i], .cells = table->rows[i]};
        if (!sql_import_row_add(request->tx, &row, NULL, err)) return false;
    }
    record(request, "person.import_loaded", made->import_id, table->file_name);
    response_created(response, request, "/api/v1/people/imports/%" PRId64, made->import_id);
    return write_import(request, &response->json, made->import_id, err);
}

static bool refuse_state(const char *key, struct error *err) {
    return error_set_key(err, ERR_CONFLICT, key, "the import is not at this point");
}

static bool read_columns(struct request *request, const struct sql_import_by_id_row *import, const struct json_list *wish, struct text *ret,
                         struct error *err) {
    const struct text *at = wish->at;
    enum target targets[IMPORT_COLUMNS];
    if (wish->count != count_columns(import->header)) return error_field(err, "columns", "column_count", "the file has another number of columns");
    for (size_t i = 0; i < wish->count; i++)
        if ((targets[i] = target_find(at[i])) == TARGETS) return error_field(err, "columns", "unknown", "there is no such field");
    *ret = columns_json(request->mem, targets, wish->count);
    return targets_check(targets, wish->count, err);
}

bool post_people_import_check(struct request *request, struct response *response, struct error *err) {
    const struct import_check *body = request->body;
    const struct sql_import_by_id_row *import;
    struct text columns;
    struct tx *tx = request->tx;
    if (!find_held(request, &import, err)) return false;
    int64_t id = import->import_id;
    if (text_is(import->state, "running") || text_is(import->state, "done") || text_is(import->state, "stopped")) return refuse_state("import_begun", err);
    if (!read_columns(request, import, &body->columns, &columns, err)) return false;
    const struct sql_import_set in = {.import_id = id, .columns = columns, .existing = body->has_existing ? body->existing : import->existing};
    return sql_import_set(tx, &in, NULL, err) && sql_import_rows_reset(tx, &(struct sql_import_rows_reset){.import_id = id}, NULL, err)
           && sql_import_keys_clear(tx, &(struct sql_import_keys_clear){.import_id = id}, NULL, err) && write_import(request, &response->json, id, err);
}

bool post_people_import_run(struct request *request, struct response *response, struct error *err) {
    const struct sql_import_by_id_row *import;
    if (!find_held(request, &import, err)) return false;
    if (!text_is(import->state, "checked")) return refuse_state("import_not_checked", err);
    const struct sql_import_move in = {.import_id = import->import_id, .from_state = import->state, .state = text_of("running")};
    record(request, "person.import_started", import->import_id, import->file_name);
    return sql_import_move(request->tx, &in, NULL, err) && write_import(request, &response->json, import->import_id, err);
}

bool post_people_import_stop(struct request *request, struct response *response, struct error *err) {
    const struct sql_import_by_id_row *import;
    struct tx *tx = request->tx;
    if (!find_held(request, &import, err)) return false;
    if (!text_is(import->state, "running")) return refuse_state("import_not_running", err);
    int64_t id = import->import_id;
    const struct sql_import_move in = {.import_id = id, .from_state = import->state, .state = text_of("stopped"), .finished_at = tx->now};
    record(request, "person.import_stopped", id, import->file_name);
    return sql_import_cancel_rows(tx, &(struct sql_import_cancel_rows){.import_id = id}, NULL, err) && sql_import_move(tx, &in, NULL, err)
           && write_import(request, &response->json, id, err);
}

/* Who was taken in stays. */
bool delete_people_import(struct request *request, struct response *response, struct error *err) {
    const struct sql_import_by_id_row *import;
    if (!find_held(request, &import, err)) return false;
    if (text_is(import->state, "running")) return refuse_state("import_runs", err);
    record(request, "person.import_dropped", import->import_id, import->file_name);
    response_none(response);
    return sql_import_delete(request->tx, &(struct sql_import_delete){.import_id = import->import_id}, NULL, err);
}
