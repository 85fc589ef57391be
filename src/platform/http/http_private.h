/* http_private.h - for this folder only: connections, exchanges and the way between the threads.
 *
 * An exchange is one request and its answer. It is owned by the http thread of its connection, except between
 * exchange_queue and the resume, when it belongs to a worker or to the writer. */
#ifndef THEKE_PLATFORM_HTTP_HTTP_PRIVATE_H
#define THEKE_PLATFORM_HTTP_HTTP_PRIVATE_H

#include "platform/http/http.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

enum { HEAD_LIMIT = 32 * 1024, BODY_LIMIT = 1024 * 1024, QUERY_PAIRS = 100, STREAM_LIMIT = 256 * 1024, METHODS = 7 };

/* --- connection.c: every open socket, who waits longest, and what is overdue ------------------------------------- */

struct connection_entry {
    struct connection_entry *before, *after; /* among those that wait for a request, longest first */
    struct connection_entry *previous, *next; /* among all */
    struct address *address;
    int fd;
    bool waiting, leaving;
    int64_t due;     /* clock_steady() after which the socket is shut down; 0: never */
};

enum holding { HOLD_BUFFERED, HOLD_SPOOLED, HOLDINGS }; /* bodies in memory, and in the spool */

struct address {     /* of a client, or of a proxy */
    struct address *next;
    unsigned char bytes[16];
    int count;   /* of its sockets, without those that are leaving */
    int entries;
    int64_t held[HOLDINGS];
    bool trusted;
};

enum { ADDRESS_BUCKETS = 4096 };

struct connections {
    pthread_mutex_t lock;
    struct connection_entry *oldest, *newest, *all;
    struct address *buckets[ADDRESS_BUCKETS];
    int count, leaving, waiting, limit, limit_per_address;
    struct budget {
        int64_t held, limit, limit_per_address;
    } budgets[HOLDINGS];
    _Atomic int64_t evicted, refused, overdue, bodies_refused;
};

/* Both with the lock held: an address stays known until it was given back as often as taken. */
struct address *address_take(struct server *server, const unsigned char bytes[16]);
void address_give(struct connections *connections, struct address *address);

bool connections_admit(struct server *server, const struct sockaddr *from);
void connection_opened(struct server *server, struct MHD_Connection *connection, void **socket_context);
void connection_closed(struct server *server, void **socket_context);
/* A request begins, is being worked at (due 0), or is over and the socket waits for the next. */
void connection_busy(struct server *server, struct connection_entry *entry, int64_t due);
void connection_waits(struct server *server, struct connection_entry *entry, int64_t due);
void connections_sweep(struct server *server, int64_t now);
void connections_end(struct connections *connections);

/* --- address.c: addresses of clients and proxies ----------------------------------------------------------------- */

void address_bytes(const struct sockaddr *from, unsigned char out[16]);
bool address_parse(struct text t, unsigned char out[16]);
bool address_trusted(const struct server *server, const unsigned char address[16]);
/* Fills remote_address and secure from the socket and the trusted proxies' headers. */
void address_resolve(struct exchange *x);

/* --- budget.c: bytes of bodies that are held for requests under way ------------------------------------------------- */

/* Takes so many more for this exchange, of the whole and of its client's part; false: there are not so many. */
bool budget_take(struct exchange *x, enum holding holding, int64_t bytes);
/* Gives back all that this exchange has taken. */
void budget_give(struct exchange *x);

/* --- rate.c: token buckets ---------------------------------------------------------------------------------------- */

struct rate_limit;
struct rate_limit *rate_limit_new(int per_minute);
void rate_limit_free(struct rate_limit *limit);
/* Takes one token of the key's bucket; else false and the seconds to wait. */
bool rate_limit_take(struct rate_limit *limit, struct text key, int64_t now, int64_t *ret_wait);

/* --- router.c ----------------------------------------------------------------------------------------------------- */

struct router;
struct router *router_new(struct arena *mem, const struct route *routes, int count);
/* Splits and decodes the path into segments; false: not a valid path. */
bool path_decode(struct arena *mem, struct text raw, struct text *ret_decoded, struct error *err);
/* The route, its path parameters in *params. ERR_NOT_FOUND, or ERR_METHOD with *allow like "GET, HEAD". */
const struct route *router_find(const struct router *router, struct arena *mem, struct text method,
                                struct text raw_path, struct text params[PATH_PARAMS], struct text *ret_allow,
                                struct error *err);

/* --- target.c: what the request line names ------------------------------------------------------------------------ */

bool percent_decode(struct arena *mem, struct text raw, bool plus_is_space, struct text *ret_decoded);
bool pairs_decode(struct arena *mem, struct text raw, struct json_pair **ret_pairs, size_t *ret_count,
                  struct error *err);

/* --- guard.c: framing that two readers could understand differently ----------------------------------------------- */

bool guard_check(struct MHD_Connection *connection, const char *version, bool *ret_chunked, int64_t *ret_length,
                 struct error *err);

/* --- request.c ---------------------------------------------------------------------------------------------------- */

struct text cookie_find(struct text header, const char *name);

/* --- exchange ----------------------------------------------------------------------------------------------------- */

struct header {
    struct header *next;
    const char *name, *value;
};

/* ASKED: away at a worker with the first bytes of an upload, which are kept only for who may send them. */
enum stage { STAGE_HEAD, STAGE_ASKED, STAGE_BODY, STAGE_AWAY, STAGE_ANSWERED };

struct exchange {
    struct arena mem;
    struct request request;
    struct response response;
    struct server *server;
    struct MHD_Connection *connection;
    struct connection_entry *entry;
    struct exchange *next;            /* in a queue, or among those with an Idempotency-Key */
    enum stage stage;
    struct text raw_target;
    struct actor actor;
    struct header *headers;
    int64_t received, length, limit, started;
    char *body;
    size_t body_size, body_room;
    int spool;
    struct address *payer;            /* of what is held, when something is */
    enum holding holding;
    int64_t held;
    bool is_admitted, is_drawn;       /* a worker has let it in; it has drawn from its bucket of requests */
    bool chunked, close, head, too_large, upgrading, replayed, keyed, counted;
    struct text idempotency_key, idempotency_actor;
    unsigned char idempotency_hash[32];
    struct MHD_Response *answer;
    unsigned answer_status;
    int64_t answer_size;
    struct error failure;             /* found before the body was read; told after it */
    char id[20], content_type[64];
};

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    struct exchange *first, **end;
    int length, limit, threads;
    bool stopping;
    pthread_t *thread;
};

struct route_count {
    _Atomic int64_t classes[6], micros;
};

struct server {
    struct server_options options;
    struct arena mem;
    struct MHD_Daemon *daemon;
    uint16_t port;
    int listening;                    /* after draining: to be closed at the end */
    struct router *router;
    struct connections connections;
    struct queue normal, heavy;
    struct rate_limit *rate;
    unsigned char (*proxies)[16];
    size_t proxy_count;
    pthread_t sweeper;
    pthread_mutex_t lock;             /* keyed, stopping and the condition below */
    pthread_cond_t changed;
    struct exchange *keyed;
    struct stream *streams;
    bool stopping, streams_ended;
    _Atomic bool draining;
    _Atomic int under_way;            /* exchanges that a worker or the writer holds */
    _Atomic int64_t requests, rejected, bytes_in;
    struct route_count *counts;       /* by route; the last one is for everything else */
    char salt[9];
    _Atomic uint64_t serial;
};

/* exchange.c: libmicrohttpd's callbacks */
/* request->condition from If-Match, of what changes something; ERR_MALFORMED when it can't be read, or the route has no
 * versions and so would not heed it. */
bool condition_read(struct request *request, struct error *err);

/* The handler has asked for the condition that came with the request, if one came. */
bool condition_heeded(const struct request *request, struct error *err);

void *exchange_begin(void *context, const char *uri, struct MHD_Connection *connection);
enum MHD_Result exchange_step(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *size, void **exchange);
void exchange_end(void *context, struct MHD_Connection *connection, void **exchange,
                  enum MHD_RequestTerminationCode code);

/* body.c */
bool body_begin(struct exchange *x, struct error *err);
/* A worker has to say first whether the sender may send. */
bool body_needs_asking(const struct exchange *x);
void body_add(struct exchange *x, const char *data, size_t size);
bool body_finish(struct exchange *x, struct error *err);
/* Lets go of all that was kept of it. */
void body_drop(struct exchange *x);

/* worker.c */
bool queue_start(struct queue *queue, struct server *server, int threads, int limit, struct error *err);
/* Lets the workers finish what is queued; from then on nothing is taken. */
void queue_stop(struct queue *queue);
void queue_end(struct queue *queue);
int queue_length(struct queue *queue);
void exchange_queue(struct exchange *x);
/* The answer is ready: gives the exchange back to its http thread. */
void exchange_resume(struct exchange *x);

/* answer.c */
void response_reset(struct exchange *x);
void answer_make(struct exchange *x);
void answer_problem(struct exchange *x, const struct error *err);
enum MHD_Result answer_send(struct exchange *x);

/* credentials.c: may this request speak for whom it names */
bool csrf_check(struct exchange *x, struct error *err);

/* idempotency.c */
bool idempotency_begin(struct exchange *x, struct error *err);
void idempotency_end(struct exchange *x);
/* Inside the write transaction: *ret_replayed when the answer of the first request has been put into the response. */
bool idempotency_claim(struct tx *tx, struct exchange *x, bool *ret_replayed, struct error *err);
bool idempotency_keep(struct tx *tx, struct exchange *x, struct error *err);
/* Forgets the answers older than a day, behind the caller's back. */
void idempotency_forget(struct store *store);

/* upgrade.c */
bool upgrade_wanted(const struct exchange *x);
bool upgrade_check(struct exchange *x, struct error *err);
void upgrade_answer(struct exchange *x);

/* stream.c */
struct MHD_Response *stream_answer(struct stream *stream);
/* Gives the connection's reference back when the answer became another one. */
void stream_abandon(struct stream *stream);
void streams_end(struct server *server);
/* The server is going; feeders may still hold their references. */
void streams_forget(struct server *server);

/* metrics.c */
void metrics_count(struct exchange *x);

#endif
