/* The LMTP listener (RFC 2033): one thread per connection, since each waits for the disk; the protocol is wire/net/lmtp. When
 * there is no room for another one, the connection that got nowhere for longest gives way: so those that stall, or send a byte
 * now and then, keep nobody out. */
#include "channels/email/email.h"
#include "channels/email/spool.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/wait.h"
#include "channels/intake/intake.h"
#include "channels/mailboxes/mailboxes.h"
#include "wire/net/lmtp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { IDLE_SECONDS = 300, READ_SIZE = 64 << 10, BACKLOG = 128 };
static const int64_t PATIENCE = 10 * 1000000LL;

/* One connection, in the listener's list. */
struct connection_of {
    struct lmtp_listener *listener;
    int socket;
    int64_t moved_at;       /* when it last got on: a command, or as many bytes as fit one read */
    bool leaves;
    struct connection_of *next, *previous;
};

struct lmtp_listener {
    struct lmtp_options options;
    struct spools spools;
    int socket, wake[2];
    uint16_t port;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int connections;
    struct connection_of *first;
    bool stopping;
};

bool email_takes(struct tx *tx, struct text recipient, bool *ret_takes, struct error *err) {
    bool any;
    if (!mailbox_exists(tx, &any, err)) return false;
    *ret_takes = true;
    return !any || address_is_ours(tx, recipient, ret_takes, err);
}

/* --- One connection ------------------------------------------------------------------------------------------------ */

static bool send_all(int socket, struct text bytes) {
    while (bytes.size > 0) {
        ssize_t sent = send(socket, bytes.data, bytes.size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes = text_skip(bytes, (size_t)sent);
    }
    return true;
}

static void judge_recipient(struct lmtp_listener *listener, struct lmtp_session *session, struct text recipient) {
    SCOPED(tx_end) struct tx tx = {0};
    struct error err = {0};
    bool takes;
    if (!store_read(listener->options.store, &tx, &err) || !email_takes(&tx, recipient, &takes, &err)) {
        log_error(&err, "lmtp: judging a recipient");
        lmtp_refuse(session, LMTP_TRY_AGAIN);
    } else if (!takes) {
        lmtp_refuse(session, LMTP_NO_SUCH_RECIPIENT);
    }
}

static enum lmtp_verdict accept_letter(struct lmtp_listener *listener, const struct lmtp_session *session, struct text raw) {
    struct error err = {0};
    struct text recipients[LMTP_RECIPIENTS];
    for (size_t i = 0; i < session->recipient_count; i++) recipients[i] = session->recipients[i].address;
    const struct arriving arriving = {.raw = raw, .sender = session->sender.data ? session->sender : text_of(""),
                                      .recipients = recipients, .recipient_count = session->recipient_count,
                                      .limit = listener->options.mail_limit};
    if (intake_accept(listener->options.store, listener->options.files, &arriving, NULL, &err)) {
        if (listener->options.accepted) listener->options.accepted(listener->options.context);
        return LMTP_ACCEPTED;
    }
    log_error(&err, "lmtp");
    return err.code == ERR_NO_ROOM ? LMTP_NO_ROOM : LMTP_TRY_AGAIN;
}

static enum lmtp_verdict judge_letter(struct lmtp_listener *listener, const struct lmtp_session *session, struct spool *letter) {
    struct error err = {0};
    struct text raw;
    if (letter->too_large) return LMTP_TOO_LARGE;
    if (letter->no_room) return LMTP_NO_ROOM;
    if (spool_hold(letter, &raw, &err)) return accept_letter(listener, session, raw);
    log_error(&err, "lmtp");
    return err.code == ERR_NO_ROOM ? LMTP_NO_ROOM : LMTP_TRY_AGAIN;
}

static void end_letter(struct lmtp_listener *listener, struct lmtp_session *session, struct spool *letter) {
    enum lmtp_verdict verdict = judge_letter(listener, session, letter);
    for (size_t i = 0; i < session->recipient_count; i++) lmtp_decide(session, i, verdict);
}

struct talk {
    struct lmtp_listener *listener;
    struct connection_of *connection;
    int socket;
    size_t received;        /* since it last got on */
    struct lmtp_session session;
    struct spool letter;
};

static void letter_reset(struct talk *talk) {
    spool_begin(&talk->letter, &talk->listener->spools, talk->listener->options.files, intake_size_limit(talk->listener->options.mail_limit));
}

static bool take_event(struct talk *talk, const struct lmtp_event *event) {
    switch (event->kind) {
    case LMTP_REPLY: return send_all(talk->socket, event->data);
    case LMTP_RECIPIENT: judge_recipient(talk->listener, &talk->session, event->data); return true;
    case LMTP_BEGIN:
    case LMTP_ABORT: letter_reset(talk); return true;
    case LMTP_DATA: spool_add(&talk->letter, event->data); return true;
    case LMTP_END:
        end_letter(talk->listener, &talk->session, &talk->letter);
        letter_reset(talk);
        return true;
    case LMTP_CLOSE: return false;
    }
    return false;
}

/* Whether it is time to go, and with which words. */
static struct text farewell(const struct talk *talk) {
    pthread_mutex_lock(&talk->listener->lock);
    bool stopping = talk->listener->stopping, leaves = talk->connection->leaves;
    pthread_mutex_unlock(&talk->listener->lock);
    if (stopping) return lmtp_goodbye();
    return text_of(leaves ? "421 4.3.2 others wait, please come back\r\n" : "");
}

static void note_progress(struct talk *talk, bool is_command, size_t bytes) {
    talk->received += bytes;
    if (!is_command && talk->received < READ_SIZE) return;
    talk->received = 0;
    pthread_mutex_lock(&talk->listener->lock);
    talk->connection->moved_at = clock_steady();
    pthread_mutex_unlock(&talk->listener->lock);
}

/* Waits for bytes; false when the peer is silent too long or we are going. */
static bool wait_readable(struct talk *talk) {
    for (int second = 0; second < IDLE_SECONDS; second++) {
        struct pollfd poller = {.fd = talk->socket, .events = POLLIN};
        struct text words = farewell(talk);
        if (words.size) {
            send_all(talk->socket, words);
            return false;
        }
        int ready = poll(&poller, 1, 1000);
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
    send_all(talk->socket, text_of("421 4.4.2 too long silent\r\n"));
    return false;
}

static void converse(struct talk *talk, char *input) {
    struct lmtp_event event;
    struct text nothing = text_of("");
    bool open = true;
    while (open && lmtp_next(&talk->session, &nothing, &event)) open = take_event(talk, &event);
    while (open && wait_readable(talk)) {
        ssize_t size = recv(talk->socket, input, READ_SIZE, 0);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return;
        struct text rest = {input, (size_t)size};
        bool answered = false;
        for (; open && lmtp_next(&talk->session, &rest, &event); answered = answered || event.kind == LMTP_REPLY) open = take_event(talk, &event);
        note_progress(talk, answered, (size_t)size);
    }
}

static void leave(struct connection_of *connection) {
    struct lmtp_listener *listener = connection->listener;
    pthread_mutex_lock(&listener->lock);
    if (connection->previous) connection->previous->next = connection->next;
    else listener->first = connection->next;
    if (connection->next) connection->next->previous = connection->previous;
    free(connection);
    listener->connections--;
    pthread_cond_broadcast(&listener->changed);
    pthread_mutex_unlock(&listener->lock);
}

static void *serve_connection(void *argument) {
    struct connection_of *connection = argument;
    struct lmtp_listener *listener = connection->listener;
    struct arena mem = {0};
    struct talk *talk = arena_alloc(&mem, sizeof *talk);
    struct timeval slow = {.tv_sec = 60};
    talk->listener = listener;
    talk->connection = connection;
    talk->socket = connection->socket;
    setsockopt(talk->socket, SOL_SOCKET, SO_SNDTIMEO, &slow, sizeof slow);
    lmtp_open(&talk->session, "theke", intake_size_limit(listener->options.mail_limit));
    letter_reset(talk);
    converse(talk, arena_alloc(&mem, READ_SIZE));
    lmtp_close(&talk->session);
    close(talk->socket);
    spool_end(&talk->letter);
    arena_free(&mem);
    leave(connection);
    return NULL;
}

/* --- The listener --------------------------------------------------------------------------------------------------- */

static void start_connection(struct lmtp_listener *listener, int socket) {
    struct connection_of *connection = calloc(1, sizeof *connection);
    pthread_t thread;
    if (connection) {
        *connection = (struct connection_of){.listener = listener, .socket = socket, .moved_at = clock_steady()};
        pthread_mutex_lock(&listener->lock);
        connection->next = listener->first;
        if (listener->first) listener->first->previous = connection;
        listener->first = connection;
        listener->connections++;
        pthread_mutex_unlock(&listener->lock);
        if (pthread_create(&thread, NULL, serve_connection, connection) == 0) {
            pthread_detach(thread);
            return;
        }
        leave(connection);
    }
    close(socket);
}

/* With the lock held. */
static void make_room(struct lmtp_listener *listener) {
    struct connection_of *slowest = NULL;
    for (struct connection_of *at = listener->first; at; at = at->next) {
        if (at->leaves) return;
        if (!slowest || at->moved_at < slowest->moved_at) slowest = at;
    }
    if (slowest && clock_steady() - slowest->moved_at > PATIENCE) slowest->leaves = true;
}

/* False when it is time to go. */
static bool wait_for_room(struct lmtp_listener *listener) {
    pthread_mutex_lock(&listener->lock);
    while (listener->connections >= listener->options.connections && !listener->stopping) {
        make_room(listener);
        condition_wait(&listener->changed, &listener->lock, SECOND / 5);
    }
    bool goes_on = !listener->stopping;
    pthread_mutex_unlock(&listener->lock);
    return goes_on;
}

static void *listen_on(void *argument) {
    struct lmtp_listener *listener = argument;
    while (wait_for_room(listener)) {
        struct pollfd pollers[] = {{.fd = listener->socket, .events = POLLIN}, {.fd = listener->wake[0], .events = POLLIN}};
        if (poll(pollers, COUNT_OF(pollers), -1) < 0 && errno != EINTR) break;
        if (pollers[1].revents) break;
        if (!(pollers[0].revents & POLLIN)) continue;
        int socket = accept4(listener->socket, NULL, NULL, SOCK_CLOEXEC);
        if (socket >= 0) start_connection(listener, socket);
        else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) usleep(100000); /* no room now: the peer waits */
    }
    return NULL;
}

static bool open_socket(struct lmtp_listener *listener, struct error *err) {
    struct sockaddr_storage address = {0};
    struct sockaddr_in *four = (struct sockaddr_in *)&address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&address;
    socklen_t size = sizeof *four;
    int yes = 1;
    if (inet_pton(AF_INET, listener->options.address, &four->sin_addr) == 1) {
        four->sin_family = AF_INET, four->sin_port = htons(listener->options.port);
    } else if (inet_pton(AF_INET6, listener->options.address, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6, six->sin6_port = htons(listener->options.port), size = sizeof *six;
    } else {
        return error_set(err, ERR_INVALID, "--lmtp wants a numeric address, such as 127.0.0.1:10024, not '%s'", listener->options.address);
    }
    listener->socket = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener->socket < 0) return error_errno(err, "opening the LMTP socket");
    setsockopt(listener->socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener->socket, (struct sockaddr *)&address, size) != 0 || listen(listener->socket, BACKLOG) != 0)
        return error_errno(err, "listening for LMTP on %s:%u", listener->options.address, listener->options.port);
    size = sizeof address;
    if (getsockname(listener->socket, (struct sockaddr *)&address, &size) != 0) return error_errno(err, "getsockname");
    listener->port = ntohs(address.ss_family == AF_INET ? four->sin_port : six->sin6_port);
    return true;
}

static void listener_free(struct lmtp_listener *listener) {
    if (listener->socket >= 0) close(listener->socket);
    if (listener->wake[0] >= 0) close(listener->wake[0]);
    if (listener->wake[1] >= 0) close(listener->wake[1]);
    pthread_mutex_destroy(&listener->lock);
    pthread_cond_destroy(&listener->changed);
    spools_end(&listener->spools);
    free(listener);
}

bool lmtp_start(const struct lmtp_options *options, struct lmtp_listener **ret_listener, struct error *err) {
    struct lmtp_listener *listener = calloc(1, sizeof *listener);
    if (!listener) return error_set(err, ERR_INTERNAL, "no memory for the LMTP listener");
    *listener = (struct lmtp_listener){.options = *options, .socket = -1, .wake = {-1, -1}};
    pthread_mutex_init(&listener->lock, NULL);
    condition_make(&listener->changed);
    spools_begin(&listener->spools, 5 * (int64_t)intake_size_limit(options->mail_limit));
    bool ok = open_socket(listener, err) && (pipe2(listener->wake, O_CLOEXEC) == 0 || error_errno(err, "pipe"));
    if (ok && pthread_create(&listener->thread, NULL, listen_on, listener) != 0)
        ok = error_set(err, ERR_INTERNAL, "the LMTP listener's thread can't be started");
    if (!ok) {
        listener_free(listener);
        return false;
    }
    *ret_listener = listener;
    return true;
}

uint16_t lmtp_port(const struct lmtp_listener *listener) {
    return listener->port;
}

void lmtp_stop(struct lmtp_listener *listener) {
    if (!listener) return;
    pthread_mutex_lock(&listener->lock);
    listener->stopping = true;
    pthread_cond_broadcast(&listener->changed);
    pthread_mutex_unlock(&listener->lock);
    if (write(listener->wake[1], "x", 1) != 1) log_line(LOG_WARNING, "lmtp: the listener could not be woken");
    pthread_join(listener->thread, NULL);
    pthread_mutex_lock(&listener->lock);
    while (listener->connections > 0) pthread_cond_wait(&listener->changed, &listener->lock);
    pthread_mutex_unlock(&listener->lock);
    listener_free(listener);
}
