/* A browser sends its cookie along whoever wrote the page. So what changes something by cookie must carry our own
 * header, which a foreign page can't set without asking first, and come from our own origin. */
#include "platform/http/http_private.h"

static struct text host_of(struct text origin) {
    size_t scheme = text_find(origin, text_of("://"));
    if (scheme == SIZE_MAX) return (struct text){0};
    struct text host = text_skip(origin, scheme + 3);
    size_t end = text_find_char(host, '/');
    return text_slice(host, 0, end == SIZE_MAX ? host.size : end);
}

bool origin_fits(const struct request *request) {
    struct text origin = request_header(request, "Origin"), site = request_header(request, "Sec-Fetch-Site");
    const char *base = request->server->options.base_url;
    if (site.data && !text_is(site, "same-origin") && !text_is(site, "none")) return false;
    if (!origin.data) return true;
    struct text host = host_of(origin);
    if (text_empty(host)) return false; /* "null": a sandboxed page */
    return text_equal_nocase(host, request_header(request, "Host"))
           || (base && text_equal_nocase(host, host_of(text_of(base))));
}

bool csrf_check(struct exchange *x, struct error *err) {
    struct text method = x->request.method;
    bool safe = text_is(method, "GET") || text_is(method, "HEAD") || text_is(method, "OPTIONS");
    if (x->actor.session == 0 || (safe && !x->upgrading)) return true;
    bool asked = x->upgrading || request_header(&x->request, "X-Theke-Request").data;
    if (asked && origin_fits(&x->request)) return true;
    return error_set_key(err, ERR_FORBIDDEN, "csrf", "a change by cookie needs X-Theke-Request and our own origin");
}
