/* One WebSocket: wslay reads frames and answers pings and closes; our own queue of shared frames writes. The two only
 * take turns between whole frames. */
#include "platform/live/live_private.h"

#include "base/clock.h"
#include "platform/http/http.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static ssize_t on_receive(wslay_event_context_ptr socket, uint8_t *out, size_t room, int flags, void *context) {
    struct peer *peer = context;
    if (peer->early_at < peer->early_size) {
        size_t count = peer->early_size - peer->early_at < room ? peer->early_size - peer->early_at : room;
        memcpy(out, peer->early + peer->early_at, count);
        peer->early_at += count;
        return (ssize_t)count;
    }
    ssize_t got = -1;
    bool rest = peer->budget > 0 && peer->fd >= 0;
    if (rest) got = recv(peer->fd, out, room < peer->budget ? room : peer->budget, 0);
    if (got > 0) {
        peer->budget -= (size_t)got;
        return got;
    }
    bool later = !rest || (got < 0 && (errno == EAGAIN || errno == EINTR));
    wslay_event_set_error(socket, later ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

static ssize_t on_send(wslay_event_context_ptr socket, const uint8_t *data, size_t size, int flags, void *context) {
    struct peer *peer = context;
    if (peer->fd < 0) return (ssize_t)size;
    ssize_t sent = send(peer->fd, data, size, MSG_NOSIGNAL);
    if (sent >= 0) return sent;
    bool later = errno == EAGAIN || errno == EINTR;
    wslay_event_set_error(socket, later ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

/* Ten messages a second, fifty at once: more than a screen ever needs. */
static bool may_speak(struct peer *peer, int64_t now) {
    peer->messages += (double)(now - peer->message_at) * 10 / (double)SECOND;
    if (peer->messages > 50) peer->messages = 50;
    peer->message_at = now;
    if (peer->messages < 1) return false;
    peer->messages -= 1;
    return true;
}

static void on_message(wslay_event_context_ptr socket, const struct wslay_event_on_msg_recv_arg *message,
                       void *context) {
    struct peer *peer = context;
    if (peer->closing || wslay_is_ctrl_frame(message->opcode)) return;
    if (message->opcode != WSLAY_TEXT_FRAME) peer_close(peer, WSLAY_CODE_UNSUPPORTED_DATA);
    else if (!may_speak(peer, peer->heard)) peer_close(peer, WSLAY_CODE_POLICY_VIOLATION);
    else peer_told(peer, text_from((const char *)message->msg, message->msg_length));
}

static const struct wslay_event_callbacks callbacks = {
    .recv_callback = on_receive, .send_callback = on_send, .on_msg_recv_callback = on_message,
};

static void *keep_numbers(const void *numbers, int count) {
    size_t size = (size_t)count * sizeof(int64_t);
    void *kept = size ? malloc(size) : NULL;
    if (size && !kept) abort();
    if (size) memcpy(kept, numbers, size);
    return kept;
}

struct actor actor_keep(const struct actor *actor) {
    struct actor kept = *actor;
    kept.admitted = keep_numbers(actor->admitted, actor->admitted_count);
    kept.closed = keep_numbers(actor->closed, actor->closed_count);
    kept.name = kept.locale = kept.zone = (struct text){0};
    return kept;
}

void actor_drop(struct actor *actor) {
    free((void *)actor->admitted);
    free((void *)actor->closed);
    actor->admitted = NULL;
    actor->closed = NULL;
    actor->admitted_count = actor->closed_count = 0;
}

struct peer *peer_new(struct hub *hub, int fd, struct text early, const struct actor *actor) {
    struct peer *peer = calloc(1, sizeof *peer);
    if (!peer || wslay_event_context_server_init(&peer->socket, &callbacks, peer) != 0) abort();
    wslay_event_config_set_max_recv_msg_length(peer->socket, MESSAGE_LIMIT);
    peer->hub = hub;
    peer->fd = fd;
    peer->actor = actor_keep(actor);
    peer->heard = peer->pinged = peer->refreshed = peer->message_at = clock_steady();
    peer->messages = 50;
    if (early.size) {
        peer->early = malloc(early.size);
        if (!peer->early) abort();
        memcpy(peer->early, early.data, early.size);
        peer->early_size = early.size;
    }
    return peer;
}

static void queue_clear(struct peer *peer) {
    for (uint32_t i = 0; i < peer->queue_count; i++)
        frame_drop(peer->queue[(peer->queue_first + i) % peer->queue_room]);
    free(peer->queue);
    peer->queue = NULL;
    peer->queue_first = peer->queue_count = peer->queue_room = 0;
    peer->queue_bytes = peer->sent = 0;
}

void peer_free(struct peer *peer) {
    if (!peer) return;
    queue_clear(peer);
    if (peer->socket) wslay_event_context_free(peer->socket);
    if (peer->fd >= 0) close(peer->fd);
    stream_close(peer->stream);
    actor_drop(&peer->actor);
    free(peer->early);
    free(peer->tickets);
    free(peer);
}

static void queue_grow(struct peer *peer) {
    uint32_t room = peer->queue_room ? peer->queue_room * 2 : 8;
    struct frame **queue = calloc(room, sizeof *queue); /* NOLINT(bugprone-sizeof-expression): room for pointers */
    if (!queue) abort();
    assert(peer->queue_room > 0 || peer->queue_count == 0);
    for (uint32_t i = 0; i < peer->queue_count; i++)
        queue[i] = peer->queue[(peer->queue_first + i) % peer->queue_room];
    free(peer->queue);
    peer->queue = queue;
    peer->queue_first = 0;
    peer->queue_room = room;
}

void peer_queue(struct peer *peer, struct frame *frame) {
    if (peer->closing || peer->dead) return;
    if (peer->queue_bytes + frame->size > QUEUE_LIMIT) {
        atomic_fetch_add(&peer->hub->slow, 1);
        peer_close(peer, 1013);
        return;
    }
    if (peer->queue_count == peer->queue_room) queue_grow(peer);
    peer->queue[(peer->queue_first + peer->queue_count++) % peer->queue_room] = frame_take(frame);
    peer->queue_bytes += frame->size;
}

void peer_say(struct peer *peer, struct text json) {
    struct frame *frame = frame_new(json);
    peer_queue(peer, frame);
    frame_drop(frame);
}

/* A frame half on the wire has to be finished first; what follows it is of no use any more. */
static void queue_cut(struct peer *peer) {
    struct frame *half = peer->sent > 0 && peer->queue_count ? frame_take(peer->queue[peer->queue_first]) : NULL;
    size_t sent = peer->sent;
    queue_clear(peer);
    if (!half) return;
    queue_grow(peer);
    peer->queue[0] = half;
    peer->queue_count = 1;
    peer->queue_bytes = half->size;
    peer->sent = sent;
}

void peer_close(struct peer *peer, uint16_t code) {
    if (peer->closing || peer->dead) return;
    if (peer->stream) {
        peer->dead = true;
        return;
    }
    queue_cut(peer);
    wslay_event_queue_close(peer->socket, code, NULL, 0);
    peer->closing = true;
    peer->close_due = clock_steady() + 2 * SECOND;
}

void peer_ping(struct peer *peer) {
    struct wslay_event_msg ping = {.opcode = WSLAY_PING};
    if (!peer->closing) wslay_event_queue_msg(peer->socket, &ping);
}

static bool queue_send(struct peer *peer) {
    while (peer->queue_count > 0) {
        struct frame *frame = peer->queue[peer->queue_first];
        ssize_t sent = peer->fd < 0 ? (ssize_t)(frame->size - peer->sent)
                                    : send(peer->fd, frame->bytes + peer->sent, frame->size - peer->sent, MSG_NOSIGNAL);
        if (sent < 0) {
            peer->dead = errno != EAGAIN && errno != EINTR;
            return false;
        }
        peer->sent += (size_t)sent;
        if (peer->sent < frame->size) return false;
        peer->queue_first = (peer->queue_first + 1) % peer->queue_room;
        peer->queue_count--;
        peer->queue_bytes -= frame->size;
        peer->sent = 0;
        frame_drop(frame);
        atomic_fetch_add(&peer->hub->sent, 1);
        if (wslay_event_want_write(peer->socket)) return true;
    }
    if (peer->queue_room > 64) queue_clear(peer);
    return true;
}

void peer_write(struct peer *peer) {
    bool more = true;
    while (!peer->dead && more) {
        if (peer->sent == 0 && wslay_event_want_write(peer->socket)) {
            if (wslay_event_send(peer->socket) != 0) peer->dead = true;
            if (peer->dead || wslay_event_want_write(peer->socket)) break;
        }
        more = queue_send(peer) && wslay_event_want_write(peer->socket);
    }
    /* Our close frame is out. The other's follows, or the end of the socket, or close_due passes; after a breach of the
     * protocol wslay reads nothing more, so there is nothing to wait for. */
    if (!peer->dead && wslay_event_get_close_sent(peer->socket) && !wslay_event_want_write(peer->socket)) {
        if (!peer->closing) peer->close_due = clock_steady() + 2 * SECOND;
        peer->closing = true;
        if (wslay_event_get_close_received(peer->socket) || !wslay_event_get_read_enabled(peer->socket))
            peer->dead = true;
    }
    bool waiting = !peer->dead && (peer->queue_count > 0 || wslay_event_want_write(peer->socket));
    if (waiting != peer->writable_wanted) hub_watch(peer, waiting);
}

void peer_read(struct peer *peer) {
    peer->budget = READ_BUDGET;
    peer->heard = clock_steady();
    if (wslay_event_recv(peer->socket) != 0) peer->dead = true;
    if (peer->early && peer->early_at == peer->early_size) {
        free(peer->early);
        peer->early = NULL;
        peer->early_size = peer->early_at = 0;
    }
    if (wslay_event_get_close_received(peer->socket) && !peer->closing) {
        queue_cut(peer);
        peer->closing = true;
        peer->close_due = peer->heard + 2 * SECOND;
    }
    if (!wslay_event_get_read_enabled(peer->socket) && !wslay_event_want_write(peer->socket)) peer->dead = true;
}
