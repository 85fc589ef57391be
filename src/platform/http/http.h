/* http.h - routes, requests and answers, on libmicrohttpd; the only header that knows handlers.
 *
 * Way of a request: the http threads parse, check limits and the form of credentials, collect the body (into the
 * arena, or a spooled file for uploads), suspend, and queue. A worker authenticates, decodes query and body by the
 * route's tables and runs the handler. Reading routes run with a reading tx and answer at once. Writing routes
 * (x-write) may have a prepare step on the worker (reading tx; slow things: hashing, sanitising), which may answer by
 * itself (is_final), and then run inside a write transaction, on the writer's thread with SQLite; their answer is sent after the commit and only then.
 * Bounded queues: full means 503 with Retry-After. Errors become RFC 9457 answers in the reader's language. */
#ifndef THEKE_PLATFORM_HTTP_HTTP_H
#define THEKE_PLATFORM_HTTP_HTTP_H

#include "base/json.h"
#include "base/words.h"
#include "platform/access/access.h"
#include "platform/store/store.h"

struct asset;
struct exchange; /* a request on its way, for this folder only */
struct server;
struct stream;
struct request;
struct response;

typedef bool route_handler(struct request *request, struct response *response, struct error *err);

enum route_flags {
    ROUTE_WRITE = 1,   /* x-write: runs in a write transaction */
    ROUTE_PUBLIC = 2,  /* x-permission: public; no sign-in needed (actor may be nobody) */
    ROUTE_HEAVY = 4,   /* x-heavy: search, reports, exports: own small set of workers */
    ROUTE_UPLOAD = 8,  /* x-upload: the body is streamed to a spooled file */
    ROUTE_SIGNED_IN = 16, /* x-permission: signed_in; any staff */
    ROUTE_SECRET = 32, /* x-secret: the answer holds a secret and is kept nowhere */
    ROUTE_ALONE = 64,  /* x-alone: answers without the store (no tx, nobody signed in), also while that is away */
    ROUTE_ACCOUNT = 128, /* x-permission: account; closed to tokens with scopes */
    ROUTE_UNREPEATED = 256, /* x-unrepeated: no Idempotency-Key, each request stands for itself */
    ROUTE_VERSIONED = 512, /* x-versioned: If-Match is taken, and the handler asks for it; it is refused on other writes */
};

struct route {
    const char *method, *path;     /* "GET", "/api/v1/tickets/{id}" */
    const char *operation;         /* operationId: a name for metrics and logs */
    enum permission permission;
    unsigned flags;
    route_handler *prepare, *handle;
    const struct json_shape *query, *body; /* NULL: none is taken */
    int64_t body_limit;            /* bytes; 0: 1 MiB */
};

/* Generated from the api.yaml files, in path order. */
extern const struct route all_routes[];
extern const int all_route_count;

enum { PATH_PARAMS = 4 };

struct condition;

struct request {
    struct arena *mem;             /* ends when the answer has been sent */
    struct server *server;
    struct store *store;
    void *application;             /* server_options.application */
    struct tx *tx;                 /* reading in prepare and GET, writing in the handler of a writing route */
    const struct route *route;
    const struct actor *actor;
    struct text path_param[PATH_PARAMS];
    int64_t id[PATH_PARAMS];       /* the same as numbers; 0 when one is not a positive number */
    const void *query, *body;      /* decoded by the route's shapes; NULL without a shape */
    struct text raw_body;          /* JSON as sent (not for uploads) */
    const char *upload_path;       /* the spooled file of an upload, removed after the request */
    int64_t upload_size;
    void *prepared;                /* from prepare to handle */
    struct text remote_address;    /* the client, through trusted proxies (settings: proxy.trusted) */
    struct text language;          /* "de", "en", "hu": of the actor, else by Accept-Language */
    struct condition *condition;   /* of a header If-Match; NULL: none. Ask request_is_stale */
    bool secure;                   /* came by https, directly or through a trusted proxy */
    struct text method, path;      /* the path decoded, without the query */
    const struct json_pair *query_pairs; /* as sent, for pages that take no shape */
    size_t query_pair_count;
    const char *request_id;        /* in the answer's X-Request-Id and in logs */
    int64_t deadline;              /* clock_steady() when the answer is due */
    struct exchange *exchange;
};

/* A header's value as sent, or no text. Case of name does not matter. */
struct text request_header(const struct request *request, const char *name);

/* If-Match (RFC 9110, 13.1.1) names versions, and what is changed has none of them. '*' names each. A versioned route that
 * succeeds without having asked this or the next one has failed: nothing of it is stored. */
bool request_is_stale(const struct request *request, int64_t present);

/* The version that the thing must still have when it is locked: its present one when If-Match names that, else one that it
 * can't have; 0: any. */
int64_t request_version(const struct request *request, int64_t present);

/* What an upload is called: X-File-Name, percent-encoded. As sent: see file_name_safe. */
struct text request_file_name(const struct request *request);

struct text request_cookie(const struct request *request, const char *name);

/* False when a browser says that a page of somebody else sends this. */
bool origin_fits(const struct request *request);

/* The token of "Authorization: Bearer TOKEN", or no text. */
struct text request_bearer(const struct request *request);

/* Decodes the body of a page's form (application/x-www-form-urlencoded) by the same tables as JSON. ERR_MEDIA_TYPE for
 * another kind of body. */
MUST_USE bool request_form(const struct request *request, const struct json_shape *shape, void **ret_object,
                           struct error *err);

struct response {
    int status;                    /* 200 unless the handler says otherwise */
    struct buffer body;            /* in request->mem */
    struct json_writer json;       /* writes into body */
    const char *content_type;      /* "application/json" unless said */
    int fd;                        /* >= 0: send this file instead of body and close it; size in fd_size */
    int64_t fd_size;
    bool is_final;                 /* said by a prepare step: this is the answer, nothing is to be written */
    struct text fixed_body;        /* sent instead of body when there is one: outlives the server, not copied */
    const char *content_policy;    /* Content-Security-Policy; NULL: nothing may run, load or frame */
    struct stream *stream;         /* set by response_stream */
};

/* Adds a header to the answer; text is copied, line breaks are refused (dropped). */
void response_header(struct response *response, struct request *request, const char *name, struct text value);

/* 201 with Location. */
void response_created(struct response *response, struct request *request, const char *path_format, int64_t id);

/* 204 */
void response_none(struct response *response);

/* 200 with an embedded asset: gzip when the client takes it, 304 when it has it already. Names with a content hash
 * (under /assets/) may be kept for ever. */
void response_asset(struct response *response, struct request *request, const struct asset *asset);

/* Adds the ETag; true when the client named the same one in If-None-Match: then the answer has become 304 without
 * body. */
bool response_etag(struct response *response, struct request *request, struct text etag);

/* Makes the answer one that stays open (text/event-stream). The caller owns one reference and feeds it from any thread;
 * the connection owns the other. */
struct stream *response_stream(struct response *response, struct request *request);

/* Appends to what the client will read. False when the client has gone or lags more than 256 KB behind. */
bool stream_send(struct stream *stream, struct text bytes);

/* Bytes that the client has not taken yet; SIZE_MAX when it has gone. */
size_t stream_waiting(struct stream *stream);

/* Ends the answer and gives the caller's reference back. Accepts NULL. */
void stream_close(struct stream *stream);

/* Writes error as application/problem+json with its status, for code that answers outside of handlers. */
void problem_write(struct buffer *out, const struct error *err, struct text language, const char *request_id);
int problem_status(enum error_code code);

struct server_options {
    const char *address;           /* "127.0.0.1" */
    uint16_t port;                 /* 0: a free one */
    struct store *store;
    void *application;
    const char *spool;             /* folder for uploads under way */
    int http_threads, workers, heavy_workers; /* 0: 2, 4, 2 */
    int64_t upload_limit;          /* bytes; 0: 50 MiB */
    int64_t deadline;              /* micros; 0: 10 s */
    struct text trusted_proxies;   /* comma separated addresses; empty: none */
    int requests_per_minute;       /* per address without sign-in, and per token or session; 0: no limit */
    int connections;               /* at once; 0: 20,000, but never more than the system's limit of files allows */
    int connections_per_address;   /* waiting or at work, WebSockets apart; trusted proxies are free; 0: 4,000 */
    int64_t buffered_bytes, buffered_bytes_per_address; /* of bodies in memory at once; 0: 256 MiB and 64 MiB */
    int64_t spooled_bytes, spooled_bytes_per_address;   /* of uploads under way at once; 0: 2 GiB and 512 MiB */
    int queue_length;              /* requests waiting for a worker; 0: 1,024 (heavy: a sixteenth) */
    int64_t head_time;             /* micros until the head is complete; 0: 15 s */
    int64_t body_time;             /* micros for a body, beside what its size takes; 0: 30 s */
    const char *base_url;          /* where browsers reach us, for Origin; NULL: go by the Host header */
    /* Who is asking. Leaves a zeroed actor for nobody; ERR_UNAUTHENTICATED for wrong credentials. */
    bool (*authenticate)(struct tx *tx, struct request *request, struct actor *ret_actor, struct error *err);
    /* Serves everything that is no route: the application's pages and assets. Runs on the http thread: no database. */
    bool (*fallback)(struct request *request, struct text path, struct response *response, struct error *err);
    /* Writes what people read of a failure at the target, the path and query as sent: body, content_type and content_policy. False:
     * programs read there, and are told the problem. Runs on any thread: no database. NULL: programs everywhere. */
    bool (*failure_page)(struct request *request, struct text target, const struct error *err, struct response *response);
    /* Takes over a socket after the WebSocket handshake on /api/v1/live; bytes already read come with it. The actor
     * and its texts live until it returns. Runs on the http thread. NULL: refused. */
    void (*upgrade)(void *application, int socket, struct text early, const struct actor *actor);
};

MUST_USE bool server_start(const struct server_options *options, struct server **ret_server, struct error *err);
uint16_t server_port(const struct server *server);

/* From now on /readyz says 503 and new connections are refused. */
void server_drain(struct server *server);

/* Finishes what is under way (at most 10 s) and ends the threads. To be stopped before the hub that takes over its
 * sockets and streams. Accepts NULL. */
void server_stop(struct server *server);

/* Counters for /metrics: name, value and labels are written in Prometheus' text form. */
void server_metrics(struct server *server, struct buffer *out);

#endif
