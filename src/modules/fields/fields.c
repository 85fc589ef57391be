/* What is known of the fields, read and asked. */
#include "modules/fields/fields_private.h"

static const char *const type_names[FIELD_TYPES] = {"text", "long_text", "number", "date", "boolean", "choice", "multi_choice", "url"};

const char *field_type_name(enum field_type type) {
    return type_names[type];
}

enum field_type field_type_find(struct text name) {
    enum field_type type = FIELD_TEXT;
    while (type < FIELD_URL && !text_is(name, type_names[type])) type++;
    return type;
}

static struct text copied(struct arena *mem, const json_t *object, const char *key) {
    const json_t *string = json_object_get(object, key);
    return text_copy(mem, text_from(json_string_value(string), json_string_length(string)));
}

static void read_choices(struct arena *mem, struct field *field) {
    json_auto_t *list = json_loadb(field->choices_json.data, field->choices_json.size, 0, NULL);
    struct field_choice *choices = arena_array(mem, json_array_size(list) + 1, sizeof *choices);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i), *labels = json_object_get(one, "labels");
        choices[i] = (struct field_choice){
            .key = copied(mem, one, "key"), .is_active = json_is_true(json_object_get(one, "is_active")),
            .labels = {copied(mem, labels, "de"), copied(mem, labels, "en"), copied(mem, labels, "hu")},
        };
    }
    field->choices = choices;
    field->choice_count = json_array_size(list);
}

static void read_teams(struct arena *mem, struct field *field) {
    json_auto_t *list = json_loadb(field->teams_json.data, field->teams_json.size, 0, NULL);
    int64_t *teams = arena_array(mem, json_array_size(list) + 1, sizeof *teams);
    for (size_t i = 0; i < json_array_size(list); i++) teams[i] = json_integer_value(json_array_get(list, i));
    field->teams = teams;
    field->team_count = json_array_size(list);
}

bool fields_read(struct tx *tx, struct arena *mem, struct field_list *ret, struct error *err) {
    struct sql_field_list_rows rows;
    if (!sql_field_list(tx, mem, &rows, err)) return false;
    struct field *all = arena_array(mem, rows.count + 1, sizeof *all);
    for (size_t i = 0; i < rows.count; i++) {
        const struct sql_field_list_row *row = &rows.at[i];
        all[i] = (struct field){
            .id = row->field_id, .position = row->position, .version = row->version, .key = row->key,
            .labels = {row->label_de, row->label_en, row->label_hu}, .type = field_type_find(row->type), .is_active = row->is_active,
            .minimum = row->minimum, .maximum = row->maximum, .mask = row->mask, .choices_json = row->choices, .teams_json = row->teams,
        };
        read_choices(mem, &all[i]);
        read_teams(mem, &all[i]);
    }
    *ret = (struct field_list){rows.count, all};
    return true;
}

const struct field *field_by_key(const struct field_list *list, struct text key) {
    for (size_t i = 0; i < list->count; i++)
        if (text_equal_nocase(list->all[i].key, key)) return &list->all[i];
    return NULL;
}

const struct field *field_by_id(const struct field_list *list, int64_t id) {
    for (size_t i = 0; i < list->count; i++)
        if (list->all[i].id == id) return &list->all[i];
    return NULL;
}

bool field_is_of(const struct field *field, team_id team) {
    bool is = field->team_count == 0;
    for (size_t i = 0; i < field->team_count && !is; i++) is = field->teams[i] == team.value;
    return is;
}
