#include "base/clock.h"

#include <time.h>

int64_t clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * SECOND + now.tv_nsec / 1000;
}

int64_t clock_steady(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SECOND + now.tv_nsec / 1000;
}

int64_t clock_set_back(int64_t *seen) {
    int64_t apart = clock_now() - clock_steady(), back = *seen - apart;
    bool known = *seen != 0;
    *seen = apart;
    return known && back > MINUTE / 2 ? back : 0;
}

/* Days since 1970-01-01 of a civil date: the proleptic Gregorian calendar counted in eras of 400 years, each year
 * beginning in March so that the leap day comes last. */
static int64_t days_from_civil(int64_t year, int month, int day) {
    if (month <= 2) year--;
    int64_t era = (year >= 0 ? year : year - 399) / 400, year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void time_to_date(int64_t micros, int *ret_year, int *ret_month, int *ret_day) {
    int64_t days = micros / DAY - (micros % DAY < 0) + 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097, day_of_era = days - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    *ret_day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    *ret_month = (int)(month < 10 ? month + 3 : month - 9);
    *ret_year = (int)(year_of_era + era * 400 + (*ret_month <= 2));
}

static char *put_digits(char *at, int64_t number, int count, char behind) {
    for (int i = count - 1; i >= 0; i--, number /= 10) at[i] = (char)('0' + number % 10);
    at[count] = behind;
    return at + count + 1;
}

/* By hand: every answer of the API holds a dozen times, and printf would take longer than reading the row. */
void time_format(int64_t micros, char *out, size_t size) {
    int year, month, day;
    char text[32], *at = text;
    time_to_date(micros, &year, &month, &day);
    int64_t rest = ((micros % DAY) + DAY) % DAY, fraction = rest % SECOND;
    at = put_digits(at, year < 0 ? 0 : year % 10000, 4, '-');
    at = put_digits(at, month, 2, '-');
    at = put_digits(at, day, 2, 'T');
    at = put_digits(at, rest / HOUR, 2, ':');
    at = put_digits(at, rest / MINUTE % 60, 2, ':');
    at = put_digits(at, rest / SECOND % 60, 2, fraction ? '.' : 'Z');
    if (fraction) at = put_digits(at, fraction, 6, 'Z');
    size_t length = (size_t)(at - text);
    if (size == 0) return;
    if (length >= size) length = size - 1;
    memcpy(out, text, length);
    out[length] = '\0';
}

static bool take_digits(struct text *t, size_t count, int *ret_number) {
    int64_t number;
    if (t->size < count || t->data[0] == '-' || !text_to_int(text_slice(*t, 0, count), &number)) return false;
    *t = text_skip(*t, count);
    *ret_number = (int)number;
    return true;
}

static bool take_char(struct text *t, const char *any_of) {
    if (t->size == 0 || !strchr(any_of, t->data[0])) return false;
    *t = text_skip(*t, 1);
    return true;
}

bool time_from_date(int year, int month, int day, int64_t *ret_micros) {
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return false;
    int64_t days = days_from_civil(year, month, day);
    int y, m, d;
    time_to_date(days * DAY, &y, &m, &d);
    if (m != month) return false;
    *ret_micros = days * DAY;
    return true;
}

static bool parse_fraction(struct text *t, int64_t *ret_micros) {
    *ret_micros = 0;
    if (!take_char(t, ".")) return true;
    int64_t unit = SECOND / 10;
    size_t digits = 0;
    for (; t->size && t->data[0] >= '0' && t->data[0] <= '9'; digits++, unit /= 10) {
        *ret_micros += (t->data[0] - '0') * unit;
        *t = text_skip(*t, 1);
    }
    return digits > 0 && digits <= 12;
}

static bool parse_offset(struct text t, int64_t *ret_micros) {
    *ret_micros = 0;
    if (text_is(t, "Z") || text_is(t, "z")) return true;
    int hours, minutes;
    if (t.size != 6) return false;
    int64_t sign = t.data[0] == '+' ? 1 : -1;
    if (!take_char(&t, "+-") || !take_digits(&t, 2, &hours) || !take_char(&t, ":") || !take_digits(&t, 2, &minutes))
        return false;
    *ret_micros = sign * (hours * HOUR + minutes * MINUTE);
    return hours < 24 && minutes < 60;
}

bool time_parse(struct text t, int64_t *ret_micros) {
    int year, month, day, hour, minute, second;
    int64_t date, fraction, offset;
    bool read = take_digits(&t, 4, &year) && take_char(&t, "-") && take_digits(&t, 2, &month) && take_char(&t, "-")
                && take_digits(&t, 2, &day) && take_char(&t, "Tt ") && take_digits(&t, 2, &hour)
                && take_char(&t, ":") && take_digits(&t, 2, &minute) && take_char(&t, ":")
                && take_digits(&t, 2, &second) && parse_fraction(&t, &fraction) && parse_offset(t, &offset);
    if (!read || hour > 23 || minute > 59 || second > 60 || !time_from_date(year, month, day, &date)) return false;
    *ret_micros = date + hour * HOUR + minute * MINUTE + second * SECOND + fraction - offset;
    return true;
}
