/* The thread that follows the events and sends: one poll for everything under way, so that a slow server holds up nobody else. */
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "modules/admin/admin.h"
#include "modules/people/people.h"
#include "modules/webhooks/webhooks_private.h"
#include "sql/platform_events.h"

#include <curl/curl.h>
#include <netdb.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    AT_ONCE = 2 * WEBHOOKS_MOST, /* so that each has room for one, however the others fare */
    PATIENCE_MS = 15000, CONNECT_MS = 5000, LEASE_SECONDS = 60, STOP_SECONDS = 5,
    ANSWER_KEPT = 4096, ANSWER_READ = 65536, DETAIL = 200,
};
_Static_assert(LEASE_SECONDS * 1000 > 3 * PATIENCE_MS, "a slow answer is not taken for a lost one");
static const int64_t LOOK_EVERY = 200 * 1000LL, CARE_EVERY = 2 * 1000000LL;
static const int64_t FARTHEST = 36000 * 1000000LL; /* longer than any pause */

/* One attempt under way, or ended and not yet written down. */
struct attempt {
    struct arena mem;
    struct webhooks *webhooks;
    struct attempt *next;
    CURL *curl;
    struct curl_slist *headers;
    struct text url, id, body, signature;
    struct buffer answer;
    int64_t steady;
    bool is_refused, is_public_plain; /* why no socket was opened */
    char words[CURL_ERROR_SIZE];
    struct ending ending;
};

struct webhooks {
    struct arena mem;              /* holds the whole itself */
    struct webhooks_options options;
    struct networks allowed;
    struct follower follower;
    CURLM *multi;
    pthread_t thread;
    atomic_bool stopping;
    struct attempt *under_way, *ended;
    int count;
    int64_t looked_at, cared_at, wall;
};

/* --- Where to --------------------------------------------------------------------------------------------------------- */

static bool is_plain(struct text url) {
    return text_starts_nocase(url, "http:");
}

/* Asked of each address that a name stands for at the moment of connecting: what it stood for before means nothing. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    struct attempt *attempt = context;
    bool is_allowed = networks_hold(&attempt->webhooks->allowed, &address->addr), is_public = address_is_public(&address->addr);
    attempt->is_refused = !is_allowed && (!is_public || is_plain(attempt->url));
    attempt->is_public_plain = attempt->is_refused && is_public;
    return attempt->is_refused ? CURL_SOCKET_BAD : socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* The parts of an URL that may be saved; *ret_host: without brackets. */
static bool take_apart(struct arena *mem, struct text url, struct text *ret_scheme, struct text *ret_host) {
    CURLU *parts = curl_url();
    char *scheme = NULL, *host = NULL, *fragment = NULL;
    bool ok = parts && curl_url_set(parts, CURLUPART_URL, text_string(mem, url), CURLU_DISALLOW_USER) == CURLUE_OK
              && curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK && curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK
              && curl_url_get(parts, CURLUPART_FRAGMENT, &fragment, 0) == CURLUE_NO_FRAGMENT;
    if (ok) {
        struct text named = text_copy(mem, text_of(host));
        bool bracketed = named.size > 2 && named.data[0] == '[';
        *ret_scheme = text_copy(mem, text_of(scheme));
        *ret_host = bracketed ? text_slice(named, 1, named.size - 2) : named;
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(fragment);
    curl_url_cleanup(parts);
    return ok;
}

/* A number is refused at once, in whatever form a resolver takes it; a name may stand for anything by the time it is used. */
static bool is_refused_number(const struct webhooks *webhooks, struct arena *mem, struct text host) {
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(text_string(mem, host), NULL, &hints, &found) != 0) return false;
    bool is_refused = !address_is_public(found->ai_addr) && !networks_hold(&webhooks->allowed, found->ai_addr);
    freeaddrinfo(found);
    return is_refused;
}

bool webhook_url_check(const struct webhooks *webhooks, struct arena *mem, struct text url, struct text *ret_host, struct error *err) {
    struct text scheme;
    for (size_t i = 0; i < url.size; i++)
        if ((unsigned char)url.data[i] <= ' ') return error_field(err, "url", "webhook_url", "an URL holds no blanks");
    if (!text_starts_nocase(url, "https://") && !text_starts_nocase(url, "http://")) return error_field(err, "url", "webhook_url", "begins with https://");
    if (!take_apart(mem, url, &scheme, ret_host)) return error_field(err, "url", "webhook_url", "is no URL without a user and a fragment");
    if (text_is(scheme, "http") && !webhooks->allowed.count) return error_field(err, "url", "webhook_plain", "needs https");
    return !is_refused_number(webhooks, mem, *ret_host) || error_field(err, "url", "webhook_private", "is not open to everybody");
}

/* --- One attempt ------------------------------------------------------------------------------------------------------ */

static size_t take_answer(char *data, size_t size, size_t count, void *context) {
    struct attempt *attempt = context;
    buffer_add(&attempt->answer, data, size * count);
    return attempt->answer.failed ? 0 : size * count; /* who says more than anybody would read is not listened to */
}

static void add_header(struct attempt *attempt, const char *name, struct text value) {
    struct curl_slist *more = curl_slist_append(attempt->headers, arena_printf(&attempt->mem, "%s: %.*s", name, (int)value.size, value.data));
    if (more) attempt->headers = more;
}

static void set_headers(struct attempt *attempt, int64_t seconds) {
    add_header(attempt, "Content-Type", text_of("application/json"));
    add_header(attempt, "webhook-id", attempt->id);
    add_header(attempt, "webhook-timestamp", text_printf(&attempt->mem, "%" PRId64, seconds));
    add_header(attempt, "webhook-signature", attempt->signature);
    add_header(attempt, "Expect", text_of(""));
}

static void set_request(struct attempt *attempt) {
    CURL *curl = attempt->curl;
    curl_easy_setopt(curl, CURLOPT_PRIVATE, attempt);
    curl_easy_setopt(curl, CURLOPT_URL, text_string(&attempt->mem, attempt->url));
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, attempt);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, attempt->headers);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Theke/" THEKE_VERSION " (webhooks)");
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)attempt->body.size);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, attempt->body.data);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, attempt);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, attempt->words);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)PATIENCE_MS);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* never waits for a name server that is given up */
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (attempt->webhooks->options.ca_file) curl_easy_setopt(curl, CURLOPT_CAINFO, attempt->webhooks->options.ca_file);
}

static void attempt_free(struct attempt *attempt) {
    curl_easy_cleanup(attempt->curl);
    curl_slist_free_all(attempt->headers);
    struct arena mem = attempt->mem; /* it lies in there itself */
    arena_free(&mem);
}

/* --- What is due ------------------------------------------------------------------------------------------------------ */

struct taking {
    struct webhooks *webhooks;
    struct attempt *taken;
    int count, room;
};

static bool give_up(struct attempt *attempt, const char *why) {
    attempt->ending.way = ENDED_FOR_GOOD;
    attempt->ending.error = text_of(why);
    return true;
}

/* A secret that can't be opened (the key of the house was lost) is the matter of one webhook alone. */
static void sign(struct attempt *attempt, const webhook_row *row, int64_t now) {
    const struct secret *key = attempt->webhooks->options.secret;
    struct arena *mem = &attempt->mem;
    struct text secret, old;
    struct error ignored = {0};
    int64_t seconds = now / SECOND;
    if (!secret_open(key, mem, row->secret, &secret, &ignored)) {
        give_up(attempt, "secret_lost");
        return;
    }
    attempt->signature = webhook_signature(mem, secret, attempt->id, seconds, attempt->body);
    if (row->old_secret.size && row->old_until_at > now && secret_open(key, mem, row->old_secret, &old, &ignored)) {
        struct text second = webhook_signature(mem, old, attempt->id, seconds, attempt->body);
        attempt->signature = text_printf(mem, "%.*s %.*s", (int)attempt->signature.size, attempt->signature.data, (int)second.size, second.data);
    }
    set_headers(attempt, seconds);
}

static struct text body_of(struct arena *mem, const struct live_event *event) {
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    event_write(&json, event);
    return buffer_text(&out);
}

/* What the owner may not see any more is told no more, whoever asks for it again. */
static bool read_event(struct tx *tx, const webhook_row *row, int64_t id, struct attempt *attempt, struct error *err) {
    struct sql_event_after_rows rows;
    struct actor owner = {0};
    bool found;
    if (!sql_event_after(tx, &attempt->mem, &(struct sql_event_after){.after = id - 1, .limit = 1}, &rows, err)
        || !webhook_actor(tx, &attempt->mem, row, &owner, &found, err))
        return false;
    struct live_event event = rows.count && rows.at[0].id == id ? event_of_row(&rows.at[0]) : (struct live_event){0};
    if (!row->is_active && !text_is(attempt->ending.kind, WEBHOOK_TESTED)) return give_up(attempt, "switched_off");
    if (!event.id || !found || !webhook_may_tell(&owner, &event)) return give_up(attempt, "not_visible");
    attempt->body = body_of(&attempt->mem, &event);
    sign(attempt, row, tx->now);
    return true;
}

static struct attempt *attempt_new(struct webhooks *webhooks, const webhook_row *row, const struct sql_webhook_delivery_due_row *due, int64_t now) {
    struct arena mem = {0};
    struct attempt *attempt = arena_alloc(&mem, sizeof *attempt);
    *attempt = (struct attempt){.mem = mem, .webhooks = webhooks};
    attempt->answer = (struct buffer){.mem = &attempt->mem, .limit = ANSWER_READ};
    attempt->url = text_copy(&attempt->mem, row->url);
    attempt->id = text_copy(&attempt->mem, due->key);
    attempt->ending = (struct ending){.webhook = row->webhook, .delivery = due->delivery, .attempt = due->attempts + 1, .begun_with = due->begun_with,
                                      .kind = text_copy(&attempt->mem, due->kind), .at = now};
    return attempt;
}

static bool take_one(struct tx *tx, struct taking *taking, const webhook_row *row, const struct sql_webhook_delivery_due_row *due, struct error *err) {
    const struct sql_webhook_delivery_take in = {.delivery = due->delivery, .next_at = tx->now + LEASE_SECONDS * SECOND};
    if (!sql_webhook_delivery_take(tx, &in, NULL, err)) return false;
    struct attempt *attempt = attempt_new(taking->webhooks, row, due, tx->now);
    attempt->next = taking->taken;
    taking->taken = attempt;
    taking->count++;
    return read_event(tx, row, due->event, attempt, err);
}

/* When little room is left, none has more than one under way. */
static int64_t room_for(const struct taking *taking, const webhook_row *row, int64_t busy) {
    int64_t left = taking->room - taking->count;
    bool is_narrow = row->failures >= FEW_FAILURES || left <= WEBHOOKS_MOST;
    int64_t room = (is_narrow ? 1 : row->parallel) - busy;
    return room < left ? room : left;
}

/* Held, so that of several processes none takes more than there is room for. */
static bool take_of(struct tx *tx, struct taking *taking, int64_t webhook, struct error *err) {
    const webhook_row *row;
    const struct sql_webhook_under_way_row *busy;
    struct sql_webhook_delivery_due_rows due;
    if (!webhook_held(tx, &tx->mem, webhook, &row, err)) return false;
    if (!row || row->deleted_at || row->paused_until_at > tx->now) return true;
    if (!sql_webhook_under_way(tx, &tx->mem, &(struct sql_webhook_under_way){.webhook = webhook, .now_at = tx->now}, &busy, err)) return false;
    int64_t room = room_for(taking, row, busy->count);
    if (room <= 0) return true;
    const struct sql_webhook_delivery_due in = {.webhook = webhook, .now_at = tx->now, .limit = room};
    if (!sql_webhook_delivery_due(tx, &tx->mem, &in, &due, err)) return false;
    for (size_t i = 0; i < due.count; i++)
        if (!take_one(tx, taking, row, &due.at[i], err)) return false;
    return true;
}

static void drop_taken(struct taking *taking) {
    while (taking->taken) {
        struct attempt *attempt = taking->taken;
        taking->taken = attempt->next;
        attempt_free(attempt);
    }
    taking->count = 0;
}

static bool take(struct tx *tx, void *argument, struct error *err) {
    struct taking *taking = argument;
    struct sql_webhook_due_rows rows;
    drop_taken(taking); /* of a run that came to nothing */
    if (!sql_webhook_due(tx, &tx->mem, &(struct sql_webhook_due){.now_at = tx->now, .few = FEW_FAILURES, .limit = WEBHOOKS_MOST}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count && taking->count < taking->room; i++)
        if (!take_of(tx, taking, rows.at[i].webhook, err)) return false;
    return true;
}

/* Mostly there is none: then nobody has to wait for the writer. */
static bool is_due(struct webhooks *webhooks, bool *ret_due, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct sql_webhook_due_rows rows;
    if (!store_read(webhooks->options.store, &tx, err)
        || !sql_webhook_due(&tx, &tx.mem, &(struct sql_webhook_due){.now_at = tx.now, .few = FEW_FAILURES, .limit = 1}, &rows, err))
        return false;
    *ret_due = rows.count > 0;
    return true;
}

static void end_attempt(struct webhooks *webhooks, struct attempt *attempt) {
    attempt->next = webhooks->ended;
    webhooks->ended = attempt;
}

static void begin(struct webhooks *webhooks, struct attempt *attempt) {
    attempt->steady = clock_steady();
    if (attempt->ending.way == ENDED_FOR_GOOD) {
        end_attempt(webhooks, attempt);
        return;
    }
    attempt->curl = curl_easy_init();
    if (attempt->curl) set_request(attempt);
    if (!attempt->curl || curl_multi_add_handle(webhooks->multi, attempt->curl) != CURLM_OK) {
        attempt->ending.way = ENDED_BROKEN_OFF;
        end_attempt(webhooks, attempt);
        return;
    }
    attempt->next = webhooks->under_way;
    webhooks->under_way = attempt;
    webhooks->count++;
}

static bool take_due(struct webhooks *webhooks, struct error *err) {
    struct taking taking = {.webhooks = webhooks, .room = AT_ONCE - webhooks->count};
    bool due = false;
    if (taking.room <= 0 || !is_due(webhooks, &due, err)) return taking.room <= 0;
    if (due && !store_write(webhooks->options.store, take, &taking, err)) {
        drop_taken(&taking);
        return false;
    }
    /* Taken last is first: turned round, so that they leave in their order. */
    struct attempt *ordered = NULL;
    while (taking.taken) {
        struct attempt *attempt = taking.taken;
        taking.taken = attempt->next;
        attempt->next = ordered;
        ordered = attempt;
    }
    while (ordered) {
        struct attempt *attempt = ordered;
        ordered = attempt->next;
        begin(webhooks, attempt);
    }
    return true;
}

/* --- How it ended ----------------------------------------------------------------------------------------------------- */

static const char *fault_of(const struct attempt *attempt, CURLcode code) {
    if (attempt->is_public_plain) return "plain_refused";
    if (attempt->is_refused) return "address_refused";
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST: return "no_such_host";
    case CURLE_COULDNT_CONNECT: return "no_connection";
    case CURLE_OPERATION_TIMEDOUT: return "timeout";
    case CURLE_PEER_FAILED_VERIFICATION: return "certificate";
    default: return NULL;
    }
}

static void judge(struct attempt *attempt, CURLcode code) {
    struct ending *ending = &attempt->ending;
    long status = 0;
    curl_off_t wait = 0;
    curl_easy_getinfo(attempt->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(attempt->curl, CURLINFO_RETRY_AFTER, &wait);
    bool is_answered = status >= 200 && (code == CURLE_OK || attempt->answer.failed);
    ending->micros = clock_steady() - attempt->steady;
    ending->status = status;
    ending->retry_after = status == 429 || status == 503 ? (int64_t)wait : 0;
    ending->answer = text_cut(text_make_utf8(&attempt->mem, buffer_text(&attempt->answer)), ANSWER_KEPT);
    ending->way = is_answered && status < 300 ? ENDED_WELL : is_answered && status == 410 ? ENDED_GONE : ENDED_FAILED;
    if (ending->way == ENDED_WELL) return;
    const char *fault = is_answered ? (status < 400 ? "redirect" : "status") : fault_of(attempt, code);
    struct text words = text_of(attempt->words[0] ? attempt->words : curl_easy_strerror(code));
    ending->error = fault ? text_of(fault) : text_make_utf8(&attempt->mem, text_cut(words, DETAIL));
}

static void take_off(struct webhooks *webhooks, struct attempt *attempt) {
    struct attempt **at = &webhooks->under_way;
    while (*at != attempt) at = &(*at)->next;
    *at = attempt->next;
    webhooks->count--;
    curl_multi_remove_handle(webhooks->multi, attempt->curl);
    end_attempt(webhooks, attempt);
}

static void collect(struct webhooks *webhooks) {
    int running = 0, left = 0;
    curl_multi_perform(webhooks->multi, &running);
    for (CURLMsg *message; (message = curl_multi_info_read(webhooks->multi, &left)) != NULL;) {
        struct attempt *attempt = NULL;
        if (message->msg != CURLMSG_DONE) continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&attempt);
        judge(attempt, message->data.result);
        take_off(webhooks, attempt);
    }
}

static int by_webhook(const void *a, const void *b) {
    const struct attempt *one = *(struct attempt *const *)a, *other = *(struct attempt *const *)b;
    const int64_t first[] = {one->ending.webhook, one->ending.delivery}, second[] = {other->ending.webhook, other->ending.delivery};
    int at = first[0] == second[0];
    return first[at] < second[at] ? -1 : first[at] > second[at];
}

struct settling {
    struct attempt **all;
    size_t count;
};

static bool settle(struct tx *tx, void *argument, struct error *err) {
    const struct settling *settling = argument;
    for (size_t i = 0; i < settling->count; i++)
        if (!webhook_settle(tx, &settling->all[i]->ending, err)) return error_context(err, "delivery %" PRId64, settling->all[i]->ending.delivery);
    return true;
}

/* In the order of the webhooks, so that of two processes neither waits for what the other holds. */
static struct settling gather(struct webhooks *webhooks, struct arena *mem) {
    struct settling settling = {0};
    size_t at = 0;
    for (struct attempt *attempt = webhooks->ended; attempt; attempt = attempt->next) settling.count++;
    settling.all = arena_array(mem, settling.count, sizeof(struct attempt *));
    for (struct attempt *attempt = webhooks->ended; attempt; attempt = attempt->next) settling.all[at++] = attempt;
    qsort(settling.all, settling.count, sizeof(struct attempt *), by_webhook);
    return settling;
}

static bool is_outage(const struct error *err) {
    return err->code == ERR_BUSY || err->code == ERR_DEADLINE || err->code == ERR_NO_ROOM || err->code == ERR_IO;
}

/* One that the store refuses keeps none of the others from being written down. */
static bool settle_one_by_one(struct webhooks *webhooks, const struct settling *all, struct error *err) {
    bool ok = true;
    webhooks->ended = NULL;
    for (size_t i = 0; i < all->count; i++) {
        struct settling one = {.all = &all->all[i], .count = 1};
        bool done = (ok || !is_outage(err)) && store_write(webhooks->options.store, settle, &one, err);
        bool is_over = clock_steady() - all->all[i]->steady > LEASE_SECONDS * SECOND; /* by then somebody has taken it again */
        if (done || is_over) attempt_free(all->all[i]);
        else end_attempt(webhooks, all->all[i]);
        ok = ok && done;
    }
    return ok;
}

/* What can't be written is kept for as long as its lease, and tried again. */
static bool settle_ended(struct webhooks *webhooks, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    if (!webhooks->ended) return true;
    struct settling all = gather(webhooks, &mem);
    if (!store_write(webhooks->options.store, settle, &all, err)) return settle_one_by_one(webhooks, &all, err);
    for (size_t i = 0; i < all.count; i++) attempt_free(all.all[i]);
    webhooks->ended = NULL;
    return true;
}

/* --- The thread ------------------------------------------------------------------------------------------------------- */

static bool hasten(struct tx *tx, void *argument, struct error *err) {
    const int64_t far = tx->now + *(const int64_t *)argument;
    const struct sql_webhook_delivery_hasten in = {.now_at = tx->now, .far_at = far, .farther_at = tx->now + FARTHEST};
    return sql_webhook_delivery_hasten(tx, &in, NULL, err)
           && sql_webhook_hasten_all(tx, &(struct sql_webhook_hasten_all){.far_at = far}, NULL, err);
}

/* Nothing waits for hours that a clock set back has moved far away. */
static bool take_care(struct webhooks *webhooks, struct error *err) {
    int64_t none = 0;
    if (clock_steady() - webhooks->cared_at < CARE_EVERY) return true;
    webhooks->cared_at = clock_steady();
    return !clock_set_back(&webhooks->wall) || store_write(webhooks->options.store, hasten, &none, err);
}

static bool follow(struct webhooks *webhooks, struct error *err) {
    bool found = true;
    while (found && !atomic_load(&webhooks->stopping))
        if (!webhooks_follow(&webhooks->follower, &found, err)) return false;
    return true;
}

/* False when some of it failed, then a pause is due; what fails keeps nothing else from being done. */
static bool take_step(struct webhooks *webhooks, struct error *err) {
    struct error later = {0};
    bool looks = clock_steady() - webhooks->looked_at >= LOOK_EVERY, had_ended = webhooks->ended != NULL;
    bool settled = settle_ended(webhooks, err), followed = true;
    if (!looks && !had_ended) return settled;
    if (looks) {
        webhooks->looked_at = clock_steady();
        followed = take_care(webhooks, settled ? err : &later) && follow(webhooks, settled ? err : &later);
    }
    return take_due(webhooks, settled && followed ? err : &later) && settled && followed;
}

/* Nothing new is begun; what is under way may end. */
static void come_to_an_end(struct webhooks *webhooks) {
    int64_t until = clock_steady() + STOP_SECONDS * SECOND;
    struct error err = {0};
    while (webhooks->count && clock_steady() < until) {
        curl_multi_poll(webhooks->multi, NULL, 0, 100, NULL);
        collect(webhooks);
    }
    while (webhooks->under_way) {
        webhooks->under_way->ending.way = ENDED_BROKEN_OFF;
        take_off(webhooks, webhooks->under_way);
    }
    if (!settle_ended(webhooks, &err)) log_error(&err, "webhooks: writing down what was sent");
}

static void *run(void *argument) {
    struct webhooks *webhooks = argument;
    bool fails = false;
    while (!atomic_load(&webhooks->stopping)) {
        struct error err = {0};
        bool ok = take_step(webhooks, &err);
        if (!ok && !fails) log_error(&err, "webhooks");
        fails = !ok;
        collect(webhooks);
        if (!webhooks->ended || !ok) curl_multi_poll(webhooks->multi, NULL, 0, (int)(LOOK_EVERY / 1000), NULL);
    }
    come_to_an_end(webhooks);
    return NULL;
}

/* What the last run left: with SQLite nobody else can be at work on it. */
static bool recover(struct tx *tx, void *argument, struct error *err) {
    return sql_webhook_delivery_recover(tx, &(struct sql_webhook_delivery_recover){.now_at = tx->now}, NULL, err);
}

static bool begin_anew(struct webhooks *webhooks, struct error *err) {
    int64_t farthest = FARTHEST;
    struct store *store = webhooks->options.store;
    if (store_dialect(store) == DIALECT_SQLITE && !store_write(store, recover, NULL, err)) return false;
    return store_write(store, hasten, &farthest, err);
}

static void webhooks_free(struct webhooks *webhooks) {
    while (webhooks->ended) {
        struct attempt *attempt = webhooks->ended;
        webhooks->ended = attempt->next;
        attempt_free(attempt);
    }
    if (webhooks->multi) curl_multi_cleanup(webhooks->multi);
    curl_global_cleanup();
    struct arena mem = webhooks->mem;
    arena_free(&mem);
}

bool webhooks_start(const struct webhooks_options *options, struct webhooks **ret_webhooks, struct error *err) {
    struct arena mem = {0};
    struct webhooks *webhooks = arena_alloc(&mem, sizeof *webhooks);
    *webhooks = (struct webhooks){.mem = mem, .options = *options, .follower = {.store = options->store}};
    curl_global_init(CURL_GLOBAL_DEFAULT);
    webhooks->multi = curl_multi_init();
    bool ok = webhooks->multi || error_set(err, ERR_INTERNAL, "no memory for webhooks");
    ok = ok && networks_parse(options->allowed, &webhooks->allowed, err) && begin_anew(webhooks, err);
    if (ok && pthread_create(&webhooks->thread, NULL, run, webhooks) != 0) ok = error_set(err, ERR_INTERNAL, "a thread could not be started");
    if (ok) *ret_webhooks = webhooks;
    else webhooks_free(webhooks);
    return ok;
}

void webhooks_stop(struct webhooks *webhooks) {
    if (!webhooks) return;
    atomic_store(&webhooks->stopping, true);
    curl_multi_wakeup(webhooks->multi);
    pthread_join(webhooks->thread, NULL);
    webhooks_free(webhooks);
}
