/* Companies over the API: names, domains, and who belongs to them. */
#include "api/modules_people.h"
#include "base/domain.h"
#include "modules/people/people.h"
#include "modules/people/people_private.h"

/* --- Showing ------------------------------------------------------------------------------------------------------------ */

static bool find_company(struct request *request, int64_t id, const struct sql_company_by_id_row **ret_row, struct error *err) {
    *ret_row = NULL;
    if (id && !sql_company_by_id(request->tx, request->mem, &(struct sql_company_by_id){.company_id = {id}}, ret_row, err)) return false;
    return *ret_row || error_set_key(err, ERR_NOT_FOUND, "company_not_found", "there is no company %" PRId64, id);
}

/* On SQLite nobody else writes before this transaction has ended. */
static bool held_company(struct request *request, const struct sql_company_by_id_row **ret_row, struct error *err) {
    struct sql_company_hold_rows held;
    const struct sql_company_hold in = {.company_id = {request->id[0]}};
    return (store_dialect(request->tx->store) == DIALECT_SQLITE || sql_company_hold(request->tx, request->mem, &in, &held, err))
           && find_company(request, request->id[0], ret_row, err);
}

bool company_check(struct tx *tx, company_id company, struct error *err) {
    const struct sql_company_by_id_row *row;
    if (!sql_company_by_id(tx, &tx->mem, &(struct sql_company_by_id){.company_id = company}, &row, err)) return false;
    return row || error_field(err, "company", "unknown", "there is no such company");
}

static bool domains_json(struct request *request, company_id company, struct text *ret_json, struct error *err) {
    struct sql_company_domains_rows rows;
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    if (!sql_company_domains(request->tx, request->mem, &(struct sql_company_domains){.company_id = company}, &rows, err)) return false;
    json_array_begin(&json);
    for (size_t i = 0; i < rows.count; i++) json_text(&json, rows.at[i].domain);
    json_array_end(&json);
    *ret_json = buffer_text(&out);
    return true;
}

static bool write_company(struct request *request, struct json_writer *json, int64_t id, struct error *err) {
    const struct sql_company_by_id_row *row;
    const struct sql_company_people_count_row *people;
    struct text domains;
    if (!find_company(request, id, &row, err) || !domains_json(request, row->company_id, &domains, err)
        || !sql_company_people_count(request->tx, request->mem, &(struct sql_company_people_count){.company_id = row->company_id}, &people, err))
        return false;
    json_object_begin(json);
    json_put_int(json, "id", row->company_id.value);
    json_put_text(json, "name", row->name);
    json_put_raw(json, "domains", domains);
    json_put_text(json, "notes", row->notes);
    json_put_int(json, "people_count", people->count);
    json_put_int(json, "version", row->version);
    json_put_time(json, "created_at", row->created_at);
    json_object_end(json);
    return true;
}

bool get_company(struct request *request, struct response *response, struct error *err) {
    return write_company(request, &response->json, request->id[0], err);
}

static bool read_place(struct request *request, struct sql_company_list *list, struct error *err) {
    const struct get_companies_query *in = request->query;
    const struct sql_company_by_id_row *last;
    list->after_name = text_of("");
    list->limit = (in->has_limit ? in->limit : 50) + 1;
    if (in->has_q && !text_empty(text_trim(in->q)))
        list->words = text_printf(request->mem, "%%%.*s%%", (int)text_trim(in->q).size, text_trim(in->q).data);
    if (!in->has_cursor) return true;
    if (!text_to_int(in->cursor, &list->after) || !find_company(request, list->after, &last, err))
        return error_field(err, "cursor", "invalid", "is not the 'next' of a page");
    list->after_name = last->name;
    return true;
}

bool get_companies(struct request *request, struct response *response, struct error *err) {
    struct sql_company_list list = {0};
    struct sql_company_list_rows rows;
    struct json_writer *json = &response->json;
    if (!read_place(request, &list, err) || !sql_company_list(request->tx, request->mem, &list, &rows, err)) return false;
    size_t shown = (int64_t)rows.count == list.limit ? rows.count - 1 : rows.count;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < shown; i++)
        if (!write_company(request, json, rows.at[i].company_id.value, err)) return false;
    json_array_end(json);
    struct text next = {0};
    if (shown < rows.count) next = text_printf(request->mem, "%" PRId64, rows.at[shown - 1].company_id.value);
    json_put_text(json, "next", next);
    json_object_end(json);
    return true;
}

/* --- Domains ------------------------------------------------------------------------------------------------------------- */

static bool is_domain(struct text t) {
    bool dot = false;
    for (size_t i = 0; i < t.size; i++) {
        char c = t.data[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i > 0) || (c & 0x80);
        if (c == '.') {
            if (i == 0 || i + 1 == t.size || t.data[i - 1] == '.') return false;
            dot = true;
        } else if (!fits) {
            return false;
        }
    }
    return dot;
}

static bool add_domain(struct request *request, company_id company, struct text domain, struct error *err) {
    const struct sql_company_by_domain_row *owner;
    const struct sql_company_domain_add in = {.domain = domain, .company_id = company};
    int64_t added = 0;
    if (!is_domain(domain)) return error_field(err, "domains", "domain_invalid", "%.*s is no domain", (int)text_cut(domain, 100).size, domain.data);
    if (domain_is_public(domain)) return error_field(err, "domains", "domain_public", "anybody can have an address at %.*s", (int)domain.size, domain.data);
    if (!sql_company_domain_add(request->tx, &in, &added, err)) return false;
    if (added) return true;
    if (!sql_company_by_domain(request->tx, request->mem, &(struct sql_company_by_domain){.domain = domain}, &owner, err)) return false;
    if (owner && owner->company_id.value == company.value) return true;
    error_field(err, "domains", "taken", "another company has %.*s", (int)domain.size, domain.data);
    if (owner) snprintf(err->see, sizeof err->see, "/api/v1/companies/%" PRId64, owner->company_id.value);
    return false;
}

/* Who writes from there and belongs to no company yet, joins. */
static bool join_strangers(struct request *request, company_id company, struct text domain, int64_t *joined, struct error *err) {
    struct sql_company_strangers_rows rows;
    if (!sql_company_strangers(request->tx, request->mem, &(struct sql_company_strangers){.domain = domain}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        const struct sql_person_company_set in = {.person_id = rows.at[i].person_id, .company_id = company};
        if (!sql_person_company_set(request->tx, &in, NULL, err) || !person_index(request->tx, in.person_id, err)) return false;
    }
    *joined += (int64_t)rows.count;
    return true;
}

static bool set_domains(struct request *request, company_id company, const struct json_list *wish, int64_t *ret_joined, struct error *err) {
    const struct text *at = wish->at;
    *ret_joined = 0;
    if (!sql_company_domains_clear(request->tx, &(struct sql_company_domains_clear){.company_id = company}, NULL, err)) return false;
    for (size_t i = 0; i < wish->count; i++) {
        struct text domain = text_fold(request->mem, text_trim(at[i]));
        if (text_starts(domain, "@")) domain = text_skip(domain, 1);
        struct text wire = domain_ascii(request->mem, domain);
        if (wire.data) domain = wire;
        if (!add_domain(request, company, domain, err) || !join_strangers(request, company, domain, ret_joined, err)) return false;
    }
    return true;
}

/* --- Writing ------------------------------------------------------------------------------------------------------------- */

static bool lock_naming(struct tx *tx, struct error *err) {
    struct sql_company_naming_lock_rows locked;
    return store_dialect(tx->store) == DIALECT_SQLITE || sql_company_naming_lock(tx, &tx->mem, &locked, err);
}

static bool check_name(struct tx *tx, company_id company, struct text name, struct error *err) {
    const struct sql_company_taken_row *other;
    if (text_empty(name)) return error_field(err, "name", "required", "a company has a name");
    if (!lock_naming(tx, err)) return false;
    if (!sql_company_taken(tx, &tx->mem, &(struct sql_company_taken){.name = name, .company_id = company}, &other, err)) return false;
    if (!other) return true;
    error_field(err, "name", "taken", "another company has this name");
    snprintf(err->see, sizeof err->see, "/api/v1/companies/%" PRId64, other->company_id.value);
    return false;
}

bool company_by_name(struct tx *tx, struct text name, company_id *ret, struct error *err) {
    const struct sql_company_taken_row *row;
    if (!sql_company_taken(tx, &tx->mem, &(struct sql_company_taken){.name = name}, &row, err)) return false;
    *ret = row ? row->company_id : (company_id){0};
    return true;
}

static bool index_members(struct request *request, company_id company, struct error *err) {
    struct sql_company_members_rows rows;
    if (!sql_company_members(request->tx, request->mem, &(struct sql_company_members){.company_id = company}, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++)
        if (!person_index(request->tx, rows.at[i].person_id, err)) return false;
    return true;
}

struct company_state {
    struct text name, notes, domains;
};

static struct text change_data(struct tx *tx, company_id company, const struct company_state *before, const struct company_state *after,
                               int64_t joined) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "company", company.value);
    note_text(&json, "name", before->name, after->name);
    note_text(&json, "notes", before->notes, after->notes);
    note_raw(&json, "domains", before->domains, after->domains);
    if (joined) json_put_int(&json, "joined", joined);
    json_object_end(&json);
    return buffer_text(&out);
}

bool company_make(struct tx *tx, const struct people_doer *doer, struct text name, company_id *ret, struct error *err) {
    const struct sql_company_insert_row *made;
    const struct company_state after = {.name = text_trim(name), .notes = text_of("")};
    const struct sql_company_insert in = {.name = after.name, .notes = after.notes, .created_at = tx->now};
    if (!check_name(tx, (company_id){0}, after.name, err) || !sql_company_insert(tx, &tx->mem, &in, &made, err)) return false;
    people_event(tx, doer, "company.created", change_data(tx, made->company_id, &(struct company_state){0}, &after, 0));
    *ret = made->company_id;
    return true;
}

bool post_company(struct request *request, struct response *response, struct error *err) {
    const struct company_create *body = request->body;
    const struct sql_company_insert_row *made;
    struct company_state after = {text_trim(body->name), body->has_notes ? body->notes : text_of(""), {0}};
    int64_t joined = 0;
    if (!check_name(request->tx, (company_id){0}, after.name, err)) return false;
    const struct sql_company_insert in = {.name = after.name, .notes = after.notes, .created_at = request->tx->now};
    if (!sql_company_insert(request->tx, request->mem, &in, &made, err) || !set_domains(request, made->company_id, &body->domains, &joined, err)
        || !domains_json(request, made->company_id, &after.domains, err))
        return false;
    staff_event(request, "company.created", "staff", change_data(request->tx, made->company_id, &(struct company_state){0}, &after, joined));
    response_created(response, request, "/api/v1/companies/%" PRId64, made->company_id.value);
    return write_company(request, &response->json, made->company_id.value, err);
}

bool patch_company(struct request *request, struct response *response, struct error *err) {
    const struct company_patch *body = request->body;
    const struct sql_company_by_id_row *row;
    struct company_state before, after;
    int64_t joined = 0;
    if (!held_company(request, &row, err) || !domains_json(request, row->company_id, &before.domains, err)) return false;
    if (request_is_stale(request, row->version)) return error_set_key(err, ERR_STALE, "stale", "the company has changed");
    before.name = row->name;
    before.notes = row->notes;
    after = before;
    if (body->has_name) after.name = text_trim(body->name);
    if (body->has_notes) after.notes = body->notes;
    const struct sql_company_update in = {.company_id = row->company_id, .name = after.name, .notes = after.notes};
    if (!check_name(request->tx, row->company_id, after.name, err) || !sql_company_update(request->tx, &in, NULL, err)
        || (body->has_domains && !set_domains(request, row->company_id, &body->domains, &joined, err))
        || !domains_json(request, row->company_id, &after.domains, err)
        || (!text_equal(before.name, after.name) && !index_members(request, row->company_id, err)))
        return false;
    staff_event(request, "company.changed", "staff", change_data(request->tx, row->company_id, &before, &after, joined));
    return write_company(request, &response->json, row->company_id.value, err);
}

/* The people stay; they just belong to no company any more. */
bool delete_company(struct request *request, struct response *response, struct error *err) {
    const struct sql_company_by_id_row *row;
    struct sql_company_members_rows members;
    struct company_state before;
    if (!held_company(request, &row, err)) return false;
    if (request_is_stale(request, row->version)) return error_set_key(err, ERR_STALE, "stale", "the company has changed");
    if (!domains_json(request, row->company_id, &before.domains, err)
        || !sql_company_members(request->tx, request->mem, &(struct sql_company_members){.company_id = row->company_id}, &members, err))
        return false;
    before.name = row->name;
    before.notes = row->notes;
    for (size_t i = 0; i < members.count; i++) {
        const struct sql_person_company_set in = {.person_id = members.at[i].person_id};
        if (!sql_person_company_set(request->tx, &in, NULL, err) || !person_index(request->tx, in.person_id, err)) return false;
    }
    if (!sql_company_domains_clear(request->tx, &(struct sql_company_domains_clear){.company_id = row->company_id}, NULL, err)
        || !sql_company_delete(request->tx, &(struct sql_company_delete){.company_id = row->company_id}, NULL, err))
        return false;
    staff_event(request, "company.removed", "staff", change_data(request->tx, row->company_id, &before, &(struct company_state){0}, 0));
    response_none(response);
    return true;
}
