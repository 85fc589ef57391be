/* tokenizer.h - words as the search index sees them: FTS5's unicode61 without diacritics, plus stems.
 *
 * Each word is indexed as it is and, beside it, as the stems that libstemmer gives for the languages of the index
 * (tokenize='theke de en'), so that "Rechnungen" finds "Rechnung". Has to be registered on every connection. */
#ifndef THEKE_PLATFORM_SEARCH_TOKENIZER_H
#define THEKE_PLATFORM_SEARCH_TOKENIZER_H

#include "base/text.h"

#include <sqlite3.h>
#include <stdbool.h>

bool tokenizer_register(sqlite3 *db);

/* The same words for whoever keeps an index of its own: calls word for each with "de en" as languages, and behind it for each stem that
 * differs, until it returns false. The text lives only for the call. is_document: it is one, not a few words that somebody asks for. */
void tokenizer_words(struct text text, bool is_document, bool (*word)(void *context, struct text word, bool is_stem), void *context);

#endif
