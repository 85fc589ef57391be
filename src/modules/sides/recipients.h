/* recipients.h - to whom a letter of a side conversation goes. Addresses are struct side_address[] of the API. */
#ifndef THEKE_MODULES_SIDES_RECIPIENTS_H
#define THEKE_MODULES_SIDES_RECIPIENTS_H

#include "api/modules_sides.h"
#include "modules/sides/sides_private.h"

enum { SIDE_RECIPIENTS = 40 };

struct text side_addresses_json(struct arena *mem, const struct json_list *list);

/* ERR_INVALID on the field: an address of ours, or of somebody on the customer's side. */
MUST_USE bool side_check_recipients(struct tx *tx, const struct side *side, const struct json_list *list, const char *field, struct error *err);

/* To whom a further letter goes. thread: the newest first. */
MUST_USE bool side_recipients(struct tx *tx, struct arena *mem, const struct side *side, const struct sql_side_messages_rows *thread,
                              struct json_list *ret_to, struct json_list *ret_cc, struct error *err);

#endif
