/* Handing a draft on: its writer gives it up, and one of those who may finish it takes it. Nobody else can write in it meanwhile. */
#include "api/modules_tickets.h"
#include "modules/people/people.h"
#include "modules/tickets/tickets_private.h"

static bool write_offers(struct request *request, struct response *response, ticket_id ticket, struct error *err) {
    json_object_begin(&response->json);
    json_key(&response->json, "items");
    json_array_begin(&response->json);
    if (!sql_draft_offer_list_json(request->tx, &(struct sql_draft_offer_list){.ticket_id = ticket}, &response->json, NULL, err)) return false;
    json_array_end(&response->json);
    json_put_text(&response->json, "next", (struct text){0});
    json_object_end(&response->json);
    return true;
}

bool get_ticket_draft_offers(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    return ticket_for(request, request->id[0], CAN_TICKETS_REPLY, &ticket, err) && write_offers(request, response, ticket->id, err);
}

/* Whom a draft is handed to can finish it. */
static bool check_taker(struct request *request, const struct ticket *ticket, staff_id staff, struct error *err) {
    struct actor actor = {0};
    bool found;
    if (!actor_load(request->tx, request->mem, staff, &actor, &found, err)) return false;
    if (!found) return error_field(err, "to", "unknown", "nobody with the number %" PRId64 " works here now", staff.value);
    return actor_may_in(&actor, CAN_TICKETS_REPLY, ticket->id, ticket->team, ticket->assignee)
           || error_field(err, "to", "may_not_answer", "they may not answer in this ticket");
}

static void tell_handed(struct request *request, const struct ticket *ticket, const char *kind, staff_id from, staff_id to) {
    struct doer doer = doer_of(request);
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "from", from.value);
    json_put_id(&json, "staff", to.value);
    json_object_end(&json);
    ticket_event(request->tx, &doer, ticket, kind, buffer_text(&out), true);
}

/* Held, so that no merge that is under way leaves the draft behind. */
bool post_draft_hand(struct request *request, struct response *response, struct error *err) {
    const struct draft_hand *body = request->body;
    const struct ticket *ticket;
    const struct sql_draft_take_out_row *draft;
    const struct sql_draft_offer_insert_row *offer;
    staff_id me = request->actor->staff, to = {body->to};
    if (!ticket_hold(request->tx, (ticket_id){request->id[0]}, err)) return false;
    if (!ticket_for(request, request->id[0], CAN_TICKETS_REPLY, &ticket, err) || (to.value && !check_taker(request, ticket, to, err))
        || !sql_draft_take_out(request->tx, request->mem, &(struct sql_draft_take_out){.ticket_id = ticket->id, .staff_id = me}, &draft, err))
        return false;
    if (!draft) return error_set_key(err, ERR_NOT_FOUND, "draft_not_found", "there is no draft");
    const struct sql_draft_offer_insert in = {.ticket_id = ticket->id, .from_id = me, .to_id = to, .audience = draft->audience,
                                              .content = draft->content, .created_at = request->tx->now};
    if (!sql_draft_offer_insert(request->tx, request->mem, &in, &offer, err)) return false;
    tell_handed(request, ticket, "draft.handed", me, to);
    return write_offers(request, response, ticket->id, err);
}

/* --- Taking ------------------------------------------------------------------------------------------------------------------ */

static bool hand_files_of(struct request *request, const json_t *form, staff_id from, struct error *err) {
    const json_t *file;
    size_t i;
    json_array_foreach(json_object_get(form, "files"), i, file) {
        const struct sql_upload_hand in = {.to_id = request->actor->staff, .staff_id = from,
                                           .attachment_id = {json_integer_value(json_object_get(file, "id"))}};
        if (!sql_upload_hand(request->tx, &in, NULL, err)) return false;
    }
    return true;
}

/* As the screen saves a draft: two forms, each with its files. */
static bool hand_files(struct request *request, const struct sql_draft_offer_find_row *offer, struct error *err) {
    json_auto_t *content = json_loadb(offer->content.data, offer->content.size, 0, NULL);
    return hand_files_of(request, json_object_get(content, "public"), offer->from_id, err)
           && hand_files_of(request, json_object_get(content, "internal"), offer->from_id, err);
}

static bool find_offer(struct request *request, const struct sql_draft_offer_find_row **ret_offer, const struct ticket **ret_ticket, struct error *err) {
    const struct sql_draft_offer_find_row *offer = NULL;
    struct error hidden = {0};
    staff_id me = request->actor->staff;
    if (!sql_draft_offer_find(request->tx, request->mem, &(struct sql_draft_offer_find){.id = request->id[0]}, &offer, err)) return false;
    bool is_for_me = offer && (!offer->to_id.value || offer->to_id.value == me.value || offer->from_id.value == me.value);
    if (!is_for_me || !ticket_for(request, offer->ticket_id.value, CAN_TICKETS_REPLY, ret_ticket, &hidden))
        return error_set_key(err, ERR_NOT_FOUND, "draft_offer_not_found", "there is no draft %" PRId64 " that you could take", request->id[0]);
    *ret_offer = offer;
    return true;
}

/* Holds the ticket that the draft waits in. A merge that ended meanwhile has taken it along: then the other one. */
static bool hold_offer(struct request *request, struct error *err) {
    const struct sql_draft_offer_find_row *offer;
    ticket_id held = {0};
    for (;;) {
        if (!sql_draft_offer_find(request->tx, request->mem, &(struct sql_draft_offer_find){.id = request->id[0]}, &offer, err)) return false;
        if (!offer || offer->ticket_id.value == held.value) return true;
        held = offer->ticket_id;
        if (!ticket_hold(request->tx, held, err)) return false;
    }
}

/* Whoever deletes the row has it, and nobody else. */
bool post_draft_offer_take(struct request *request, struct response *response, struct error *err) {
    const struct sql_draft_offer_find_row *offer;
    const struct ticket *ticket;
    staff_id me = request->actor->staff;
    int64_t begun = 0, taken = 0;
    if (!hold_offer(request, err) || !find_offer(request, &offer, &ticket, err)) return false;
    const struct sql_draft_begin in = {.ticket_id = ticket->id, .staff_id = me, .audience = offer->audience, .content = offer->content,
                                       .updated_at = request->tx->now};
    if (!sql_draft_begin(request->tx, &in, &begun, err)) return false;
    if (!begun) return error_set_key(err, ERR_CONFLICT, "draft_exists", "you are writing in this ticket already");
    if (!sql_draft_offer_delete(request->tx, &(struct sql_draft_offer_delete){.id = offer->id}, &taken, err)) return false;
    if (!taken) return error_set_key(err, ERR_NOT_FOUND, "draft_offer_not_found", "somebody else has taken the draft");
    if (!hand_files(request, offer, err)) return false;
    tell_handed(request, ticket, "draft.taken", offer->from_id, me);
    return sql_draft_find_json(request->tx, &(struct sql_draft_find){.ticket_id = ticket->id, .staff_id = me}, &response->json, NULL, err);
}
