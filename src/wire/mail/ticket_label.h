/* ticket_label.h - ticket numbers as people read and write them: T-2026-010042-7.
 *
 * The running number in a label is the ticket's own and never comes twice, so two labels never mean two tickets, whatever formats a
 * house has had, and each can be read without knowing its format. */
#ifndef THEKE_WIRE_MAIL_TICKET_LABEL_H
#define THEKE_WIRE_MAIL_TICKET_LABEL_H

#include "base/text.h"

enum { LABEL_PREFIX_MOST = 8, LABEL_DIGITS_LEAST = 5, LABEL_DIGITS_MOST = 12 };

struct ticket_label {
    struct text prefix;          /* letters A to Z; may be empty */
    char separator;              /* '-', '/' or '.'; 0: none */
    int year_digits;             /* 0, 2 or 4 */
    int digits;                  /* the running number has so many at least, with zeros in front */
    bool has_check;              /* a digit at the end that tells a mistyped label: one wrong digit, or two that changed places */
};

/* Nothing but the running number. */
bool ticket_label_is_bare(const struct ticket_label *format);

/* Whether every label of this format can be read back: a year and a check digit stand behind a separator, and what is not bare has a
 * prefix or a year. */
bool ticket_label_fits(const struct ticket_label *format);

struct text ticket_label_write(struct arena *mem, const struct ticket_label *format, int64_t number, int year);

/* The running number in a label of any format, or in a bare number with or without # in front; 0: it is neither, or its check digit
 * does not fit. */
int64_t ticket_label_read(struct text label);

#endif
