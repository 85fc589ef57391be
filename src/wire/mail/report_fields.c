#include "wire/mail/report_private.h"

#define DETAIL_LIMIT 500
#define ADDRESS_LIMIT 320
#define ID_LIMIT 900

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static char at_or_nul(struct text t, size_t i) {
    return i < t.size ? t.data[i] : '\0';
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/* Adds the lines that continue this one; the common field has none and is not copied. */
static struct text unfold(struct arena *mem, struct text *rest, struct text first) {
    struct text line;
    if (!is_blank(at_or_nul(*rest, 0))) return text_trim(first);
    struct buffer out = {.mem = mem};
    buffer_add_text(&out, text_trim(first));
    while (is_blank(at_or_nul(*rest, 0)) && text_next_line(rest, &line)) {
        if (text_empty(text_trim(line))) break;
        buffer_add_char(&out, ' ');
        buffer_add_text(&out, text_trim(line));
    }
    return text_trim(buffer_text(&out));
}

bool report_field_next(struct arena *mem, struct text *rest, struct report_field *ret_field) {
    struct text line;
    while (text_next_line(rest, &line)) {
        if (text_empty(text_trim(line))) {
            *ret_field = (struct report_field){0};
            return true;
        }
        size_t colon = text_find_char(line, ':');
        if (colon == SIZE_MAX || colon == 0 || is_blank(line.data[0])) continue;
        struct text value = unfold(mem, rest, text_skip(line, colon + 1));
        *ret_field = (struct report_field){text_trim(text_slice(line, 0, colon)), value};
        return true;
    }
    return false;
}

/* Without the address type that RFC 3464 puts before ";". */
static struct text without_type(struct text value) {
    size_t end = text_find_char(value, ';');
    if (end == SIZE_MAX || text_find_char(text_slice(value, 0, end), '@') != SIZE_MAX) return value;
    return text_skip(value, end + 1);
}

static bool is_address(struct text t) {
    size_t at = text_find_char(t, '@');
    if (at == SIZE_MAX || at == 0 || at + 1 >= t.size || t.size > ADDRESS_LIMIT) return false;
    for (size_t i = 0; i < t.size; i++)
        if ((unsigned char)t.data[i] <= ' ' || strchr("<>,;", t.data[i])) return false;
    return true;
}

struct text report_address(struct arena *mem, struct text value) {
    value = text_trim(without_type(value));
    size_t open = text_find_char(value, '<');
    if (open != SIZE_MAX) {
        value = text_skip(value, open + 1);
        value = text_slice(value, 0, text_find_char(value, '>'));
    }
    value = text_trim(value);
    while (value.size && strchr("'\"[", value.data[0])) value = text_skip(value, 1);
    bool is_number = text_find(value, text_of("@[")) != SIZE_MAX; /* ana@[192.0.2.1] */
    while (value.size && strchr(is_number ? "'\".:" : "'\".:]", value.data[value.size - 1])) value.size--;
    return is_address(value) ? text_lower(mem, value) : text_of("");
}

/* The size of an escape at the beginning and the character it means; 0 when there is none. Of xtext only "+" and "="
 * are undone: nothing else is ever written that way in an address, and "ana+2024@" has to stay. */
static size_t escape_size(struct text t, uint32_t *ret_rune) {
    if (text_starts(t, "+2B") || text_starts(t, "+3D")) {
        *ret_rune = t.data[1] == '2' ? '+' : '=';
        return 3;
    }
    if (!text_starts(t, "\\x{")) return 0;
    uint32_t rune = 0;
    for (size_t i = 3; i < t.size && i < 10; i++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        if (t.data[i] == '}' && i > 3) {
            *ret_rune = rune;
            return i + 1;
        }
        const char *digit = t.data[i] ? strchr(digits, t.data[i]) : NULL;
        if (!digit) return 0;
        rune = rune * 16 + (uint32_t)(digit - digits) % 16;
    }
    return 0;
}

struct text report_address_encoded(struct arena *mem, struct text value) {
    struct buffer out = {.mem = mem};
    uint32_t rune;
    value = text_cut(value, ADDRESS_LIMIT * 3);
    for (size_t i = 0, size; i < value.size; i += size) {
        size = escape_size(text_skip(value, i), &rune);
        if (size && rune > ' ') buffer_add_rune(&out, rune);
        if (!size) buffer_add_char(&out, value.data[i]);
        if (!size) size = 1;
    }
    return report_address(mem, buffer_text(&out));
}

struct text report_id(struct arena *mem, struct text value) {
    value = text_trim(value);
    size_t open = text_find_char(value, '<');
    if (open != SIZE_MAX) {
        struct text rest = text_skip(value, open + 1);
        size_t close = text_find_char(rest, '>');
        if (close == SIZE_MAX) return text_of("");
        value = text_slice(rest, 0, close);
    }
    if (text_empty(value) || value.size > ID_LIMIT) return text_of("");
    for (size_t i = 0; i < value.size; i++)
        if ((unsigned char)value.data[i] <= ' ') return text_of("");
    if (open == SIZE_MAX && text_find_char(value, '@') == SIZE_MAX) return text_of("");
    return text_printf(mem, "<%.*s>", (int)value.size, value.data);
}

struct text report_line(struct arena *mem, struct text t) {
    struct buffer out = {.mem = mem};
    t = text_trim(t);
    for (size_t i = 0; i < t.size && out.size <= DETAIL_LIMIT + 4; i++) {
        if ((unsigned char)t.data[i] > ' ') buffer_add_char(&out, t.data[i]);
        else if (out.size && out.data[out.size - 1] != ' ') buffer_add_char(&out, ' ');
    }
    return text_trim(text_cut(buffer_text(&out), DETAIL_LIMIT));
}

static size_t digits_at(struct text t, size_t at) {
    size_t count = 0;
    while (is_digit(at_or_nul(t, at + count))) count++;
    return count;
}

/* "5.1.1" at this place: class, subject 0 to 7, detail. Neither a date (5.1.2026) nor an IP address. */
static size_t code_size(struct text t, size_t at) {
    if (!strchr("245", t.data[at]) || at_or_nul(t, at + 1) != '.') return 0;
    if (digits_at(t, at + 2) != 1 || t.data[at + 2] > '7' || at_or_nul(t, at + 3) != '.') return 0;
    size_t digits = digits_at(t, at + 4);
    if (digits == 0 || digits > 3) return 0;
    bool goes_on = at_or_nul(t, at + 4 + digits) == '.' && is_digit(at_or_nul(t, at + 5 + digits));
    return goes_on ? 0 : 4 + digits;
}

struct text report_status_code(struct text t) {
    for (size_t i = 0; i < t.size; i++) {
        if (!is_digit(t.data[i])) continue;
        bool first = i == 0 || (!is_digit(t.data[i - 1]) && t.data[i - 1] != '.');
        size_t size = first ? code_size(t, i) : 0;
        if (size) return text_slice(t, i, size);
    }
    return text_of("");
}

int report_reply_code(struct text t) {
    static const char *const codes[] = {"421", "450", "451", "452", "454", "500", "501", "503", "504", "521",
                                        "530", "535", "541", "550", "551", "552", "553", "554", "556"};
    for (size_t i = 0; i + 3 <= t.size; i++) {
        if (t.data[i] != '4' && t.data[i] != '5') continue;
        if (i > 0 && !strchr(" \n\t:#'\"(", t.data[i - 1])) continue;
        if (at_or_nul(t, i + 3) && !strchr(" \n\r\t-:#;,.)", t.data[i + 3])) continue;
        for (size_t c = 0; c < COUNT_OF(codes); c++)
            if (text_is(text_slice(t, i, 3), codes[c]))
                return (t.data[i] - '0') * 100 + (t.data[i + 1] - '0') * 10 + t.data[i + 2] - '0';
    }
    return 0;
}
