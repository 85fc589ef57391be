/* imap_private.h - what the files of the IMAP client share. */
#ifndef THEKE_WIRE_NET_IMAP_PRIVATE_H
#define THEKE_WIRE_NET_IMAP_PRIVATE_H

#include "wire/net/imap.h"

/* Reads a whole answer. Values live in mem, their text in line where it can. False when it is malformed. */
bool imap_parse(struct arena *mem, struct text line, const struct imap_literal *literals, size_t literal_count,
                struct imap_response *ret);

/* True while the line begun is of a kind that may hold literals: not a status or a continuation. */
bool imap_may_hold_literals(struct text line);

#endif
