/* placeholder.h - words in double braces that stand for what is known of a ticket.
 *
 *     Hallo {{customer.first_name|Kundin oder Kunde}}, zu Ihrer Nummer {{ticket.number}}
 *
 * Behind the "|" stands what is said when there is no value. A placeholder has at most PLACEHOLDER_SIZE bytes and no brace inside. */
#ifndef THEKE_WIRE_NET_PLACEHOLDER_H
#define THEKE_WIRE_NET_PLACEHOLDER_H

#include "base/arena.h"
#include "base/text.h"

enum { PLACEHOLDER_SIZE = 300 };

enum variable {
    VARIABLE_UNKNOWN,
    VARIABLE_CUSTOMER_NAME, VARIABLE_CUSTOMER_FIRST_NAME, VARIABLE_CUSTOMER_LAST_NAME, VARIABLE_CUSTOMER_EMAIL, VARIABLE_CUSTOMER_COMPANY,
    VARIABLE_TICKET_NUMBER, VARIABLE_TICKET_SUBJECT,
    VARIABLE_AGENT_NAME, VARIABLE_AGENT_FIRST_NAME,
    VARIABLE_TEAM_NAME, VARIABLE_COMPANY_NAME,
    VARIABLE_COUNT
};

struct placeholder {
    size_t from, size;           /* the braces with it */
    struct text name, fallback;  /* fallback: no text when there is none */
    enum variable variable;
    bool is_ours;                /* begins as a variable does: "customer.", "ticket.", ... */
};

/* The next one that begins at offset or later. */
bool placeholder_next(struct text text, size_t offset, struct placeholder *ret);

const char *variable_name(enum variable variable);

/* The text with each placeholder that has a value or a fallback replaced; the others stay. values: by variable, as they are to stand in
 * the text; an empty one is none. */
struct text placeholders_fill(struct arena *mem, struct text text, const struct text *values);

/* A person's name in its parts: "Kovács, Anna", "Dr. Anna Kovács", and in Hungarian "Kovács Anna". A part that can't be told is empty. */
void name_parts(struct text name, bool family_first, struct text *ret_first, struct text *ret_last);

#endif
