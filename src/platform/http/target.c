#include "platform/http/http_private.h"

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool percent_decode(struct arena *mem, struct text raw, bool plus_is_space, struct text *ret_decoded) {
    char *out = arena_alloc(mem, raw.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < raw.size; i++) {
        char c = raw.data[i];
        if (c == '%') {
            if (raw.size - i < 3) return false;
            int high = hex_digit(raw.data[i + 1]), low = hex_digit(raw.data[i + 2]);
            if (high < 0 || low < 0) return false;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        if (c == '\0') return false;
        out[size++] = c;
    }
    *ret_decoded = text_from(out, size);
    return text_is_utf8(*ret_decoded);
}

static size_t count_pairs(struct text raw) {
    size_t count = 1;
    for (size_t i = 0; i < raw.size; i++) count += raw.data[i] == '&';
    return count;
}

bool pairs_decode(struct arena *mem, struct text raw, struct json_pair **ret_pairs, size_t *ret_count,
                  struct error *err) {
    size_t room = count_pairs(raw), count = 0;
    if (room > QUERY_PAIRS) return error_set(err, ERR_MALFORMED, "more than %d parameters", QUERY_PAIRS);
    struct json_pair *pairs = arena_array(mem, room, sizeof *pairs);
    struct text piece;
    while (raw.size && text_next(&raw, '&', &piece)) {
        if (text_empty(piece)) continue;
        size_t equals = text_find_char(piece, '=');
        struct text name = text_slice(piece, 0, equals == SIZE_MAX ? piece.size : equals);
        struct text value = equals == SIZE_MAX ? text_of("") : text_skip(piece, equals + 1);
        if (!percent_decode(mem, name, true, &pairs[count].name)
            || !percent_decode(mem, value, true, &pairs[count].value))
            return error_set(err, ERR_MALFORMED, "a parameter is not UTF-8 in percent encoding");
        count++;
    }
    *ret_pairs = pairs;
    *ret_count = count;
    return true;
}
