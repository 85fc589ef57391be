/* live_private.h - for this folder only. Everything but the inbox belongs to the hub's thread. */
#ifndef THEKE_PLATFORM_LIVE_LIVE_PRIVATE_H
#define THEKE_PLATFORM_LIVE_LIVE_PRIVATE_H

#include "platform/live/live.h"

#include <pthread.h>
#include <stdatomic.h>
#include <wslay/wslay.h>

enum {
    RING = 5000,
    PRELOAD = 1000,
    QUEUE_LIMIT = 256 * 1024,
    MESSAGE_LIMIT = 16 * 1024,
    TOPICS = 200,
    READ_BUDGET = 64 * 1024
};

/* A message encoded once, as a WebSocket frame; lives as long as a queue or the ring holds it. */
struct frame {
    int references;
    struct live_event event;   /* id 0: not an event */
    struct text json;          /* the payload */
    size_t size;               /* header and payload; the texts of the event stand behind */
    unsigned char bytes[];
};

struct frame *frame_new(struct text json);
struct frame *frame_of_event(const struct live_event *event);
struct frame *frame_take(struct frame *frame);
void frame_drop(struct frame *frame);

struct peer {
    struct hub *hub;
    struct peer *previous, *next;
    int fd;                    /* -1: a stream */
    struct stream *stream;
    int64_t behind;            /* streams: the last event that was considered */
    wslay_event_context_ptr socket;
    struct actor actor;
    char *early;               /* bytes read before the hub had the socket */
    size_t early_size, early_at;
    struct frame **queue;      /* a ring of queue_room, the first one sent up to sent */
    uint32_t queue_first, queue_count, queue_room;
    size_t queue_bytes, sent, budget;
    int64_t *tickets;          /* followed */
    uint32_t ticket_count;
    int64_t heard, pinged, refreshed, message_at;
    double messages;           /* tokens left */
    bool inbox, staff, writable_wanted, closing, dead;
    int64_t close_due;
};

/* An actor that stays: without its texts, with an own copy of what is closed to it and what it was admitted to. actor_drop frees that. */
struct actor actor_keep(const struct actor *actor);
void actor_drop(struct actor *actor);

struct peer *peer_new(struct hub *hub, int fd, struct text early, const struct actor *actor);
void peer_free(struct peer *peer);
/* Appends to the queue; over the limit the peer is closed. */
void peer_queue(struct peer *peer, struct frame *frame);
void peer_say(struct peer *peer, struct text json);
void peer_read(struct peer *peer);
/* Sends what the socket takes; sets dead when it is over. */
void peer_write(struct peer *peer);
void peer_close(struct peer *peer, uint16_t code);
void peer_ping(struct peer *peer);

/* command.c */
void peer_told(struct peer *peer, struct text message);
bool peer_follows_ticket(const struct peer *peer, int64_t ticket);
void peer_check_topics(struct peer *peer, struct tx *tx);

int64_t peer_key(const struct peer *peer);

/* presence.c */
struct place;
void presence_forget(struct hub *hub, int64_t key, int64_t ticket); /* ticket 0: wherever it is */
void presence_sweep(struct hub *hub);
void presence_end(struct hub *hub);

/* feed.c */
MUST_USE bool feed_start(struct hub *hub, struct error *err);
void feed_pull(struct hub *hub);
void feed_stream(struct peer *peer);
void feed_replay(struct peer *peer, int64_t after);
void feed_end(struct hub *hub);
void feed_refresh(struct hub *hub, int64_t staff);
void feed_refresh_old(struct hub *hub, int64_t before); /* some of those that were refreshed before that (steady) */
bool peer_wants(const struct peer *peer, const struct live_event *event);

enum letter_kind { LETTER_SOCKET, LETTER_STREAM, LETTER_SEND, LETTER_REFRESH };

struct letter {
    struct letter *next;
    enum letter_kind kind;
    int fd;
    struct stream *stream;
    int64_t number;            /* after, or a staff id */
    struct actor actor;
    char topic[64];
    struct text text;          /* behind the letter */
};

struct hub {
    struct hub_options options;
    pthread_t thread;
    int epoll, wake;
    pthread_mutex_t lock;      /* the inbox and the flags beside it */
    struct letter *first, **end;
    bool stopping, woken;
    struct peer *peers;
    _Atomic int count;
    _Atomic int64_t sent, slow, dropped;
    int64_t cursor;            /* the newest event that was sent */
    struct frame *ring[RING];
    uint32_t ring_first, ring_count;
    int64_t ring_before;       /* everything after this id is in the ring */
    pthread_mutex_t presence_lock;
    struct place *places;
    int place_count;
};

void hub_watch(struct peer *peer, bool writable);

#endif
