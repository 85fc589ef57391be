/* How much may be sent, counted by the hour, so that no stranger buries the house, its disk or somebody's mailbox. */
#include "channels/web/web_private.h"

#include "base/clock.h"
#include "platform/application/application.h"
#include "sql/channels_web.h"

enum { AN_HOUR_FROM_ONE = 30, AN_HOUR_NEAR_ONE = 120, AN_HOUR_FOR_ONE = 5 };

static void refuse_often(struct filled_form *sending, const char *words, int64_t first_at, int64_t now) {
    sending->refused = words;
    sending->wait = (first_at + HOUR - now) / SECOND + 1;
}

/* most: 0 for no limit. What one limit has refused stays so. */
static void check_often(struct filled_form *sending, int64_t count, int64_t most, int64_t first_at, const char *words, int64_t now) {
    if (most && count >= most && !sending->refused) refuse_often(sending, words, first_at, now);
}

static bool check_senders(struct request *request, struct filled_form *sending, struct error *err) {
    const struct sql_request_taken_from_row *from;
    const struct sql_request_taken_near_row *near;
    const struct sql_request_taken_for_row *of;
    struct tx *tx = request->tx;
    int64_t now = tx->now, since = now - HOUR;
    const struct sql_request_taken_from remote = {.remote_hash = hash_of(request, connection_of(request)), .since_at = since};
    const struct sql_request_taken_near network = {.network_hash = hash_of(request, network_of(request)), .since_at = since};
    const struct sql_request_taken_for address = {.address_hash = hash_of(request, text_lower(request->mem, sending->email)), .since_at = since};
    if (!sql_request_taken_from(tx, request->mem, &remote, &from, err) || !sql_request_taken_near(tx, request->mem, &network, &near, err)
        || !sql_request_taken_for(tx, request->mem, &address, &of, err))
        return false;
    check_often(sending, from->count, AN_HOUR_FROM_ONE, from->first_at, "request_often_from", now);
    check_often(sending, near->count, AN_HOUR_NEAR_ONE, near->first_at, "request_often_from", now);
    check_often(sending, of->count, AN_HOUR_FOR_ONE, of->first_at, "request_often_for", now);
    return true;
}

/* Whoever sends from many places is not to bury the house. */
static bool check_house(struct request *request, struct filled_form *sending, struct error *err) {
    const struct application *application = request->application;
    const struct sql_request_taken_of_row *form;
    const struct sql_request_taken_all_row *all;
    struct tx *tx = request->tx;
    int64_t now = tx->now, since = now - HOUR;
    const struct sql_request_taken_of of = {.form_id = sending->topic->id, .since_at = since};
    if (!sql_request_taken_of(tx, request->mem, &of, &form, err)
        || !sql_request_taken_all(tx, request->mem, &(struct sql_request_taken_all){.since_at = since}, &all, err))
        return false;
    check_often(sending, form->count, application->form_requests_per_hour, form->first_at, "request_often", now);
    check_often(sending, all->count, application->all_form_requests_per_hour, all->first_at, "request_often", now);
    return true;
}

bool sending_check_limits(struct request *request, struct filled_form *sending, struct error *err) {
    return check_senders(request, sending, err) && (sending->refused || check_house(request, sending, err));
}

/* Who counts what is there and adds to it must not do so beside others who see the same count. */
bool sending_hold(struct tx *tx, struct error *err) {
    struct sql_request_lock_rows lock;
    return sql_request_lock(tx, &tx->mem, &lock, err);
}

/* --- Files ------------------------------------------------------------------------------------------------------------ */

struct upload_claim {
    struct filled_form *sending;
    struct text remote_hash;
};

static bool claim_upload(struct tx *tx, void *argument, struct error *err) {
    struct upload_claim *claim = argument;
    struct filled_form *sending = claim->sending;
    const struct sql_request_upload_from_row *from;
    const struct sql_request_upload_from in = {.remote_hash = claim->remote_hash, .since_at = tx->now - HOUR};
    sending->refused = NULL;
    if (!sending_hold(tx, err) || !sql_request_upload_forget(tx, &(struct sql_request_upload_forget){.before_at = tx->now - 2 * DAY}, NULL, err)
        || !sql_request_upload_from(tx, &tx->mem, &in, &from, err))
        return false;
    if (from->count >= AN_HOUR_FROM_ONE) refuse_often(sending, "request_often_from", from->first_at, tx->now);
    const struct sql_request_upload_add add = {.remote_hash = claim->remote_hash, .created_at = tx->now};
    return sending->refused || sql_request_upload_add(tx, &add, NULL, err);
}

bool sending_claim_files(struct request *request, struct filled_form *sending, struct error *err) {
    struct upload_claim claim = {sending, hash_of(request, connection_of(request))};
    bool any = false;
    for (size_t i = 0; i < sending->parts.count && !any; i++) any = sending->parts.at[i].is_file && sending->parts.at[i].bytes.size;
    return !any || store_write(request->store, claim_upload, &claim, err);
}
