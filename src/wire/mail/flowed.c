/* Plain text as it travelled: line ends, format=flowed, and files in uuencode between the lines. */
#include "wire/mail/mime_private.h"

struct text line_ends(struct arena *mem, struct text t) {
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < t.size; i++) {
        if (t.data[i] != '\r') buffer_add_char(&out, t.data[i]);
        else if (i + 1 >= t.size || t.data[i + 1] != '\n') buffer_add_char(&out, '\n');
    }
    return buffer_text(&out);
}

/* --- format=flowed (RFC 3676) -------------------------------------------------------------------------------------- */

static size_t quote_depth(struct text line) {
    size_t depth = 0;
    while (depth < line.size && line.data[depth] == '>') depth++;
    return depth;
}

static void add_quote(struct buffer *out, size_t depth) {
    for (size_t i = 0; i < depth; i++) buffer_add_char(out, '>');
    if (depth) buffer_add_char(out, ' ');
}

struct text flowed_undo(struct arena *mem, struct text text, bool delete_space) {
    struct buffer out = {.mem = mem};
    struct text line;
    bool flows = false;
    size_t last_depth = 0;
    while (text_next_line(&text, &line)) {
        size_t depth = quote_depth(line);
        line = text_skip(line, depth);
        if (line.size && line.data[0] == ' ') line = text_skip(line, 1); /* space-stuffing */
        bool is_mark = text_is(line, "-- ");
        bool joins = flows && depth == last_depth && !is_mark;
        if (!joins && out.size) buffer_add_char(&out, '\n');
        if (!joins) add_quote(&out, depth);
        flows = !is_mark && line.size && line.data[line.size - 1] == ' ';
        if (flows && delete_space) line.size--;
        buffer_add_text(&out, line);
        last_depth = depth;
    }
    return buffer_text(&out);
}

/* --- uuencode -------------------------------------------------------------------------------------------------------- */

void part_add(struct part_list *list, struct mail_part part) {
    if (list->count >= list->limit) {
        list->is_full = true;
        return;
    }
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 8;
        struct mail_part *at = arena_array(list->mem, capacity, sizeof *at);
        if (list->count) memcpy(at, list->at, list->count * sizeof *at);
        list->at = at, list->capacity = capacity;
    }
    list->at[list->count++] = part;
}

/* "begin 644 report.pdf" */
static bool begins_block(struct text line, struct text *ret_name) {
    if (!text_starts(line, "begin ") || line.size < 11 || line.size > 300) return false;
    for (size_t i = 6; i < 9; i++)
        if (line.data[i] < '0' || line.data[i] > '7') return false;
    if (line.data[9] != ' ') return false;
    *ret_name = text_trim(text_skip(line, 10));
    return ret_name->size > 0;
}

static bool decode_line(struct buffer *out, struct text line) {
    size_t wanted = ((unsigned char)line.data[0] - 32u) & 63u, coded = (wanted + 2) / 3 * 4;
    if ((unsigned char)line.data[0] < 32 || (unsigned char)line.data[0] > 96 || line.size < 1 + wanted * 4 / 3) return false;
    for (size_t i = 0; i < coded; i += 4) {
        uint32_t bits = 0;
        for (size_t j = 0; j < 4; j++) {
            unsigned char c = i + j + 1 < line.size ? (unsigned char)line.data[i + j + 1] : ' ';
            if (c < 32 || c > 96) return false;
            bits = bits << 6 | ((c - 32u) & 63u);
        }
        for (size_t j = 0; j < 3 && wanted > 0; j++, wanted--) buffer_add_char(out, (char)(bits >> (16 - 8 * j) & 0xff));
    }
    return true;
}

/* Reads a block behind its "begin" line; false when it is no such block after all. */
static bool read_block(struct arena *mem, struct text *rest, struct text *ret_bytes) {
    struct buffer out = {.mem = mem};
    struct text line, look = *rest;
    while (text_next_line(&look, &line)) {
        if (text_is(line, "end")) {
            *rest = look;
            *ret_bytes = buffer_text(&out);
            return true;
        }
        if (text_empty(line) || text_is(line, "`") || text_is(line, " ")) continue;
        if (!decode_line(&out, line)) return false;
    }
    return false;
}

struct text uuencode_take(struct part_list *list, struct text text) {
    if (text_find(text, text_of("begin ")) == SIZE_MAX) return text;
    struct buffer out = {.mem = list->mem};
    struct text line, name, bytes, rest = text;
    int tries = 0;
    while (text_next_line(&rest, &line)) {
        if (begins_block(line, &name) && tries++ < 100 && read_block(list->mem, &rest, &bytes)) {
            part_add(list, (struct mail_part){.name = name, .media_type = text_of("application/octet-stream"), .bytes = bytes,
                                              .content_id = text_of("")});
            continue;
        }
        buffer_add_text(&out, line);
        buffer_add_char(&out, '\n');
    }
    return buffer_text(&out);
}
