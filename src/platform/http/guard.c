/* Framing that a proxy and we could understand differently is refused, and the connection closed: that is how requests
 * are smuggled. libmicrohttpd 0.9.75 refuses white space before the colon and bad lengths itself, but it takes bare
 * line feeds, folded headers, repeated Content-Length, and both ways of framing at once. Bodies in chunks are read
 * leniently too; so a connection that carried one is never used for another request (see answer.c). */
#include "platform/http/http_private.h"

struct head {
    const char *next;   /* where the following line has to begin */
    bool crooked;       /* a line ended in a bare LF, or was folded */
    int hosts, lengths, encodings;
    struct text length, encoding;
    bool bad_byte;
};

static bool is_token(struct text name) {
    for (size_t i = 0; i < name.size; i++) {
        unsigned char c = (unsigned char)name.data[i];
        bool letter = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
        if (!letter && !(c && strchr("!#$%&'*+-.^_`|~", c))) return false;
    }
    return name.size > 0;
}

static bool has_control(struct text value) {
    for (size_t i = 0; i < value.size; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if ((c < ' ' && c != '\t') || c == 127) return true;
    }
    return false;
}

/* A name or an address with a port (RFC 9112, 3.2), nothing that a proxy may read as two hosts or as a path. */
static bool is_host(struct text value) {
    for (size_t i = 0; i < value.size; i++) {
        unsigned char c = (unsigned char)value.data[i];
        bool letter = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c >= 0x80;
        if (!letter && !(c && strchr("-._~:[]", c))) return false;
    }
    return value.size > 0;
}

/* libmicrohttpd cuts the head into lines where it lies and writes NULs over CR and LF. So each line must begin two
 * bytes behind the end of the one before: one byte less means a bare LF, elsewhere means that it was folded and
 * moved. */
static enum MHD_Result look_at(void *context, enum MHD_ValueKind kind, const char *name, size_t name_size,
                               const char *value, size_t value_size) {
    struct head *head = context;
    struct text n = text_from(name, name_size), v = text_from(value, value ? value_size : 0);
    if (name != head->next || !value) head->crooked = true;
    else head->next = value + value_size + 2;
    if (!is_token(n) || has_control(v)) head->bad_byte = true;
    if (text_is_nocase(n, "Host")) {
        head->hosts++;
        if (!is_host(v)) head->bad_byte = true;
    }
    if (text_is_nocase(n, "Content-Length")) {
        head->lengths++;
        head->length = v;
    }
    if (text_is_nocase(n, "Transfer-Encoding")) {
        head->encodings++;
        head->encoding = v;
    }
    return MHD_YES;
}

static bool is_digits(struct text t) {
    for (size_t i = 0; i < t.size; i++)
        if (t.data[i] < '0' || t.data[i] > '9') return false;
    return t.size > 0;
}

bool guard_check(struct MHD_Connection *connection, const char *version, bool *ret_chunked, int64_t *ret_length,
                 struct error *err) {
    struct head head = {.next = version + strlen(version) + 2};
    int64_t length = -1;
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, look_at, &head);
    if (head.crooked) return error_set(err, ERR_MALFORMED, "header lines must end in CR LF and not be folded");
    if (head.bad_byte) return error_set(err, ERR_MALFORMED, "a header holds characters that it must not");
    if (head.hosts > 1 || (head.hosts == 0 && strcmp(version, "HTTP/1.1") == 0))
        return error_set(err, ERR_MALFORMED, "Host must be there once");
    if (head.lengths > 1 || head.encodings > 1 || (head.lengths && head.encodings))
        return error_set(err, ERR_MALFORMED, "the length of the body is told in more than one way");
    if (head.encodings && (!text_is_nocase(head.encoding, "chunked") || strcmp(version, "HTTP/1.1") != 0))
        return error_set(err, ERR_MALFORMED,
                         "only 'chunked' is understood as Transfer-Encoding, and only with HTTP/1.1");
    if (head.lengths && (!is_digits(head.length) || !text_to_int(head.length, &length)))
        return error_set(err, ERR_MALFORMED, "Content-Length is not a number");
    *ret_chunked = head.encodings > 0;
    *ret_length = length;
    return true;
}
