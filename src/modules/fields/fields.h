/* fields.h - the fields of tickets that a house defines itself: what they are called, what fits into them, which teams have them.
 *
 * A field has a type that never changes. What a ticket holds in it belongs to the ticket. */
#ifndef THEKE_MODULES_FIELDS_FIELDS_H
#define THEKE_MODULES_FIELDS_FIELDS_H

#include "base/ids.h"
#include "platform/store/store.h"

#include <jansson.h>

enum field_type {
    FIELD_TEXT,
    FIELD_LONG_TEXT,
    FIELD_NUMBER,
    FIELD_DATE,
    FIELD_BOOLEAN,
    FIELD_CHOICE,
    FIELD_CHOICES,
    FIELD_URL,
    FIELD_TYPES,
};

/* In German, English and Hungarian. */
enum { FIELD_LANGUAGES = 3 };

struct field_choice {
    struct text key, labels[FIELD_LANGUAGES];
    bool is_active;              /* may still be chosen */
};

struct field {
    int64_t id, position, version;
    struct text key, labels[FIELD_LANGUAGES];
    enum field_type type;
    bool is_active;
    struct text minimum, maximum; /* of the length, the number, the day or how many choices; no text: none */
    struct text mask;            /* no text: none; see field_mask_fits */
    const struct field_choice *choices;
    size_t choice_count;
    const int64_t *teams;
    size_t team_count;           /* 0: every team has it */
    struct text choices_json, teams_json;
};

struct field_list {
    size_t count;
    const struct field *all;     /* in their order */
};

MUST_USE bool fields_read(struct tx *tx, struct arena *mem, struct field_list *ret, struct error *err);
const struct field *field_by_key(const struct field_list *list, struct text key); /* NULL: none */
const struct field *field_by_id(const struct field_list *list, int64_t id);
bool field_is_of(const struct field *field, team_id team);
const char *field_type_name(enum field_type type);

/* A value as it is searched: one part, or one for each choice. By its number (of a number, the day since 1970, 1 for yes) or its word. */
struct field_part {
    struct text word;
    double number;
};
struct field_value {
    const struct field_part *parts;
    size_t count;
};
bool field_has_numbers(enum field_type type);
void field_parts(const struct field *field, struct arena *mem, const json_t *value, struct field_value *ret);

/* As words are kept and compared: in small letters, no more than their beginning. */
struct text field_word(struct arena *mem, struct text words);
bool field_number_read(struct arena *mem, struct text words, double *ret_number);
bool field_day_read(struct text words, int64_t *ret_day);

/* Whether a value fits; ERR_INVALID on "fields.KEY" says why not. *ret is a new reference to it as it is kept, NULL when it is none. */
MUST_USE bool field_check(const struct field *field, struct arena *mem, const json_t *value, json_t **ret, struct error *err);

/* A mask: 9 is a digit, A a letter, ? any sign, * any signs, \ takes the next one as it is; the rest stands for itself. */
bool field_mask_fits(struct text mask, struct text value);

#endif
