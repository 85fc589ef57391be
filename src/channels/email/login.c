/* Encryption and sign-in, the same for IMAP and SMTP; access tokens for XOAUTH2. */
#include "channels/email/email_private.h"

#include "base/clock.h"
#include "sql/channels_mailboxes.h"

#include <jansson.h>
#include <pthread.h>
#include <sys/socket.h>

enum { TOKEN_SLOTS = 64, ANSWER_SIZE = 64 << 10, CONNECT_SECONDS = 20 };

/* Access tokens by mailbox, in memory only. */
static struct {
    pthread_mutex_t lock;
    struct {
        int64_t mailbox, version, ends_at;
        char token[4096];
    } slots[TOKEN_SLOTS];
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* A changed mailbox may have other servers: the token was not meant for them. */
static bool kept_token(struct arena *mem, const struct mailbox *mailbox, struct text *ret_token) {
    bool found = false;
    pthread_mutex_lock(&kept.lock);
    size_t slot = (size_t)mailbox->id.value % TOKEN_SLOTS;
    bool is_its = kept.slots[slot].mailbox == mailbox->id.value && kept.slots[slot].version == mailbox->version;
    if (is_its && kept.slots[slot].ends_at > clock_steady()) {
        *ret_token = text_copy(mem, text_of(kept.slots[slot].token));
        found = true;
    }
    pthread_mutex_unlock(&kept.lock);
    return found;
}

static void keep_token(const struct mailbox *mailbox, const char *token, int64_t seconds) {
    size_t slot = (size_t)mailbox->id.value % TOKEN_SLOTS;
    if (strlen(token) >= sizeof kept.slots[0].token) return;
    pthread_mutex_lock(&kept.lock);
    kept.slots[slot].mailbox = mailbox->id.value;
    kept.slots[slot].version = mailbox->version;
    kept.slots[slot].ends_at = clock_steady() + (seconds > 120 ? seconds - 60 : seconds / 2) * SECOND;
    snprintf(kept.slots[slot].token, sizeof kept.slots[slot].token, "%s", token);
    pthread_mutex_unlock(&kept.lock);
}

void oauth_forget(mailbox_id id) {
    pthread_mutex_lock(&kept.lock);
    kept.slots[(size_t)id.value % TOKEN_SLOTS].ends_at = 0;
    pthread_mutex_unlock(&kept.lock);
}

static size_t take_answer(char *data, size_t size, size_t count, void *context) {
    buffer_add(context, data, size * count);
    return size * count;
}

static void add_field(CURL *curl, struct buffer *form, const char *name, struct text value) {
    char *escaped = curl_easy_escape(curl, value.data ? value.data : "", (int)value.size);
    buffer_printf(form, "%s%s=%s", form->size ? "&" : "", name, escaped ? escaped : "");
    curl_free(escaped);
}

struct refreshing {
    mailbox_id mailbox;
    struct text known, sealed;
};

/* Not over one that somebody has given meanwhile: that one may be for another provider. */
static bool store_refresh(struct tx *tx, void *argument, struct error *err) {
    const struct refreshing *work = argument;
    const struct sql_mailbox_refresh_token in = {.mailbox_id = work->mailbox, .oauth_refresh = work->sealed, .known = work->known};
    return sql_mailbox_refresh_token(tx, &in, NULL, err);
}

/* {"access_token": ..., "expires_in": 3599, "refresh_token": ...} */
static bool read_answer(struct email *email, struct arena *mem, const struct mailbox *mailbox, struct text answer, long status,
                        struct text *ret_token, struct error *err) {
    json_t *root = json_loadb(answer.data, answer.size, 0, NULL);
    const char *token = json_string_value(json_object_get(root, "access_token"));
    const char *renewed = json_string_value(json_object_get(root, "refresh_token"));
    const char *fault = json_string_value(json_object_get(root, "error_description"));
    bool ok = status == 200 && token;
    if (!ok) error_set(err, ERR_REMOTE, "the provider gives no access token: %.200s (%ld)", fault ? fault : "no reason said", status);
    if (ok) {
        json_t *seconds = json_object_get(root, "expires_in");
        keep_token(mailbox, token, json_is_integer(seconds) ? json_integer_value(seconds) : 300);
        *ret_token = text_copy(mem, text_of(token));
    }
    if (ok && renewed) {
        struct refreshing work = {mailbox->id, mailbox->oauth_refresh, secret_seal(email->options.secret, mem, text_of(renewed))};
        ok = !mailbox->id.value || store_write(email->options.store, store_refresh, &work, err);
    }
    json_decref(root);
    return ok;
}

static curl_socket_t open_token_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    const struct email *email = context;
    if (!token_server_fits(&address->addr, email->options.allow_plain_oauth)) return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype, address->protocol);
}

static bool ask_provider(struct email *email, struct arena *mem, const struct mailbox *mailbox, struct buffer *form, CURL *curl,
                         struct text *ret_token, struct error *err) {
    struct buffer answer = {.mem = mem, .limit = ANSWER_SIZE};
    long status = 0;
    curl_easy_setopt(curl, CURLOPT_URL, text_string(mem, mailbox->oauth_token_url));
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, email->options.allow_plain_oauth ? "https,http" : "https");
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, buffer_text(form).data);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* never waits for a name server that is given up */
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_token_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, email);
    if (email->options.ca_file) curl_easy_setopt(curl, CURLOPT_CAINFO, email->options.ca_file);
    email_may_break_off(curl, email);
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) return error_set(err, ERR_REMOTE, "asking for an access token: %s", curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return read_answer(email, mem, mailbox, buffer_text(&answer), status, ret_token, err);
}

bool oauth_token(struct email *email, struct arena *mem, const struct mailbox *mailbox, struct text *ret_token, struct error *err) {
    struct text secret = text_of(""), refresh;
    struct buffer form = {.mem = mem};
    if (mailbox->id.value && kept_token(mem, mailbox, ret_token)) return true;
    if (!mailbox->oauth_refresh.size) return error_set(err, ERR_INVALID, "the mailbox has no refresh token");
    if (!secret_open(email->options.secret, mem, mailbox->oauth_refresh, &refresh, err)) return false;
    if (mailbox->oauth_secret.size && !secret_open(email->options.secret, mem, mailbox->oauth_secret, &secret, err)) return false;
    CURL *curl = curl_easy_init();
    if (!curl) return error_set(err, ERR_INTERNAL, "no memory for a connection");
    add_field(curl, &form, "grant_type", text_of("refresh_token"));
    add_field(curl, &form, "client_id", mailbox->oauth_client);
    if (secret.size) add_field(curl, &form, "client_secret", secret);
    add_field(curl, &form, "refresh_token", refresh);
    bool ok = ask_provider(email, mem, mailbox, &form, curl, ret_token, err);
    curl_easy_cleanup(curl);
    return ok;
}

static void set_encryption(CURL *curl, struct email *email, struct text security) {
    if (text_is(security, "starttls")) curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    if (email->options.ca_file) curl_easy_setopt(curl, CURLOPT_CAINFO, email->options.ca_file);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
}

bool email_set_login(CURL *curl, struct email *email, struct arena *mem, const struct mailbox *mailbox, const struct mail_server *server,
                     struct error *err) {
    struct text word;
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* never waits for a name server that is given up */
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps,imap,imaps");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    set_encryption(curl, email, server->security);
    if (text_empty(server->user)) return true;
    curl_easy_setopt(curl, CURLOPT_USERNAME, text_string(mem, server->user));
    if (mailbox->uses_oauth) {
        if (!oauth_token(email, mem, mailbox, &word, err)) return false;
        curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, text_string(mem, word));
        curl_easy_setopt(curl, CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2");
        return true;
    }
    if (!server->sealed.size) return true;
    if (!secret_open(email->options.secret, mem, server->sealed, &word, err)) return error_context(err, "the mailbox's password");
    curl_easy_setopt(curl, CURLOPT_PASSWORD, text_string(mem, word));
    return true;
}
