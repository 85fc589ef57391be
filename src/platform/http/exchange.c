/* libmicrohttpd's side of an exchange: head seen, body gathered, away at a worker, answered. */
#include "platform/http/http_private.h"

#include "base/clock.h"

#include <unistd.h>

/* "http://host/path", as clients send it to proxies (RFC 9112, 3.2.2), names the same as "/path". */
static struct text target_of(struct text uri) {
    if (!text_starts_nocase(uri, "http://") && !text_starts_nocase(uri, "https://")) return uri;
    struct text rest = text_skip(uri, text_find(uri, text_of("://")) + 3);
    size_t slash = text_find_char(rest, '/');
    return slash == SIZE_MAX ? text_of("/") : text_skip(rest, slash);
}

void *exchange_begin(void *context, const char *uri, struct MHD_Connection *connection) {
    struct server *server = context;
    struct arena mem = {0};
    struct exchange *x = arena_alloc(&mem, sizeof *x);
    x->server = server;
    x->connection = connection;
    x->spool = -1;
    x->started = clock_steady();
    x->raw_target = target_of(text_of(arena_strdup(&mem, uri)));
    snprintf(x->id, sizeof x->id, "%s%08" PRIx64, server->salt, atomic_fetch_add(&server->serial, 1) & 0xffffffff);
    x->mem = mem;
    x->request.mem = &x->mem;
    response_reset(x);
    return x;
}

static struct text language_of(const struct request *request) {
    struct text wanted = request_header(request, "Accept-Language"), piece;
    while (wanted.size && text_next(&wanted, ',', &piece)) {
        struct text word = text_slice(text_trim(piece), 0, 2);
        if (text_is_nocase(word, "de")) return text_of("de");
        if (text_is_nocase(word, "hu")) return text_of("hu");
        if (text_is_nocase(word, "en")) return text_of("en");
    }
    return text_of("en");
}

static void request_fill(struct exchange *x, const char *method) {
    struct request *request = &x->request;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    x->entry = info ? info->socket_context : NULL;
    request->server = x->server;
    request->store = x->server->options.store;
    request->application = x->server->options.application;
    request->exchange = x;
    request->request_id = x->id;
    request->actor = &x->actor;
    request->method = text_of(arena_strdup(&x->mem, method));
    request->language = language_of(request);
    x->head = text_is(request->method, "HEAD");
    address_resolve(x);
}

static bool find_route(struct exchange *x, struct error *err) {
    struct request *request = &x->request;
    size_t question = text_find_char(x->raw_target, '?');
    struct text path = text_slice(x->raw_target, 0, question == SIZE_MAX ? x->raw_target.size : question);
    struct text query = question == SIZE_MAX ? text_of("") : text_skip(x->raw_target, question + 1), allow = {0};
    struct json_pair *pairs = NULL;
    if (!path_decode(&x->mem, path, &request->path, err)) return false;
    if (!pairs_decode(&x->mem, query, &pairs, &request->query_pair_count, err)) return false;
    request->query_pairs = pairs;
    request->route = router_find(x->server->router, &x->mem, request->method, path, request->path_param, &allow, err);
    if (request->route) {
        for (int i = 0; i < PATH_PARAMS; i++)
            if (!text_to_int(request->path_param[i], &request->id[i]) || request->id[i] < 0) request->id[i] = 0;
        return true;
    }
    if (err->code != ERR_METHOD) return false;
    response_header(&x->response, request, "Allow", allow);
    if (!text_is(request->method, "OPTIONS")) return false;
    *err = (struct error){0};
    response_none(&x->response);
    return true;
}

/* What is no route: pages and assets of the application. */
static bool serve_fallback(struct exchange *x, struct error *err) {
    bool reading = text_is(x->request.method, "GET") || x->head;
    if (!x->server->options.fallback || !reading || text_starts(x->request.path, "/api/")) return false;
    struct error found = {0};
    bool served = x->server->options.fallback(&x->request, x->request.path, &x->response, &found);
    if (served || found.code != ERR_NONE) *err = found;
    return served;
}

static void head_seen(struct exchange *x, const char *method, const char *version) {
    struct error err = {0};
    int64_t length = -1;
    atomic_fetch_add(&x->server->requests, 1);
    request_fill(x, method);
    if (!guard_check(x->connection, version, &x->chunked, &length, &err)) {
        x->close = true;
    } else {
        x->length = length > 0 ? length : 0;
        x->upgrading = upgrade_wanted(x);
        bool found = x->upgrading || find_route(x, &err) || (err.code == ERR_NOT_FOUND && serve_fallback(x, &err));
        if (found && condition_read(&x->request, &err)) body_begin(x, &err);
    }
    x->failure = err;
    int64_t body = x->length + (x->chunked ? x->limit : 0);
    int64_t due = clock_steady() + x->server->options.body_time + body * SECOND / (20 * 1024);
    if (x->entry) connection_busy(x->server, x->entry, due);
}

enum { DROPPED_LIMIT = 4 * BODY_LIMIT };

/* A request that fails is answered after its body was read and dropped: closing on a client that still sends would
 * reset the connection, and the answer with it. Not so when the body is large, its length in doubt, or the client
 * asked first. */
static bool fails_early(const struct exchange *x) {
    return x->failure.code != ERR_NONE
           && (x->close || x->length > DROPPED_LIMIT || request_header(&x->request, "Expect").data);
}

/* Whoever still sends after that is not heard out. */
static bool sends_too_long(const struct exchange *x) {
    return x->received > 2 * x->limit + DROPPED_LIMIT;
}

/* The body is complete. Everything that needs a worker goes there, the rest is answered from here. */
static enum MHD_Result body_seen(struct exchange *x) {
    struct error err = x->failure;
    bool ok = err.code == ERR_NONE && body_finish(x, &err);
    if (!ok) {
        answer_problem(x, &err);
        return answer_send(x);
    }
    if (!x->request.route && !x->upgrading) {
        answer_make(x);
        return answer_send(x);
    }
    if (x->entry) connection_busy(x->server, x->entry, 0);
    x->request.deadline = clock_steady() + x->server->options.deadline;
    x->stage = STAGE_AWAY;
    MHD_suspend_connection(x->connection);
    exchange_queue(x);
    return MHD_YES;
}

/* libmicrohttpd shows the same bytes again once a worker has looked. */
static enum MHD_Result ask_first(struct exchange *x) {
    x->stage = STAGE_ASKED;
    MHD_suspend_connection(x->connection);
    exchange_queue(x);
    return MHD_YES;
}

enum MHD_Result exchange_step(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *size, void **exchange) {
    struct exchange *x = *exchange;
    switch (x->stage) {
        case STAGE_HEAD:
            head_seen(x, method, version);
            x->stage = STAGE_BODY;
            if (!fails_early(x)) return MHD_YES;
            x->close = true;
            answer_problem(x, &x->failure);
            return answer_send(x);
        case STAGE_ASKED:
            x->is_admitted = true;
            x->stage = STAGE_BODY;
            /* fall through */
        case STAGE_BODY:
            if (*size == 0) return body_seen(x);
            if (body_needs_asking(x)) return ask_first(x);
            body_add(x, data, *size);
            *size = 0;
            return sends_too_long(x) ? MHD_NO : MHD_YES;
        case STAGE_AWAY:
            return answer_send(x);
        case STAGE_ANSWERED:
            break;
    }
    return MHD_NO;
}

void exchange_end(void *context, struct MHD_Connection *connection, void **exchange,
                  enum MHD_RequestTerminationCode code) {
    struct exchange *x = *exchange;
    if (!x) return;
    metrics_count(x);
    if (x->entry) connection_waits(x->server, x->entry, clock_steady() + MINUTE);
    if (x->answer) MHD_destroy_response(x->answer);
    if (x->response.fd >= 0 && !x->answer) close(x->response.fd);
    body_drop(x);
    struct arena mem = x->mem;
    arena_free(&mem);
    *exchange = NULL;
}
