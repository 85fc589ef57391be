/* The WebSocket handshake (RFC 6455, 4.2) on /api/v1/live, and handing the socket over to the hub.
 *
 * The hub gets a dup() of the socket, and libmicrohttpd closes its own one at once: so its memory for the connection
 * (some 16 KB) does not stay as long as the WebSocket does. A test fails if a later libmicrohttpd shuts it down
 * instead. */
#include "platform/http/http_private.h"

#include <fcntl.h>
#include <glib.h>
#include <sodium.h>
#include <unistd.h>

static const char *const live_path = "/api/v1/live";

/* Connection is a list: "keep-alive, Upgrade". */
static bool names_upgrade(struct text value) {
    struct text piece;
    while (value.size && text_next(&value, ',', &piece))
        if (text_is_nocase(text_trim(piece), "upgrade")) return true;
    return false;
}

bool upgrade_wanted(const struct exchange *x) {
    size_t question = text_find_char(x->raw_target, '?');
    struct text path = text_slice(x->raw_target, 0, question == SIZE_MAX ? x->raw_target.size : question);
    return x->server->options.upgrade && text_is(path, live_path) && text_is(x->request.method, "GET")
           && text_is_nocase(request_header(&x->request, "Upgrade"), "websocket");
}

bool upgrade_check(struct exchange *x, struct error *err) {
    struct text key = request_header(&x->request, "Sec-WebSocket-Key");
    unsigned char nonce[24];
    size_t size = 0;
    if (!names_upgrade(request_header(&x->request, "Connection")))
        return error_set(err, ERR_MALFORMED, "Connection does not name Upgrade");
    if (!text_is(request_header(&x->request, "Sec-WebSocket-Version"), "13")) {
        response_header(&x->response, &x->request, "Sec-WebSocket-Version", text_of("13"));
        return error_set(err, ERR_MALFORMED, "only version 13 of the WebSocket protocol is spoken");
    }
    bool decoded = key.size == 24 && sodium_base642bin(nonce, sizeof nonce, key.data, key.size, NULL, &size, NULL,
                                                       sodium_base64_VARIANT_ORIGINAL) == 0;
    if (!decoded || size != 16) return error_set(err, ERR_MALFORMED, "Sec-WebSocket-Key is not 16 bytes in base64");
    if (!origin_fits(&x->request)) return error_set(err, ERR_FORBIDDEN, "the page that asks is not ours");
    return true;
}

/* base64(SHA-1(key and the GUID of RFC 6455, 1.3)) */
static const char *accept_of(struct arena *mem, struct text key) {
    unsigned char digest[20];
    gsize size = sizeof digest;
    char *out = arena_alloc(mem, 32);
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA1);
    g_checksum_update(sum, (const guchar *)key.data, (gssize)key.size);
    g_checksum_update(sum, (const guchar *)"258EAFA5-E914-47DA-95CA-C5AB0DC85B11", 36);
    g_checksum_get_digest(sum, digest, &size);
    g_checksum_free(sum);
    return sodium_bin2base64(out, 32, digest, sizeof digest, sodium_base64_VARIANT_ORIGINAL);
}

static void handed_over(void *context, struct MHD_Connection *connection, void *exchange, const char *early,
                        size_t early_size, MHD_socket sock, struct MHD_UpgradeResponseHandle *handle) {
    struct exchange *x = context;
    int fd = fcntl(sock, F_DUPFD_CLOEXEC, 0);
    if (fd >= 0) {
        int flags = fcntl(fd, F_GETFL);
        fcntl(fd, F_SETFL, flags | O_NONBLOCK);
        x->server->options.upgrade(x->server->options.application, fd, text_from(early, early_size), &x->actor);
    }
    MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
}

void upgrade_answer(struct exchange *x) {
    x->answer = MHD_create_response_for_upgrade(handed_over, x);
    x->answer_status = MHD_HTTP_SWITCHING_PROTOCOLS;
    if (!x->answer) return;
    MHD_add_response_header(x->answer, "Upgrade", "websocket");
    MHD_add_response_header(x->answer, "Sec-WebSocket-Accept",
                            accept_of(&x->mem, request_header(&x->request, "Sec-WebSocket-Key")));
}
