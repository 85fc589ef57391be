#include "base/domain.h"

#include <idn2.h>

static bool is_ascii(struct text t) {
    for (size_t i = 0; i < t.size; i++)
        if ((unsigned char)t.data[i] >= 0x80) return false;
    return true;
}

struct text domain_ascii(struct arena *mem, struct text domain) {
    uint8_t *found = NULL;
    if (is_ascii(domain)) return domain;
    if (idn2_lookup_u8((const uint8_t *)text_string(mem, domain), &found, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK) return (struct text){0};
    struct text out = text_copy(mem, text_of((const char *)found));
    idn2_free(found);
    return out;
}

static size_t last_at(struct text t) {
    const char *at = t.size ? memrchr(t.data, '@', t.size) : NULL;
    return at ? (size_t)(at - t.data) : SIZE_MAX;
}

struct text address_ascii(struct arena *mem, struct text address) {
    size_t at = last_at(address);
    if (at == SIZE_MAX || is_ascii(address)) return address;
    struct text domain = domain_ascii(mem, text_skip(address, at + 1));
    return domain.data ? text_printf(mem, "%.*s@%.*s", (int)at, address.data, (int)domain.size, domain.data) : address;
}

bool address_has_plain_local(struct text address) {
    size_t at = last_at(address);
    return is_ascii(at == SIZE_MAX ? address : text_slice(address, 0, at));
}
