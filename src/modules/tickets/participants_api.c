/* Who takes part in a ticket, over the API: added, switched off and on, removed. */
#include "api/modules_tickets.h"
#include "modules/people/people.h"
#include "modules/tickets/tickets_private.h"

static bool write_list(struct request *request, struct response *response, ticket_id ticket, struct error *err) {
    struct json_writer *json = &response->json;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    if (!sql_participant_list_json(request->tx, &(struct sql_participant_list){.ticket_id = ticket}, json, NULL, err)) return false;
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
    return true;
}

bool get_ticket_participants(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    return ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err) && write_list(request, response, ticket->id, err);
}

/* --- Changing ------------------------------------------------------------------------------------------------------------ */

static bool named_person(struct request *request, const struct participant_create *body, person_id *ret_person, struct error *err) {
    bool there;
    if (body->has_person == body->has_email) return error_field(err, "person", "required", "name either a person or an address");
    if (body->has_email) return person_ensure(request->tx, "email", body->email, body->name, ret_person, err);
    if (!person_hold(request->tx, (person_id){body->person}, &there, err)) return false;
    *ret_person = (person_id){body->person};
    return there || error_field(err, "person", "unknown", "there is no such person");
}

static bool find_participant(struct request *request, ticket_id ticket, person_id person, const struct sql_participant_row_row **ret_row,
                             struct error *err) {
    const struct sql_participant_row in = {.ticket_id = ticket, .person_id = person};
    return sql_participant_row(request->tx, request->mem, &in, ret_row, err);
}

static bool needed_participant(struct request *request, const struct ticket *ticket, const struct sql_participant_row_row **ret_row, struct error *err) {
    if (!find_participant(request, ticket->id, (person_id){request->id[1]}, ret_row, err)) return false;
    return (*ret_row && !(*ret_row)->is_removed)
           || error_set_key(err, ERR_NOT_FOUND, "participant_not_found", "person %" PRId64 " takes no part here", request->id[1]);
}

static void note_participant(struct request *request, const struct ticket *ticket, const char *kind, person_id person,
                             const struct sql_participant_row_row *before, struct text role, bool is_on) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    struct doer doer = doer_of(request);
    json_object_begin(&json);
    json_put_int(&json, "person", person.value);
    if (!before) json_put_text(&json, "role", role);
    if (before && !text_equal(before->role, role)) {
        json_key(&json, "role");
        json_array_begin(&json);
        json_text(&json, before->role);
        json_text(&json, role);
        json_array_end(&json);
    }
    if (before && before->is_on != is_on) {
        json_key(&json, "active");
        json_array_begin(&json);
        json_bool(&json, before->is_on);
        json_bool(&json, is_on);
        json_array_end(&json);
    }
    json_object_end(&json);
    ticket_event(request->tx, &doer, ticket, kind, buffer_text(&out), true);
}

/* Whom a person removed only a person brings back. */
static bool bring_back(struct request *request, ticket_id ticket, person_id person, struct text role, struct error *err) {
    const struct sql_participant_return in = {.ticket_id = ticket, .person_id = person, .role = role, .created_at = request->tx->now};
    return sql_participant_return(request->tx, &in, NULL, err);
}

bool post_ticket_participant(struct request *request, struct response *response, struct error *err) {
    const struct participant_create *body = request->body;
    const struct ticket *ticket;
    const struct sql_participant_row_row *row;
    person_id person;
    struct text role = body->has_role ? body->role : text_of("cc");
    if (!ticket_for(request, request->id[0], CAN_TICKETS_CHANGE, &ticket, err) || !named_person(request, body, &person, err)
        || !find_participant(request, ticket->id, person, &row, err))
        return false;
    if (row && !row->is_removed) return error_field(err, body->has_email ? "email" : "person", "takes_part", "the person takes part already");
    if (row ? !bring_back(request, ticket->id, person, role, err) : !participant_add(request->tx, ticket->id, person, text_string(request->mem, role), err))
        return false;
    note_participant(request, ticket, "participant.added", person, NULL, role, true);
    response->status = 201;
    return write_list(request, response, ticket->id, err);
}

bool patch_ticket_participant(struct request *request, struct response *response, struct error *err) {
    const struct participant_patch *body = request->body;
    const struct ticket *ticket;
    const struct sql_participant_row_row *row;
    person_id person = {request->id[1]};
    if (!ticket_for(request, request->id[0], CAN_TICKETS_CHANGE, &ticket, err) || !needed_participant(request, ticket, &row, err)) return false;
    if (body->has_role && text_is(row->role, "requester"))
        return error_set_key(err, ERR_CONFLICT, "requester_stays", "the requester is changed with the ticket");
    const struct sql_participant_update in = {.ticket_id = ticket->id, .person_id = person, .role = body->has_role ? body->role : row->role,
                                              .is_on = body->has_active ? body->active : row->is_on};
    if (!sql_participant_update(request->tx, &in, NULL, err)) return false;
    if (in.is_on != row->is_on || !text_equal(in.role, row->role))
        note_participant(request, ticket, "participant.changed", person, row, in.role, in.is_on);
    return write_list(request, response, ticket->id, err);
}

bool delete_ticket_participant(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    const struct sql_participant_row_row *row;
    const struct sql_participant_remove in = {.ticket_id = {request->id[0]}, .person_id = {request->id[1]}};
    if (!ticket_for(request, request->id[0], CAN_TICKETS_CHANGE, &ticket, err) || !needed_participant(request, ticket, &row, err)) return false;
    if (text_is(row->role, "requester")) return error_set_key(err, ERR_CONFLICT, "requester_stays", "the requester is changed with the ticket");
    if (!sql_participant_remove(request->tx, &in, NULL, err)) return false;
    note_participant(request, ticket, "participant.removed", in.person_id, NULL, row->role, false);
    return write_list(request, response, ticket->id, err);
}
