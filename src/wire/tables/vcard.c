#include "wire/tables/vcard.h"

enum { LINE = 75 }; /* octets, without the break */

/* Backslashes, commas, semicolons and line breaks would mean something else. */
static void add_escaped(struct buffer *out, struct text value) {
    for (size_t i = 0; i < value.size; i++) {
        char c = value.data[i];
        if (c == '\r') continue;
        if (c == '\\' || c == ',' || c == ';') buffer_add_char(out, '\\');
        buffer_add_string(out, c == '\n' ? "\\n" : "");
        if (c != '\n') buffer_add_char(out, c);
    }
}

/* Broken where a line would become too long, never inside a character. */
static void add_line(struct buffer *out, struct text line) {
    size_t room = LINE;
    while (line.size > room) {
        struct text piece = text_cut(line, room);
        buffer_add_text(out, piece);
        buffer_add_string(out, "\r\n ");
        line = text_skip(line, piece.size);
        room = LINE - 1;
    }
    buffer_add_text(out, line);
    buffer_add_string(out, "\r\n");
}

static void add_value(struct buffer *out, const char *name, struct text value) {
    struct buffer line = {.mem = out->mem};
    if (text_empty(value)) return;
    buffer_printf(&line, "%s:", name);
    add_escaped(&line, value);
    add_line(out, buffer_text(&line));
}

static void add_parts(struct buffer *out, struct text first, struct text last) {
    struct buffer line = {.mem = out->mem};
    if (text_empty(first) && text_empty(last)) return;
    buffer_add_string(&line, "N:");
    add_escaped(&line, last);
    buffer_add_string(&line, ";");
    add_escaped(&line, first);
    buffer_add_string(&line, ";;;");
    add_line(out, buffer_text(&line));
}

void vcard_add(struct buffer *out, struct text name, struct text first, struct text last, const struct vcard_line *lines, size_t count) {
    buffer_add_string(out, "BEGIN:VCARD\r\nVERSION:4.0\r\n");
    add_value(out, "FN", name);
    add_parts(out, first, last);
    for (size_t i = 0; i < count; i++) add_value(out, lines[i].name, lines[i].value);
    buffer_add_string(out, "END:VCARD\r\n");
}
