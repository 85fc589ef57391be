/* Links between tickets over the API: two tickets are linked once in each way, and never with themselves. */
#include "api/modules_tickets.h"
#include "modules/tickets/tickets_private.h"

/* Linked tickets that the caller may not read are not there. */
static bool write_list(struct request *request, struct response *response, ticket_id ticket, struct error *err) {
    struct composer query;
    struct json_writer *json = &response->json;
    composer_begin(&query, request->tx, request->mem, &statement_ticket_links);
    composer_bind_int(&query, ticket.value);
    composer_add(&query, "\n WHERE (link.from_id = ");
    composer_int(&query, ticket.value);
    composer_add(&query, " OR link.to_id = ");
    composer_int(&query, ticket.value);
    composer_add(&query, ")");
    composer_visible(&query, request->actor);
    composer_add(&query, " ORDER BY link.created_at, ticket.id LIMIT 200");
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    if (!composer_json(&query, request->tx, json, NULL, err)) return false;
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
    return true;
}

bool get_ticket_links(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    return ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err) && write_list(request, response, ticket->id, err);
}

static bool find_other(struct request *request, const struct ticket *ticket, int64_t id, const struct ticket **ret_other, struct error *err) {
    struct error hidden = {0};
    if (id == ticket->id.value) return error_field(err, "ticket", "self_link", "a ticket is not linked with itself");
    if (ticket_for(request, id, CAN_TICKETS_READ, ret_other, &hidden)) return true;
    if (hidden.code == ERR_NOT_FOUND) return error_field(err, "ticket", "unknown", "there is no ticket %" PRId64 " that you may see", id);
    *err = hidden;
    return false;
}

/* The kind as GET shows it: with _of the other one is linked to this. */
static struct text plain_kind(struct text kind) {
    return text_ends(kind, "_of") ? text_slice(kind, 0, kind.size - 3) : kind;
}

bool post_ticket_link(struct request *request, struct response *response, struct error *err) {
    const struct link_create *body = request->body;
    const struct ticket *ticket, *other;
    struct doer doer = doer_of(request);
    int64_t operation;
    if (!ticket_for(request, request->id[0], CAN_TICKETS_CHANGE, &ticket, err) || !find_other(request, ticket, body->ticket, &other, err)) return false;
    bool inverse = text_ends(body->kind, "_of");
    const struct linking linking = {.from = inverse ? other : ticket, .to = inverse ? ticket : other, .kind = plain_kind(body->kind)};
    if (!tickets_link(request->tx, &doer, &linking, &operation, err)) return false;
    response->status = 201;
    return write_list(request, response, ticket->id, err);
}

bool delete_ticket_link(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket, *other;
    const struct sql_ticket_link_pair_row *pair;
    struct error hidden = {0};
    struct doer doer = doer_of(request);
    struct text kind = plain_kind(request->path_param[1]);
    if (!ticket_for(request, request->id[0], CAN_TICKETS_CHANGE, &ticket, err)) return false;
    const struct sql_ticket_link_pair find = {.kind = kind, .a_id = ticket->id.value, .b_id = request->id[2]};
    if (!sql_ticket_link_pair(request->tx, request->mem, &find, &pair, err)) return false;
    if (!pair || !ticket_for(request, request->id[2], CAN_TICKETS_READ, &other, &hidden))
        return error_set_key(err, ERR_NOT_FOUND, "link_not_found", "there is no such link");
    bool inverse = pair->from_id == other->id.value;
    const struct linking linking = {.from = inverse ? other : ticket, .to = inverse ? ticket : other, .kind = kind};
    int64_t operation;
    return tickets_unlink(request->tx, &doer, &linking, &operation, err) && write_list(request, response, ticket->id, err);
}
