/* Handing a letter to a mailbox's SMTP server (RFC 5321, 6409), by libcurl. */
#include "channels/email/email_private.h"

#include "base/log.h"

#include <curl/curl.h>

/* The token for signing in is asked for first, and may take half a minute. */
enum { CONNECT_SECONDS = 20, TRANSFER_SECONDS = SEND_SECONDS - 60, REPLY_SIZE = 400 };

struct reading_bytes {
    struct text rest;
};

struct reply {
    char line[REPLY_SIZE];
};

static size_t give_bytes(char *out, size_t size, size_t count, void *context) {
    struct reading_bytes *reading = context;
    size_t room = size * count, take = reading->rest.size < room ? reading->rest.size : room;
    if (take) memcpy(out, reading->rest.data, take);
    reading->rest = text_skip(reading->rest, take);
    return take;
}

/* The server's answers come line by line; the last one says why, but for its good-bye when the connection ends. */
static size_t note_reply(char *data, size_t size, size_t count, void *context) {
    struct reply *reply = context;
    struct text line = text_trim(text_from(data, size * count));
    if (line.size && !text_starts(line, "221")) snprintf(reply->line, sizeof reply->line, "%.*s", (int)text_cut(line, REPLY_SIZE - 1).size, line.data);
    return size * count;
}

static struct send_result result_of(struct arena *mem, CURL *curl, CURLcode code, const char *words, const struct reply *reply) {
    long status = 0;
    struct send_result result = {.outcome = SEND_LATER, .is_mailbox = true};
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK) return (struct send_result){.outcome = SEND_DONE, .detail = text_copy(mem, text_of(reply->line))};
    bool said = status >= 400 && reply->line[0];
    struct text detail = said ? text_of(reply->line) : text_of(words[0] ? words : curl_easy_strerror(code));
    result.detail = text_make_utf8(mem, text_copy(mem, detail));
    /* What the server says about this letter or its addresses is no fault of the mailbox. Sign-in and connection are. */
    bool of_letter = code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_RECV_ERROR || code == CURLE_UPLOAD_FAILED;
    if (said && of_letter) {
        result.is_mailbox = status == 421 || status == 530 || status == 535 || status == 454;
        if (status >= 500 && !result.is_mailbox) result.outcome = SEND_REFUSED;
    }
    return result;
}

static bool set_server(CURL *curl, struct email *email, struct arena *mem, const struct sending *sending, struct error *err) {
    const struct mail_server *server = &sending->mailbox->out;
    bool tls = text_is(server->security, "tls");
    char *url = arena_printf(mem, "%s://%.*s:%d/%s", tls ? "smtps" : "smtp", (int)server->host.size, server->host.data, (int)server->port, "theke");
    curl_easy_setopt(curl, CURLOPT_URL, url);
    return email_set_login(curl, email, mem, sending->mailbox, server, err);
}

static struct curl_slist *recipient_list(struct arena *mem, const struct sending *sending) {
    struct curl_slist *list = NULL;
    for (size_t i = 0; i < sending->recipient_count; i++) list = curl_slist_append(list, text_string(mem, sending->recipients[i]));
    return list;
}

struct send_result smtp_send(void *context, struct arena *mem, const struct sending *sending) {
    struct email *email = context;
    struct error err = {0};
    struct reading_bytes reading = {sending->bytes};
    struct reply reply = {0};
    char words[CURL_ERROR_SIZE] = "";
    CURL *curl = curl_easy_init();
    if (!curl) return (struct send_result){SEND_LATER, true, text_of("no memory for a connection")};
    if (!set_server(curl, email, mem, sending, &err)) {
        curl_easy_cleanup(curl);
        return (struct send_result){SEND_LATER, true, text_copy(mem, text_of(err.message))};
    }
    struct curl_slist *recipients = recipient_list(mem, sending);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, text_string(mem, sending->sender));
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes);
    curl_easy_setopt(curl, CURLOPT_READDATA, &reading);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, note_reply);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)sending->bytes.size);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TRANSFER_SECONDS);
    CURLcode code = curl_easy_perform(curl);
    struct send_result result = result_of(mem, curl, code, words, &reply);
    curl_slist_free_all(recipients);
    curl_easy_cleanup(curl);
    return result;
}
