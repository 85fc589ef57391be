#include "platform/http/http_private.h"

#include "base/clock.h"

static size_t route_index(const struct exchange *x) {
    return x->request.route ? (size_t)(x->request.route - all_routes) : (size_t)all_route_count;
}

void metrics_count(struct exchange *x) {
    struct route_count *count = &x->server->counts[route_index(x)];
    size_t class = x->answer_status / 100 < 6 ? x->answer_status / 100 : 5;
    atomic_fetch_add(&count->classes[class], 1);
    atomic_fetch_add(&count->micros, clock_steady() - x->started);
}

static void write_one(struct buffer *out, const char *name, const char *type, int64_t value) {
    buffer_printf(out, "# TYPE %s %s\n%s %" PRId64 "\n", name, type, name, value);
}

static void write_routes(const struct server *server, struct buffer *out) {
    buffer_add_string(out, "# TYPE theke_http_requests_total counter\n");
    for (int i = 0; i <= all_route_count; i++)
        for (int class = 1; class < 6; class++) {
            int64_t count = server->counts[i].classes[class];
            if (count) buffer_printf(out, "theke_http_requests_total{operation=\"%s\",status=\"%dxx\"} %" PRId64 "\n",
                                     i < all_route_count ? all_routes[i].operation : "other", class, count);
        }
    buffer_add_string(out, "# TYPE theke_http_seconds_total counter\n");
    for (int i = 0; i <= all_route_count; i++)
        if (server->counts[i].micros)
            buffer_printf(out, "theke_http_seconds_total{operation=\"%s\"} %.6f\n",
                          i < all_route_count ? all_routes[i].operation : "other",
                          (double)server->counts[i].micros / (double)SECOND);
}

void server_metrics(struct server *server, struct buffer *out) {
    struct connections *c = &server->connections;
    pthread_mutex_lock(&c->lock);
    int count = c->count, waiting = c->waiting;
    int64_t buffered = c->budgets[HOLD_BUFFERED].held, spooled = c->budgets[HOLD_SPOOLED].held;
    pthread_mutex_unlock(&c->lock);
    write_routes(server, out);
    write_one(out, "theke_http_received_bytes_total", "counter", server->bytes_in);
    write_one(out, "theke_http_queue_full_total", "counter", server->rejected);
    write_one(out, "theke_http_under_way", "gauge", server->under_way);
    write_one(out, "theke_http_queue_length", "gauge", queue_length(&server->normal));
    write_one(out, "theke_http_heavy_queue_length", "gauge", queue_length(&server->heavy));
    write_one(out, "theke_http_connections", "gauge", count);
    write_one(out, "theke_http_connections_waiting", "gauge", waiting);
    write_one(out, "theke_http_connections_evicted_total", "counter", c->evicted);
    write_one(out, "theke_http_connections_refused_total", "counter", c->refused);
    write_one(out, "theke_http_connections_overdue_total", "counter", c->overdue);
    write_one(out, "theke_http_buffered_bytes", "gauge", buffered);
    write_one(out, "theke_http_spooled_bytes", "gauge", spooled);
    write_one(out, "theke_http_bodies_refused_total", "counter", c->bodies_refused);
    write_one(out, "theke_store_writes_waiting", "gauge", store_queue_length(server->options.store));
}
