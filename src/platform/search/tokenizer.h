/* tokenizer.h - words as the search index sees them: FTS5's unicode61 without diacritics, plus stems.
 *
 * Each word is indexed as it is and, beside it, as the stems that libstemmer gives for the languages of the index
 * (tokenize='theke de en'), so that "Rechnungen" finds "Rechnung". Has to be registered on every connection. */
#ifndef THEKE_PLATFORM_SEARCH_TOKENIZER_H
#define THEKE_PLATFORM_SEARCH_TOKENIZER_H

#include <sqlite3.h>
#include <stdbool.h>

bool tokenizer_register(sqlite3 *db);

#endif
