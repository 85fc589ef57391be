/* rank.h - how well a message fits the words that it was found by: the SQL function search_rank(message_index, newest).
 *
 * BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009) with two differences from
 * FTS5's own bm25(): the number of messages that hold a word is counted up to a limit, because beyond it the word tells
 * little and counting costs as much as the whole search; and messages younger than newest are not counted, nor is the
 * average size of all, so that the ranks of one search stay the same while messages arrive, page after page. Greater is
 * better; a word in the first column, the subject, counts more. */
#ifndef THEKE_PLATFORM_SEARCH_RANK_H
#define THEKE_PLATFORM_SEARCH_RANK_H

#include <sqlite3.h>
#include <stdbool.h>

bool rank_register(sqlite3 *db);

#endif
