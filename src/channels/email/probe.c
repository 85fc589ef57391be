#include "channels/email/probe.h"

#include "base/clock.h"
#include "channels/email/imap_session.h"

#include <netdb.h>
#include <sys/socket.h>

struct probing {
    struct email *email;
    struct arena *mem;
    const struct mailbox *mailbox;
    struct json_writer *json;
    const char *side;
    int64_t began;
};

static void step(struct probing *probing, const char *key, bool ok, struct text detail) {
    json_object_begin(probing->json);
    json_put_text(probing->json, "key", text_printf(probing->mem, "%s.%s", probing->side, key));
    json_put_bool(probing->json, "ok", ok);
    json_put_text(probing->json, "detail", text_make_utf8(probing->mem, text_cut(detail, 300)));
    json_put_int(probing->json, "ms", (clock_steady() - probing->began) / 1000);
    json_object_end(probing->json);
    probing->began = clock_steady();
}

static bool resolve(struct probing *probing, const struct mail_server *server) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    char address[NI_MAXHOST] = "";
    int code = getaddrinfo(text_string(probing->mem, server->host), NULL, &hints, &found);
    if (code == 0) getnameinfo(found->ai_addr, found->ai_addrlen, address, sizeof address, NULL, 0, NI_NUMERICHOST);
    if (found) freeaddrinfo(found);
    step(probing, "resolve", code == 0, text_of(code == 0 ? address : gai_strerror(code)));
    return code == 0;
}

/* Which step an error of libcurl belongs to. */
static const char *step_of(CURLcode code) {
    switch (code) {
    case CURLE_LOGIN_DENIED: return "login";
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CACERT_BADFILE: return "tls";
    default: return "connect";
    }
}

static struct text encryption_of(const struct mail_server *server) {
    return text_is(server->security, "tls") ? text_of("TLS") : text_is(server->security, "starttls") ? text_of("STARTTLS") : text_of("-");
}

static struct text sign_in_of(const struct probing *probing, const struct mail_server *server) {
    if (text_empty(server->user)) return text_of("-");
    return text_printf(probing->mem, "%.*s%s", (int)server->user.size, server->user.data, probing->mailbox->uses_oauth ? " (XOAUTH2)" : "");
}

/* Connects, encrypts and signs in with libcurl; tells the three apart by how it failed. */
static bool connect_side(struct probing *probing, const struct mail_server *server, CURL *curl, const char *url) {
    char words[CURL_ERROR_SIZE] = "";
    struct error err = {0};
    if (!email_set_login(curl, probing->email, probing->mem, probing->mailbox, server, &err)) {
        step(probing, "login", false, text_of(err.message));
        return false;
    }
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 4L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 4L);
    email_may_break_off(curl, probing->email);
    CURLcode code = curl_easy_perform(curl);
    const char *failed = code == CURLE_OK ? "" : step_of(code);
    struct text why = text_of(words[0] ? words : curl_easy_strerror(code));
    if (strcmp(failed, "connect") == 0) return step(probing, "connect", false, why), false;
    step(probing, "connect", true, text_printf(probing->mem, "%.*s:%d", (int)server->host.size, server->host.data, (int)server->port));
    if (strcmp(failed, "tls") == 0) return step(probing, "tls", false, why), false;
    step(probing, "tls", true, encryption_of(server));
    if (failed[0]) return step(probing, "login", false, why), false;
    step(probing, "login", true, sign_in_of(probing, server));
    return true;
}

static void open_folder(struct probing *probing) {
    struct imap_session *session = arena_alloc(probing->mem, sizeof *session);
    struct error err = {0};
    bool ok = imap_session_open(session, probing->email, probing->mem, probing->mailbox, -1, &err)
              && imap_select(session, probing->mem, probing->mailbox->folder, &err);
    struct text words = ok ? text_printf(probing->mem, "%.*s: %u", (int)probing->mailbox->folder.size, probing->mailbox->folder.data,
                                         session->selected.exists)
                           : text_of(err.message);
    imap_session_close(session);
    step(probing, "folder", ok, words);
}

static void probe_side(struct probing *probing, const char *side, const struct mail_server *server) {
    bool inbound = strcmp(side, "in") == 0, tls = text_is(server->security, "tls");
    probing->side = side;
    probing->began = clock_steady();
    if (!resolve(probing, server)) return;
    const char *scheme = inbound ? (tls ? "imaps" : "imap") : (tls ? "smtps" : "smtp");
    char *url = arena_printf(probing->mem, "%s://%.*s:%d%s", scheme, (int)server->host.size, server->host.data, (int)server->port, inbound ? "" : "/theke");
    CURL *curl = curl_easy_init();
    if (!curl) return;
    bool connected = connect_side(probing, server, curl, url);
    curl_easy_cleanup(curl);
    if (connected && inbound) open_folder(probing);
}

void probe_mailbox(struct email *email, struct arena *mem, const struct mailbox *mailbox, struct json_writer *json) {
    struct probing probing = {.email = email, .mem = mem, .mailbox = mailbox, .json = json};
    if (mailbox->fetches) probe_side(&probing, "in", &mailbox->in);
    if (mailbox->out.host.size) probe_side(&probing, "out", &mailbox->out);
}
