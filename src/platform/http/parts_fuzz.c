/* What a stranger writes into the request line and the simplest headers: paths, parameters, cookies, addresses. */
#include "platform/http/http_private.h"

#include <stdlib.h>

const struct route all_routes[] = {
    {.method = "GET", .path = "/a/{x}/b", .operation = "deep"},
    {.method = "POST", .path = "/a/c", .operation = "literal"},
    {.method = "GET", .path = "/a/c/{y}", .operation = "deeper"},
};
const int all_route_count = COUNT_OF(all_routes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text input = text_from((const char *)data, size), decoded = {0}, allow = {0}, params[PATH_PARAMS] = {0};
    struct json_pair *pairs = NULL;
    struct error err = {0};
    unsigned char address[16];
    size_t count = 0;
    const struct router *router = router_new(&mem, all_routes, all_route_count);
    if (path_decode(&mem, input, &decoded, &err)) {
        if (!text_is_utf8(decoded)) abort();
        (void)router_find(router, &mem, text_of("GET"), input, params, &allow, &err);
    }
    if (pairs_decode(&mem, input, &pairs, &count, &err))
        for (size_t i = 0; i < count; i++)
            if (!text_is_utf8(pairs[i].name) || !text_is_utf8(pairs[i].value)) abort();
    (void)cookie_find(input, "s");
    (void)address_parse(input, address);
    return 0;
}
