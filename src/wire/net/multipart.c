#include "wire/net/multipart.h"

enum { BOUNDARY_LIMIT = 70 };

/* --- Parameters: ; name="value" ------------------------------------------------------------------------------------- */

/* A quoted value ends at the next quote: browsers write one inside as %22 (HTML, multipart/form-data encoding). */
static struct text take_value(struct text *rest) {
    bool is_quoted = rest->size && rest->data[0] == '"';
    if (is_quoted) *rest = text_skip(*rest, 1);
    size_t end = text_find_char(*rest, is_quoted ? '"' : ';');
    if (end == SIZE_MAX) end = rest->size;
    struct text value = text_slice(*rest, 0, end);
    *rest = text_skip(*rest, is_quoted ? end + 1 : end);
    return is_quoted ? value : text_trim(value);
}

/* No text: there is no such parameter. */
static struct text parameter(struct text header, const char *name) {
    size_t begin = text_find_char(header, ';');
    struct text rest = text_skip(header, begin == SIZE_MAX ? header.size : begin);
    while (rest.size) {
        rest = text_trim(text_skip(rest, 1));
        size_t equals = text_find_char(rest, '=');
        if (equals == SIZE_MAX) break;
        struct text key = text_trim(text_slice(rest, 0, equals));
        rest = text_trim(text_skip(rest, equals + 1));
        struct text value = take_value(&rest);
        if (text_is_nocase(key, name)) return value;
        size_t next = text_find_char(rest, ';');
        rest = text_skip(rest, next == SIZE_MAX ? rest.size : next);
    }
    return (struct text){0};
}

static struct text unescaped(struct arena *mem, struct text value) {
    static const struct {
        const char *escape;
        char c;
    } escapes[] = {{"%22", '"'}, {"%0D", '\r'}, {"%0A", '\n'}};
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < value.size; i++) {
        struct text rest = text_skip(value, i);
        char c = value.data[i];
        for (size_t k = 0; k < COUNT_OF(escapes); k++)
            if (text_starts_nocase(rest, escapes[k].escape)) c = escapes[k].c, i += 2;
        buffer_add_char(&out, c);
    }
    return text_make_utf8(mem, buffer_text(&out));
}

/* --- Parts ------------------------------------------------------------------------------------------------------------ */

static bool read_boundary(struct arena *mem, struct text content_type, struct text *ret, struct error *err) {
    size_t end = text_find_char(content_type, ';');
    struct text kind = text_trim(text_slice(content_type, 0, end == SIZE_MAX ? content_type.size : end));
    struct text boundary = parameter(content_type, "boundary");
    if (!text_is_nocase(kind, "multipart/form-data")) return error_set(err, ERR_MEDIA_TYPE, "the body must be multipart/form-data");
    if (text_empty(boundary) || boundary.size > BOUNDARY_LIMIT) return error_set(err, ERR_MALFORMED, "the form has no boundary");
    *ret = text_printf(mem, "\r\n--%.*s", (int)boundary.size, boundary.data);
    return true;
}

static bool read_head(struct arena *mem, struct text head, struct form_part *part, struct error *err) {
    struct text line, disposition = {0};
    while (text_next_line(&head, &line))
        if (text_starts_nocase(line, "content-disposition:")) disposition = text_trim(text_skip(line, strlen("content-disposition:")));
    struct text name = parameter(disposition, "name"), file = parameter(disposition, "filename");
    if (!text_starts_nocase(disposition, "form-data") || !name.data) return error_set(err, ERR_MALFORMED, "a part of the form has no name");
    part->name = unescaped(mem, name);
    part->is_file = file.data != NULL;
    if (part->is_file) part->file_name = unescaped(mem, file);
    return true;
}

/* Takes one part off *rest, which begins behind the delimiter before it. */
static bool take_part(struct arena *mem, struct text *rest, struct text delimiter, struct form_part *part, struct error *err) {
    size_t head = text_find(text_slice(*rest, 0, MULTIPART_HEAD), text_of("\r\n\r\n"));
    if (head == SIZE_MAX) return error_set(err, ERR_MALFORMED, "a part of the form has no end of its headers");
    if (!read_head(mem, text_slice(*rest, 0, head), part, err)) return false;
    /* The line end of an empty part is that of its delimiter as well. */
    *rest = text_skip(*rest, head + 2);
    size_t end = text_find(text_skip(*rest, 2), delimiter);
    bool is_empty = text_starts(*rest, "\r\n") && text_starts(text_skip(*rest, 2), text_string(mem, text_skip(delimiter, 2)));
    if (!is_empty && end == SIZE_MAX) return error_set(err, ERR_MALFORMED, "the form ends in the middle of a part");
    part->bytes = is_empty ? text_from("", 0) : text_slice(text_skip(*rest, 2), 0, end);
    *rest = text_skip(*rest, (is_empty ? 0 : 2 + end) + delimiter.size);
    return true;
}

bool multipart_read(struct arena *mem, struct text content_type, struct text body, struct form_parts *ret, struct error *err) {
    struct text delimiter, rest = body;
    if (!read_boundary(mem, content_type, &delimiter, err)) return false;
    if (!text_starts(rest, text_string(mem, text_skip(delimiter, 2)))) return error_set(err, ERR_MALFORMED, "the form does not begin with its boundary");
    rest = text_skip(rest, delimiter.size - 2);
    struct form_part *parts = arena_array(mem, MULTIPART_PARTS, sizeof *parts);
    size_t count = 0;
    while (!text_starts(rest, "--")) {
        if (!text_starts(rest, "\r\n")) return error_set(err, ERR_MALFORMED, "a boundary of the form is followed by something else");
        if (count == MULTIPART_PARTS) return error_set(err, ERR_TOO_LARGE, "a form has at most %d parts", MULTIPART_PARTS);
        rest = text_skip(rest, 2);
        if (!take_part(mem, &rest, delimiter, &parts[count++], err)) return false;
    }
    *ret = (struct form_parts){count, parts};
    return true;
}
