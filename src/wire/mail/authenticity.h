/* authenticity.h - what the receiving mail server found out about the sender (RFC 8601, RFC 7489). */
#ifndef THEKE_WIRE_MAIL_AUTHENTICITY_H
#define THEKE_WIRE_MAIL_AUTHENTICITY_H

#include "wire/mail/letter.h"

enum mail_authenticity { MAIL_UNPROVEN, MAIL_PROVEN, MAIL_FORGED };

/* What the topmost Authentication-Results says of the domain in From. server is the name that our own mail server gives itself
 * there; empty: nobody knows it.
 *
 * MAIL_FORGED: dmarc=fail, whoever says so: a forged failure harms only its forger. MAIL_PROVEN: our own server says dmarc=pass,
 * or that DKIM or SPF passed for the very domain in From or one above it. A pass that another server claims proves nothing,
 * since the sender may have written it. */
enum mail_authenticity mail_authenticity_of(const struct letter *letter, struct text server);

/* The name of the server that wrote the topmost Authentication-Results; empty when there are none, or no host name stands there
 * (Exchange Online gives none). */
bool mail_is_host_name(struct text name);
struct text mail_authenticity_server(const struct letter *letter);

#endif
