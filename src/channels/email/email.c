/* Mail as a whole: what starts and ends together. */
#include "channels/email/email_private.h"
#include "channels/email/fetch.h"

#include "base/clock.h"
#include "base/log.h"

static void wake_intake(void *context) {
    struct email *email = context;
    if (email->intake) intake_wake(email->intake);
}

static void wake_outbox(void *context) {
    struct email *email = context;
    if (email->outbox) outbox_wake(email->outbox);
}

static bool start_outbox(struct email *email, struct error *err) {
    const struct outbox_options options = {
        .store = email->options.store, .files = email->options.files, .secret = email->options.secret, .base_url = email->options.base_url,
        .send = smtp_send, .context = email, .threads = email->options.outbox_threads,
    };
    return outbox_start(&options, &email->outbox, err);
}

static bool start_intake(struct email *email, struct error *err) {
    const struct intake_options options = {
        .store = email->options.store, .files = email->options.files, .secret = email->options.secret,
        .auto_replies_per_hour = email->options.auto_replies_per_hour, .mail_limit = email->options.mail_limit, .sent = wake_outbox,
        .context = email, .authentication_server = text_of(email->options.authentication_server),
    };
    return intake_start(&options, &email->intake, err);
}

static bool start_listener(struct email *email, struct error *err) {
    if (!email->options.lmtp_address) return true;
    const struct lmtp_options options = {
        .store = email->options.store, .files = email->options.files, .address = email->options.lmtp_address, .port = email->options.lmtp_port,
        .mail_limit = email->options.mail_limit, .connections = email->options.lmtp_connections, .accepted = wake_intake, .context = email,
    };
    return lmtp_start(&options, &email->listener, err);
}

bool email_start(const struct email_options *options, struct email **ret_email, struct error *err) {
    struct email *email = calloc(1, sizeof *email);
    if (!email) return error_set(err, ERR_INTERNAL, "no memory for mail");
    email->options = *options;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(email);
        return error_set(err, ERR_INTERNAL, "libcurl can't start");
    }
    if (!start_outbox(email, err) || !start_intake(email, err) || !start_listener(email, err) || !fetchers_start(email, &email->fetchers, err)) {
        email_stop(email);
        return false;
    }
    *ret_email = email;
    return true;
}

uint16_t email_lmtp_port(const struct email *email) {
    return email->listener ? lmtp_port(email->listener) : 0;
}

void email_mailbox_changed(struct email *email) {
    fetchers_wake(email->fetchers);
}

/* --- Stopping ------------------------------------------------------------------------------------------------------- */

static const int64_t GRACE = 5 * SECOND;

static bool stops_longer_than(const struct email *email, int64_t time) {
    int64_t since = atomic_load(&email->stops_at);
    return since && clock_steady() - since > time;
}

bool email_grace_is_over(const struct email *email) {
    return stops_longer_than(email, GRACE);
}

bool email_stop_limit_is_over(const struct email *email) {
    return stops_longer_than(email, EMAIL_STOP_SECONDS * SECOND);
}

static int ask_whether_to_go_on(void *context, curl_off_t to_get, curl_off_t got, curl_off_t to_send, curl_off_t sent) {
    return email_grace_is_over(context);
}

void email_may_break_off(CURL *curl, const struct email *email) {
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask_whether_to_go_on);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, email);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

void email_prepare_stop(struct email *email) {
    if (!email || atomic_load(&email->stops_at)) return;
    atomic_store(&email->stops_at, clock_steady());
    if (email->outbox) outbox_prepare_stop(email->outbox);
    if (email->intake) intake_prepare_stop(email->intake);
    if (email->fetchers) fetchers_prepare_stop(email->fetchers);
}

void email_stop(struct email *email) {
    if (!email) return;
    email_prepare_stop(email);
    fetchers_stop(email->fetchers);
    lmtp_stop(email->listener);
    intake_stop(email->intake);
    outbox_stop(email->outbox);
    curl_global_cleanup();
    free(email);
}
