/* Router, parameters, cookies, addresses and problems by themselves. */
#include "platform/http/http_private.h"

#include "tests/test.h"

static const struct route some_routes[] = {
    {.method = "GET", .path = "/", .operation = "root"},
    {.method = "GET", .path = "/a/{x}/b", .operation = "deep"},
    {.method = "POST", .path = "/a/c", .operation = "literal"},
    {.method = "GET", .path = "/a/c/d", .operation = "deeper"},
};
const struct route all_routes[] = {{.method = "GET", .path = "/", .operation = "root"}};
const int all_route_count = 1;

static const char *find(const char *method, const char *path, struct text params[PATH_PARAMS]) {
    SCOPED(arena_free) struct arena mem = {0};
    static char allow_copy[100];
    struct error err = {0};
    struct text allow = {0}, found[PATH_PARAMS] = {0};
    const struct router *router = router_new(&mem, some_routes, COUNT_OF(some_routes));
    const struct route *route = router_find(router, &mem, text_of(method), text_of(path), found, &allow, &err);
    if (params) params[0] = route ? text_of(strdup(text_string(&mem, found[0]))) : (struct text){0};
    if (route) return route->operation;
    snprintf(allow_copy, sizeof allow_copy, "%s", allow.data ? allow.data : "none");
    return allow_copy;
}

TEST(the_router_goes_back_when_a_literal_leads_nowhere) {
    struct text params[PATH_PARAMS] = {0};
    EXPECT_TEXT(text_of(find("GET", "/a/c/b", params)), "deep");
    EXPECT_TEXT(params[0], "c");
    free((void *)(uintptr_t)params[0].data);
    EXPECT_TEXT(text_of(find("GET", "/a/c/d", NULL)), "deeper");
    EXPECT_TEXT(text_of(find("HEAD", "/", NULL)), "root");
    EXPECT_TEXT(text_of(find("GET", "/a//b", NULL)), "none");
    EXPECT_TEXT(text_of(find("GET", "/a", NULL)), "none");
    EXPECT_TEXT(text_of(find("PATCH", "/a/c", NULL)), "POST, OPTIONS");
}

TEST(parameters_are_decoded) {
    SCOPED(arena_free) struct arena mem = {0};
    struct json_pair *pairs;
    struct error err = {0};
    size_t count;
    EXPECT_OK(pairs_decode(&mem, text_of("q=a+b%26c&&tag=x&tag=&flag"), &pairs, &count, &err), err);
    EXPECT_INT(count, 4);
    EXPECT_TEXT(pairs[0].value, "a b&c");
    EXPECT_TEXT(pairs[2].value, "");
    EXPECT_TEXT(pairs[3].name, "flag");
    EXPECT(!pairs_decode(&mem, text_of("a=%"), &pairs, &count, &err));
    EXPECT(!pairs_decode(&mem, text_of("a=%4"), &pairs, &count, &err));
    EXPECT_OK(pairs_decode(&mem, text_of("a=%41"), &pairs, &count, &err), err);
    EXPECT_TEXT(pairs[0].value, "A");
}

TEST(cookies_are_found_by_their_whole_name) {
    struct text header = text_of("as=1; s=\"two\";t=3; s=4;bad");
    EXPECT_TEXT(cookie_find(header, "s"), "two");
    EXPECT_TEXT(cookie_find(header, "t"), "3");
    EXPECT(!cookie_find(header, "bad").data);
    EXPECT(!cookie_find((struct text){0}, "s").data);
}

TEST(addresses_are_one_form) {
    unsigned char four[16], six[16];
    EXPECT(address_parse(text_of(" 192.0.2.1 "), four));
    EXPECT(address_parse(text_of("::ffff:192.0.2.1"), six));
    EXPECT(memcmp(four, six, 16) == 0);
    EXPECT(!address_parse(text_of("192.0.2"), four));
    EXPECT(!address_parse(text_of(""), four));
}

TEST(buckets_fill_again) {
    struct rate_limit *limit = rate_limit_new(60);
    int64_t wait = 0, now = 1000000;
    for (int i = 0; i < 15; i++) EXPECT(rate_limit_take(limit, text_of("a"), now, &wait));
    EXPECT(!rate_limit_take(limit, text_of("a"), now, &wait));
    EXPECT_INT(wait, 2);
    EXPECT(rate_limit_take(limit, text_of("b"), now, &wait));
    EXPECT(rate_limit_take(limit, text_of("a"), now + 2000000, &wait));
    rate_limit_free(limit);
}

TEST(a_problem_names_fields_and_never_our_insides) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = {.mem = &mem};
    struct error err = {0};
    error_field(&err, "requester.email", "invalid", "no address");
    problem_write(&out, &err, text_of("en"), "r1");
    EXPECT(strstr(buffer_text(&out).data, "\"status\":422"));
    EXPECT(strstr(out.data,
                  "{\"field\":\"requester.email\",\"code\":\"invalid\",\"message\":\"This is not a valid value\""));
    out = (struct buffer){.mem = &mem};
    err = (struct error){0};
    error_set(&err, ERR_STORE, "table ticket is broken");
    problem_write(&out, &err, text_of("hu"), NULL);
    EXPECT(!strstr(buffer_text(&out).data, "broken"));
    EXPECT(strstr(out.data, "\"status\":500"));
}
