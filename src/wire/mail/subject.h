/* subject.h - subjects without the marks that mail programs put in front, and ticket numbers in them. */
#ifndef THEKE_WIRE_MAIL_SUBJECT_H
#define THEKE_WIRE_MAIL_SUBJECT_H

#include "base/text.h"

/* The subject without its chain of reply and forward marks ("AW: Re[2]: WG: Fwd: ..."), in many languages, and without
 * white space at its ends. *ret_forward (may be NULL): the outermost mark was that of a forward. */
struct text subject_plain(struct text subject, bool *ret_forward);

/* Both are the same matter for the eye: equal without marks, numbers in brackets, case and white space. */
bool subject_same(struct arena *mem, struct text a, struct text b);

/* The running number of the ticket that a subject names: "[#10023]", "[T-2026-10023]", or a label with a prefix anywhere; *ret_label
 * is how it is written there. 0: none. */
int64_t subject_number(struct text subject, struct text *ret_label);

#endif
