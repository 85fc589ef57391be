/* transfers_private.h - for this folder only. */
#ifndef THEKE_MODULES_TRANSFERS_TRANSFERS_PRIVATE_H
#define THEKE_MODULES_TRANSFERS_TRANSFERS_PRIVATE_H

#include "base/json.h"
#include "modules/people/people.h"
#include "modules/transfers/transfers.h"
#include "sql/modules_transfers.h"

enum {
    IMPORT_BYTES = 10 << 20,
    IMPORT_ROWS = 20000,
    IMPORT_COLUMNS = 60,
    IMPORT_CELL = 20000,          /* bytes */
    IMPORT_IDENTITIES = 20,       /* of one row */
    IMPORTS_KEPT = 50,            /* of one agent */
    IMPORT_DAYS = 30,             /* until a file is forgotten */
};

/* --- columns.c: what stands in a column --------------------------------------------------------------------------------- */

enum target {
    TARGET_IGNORE,
    TARGET_NAME,
    TARGET_FIRST_NAME,
    TARGET_LAST_NAME,
    TARGET_COMPANY,
    TARGET_LOCALE,
    TARGET_NOTES,
    TARGET_EMAIL,                 /* from here on any number of columns */
    TARGET_PHONE,
    TARGET_HANDLE,
    TARGET_EXTERNAL,
    TARGETS,
};

const char *target_name(enum target target);
enum target target_find(struct text name); /* TARGETS: there is none */

/* By the words of its head, in German, English or Hungarian; each of what a person has once only in one column. */
void targets_guess(struct arena *mem, const struct text *header, size_t count, enum target *ret);

/* ERR_INVALID on "columns": twice the same, nothing that tells persons apart. */
MUST_USE bool targets_check(const enum target *targets, size_t count, struct error *err);

/* "de", "en" or "hu" by its name in one of these languages, or a tag that begins so; no text: another language, or none. */
struct text locale_find(struct arena *mem, struct text word);

/* --- row.c: one row ------------------------------------------------------------------------------------------------------- */

enum existing { EXISTING_FILL, EXISTING_OVERWRITE, EXISTING_SKIP };

struct import_work {
    struct tx *tx;
    int64_t import;
    struct people_doer doer;
    enum existing existing;
    const enum target *targets;
    size_t target_count;
    bool is_trial;                /* only looks, and remembers by what the row's person is told from others */
};

struct row_found {
    const char *state;            /* as in the table */
    person_id person;
    struct text detail;           /* JSON: {"changes", "added", "left", "errors"} */
};

/* Looks at one row and, unless it is a trial, does what it found. */
MUST_USE bool row_do(const struct import_work *work, int64_t line, struct text cells, struct row_found *ret, struct error *err);

/* The detail of a row that is refused as a whole. */
struct text row_refusal(struct arena *mem, const char *code);

#endif
