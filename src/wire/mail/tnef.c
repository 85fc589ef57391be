/* A TNEF stream is a row of attributes, and two of those are themselves rows of MAPI properties. What a row says is
 * gathered raw first, since the code page of a text may be told behind the text. */
#include "wire/mail/mime_private.h"
#include "wire/mail/tnef_private.h"

enum { FILES = 200, DEPTH = 4, GUID_SIZE = 16, PAGE_UTF16 = 1200 };

enum attribute {
    ATT_MAPI_PROPS = 0x00069003,
    ATT_ATTACHMENT = 0x00069005,
    ATT_OEM_CODEPAGE = 0x00069007,
    ATT_BODY = 0x0002800C,
    ATT_ATTACH_DATA = 0x0006800F,
    ATT_ATTACH_TITLE = 0x00018010,
    ATT_ATTACH_RENDDATA = 0x00069002,
};

enum property_type {
    TYPE_LONG = 0x0003,
    TYPE_OBJECT = 0x000D,
    TYPE_STRING8 = 0x001E,
    TYPE_UNICODE = 0x001F,
    TYPE_BINARY = 0x0102,
    TYPE_MANY = 0x1000, /* a flag */
};

enum property_id {
    PR_BODY = 0x1000,
    PR_RTF_COMPRESSED = 0x1009,
    PR_BODY_HTML = 0x1013,
    PR_DISPLAY_NAME = 0x3001,
    PR_ATTACH_DATA = 0x3701,
    PR_ATTACH_FILENAME = 0x3704,
    PR_ATTACH_LONG_FILENAME = 0x3707,
    PR_ATTACH_MIME_TAG = 0x370E,
    PR_ATTACH_CONTENT_ID = 0x3712,
    PR_INTERNET_CPID = 0x3FDE,
};

/* Only the first value of a property counts for us. */
struct property {
    unsigned type, id;
    struct text value;
};

/* Better names have higher ranks: Outlook cuts the title and the short name. */
enum name_rank { NAME_NONE, NAME_DISPLAY, NAME_TITLE, NAME_SHORT, NAME_LONG };

struct file {
    enum name_rank rank;
    struct text name, media_type, content_id, bytes;
    bool is_object; /* bytes begin with the GUID of their kind */
};

struct message {
    struct arena *mem;
    struct part_list *files;
    unsigned depth;
    uint32_t oem_page, html_page;
    struct property body, html, rtf;
    struct file file;
    bool in_file;
};

static bool message_read(struct message *message, struct text bytes, struct tnef *ret);

/* --- Numbers and pieces; a reader is the rest that is not yet read ----------------------------------------------- */

/* Data filled up to four bytes. The filling may be missing at the very end. */
static bool take_padded(struct text *rest, size_t size, struct text *ret_piece) {
    struct text filling;
    if (!take(rest, size, ret_piece)) return false;
    size_t missing = (4 - size % 4) % 4;
    return take(rest, missing < rest->size ? missing : rest->size, &filling);
}

/* --- Texts ------------------------------------------------------------------------------------------------------- */

static const struct {
    uint32_t page;
    const char *name;
} page_names[] = {
    {10000, "MACINTOSH"},   {20127, "US-ASCII"},    {20866, "KOI8-R"},      {20932, "EUC-JP"},
    {21866, "KOI8-U"},      {28591, "ISO-8859-1"},  {28592, "ISO-8859-2"},  {28593, "ISO-8859-3"},
    {28594, "ISO-8859-4"},  {28595, "ISO-8859-5"},  {28596, "ISO-8859-6"},  {28597, "ISO-8859-7"},
    {28598, "ISO-8859-8"},  {28599, "ISO-8859-9"},  {28603, "ISO-8859-13"}, {28605, "ISO-8859-15"},
    {50220, "ISO-2022-JP"}, {50221, "ISO-2022-JP"}, {50222, "ISO-2022-JP"}, {51932, "EUC-JP"},
    {51949, "EUC-KR"},      {54936, "GB18030"},     {65000, "UTF-7"},       {65001, "UTF-8"},
};

static struct text page_name(struct arena *mem, uint32_t page) {
    for (size_t i = 0; i < COUNT_OF(page_names); i++)
        if (page_names[i].page == page) return text_of(page_names[i].name);
    return page ? text_printf(mem, "CP%u", page) : text_of("WINDOWS-1252");
}

static struct text unicode_decode(struct arena *mem, struct text bytes) {
    struct buffer out = {.mem = mem};
    uint32_t unit, low;
    while (take_number(&bytes, 2, &unit) && unit) {
        struct text ahead = bytes;
        if (unit >> 10 == 0xD800 >> 10 && take_number(&ahead, 2, &low) && low >> 10 == 0xDC00 >> 10) {
            unit = 0x10000 + ((unit & 0x3FF) << 10 | (low & 0x3FF));
            bytes = ahead;
        }
        buffer_add_rune(&out, unit);
    }
    return buffer_text(&out);
}

static struct text string8_decode(struct arena *mem, uint32_t page, struct text bytes) {
    if (page == PAGE_UTF16) return unicode_decode(mem, bytes);
    const char *end = bytes.size ? memchr(bytes.data, 0, bytes.size) : NULL;
    if (end) bytes.size = (size_t)(end - bytes.data);
    return text_make_utf8(mem, charset_to_utf8(mem, page_name(mem, page), bytes));
}

static struct text property_text(struct arena *mem, uint32_t page, const struct property *property) {
    if (!property->value.data) return (struct text){0};
    if (property->type == TYPE_UNICODE) return unicode_decode(mem, property->value);
    return string8_decode(mem, page, property->value);
}

/* "Image/PNG; x=y" to "image/png"; what is no media type becomes application/octet-stream. */
static struct text media_type_clean(struct arena *mem, struct text type) {
    struct text rest = type, piece = {0};
    if (!text_next(&rest, ';', &piece)) return text_of("application/octet-stream");
    piece = text_lower(mem, text_trim(piece));
    size_t slashes = 0;
    for (size_t i = 0; i < piece.size; i++) {
        unsigned char c = (unsigned char)piece.data[i];
        bool fits = c < 0x7F && c > ' ' && !strchr("()<>@,;:\\\"[]?=", c);
        slashes += c == '/';
        if (!fits) return text_of("application/octet-stream");
    }
    bool is_type = slashes == 1 && piece.data[0] != '/' && !text_ends(piece, "/") && piece.size <= 127;
    return is_type ? piece : text_of("application/octet-stream");
}

static struct text content_id_clean(struct text id) {
    id = text_trim(id);
    if (text_starts(id, "<")) id = text_skip(id, 1);
    if (text_ends(id, ">")) id.size--;
    return id;
}

/* --- Properties -------------------------------------------------------------------------------------------------- */

/* Bytes of one value in the stream; 0: a length stands in front. */
static bool type_size(unsigned type, size_t *ret_size) {
    static const struct {
        unsigned type;
        size_t size;
    } sizes[] = {
        {0x0002, 2},      {TYPE_LONG, 4},   {0x0004, 4},       {0x0005, 8},       {0x0006, 8},
        {0x0007, 8},      {0x000A, 4},      {0x000B, 2},       {0x0014, 8},       {0x0040, 8},
        {0x0048, 16},     {TYPE_OBJECT, 0}, {TYPE_STRING8, 0}, {TYPE_UNICODE, 0}, {TYPE_BINARY, 0},
    };
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        if (sizes[i].type == type) {
            *ret_size = sizes[i].size;
            return true;
        }
    return false;
}

/* Named properties carry their name, which says nothing to us. */
static bool property_name_skip(struct text *rest) {
    struct text name;
    uint32_t kind, number;
    if (!take(rest, GUID_SIZE, &name) || !take_number(rest, 4, &kind) || !take_number(rest, 4, &number)) return false;
    return kind == 0 || (kind == 1 && take_padded(rest, number, &name));
}

static bool values_read(struct text *rest, size_t size, uint32_t count, struct text *ret_first) {
    struct text value, first = {"", 0};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t said = (uint32_t)size;
        if ((size == 0 && !take_number(rest, 4, &said)) || !take_padded(rest, said, &value)) return false;
        if (i == 0) first = value;
    }
    *ret_first = first;
    return true;
}

static bool property_read(struct text *rest, struct property *ret) {
    uint32_t type, id, count = 1;
    size_t size;
    struct text first;
    if (!take_number(rest, 2, &type) || !take_number(rest, 2, &id)) return false;
    if (id >= 0x8000 && !property_name_skip(rest)) return false;
    if (!type_size(type & ~(unsigned)TYPE_MANY, &size)) return false;
    if ((size == 0 || type & TYPE_MANY) && !take_number(rest, 4, &count)) return false;
    if (!values_read(rest, size, count, &first)) return false;
    *ret = (struct property){type, id, first};
    return true;
}

static bool property_is_text(const struct property *property) {
    return property->type == TYPE_STRING8 || property->type == TYPE_UNICODE;
}

static bool property_is_bytes(const struct property *property) {
    return property->type == TYPE_BINARY || property->type == TYPE_OBJECT;
}

static void message_property(struct message *message, const struct property *property) {
    struct text number = property->value;
    bool is_text = property_is_text(property), is_binary = property->type == TYPE_BINARY;
    switch (property->id) {
    case PR_BODY:
        if (is_text) message->body = *property;
        break;
    case PR_BODY_HTML:
        if (is_text || is_binary) message->html = *property;
        break;
    case PR_RTF_COMPRESSED:
        if (is_binary) message->rtf = *property;
        break;
    case PR_INTERNET_CPID:
        if (property->type == TYPE_LONG) take_number(&number, 4, &message->html_page);
        break;
    default: break;
    }
}

static void name_set(struct file *file, enum name_rank rank, struct text name) {
    if (rank <= file->rank || text_empty(text_trim(name))) return;
    file->rank = rank;
    file->name = text_trim(name);
}

static void file_property(struct message *message, const struct property *property) {
    struct file *file = &message->file;
    if (property->id == PR_ATTACH_DATA && property_is_bytes(property)) {
        file->bytes = property->value;
        file->is_object = property->type == TYPE_OBJECT;
    }
    if (!property_is_text(property)) return;
    struct text value = property_text(message->mem, message->oem_page, property);
    switch (property->id) {
    case PR_DISPLAY_NAME: name_set(file, NAME_DISPLAY, value); break;
    case PR_ATTACH_FILENAME: name_set(file, NAME_SHORT, value); break;
    case PR_ATTACH_LONG_FILENAME: name_set(file, NAME_LONG, value); break;
    case PR_ATTACH_MIME_TAG: file->media_type = value; break;
    case PR_ATTACH_CONTENT_ID: file->content_id = content_id_clean(value); break;
    default: break;
    }
}

static void properties_read(struct message *message, struct text rest, bool of_file) {
    struct property property;
    uint32_t count;
    if (!take_number(&rest, 4, &count)) return;
    for (; count > 0 && property_read(&rest, &property); count--) {
        if (of_file) file_property(message, &property);
        else message_property(message, &property);
    }
}

/* --- Files ------------------------------------------------------------------------------------------------------- */

static void part_keep(struct message *message, struct text name, const char *type, struct text bytes) {
    part_add(message->files, (struct mail_part){name, text_of(type), text_of(""), false, bytes});
}

/* A letter inside the letter: its words become a file, and its files stand beside ours. */
static bool file_is_message(struct message *message, const struct file *file) {
    struct message inner = {
        .mem = message->mem, .files = message->files, .depth = message->depth + 1, .oem_page = message->oem_page};
    struct text name = text_empty(file->name) ? text_of("message") : file->name;
    struct tnef tnef = {0};
    if (inner.depth > DEPTH || !message_read(&inner, file->bytes, &tnef)) return false;
    if (tnef.html.data) {
        part_keep(message, text_printf(message->mem, "%.*s.html", (int)name.size, name.data), "text/html", tnef.html);
    } else if (tnef.text.data) {
        part_keep(message, text_printf(message->mem, "%.*s.txt", (int)name.size, name.data), "text/plain", tnef.text);
    }
    return true;
}

static void file_end(struct message *message) {
    struct file file = message->file;
    bool is_there = message->in_file && file.bytes.data;
    message->file = (struct file){0};
    message->in_file = false;
    if (!is_there) return;
    if (file.is_object && file.bytes.size >= GUID_SIZE) file.bytes = text_skip(file.bytes, GUID_SIZE);
    if (file.is_object && file_is_message(message, &file)) return;
    part_add(message->files, (struct mail_part){
        .name = file.name.data ? file.name : text_of(""),
        .media_type = media_type_clean(message->mem, file.media_type),
        .content_id = file.content_id.data ? file.content_id : text_of(""),
        .is_inline = !text_empty(file.content_id),
        .bytes = file.bytes,
    });
}

/* --- Attributes -------------------------------------------------------------------------------------------------- */

static void file_attribute(struct message *message, uint32_t id, struct text data) {
    if (id == ATT_ATTACH_RENDDATA) file_end(message);
    message->in_file = true;
    if (id == ATT_ATTACH_DATA && !message->file.is_object) message->file.bytes = data;
    if (id == ATT_ATTACH_TITLE)
        name_set(&message->file, NAME_TITLE, string8_decode(message->mem, message->oem_page, data));
    if (id == ATT_ATTACHMENT) properties_read(message, data, true);
}

static void attribute_apply(struct message *message, uint32_t id, struct text data) {
    struct text number = data;
    switch (id) {
    case ATT_OEM_CODEPAGE: take_number(&number, 4, &message->oem_page); break;
    case ATT_MAPI_PROPS: properties_read(message, data, false); break;
    case ATT_BODY:
        if (!message->body.value.data) message->body = (struct property){TYPE_STRING8, PR_BODY, data};
        break;
    case ATT_ATTACH_RENDDATA:
    case ATT_ATTACH_DATA:
    case ATT_ATTACH_TITLE:
    case ATT_ATTACHMENT: file_attribute(message, id, data); break;
    default: break;
    }
}

/* Checksums are not looked at, for the same reason as that of the RTF. */
static bool attribute_read(struct message *message, struct text *rest) {
    uint32_t level, id, size, checksum;
    struct text data;
    if (!take_number(rest, 1, &level) || level < 1 || level > 2) return false;
    if (!take_number(rest, 4, &id) || !take_number(rest, 4, &size) || !take(rest, size, &data)) return false;
    attribute_apply(message, id, data);
    return take_number(rest, 2, &checksum);
}

static void message_texts(struct message *message, struct tnef *tnef) {
    struct text rtf;
    uint32_t html_page = message->html_page ? message->html_page : message->oem_page;
    tnef->text = property_text(message->mem, message->oem_page, &message->body);
    tnef->html = property_text(message->mem, html_page, &message->html);
    if (text_empty(tnef->text)) tnef->text = (struct text){0};
    if (text_empty(tnef->html)) tnef->html = (struct text){0};
    if (tnef->text.data || tnef->html.data || !message->rtf.value.data) return;
    if (rtf_unpack(message->mem, message->rtf.value, &rtf))
        part_keep(message, text_of("message.rtf"), "application/rtf", rtf);
}

static bool message_read(struct message *message, struct text bytes, struct tnef *ret) {
    uint32_t signature, key;
    struct tnef tnef = {0};
    if (!take_number(&bytes, 4, &signature) || signature != 0x223E9F78 || !take_number(&bytes, 2, &key)) return false;
    for (bool more = true; more;) more = attribute_read(message, &bytes);
    file_end(message);
    message_texts(message, &tnef);
    *ret = tnef;
    return true;
}

bool tnef_read(struct arena *mem, struct text bytes, struct tnef *ret) {
    struct part_list files = {.mem = mem, .limit = FILES};
    struct message message = {.mem = mem, .files = &files};
    struct tnef tnef;
    if (!message_read(&message, bytes, &tnef)) return false;
    tnef.file_count = files.count;
    tnef.files = files.at;
    *ret = tnef;
    return true;
}
