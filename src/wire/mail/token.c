#include "wire/mail/token.h"

#include <endian.h>
#include <sodium.h>

enum { NUMBERS = 16, MAC = 10, PAYLOAD = NUMBERS + MAC, LETTERS = (PAYLOAD * 8 + 4) / 5 };

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

static void fill(unsigned char out[PAYLOAD], const unsigned char key[TOKEN_KEY], struct mail_token token) {
    uint64_t numbers[2] = {htobe64((uint64_t)token.ticket.value), htobe64((uint64_t)token.message.value)};
    unsigned char mac[crypto_auth_BYTES];
    memcpy(out, numbers, NUMBERS);
    crypto_auth(mac, out, NUMBERS, key);
    memcpy(out + NUMBERS, mac, MAC);
}

struct text token_make(struct arena *mem, const unsigned char key[TOKEN_KEY], struct mail_token token) {
    unsigned char payload[PAYLOAD];
    char *out = arena_alloc(mem, LETTERS + 2);
    fill(payload, key, token);
    out[0] = 't';
    for (size_t letter = 0; letter < LETTERS; letter++) {
        unsigned value = 0;
        for (size_t bit = letter * 5; bit < letter * 5 + 5; bit++)
            value = value << 1 | (bit < PAYLOAD * 8 ? payload[bit / 8] >> (7 - bit % 8) & 1u : 0);
        out[1 + letter] = alphabet[value];
    }
    return text_from(out, LETTERS + 1);
}

struct text token_address(struct arena *mem, struct text address, struct text token) {
    size_t at = text_find_char(address, '@');
    if (at == SIZE_MAX) return address;
    return text_printf(mem, "%.*s+%.*s%.*s", (int)at, address.data, (int)token.size, token.data, (int)(address.size - at), address.data + at);
}

struct text token_message_id(struct arena *mem, struct text token, struct text unique, struct text domain) {
    return text_printf(mem, "<%.*s.%.*s@%.*s>", (int)token.size, token.data, (int)unique.size, unique.data, (int)domain.size, domain.data);
}

static int value_of(char c) {
    if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
    const char *found = c ? strchr(alphabet, c) : NULL;
    return found ? (int)(found - alphabet) : -1;
}

static bool decode(const char *letters, unsigned char out[PAYLOAD]) {
    memset(out, 0, PAYLOAD);
    for (size_t letter = 0; letter < LETTERS; letter++) {
        int value = value_of(letters[letter]);
        if (value < 0) return false;
        for (size_t i = 0; i < 5; i++) {
            size_t bit = letter * 5 + i;
            if (bit < PAYLOAD * 8 && value >> (4 - i) & 1) out[bit / 8] |= (unsigned char)(1u << (7 - bit % 8));
        }
    }
    return true;
}

static bool verify(const unsigned char given[PAYLOAD], const unsigned char key[TOKEN_KEY], struct mail_token *ret_token) {
    uint64_t numbers[2];
    unsigned char wanted[PAYLOAD];
    memcpy(numbers, given, NUMBERS);
    struct mail_token token = {{(int64_t)be64toh(numbers[0])}, {(int64_t)be64toh(numbers[1])}};
    fill(wanted, key, token);
    if (token.ticket.value <= 0 || sodium_memcmp(wanted, given, PAYLOAD) != 0) return false;
    *ret_token = token;
    return true;
}

bool token_find(struct text text, const unsigned char key[TOKEN_KEY], struct mail_token *ret_token) {
    unsigned char given[PAYLOAD];
    for (size_t i = 0; i + LETTERS + 1 <= text.size; i++) {
        bool begins = (text.data[i] | 32) == 't' && (i == 0 || strchr("+<", text.data[i - 1]));
        if (begins && decode(text.data + i + 1, given) && verify(given, key, ret_token)) return true;
    }
    return false;
}
