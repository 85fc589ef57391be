/* numbers_private.h - for this folder only. */
#ifndef THEKE_MODULES_NUMBERS_NUMBERS_PRIVATE_H
#define THEKE_MODULES_NUMBERS_NUMBERS_PRIVATE_H

#include "modules/numbers/numbers.h"
#include "sql/modules_numbers.h"
#include "wire/mail/ticket_label.h"

struct ticket_label number_format_of(const struct sql_number_format_list_row *row);

/* The format that holds now; the bare number when the house has chosen none. Its texts live in mem. */
MUST_USE bool number_format_now(struct tx *tx, struct arena *mem, struct ticket_label *ret, struct text *ret_zone, struct error *err);

#endif
