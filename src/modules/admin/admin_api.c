#include "modules/admin/admin.h"

#include "api/modules_admin.h"
#include "base/log.h"
#include "modules/texts/texts.h"
#include "modules/tickets/tickets.h"
#include "platform/application/application.h"
#include "platform/http/openapi.h"
#include "sql/platform_events.h"

bool get_healthz(struct request *request, struct response *response, struct error *err) {
    response->content_type = "text/plain; charset=utf-8";
    buffer_add_string(&response->body, "ok\n");
    return true;
}

bool get_readyz(struct request *request, struct response *response, struct error *err) {
    const struct application *application = request->application;
    const struct sql_event_last_row *last;
    if (!sql_event_last(request->tx, request->mem, &last, err)) return false;
    json_object_begin(&response->json);
    json_put_string(&response->json, "status", "ready");
    json_put_int(&response->json, "last_event", last ? last->id : 0);
    if (application->mail_ready) {
        json_key(&response->json, "mail");
        if (!application->mail_ready(request->tx, &response->json, err)) return false;
    }
    json_put_bool(&response->json, "reads_pdf", texts_reads_pdf(application->texts));
    json_object_end(&response->json);
    return true;
}

/* What the store knows; while it is away, only that. */
static void count_stored(struct request *request, struct buffer *out) {
    const struct application *application = request->application;
    SCOPED(tx_end) struct tx tx = {0};
    struct error err = {0};
    bool up = store_read_until(request->store, &tx, request->deadline, &err);
    buffer_printf(out, "# TYPE theke_store_up gauge\ntheke_store_up %d\n", up);
    if (up && application->mail_metrics && !application->mail_metrics(&tx, out, &err)) log_error(&err, "counting mail");
    if (up && application->webhook_metrics && !application->webhook_metrics(&tx, out, &err)) log_error(&err, "counting webhooks");
    if (up && !texts_metrics(application->texts, &tx, out, &err)) log_error(&err, "counting files to read");
}

bool get_metrics(struct request *request, struct response *response, struct error *err) {
    const struct application *application = request->application;
    response->content_type = "text/plain; version=0.0.4; charset=utf-8";
    buffer_printf(&response->body, "# TYPE theke_write_queue gauge\ntheke_write_queue %d\n", store_queue_length(request->store));
    server_metrics(request->server, &response->body);
    if (application->hub) hub_metrics(application->hub, &response->body);
    count_stored(request, &response->body);
    return true;
}

bool get_openapi(struct request *request, struct response *response, struct error *err) {
    response->fixed_body = text_of(openapi_document);
    return true;
}

/* Events of a subject tell no more than its routes do: the permission that they ask for. */
static const struct subject {
    const char *beginning;
    enum permission permission;
} subjects[] = {
    {"person.", CAN_PEOPLE_READ}, {"company.", CAN_PEOPLE_READ},       {"staff.", CAN_STAFF_READ},
    {"role.", CAN_STAFF_READ},    {"mailbox.", CAN_MAILBOXES_MANAGE},  {"mail.", CAN_MAILBOXES_MANAGE},
};

static bool may_see_subject(const struct actor *actor, const struct live_event *event) {
    bool own = !actor->token && event->actor == ACTOR_STAFF && event->actor_id == actor->staff.value;
    for (size_t i = 0; i < COUNT_OF(subjects); i++)
        if (text_starts(event->kind, subjects[i].beginning)) return own || actor_may(actor, subjects[i].permission);
    return true;
}

/* Who keeps the mailboxes, or the webhooks, sees all of them anyway, and their screens follow what others change. */
static bool is_kept_by(const struct actor *actor, const struct live_event *event) {
    return (text_starts(event->kind, "mailbox.") && actor_may(actor, CAN_MAILBOXES_MANAGE))
           || (text_starts(event->kind, "webhook.") && actor_may(actor, CAN_INTEGRATIONS_MANAGE));
}

bool event_visible(void *application, const struct actor *actor, const struct live_event *event) {
    if (!actor->staff.value) return false;
    if (event->ticket.value) return actor_may_in(actor, CAN_TICKETS_READ, event->ticket, event->team, event->assignee);
    if (text_is(event->scope, "admin")) return actor_may(actor, CAN_AUDIT_READ) || is_kept_by(actor, event);
    if (text_is(event->scope, "staff")) return may_see_subject(actor, event);
    int64_t only;
    return text_starts(event->scope, "staff:") && text_to_int(text_skip(event->scope, 6), &only) && only == actor->staff.value;
}

bool ticket_may_follow(void *application, struct tx *tx, const struct actor *actor, ticket_id id) {
    SCOPED(arena_free) struct arena mem = {0};
    struct error err = {0};
    const struct ticket *ticket;
    return ticket_find(tx, &mem, id, &ticket, &err) && ticket && ticket_visible(actor, ticket->id, ticket->team, ticket->assignee);
}

static bool wants_stream(const struct request *request) {
    return text_find(request_header(request, "Accept"), text_of("text/event-stream")) != SIZE_MAX;
}

struct live_event event_of_row(const struct sql_event_after_row *row) {
    return (struct live_event){.id = row->id, .at = row->at, .kind = row->kind, .actor = (enum actor_kind)row->actor_kind,
                               .actor_id = row->actor_id, .cause = row->cause, .ticket = row->ticket_id, .team = row->team_id, .assignee = row->assignee_id,
                               .scope = row->scope, .data = row->data, .internal = row->is_internal};
}

void event_write(struct json_writer *json, const struct live_event *event) {
    static const char *const actors[] = {"system", "staff", "person", "rule", "import"};
    json_object_begin(json);
    json_put_int(json, "id", event->id);
    json_put_time(json, "at", event->at);
    json_put_text(json, "kind", event->kind);
    json_key(json, "actor");
    json_object_begin(json);
    json_put_string(json, "kind", actors[event->actor]);
    json_put_id(json, "id", event->actor_id);
    json_object_end(json);
    json_put_text(json, "cause", event->cause);
    json_put_id(json, "ticket", event->ticket.value);
    json_put_id(json, "team", event->team.value);
    json_put_text(json, "scope", event->scope);
    json_put_raw(json, "data", event->data);
    json_put_bool(json, "internal", event->internal);
    json_object_end(json);
}

enum { PIECE = 500, SCAN_LIMIT = 5000 };

/* A walk over the record in one direction. What the caller may not see, or did not ask for, is skipped; next still moves on. */
struct walk {
    struct request *request;
    const struct get_events_query *in;
    bool newest_first, is_filtered;
    int64_t limit, at, found, scanned;
    bool more;
};

static bool is_asked_for(const struct walk *walk, const struct live_event *event) {
    const struct get_events_query *in = walk->in;
    if (in->has_kind && !text_starts(event->kind, text_string(walk->request->mem, in->kind))) return false;
    if (in->has_actor && (event->actor != ACTOR_STAFF || event->actor_id != in->actor)) return false;
    if (!in->has_scope) return true;
    return text_is(in->scope, "audit") ? !event->ticket.value : text_equal(event->scope, in->scope);
}

static bool read_piece(struct walk *walk, int64_t limit, struct sql_event_after_rows *ret_rows, struct error *err) {
    struct tx *tx = walk->request->tx;
    struct arena *mem = walk->request->mem;
    struct sql_rows rows;
    const struct sql_event_before before = {.before = walk->at, .limit = limit};
    /* The three statements have the same columns, in the same order. */
    const struct statement *newest = walk->in->has_scope ? &statement_event_audit : &statement_event_before;
    if (!walk->newest_first) return sql_event_after(tx, mem, &(struct sql_event_after){.after = walk->at, .limit = limit}, ret_rows, err);
    if (!statement_rows(tx, mem, newest, &before, &rows, err)) return false;
    *ret_rows = (struct sql_event_after_rows){.count = rows.count, .at = rows.at};
    return true;
}

static bool write_piece(struct walk *walk, struct json_writer *json, struct error *err) {
    struct sql_event_after_rows rows;
    int64_t limit = walk->is_filtered ? PIECE : walk->limit;
    if (!read_piece(walk, limit, &rows, err)) return false;
    walk->more = (int64_t)rows.count == limit;
    for (size_t i = 0; i < rows.count; i++) {
        struct live_event event = event_of_row(&rows.at[i]);
        walk->at = event.id;
        if (!is_asked_for(walk, &event) || !event_visible(walk->request->application, walk->request->actor, &event)) continue;
        event_write(json, &event);
        if (++walk->found < walk->limit) continue;
        walk->more = walk->more || i + 1 < rows.count;
        return true;
    }
    walk->scanned += (int64_t)rows.count;
    return true;
}

static bool begin_walk(struct walk *walk, struct error *err) {
    const struct get_events_query *in = walk->in;
    walk->limit = in->has_limit ? in->limit : 50;
    walk->newest_first = in->has_sort && text_is(in->sort, "-id");
    walk->is_filtered = in->has_kind || in->has_actor || in->has_scope;
    walk->at = !walk->newest_first ? in->after : in->has_before ? in->before : INT64_MAX;
    if (in->has_before && !walk->newest_first) return error_field(err, "before", "invalid", "goes with sort=-id");
    if (in->has_after && walk->newest_first) return error_field(err, "after", "invalid", "goes with sort=id");
    return true;
}

bool get_events(struct request *request, struct response *response, struct error *err) {
    const struct application *application = request->application;
    struct walk walk = {.request = request, .in = request->query};
    if (wants_stream(request)) {
        hub_follow(application->hub, response_stream(response, request), request->actor, walk.in->has_after ? walk.in->after : -1);
        return true;
    }
    if (!begin_walk(&walk, err)) return false;
    json_object_begin(&response->json);
    json_key(&response->json, "items");
    json_array_begin(&response->json);
    do
        if (!write_piece(&walk, &response->json, err)) return false;
    while (walk.is_filtered && walk.more && walk.found < walk.limit && walk.scanned < SCAN_LIMIT);
    json_array_end(&response->json);
    json_key(&response->json, "next");
    json_id(&response->json, walk.more ? walk.at : 0);
    json_object_end(&response->json);
    return true;
}
