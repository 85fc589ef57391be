/* network.h - which addresses on the internet are anybody's, and which are ours or nobody's.
 *
 * What a stranger names (a webhook's URL) is connected to only where everybody may: never this machine, never the house's own
 * networks, never the services that hand out a machine's keys, whatever form an address is written in. */
#ifndef THEKE_WIRE_NET_NETWORK_H
#define THEKE_WIRE_NET_NETWORK_H

#include "base/error.h"
#include "base/text.h"

struct sockaddr;

enum { NETWORKS = 64 };

/* Networks by number, IPv4 inside ::ffff:0:0/96. */
struct networks {
    size_t count;
    struct network {
        unsigned char bytes[16];
        int bits;
    } at[NETWORKS];
};

/* "10.1.0.0/16, fd00:1::/32, 192.0.2.7": separated by commas or blanks. ERR_INVALID names what is none. */
MUST_USE bool networks_parse(struct text list, struct networks *ret_networks, struct error *err);

bool networks_hold(const struct networks *networks, const struct sockaddr *address);

/* Routed to everybody (IANA's registries of special addresses): neither private, shared, local, multicast nor reserved, and neither
 * are those that are written inside it (IPv4 in IPv6). */
bool address_is_public(const struct sockaddr *address);

#endif
