/* Handing a letter to a mailbox's SMTP server (RFC 5321, 6409), by libcurl. */
#include "channels/email/email_private.h"

#include "base/log.h"

#include <curl/curl.h>
#include <sys/socket.h>

/* The token for signing in is asked for first, and may take half a minute. */
enum { CONNECT_SECONDS = 20, TRANSFER_SECONDS = SEND_SECONDS - 60, REPLY_SIZE = 400 };

struct handing_over {
    const struct email *email;
    struct text rest;               /* what libcurl has not asked for yet: while there is any, the server can't have the letter */
};

struct reply {
    char line[REPLY_SIZE];
};

static size_t give_bytes(char *out, size_t size, size_t count, void *context) {
    struct handing_over *handing = context;
    size_t room = size * count, take = handing->rest.size < room ? handing->rest.size : room;
    if (take) memcpy(out, handing->rest.data, take);
    handing->rest = text_skip(handing->rest, take);
    return take;
}

/* When the program is to stop. Behind the letter's end the server may have taken it without having said so yet: to break off then
 * is to send it twice, so that is waited for longer. */
static int ask_whether_to_go_on(void *context, curl_off_t to_get, curl_off_t got, curl_off_t to_send, curl_off_t sent) {
    const struct handing_over *handing = context;
    return handing->rest.size ? email_grace_is_over(handing->email) : email_stop_limit_is_over(handing->email);
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

static struct send_result stopped(const struct handing_over *handing) {
    if (handing->rest.size) return (struct send_result){SEND_STOPPED, false, text_of("stopped_before_end")};
    return (struct send_result){SEND_LATER, false, text_of("stopped_without_answer")};
}

/* Goodbye is said, but its answer is not waited for: some servers never give one, and until then nobody would know that the letter
 * has left. */
static void listen_no_more(CURL *curl) {
    curl_socket_t connection = CURL_SOCKET_BAD;
    if (curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &connection) == CURLE_OK && connection != CURL_SOCKET_BAD) shutdown(connection, SHUT_RD);
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
    struct handing_over handing = {email, sending->bytes};
    struct reply reply = {0};
    char words[CURL_ERROR_SIZE] = "";
    CURL *curl = curl_easy_init();
    if (!curl) return (struct send_result){SEND_LATER, true, text_of("no memory for a connection")};
    if (!set_server(curl, email, mem, sending, &err)) {
        curl_easy_cleanup(curl);
        if (email_grace_is_over(email)) return stopped(&handing);
        return (struct send_result){SEND_LATER, true, text_copy(mem, text_of(err.message))};
    }
    struct curl_slist *recipients = recipient_list(mem, sending);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, text_string(mem, sending->sender));
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes);
    curl_easy_setopt(curl, CURLOPT_READDATA, &handing);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, note_reply);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)sending->bytes.size);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TRANSFER_SECONDS);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask_whether_to_go_on);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &handing);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    CURLcode code = curl_easy_perform(curl);
    struct send_result result = code == CURLE_ABORTED_BY_CALLBACK ? stopped(&handing) : result_of(mem, curl, code, words, &reply);
    listen_no_more(curl);
    curl_slist_free_all(recipients);
    curl_easy_cleanup(curl);
    return result;
}
