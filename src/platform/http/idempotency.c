/* Idempotency-Key: a POST that is sent again gives the first answer and changes nothing. The key is claimed in the same
 * transaction as the change, so both are there or neither; a failed request leaves the key free. */
#include "platform/http/http_private.h"

#include "base/clock.h"
#include "base/log.h"
#include "sql/platform_http.h"

#include <assert.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

enum { KEY_LIMIT = 255 };

static bool hash_upload(struct exchange *x, crypto_generichash_state *state, struct error *err) {
    static _Thread_local unsigned char piece[16384];
    int fd = open(x->request.upload_path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return error_errno(err, "reading an upload");
    ssize_t got;
    while ((got = read(fd, piece, sizeof piece)) > 0) crypto_generichash_update(state, piece, (unsigned long long)got);
    close(fd);
    return got == 0 || error_errno(err, "reading an upload");
}

static bool hash_request(struct exchange *x, struct error *err) {
    crypto_generichash_state state;
    bool is_upload = x->request.route && x->request.route->flags & ROUTE_UPLOAD; /* its headers describe the file */
    const struct text parts[] = {
        x->request.method, x->raw_target, x->request.raw_body, request_header(&x->request, "If-Match"),
        is_upload ? request_header(&x->request, "X-File-Name") : text_of(""),
        is_upload ? request_header(&x->request, "Content-Type") : text_of(""),
    };
    crypto_generichash_init(&state, NULL, 0, sizeof x->idempotency_hash);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        crypto_generichash_update(&state, (const unsigned char *)parts[i].data, parts[i].size);
        crypto_generichash_update(&state, (const unsigned char *)"", 1);
    }
    if (x->request.upload_path && !hash_upload(x, &state, err)) return false;
    crypto_generichash_final(&state, x->idempotency_hash, sizeof x->idempotency_hash);
    return true;
}

static bool key_take(struct exchange *x) {
    struct server *server = x->server;
    pthread_mutex_lock(&server->lock);
    const struct exchange *other = server->keyed;
    while (other && !(text_equal(other->idempotency_key, x->idempotency_key)
                      && text_equal(other->idempotency_actor, x->idempotency_actor)))
        other = other->next;
    if (!other) {
        x->next = server->keyed;
        server->keyed = x;
        x->keyed = true;
    }
    pthread_mutex_unlock(&server->lock);
    return !other;
}

bool idempotency_begin(struct exchange *x, struct error *err) {
    struct text key = request_header(&x->request, "Idempotency-Key");
    if (!key.data || !text_is(x->request.method, "POST")) return true;
    if (x->request.route && x->request.route->flags & ROUTE_UNREPEATED) return true;
    if (key.size == 0 || key.size > KEY_LIMIT || !text_is_utf8(key))
        return error_set(err, ERR_MALFORMED, "an Idempotency-Key has 1 to %d characters", KEY_LIMIT);
    const struct actor *actor = &x->actor;
    x->idempotency_key = text_copy(&x->mem, key);
    x->idempotency_actor =
        actor->staff.value
            ? text_printf(&x->mem, "staff:%" PRId64, actor->staff.value)
            : text_printf(&x->mem, "address:%.*s", (int)x->request.remote_address.size, x->request.remote_address.data);
    if (!hash_request(x, err)) return false;
    return key_take(x)
           || error_set_key(err, ERR_CONFLICT, "idempotency_running",
                            "the first request with this key is still running");
}

void idempotency_end(struct exchange *x) {
    struct server *server = x->server;
    if (!x->keyed) return;
    pthread_mutex_lock(&server->lock);
    struct exchange **at = &server->keyed;
    while (*at != x) at = &(*at)->next;
    *at = x->next;
    x->next = NULL;
    x->keyed = false;
    pthread_mutex_unlock(&server->lock);
}

static void replay(struct exchange *x, const struct sql_idempotency_find_row *row) {
    x->response.status = (int)row->status;
    x->response.content_type = row->content_type.data ? text_string(&x->mem, row->content_type) : "application/json";
    if (row->location.data) response_header(&x->response, &x->request, "Location", row->location);
    response_header(&x->response, &x->request, "Idempotency-Replayed", text_of("true"));
    buffer_add_text(&x->response.body, row->body);
}

bool idempotency_claim(struct tx *tx, struct exchange *x, bool *ret_replayed, struct error *err) {
    if (!x->keyed) return true;
    const struct sql_idempotency_find_row *row = NULL;
    struct text hash = text_from((const char *)x->idempotency_hash, sizeof x->idempotency_hash);
    int64_t changed = 0;
    if (!sql_idempotency_claim(
            tx,
            &(struct sql_idempotency_claim){
                .actor = x->idempotency_actor, .key = x->idempotency_key, .hash = hash, .created_at = tx->now},
            &changed, err))
        return false;
    if (changed) return true;
    if (!sql_idempotency_find(tx, &x->mem, &(struct sql_idempotency_find){.actor = x->idempotency_actor,
                                                                          .key = x->idempotency_key}, &row, err))
        return false;
    if (!row || row->status == 0)
        return error_set_key(err, ERR_CONFLICT, "idempotency_running",
                             "the first request with this key is still running");
    if (!text_equal(row->hash, hash))
        return error_set_key(err, ERR_INVALID, "idempotency_mismatch",
                             "this Idempotency-Key was used for another request");
    if (x->request.route && x->request.route->flags & ROUTE_SECRET)
        return error_set_key(err, ERR_CONFLICT, "idempotency_secret", "the answer held a secret that is shown once");
    replay(x, row);
    *ret_replayed = true;
    return true;
}

static struct text location_of(const struct exchange *x) {
    for (const struct header *header = x->headers; header; header = header->next)
        if (strcmp(header->name, "Location") == 0) return text_of(header->value);
    return (struct text){0};
}

bool idempotency_keep(struct tx *tx, struct exchange *x, struct error *err) {
    if (!x->keyed) return true;
    /* A refusal that had something to write: whoever sends it again is heard again. */
    if (x->response.status >= 400)
        return sql_idempotency_free(tx, &(struct sql_idempotency_free){.actor = x->idempotency_actor, .key = x->idempotency_key}, NULL, err);
    bool secret = x->request.route && x->request.route->flags & ROUTE_SECRET;
    struct text body = secret ? text_of("") : buffer_text(&x->response.body);
    assert(x->response.fd < 0 && !x->response.stream); /* what changes something answers with what fits into memory */
    return sql_idempotency_answer(tx, &(struct sql_idempotency_answer){
        .actor = x->idempotency_actor, .key = x->idempotency_key, .status = x->response.status,
        .content_type = text_of(x->response.content_type), .location = location_of(x), .body = body}, NULL, err);
}

static bool forget_work(struct tx *tx, void *argument, struct error *err) {
    return sql_idempotency_purge(tx, &(struct sql_idempotency_purge){.before = tx->now - DAY}, NULL, err);
}

static void forget_done(void *argument, const struct error *err) {
    if (err->code != ERR_NONE) log_error(err, "forgetting old answers");
}

void idempotency_forget(struct store *store) {
    struct error busy;
    bool queued = store_write_later(store, forget_work, forget_done, NULL, &busy);
    if (!queued) log_error(&busy, "forgetting old answers");
}
