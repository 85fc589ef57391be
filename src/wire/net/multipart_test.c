#include "wire/net/multipart.h"

#include "tests/test.h"

static const char type[] = "multipart/form-data; boundary=\"x--y\"";

static bool reads(struct arena *mem, const char *body, struct form_parts *parts) {
    struct error err = {0};
    return multipart_read(mem, text_of(type), text_of(body), parts, &err);
}

TEST(a_form_is_read_part_by_part) {
    SCOPED(arena_free) struct arena mem = {0};
    struct form_parts parts = {0};
    EXPECT(reads(&mem, "--x--y\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\nana@example.org\r\n"
                      "--x--y\r\nContent-Type: text/plain\r\ncontent-disposition: FORM-DATA; name=\"file\"; filename=\"a %22b%22;c.txt\"\r\n\r\none\r\n--x\r\ntwo\r\n"
                      "--x--y\r\nContent-Disposition: form-data; name=nothing\r\n\r\n\r\n--x--y--\r\n", &parts));
    EXPECT_INT(parts.count, 3);
    EXPECT_TEXT(parts.at[0].name, "email");
    EXPECT_TEXT(parts.at[0].bytes, "ana@example.org");
    EXPECT(!parts.at[0].is_file && parts.at[1].is_file);
    EXPECT_TEXT(parts.at[1].file_name, "a \"b\";c.txt");
    EXPECT_TEXT(parts.at[1].bytes, "one\r\n--x\r\ntwo");
    EXPECT_TEXT(parts.at[2].name, "nothing");
    EXPECT_TEXT(parts.at[2].bytes, "");
}

TEST(a_form_without_parts_is_one) {
    SCOPED(arena_free) struct arena mem = {0};
    struct form_parts parts = {0};
    EXPECT(reads(&mem, "--x--y--\r\n", &parts));
    EXPECT_INT(parts.count, 0);
}

TEST(a_part_whose_blank_line_is_the_delimiter_is_empty) {
    SCOPED(arena_free) struct arena mem = {0};
    struct form_parts parts = {0};
    EXPECT(reads(&mem, "--x--y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n--x--y--", &parts));
    EXPECT_INT(parts.count, 1);
    EXPECT_TEXT(parts.at[0].bytes, "");
}

TEST(what_is_no_whole_form_is_refused) {
    static const char *const broken[] = {
        "", "x", "--x--y", "--x--y\r\n", "--x--yz", "--x--y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nno end",
        "--x--y\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--y--", "--x--y\r\nX: y\r\n\r\nx\r\n--x--y--",
        "--x--y\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--x--y--", "--x--y\r\nContent-Disposition: form-data; name=\"a\"\r\nx\r\n--x--y--",
    };
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        SCOPED(arena_free) struct arena mem = {0};
        struct form_parts parts = {0};
        struct error err = {0};
        EXPECT(!multipart_read(&mem, text_of(type), text_of(broken[i]), &parts, &err));
        EXPECT_INT(err.code, ERR_MALFORMED);
    }
}

TEST(only_a_form_with_a_boundary_is_taken) {
    SCOPED(arena_free) struct arena mem = {0};
    struct form_parts parts = {0};
    struct error err = {0};
    EXPECT(!multipart_read(&mem, text_of("application/json"), text_of("{}"), &parts, &err));
    EXPECT_INT(err.code, ERR_MEDIA_TYPE);
    EXPECT(!multipart_read(&mem, text_of("multipart/form-data"), text_of("--\r\n"), &parts, &err));
    EXPECT_INT(err.code, ERR_MALFORMED);
}
