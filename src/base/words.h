/* words.h - the words people read, by key and language, from the words.yaml files beside the code. */
#ifndef THEKE_BASE_WORDS_H
#define THEKE_BASE_WORDS_H

#include "base/text.h"

struct words {
    const char *key;
    const char *in[3]; /* de, en, hu */
};

extern const struct words all_words[]; /* sorted by key */
extern const int all_word_count;

/* "de", "en" or "hu" (a region is ignored, another language reads English). NULL for an unknown key. */
const char *words_for(const char *key, struct text language);

#endif
