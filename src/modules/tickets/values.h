/* values.h - what tickets hold in the fields of the house, for this folder. */
#ifndef THEKE_MODULES_TICKETS_VALUES_H
#define THEKE_MODULES_TICKETS_VALUES_H

#include "modules/fields/fields.h"
#include "modules/tickets/tickets_private.h"

struct changed_value {
    const struct field *field;
    struct field_value parts;
};
struct values {
    struct text json;            /* all that the ticket holds then: {"KEY": value} */
    struct changed_value *changed;
    size_t count;
};

/* What a ticket of this team holds after a wish ({"KEY": value, or null for none}); ERR_INVALID names every field that does not fit. */
MUST_USE bool values_read(struct tx *tx, team_id team, struct text before, struct text wish, struct values *ret, struct error *err);
/* The parts that are searched; the whole is written with the ticket. */
MUST_USE bool values_write(struct tx *tx, ticket_id id, const struct values *values, struct error *err);

/* Values, or any other JSON, as they are kept. */
struct text values_text(struct arena *mem, const json_t *object);

/* "field.KEY": [before, after] of each that differs. False: none does. */
bool values_note(struct json_writer *json, struct text before, struct text after);

#endif
