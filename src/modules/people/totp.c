#include "modules/people/totp.h"

#include "base/clock.h"

#include <glib.h>
#include <sodium.h>

enum { STEP_SECONDS = 30, DIGITS = 6, WINDOW = 1, SHA1_SIZE = 20, RECOVERY_LETTERS = 12 };

int64_t totp_step(int64_t now) {
    return now / SECOND / STEP_SECONDS;
}

uint32_t totp_number(struct text key, int64_t step, int digits) {
    unsigned char counter[8], sum[SHA1_SIZE];
    gsize size = sizeof sum;
    uint32_t modulus = 1;
    for (int i = 0; i < 8; i++) counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA1, (const guchar *)key.data, key.size);
    g_hmac_update(hmac, counter, sizeof counter);
    g_hmac_get_digest(hmac, sum, &size);
    g_hmac_unref(hmac);
    const unsigned char *at = sum + (sum[SHA1_SIZE - 1] & 15);
    uint32_t number = (uint32_t)(at[0] & 127) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    for (int i = 0; i < digits; i++) modulus *= 10;
    return number % modulus;
}

static bool read_code(struct text code, char ret_digits[DIGITS]) {
    int count = 0;
    for (size_t i = 0; i < code.size; i++) {
        if (code.data[i] == ' ') continue;
        if (code.data[i] < '0' || code.data[i] > '9' || count == DIGITS) return false;
        ret_digits[count++] = code.data[i];
    }
    return count == DIGITS;
}

bool totp_fits(struct text key, struct text code, int64_t now, int64_t last_step, int64_t *ret_step) {
    char given[DIGITS], wanted[16];
    if (!read_code(code, given)) return false;
    for (int64_t step = totp_step(now) - WINDOW; step <= totp_step(now) + WINDOW; step++) {
        snprintf(wanted, sizeof wanted, "%06" PRIu32, totp_number(key, step, DIGITS));
        if (step <= last_step || sodium_memcmp(given, wanted, DIGITS) != 0) continue;
        *ret_step = step;
        return true;
    }
    return false;
}

struct text base32(struct arena *mem, struct text bytes) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    struct buffer out = {.mem = mem};
    uint32_t bits = 0;
    int count = 0;
    for (size_t i = 0; i < bytes.size; i++) {
        bits = bits << 8 | (unsigned char)bytes.data[i];
        for (count += 8; count >= 5; count -= 5) buffer_add_char(&out, letters[bits >> (count - 5) & 31]);
    }
    if (count > 0) buffer_add_char(&out, letters[bits << (5 - count) & 31]);
    return buffer_text(&out);
}

static void add_encoded(struct buffer *out, struct text t) {
    for (size_t i = 0; i < t.size; i++) {
        unsigned char c = (unsigned char)t.data[i];
        if (g_ascii_isalnum(c) || (c && strchr("-._~@", c))) buffer_add_char(out, (char)c);
        else buffer_printf(out, "%%%02X", c);
    }
}

struct text totp_url(struct arena *mem, struct text issuer, struct text account, struct text key) {
    struct buffer out = {.mem = mem};
    buffer_add_string(&out, "otpauth://totp/");
    add_encoded(&out, issuer);
    buffer_add_char(&out, ':');
    add_encoded(&out, account);
    buffer_add_string(&out, "?secret=");
    buffer_add_text(&out, base32(mem, key));
    buffer_add_string(&out, "&issuer=");
    add_encoded(&out, issuer);
    return buffer_text(&out);
}

struct text recovery_code(struct arena *mem) {
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz023456789";
    struct buffer out = {.mem = mem};
    for (int i = 0; i < RECOVERY_LETTERS; i++) {
        if (i && i % 4 == 0) buffer_add_char(&out, '-');
        buffer_add_char(&out, letters[randombytes_uniform(sizeof letters - 1)]);
    }
    return buffer_text(&out);
}

struct text recovery_normalize(struct arena *mem, struct text code) {
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < code.size; i++)
        if (g_ascii_isalnum(code.data[i])) buffer_add_char(&out, g_ascii_tolower(code.data[i]));
    return buffer_text(&out);
}
