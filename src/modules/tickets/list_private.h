/* list_private.h - for the lists of tickets: what a page asks for, and the walks that find it. */
#ifndef THEKE_MODULES_TICKETS_LIST_PRIVATE_H
#define THEKE_MODULES_TICKETS_LIST_PRIVATE_H

#include "api/modules_tickets.h"
#include "modules/tickets/condition_private.h"

struct page {
    const struct get_tickets_query *in;
    const struct actor *actor;
    const char *key;      /* column of the order */
    bool descending, is_spam, is_unassigned, is_snoozed, is_awake; /* is_awake: without what the reader has put off */
    int64_t limit, after_key, after_id;
    team_id team;
    bool categories[5];
    int64_t state;        /* a named state beside its category; 0: none */
    staff_id assignee;    /* the filter's, when it names one */
    person_id requester;
    staff_id watcher, mentioned; /* only what they watch, or were mentioned in; 0: whatever it is */
    struct text tag;
    int tag_param;        /* the parameter that holds it */
    const struct ticket_condition *condition; /* beside what stands above; NULL: none */
    const struct ticket_condition *few; /* a term of it that few tickets meet, by a value that they hold: they are sorted; NULL: none */
    bool is_bounded;      /* no index serves the condition: it is held against a stretch of the walks */
    int64_t examined;     /* while the end of that stretch is looked for: how many tickets of each walk it holds; else 0 */
    int walks;            /* how many page_walks has composed */
    bool has_end;         /* where the stretch ends */
    int64_t end_key, end_id;
};

enum whose { ANYONES, NOBODYS, AN_AGENTS };

/* Where one walk goes. */
struct area {
    team_id team;         /* 0: all, for one person's tickets */
    int category;         /* -1: those that the page wants */
    enum whose whose;
    staff_id agent;
};

/* Binds the tag, if there is one, so that the walks can name it. */
void page_bind_tag(struct composer *query, struct page *page);

/* The index that a walk goes along; NULL for one person's tickets in another order than theirs: those are sorted. */
const char *area_index(struct arena *mem, const struct page *page, struct area area);

/* "SELECT id, key FROM …" of at most one page; of the one ticket at the end of the stretch while that is looked for. */
void area_walk(struct composer *query, const struct page *page, struct area area);

/* All walks of the page as one SELECT of id and key. */
MUST_USE bool page_walks(struct composer *query, struct page *page, struct tx *tx, struct error *err);

/* "key DESC, id DESC LIMIT …": one more than the page holds, so that the next one's beginning is known. */
void page_order(struct composer *query, const struct page *page, const char *key, const char *id);

#endif
