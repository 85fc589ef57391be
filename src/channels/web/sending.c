/* What somebody has filled in: read from the page's form, and held to the same rules as what agents write. */
#include "channels/web/web_private.h"

#include "base/clock.h"
#include "channels/mailboxes/mailboxes.h"
#include "modules/fields/fields.h"
#include "sql/channels_web.h"

#include <math.h>

enum { NAME = 200, EMAIL = 254, SUBJECT = 300, MATTER = 20000, STAMP = 200 };

/* --- Parts ------------------------------------------------------------------------------------------------------------ */

/* In characters, of four bytes at most; one more shows that it was too much. */
static size_t most_bytes(struct text name) {
    static const struct {
        const char *name;
        size_t most;
    } known[] = {{"name", NAME}, {"email", EMAIL}, {"subject", SUBJECT}, {"stamp", STAMP}};
    size_t most = MATTER;
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (text_is(name, known[i].name)) most = known[i].most;
    return 4 * (most + 1);
}

/* Whatever comes of them is copied, compared and shown again: before that they are as small as they may be. */
bool sending_parts(struct request *request, struct form_parts *ret, bool *ret_fits, struct error *err) {
    struct form_parts all;
    size_t words = 0;
    if (!multipart_read(request->mem, request_header(request, "Content-Type"), request->raw_body, &all, err)) return false;
    struct form_part *parts = arena_array(request->mem, all.count, sizeof *parts);
    for (size_t i = 0; i < all.count; i++) {
        parts[i] = all.at[i];
        words += parts[i].name.size + parts[i].file_name.size + (parts[i].is_file ? 0 : parts[i].bytes.size);
        if (!parts[i].is_file) parts[i].bytes = text_cut(parts[i].bytes, most_bytes(parts[i].name));
    }
    *ret = (struct form_parts){all.count, parts};
    *ret_fits = words <= SENT_WORDS;
    return true;
}

struct text part_value(const struct form_parts *parts, const char *name) {
    for (size_t i = 0; i < parts->count; i++)
        if (!parts->at[i].is_file && text_is(parts->at[i].name, name)) return parts->at[i].bytes;
    return (struct text){0};
}

bool part_has(const struct form_parts *parts, const char *name, struct text value) {
    for (size_t i = 0; i < parts->count; i++)
        if (!parts->at[i].is_file && text_is(parts->at[i].name, name) && text_equal(parts->at[i].bytes, value)) return true;
    return false;
}

const struct error_field *wrong_at(const struct filled_form *sending, const char *field) {
    for (size_t i = 0; i < sending->wrong.field_count; i++)
        if (strcmp(sending->wrong.fields[i].field, field) == 0) return &sending->wrong.fields[i];
    return NULL;
}

/* Browsers send every line end as CR LF. */
static struct text words_of(struct arena *mem, const struct form_parts *parts, const char *name) {
    struct text value = text_trim(text_make_utf8(mem, part_value(parts, name)));
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < value.size; i++)
        if (value.data[i] != '\r') buffer_add_char(&out, value.data[i]);
    return buffer_text(&out);
}

/* --- Fields of the house ------------------------------------------------------------------------------------------------ */

/* With the comma that most of Europe writes, too. What is no number stays a text, and is refused as one. */
static json_t *number_of(struct arena *mem, struct text words) {
    char *plain = text_string(mem, words), *end;
    for (char *c = plain; *c; c++)
        if (*c == ',') *c = '.';
    double number = strtod(plain, &end);
    bool is_number = end != plain && *end == '\0' && isfinite(number) && !strpbrk(plain, "xXpPnN");
    return is_number ? json_real(number) : json_stringn(words.data, words.size);
}

static json_t *choices_of(const struct field *field, const struct form_parts *parts, const char *name) {
    json_t *chosen = json_array();
    for (size_t i = 0; i < field->choice_count; i++) {
        const struct field_choice *choice = &field->choices[i];
        if (choice->is_active && part_has(parts, name, choice->key)) json_array_append_new(chosen, json_stringn(choice->key.data, choice->key.size));
    }
    return chosen;
}

/* NULL: nothing was filled in. */
static json_t *value_of(struct arena *mem, const struct field *field, const struct form_parts *parts) {
    char *name = arena_printf(mem, "field.%.*s", (int)field->key.size, field->key.data);
    if (field->type == FIELD_CHOICES) {
        json_t *chosen = choices_of(field, parts, name);
        if (json_array_size(chosen)) return chosen;
        json_decref(chosen);
        return NULL;
    }
    struct text words = words_of(mem, parts, name);
    if (text_empty(words)) return NULL;
    if (field->type == FIELD_BOOLEAN) return json_boolean(text_is(words, "true"));
    return field->type == FIELD_NUMBER ? number_of(mem, words) : json_stringn(words.data, words.size);
}

static bool read_form(struct request *request, struct filled_form *sending, struct error *err) {
    struct field_list fields;
    json_auto_t *wish = json_object();
    if (!fields_read(request->tx, request->mem, &fields, err)) return false;
    for (size_t i = 0; i < sending->topic->field_count; i++) {
        const struct request_field *asked = &sending->topic->fields[i];
        const struct field *field = asked->is_public ? field_by_id(&fields, asked->field) : NULL;
        json_t *value = field && field->is_active && field_is_of(field, sending->topic->team) ? value_of(request->mem, field, &sending->parts) : NULL;
        if (value) json_object_set_new(wish, text_string(request->mem, field->key), value);
    }
    size_t size = json_dumpb(wish, NULL, 0, JSON_COMPACT);
    char *json = arena_alloc(request->mem, size + 1);
    json_dumpb(wish, json, size, JSON_COMPACT);
    return topic_form_read(request->tx, request->mem, sending->topic, text_from(json, size), &sending->form, err);
}

bool topic_of(struct request *request, const struct request_form **ret, struct error *err) {
    struct request_form_list list;
    if (!request_forms_read(request->tx, request->mem, &list, err)) return false;
    *ret = request_form_public(&list, request->path_param[0]);
    return true;
}

bool sending_read(struct request *request, const struct request_form *topic, const struct form_parts *parts, struct filled_form *ret,
                  struct error *err) {
    struct arena *mem = request->mem;
    *ret = (struct filled_form){.topic = topic, .parts = *parts};
    ret->name = words_of(mem, &ret->parts, "name");
    ret->email = words_of(mem, &ret->parts, "email");
    ret->subject = words_of(mem, &ret->parts, "subject");
    ret->text = words_of(mem, &ret->parts, "text");
    ret->stamp = stamp_read(request, topic, part_value(&ret->parts, "stamp"));
    return read_form(request, ret, err);
}

/* --- Will it do? ---------------------------------------------------------------------------------------------------------- */

struct said {
    struct text name, email, subject, text;
    bool has_name, has_email, has_subject, has_text;
};

static const struct json_field said_fields[] = {
    {"name", JSON_FIELD_TEXT, offsetof(struct said, name), offsetof(struct said, has_name), true, false, false, 1, NAME, NULL, NULL, NULL},
    {"email", JSON_FIELD_TEXT, offsetof(struct said, email), offsetof(struct said, has_email), true, false, false, 1, EMAIL, NULL, "email", NULL},
    {"subject", JSON_FIELD_TEXT, offsetof(struct said, subject), offsetof(struct said, has_subject), true, false, false, 1, SUBJECT, NULL, NULL, NULL},
    {"text", JSON_FIELD_TEXT, offsetof(struct said, text), offsetof(struct said, has_text), true, false, true, 1, MATTER, NULL, NULL, NULL},
};
static const struct json_shape said_shape = {said_fields, COUNT_OF(said_fields), sizeof(struct said)};

static bool check_words(struct request *request, struct filled_form *sending, struct error *err) {
    const struct json_pair pairs[] = {{text_of("name"), sending->name}, {text_of("email"), sending->email}, {text_of("subject"), sending->subject},
                                      {text_of("text"), sending->text}};
    bool ours = false;
    void *said;
    if (!json_decode_pairs(request->mem, pairs, COUNT_OF(pairs), &said_shape, &said, &sending->wrong) && wrong_at(sending, "email")) return true;
    if (!address_is_ours(request->tx, sending->email, &ours, err)) return false;
    if (ours) error_field(&sending->wrong, "email", "own_address", "is an address of ours");
    return true;
}

static void check_field(struct arena *mem, struct filled_form *sending, const struct topic_field *asked, const json_t *values) {
    char name[sizeof sending->wrong.fields[0].field];
    const struct error *misfits = &sending->form.misfits;
    snprintf(name, sizeof name, "fields.%.*s", (int)text_cut(asked->field->key, 50).size, asked->field->key.data);
    if (!asked->is_visible) return;
    for (size_t i = 0; i < misfits->field_count; i++)
        if (strcmp(misfits->fields[i].field, name) == 0) {
            error_field(&sending->wrong, name, misfits->fields[i].code, "%s", misfits->fields[i].message);
            return;
        }
    bool is_empty = !json_object_get(values, text_string(mem, asked->field->key));
    if (asked->is_required && is_empty) error_field(&sending->wrong, name, "required", "is needed");
}

static void check_files(struct filled_form *sending) {
    size_t count = 0, bytes = 0;
    for (size_t i = 0; i < sending->parts.count; i++) {
        const struct form_part *part = &sending->parts.at[i];
        if (!part->is_file || text_empty(part->bytes)) continue;
        count++;
        bytes += part->bytes.size;
    }
    if (count > SENT_FILES || bytes > SENT_BYTES)
        error_field(&sending->wrong, "files", "files_too_many", "at most %d files of %d MB together", SENT_FILES, SENT_BYTES >> 20);
}

/* What somebody has changed since they sent it is not there yet, whatever the stamp says. */
static bool look_before(struct request *request, struct filled_form *sending, struct error *err) {
    const struct sql_request_taken_row_row *row;
    if (!sql_request_taken_row(request->tx, request->mem, &(struct sql_request_taken_row){.nonce = sending->stamp.nonce}, &row, err)) return false;
    sending->is_sent = row && row->ticket_id.value;
    sending->is_changed = sending->is_sent && !text_equal(row->content_hash, sending->content);
    if (sending->is_changed) sending->refused = "request_changed";
    return true;
}

bool sending_check(struct request *request, struct filled_form *sending, struct error *err) {
    sending->is_too_old = request->tx->now - sending->stamp.issued_at > DAY;
    if (!sending->stamp.nonce.data || sending->is_too_old || !origin_fits(request)) {
        sending->refused = "request_too_old";
        return true;
    }
    if (!look_before(request, sending, err)) return false;
    if (sending->is_sent) return true;
    json_auto_t *values = json_loadb(sending->form.values.data, sending->form.values.size, 0, NULL);
    if (!check_words(request, sending, err)) return false;
    for (size_t i = 0; i < sending->form.count; i++) check_field(request->mem, sending, &sending->form.fields[i], values);
    check_files(sending);
    if (sending->wrong.field_count) sending->refused = "request_incomplete";
    return sending->refused || sending_check_limits(request, sending, err);
}
