/* Notices over the API: the caller's own, and of them only what they may still see. */
#include "api/modules_notices.h"
#include "modules/notices/notices_private.h"
#include "modules/tickets/tickets.h"
#include "platform/application/application.h"
#include "platform/events/events.h"
#include "platform/http/http.h"
#include "platform/live/live.h"

enum { COUNTED = 100 };

static bool count_unread(struct request *request, int64_t *ret_count, struct error *err) {
    struct sql_notice_unread_rows rows;
    const struct sql_notice_unread in = {.staff_id = request->actor->staff, .limit = COUNTED};
    if (!sql_notice_unread(request->tx, request->mem, &in, &rows, err)) return false;
    *ret_count = 0;
    for (size_t i = 0; i < rows.count; i++)
        *ret_count += ticket_visible(request->actor, rows.at[i].ticket_id, rows.at[i].team_id, rows.at[i].assignee_id);
    return true;
}

static void write_notice(struct json_writer *json, const struct sql_notice_list_row *row) {
    static const char *const actors[] = {"system", "staff", "person", "rule", "import"};
    json_object_begin(json);
    json_put_int(json, "id", row->id);
    json_put_text(json, "kind", row->kind);
    json_key(json, "ticket");
    json_object_begin(json);
    json_put_int(json, "id", row->ticket_id.value);
    json_put_int(json, "number", row->number);
    json_put_text(json, "label", row->label);
    json_put_text(json, "subject", row->subject);
    json_object_end(json);
    json_put_id(json, "message", row->message_id.value);
    json_put_text(json, "why", row->why);
    json_key(json, "actor");
    json_object_begin(json);
    json_put_string(json, "kind", actors[row->actor_kind]);
    json_put_id(json, "id", row->actor_id);
    json_put_text(json, "name", row->actor_name);
    json_object_end(json);
    json_put_int(json, "times", row->times);
    json_put_time(json, "created_at", row->created_at);
    json_put_time(json, "updated_at", row->updated_at);
    json_put_time(json, "read_at", row->read_at);
    json_object_end(json);
}

/* Both statements take and give the same. */
static bool find_page(struct request *request, const struct sql_notice_list *in, bool unread, struct sql_notice_list_rows *ret_rows, struct error *err) {
    struct sql_rows rows;
    const struct statement *statement = unread ? &statement_notice_list_unread : &statement_notice_list;
    if (!statement_rows(request->tx, request->mem, statement, in, &rows, err)) return false;
    *ret_rows = (struct sql_notice_list_rows){rows.count, rows.at};
    return true;
}

static bool read_cursor(struct text cursor, struct sql_notice_list *in, struct error *err) {
    size_t middle = text_find_char(cursor, '_');
    return (middle != SIZE_MAX && text_to_int(text_slice(cursor, 0, middle), &in->updated_at) && text_to_int(text_skip(cursor, middle + 1), &in->before))
           || error_field(err, "cursor", "invalid", "is not the 'next' of a page");
}

static struct text next_of(struct arena *mem, const struct sql_notice_list_row *last) {
    return text_printf(mem, "%" PRId64 "_%" PRId64, last->updated_at, last->id);
}

bool get_notices(struct request *request, struct response *response, struct error *err) {
    const struct get_notices_query *query = request->query;
    struct json_writer *json = &response->json;
    struct sql_notice_list_rows rows;
    int64_t limit = query->has_limit ? query->limit : 50, unread;
    struct sql_notice_list in = {.staff_id = request->actor->staff, .updated_at = INT64_MAX, .before = INT64_MAX, .limit = limit + 1};
    if (query->has_cursor && !read_cursor(query->cursor, &in, err)) return false;
    if (!find_page(request, &in, query->unread, &rows, err) || !count_unread(request, &unread, err)) return false;
    size_t shown = (int64_t)rows.count > limit ? (size_t)limit : rows.count;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < shown; i++)
        if (ticket_visible(request->actor, rows.at[i].ticket_id, rows.at[i].team_id, rows.at[i].assignee_id)) write_notice(json, &rows.at[i]);
    json_array_end(json);
    json_put_text(json, "next", shown < rows.count ? next_of(request->mem, &rows.at[shown - 1]) : (struct text){0});
    json_put_int(json, "unread", unread);
    json_object_end(json);
    return true;
}

/* --- Reading ----------------------------------------------------------------------------------------------------------------- */

/* The other windows of the same person. */
static void tell_windows(struct request *request) {
    const struct application *application = request->application;
    char *topic = arena_printf(request->mem, "staff:%" PRId64, request->actor->staff.value);
    if (application->hub) hub_send(application->hub, topic, text_of("{\"notices\":true}"));
}

static bool told(struct request *request, struct response *response) {
    tell_windows(request);
    response_none(response);
    return true;
}

bool notices_seen(struct request *request, ticket_id ticket, struct error *err) {
    const struct sql_notice_read_ticket in = {.staff_id = request->actor->staff, .ticket_id = ticket, .read_at = request->tx->now};
    int64_t read = 0;
    if (!sql_notice_read_ticket(request->tx, &in, &read, err)) return false;
    if (read) tell_windows(request);
    return true;
}

static bool find(struct request *request, struct error *err) {
    const struct sql_notice_find_row *row = NULL;
    const struct sql_notice_find in = {.id = request->id[0], .staff_id = request->actor->staff};
    if (!sql_notice_find(request->tx, request->mem, &in, &row, err)) return false;
    return (row && ticket_visible(request->actor, row->ticket_id, row->team_id, row->assignee_id))
           || error_set_key(err, ERR_NOT_FOUND, "notice_not_found", "there is no notice %" PRId64, request->id[0]);
}

bool post_notice_read(struct request *request, struct response *response, struct error *err) {
    const struct sql_notice_read in = {.id = request->id[0], .staff_id = request->actor->staff, .read_at = request->tx->now};
    return find(request, err) && sql_notice_read(request->tx, &in, NULL, err) && told(request, response);
}

bool delete_notice_read(struct request *request, struct response *response, struct error *err) {
    const struct sql_notice_unread_again in = {.id = request->id[0], .staff_id = request->actor->staff};
    return find(request, err) && sql_notice_unread_again(request->tx, &in, NULL, err) && told(request, response);
}

bool post_notices_read(struct request *request, struct response *response, struct error *err) {
    const struct notices_read *body = request->body;
    const struct sql_notice_read_all all = {.staff_id = request->actor->staff, .read_at = request->tx->now};
    const struct sql_notice_read_ticket one = {.staff_id = request->actor->staff, .ticket_id = {body->ticket}, .read_at = request->tx->now};
    bool ok = body->ticket ? sql_notice_read_ticket(request->tx, &one, NULL, err) : sql_notice_read_all(request->tx, &all, NULL, err);
    return ok && told(request, response);
}

/* --- Wishes ------------------------------------------------------------------------------------------------------------------ */

static void put_hours(struct json_writer *json, const struct notice_wishes *wishes) {
    json_object_begin(json);
    json_put_bool(json, "enabled", wishes->is_quiet);
    json_put_int(json, "from", wishes->from_minute);
    json_put_int(json, "to", wishes->to_minute);
    json_put_int(json, "days", wishes->days);
    json_object_end(json);
}

static void put_rhythm(struct json_writer *json, const struct notice_wishes *wishes) {
    json_object_begin(json);
    json_put_string(json, "rhythm", rhythm_names[wishes->rhythm]);
    json_put_int(json, "at", wishes->at_minute);
    json_object_end(json);
}

static bool write_wishes(struct request *request, struct response *response, struct error *err) {
    struct json_writer *json = &response->json;
    struct notice_wishes wishes;
    if (!wishes_read(request->tx, request->mem, request->actor->staff, &wishes, err)) return false;
    json_object_begin(json);
    json_key(json, "kinds");
    json_array_begin(json);
    for (int i = 0; i < NOTICE_KINDS; i++) {
        json_object_begin(json);
        json_put_string(json, "kind", notice_kinds[i]);
        json_put_bool(json, "shown", wishes.of[i].is_shown);
        json_put_bool(json, "mailed", wishes.of[i].is_mailed);
        json_object_end(json);
    }
    json_array_end(json);
    json_key(json, "quiet");
    put_hours(json, &wishes);
    json_key(json, "mails");
    put_rhythm(json, &wishes);
    json_put_bool(json, "stopped", wishes.is_stopped);
    json_object_end(json);
    return true;
}

bool get_notice_settings(struct request *request, struct response *response, struct error *err) {
    return write_wishes(request, response, err);
}

/* Saving them again also begins anew what a returned mail had stopped. */
static bool put_times(struct request *request, const struct notice_settings_put *body, const struct notice_wishes *now, struct error *err) {
    const struct notice_quiet *quiet = body->quiet;
    const struct notice_mails *mails = body->mails;
    const struct sql_notice_quiet_put in = {
        .staff_id = request->actor->staff, .is_on = quiet ? quiet->enabled : now->is_quiet, .from_minute = quiet ? quiet->from : now->from_minute,
        .to_minute = quiet ? quiet->to : now->to_minute, .days = quiet ? quiet->days : (int64_t)now->days,
        .rhythm = mails ? mails->rhythm : text_of(rhythm_names[now->rhythm]), .at_minute = mails ? mails->at : now->at_minute,
    };
    return sql_notice_quiet_put(request->tx, &in, NULL, err);
}

static void put_ways(struct json_writer *json, const struct notice_wishes *wishes, int kind) {
    json_array_begin(json);
    if (wishes->of[kind].is_shown) json_cstring(json, "shown");
    if (wishes->of[kind].is_mailed) json_cstring(json, "mailed");
    json_array_end(json);
}

static bool is_told_alike(const struct notice_wishes *one, const struct notice_wishes *other, int kind) {
    return one->of[kind].is_shown == other->of[kind].is_shown && one->of[kind].is_mailed == other->of[kind].is_mailed;
}

/* For the eyes of whom it is about. */
static bool record(struct request *request, const struct notice_wishes *before, struct error *err) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    staff_id staff = request->actor->staff;
    struct notice_wishes after;
    if (!wishes_read(request->tx, request->mem, staff, &after, err)) return false;
    json_object_begin(&json);
    json_put_int(&json, "staff", staff.value);
    for (int i = 0; i < NOTICE_KINDS; i++) {
        if (is_told_alike(before, &after, i)) continue;
        json_key(&json, notice_kinds[i]);
        json_array_begin(&json);
        put_ways(&json, before, i);
        put_ways(&json, &after, i);
        json_array_end(&json);
    }
    json_key(&json, "quiet");
    json_array_begin(&json);
    put_hours(&json, before);
    put_hours(&json, &after);
    json_array_end(&json);
    json_key(&json, "mails");
    json_array_begin(&json);
    put_rhythm(&json, before);
    put_rhythm(&json, &after);
    json_array_end(&json);
    json_object_end(&json);
    event_record(request->tx, &(struct event){.kind = "notice.settings", .actor = ACTOR_STAFF, .actor_id = staff.value,
                                              .scope = arena_printf(&request->tx->mem, "staff:%" PRId64, staff.value), .data = buffer_text(&out)});
    return true;
}

bool put_notice_settings(struct request *request, struct response *response, struct error *err) {
    const struct notice_settings_put *body = request->body;
    const struct notice_kind *kinds = body->kinds.at;
    struct notice_wishes before;
    if (!wishes_read(request->tx, request->mem, request->actor->staff, &before, err)) return false;
    for (size_t i = 0; i < body->kinds.count; i++) {
        const struct sql_notice_wish_put in = {.staff_id = request->actor->staff, .kind = kinds[i].kind, .is_shown = kinds[i].shown,
                                               .is_mailed = kinds[i].mailed};
        if (!sql_notice_wish_put(request->tx, &in, NULL, err)) return false;
    }
    return put_times(request, body, &before, err) && record(request, &before, err)
           && write_wishes(request, response, err);
}
