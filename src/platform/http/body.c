/* Bodies: JSON and forms into memory, uploads into a spooled file. What is kept before anybody knows who sends it is counted, by
 * address and as a whole: half-sent bodies must not fill memory or disk. */
#include "platform/http/http_private.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { FIRST_ROOM = 8 * 1024, SPOOL_STEP = 256 * 1024, RETRY_AFTER = 5 };

static bool is_upload(const struct exchange *x) {
    return x->request.route && x->request.route->flags & ROUTE_UPLOAD && x->server->options.spool;
}

static int64_t limit_of(const struct exchange *x) {
    const struct route *route = x->request.route;
    const struct budget *budget = &x->server->connections.budgets[is_upload(x) ? HOLD_SPOOLED : HOLD_BUFFERED];
    int64_t usual = route && route->flags & ROUTE_UPLOAD ? x->server->options.upload_limit : BODY_LIMIT;
    int64_t limit = route && route->body_limit ? route->body_limit : usual;
    if (limit > budget->limit) limit = budget->limit;
    return limit > budget->limit_per_address ? budget->limit_per_address : limit;
}

static bool needs_sign_in(const struct exchange *x) {
    return x->request.route && !(x->request.route->flags & (ROUTE_PUBLIC | ROUTE_ALONE)) && x->server->options.authenticate;
}

static bool has_credentials(const struct request *request) {
    return request_header(request, "Authorization").data || request_header(request, "Cookie").data;
}

static bool check_type(const struct exchange *x, struct error *err) {
    const struct route *route = x->request.route;
    struct text type = request_header(&x->request, "Content-Type");
    if (!route || !route->body || route->flags & ROUTE_UPLOAD) return true;
    size_t end = text_find_char(type, ';');
    struct text kind = text_trim(text_slice(type, 0, end == SIZE_MAX ? type.size : end));
    if (text_is_nocase(kind, "application/json") || (text_starts_nocase(kind, "application/") && text_ends(kind, "+json"))) return true;
    return error_set(err, ERR_MEDIA_TYPE, "the body must be application/json");
}

bool body_begin(struct exchange *x, struct error *err) {
    x->limit = limit_of(x);
    if (!x->length && !x->chunked) return true;
    if (needs_sign_in(x) && !has_credentials(&x->request)) return error_set(err, ERR_UNAUTHENTICATED, "nobody is signed in");
    if (x->length > x->limit) return error_set(err, ERR_TOO_LARGE, "at most %" PRId64 " bytes are taken here", x->limit);
    return check_type(x, err);
}

bool body_needs_asking(const struct exchange *x) {
    return is_upload(x) && needs_sign_in(x) && !x->is_admitted && x->failure.code == ERR_NONE;
}

static void refuse(struct exchange *x) {
    body_drop(x);
    error_set(&x->failure, ERR_BUSY, "too much is being received at once");
    x->failure.retry_after = RETRY_AFTER;
}

static bool spool_open(struct exchange *x, struct error *err) {
    char *path = arena_printf(&x->mem, "%s/upload-XXXXXX", x->server->options.spool);
    x->spool = mkostemp(path, O_CLOEXEC);
    if (x->spool < 0) return error_errno(err, "opening a file for the upload");
    x->request.upload_path = path;
    return true;
}

static bool spool_room(struct exchange *x) {
    while (x->held < x->received)
        if (!budget_take(x, HOLD_SPOOLED, SPOOL_STEP)) return false;
    return true;
}

static void spool_add(struct exchange *x, const char *data, size_t size) {
    if (!spool_room(x)) {
        refuse(x);
        return;
    }
    if (x->spool < 0 && !spool_open(x, &x->failure)) return;
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

/* Twice as much as before, but not more than can come. */
static size_t next_room(const struct exchange *x, size_t needed) {
    size_t most = (size_t)(x->length ? x->length : x->limit), room = x->body_room ? x->body_room * 2 : FIRST_ROOM;
    if (room > most) room = most;
    return room < needed ? needed : room;
}

static void memory_add(struct exchange *x, const char *data, size_t size) {
    size_t needed = x->body_size + size, room = x->body_room;
    if (needed > room) {
        room = next_room(x, needed);
        if (!budget_take(x, HOLD_BUFFERED, (int64_t)(room - x->body_room))) {
            refuse(x);
            return;
        }
        x->body = realloc(x->body, room);
        if (!x->body) abort();
        x->body_room = room;
    }
    memcpy(x->body + x->body_size, data, size);
    x->body_size = needed;
}

void body_add(struct exchange *x, const char *data, size_t size) {
    x->received += (int64_t)size;
    atomic_fetch_add(&x->server->bytes_in, (int64_t)size);
    if (x->received > x->limit) x->too_large = true;
    if (x->too_large || x->failure.code != ERR_NONE) return;
    if (is_upload(x)) spool_add(x, data, size);
    else memory_add(x, data, size);
}

bool body_finish(struct exchange *x, struct error *err) {
    if (x->too_large) return error_set(err, ERR_TOO_LARGE, "at most %" PRId64 " bytes are taken here", x->limit);
    x->request.upload_size = x->spool >= 0 ? x->received : 0;
    x->request.raw_body = text_from(x->body, x->body_size);
    return true;
}

void body_drop(struct exchange *x) {
    if (x->spool >= 0) close(x->spool);
    if (x->request.upload_path) unlink(x->request.upload_path);
    free(x->body);
    x->spool = -1;
    x->request.upload_path = NULL;
    x->body = NULL;
    x->body_size = x->body_room = 0;
    budget_give(x);
}
