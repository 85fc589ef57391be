/* report_private.h - what the files of the report reader share.
 *
 * report.c decides, report_fields.c takes fields and addresses apart, report_status.c reads the RFC forms,
 * report_plain.c the free texts of servers, and report_words.c knows their words. */
#ifndef THEKE_WIRE_MAIL_REPORT_PRIVATE_H
#define THEKE_WIRE_MAIL_REPORT_PRIVATE_H

#include "wire/mail/automatic.h"
#include "wire/mail/report.h"

#define REPORT_RECIPIENTS 100
#define REPORT_READ 262144 /* bytes of one text that are looked at */
#define REPORT_KINDS (REPORT_RECEIPT + 1)

/* What was found of one kind. seen without recipients: it is such a report, but names nobody. */
struct report_list {
    bool seen;
    size_t count;
    struct report_recipient *at;
};

struct report_draft {
    struct arena *mem;
    const struct letter *letter;
    bool sender_null;                       /* the envelope's, or Return-Path says "<>" */
    struct report_list lists[REPORT_KINDS]; /* the first that was seen is the kind of the report */
    struct text original_id;                /* said by the fields themselves; empty when they do not */
};

struct report_field {
    struct text name, value; /* value unfolded and trimmed; both empty for a blank line */
};

/* Takes the next field with its folded lines off *rest; lines that are no field are skipped. False at the end. */
bool report_field_next(struct arena *mem, struct text *rest, struct report_field *ret_field);

/* "rfc822; <Ana@Example.org>" as "ana@example.org"; empty when there is no address in it. */
struct text report_address(struct arena *mem, struct text value);

/* The same where xtext (RFC 3461) or "\x{E9}" (RFC 6533) may have been left in. */
struct text report_address_encoded(struct arena *mem, struct text value);

/* "<a@b>" out of the value of Message-ID; empty when there is none. */
struct text report_id(struct arena *mem, struct text value);

/* One line, white space folded, at most 500 bytes. */
struct text report_line(struct arena *mem, struct text t);

/* The first enhanced status code (RFC 3463) like "5.1.1"; empty when there is none. */
struct text report_status_code(struct text t);

/* The first SMTP reply code of a failure, 4xx or 5xx; 0 when there is none. */
int report_reply_code(struct text t);

/* Will it fail tomorrow too? 5.x.x, or a reply or words that mean it; a full mailbox will not. */
bool report_is_permanent(struct arena *mem, struct text status, struct text detail);

/* Marks the kind as seen and keeps the recipient when it has an address; one that is known already may learn its status.
 * Fills permanent. */
void report_add(struct report_draft *draft, enum report_kind kind, struct report_recipient recipient);

/* Does the letter come from a mail server, by what people do not have on theirs? */
bool report_from_server(const struct report_draft *draft);

/* Reads letter->status_fields. */
void report_read_fields(struct report_draft *draft);

/* Reads what a server says in words to people. sender: the envelope's. */
void report_read_plain(struct report_draft *draft, struct text sender);

/* The tables of report_words.c. */
enum report_words {
    WORDS_BOUNCE_SUBJECT, WORDS_DELAY_SUBJECT, /* from the beginning of a subject */
    WORDS_BOUNCE, WORDS_DELAY,                 /* anywhere in the text */
    WORDS_FULL, WORDS_GONE,                    /* reasons: no room in the mailbox, no such mailbox */
};

/* Small letters, one space for all white space, "'" for the typographic apostrophe: what the tables compare with. */
struct text report_words_plain(struct arena *mem, struct text text);

bool report_words_in(enum report_words table, struct text plain);
bool report_words_begin(enum report_words table, struct text plain);

/* The server's own words of a text. *ret_returned: what follows, the copy of the letter that came back; may be empty. */
struct text report_words_of_server(struct text text, struct text *ret_returned);

#endif
