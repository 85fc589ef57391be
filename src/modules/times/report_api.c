/* Time across tickets: lists, sums and CSV. Whoever does not manage times sees the own ones. */
#include "api/modules_times.h"
#include "base/clock.h"
#include "modules/tickets/composer.h"
#include "modules/times/times_private.h"
#include "wire/tables/csv.h"

/* What all three routes may be narrowed to; 0 and false: not. */
struct filter {
    int64_t from, to, staff, team, activity, person, company, ticket;
    bool has_billable, billable;
};

/* The routes take the same members, in types of their own. */
#define FILTER_OF(in)                                                                                                                       \
    {.from = (in)->from, .to = (in)->to, .staff = (in)->staff, .team = (in)->team, .activity = (in)->activity, .person = (in)->person,      \
     .company = (in)->company, .ticket = (in)->ticket, .has_billable = (in)->has_billable, .billable = (in)->billable}

static void add_number(struct composer *query, const char *condition, int64_t value) {
    if (!value) return;
    composer_add(query, condition);
    composer_int(query, value);
}

static void narrow(struct composer *query, const struct request *request, const struct filter *filter) {
    bool sees_others = actor_may(request->actor, CAN_TIMES_MANAGE);
    composer_add(query, " WHERE entry.removed_at IS NULL");
    composer_visible(query, request->actor);
    if (!sees_others) add_number(query, " AND entry.staff_id = ", request->actor->staff.value);
    add_number(query, " AND entry.started_at >= ", filter->from);
    add_number(query, " AND entry.started_at < ", filter->to);
    add_number(query, " AND entry.staff_id = ", filter->staff);
    add_number(query, " AND ticket.team_id = ", filter->team);
    add_number(query, " AND entry.activity_id = ", filter->activity);
    add_number(query, " AND person.id = ", filter->person);
    add_number(query, " AND person.company_id = ", filter->company);
    add_number(query, " AND entry.ticket_id = ", filter->ticket);
    if (filter->has_billable) composer_add(query, filter->billable ? " AND entry.is_billable = 1" : " AND entry.is_billable = 0");
}

/* --- Lists -------------------------------------------------------------------------------------------------------------- */

typedef struct sql_time_entries_row found_row;

static void write_found(struct json_writer *json, const found_row *row) {
    json_object_begin(json);
    json_put_int(json, "id", row->entry_id);
    json_key(json, "ticket");
    json_object_begin(json);
    json_put_int(json, "id", row->ticket_id.value);
    json_put_text(json, "label", row->label);
    json_put_text(json, "subject", row->subject);
    json_object_end(json);
    json_key(json, "staff");
    json_object_begin(json);
    json_put_int(json, "id", row->staff_id.value);
    json_put_text(json, "name", row->staff_name);
    json_object_end(json);
    json_put_id(json, "activity", row->activity_id);
    json_put_time(json, "started_at", row->started_at);
    json_put_int(json, "seconds", row->seconds);
    json_put_bool(json, "billable", row->is_billable);
    json_put_text(json, "note", row->note);
    json_put_text(json, "team", row->team);
    json_put_text(json, "person", row->person);
    json_put_text(json, "company", row->company);
    json_object_end(json);
}

static bool read_entries(struct request *request, const struct filter *filter, struct text cursor, int64_t limit, struct sql_rows *ret, struct error *err) {
    struct composer query;
    int64_t key, id;
    composer_begin(&query, request->tx, request->mem, &statement_time_entries);
    narrow(&query, request, filter);
    if (cursor.data) {
        if (!cursor_read(cursor, &key, &id, err)) return false;
        composer_add(&query, " AND (entry.started_at, entry.id) < (");
        composer_int(&query, key);
        composer_add(&query, ", ");
        composer_int(&query, id);
        composer_add(&query, ")");
    }
    buffer_printf(&query.sql, " ORDER BY entry.started_at DESC, entry.id DESC LIMIT %" PRId64, limit);
    return composer_rows(&query, request->tx, request->mem, ret, err);
}

bool get_times(struct request *request, struct response *response, struct error *err) {
    const struct get_times_query *in = request->query;
    const struct filter filter = FILTER_OF(in);
    struct json_writer *json = &response->json;
    struct sql_rows rows;
    int64_t limit = in->has_limit ? in->limit : 50;
    if (!read_entries(request, &filter, in->cursor, limit + 1, &rows, err)) return false;
    const found_row *at = rows.at;
    bool more = (int64_t)rows.count > limit;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count && (int64_t)i < limit; i++) write_found(json, &at[i]);
    json_array_end(json);
    json_put_text(json, "next", more ? cursor_make(request->mem, at[limit - 1].started_at, at[limit - 1].entry_id) : (struct text){0});
    json_object_end(json);
    return true;
}

/* --- Sums --------------------------------------------------------------------------------------------------------------- */

static struct text name_of(const struct request *request, const struct get_times_report_query *in, const struct sql_activity_list_rows *activities,
                           const struct sql_time_sums_row *row) {
    const struct sql_activity_list_row *activity = text_is(in->group_by, "activity") ? activity_in(activities, row->group_id) : NULL;
    return activity ? activity_name(activity, request->language) : row->name;
}

bool get_times_report(struct request *request, struct response *response, struct error *err) {
    const struct get_times_report_query *in = request->query;
    const struct filter filter = FILTER_OF(in);
    struct json_writer *json = &response->json;
    struct composer query;
    struct sql_rows rows;
    struct sql_activity_list_rows activities;
    int64_t seconds = 0, billable = 0;
    if (!sql_activity_list(request->tx, request->mem, &activities, err)) return false;
    composer_begin(&query, request->tx, request->mem, &statement_time_sums);
    composer_bind_text(&query, in->group_by);
    narrow(&query, request, &filter);
    buffer_printf(&query.sql, " GROUP BY group_id ORDER BY seconds DESC, group_id LIMIT %d", REPORT_MOST);
    if (!composer_rows(&query, request->tx, request->mem, &rows, err)) return false;
    const struct sql_time_sums_row *at = rows.at;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++) {
        json_object_begin(json);
        json_put_id(json, "id", at[i].group_id);
        json_put_text(json, "name", name_of(request, in, &activities, &at[i]));
        json_put_int(json, "seconds", at[i].seconds);
        json_put_int(json, "billable_seconds", at[i].billable);
        json_put_int(json, "entries", at[i].entries);
        json_object_end(json);
        seconds += at[i].seconds;
        billable += at[i].billable;
    }
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_put_int(json, "seconds", seconds);
    json_put_int(json, "billable_seconds", billable);
    json_object_end(json);
    return true;
}

/* --- CSV (RFC 4180) ------------------------------------------------------------------------------------------------------ */

static void add_line(const struct request *request, struct buffer *out, const struct sql_activity_list_rows *activities, const found_row *row) {
    const struct sql_activity_list_row *activity = activity_in(activities, row->activity_id);
    char begun[32];
    time_format(row->started_at, begun, sizeof begun);
    const struct text cells[] = {row->label, row->subject, row->company, row->person, row->team, row->staff_name,
                                 activity ? activity_name(activity, request->language) : text_of(""), row->note};
    buffer_printf(out, "%s,%" PRId64 ",%s", begun, row->seconds, row->is_billable ? "1" : "0");
    for (size_t i = 0; i < COUNT_OF(cells); i++) {
        buffer_add_string(out, ",");
        csv_add(out, cells[i]);
    }
    buffer_add_string(out, "\r\n");
}

bool get_times_export(struct request *request, struct response *response, struct error *err) {
    const struct get_times_export_query *in = request->query;
    const struct filter filter = FILTER_OF(in);
    struct sql_activity_list_rows activities;
    struct sql_rows rows;
    if (!sql_activity_list(request->tx, request->mem, &activities, err)
        || !read_entries(request, &filter, (struct text){0}, EXPORT_MOST + 1, &rows, err))
        return false;
    if (rows.count > EXPORT_MOST) return error_field(err, "from", "too_many", "there are more than %d entries: name a shorter time", EXPORT_MOST);
    const found_row *at = rows.at;
    buffer_add_string(&response->body, "started_at,seconds,billable,ticket,subject,company,person,team,staff,activity,note\r\n");
    for (size_t i = 0; i < rows.count; i++) add_line(request, &response->body, &activities, &at[i]);
    response->content_type = "text/csv; charset=utf-8";
    response_header(response, request, "Content-Disposition", text_of("attachment; filename=\"times.csv\""));
    return true;
}
