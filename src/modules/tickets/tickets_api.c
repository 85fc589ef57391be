/* Single tickets over the API. */
#include "api/modules_tickets.h"
#include "modules/people/people.h"
#include "modules/tickets/tickets_private.h"
#include "platform/application/application.h"
#include "wire/html/html.h"

struct doer doer_of(const struct request *request) {
    return (struct doer){.kind = ACTOR_STAFF, .id = request->actor->staff.value};
}

static bool refuse_ticket(ticket_id id, struct error *err) {
    return error_set_key(err, ERR_NOT_FOUND, "ticket_not_found", "there is no ticket %" PRId64 " that you may see", id.value);
}

bool ticket_for(struct request *request, int64_t id, enum permission permission, const struct ticket **ret_ticket,
                struct error *err) {
    const struct ticket *ticket = NULL;
    if (id && !ticket_find(request->tx, request->mem, (ticket_id){id}, &ticket, err)) return false;
    if (!ticket || !ticket_visible(request->actor, ticket->id, ticket->team, ticket->assignee)) return refuse_ticket((ticket_id){id}, err);
    if (!actor_may_in(request->actor, permission, ticket->id, ticket->team, ticket->assignee))
        return error_set_key(err, ERR_FORBIDDEN, "forbidden", "you may not %s here", permission_name(permission));
    if (ticket->merged_into.value && permission != CAN_TICKETS_READ) {
        ticket_refuse_merged(ticket, err);
        return false;
    }
    *ret_ticket = ticket;
    return true;
}

bool ticket_for_note(struct request *request, int64_t id, const struct ticket **ret_ticket, struct error *err) {
    const struct ticket *ticket;
    if (!ticket_for(request, id, CAN_TICKETS_READ, &ticket, err)) return false;
    if (!actor_is_admitted(request->actor, ticket->id) || !actor_may(request->actor, CAN_TICKETS_REPLY))
        return ticket_for(request, id, CAN_TICKETS_REPLY, ret_ticket, err);
    if (ticket->merged_into.value) return ticket_refuse_merged(ticket, err);
    *ret_ticket = ticket;
    return true;
}

static bool write_ticket(struct request *request, struct response *response, ticket_id id, struct error *err) {
    const struct sql_ticket_view in = {.staff_id = request->actor->staff, .ticket_id = id};
    return sql_ticket_view_json(request->tx, &in, &response->json, NULL, err);
}

/* Asks for no more than the right to read does, since nothing is called as often. */
bool get_ticket(struct request *request, struct response *response, struct error *err) {
    const struct sql_ticket_place_row *place;
    ticket_id id = {request->id[0]};
    if (!sql_ticket_place(request->tx, request->mem, &(struct sql_ticket_place){.ticket_id = id}, &place, err)) return false;
    if (!place || !ticket_visible(request->actor, id, place->team_id, place->assignee_id)) return refuse_ticket(id, err);
    return write_ticket(request, response, id, err);
}

bool post_ticket_seen(struct request *request, struct response *response, struct error *err) {
    const struct application *application = request->application;
    const struct ticket *ticket;
    if (!ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err)) return false;
    const struct sql_ticket_seen in = {.staff_id = request->actor->staff, .ticket_id = ticket->id, .seen_at = request->tx->now};
    if (!sql_ticket_seen(request->tx, &in, NULL, err)) return false;
    if (application->ticket_seen && !application->ticket_seen(request, ticket->id, err)) return false;
    response_none(response);
    return true;
}

/* --- Opening by the API ------------------------------------------------------------------------------------------ */

bool text_prepare(struct arena *mem, struct text text, struct text html, struct prepared_text *ret, struct error *err) {
    *ret = (struct prepared_text){.text = text};
    if (text_empty(html)) return true;
    struct html_result clean;
    if (!html_sanitize(mem, html, &(struct html_policy){.inline_prefix = "cid:"}, &clean, err)) return error_context(err, "html");
    ret->html = clean.html;
    ret->remote_images = (int64_t)clean.remote_images;
    if (text_empty(text)) ret->text = html_to_text(mem, html);
    return true;
}

bool prepare_ticket(struct request *request, struct response *response, struct error *err) {
    const struct ticket_create *body = request->body;
    struct prepared_text *prepared = arena_alloc(request->mem, sizeof *prepared);
    if (!text_prepare(request->mem, body->text, body->html, prepared, err)) return false;
    if (text_empty(text_trim(prepared->text))) return error_field(err, "text", "required", "the first message needs a text");
    request->prepared = prepared;
    return true;
}

static bool default_team(struct request *request, team_id *ret_team, struct error *err) {
    const struct sql_team_first_row *first;
    const struct actor *actor = request->actor;
    if (!sql_team_first(request->tx, request->mem, &first, err)) return false;
    if (!first) return error_set_key(err, ERR_CONFLICT, "no_team", "there is no team yet");
    bool elsewhere = actor_scope(actor, CAN_TICKETS_CREATE) != SCOPE_ALL || !actor_reaches(actor, CAN_TICKETS_CREATE, first->team_id);
    *ret_team = elsewhere && actor->team_count > 0 ? actor->teams[0] : first->team_id;
    return true;
}

/* Others would be out of sight at once. */
bool team_for_new(struct request *request, struct text word, team_id *ret_team, struct error *err) {
    const struct actor *actor = request->actor;
    if (!(word.data ? team_of_word(request->tx, request->mem, word, ret_team, err) : default_team(request, ret_team, err))) return false;
    if (actor_reaches(actor, CAN_TICKETS_CREATE, *ret_team) || actor_in_team(actor, *ret_team)) return true;
    return error_set_key(err, ERR_FORBIDDEN, "forbidden", "you may not open tickets for this team");
}

bool topic_for_new(struct request *request, bool has_form, int64_t id, const struct request_form **ret, struct error *err) {
    struct request_form_list list;
    *ret = NULL;
    if (!has_form) return true;
    if (!request_forms_read(request->tx, request->mem, &list, err)) return false;
    *ret = request_form_by_id(&list, id);
    if (!*ret) return error_field(err, "form", "form_not_found", "there is no form %" PRId64, id);
    return (*ret)->is_active || error_field(err, "form", "form_inactive", "the form is not in use any more");
}

bool team_for_topic(struct request *request, struct text word, const struct request_form *topic, team_id *ret_team, struct error *err) {
    bool by_topic = topic && !word.data;
    return team_for_new(request, by_topic ? text_printf(request->mem, "%" PRId64, topic->team.value) : word, ret_team, err);
}

enum { PHONE_DIGITS = 3 };

/* Who calls may have no address, and who stands at the counter not even a number. */
static bool requester_for(struct request *request, const struct requester_create *who, person_id *ret_id, struct error *err) {
    struct tx *tx = request->tx;
    bool has_phone = !text_empty(text_trim(who->phone));
    if (has_phone && identity_normalize(request->mem, "phone", who->phone).size < PHONE_DIGITS)
        return error_field(err, "requester.phone", "invalid", "is no phone number");
    if (who->has_email)
        return person_ensure(tx, "email", who->email, who->name, ret_id, err)
               && (!has_phone || person_reached_at(tx, *ret_id, "phone", who->phone, err));
    if (has_phone) return person_ensure(tx, "phone", who->phone, who->name, ret_id, err);
    if (text_empty(text_trim(who->name))) return error_field(err, "requester", "required", "needs an address, a number or a name");
    return person_unknown(tx, who->name, ret_id, err);
}

static bool open_for(struct request *request, const struct ticket_create *body, struct ticket_opening *opening,
                     const struct ticket **ret_ticket, struct error *err) {
    struct doer doer = doer_of(request);
    if (!topic_for_new(request, body->has_form, body->form, &opening->form, err)
        || !team_for_topic(request, body->team, opening->form, &opening->team, err))
        return false;
    if (!requester_for(request, body->requester, &opening->requester, err)) return false;
    /* Who sees only the own tickets opens them as such. */
    if (actor_scope(request->actor, CAN_TICKETS_READ) == SCOPE_OWN) opening->assignee = request->actor->staff;
    opening->subject = body->subject;
    opening->channel = body->outgoing ? "mail" : body->channel.data ? text_string(request->mem, body->channel) : "api";
    opening->tags = body->tags;
    if (body->has_fields) opening->fields = body->fields;
    opening->asks = request->actor;
    if (body->has_priority) (void)priority_find(body->priority, &opening->priority);
    return ticket_open(request->tx, &doer, opening, ret_ticket, err);
}

/* We write first: the letter is ours and leaves. */
static bool write_to(struct request *request, const struct ticket *ticket, struct message_writing *writing, struct error *err) {
    const struct requester_create *who = ((const struct ticket_create *)request->body)->requester;
    if (!actor_may_in(request->actor, CAN_TICKETS_REPLY, ticket->id, ticket->team, request->actor->staff))
        return error_set_key(err, ERR_FORBIDDEN, "forbidden", "you may not answer here");
    if (!who->has_email) return error_field(err, "requester.email", "required", "a letter needs an address");
    struct address *to = arena_alloc(request->mem, sizeof *to);
    *to = (struct address){.name = who->name, .email = who->email};
    writing->direction = DIRECTION_OUT;
    writing->kind = "mail";
    writing->author_person = (person_id){0};
    writing->author_staff = request->actor->staff;
    writing->from_name = request->actor->name;
    writing->from_address = (struct text){0};
    writing->to_list = addresses_json(request->mem, &(struct json_list){1, to});
    writing->deliver_by = "mail";
    writing->deliver_at = leaves_at(request);
    return true;
}

/* What the form of the topic says first, in the language of the team; it leaves as an answer of who opened the ticket. */
static bool answer_first(struct request *request, const struct ticket *ticket, const struct request_form *topic, struct error *err) {
    const struct actor *actor = request->actor;
    const struct sql_team_language_row *team;
    struct doer doer = doer_of(request);
    message_id answered = {0};
    if (!topic) return error_field(err, "answer", "form_not_found", "only a form has a first answer");
    if (!actor_may_in(actor, CAN_TICKETS_REPLY, ticket->id, ticket->team, actor->staff))
        return error_set_key(err, ERR_FORBIDDEN, "forbidden", "you may not answer here");
    if (!sql_team_language(request->tx, request->mem, &(struct sql_team_language){.team_id = ticket->team}, &team, err)) return false;
    const struct ticket_answer answer = {.ticket = ticket->id, .author = actor->staff, .author_name = actor->name,
                                         .text = request_answer_in(topic, team ? team->language : text_of("de")), .deliver_at = leaves_at(request)};
    return text_empty(answer.text) || ticket_answer(request->tx, &doer, &answer, &answered, err);
}

bool post_ticket(struct request *request, struct response *response, struct error *err) {
    const struct ticket_create *body = request->body;
    const struct prepared_text *prepared = request->prepared;
    struct ticket_opening opening = {0};
    struct doer doer = doer_of(request);
    const struct ticket *ticket;
    message_id message;
    if (!open_for(request, body, &opening, &ticket, err)) return false;
    struct message_writing writing = {
        .ticket = ticket->id, .opened = ticket, .direction = DIRECTION_IN, .kind = strcmp(opening.channel, "phone") == 0 ? "call" : "form",
        .author_person = opening.requester, .from_name = body->requester->name, .from_address = body->requester->email,
        .subject = body->subject, .text = prepared->text, .html = prepared->html,
        .remote_images = prepared->remote_images,
    };
    if ((body->outgoing && !write_to(request, ticket, &writing, err)) || !message_add(request->tx, &doer, &writing, &message, err)) return false;
    if (body->answer && !answer_first(request, ticket, opening.form, err)) return false;
    response_created(response, request, "/api/v1/tickets/%" PRId64, ticket->id.value);
    return write_ticket(request, response, ticket->id, err);
}

/* --- Changing --------------------------------------------------------------------------------------------------- */

static bool may_hand_on(struct request *request, const struct ticket *ticket, const struct ticket_change *change, struct error *err) {
    team_id team = change->has_team ? change->team : ticket->team;
    if (actor_may_in(request->actor, CAN_TICKETS_CHANGE, ticket->id, team, request->actor->staff) || change->has_team) return true;
    return error_set_key(err, ERR_FORBIDDEN, "forbidden", "you may not change tickets of this team");
}

static bool read_change(struct request *request, const struct ticket *ticket, struct ticket_change *change, struct error *err) {
    const struct ticket_patch *body = request->body;
    *change = (struct ticket_change){
        .has_state = body->has_state, .has_requester = body->has_requester, .has_assignee = body->has_assignee, .has_owner = body->has_owner,
        .has_team = body->has_team, .has_priority = body->has_priority, .has_subject = body->has_subject,
        .has_tags = body->has_tags, .has_spam = body->has_is_spam, .state = body->state,
        .waiting_reason = body->waiting_reason, .waiting_until_at = body->waiting_until, .requester = {body->requester}, .assignee = {body->assignee},
        .owner = {body->owner}, .subject = body->subject, .tags = body->tags, .is_spam = body->is_spam,
        .has_fields = body->has_fields, .fields = body->fields, .asks = request->actor, .version = request_version(request, ticket->version),
    };
    if (body->has_priority) (void)priority_find(body->priority, &change->priority);
    if (body->has_team && !team_of_word(request->tx, request->mem, body->team, &change->team, err)) return false;
    return true;
}

/* What is still open around a ticket that is done now: said, not refused. */
static bool write_warnings(struct request *request, struct response *response, ticket_id id, struct error *err) {
    struct json_writer *json = &response->json;
    struct sql_ticket_link_open_rows rows = {0};
    const struct ticket *after;
    if (!ticket_find(request->tx, request->mem, id, &after, err)) return false;
    bool done = after->category >= CATEGORY_RESOLVED && ((const struct ticket_patch *)request->body)->has_state;
    if (done && !sql_ticket_link_open(request->tx, request->mem, &(struct sql_ticket_link_open){.ticket_id = id}, &rows, err)) return false;
    json_key(json, "warnings");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++) {
        const char *code = text_is(rows.at[i].kind, "parent") ? "open_parts" : text_is(rows.at[i].kind, "problem") ? "open_incidents" : "open_blockers";
        json_object_begin(json);
        json_put_string(json, "code", code);
        json_put_int(json, "count", rows.at[i].count);
        json_put_string(json, "message", words_for(code, request->language));
        json_object_end(json);
    }
    json_array_end(json);
    return true;
}

bool patch_ticket(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket = NULL;
    struct ticket_change change = {0};
    struct doer doer = doer_of(request);
    if (!ticket_for(request, request->id[0], CAN_TICKETS_CHANGE, &ticket, err) || !read_change(request, ticket, &change, err)
        || !may_hand_on(request, ticket, &change, err))
        return false;
    if (!ticket_apply(request->tx, &doer, ticket->id, &change, err)) return false;
    const struct sql_ticket_view in = {.staff_id = request->actor->staff, .ticket_id = ticket->id};
    json_object_begin(&response->json);
    if (!statement_fields(request->tx, &statement_ticket_view, &in, &response->json, err) || !write_warnings(request, response, ticket->id, err))
        return false;
    json_object_end(&response->json);
    return true;
}

/* --- Around a ticket --------------------------------------------------------------------------------------------- */

bool get_ticket_history(struct request *request, struct response *response, struct error *err) {
    const struct get_ticket_history_query *in = request->query;
    const struct ticket *ticket;
    struct sql_event_of_ticket_rows rows;
    int64_t before = INT64_MAX, ignored, limit = in->has_limit ? in->limit : 50;
    if (!ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err)) return false;
    if (in->has_cursor && !cursor_read(in->cursor, &ignored, &before, err)) return false;
    const struct sql_event_of_ticket query = {.ticket_id = ticket->id, .before = before, .limit = limit + 1};
    if (!sql_event_of_ticket(request->tx, request->mem, &query, &rows, err)) return false;
    size_t shown = (int64_t)rows.count > limit ? (size_t)limit : rows.count;
    json_object_begin(&response->json);
    json_key(&response->json, "items");
    json_array_begin(&response->json);
    for (size_t i = 0; i < shown; i++) statement_row_json(&statement_event_of_ticket, &rows.at[i], &response->json);
    json_array_end(&response->json);
    json_put_text(&response->json, "next", shown < rows.count ? cursor_make(request->mem, 0, rows.at[shown - 1].id) : (struct text){0});
    json_object_end(&response->json);
    return true;
}

bool get_tags(struct request *request, struct response *response, struct error *err) {
    bool all = actor_reaches_all(request->actor, CAN_TICKETS_READ);
    struct composer query;
    composer_begin(&query, request->tx, request->mem, &statement_tag_list_visible);
    composer_add(&query, "\n WHERE 1 = 1");
    composer_visible_team(&query, request->actor);
    composer_add(&query, " GROUP BY ticket.tag HAVING SUM(ticket.uses) > 0 ORDER BY 2 DESC, ticket.tag LIMIT 500");
    json_object_begin(&response->json);
    json_key(&response->json, "items");
    json_array_begin(&response->json);
    bool ok = all ? sql_tag_list_json(request->tx, &response->json, NULL, err) : composer_json(&query, request->tx, &response->json, NULL, err);
    if (!ok) return false;
    json_array_end(&response->json);
    json_put_text(&response->json, "next", (struct text){0});
    json_object_end(&response->json);
    return true;
}

/* Drafts in tickets that the caller can't read any more don't count. */
static bool count_drafts(struct request *request, int64_t *ret_count, struct error *err) {
    struct composer query;
    struct sql_rows rows;
    composer_begin(&query, request->tx, request->mem, &statement_draft_count);
    composer_add(&query, "\n WHERE draft.staff_id = ");
    composer_int(&query, request->actor->staff.value);
    composer_visible(&query, request->actor);
    if (!composer_rows(&query, request->tx, request->mem, &rows, err)) return false;
    *ret_count = rows.count ? ((const struct sql_draft_count_row *)rows.at)->count : 0;
    return true;
}

/* Tickets of other teams that the caller was admitted to. */
static bool count_admitted(struct request *request, int64_t *open, int64_t *unassigned, struct error *err) {
    const struct actor *actor = request->actor;
    struct sql_admitted_working_rows rows;
    if (!actor->admitted_count || !actor_may(actor, CAN_TICKETS_READ)) return true;
    if (!sql_admitted_working(request->tx, request->mem, &(struct sql_admitted_working){.staff_id = actor->staff}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        if (actor_reaches(actor, CAN_TICKETS_READ, rows.at[i].team_id) || rows.at[i].assignee_id.value == actor->staff.value) continue;
        *open += 1;
        *unassigned += !rows.at[i].assignee_id.value;
    }
    return true;
}

/* What the caller has put off is not to be done by them now. */
static int64_t asleep_in(const struct sql_snooze_working_rows *asleep, team_id team, bool unassigned) {
    int64_t count = 0;
    for (size_t i = 0; i < asleep->count; i++)
        count += asleep->at[i].team_id.value == team.value && (!unassigned || !asleep->at[i].assignee_id.value);
    return count;
}

static void leave_asleep(const struct request *request, const struct sql_snooze_working_rows *asleep, int64_t *open, int64_t *unassigned, int64_t *mine) {
    const struct actor *actor = request->actor;
    for (size_t i = 0; i < asleep->count; i++) {
        bool own = asleep->at[i].assignee_id.value == actor->staff.value;
        bool counted = actor_reaches(actor, CAN_TICKETS_READ, asleep->at[i].team_id) || (!own && actor_is_admitted(actor, asleep->at[i].ticket_id));
        *mine -= own;
        *open -= counted;
        *unassigned -= counted && !asleep->at[i].assignee_id.value;
    }
}

bool counters_write(struct request *request, struct json_writer *json, struct error *err) {
    struct sql_counter_by_team_rows rows;
    int64_t drafts, open = 0, unassigned = 0, mine = 0;
    staff_id me = request->actor->staff;
    struct sql_snooze_working_rows asleep;
    if (!sql_snooze_working(request->tx, request->mem, &(struct sql_snooze_working){.staff_id = me}, &asleep, err)
        || !sql_counter_by_team(request->tx, request->mem, &(struct sql_counter_by_team){.staff_id = me}, &rows, err)
        || !count_drafts(request, &drafts, err))
        return false;
    json_key(json, "teams");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++) {
        mine += rows.at[i].mine;
        if (!actor_reaches(request->actor, CAN_TICKETS_READ, rows.at[i].team_id)) continue;
        open += rows.at[i].open;
        unassigned += rows.at[i].unassigned;
        json_object_begin(json);
        json_put_int(json, "id", rows.at[i].team_id.value);
        json_put_int(json, "open", rows.at[i].open - asleep_in(&asleep, rows.at[i].team_id, false));
        json_put_int(json, "unassigned", rows.at[i].unassigned - asleep_in(&asleep, rows.at[i].team_id, true));
        json_object_end(json);
    }
    json_array_end(json);
    if (!count_admitted(request, &open, &unassigned, err)) return false;
    leave_asleep(request, &asleep, &open, &unassigned, &mine);
    json_put_int(json, "open", open);
    json_put_int(json, "unassigned", unassigned);
    json_put_int(json, "mine", mine);
    json_put_int(json, "drafts", drafts);
    return true;
}
