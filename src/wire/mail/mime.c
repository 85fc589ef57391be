/* A letter's headers and the walk through its parts. GMime reads the structure; what the parts mean is decided here. */
#include "wire/mail/mime_private.h"

#include "base/clock.h"
#include "wire/html/html.h"
#include "wire/mail/tnef.h"

#include <gmime/gmime.h>

enum { BLOCK_LIMIT = 100, HEADER_LIMIT = 1000, HEADER_VALUE = 64 << 10, STATUS_SIZE = 256 << 10 };

/* One stretch of words: a plain text, HTML, or both saying the same (multipart/alternative). */
struct block {
    struct text plain, html;
};

struct reading {
    struct arena *mem;
    struct mail_limits limits;
    struct letter *letter;
    struct part_list parts;
    struct block blocks[BLOCK_LIMIT];
    size_t block_count;
};

/* Where in the tree we are. */
struct place {
    struct block *block; /* of the alternative around us; NULL: each text begins its own */
    bool in_alternative; /* directly */
    bool in_related, in_report;
    size_t depth;
};

static void walk(struct reading *reading, GMimeObject *object, struct place place);

void mail_start(void) {
    g_mime_init();
}

static void unref(GMimeMessage **message) {
    if (*message) g_object_unref(*message);
}

static struct text lower_copy(struct arena *mem, const char *a, const char *b) {
    return text_lower(mem, charset_guess(mem, text_printf(mem, "%s/%s", a ? a : "application", b ? b : "octet-stream")));
}

static struct text type_of(struct arena *mem, GMimeObject *object) {
    GMimeContentType *type = g_mime_object_get_content_type(object);
    if (!type) return text_of("text/plain");
    return lower_copy(mem, g_mime_content_type_get_media_type(type), g_mime_content_type_get_media_subtype(type));
}

static struct text parameter(struct arena *mem, GMimeObject *object, const char *name) {
    const char *value = g_mime_object_get_content_type_parameter(object, name);
    return value ? text_copy(mem, text_of(value)) : text_of("");
}

/* --- Leaves ------------------------------------------------------------------------------------------------------ */

/* Decoded content of a part, in the arena. */
static struct text content_of(struct reading *reading, GMimePart *part, size_t limit) {
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    if (!content) return text_of("");
    GMimeStream *stream = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(content, stream);
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    size_t size = bytes->len > limit ? limit : bytes->len;
    if (size < bytes->len) reading->letter->is_cut = true;
    struct text out = {arena_copy(reading->mem, bytes->data ? (void *)bytes->data : "", size), size};
    g_object_unref(stream);
    return out;
}

static struct text joined(struct arena *mem, struct text a, struct text b, const char *between) {
    if (!a.data) return b;
    return text_printf(mem, "%.*s%s%.*s", (int)a.size, a.data, between, (int)b.size, b.data);
}

/* Quotes that are no syntax: single ones, and one that was never closed. */
static struct text without_quotes(struct text name) {
    name = text_trim(name);
    if (name.size >= 2 && name.data[0] == '\'' && name.data[name.size - 1] == '\'') return text_slice(name, 1, name.size - 2);
    if (text_starts(name, "\"") && !text_ends(name, "\"")) return text_skip(name, 1);
    return name;
}

/* Programs write a name twice, plain for old programs and with all its letters (RFC 2231) for new ones. */
static const char *fuller_name(GMimeParamList *list, const char *parameter) {
    const char *first = NULL;
    for (int i = 0; list && i < g_mime_param_list_length(list); i++) {
        GMimeParam *param = g_mime_param_list_get_parameter_at(list, i);
        if (!text_is_nocase(text_of(g_mime_param_get_name(param)), parameter)) continue;
        const char *value = g_mime_param_get_value(param);
        for (const char *at = value; at && *at; at++)
            if ((unsigned char)*at >= 0x80) return value;
        if (!first) first = value;
    }
    return first;
}

static struct text name_of(struct arena *mem, GMimeObject *object) {
    GMimeContentDisposition *disposition = g_mime_object_get_content_disposition(object);
    GMimeContentType *type = g_mime_object_get_content_type(object);
    const char *name = disposition ? fuller_name(g_mime_content_disposition_get_parameters(disposition), "filename") : NULL;
    if (!name && type) name = fuller_name(g_mime_content_type_get_parameters(type), "name");
    return name ? without_quotes(mail_decode_header(mem, text_of(name))) : text_of("");
}

static struct text id_of(struct arena *mem, GMimeObject *object) {
    const char *id = g_mime_object_get_content_id(object);
    struct text t = text_trim(charset_guess(mem, text_of(id ? id : "")));
    while (t.size && t.data[0] == '<') t = text_skip(t, 1);
    while (t.size && t.data[t.size - 1] == '>') t.size--;
    return text_copy(mem, text_cut(t, 300));
}

static bool is_disposed(GMimeObject *object, const char *how) {
    const char *value = g_mime_object_get_disposition(object);
    return value && text_is_nocase(text_trim(text_of(value)), how);
}

/* The charset that HTML names itself. */
static struct text html_charset(struct text html) {
    struct text head = text_slice(html, 0, html.size > 2048 ? 2048 : html.size);
    size_t at = text_find_nocase(head, text_of("charset="));
    if (at == SIZE_MAX) return text_of("");
    head = text_skip(head, at + 8);
    while (head.size && strchr("\"' ", head.data[0])) head = text_skip(head, 1);
    size_t end = 0;
    while (end < head.size && !strchr("\"' />;", head.data[end])) end++;
    return text_slice(head, 0, end);
}

/* Words with spaces between them, although they are said to be base64. */
static bool is_unencoded(struct text raw) {
    size_t spaces = 0;
    for (size_t i = 1; i + 1 < raw.size; i++)
        spaces += raw.data[i] == ' ' && (unsigned char)raw.data[i - 1] > ' ' && (unsigned char)raw.data[i + 1] > ' ';
    return spaces * 20 > raw.size;
}

static struct text words_of_part(struct reading *reading, GMimePart *part) {
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    if (content && g_mime_part_get_content_encoding(part) == GMIME_CONTENT_ENCODING_BASE64) {
        g_mime_data_wrapper_set_encoding(content, GMIME_CONTENT_ENCODING_DEFAULT);
        struct text raw = content_of(reading, part, reading->limits.text * 4);
        if (is_unencoded(raw)) return raw;
        g_mime_data_wrapper_set_encoding(content, GMIME_CONTENT_ENCODING_BASE64);
    }
    return content_of(reading, part, reading->limits.text * 2);
}

static struct text text_of_part(struct reading *reading, GMimePart *part, bool is_html) {
    struct text bytes = words_of_part(reading, part);
    struct text charset = parameter(reading->mem, GMIME_OBJECT(part), "charset");
    if (is_html && text_empty(charset)) charset = html_charset(bytes);
    struct text out = line_ends(reading->mem, charset_to_utf8(reading->mem, text_trim(charset), bytes));
    if (out.size > reading->limits.text) reading->letter->is_cut = true;
    return text_cut(out, reading->limits.text);
}

static bool looks_like_html(struct text t) {
    t = text_trim(text_slice(t, 0, t.size > 200 ? 200 : t.size));
    return text_starts_nocase(t, "<html") || text_starts_nocase(t, "<!doctype html");
}

static struct text plain_of(struct reading *reading, GMimePart *part) {
    struct arena *mem = reading->mem;
    struct text out = text_of_part(reading, part, false);
    if (text_is_nocase(parameter(mem, GMIME_OBJECT(part), "format"), "flowed"))
        out = flowed_undo(mem, out, text_is_nocase(parameter(mem, GMIME_OBJECT(part), "delsp"), "yes"));
    return uuencode_take(&reading->parts, out);
}

static void add_words(struct reading *reading, GMimePart *part, struct place place, bool is_html) {
    struct block *block = place.block;
    if (!block) {
        if (reading->block_count == BLOCK_LIMIT) {
            reading->letter->is_cut = true;
            return;
        }
        block = &reading->blocks[reading->block_count++];
    }
    struct text words = is_html ? text_of_part(reading, part, true) : plain_of(reading, part);
    is_html = is_html || looks_like_html(words);
    struct text *into = is_html ? &block->html : &block->plain;
    if (into->data && place.in_alternative) return;
    *into = joined(reading->mem, *into, words, is_html ? "" : "\n");
}

static void add_file(struct reading *reading, GMimePart *part, struct text type, struct place place) {
    struct arena *mem = reading->mem;
    GMimeObject *object = GMIME_OBJECT(part);
    struct mail_part file = {.name = name_of(mem, object), .media_type = type, .content_id = id_of(mem, object)};
    file.is_inline = file.content_id.size && place.in_related && !is_disposed(object, "attachment");
    file.bytes = content_of(reading, part, SIZE_MAX);
    part_add(&reading->parts, file);
}

static bool is_tnef(struct reading *reading, GMimePart *part, struct text type) {
    return text_is(type, "application/ms-tnef") || text_is(type, "application/vnd.ms-tnef")
           || text_is_nocase(name_of(reading->mem, GMIME_OBJECT(part)), "winmail.dat");
}

static bool add_tnef(struct reading *reading, GMimePart *part) {
    struct tnef tnef = {0};
    if (!tnef_read(reading->mem, content_of(reading, part, SIZE_MAX), &tnef)) return false;
    for (size_t i = 0; i < tnef.file_count; i++) part_add(&reading->parts, tnef.files[i]);
    if (reading->block_count == 0 && (tnef.text.data || tnef.html.data))
        reading->blocks[reading->block_count++] = (struct block){
            tnef.text.data ? line_ends(reading->mem, tnef.text) : tnef.text, tnef.html};
    return true;
}

static const char *const status_types[] = {"message/delivery-status", "message/global-delivery-status",
                                           "message/feedback-report", "message/disposition-notification",
                                           "message/global-disposition-notification"};

static bool is_status(struct text type) {
    for (size_t i = 0; i < COUNT_OF(status_types); i++)
        if (text_is(type, status_types[i])) return true;
    return false;
}

/* What only machines read in a report: kept as fields, and as files too, since nothing may be lost. */
static void note_report(struct reading *reading, GMimePart *part, struct text type) {
    struct letter *letter = reading->letter;
    bool is_headers = text_is(type, "text/rfc822-headers") || text_is(type, "message/global-headers");
    if (!is_headers && !is_status(type)) return;
    struct text *into = is_headers ? &letter->returned_headers : &letter->status_fields;
    if (into->size && (is_headers || into->size > STATUS_SIZE)) return;
    struct text more = line_ends(reading->mem, charset_guess(reading->mem, content_of(reading, part, STATUS_SIZE)));
    *into = into->size ? joined(reading->mem, *into, more, "\n\n") : more;
}

static bool is_words(struct reading *reading, GMimePart *part, struct text type, bool *ret_html) {
    GMimeObject *object = GMIME_OBJECT(part);
    *ret_html = text_is(type, "text/html");
    if (!*ret_html && !text_is(type, "text/plain")) return false;
    if (is_disposed(object, "attachment")) return false;
    return text_empty(name_of(reading->mem, object)) || reading->block_count == 0;
}

/* Variants of the same words that nobody needs beside text and HTML, and a Mac's resource forks. */
static bool is_other_form(struct text type, struct place place) {
    if (text_is(type, "application/applefile")) return true;
    return place.in_alternative
           && (text_is(type, "text/x-amp-html") || text_is(type, "text/watch-html") || text_is(type, "text/enriched"));
}

static void walk_leaf(struct reading *reading, GMimePart *part, struct place place) {
    struct text type = type_of(reading->mem, GMIME_OBJECT(part));
    bool is_html;
    note_report(reading, part, type);
    if (text_is(type, "application/pkcs7-mime") || text_is(type, "application/x-pkcs7-mime")) reading->letter->is_encrypted = true;
    if (is_other_form(type, place)) return;
    if (is_words(reading, part, type, &is_html)) add_words(reading, part, place, is_html);
    else if (!is_tnef(reading, part, type) || !add_tnef(reading, part)) add_file(reading, part, type, place);
}

/* --- Parts that hold others ---------------------------------------------------------------------------------------- */

static struct text message_name(struct arena *mem, GMimeObject *object, GMimeMessage *inner) {
    struct text name = name_of(mem, object);
    if (name.size) return name;
    const char *subject = inner ? g_mime_object_get_header(GMIME_OBJECT(inner), "Subject") : NULL;
    struct text title = subject ? mail_decode_header(mem, text_of(subject)) : text_of("");
    return text_empty(title) ? text_of("message.eml") : text_printf(mem, "%.*s.eml", (int)text_cut(title, 100).size, title.data);
}

static void walk_message(struct reading *reading, GMimeMessagePart *part, struct place place) {
    struct arena *mem = reading->mem;
    GMimeMessage *inner = g_mime_message_part_get_message(part);
    struct mail_part file = {.name = message_name(mem, GMIME_OBJECT(part), inner), .media_type = text_of("message/rfc822"),
                             .content_id = id_of(mem, GMIME_OBJECT(part)), .bytes = text_of("")};
    if (inner) {
        char *raw = g_mime_object_to_string(GMIME_OBJECT(inner), NULL), *headers = g_mime_object_get_headers(GMIME_OBJECT(inner), NULL);
        file.bytes = text_copy(mem, text_of(raw ? raw : ""));
        struct text head = text_slice(text_of(headers ? headers : ""), 0, STATUS_SIZE);
        if (place.in_report && text_empty(reading->letter->returned_headers))
            reading->letter->returned_headers = text_copy(mem, line_ends(mem, charset_guess(mem, head)));
        g_free(raw);
        g_free(headers);
    }
    part_add(&reading->parts, file);
}

/* A multipart whose boundary never comes is its own text. */
static void walk_broken(struct reading *reading, GMimeMultipart *multipart) {
    const char *prologue = g_mime_multipart_get_prologue(multipart);
    if (!prologue || reading->block_count == BLOCK_LIMIT) return;
    struct text words = line_ends(reading->mem, charset_guess(reading->mem, text_of(prologue)));
    if (text_empty(text_trim(words))) return;
    words = text_cut(words, reading->limits.text);
    reading->blocks[reading->block_count++] = looks_like_html(words) ? (struct block){.html = words} : (struct block){.plain = words};
}

static void walk_multipart(struct reading *reading, GMimeMultipart *multipart, struct place place) {
    struct text type = type_of(reading->mem, GMIME_OBJECT(multipart));
    int count = g_mime_multipart_get_count(multipart);
    if (count == 0) walk_broken(reading, multipart);
    place.in_alternative = text_is(type, "multipart/alternative");
    place.in_related = place.in_related || text_is(type, "multipart/related");
    place.in_report = place.in_report || text_is(type, "multipart/report");
    if (text_is(type, "multipart/signed")) reading->letter->is_signed = true;
    if (text_is(type, "multipart/encrypted")) reading->letter->is_encrypted = true;
    if (place.in_alternative && !place.block && reading->block_count < BLOCK_LIMIT)
        place.block = &reading->blocks[reading->block_count++];
    for (int i = 0; i < count; i++) walk(reading, g_mime_multipart_get_part(multipart, i), place);
}

static void walk(struct reading *reading, GMimeObject *object, struct place place) {
    if (!object) return;
    if (++place.depth > reading->limits.depth) reading->letter->is_cut = true;
    else if (GMIME_IS_MULTIPART(object)) walk_multipart(reading, GMIME_MULTIPART(object), place);
    else if (GMIME_IS_MESSAGE_PART(object)) walk_message(reading, GMIME_MESSAGE_PART(object), place);
    else if (GMIME_IS_PART(object)) walk_leaf(reading, GMIME_PART(object), place);
}

/* --- The words as a whole ------------------------------------------------------------------------------------------ */

static bool has_words(struct text t) {
    for (size_t at = 0; at < t.size;) {
        uint32_t rune = text_rune(t, &at);
        if (rune > ' ' && rune != 0xA0 && rune != 0xFEFF && rune != 0x200B) return true;
    }
    return false;
}

static struct text trim_lines(struct text t) {
    size_t from = 0;
    for (size_t i = 0; i < t.size && (unsigned char)t.data[i] <= ' '; i++)
        if (t.data[i] == '\n') from = i + 1;
    t = text_skip(t, from);
    while (t.size && (unsigned char)t.data[t.size - 1] <= ' ') t.size--;
    return t;
}

/* "Your program can't show HTML": no words of the letter. */
static bool is_excuse(struct text plain) {
    static const char *const shows[] = {"view", "client", "support", "browser", "display", "enable", "anzeigen", "darstell", "unterstütz",
                                        "dargestellt", "megjelenít", "afficher", "affiché", "visualizza"};
    plain = text_trim(plain);
    if (plain.size > 400 || text_find_nocase(plain, text_of("html")) == SIZE_MAX) return false;
    for (size_t i = 0; i < COUNT_OF(shows); i++)
        if (text_find_nocase(plain, text_of(shows[i])) != SIZE_MAX) return true;
    return false;
}

/* The words of a block: plain ones, unless they are an excuse and the HTML says more. */
static struct text words_of_block(struct arena *mem, const struct block *block, bool *ret_plain) {
    *ret_plain = has_words(block->plain);
    if (*ret_plain && (!block->html.size || !is_excuse(block->plain))) return block->plain;
    struct text words = html_to_text(mem, block->html);
    *ret_plain = *ret_plain && words.size <= block->plain.size;
    return *ret_plain ? block->plain : words;
}

static void join_blocks(struct reading *reading) {
    struct arena *mem = reading->mem;
    struct buffer text = {.mem = mem}, html = {.mem = mem};
    bool any_html = false, any_plain = false;
    for (size_t i = 0; i < reading->block_count; i++) any_html = any_html || has_words(reading->blocks[i].html);
    for (size_t i = 0; i < reading->block_count; i++) {
        const struct block *block = &reading->blocks[i];
        bool plain, rich = block->html.size > 0;
        if (!has_words(block->plain) && !rich) continue;
        struct text words = words_of_block(mem, block, &plain);
        any_plain = any_plain || plain;
        if (text.size) buffer_add_string(&text, "\n\n");
        buffer_add_text(&text, trim_lines(words));
        if (any_html) buffer_add_text(&html, rich ? block->html : html_from_text(mem, block->plain));
    }
    /* A report without words for people says its fields. */
    if (text.size == 0) buffer_add_text(&text, reading->letter->status_fields);
    reading->letter->text = text_cut(trim_lines(buffer_text(&text)), reading->limits.text);
    reading->letter->html = any_html ? text_cut(buffer_text(&html), reading->limits.text) : (struct text){0};
    reading->letter->text_from_html = any_html && !any_plain;
}

/* Parts that the HTML names by their Content-ID are shown in it, wherever they stand. */
static void mark_inline(struct reading *reading) {
    struct letter *letter = reading->letter;
    for (size_t i = 0; i < reading->parts.count; i++) {
        struct mail_part *part = &reading->parts.at[i];
        bool named = part->content_id.size && letter->html.data
                     && text_find(letter->html, text_printf(reading->mem, "cid:%.*s", (int)part->content_id.size, part->content_id.data)) != SIZE_MAX;
        part->is_inline = named || (part->is_inline && letter->html.data && text_starts(part->media_type, "image/"));
    }
    letter->parts = reading->parts.at;
    letter->part_count = reading->parts.count;
    letter->is_cut = letter->is_cut || reading->parts.is_full;
}

/* --- Headers ------------------------------------------------------------------------------------------------------- */

struct text letter_header(const struct letter *letter, const char *name) {
    for (size_t i = 0; i < letter->header_count; i++)
        if (text_is_nocase(letter->headers[i].name, name)) return letter->headers[i].value;
    return (struct text){0};
}

static void read_headers(struct reading *reading, GMimeMessage *message) {
    struct arena *mem = reading->mem;
    GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
    int count = g_mime_header_list_get_count(list);
    if (count > HEADER_LIMIT) count = HEADER_LIMIT;
    struct mail_header *headers = arena_array(mem, (size_t)count + 1, sizeof *headers);
    for (int i = 0; i < count; i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
        const char *raw = g_mime_header_get_raw_value(header);
        struct text value = text_slice(text_of(raw ? raw : ""), 0, HEADER_VALUE);
        headers[i].name = text_trim(charset_guess(mem, text_of(arena_strdup(mem, g_mime_header_get_name(header)))));
        headers[i].value = text_copy(mem, mail_decode_header(mem, value));
    }
    reading->letter->headers = headers;
    reading->letter->header_count = (size_t)count;
}

/* Some programs put a space before the colon. */
static struct text raw_header(GMimeMessage *message, const char *name) {
    GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
    int count = g_mime_header_list_get_count(list);
    for (int i = 0; i < count && i < HEADER_LIMIT; i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
        if (!text_is_nocase(text_trim(text_of(g_mime_header_get_name(header))), name)) continue;
        const char *raw = g_mime_header_get_raw_value(header);
        return text_of(raw ? raw : "");
    }
    return text_of("");
}

/* All headers of this name as one list: some programs write several To lines. */
static struct mail_addresses addresses_of(struct arena *mem, GMimeMessage *message, const char *name, bool all) {
    GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
    struct buffer raw = {.mem = mem};
    int count = g_mime_header_list_get_count(list);
    for (int i = 0; i < count && i < HEADER_LIMIT; i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
        if (!text_is_nocase(text_trim(text_of(g_mime_header_get_name(header))), name)) continue;
        const char *value = g_mime_header_get_raw_value(header);
        if (raw.size) buffer_add_char(&raw, ',');
        buffer_add_string(&raw, value ? value : "");
        if (!all) break;
    }
    return raw.size ? mail_parse_addresses(mem, buffer_text(&raw)) : (struct mail_addresses){0};
}

static int64_t date_of(GMimeMessage *message) {
    int64_t low = 631152000 * SECOND, high = 4102444800 * SECOND, at = 0; /* 1990 to 2100 */
    struct text raw = raw_header(message, "Date");
    GDateTime *date = raw.size ? g_mime_utils_header_decode_date(raw.data) : NULL;
    if (!date) return 0;
    at = g_date_time_to_unix(date) * SECOND;
    g_date_time_unref(date);
    return at >= low && at <= high ? at : 0;
}

static struct text first_id(struct arena *mem, struct text raw) {
    struct mail_texts ids = message_ids_read(mem, raw);
    return ids.count ? ids.at[0] : text_of("");
}

static void read_envelope(struct reading *reading, GMimeMessage *message) {
    struct arena *mem = reading->mem;
    struct letter *letter = reading->letter;
    letter->from = addresses_of(mem, message, "From", false);
    letter->sender = addresses_of(mem, message, "Sender", false);
    letter->reply_to = addresses_of(mem, message, "Reply-To", false);
    letter->to = addresses_of(mem, message, "To", true);
    letter->cc = addresses_of(mem, message, "Cc", true);
    letter->subject = text_cut(mail_decode_header(mem, raw_header(message, "Subject")), 2000);
    letter->message_id = first_id(mem, raw_header(message, "Message-ID"));
    letter->in_reply_to = message_ids_read(mem, raw_header(message, "In-Reply-To"));
    letter->references = message_ids_read(mem, raw_header(message, "References"));
    letter->date_at = date_of(message);
    read_headers(reading, message);
}

/* --- From outside ---------------------------------------------------------------------------------------------------- */

static struct mail_limits with_defaults(const struct mail_limits *limits) {
    struct mail_limits out = limits ? *limits : (struct mail_limits){0};
    if (!out.size) out.size = 64 << 20;
    if (!out.headers) out.headers = 1 << 20;
    if (!out.parts) out.parts = 500;
    if (!out.depth) out.depth = 64;
    if (!out.text) out.text = 2 << 20;
    return out;
}

static GMimeMessage *construct(struct text raw) {
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(raw.data, raw.size);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    return message;
}

bool mail_parse(struct arena *mem, struct text raw, const struct mail_limits *limits, const struct letter **ret_letter,
                struct error *err) {
    struct reading *reading = arena_alloc(mem, sizeof *reading);
    reading->mem = mem;
    reading->limits = with_defaults(limits);
    raw = raw_without_mbox_mark(raw);
    if (!raw_check(raw, &reading->limits, err)) return false;
    reading->letter = arena_alloc(mem, sizeof *reading->letter);
    reading->parts = (struct part_list){.mem = mem, .limit = reading->limits.parts};
    SCOPED(unref) GMimeMessage *message = construct(raw_mended(mem, raw));
    if (!message) return error_set_key(err, ERR_INVALID, "mail_no_letter", "this is no letter that can be read");
    GMimeObject *top = g_mime_message_get_mime_part(message);
    read_envelope(reading, message);
    reading->letter->media_type = top ? type_of(mem, top) : text_of("text/plain");
    reading->letter->report_type = top ? text_lower(mem, parameter(mem, top, "report-type")) : text_of("");
    reading->letter->status_fields = reading->letter->returned_headers = text_of("");
    walk(reading, top, (struct place){0});
    join_blocks(reading);
    mark_inline(reading);
    *ret_letter = reading->letter;
    return true;
}
