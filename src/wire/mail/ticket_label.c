#include "wire/mail/ticket_label.h"

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_separator(char c) {
    return c == '-' || c == '/' || c == '.';
}

/* H. M. Damm's scheme. */
static int check_digit(struct text signs) {
    static const unsigned char table[10][10] = {
        {0, 3, 1, 7, 5, 9, 8, 6, 4, 2}, {7, 0, 9, 2, 1, 5, 4, 8, 6, 3}, {4, 2, 0, 6, 8, 7, 1, 3, 5, 9}, {1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
        {6, 1, 2, 3, 0, 4, 5, 9, 7, 8}, {3, 6, 7, 4, 2, 0, 9, 5, 8, 1}, {5, 8, 6, 9, 7, 2, 0, 1, 3, 4}, {8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
        {9, 4, 3, 8, 6, 1, 7, 2, 0, 5}, {2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
    };
    int check = 0;
    for (size_t i = 0; i < signs.size; i++)
        if (is_digit(signs.data[i])) check = table[check][signs.data[i] - '0'];
    return check;
}

bool ticket_label_is_bare(const struct ticket_label *format) {
    return text_empty(format->prefix) && !format->year_digits && !format->has_check;
}

bool ticket_label_fits(const struct ticket_label *format) {
    bool letters = format->prefix.size <= LABEL_PREFIX_MOST;
    for (size_t i = 0; i < format->prefix.size; i++) letters &= format->prefix.data[i] >= 'A' && format->prefix.data[i] <= 'Z';
    bool year = format->year_digits == 0 || format->year_digits == 2 || format->year_digits == 4;
    bool digits = format->digits >= LABEL_DIGITS_LEAST && format->digits <= LABEL_DIGITS_MOST;
    bool separator = is_separator(format->separator) || (!format->separator && !format->year_digits && !format->has_check);
    bool marked = !text_empty(format->prefix) || format->year_digits || (!format->has_check && format->digits == LABEL_DIGITS_LEAST);
    return letters && year && digits && separator && marked;
}

struct text ticket_label_write(struct arena *mem, const struct ticket_label *format, int64_t number, int year) {
    struct buffer out = {.mem = mem};
    const char separator[] = {format->separator, '\0'};
    buffer_add_text(&out, format->prefix);
    if (format->prefix.size) buffer_add_string(&out, separator);
    if (format->year_digits == 4) buffer_printf(&out, "%04d%s", year, separator);
    if (format->year_digits == 2) buffer_printf(&out, "%02d%s", year % 100, separator);
    buffer_printf(&out, "%0*" PRId64, ticket_label_is_bare(format) ? 1 : format->digits, number);
    struct text label = buffer_text(&out);
    return format->has_check ? text_printf(mem, "%.*s%s%d", (int)label.size, label.data, separator, check_digit(label)) : label;
}

/* Digits between one and the same separator; the first one may be known (else 0). */
static size_t split(struct text digits, char separator, struct text parts[3]) {
    size_t count = 0, end = 0;
    while (count < 3) {
        while (end < digits.size && is_digit(digits.data[end])) end++;
        parts[count++] = text_slice(digits, 0, end);
        if (end == digits.size) return count;
        if (!is_separator(digits.data[end]) || (separator && digits.data[end] != separator)) return 0;
        separator = digits.data[end];
        digits = text_skip(digits, end + 1);
        end = 0;
    }
    return 0;
}

static bool is_year(struct text part) {
    return part.size == 2 || part.size == 4;
}

static int64_t running(struct text part) {
    int64_t number;
    return part.size >= LABEL_DIGITS_LEAST && part.size <= 18 && text_to_int(part, &number) ? number : 0;
}

static int64_t bare(struct text digits) {
    int64_t number;
    return digits.size && is_digit(digits.data[0]) && text_to_int(digits, &number) && number > 0 ? number : 0;
}

int64_t ticket_label_read(struct text label) {
    struct text parts[3], rest = label.size && label.data[0] == '#' ? text_skip(label, 1) : label;
    size_t letters = 0;
    while (letters < rest.size && ((rest.data[letters] | 32) >= 'a' && (rest.data[letters] | 32) <= 'z')) letters++;
    struct text numbers = text_skip(rest, letters);
    if (letters > LABEL_PREFIX_MOST || !numbers.size) return 0;
    bool separated = letters && is_separator(numbers.data[0]);
    size_t count = split(separated ? text_skip(numbers, 1) : numbers, separated ? numbers.data[0] : '\0', parts);
    if (count == 1) return letters ? running(parts[0]) : bare(parts[0]);
    if (count == 2 && is_year(parts[0])) return running(parts[1]);
    bool has_check = count > 0 && parts[count - 1].size == 1 && (count == 3 ? is_year(parts[0]) : letters > 0);
    if (!has_check || check_digit(text_slice(numbers, 0, numbers.size - 1)) != parts[count - 1].data[0] - '0') return 0;
    return running(parts[count - 2]);
}
