/* replies_private.h - for this folder only. */
#ifndef THEKE_MODULES_REPLIES_REPLIES_PRIVATE_H
#define THEKE_MODULES_REPLIES_REPLIES_PRIVATE_H

#include "modules/replies/replies.h"
#include "sql/modules_replies.h"

enum { LANGUAGES = 3 };
extern const char *const reply_languages[LANGUAGES];

/* The texts of one reply by language, made safe; html without text: there is none in this language. */
struct language_texts {
    struct text html[LANGUAGES], text[LANGUAGES];
};

/* Everything that the row holds of the texts, and what it is found by, from its name, key and folder as well. */
void reply_write_texts(struct arena *mem, const struct language_texts *texts, struct sql_reply_row_row *row);
void reply_write_words(struct arena *mem, struct sql_reply_row_row *row, const struct language_texts *texts);
struct language_texts reply_read_texts(struct arena *mem, struct text json);

/* What is typed, as patterns for the statement. */
void reply_patterns(struct arena *mem, struct text typed, struct sql_reply_find *in);

#endif
