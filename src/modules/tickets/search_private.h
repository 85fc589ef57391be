/* search_private.h - what the parts of the search share: the query as SQL (search_api.c), the orders, the page. */
#ifndef THEKE_MODULES_TICKETS_SEARCH_PRIVATE_H
#define THEKE_MODULES_TICKETS_SEARCH_PRIVATE_H

#include "modules/tickets/condition_private.h"
#include "platform/search/marks.h"

struct search {
    struct composer composer;
    struct request *request;
    const struct actor *actor;
    struct arena *mem;
    const struct query *root, *top; /* top: the first of the terms that must all hold */
    const struct ticket_condition *condition; /* the root, bound */
    int64_t limit;
    bool by_words, wants_spam, wants_merged;
    ticket_id numbered; /* the query is nothing but this ticket's number: it comes before what its digits find */
    struct text label;  /* how that is written; no text: bare */
    struct marker *marker; /* for the snippets */
    size_t files_read;     /* bytes of files' texts that were looked at for them */
};

bool search_is_not_words(const struct query *node);

/* The words of the top level in FTS5's own language, the forbidden ones behind NOT. */
struct text search_match(struct search *search);

/* "WHERE ..." for the words of the top level. */
void search_add_drive(struct search *search);

/* A term as an expression that PostgreSQL makes a tsquery of. */
void search_add_tsquery(struct search *search, const struct query *term);

/* " AND ..." for everything that the words do not decide, and for what the actor may see. */
void search_add_conditions(struct search *search);

/* search_found.c: a page of the answer, each ticket once, with the first of its messages that were found. */
enum { HITS_SHOWN = 2 };

struct found {
    ticket_id ticket;
    int64_t messages[HITS_SHOWN];
    struct text texts[HITS_SHOWN]; /* no text: it is read when the page is written */
    int count;
};

struct found_page {
    struct found *all;
    size_t count, limit;
};

struct found_page found_page_begin(struct arena *mem, int64_t limit);

/* NULL: the ticket is not on the page. */
struct found *found_on_page(struct found_page *page, ticket_id ticket);

/* The page is not full. */
struct found *found_add(struct found_page *page, ticket_id ticket);
void found_add_hit(struct found *found, int64_t message, struct text text);

MUST_USE bool found_page_write(struct search *search, const struct found_page *page, struct json_writer *json, struct error *err);

/* search_relevance.c: a page in the order of rank. */
MUST_USE bool search_by_relevance(struct search *search, struct text cursor, struct found_page *page, struct text *ret_next,
                                  struct error *err);

/* search_newest.c: a page in the order of the newest message that fits. */
MUST_USE bool search_newest(struct search *search, struct text cursor, struct found_page *page, struct text *ret_next, struct error *err);

#endif
