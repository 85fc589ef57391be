#include "base/words.h"

#include <stdlib.h>

static int compare(const void *key, const void *row) {
    return strcmp(key, ((const struct words *)row)->key);
}

const char *words_for(const char *key, struct text language) {
    const struct words *found = bsearch(key, all_words, (size_t)all_word_count, sizeof *all_words, compare);
    if (!found) return NULL;
    int column = text_starts_nocase(language, "de") ? 0 : text_starts_nocase(language, "hu") ? 2 : 1;
    return found->in[column];
}
