/* compose_private.h - what the writers of letters share: header lines that fold, and bodies that survive any relay. */
#ifndef THEKE_WIRE_MAIL_COMPOSE_PRIVATE_H
#define THEKE_WIRE_MAIL_COMPOSE_PRIVATE_H

#include "wire/mail/compose.h"

enum { HEADER_COLUMNS = 76, TOKEN_LIMIT = 900 };

/* One header on its way out. Tokens are set apart by one space, or by a fold where the line would grow beyond 76
 * bytes. */
struct header {
    struct arena *mem;
    struct buffer *out;
    size_t column;
    bool begun; /* a token has been written; the first one is never folded away from the name */
};

struct header header_begin(struct buffer *out, const char *name);
void header_end(struct header *header);

/* Printable ASCII that must stay in one piece; one above TOKEN_LIMIT bytes is left out. */
void header_token(struct header *header, struct text token);

/* Free text, as it is when plain ASCII, else in encoded words. Line breaks and control characters become spaces. */
void header_text(struct header *header, struct text value);

/* A display name: atoms, a quoted string or encoded words. */
void header_phrase(struct header *header, struct text name);

/* "; name=value". A value that is not short ASCII is written in the way of RFC 2231, or in encoded words for programs
 * that know nothing better. An empty value writes nothing. */
enum param_style { PARAM_RFC2231, PARAM_WORDS };
void header_param(struct header *header, const char *name, struct text value, enum param_style style);

/* Whole headers; without anything that can be written they are left out. False then. */
bool header_write_text(struct buffer *out, const char *name, struct text value);
bool header_write_tokens(struct buffer *out, const char *name, struct text value);
bool header_write_addresses(struct buffer *out, const char *name, struct mail_addresses list);
bool header_write_ids(struct buffer *out, const char *name, struct mail_texts ids);

/* Valid UTF-8 on one line: control characters and line separators become spaces, runs of spaces one; trimmed. */
struct text header_clean(struct arena *mem, struct text value);

bool is_printable_ascii(struct text t); /* 0x21 to 0x7E; not empty */
bool is_alnum_or(struct text t, const char *others);
bool is_atom(struct text t); /* RFC 5322 3.2.3; also when empty */

/* ASCII in double quotes, with backslashes where they are needed. */
struct text quoted_string(struct arena *mem, struct text ascii);

/* --- Bodies ------------------------------------------------------------------------------------------------------ */

/* CRLF ends every line; a lone CR or LF counts as a line end. */
struct text body_lines(struct arena *mem, struct text t);

/* 7-bit, no NUL, and no line above limit bytes. Expects CRLF line ends. */
bool body_is_7bit(struct text lines, size_t limit);

/* Content-Transfer-Encoding, an empty line, and lines (CRLF line ends) as 7bit when nothing on the way can hurt them,
 * else quoted-printable. */
void body_write_text(struct buffer *out, struct text lines);

/* The same in base64, 76 columns wide. */
void body_write_base64(struct buffer *out, struct text bytes);

#endif
