/* Bodies: JSON and forms into the arena, uploads into a spooled file. */
#include "platform/http/http_private.h"

#include <fcntl.h>
#include <unistd.h>

static bool spool_open(struct exchange *x, struct error *err) {
    char *path = arena_printf(&x->mem, "%s/upload-XXXXXX", x->server->options.spool);
    x->spool = mkostemp(path, O_CLOEXEC);
    if (x->spool < 0) return error_errno(err, "opening a file for the upload");
    x->request.upload_path = path;
    return true;
}

bool body_begin(struct exchange *x, struct error *err) {
    const struct route *route = x->request.route;
    bool upload = route && route->flags & ROUTE_UPLOAD;
    int64_t usual = upload ? x->server->options.upload_limit : BODY_LIMIT;
    x->limit = route && route->body_limit ? route->body_limit : usual;
    if (x->length > x->limit)
        return error_set(err, ERR_TOO_LARGE, "at most %" PRId64 " bytes are taken here", x->limit);
    struct text type = request_header(&x->request, "Content-Type");
    if (route && route->body && !upload && (x->length || x->chunked)) {
        struct text kind =
            text_slice(type, 0, text_find_char(type, ';') == SIZE_MAX ? type.size : text_find_char(type, ';'));
        kind = text_trim(kind);
        if (!text_is_nocase(kind, "application/json")
            && !(text_starts_nocase(kind, "application/") && text_ends(kind, "+json")))
            return error_set(err, ERR_MEDIA_TYPE, "the body must be application/json");
    }
    x->body = (struct buffer){.mem = &x->mem};
    return !upload || !x->server->options.spool || spool_open(x, err);
}

static void spool_add(struct exchange *x, const char *data, size_t size) {
    while (size > 0) {
        ssize_t written = write(x->spool, data, size);
        if (written < 0) {
            error_errno(&x->failure, "writing an upload");
            return;
        }
        data += written;
        size -= (size_t)written;
    }
}

void body_add(struct exchange *x, const char *data, size_t size) {
    x->received += (int64_t)size;
    atomic_fetch_add(&x->server->bytes_in, (int64_t)size);
    if (x->received > x->limit) x->too_large = true;
    if (x->too_large || x->failure.code != ERR_NONE) return;
    if (x->spool >= 0) spool_add(x, data, size);
    else buffer_add(&x->body, data, size);
}

bool body_finish(struct exchange *x, struct error *err) {
    if (x->too_large) return error_set(err, ERR_TOO_LARGE, "at most %" PRId64 " bytes are taken here", x->limit);
    x->request.upload_size = x->spool >= 0 ? x->received : 0;
    if (x->received > 0 && x->spool < 0) x->request.raw_body = buffer_text(&x->body);
    return true;
}
