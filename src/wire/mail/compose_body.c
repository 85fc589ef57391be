/* Bodies of our letters. Relays cut long lines, eat blanks at line ends and put ">" before "From ": what could be
 * hurt is encoded. */
#include "wire/mail/compose_private.h"

#include <sodium.h>

enum { QUOTED_COLUMNS = 76, BASE64_BYTES = 57, BASE64_COLUMNS = 76 };

struct text body_lines(struct arena *mem, struct text t) {
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < t.size; i++) {
        bool is_cr = t.data[i] == '\r', is_end = is_cr || t.data[i] == '\n';
        if (is_cr && i + 1 < t.size && t.data[i + 1] == '\n') i++;
        if (is_end) buffer_add_string(&out, "\r\n");
        else buffer_add_char(&out, t.data[i]);
    }
    struct text lines = buffer_text(&out);
    if (lines.size && !text_ends(lines, "\r\n")) buffer_add_string(&out, "\r\n");
    return buffer_text(&out);
}

bool body_is_7bit(struct text lines, size_t limit) {
    struct text line;
    for (size_t i = 0; i < lines.size; i++)
        if ((unsigned char)lines.data[i] >= 0x7F || lines.data[i] == 0) return false;
    while (text_next_line(&lines, &line))
        if (line.size > limit) return false;
    return true;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static bool is_control(char c) {
    return (unsigned char)c < ' ' && c != '\t';
}

/* Nothing on the way changes this line. */
static bool line_is_safe(struct text line) {
    if (text_starts(line, "From ") || text_is(line, ".")) return false;
    if (line.size && is_blank(line.data[line.size - 1])) return false;
    for (size_t i = 0; i < line.size; i++)
        if (is_control(line.data[i])) return false;
    return true;
}

static bool lines_are_safe(struct text lines) {
    struct text line;
    if (!body_is_7bit(lines, QUOTED_COLUMNS)) return false;
    while (text_next_line(&lines, &line))
        if (!line_is_safe(line)) return false;
    return true;
}

static bool needs_quoting(struct text line, size_t i) {
    unsigned char c = (unsigned char)line.data[i];
    if (i == 0 && (text_starts(line, "From ") || text_is(line, "."))) return true;
    if (is_blank((char)c)) return i + 1 == line.size;
    return c == '=' || c < ' ' || c > '~';
}

/* RFC 2045 6.7. A soft break stands wherever the next sign and its "=" would not fit. */
static void quoted_line(struct buffer *out, struct text line) {
    size_t column = 0;
    for (size_t i = 0; i < line.size; i++) {
        bool quoted = needs_quoting(line, i);
        size_t width = quoted ? 3 : 1;
        if (column + width + (i + 1 < line.size) > QUOTED_COLUMNS) {
            buffer_add_string(out, "=\r\n");
            column = 0;
        }
        if (quoted) buffer_printf(out, "=%02X", (unsigned char)line.data[i]);
        else buffer_add_char(out, line.data[i]);
        column += width;
    }
    buffer_add_string(out, "\r\n");
}

void body_write_text(struct buffer *out, struct text lines) {
    struct text line;
    if (lines_are_safe(lines)) {
        buffer_add_string(out, "Content-Transfer-Encoding: 7bit\r\n\r\n");
        buffer_add_text(out, lines);
        return;
    }
    buffer_add_string(out, "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    while (text_next_line(&lines, &line)) quoted_line(out, line);
}

void body_write_base64(struct buffer *out, struct text bytes) {
    char line[BASE64_COLUMNS + 1];
    buffer_add_string(out, "Content-Transfer-Encoding: base64\r\n\r\n");
    for (size_t at = 0; at < bytes.size; at += BASE64_BYTES) {
        struct text piece = text_slice(bytes, at, BASE64_BYTES);
        sodium_bin2base64(line, sizeof line, (const unsigned char *)piece.data, piece.size,
                          sodium_base64_VARIANT_ORIGINAL);
        buffer_add_string(out, line);
        buffer_add_string(out, "\r\n");
    }
}
