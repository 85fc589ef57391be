/* office.h - the words of files that people attach: DOCX, XLSX and PPTX (ECMA-376), ODT, ODS and ODP (OASIS OpenDocument 1.3), and plain text.
 *
 * The container is read by libarchive and each part by libxml2's SAX parser, so that no tree is ever built. A part with a document type
 * is refused, since no office program writes one: so there are no entities to multiply. All functions take any bytes. */
#ifndef THEKE_WIRE_OFFICE_OFFICE_H
#define THEKE_WIRE_OFFICE_OFFICE_H

#include "base/arena.h"
#include "base/text.h"

enum office_end {
    OFFICE_READ,
    OFFICE_DAMAGED,    /* no such container, or a part that is no XML as these programs write it */
    OFFICE_LOCKED,     /* needs a password */
    OFFICE_TOO_LARGE,  /* unpacks to more than OFFICE_UNPACKED bytes, or has more than OFFICE_PARTS parts */
};

enum { OFFICE_UNPACKED = 64 << 20, OFFICE_PARTS = 10000 };

/* Valid UTF-8 without NUL, at most limit bytes; empty when there are no words. */
enum office_end office_text(struct arena *mem, struct text bytes, size_t limit, struct text *ret_text);

/* Plain text in whatever its marks and bytes say that it is: UTF-8, UTF-16, else Windows-1252. */
struct text plain_text(struct arena *mem, struct text bytes, size_t limit);

#endif
