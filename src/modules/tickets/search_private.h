/* search_private.h - what search_api.c and search_relevance.c share. */
#ifndef THEKE_MODULES_TICKETS_SEARCH_PRIVATE_H
#define THEKE_MODULES_TICKETS_SEARCH_PRIVATE_H

#include "modules/tickets/tickets_private.h"
#include "wire/net/query.h"

struct search {
    struct composer composer;
    struct request *request;
    const struct actor *actor;
    struct arena *mem;
    const struct query *root, *top; /* top: the first of the terms that must all hold */
    int64_t limit;
    bool by_words, wants_spam;
    struct text first_word; /* for the snippet */
};

bool search_is_words(const struct query *node);
bool search_is_not_words(const struct query *node);

/* The words of the top level in FTS5's own language, the forbidden ones behind NOT. */
struct text search_match(struct search *search);

/* A term as an expression that PostgreSQL makes a tsquery of. */
void search_add_tsquery(struct search *search, const struct query *term);

/* " AND ..." for everything that the words do not decide, and for what the actor may see. */
void search_add_conditions(struct search *search);

/* One item of the answer; the snippet is taken from text around the first word. */
MUST_USE bool search_write_hit(struct search *search, struct json_writer *json, ticket_id ticket, int64_t message, struct text text,
                               struct error *err);

/* search_relevance.c: the items of a page in the order of their rank. */
MUST_USE bool search_by_relevance(struct search *search, struct text cursor, struct json_writer *json, struct text *ret_next,
                                  struct error *err);

#endif
