/* automatic_words.h - what programs write in the name of somebody who is away, or in their own. For automatic.c only.
 *
 * Not every program marks its letters. The words have to be plain, since people speak of their holidays too. */
#ifndef THEKE_WIRE_MAIL_AUTOMATIC_WORDS_H
#define THEKE_WIRE_MAIL_AUTOMATIC_WORDS_H

#include "wire/mail/letter.h"

enum automatic_words {
    WORDS_OF_A_PERSON,
    WORDS_OF_A_VACATION, /* somebody is away, and two more things say that a program answers for them */
    WORDS_OF_A_MACHINE,  /* "this is an automatically generated message" */
};

/* What the newly written words of the letter tell, quotes aside. */
enum automatic_words automatic_words_of(struct arena *mem, const struct letter *letter);

#endif
