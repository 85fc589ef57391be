/* texts_private.h - for this folder only. */
#ifndef THEKE_MODULES_TEXTS_TEXTS_PRIVATE_H
#define THEKE_MODULES_TEXTS_TEXTS_PRIVATE_H

#include "modules/texts/texts.h"

#include <stdatomic.h>

enum { TEXT_MOST = 400000,       /* bytes of one file's text that are kept */
       FILE_MOST = 50 << 20 };   /* bytes of a file that is read at all */

/* How the process inside ends; besides, those of pdftotext (its manual: 1 can't be opened, 3 forbidden by its maker, 99 other). */
enum read_end { READ_DONE = 0, READ_DAMAGED = 1, READ_FORBIDDEN = 3, READ_LOCKED = 20, READ_TOO_LARGE = 21, READ_NO_PROGRAM = 22, READ_NO_CAGE = 23 };

/* "pdf", "office", "html", "plain"; NULL: not read at all. By the content, and by the name where the content leaves that open. */
const char *reading_kind(struct text media_type, struct text name);

/* Why a PDF waits while nothing here can read it. */
#define NO_PROGRAM "no_program"

/* What a file has become. */
struct reading_result {
    const char *state;       /* "indexed", "nothing", "refused"; NULL: to be tried again later */
    const char *reason;      /* of a refusal, or why it waits; NULL: none */
    struct text text;
    bool is_attempt;         /* its trying counts */
};

struct reading_order {
    struct files *files;
    const char *pdftotext;
    int seconds;
    const atomic_bool *stopping;
};

/* False when it could not be tried. */
MUST_USE bool reading_do(const struct reading_order *order, struct arena *mem, struct text hash, const char *kind, struct reading_result *ret,
                         struct error *err);

#endif
