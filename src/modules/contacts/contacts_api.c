/* Persons who are there twice, over the API. */
#include "api/modules_contacts.h"
#include "modules/contacts/contacts.h"
#include "modules/people/people.h"
#include "modules/tickets/tickets.h"
#include "platform/http/http.h"
#include "platform/operations/operations.h"

#include <jansson.h>

/* --- Who may be meant ------------------------------------------------------------------------------------------------------- */

static bool write_likeness(struct request *request, struct json_writer *json, const struct likeness *likeness, struct error *err) {
    json_object_begin(json);
    json_key(json, "person");
    if (!person_write(request, json, likeness->person.value, err)) return false;
    json_key(json, "reasons");
    json_array_begin(json);
    for (size_t i = 0; i < COUNT_OF(likeness->reasons) && likeness->reasons[i]; i++) json_text(json, text_of(likeness->reasons[i]));
    json_array_end(json);
    json_object_end(json);
    return true;
}

bool get_person_duplicates(struct request *request, struct response *response, struct error *err) {
    struct likeness found[LIKENESSES];
    struct json_writer *json = &response->json;
    size_t count;
    if (!person_likenesses(request->tx, request->mem, (person_id){request->id[0]}, found, &count, err)) return false;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < count; i++)
        if (!write_likeness(request, json, &found[i], err)) return false;
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
    return true;
}

/* --- What would happen -------------------------------------------------------------------------------------------------------- */

static bool has_number(const json_t *person) {
    const json_t *one;
    size_t i;
    json_array_foreach(json_object_get(person, "identities"), i, one) {
        const char *channel = json_string_value(json_object_get(one, "channel"));
        if (channel && strcmp(channel, "external") == 0) return true;
    }
    return false;
}

static bool company_differs(const json_t *from, const json_t *into) {
    const json_t *one = json_object_get(from, "company"), *other = json_object_get(into, "company");
    return json_is_object(one) && json_is_object(other) && !json_equal(one, other);
}

static void write_warnings(struct json_writer *json, struct text from, struct text into, int64_t tickets) {
    json_auto_t *one = json_loadb(from.data, from.size, 0, NULL), *other = json_loadb(into.data, into.size, 0, NULL);
    json_key(json, "warnings");
    json_array_begin(json);
    if (has_number(one) && has_number(other)) json_text(json, text_of("external_differs"));
    if (company_differs(one, other)) json_text(json, text_of("company_differs"));
    if (tickets > PASSED_TICKETS) json_text(json, text_of("too_many_tickets"));
    json_array_end(json);
}

static bool person_text(struct request *request, int64_t id, struct text *ret, struct error *err) {
    struct buffer out = {.mem = request->mem};
    struct json_writer json = json_writer(&out);
    if (!person_write(request, &json, id, err)) return false;
    *ret = buffer_text(&out);
    return true;
}

bool get_person_merge(struct request *request, struct response *response, struct error *err) {
    const struct get_person_merge_query *in = request->query;
    struct json_writer *json = &response->json;
    struct text from, into;
    int64_t tickets;
    if (in->into == request->id[0]) return error_field(err, "into", "person_same", "it is the same person");
    if (!person_text(request, request->id[0], &from, err) || !person_text(request, in->into, &into, err)
        || !tickets_with_person(request->tx, (person_id){request->id[0]}, request->actor, &tickets, err))
        return false;
    json_object_begin(json);
    json_put_raw(json, "from", from);
    json_put_raw(json, "into", into);
    json_put_int(json, "tickets", tickets);
    write_warnings(json, from, into, tickets);
    json_object_end(json);
    return true;
}

/* --- Doing it ---------------------------------------------------------------------------------------------------------------- */

static bool take_one(struct person_joining *joining, size_t i, struct text field, struct error *err) {
    char place[32];
    bool name = text_is(field, "name"), locale = text_is(field, "locale"), company = text_is(field, "company");
    joining->takes_name |= name;
    joining->takes_locale |= locale;
    joining->takes_company |= company;
    snprintf(place, sizeof place, "take.%zu", i);
    return name || locale || company || error_field(err, place, "unknown", "a name, locale or company is taken");
}

static bool read_wish(struct request *request, struct person_joining *ret, struct error *err) {
    const struct person_merge *body = request->body;
    const struct text *take = body->take.at;
    *ret = (struct person_joining){.from = {request->id[0]}, .into = {body->into}, .main_identity = body->main_identity};
    ret->notes = text_is(body->notes, "keep") ? NOTES_KEEP : text_is(body->notes, "take") ? NOTES_TAKE : NOTES_JOIN;
    for (size_t i = 0; i < body->take.count; i++)
        if (!take_one(ret, i, take[i], err)) return false;
    return true;
}

/* Both pages learn of it. */
static void tell(struct tx *tx, enum actor_kind kind, int64_t id, const char *what, const struct text data[2]) {
    for (int i = 0; i < 2; i++)
        event_record(tx, &(struct event){.kind = what, .actor = kind, .actor_id = id, .scope = "staff", .data = data[i]});
}

static void tell_both(struct tx *tx, enum actor_kind kind, int64_t id, const char *what, person_id from, person_id into, int64_t operation) {
    static const char *const format = "{\"person\":%" PRId64 ",\"from\":%" PRId64 ",\"into\":%" PRId64 ",\"operation\":%" PRId64 "}";
    const struct text data[2] = {text_printf(&tx->mem, format, into.value, from.value, into.value, operation),
                                 text_printf(&tx->mem, format, from.value, from.value, into.value, operation)};
    tell(tx, kind, id, what, data);
}

bool post_person_merge(struct request *request, struct response *response, struct error *err) {
    struct person_joining joining;
    struct tx *tx = request->tx;
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    const struct doer doer = doer_of(request);
    int64_t operation, tickets;
    if (!read_wish(request, &joining, err)) return false;
    json_object_begin(&json);
    json_put_int(&json, "from", joining.from.value);
    json_put_int(&json, "into", joining.into.value);
    if (!tickets_with_person(tx, joining.from, request->actor, &tickets, err) || !person_join(tx, &joining, &json, err)
        || !tickets_pass_on(tx, &doer, joining.from, joining.into, &json, err))
        return false;
    json_object_end(&json);
    const person_id people[] = {joining.into, joining.from};
    const struct operation_record record = {
        .kind = "person.merge", .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .data = buffer_text(&out), .people = people, .person_count = 2,
        .summary = text_printf(&tx->mem, "{\"from\":%" PRId64 ",\"into\":%" PRId64 ",\"tickets\":%" PRId64 "}", joining.from.value, joining.into.value,
                               tickets),
    };
    if (!operation_add(tx, &record, &operation, err)) return false;
    tell_both(tx, ACTOR_STAFF, request->actor->staff.value, "person.merged", joining.from, joining.into, operation);
    return operation_write(request, response, operation, err);
}

/* --- Taking back --------------------------------------------------------------------------------------------------------------- */

static bool undo(struct undoing *undoing, struct error *err) {
    json_auto_t *data = json_loadb(undoing->operation->data.data, undoing->operation->data.size, 0, NULL);
    person_id from = {json_integer_value(json_object_get(data, "from"))}, into = {json_integer_value(json_object_get(data, "into"))};
    if (!from.value || !into.value) return error_set(err, ERR_INTERNAL, "operation %" PRId64 " names no persons", undoing->operation->id);
    if (!person_part(undoing, from, into, data, err)) return false;
    if (undoing->refused) return true;
    if (!tickets_pass_back(undoing, from, into, data, err)) return false;
    if (!undoing->is_trial) tell_both(undoing->tx, undoing->actor, undoing->actor_id, "person.unmerged", from, into, undoing->operation->id);
    return true;
}

const struct operation_kind person_operation = {"person.merge", CAN_PEOPLE_MERGE, undo};
