#include "modules/webhooks/webhooks_private.h"

#include <sodium.h>

static const char prefix[] = "whsec_";

static struct text base64(struct arena *mem, const unsigned char *bytes, size_t size) {
    size_t room = sodium_base64_ENCODED_LEN(size, sodium_base64_VARIANT_ORIGINAL);
    char *out = arena_alloc(mem, room);
    return text_of(sodium_bin2base64(out, room, bytes, size, sodium_base64_VARIANT_ORIGINAL));
}

struct text webhook_secret(struct arena *mem) {
    unsigned char key[SECRET_BYTES];
    randombytes_buf(key, sizeof key);
    struct text words = base64(mem, key, sizeof key);
    sodium_memzero(key, sizeof key);
    return text_printf(mem, "%s%.*s", prefix, (int)words.size, words.data);
}

struct text webhook_signature(struct arena *mem, struct text secret, struct text id, int64_t seconds, struct text body) {
    unsigned char key[64], sum[crypto_auth_hmacsha256_BYTES];
    size_t size = 0;
    crypto_auth_hmacsha256_state state;
    struct text words = text_skip(secret, sizeof prefix - 1);
    if (!text_starts(secret, prefix)
        || sodium_base642bin(key, sizeof key, words.data, words.size, NULL, &size, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
        return (struct text){0};
    struct text head = text_printf(mem, "%.*s.%" PRId64 ".", (int)id.size, id.data, seconds);
    crypto_auth_hmacsha256_init(&state, key, size);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)head.data, head.size);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body.data, body.size);
    crypto_auth_hmacsha256_final(&state, sum);
    sodium_memzero(key, sizeof key);
    struct text signature = base64(mem, sum, sizeof sum);
    return text_printf(mem, "v1,%.*s", (int)signature.size, signature.data);
}
