#include "platform/live/live_private.h"

#include "base/clock.h"
#include "base/log.h"
#include "platform/http/http.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { EVENTS = 256 };
static const int64_t REFRESH_EVERY = 10 * 60 * 1000000LL;

void hub_watch(struct peer *peer, bool writable) {
    struct epoll_event event = {.events = EPOLLIN | (writable ? (uint32_t)EPOLLOUT : 0), .data.ptr = peer};
    peer->writable_wanted = writable;
    if (peer->fd >= 0 && peer->hub->epoll >= 0) epoll_ctl(peer->hub->epoll, EPOLL_CTL_MOD, peer->fd, &event);
}

static void peer_link(struct hub *hub, struct peer *peer) {
    peer->next = hub->peers;
    if (hub->peers) hub->peers->previous = peer;
    hub->peers = peer;
    atomic_fetch_add(&hub->count, 1);
}

static void peer_unlink(struct hub *hub, struct peer *peer) {
    presence_forget(hub, peer_key(peer), 0);
    if (peer->previous) peer->previous->next = peer->next;
    else hub->peers = peer->next;
    if (peer->next) peer->next->previous = peer->previous;
    atomic_fetch_sub(&hub->count, 1);
    /* While libmicrohttpd still holds its own copy of a socket that ended at once, closing ours does not end the
     * watch. */
    if (peer->fd >= 0) epoll_ctl(hub->epoll, EPOLL_CTL_DEL, peer->fd, NULL);
    peer_free(peer);
}

/* Nobody is freed while somebody may still walk the list. */
static void bury_the_dead(struct hub *hub) {
    for (struct peer *peer = hub->peers, *next; peer; peer = next) {
        next = peer->next;
        if (peer->dead) peer_unlink(hub, peer);
    }
}

static int count_of_staff(const struct hub *hub, int64_t staff) {
    int count = 0;
    for (const struct peer *peer = hub->peers; peer; peer = peer->next) count += peer->actor.staff.value == staff;
    return count;
}

static bool has_room(const struct hub *hub, const struct actor *actor) {
    return hub->count < hub->options.connections
           && (!actor->staff.value || count_of_staff(hub, actor->staff.value) < hub->options.connections_per_staff);
}

static void add_socket(struct hub *hub, const struct letter *letter) {
    char hello[64];
    bool room = has_room(hub, &letter->actor);
    struct peer *peer = peer_new(hub, letter->fd, letter->text, &letter->actor);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
    if (epoll_ctl(hub->epoll, EPOLL_CTL_ADD, peer->fd, &event) != 0) {
        peer_free(peer);
        return;
    }
    peer_link(hub, peer);
    snprintf(hello, sizeof hello, "{\"hello\":{\"last\":%" PRId64 "}}", hub->cursor);
    peer_say(peer, text_of(hello));
    if (!room) {
        atomic_fetch_add(&hub->dropped, 1);
        peer_close(peer, 1013);
    }
    if (peer->early) peer_read(peer);
    peer_write(peer);
}

static void add_stream(struct hub *hub, const struct letter *letter) {
    struct peer *peer = peer_new(hub, -1, (struct text){0}, &letter->actor);
    peer->stream = letter->stream;
    peer->behind = letter->number < 0 ? hub->cursor : letter->number;
    peer->dead = hub->count >= hub->options.connections;
    peer_link(hub, peer);
    feed_stream(peer);
}

static bool follows_topic(const struct peer *peer, struct text topic) {
    int64_t id = 0;
    if (text_is(topic, "inbox")) return peer->inbox;
    if (text_is(topic, "staff")) return peer->staff;
    if (text_starts(topic, "staff:")) return text_to_int(text_skip(topic, 6), &id) && id == peer->actor.staff.value;
    return text_starts(topic, "ticket:") && text_to_int(text_skip(topic, 7), &id) && peer_follows_ticket(peer, id);
}

static void send_to_topic(struct hub *hub, const struct letter *letter) {
    struct frame *frame = frame_new(letter->text);
    for (struct peer *peer = hub->peers; peer; peer = peer->next) {
        if (peer->stream || peer->dead || !follows_topic(peer, text_of(letter->topic))) continue;
        peer_queue(peer, frame);
        peer_write(peer);
    }
    frame_drop(frame);
}

static void open_letter(struct hub *hub, const struct letter *letter) {
    switch (letter->kind) {
        case LETTER_SOCKET: add_socket(hub, letter); break;
        case LETTER_STREAM: add_stream(hub, letter); break;
        case LETTER_SEND: send_to_topic(hub, letter); break;
        case LETTER_REFRESH: feed_refresh(hub, letter->number); break;
    }
}

/* True when the hub has to stop. */
static bool inbox_read(struct hub *hub) {
    uint64_t count;
    if (read(hub->wake, &count, sizeof count) < 0) count = 0;
    pthread_mutex_lock(&hub->lock);
    struct letter *first = hub->first;
    bool woken = hub->woken, stopping = hub->stopping;
    hub->first = NULL;
    hub->end = &hub->first;
    hub->woken = false;
    pthread_mutex_unlock(&hub->lock);
    if (woken) feed_pull(hub);
    for (struct letter *letter = first, *next; letter; letter = next) {
        next = letter->next;
        open_letter(hub, letter);
        actor_drop(&letter->actor);
        free(letter);
    }
    return stopping;
}

static void sweep_one(struct peer *peer, int64_t now) {
    const struct hub_options *o = &peer->hub->options;
    if (peer->stream) {
        feed_stream(peer);
        if (now - peer->pinged > o->ping / 2) {
            peer->pinged = now;
            if (!stream_send(peer->stream, text_of(":\n\n"))) peer->dead = true;
        }
        return;
    }
    if (now - peer->heard > o->idle || (peer->closing && now > peer->close_due)) peer->dead = true;
    if (!peer->dead && now - peer->pinged > o->ping) {
        peer->pinged = now;
        peer_ping(peer);
    }
    if (!peer->dead) peer_write(peer);
}

static void sweep(struct hub *hub, int64_t now) {
    for (struct peer *peer = hub->peers; peer; peer = peer->next) sweep_one(peer, now);
    presence_sweep(hub);
    if (hub->options.refresh) feed_refresh_old(hub, now - REFRESH_EVERY);
}

static void serve(struct hub *hub, const struct epoll_event *event) {
    struct peer *peer = event->data.ptr;
    if (!peer || peer->dead) return;
    if (event->events & (EPOLLIN | EPOLLHUP | EPOLLERR)) peer_read(peer);
    if (!peer->dead) peer_write(peer);
}

static void say_goodbye(struct hub *hub) {
    for (struct peer *peer = hub->peers; peer; peer = peer->next) {
        peer_close(peer, 1001);
        if (!peer->dead) peer_write(peer);
    }
}

static void *hub_main(void *argument) {
    struct hub *hub = argument;
    struct epoll_event events[EVENTS];
    int64_t swept = clock_steady(), end = 0;
    pthread_setname_np(pthread_self(), "hub");
    for (;;) {
        int count = epoll_wait(hub->epoll, events, EVENTS, 200);
        for (int i = 0; i < count; i++) serve(hub, &events[i]);
        if (inbox_read(hub) && !end) {
            end = clock_steady() + 2 * SECOND;
            say_goodbye(hub);
        }
        int64_t now = clock_steady();
        if (now - swept > SECOND / 5) {
            swept = now;
            sweep(hub, now);
        }
        bury_the_dead(hub);
        if (end && (!hub->peers || now > end)) return NULL;
    }
}

static void options_complete(struct hub_options *o) {
    if (!o->connections) o->connections = 10000;
    if (!o->connections_per_staff) o->connections_per_staff = o->connections;
    if (!o->ping) o->ping = 30 * SECOND;
    if (!o->idle) o->idle = 75 * SECOND;
}

static void on_commit(void *context, int64_t last_event) {
    hub_wake(context);
}

static void inbox_clear(struct hub *hub) {
    for (struct letter *letter = hub->first, *next; letter; letter = next) {
        next = letter->next;
        actor_drop(&letter->actor);
        free(letter);
    }
    hub->first = NULL;
    hub->end = &hub->first;
}

static void hub_free(struct hub *hub) {
    while (hub->peers) peer_unlink(hub, hub->peers);
    inbox_clear(hub); /* what the leaving have said to nobody */
    presence_end(hub);
    feed_end(hub);
    if (hub->epoll >= 0) close(hub->epoll);
    if (hub->wake >= 0) close(hub->wake);
    pthread_mutex_destroy(&hub->lock);
    free(hub);
}

bool hub_start(const struct hub_options *options, struct hub **ret_hub, struct error *err) {
    struct hub *hub = calloc(1, sizeof *hub);
    if (!hub) abort();
    hub->options = *options;
    options_complete(&hub->options);
    hub->end = &hub->first;
    pthread_mutex_init(&hub->lock, NULL);
    pthread_mutex_init(&hub->presence_lock, NULL);
    hub->epoll = epoll_create1(EPOLL_CLOEXEC);
    hub->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN};
    bool ok = hub->epoll >= 0 && hub->wake >= 0 && epoll_ctl(hub->epoll, EPOLL_CTL_ADD, hub->wake, &event) == 0;
    if (!ok) error_errno(err, "starting the live hub");
    ok = ok && feed_start(hub, err);
    if (ok && pthread_create(&hub->thread, NULL, hub_main, hub) != 0)
        ok = error_set(err, ERR_INTERNAL, "the hub's thread can't be started");
    if (!ok) {
        hub_free(hub);
        return false;
    }
    store_on_commit(options->store, on_commit, hub);
    *ret_hub = hub;
    return true;
}

static void ring_the_bell(struct hub *hub) {
    uint64_t one = 1;
    ssize_t written = write(hub->wake, &one, sizeof one);
    (void)written; /* a full counter wakes as well */
}

void hub_stop(struct hub *hub) {
    if (!hub) return;
    pthread_mutex_lock(&hub->lock);
    hub->stopping = true;
    pthread_mutex_unlock(&hub->lock);
    ring_the_bell(hub);
    pthread_join(hub->thread, NULL);
    (void)inbox_read(hub); /* what came too late: its sockets are closed with the rest */
    hub_free(hub);
}

void hub_wake(struct hub *hub) {
    pthread_mutex_lock(&hub->lock);
    bool first = !hub->woken;
    hub->woken = true;
    pthread_mutex_unlock(&hub->lock);
    if (first) ring_the_bell(hub);
}

static struct letter *letter_new(enum letter_kind kind, struct text text) {
    struct letter *letter = calloc(1, sizeof *letter + text.size);
    if (!letter) abort();
    letter->kind = kind;
    letter->fd = -1;
    if (text.size) memcpy(letter + 1, text.data, text.size);
    letter->text = text_from((const char *)(letter + 1), text.size);
    return letter;
}

static void letter_post(struct hub *hub, struct letter *letter) {
    pthread_mutex_lock(&hub->lock);
    *hub->end = letter;
    hub->end = &letter->next;
    pthread_mutex_unlock(&hub->lock);
    ring_the_bell(hub);
}

void hub_accept(struct hub *hub, int socket, struct text early, const struct actor *actor) {
    struct letter *letter = letter_new(LETTER_SOCKET, early);
    letter->fd = socket;
    letter->actor = actor_keep(actor);
    letter_post(hub, letter);
}

void hub_follow(struct hub *hub, struct stream *stream, const struct actor *actor, int64_t after) {
    struct letter *letter = letter_new(LETTER_STREAM, (struct text){0});
    letter->stream = stream;
    letter->number = after;
    letter->actor = actor_keep(actor);
    letter_post(hub, letter);
}

void hub_send(struct hub *hub, const char *topic, struct text json) {
    struct letter *letter = letter_new(LETTER_SEND, json);
    snprintf(letter->topic, sizeof letter->topic, "%s", topic);
    letter_post(hub, letter);
}

void hub_refresh(struct hub *hub, staff_id staff) {
    struct letter *letter = letter_new(LETTER_REFRESH, (struct text){0});
    letter->number = staff.value;
    letter_post(hub, letter);
}

void hub_metrics(struct hub *hub, struct buffer *out) {
    buffer_printf(out, "# TYPE theke_live_connections gauge\ntheke_live_connections %d\n", hub->count);
    buffer_printf(out, "# TYPE theke_live_messages_total counter\ntheke_live_messages_total %" PRId64 "\n", hub->sent);
    buffer_printf(out, "# TYPE theke_live_slow_total counter\ntheke_live_slow_total %" PRId64 "\n", hub->slow);
    buffer_printf(out, "# TYPE theke_live_refused_total counter\ntheke_live_refused_total %" PRId64 "\n", hub->dropped);
}
