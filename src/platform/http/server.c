#include "platform/http/http_private.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/wait.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <sodium.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024, SPARE_FILES = 512 };

static enum MHD_Result on_accept(void *context, const struct sockaddr *from, socklen_t size) {
    return connections_admit(context, from) ? MHD_YES : MHD_NO;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code) {
    if (code == MHD_CONNECTION_NOTIFY_STARTED) connection_opened(context, connection, socket_context);
    else connection_closed(context, socket_context);
}

/* Paths and parameters are decoded by ourselves, strictly (target.c). */
static size_t leave_as_it_is(void *context, struct MHD_Connection *connection, char *text) {
    return strlen(text);
}

static void on_log(void *context, const char *format, va_list args) {
    char message[400];
    if (vsnprintf(message, sizeof message, format, args) > 0) log_line(LOG_DEBUG, "libmicrohttpd: %s", message);
}

static void *sweeper_main(void *argument) {
    struct server *server = argument;
    pthread_setname_np(pthread_self(), "sweeper");
    int64_t forget_at = clock_steady() + MINUTE;
    pthread_mutex_lock(&server->lock);
    while (!server->stopping) {
        condition_wait(&server->changed, &server->lock, SECOND);
        pthread_mutex_unlock(&server->lock);
        int64_t now = clock_steady();
        connections_sweep(server, now);
        if (now >= forget_at) {
            idempotency_forget(server->options.store);
            forget_at = now + HOUR;
        }
        pthread_mutex_lock(&server->lock);
    }
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

/* As many connections as wanted, as far as the system's limit of open files allows. */
static int connection_room(int wanted) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return wanted;
    if (files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
        getrlimit(RLIMIT_NOFILE, &files);
    }
    if (files.rlim_cur >= (rlim_t)wanted + SPARE_FILES) return wanted;
    return files.rlim_cur > 2 * SPARE_FILES ? (int)files.rlim_cur - SPARE_FILES : (int)files.rlim_cur / 2;
}

static void options_complete(struct server_options *o) {
    if (!o->address) o->address = "127.0.0.1";
    if (!o->http_threads) o->http_threads = 2;
    if (!o->workers) o->workers = 4;
    if (!o->heavy_workers) o->heavy_workers = 2;
    if (!o->upload_limit) o->upload_limit = 50 * 1024 * 1024;
    if (!o->deadline) o->deadline = 10 * SECOND;
    if (!o->connections) o->connections = 20000;
    if (!o->connections_per_address) o->connections_per_address = 4000;
    if (!o->queue_length) o->queue_length = 1024;
    if (!o->buffered_bytes) o->buffered_bytes = 256 << 20;
    if (!o->buffered_bytes_per_address) o->buffered_bytes_per_address = 64 << 20;
    if (!o->spooled_bytes) o->spooled_bytes = INT64_C(2) << 30;
    if (!o->spooled_bytes_per_address) o->spooled_bytes_per_address = 512 << 20;
    if (!o->head_time) o->head_time = 15 * SECOND;
    if (!o->body_time) o->body_time = 30 * SECOND;
}

static bool parse_proxies(struct server *server, struct error *err) {
    struct text rest = server->options.trusted_proxies, piece;
    server->proxies = arena_array(&server->mem, rest.size / 2 + 1, sizeof *server->proxies);
    while (rest.size && text_next(&rest, ',', &piece)) {
        if (text_empty(text_trim(piece))) continue;
        if (!address_parse(piece, server->proxies[server->proxy_count++]))
            return error_set(err, ERR_INVALID, "'%.*s' is no address of a proxy", (int)piece.size, piece.data);
    }
    return true;
}

static bool listen_socket(struct server *server, int *ret_fd, struct error *err) {
    const struct server_options *o = &server->options;
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM},
                    *found;
    char port[8];
    int yes = 1, no = 0;
    snprintf(port, sizeof port, "%u", o->port);
    if (getaddrinfo(o->address, port, &hints, &found) != 0)
        return error_set(err, ERR_INVALID, "'%s' is no address to listen at", o->address);
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool ok = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0
              && (found->ai_family != AF_INET6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no) == 0)
              && bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0;
    freeaddrinfo(found);
    if (!ok && errno == EADDRINUSE) {
        error_set(err, ERR_INVALID, "%s:%u is taken by another program: listen somewhere else, such as --listen %s:%d", o->address, o->port,
                  o->address, o->port < UINT16_MAX ? o->port + 1 : 8081);
    } else if (!ok) {
        error_errno(err, "listening at %s:%u", o->address, o->port);
    }
    if (!ok && fd >= 0) close(fd);
    if (!ok) return false;
    *ret_fd = fd;
    return true;
}

static uint16_t port_of(int fd) {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at = {0};
    socklen_t size = sizeof at;
    if (getsockname(fd, &at.any, &size) != 0) return 0;
    return ntohs(at.any.sa_family == AF_INET6 ? at.v6.sin6_port : at.v4.sin_port);
}

static bool daemon_start(struct server *server, struct error *err) {
    const struct server_options *o = &server->options;
    int fd = -1;
    if (!listen_socket(server, &fd, err)) return false;
    server->port = port_of(fd);
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE | MHD_USE_ERROR_LOG;
    server->daemon = MHD_start_daemon(flags, 0, on_accept, server, exchange_step, server,
        MHD_OPTION_EXTERNAL_LOGGER, on_log, server,
        MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_THREAD_POOL_SIZE, o->http_threads > 1 ? (unsigned)o->http_threads : 0u,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)(o->connections + 256) * (unsigned)o->http_threads,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_LIMIT,
        MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)4096,
        MHD_OPTION_CONNECTION_TIMEOUT, 75u,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_as_it_is, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, server,
        MHD_OPTION_NOTIFY_COMPLETED, exchange_end, server,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
        MHD_OPTION_END);
    if (server->daemon) return true;
    close(fd);
    return error_set(err, ERR_INTERNAL, "the http server can't be started");
}

static void salt_make(struct server *server) {
    unsigned char bytes[4];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(server->salt, sizeof server->salt, bytes, sizeof bytes);
}

bool server_start(const struct server_options *options, struct server **ret_server, struct error *err) {
    struct arena mem = {0};
    struct server *server = arena_alloc(&mem, sizeof *server);
    server->mem = mem;
    server->options = *options;
    server->listening = -1;
    options_complete(&server->options);
    server->options.connections = connection_room(server->options.connections);
    signal(SIGPIPE, SIG_IGN);
    if (sodium_init() < 0) abort();
    salt_make(server);
    pthread_mutex_init(&server->lock, NULL);
    condition_make(&server->changed);
    pthread_mutex_init(&server->connections.lock, NULL);
    server->connections.limit = server->options.connections;
    server->connections.limit_per_address = server->options.connections_per_address;
    server->connections.budgets[HOLD_BUFFERED] = (struct budget){.limit = server->options.buffered_bytes,
                                                                 .limit_per_address = server->options.buffered_bytes_per_address};
    server->connections.budgets[HOLD_SPOOLED] = (struct budget){.limit = server->options.spooled_bytes,
                                                                .limit_per_address = server->options.spooled_bytes_per_address};
    server->counts = arena_array(&server->mem, (size_t)all_route_count + 1, sizeof *server->counts);
    server->router = router_new(&server->mem, all_routes, all_route_count);
    if (server->options.requests_per_minute) server->rate = rate_limit_new(server->options.requests_per_minute);
    const struct server_options *o = &server->options;
    int heavy = o->queue_length / 16 > 0 ? o->queue_length / 16 : 1;
    bool ok = parse_proxies(server, err) && queue_start(&server->normal, server, o->workers, o->queue_length, err)
              && queue_start(&server->heavy, server, o->heavy_workers, heavy, err) && daemon_start(server, err)
              && (pthread_create(&server->sweeper, NULL, sweeper_main, server) == 0
                  || error_set(err, ERR_INTERNAL, "the sweeper can't be started"));
    if (!ok) {
        server_stop(server);
        return false;
    }
    *ret_server = server;
    return true;
}

uint16_t server_port(const struct server *server) {
    return server->port;
}

void server_drain(struct server *server) {
    if (atomic_exchange(&server->draining, true) || !server->daemon) return;
    /* Its threads may look at the socket for a moment yet: it stops listening now, and is closed after they ended. */
    server->listening = MHD_quiesce_daemon(server->daemon);
    if (server->listening >= 0) shutdown(server->listening, SHUT_RDWR);
}

/* What the workers and the writer hold comes back, at most within the deadline: they never block for longer. */
static void wait_for_exchanges(struct server *server) {
    int64_t until = clock_steady() + 10 * SECOND;
    while (server->under_way > 0 && clock_steady() < until) usleep(2000);
}

void server_stop(struct server *server) {
    if (!server) return;
    server_drain(server);
    wait_for_exchanges(server);
    queue_stop(&server->normal);
    queue_stop(&server->heavy);
    while (server->under_way > 0) usleep(2000); /* writes: the store answers each of them */
    streams_end(server);
    pthread_mutex_lock(&server->lock);
    server->stopping = true;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
    if (server->sweeper) pthread_join(server->sweeper, NULL);
    if (server->daemon) MHD_stop_daemon(server->daemon);
    if (server->listening >= 0) close(server->listening);
    streams_forget(server);
    queue_end(&server->normal);
    queue_end(&server->heavy);
    connections_end(&server->connections);
    rate_limit_free(server->rate);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->changed);
    struct arena mem = server->mem;
    arena_free(&mem);
}
