/* charset.h - bytes in whatever charset as UTF-8. */
#ifndef THEKE_WIRE_MAIL_CHARSET_H
#define THEKE_WIRE_MAIL_CHARSET_H

#include "base/text.h"

/* Bytes in the named charset as valid UTF-8 without NUL. An unknown charset, or bytes that do not fit, are read as UTF-8 when
 * they are that, else as Windows-1252: programs lie about charsets more often than they invent new ones. */
struct text charset_to_utf8(struct arena *mem, struct text charset, struct text bytes);

#endif
