#include "platform/http/http_private.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff}; /* ::ffff:0:0/96, IPv4 inside IPv6 (RFC 4291) */

void address_bytes(const struct sockaddr *from, unsigned char out[16]) {
    memset(out, 0, 16);
    if (from && from->sa_family == AF_INET) {
        memcpy(out, mapped, sizeof mapped);
        memcpy(out + 12, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
    } else if (from && from->sa_family == AF_INET6) {
        memcpy(out, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
    }
}

bool address_parse(struct text t, unsigned char out[16]) {
    char string[64];
    t = text_trim(t);
    if (t.size == 0 || t.size >= sizeof string) return false;
    memcpy(string, t.data, t.size);
    string[t.size] = '\0';
    memcpy(out, mapped, sizeof mapped);
    return inet_pton(AF_INET, string, out + 12) == 1 || inet_pton(AF_INET6, string, out) == 1;
}

bool address_trusted(const struct server *server, const unsigned char address[16]) {
    for (size_t i = 0; i < server->proxy_count; i++)
        if (memcmp(server->proxies[i], address, 16) == 0) return true;
    return false;
}

static struct text address_text(struct arena *mem, const unsigned char address[16]) {
    char out[INET6_ADDRSTRLEN] = "";
    bool four = memcmp(address, mapped, sizeof mapped) == 0;
    inet_ntop(four ? AF_INET : AF_INET6, four ? address + 12 : address, out, sizeof out);
    return text_of(arena_strdup(mem, out));
}

/* X-Forwarded-For grows to the right: from there leftwards, the first address that is not one of our proxies is the
 * client; what stands further left is only its own word. */
static void address_forwarded(struct exchange *x, unsigned char address[16]) {
    struct text chain = request_header(&x->request, "X-Forwarded-For");
    while (chain.size && address_trusted(x->server, address)) {
        size_t comma = chain.size;
        while (comma > 0 && chain.data[comma - 1] != ',') comma--;
        unsigned char before[16];
        if (!address_parse(text_skip(chain, comma), before)) return;
        memcpy(address, before, 16);
        chain = text_slice(chain, 0, comma ? comma - 1 : 0);
    }
}

void address_resolve(struct exchange *x) {
    unsigned char address[16];
    address_bytes(MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr, address);
    const char *base_url = x->server->options.base_url;
    x->request.secure = base_url && strncmp(base_url, "https://", 8) == 0;
    if (address_trusted(x->server, address) && request_header(&x->request, "X-Forwarded-Proto").data)
        x->request.secure = text_is_nocase(request_header(&x->request, "X-Forwarded-Proto"), "https");
    if (address_trusted(x->server, address)) address_forwarded(x, address);
    x->request.remote_address = address_text(&x->mem, address);
}
