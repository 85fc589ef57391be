/* The raw letter before it is parsed: its limits, and what would lead the parser astray. */
#include "wire/mail/mime_private.h"

enum { CHARSET_SEARCH = 8192, ADDRESSES_SIZE = 49152 };

static size_t header_size(struct text raw) {
    size_t a = text_find(raw, text_of("\n\n")), b = text_find(raw, text_of("\n\r\n"));
    return a < b ? a : b == SIZE_MAX ? raw.size : b;
}

/* "From ana@example.org Tue Nov 24 ..." in front: an mbox's mark, put there by some pipes. */
struct text raw_without_mbox_mark(struct text raw) {
    struct text line;
    if (text_starts(raw, "\xEF\xBB\xBF")) raw = text_skip(raw, 3);
    while (raw.size && (raw.data[0] == '\r' || raw.data[0] == '\n')) raw = text_skip(raw, 1);
    bool marked = (text_starts(raw, "From ") && !text_starts(raw, "From :")) || text_starts(raw, ">From ");
    if (marked) text_next_line(&raw, &line);
    return raw;
}

/* "Name: value" at the very beginning: letters, digits and "-" before a colon. */
static bool begins_with_header(struct text raw) {
    size_t i = 0;
    while (i < raw.size && i < 200 && (unsigned char)raw.data[i] > ' ' && raw.data[i] != ':') i++;
    while (i < raw.size && (raw.data[i] == ' ' || raw.data[i] == '\t')) i++;
    return i > 0 && i < raw.size && raw.data[i] == ':';
}

bool raw_check(struct text raw, const struct mail_limits *limits, struct error *err) {
    if (raw.size > limits->size)
        return error_set_key(err, ERR_TOO_LARGE, "mail_too_large", "the letter has %zu bytes, more than %zu", raw.size, limits->size);
    if (header_size(raw) > limits->headers)
        return error_set_key(err, ERR_TOO_LARGE, "mail_headers_too_large", "the letter's headers have more than %zu bytes", limits->headers);
    if (!begins_with_header(raw)) return error_set_key(err, ERR_INVALID, "mail_no_letter", "this is no letter: it has no headers");
    return true;
}

/* --- Mending --------------------------------------------------------------------------------------------------------- */

/* Where the line of the next header of this name begins; SIZE_MAX at the end of the headers. */
static size_t header_find(struct text raw, size_t from, size_t end, const char *name) {
    for (size_t at = from; at < end;) {
        struct text line = text_slice(raw, at, end - at);
        if (text_starts_nocase(line, name)) return at;
        size_t next = text_find_char(line, '\n');
        if (next == SIZE_MAX) break;
        at += next + 1;
    }
    return SIZE_MAX;
}

static bool is_multipart(struct text raw, size_t at) {
    struct text line = text_slice(raw, at, 500);
    return text_starts_nocase(text_trim(text_skip(line, text_find_char(line, ':') + 1)), "multipart/");
}

/* Some programs write Content-Type twice: the one that tells of parts is right, the other is hidden from the parser. */
static struct text one_content_type(struct arena *mem, struct text raw, size_t end) {
    static const char name[] = "Content-Type:";
    size_t first = header_find(raw, 0, end, name), other = SIZE_MAX, kept = SIZE_MAX;
    if (first == SIZE_MAX || header_find(raw, first + 1, end, name) == SIZE_MAX) return raw;
    for (size_t at = first; at != SIZE_MAX; at = header_find(raw, at + 1, end, name)) {
        if (kept == SIZE_MAX && is_multipart(raw, at)) kept = at;
        else if (other == SIZE_MAX) other = at;
    }
    if (kept == SIZE_MAX || other == SIZE_MAX) return raw;
    char *copy = arena_copy(mem, raw.data, raw.size);
    for (size_t at = first; at != SIZE_MAX; at = header_find(raw, at + 1, end, name))
        if (at != kept) copy[at] = 'X';
    return text_from(copy, raw.size);
}

/* What the letter says of the charset of its words, in its headers or those of its first part. */
static struct text charset_named(struct text raw) {
    struct text head = text_cut(raw, CHARSET_SEARCH);
    size_t at = text_find_nocase(head, text_of("charset=")), end = 0;
    if (at == SIZE_MAX) return text_of("");
    head = text_skip(head, at + 8);
    while (head.size && strchr("\"' ", head.data[0])) head = text_skip(head, 1);
    while (end < head.size && (unsigned char)head.data[end] > ' ' && !strchr("\"';", head.data[end])) end++;
    return text_slice(head, 0, end);
}

static bool is_plain_ascii(struct text t) {
    for (size_t i = 0; i < t.size; i++)
        if ((unsigned char)t.data[i] >= 0x80 || t.data[i] == 0x1B) return false;
    return true;
}

/* Raw bytes in the headers are in the charset of the words below, when they are in any. */
static struct text headers_in_utf8(struct arena *mem, struct text raw, size_t end) {
    struct text headers = text_slice(raw, 0, end), body = text_skip(raw, end);
    if (is_plain_ascii(headers)) return raw;
    bool is_utf8 = text_is_utf8(headers) && text_find_char(headers, 0x1B) == SIZE_MAX;
    struct text charset = charset_named(raw);
    if (is_utf8 || text_empty(charset) || text_is_nocase(charset, "utf-8")) return raw;
    struct buffer out = {.mem = mem};
    buffer_add_text(&out, charset_to_utf8(mem, charset, headers));
    buffer_add_text(&out, body);
    return buffer_text(&out);
}

static bool is_of_addresses(struct text line) {
    static const char *const names[] = {"From:", "To:", "Cc:", "Bcc:", "Sender:", "Reply-To:", "Resent-"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_starts_nocase(line, names[i])) return true;
    return false;
}

static void add_whole_addresses(struct buffer *out, struct text line) {
    size_t end = line.size;
    while (end && line.data[end - 1] != ',') end--;
    buffer_add_text(out, end ? text_slice(line, 0, end) : line);
    buffer_add_char(out, '\n');
}

/* The parser needs the square of the time for a long list of nothing but signs: each list is read so far as it can name our limit
 * of recipients. */
static struct text lists_cut(struct arena *mem, struct text raw, size_t *end) {
    struct buffer out = {.mem = mem};
    size_t size = 0;
    bool cuts = false;
    if (*end <= ADDRESSES_SIZE) return raw;
    for (size_t at = 0, next; at < *end; at = next) {
        struct text rest = text_slice(raw, at, *end - at);
        size_t line_end = text_find_char(rest, '\n');
        next = line_end == SIZE_MAX ? *end : at + line_end + 1;
        struct text line = text_slice(raw, at, next - at);
        if (line.data[0] != ' ' && line.data[0] != '\t') cuts = is_of_addresses(line), size = 0;
        size_t room = size < ADDRESSES_SIZE ? ADDRESSES_SIZE - size : 0;
        size += line.size;
        if (!cuts || line.size <= room) buffer_add_text(&out, line);
        else if (room) add_whole_addresses(&out, text_slice(line, 0, room));
    }
    size_t headers = out.size;
    buffer_add_text(&out, text_skip(raw, *end));
    *end = headers;
    return buffer_text(&out);
}

struct text raw_mended(struct arena *mem, struct text raw) {
    size_t end = header_size(raw);
    raw = lists_cut(mem, raw, &end);
    raw = one_content_type(mem, raw, end);
    return headers_in_utf8(mem, raw, end);
}
