/* bench_client: puts load on a server and says how it went, as one line of JSON. Knows nothing of Theke's code.
 *
 *   bench_client http ADDRESS:PORT CONNECTIONS SECONDS TOKEN   requests on stdin, one a line: METHOD PATH [BODY]; sent in turn
 *   bench_client lmtp ADDRESS:PORT CONNECTIONS SECONDS BYTES   mails of that size, pipelined as LMTP allows (RFC 2033, 2920)
 *   bench_client live ADDRESS:PORT CONNECTIONS TOKEN           WebSockets; says 'ready', waits for a line on stdin, then says when
 *                                                              the first and the last of them heard the next event
 * One thread, epoll; each connection has one request under way. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { INPUT = 16384, REQUESTS = 100000, HANDSHAKES = 200 };

enum state { STATE_GREETING, STATE_HELLO, STATE_ENVELOPE, STATE_DATA, STATE_REPLY, STATE_HANDSHAKE, STATE_OPEN };

struct peer {
    int fd;
    enum state state;
    int replies;               /* LMTP: answers still to come before the next step */
    char input[INPUT];
    size_t filled;
    int64_t skip;              /* HTTP: bytes of a body still to come */
    const char *output;        /* what is still to be sent */
    size_t left;
    char *own;                 /* LMTP: this connection's mail */
    int64_t started;
    bool greeted, heard, failed;
};

struct load {
    char *requests[REQUESTS];
    size_t sizes[REQUESTS], request_count, next;
    struct sockaddr_in address;
    const char *token;
    struct peer *peers;
    int connections, epoll, heard, open, greeted;
    size_t mail_size;
    uint32_t *times;           /* microseconds of each answer */
    size_t count, capacity, errors;
    int64_t started, until, first, last;
    void (*step)(struct load *load, struct peer *peer); /* input has come */
};

static int64_t now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static long number_of(const char *word) {
    return strtol(word, NULL, 10);
}

static void die(const char *what) {
    fprintf(stderr, "bench_client: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void drop(struct load *load, struct peer *peer) {
    if (peer->failed) return;
    peer->failed = true;
    load->errors++;
    close(peer->fd);
}

static void push(struct load *load, struct peer *peer) {
    while (peer->left) {
        ssize_t sent = send(peer->fd, peer->output, peer->left, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) break;
        if (sent < 0) {
            drop(load, peer);
            return;
        }
        peer->output += sent;
        peer->left -= (size_t)sent;
    }
    struct epoll_event event = {.events = EPOLLIN | (peer->left ? (uint32_t)EPOLLOUT : 0), .data.ptr = peer};
    epoll_ctl(load->epoll, EPOLL_CTL_MOD, peer->fd, &event);
}

static void say(struct load *load, struct peer *peer, const char *data, size_t size) {
    peer->output = data;
    peer->left = size;
    push(load, peer);
}

static void note(struct load *load, struct peer *peer, bool good) {
    if (load->count == load->capacity) {
        load->capacity = load->capacity ? load->capacity * 2 : 65536;
        load->times = realloc(load->times, load->capacity * sizeof *load->times);
        if (!load->times) die("memory");
    }
    load->times[load->count++] = (uint32_t)(now(CLOCK_MONOTONIC) - peer->started);
    if (!good) load->errors++;
}

/* --- HTTP ------------------------------------------------------------------------------------------------------------ */

static void ask(struct load *load, struct peer *peer) {
    size_t i = load->next++ % load->request_count;
    peer->started = now(CLOCK_MONOTONIC);
    say(load, peer, load->requests[i], load->sizes[i]);
}

/* Takes one whole answer off the input; true when it was there. */
static bool take_answer(struct peer *peer, bool *ret_good) {
    if (!peer->skip) {
        peer->input[peer->filled] = '\0';
        char *end = strstr(peer->input, "\r\n\r\n"), *length = strcasestr(peer->input, "\r\nContent-Length:");
        if (!end) return false;
        size_t head = (size_t)(end - peer->input) + 4;
        *ret_good = peer->input[9] == '2';
        peer->skip = length && length < end ? strtoll(length + 17, NULL, 10) + 1 : 1;
        memmove(peer->input, peer->input + head, peer->filled -= head);
    }
    /* skip is one more than the bytes to come, so that 0 means: at the head */
    size_t take = (int64_t)peer->filled < peer->skip - 1 ? peer->filled : (size_t)(peer->skip - 1);
    memmove(peer->input, peer->input + take, peer->filled -= take);
    peer->skip -= (int64_t)take;
    if (peer->skip > 1) return false;
    peer->skip = 0;
    return true;
}

static void step_http(struct load *load, struct peer *peer) {
    static bool good;
    while (take_answer(peer, &good)) {
        note(load, peer, good);
        ask(load, peer);
    }
}

static void read_requests(struct load *load, const char *host) {
    char *line = NULL;
    size_t room = 0;
    while (load->request_count < REQUESTS && getline(&line, &room, stdin) > 0) {
        char *path = strchr(line, ' '), *body;
        line[strcspn(line, "\n")] = '\0';
        if (!path) continue;
        *path++ = '\0';
        body = strchr(path, ' ');
        if (body) *body++ = '\0';
        int size = asprintf(&load->requests[load->request_count],
                            "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
                            "Content-Length: %zu\r\n\r\n%s", line, path, host, load->token, body ? strlen(body) : 0, body ? body : "");
        load->sizes[load->request_count++] = (size_t)size;
    }
    if (!load->request_count) exit(2);
}

/* --- LMTP ------------------------------------------------------------------------------------------------------------ */

static const char filler[] = "Gestern kam das Paket an, aber die Rechnung stimmt nicht: bitte sehen Sie nach.\r\n";

static void write_mail(struct load *load, struct peer *peer) {
    static unsigned long number;
    unsigned long n = ++number;
    int head = snprintf(peer->own, load->mail_size,
        "From: Kunde %lu <kunde%lu@post.example>\r\nTo: support@lindenhof.example\r\nSubject: Anliegen %lu\r\n"
        "Message-ID: <%d.%lu.%ld@post.example>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n", n, n % 5000, n, (int)getpid(), n, (long)load->started);
    for (size_t at = (size_t)head; at + sizeof filler + 8 < load->mail_size; at += sizeof filler - 1)
        memcpy(peer->own + at, filler, sizeof filler);
    memcpy(peer->own + strlen(peer->own), ".\r\n", 4);
}

static void begin_mail(struct load *load, struct peer *peer) {
    static const char envelope[] = "MAIL FROM:<kunde@post.example>\r\nRCPT TO:<support@lindenhof.example>\r\nDATA\r\n";
    write_mail(load, peer);
    peer->state = STATE_ENVELOPE;
    peer->replies = 3;
    peer->started = now(CLOCK_MONOTONIC);
    say(load, peer, envelope, sizeof envelope - 1);
}

/* A reply is over with the line that has a space behind its code. */
static int take_reply(struct peer *peer) {
    for (;;) {
        char *end = memchr(peer->input, '\n', peer->filled);
        if (!end) return 0;
        size_t size = (size_t)(end - peer->input) + 1;
        bool over = size > 3 && peer->input[3] != '-';
        int code = (int)number_of(peer->input);
        memmove(peer->input, peer->input + size, peer->filled -= size);
        if (over) return code;
    }
}

static void step_lmtp(struct load *load, struct peer *peer) {
    for (int code; !peer->failed && (code = take_reply(peer)) != 0;) {
        if (code >= 400) {
            drop(load, peer);
            return;
        }
        if (peer->state == STATE_GREETING) {
            peer->state = STATE_HELLO;
            say(load, peer, "LHLO bench.example\r\n", 20);
        } else if (peer->state == STATE_HELLO) begin_mail(load, peer);
        else if (peer->state == STATE_ENVELOPE && --peer->replies == 0) {
            peer->state = STATE_REPLY;
            say(load, peer, peer->own, strlen(peer->own));
        } else if (peer->state == STATE_REPLY) {
            note(load, peer, true);
            begin_mail(load, peer);
        }
    }
}

/* --- WebSockets ------------------------------------------------------------------------------------------------------- */

/* {"subscribe":["inbox"]} as a masked text frame whose mask is zero (RFC 6455, 5.2). */
static const char subscribe_frame[] = "\x81\x97\0\0\0\0{\"subscribe\":[\"inbox\"]}";

static void step_live(struct load *load, struct peer *peer) {
    if (peer->state == STATE_HANDSHAKE) {
        peer->input[peer->filled] = '\0';
        char *end = strstr(peer->input, "\r\n\r\n");
        if (!end) return;
        if (strncmp(peer->input + 9, "101", 3) != 0) {
            drop(load, peer);
            return;
        }
        peer->state = STATE_OPEN;
        load->open++;
        say(load, peer, subscribe_frame, sizeof subscribe_frame - 1);
        size_t head = (size_t)(end - peer->input) + 4;
        memmove(peer->input, peer->input + head, peer->filled -= head);
        if (!peer->filled) return;
    }
    if (!peer->greeted) {
        peer->greeted = true;
        load->greeted++;
    } else if (load->first && !peer->heard && peer->filled && (unsigned char)peer->input[0] == 0x81) {
        peer->heard = true;
        load->heard++;
        load->last = now(CLOCK_REALTIME);
        if (load->heard == 1) load->first = load->last;
    }
    peer->filled = 0;
}

static void shake_hands(struct load *load, struct peer *peer) {
    peer->state = STATE_HANDSHAKE;
    say(load, peer, load->requests[0], load->sizes[0]);
}

/* --- Running ---------------------------------------------------------------------------------------------------------- */

static void connect_peer(struct load *load, struct peer *peer) {
    int one = 1;
    peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (peer->fd < 0 || connect(peer->fd, (struct sockaddr *)&load->address, sizeof load->address) != 0) die("connecting");
    setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(peer->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
    epoll_ctl(load->epoll, EPOLL_CTL_ADD, peer->fd, &event);
}

static void take_input(struct load *load, struct peer *peer) {
    for (;;) {
        ssize_t got = recv(peer->fd, peer->input + peer->filled, INPUT - 1 - peer->filled, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got <= 0) {
            drop(load, peer);
            return;
        }
        peer->filled += (size_t)got;
        load->step(load, peer);
        if (peer->failed) return;
        if (peer->filled == INPUT - 1) peer->filled = 0;
    }
}

static void turn(struct load *load, int wait) {
    struct epoll_event events[512];
    int count = epoll_wait(load->epoll, events, 512, wait);
    for (int i = 0; i < count; i++) {
        struct peer *peer = events[i].data.ptr;
        if (!peer->failed && events[i].events & EPOLLOUT) push(load, peer);
        if (!peer->failed && events[i].events & ~(uint32_t)EPOLLOUT) take_input(load, peer);
    }
}

static int by_time(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

static double quantile(const struct load *load, double share) {
    return load->count ? load->times[(size_t)(share * (double)(load->count - 1))] / 1000.0 : 0;
}

static void report(struct load *load) {
    double seconds = (double)(now(CLOCK_MONOTONIC) - load->started) / 1e6;
    qsort(load->times, load->count, sizeof *load->times, by_time);
    printf("{\"count\":%zu,\"errors\":%zu,\"seconds\":%.3f,\"rate\":%.1f,\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"max\":%.3f}\n", load->count,
           load->errors, seconds, (double)load->count / seconds, quantile(load, 0.5), quantile(load, 0.9), quantile(load, 0.99), quantile(load, 1));
}

static void run_for(struct load *load, double seconds) {
    load->started = now(CLOCK_MONOTONIC);
    load->until = load->started + (int64_t)(seconds * 1e6);
    while (now(CLOCK_MONOTONIC) < load->until && load->errors < (size_t)load->connections) turn(load, 20);
    report(load);
}

static void run_live(struct load *load, const char *host) {
    load->sizes[0] = (size_t)asprintf(&load->requests[0],
        "GET /api/v1/live HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", host, load->token);
    for (int i = 0; i < load->connections; i++) {
        connect_peer(load, &load->peers[i]);
        shake_hands(load, &load->peers[i]);
        while (i + 1 - load->open - (int)load->errors >= HANDSHAKES) turn(load, 20);
    }
    while (load->greeted + (int)load->errors < load->connections) turn(load, 20);
    for (int64_t until = now(CLOCK_MONOTONIC) + 500000; now(CLOCK_MONOTONIC) < until;) turn(load, 20);
    printf("ready\n");
    fflush(stdout);
    char line[16];
    if (!fgets(line, sizeof line, stdin)) exit(2);
    load->first = 1;
    for (int64_t until = now(CLOCK_MONOTONIC) + 10000000; load->heard < load->open && now(CLOCK_MONOTONIC) < until;) turn(load, 20);
    printf("{\"open\":%d,\"heard\":%d,\"errors\":%zu,\"first\":%lld,\"last\":%lld}\n", load->open, load->heard, load->errors,
           (long long)load->first, (long long)load->last);
}

static void set_up(struct load *load, char **argv) {
    struct rlimit files = {0};
    char *colon = strrchr(argv[2], ':'), address[64];
    if (!colon) exit(2);
    snprintf(address, sizeof address, "%.*s", (int)(colon - argv[2]), argv[2]);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    load->address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)number_of(colon + 1)), .sin_addr.s_addr = inet_addr(address)};
    load->connections = (int)number_of(argv[3]);
    load->peers = calloc((size_t)load->connections, sizeof *load->peers);
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
}

int main(int argc, char **argv) {
    static struct load load;
    if (argc < 5) return fputs("usage: bench_client http|lmtp|live ADDRESS:PORT CONNECTIONS ...\n", stderr), 2;
    set_up(&load, argv);
    bool http = strcmp(argv[1], "http") == 0, lmtp = strcmp(argv[1], "lmtp") == 0;
    load.step = http ? step_http : lmtp ? step_lmtp : step_live;
    load.token = http && argc > 5 ? argv[5] : argv[4];
    if (http) read_requests(&load, argv[2]);
    if (lmtp && argc > 5) load.mail_size = (size_t)number_of(argv[5]);
    if (!http && !lmtp) return run_live(&load, argv[2]), 0;
    for (int i = 0; i < load.connections; i++) {
        struct peer *peer = &load.peers[i];
        peer->own = lmtp ? calloc(1, load.mail_size + 64) : NULL;
        connect_peer(&load, peer);
        if (http) ask(&load, peer);
    }
    run_for(&load, strtod(argv[4], NULL));
    return 0;
}
