/* theke serve: starts everything in order, waits for a signal, stops in the opposite order. */
#include "base/clock.h"
#include "base/log.h"
#include "channels/email/email.h"
#include "channels/intake/intake.h"
#include "channels/web/web.h"
#include "commands/anchor.h"
#include "commands/commands.h"
#include "commands/limits.h"
#include "modules/admin/admin.h"
#include "modules/approvals/approvals.h"
#include "modules/bulk/bulk.h"
#include "modules/contacts/contacts.h"
#include "modules/macros/macros.h"
#include "modules/notices/notices.h"
#include "modules/people/people.h"
#include "modules/problems/problems.h"
#include "modules/spam/spam.h"
#include "modules/tags/tags.h"
#include "modules/texts/texts.h"
#include "modules/tickets/tickets.h"
#include "modules/transfers/transfers.h"
#include "modules/views/views.h"
#include "modules/webhooks/webhooks.h"
#include "platform/application/application.h"
#include "platform/files/files.h"
#include "platform/http/http.h"
#include "platform/live/live.h"
#include "platform/operations/operations.h"

#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

/* What can be taken back, of all modules. */
static const struct operation_kind *const operation_kinds[] = {
    &merge_operation, &split_operation, &move_operation, &link_operation, &unlink_operation, &update_operation, &block_operation,
    &macro_operation, &macro_words_operation, &bulk_operation, &tag_operation, &person_operation, NULL,
};

struct serving {
    struct application application;
    struct config *config;
    struct limits limits;
    char address[64], lmtp_address[64];
    uint16_t port, lmtp_port;
    bool has_lmtp, is_started;
    const char *url;   /* where people reach us */
    struct email *email;
    struct view_counter *view_counter;
    struct noticer *noticer;
    struct updates *updates;
    struct bulk_runner *bulk;
    struct import_runner *imports;
    struct tag_changes *tag_changes;
    struct spam_learner *spam_learner;
    int signals;
};

static bool read_address(const char *option, const char *value, char *ret_address, size_t size, uint16_t *ret_port, struct error *err) {
    const char *colon = strrchr(value, ':');
    int64_t port;
    if (!colon || !text_to_int(text_of(colon + 1), &port) || port < 0 || port > 65535 || (size_t)(colon - value) >= size)
        return error_set(err, ERR_INVALID, "--%s is ADDR:PORT, such as 127.0.0.1:8080, not '%s'", option, value);
    snprintf(ret_address, size, "%.*s", (int)(colon - value), value);
    *ret_port = (uint16_t)port;
    return true;
}

static bool read_listen(struct serving *serving, struct error *err) {
    const char *listen = config_get(serving->config, "listen", "127.0.0.1:8080"), *lmtp = config_get(serving->config, "lmtp", NULL);
    serving->has_lmtp = lmtp != NULL;
    return read_address("listen", listen, serving->address, sizeof serving->address, &serving->port, err)
           && (!lmtp || read_address("lmtp", lmtp, serving->lmtp_address, sizeof serving->lmtp_address, &serving->lmtp_port, err));
}

static bool block_signals(struct serving *serving, struct error *err) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    signal(SIGPIPE, SIG_IGN);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0) return error_set(err, ERR_INTERNAL, "signals can't be blocked");
    serving->signals = signalfd(-1, &set, SFD_CLOEXEC);
    return serving->signals >= 0 || error_errno(err, "signalfd");
}

static void upgrade(void *application, int socket, struct text early, const struct actor *actor) {
    hub_accept(((struct application *)application)->hub, socket, early, actor);
}

static bool open_parts(struct serving *serving, struct error *err) {
    struct application *application = &serving->application;
    struct config *config = serving->config;
    if (!limits_read(config, &serving->limits, err) || !open_data(config, &application->data, err)) return false;
    application->auto_replies_per_hour = serving->limits.auto_replies_per_hour;
    application->form_requests_per_hour = serving->limits.form_requests_per_hour;
    application->all_form_requests_per_hour = serving->limits.all_form_requests_per_hour;
    application->sign_in_failures = serving->limits.sign_in_failures;
    application->sign_in_failures_per_address = serving->limits.sign_in_failures_per_address;
    char *key = arena_printf(&config->mem, "%s/secret.key", application->data);
    application->base_url = config_get(config, "base-url", NULL);
    application->started_at = clock_now();
    application->operation_kinds = operation_kinds;
    application->ticket_seen = notices_seen;
    return hold_place(config, err) && secret_load(key, &application->secret, err) && open_store(config, &application->store, err)
           && files_open(application->data, &application->files, err) && people_start(application->store, err)
           && counters_mend(application->store, err);
}

static bool start_http(struct serving *serving, struct error *err) {
    struct application *application = &serving->application;
    char *spool = arena_printf(&serving->config->mem, "%s/spool", application->data);
    if (mkdir(spool, 0700) != 0 && access(spool, W_OK) != 0) return error_errno(err, "making %s", spool);
    const struct server_options options = {
        .address = serving->address, .port = serving->port, .store = application->store, .application = application,
        .spool = spool, .requests_per_minute = (int)serving->limits.requests_per_minute, .upload_limit = serving->limits.upload_bytes,
        .connections = (int)serving->limits.connections, .connections_per_address = (int)serving->limits.connections_per_address,
        .buffered_bytes = serving->limits.buffered_bytes, .buffered_bytes_per_address = serving->limits.buffered_bytes_per_address,
        .spooled_bytes = serving->limits.spooled_bytes, .spooled_bytes_per_address = serving->limits.spooled_bytes_per_address,
        .authenticate = people_authenticate, .fallback = serve_page, .failure_page = web_failure_page,
        .upgrade = upgrade, .base_url = application->base_url,
        .trusted_proxies = text_of(config_get(serving->config, "proxy.trusted", "")),
    };
    return server_start(&options, &application->server, err);
}

static bool start_mail(struct serving *serving, struct error *err) {
    struct application *application = &serving->application;
    const struct config *config = serving->config;
    const struct limits *limits = &serving->limits;
    int64_t senders;
    char *own = arena_printf(&serving->config->mem, "http://%s:%u", serving->address, server_port(application->server));
    serving->url = application->base_url ? application->base_url : own;
    if (!config_number(config, "mail.senders", 4, 1, 16, &senders, err)) return false;
    const struct email_options options = {
        .store = application->store, .files = application->files, .secret = &application->secret, .base_url = serving->url,
        .lmtp_address = serving->has_lmtp ? serving->lmtp_address : NULL, .lmtp_port = serving->lmtp_port,
        .lmtp_connections = (int)limits->lmtp_connections, .mail_limit = (size_t)limits->mail_bytes,
        .auto_replies_per_hour = limits->auto_replies_per_hour, .outbox_threads = (int)senders,
        .authentication_server = config_get(config, "mail.authentication-server", NULL),
        .ca_file = config_get(config, "mail.ca-file", NULL), .allow_plain_oauth = config_switch(config, "mail.plain-oauth"),
    };
    if (!email_start(&options, &serving->email, err)) return false;
    application->email = serving->email;
    application->mail_ready = email_ready;
    application->mail_metrics = email_metrics;
    return true;
}

static bool start_webhooks(struct serving *serving, struct error *err) {
    struct application *application = &serving->application;
    const struct webhooks_options options = {.store = application->store, .secret = &application->secret,
                                             .allowed = text_of(config_get(serving->config, "webhooks.networks", "")),
                                             .ca_file = config_get(serving->config, "webhooks.ca-file", NULL)};
    application->webhook_metrics = webhooks_metrics;
    return webhooks_start(&options, &application->webhooks, err);
}

static bool start_texts(struct serving *serving, struct error *err) {
    struct application *application = &serving->application;
    int64_t seconds;
    if (!config_number(serving->config, "texts.seconds", 20, 1, 300, &seconds, err)) return false;
    const struct texts_options options = {.store = application->store, .files = application->files, .seconds = (int)seconds,
                                          .pdftotext = config_get(serving->config, "texts.pdftotext", "/usr/bin/pdftotext")};
    return texts_start(&options, &application->texts, err);
}

static bool start_parts(struct serving *serving, struct error *err) {
    struct application *application = &serving->application;
    const struct hub_options hub = {.store = application->store, .application = application, .visible = event_visible,
                                    .may_follow = ticket_may_follow, .refresh = people_refresh};
    int64_t mail_after;
    return config_number(serving->config, "notices.mail-after", 120, 0, 86400, &mail_after, err)
           && hub_start(&hub, &application->hub, err) && store_join(application->store, err)
           && views_start(application->store, application->hub, &serving->view_counter, err)
           && notices_start(application->store, application->hub, mail_after * SECOND, &serving->noticer, err)
           && start_webhooks(serving, err) && start_texts(serving, err) && start_http(serving, err) && start_mail(serving, err)
           && updates_start(application->store, &serving->updates, err) && bulk_start(application->store, &serving->bulk, err)
           && imports_start(application->store, &serving->imports, err) && tag_changes_start(application->store, &serving->tag_changes, err)
           && spam_learner_start(application->store, application->files, &serving->spam_learner, err);
}

static bool announce(struct serving *serving, struct error *err) {
    struct application *application = &serving->application;
    struct text token;
    if (!setup_token(application->store, &serving->config->mem, &token, err)) return false;
    if (token.data) printf("first run: %s/setup#%.*s\n", serving->url, (int)token.size, token.data);
    if (serving->has_lmtp) printf("lmtp %s:%u\n", serving->lmtp_address, email_lmtp_port(serving->email));
    printf("ready http://%s:%u\n", serving->address, server_port(application->server));
    fflush(stdout);
    return true;
}

/* Where throwing away goes on. */
struct tidying {
    int files, mail;
    int64_t next_at;
};

/* A share of the files at a time, since signals wait meanwhile. */
static void tidy(const struct application *application, struct tidying *tidying) {
    struct error err = {0}, tags_err = {0}, notices_err = {0};
    int64_t files = 0, letters = 0;
    bool begins = !tidying->files && !tidying->mail;
    bool ok = uploads_tidy(application->store, application->files, &tidying->files, &files, &err)
              && intake_tidy(application->store, application->files, &tidying->mail, &letters, &err);
    if (!ok) log_error(&err, "throwing away what nothing names");
    if (files || letters) log_line(LOG_INFO, "threw away %" PRId64 " files and %" PRId64 " letters that nothing names", files, letters);
    if (begins && !tag_counters_mend(application->store, &tags_err)) log_error(&tags_err, "counting tags anew");
    if (begins && !notices_tidy(application->store, &notices_err)) log_error(&notices_err, "throwing away old notices");
    bool goes_on = ok && (tidying->files || tidying->mail);
    tidying->next_at = clock_steady() + (goes_on ? MINUTE : HOUR);
}

/* Said once: it stays so until somebody has looked. */
static void move_anchor(const struct application *application, bool *is_stuck) {
    struct error err = {0};
    bool ok = anchor_move(application->store, application->data, &application->secret, &err);
    if (!ok && !*is_stuck) log_error(&err, "keeping the end of the events");
    *is_stuck = !ok;
}

/* What a peak has left to the allocator goes back to the system once it has lain idle from one tick to the next. */
static void give_back_memory(bool *is_idle) {
    enum { WORTH_IT = 32 << 20 };
    bool is_much = mallinfo2().fordblks > WORTH_IT;
    if (is_much && *is_idle) malloc_trim(0);
    *is_idle = is_much && !*is_idle;
}

/* All that is due, unless a signal comes. */
static void do_due(const struct serving *serving, struct pollfd *signals, bool (*step)(struct store *, bool *, struct error *), const char *what) {
    struct error err = {0};
    bool more;
    do {
        if (step(serving->application.store, &more, &err)) continue;
        log_line(LOG_WARNING, "%s: %s", what, err.message);
        more = false;
    } while (more && poll(signals, 1, 0) <= 0);
}

/* Between signals, waiting tickets are opened when their time has come, the end of the events is kept, and once an hour it is tidied
 * up. */
static void wait_for_signal(const struct serving *serving) {
    enum { TICK = 5000 }; /* milliseconds */
    struct pollfd signals = {.fd = serving->signals, .events = POLLIN};
    struct signalfd_siginfo info;
    struct tidying tidying = {0};
    bool is_stuck = false, is_idle = false;
    while (poll(&signals, 1, TICK) <= 0) {
        if (clock_steady() >= tidying.next_at) tidy(&serving->application, &tidying);
        do_due(serving, &signals, tickets_wake, "opening waiting tickets");
        do_due(serving, &signals, approvals_remind, "reminding of approvals");
        do_due(serving, &signals, webhooks_tidy, "throwing away old deliveries");
        move_anchor(&serving->application, &is_stuck);
        give_back_memory(&is_idle);
    }
    while (read(serving->signals, &info, sizeof info) != sizeof info) continue;
    log_line(LOG_INFO, "stopping on signal %u", info.ssi_signo);
}

static void stop(struct serving *serving) {
    struct application *application = &serving->application;
    if (application->server) server_drain(application->server);
    email_prepare_stop(serving->email);
    server_stop(application->server);
    updates_stop(serving->updates);
    bulk_stop(serving->bulk);
    imports_stop(serving->imports);
    tag_changes_stop(serving->tag_changes);
    spam_learner_stop(serving->spam_learner);
    texts_stop(application->texts);
    email_stop(serving->email);
    webhooks_stop(application->webhooks);
    notices_stop(serving->noticer);
    views_stop(serving->view_counter);
    store_leave(application->store);
    hub_stop(application->hub);
    if (application->store && serving->is_started) move_anchor(application, &(bool){false});
    store_close(application->store);
    files_close(application->files);
    if (serving->signals > 0) close(serving->signals);
}

int command_serve(struct config *config) {
    struct serving serving = {.config = config};
    struct error err = {0};
    if (!read_listen(&serving, &err)) return fail(&err) + 1;
    bool ok = block_signals(&serving, &err) && open_parts(&serving, &err)
              && start_parts(&serving, &err) && announce(&serving, &err);
    serving.is_started = ok;
    if (ok) wait_for_signal(&serving);
    stop(&serving);
    return ok ? 0 : fail(&err);
}
