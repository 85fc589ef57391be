#include "wire/net/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>

enum { MAPPED_BITS = 96 };
static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff}; /* ::ffff:0:0/96, IPv4 inside IPv6 (RFC 4291) */

/* RFC 6890 and its successors, and 168.63.129.16, where a large provider's machines fetch their keys. */
static const char special_four[] =
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 "
    "192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3 168.63.129.16/32";
/* Of IPv6 only 2000::/3 is anybody's, but for these. */
static const char global_six[] = "2000::/3", special_six[] = "2001::/23 2001:db8::/32 2002::/16 3fff::/20";
static const char translated[] = "64:ff9b::/96"; /* stands for an IPv4 address (RFC 6052) */

/* False for what is neither. */
static bool bytes_of(const struct sockaddr *address, unsigned char out[16]) {
    if (address->sa_family == AF_INET) {
        memcpy(out, mapped, sizeof mapped);
        memcpy(out + 12, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
        return true;
    }
    if (address->sa_family != AF_INET6) return false;
    memcpy(out, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
    return true;
}

static bool same_bits(const unsigned char *a, const unsigned char *b, int bits) {
    int whole = bits / 8, rest = bits % 8;
    if (memcmp(a, b, (size_t)whole) != 0) return false;
    return !rest || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

static bool hold(const struct networks *networks, const unsigned char bytes[16]) {
    for (size_t i = 0; i < networks->count; i++)
        if (same_bits(networks->at[i].bytes, bytes, networks->at[i].bits)) return true;
    return false;
}

static bool parse_one(struct text word, struct network *ret) {
    char string[INET6_ADDRSTRLEN] = "";
    size_t slash = text_find_char(word, '/');
    struct text address = slash == SIZE_MAX ? word : text_slice(word, 0, slash);
    bool is_six = text_find_char(address, ':') != SIZE_MAX;
    int64_t most = is_six ? 128 : 32, bits = most;
    if (address.size >= sizeof string || (slash != SIZE_MAX && !text_to_int(text_skip(word, slash + 1), &bits)) || bits < 0 || bits > most) return false;
    memcpy(string, address.data, address.size);
    memcpy(ret->bytes, mapped, sizeof mapped);
    ret->bits = (int)bits + (is_six ? 0 : MAPPED_BITS);
    return is_six ? inet_pton(AF_INET6, string, ret->bytes) == 1 : inet_pton(AF_INET, string, ret->bytes + 12) == 1;
}

bool networks_parse(struct text list, struct networks *ret_networks, struct error *err) {
    *ret_networks = (struct networks){0};
    for (size_t at = 0; at < list.size;) {
        size_t from = at;
        while (at < list.size && list.data[at] != ',' && list.data[at] != ' ') at++;
        struct text word = text_slice(list, from, at++ - from);
        if (text_empty(word)) continue;
        if (ret_networks->count == NETWORKS) return error_set(err, ERR_INVALID, "there are more than %d networks", NETWORKS);
        if (!parse_one(word, &ret_networks->at[ret_networks->count++]))
            return error_set(err, ERR_INVALID, "'%.*s' is no network such as 10.1.0.0/16", (int)text_cut(word, 60).size, word.data);
    }
    return true;
}

bool networks_hold(const struct networks *networks, const struct sockaddr *address) {
    unsigned char bytes[16];
    return bytes_of(address, bytes) && hold(networks, bytes);
}

static bool is_in(const char *list, const unsigned char bytes[16]) {
    struct networks networks;
    struct error err = {0};
    return networks_parse(text_of(list), &networks, &err) && hold(&networks, bytes);
}

bool address_is_public(const struct sockaddr *address) {
    unsigned char bytes[16];
    if (!bytes_of(address, bytes)) return false;
    /* A connection to a mapped address is one to the address in it; one to a translated address ends there. */
    if (is_in(translated, bytes)) memcpy(bytes, mapped, sizeof mapped);
    if (same_bits(bytes, mapped, MAPPED_BITS)) return !is_in(special_four, bytes);
    return is_in(global_six, bytes) && !is_in(special_six, bytes);
}
