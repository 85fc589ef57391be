/* requests.h - forms for requests, one for each topic: which team gets what is asked, what is asked for, how we answer first. */
#ifndef THEKE_MODULES_REQUESTS_REQUESTS_H
#define THEKE_MODULES_REQUESTS_REQUESTS_H

#include "base/ids.h"
#include "platform/store/store.h"

/* In German, English and Hungarian. */
enum { REQUEST_LANGUAGES = 3 };

struct request_field {
    int64_t field;
    bool is_required;
    bool is_public;              /* asked for on the page for everybody, too */
};

struct request_form {
    int64_t id, version;
    struct text key, names[REQUEST_LANGUAGES];
    team_id team;
    const struct request_field *fields; /* in their order */
    size_t field_count;
    struct text fields_json;
    struct text answers[REQUEST_LANGUAGES]; /* no text: none in this language */
    bool is_active;
    bool is_public;              /* on a page for everybody */
    const struct text *origins;  /* the sites that may show that page in a frame: "https://www.example.org" */
    size_t origin_count;
    struct text origins_json;
};

struct request_form_list {
    size_t count;
    const struct request_form *all;
};

MUST_USE bool request_forms_read(struct tx *tx, struct arena *mem, struct request_form_list *ret, struct error *err);
/* NULL: there is none. */
const struct request_form *request_form_by_id(const struct request_form_list *list, int64_t id);
/* One that everybody may use; NULL: there is none. */
const struct request_form *request_form_public(const struct request_form_list *list, struct text key);
/* As the language ("de") calls it. */
struct text request_form_name(const struct request_form *form, struct text language);
/* NULL: the form does not ask for it. */
const struct request_field *request_field_of(const struct request_form *form, int64_t field);
/* The first answer in the language ("de"), else in one that there is; no text: none. */
struct text request_answer_in(const struct request_form *form, struct text language);

#endif
