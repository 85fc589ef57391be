#include "wire/tables/csv.h"

#include "wire/mail/charset.h"

enum { CELLS = 200, CELL_SIZE = 100000 };

/* --- Bytes ---------------------------------------------------------------------------------------------------------------- */

struct text csv_text(struct arena *mem, struct text bytes, struct text charset, struct text language, struct text *ret_charset) {
    if (text_starts(bytes, "\xEF\xBB\xBF")) {
        *ret_charset = text_of("utf-8");
        return text_make_utf8(mem, text_skip(bytes, 3));
    }
    if (text_starts(bytes, "\xFF\xFE") || text_starts(bytes, "\xFE\xFF")) {
        *ret_charset = text_of(bytes.data[0] == '\xFF' ? "utf-16le" : "utf-16be");
        return charset_to_utf8(mem, *ret_charset, text_skip(bytes, 2));
    }
    if (charset.data) *ret_charset = charset;
    else if (text_is_utf8(bytes)) *ret_charset = text_of("utf-8");
    else *ret_charset = text_of(text_is(language, "hu") ? "windows-1250" : "windows-1252");
    return charset_to_utf8(mem, *ret_charset, bytes);
}

/* --- What parts the cells ---------------------------------------------------------------------------------------------------- */

static const char delimiters[] = ",;\t";

static char guess(struct text text) {
    size_t counts[sizeof delimiters - 1] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '\n' || c == '\r') break;
        for (size_t k = 0; k < COUNT_OF(counts); k++) counts[k] += c == delimiters[k];
    }
    for (size_t k = 1; k < COUNT_OF(counts); k++)
        if (counts[k] > counts[best]) best = k;
    return delimiters[best];
}

/* As Excel writes it: "sep=;" and nothing else. */
static bool takes_said(struct csv_reader *reader, char *ret) {
    struct text rest = reader->rest, line;
    if (!text_next_line(&rest, &line) || line.size != 5 || !text_starts_nocase(line, "sep=") || !strchr(delimiters, line.data[4])) return false;
    *ret = line.data[4];
    reader->rest = rest;
    reader->line++;
    return true;
}

/* --- Reading ----------------------------------------------------------------------------------------------------------------- */

struct csv_reader csv_reader(struct text text, char delimiter) {
    struct csv_reader reader = {.rest = text, .line = 1, .most_cells = CELLS, .most_size = CELL_SIZE};
    char said = 0;
    if (!takes_said(&reader, &said)) said = guess(text);
    reader.delimiter = delimiter ? delimiter : said;
    return reader;
}

static bool is_break(char c) {
    return c == '\n' || c == '\r';
}

/* Takes a CRLF, LF or CR off. */
static void take_break(struct csv_reader *reader) {
    reader->rest = text_skip(reader->rest, text_starts(reader->rest, "\r\n") ? 2 : 1);
    reader->line++;
}

/* Up to the quote that closes it; two of them are one. A line break inside stays, as LF. */
static bool take_quoted(struct csv_reader *reader, struct buffer *out) {
    struct text rest = text_skip(reader->rest, 1);
    size_t i = 0;
    for (; i < rest.size; i++) {
        char c = rest.data[i];
        bool doubled = c == '"' && i + 1 < rest.size && rest.data[i + 1] == '"';
        if (c == '"' && !doubled) break;
        bool is_crlf = c == '\r' && i + 1 < rest.size && rest.data[i + 1] == '\n';
        if (doubled || is_crlf) i++;
        if (is_break(c)) reader->line++;
        buffer_add_char(out, is_break(c) ? '\n' : c);
    }
    reader->rest = text_skip(rest, i + 1);
    return i < rest.size;
}

static bool ends_cell(const struct csv_reader *reader) {
    return text_empty(reader->rest) || reader->rest.data[0] == reader->delimiter || is_break(reader->rest.data[0]);
}

static enum csv_result take_cell(struct csv_reader *reader, struct arena *mem, struct text *ret) {
    struct buffer out = {.mem = mem, .limit = reader->most_size};
    struct text rest = reader->rest;
    size_t size = 0;
    if (text_starts(rest, "\"") && !take_quoted(reader, &out)) return out.failed ? CSV_TOO_LONG : CSV_UNCLOSED;
    rest = reader->rest;
    /* What follows a closing quote belongs to the cell as well. */
    while (size < rest.size && rest.data[size] != reader->delimiter && !is_break(rest.data[size])) size++;
    reader->rest = text_skip(rest, size);
    buffer_add(&out, rest.data, size);
    *ret = buffer_text(&out);
    return out.failed ? CSV_TOO_LONG : CSV_ROW;
}

static enum csv_result take_row(struct csv_reader *reader, struct arena *mem, struct csv_row *row) {
    struct text *cells = arena_array(mem, reader->most_cells, sizeof *cells);
    row->cells = cells;
    for (;;) {
        if (row->count == reader->most_cells) return CSV_TOO_MANY_CELLS;
        enum csv_result result = take_cell(reader, mem, &cells[row->count++]);
        if (result != CSV_ROW) return result;
        if (ends_cell(reader) && (text_empty(reader->rest) || is_break(reader->rest.data[0]))) return CSV_ROW;
        reader->rest = text_skip(reader->rest, 1);
    }
}

static bool is_empty(const struct csv_row *row) {
    for (size_t i = 0; i < row->count; i++)
        if (!text_empty(text_trim(row->cells[i]))) return false;
    return true;
}

enum csv_result csv_next(struct csv_reader *reader, struct arena *mem, struct csv_row *ret_row) {
    while (!text_empty(reader->rest)) {
        *ret_row = (struct csv_row){.line = reader->line};
        enum csv_result result = take_row(reader, mem, ret_row);
        if (result != CSV_ROW) {
            reader->rest = (struct text){0};
            return result;
        }
        if (!text_empty(reader->rest)) take_break(reader);
        if (!is_empty(ret_row)) return CSV_ROW;
    }
    ret_row->line = reader->line;
    return CSV_END;
}

/* --- Writing ----------------------------------------------------------------------------------------------------------------- */

static bool is_formula(struct text text) {
    return text.size && text.data[0] && strchr("=+-@\t\r\n", text.data[0]);
}

void csv_add(struct buffer *out, struct text cell) {
    buffer_add_string(out, is_formula(cell) ? "\"'" : "\"");
    for (size_t i = 0; i < cell.size; i++) buffer_add(out, cell.data[i] == '"' ? "\"\"" : &cell.data[i], cell.data[i] == '"' ? 2 : 1);
    buffer_add_string(out, "\"");
}

struct text csv_unescape(struct text cell) {
    return text_starts(cell, "'") && is_formula(text_skip(cell, 1)) ? text_skip(cell, 1) : cell;
}
