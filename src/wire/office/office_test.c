#include "tests/test.h"
#include "wire/office/office.h"

#include <archive.h>
#include <archive_entry.h>

#define WORD "<w:document xmlns:w=\"w\"><w:body>%s</w:body></w:document>"

/* A container with one part. */
static struct text packed(struct arena *mem, const char *name, struct text body) {
    size_t used = 0, room = body.size + 4096;
    char *out = arena_alloc(mem, room);
    struct archive *archive = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    archive_write_set_format_zip(archive);
    EXPECT(archive_write_open_memory(archive, out, room, &used) == ARCHIVE_OK);
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, (la_int64_t)body.size);
    EXPECT(archive_write_header(archive, entry) == ARCHIVE_OK && archive_write_data(archive, body.data, body.size) == (la_ssize_t)body.size);
    archive_entry_free(entry);
    archive_write_close(archive);
    archive_write_free(archive);
    return text_from(out, used);
}

static enum office_end end_of(struct arena *mem, const char *name, struct text body, struct text *ret_text) {
    return office_text(mem, packed(mem, name, body), 100, ret_text);
}

TEST(words_of_each_kind_are_read_and_instructions_are_not) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text text, word = text_printf(&mem, WORD, "<w:p><w:instrText>PAGE</w:instrText><w:t>Zwetschge &amp; Co</w:t></w:p><w:p><w:t>zwei</w:t></w:p>");
    EXPECT(end_of(&mem, "word/document.xml", word, &text) == OFFICE_READ);
    EXPECT(text_is(text, "Zwetschge & Co\nzwei\n"));
    EXPECT(end_of(&mem, "content.xml", text_of("<a><p>eins<tab/>zwei</p></a>"), &text) == OFFICE_READ);
    EXPECT(text_is(text, "eins\nzwei\n"));
    EXPECT(end_of(&mem, "xl/sharedStrings.xml", text_of("<sst><si><t>A</t></si><si><t>B</t></si></sst>"), &text) == OFFICE_READ);
    EXPECT(text_is(text, "A\nB\n"));
}

TEST(what_is_no_document_is_damaged) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text text, whole = packed(&mem, "word/document.xml", text_printf(&mem, WORD, "<w:t>a</w:t>"));
    EXPECT(end_of(&mem, "other.xml", text_of("<a/>"), &text) == OFFICE_DAMAGED);
    EXPECT(end_of(&mem, "content.xml", text_of("<a><b></a>"), &text) == OFFICE_DAMAGED);
    EXPECT(end_of(&mem, "content.xml", text_of("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"), &text) == OFFICE_DAMAGED);
    EXPECT(text_empty(text));
    EXPECT(office_text(&mem, text_slice(whole, 0, whole.size / 2), 100, &text) == OFFICE_DAMAGED);
    EXPECT(office_text(&mem, text_of(""), 100, &text) == OFFICE_DAMAGED);
}

TEST(what_unpacks_to_too_much_is_left_and_a_long_text_is_cut) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer body = {.mem = &mem};
    struct text text;
    buffer_add_string(&body, "<a><p>\xC3\xA4");
    for (int i = 0; i < 60; i++) buffer_add_string(&body, "\xC3\xA4");
    buffer_add_string(&body, "</p></a>");
    EXPECT(end_of(&mem, "content.xml", buffer_text(&body), &text) == OFFICE_READ && text.size == 100 && text_is_utf8(text));
    body = (struct buffer){.mem = &mem};
    buffer_add_string(&body, "<a xmlns=\"a\">");
    while (body.size <= OFFICE_UNPACKED) buffer_add_string(&body, "<b>                                                                      </b>");
    EXPECT(end_of(&mem, "word/document.xml", buffer_text(&body), &text) == OFFICE_TOO_LARGE);
}

TEST(plain_text_is_what_its_bytes_say) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT(text_is(plain_text(&mem, text_of("Gr\xC3\xBC\xC3\x9F" "e"), 100), "Gr\xC3\xBC\xC3\x9F" "e"));
    EXPECT(text_is(plain_text(&mem, text_of("Gr\xFC\xDF" "e \x80"), 100), "Gr\xC3\xBC\xC3\x9F" "e \xE2\x82\xAC"));
    EXPECT(text_is(plain_text(&mem, text_from("\xFF\xFEG\0\xFC\0\x3D\xD8\x00\xDE", 10), 100), "G\xC3\xBC\xF0\x9F\x98\x80"));
    EXPECT(text_is(plain_text(&mem, text_from("\xFE\xFF\0G\0\xFC", 6), 100), "G\xC3\xBC"));
    EXPECT(text_is(plain_text(&mem, text_from("a\0b", 3), 100), "ab"));
    EXPECT(text_is(plain_text(&mem, text_of("a\xC3\xA4"), 2), "a"));
}
