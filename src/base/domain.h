/* domain.h - domains with letters beyond ASCII (IDNA 2008 with UTS 46): on the wire they are written "xn--mller-kva.example". */
#ifndef THEKE_BASE_DOMAIN_H
#define THEKE_BASE_DOMAIN_H

#include "base/text.h"

/* The domain as it stands on the wire; one of ASCII alone comes back as it is. No text for what can't be a domain. */
struct text domain_ascii(struct arena *mem, struct text domain);

/* The address with its domain as on the wire; an address that can't be written so comes back as it is. */
struct text address_ascii(struct arena *mem, struct text address);

/* "jörg@example.org" needs SMTPUTF8, which few servers offer: we write to no such address. */
bool address_has_plain_local(struct text address);

#endif
