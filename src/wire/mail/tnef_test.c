#include "wire/mail/tnef.h"

#include "tests/test.h"

/* --- A small writer of TNEF -------------------------------------------------------------------------------------- */

struct writer {
    struct buffer out;
};

static void put(struct buffer *out, uint32_t number, size_t size) {
    for (size_t i = 0; i < size; i++) buffer_add_char(out, (char)(number >> 8 * i & 0xFF));
}

static struct buffer stream_begin(struct arena *mem) {
    struct buffer out = {.mem = mem};
    put(&out, 0x223E9F78, 4);
    put(&out, 1, 2);
    return out;
}

static void attribute(struct buffer *out, unsigned level, uint32_t id, struct text data) {
    uint32_t sum = 0;
    for (size_t i = 0; i < data.size; i++) sum += (unsigned char)data.data[i];
    put(out, level, 1);
    put(out, id, 4);
    put(out, (uint32_t)data.size, 4);
    buffer_add_text(out, data);
    put(out, sum & 0xFFFF, 2);
}

static void codepage(struct buffer *out, uint32_t page) {
    char data[8] = {(char)(page & 0xFF), (char)(page >> 8 & 0xFF)};
    attribute(out, 1, 0x00069007, text_from(data, 8));
}

static void file_begin(struct buffer *out) {
    static const char renddata[14] = {1};
    attribute(out, 2, 0x00069002, text_from(renddata, sizeof renddata));
}

static struct writer properties_begin(struct arena *mem, uint32_t count) {
    struct writer writer = {.out = {.mem = mem}};
    put(&writer.out, count, 4);
    return writer;
}

static void padded(struct buffer *out, struct text data) {
    buffer_add_text(out, data);
    for (size_t size = data.size; size % 4; size++) buffer_add_char(out, 0);
}

static void tag(struct writer *writer, unsigned type, unsigned id) {
    put(&writer->out, type, 2);
    put(&writer->out, id, 2);
}

static void value(struct writer *writer, struct text data) {
    put(&writer->out, (uint32_t)data.size, 4);
    padded(&writer->out, data);
}

static void property(struct writer *writer, unsigned type, unsigned id, struct text data) {
    tag(writer, type, id);
    put(&writer->out, 1, 4);
    value(writer, data);
}

static void number(struct writer *writer, unsigned type, unsigned id, uint32_t low, size_t size) {
    tag(writer, type, id);
    put(&writer->out, low, 4);
    for (size_t i = 4; i < size; i++) buffer_add_char(&writer->out, 0);
}

/* ASCII and a few more as UTF-16, with the NUL that Outlook writes. */
static struct text wide(struct arena *mem, const char *utf8) {
    struct buffer out = {.mem = mem};
    struct text t = text_of(utf8);
    for (size_t at = 0; at < t.size;) {
        uint32_t rune = text_rune(t, &at);
        if (rune >= 0x10000) put(&out, 0xD800 + ((rune - 0x10000) >> 10), 2);
        put(&out, rune >= 0x10000 ? 0xDC00 + ((rune - 0x10000) & 0x3FF) : rune, 2);
    }
    put(&out, 0, 2);
    return buffer_text(&out);
}

static struct tnef reread(struct arena *mem, struct buffer *out) {
    struct tnef tnef = {0};
    EXPECT(tnef_read(mem, buffer_text(out), &tnef));
    return tnef;
}

/* A letter as Outlook writes it: code page, words in two forms, a named picture and a plain file. */
static struct text outlook(struct arena *mem) {
    struct buffer out = stream_begin(mem);
    codepage(&out, 1252);
    struct writer mine = properties_begin(mem, 4);
    number(&mine, 0x0003, 0x3FDE, 65001, 4);
    property(&mine, 0x001F, 0x1000, wide(mem, "Grüße aus Köln 😀"));
    property(&mine, 0x0102, 0x1013, text_of("<p>Grüße</p>"));
    number(&mine, 0x0040, 0x0039, 7, 8);
    attribute(&out, 1, 0x00069003, buffer_text(&mine.out));
    file_begin(&out);
    attribute(&out, 2, 0x00018010, text_from("BILD~1.PNG\0", 11));
    attribute(&out, 2, 0x0006800F, text_of("\x89PNG picture"));
    struct writer picture = properties_begin(mem, 3);
    property(&picture, 0x001F, 0x3707, wide(mem, "Bild größer.png"));
    property(&picture, 0x001E, 0x370E, text_from("Image/PNG\0", 10));
    property(&picture, 0x001E, 0x3712, text_from("<pic@1>\0", 8));
    attribute(&out, 2, 0x00069005, buffer_text(&picture.out));
    file_begin(&out);
    attribute(&out, 2, 0x00018010, text_from("Z\xe4hler.txt\0", 11));
    attribute(&out, 2, 0x0006800F, text_of("4711"));
    return buffer_text(&out);
}

/* --- Tests ------------------------------------------------------------------------------------------------------- */

TEST(what_is_no_tnef_is_refused) {
    SCOPED(arena_free) struct arena mem = {0};
    struct tnef tnef = {.file_count = 77};
    EXPECT(!tnef_read(&mem, text_of(""), &tnef));
    EXPECT(!tnef_read(&mem, text_of("\x78\x9f\x3e\x22"), &tnef));
    EXPECT(!tnef_read(&mem, text_of("Dear Sir or Madam"), &tnef));
    EXPECT_INT(tnef.file_count, 77);
}

TEST(a_letter_of_outlook_is_read_whole) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text bytes = outlook(&mem);
    struct tnef tnef = {0};
    EXPECT(tnef_read(&mem, bytes, &tnef));
    EXPECT_TEXT(tnef.text, "Grüße aus Köln 😀");
    EXPECT_TEXT(tnef.html, "<p>Grüße</p>");
    EXPECT_INT(tnef.file_count, 2);
    EXPECT_TEXT(tnef.files[0].name, "Bild größer.png");
    EXPECT_TEXT(tnef.files[0].media_type, "image/png");
    EXPECT_TEXT(tnef.files[0].content_id, "pic@1");
    EXPECT_TEXT(tnef.files[0].bytes, "\x89PNG picture");
    EXPECT(tnef.files[0].is_inline && !tnef.files[1].is_inline);
    EXPECT_TEXT(tnef.files[1].name, "Zähler.txt");
    EXPECT_TEXT(tnef.files[1].media_type, "application/octet-stream");
    EXPECT_TEXT(tnef.files[1].content_id, "");
}

TEST(bytes_of_files_are_not_copied) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text bytes = outlook(&mem);
    struct tnef tnef = {0};
    EXPECT(tnef_read(&mem, bytes, &tnef));
    EXPECT(tnef.files[0].bytes.data > bytes.data && tnef.files[0].bytes.data < bytes.data + bytes.size);
}

TEST(a_letter_cut_anywhere_gives_what_came_before) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text bytes = outlook(&mem);
    size_t files = 0;
    for (size_t size = 0; size < bytes.size; size++) {
        SCOPED(arena_free) struct arena each = {0};
        struct text cut = text_from(arena_alloc(&each, size), size);
        if (size) memcpy((char *)cut.data, bytes.data, size);
        struct tnef tnef = {0};
        EXPECT(tnef_read(&each, cut, &tnef) == (size >= 6));
        EXPECT(tnef.file_count >= files);
        files = tnef.file_count;
    }
    EXPECT_INT(files, 2);
}

TEST(any_flipped_byte_is_survived) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text bytes = outlook(&mem);
    char *changed = text_string(&mem, bytes);
    for (size_t i = 6; i < bytes.size; i++) {
        SCOPED(arena_free) struct arena each = {0};
        struct tnef tnef = {0};
        changed[i] = (char)(bytes.data[i] ^ 0xFF);
        EXPECT(tnef_read(&each, text_from(changed, bytes.size), &tnef));
        EXPECT(text_is_utf8(tnef.text) && text_is_utf8(tnef.html));
        changed[i] = bytes.data[i];
    }
}

TEST(eight_bit_words_follow_the_code_page) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = stream_begin(&mem);
    codepage(&out, 1251);
    attribute(&out, 1, 0x0002800C, text_from("\xcf\xf0\xe8\xe2\xe5\xf2\0", 7));
    EXPECT_TEXT(reread(&mem, &out).text, "Привет");
}

TEST(an_unknown_code_page_is_read_as_western) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = stream_begin(&mem);
    codepage(&out, 4242);
    attribute(&out, 1, 0x0002800C, text_from("Gr\xfc\xdf" "e\0", 6));
    EXPECT_TEXT(reread(&mem, &out).text, "Grüße");
}

TEST(named_and_many_valued_properties_are_passed_over) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = stream_begin(&mem);
    struct writer mine = properties_begin(&mem, 7);
    static const char guid[16] = "0123456789abcde";
    tag(&mine, 0x0003, 0x8001); /* named by number */
    buffer_add(&mine.out, guid, 16);
    put(&mine.out, 0, 4), put(&mine.out, 99, 4), put(&mine.out, 5, 4);
    tag(&mine, 0x001F, 0x8002); /* named by a name that needs filling */
    buffer_add(&mine.out, guid, 16);
    put(&mine.out, 1, 4);
    value(&mine, wide(&mem, "Keywords"));
    put(&mine.out, 1, 4);
    value(&mine, wide(&mem, "x"));
    tag(&mine, 0x1002, 0x6001); /* two small numbers, each filled up */
    put(&mine.out, 2, 4), put(&mine.out, 1, 4), put(&mine.out, 2, 4);
    tag(&mine, 0x101E, 0x6002); /* three words */
    put(&mine.out, 3, 4);
    value(&mine, text_of("one")), value(&mine, text_of("two")), value(&mine, text_of("three"));
    tag(&mine, 0x1102, 0x6003); /* none at all */
    put(&mine.out, 0, 4);
    number(&mine, 0x000B, 0x0E1B, 1, 4);
    property(&mine, 0x001F, 0x1000, wide(&mem, "behind them"));
    attribute(&out, 1, 0x00069003, buffer_text(&mine.out));
    EXPECT_TEXT(reread(&mem, &out).text, "behind them");
}

TEST(absurd_counts_end_at_the_data) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = stream_begin(&mem);
    struct writer mine = properties_begin(&mem, 0xFFFFFFFF);
    property(&mine, 0x001F, 0x1000, wide(&mem, "first"));
    tag(&mine, 0x101E, 0x6002);
    put(&mine.out, 0xFFFFFFFF, 4);
    attribute(&out, 1, 0x00069003, buffer_text(&mine.out));
    EXPECT_TEXT(reread(&mem, &out).text, "first");
}

TEST(the_best_name_wins_in_any_order) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = stream_begin(&mem);
    file_begin(&out);
    struct writer file = properties_begin(&mem, 3);
    property(&file, 0x001E, 0x3707, text_from("A long name.docx\0", 17));
    property(&file, 0x001E, 0x3704, text_from("ALONGN~1.DOC\0", 13));
    property(&file, 0x001E, 0x3001, text_from("shown\0", 6));
    attribute(&out, 2, 0x00069005, buffer_text(&file.out));
    attribute(&out, 2, 0x00018010, text_from("ALONGN~1.DOC\0", 13));
    attribute(&out, 2, 0x0006800F, text_of("d"));
    struct tnef tnef = reread(&mem, &out);
    EXPECT_INT(tnef.file_count, 1);
    EXPECT_TEXT(tnef.files[0].name, "A long name.docx");
}

TEST(a_bad_media_type_is_not_passed_on) {
    SCOPED(arena_free) struct arena mem = {0};
    static const char *const types[] = {"text", "text/html\r\nX: y", "/", "a/b/c", "", "te xt/html"};
    struct buffer out = stream_begin(&mem);
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct writer file = properties_begin(&mem, 1);
        property(&file, 0x001E, 0x370E, text_of(types[i]));
        file_begin(&out);
        attribute(&out, 2, 0x00069005, buffer_text(&file.out));
        attribute(&out, 2, 0x0006800F, text_of("d"));
    }
    struct tnef tnef = reread(&mem, &out);
    EXPECT_INT(tnef.file_count, COUNT_OF(types));
    for (size_t i = 0; i < tnef.file_count; i++) EXPECT_TEXT(tnef.files[i].media_type, "application/octet-stream");
}

TEST(files_without_bytes_are_no_files) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = stream_begin(&mem);
    file_begin(&out);
    attribute(&out, 2, 0x00018010, text_of("lost.txt"));
    file_begin(&out);
    attribute(&out, 2, 0x0006800F, text_of(""));
    struct tnef tnef = reread(&mem, &out);
    EXPECT_INT(tnef.file_count, 1);
    EXPECT_INT(tnef.files[0].bytes.size, 0);
}

TEST(two_hundred_files_are_enough) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = stream_begin(&mem);
    for (int i = 0; i < 300; i++) {
        file_begin(&out);
        attribute(&out, 2, 0x0006800F, text_of("x"));
    }
    EXPECT_INT(reread(&mem, &out).file_count, 200);
}

static void rtf_letter(struct buffer *out, const char *kind, uint32_t size, struct text packed, struct arena *mem) {
    struct writer mine = properties_begin(mem, 1);
    struct buffer rtf = {.mem = mem};
    put(&rtf, (uint32_t)packed.size + 12, 4);
    put(&rtf, size, 4);
    buffer_add_string(&rtf, kind);
    put(&rtf, 0, 4);
    buffer_add_text(&rtf, packed);
    property(&mine, 0x0102, 0x1009, buffer_text(&rtf));
    attribute(out, 1, 0x00069003, buffer_text(&mine.out));
}

/* The example of [MS-OXRTFCP] 4.1: references to the words all begin with, and to its own text. */
static const char packed_hello[] =
    "\x03\x00\x0a\x00\x72\x63\x70\x67\x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c"
    "\x64\x7d\x0a\x80\x0f\xa0";

TEST(compressed_rtf_becomes_a_file_when_there_is_nothing_else) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = stream_begin(&mem);
    rtf_letter(&out, "LZFu", 0x2b, text_from(packed_hello, sizeof packed_hello - 1), &mem);
    struct tnef tnef = reread(&mem, &out);
    EXPECT_INT(tnef.file_count, 1);
    EXPECT_TEXT(tnef.files[0].name, "message.rtf");
    EXPECT_TEXT(tnef.files[0].media_type, "application/rtf");
    EXPECT_TEXT(tnef.files[0].bytes, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
}

/* A reference may reach into what it is itself writing: [MS-OXRTFCP] 4.1.2. */
TEST(rtf_that_repeats_itself_is_expanded) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = stream_begin(&mem);
    static const char packed[] = "\x41\x00\x04\x20\x57\x58\x59\x5a\x0d\x6e\x7d\x01\x0e\xb0";
    rtf_letter(&out, "LZFu", 0x1c, text_from(packed, sizeof packed - 1), &mem);
    struct tnef tnef = reread(&mem, &out);
    EXPECT_INT(tnef.file_count, 1);
    EXPECT_TEXT(tnef.files[0].bytes, "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
}

TEST(stored_rtf_is_taken_as_it_is_and_other_kinds_are_not) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = stream_begin(&mem), other = stream_begin(&mem);
    rtf_letter(&out, "MELA", 6, text_of("{\\rtf}and more"), &mem);
    rtf_letter(&other, "WHAT", 6, text_of("{\\rtf}"), &mem);
    EXPECT_TEXT(reread(&mem, &out).files[0].bytes, "{\\rtf}");
    EXPECT_INT(reread(&mem, &other).file_count, 0);
}

TEST(rtf_beside_words_is_left_out) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = stream_begin(&mem);
    rtf_letter(&out, "MELA", 6, text_of("{\\rtf}"), &mem);
    attribute(&out, 1, 0x0002800C, text_of("words"));
    struct tnef tnef = reread(&mem, &out);
    EXPECT_INT(tnef.file_count, 0);
    EXPECT_TEXT(tnef.text, "words");
}

static void object_add(struct arena *mem, struct buffer *out, const char *name, struct text content) {
    struct buffer object = {.mem = mem};
    static const char guid[16] = "\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0";
    struct writer file = properties_begin(mem, 2);
    buffer_add(&object, guid, 16);
    buffer_add_text(&object, content);
    property(&file, 0x001E, 0x3001, text_of(name));
    property(&file, 0x000D, 0x3701, buffer_text(&object));
    file_begin(out);
    attribute(out, 2, 0x00069005, buffer_text(&file.out));
}

TEST(a_letter_inside_gives_its_words_and_files) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = stream_begin(&mem);
    object_add(&mem, &out, "Re: Invoice", outlook(&mem));
    object_add(&mem, &out, "Sheet", text_of("storage"));
    struct tnef tnef = reread(&mem, &out);
    EXPECT_INT(tnef.file_count, 4);
    EXPECT_TEXT(tnef.files[0].name, "Bild größer.png");
    EXPECT_TEXT(tnef.files[2].name, "Re: Invoice.html");
    EXPECT_TEXT(tnef.files[2].bytes, "<p>Grüße</p>");
    EXPECT_TEXT(tnef.files[3].name, "Sheet");
    EXPECT_TEXT(tnef.files[3].bytes, "storage");
}

TEST(letters_inside_letters_end_somewhere) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text inner = outlook(&mem);
    for (int i = 0; i < 12; i++) {
        struct buffer out = stream_begin(&mem);
        object_add(&mem, &out, "inner", inner);
        inner = buffer_text(&out);
    }
    struct tnef tnef = {0};
    EXPECT(tnef_read(&mem, inner, &tnef));
    EXPECT_INT(tnef.file_count, 1);
    EXPECT(text_starts(tnef.files[0].bytes, "\x78\x9f\x3e\x22"));
}
