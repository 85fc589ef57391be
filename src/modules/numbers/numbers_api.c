/* Formats of ticket numbers over the API. */
#include "api/modules_numbers.h"
#include "base/zone.h"
#include "modules/numbers/numbers_private.h"
#include "platform/events/events.h"
#include "platform/http/http.h"

enum { SHOWN = 100, EXAMPLE = 10042 };

static struct text example_of(struct request *request, const struct ticket_label *format, struct text zone, int64_t at) {
    return ticket_label_write(request->mem, format, EXAMPLE, zone_year(zone, at));
}

static void write_members(struct json_writer *json, const struct ticket_label *format) {
    json_put_text(json, "prefix", format->prefix);
    json_put_text(json, "separator", text_from(&format->separator, format->separator ? 1 : 0));
    json_put_int(json, "year_digits", format->year_digits);
    json_put_int(json, "digits", format->digits);
    json_put_bool(json, "check_digit", format->has_check);
}

static void write_format(struct request *request, struct json_writer *json, const struct sql_number_format_list_row *row) {
    struct ticket_label format = number_format_of(row);
    json_object_begin(json);
    json_put_int(json, "id", row->format_id);
    write_members(json, &format);
    json_put_text(json, "example", example_of(request, &format, row->zone, row->created_at));
    json_put_time(json, "created_at", row->created_at);
    json_object_end(json);
}

bool get_number_formats(struct request *request, struct response *response, struct error *err) {
    struct sql_number_format_list_rows rows;
    struct json_writer *json = &response->json;
    if (!sql_number_format_list(request->tx, request->mem, &(struct sql_number_format_list){.limit = SHOWN}, &rows, err)) return false;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++) write_format(request, json, &rows.at[i]);
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
    return true;
}

static bool read_format(struct request *request, struct ticket_label *ret, struct error *err) {
    const struct number_format_create *body = request->body;
    struct text prefix = body->prefix.data ? text_trim(body->prefix) : text_of("");
    char *letters = text_string(request->mem, prefix);
    for (char *at = letters; *at; at++)
        if (*at >= 'a' && *at <= 'z') *at = (char)(*at - 'a' + 'A');
    struct ticket_label format = {.prefix = text_of(letters), .separator = text_empty(body->separator) ? '\0' : body->separator.data[0],
                                  .year_digits = (int)body->year_digits, .digits = body->has_digits ? (int)body->digits : LABEL_DIGITS_LEAST,
                                  .has_check = body->check_digit};
    for (size_t i = 0; i < format.prefix.size; i++)
        if (letters[i] < 'A' || letters[i] > 'Z') return error_field(err, "prefix", "invalid", "a prefix has letters A to Z");
    if (format.year_digits == 1 || format.year_digits == 3) return error_field(err, "year_digits", "invalid", "a year has 2 or 4 digits");
    *ret = format;
    return ticket_label_fits(&format) || error_field(err, "separator", "number_format", "a number in this format could not be read back");
}

bool post_number_format_preview(struct request *request, struct response *response, struct error *err) {
    struct ticket_label format;
    struct json_writer *json = &response->json;
    if (!read_format(request, &format, err)) return false;
    json_object_begin(json);
    json_put_text(json, "example", example_of(request, &format, request->actor->zone, request->tx->now));
    json_object_end(json);
    return true;
}

static void format_event(struct request *request, const struct ticket_label *before, const struct ticket_label *after) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_key(&json, "format");
    json_array_begin(&json);
    for (int i = 0; i < 2; i++) {
        json_object_begin(&json);
        write_members(&json, i == 0 ? before : after);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_object_end(&json);
    event_record(request->tx, &(struct event){.kind = "number_format.changed", .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value,
                                              .scope = "staff", .data = buffer_text(&out)});
}

static bool is_same(const struct ticket_label *a, const struct ticket_label *b) {
    return text_equal(a->prefix, b->prefix) && a->separator == b->separator && a->year_digits == b->year_digits && a->digits == b->digits
           && a->has_check == b->has_check;
}

bool post_number_format(struct request *request, struct response *response, struct error *err) {
    struct ticket_label format, before;
    struct text zone;
    struct sql_number_format_list_rows rows;
    const struct sql_number_format_insert_row *made;
    if (!read_format(request, &format, err) || !number_format_now(request->tx, request->mem, &before, &zone, err)) return false;
    const struct sql_number_format_insert insert = {
        .prefix = format.prefix, .separator = text_copy(request->mem, text_from(&format.separator, format.separator ? 1 : 0)),
        .year_digits = format.year_digits, .digits = format.digits, .has_check = format.has_check, .zone = request->actor->zone,
        .created_at = request->tx->now,
    };
    bool is_new = !is_same(&format, &before);
    if (is_new && !sql_number_format_insert(request->tx, request->mem, &insert, &made, err)) return false;
    if (is_new) format_event(request, &before, &format);
    if (!sql_number_format_list(request->tx, request->mem, &(struct sql_number_format_list){.limit = 1}, &rows, err)) return false;
    const struct sql_number_format_list_row bare = {.prefix = text_of(""), .separator = text_of(""), .digits = LABEL_DIGITS_LEAST, .zone = zone,
                                                    .created_at = request->tx->now};
    write_format(request, &response->json, rows.count ? rows.at : &bare);
    return true;
}
