/* Who is at a ticket, for programs and for screens that have just come. */
#include "api/modules_tickets.h"
#include "modules/tickets/tickets_private.h"
#include "platform/application/application.h"
#include "platform/live/live.h"

enum { SHOWN = 50 };
static const int64_t HOLDS = 30 * 1000000LL;

static bool write_present(struct request *request, struct response *response, const struct ticket *ticket) {
    const struct application *application = request->application;
    struct present who[SHOWN];
    size_t count = hub_who(application->hub, ticket->id, who, SHOWN);
    json_object_begin(&response->json);
    json_put_int(&response->json, "ticket", ticket->id.value);
    json_key(&response->json, "people");
    presence_write(&response->json, who, count);
    json_object_end(&response->json);
    return true;
}

bool get_ticket_presence(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    return ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err) && write_present(request, response, ticket);
}

/* Each token and each session is somebody at work. */
static int64_t key_of(const struct actor *actor) {
    return actor->token ? -2 * actor->token : -2 * actor->session - 1;
}

bool post_ticket_presence(struct request *request, struct response *response, struct error *err) {
    const struct application *application = request->application;
    const struct presence_post *body = request->body;
    const struct ticket *ticket;
    enum doing doing = DOING_VIEWING;
    if (!ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err)) return false;
    (void)doing_find(body->doing, &doing);
    hub_present(application->hub, key_of(request->actor), request->actor->staff, ticket->id, doing, HOLDS);
    return write_present(request, response, ticket);
}
