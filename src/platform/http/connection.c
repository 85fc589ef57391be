/* Every open socket. One that waits for the next request, or has not sent its head yet, gives way when a newcomer finds
 * no room, longest waiting first; so thousands of half-open connections can't keep others out. A sweeper shuts down
 * what is overdue: libmicrohttpd's own timeout only sees silence, not a client that sends a byte now and then. */
#include "platform/http/http_private.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>

static struct address **address_slot(struct connections *c, const unsigned char bytes[16]) {
    uint32_t hash = 2166136261u;
    for (int i = 0; i < 16; i++) hash = (hash ^ bytes[i]) * 16777619u;
    struct address **slot = &c->buckets[hash % ADDRESS_BUCKETS];
    while (*slot && memcmp((*slot)->bytes, bytes, 16) != 0) slot = &(*slot)->next;
    return slot;
}

struct address *address_take(struct server *server, const unsigned char bytes[16]) {
    struct address **slot = address_slot(&server->connections, bytes);
    if (!*slot) {
        *slot = calloc(1, sizeof **slot);
        if (!*slot) abort();
        memcpy((*slot)->bytes, bytes, 16);
        (*slot)->trusted = address_trusted(server, bytes);
    }
    (*slot)->entries++;
    return *slot;
}

void address_give(struct connections *c, struct address *address) {
    if (--address->entries > 0) return;
    *address_slot(c, address->bytes) = address->next;
    free(address);
}

static void waiting_remove(struct connections *c, struct connection_entry *entry) {
    if (!entry->waiting) return;
    if (entry->before) entry->before->after = entry->after;
    else c->oldest = entry->after;
    if (entry->after) entry->after->before = entry->before;
    else c->newest = entry->before;
    entry->before = entry->after = NULL;
    entry->waiting = false;
    c->waiting--;
}

static void waiting_add(struct connections *c, struct connection_entry *entry) {
    waiting_remove(c, entry);
    entry->before = c->newest;
    if (c->newest) c->newest->after = entry;
    else c->oldest = entry;
    c->newest = entry;
    entry->waiting = true;
    c->waiting++;
}

/* The http thread notices the end of the socket and closes it. Until then it is there, but takes nobody's room: else a
 * burst of newcomers would turn out more than it needs, in the end each other. */
static void leave(struct connections *c, struct connection_entry *entry) {
    waiting_remove(c, entry);
    entry->due = 0;
    if (!entry->leaving) {
        entry->leaving = true;
        entry->address->count--;
        c->leaving++;
    }
    shutdown(entry->fd, SHUT_RDWR);
}

static void give_way(struct connections *c, struct connection_entry *entry) {
    leave(c, entry);
    atomic_fetch_add(&c->evicted, 1);
}

static void make_room(struct connections *c, const struct connection_entry *newcomer) {
    struct connection_entry *entry = c->oldest;
    if (c->count - c->leaving > c->limit && entry && entry != newcomer) {
        give_way(c, entry);
        entry = c->oldest;
    }
    if (newcomer->address->trusted || newcomer->address->count <= c->limit_per_address) return;
    while (entry && entry->address != newcomer->address) entry = entry->after;
    if (entry && entry != newcomer) give_way(c, entry);
}

bool connections_admit(struct server *server, const struct sockaddr *from) {
    struct connections *c = &server->connections;
    pthread_mutex_lock(&c->lock);
    bool room = !server->draining && (c->count - c->leaving < c->limit || c->oldest);
    pthread_mutex_unlock(&c->lock);
    if (!room) atomic_fetch_add(&c->refused, 1);
    return room;
}

void connection_opened(struct server *server, struct MHD_Connection *connection, void **socket_context) {
    struct connections *c = &server->connections;
    struct connection_entry *entry = calloc(1, sizeof *entry);
    unsigned char bytes[16];
    if (!entry) abort();
    entry->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    address_bytes(MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr, bytes);
    pthread_mutex_lock(&c->lock);
    entry->address = address_take(server, bytes);
    entry->address->count++;
    entry->due = clock_steady() + server->options.head_time;
    entry->next = c->all;
    if (c->all) c->all->previous = entry;
    c->all = entry;
    c->count++;
    waiting_add(c, entry);
    make_room(c, entry);
    pthread_mutex_unlock(&c->lock);
    *socket_context = entry;
}

void connection_closed(struct server *server, void **socket_context) {
    struct connections *c = &server->connections;
    struct connection_entry *entry = *socket_context;
    if (!entry) return;
    pthread_mutex_lock(&c->lock);
    waiting_remove(c, entry);
    if (entry->previous) entry->previous->next = entry->next;
    else c->all = entry->next;
    if (entry->next) entry->next->previous = entry->previous;
    c->count--;
    if (entry->leaving) c->leaving--;
    else entry->address->count--;
    address_give(c, entry->address);
    pthread_mutex_unlock(&c->lock);
    free(entry);
    *socket_context = NULL;
}

void connection_busy(struct server *server, struct connection_entry *entry, int64_t due) {
    struct connections *c = &server->connections;
    pthread_mutex_lock(&c->lock);
    waiting_remove(c, entry);
    entry->due = due;
    pthread_mutex_unlock(&c->lock);
}

void connection_waits(struct server *server, struct connection_entry *entry, int64_t due) {
    struct connections *c = &server->connections;
    pthread_mutex_lock(&c->lock);
    if (!entry->leaving) {
        waiting_add(c, entry);
        entry->due = due;
    }
    pthread_mutex_unlock(&c->lock);
}

void connections_sweep(struct server *server, int64_t now) {
    struct connections *c = &server->connections;
    pthread_mutex_lock(&c->lock);
    for (struct connection_entry *entry = c->all; entry; entry = entry->next) {
        if (!entry->due || entry->due > now) continue;
        leave(c, entry);
        atomic_fetch_add(&c->overdue, 1);
    }
    pthread_mutex_unlock(&c->lock);
}

void connections_end(struct connections *c) {
    pthread_mutex_destroy(&c->lock);
}
