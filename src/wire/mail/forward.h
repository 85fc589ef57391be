/* forward.h - a letter that one of us forwards by hand: who wrote the inner one, when, and what they said.
 *
 * Reads the block that mail programs put above the forwarded text ("-------- Weitergeleitete Nachricht --------", "Begin
 * forwarded message:", "Von: ... Gesendet: ... An: ... Betreff: ...") in German, English, Hungarian, French, Italian, Spanish,
 * Dutch and Polish. */
#ifndef THEKE_WIRE_MAIL_FORWARD_H
#define THEKE_WIRE_MAIL_FORWARD_H

#include "wire/mail/letter.h"

struct mail_forward {
    struct mail_address from;   /* of the inner letter; address may be empty when the program shows only a name */
    struct text subject;        /* of the inner letter; empty when not shown */
    struct text comment;        /* what the forwarder wrote above it; may be empty */
    struct text text;           /* the inner letter's text */
};

/* False when text holds no forwarded letter. The first block counts. */
bool forward_read(struct arena *mem, struct text text, struct mail_forward *ret);

#endif
