/* query_private.h - the words and values of the search language. */
#ifndef THEKE_WIRE_NET_QUERY_PRIVATE_H
#define THEKE_WIRE_NET_QUERY_PRIVATE_H

#include "wire/mail/ticket_label.h"
#include "wire/net/query.h"

/* True and the field when name, in any case, is a filter's name in one of our languages. */
bool query_field_find(struct arena *mem, struct text name, enum query_field *ret_field);

/* "field" in field.KEY, in one of our languages; and what a key may be. */
bool query_is_custom(struct text name);
bool query_is_key(struct text key);

/* The name that comes closest to a mistyped one, or no text. */
struct text query_field_suggest(struct arena *mem, struct text name);

/* The canonical word for a value of has: or is:, or no text. Other fields know no fixed values and give it back;
 * "me" has its words in other languages. */
struct text query_value_find(struct arena *mem, enum query_field field, struct text value);

struct text query_value_suggest(struct arena *mem, enum query_field field, struct text value);

bool query_takes_list(enum query_field field);

/* What a field's values are like. */
enum query_type { QUERY_TYPE_TEXT, QUERY_TYPE_WORD, QUERY_TYPE_RANK, QUERY_TYPE_NUMBER, QUERY_TYPE_COUNT, QUERY_TYPE_DAY, QUERY_TYPE_TIME, QUERY_TYPE_CUSTOM };
enum query_type query_type_of(enum query_field field);

/* low, normal, high, urgent: 0 to 3; -1 for another word. */
int query_rank(struct text priority);

/* The words of an age's unit: its number, or -1. */
int query_unit_find(struct arena *mem, struct text word);
extern const char *const query_units[];
extern const char *const query_compares[QUERY_COMPARES];

/* query_value.c: takes ">=", "A..B" and the like off the value of a field that has an order. */
void query_value_split(struct query *term);

/* A value that would be read as a comparison or a range, if it were not quoted. */
bool query_looks_compared(struct text value);

/* Reads the value, and gives it its canonical form. What is wrong is in *ret_place. */
enum query_problem_code query_value_check(struct arena *mem, struct query *term, struct text *ret_place);

/* Today, yesterday or tomorrow, or a date. */
bool query_day_read(struct arena *mem, struct text value, struct query_moment *ret_moment);

/* The parts of query_write. */
void query_write_value(struct buffer *out, const struct query *term, bool end);
void query_write_term(struct buffer *out, const struct query *term);
bool query_keeps_quotes(const struct query *term);

/* "condition.value: 'x' ..." and the like, as an error on a field. Always false. */
bool query_report(const struct query_problem *problem, const char *field, struct error *err);

#endif
