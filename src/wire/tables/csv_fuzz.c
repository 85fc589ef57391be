/* What is read is written and read again: the same cells. */
#include "wire/tables/csv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect_same(struct arena *mem, const struct csv_row *row) {
    struct buffer out = {.mem = mem};
    struct csv_row again;
    for (size_t i = 0; i < row->count; i++) {
        buffer_add_string(&out, i ? "," : "");
        csv_add(&out, row->cells[i]);
    }
    struct csv_reader reader = csv_reader(buffer_text(&out), ',');
    reader.most_size = 0;
    if (csv_next(&reader, mem, &again) != CSV_ROW || again.count != row->count) abort();
    for (size_t i = 0; i < row->count; i++)
        if (!text_equal(csv_unescape(again.cells[i]), csv_unescape(row->cells[i]))) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text charset, text = csv_text(&mem, text_from((const char *)data, size), (struct text){0}, text_of("de"), &charset);
    struct csv_reader reader = csv_reader(text, 0);
    struct csv_row row;
    size_t before = 0;
    if (!text_is_utf8(text)) abort();
    while (csv_next(&reader, &mem, &row) == CSV_ROW) {
        if (row.line <= before || row.count == 0 || row.count > reader.most_cells) abort();
        before = row.line;
        expect_same(&mem, &row);
    }
    return 0;
}
