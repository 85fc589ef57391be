/* composer.h - a statement put together from fixed pieces and bound values: a list whose filters and reader are known only when it is
 * asked for. Whoever lists what belongs to tickets asks composer_visible of them, under the name "ticket". */
#ifndef THEKE_MODULES_TICKETS_COMPOSER_H
#define THEKE_MODULES_TICKETS_COMPOSER_H

#include "platform/access/access.h"
#include "platform/store/store.h"

enum { QUERY_PARAMS = 640 }; /* 50 terms of a question, each in five spellings, twice for senders, and filters */

struct composer {
    struct arena *mem;
    enum dialect dialect;
    struct buffer sql;
    struct statement statement;
    struct sql_field fields[QUERY_PARAMS];
    struct text slots[QUERY_PARAMS]; /* a number stands in the first eight bytes */
    int params;
};

/* Begins with the named statement's text up to its last " WHERE " and with its columns. The values of the parameters
 * before that WHERE are bound next, in their order. */
void composer_begin(struct composer *query, struct tx *tx, struct arena *mem, const struct statement *base);
void composer_add(struct composer *query, const char *sql);
/* Binds a value without writing a placeholder: for those that the base text already holds. */
void composer_bind_int(struct composer *query, int64_t value);
void composer_bind_text(struct composer *query, struct text value);
/* Writes a placeholder for a value that is bound already: the first has number 1. */
void composer_again(struct composer *query, int param);
/* Writes a placeholder and binds its value. */
void composer_int(struct composer *query, int64_t value);
int composer_text(struct composer *query, struct text value); /* which one it is, for composer_again */
/* " AND (the actor may read the ticket)" */
void composer_visible(struct composer *query, const struct actor *actor);
/* The same by team and agent alone, of rows that stand for many tickets. */
void composer_visible_team(struct composer *query, const struct actor *actor);
/* "column IN (what the actor was admitted to)" */
void composer_admitted(struct composer *query, const char *column, const struct actor *actor);
/* The beginning, as " AND ticket.team_id IN (", the teams, and the end; nothing where there are none. */
void composer_teams(struct composer *query, const char *beginning, const team_id *teams, int count);
/* " AND (column is no ticket that they have put off)" */
void composer_awake(struct composer *query, staff_id staff, const char *column);
MUST_USE bool composer_json(struct composer *query, struct tx *tx, struct json_writer *out, int64_t *ret_count, struct error *err);
MUST_USE bool composer_rows(struct composer *query, struct tx *tx, struct arena *mem, struct sql_rows *ret_rows, struct error *err);

#endif
