/* automatic.h - did a person write this letter, or a program? (RFC 3834, RFC 2076, and what mail programs really send)
 *
 * What is found here may add to a ticket, but never reopens or wakes one and is never answered automatically. */
#ifndef THEKE_WIRE_MAIL_AUTOMATIC_H
#define THEKE_WIRE_MAIL_AUTOMATIC_H

#include "wire/mail/letter.h"

enum mail_origin {
    ORIGIN_PERSON,
    ORIGIN_VACATION, /* out of office: somebody's program answers in their place */
    ORIGIN_LIST,     /* newsletter or mailing list: List-*, Precedence bulk or list */
    ORIGIN_MACHINE,  /* Auto-Submitted, null sender, mailer-daemon, no-reply with other marks ... */
};

/* sender: the envelope's (RFC 5321 MAIL FROM), no text when unknown, empty for <>. reason in words ("Auto-Submitted:
 * auto-replied"), "" for a person. */
struct mail_automatic {
    enum mail_origin origin;
    struct text reason;
};
struct mail_automatic mail_automatic_of(struct arena *mem, const struct letter *letter, struct text sender);

/* An address that no person reads (no-reply@, noreply+x@, donotreply@, mailer-daemon@, postmaster@, bounce@ ...): never
 * answered automatically. */
bool mail_address_is_machine(struct text address);

#endif
