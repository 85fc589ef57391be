/* multipart.h - what a page's form sends with files (multipart/form-data, RFC 7578). No I/O; any bytes, bounded in time and memory. */
#ifndef THEKE_WIRE_NET_MULTIPART_H
#define THEKE_WIRE_NET_MULTIPART_H

#include "base/error.h"
#include "base/text.h"

enum { MULTIPART_PARTS = 400, MULTIPART_HEAD = 8 * 1024 };

/* One field of the form, in the order of the page. */
struct form_part {
    struct text name;      /* UTF-8 */
    bool is_file;
    struct text file_name; /* UTF-8, as the browser says it; empty: no file was chosen */
    struct text bytes;     /* of the body, not copied: anything at all */
};

struct form_parts {
    size_t count;
    const struct form_part *at;
};

/* content_type is that of the request. ERR_MEDIA_TYPE for another kind of body, ERR_MALFORMED for one that is not whole or names a part
 * wrongly, ERR_TOO_LARGE beyond MULTIPART_PARTS. */
MUST_USE bool multipart_read(struct arena *mem, struct text content_type, struct text body, struct form_parts *ret, struct error *err);

#endif
