/* theke serve: starts everything in order, waits for a signal, stops in the opposite order. */
#include "base/clock.h"
#include "base/log.h"
#include "commands/commands.h"
#include "modules/admin/admin.h"
#include "modules/people/people.h"
#include "platform/application/application.h"
#include "platform/files/files.h"
#include "platform/http/http.h"
#include "platform/live/live.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

struct serving {
    struct application application;
    struct config *config;
    char address[64];
    uint16_t port;
    int signals;
};

static bool read_listen(struct serving *serving, struct error *err) {
    const char *listen = config_get(serving->config, "listen", "127.0.0.1:8080"), *colon = strrchr(listen, ':');
    int64_t port;
    if (!colon || !text_to_int(text_of(colon + 1), &port) || port < 0 || port > 65535
        || (size_t)(colon - listen) >= sizeof serving->address)
        return error_set(err, ERR_INVALID, "--listen is ADDR:PORT, such as 127.0.0.1:8080, not '%s'", listen);
    snprintf(serving->address, sizeof serving->address, "%.*s", (int)(colon - listen), listen);
    serving->port = (uint16_t)port;
    return true;
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
    if (!open_data(config, &application->data, err)) return false;
    char *key = arena_printf(&config->mem, "%s/secret.key", application->data);
    application->base_url = config_get(config, "base-url", NULL);
    application->started_at = clock_now();
    return secret_load(key, &application->secret, err) && open_store(config, &application->store, err)
           && files_open(application->data, &application->files, err) && people_start(application->store, err);
}

static bool start_http(struct serving *serving, struct error *err) {
    struct application *application = &serving->application;
    char *spool = arena_printf(&serving->config->mem, "%s/spool", application->data);
    int64_t rate;
    if (mkdir(spool, 0750) != 0 && access(spool, W_OK) != 0) return error_errno(err, "making %s", spool);
    if (!config_number(serving->config, "limits.requests_per_minute", 6000, 0, INT32_MAX, &rate, err)) return false;
    const struct server_options options = {
        .address = serving->address, .port = serving->port, .store = application->store, .application = application,
        .spool = spool, .requests_per_minute = (int)rate, .authenticate = people_authenticate, .fallback = serve_page,
        .upgrade = upgrade, .base_url = application->base_url,
        .trusted_proxies = text_of(config_get(serving->config, "proxy.trusted", "")),
    };
    return server_start(&options, &application->server, err);
}

static bool start_parts(struct serving *serving, struct error *err) {
    struct application *application = &serving->application;
    const struct hub_options hub = {.store = application->store, .application = application, .visible = event_visible,
                                    .may_follow = ticket_may_follow, .refresh = people_refresh};
    return hub_start(&hub, &application->hub, err) && start_http(serving, err);
}

static bool announce(struct serving *serving, struct error *err) {
    struct application *application = &serving->application;
    struct text token;
    uint16_t port = server_port(application->server);
    char *url = arena_printf(&serving->config->mem, "http://%s:%u", serving->address, port);
    const char *base = application->base_url ? application->base_url : url;
    if (!setup_token(application->store, &serving->config->mem, &token, err)) return false;
    if (token.data) printf("first run: %s/setup#%.*s\n", base, (int)token.size, token.data);
    printf("ready %s\n", url);
    fflush(stdout);
    return true;
}

static void wait_for_signal(const struct serving *serving) {
    struct signalfd_siginfo info;
    while (read(serving->signals, &info, sizeof info) != sizeof info) continue;
    log_line(LOG_INFO, "stopping on signal %u", info.ssi_signo);
}

static void stop(struct serving *serving) {
    struct application *application = &serving->application;
    if (application->server) server_drain(application->server);
    server_stop(application->server);
    hub_stop(application->hub);
    store_close(application->store);
    files_close(application->files);
    if (serving->signals > 0) close(serving->signals);
}

int command_serve(struct config *config) {
    struct serving serving = {.config = config};
    struct error err = {0};
    bool ok = read_listen(&serving, &err) && block_signals(&serving, &err) && open_parts(&serving, &err)
              && start_parts(&serving, &err) && announce(&serving, &err);
    if (ok) wait_for_signal(&serving);
    stop(&serving);
    return ok ? 0 : fail(&err);
}
