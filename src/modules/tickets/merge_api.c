/* Merging over the API. */
#include "api/modules_tickets.h"
#include "modules/tickets/tickets_private.h"

static bool target_for(struct request *request, int64_t id, const struct ticket **ret_target, struct error *err) {
    struct error hidden = {0};
    if (ticket_for(request, id, CAN_TICKETS_MERGE, ret_target, &hidden)) return true;
    if (hidden.code == ERR_NOT_FOUND) return error_field(err, "into", "unknown", "there is no ticket %" PRId64 " that you may see", id);
    if (hidden.code == ERR_CONFLICT) return error_field(err, "into", "ticket_merged", "%s", hidden.message);
    *err = hidden;
    return false;
}

static enum requesters requesters_of(const struct ticket_merge *body) {
    if (!body->has_requesters) return REQUESTERS_UNDECIDED;
    return text_is(body->requesters, "join") ? REQUESTERS_JOIN : text_is(body->requesters, "apart") ? REQUESTERS_APART : REQUESTERS_REPLACE;
}

bool post_ticket_merge(struct request *request, struct response *response, struct error *err) {
    const struct ticket_merge *body = request->body;
    const struct ticket *ticket, *into;
    struct doer doer = doer_of(request);
    int64_t operation;
    if (!ticket_for(request, request->id[0], CAN_TICKETS_MERGE, &ticket, err) || !target_for(request, body->into, &into, err)) return false;
    /* A letter to a customer is an answer. */
    if (body->tell && !actor_may_in(request->actor, CAN_TICKETS_REPLY, into->id, into->team, into->assignee))
        return error_set_key(err, ERR_FORBIDDEN, "forbidden", "you may not answer here");
    const struct ticket_merging wish = {.from = ticket->id, .into = into->id, .requesters = requesters_of(body), .tells = body->tell};
    return ticket_merge(request->tx, &doer, &wish, &operation, err) && operation_write(request, response, operation, err);
}
