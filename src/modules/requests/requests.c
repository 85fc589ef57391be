#include "modules/requests/requests.h"

#include "sql/modules_requests.h"

#include <jansson.h>

static void read_fields(struct arena *mem, struct request_form *form) {
    json_auto_t *list = json_loadb(form->fields_json.data, form->fields_json.size, 0, NULL);
    struct request_field *fields = arena_array(mem, json_array_size(list) + 1, sizeof *fields);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        fields[i] = (struct request_field){json_integer_value(json_object_get(one, "field")), json_is_true(json_object_get(one, "required")),
                                          json_is_true(json_object_get(one, "public"))};
    }
    form->fields = fields;
    form->field_count = json_array_size(list);
}

static void read_origins(struct arena *mem, struct request_form *form) {
    json_auto_t *list = json_loadb(form->origins_json.data, form->origins_json.size, 0, NULL);
    struct text *origins = arena_array(mem, json_array_size(list) + 1, sizeof *origins);
    for (size_t i = 0; i < json_array_size(list); i++) origins[i] = text_copy(mem, text_of(json_string_value(json_array_get(list, i))));
    form->origins = origins;
    form->origin_count = json_array_size(list);
}

bool request_forms_read(struct tx *tx, struct arena *mem, struct request_form_list *ret, struct error *err) {
    struct sql_request_form_list_rows rows;
    if (!sql_request_form_list(tx, mem, &rows, err)) return false;
    struct request_form *all = arena_array(mem, rows.count + 1, sizeof *all);
    for (size_t i = 0; i < rows.count; i++) {
        const struct sql_request_form_list_row *row = &rows.at[i];
        all[i] = (struct request_form){
            .id = row->form_id, .version = row->version, .key = row->key, .names = {row->name_de, row->name_en, row->name_hu}, .team = row->team_id,
            .fields_json = row->fields, .answers = {row->answer_de, row->answer_en, row->answer_hu}, .is_active = row->is_active,
            .is_public = row->is_public, .origins_json = row->origins,
        };
        read_fields(mem, &all[i]);
        read_origins(mem, &all[i]);
    }
    *ret = (struct request_form_list){rows.count, all};
    return true;
}

const struct request_form *request_form_by_id(const struct request_form_list *list, int64_t id) {
    for (size_t i = 0; i < list->count; i++)
        if (list->all[i].id == id) return &list->all[i];
    return NULL;
}

const struct request_form *request_form_public(const struct request_form_list *list, struct text key) {
    for (size_t i = 0; i < list->count; i++)
        if (text_equal(list->all[i].key, key) && list->all[i].is_active && list->all[i].is_public) return &list->all[i];
    return NULL;
}

static const char *const languages[REQUEST_LANGUAGES] = {"de", "en", "hu"};

struct text request_form_name(const struct request_form *form, struct text language) {
    struct text name = form->names[0];
    for (size_t i = 0; i < REQUEST_LANGUAGES; i++)
        if (text_is(language, languages[i])) name = form->names[i];
    return name;
}

const struct request_field *request_field_of(const struct request_form *form, int64_t field) {
    for (size_t i = 0; i < form->field_count; i++)
        if (form->fields[i].field == field) return &form->fields[i];
    return NULL;
}

struct text request_answer_in(const struct request_form *form, struct text language) {
    struct text answer = {0};
    for (size_t i = 0; i < REQUEST_LANGUAGES; i++)
        if (form->answers[i].data && (!answer.data || text_is(language, languages[i]))) answer = form->answers[i];
    return answer;
}
