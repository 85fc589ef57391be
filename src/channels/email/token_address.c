/* Where an access token may be asked for: what is typed here is called from our own network. */
#include "channels/email/email_private.h"

#include <netdb.h>
#include <netinet/in.h>

enum reach { REACH_OTHERS, REACH_LINK, REACH_THIS_MACHINE };

static enum reach reach_of_four(const unsigned char four[4]) {
    if (four[0] == 169 && four[1] == 254) return REACH_LINK;
    return four[0] == 127 || four[0] == 0 ? REACH_THIS_MACHINE : REACH_OTHERS;
}

/* The forms of IPv6 that carry an address of IPv4 lead where that leads. */
static enum reach reach_of_six(const struct in6_addr *six) {
    static const unsigned char translated[12] = {0, 0x64, 0xff, 0x9b};
    if (IN6_IS_ADDR_LINKLOCAL(six)) return REACH_LINK;
    if (IN6_IS_ADDR_LOOPBACK(six) || IN6_IS_ADDR_UNSPECIFIED(six)) return REACH_THIS_MACHINE;
    bool has_four = IN6_IS_ADDR_V4MAPPED(six) || IN6_IS_ADDR_V4COMPAT(six) || memcmp(six->s6_addr, translated, sizeof translated) == 0;
    return has_four ? reach_of_four(six->s6_addr + 12) : REACH_OTHERS;
}

static enum reach reach_of(const struct sockaddr *address) {
    const void *whole = address;
    if (address->sa_family == AF_INET6) return reach_of_six(&((const struct sockaddr_in6 *)whole)->sin6_addr);
    if (address->sa_family != AF_INET) return REACH_THIS_MACHINE;
    return reach_of_four((const unsigned char *)&((const struct sockaddr_in *)whole)->sin_addr);
}

bool token_server_fits(const struct sockaddr *address, bool allow_this_machine) {
    enum reach reach = reach_of(address);
    return reach == REACH_OTHERS || (reach == REACH_THIS_MACHINE && allow_this_machine);
}

/* Numbers in each form that a resolver takes; services that hand out a machine's own keys live there. */
static bool is_link_local(struct arena *mem, struct text host) {
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *found;
    if (host.size && host.data[0] == '[') host = text_slice(host, 1, host.size - 2);
    if (text_ends(host, ".")) host.size--;
    if (getaddrinfo(text_string(mem, host), NULL, &hints, &found) != 0) return false;
    bool is_local = reach_of(found->ai_addr) == REACH_LINK;
    freeaddrinfo(found);
    return is_local;
}

static bool fits(struct arena *mem, struct text scheme, struct text host) {
    if (text_is(scheme, "http")) return text_is(host, "127.0.0.1");
    return text_is(scheme, "https") && !is_link_local(mem, host);
}

bool token_address_fits(struct arena *mem, struct text address) {
    CURLU *url = curl_url();
    char *scheme = NULL, *host = NULL;
    bool ok = url && curl_url_set(url, CURLUPART_URL, text_string(mem, address), CURLU_DISALLOW_USER) == CURLUE_OK
              && curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK && curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK
              && fits(mem, text_of(scheme), text_of(host));
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(url);
    return ok;
}
