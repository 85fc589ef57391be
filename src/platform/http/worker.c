/* Bounded queues and the workers that run handlers; and the way of a write through the store's writer. */
#include "platform/http/http_private.h"

#include "base/clock.h"
#include "base/log.h"

#include <assert.h>
#include <stdlib.h>

static void exchange_run(struct exchange *x);

static void *worker_main(void *argument) {
    struct queue *queue = argument;
    pthread_setname_np(pthread_self(), "worker");
    for (;;) {
        pthread_mutex_lock(&queue->lock);
        while (!queue->first && !queue->stopping) pthread_cond_wait(&queue->arrived, &queue->lock);
        struct exchange *x = queue->first;
        if (x) {
            queue->first = x->next;
            if (!queue->first) queue->end = &queue->first;
            queue->length--;
        }
        pthread_mutex_unlock(&queue->lock);
        if (!x) return NULL;
        x->next = NULL;
        exchange_run(x);
    }
}

bool queue_start(struct queue *queue, struct server *server, int threads, int limit, struct error *err) {
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->arrived, NULL);
    queue->end = &queue->first;
    queue->limit = limit;
    queue->thread = calloc((size_t)threads, sizeof *queue->thread);
    for (; queue->threads < threads; queue->threads++)
        if (pthread_create(&queue->thread[queue->threads], NULL, worker_main, queue) != 0)
            return error_set(err, ERR_INTERNAL, "a worker's thread can't be started");
    return true;
}

void queue_stop(struct queue *queue) {
    if (!queue->thread) return;
    pthread_mutex_lock(&queue->lock);
    queue->stopping = true;
    pthread_cond_broadcast(&queue->arrived);
    pthread_mutex_unlock(&queue->lock);
    for (int i = 0; i < queue->threads; i++) pthread_join(queue->thread[i], NULL);
    queue->threads = 0;
}

void queue_end(struct queue *queue) {
    if (!queue->thread) return;
    pthread_mutex_destroy(&queue->lock);
    pthread_cond_destroy(&queue->arrived);
    free(queue->thread);
}

int queue_length(struct queue *queue) {
    pthread_mutex_lock(&queue->lock);
    int length = queue->length;
    pthread_mutex_unlock(&queue->lock);
    return length;
}

static bool queue_push(struct queue *queue, struct exchange *x) {
    pthread_mutex_lock(&queue->lock);
    bool room = queue->length < queue->limit && !queue->stopping;
    if (room) {
        *queue->end = x;
        queue->end = &x->next;
        queue->length++;
        pthread_cond_signal(&queue->arrived);
    }
    pthread_mutex_unlock(&queue->lock);
    return room;
}

static void exchange_fail(struct exchange *x, const struct error *err) {
    if (x->stage == STAGE_ASKED) x->failure = *err;
    else answer_problem(x, err);
    exchange_resume(x);
}

void exchange_queue(struct exchange *x) {
    struct server *server = x->server;
    bool heavy = x->request.route && x->request.route->flags & ROUTE_HEAVY;
    atomic_fetch_add(&server->under_way, 1);
    if (queue_push(heavy ? &server->heavy : &server->normal, x)) return;
    struct error err = {0};
    error_set(&err, ERR_BUSY, "too many requests are waiting");
    err.retry_after = 1;
    atomic_fetch_add(&server->rejected, 1);
    exchange_fail(x, &err);
}

void exchange_resume(struct exchange *x) {
    struct server *server = x->server;
    idempotency_end(x);
    MHD_resume_connection(x->connection);
    atomic_fetch_sub(&server->under_way, 1);
}

static bool check_rate(struct exchange *x, struct error *err) {
    int64_t wait = 0;
    const struct actor *actor = &x->actor;
    if (!x->server->rate) return true;
    struct text key = x->request.remote_address;
    if (actor->token) key = text_printf(&x->mem, "token %" PRId64, actor->token);
    else if (actor->session) key = text_printf(&x->mem, "session %" PRId64, actor->session);
    if (rate_limit_take(x->server->rate, key, clock_steady(), &wait)) return true;
    error_set(err, ERR_RATE, "too many requests");
    err->retry_after = wait;
    return false;
}

/* A window of the browser stays open while somebody else signs in beside it: what it asks is not theirs. */
static bool is_for_its_window(const struct exchange *x) {
    struct text meant = request_header(&x->request, "X-Theke-Staff");
    int64_t staff;
    return !meant.data || (text_to_int(meant, &staff) && staff == x->actor.staff.value);
}

static bool check_permission(const struct exchange *x, struct error *err) {
    const struct route *route = x->request.route;
    if (route && route->flags & ROUTE_PUBLIC) return true;
    if (x->actor.staff.value == 0) return error_set(err, ERR_UNAUTHENTICATED, "nobody is signed in");
    if (!is_for_its_window(x)) return error_set_key(err, ERR_UNAUTHENTICATED, "other_account", "another account is signed in here by now");
    if (route && route->flags & ROUTE_ACCOUNT && x->actor.is_narrowed)
        return error_set_key(err, ERR_FORBIDDEN, "forbidden", "a token with scopes does not touch its owner's account");
    if (!route || route->flags & ROUTE_SIGNED_IN || actor_may(&x->actor, route->permission)) return true;
    return error_set(err, ERR_FORBIDDEN, "%s needs the permission %s", route->operation,
                     permission_name(route->permission));
}

static bool identify(struct exchange *x, struct error *err) {
    struct server *server = x->server;
    bool public = x->request.route && x->request.route->flags & ROUTE_PUBLIC;
    struct error refused = {0};
    if (server->options.authenticate
        && !server->options.authenticate(x->request.tx, &x->request, &x->actor, &refused)) {
        x->actor = (struct actor){0};
        if (!public || refused.code != ERR_UNAUTHENTICATED) {
            *err = refused;
            return false;
        }
    }
    if (!csrf_check(x, err)) {
        if (!public) return false;
        /* A public page or hook that a browser was led to by a stranger: it is served, but to nobody in particular. */
        x->actor = (struct actor){0};
        *err = (struct error){0};
    }
    if (x->actor.locale.size) x->request.language = x->actor.locale;
    return true;
}

static bool decode(struct exchange *x, struct error *err) {
    struct request *request = &x->request;
    const struct route *route = request->route;
    void *query = NULL, *body = NULL;
    if (route->query
        && !json_decode_pairs(&x->mem, request->query_pairs, request->query_pair_count, route->query, &query, err))
        return false;
    if (route->body && !(route->flags & ROUTE_UPLOAD) && !json_decode(&x->mem, request->raw_body, route->body, &body, err)) return false;
    request->query = query;
    request->body = body;
    return true;
}

static bool admit(struct exchange *x, struct error *err) {
    struct error limited = {0};
    bool known = identify(x, err);
    /* Whoever guesses credentials draws from the bucket of the address. */
    bool ok = (known || err->code == ERR_UNAUTHENTICATED) && (x->is_drawn || check_rate(x, known ? err : &limited));
    x->is_drawn = true;
    if (!known && limited.code != ERR_NONE) *err = limited;
    return ok && known && check_permission(x, err);
}

/* May they send what they begin to send. */
static bool run_asking(struct exchange *x, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    if (!store_read_until(x->request.store, &tx, clock_steady() + x->server->options.deadline, err)) return false;
    x->request.tx = &tx;
    bool ok = admit(x, err);
    x->request.tx = NULL;
    return ok;
}

/* Who asks, may they, what do they ask; for reading routes also the answer. */
static bool run_reading(struct exchange *x, struct error *err) {
    struct request *request = &x->request;
    const struct route *route = request->route;
    SCOPED(tx_end) struct tx tx = {0};
    if (clock_steady() > request->deadline) return error_set(err, ERR_DEADLINE, "the request waited too long");
    if (route && route->flags & ROUTE_ALONE) return decode(x, err) && route->handle(request, &x->response, err);
    if (!store_read_until(request->store, &tx, request->deadline, err)) return false;
    request->tx = &tx;
    bool ok = admit(x, err);
    if (ok && x->upgrading) ok = upgrade_check(x, err);
    else if (ok) {
        assert(route); /* only an upgrade has none */
        ok = decode(x, err);
        if (ok && route->flags & ROUTE_WRITE) ok = !route->prepare || route->prepare(request, &x->response, err);
        else if (ok) ok = route->handle(request, &x->response, err);
    }
    request->tx = NULL;
    return ok;
}

/* May run again after a serialisation failure: begins with an untouched response. */
static bool write_run(struct tx *tx, void *argument, struct error *err) {
    struct exchange *x = argument;
    bool replayed = false;
    response_reset(x);
    x->request.tx = tx;
    bool ok = idempotency_claim(tx, x, &replayed, err);
    if (ok && !replayed)
        ok = x->request.route->handle(&x->request, &x->response, err) && condition_heeded(&x->request, err) && idempotency_keep(tx, x, err);
    x->request.tx = NULL;
    return ok;
}

static void write_finished(void *argument, const struct error *err) {
    struct exchange *x = argument;
    if (err->code != ERR_NONE) {
        exchange_fail(x, err);
        return;
    }
    answer_make(x);
    exchange_resume(x);
}

static void exchange_run(struct exchange *x) {
    struct error err = {0};
    if (x->stage == STAGE_ASKED) {
        if (run_asking(x, &err)) exchange_resume(x);
        else exchange_fail(x, &err);
        return;
    }
    bool ok = run_reading(x, &err);
    bool writing = ok && !x->upgrading && x->request.route->flags & ROUTE_WRITE && !x->response.is_final;
    if (writing) {
        ok = idempotency_begin(x, &err) && store_write_later(x->request.store, write_run, write_finished, x, &err);
        if (ok) return;
    }
    if (!ok) {
        exchange_fail(x, &err);
        return;
    }
    if (x->upgrading) upgrade_answer(x);
    else answer_make(x);
    exchange_resume(x);
}
