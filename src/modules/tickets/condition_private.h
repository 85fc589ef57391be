/* condition_private.h - what conditions are made of, for this folder. */
#ifndef THEKE_MODULES_TICKETS_CONDITION_PRIVATE_H
#define THEKE_MODULES_TICKETS_CONDITION_PRIVATE_H

#include "modules/tickets/condition.h"
#include "modules/tickets/tickets_private.h"

/* The bound term as SQL about ticket; me is who asks, at the time that condition_clock has set. */
void condition_term_sql(struct composer *composer, const struct ticket_condition *condition, staff_id me);

/* The whole condition, which has no words. */
void condition_sql(struct composer *composer, const struct ticket_condition *condition, staff_id me);

/* As condition_sql, without what condition_finds hides. */
void condition_found_sql(struct composer *composer, const struct ticket_condition *condition, staff_id me);

/* The column of a field of time, such as "created_at". */
const char *condition_time_column(enum query_field field);

bool query_is_words(const struct query *node);

#endif
