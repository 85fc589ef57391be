/* plain.h - text without accents, for an index that does not fold them itself. */
#ifndef THEKE_PLATFORM_SEARCH_PLAIN_H
#define THEKE_PLATFORM_SEARCH_PLAIN_H

#include "base/arena.h"
#include "base/text.h"

/* "Szállítás" -> "Szallitas": compatibility decomposition (Unicode Standard Annex #15) without the marks U+0300 to U+036F.
 * The result is text itself when nothing is to do; ill-formed UTF-8 stays as it is. */
struct text search_plain(struct arena *mem, struct text text);

#endif
