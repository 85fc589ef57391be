/* report.h - letters that speak of another letter: delivery status (RFC 3464), abuse feedback (RFC 5965), receipts
 * (RFC 8098), and bounces in the words of servers that know no RFC (qmail, Exim, Exchange, and the free text of others). */
#ifndef THEKE_WIRE_MAIL_REPORT_H
#define THEKE_WIRE_MAIL_REPORT_H

#include "wire/mail/letter.h"

enum report_kind { REPORT_NONE, REPORT_BOUNCE, REPORT_DELAY, REPORT_DELIVERED, REPORT_FEEDBACK, REPORT_RECEIPT };

struct report_recipient {
    struct text address; /* lower case */
    struct text status;  /* "5.1.1"; empty when it was not said */
    struct text detail;  /* what the server said, one line; may be empty */
    bool permanent;      /* 5.x.x, or words that mean it */
    bool is_original;    /* said to be what the letter was sent to; else it may have been passed on to it */
};

struct report {
    enum report_kind kind;
    size_t recipient_count;      /* at most 100 */
    const struct report_recipient *recipients;
    struct text original_id;     /* Message-ID of the letter it speaks of, with "<" and ">"; empty when unknown */
    struct text original_to;     /* address the report's letter had gone to or come from, for tokens; empty when unknown */
};

/* kind is REPORT_NONE for a letter that is none. */
struct report mail_report_of(struct arena *mem, const struct letter *letter, struct text sender);

#endif
