/* mime.h - raw bytes of a letter to a struct letter (RFC 5322, 2045-2049, 2231, 3676), forgiving as mail is.
 *
 * Reads every charset that iconv knows, raw 8-bit headers, encoded words that break the rules, nested multiparts, uuencoded
 * blocks, and Outlook's winmail.dat (unpacked into its files). */
#ifndef THEKE_WIRE_MAIL_MIME_H
#define THEKE_WIRE_MAIL_MIME_H

#include "wire/mail/letter.h"

struct mail_limits {
    size_t size;          /* bytes of the raw letter; 0: 64 MiB */
    size_t headers;       /* bytes of the letter's headers; 0: 1 MiB */
    size_t parts;         /* files kept; 0: 500 */
    size_t depth;         /* parts inside each other; 0: 64 */
    size_t text;          /* bytes of text and of HTML that are kept; 0: 2 MiB */
};

/* Call once before anything else, on one thread. */
void mail_start(void);

/* Understands raw. Fails with ERR_TOO_LARGE beyond limits->size or ->headers, and with ERR_INVALID when it is no letter at
 * all (empty, or without a single header). Whatever else is wrong is mended or left out. */
MUST_USE bool mail_parse(struct arena *mem, struct text raw, const struct mail_limits *limits, const struct letter **ret_letter,
                         struct error *err);

/* Any text of headers, decoded: encoded words, raw bytes in UTF-8 or Windows-1252. White space folded. */
struct text mail_decode_header(struct arena *mem, struct text raw);

/* An address list as people and programs write it. */
struct mail_addresses mail_parse_addresses(struct arena *mem, struct text list);

#endif
