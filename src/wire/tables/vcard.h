/* vcard.h - a person as a card that address books take: vCard 4.0 (RFC 6350). */
#ifndef THEKE_WIRE_TABLES_VCARD_H
#define THEKE_WIRE_TABLES_VCARD_H

#include "base/text.h"

struct vcard_line {
    const char *name;             /* "EMAIL", "TEL;TYPE=work", "X-CUSTOMER-NUMBER" */
    struct text value;
};

/* A whole card. first and last: parts of the name, as far as they are known. Empty values are left out. */
void vcard_add(struct buffer *out, struct text name, struct text first, struct text last, const struct vcard_line *lines, size_t count);

#endif
