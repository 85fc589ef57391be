/* tnef_private.h - what the readers of winmail.dat share: little-endian numbers and pieces, each checked against the end. */
#ifndef THEKE_WIRE_MAIL_TNEF_PRIVATE_H
#define THEKE_WIRE_MAIL_TNEF_PRIVATE_H

#include "wire/mail/tnef.h"

/* Takes size bytes off *rest. False when it has fewer. */
static inline bool take(struct text *rest, size_t size, struct text *ret_piece) {
    if (size > rest->size) return false;
    *ret_piece = text_from(rest->data, size);
    *rest = text_from(rest->data + size, rest->size - size);
    return true;
}

/* The same as a number of at most four bytes. */
static inline bool take_number(struct text *rest, size_t size, uint32_t *ret_number) {
    struct text piece;
    uint32_t number = 0;
    if (!take(rest, size, &piece)) return false;
    for (size_t i = size; i-- > 0;) number = number << 8 | (unsigned char)piece.data[i];
    *ret_number = number;
    return true;
}

/* PR_RTF_COMPRESSED to RTF ([MS-OXRTFCP]), at most 16 MiB of it. False for a kind we do not know. Stored RTF stays where it
 * is. */
bool rtf_unpack(struct arena *mem, struct text bytes, struct text *ret_rtf);

#endif
