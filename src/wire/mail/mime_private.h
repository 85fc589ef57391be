/* mime_private.h - what the readers of letters share. */
#ifndef THEKE_WIRE_MAIL_MIME_PRIVATE_H
#define THEKE_WIRE_MAIL_MIME_PRIVATE_H

#include "wire/mail/charset.h"
#include "wire/mail/mime.h"

/* Raw header bytes with 8-bit characters as UTF-8; encoded words stay. */
struct text charset_guess(struct arena *mem, struct text bytes);

/* Encoded words decoded, also those that break RFC 2047: inside quotes, with spaces, cut characters, wrong charset. */
struct text words_decode(struct arena *mem, struct text utf8);

/* The encoded words that t begins with, decoded into out; those side by side in one charset together, since programs cut
 * characters between them. What they took of t; 0 when it does not begin with one. */
size_t words_decode_run(struct arena *mem, struct text t, struct buffer *out);

/* Line breaks and runs of white space become one space; trimmed. */
struct text space_fold(struct arena *mem, struct text t);

/* CRLF and lone CR become LF. */
struct text line_ends(struct arena *mem, struct text t);

/* format=flowed (RFC 3676) to plain lines; quote marks stay. */
struct text flowed_undo(struct arena *mem, struct text text, bool delete_space);

/* Takes uuencoded blocks ("begin 644 name" ... "end") out of text into parts; *parts grows in mem. */
struct part_list {
    struct arena *mem;
    struct mail_part *at;
    size_t count, capacity, limit;
    bool is_full;
};
void part_add(struct part_list *list, struct mail_part part);
struct text uuencode_take(struct part_list *list, struct text text);

/* The letter without an mbox's "From " line in front. */
struct text raw_without_mbox_mark(struct text raw);

/* Is it a letter, within the limits? */
MUST_USE bool raw_check(struct text raw, const struct mail_limits *limits, struct error *err);

/* With one Content-Type only, and headers in UTF-8. */
struct text raw_mended(struct arena *mem, struct text raw);

/* "<id>" tokens of a References-like header, each once. */
struct mail_texts message_ids_read(struct arena *mem, struct text value);

#endif
