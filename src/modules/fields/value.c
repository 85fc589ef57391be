/* What fits into a field, and how it is kept and searched. */
#include "base/clock.h"
#include "modules/fields/fields_private.h"

#include <math.h>
#include <stdlib.h>

enum { WORD_SIZE = 200, TEXT_LENGTH = 1000, LONG_LENGTH = 20000, URL_LENGTH = 2000 };

static const double NUMBER_MOST = 1e15;

bool field_has_numbers(enum field_type type) {
    return type == FIELD_NUMBER || type == FIELD_DATE || type == FIELD_BOOLEAN;
}

static struct text text_of_json(const json_t *value) {
    return text_from(json_string_value(value), json_string_length(value));
}

struct text field_word(struct arena *mem, struct text words) {
    return text_cut(text_fold(mem, text_trim(words)), WORD_SIZE);
}

/* A comma may stand for the point. */
bool field_number_read(struct arena *mem, struct text words, double *ret_number) {
    char *number = text_string(mem, text_trim(words)), *comma = strchr(number, ','), *end;
    if (comma) *comma = '.';
    if (!*number || strspn(number, "0123456789.-") != strlen(number)) return false;
    double read = strtod(number, &end);
    if (*end || !(fabs(read) <= NUMBER_MOST)) return false;
    *ret_number = read;
    return true;
}

/* 2026-01-31 */
bool field_day_read(struct text words, int64_t *ret_day) {
    int64_t year, month, day, micros;
    bool shape = words.size == 10 && words.data[4] == '-' && words.data[7] == '-' && text_to_int(text_slice(words, 0, 4), &year)
                 && text_to_int(text_slice(words, 5, 2), &month) && text_to_int(text_slice(words, 8, 2), &day);
    if (!shape || !time_from_date((int)year, (int)month, (int)day, &micros)) return false;
    *ret_day = micros / DAY;
    return true;
}

/* --- Parts ------------------------------------------------------------------------------------------------------- */

static struct field_part part_of(const struct field *field, struct arena *mem, const json_t *value) {
    int64_t day = 0;
    switch (field->type) {
    case FIELD_NUMBER: return (struct field_part){.number = json_number_value(value)};
    case FIELD_BOOLEAN: return (struct field_part){.number = json_is_true(value)};
    case FIELD_DATE: (void)field_day_read(text_of_json(value), &day); return (struct field_part){.number = (double)day};
    case FIELD_CHOICE:
    case FIELD_CHOICES: return (struct field_part){.word = text_copy(mem, text_of_json(value))};
    default: return (struct field_part){.word = field_word(mem, text_of_json(value))};
    }
}

void field_parts(const struct field *field, struct arena *mem, const json_t *value, struct field_value *ret) {
    size_t count = json_is_array(value) ? json_array_size(value) : value && !json_is_null(value);
    struct field_part *parts = arena_array(mem, count + 1, sizeof *parts);
    for (size_t i = 0; i < count; i++) parts[i] = part_of(field, mem, json_is_array(value) ? json_array_get(value, i) : value);
    *ret = (struct field_value){parts, count};
}

/* --- Masks ------------------------------------------------------------------------------------------------------- */

static bool sign_fits(uint32_t mask, bool escaped, uint32_t sign) {
    bool digit = sign >= '0' && sign <= '9', letter = (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z') || sign >= 0xC0;
    if (escaped) return sign == mask;
    return mask == '9' ? digit : mask == 'A' ? letter : mask == '?' || mask == sign;
}

/* Only the last star is tried again: what stands before it fits already. */
bool field_mask_fits(struct text mask, struct text value) {
    size_t at = 0, read = 0, star = SIZE_MAX, tried = 0;
    while (read < value.size) {
        size_t next = at, after = read;
        uint32_t wanted = next < mask.size ? text_rune(mask, &next) : 0;
        bool escaped = wanted == '\\' && next < mask.size, is_star = wanted == '*';
        if (escaped) wanted = text_rune(mask, &next);
        if (is_star) {
            star = at = next;
            tried = read;
        } else if (at < mask.size && sign_fits(wanted, escaped, text_rune(value, &after))) {
            at = next;
            read = after;
        } else if (star != SIZE_MAX) {
            (void)text_rune(value, &tried);
            at = star;
            read = tried;
        } else return false;
    }
    while (at < mask.size && mask.data[at] == '*') at++;
    return at == mask.size;
}

/* --- Checks ------------------------------------------------------------------------------------------------------ */

struct check {
    const struct field *field;
    struct arena *mem;
    struct error *err;
};

static bool refuse(const struct check *check, const char *code, const char *message) {
    char name[80];
    snprintf(name, sizeof name, "fields.%.*s", (int)text_cut(check->field->key, 60).size, check->field->key.data);
    return error_field(check->err, name, code, "%s", message);
}

static bool check_range(const struct check *check, double value, const char *low_code, const char *high_code) {
    const struct field *field = check->field;
    double low, high;
    int64_t day;
    bool is_day = field->type == FIELD_DATE;
    if (field->minimum.data && is_day && field_day_read(field->minimum, &day) && value < (double)day) return refuse(check, low_code, "is too early");
    if (field->maximum.data && is_day && field_day_read(field->maximum, &day) && value > (double)day) return refuse(check, high_code, "is too late");
    if (is_day) return true;
    bool below = field->minimum.data && field_number_read(check->mem, field->minimum, &low) && value < low;
    bool above = field->maximum.data && field_number_read(check->mem, field->maximum, &high) && value > high;
    if (below) return refuse(check, low_code, "is below the minimum");
    return !above || refuse(check, high_code, "is above the maximum");
}

static size_t length_of(struct text words) {
    size_t length = 0;
    for (size_t i = 0; i < words.size; i++) length += ((unsigned char)words.data[i] & 0xC0) != 0x80;
    return length;
}

static bool has_controls(struct text words, bool many_lines) {
    for (size_t i = 0; i < words.size; i++) {
        unsigned char c = (unsigned char)words.data[i];
        if (c == 0x7F || (c < ' ' && !(many_lines && (c == '\n' || c == '\r' || c == '\t')))) return true;
    }
    return false;
}

static bool check_text(const struct check *check, struct text words, size_t most) {
    size_t length = length_of(words);
    if (has_controls(words, check->field->type == FIELD_LONG_TEXT)) return refuse(check, "invalid", "has control characters");
    if (length > most) return refuse(check, "too_long", "is too long");
    if (!check_range(check, (double)length, "too_short", "too_long")) return false;
    return !check->field->mask.data || field_mask_fits(check->field->mask, words) || refuse(check, "mask", "does not have the shape that is asked for");
}

static bool check_url(const struct check *check, struct text words) {
    bool known = text_starts_nocase(words, "https://") || text_starts_nocase(words, "http://");
    size_t host = text_find(words, text_of("//"));
    if (!known || text_find_char(words, ' ') != SIZE_MAX || words.size < host + 3) return refuse(check, "no_url", "is no web address");
    return check_text(check, words, URL_LENGTH);
}

static bool check_number(const struct check *check, const json_t *value) {
    double number = json_number_value(value);
    if (!json_is_number(value) || !(fabs(number) <= NUMBER_MOST)) return refuse(check, "no_number", "is no number");
    return check_range(check, number, "too_small", "too_large");
}

static bool check_day(const struct check *check, const json_t *value) {
    int64_t day;
    if (!json_is_string(value) || !field_day_read(text_of_json(value), &day)) return refuse(check, "no_day", "is no day such as 2026-01-31");
    return check_range(check, (double)day, "too_early", "too_late");
}

static bool is_choice(const struct field *field, const json_t *value) {
    bool is = false;
    for (size_t i = 0; i < field->choice_count && json_is_string(value) && !is; i++)
        is = field->choices[i].is_active && text_equal(field->choices[i].key, text_of_json(value));
    return is;
}

/* In the order of the field, each once. */
static bool check_choices(const struct check *check, const json_t *value, json_t **ret) {
    if (!json_is_array(value)) return refuse(check, "no_choice", "is no list of choices");
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!is_choice(check->field, json_array_get(value, i))) return refuse(check, "no_choice", "is none of the choices");
    json_t *kept = json_array();
    for (size_t c = 0; c < check->field->choice_count; c++)
        for (size_t i = 0; i < json_array_size(value); i++)
            if (text_equal(check->field->choices[c].key, text_of_json(json_array_get(value, i)))) {
                json_array_append(kept, json_array_get(value, i));
                break;
            }
    if (!check_range(check, (double)json_array_size(kept), "too_few", "too_many")) {
        json_decref(kept);
        return false;
    }
    *ret = kept;
    return true;
}

static bool check_words(const struct check *check, const json_t *value, json_t **ret) {
    if (!json_is_string(value)) return refuse(check, "invalid", "is no text");
    struct text words = text_trim(text_of_json(value));
    size_t most = check->field->type == FIELD_TEXT ? TEXT_LENGTH : LONG_LENGTH;
    bool ok = check->field->type == FIELD_URL ? check_url(check, words) : check_text(check, words, most);
    if (ok) *ret = json_stringn(words.data, words.size);
    return ok;
}

static bool is_none(const json_t *value) {
    return !value || json_is_null(value) || (json_is_string(value) && text_empty(text_trim(text_of_json(value))))
           || (json_is_array(value) && json_array_size(value) == 0);
}

bool field_check(const struct field *field, struct arena *mem, const json_t *value, json_t **ret, struct error *err) {
    const struct check check = {field, mem, err};
    bool ok = true;
    *ret = NULL;
    if (is_none(value)) return true;
    switch (field->type) {
    case FIELD_NUMBER: ok = check_number(&check, value); break;
    case FIELD_DATE: ok = check_day(&check, value); break;
    case FIELD_BOOLEAN: ok = json_is_boolean(value) || refuse(&check, "type", "is neither true nor false"); break;
    case FIELD_CHOICE: ok = is_choice(field, value) || refuse(&check, "no_choice", "is none of the choices"); break;
    case FIELD_CHOICES: return check_choices(&check, value, ret);
    default: return check_words(&check, value, ret);
    }
    if (ok) *ret = json_deep_copy(value);
    return ok;
}
