#include "modules/admin/admin.h"

#include "api/modules_admin.h"
#include "base/log.h"
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
    json_object_end(&response->json);
    return true;
}

/* What the store knows; while it is away, only that. */
static void count_mail(struct request *request, struct buffer *out) {
    const struct application *application = request->application;
    SCOPED(tx_end) struct tx tx = {0};
    struct error err = {0};
    bool up = store_read_until(request->store, &tx, request->deadline, &err);
    buffer_printf(out, "# TYPE theke_store_up gauge\ntheke_store_up %d\n", up);
    if (up && application->mail_metrics && !application->mail_metrics(&tx, out, &err)) log_error(&err, "counting mail");
}

bool get_metrics(struct request *request, struct response *response, struct error *err) {
    const struct application *application = request->application;
    response->content_type = "text/plain; version=0.0.4; charset=utf-8";
    buffer_printf(&response->body, "# TYPE theke_write_queue gauge\ntheke_write_queue %d\n", store_queue_length(request->store));
    server_metrics(request->server, &response->body);
    if (application->hub) hub_metrics(application->hub, &response->body);
    count_mail(request, &response->body);
    return true;
}

bool get_openapi(struct request *request, struct response *response, struct error *err) {
    response->fixed_body = text_of(openapi_document);
    return true;
}

bool event_visible(void *application, const struct actor *actor, const struct live_event *event) {
    if (event->ticket.value) return actor_may_in(actor, CAN_TICKETS_READ, event->team, (staff_id){0});
    if (text_is(event->scope, "admin")) return actor_may(actor, CAN_AUDIT_READ);
    if (text_is(event->scope, "staff")) return actor->staff.value != 0;
    int64_t only;
    return text_starts(event->scope, "staff:") && text_to_int(text_skip(event->scope, 6), &only) && only == actor->staff.value;
}

bool ticket_may_follow(void *application, struct tx *tx, const struct actor *actor, ticket_id id) {
    SCOPED(arena_free) struct arena mem = {0};
    struct error err = {0};
    const struct ticket *ticket;
    return ticket_find(tx, &mem, id, &ticket, &err) && ticket && ticket_visible(actor, ticket->team, ticket->assignee);
}

static bool wants_stream(const struct request *request) {
    return text_find(request_header(request, "Accept"), text_of("text/event-stream")) != SIZE_MAX;
}

static struct live_event live_event_of(const struct sql_event_after_row *row) {
    return (struct live_event){.id = row->id, .at = row->at, .kind = row->kind, .actor = (enum actor_kind)row->actor_kind,
                               .actor_id = row->actor_id, .cause = row->cause, .ticket = row->ticket_id, .team = row->team_id,
                               .scope = row->scope, .data = row->data, .internal = row->is_internal};
}

static void write_event(struct json_writer *json, const struct live_event *event) {
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

/* Every event that the caller may see, none left out: what the caller may not see is skipped, and next still moves on. */
bool get_events(struct request *request, struct response *response, struct error *err) {
    const struct get_events_query *in = request->query;
    const struct application *application = request->application;
    struct sql_event_after_rows rows;
    int64_t limit = in->has_limit ? in->limit : 50, next = 0;
    if (wants_stream(request)) {
        hub_follow(application->hub, response_stream(response, request), request->actor, in->has_after ? in->after : -1);
        return true;
    }
    if (!sql_event_after(request->tx, request->mem, &(struct sql_event_after){.after = in->after, .limit = limit}, &rows, err)) return false;
    json_object_begin(&response->json);
    json_key(&response->json, "items");
    json_array_begin(&response->json);
    for (size_t i = 0; i < rows.count; i++) {
        struct live_event event = live_event_of(&rows.at[i]);
        next = event.id;
        if (event_visible(request->application, request->actor, &event)) write_event(&response->json, &event);
    }
    json_array_end(&response->json);
    json_key(&response->json, "next");
    json_id(&response->json, (int64_t)rows.count == limit ? next : 0);
    json_object_end(&response->json);
    return true;
}
