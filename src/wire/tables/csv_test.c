#include "tests/test.h"
#include "wire/tables/csv.h"

/* The rows as "line:cell|cell/line:cell", and how reading ended. */
static struct text read_all(struct arena *mem, const char *written, char delimiter, enum csv_result *ret_end) {
    struct csv_reader reader = csv_reader(text_of(written), delimiter);
    struct buffer out = {.mem = mem};
    struct csv_row row;
    reader.most_cells = 4;
    reader.most_size = 20;
    while ((*ret_end = csv_next(&reader, mem, &row)) == CSV_ROW) {
        buffer_printf(&out, "%s%zu:", out.size ? "/" : "", row.line);
        for (size_t i = 0; i < row.count; i++) buffer_printf(&out, "%s%.*s", i ? "|" : "", (int)row.cells[i].size, row.cells[i].data);
    }
    return buffer_text(&out);
}

static void expect_rows(const char *written, char delimiter, const char *rows, enum csv_result end) {
    SCOPED(arena_free) struct arena mem = {0};
    enum csv_result got;
    EXPECT_TEXT(read_all(&mem, written, delimiter, &got), rows);
    EXPECT_INT(got, end);
}

TEST(rows_end_as_programs_end_them) {
    expect_rows("a,b\r\nc,d\r\n", ',', "1:a|b/2:c|d", CSV_END);
    expect_rows("a;b\nc;d", ';', "1:a|b/2:c|d", CSV_END);
    expect_rows("a\tb\rc\td\r", '\t', "1:a|b/2:c|d", CSV_END);
    expect_rows("\n\na,\n , \n,b\n", ',', "3:a|/5:|b", CSV_END);
    expect_rows("", ',', "", CSV_END);
}

TEST(quotes_hold_what_would_part) {
    expect_rows("\"a,b\",\"c\"\"d\"\n", ',', "1:a,b|c\"d", CSV_END);
    expect_rows("\"two\r\nlines\",x\ny,z\n", ',', "1:two\nlines|x/3:y|z", CSV_END);
    expect_rows("a \"b\" c,\"d\" e\n", ',', "1:a \"b\" c|d e", CSV_END);
    expect_rows("\"\",\"\"\"\"\n", ',', "1:|\"", CSV_END);
}

TEST(what_can_not_be_read_says_so) {
    expect_rows("a,b\n\"c,d\ne\n", ',', "1:a|b", CSV_UNCLOSED);
    expect_rows("a,b,c,d\n1,2,3,4,5\n", ',', "1:a|b|c|d", CSV_TOO_MANY_CELLS);
    expect_rows("a\n123456789012345678901\n", ',', "1:a", CSV_TOO_LONG);
    expect_rows("\"123456789012345678901\"\n", ',', "", CSV_TOO_LONG);
}

static void expect_delimiter(const char *written, char delimiter, size_t line, const char *rest) {
    struct csv_reader reader = csv_reader(text_of(written), 0);
    EXPECT_INT(reader.delimiter, delimiter);
    EXPECT_INT(reader.line, line);
    EXPECT_TEXT(reader.rest, rest);
}

TEST(the_delimiter_is_told_by_the_first_line) {
    expect_delimiter("Name;\"a,b,c\";Ort\n,,,,,", ';', 1, "Name;\"a,b,c\";Ort\n,,,,,");
    expect_delimiter("Name\tOrt", '\t', 1, "Name\tOrt");
    expect_delimiter("Name", ',', 1, "Name");
    expect_delimiter("sep=;\r\na,b;c", ';', 2, "a,b;c");
    expect_delimiter("sep=;x\n", ';', 1, "sep=;x\n");
}

static void expect_text(const char *bytes, const char *charset, const char *language, const char *text, const char *found) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text name;
    EXPECT_TEXT(csv_text(&mem, text_of(bytes), text_of(charset), text_of(language), &name), text);
    EXPECT_TEXT(name, found);
}

TEST(bytes_become_utf_8) {
    expect_text("\xEF\xBB\xBFKov\xC3\xA1""cs", NULL, "de", "Kovács", "utf-8");
    expect_text("Kov\xC3\xA1""cs", NULL, "de", "Kovács", "utf-8");
    expect_text("M\xFCller \x80", NULL, "de", "Müller €", "windows-1252");
    expect_text("Sz\xF5ke", NULL, "hu", "Szőke", "windows-1250");
    expect_text("Sz\xF5ke", "windows-1250", "de", "Szőke", "windows-1250");
}

TEST(sixteen_bits_are_read_by_their_mark) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text name;
    EXPECT_TEXT(csv_text(&mem, text_from("\xFF\xFE" "a\0\xE9\0", 6), (struct text){0}, text_of("de"), &name), "aé");
    EXPECT_TEXT(name, "utf-16le");
}

TEST(a_formula_is_text_and_comes_back_as_it_was) {
    SCOPED(arena_free) struct arena mem = {0};
    static const char *const cells[] = {"=1+1", "+49 30 1234", "-5", "@SUM(A1)", "\tx", "a\"b", "", "it's", "'tis"};
    for (size_t i = 0; i < COUNT_OF(cells); i++) {
        struct buffer out = {.mem = &mem};
        csv_add(&out, text_of(cells[i]));
        EXPECT(!out.size || !strchr("=+-@\t", out.data[1]) || out.data[1] == 0);
        struct csv_reader reader = csv_reader(buffer_text(&out), ',');
        struct csv_row row;
        bool read = csv_next(&reader, &mem, &row) == CSV_ROW;
        EXPECT(read == (cells[i][0] != 0));
        if (read) EXPECT_TEXT(csv_unescape(row.cells[0]), cells[i]);
    }
}
