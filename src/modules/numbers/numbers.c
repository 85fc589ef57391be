#include "base/zone.h"
#include "modules/numbers/numbers_private.h"

struct ticket_label number_format_of(const struct sql_number_format_list_row *row) {
    return (struct ticket_label){.prefix = row->prefix, .separator = row->separator.size ? row->separator.data[0] : '\0', .year_digits = (int)row->year_digits,
                                 .digits = (int)row->digits, .has_check = row->has_check};
}

bool number_format_now(struct tx *tx, struct arena *mem, struct ticket_label *ret, struct text *ret_zone, struct error *err) {
    struct sql_number_format_list_rows rows;
    if (!sql_number_format_list(tx, mem, &(struct sql_number_format_list){.limit = 1}, &rows, err)) return false;
    *ret = rows.count ? number_format_of(rows.at) : (struct ticket_label){.prefix = text_of(""), .digits = LABEL_DIGITS_LEAST};
    *ret_zone = rows.count ? rows.at->zone : text_of("UTC");
    return true;
}

bool number_label(struct tx *tx, struct arena *mem, int64_t number, int64_t opened_at, struct text *ret_label, struct error *err) {
    struct ticket_label format;
    struct text zone;
    if (!number_format_now(tx, mem, &format, &zone, err)) return false;
    *ret_label = ticket_label_is_bare(&format) ? (struct text){0} : ticket_label_write(mem, &format, number, zone_year(zone, opened_at));
    return true;
}
