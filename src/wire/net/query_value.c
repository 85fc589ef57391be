/* The values of terms: comparisons, ranges, days and ages. */
#include "wire/net/query_private.h"

const char *const query_compares[QUERY_COMPARES] = {"=", "<", "<=", ">", ">=", ".."};

enum query_type query_type_of(enum query_field field) {
    switch (field) {
    case QUERY_HAS:
    case QUERY_IS:
    case QUERY_WAITING: return QUERY_TYPE_WORD;
    case QUERY_PRIORITY: return QUERY_TYPE_RANK;
    case QUERY_NUMBER: return QUERY_TYPE_NUMBER;
    case QUERY_MESSAGES: return QUERY_TYPE_COUNT;
    case QUERY_BEFORE:
    case QUERY_AFTER:
    case QUERY_ON: return QUERY_TYPE_DAY;
    case QUERY_CREATED:
    case QUERY_UPDATED:
    case QUERY_RESOLVED:
    case QUERY_CLOSED:
    case QUERY_ACTIVITY:
    case QUERY_UNTIL: return QUERY_TYPE_TIME;
    case QUERY_CUSTOM: return QUERY_TYPE_CUSTOM;
    default: return QUERY_TYPE_TEXT;
    }
}

static bool has_order(enum query_type type) {
    return type == QUERY_TYPE_RANK || type == QUERY_TYPE_COUNT || type == QUERY_TYPE_TIME || type == QUERY_TYPE_CUSTOM;
}

bool query_looks_compared(struct text value) {
    return (value.size > 0 && strchr("<>=", value.data[0])) || text_starts(value, "≤") || text_starts(value, "≥")
           || text_find(value, text_of("..")) != SIZE_MAX;
}

static bool take(struct text *value, const char *sign) {
    if (!text_starts(*value, sign) || query_looks_compared(text_skip(*value, strlen(sign)))) return false;
    *value = text_skip(*value, strlen(sign));
    return true;
}

/* Two dots; a third one belongs to the Hungarian date before them. */
static bool split_range(struct query *term) {
    size_t dots = text_find(term->value, text_of(".."));
    if (dots == SIZE_MAX) return false;
    struct text end = text_skip(term->value, dots + 2);
    if (text_starts(end, ".")) {
        end = text_skip(end, 1);
        dots++;
    }
    struct text begin = text_slice(term->value, 0, dots);
    if ((text_empty(begin) && text_empty(end)) || query_looks_compared(begin) || query_looks_compared(end)) return false;
    term->compare = text_empty(begin) ? QUERY_AT_MOST : text_empty(end) ? QUERY_AT_LEAST : QUERY_BETWEEN;
    term->value = text_empty(begin) ? end : begin;
    if (term->compare == QUERY_BETWEEN) term->end = end;
    return true;
}

void query_value_split(struct query *term) {
    static const struct {
        const char *sign;
        enum query_compare compare;
    } signs[] = {{">=", QUERY_AT_LEAST}, {"<=", QUERY_AT_MOST}, {"≥", QUERY_AT_LEAST}, {"≤", QUERY_AT_MOST},
                 {">", QUERY_MORE},      {"<", QUERY_LESS},     {"=", QUERY_EQUAL}};
    if (!has_order(query_type_of(term->field)) || split_range(term)) return;
    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (take(&term->value, signs[i].sign)) {
            term->compare = signs[i].compare;
            return;
        }
}

static bool read_count(struct text digits, int64_t low, int64_t *ret_number) {
    return digits.size > 0 && digits.data[0] != '-' && text_to_int(digits, ret_number) && *ret_number >= low;
}

/* 48h, 7d: a number and its unit; at most ten years. */
static bool read_age(struct arena *mem, struct text value, struct query_moment *ret_moment) {
    static const int64_t most[] = {5256000, 87600, 3650, 520};
    size_t digits = 0;
    while (digits < value.size && value.data[digits] >= '0' && value.data[digits] <= '9') digits++;
    struct query_moment moment = {.kind = QUERY_AGE, .unit = query_unit_find(mem, text_skip(value, digits))};
    if (moment.unit < 0 || digits > 9 || !read_count(text_slice(value, 0, digits), 1, &moment.amount)) return false;
    if (moment.amount > most[moment.unit]) return false;
    *ret_moment = moment;
    return true;
}

bool query_moment_read(struct arena *mem, struct text value, bool may_be_age, struct query_moment *ret_moment) {
    return (may_be_age && read_age(mem, value, ret_moment)) || query_day_read(mem, value, ret_moment);
}

static enum query_problem_code check_time(struct arena *mem, struct query *term, struct text *ret_place) {
    bool has_end = term->compare == QUERY_BETWEEN;
    bool may_be_age = !has_end && term->compare != QUERY_EQUAL;
    *ret_place = term->value;
    if (!query_moment_read(mem, term->value, may_be_age, &term->moment)) return QUERY_BAD_TIME;
    *ret_place = term->end;
    return !has_end || query_day_read(mem, term->end, &term->moment_end) ? QUERY_OK : QUERY_BAD_TIME;
}

static enum query_problem_code check_count(struct query *term, struct text *ret_place) {
    *ret_place = term->value;
    if (!read_count(term->value, 0, &term->number)) return QUERY_BAD_NUMBER;
    *ret_place = term->end;
    return term->compare != QUERY_BETWEEN || read_count(term->end, 0, &term->number_end) ? QUERY_OK : QUERY_BAD_NUMBER;
}

static enum query_problem_code check_number(struct query *term, struct text *ret_place) {
    struct text label = text_starts(term->value, "#") ? text_skip(term->value, 1) : term->value;
    *ret_place = term->value;
    term->number = ticket_label_read(label);
    term->value = label;
    return term->number ? QUERY_OK : QUERY_BAD_NUMBER;
}

static enum query_problem_code check_word(struct arena *mem, enum query_field field, struct text *value, struct text *ret_place) {
    struct text known = query_value_find(mem, field, *value);
    *ret_place = *value;
    if (!known.data) return QUERY_BAD_VALUE;
    *value = known;
    return QUERY_OK;
}

enum query_problem_code query_value_check(struct arena *mem, struct query *term, struct text *ret_place) {
    enum query_problem_code code;
    *ret_place = term->value;
    if (text_empty(term->value) || (term->compare == QUERY_BETWEEN && text_empty(term->end))) return QUERY_MISSING_VALUE;
    if (term->compare != QUERY_EQUAL && !has_order(query_type_of(term->field))) return QUERY_BAD_COMPARE;
    switch (query_type_of(term->field)) {
    case QUERY_TYPE_NUMBER: return check_number(term, ret_place);
    case QUERY_TYPE_COUNT: return check_count(term, ret_place);
    case QUERY_TYPE_TIME: return check_time(mem, term, ret_place);
    case QUERY_TYPE_DAY: return query_day_read(mem, term->value, &term->moment) ? QUERY_OK : QUERY_BAD_DATE;
    case QUERY_TYPE_CUSTOM: return QUERY_OK;
    default: break;
    }
    code = check_word(mem, term->field, &term->value, ret_place);
    return code == QUERY_OK && term->compare == QUERY_BETWEEN ? check_word(mem, term->field, &term->end, ret_place) : code;
}
