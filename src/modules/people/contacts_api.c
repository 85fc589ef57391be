/* Contacts over the API: finding, making and changing persons. */
#include "api/modules_people.h"
#include "modules/people/people.h"
#include "modules/people/people_private.h"

#include <assert.h>

/* --- Finding ------------------------------------------------------------------------------------------------------------ */

struct look_up {
    struct request *request;
    int64_t limit, after;
    struct text after_name;
};

/* The cursor is the last person of the page before. */
static bool read_place(struct look_up *look, struct error *err) {
    const struct get_people_query *in = look->request->query;
    const struct sql_person_by_id_row *last = NULL;
    look->limit = in->has_limit ? in->limit : 50;
    look->after_name = text_of("");
    if (!in->has_cursor) return true;
    if (!text_to_int(in->cursor, &look->after)) return error_field(err, "cursor", "invalid", "is not the 'next' of a page");
    if (!sql_person_by_id(look->request->tx, look->request->mem, &(struct sql_person_by_id){.id = look->after}, &last, err)) return false;
    if (last) look->after_name = last->name;
    return last || error_field(err, "cursor", "invalid", "is not the 'next' of a page");
}

static struct text end_of(struct arena *mem, struct text word) {
    return text_printf(mem, "%.*s\xf4\x8f\xbf\xbf", (int)word.size, word.data);
}

/* The longest three of the words count, the longest first. */
static void keep_word(struct text words[3], struct text word) {
    if (word.size <= words[2].size) return;
    int at = 2;
    for (; at > 0 && words[at - 1].size < word.size; at--) words[at] = words[at - 1];
    words[at] = word;
}

static struct text without_dots(struct text word) {
    while (text_ends(word, ".")) word = text_slice(word, 0, word.size - 1);
    return word;
}

/* A number is one word, and so is what looks like an address or a domain. */
static void words_of(struct arena *mem, struct text q, struct text words[3]) {
    struct text rest = text_fold(mem, text_trim(q)), piece, word;
    if (text_starts(rest, "+")) {
        words[0] = identity_normalize(mem, "phone", rest);
        return;
    }
    while (text_next(&rest, ' ', &piece)) {
        piece = without_dots(piece);
        bool whole = text_find_char(piece, '@') != SIZE_MAX || text_find_char(piece, '.') != SIZE_MAX;
        if (whole) keep_word(words, piece);
        while (!whole && next_word(&piece, &word)) keep_word(words, word);
    }
}

static bool search(struct look_up *look, struct text q, struct sql_rows *ret_rows, struct error *err) {
    struct arena *mem = look->request->mem;
    struct text words[3] = {{0}};
    *ret_rows = (struct sql_rows){0};
    words_of(mem, q, words);
    if (text_empty(words[0])) return true;
    struct sql_person_search in = {.first = words[0], .first_end = end_of(mem, words[0]), .second = words[1], .third = words[2],
                                   .after_name = look->after_name, .after = look->after, .limit = look->limit + 1};
    if (words[1].data) in.second_end = end_of(mem, words[1]);
    if (words[2].data) in.third_end = end_of(mem, words[2]);
    return statement_rows(look->request->tx, mem, &statement_person_search, &in, ret_rows, err);
}

static bool find_all(struct look_up *look, const struct statement **ret_statement, struct sql_rows *ret_rows, struct error *err) {
    const struct get_people_query *in = look->request->query;
    struct tx *tx = look->request->tx;
    struct arena *mem = look->request->mem;
    if (in->has_email || in->has_phone) {
        const char *channel = in->has_email ? "email" : "phone";
        const struct sql_person_of_identity by = {.channel = text_of(channel),
                                                  .normalized = identity_normalize(mem, channel, in->has_email ? in->email : in->phone)};
        *ret_statement = &statement_person_of_identity;
        return statement_rows(tx, mem, *ret_statement, &by, ret_rows, err);
    }
    if (in->has_company) {
        const struct sql_person_of_company by = {.company_id = {in->company}, .after_name = look->after_name, .after = look->after, .limit = look->limit + 1};
        *ret_statement = &statement_person_of_company;
        return statement_rows(tx, mem, *ret_statement, &by, ret_rows, err);
    }
    *ret_statement = &statement_person_search;
    if (in->has_q && !text_empty(text_trim(in->q))) return search(look, in->q, ret_rows, err);
    const struct sql_person_list all = {.after_name = look->after_name, .after = look->after, .limit = look->limit + 1};
    *ret_statement = &statement_person_list;
    return statement_rows(tx, mem, *ret_statement, &all, ret_rows, err);
}

bool get_people(struct request *request, struct response *response, struct error *err) {
    struct look_up look = {.request = request};
    const struct statement *statement = NULL;
    struct sql_rows rows = {0};
    struct json_writer *json = &response->json;
    int64_t last = 0;
    if (!read_place(&look, err) || !find_all(&look, &statement, &rows, err)) return false;
    size_t shown = (int64_t)rows.count > look.limit ? (size_t)look.limit : rows.count;
    assert(statement && (rows.at || !shown)); /* for the analyzer: find_all gave both */
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < shown; i++) {
        const char *row = (const char *)rows.at + i * statement->row_size;
        memcpy(&last, row, sizeof last); /* the id stands first in all of them */
        statement_row_json(statement, row, json);
    }
    json_array_end(json);
    json_put_text(json, "next", shown < rows.count ? text_printf(request->mem, "%" PRId64, last) : (struct text){0});
    json_object_end(json);
    return true;
}

/* --- One person --------------------------------------------------------------------------------------------------------- */

bool person_find(struct request *request, int64_t id, const struct sql_person_by_id_row **ret_row, struct error *err) {
    *ret_row = NULL;
    if (id && !sql_person_by_id(request->tx, request->mem, &(struct sql_person_by_id){.id = id}, ret_row, err)) return false;
    return *ret_row || error_set_key(err, ERR_NOT_FOUND, "person_not_found", "there is no person %" PRId64, id);
}

bool person_refuse_merged(person_id into, struct error *err) {
    error_set_key(err, ERR_CONFLICT, "person_merged", "they are part of person %" PRId64, into.value);
    snprintf(err->see, sizeof err->see, "/api/v1/people/%" PRId64, into.value);
    return false;
}

bool person_find_own(struct request *request, int64_t id, const struct sql_person_by_id_row **ret_row, struct error *err) {
    if (!person_find(request, id, ret_row, err)) return false;
    return !(*ret_row)->merged_into_id || person_refuse_merged((person_id){(*ret_row)->merged_into_id}, err);
}

static bool write_identities(struct request *request, struct json_writer *json, int64_t person, struct error *err) {
    struct sql_person_identities_rows rows;
    if (!sql_person_identities(request->tx, request->mem, &(struct sql_person_identities){.person_id = {person}}, &rows, err)) return false;
    json_key(json, "identities");
    json_array_begin(json);
    for (size_t i = 0; i < rows.count; i++) {
        json_object_begin(json);
        json_put_int(json, "id", rows.at[i].id);
        json_put_text(json, "channel", rows.at[i].channel);
        json_put_text(json, "value", rows.at[i].value);
        json_put_text(json, "proof", rows.at[i].proof);
        json_put_bool(json, "main", rows.at[i].is_main);
        json_put_time(json, "bounced_at", rows.at[i].bounced_at);
        json_put_text(json, "bounce_detail", rows.at[i].bounce_detail);
        json_put_time(json, "created_at", rows.at[i].created_at);
        json_object_end(json);
    }
    json_array_end(json);
    return true;
}

bool person_write(struct request *request, struct json_writer *json, int64_t id, struct error *err) {
    const struct sql_person_by_id_row *row;
    if (!person_find(request, id, &row, err)) return false;
    json_object_begin(json);
    json_put_int(json, "id", row->id);
    json_put_text(json, "name", row->name);
    json_put_text(json, "email", row->email);
    json_key(json, "company");
    if (row->company_id.value) {
        json_object_begin(json);
        json_put_int(json, "id", row->company_id.value);
        json_put_text(json, "name", row->company);
        json_object_end(json);
    } else {
        json_none(json);
    }
    json_put_text(json, "locale", row->locale);
    json_put_text(json, "notes", row->notes);
    json_put_int(json, "version", row->version);
    json_put_time(json, "created_at", row->created_at);
    json_put_id(json, "merged_into_id", row->merged_into_id);
    if (!write_identities(request, json, row->id, err)) return false;
    json_object_end(json);
    return true;
}

bool get_person(struct request *request, struct response *response, struct error *err) {
    return person_write(request, &response->json, request->id[0], err);
}

/* --- Making and changing ------------------------------------------------------------------------------------------------- */

static struct text created_data(struct request *request, person_id person, const struct sql_person_patch *fields, struct text identity) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "person", person.value);
    json_put_text(&json, "name", fields->name);
    json_put_text(&json, "identity", identity);
    json_put_id(&json, "company", fields->company_id.value);
    json_object_end(&json);
    return buffer_text(&out);
}

/* Who is not put into a company belongs to that of the first address. */
static bool company_for(struct request *request, const struct person_create *body, company_id *ret_company, struct error *err) {
    const struct person_create_identities *at = body->identities.at;
    *ret_company = (company_id){body->company};
    if (body->company) return company_check(request->tx, *ret_company, err);
    for (size_t i = 0; i < body->identities.count && !body->has_company && !ret_company->value; i++) {
        struct text normalized = identity_normalize(request->mem, text_string(request->mem, at[i].channel), at[i].value);
        if (!company_of_identity(request->tx, at[i].channel, normalized, ret_company, err)) return false;
    }
    return true;
}

static bool add_identities(struct request *request, person_id person, const struct json_list *list, struct error *err) {
    const struct person_create_identities *at = list->at;
    for (size_t i = 0; i < list->count; i++) {
        const struct identity_wish wish = {.channel = at[i].channel, .value = at[i].value, .proof = at[i].proof};
        const char *field = text_string(request->mem, text_printf(request->mem, "identities.%zu.value", i));
        if (!identity_add(request->tx, field, person, &wish, err)) return false;
    }
    return true;
}

bool post_person(struct request *request, struct response *response, struct error *err) {
    const struct person_create *body = request->body;
    const struct person_create_identities *first = body->identities.at;
    const struct sql_person_insert_row *made;
    struct sql_person_patch fields = {.locale = body->locale, .notes = body->has_notes ? body->notes : text_of("")};
    fields.name = text_empty(text_trim(body->name)) ? text_trim(first->value) : text_trim(body->name);
    if (!company_for(request, body, &fields.company_id, err)) return false;
    const struct sql_person_insert in = {.name = fields.name, .company_id = fields.company_id, .created_at = request->tx->now};
    if (!sql_person_insert(request->tx, request->mem, &in, &made, err)) return false;
    fields.id = made->person_id.value;
    if (!add_identities(request, made->person_id, &body->identities, err)
        || ((body->has_locale || body->has_notes) && !sql_person_patch(request->tx, &fields, NULL, err))
        || !person_index(request->tx, made->person_id, err))
        return false;
    staff_event(request, "person.created", "staff", created_data(request, made->person_id, &fields, text_trim(first->value)));
    response_created(response, request, "/api/v1/people/%" PRId64, fields.id);
    return person_write(request, &response->json, fields.id, err);
}

static struct text changed_data(struct request *request, const struct sql_person_by_id_row *before, const struct sql_person_patch *after) {
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "person", before->id);
    note_text(&json, "name", before->name, after->name);
    note_text(&json, "locale", before->locale, after->locale);
    note_text(&json, "notes", before->notes, after->notes);
    note_id(&json, "company", before->company_id.value, after->company_id.value);
    json_object_end(&json);
    return buffer_text(&out);
}

bool patch_person(struct request *request, struct response *response, struct error *err) {
    const struct person_patch *body = request->body;
    const struct sql_person_by_id_row *row;
    const struct sql_person_lock_row *lock;
    if (!sql_person_lock(request->tx, request->mem, &(struct sql_person_lock){.person_id = {request->id[0]}}, &lock, err)
        || !person_find_own(request, request->id[0], &row, err))
        return false;
    if (request_is_stale(request, row->version)) return error_set_key(err, ERR_STALE, "stale", "the person has changed");
    const struct sql_person_patch in = {.id = row->id, .name = body->has_name ? text_trim(body->name) : row->name,
                                        .locale = body->has_locale ? body->locale : row->locale,
                                        .notes = body->has_notes ? body->notes : row->notes,
                                        .company_id = body->has_company ? (company_id){body->company} : row->company_id};
    if (text_empty(in.name)) return error_field(err, "name", "required", "a person has a name");
    if ((in.company_id.value && !company_check(request->tx, in.company_id, err)) || !sql_person_patch(request->tx, &in, NULL, err)
        || !person_index(request->tx, (person_id){row->id}, err))
        return false;
    staff_event(request, "person.changed", "staff", changed_data(request, row, &in));
    return person_write(request, &response->json, row->id, err);
}
