/* csv.h - tables as programs hand them on: RFC 4180, with the liberties that spreadsheets take.
 *
 * Cells are parted by a comma, a semicolon or a tab, lines end with CRLF, LF or CR, and a quote inside a cell without quotes stands for
 * itself. Nothing here does input or output. */
#ifndef THEKE_WIRE_TABLES_CSV_H
#define THEKE_WIRE_TABLES_CSV_H

#include "base/text.h"

/* The bytes of a file as UTF-8, and the name of the charset that they were read in. charset: as it is known to iconv; no text: told from
 * the bytes, and where these say nothing the one-byte charset of the language. */
struct text csv_text(struct arena *mem, struct text bytes, struct text charset, struct text language, struct text *ret_charset);

struct csv_reader {
    struct text rest;
    char delimiter;
    size_t line;                  /* of the file, from 1, at which the rest begins */
    size_t most_cells, most_size; /* of a row and of a cell, in bytes */
};

struct csv_row {
    size_t line, count;           /* the line at which it begins */
    const struct text *cells;
};

enum csv_result {
    CSV_ROW,
    CSV_END,
    CSV_UNCLOSED,                 /* a quote that nothing closes: what follows it can't be told apart */
    CSV_TOO_MANY_CELLS,
    CSV_TOO_LONG,                 /* a cell */
};

/* delimiter: what parts the cells; 0: the sign that stands in the first line most often outside of quotes, or that a first line "sep=;"
 * names, which is no row. */
struct csv_reader csv_reader(struct text text, char delimiter);

/* The next row that is not empty. After anything but CSV_ROW there is nothing more to read; row->line is then where it stopped. */
enum csv_result csv_next(struct csv_reader *reader, struct arena *mem, struct csv_row *ret_row);

/* Appends one cell in quotes. What a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection). */
void csv_add(struct buffer *out, struct text cell);

/* Without the apostrophe that csv_add put in front. */
struct text csv_unescape(struct text cell);

#endif
