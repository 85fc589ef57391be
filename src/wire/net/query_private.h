/* query_private.h - the words of the search language. */
#ifndef THEKE_WIRE_NET_QUERY_PRIVATE_H
#define THEKE_WIRE_NET_QUERY_PRIVATE_H

#include "wire/net/query.h"

/* True and the field when name, in any case, is a filter's name in one of our languages. */
bool query_field_find(struct arena *mem, struct text name, enum query_field *ret_field);

/* The name that comes closest to a mistyped one, or no text. */
struct text query_field_suggest(struct arena *mem, struct text name);

/* The canonical word for a value of has: or is:, or no text. Other fields know no fixed values and give it back;
 * "me" has its words in other languages. */
struct text query_value_find(struct arena *mem, enum query_field field, struct text value);

struct text query_value_suggest(struct arena *mem, enum query_field field, struct text value);

bool query_date_read(struct text value, struct query_date *ret_date);

bool query_takes_list(enum query_field field);

#endif
