#include "wire/html/html_private.h"

#include <stdio.h>

/* Inline styles (CSS Style Attributes, CSS Syntax Level 3), read by a parser that knows only harmless values. The
 * declarations are written anew from their tokens, so an escape or a comment cannot smuggle anything through. */

enum property_kind {
    COLOR = 1,      /* red, #f00, rgb(255, 0, 0) */
    LENGTH = 2,     /* 12px, 50%, 0; never below zero */
    SIGNED = 4,     /* lengths may be below zero */
    WORDS = 8,      /* any of the property's words, or any word when it lists none */
    STRINGS = 16,   /* "Segoe UI", as names of fonts */
};

struct property {
    const char *name;
    unsigned kinds;
    const char *words; /* NULL, or the only words allowed, each between spaces */
};

/* Sorted by name. Nothing here can leave the element's place, cover others, or fetch anything. */
static const struct property properties[] = {
    {"background", COLOR | WORDS, NULL},
    {"background-color", COLOR | WORDS, NULL},
    {"border", COLOR | LENGTH | WORDS, NULL},
    {"border-bottom", COLOR | LENGTH | WORDS, NULL},
    {"border-bottom-color", COLOR | WORDS, NULL},
    {"border-bottom-style", WORDS, NULL},
    {"border-bottom-width", LENGTH | WORDS, NULL},
    {"border-collapse", WORDS, NULL},
    {"border-color", COLOR | WORDS, NULL},
    {"border-left", COLOR | LENGTH | WORDS, NULL},
    {"border-left-color", COLOR | WORDS, NULL},
    {"border-left-style", WORDS, NULL},
    {"border-left-width", LENGTH | WORDS, NULL},
    {"border-radius", LENGTH, NULL},
    {"border-right", COLOR | LENGTH | WORDS, NULL},
    {"border-right-color", COLOR | WORDS, NULL},
    {"border-right-style", WORDS, NULL},
    {"border-right-width", LENGTH | WORDS, NULL},
    {"border-spacing", LENGTH, NULL},
    {"border-style", WORDS, NULL},
    {"border-top", COLOR | LENGTH | WORDS, NULL},
    {"border-top-color", COLOR | WORDS, NULL},
    {"border-top-style", WORDS, NULL},
    {"border-top-width", LENGTH | WORDS, NULL},
    {"border-width", LENGTH | WORDS, NULL},
    {"caption-side", WORDS, NULL},
    {"clear", WORDS, NULL},
    {"color", COLOR | WORDS, NULL},
    {"direction", WORDS, " ltr rtl "},
    {"display", WORDS, " none block inline inline-block list-item table table-row table-cell table-row-group "
                       "table-header-group table-footer-group table-column table-caption inline-table "},
    {"empty-cells", WORDS, NULL},
    {"float", WORDS, " left right none "},
    {"font", LENGTH | WORDS | STRINGS, NULL},
    {"font-family", WORDS | STRINGS, NULL},
    {"font-size", LENGTH | WORDS, NULL},
    {"font-style", WORDS, NULL},
    {"font-variant", WORDS, NULL},
    {"font-weight", LENGTH | WORDS, NULL},
    {"height", LENGTH | WORDS, " auto "},
    {"letter-spacing", LENGTH | SIGNED | WORDS, NULL},
    {"line-height", LENGTH | WORDS, NULL},
    {"list-style", WORDS, NULL},
    {"list-style-position", WORDS, NULL},
    {"list-style-type", WORDS, NULL},
    {"margin", LENGTH | WORDS, " auto "},
    {"margin-bottom", LENGTH | WORDS, " auto "},
    {"margin-left", LENGTH | WORDS, " auto "},
    {"margin-right", LENGTH | WORDS, " auto "},
    {"margin-top", LENGTH | WORDS, " auto "},
    {"max-height", LENGTH | WORDS, " none "},
    {"max-width", LENGTH | WORDS, " none "},
    {"min-height", LENGTH | WORDS, " auto "},
    {"min-width", LENGTH | WORDS, " auto "},
    {"overflow", WORDS, " hidden "},
    {"overflow-wrap", WORDS, NULL},
    {"padding", LENGTH, NULL},
    {"padding-bottom", LENGTH, NULL},
    {"padding-left", LENGTH, NULL},
    {"padding-right", LENGTH, NULL},
    {"padding-top", LENGTH, NULL},
    {"table-layout", WORDS, NULL},
    {"text-align", WORDS, NULL},
    {"text-decoration", COLOR | WORDS, NULL},
    {"text-decoration-color", COLOR | WORDS, NULL},
    {"text-decoration-line", WORDS, NULL},
    {"text-decoration-style", WORDS, NULL},
    {"text-indent", LENGTH, NULL},
    {"text-transform", WORDS, NULL},
    {"vertical-align", LENGTH | WORDS, NULL},
    {"white-space", WORDS, NULL},
    {"width", LENGTH | WORDS, " auto "},
    {"word-break", WORDS, NULL},
    {"word-spacing", LENGTH | SIGNED | WORDS, NULL},
    {"word-wrap", WORDS, NULL},
};

static bool is_word_char(char c) {
    return (c >= 'a' && c <= 'z') || c == '-';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_hex(char c) {
    return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* The escape behind the "\" at *at: up to six hex digits and one white space, or the next character itself. */
static uint32_t read_escape(struct text style, size_t *at) {
    uint32_t rune = 0;
    size_t digits = 0;
    for (; *at < style.size && digits < 6 && is_hex(style.data[*at]); digits++, (*at)++) {
        char c = (char)(style.data[*at] | 32);
        rune = rune * 16 + (uint32_t)(is_digit(style.data[*at]) ? style.data[*at] - '0' : c - 'a' + 10);
    }
    if (digits == 0) return text_rune(style, at);
    if (*at < style.size && is_space(style.data[*at])) (*at)++;
    return rune;
}

/* The style without comments and escapes. An escaped character that would mean something as syntax becomes a U+FFFD,
 * which no value may have. */
static struct text decode(struct arena *mem, struct text style) {
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < style.size;) {
        if (style.data[i] == '/' && i + 1 < style.size && style.data[i + 1] == '*') {
            size_t end = text_find(text_skip(style, i + 2), text_of("*/"));
            i = end == SIZE_MAX ? style.size : i + end + 4;
        } else if (style.data[i] == '\\' && i + 1 < style.size) {
            i++;
            uint32_t rune = read_escape(style, &i);
            bool plain = rune >= 0x80 || is_word_char((char)(rune | 32)) || (rune >= '0' && rune <= '9');
            buffer_add_rune(&out, plain ? rune : 0xFFFD);
        } else {
            buffer_add_char(&out, style.data[i++]);
        }
    }
    return buffer_text(&out);
}

static const struct property *property_find(struct text name) {
    for (size_t low = 0, high = COUNT_OF(properties); low < high;) {
        size_t middle = (low + high) / 2, size = strlen(properties[middle].name);
        int order = memcmp(name.data, properties[middle].name, name.size < size ? name.size : size);
        if (order == 0 && name.size == size) return &properties[middle];
        if (order < 0 || (order == 0 && name.size < size)) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

/* A value is read piece by piece; each reader moves *rest behind what it took and writes it to out. */
static bool read_number(struct text *rest, bool sign, struct buffer *out) {
    size_t i = 0, digits = 0, whole = 0;
    if (i < rest->size && (rest->data[i] == '-' || rest->data[i] == '+')) {
        if (rest->data[i] == '-' && !sign) return false;
        i++;
    }
    for (; i < rest->size && is_digit(rest->data[i]); i++) digits++, whole++;
    if (i < rest->size && rest->data[i] == '.')
        for (i++; i < rest->size && is_digit(rest->data[i]); i++) digits++;
    if (digits == 0 || digits > 16 || whole > 4 || rest->data[i - 1] == '.') return false;
    /* Letters set a little closer are typography; letters set far back lie on top of others. */
    if (rest->data[0] == '-' && whole > 1) return false;
    buffer_add(out, rest->data, i);
    *rest = text_skip(*rest, i);
    return true;
}

static struct text read_word(struct text *rest) {
    size_t i = 0;
    while (i < rest->size && (is_word_char(rest->data[i]) || (i > 0 && is_digit(rest->data[i])))) i++;
    struct text word = text_slice(*rest, 0, i);
    *rest = text_skip(*rest, i);
    return word;
}

static bool read_length(struct text *rest, unsigned kinds, struct buffer *out) {
    static const char *const units[] = {"", "px", "pt", "em", "rem", "ex", "ch", "pc", "in", "cm", "mm"};
    if (!read_number(rest, kinds & SIGNED, out)) return false;
    if (text_starts(*rest, "%")) {
        buffer_add_char(out, '%');
        *rest = text_skip(*rest, 1);
        return true;
    }
    struct text unit = read_word(rest);
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (text_is(unit, units[i])) {
            buffer_add_text(out, unit);
            return true;
        }
    return false;
}

static bool read_hex_color(struct text *rest, struct buffer *out) {
    size_t i = 1;
    while (i < rest->size && is_hex(rest->data[i])) i++;
    if (i != 4 && i != 5 && i != 7 && i != 9) return false;
    buffer_add(out, rest->data, i);
    *rest = text_skip(*rest, i);
    return true;
}

/* The arguments of rgb() and its kin: numbers, percent signs, commas, slashes and spaces. */
static bool read_color_function(struct text *rest, struct text name, struct buffer *out) {
    static const char *const names[] = {"rgb", "rgba", "hsl", "hsla"};
    bool known = false;
    for (size_t i = 0; i < COUNT_OF(names); i++) known = known || text_is(name, names[i]);
    size_t end = text_find_char(*rest, ')');
    if (!known || end == SIZE_MAX || end > 64) return false;
    for (size_t i = 1; i < end; i++)
        if (!is_digit(rest->data[i]) && !strchr("., %/", rest->data[i])) return false;
    buffer_add_text(out, name);
    buffer_add(out, rest->data, end + 1);
    *rest = text_skip(*rest, end + 1);
    return true;
}

static bool word_allowed(const struct property *property, struct text word) {
    if (!(property->kinds & WORDS) || word.size > 40) return false;
    if (!property->words) return true;
    char wanted[64];
    int size = snprintf(wanted, sizeof wanted, " %.*s ", (int)word.size, word.data);
    return text_find(text_of(property->words), text_from(wanted, (size_t)size)) != SIZE_MAX;
}

static bool read_string(struct text *rest, struct buffer *out) {
    size_t end = text_find_char(text_skip(*rest, 1), rest->data[0]);
    if (end == SIZE_MAX || end > 100) return false;
    struct text name = text_slice(*rest, 1, end);
    for (size_t i = 0; i < name.size; i++)
        if (!is_word_char(name.data[i]) && !is_digit(name.data[i]) && !strchr(" _.,", name.data[i])) return false;
    buffer_printf(out, "'%.*s'", (int)name.size, name.data);
    *rest = text_skip(*rest, end + 2);
    return true;
}

static bool read_piece(struct text *rest, const struct property *property, struct buffer *out) {
    char c = rest->data[0];
    if (c == '#') return property->kinds & COLOR && read_hex_color(rest, out);
    if (c == '\'' || c == '"') return property->kinds & STRINGS && read_string(rest, out);
    if (c == ',' || c == '/') {
        buffer_add_char(out, c);
        *rest = text_skip(*rest, 1);
        return true;
    }
    if (is_digit(c) || c == '.' || c == '+' || (c == '-' && rest->size > 1 && !is_word_char(rest->data[1])))
        return property->kinds & LENGTH && read_length(rest, property->kinds, out);
    struct text word = read_word(rest);
    if (text_empty(word)) return false;
    if (text_starts(*rest, "(")) return property->kinds & COLOR && read_color_function(rest, word, out);
    buffer_add_text(out, word);
    return word_allowed(property, word);
}

/* Writes the value in its canonical form. False when any piece of it is not allowed: then all of it is dropped. */
static bool write_value(struct buffer *out, const struct property *property, struct text value) {
    size_t from = out->size;
    size_t important = text_find(value, text_of("!"));
    if (important != SIZE_MAX) value = text_slice(value, 0, important);
    for (value = text_trim(value); value.size > 0; value = text_trim(value)) {
        if (out->size > from && out->data[out->size - 1] != ',' && value.data[0] != ',') buffer_add_char(out, ' ');
        if (!read_piece(&value, property, out)) return false;
    }
    return out->size > from;
}

/* Takes the next declaration off *rest: up to a ";" outside quotes and parentheses. */
static bool next_declaration(struct text *rest, struct text *ret) {
    if (rest->size == 0) return false;
    char quote = 0;
    size_t i = 0, open = 0;
    for (; i < rest->size; i++) {
        char c = rest->data[i];
        if (quote) quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'') quote = c;
        else if (c == '(') open++;
        else if (c == ')' && open > 0) open--;
        else if (c == ';' && open == 0) break;
    }
    *ret = text_slice(*rest, 0, i);
    *rest = text_skip(*rest, i + 1);
    return true;
}

static bool split(struct text declaration, struct text *ret_name, struct text *ret_value) {
    size_t colon = text_find_char(declaration, ':');
    if (colon == SIZE_MAX) return false;
    *ret_name = text_trim(text_slice(declaration, 0, colon));
    *ret_value = text_trim(text_skip(declaration, colon + 1));
    return true;
}

struct text html_style_filter(struct arena *mem, struct text style) {
    struct buffer out = {.mem = mem};
    struct text rest = text_lower(mem, decode(mem, style)), declaration, name, value;
    while (next_declaration(&rest, &declaration)) {
        const struct property *property;
        if (!split(declaration, &name, &value) || !(property = property_find(name))) continue;
        struct buffer written = {.mem = mem, .limit = 400};
        if (!write_value(&written, property, value) || written.failed) continue;
        buffer_printf(&out, "%s%s:", out.size ? ";" : "", property->name);
        buffer_add_text(&out, buffer_text(&written));
    }
    return buffer_text(&out);
}

static bool is_zero(struct text value) {
    size_t i = 0;
    while (i < value.size && (value.data[i] == '0' || value.data[i] == '.')) i++;
    return i > 0 && (i == value.size || !is_digit(value.data[i]));
}

bool html_style_hides(struct arena *mem, struct text style) {
    struct text rest = text_lower(mem, decode(mem, style)), declaration, name, value;
    while (next_declaration(&rest, &declaration)) {
        if (!split(declaration, &name, &value)) continue;
        if (text_is(name, "display") && text_starts(value, "none")) return true;
        if (text_is(name, "visibility") && text_starts(value, "hidden")) return true;
        if (text_is(name, "mso-hide") && text_starts(value, "all")) return true;
        if ((text_is(name, "font-size") || text_is(name, "max-height") || text_is(name, "opacity")) && is_zero(value))
            return true;
    }
    return false;
}
