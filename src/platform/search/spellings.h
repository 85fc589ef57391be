/* spellings.h - one word in the ways in which German is written: Müller and Mueller, Straße and Strasse. */
#ifndef THEKE_PLATFORM_SEARCH_SPELLINGS_H
#define THEKE_PLATFORM_SEARCH_SPELLINGS_H

#include "base/arena.h"
#include "base/text.h"

enum { SPELLINGS = 5 };

/* The word itself first, then its other spellings, each once: no two are the same without case and accents. */
size_t search_spellings(struct arena *mem, struct text word, struct text ret_spellings[SPELLINGS]);

#endif
