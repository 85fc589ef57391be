#include "platform/http/http_private.h"

struct text request_header(const struct request *request, const char *name) {
    return text_of(MHD_lookup_connection_value(request->exchange->connection, MHD_HEADER_KIND, name));
}

/* RFC 6265, 4.2.1: name=value pairs parted by "; ". Read here, since what a browser sends is not always that tidy. */
struct text cookie_find(struct text header, const char *name) {
    struct text piece;
    while (header.size && text_next(&header, ';', &piece)) {
        piece = text_trim(piece);
        size_t equals = text_find_char(piece, '=');
        if (equals == SIZE_MAX || !text_is(text_slice(piece, 0, equals), name)) continue;
        struct text value = text_skip(piece, equals + 1);
        bool quoted = value.size >= 2 && value.data[0] == '"' && value.data[value.size - 1] == '"';
        return quoted ? text_slice(value, 1, value.size - 2) : value;
    }
    return (struct text){0};
}

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)(c | 32);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What is no escape stays as it is: a name need not be well encoded. */
struct text request_file_name(const struct request *request) {
    struct text t = request_header(request, "X-File-Name");
    struct buffer out = {.mem = request->mem};
    for (size_t i = 0; i < t.size; i++) {
        bool escaped = t.data[i] == '%' && i + 2 < t.size && hex(t.data[i + 1]) >= 0 && hex(t.data[i + 2]) >= 0;
        buffer_add_char(&out, escaped ? (char)(hex(t.data[i + 1]) * 16 + hex(t.data[i + 2])) : t.data[i]);
        if (escaped) i += 2;
    }
    return text_make_utf8(request->mem, buffer_text(&out));
}

struct text request_cookie(const struct request *request, const char *name) {
    return cookie_find(request_header(request, "Cookie"), name);
}

struct text request_bearer(const struct request *request) {
    struct text value = request_header(request, "Authorization");
    return text_starts_nocase(value, "Bearer ") ? text_trim(text_skip(value, 7)) : (struct text){0};
}

bool request_form(const struct request *request, const struct json_shape *shape, void **ret_object, struct error *err) {
    struct json_pair *pairs = NULL;
    size_t count = 0;
    if (!text_starts_nocase(request_header(request, "Content-Type"), "application/x-www-form-urlencoded"))
        return error_set(err, ERR_MEDIA_TYPE, "the body must be a form");
    return pairs_decode(request->mem, request->raw_body, &pairs, &count, err)
           && json_decode_pairs(request->mem, pairs, count, shape, ret_object, err);
}
