/* query.h - the search language that people type and the API takes.
 *
 *     state:open team:returns from:ana before:2026-11-01 "exact phrase" -word (tag:vip OR priority:>=high) #48213
 *
 * Terms side by side must all hold; OR binds weaker; "-" or NOT before a term or parenthesis turns it round. Filter
 * names and the words OR, AND, NOT are understood in English, German and Hungarian; the words only in capitals. A
 * filter takes a word, a "quoted text", and, where several values make sense, a list: state:open,waiting. What has an
 * order is compared too: messages:>3, priority:normal..high, created:2026-10-01..today, updated:>48h (longer ago),
 * until:<2d (within two days). docs/conditions.md describes all of it. */
#ifndef THEKE_WIRE_NET_QUERY_H
#define THEKE_WIRE_NET_QUERY_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

enum { QUERY_SIZE = 1000, QUERY_TERMS = 50, QUERY_DEPTH = 10 };

enum query_field {
    QUERY_ANY,      /* a word or phrase anywhere */
    QUERY_STATE,    /* a category or a state's name */
    QUERY_TEAM,
    QUERY_FROM,     /* name or address, or the part of one */
    QUERY_TO,
    QUERY_SUBJECT,
    QUERY_TAG,
    QUERY_ASSIGNEE, /* "me" for the reader, else name or address */
    QUERY_OWNER,    /* as QUERY_ASSIGNEE */
    QUERY_WATCHING, /* as QUERY_ASSIGNEE */
    QUERY_MENTIONED, /* as QUERY_ASSIGNEE */
    QUERY_NUMBER,   /* the ticket's number, in number */
    QUERY_HAS,      /* attachment, note or task */
    QUERY_IS,       /* unassigned, assigned, active, merged or spam */
    QUERY_PRIORITY,
    QUERY_CHANNEL,
    QUERY_COMPANY,
    QUERY_BEFORE,   /* before the day in moment begins */
    QUERY_AFTER,    /* on the day in moment or later */
    QUERY_ON,       /* on the day in moment */
    QUERY_REQUESTER, /* name, address or its domain, or the beginnings of them */
    QUERY_WAITING,  /* customer, third_party, date or internal */
    QUERY_MESSAGES, /* how many, in number */
    QUERY_CREATED,  /* from here to UNTIL: a day, an age, or a range of days */
    QUERY_UPDATED,
    QUERY_RESOLVED,
    QUERY_CLOSED,
    QUERY_ACTIVITY, /* the last message */
    QUERY_UNTIL,    /* until when it waits */
    QUERY_CUSTOM,   /* field.KEY: one that the house has defined, its key in key */
    QUERY_FIELDS,
};

enum query_compare { QUERY_EQUAL, QUERY_LESS, QUERY_AT_MOST, QUERY_MORE, QUERY_AT_LEAST, QUERY_BETWEEN, QUERY_COMPARES };

struct query_date {
    int year, month, day; /* of the reader's calendar; month and day count from 1 */
};

enum query_moment_kind { QUERY_DATE, QUERY_YESTERDAY, QUERY_TODAY, QUERY_TOMORROW, QUERY_AGE };

struct query_moment {
    enum query_moment_kind kind;
    struct query_date date;
    int64_t amount;        /* of an age */
    int unit;              /* index into "min", "h", "d", "w" */
};

enum query_kind { QUERY_TERM, QUERY_AND, QUERY_OR, QUERY_NOT };

/* A node of the tree. AND and OR have two children or more; only the root may be an AND without any, and means
 * everything. NOT has one child. */
struct query {
    enum query_kind kind;
    const struct query *first; /* the first child */
    const struct query *next;  /* the next child of the same parent */

    enum query_field field;    /* what follows is of a TERM only */
    enum query_compare compare; /* EQUAL unless the field has an order */
    struct text key;           /* of CUSTOM */
    struct text value, end;    /* UTF-8, never empty; canonical where the words are fixed; end: of BETWEEN, both inclusive */
    bool phrase;               /* was quoted: the words in this order */
    bool prefix;               /* ended in "*": words that begin so */
    int64_t number, number_end;
    struct query_moment moment, moment_end;
    size_t position;           /* of its first character, counted in characters from 0 */
};

enum query_problem_code {
    QUERY_OK,
    QUERY_TOO_LONG,       /* "too_long": more than QUERY_SIZE bytes */
    QUERY_TOO_MANY_TERMS, /* "too_many_terms" */
    QUERY_TOO_DEEP,       /* "too_deep" */
    QUERY_UNKNOWN_FILTER, /* "unknown_filter": text is its name, suggestion a known one or no text */
    QUERY_MISSING_VALUE,  /* "missing_value": "state:" with nothing behind it */
    QUERY_BAD_VALUE,      /* "bad_value": has:, is:, priority: or waiting: something we do not know */
    QUERY_BAD_DATE,       /* "bad_date": not YYYY-MM-DD, DD.MM.YYYY or YYYY.MM.DD, or no such day */
    QUERY_BAD_TIME,       /* "bad_time": neither a day nor, compared, an age */
    QUERY_BAD_COMPARE,    /* "bad_compare": the field has no order */
    QUERY_BAD_SHAPE,      /* "bad_shape": JSON that is no condition */
    QUERY_BAD_NUMBER,     /* "bad_number" */
    QUERY_OPEN_QUOTE,     /* "open_quote": a quotation mark without its partner */
    QUERY_OPEN_PAREN,     /* "open_paren": "(" without ")" */
    QUERY_STRAY_PAREN,    /* "stray_paren": ")" without "(", or nothing between them */
    QUERY_MISSING_TERM,   /* "missing_term": OR, AND or NOT with nothing to its left or right */
};

/* What is wrong with a query, for a screen that marks the place. */
struct query_problem {
    enum query_problem_code code;
    size_t position, size; /* in characters */
    struct text text, suggestion;
};

/* Reads a query. Ill-formed UTF-8 is mended first. On failure *ret_problem (may be NULL) says what is wrong and err is
 * ERR_INVALID with the field "q" and the problem's code. */
MUST_USE bool query_parse(struct arena *mem, struct text input, const struct query **ret,
                          struct query_problem *ret_problem, struct error *err);

/* The query in one canonical form, with English names, that query_parse reads as the same tree. */
struct text query_write(struct arena *mem, const struct query *query);

/* The same tree as JSON: {"all": [...]}, {"any": [...]}, {"not": ...} and
 * {"field": "priority", "compare": ">=", "value": "high"}; a range is {"compare": "..", "value": A, "end": B}, words have the
 * field "text", and "phrase" and "prefix" where they are. */
struct text query_write_json(struct arena *mem, const struct query *query);

/* Reads that form. On failure err names the place: a field such as "condition.all[1].value"; name is its beginning. What it
 * gives has a canonical form that query_parse reads as the same tree, or is refused. */
MUST_USE bool query_parse_json(struct arena *mem, struct text json, const char *name, const struct query **ret, struct error *err);

/* A day, or (may_be_age) an age such as 7d, as it may stand behind a field that the house has defined. */
bool query_moment_read(struct arena *mem, struct text value, bool may_be_age, struct query_moment *ret_moment);

/* "state", "from", ...; "" for QUERY_ANY. */
const char *query_field_name(enum query_field field);

/* "unknown_filter", ... */
const char *query_problem_name(enum query_problem_code code);

#endif
