/* tnef.h - Outlook's winmail.dat (application/ms-tnef), as [MS-OXTNEF] describes it: its files and its text. */
#ifndef THEKE_WIRE_MAIL_TNEF_H
#define THEKE_WIRE_MAIL_TNEF_H

#include "wire/mail/letter.h"

struct tnef {
    struct text text;           /* plain body in UTF-8; no text when there is none */
    struct text html;           /* PR_BODY_HTML in UTF-8; no text when there is none */
    size_t file_count;          /* at most 200 */
    const struct mail_part *files; /* name, media_type (by what it says, else application/octet-stream), content_id, bytes */
};

/* False when bytes are no TNEF. A broken one gives what could be read before the break. Bounded in time and memory:
 * nothing is copied but names and texts. */
bool tnef_read(struct arena *mem, struct text bytes, struct tnef *ret);

#endif
