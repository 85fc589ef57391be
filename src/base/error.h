/* error.h - errors carry context and travel one way: up.
 *
 * A function that can fail returns false and fills its last parameter. Who returns an error does not log it: it is
 * logged once, whole, where it stops (http, jobs, main). A bug is an assert, never an error. */
#ifndef THEKE_BASE_ERROR_H
#define THEKE_BASE_ERROR_H

#include "base/defs.h"

enum error_code {
    ERR_NONE,
    ERR_INVALID,        /* the caller's input is wrong; fields say where (422, or 400 for a malformed request) */
    ERR_MALFORMED,      /* not even readable (400) */
    ERR_UNAUTHENTICATED,/* nobody is signed in (401) */
    ERR_FORBIDDEN,      /* signed in, but may not (403) */
    ERR_NOT_FOUND,      /* there is no such thing, or the caller may not know of it (404) */
    ERR_METHOD,         /* the path exists, not with this method (405) */
    ERR_CONFLICT,       /* the present state does not allow it (409) */
    ERR_STALE,          /* the version named is not the present one (412) */
    ERR_TOO_LARGE,      /* a limit of size or count (413) */
    ERR_MEDIA_TYPE,     /* a body of a kind that is not understood (415) */
    ERR_RATE,           /* too many requests (429) */
    ERR_BUSY,           /* a queue is full or a lock is held; try again (503) */
    ERR_DEADLINE,       /* took too long (503) */
    ERR_NO_ROOM,        /* the disk is full or can't be written (507) */
    ERR_IO,             /* disk or network (500) */
    ERR_STORE,          /* the database said no (500) */
    ERR_REMOTE,         /* another system said no (502) */
    ERR_INTERNAL,       /* (500) */
};

enum { ERROR_FIELDS = 8 };

struct error_field {
    char field[64];     /* "requester.email" */
    char code[32];      /* "invalid", "required", "too_long", "unknown", "taken", ...: the key of the words people read */
    char message[160];  /* English */
    size_t position;    /* of what is wrong inside the value, in characters from 1; 0: the whole value */
    size_t length;      /* in characters */
    char suggestion[40]; /* what may have been meant there; may be empty */
};

struct error {
    enum error_code code;
    char message[400];  /* what failed, outermost context first: "assigning ticket 7: ticket 7 is closed" */
    char key[40];       /* the key of the words people read ("ticket_closed"); "" means: go by code */
    size_t field_count;
    struct error_field fields[ERROR_FIELDS];
    char see[80];       /* the path of what stands in the way: "/api/v1/people/7"; "": nothing to point to */
    int64_t retry_after; /* seconds, with ERR_RATE and ERR_BUSY; 0: not said */
};

/* Fills *err and returns false. */
bool error_set(struct error *err, enum error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As error_set, with the key of the words people read. */
bool error_set_key(struct error *err, enum error_code code, const char *key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Puts "format: " in front of the message and returns false. */
bool error_context(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds a field and makes the error ERR_INVALID, unless it is ERR_MALFORMED; fields beyond ERROR_FIELDS are dropped. Returns false. */
bool error_field(struct error *err, const char *field, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* errno in words, with what was being done; ERR_IO, or ERR_NO_ROOM when nothing can be written any more. Returns false. */
bool error_errno(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#if defined(__clang_analyzer__) && !defined(ERROR_DEFINES)
/* The analyzer reads one file at a time; here it learns that a refusal is never taken for a success. */
static inline bool error_refusal(bool refusal) {
    (void)refusal;
    return false;
}
#define error_set(...) error_refusal(error_set(__VA_ARGS__))
#define error_set_key(...) error_refusal(error_set_key(__VA_ARGS__))
#define error_context(...) error_refusal(error_context(__VA_ARGS__))
#define error_field(...) error_refusal(error_field(__VA_ARGS__))
#define error_errno(...) error_refusal(error_errno(__VA_ARGS__))
#endif

/* "not_found", as in the answers of the API. */
const char *error_code_name(enum error_code code);

#endif
