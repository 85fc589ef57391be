/* marks.h - where the words of a question stand in a text, as the index takes words: whatever their case, accents and endings. */
#ifndef THEKE_PLATFORM_SEARCH_MARKS_H
#define THEKE_PLATFORM_SEARCH_MARKS_H

#include "base/arena.h"
#include "base/text.h"

struct marker;

struct mark {
    size_t from, size; /* in bytes, always whole characters */
};

/* Lives as long as mem. */
struct marker *marker_make(struct arena *mem);

/* Each word of value is looked for. is_prefix: words that begin so, too. */
void marker_want(struct marker *marker, struct text value, bool is_prefix);

/* The first places in their order, at most limit; how many were found. */
size_t marker_find(struct marker *marker, struct text text, struct mark *ret_marks, size_t limit);

/* How many of the words stand in the text, each spelling of one for itself; and how many are looked for. */
size_t marker_count(struct marker *marker, struct text text);
size_t marker_wanted(const struct marker *marker);

#endif
