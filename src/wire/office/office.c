#include "wire/office/office.h"

#include <archive.h>
#include <archive_entry.h>
#include <libxml/parser.h>

/* The parts of a container that hold words. What has only_in keeps other things beside them, such as instructions of fields. */
static const struct part_kind {
    const char *beginning, *only_in;
} part_kinds[] = {
    {"word/document", "t"}, {"word/footnotes", "t"}, {"word/endnotes", "t"}, {"word/header", "t"}, {"word/footer", "t"},
    {"xl/sharedStrings", "t"}, {"ppt/slides/slide", "t"}, {"content.xml", NULL},
};

/* Elements behind which a word ends. */
static const char *const breaks[] = {"p", "h", "br", "tab", "cr", "si", "s", "line-break"};

struct reading {
    struct buffer out;
    size_t limit, unpacked;
    const struct part_kind *kind;
    int inside;     /* of so many elements that hold words */
    bool has_type;  /* a document type was met */
    xmlParserCtxtPtr parser;
};

/* --- XML --------------------------------------------------------------------------------------------------------------------- */

static bool is_break(const xmlChar *name) {
    for (size_t i = 0; i < COUNT_OF(breaks); i++)
        if (strcmp((const char *)name, breaks[i]) == 0) return true;
    return false;
}

static bool is_full(const struct reading *reading) {
    return reading->out.size >= reading->limit;
}

static void element_starts(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespaces, const xmlChar **spaces,
                           int attributes, int defaulted, const xmlChar **values) {
    struct reading *reading = context;
    if (reading->kind->only_in && strcmp((const char *)name, reading->kind->only_in) == 0) reading->inside++;
}

static void element_ends(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
    struct reading *reading = context;
    if (reading->kind->only_in && strcmp((const char *)name, reading->kind->only_in) == 0) reading->inside--;
    if (is_break(name) && reading->out.size && !is_full(reading)) buffer_add_char(&reading->out, '\n');
}

static void characters(void *context, const xmlChar *text, int size) {
    struct reading *reading = context;
    if (reading->kind->only_in && reading->inside <= 0) return;
    if (!is_full(reading)) buffer_add(&reading->out, text, (size_t)size);
    if (is_full(reading)) xmlStopParser(reading->parser);
}

static void document_type(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system) {
    struct reading *reading = context;
    reading->has_type = true;
    xmlStopParser(reading->parser);
}

static void be_silent(void *context, const char *format, ...) {
}

static xmlSAXHandler handler = {
    .initialized = XML_SAX2_MAGIC, .startElementNs = element_starts, .endElementNs = element_ends, .characters = characters,
    .ignorableWhitespace = characters, .cdataBlock = characters, .internalSubset = document_type, .warning = be_silent, .error = be_silent,
};

/* --- The container --------------------------------------------------------------------------------------------------------------- */

static const struct part_kind *kind_of(const char *name) {
    size_t size = name ? strlen(name) : 0;
    for (size_t i = 0; size > 4 && i < COUNT_OF(part_kinds); i++)
        if (strncmp(name, part_kinds[i].beginning, strlen(part_kinds[i].beginning)) == 0 && strcmp(name + size - 4, ".xml") == 0) return &part_kinds[i];
    return NULL;
}

/* Feeds the parser with one part of the container. */
static enum office_end parse_pieces(struct reading *reading, struct archive *archive) {
    char piece[16384];
    for (;;) {
        la_ssize_t got = archive_read_data(archive, piece, sizeof piece);
        if (got < 0) return OFFICE_DAMAGED;
        reading->unpacked += (size_t)got;
        if (reading->unpacked > OFFICE_UNPACKED) return OFFICE_TOO_LARGE;
        int code = xmlParseChunk(reading->parser, piece, (int)got, got == 0);
        if (is_full(reading)) return OFFICE_READ;
        if (reading->has_type || code != XML_ERR_OK) return OFFICE_DAMAGED;
        if (got == 0) return OFFICE_READ;
    }
}

static enum office_end parse_part(struct reading *reading, struct archive *archive) {
    reading->inside = 0;
    reading->parser = xmlCreatePushParserCtxt(&handler, reading, NULL, 0, NULL);
    if (!reading->parser) return OFFICE_DAMAGED;
    xmlCtxtUseOptions(reading->parser, XML_PARSE_NONET);
    enum office_end end = parse_pieces(reading, archive);
    xmlFreeDoc(reading->parser->myDoc);
    xmlFreeParserCtxt(reading->parser);
    return end;
}

static enum office_end read_parts(struct reading *reading, struct archive *archive) {
    struct archive_entry *entry;
    bool is_one = false;
    for (int i = 0; !is_full(reading); i++) {
        int code = archive_read_next_header(archive, &entry);
        if (code == ARCHIVE_EOF) return is_one ? OFFICE_READ : OFFICE_DAMAGED;
        if (code < ARCHIVE_WARN) return OFFICE_DAMAGED;
        if (i == OFFICE_PARTS) return OFFICE_TOO_LARGE;
        reading->kind = kind_of(archive_entry_pathname(entry));
        if (!reading->kind) continue;
        if (archive_entry_is_encrypted(entry)) return OFFICE_LOCKED;
        enum office_end end = parse_part(reading, archive);
        if (end != OFFICE_READ) return end;
        is_one = true;
    }
    return OFFICE_READ;
}

enum office_end office_text(struct arena *mem, struct text bytes, size_t limit, struct text *ret_text) {
    struct reading reading = {.out = {.mem = mem}, .limit = limit};
    enum office_end end = OFFICE_DAMAGED;
    xmlInitParser();
    struct archive *archive = archive_read_new();
    if (!archive) return OFFICE_DAMAGED;
    if (archive_read_support_format_zip_seekable(archive) == ARCHIVE_OK && archive_read_open_memory(archive, bytes.data, bytes.size) == ARCHIVE_OK)
        end = read_parts(&reading, archive);
    archive_read_free(archive);
    *ret_text = text_cut(text_make_utf8(mem, buffer_text(&reading.out)), limit);
    return end;
}
