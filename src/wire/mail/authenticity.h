/* authenticity.h - what the receiving mail server found out about the sender (RFC 8601, RFC 7489). */
#ifndef THEKE_WIRE_MAIL_AUTHENTICITY_H
#define THEKE_WIRE_MAIL_AUTHENTICITY_H

#include "wire/mail/letter.h"

/* The topmost Authentication-Results says dmarc=fail: whoever wrote this, it was not the domain in From. Lower ones are of
 * servers on the way, or of the sender; nobody can put one above that of our own server, and a forged failure harms only
 * its forger. Without a verdict the answer is false. */
bool mail_fails_dmarc(const struct letter *letter);

#endif
