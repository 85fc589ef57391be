/* Conversations with a running server over real sockets. */
#include "platform/http/http_private.h"

#include "base/clock.h"
#include "platform/http/assets.h"
#include "tests/store.h"
#include "tests/test.h"
#include "tests/wire.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- The application under test ----------------------------------------------------------------------------------- */

static _Atomic int writes;
static _Atomic bool gate_closed;

static bool get_hello(struct request *request, struct response *response, struct error *err) {
    json_object_begin(&response->json);
    json_put_text(&response->json, "address", request->remote_address);
    json_put_int(&response->json, "staff", request->actor->staff.value);
    json_object_end(&response->json);
    return true;
}

static bool get_thing(struct request *request, struct response *response, struct error *err) {
    if (request->id[0] == 404) return error_set(err, ERR_NOT_FOUND, "there is no thing 404");
    if (request->id[0] == 500) return error_set(err, ERR_STORE, "secret path /var/lib");
    json_object_begin(&response->json);
    json_put_int(&response->json, "id", request->id[0]);
    json_put_text(&response->json, "name", request->path_param[0]);
    json_object_end(&response->json);
    return true;
}

struct thing {
    struct text name;
    bool has_name;
};
static const struct json_field thing_fields[] = {
    {.name = "name", .type = JSON_FIELD_TEXT, .offset = offsetof(struct thing, name),
     .present_offset = offsetof(struct thing, has_name), .required = true, .low = 1, .high = 20},
};
static const struct json_shape thing_shape = {thing_fields, COUNT_OF(thing_fields), sizeof(struct thing)};

static bool post_thing(struct request *request, struct response *response, struct error *err) {
    const struct thing *thing = request->body;
    int number = atomic_fetch_add(&writes, 1) + 1;
    while (gate_closed) usleep(1000);
    response_created(response, request, "/things/%" PRId64, number);
    json_object_begin(&response->json);
    json_put_text(&response->json, "name", thing->name);
    json_put_int(&response->json, "number", number);
    json_object_end(&response->json);
    return true;
}

static bool put_upload(struct request *request, struct response *response, struct error *err) {
    json_object_begin(&response->json);
    json_put_int(&response->json, "size", request->upload_size);
    json_put_bool(&response->json, "spooled", request->upload_path && access(request->upload_path, R_OK) == 0);
    json_object_end(&response->json);
    return true;
}

static bool get_slow(struct request *request, struct response *response, struct error *err) {
    while (gate_closed) usleep(1000);
    json_none(&response->json);
    return true;
}

static bool get_file(struct request *request, struct response *response, struct error *err) {
    char path[] = "/tmp/theke-file-XXXXXX";
    response->fd = mkstemp(path);
    unlink(path);
    for (int i = 0; i < 1000; i++)
        if (write(response->fd, "0123456789", 10) != 10) return error_errno(err, "writing");
    response->fd_size = 10000;
    return true;
}

static struct stream *_Atomic open_stream;

static bool get_stream(struct request *request, struct response *response, struct error *err) {
    struct stream *stream = response_stream(response, request);
    bool sent = stream_send(stream, text_of("data: first\n\n"));
    open_stream = stream;
    return sent;
}

static bool get_private(struct request *request, struct response *response, struct error *err) {
    json_int(&response->json, request->actor->staff.value);
    return true;
}

const struct route all_routes[] = {
    {"GET", "/hello", "get_hello", CAN_NOTHING, ROUTE_PUBLIC, NULL, get_hello, NULL, NULL, 0},
    {"GET", "/things/{id}", "get_thing", CAN_NOTHING, ROUTE_PUBLIC, NULL, get_thing, NULL, NULL, 0},
    {"GET", "/things/first", "get_first", CAN_NOTHING, ROUTE_PUBLIC, NULL, get_hello, NULL, NULL, 0},
    {"GET", "/things/{id}/parts/{part}", "get_part", CAN_NOTHING, ROUTE_PUBLIC, NULL, get_thing, NULL, NULL, 0},
    {"POST", "/things", "post_thing", CAN_NOTHING, ROUTE_PUBLIC | ROUTE_WRITE, NULL, post_thing, NULL, &thing_shape, 0},
    {"POST", "/forgetful", "post_forgetful", CAN_NOTHING, ROUTE_PUBLIC | ROUTE_WRITE | ROUTE_VERSIONED, NULL, post_thing, NULL, &thing_shape, 0},
    {"POST", "/mine", "post_mine", CAN_NOTHING, ROUTE_SIGNED_IN | ROUTE_WRITE, NULL, post_thing, NULL, &thing_shape, 0},
    {"PUT", "/upload", "put_upload", CAN_NOTHING, ROUTE_PUBLIC | ROUTE_UPLOAD, NULL, put_upload, NULL, NULL, 100000},
    {"GET", "/slow", "get_slow", CAN_NOTHING, ROUTE_PUBLIC, NULL, get_slow, NULL, NULL, 0},
    {"GET", "/file", "get_file", CAN_NOTHING, ROUTE_PUBLIC, NULL, get_file, NULL, NULL, 0},
    {"GET", "/stream", "get_stream", CAN_NOTHING, ROUTE_PUBLIC, NULL, get_stream, NULL, NULL, 0},
    {"GET", "/private", "get_private", CAN_NOTHING, ROUTE_SIGNED_IN, NULL, get_private, NULL, NULL, 0},
};
const int all_route_count = COUNT_OF(all_routes);

/* "Bearer good" and the cookie s=good are agent 7; anything else that looks like a credential is refused. */
static bool authenticate(struct tx *tx, struct request *request, struct actor *actor, struct error *err) {
    struct text bearer = request_bearer(request), cookie = request_cookie(request, "s");
    struct text given = bearer.data ? bearer : cookie;
    if (!given.data) return true;
    if (!text_is(given, "good")) return error_set(err, ERR_UNAUTHENTICATED, "wrong credentials");
    actor->staff.value = 7;
    if (bearer.data) actor->token = 1;
    else actor->session = 1;
    return true;
}

static const struct asset page = {.path = "/assets/a.js", .media_type = "text/javascript", .etag = "\"abc\"",
                                  .data = "let a;", .size = 6, .gzip = "zipped", .gzip_size = 6};

static bool fallback(struct request *request, struct text path, struct response *response, struct error *err) {
    if (!text_is(path, page.path)) return false;
    response_asset(response, request, &page);
    return true;
}

static _Atomic int upgraded = -1;

static void upgrade(void *application, int fd, struct text early, const struct actor *actor) {
    upgraded = fd;
}

struct desk {
    struct test_store store;
    struct server *server;
    struct sockaddr_in at;
};

static struct desk open_desk_on(const struct server_options *wanted, enum dialect dialect) {
    struct desk desk = {.store = test_store_open(dialect)};
    if (!desk.store.store) return desk;
    struct server_options options = *wanted;
    struct error err = {0};
    options.store = desk.store.store;
    options.spool = desk.store.folder;
    options.authenticate = authenticate;
    options.fallback = fallback;
    options.upgrade = upgrade;
    gate_closed = false;
    writes = 0;
    EXPECT_OK(server_start(&options, &desk.server, &err), err);
    desk.at = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(server_port(desk.server)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return desk;
}

static struct desk open_desk(const struct server_options *wanted) {
    return open_desk_on(wanted, DIALECT_SQLITE);
}

static void close_desk(struct desk *desk) {
    server_stop(desk->server);
    test_store_close(&desk->store);
}

/* --- The client --------------------------------------------------------------------------------------------------- */

static int dial(const struct desk *desk) {
    return wire_dial(server_port(desk->server));
}

static const char *ask(const struct desk *desk, const char *request) {
    int fd = dial(desk);
    wire_say(fd, "%s", request);
    const char *answer = wire_hear(fd);
    close(fd);
    return answer;
}

static void expect_status(int line, const char *answer, const char *status) {
    bool is = answer && strncmp(answer, "HTTP/1.1 ", 9) == 0 && strncmp(answer + 9, status, 3) == 0;
    expect_at(__FILE__, line, is, "status %s, got: %.300s", status, answer ? answer : "");
}

static void expect_has(int line, const char *answer, const char *part) {
    expect_at(__FILE__, line, answer && strstr(answer, part), "'%s' in: %.900s", part, answer ? answer : "");
}

#define EXPECT_STATUS(answer, status) expect_status(__LINE__, (answer), (status))
#define EXPECT_HAS(answer, part) expect_has(__LINE__, (answer), (part))
#define HOST "Host: theke.example\r\n"

/* --- Ordinary requests -------------------------------------------------------------------------------------------- */

TEST(a_request_is_answered_and_the_connection_stays) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    int fd = dial(&desk);
    for (int i = 1; i <= 3; i++) {
        wire_say(fd, "GET /things/%d HTTP/1.1\r\n" HOST "\r\n", i);
        char wanted[32];
        snprintf(wanted, sizeof wanted, "{\"id\":%d,", i);
        const char *answer = wire_hear(fd);
        EXPECT_STATUS(answer, "200");
        EXPECT_HAS(answer, wanted);
        EXPECT_HAS(answer, "X-Content-Type-Options: nosniff");
        EXPECT_HAS(answer, "frame-ancestors 'none'");
        EXPECT_HAS(answer, "X-Request-Id: ");
        EXPECT_HAS(answer, "Content-Type: application/json");
    }
    close(fd);
}

TEST(requests_sent_at_once_are_answered_in_order) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    int fd = dial(&desk);
    wire_say(fd, "GET /things/1 HTTP/1.1\r\n" HOST "\r\nGET /things/2 HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
    const char *all = wire_hear_all(fd), *first = strstr(all, "\"id\":1");
    EXPECT(first && strstr(first, "\"id\":2"));
    close(fd);
}

TEST(literal_segments_win_over_parameters) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    EXPECT_HAS(ask(&desk, "GET /things/first HTTP/1.1\r\n" HOST "\r\n"), "\"address\":\"127.0.0.1\"");
    EXPECT_HAS(ask(&desk, "GET /things/9/parts/4 HTTP/1.1\r\n" HOST "\r\n"), "\"id\":9");
    EXPECT_HAS(ask(&desk, "GET /things/a%2Fb HTTP/1.1\r\n" HOST "\r\n"), "\"name\":\"a/b\"");
    EXPECT_HAS(ask(&desk, "GET http://theke.example/things/3 HTTP/1.1\r\n" HOST "\r\n"), "\"id\":3");
}

TEST(head_tells_the_length_without_the_body) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    int fd = dial(&desk);
    wire_say(fd, "HEAD /things/1 HTTP/1.1\r\n" HOST "\r\nGET /things/2 HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
    const char *all = wire_hear_all(fd);
    EXPECT_HAS(all, "Content-Length: 19");
    EXPECT(strstr(all, "\"id\":1") == NULL);
    EXPECT_HAS(all, "\"id\":2");
    close(fd);
}

TEST(wrong_paths_and_methods_say_so) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    const char *answer = ask(&desk, "GET /nowhere HTTP/1.1\r\n" HOST "\r\n");
    EXPECT_STATUS(answer, "404");
    EXPECT_HAS(answer, "Content-Type: application/problem+json");
    EXPECT_HAS(answer, "\"code\":\"not_found\"");
    answer = ask(&desk, "DELETE /things/1 HTTP/1.1\r\n" HOST "\r\n");
    EXPECT_STATUS(answer, "405");
    EXPECT_HAS(answer, "Allow: GET, HEAD, OPTIONS");
    answer = ask(&desk, "OPTIONS /things HTTP/1.1\r\n" HOST "\r\n");
    EXPECT_STATUS(answer, "204");
    EXPECT_HAS(answer, "Allow: POST, OPTIONS");
    EXPECT_STATUS(ask(&desk, "GET /things/404 HTTP/1.1\r\n" HOST "\r\n"), "404");
    EXPECT_STATUS(ask(&desk, "GET /things/ HTTP/1.1\r\n" HOST "\r\n"), "404");
}

TEST(problems_speak_the_readers_language_and_keep_our_secrets) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    EXPECT_HAS(ask(&desk, "GET /nowhere HTTP/1.1\r\n" HOST "Accept-Language: de-AT,en;q=0.5\r\n\r\n"),
               "Nicht gefunden");
    EXPECT_HAS(ask(&desk, "GET /nowhere HTTP/1.1\r\n" HOST "Accept-Language: hu\r\n\r\n"), "Nem található");
    const char *answer = ask(&desk, "GET /things/500 HTTP/1.1\r\n" HOST "\r\n");
    EXPECT_STATUS(answer, "500");
    EXPECT(strstr(answer, "secret") == NULL);
}

TEST(paths_and_parameters_are_strict_utf8) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    const char *const bad[] = {"/things/%ff",        "/things/%zz",    "/things/%",        "/things/%00",
                               "/things/1?a=%c0%af", "/things/1?a=%f", "/things/%0d%0aX:y"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        char request[200];
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n" HOST "\r\n", bad[i]);
        EXPECT_STATUS(ask(&desk, request), "400");
    }
    EXPECT_HAS(ask(&desk, "GET /things/%C3%A1rv%C3%ADz HTTP/1.1\r\n" HOST "\r\n"), "árvíz");
}

/* --- Bodies ------------------------------------------------------------------------------------------------------- */

static const char *post(const struct desk *desk, const char *path, const char *headers, const char *body) {
    char request[4096];
    snprintf(request, sizeof request, "POST %s HTTP/1.1\r\n" HOST "%sContent-Length: %zu\r\n\r\n%s", path, headers,
             strlen(body), body);
    return ask(desk, request);
}
#define JSON "Content-Type: application/json\r\n"

TEST(a_post_is_written_and_says_where) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    const char *answer = post(&desk, "/things", JSON, "{\"name\":\"kettle\"}");
    EXPECT_STATUS(answer, "201");
    EXPECT_HAS(answer, "Location: /things/1");
    EXPECT_HAS(answer, "\"name\":\"kettle\"");
}

TEST(wrong_bodies_are_refused_with_the_field) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    EXPECT_STATUS(post(&desk, "/things", "Content-Type: text/plain\r\n", "{\"name\":\"k\"}"), "415");
    EXPECT_STATUS(post(&desk, "/things", JSON, "{\"name\":"), "400");
    const char *answer = post(&desk, "/things", JSON "Accept-Language: de\r\n", "{}");
    EXPECT_STATUS(answer, "422");
    EXPECT_HAS(answer, "\"field\":\"name\",\"code\":\"required\",\"message\":\"Das wird gebraucht\"");
    EXPECT_INT(writes, 0);
}

TEST(a_condition_is_heeded_or_refused) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    const char *body = "{\"name\":\"kettle\"}";
    atomic_store(&writes, 0);
    const char *answer = post(&desk, "/things", JSON "If-Match: \"1\"\r\n", body);
    EXPECT_STATUS(answer, "400");
    EXPECT_HAS(answer, "precondition_unsupported");
    EXPECT_STATUS(post(&desk, "/forgetful", JSON "If-None-Match: *\r\n", body), "400");
    EXPECT(atomic_load(&writes) == 0);
    EXPECT_STATUS(post(&desk, "/forgetful", JSON "If-Match: \"1\"\r\n", body), "500");
    EXPECT_STATUS(post(&desk, "/forgetful", JSON, body), "201");
}

TEST(bodies_in_chunks_are_read_and_end_the_connection) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    int fd = dial(&desk);
    wire_say(fd, "POST /things HTTP/1.1\r\n" HOST JSON
            "Transfer-Encoding: chunked\r\n\r\n7\r\n{\"name\"\r\n6\r\n:\"pot\"\r\n1\r\n}\r\n0\r\n\r\n");
    const char *answer = wire_hear(fd);
    EXPECT_STATUS(answer, "201");
    EXPECT_HAS(answer, "Connection: close");
    EXPECT(wire_closes(fd));
    close(fd);
}

TEST(uploads_are_spooled_and_limited) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    char piece[1000];
    memset(piece, 'x', sizeof piece);
    int fd = dial(&desk);
    wire_say(fd, "PUT /upload HTTP/1.1\r\n" HOST "Content-Length: 90000\r\n\r\n");
    for (int i = 0; i < 90; i++) wire_say(fd, "%.1000s", piece);
    const char *answer = wire_hear(fd);
    EXPECT_HAS(answer, "{\"size\":90000,\"spooled\":true}");
    close(fd);
    EXPECT_STATUS(ask(&desk, "PUT /upload HTTP/1.1\r\n" HOST "Content-Length: 9000000\r\n\r\n"), "413");
    fd = dial(&desk);
    wire_say(fd, "PUT /upload HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 101; i++) wire_say(fd, "3e8\r\n%.1000s\r\n", piece);
    wire_say(fd, "0\r\n\r\n");
    EXPECT_STATUS(wire_hear(fd), "413");
    close(fd);
}

TEST(a_failure_is_heard_by_a_client_that_is_still_sending) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    char piece[1001] = "";
    memset(piece, 'x', 1000);
    static const char *const paths[] = {"PUT /upload", "POST /nowhere", "POST /things"};
    static const char *const statuses[] = {"413", "404", "415"};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        int fd = dial(&desk);
        wire_say(fd, "%s HTTP/1.1\r\n" HOST "Content-Length: 500000\r\n\r\n", paths[i]);
        for (int sent = 0; sent < 500; sent++) wire_say(fd, "%s", piece);
        EXPECT_STATUS(wire_hear(fd), statuses[i]);
        close(fd);
    }
    EXPECT_STATUS(ask(&desk, "PUT /upload HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 100001\r\n\r\n"),
                  "413");
}

TEST(both_families_of_addresses_are_heard) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){.address = "::"});
    EXPECT_HAS(ask(&desk, "GET /hello HTTP/1.1\r\n" HOST "\r\n"), "\"address\":\"127.0.0.1\"");
    struct sockaddr_in6 six = {
        .sin6_family = AF_INET6, .sin6_port = desk.at.sin_port, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_INT(connect(fd, (const struct sockaddr *)&six, sizeof six), 0);
    wire_say(fd, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
    EXPECT_HAS(wire_hear(fd), "\"address\":\"::1\"");
    close(fd);
}

TEST(files_are_sent_whole) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    const char *answer = ask(&desk, "GET /file HTTP/1.1\r\n" HOST "\r\n");
    EXPECT_HAS(answer, "Content-Length: 10000");
    EXPECT_INT(strlen(strstr(answer, "\r\n\r\n") + 4), 10000);
}

TEST(assets_come_once) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    const char *answer = ask(&desk, "GET /assets/a.js HTTP/1.1\r\n" HOST "\r\n");
    EXPECT_STATUS(answer, "200");
    EXPECT_HAS(answer, "ETag: \"abc\"");
    EXPECT_HAS(answer, "immutable");
    EXPECT_HAS(answer, "let a;");
    EXPECT_HAS(ask(&desk, "GET /assets/a.js HTTP/1.1\r\n" HOST "Accept-Encoding: br, gzip\r\n\r\n"), "zipped");
    EXPECT_STATUS(ask(&desk, "GET /assets/a.js HTTP/1.1\r\n" HOST "If-None-Match: W/\"abc\"\r\n\r\n"), "304");
}

/* --- Framing ------------------------------------------------------------------------------------------------------ */

TEST(a_head_that_comes_byte_by_byte_is_the_same_head) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    const char *request = "GET /things/5?a=b HTTP/1.1\r\n" HOST
                          "X-Long: one  two \r\nX-Empty:\r\nX-Tab:\tvalue\r\nCookie: a=b; c=d\r\n\r\n";
    int fd = dial(&desk);
    for (const char *at = request; *at; at++) {
        wire_say(fd, "%c", *at);
        usleep(300);
    }
    EXPECT_STATUS(wire_hear(fd), "200");
    wire_say(fd, "%s", request);
    EXPECT_STATUS(wire_hear(fd), "200");
    close(fd);
}

TEST(a_head_without_end_is_refused) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    int fd = dial(&desk);
    wire_say(fd, "GET /hello HTTP/1.1\r\n" HOST);
    for (int i = 0; i < 40; i++) wire_say(fd, "X-%d: %01000d\r\n", i, i);
    const char *answer = wire_hear(fd);
    EXPECT(strncmp(answer, "HTTP/1.1 4", 10) == 0 || answer[0] == '\0');
    close(fd);
    EXPECT_STATUS(ask(&desk, "GET /hello HTTP/1.1\r\n" HOST "\r\n"), "200");
}

/* --- Who asks ----------------------------------------------------------------------------------------------------- */

TEST(credentials_decide) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    const char *answer = ask(&desk, "GET /private HTTP/1.1\r\n" HOST "\r\n");
    EXPECT_STATUS(answer, "401");
    EXPECT_HAS(answer, "WWW-Authenticate: Bearer");
    EXPECT_STATUS(ask(&desk, "GET /private HTTP/1.1\r\n" HOST "Authorization: Bearer bad\r\n\r\n"), "401");
    EXPECT_STATUS(ask(&desk, "GET /private HTTP/1.1\r\n" HOST "Authorization: Bearer good\r\n\r\n"), "200");
    EXPECT_STATUS(ask(&desk, "GET /private HTTP/1.1\r\n" HOST "Cookie: t=1; s=good\r\n\r\n"), "200");
    EXPECT_STATUS(ask(&desk, "GET /hello HTTP/1.1\r\n" HOST "Cookie: s=old\r\n\r\n"), "200");
}

TEST(a_change_by_cookie_must_come_from_our_page) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    const char *body = "{\"name\":\"k\"}";
    EXPECT_STATUS(post(&desk, "/mine", JSON "Authorization: Bearer good\r\n", body), "201");
    EXPECT_STATUS(post(&desk, "/mine", JSON "Cookie: s=good\r\n", body), "403");
    EXPECT_STATUS(post(&desk, "/mine", JSON "Cookie: s=good\r\nX-Theke-Request: 1\r\n", body), "201");
    EXPECT_STATUS(
        post(&desk, "/mine", JSON "Cookie: s=good\r\nX-Theke-Request: 1\r\nOrigin: https://evil.example\r\n", body),
        "403");
    EXPECT_STATUS(post(&desk, "/mine", JSON "Cookie: s=good\r\nX-Theke-Request: 1\r\nOrigin: null\r\n", body), "403");
    EXPECT_STATUS(
        post(&desk, "/mine", JSON "Cookie: s=good\r\nX-Theke-Request: 1\r\nSec-Fetch-Site: cross-site\r\n", body),
        "403");
    EXPECT_STATUS(
        post(&desk, "/mine", JSON "Cookie: s=good\r\nX-Theke-Request: 1\r\nOrigin: https://theke.example\r\n", body),
        "201");
}

TEST(only_trusted_proxies_speak_for_others) {
    const char *request = "GET /hello HTTP/1.1\r\n" HOST "X-Forwarded-For: 198.51.100.9, 203.0.113.5, 10.0.0.1\r\n\r\n";
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    EXPECT_HAS(ask(&desk, request), "\"address\":\"127.0.0.1\"");
    SCOPED(close_desk)
    struct desk behind = open_desk(&(struct server_options){.trusted_proxies = text_of("127.0.0.1, 10.0.0.1")});
    EXPECT_HAS(ask(&behind, request), "\"address\":\"203.0.113.5\"");
}

TEST(too_many_requests_are_told_to_wait) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){.requests_per_minute = 5});
    for (int i = 0; i < 5; i++) EXPECT_STATUS(ask(&desk, "GET /hello HTTP/1.1\r\n" HOST "\r\n"), "200");
    const char *answer = ask(&desk, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
    EXPECT_STATUS(answer, "429");
    EXPECT_HAS(answer, "Retry-After: ");
    EXPECT_STATUS(ask(&desk, "GET /hello HTTP/1.1\r\n" HOST "Authorization: Bearer good\r\n\r\n"), "200");
    EXPECT_STATUS(ask(&desk, "GET /private HTTP/1.1\r\n" HOST "Authorization: Bearer guess\r\n\r\n"), "429");
}

/* --- Once only ---------------------------------------------------------------------------------------------------- */

static void send_again(struct desk *desk) {
    const char *headers = JSON "Idempotency-Key: k-1\r\n";
    EXPECT_HAS(post(desk, "/things", headers, "{\"name\":\"cup\"}"), "\"number\":1");
    const char *answer = post(desk, "/things", headers, "{\"name\":\"cup\"}");
    EXPECT_STATUS(answer, "201");
    EXPECT_HAS(answer, "\"number\":1");
    EXPECT_HAS(answer, "Location: /things/1");
    EXPECT_HAS(answer, "Idempotency-Replayed: true");
    EXPECT_STATUS(post(desk, "/things", headers, "{\"name\":\"mug\"}"), "422");
    EXPECT_INT(writes, 1);
}

TEST(a_post_sent_again_with_its_key_is_done_once) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    send_again(&desk);
}

TEST(a_post_sent_again_with_its_key_is_done_once_on_postgresql) {
    SCOPED(close_desk) struct desk desk = open_desk_on(&(struct server_options){0}, DIALECT_POSTGRESQL);
    if (desk.store.store) send_again(&desk);
}

TEST(a_post_sent_again_while_the_first_runs_is_refused) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    gate_closed = true;
    int fd = dial(&desk);
    wire_say(fd, "POST /things HTTP/1.1\r\n" HOST JSON "Idempotency-Key: k\r\nContent-Length: 12\r\n\r\n{\"name\":\"a\"}");
    while (writes == 0) usleep(1000);
    EXPECT_STATUS(post(&desk, "/things", JSON "Idempotency-Key: k\r\n", "{\"name\":\"a\"}"), "409");
    gate_closed = false;
    EXPECT_STATUS(wire_hear(fd), "201");
    EXPECT_STATUS(post(&desk, "/things", JSON "Idempotency-Key: k\r\n", "{\"name\":\"a\"}"), "201");
    EXPECT_INT(writes, 1);
    close(fd);
}

/* --- Under pressure ----------------------------------------------------------------------------------------------- */

TEST(a_full_queue_says_come_back) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){.workers = 1, .queue_length = 2});
    int fds[4];
    gate_closed = true;
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        fds[i] = dial(&desk);
        wire_say(fds[i], "GET /slow HTTP/1.1\r\n" HOST "\r\n");
        usleep(50000);
    }
    const char *answer = wire_hear(fds[3]);
    EXPECT_STATUS(answer, "503");
    EXPECT_HAS(answer, "Retry-After: 1");
    gate_closed = false;
    for (size_t i = 0; i < 3; i++) EXPECT_STATUS(wire_hear(fds[i]), "200");
    for (size_t i = 0; i < COUNT_OF(fds); i++) close(fds[i]);
}

TEST(a_client_that_leaves_while_we_work_harms_nobody) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    gate_closed = true;
    for (int i = 0; i < 8; i++) {
        int fd = dial(&desk);
        wire_say(fd, i % 2 ? "GET /slow HTTP/1.1\r\n" HOST "\r\n"
                      : "POST /things HTTP/1.1\r\n" HOST JSON "Content-Length: 12\r\n\r\n{\"name\":\"a\"}");
        usleep(20000);
        close(fd);
    }
    gate_closed = false;
    EXPECT_STATUS(ask(&desk, "GET /hello HTTP/1.1\r\n" HOST "\r\n"), "200");
    for (int i = 0; i < 300 && writes < 4; i++) usleep(10000);
    EXPECT_INT(writes, 4);
}

TEST(half_open_connections_give_way) {
    SCOPED(close_desk)
    struct desk desk = open_desk(&(struct server_options){.connections = 50, .connections_per_address = 40});
    int fds[200];
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        fds[i] = dial(&desk);
        wire_say(fds[i], "GET /hello HTTP/1.1\r\nHos");
    }
    for (int i = 0; i < 20; i++) EXPECT_STATUS(ask(&desk, "GET /hello HTTP/1.1\r\n" HOST "\r\n"), "200");
    EXPECT(wire_closes(fds[0]));
    for (size_t i = 0; i < COUNT_OF(fds); i++) close(fds[i]);
}

TEST(a_client_that_sends_a_byte_now_and_then_is_cut_off) {
    SCOPED(close_desk)
    struct desk desk = open_desk(&(struct server_options){.head_time = SECOND / 2, .body_time = SECOND / 2});
    int head = dial(&desk), body = dial(&desk);
    wire_say(head, "GET /hello HTTP/1.1\r\n");
    wire_say(body, "POST /things HTTP/1.1\r\n" HOST JSON "Content-Length: 9000\r\n\r\n");
    int64_t started = clock_steady();
    bool head_over = false, body_over = false;
    while (clock_steady() - started < 5 * SECOND && !(head_over && body_over)) {
        wire_say(head, "X");
        wire_say(body, "x");
        head_over = head_over || (wire_readable(head, 100) && wire_closes(head));
        body_over = body_over || (wire_readable(body, 100) && wire_closes(body));
    }
    EXPECT(head_over);
    EXPECT(body_over);
    close(head);
    close(body);
}

TEST(what_is_under_way_ends_before_the_server_does) {
    SCOPED(test_store_close) struct test_store kept = {0};
    struct desk desk = open_desk(&(struct server_options){0});
    gate_closed = true;
    int fd = dial(&desk);
    wire_say(fd, "POST /things HTTP/1.1\r\n" HOST JSON "Content-Length: 12\r\n\r\n{\"name\":\"a\"}");
    while (writes == 0) usleep(1000);
    server_drain(desk.server);
    EXPECT_INT(dial(&desk), -1);
    gate_closed = false;
    EXPECT_STATUS(wire_hear(fd), "201");
    server_stop(desk.server);
    close(fd);
    kept = desk.store; /* NOLINT(clang-analyzer-deadcode.DeadStores): closed when the scope ends */
}

/* --- Sockets that stay -------------------------------------------------------------------------------------------- */

TEST(a_stream_stays_open) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    int fd = dial(&desk);
    wire_say(fd, "GET /stream HTTP/1.1\r\n" HOST "\r\n");
    char in[4096] = "";
    size_t size = 0;
    while (!strstr(in, "first") && wire_readable(fd, 3000)) size += (size_t)recv(fd, in + size, sizeof in - 1 - size, 0);
    EXPECT_HAS(in, "Content-Type: text/event-stream");
    EXPECT(stream_send(open_stream, text_of("data: second\n\n")));
    while (!strstr(in, "second") && wire_readable(fd, 3000)) size += (size_t)recv(fd, in + size, sizeof in - 1 - size, 0);
    EXPECT_HAS(in, "data: second");
    close(fd);
    bool gone = false;
    for (int i = 0; i < 100 && !gone; i++) {
        gone = !stream_send(open_stream, text_of(": still there?\n\n"));
        usleep(10000);
    }
    EXPECT(gone);
    stream_close(open_stream);
}

TEST(a_stream_nobody_ends_ends_with_the_server) {
    struct desk desk = open_desk(&(struct server_options){0});
    int fd = dial(&desk);
    wire_say(fd, "GET /stream HTTP/1.1\r\n" HOST "\r\n");
    EXPECT(wire_readable(fd, 3000));
    struct stream *stream = open_stream;
    stream_close(stream);
    close_desk(&desk);
    close(fd);
}

#define SOCKET "Connection: Upgrade\r\nUpgrade: websocket\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define BEARER "Authorization: Bearer good\r\n"

/* The handshake of RFC 6455, 1.3; and the socket that was handed over outlives libmicrohttpd's own. */
TEST(a_socket_is_handed_over_and_lives_on) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    upgraded = -1;
    int fd = dial(&desk);
    wire_say(fd, "GET /api/v1/live HTTP/1.1\r\n" HOST SOCKET KEY VERSION BEARER "\r\n");
    const char *answer = wire_hear(fd);
    EXPECT_STATUS(answer, "101");
    EXPECT_HAS(answer, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    for (int i = 0; i < 300 && upgraded < 0; i++) usleep(10000);
    usleep(200000);
    EXPECT(ask(&desk, "GET /hello HTTP/1.1\r\n" HOST "\r\n")[0] == 'H');
    EXPECT_INT(send(upgraded, "pong", 4, MSG_NOSIGNAL), 4);
    char in[8] = "";
    EXPECT(wire_readable(fd, 3000) && recv(fd, in, sizeof in - 1, 0) == 4);
    EXPECT_INT(send(fd, "ping", 4, MSG_NOSIGNAL), 4);
    EXPECT(wire_readable(upgraded, 3000) && recv(upgraded, in, sizeof in - 1, 0) == 4);
    close(upgraded);
    EXPECT(wire_closes(fd));
    close(fd);
}

TEST(handshakes_that_do_not_fit_are_refused) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    const char *start = "GET /api/v1/live HTTP/1.1\r\n" HOST SOCKET;
    static const struct { const char *headers, *status; } cases[] = {
        {KEY VERSION, "401"}, {KEY BEARER, "400"}, {VERSION BEARER, "400"},
        {"Sec-WebSocket-Key: short\r\n" VERSION BEARER, "400"},
        {KEY VERSION BEARER "Origin: https://evil.example\r\n", "403"},
        {KEY VERSION "Cookie: s=good\r\nOrigin: https://evil.example\r\n", "403"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char request[800];
        snprintf(request, sizeof request, "%s%s\r\n", start, cases[i].headers);
        const char *answer = ask(&desk, request);
        expect_at(__FILE__, __LINE__, strncmp(answer + 9, cases[i].status, 3) == 0, "case %zu: %s, got %.60s", i,
                  cases[i].status, answer);
    }
}

TEST(numbers_are_told) {
    SCOPED(close_desk) struct desk desk = open_desk(&(struct server_options){0});
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = {.mem = &mem};
    ask(&desk, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
    usleep(100000);
    server_metrics(desk.server, &out);
    EXPECT_HAS(buffer_text(&out).data, "theke_http_requests_total{operation=\"get_hello\",status=\"2xx\"} 1\n");
}
