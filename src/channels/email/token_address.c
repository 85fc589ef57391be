/* Where an access token may be asked for: what is typed here is called from our own network. */
#include "channels/email/email_private.h"

#include <netdb.h>
#include <netinet/in.h>

static bool is_link_local_address(const struct sockaddr *address) {
    static const unsigned char link[2] = {169, 254};
    if (address->sa_family == AF_INET) return memcmp(&((const struct sockaddr_in *)(const void *)address)->sin_addr, link, sizeof link) == 0;
    if (address->sa_family != AF_INET6) return false;
    const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    return IN6_IS_ADDR_LINKLOCAL(six) || (IN6_IS_ADDR_V4MAPPED(six) && memcmp(six->s6_addr + 12, link, sizeof link) == 0);
}

/* Numbers in each form that a resolver takes; services that hand out a machine's own keys live there. */
static bool is_link_local(struct arena *mem, struct text host) {
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *found;
    if (host.size && host.data[0] == '[') host = text_slice(host, 1, host.size - 2);
    if (text_ends(host, ".")) host.size--;
    if (getaddrinfo(text_string(mem, host), NULL, &hints, &found) != 0) return false;
    bool is_local = is_link_local_address(found->ai_addr);
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
