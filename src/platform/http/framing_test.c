/* Requests that a proxy and we could cut apart differently. */
#include "platform/http/http_private.h"

#include "tests/store.h"
#include "tests/test.h"
#include "tests/wire.h"

#include <unistd.h>

#define HOST "Host: theke.example\r\n"
#define JSON "Content-Type: application/json\r\n"

static _Atomic int writes;

static bool get_hello(struct request *request, struct response *response, struct error *err) {
    json_none(&response->json);
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
    atomic_fetch_add(&writes, 1);
    response_none(response);
    return true;
}

const struct route all_routes[] = {
    {"GET", "/hello", "get_hello", CAN_NOTHING, ROUTE_PUBLIC, NULL, get_hello, NULL, NULL, 0},
    {"POST", "/things", "post_thing", CAN_NOTHING, ROUTE_PUBLIC | ROUTE_WRITE, NULL, post_thing, NULL, &thing_shape, 0},
};
const int all_route_count = COUNT_OF(all_routes);

static bool authenticate(struct tx *tx, struct request *request, struct actor *actor, struct error *err) {
    return true;
}

struct desk {
    struct test_store store;
    struct server *server;
};

static struct desk open_desk(void) {
    struct desk desk = {.store = test_store_open(DIALECT_SQLITE)};
    const struct server_options options = {.store = desk.store.store, .spool = desk.store.folder, .authenticate = authenticate};
    struct error err = {0};
    writes = 0;
    EXPECT_OK(server_start(&options, &desk.server, &err), err);
    return desk;
}

static void close_desk(struct desk *desk) {
    server_stop(desk->server);
    test_store_close(&desk->store);
}

static bool is_ok(const char *answer) {
    return strncmp(answer, "HTTP/1.1 200 ", 13) == 0;
}

static bool says_hello(const struct desk *desk) {
    int fd = wire_dial(server_port(desk->server));
    wire_say(fd, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
    bool ok = is_ok(wire_hear(fd));
    close(fd);
    return ok;
}

TEST(framing_with_two_meanings_is_refused_and_the_connection_closed) {
    SCOPED(close_desk) struct desk desk = open_desk();
    static const struct {
        const char *what, *request;
    } cases[] = {
        {"both lengths",
         "POST /things HTTP/1.1\r\n" HOST JSON "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"two lengths", "POST /things HTTP/1.1\r\n" HOST JSON "Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}"},
        {"equal lengths", "POST /things HTTP/1.1\r\n" HOST JSON "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"},
        {"list of lengths", "POST /things HTTP/1.1\r\n" HOST JSON "Content-Length: 2, 2\r\n\r\n{}"},
        {"signed length", "POST /things HTTP/1.1\r\n" HOST JSON "Content-Length: +2\r\n\r\n{}"},
        {"negative length", "POST /things HTTP/1.1\r\n" HOST JSON "Content-Length: -2\r\n\r\n{}"},
        {"hexadecimal length", "POST /things HTTP/1.1\r\n" HOST JSON "Content-Length: 0x2\r\n\r\n{}"},
        {"huge length", "POST /things HTTP/1.1\r\n" HOST JSON "Content-Length: 99999999999999999999\r\n\r\n{}"},
        {"empty length", "POST /things HTTP/1.1\r\n" HOST JSON "Content-Length: \r\n\r\n{}"},
        {"length with a space in it", "POST /things HTTP/1.1\r\n" HOST JSON "Content-Length: 2 2\r\n\r\n{}"},
        {"length of one of two names", "POST /things HTTP/1.1\r\n" HOST JSON "Content-Length: 2\r\ncontent-length: 40\r\n\r\n{}"},
        {"folded length", "POST /things HTTP/1.1\r\n" HOST JSON "Content-Length:\r\n 2\r\n\r\n{}"},
        {"chunked twice", "POST /things HTTP/1.1\r\n" HOST JSON "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"chunked and another", "POST /things HTTP/1.1\r\n" HOST JSON "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"},
        {"nearly chunked", "POST /things HTTP/1.1\r\n" HOST JSON "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
        {"chunked in quotes", "POST /things HTTP/1.1\r\n" HOST JSON "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
        {"chunked in the old version", "POST /things HTTP/1.0\r\n" HOST JSON "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"coding with a space before the colon", "POST /things HTTP/1.1\r\n" HOST JSON "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
        {"other coding", "POST /things HTTP/1.1\r\n" HOST JSON "Transfer-Encoding: gzip\r\n\r\n"},
        {"two codings", "POST /things HTTP/1.1\r\n" HOST JSON "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"},
        {"obscured coding", "POST /things HTTP/1.1\r\n" HOST JSON "Transfer-Encoding: \x0b"
                            "chunked\r\n\r\n0\r\n\r\n"},
        {"space before colon", "GET /hello HTTP/1.1\r\nHost : x\r\n\r\n"},
        {"space before colon of a length", "POST /things HTTP/1.1\r\n" HOST JSON "Content-Length : 2\r\n\r\n{}"},
        {"folded header", "GET /hello HTTP/1.1\r\n" HOST "X-A: b\r\n c\r\n\r\n"},
        {"folded last header", "GET /hello HTTP/1.1\r\nHost: b\r\n\tc\r\n\r\n"},
        {"bare LF after a header", "GET /hello HTTP/1.1\r\n" HOST "X-A: b\nX-B: c\r\n\r\n"},
        {"bare LF after the request line", "GET /hello HTTP/1.1\n" HOST "\r\n"},
        {"bare LF everywhere", "GET /hello HTTP/1.1\nHost: a\n\n"},
        {"bare CR", "GET /hello HTTP/1.1\r\n" HOST "X-A: b\rX-B: c\r\n\r\n"},
        {"no host", "GET /hello HTTP/1.1\r\nX-A: b\r\n\r\n"},
        {"two hosts", "GET /hello HTTP/1.1\r\n" HOST HOST "\r\n"},
        {"bad name", "GET /hello HTTP/1.1\r\n" HOST "X(A): b\r\n\r\n"},
        {"bad chunk size",
         "POST /things HTTP/1.1\r\n" HOST JSON "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"},
        {"hexadecimal chunk size", "POST /things HTTP/1.1\r\n" HOST JSON "Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n"},
        {"signed chunk size", "POST /things HTTP/1.1\r\n" HOST JSON "Transfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n"},
        {"space before a chunk size", "POST /things HTTP/1.1\r\n" HOST JSON "Transfer-Encoding: chunked\r\n\r\n 2\r\n{}\r\n0\r\n\r\n"},
        {"empty chunk size", "POST /things HTTP/1.1\r\n" HOST JSON "Transfer-Encoding: chunked\r\n\r\n\r\n{}\r\n0\r\n\r\n"},
        {"no colon", "GET /hello HTTP/1.1\r\n" HOST "Content-Length\r\n\r\n"},
        {"space before the first header", "GET /hello HTTP/1.1\r\n Host: a\r\n" HOST "\r\n"},
        {"a space in the target", "GET /hello there HTTP/1.1\r\n" HOST "\r\n"},
        {"a tab in the request line", "GET\t/hello\tHTTP/1.1\r\n" HOST "\r\n"},
        {"no version", "GET /hello\r\n" HOST "\r\n"},
        {"version of the future", "GET /hello HTTP/1.9x\r\n" HOST "\r\n"},
        {"lower-case version", "GET /hello http/1.1\r\n" HOST "\r\n"},
        {"host with a path", "GET /hello HTTP/1.1\r\nHost: x/y\r\n\r\n"},
        {"host with a user", "GET /hello HTTP/1.1\r\nHost: a@b\r\n\r\n"},
        {"empty host", "GET /hello HTTP/1.1\r\nHost:\r\n\r\n"},
        {"two hosts in one", "GET /hello HTTP/1.1\r\nHost: a, b\r\n\r\n"},
        {"chunk without end",
         "POST /things HTTP/1.1\r\n" HOST JSON "Transfer-Encoding: chunked\r\n\r\n2\r\n{}xx0\r\n\r\n"},
        {"huge chunk", "POST /things HTTP/1.1\r\n" HOST JSON
                       "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int fd = wire_dial(server_port(desk.server));
        wire_say(fd, "%s", cases[i].request);
        const char *answer = wire_hear(fd);
        /* What is no request line ends the connection without a word. */
        bool refused = strncmp(answer, "HTTP/1.1 400 ", 13) == 0 || strncmp(answer, "HTTP/1.1 413 ", 13) == 0 || !answer[0];
        expect_at(__FILE__, __LINE__, refused, "%s: 400, got: %.200s", cases[i].what, answer);
        wire_say(fd, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
        expect_at(__FILE__, __LINE__, wire_closes(fd), "%s: the connection closes", cases[i].what);
        close(fd);
    }
    EXPECT_INT(writes, 0);
    EXPECT(says_hello(&desk));
}

/* Chunks are read leniently; so what a proxy may have read as another request behind them is never answered. */
TEST(what_follows_a_body_in_chunks_is_never_a_request) {
    SCOPED(close_desk) struct desk desk = open_desk();
    static const char *const bodies[] = {"2\n{}\r\n0\r\n\r\n", "2;a\n{}\r\n0\r\n\r\n", "2\r\n{}\n0\r\n\r\n", "2\r\n{}\r\n0\r\nX-A: b\r\n\r\n",
                                         "2;a=\"\r\n{}\r\n0\r\n\r\n"};
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        int fd = wire_dial(server_port(desk.server));
        wire_say(fd, "POST /things HTTP/1.1\r\n" HOST JSON "Transfer-Encoding: chunked\r\n\r\n%sGET /hello HTTP/1.1\r\n" HOST "\r\n", bodies[i]);
        const char *answer = wire_hear(fd);
        expect_at(__FILE__, __LINE__, answer[0] == '\0' || strncmp(answer, "HTTP/1.1 4", 10) == 0, "%s: got %.100s", bodies[i], answer);
        expect_at(__FILE__, __LINE__, wire_closes(fd), "%s: the connection closes", bodies[i]);
        close(fd);
    }
}

/* A body where none belongs is read as a body: what lies in it is no request of its own. */
TEST(a_request_within_a_body_is_no_request) {
    SCOPED(close_desk) struct desk desk = open_desk();
    static const char inner[] = "GET /missing HTTP/1.1\r\n" HOST "\r\n";
    int fd = wire_dial(server_port(desk.server));
    wire_say(fd, "GET /hello HTTP/1.1\r\n" HOST "Content-Length: %zu\r\n\r\n%s", strlen(inner), inner);
    EXPECT(is_ok(wire_hear(fd)));
    wire_say(fd, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
    EXPECT(is_ok(wire_hear(fd)));
    close(fd);
}
