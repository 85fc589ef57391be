/* Rules of fields, and the form of a ticket, over the API. */
#include "api/modules_tickets.h"
#include "modules/people/people.h"
#include "modules/tickets/form.h"
#include "modules/tickets/states.h"
#include "modules/tickets/values.h"
#include "platform/events/notes.h"

/* --- Rules ---------------------------------------------------------------------------------------------------------- */

static void write_rule(struct json_writer *json, const struct sql_field_rule_list_row *row) {
    json_object_begin(json);
    json_put_int(json, "field", row->field_id);
    json_put_text(json, "visible_if", row->visible_if);
    json_put_text(json, "required_if", row->required_if);
    json_put_bool(json, "required_to_close", row->is_required_to_close);
    json_put_int(json, "version", row->version);
    json_object_end(json);
}

bool get_field_rules(struct request *request, struct response *response, struct error *err) {
    struct sql_field_rule_list_rows rows;
    struct json_writer *json = &response->json;
    if (!sql_field_rule_list(request->tx, request->mem, &rows, err)) return false;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++) write_rule(json, &rows.at[i]);
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
    return true;
}

/* As it is kept: in its canonical form. */
static bool read_condition(struct request *request, const char *name, struct text words, struct text *ret, struct error *err) {
    const struct condition_names *names;
    const struct query *query;
    struct ticket_condition *condition;
    struct error found = {0};
    *ret = (struct text){0};
    if (!words.data) return true;
    if (!query_parse(request->mem, words, &query, NULL, &found)) {
        *err = found;
        snprintf(err->fields[0].field, sizeof err->fields[0].field, "%s", name);
        return false;
    }
    if (!condition_names_read(request->tx, request->mem, &names, err)
        || !condition_bind(names, request->mem, query, name, request->actor->zone, (staff_id){0}, &condition, err))
        return false;
    *ret = query_write(request->mem, query);
    return !condition_has_words(condition) || error_field(err, name, "words_in_rule", "a rule can't look for words in messages");
}

static bool find_field(struct request *request, int64_t id, const struct field **ret, struct error *err) {
    struct field_list list;
    if (!fields_read(request->tx, request->mem, &list, err)) return false;
    *ret = field_by_id(&list, id);
    return *ret || error_set_key(err, ERR_NOT_FOUND, "field_not_found", "there is no field %" PRId64, id);
}

static bool find_rule(struct request *request, int64_t id, const struct sql_field_rule_list_row **ret, struct error *err) {
    struct sql_field_rule_list_rows rows;
    const struct sql_field_rule_list_row *found = NULL;
    if (!sql_field_rule_list(request->tx, request->mem, &rows, err)) return false;
    for (size_t i = 0; i < rows.count && !found; i++) found = rows.at[i].field_id == id ? rows.at + i : NULL;
    *ret = found;
    return true;
}

static void rule_event(struct request *request, const struct field *field, const struct sql_field_rule_list_row *before,
                       const struct sql_field_rule_put *after) {
    static const struct sql_field_rule_list_row nothing = {.field_id = 0};
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    if (!before) before = &nothing;
    json_object_begin(&json);
    json_put_int(&json, "field", field->id);
    json_put_text(&json, "key", field->key);
    note_text(&json, "visible_if", before->visible_if, after->visible_if);
    note_text(&json, "required_if", before->required_if, after->required_if);
    note_bool(&json, "required_to_close", before->is_required_to_close, after->is_required_to_close);
    json_object_end(&json);
    event_record(request->tx, &(struct event){.kind = "field.ruled", .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .scope = "staff",
                                              .data = buffer_text(&out)});
}

bool put_field_rule(struct request *request, struct response *response, struct error *err) {
    const struct field_rule_put *body = request->body;
    const struct field *field;
    const struct sql_field_rule_list_row *before, *after;
    struct sql_field_rule_put in = {.field_id = request->id[0], .is_required_to_close = body->required_to_close, .zone = request->actor->zone};
    if (!find_field(request, request->id[0], &field, err) || !find_rule(request, field->id, &before, err)) return false;
    if (request_is_stale(request, before ? before->version : 0)) return error_set_key(err, ERR_STALE, "field_stale", "the rule has changed");
    if (!read_condition(request, "visible_if", body->visible_if, &in.visible_if, err)
        || !read_condition(request, "required_if", body->required_if, &in.required_if, err) || !sql_field_rule_put(request->tx, &in, NULL, err)
        || !find_rule(request, field->id, &after, err))
        return false;
    rule_event(request, field, before, &in);
    if (after) write_rule(&response->json, after);
    return true;
}

/* --- Forms ---------------------------------------------------------------------------------------------------------- */

static void write_field(struct json_writer *json, const struct form_field *form) {
    json_object_begin(json);
    json_put_int(json, "field", form->field->id);
    json_put_text(json, "key", form->field->key);
    json_put_bool(json, "is_visible", form->is_visible);
    json_put_bool(json, "is_required", form->is_required);
    json_put_bool(json, "is_required_to_close", form->is_required_to_close);
    json_object_end(json);
}

static void answer_form(struct response *response, const struct form *form, int64_t version, size_t state_count, const struct text *states) {
    struct json_writer *json = &response->json;
    json_object_begin(json);
    json_put_int(json, "version", version);
    json_key(json, "states");
    json_array_begin(json);
    for (size_t i = 0; i < state_count; i++) json_text(json, states[i]);
    json_array_end(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < form->count; i++) write_field(json, &form->fields[i]);
    json_array_end(json);
    json_object_end(json);
}

bool get_ticket_form(struct request *request, struct response *response, struct error *err) {
    const struct ticket *ticket;
    struct form form;
    const struct text *states;
    size_t state_count;
    if (!ticket_for(request, request->id[0], CAN_TICKETS_READ, &ticket, err)
        || !form_read(request->tx, request->mem, ticket->id, ticket->team, request->actor->staff, &form, err)
        || !states_open_to(request->tx, request->mem, request->actor, ticket, &state_count, &states, err))
        return false;
    answer_form(response, &form, ticket->version, state_count, states);
    return true;
}

/* Who writes for the first time is like nobody yet; so is everybody for who may not read people. */
static bool read_requester(struct request *request, const struct requester_create *who, struct ticket_facts *facts, struct error *err) {
    const struct person_card *person = NULL;
    const struct sql_requester_facts_row *row;
    bool has_phone = who && !text_empty(text_trim(who->phone));
    if (!actor_may(request->actor, CAN_PEOPLE_READ)) return true;
    if (who && who->has_email && !person_by_identity(request->tx, request->mem, "email", who->email, &person, err)) return false;
    if (!person && has_phone && !person_by_identity(request->tx, request->mem, "phone", who->phone, &person, err)) return false;
    if (!person) return true;
    if (!sql_requester_facts(request->tx, request->mem, &(struct sql_requester_facts){.person_id = person->id}, &row, err)) return false;
    facts->requester = person->id;
    facts->company = row ? row->company_id.value : 0;
    if (row) facts->requester_words = row->words;
    return true;
}

/* As they are kept; a value that does not fit is none yet. */
static bool read_values(struct request *request, team_id team, struct text wish, struct text *ret, struct error *err) {
    struct values values;
    struct error misfit = {0};
    *ret = text_of("{}");
    if (!wish.data) return true;
    if (!values_read(request->tx, team, *ret, wish, &values, &misfit) && misfit.code != ERR_INVALID) {
        *err = misfit;
        return false;
    }
    *ret = values.json;
    return true;
}

/* What the form of a topic asks for, in its order. */
static struct form of_topic(struct arena *mem, const struct form *whole, const struct request_form *topic) {
    struct form_field *fields = arena_array(mem, topic->field_count + 1, sizeof *fields);
    struct form form = {.fields = fields};
    for (size_t i = 0; i < topic->field_count; i++)
        for (size_t k = 0; k < whole->count; k++) {
            if (whole->fields[k].field->id != topic->fields[i].field) continue;
            fields[form.count] = whole->fields[k];
            fields[form.count].is_required |= whole->fields[k].is_visible && topic->fields[i].is_required;
            form.count++;
        }
    return form;
}

bool post_ticket_form(struct request *request, struct response *response, struct error *err) {
    const struct ticket_form_ask *body = request->body;
    static const struct text state = {"new", 3};
    int64_t now = request->tx->now;
    struct form form;
    struct ticket_facts facts = {.state = 1, .category = CATEGORY_NEW, .priority = PRIORITY_NORMAL, .is_active = true, .channel = text_of("api"),
                                 .created_at = now, .updated_at = now, .last_message_at = now};
    if (body->has_priority) (void)priority_find(body->priority, &facts.priority);
    if (body->channel.data) facts.channel = body->channel;
    if (body->outgoing) facts.channel = text_of("mail");
    if (actor_scope(request->actor, CAN_TICKETS_READ) == SCOPE_OWN) facts.assignee = facts.owner = request->actor->staff;
    const struct request_form *topic;
    if (!topic_for_new(request, body->has_form, body->form, &topic, err) || !team_for_topic(request, body->team, topic, &facts.team, err)
        || !read_requester(request, body->requester, &facts, err)
        || !read_values(request, facts.team, body->has_fields ? body->fields : (struct text){0}, &facts.fields, err)
        || !tags_look(request->tx, &body->tags, &facts.tags, err)
        || !form_of(request->tx, request->mem, &facts, request->actor->staff, &form, err))
        return false;
    if (topic) form = of_topic(request->mem, &form, topic);
    answer_form(response, &form, 0, 1, &state);
    return true;
}
