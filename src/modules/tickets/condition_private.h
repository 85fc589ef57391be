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

/* Binding of a field of the house: how its type is compared. False, and the code of what is wrong with the term. */
bool custom_bind(struct arena *mem, struct text zone, struct ticket_condition *condition, const char **ret_code);
/* At the time that its boundaries have been set to. */
void custom_clock(struct ticket_condition *condition);
/* What its rows of ticket_value are like. */
void custom_values_sql(struct composer *composer, const struct ticket_condition *condition);
void custom_sql(struct composer *composer, const struct ticket_condition *condition);
bool custom_meets(const struct ticket_condition *condition, struct text fields);
/* As condition_turns. */
int64_t custom_turns(const struct ticket_condition *condition, struct text fields, int64_t now);

bool query_is_words(const struct query *node);

#endif
