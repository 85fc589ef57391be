#include "platform/http/http_private.h"

#include "base/clock.h"
#include "base/log.h"
#include "platform/http/assets.h"

#include <unistd.h>

static const char *const nothing_runs =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

void response_reset(struct exchange *x) {
    struct response *response = &x->response;
    if (response->fd > 0) close(response->fd);
    struct stream *stream = response->stream;
    *response = (struct response){.status = 200, .content_type = "application/json", .fd = -1, .stream = stream};
    response->body = (struct buffer){.mem = &x->mem};
    response->json = json_writer(&response->body);
    x->headers = NULL;
}

static bool header_safe(struct text value) {
    for (size_t i = 0; i < value.size; i++)
        if ((unsigned char)value.data[i] < ' ' || value.data[i] == 127) return false;
    return true;
}

void response_header(struct response *response, struct request *request, const char *name, struct text value) {
    if (!header_safe(value)) return;
    struct header *header = arena_alloc(request->mem, sizeof *header);
    header->name = arena_strdup(request->mem, name);
    header->value = text_string(request->mem, value);
    header->next = request->exchange->headers;
    request->exchange->headers = header;
}

void response_created(struct response *response, struct request *request, const char *path_format, int64_t id) {
    struct text path = text_of(path_format);
    size_t place = text_find(path, text_of("%"));
    struct text start = text_slice(path, 0, place == SIZE_MAX ? path.size : place);
    response->status = 201;
    response_header(response, request, "Location",
                    text_printf(request->mem, "%.*s%" PRId64, (int)start.size, start.data, id));
}

void response_none(struct response *response) {
    response->status = 204;
    response->body.size = 0;
}

/* If-None-Match compares weakly: W/ does not count (RFC 9110, 13.1.2). */
bool response_etag(struct response *response, struct request *request, struct text etag) {
    struct text wanted = request_header(request, "If-None-Match"), piece;
    response_header(response, request, "ETag", etag);
    while (wanted.size && text_next(&wanted, ',', &piece)) {
        piece = text_trim(piece);
        if (text_starts(piece, "W/")) piece = text_skip(piece, 2);
        if (!text_equal(piece, etag) && !text_is(piece, "*")) continue;
        response->status = 304;
        response->body.size = 0;
        response->fixed_body = (struct text){0};
        return true;
    }
    return false;
}

/* A coding is taken when it is named without q=0. */
static bool takes_gzip(const struct request *request) {
    struct text wanted = request_header(request, "Accept-Encoding"), piece;
    while (wanted.size && text_next(&wanted, ',', &piece)) {
        size_t end = text_find_char(piece, ';');
        struct text name = text_trim(text_slice(piece, 0, end == SIZE_MAX ? piece.size : end));
        bool refused = end != SIZE_MAX && (text_is(text_trim(text_skip(piece, end + 1)), "q=0")
                                           || text_starts(text_trim(text_skip(piece, end + 1)), "q=0.000"));
        if (text_is_nocase(name, "gzip")) return !refused;
    }
    return false;
}

void response_asset(struct response *response, struct request *request, const struct asset *asset) {
    bool for_ever = text_starts(text_of(asset->path), "/assets/");
    response->content_type = asset->media_type;
    response_header(response, request, "Cache-Control",
                    text_of(for_ever ? "public, max-age=31536000, immutable" : "no-cache"));
    response_header(response, request, "Vary", text_of("Accept-Encoding"));
    if (response_etag(response, request, text_of(asset->etag))) return;
    response->fixed_body = text_from(asset->data, asset->size);
    if (!asset->gzip_size || !takes_gzip(request)) return;
    response->fixed_body = text_from(asset->gzip, asset->gzip_size);
    response_header(response, request, "Content-Encoding", text_of("gzip"));
}

static struct MHD_Response *body_response(struct exchange *x) {
    struct response *response = &x->response;
    if (response->stream) return stream_answer(response->stream);
    if (response->fd >= 0) {
        struct MHD_Response *answer = MHD_create_response_from_fd64((uint64_t)response->fd_size, response->fd);
        if (answer) response->fd = -1;
        x->answer_size = response->fd_size;
        return answer;
    }
    struct text body =
        response->fixed_body.data ? response->fixed_body : text_from(response->body.data, response->body.size);
    x->answer_size = (int64_t)body.size;
    return MHD_create_response_from_buffer(body.size, (void *)(uintptr_t)body.data, MHD_RESPMEM_PERSISTENT);
}

static bool header_named(const struct exchange *x, const char *name) {
    for (const struct header *header = x->headers; header; header = header->next)
        if (text_is_nocase(text_of(header->name), name)) return true;
    return false;
}

static void add_headers(struct exchange *x) {
    struct response *response = &x->response;
    struct MHD_Response *answer = x->answer;
    const char *policy = response->content_policy ? response->content_policy : nothing_runs;
    for (const struct header *header = x->headers; header; header = header->next)
        MHD_add_response_header(answer, header->name, header->value);
    if (response->status != 204 && response->status != 304)
        MHD_add_response_header(answer, "Content-Type", response->content_type);
    MHD_add_response_header(answer, "X-Request-Id", x->id);
    MHD_add_response_header(answer, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(answer, "Referrer-Policy", "same-origin");
    MHD_add_response_header(answer, "Content-Security-Policy", policy);
    if (!response->content_policy) MHD_add_response_header(answer, "X-Frame-Options", "DENY");
    if (!header_named(x, "Cache-Control")) MHD_add_response_header(answer, "Cache-Control", "no-store");
    if (x->request.secure) MHD_add_response_header(answer, "Strict-Transport-Security", "max-age=31536000");
    if (x->close || x->chunked) MHD_add_response_header(answer, "Connection", "close");
}

void answer_make(struct exchange *x) {
    if (x->response.body.failed) {
        struct error err = {0};
        error_set(&err, ERR_INTERNAL, "the answer grew beyond its limit");
        answer_problem(x, &err);
        return;
    }
    x->answer = body_response(x);
    x->answer_status = (unsigned)x->response.status;
    if (x->answer) add_headers(x);
}

/* Also what the database refused and no handler had looked for: who asked reads no more than that it does not fit. */
static void log_failure(const struct exchange *x, const struct error *err, int status) {
    bool is_refused = strcmp(err->key, "constraint") == 0 || strcmp(err->key, "taken") == 0;
    if (is_refused || (status >= 500 && err->code != ERR_BUSY && err->code != ERR_DEADLINE))
        log_error(err, "%s %.*s request=%s", x->request.method.data ? x->request.method.data : "?",
                  (int)(x->request.path.size < 200 ? x->request.path.size : 200),
                  x->request.path.data ? x->request.path.data : "", x->id);
}

void answer_problem(struct exchange *x, const struct error *err) {
    struct header *kept = x->headers;
    if (x->answer) MHD_destroy_response(x->answer);
    else stream_abandon(x->response.stream);
    x->answer = NULL;
    response_reset(x);
    x->response.stream = NULL;
    if (err->code == ERR_METHOD) x->headers = kept; /* Allow */
    x->response.status = problem_status(err->code);
    bool (*page)(struct request *, struct text, const struct error *, struct response *) = x->server->options.failure_page;
    if (!page || !page(&x->request, x->raw_target, err, &x->response)) {
        x->response.content_type = "application/problem+json";
        problem_write(&x->response.body, err, x->request.language, x->id);
    }
    if (err->code == ERR_UNAUTHENTICATED)
        response_header(&x->response, &x->request, "WWW-Authenticate", text_of("Bearer"));
    if (err->code == ERR_BUSY || err->code == ERR_RATE || err->code == ERR_DEADLINE)
        response_header(&x->response, &x->request, "Retry-After",
                        text_printf(&x->mem, "%" PRId64, err->retry_after > 0 ? err->retry_after : 1));
    log_failure(x, err, x->response.status);
    answer_make(x);
}

enum MHD_Result answer_send(struct exchange *x) {
    x->stage = STAGE_ANSWERED;
    if (!x->answer) return MHD_NO;
    int64_t due = x->response.stream ? 0 : clock_steady() + MINUTE + x->answer_size * SECOND / (20 * 1024);
    if (x->entry) connection_busy(x->server, x->entry, due);
    return MHD_queue_response(x->connection, x->answer_status, x->answer);
}
