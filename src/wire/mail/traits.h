/* traits.h - what a letter can be known by: its words, whom it is from, where its links lead, and how it is made.
 *
 * Pure: the same letter has the same traits, in the same order, each once. Of very long letters the beginning counts. */
#ifndef THEKE_WIRE_MAIL_TRAITS_H
#define THEKE_WIRE_MAIL_TRAITS_H

#include "wire/mail/letter.h"

enum { TRAITS_MOST = 250 };

struct trait {
    const char *kind;    /* "word", "subject", "name", "from", "domain", "reply", "link", "file", "mailer", "sign" */
    struct text word;    /* in small letters */
    int64_t key;         /* stands for both; never 0 */
};

struct traits {
    size_t count;
    struct trait at[TRAITS_MOST];
};

struct traits_source {
    struct text from_name, from_address, subject;
    struct text text, html;          /* valid UTF-8; html may be no text */
    const struct letter *letter;     /* NULL: it came by a form */
};

void traits_of(struct arena *mem, const struct traits_source *source, struct traits *ret);

#endif
