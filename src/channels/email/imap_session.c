#include "channels/email/imap_session.h"

#include "base/clock.h"

#include <poll.h>

enum { ANSWER_SECONDS = 120 };

struct text imap_tag(struct imap_session *session, struct arena *mem) {
    return text_printf(mem, "t%u", ++session->tags);
}

/* --- Bytes ---------------------------------------------------------------------------------------------------------- */

enum waited { WAITED_READABLE, WAITED_WOKEN, WAITED_TIME, WAITED_ERROR };

static enum waited wait_for(struct imap_session *session, short events, int64_t time) {
    struct pollfd pollers[] = {{.fd = session->socket, .events = events}, {.fd = session->wake, .events = POLLIN}};
    int ready = poll(pollers, COUNT_OF(pollers), (int)(time / 1000));
    if (ready < 0) return WAITED_ERROR;
    if (ready == 0) return WAITED_TIME;
    session->was_woken = session->was_woken || pollers[1].revents;
    return session->was_woken ? WAITED_WOKEN : WAITED_READABLE;
}

static bool break_off(struct imap_session *session, struct error *err, const char *words) {
    session->is_broken = true;
    return error_set(err, ERR_REMOTE, "%s", words);
}

static bool send_bytes(struct imap_session *session, struct text bytes, struct error *err) {
    int64_t until = clock_steady() + ANSWER_SECONDS * SECOND;
    while (bytes.size) {
        size_t sent = 0;
        CURLcode code = curl_easy_send(session->curl, bytes.data, bytes.size, &sent);
        if (code != CURLE_OK && code != CURLE_AGAIN) return break_off(session, err, "the connection is gone");
        bytes = text_skip(bytes, sent);
        if (clock_steady() > until) return break_off(session, err, "the server takes nothing any more");
        if (code != CURLE_AGAIN) continue;
        enum waited why = wait_for(session, POLLOUT, SECOND);
        if (why == WAITED_WOKEN) return break_off(session, err, "told to go");
        if (why == WAITED_ERROR) return break_off(session, err, "the connection is gone");
    }
    return true;
}

/* Some bytes into session->left. Leaves it empty when the time is over. Fails when it is time to go. */
static bool receive(struct imap_session *session, int64_t time, enum waited *ret_why, struct error *err) {
    int64_t until = clock_steady() + time;
    for (;;) {
        size_t size = 0;
        CURLcode code = curl_easy_recv(session->curl, session->input, sizeof session->input, &size);
        if (code == CURLE_OK && size == 0) return break_off(session, err, "the server has closed the connection");
        if (code == CURLE_OK) {
            session->left = text_from(session->input, size);
            *ret_why = WAITED_READABLE;
            return true;
        }
        if (code != CURLE_AGAIN) return break_off(session, err, "the connection is gone");
        int64_t left = until - clock_steady();
        *ret_why = left <= 0 ? WAITED_TIME : wait_for(session, POLLIN, left < SECOND ? left + 1000 : SECOND);
        if (email_grace_is_over(session->email)) *ret_why = WAITED_WOKEN;
        if (*ret_why == WAITED_ERROR) return break_off(session, err, "the connection is gone");
        if (*ret_why == WAITED_WOKEN) return break_off(session, err, "told to go");
        if (*ret_why == WAITED_TIME && left <= 0) return true;
    }
}

/* --- Answers --------------------------------------------------------------------------------------------------------- */

/* The next whole answer; text of messages goes to body on the way. *ret_is false: the time is over. */
static bool next_response(struct imap_session *session, int64_t time, struct imap_event *event, bool *ret_is, struct error *err) {
    enum waited why;
    for (;;) {
        while (imap_next(&session->reader, &session->left, event)) {
            if (event->kind == IMAP_BROKEN) return break_off(session, err, text_string(&session->reader.mem, event->data));
            if (event->kind == IMAP_BODY_DATA && session->body) buffer_add_text(session->body, event->data);
            if (event->kind != IMAP_RESPONSE) continue;
            uint32_t exists = session->selected.exists;
            imap_mailbox_note(&session->selected, &event->response);
            if (session->selected.exists > exists) session->has_new = true;
            if (event->response.kind == IMAP_UNTAGGED && event->response.status == IMAP_BYE)
                return break_off(session, err, "the server has said goodbye");
            *ret_is = true;
            return true;
        }
        if (!receive(session, time, &why, err)) return false;
        if (why != WAITED_READABLE) {
            *ret_is = false;
            return true;
        }
    }
}

static bool is_answer_to(const struct imap_response *response, struct text tag) {
    return response->kind == IMAP_TAGGED && text_equal(response->tag, tag);
}

static bool judge(const struct imap_response *response, struct error *err) {
    if (response->status == IMAP_OK) return true;
    return error_set(err, ERR_REMOTE, "the server says: %.*s", (int)text_cut(response->words, 300).size, response->words.data);
}

static struct text tag_of(struct imap_command *command) {
    struct text part = imap_part(command, 0);
    size_t space = text_find_char(part, ' ');
    return text_slice(part, 0, space == SIZE_MAX ? part.size : space);
}

bool imap_run(struct imap_session *session, struct imap_command *command, imap_answer *seen, void *context, struct error *err) {
    struct imap_event event;
    size_t part = 0;
    if (command->failed) return error_set(err, ERR_INVALID, "a name holds what IMAP can't carry");
    if (!send_bytes(session, imap_part(command, part++), err)) return false;
    for (;;) {
        bool is;
        if (!next_response(session, ANSWER_SECONDS * SECOND, &event, &is, err)) return false;
        if (!is) return break_off(session, err, "the server does not answer");
        if (is_answer_to(&event.response, tag_of(command))) return judge(&event.response, err);
        if (event.response.kind == IMAP_CONTINUATION && part < command->part_count) {
            if (!send_bytes(session, imap_part(command, part++), err)) return false;
        } else if (seen) {
            seen(&event.response, context);
        }
    }
}

bool imap_run_words(struct imap_session *session, struct arena *mem, const char *words, imap_answer *seen, void *context, struct error *err) {
    struct imap_command command = imap_command(mem, imap_tag(session, mem), words, false);
    imap_end(&command);
    return imap_run(session, &command, seen, context, err);
}

bool imap_select(struct imap_session *session, struct arena *mem, struct text folder, struct error *err) {
    struct imap_command command = imap_command(mem, imap_tag(session, mem), "SELECT", false);
    imap_add_mailbox(&command, folder.size ? folder : text_of("INBOX"));
    imap_end(&command);
    session->selected = (struct imap_mailbox){0};
    return imap_run(session, &command, NULL, NULL, err) || error_context(err, "opening the folder");
}

static bool idle(struct imap_session *session, struct arena *mem, int64_t time, struct error *err) {
    struct text tag = imap_tag(session, mem);
    struct imap_event event;
    bool is = true, ended = false;
    int64_t until = clock_steady() + time;
    if (!send_bytes(session, text_printf(mem, "%.*s IDLE\r\n", (int)tag.size, tag.data), err)) return false;
    while (!session->has_new && is && clock_steady() < until) {
        if (!next_response(session, until - clock_steady(), &event, &is, err)) return false;
        if (is && is_answer_to(&event.response, tag)) return judge(&event.response, err);
    }
    if (!send_bytes(session, text_of("DONE\r\n"), err)) return false;
    while (!ended) {
        if (!next_response(session, ANSWER_SECONDS * SECOND, &event, &is, err)) return false;
        if (!is) return break_off(session, err, "the server does not answer");
        ended = is_answer_to(&event.response, tag);
    }
    return judge(&event.response, err);
}

bool imap_wait(struct imap_session *session, struct arena *mem, int64_t time, struct error *err) {
    if (session->has_new) return true;
    if (session->has_idle) return idle(session, mem, time, err);
    struct pollfd poller = {.fd = session->wake, .events = POLLIN};
    if (poll(&poller, session->wake >= 0 ? 1 : 0, 20000) < 0) return true;
    return imap_run_words(session, mem, "NOOP", NULL, NULL, err);
}

/* --- Opening --------------------------------------------------------------------------------------------------------- */

static void note_capability(const struct imap_response *response, void *context) {
    struct imap_session *session = context;
    if (imap_has_capability(response, "IDLE")) session->has_idle = true;
}

static int is_told_to_go(void *context, curl_off_t to_get, curl_off_t got, curl_off_t to_send, curl_off_t sent) {
    const struct imap_session *session = context;
    struct pollfd poller = {.fd = session->wake, .events = POLLIN};
    return email_grace_is_over(session->email) || (session->wake >= 0 && poll(&poller, 1, 0) > 0);
}

static bool connect_to(struct imap_session *session, struct email *email, struct arena *mem, const struct mailbox *mailbox, struct error *err) {
    char words[CURL_ERROR_SIZE] = "";
    curl_socket_t socket = CURL_SOCKET_BAD;
    const char *scheme = text_is(mailbox->in.security, "tls") ? "imaps" : "imap";
    char *url = arena_printf(mem, "%s://%.*s:%d", scheme, (int)mailbox->in.host.size, mailbox->in.host.data, (int)mailbox->in.port);
    curl_easy_setopt(session->curl, CURLOPT_URL, url);
    curl_easy_setopt(session->curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(session->curl, CURLOPT_ERRORBUFFER, words);
    curl_easy_setopt(session->curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(session->curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(session->curl, CURLOPT_XFERINFOFUNCTION, is_told_to_go);
    curl_easy_setopt(session->curl, CURLOPT_XFERINFODATA, session);
    curl_easy_setopt(session->curl, CURLOPT_NOPROGRESS, 0L);
    if (!email_set_login(session->curl, email, mem, mailbox, &mailbox->in, err)) return false;
    CURLcode code = curl_easy_perform(session->curl);
    curl_easy_setopt(session->curl, CURLOPT_ERRORBUFFER, NULL);
    if (code == CURLE_LOGIN_DENIED && mailbox->uses_oauth) oauth_forget(mailbox->id);
    if (code != CURLE_OK) return error_set(err, ERR_REMOTE, "%s", words[0] ? words : curl_easy_strerror(code));
    if (curl_easy_getinfo(session->curl, CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK || socket == CURL_SOCKET_BAD)
        return error_set(err, ERR_REMOTE, "the connection was lost at once");
    session->socket = socket;
    return true;
}

bool imap_session_open(struct imap_session *session, struct email *email, struct arena *mem, const struct mailbox *mailbox, int wake,
                       struct error *err) {
    *session = (struct imap_session){.email = email, .wake = wake, .socket = -1};
    session->curl = curl_easy_init();
    if (!session->curl) return error_set(err, ERR_INTERNAL, "no memory for a connection");
    /* Larger letters are noticed by their declared size; a server that lies about it is dropped here. */
    imap_open(&session->reader, UINT64_C(1) << 32);
    return connect_to(session, email, mem, mailbox, err) && imap_run_words(session, mem, "CAPABILITY", note_capability, session, err);
}

void imap_session_close(struct imap_session *session) {
    if (session->curl) curl_easy_cleanup(session->curl);
    imap_close(&session->reader);
    *session = (struct imap_session){.wake = -1, .socket = -1};
}
