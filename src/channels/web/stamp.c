/* A stamp says when a page was made, and is used once: "TIME.NONCE.MAC", the MAC over both and the topic. */
#include "channels/web/web_private.h"

#include "platform/application/application.h"

#include <arpa/inet.h>
#include <sodium.h>

enum { NONCE = 12, HEX = 2 * crypto_auth_BYTES + 1 };

static const unsigned char *key_of(struct request *request) {
    const struct application *application = request->application;
    unsigned char *key = arena_alloc(request->mem, crypto_auth_KEYBYTES);
    secret_derive(&application->secret, "reqstamp", key);
    return key;
}

static struct text mac_of(struct request *request, struct text t) {
    unsigned char mac[crypto_auth_BYTES];
    char hex[HEX];
    crypto_auth(mac, (const unsigned char *)t.data, t.size, key_of(request));
    return text_copy(request->mem, text_of(sodium_bin2hex(hex, sizeof hex, mac, sizeof mac)));
}

static struct text sealed(struct request *request, const struct request_form *topic, int64_t issued_at, struct text nonce) {
    struct text said = text_printf(request->mem, "%" PRId64 ".%.*s", issued_at, (int)nonce.size, nonce.data);
    struct text mac = mac_of(request, text_printf(request->mem, "stamp %" PRId64 " %.*s", topic->id, (int)said.size, said.data));
    return text_printf(request->mem, "%.*s.%.*s", (int)said.size, said.data, (int)mac.size, mac.data);
}

struct text stamp_make(struct request *request, const struct request_form *topic, int64_t issued_at) {
    return sealed(request, topic, issued_at, secret_token(request->mem, NONCE));
}

struct stamp stamp_read(struct request *request, const struct request_form *topic, struct text stamp) {
    struct text rest = stamp, time = {0}, nonce = {0};
    int64_t issued_at;
    if (!text_next(&rest, '.', &time) || !text_next(&rest, '.', &nonce) || !text_to_int(time, &issued_at)) return (struct stamp){0};
    struct text wanted = sealed(request, topic, issued_at, nonce);
    bool is_ours = wanted.size == stamp.size && sodium_memcmp(wanted.data, stamp.data, stamp.size) == 0;
    return is_ours ? (struct stamp){issued_at, nonce} : (struct stamp){0};
}

/* Who has one IPv6 address has a whole network of them. */
static struct text first_bytes(struct request *request, size_t count) {
    unsigned char bytes[16];
    char words[INET6_ADDRSTRLEN];
    if (inet_pton(AF_INET6, text_string(request->mem, request->remote_address), bytes) != 1) return request->remote_address;
    memset(bytes + count, 0, sizeof bytes - count);
    return text_copy(request->mem, text_of(inet_ntop(AF_INET6, bytes, words, sizeof words)));
}

struct text connection_of(struct request *request) {
    return first_bytes(request, 8);
}

struct text network_of(struct request *request) {
    return first_bytes(request, 7);
}

struct text hash_of(struct request *request, struct text t) {
    return mac_of(request, text_printf(request->mem, "limit %.*s", (int)t.size, t.data ? t.data : ""));
}

static void mix(crypto_generichash_state *state, struct text t) {
    uint64_t size = t.size;
    crypto_generichash_update(state, (const unsigned char *)&size, sizeof size);
    if (t.size) crypto_generichash_update(state, (const unsigned char *)t.data, t.size);
}

struct text content_of(struct request *request, const struct filled_form *sending) {
    const struct text words[] = {sending->name, sending->email, sending->subject, sending->text, sending->form.values};
    crypto_generichash_state state;
    unsigned char hash[crypto_generichash_BYTES];
    char hex[2 * sizeof hash + 1];
    crypto_generichash_init(&state, key_of(request), crypto_auth_KEYBYTES, sizeof hash);
    for (size_t i = 0; i < COUNT_OF(words); i++) mix(&state, words[i]);
    for (size_t i = 0; i < sending->parts.count; i++) {
        const struct form_part *part = &sending->parts.at[i];
        if (!part->is_file || text_empty(part->bytes)) continue;
        mix(&state, part->file_name);
        mix(&state, part->bytes);
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    return text_copy(request->mem, text_of(sodium_bin2hex(hex, sizeof hex, hash, sizeof hash)));
}
