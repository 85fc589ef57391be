/* compose.h - a letter of ours as bytes to send: headers that thread in Gmail, Outlook and Apple Mail, text and HTML,
 * inline images and attachments (RFC 5322, 2045-2047, 2231, 3834; Thread-Index and Thread-Topic as Outlook reads them). */
#ifndef THEKE_WIRE_MAIL_COMPOSE_H
#define THEKE_WIRE_MAIL_COMPOSE_H

#include "wire/mail/letter.h"

struct compose_file {
    struct text name, media_type, content_id, bytes; /* content_id only for what the HTML shows */
    bool is_inline;
};

struct composition {
    struct mail_address from, reply_to;    /* reply_to.address empty: none */
    struct mail_addresses to, cc;          /* Bcc is the envelope's business alone */
    struct text subject;
    struct text message_id, in_reply_to;   /* with "<" and ">" ; empty: none */
    struct mail_texts references;          /* oldest first; more than 20 keep the first and the last 19 */
    int64_t date_at;
    struct text text, html;                /* html: a fragment of our own sanitised HTML, or no text */
    const struct compose_file *files;
    size_t file_count;
    bool is_automatic;                     /* Auto-Submitted: auto-replied, X-Auto-Response-Suppress: All, Precedence: bulk */
    struct text loop_mark;                 /* our own signed header "X-Theke-Loop"; empty: none */
    struct text thread_key;                /* the same for all letters of a ticket: makes the Thread-Index */
    struct text language;                  /* Content-Language; empty: none */
};

/* The whole letter with CRLF line ends and no line above 998 bytes; 7-bit clean. Line breaks in names, subjects and addresses
 * can't make headers. Deterministic: boundaries come from message_id. */
struct text compose_letter(struct arena *mem, const struct composition *composition);

/* An address that can stand between "<" and ">", in a header as in the envelope: ASCII, local part quoted where it must be. No
 * text when it can't be made. */
struct text address_clean(struct arena *mem, struct text address);

#endif
