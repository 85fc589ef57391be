/* letter.h - a letter as it was understood: mail_parse fills it, the other readers of wire/mail look at it.
 *
 * All texts are valid UTF-8 without NUL, except raw and the bytes of parts. They live in the arena of mail_parse, or in
 * the raw letter itself, which must live as long. */
#ifndef THEKE_WIRE_MAIL_LETTER_H
#define THEKE_WIRE_MAIL_LETTER_H

#include "base/error.h"
#include "base/text.h"

struct mail_address {
    struct text name;    /* decoded; empty when there is none */
    struct text address; /* "ana@example.org"; empty when only a name could be read */
};

struct mail_addresses {
    size_t count;
    const struct mail_address *at;
};

struct mail_texts {
    size_t count;
    const struct text *at;
};

struct mail_header {
    struct text name, value; /* value unfolded and decoded (RFC 2047) */
};

/* What is kept beside the text: files, inline images, calendar invites, attached letters. */
struct mail_part {
    struct text name;        /* as the sender called it, decoded; empty when it has none */
    struct text media_type;  /* lower case, without parameters; what the sender says */
    struct text content_id;  /* without "<" and ">"; empty when it has none */
    bool is_inline;          /* the HTML shows it, or may */
    struct text bytes;       /* decoded content */
};

struct letter {
    struct mail_addresses from, sender, reply_to, to, cc;
    struct text subject;           /* decoded, white space folded; empty when there is none */
    struct text message_id;        /* with "<" and ">"; empty when there is none that can be used */
    struct mail_texts in_reply_to, references; /* with "<" and ">", oldest first, each once */
    int64_t date_at;               /* UTC microseconds; 0: none or absurd */

    struct text text;              /* the words: plain text (format=flowed undone), or made from the HTML; LF line ends */
    struct text html;              /* as sent, in UTF-8; no text when there is none */
    bool text_from_html;           /* there was no plain text worth reading */

    size_t part_count;
    const struct mail_part *parts;

    size_t header_count;
    const struct mail_header *headers; /* of the letter itself, in their order */
    struct text media_type;        /* of the whole letter: "multipart/report" */
    struct text report_type;       /* the report-type parameter: "delivery-status"; empty otherwise */
    struct text status_fields;     /* content of message/delivery-status, -feedback-report or -disposition-notification */
    struct text returned_headers;  /* headers of the letter that a report brings back, as they came; empty when none */
    bool is_signed, is_encrypted;  /* multipart/signed, /encrypted or the S/MIME types */
    bool is_cut;                   /* a limit was met: some parts were left in the raw letter only */
};

/* The first header of this name (case ignored); no text when there is none. */
struct text letter_header(const struct letter *letter, const char *name);

#endif
