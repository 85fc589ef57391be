/* web_private.h - pages for everybody: the forms of topics, what is sent with them, and what comes of it. */
#ifndef THEKE_CHANNELS_WEB_WEB_PRIVATE_H
#define THEKE_CHANNELS_WEB_WEB_PRIVATE_H

#include "base/secret.h"
#include "modules/requests/requests.h"
#include "modules/tickets/tickets.h"
#include "platform/http/http.h"
#include "wire/net/multipart.h"

/* --- page.c: the frame of every page ---------------------------------------------------------------------------------- */

struct page {
    struct request *request;
    struct response *response;
    struct buffer *out;
    struct text language;         /* "de", "en" or "hu": as the address asks, else as the browser does */
    bool is_framed;               /* another site shows it in a frame of its own: without our head */
    const struct request_form *topic; /* NULL: of none */
};

MUST_USE bool page_begin(struct page *page, struct request *request, struct response *response, const struct request_form *topic, const char *title,
                         struct error *err);
/* Without the house's name and other languages: what stands there needs no database. */
void page_begin_bare(struct page *page, struct request *request, struct response *response, const char *title);
void page_end(struct page *page);
struct text page_language(const struct request *request);
/* Words in the page's language, escaped where they are written by page_text. */
const char *page_word(const struct page *page, const char *key);
void page_text(struct page *page, struct text t);
void page_put(struct page *page, const char *html);   /* HTML of ours */
/* "?lang=de" and what else the next page has to know. */
struct text page_query(const struct page *page);
/* A page of a heading and a sentence. */
MUST_USE bool page_notice(struct request *request, struct response *response, int status, const struct request_form *topic, const char *title,
                          const char *words, struct error *err);

/* --- stamp.c: each page is sent once, not too soon and not too late ------------------------------------------------------- */

struct stamp {
    int64_t issued_at;
    struct text nonce;            /* no text: this is no stamp of ours for this topic */
};
struct text stamp_make(struct request *request, const struct request_form *topic, int64_t issued_at);
struct stamp stamp_read(struct request *request, const struct request_form *topic, struct text stamp);
/* Where the request came from, as far as limits go: an address, or the network that it lies in. */
struct text connection_of(struct request *request);
/* The larger one that a single customer of a provider is given. */
struct text network_of(struct request *request);
/* Recognised, but not read: an address in a table of limits. */
struct text hash_of(struct request *request, struct text t);

/* --- sending.c: what was filled in, and whether it will do ------------------------------------------------------------------ */

enum { SENT_FILES = 5, SENT_BYTES = 10 << 20, SENT_WORDS = 256 << 10 };

struct filled_form {
    const struct request_form *topic;
    struct form_parts parts;
    struct topic_form form;
    struct stamp stamp;
    bool is_too_old;              /* the stamp is ours, but of the day before */
    bool is_sent;                 /* with this stamp, before */
    bool is_changed;              /* but not the same */
    struct text content;          /* a hash of all that was filled in, see content_of */
    struct text name, email, subject, text;
    struct error wrong;           /* what the page says at each field */
    const char *refused;          /* words for the whole; NULL: none */
    int64_t wait;                 /* seconds until it may be sent again; 0: not said */
    struct message_file *files;
    size_t file_count;
};

/* Recognised, but not read, as hash_of: words, fields and files. Reads all of the files. */
struct text content_of(struct request *request, const struct filled_form *sending);
/* The first part of this name; no text: there is none. */
struct text part_value(const struct form_parts *parts, const char *name);
bool part_has(const struct form_parts *parts, const char *name, struct text value);
const struct error_field *wrong_at(const struct filled_form *sending, const char *field);

/* The topic of the path, as everybody may use it; NULL: there is none. */
MUST_USE bool topic_of(struct request *request, const struct request_form **ret, struct error *err);
/* The parts of the body, those that are no files cut at what their field takes at most. *ret_fits: together they have at most SENT_WORDS. */
MUST_USE bool sending_parts(struct request *request, struct form_parts *ret, bool *ret_fits, struct error *err);
/* An empty form, or what was filled in so far. */
MUST_USE bool sending_read(struct request *request, const struct request_form *topic, const struct form_parts *parts, struct filled_form *ret,
                           struct error *err);
/* Looks through all of it: fills wrong and refused. */
MUST_USE bool sending_check(struct request *request, struct filled_form *sending, struct error *err);

/* --- limits.c: how much, by the hour -------------------------------------------------------------------------------------- */

/* By how much was sent in the last hour alone, never by who is known here: may fill refused. */
MUST_USE bool sending_check_limits(struct request *request, struct filled_form *sending, struct error *err);
/* In a writing transaction: nobody else counts or takes a page until it ends. */
MUST_USE bool sending_hold(struct tx *tx, struct error *err);
/* Before files are kept: counts them against the connection, in a transaction of its own. May fill refused. */
MUST_USE bool sending_claim_files(struct request *request, struct filled_form *sending, struct error *err);

/* --- form_page.c ---------------------------------------------------------------------------------------------------------- */

MUST_USE bool form_page(struct request *request, struct response *response, const struct filled_form *sending, struct error *err);

/* --- take.c: a ticket of it ------------------------------------------------------------------------------------------------ */

/* *ret_token leads to what came of it, also when the page was sent before. */
MUST_USE bool sending_take(struct request *request, const struct filled_form *sending, struct text language, struct text *ret_token, struct error *err);

#define TOKEN_OF_SENT "reqsent"

#endif
