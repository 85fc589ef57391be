/* lexemes.h - words for PostgreSQL's index, taken apart by the same tokenizer as SQLite's (tokenizer.h), so that both databases find the
 * same. PostgreSQL's own to_tsvector would parse each text once for each language.
 *
 * The notations are those of PostgreSQL 15, 8.11 "Text Search Types". */
#ifndef THEKE_PLATFORM_SEARCH_LEXEMES_H
#define THEKE_PLATFORM_SEARCH_LEXEMES_H

#include "base/arena.h"
#include "base/text.h"

/* A tsvector of each word and, at the same place, its stems. weight: 'A' to 'D'. What exceeds size bytes as a tsvector is left out, so
 * that no text is too long for the index. */
struct text search_document(struct arena *mem, struct text text, char weight, size_t size);

/* A tsquery for these words one behind the other; empty when there are none in it. stems: their other forms are meant too;
 * prefix: the last one only begins so. */
struct text search_question(struct arena *mem, struct text words, bool stems, bool prefix);

#endif
