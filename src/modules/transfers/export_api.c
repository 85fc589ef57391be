/* Persons as a table or as cards: written page by page into a file that is sent once the record says who took what. */
#include "api/modules_transfers.h"
#include "base/clock.h"
#include "modules/transfers/transfers_private.h"
#include "platform/application/application.h"
#include "platform/files/files.h"
#include "platform/http/http.h"
#include "wire/net/placeholder.h"
#include "wire/tables/csv.h"
#include "wire/tables/vcard.h"

#include <errno.h>
#include <unistd.h>

enum { PAGE = 500, CARD_LINES = 64 };

struct export {
    const struct request *request;
    const struct get_people_export_query *in;
    bool is_cards;
    int fd;
    int64_t size, people;
};

static bool put(struct export *export, struct buffer *out, struct error *err) {
    struct text rest = buffer_text(out);
    export->size += (int64_t)rest.size;
    while (rest.size) {
        ssize_t done = write(export->fd, rest.data, rest.size);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return error_errno(err, "writing an export");
        rest = text_skip(rest, (size_t)done);
    }
    return true;
}

/* --- A table ------------------------------------------------------------------------------------------------------------------ */

/* All of one kind, the one to which letters go first. */
static struct text values_of(struct arena *mem, const struct person_known *person, const char *channel) {
    struct buffer out = {.mem = mem};
    for (int main = 1; main >= 0; main--)
        for (size_t i = 0; i < person->identity_count; i++) {
            const struct person_identity *one = &person->identities[i];
            if (!text_is(one->channel, channel) || one->is_main != main) continue;
            buffer_add_string(&out, out.size ? "; " : "");
            buffer_add_text(&out, one->value);
        }
    return buffer_text(&out);
}

static void add_line(struct buffer *out, const struct text *cells, size_t count) {
    for (size_t i = 0; i < count; i++) {
        buffer_add_string(out, i ? "," : "");
        csv_add(out, cells[i]);
    }
    buffer_add_string(out, "\r\n");
}

/* What an import of ours takes back. */
static void add_row(struct arena *mem, struct buffer *out, const struct person_known *person) {
    char day[32];
    time_format(person->created_at, day, sizeof day);
    const struct text cells[] = {person->name, values_of(mem, person, "email"), values_of(mem, person, "phone"), values_of(mem, person, "handle"),
                                 values_of(mem, person, "external"), person->company_name, person->locale, person->notes,
                                 text_slice(text_of(day), 0, 10)};
    add_line(out, cells, COUNT_OF(cells));
}

static void add_heads(struct buffer *out, struct text language) {
    static const char *const keys[] = {"import_name", "import_email", "import_phone", "import_handle", "import_external", "import_company",
                                       "import_locale", "import_notes", "export_created"};
    struct text cells[COUNT_OF(keys)];
    for (size_t i = 0; i < COUNT_OF(keys); i++) cells[i] = text_of(words_for(keys[i], language));
    buffer_add_string(out, "\xEF\xBB\xBF");
    add_line(out, cells, COUNT_OF(cells));
}

/* --- Cards --------------------------------------------------------------------------------------------------------------------- */

/* What was noted about somebody stays in the house: cards are handed on. */
static void add_card(struct arena *mem, struct buffer *out, const struct person_known *person) {
    static const char *const names[][2] = {{"email", "EMAIL"}, {"phone", "TEL"}, {"handle", "X-THEKE-HANDLE"}, {"external", "X-THEKE-CUSTOMER-NUMBER"}};
    struct vcard_line lines[CARD_LINES + 2];
    struct text first = {0}, last = {0};
    size_t count = 0;
    name_parts(person->name, text_is(person->locale, "hu"), &first, &last);
    lines[count++] = (struct vcard_line){"ORG", person->company_name};
    lines[count++] = (struct vcard_line){"LANG", person->locale};
    for (size_t k = 0; k < COUNT_OF(names); k++)
        for (size_t i = 0; i < person->identity_count && count < COUNT_OF(lines); i++) {
            const struct person_identity *one = &person->identities[i];
            if (!text_is(one->channel, names[k][0])) continue;
            bool preferred = one->is_main && k == 0;
            lines[count++] = (struct vcard_line){preferred ? "EMAIL;PREF=1" : names[k][1], one->value};
        }
    vcard_add(out, person->name, first, last, lines, count);
}

/* --- All of them ---------------------------------------------------------------------------------------------------------------- */

static bool put_people(struct export *export, struct arena *mem, const struct person_known *people, size_t count, struct error *err) {
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < count; i++) {
        if (export->is_cards) add_card(mem, &out, &people[i]);
        else add_row(mem, &out, &people[i]);
    }
    export->people += (int64_t)count;
    return put(export, &out, err);
}

/* One page at a time is in memory. */
static bool put_page(struct export *export, struct people_filter *filter, bool *ret_more, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    struct people_page page;
    if (!people_page(export->request->tx, &mem, filter, &page, err) || !put_people(export, &mem, page.people, page.count, err)) return false;
    *ret_more = !page.is_last && page.count > 0;
    if (!*ret_more) return true;
    filter->after = page.people[page.count - 1].id.value;
    filter->after_name = text_copy(export->request->mem, page.people[page.count - 1].name);
    return true;
}

static bool put_one(struct export *export, person_id id, struct error *err) {
    struct person_known *people;
    size_t count;
    if (!people_know(export->request->tx, export->request->mem, &id, 1, &people, &count, err)) return false;
    if (!count) return error_set_key(err, ERR_NOT_FOUND, "person_not_found", "there is no person %" PRId64, id.value);
    return put_people(export, export->request->mem, people, count, err);
}

static bool put_all(struct export *export, struct error *err) {
    const struct get_people_export_query *in = export->in;
    struct buffer out = {.mem = export->request->mem};
    struct people_filter filter = {.q = in->q, .email = in->email, .phone = in->phone, .company = {in->company}, .after_name = text_of(""), .limit = PAGE};
    bool more = true;
    if (!export->is_cards) add_heads(&out, export->request->language);
    if (!put(export, &out, err)) return false;
    if (in->person) return put_one(export, (person_id){in->person}, err);
    while (more)
        if (!put_page(export, &filter, &more, err)) return false;
    return true;
}

/* Whoever takes persons along stands in the record before they have them. */
static bool record(struct tx *tx, void *argument, struct error *err) {
    const struct export *export = argument;
    const struct get_people_export_query *in = export->in;
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_text(&json, "format", text_of(export->is_cards ? "vcard" : "csv"));
    json_put_int(&json, "people", export->people);
    json_put_id(&json, "person", in->person);
    json_put_id(&json, "company", in->company);
    json_put_text(&json, "q", text_copy(&tx->mem, in->q));
    json_put_text(&json, "email", text_copy(&tx->mem, in->email));
    json_put_text(&json, "phone", text_copy(&tx->mem, in->phone));
    json_object_end(&json);
    event_record(tx, &(struct event){.kind = "person.exported", .actor = ACTOR_STAFF, .actor_id = export->request->actor->staff.value, .scope = "staff",
                                     .data = buffer_text(&out)});
    return true;
}

bool get_people_export(struct request *request, struct response *response, struct error *err) {
    const struct get_people_export_query *in = request->query;
    const struct application *application = request->application;
    struct export export = {.request = request, .in = in, .is_cards = text_is(in->format, "vcard")};
    if (!actor_may(request->actor, CAN_PEOPLE_READ)) return error_set(err, ERR_FORBIDDEN, "an export reads persons");
    if (!files_unnamed(application->files, &export.fd, err)) return false;
    response->fd = export.fd; /* closed with the response, whatever happens */
    if (!put_all(&export, err) || !store_write(request->store, record, &export, err)) return false;
    response->fd_size = export.size;
    response->content_type = export.is_cards ? "text/vcard; charset=utf-8" : "text/csv; charset=utf-8";
    const char *name = words_for("export_file", request->language), *ending = export.is_cards ? "vcf" : "csv";
    response_header(response, request, "Content-Disposition", file_disposition(request->mem, false, text_printf(request->mem, "%s.%s", name, ending)));
    return true;
}
