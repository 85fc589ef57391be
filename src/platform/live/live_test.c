/* Conversations with the hub over real sockets, through the real handshake. */
#include "platform/live/live.h"

#include "base/clock.h"
#include "base/json.h"
#include "platform/http/http.h"
#include "tests/store.h"
#include "tests/test.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static struct hub *running_hub;

static bool get_events(struct request *request, struct response *response, struct error *err) {
    hub_follow(running_hub, response_stream(response, request), request->actor, 0);
    return true;
}

const struct route all_routes[] = {
    {"GET", "/api/v1/events", "get_events", CAN_NOTHING, ROUTE_PUBLIC, NULL, get_events, NULL, NULL, 0},
};
const int all_route_count = COUNT_OF(all_routes);

/* Bearer 7 is agent 7. */
static bool authenticate(struct tx *tx, struct request *request, struct actor *actor, struct error *err) {
    (void)text_to_int(request_bearer(request), &actor->staff.value);
    return true;
}

static bool not_internal(void *application, const struct actor *actor, const struct live_event *event) {
    return actor->staff.value != 8 || !event->internal;
}

static bool own_tickets(void *application, struct tx *tx, const struct actor *actor, ticket_id ticket) {
    return ticket.value < 100;
}

static _Atomic bool signed_out;

static _Atomic int refreshed[10];

static bool refresh(void *application, struct tx *tx, struct actor *actor) {
    if (actor->staff.value < (int64_t)COUNT_OF(refreshed)) refreshed[actor->staff.value]++;
    return !signed_out || actor->staff.value != 7;
}

static void take_over(void *application, int fd, struct text early, const struct actor *actor) {
    hub_accept(running_hub, fd, early, actor);
}

struct desk {
    struct test_store store;
    struct server *server;
    struct hub *hub;
    struct sockaddr_in at;
};

static struct desk open_desk(int64_t ping, int64_t idle) {
    struct desk desk = {.store = test_store_open(DIALECT_SQLITE)};
    struct error err = {0};
    signed_out = false;
    EXPECT_OK(hub_start(&(struct hub_options){.store = desk.store.store,
                                              .visible = not_internal,
                                              .may_follow = own_tickets,
                                              .refresh = refresh,
                                              .ping = ping,
                                              .idle = idle,
                                              .connections_per_staff = 10000},
                        &desk.hub, &err),
              err);
    running_hub = desk.hub;
    EXPECT_OK(server_start(&(struct server_options){.store = desk.store.store,
                                                    .authenticate = authenticate,
                                                    .connections_per_address = 10000,
                                                    .upgrade = take_over},
                           &desk.server, &err),
              err);
    desk.at = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(server_port(desk.server)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return desk;
}

static void close_desk(struct desk *desk) {
    server_stop(desk->server);
    hub_stop(desk->hub);
    test_store_close(&desk->store);
}

/* --- Changes ------------------------------------------------------------------------------------------------------ */

struct change {
    const char *kind, *scope, *data;
    int64_t ticket;
    bool internal;
    int count;
};

static bool record(struct tx *tx, void *argument, struct error *err) {
    const struct change *change = argument;
    for (int i = 0; i < change->count + !change->count; i++)
        event_record(tx, &(struct event){.kind = change->kind,
                                         .actor = ACTOR_STAFF,
                                         .actor_id = 7,
                                         .ticket = {change->ticket},
                                         .scope = change->scope,
                                         .internal = change->internal,
                                         .data = text_of(change->data ? change->data : "{\"a\":1}")});
    return true;
}

static void happens(struct desk *desk, struct change change) {
    struct error err = {0};
    EXPECT_OK(store_write(desk->store.store, record, &change, &err), err);
}

/* --- A small client ----------------------------------------------------------------------------------------------- */

static bool readable(int fd, int millis) {
    struct pollfd at = {.fd = fd, .events = POLLIN};
    return poll(&at, 1, millis) == 1;
}

static bool take_bytes(int fd, void *out, size_t size) {
    for (size_t at = 0; at < size;) {
        if (!readable(fd, 3000)) return false;
        ssize_t got = recv(fd, (char *)out + at, size - at, 0);
        if (got <= 0) return false;
        at += (size_t)got;
    }
    return true;
}

static int dial(const struct desk *desk, int staff) {
    char request[400], answer[2000] = "";
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (const struct sockaddr *)&desk->at, sizeof desk->at) != 0) return -1;
    int size = snprintf(
        request, sizeof request,
        "GET /api/v1/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer %d\r\n\r\n",
        staff);
    if (send(fd, request, (size_t)size, MSG_NOSIGNAL) != size) return -1;
    for (size_t at = 0; at < sizeof answer - 1 && !strstr(answer, "\r\n\r\n"); at++)
        if (!take_bytes(fd, answer + at, 1)) return -1;
    return fd;
}

static void say_frame(int fd, int opcode, const char *message, bool masked) {
    unsigned char out[2000] = {(unsigned char)(0x80 | opcode)};
    static const unsigned char mask[4] = {1, 2, 3, 4};
    size_t size = strlen(message), head = size < 126 ? 2 : 4;
    out[1] = (unsigned char)((masked ? 0x80 : 0) | (size < 126 ? size : 126));
    if (head == 4) {
        out[2] = (unsigned char)(size >> 8);
        out[3] = (unsigned char)size;
    }
    if (masked) memcpy(out + head, mask, 4);
    head += masked ? 4 : 0;
    for (size_t i = 0; i < size; i++) out[head + i] = (unsigned char)(message[i] ^ (masked ? mask[i % 4] : 0));
    EXPECT_INT(send(fd, out, head + size, MSG_NOSIGNAL), head + size);
}

static void say(int fd, const char *message) {
    say_frame(fd, 1, message, true);
}

/* The next message; "close CODE" for a close, "ping", "gone" for the end, "silence" when nothing comes. */
static const char *hear(int fd) {
    static char in[70000];
    unsigned char head[4];
    if (!readable(fd, 3000)) return "silence";
    if (!take_bytes(fd, head, 2)) return "gone";
    size_t size = head[1] & 0x7f;
    if (size == 126) {
        if (!take_bytes(fd, head + 2, 2)) return "gone";
        size = (size_t)head[2] << 8 | head[3];
    }
    if (!take_bytes(fd, in, size)) return "gone";
    in[size] = '\0';
    if ((head[0] & 15) == 8)
        snprintf(in, sizeof in, "close %d", size < 2 ? 0 : (unsigned char)in[0] << 8 | (unsigned char)in[1]);
    if ((head[0] & 15) == 9) return "ping";
    if ((head[0] & 15) == 10) return "pong";
    return in;
}

static void expect_has(int line, const char *got, const char *part) {
    expect_at(__FILE__, line, got && strstr(got, part), "'%s' in: %.400s", part, got ? got : "");
}
#define EXPECT_HAS(got, part) expect_has(__LINE__, (got), (part))

static int follow(const struct desk *desk, int staff, const char *message) {
    int fd = dial(desk, staff);
    EXPECT(fd >= 0);
    EXPECT_HAS(hear(fd), "{\"hello\":{\"last\":");
    say(fd, message);
    return fd;
}

/* Messages are handled in order: the error that answers this proves that what was said before is done. */
static void settle(int fd) {
    say(fd, "{\"subscribe\":[\"nonsense\"]}");
    EXPECT_HAS(hear(fd), "{\"error\":{\"code\":\"unknown\",\"message\":\"nonsense\"}}");
}

/* --- Conversations ------------------------------------------------------------------------------------------------ */

TEST(a_change_reaches_who_follows_its_topic) {
    SCOPED(close_desk) struct desk desk = open_desk(0, 0);
    int inbox = follow(&desk, 7, "{\"subscribe\":[\"inbox\"]}"),
        one = follow(&desk, 7, "{\"subscribe\":[\"ticket:2\"]}");
    int staff = follow(&desk, 7, "{\"subscribe\":[\"staff\"]}");
    settle(inbox), settle(one), settle(staff);
    happens(&desk, (struct change){.kind = "ticket.assigned", .ticket = 1});
    happens(&desk, (struct change){.kind = "ticket.closed", .ticket = 2, .data = "{\"state\":[\"open\",\"closed\"]}"});
    happens(&desk, (struct change){.kind = "note.pinned", .scope = "staff"});
    const char *event = hear(inbox);
    EXPECT_HAS(event, "{\"event\":{\"id\":1,\"at\":\"20");
    EXPECT_HAS(event, "\"kind\":\"ticket.assigned\",\"actor\":{\"kind\":\"staff\",\"id\":7}");
    EXPECT_HAS(hear(inbox), "\"kind\":\"ticket.closed\"");
    EXPECT_HAS(hear(one), "\"data\":{\"state\":[\"open\",\"closed\"]}");
    EXPECT_HAS(hear(staff), "\"kind\":\"note.pinned\"");
    close(inbox), close(one), close(staff);
}

TEST(what_one_may_not_see_is_not_sent) {
    SCOPED(close_desk) struct desk desk = open_desk(0, 0);
    int fd = follow(&desk, 8, "{\"subscribe\":[\"inbox\",\"ticket:100\"]}");
    EXPECT_HAS(hear(fd), "{\"error\":{\"code\":\"not_found\",\"message\":\"ticket:100\"}}");
    happens(&desk, (struct change){.kind = "secret", .ticket = 1, .internal = true});
    happens(&desk, (struct change){.kind = "open", .ticket = 1});
    EXPECT_HAS(hear(fd), "\"kind\":\"open\"");
    close(fd);
}

TEST(who_comes_back_gets_the_rest) {
    SCOPED(close_desk) struct desk desk = open_desk(0, 0);
    happens(&desk, (struct change){.kind = "one", .ticket = 1});
    happens(&desk, (struct change){.kind = "two", .ticket = 1});
    happens(&desk, (struct change){.kind = "three", .ticket = 1});
    int fd = follow(&desk, 7, "{\"subscribe\":[\"inbox\"],\"after\":1}");
    EXPECT_HAS(hear(fd), "\"kind\":\"two\"");
    EXPECT_HAS(hear(fd), "\"kind\":\"three\"");
    happens(&desk, (struct change){.kind = "four", .ticket = 1});
    EXPECT_HAS(hear(fd), "\"kind\":\"four\"");
    close(fd);
}

TEST(who_was_away_too_long_begins_anew) {
    SCOPED(close_desk) struct desk desk = open_desk(0, 0);
    for (int i = 0; i < 6; i++) happens(&desk, (struct change){.kind = "many", .ticket = 1, .count = 1000});
    usleep(300000);
    int fd = follow(&desk, 7, "{\"subscribe\":[\"inbox\"],\"after\":3}");
    EXPECT_HAS(hear(fd), "{\"resync\":true}");
    say(fd, "{\"subscribe\":[\"inbox\"],\"after\":5999}");
    EXPECT_HAS(hear(fd), "\"id\":6000");
    say(fd, "{\"subscribe\":[\"inbox\"],\"after\":7000}");
    EXPECT_HAS(hear(fd), "{\"resync\":true}");
    close(fd);
}

TEST(a_new_hub_knows_what_happened_before) {
    struct desk desk = open_desk(0, 0);
    happens(&desk, (struct change){.kind = "before", .ticket = 1, .count = 3});
    server_stop(desk.server);
    hub_stop(desk.hub);
    struct error err = {0};
    struct store *old = desk.store.store;
    store_close(old);
    EXPECT_OK(store_open(&(struct store_options){.url = desk.store.url}, &desk.store.store, &err), err);
    EXPECT_OK(hub_start(&(struct hub_options){.store = desk.store.store}, &desk.hub, &err), err);
    running_hub = desk.hub;
    EXPECT_OK(
        server_start(
            &(struct server_options){.store = desk.store.store, .authenticate = authenticate, .upgrade = take_over},
            &desk.server, &err),
        err);
    desk.at.sin_port = htons(server_port(desk.server));
    int fd = follow(&desk, 7, "{\"subscribe\":[\"inbox\"],\"after\":2}");
    EXPECT_HAS(hear(fd), "\"id\":3");
    close(fd);
    close_desk(&desk);
}

TEST(messages_of_the_moment_go_by_topic) {
    SCOPED(close_desk) struct desk desk = open_desk(0, 0);
    int fd = follow(&desk, 7, "{\"subscribe\":[\"ticket:1\"],\"presence\":{\"ticket\":1,\"doing\":\"note\"}}");
    EXPECT_HAS(hear(fd), "{\"presence\":{\"ticket\":1,\"people\":[{\"staff\":7,\"doing\":\"note\"}]}}");
    say(fd, "{\"presence\":{\"ticket\":2,\"doing\":\"note\"}}");
    EXPECT_HAS(hear(fd), "not_found");
    hub_send(desk.hub, "ticket:2", text_of("{\"no\":1}"));
    hub_send(desk.hub, "staff:8", text_of("{\"no\":2}"));
    hub_send(desk.hub, "staff:7", text_of("{\"yes\":3}"));
    EXPECT_HAS(hear(fd), "{\"yes\":3}");
    close(fd);
}

TEST(nonsense_is_answered_and_bad_frames_end_the_socket) {
    SCOPED(close_desk) struct desk desk = open_desk(0, 0);
    int fd = follow(&desk, 7, "{\"subscribe\":");
    EXPECT_HAS(hear(fd), "{\"error\":{\"code\":\"malformed\"");
    say(fd, "{\"shout\":1}");
    EXPECT_HAS(hear(fd), "{\"error\":{\"code\":\"invalid\"");
    say_frame(fd, 9, "hi", true);
    EXPECT_HAS(hear(fd), "pong");
    say_frame(fd, 1, "{}", false);
    EXPECT_HAS(hear(fd), "close 1002");
    EXPECT_HAS(hear(fd), "gone");
    close(fd);
    fd = follow(&desk, 7, "{}");
    say_frame(fd, 2, "binary", true);
    EXPECT_HAS(hear(fd), "close 1003");
    close(fd);
    fd = follow(&desk, 7, "{}");
    say_frame(fd, 1, "\xff\xfe", true);
    EXPECT_HAS(hear(fd), "close 1007");
    close(fd);
    fd = follow(&desk, 7, "{}");
    for (int i = 0; i < 80; i++) say(fd, "{}");
    EXPECT_HAS(hear(fd), "close 1008");
    close(fd);
    fd = follow(&desk, 7, "{}");
    say_frame(fd, 8, "\x03\xe8", true);
    EXPECT_HAS(hear(fd), "close 1000");
    EXPECT_HAS(hear(fd), "gone");
    close(fd);
}

TEST(slow_readers_are_let_go_and_hold_up_nobody) {
    SCOPED(close_desk) struct desk desk = open_desk(0, 0);
    char *big = calloc(1, 60000);
    memset(big, 'x', 59000);
    memcpy(big, "{\"a\":\"", 6);
    memcpy(big + 59000, "\"}", 3);
    int slow = follow(&desk, 7, "{\"subscribe\":[\"inbox\"]}"), quick = follow(&desk, 7, "{\"subscribe\":[\"inbox\"]}");
    settle(slow), settle(quick);
    for (int i = 0; i < 200; i++) {
        happens(&desk, (struct change){.kind = "big", .ticket = 1, .data = big});
        expect_has(__LINE__, hear(quick), "\"kind\":\"big\"");
    }
    const char *last = hear(slow);
    for (int i = 0; i < 200 && last[0] == '{'; i++) last = hear(slow);
    EXPECT_HAS(last, "close 1013");
    close(slow), close(quick);
    free(big);
}

TEST(silent_sockets_are_pinged_and_closed) {
    SCOPED(close_desk) struct desk desk = open_desk(SECOND / 2, SECOND);
    int fd = follow(&desk, 7, "{}");
    EXPECT_HAS(hear(fd), "ping");
    say_frame(fd, 10, "", true);
    EXPECT_HAS(hear(fd), "ping");
    EXPECT_HAS(hear(fd), "gone");
    close(fd);
}

TEST(who_is_signed_out_hears_nothing_more) {
    SCOPED(close_desk) struct desk desk = open_desk(0, 0);
    int fd = follow(&desk, 7, "{\"subscribe\":[\"inbox\",\"staff\"]}"),
        other = follow(&desk, 9, "{\"subscribe\":[\"inbox\"]}");
    settle(fd), settle(other);
    signed_out = true;
    happens(&desk, (struct change){.kind = "staff.signed_out", .scope = "staff:7"});
    EXPECT_HAS(hear(fd), "close 4401");
    happens(&desk, (struct change){.kind = "later", .ticket = 1});
    EXPECT_HAS(hear(other), "later");
    close(fd), close(other);
}

TEST(a_changed_team_concerns_those_who_were_or_are_in_it) {
    SCOPED(close_desk) struct desk desk = open_desk(0, 0);
    int fds[3];
    for (int i = 0; i < 3; i++) {
        fds[i] = follow(&desk, 6 + i, "{\"subscribe\":[\"staff\"]}");
        settle(fds[i]);
        refreshed[6 + i] = 0;
    }
    happens(&desk, (struct change){.kind = "team.changed", .scope = "staff", .data = "{\"team\":6,\"name\":[\"a\",\"b\"]}"});
    happens(&desk, (struct change){.kind = "team.changed", .scope = "staff", .data = "{\"team\":6,\"members\":[[8],[7,8,16]]}"});
    happens(&desk, (struct change){.kind = "later", .scope = "staff"});
    for (int i = 0; i < 3; i++) {
        while (!strstr(hear(fds[i]), "later")) continue;
        EXPECT_INT(refreshed[6 + i], i > 0);
        close(fds[i]);
    }
}

TEST(the_end_is_told) {
    struct desk desk = open_desk(0, 0);
    int fd = follow(&desk, 7, "{}");
    server_stop(desk.server);
    desk.server = NULL;
    int64_t started = clock_steady();
    say_frame(fd, 8, "\x03\xe9", true);
    close_desk(&desk);
    EXPECT(clock_steady() - started < 3 * SECOND);
    EXPECT_HAS(hear(fd), "close 1001");
    close(fd);
}

TEST(a_stream_carries_every_event_in_order) {
    SCOPED(close_desk) struct desk desk = open_desk(0, 0);
    for (int i = 0; i < 6; i++) happens(&desk, (struct change){.kind = "early", .ticket = 1, .count = 1000});
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const char *request =
        "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer 7\r\n\r\n";
    EXPECT_INT(connect(fd, (const struct sockaddr *)&desk.at, sizeof desk.at), 0);
    EXPECT_INT(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    happens(&desk, (struct change){.kind = "last", .ticket = 1});
    char *in = calloc(1, 4 << 20);
    size_t size = 0;
    for (ssize_t got; size < (4 << 20) - 1 && !strstr(in + (size > 2000 ? size - 2000 : 0), "\"last\"")
                      && readable(fd, 3000) && (got = recv(fd, in + size, (4 << 20) - 1 - size, 0)) > 0;)
        size += (size_t)got;
    int wanted = 1;
    for (const char *at = strstr(in, "id: "); at; at = strstr(at + 1, "\nid: ") ? strstr(at + 1, "\nid: ") + 1 : NULL)
        if (strtol(at + 4, NULL, 10) == wanted) wanted++;
    EXPECT_INT(wanted, 6002);
    EXPECT(strstr(in, "event: event\ndata: {\"id\":1,"));
    close(fd);
    free(in);
}

static int64_t resident_kb(void) {
    char line[128] = "";
    FILE *file = fopen("/proc/self/statm", "r");
    const char *second = file && fgets(line, sizeof line, file) ? strchr(line, ' ') : NULL;
    int64_t pages = second ? strtoll(second, NULL, 10) : 0;
    if (file) fclose(file);
    return pages * sysconf(_SC_PAGESIZE) / 1024;
}

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
enum { MANY = 400, MEASURED = 0 };
#else
enum { MANY = 5000, MEASURED = 1 };
#endif

TEST(one_change_reaches_five_thousand_screens) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < 2 * MANY + 600) return;
    SCOPED(close_desk) struct desk desk = open_desk(0, 0);
    static int fds[MANY];
    for (int i = 0; i < 50; i++) close(follow(&desk, 7, "{\"subscribe\":[\"inbox\"]}"));
    int64_t before = resident_kb();
    for (int i = 0; i < MANY; i++) {
        fds[i] = follow(&desk, 7, "{\"subscribe\":[\"inbox\"]}");
        if (fds[i] < 0) return;
    }
    usleep(300000);
    double each = (double)(resident_kb() - before) / MANY;
    int64_t started = clock_steady();
    happens(&desk, (struct change){.kind = "broadcast", .ticket = 1});
    int heard = 0;
    for (int i = 0; i < MANY; i++) heard += strstr(hear(fds[i]), "broadcast") != NULL;
    int64_t took = clock_steady() - started;
    printf("     %d sockets: %.1f KB each, the last one has it after %.0f ms\n", MANY, each, (double)took / 1000);
    EXPECT_INT(heard, MANY);
    EXPECT(!MEASURED || each < 12);
    EXPECT(!MEASURED || took < 2 * SECOND);
    for (int i = 0; i < MANY; i++) close(fds[i]);
}
