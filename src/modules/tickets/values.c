/* What a ticket holds in the fields that the house has defined. */
#include "modules/tickets/values.h"

static bool refuse(const char *key, const char *code, const char *message, struct error *err) {
    char name[80];
    snprintf(name, sizeof name, "fields.%.60s", key);
    return error_field(err, name, code, "%s", message);
}

static bool find_field(const struct field_list *fields, team_id team, const char *key, const struct field **ret, struct error *err) {
    const struct field *field = field_by_key(fields, text_of(key));
    if (!field || !text_is(field->key, key)) return refuse(key, "unknown_field", "there is no such field", err);
    if (!field->is_active) return refuse(key, "field_inactive", "the field is not in use any more", err);
    *ret = field;
    return field_is_of(field, team) || refuse(key, "field_elsewhere", "the team of the ticket does not have the field", err);
}

static void note(struct values *values, struct tx *tx, const struct field *field, const json_t *value) {
    struct changed_value *changed = &values->changed[values->count++];
    changed->field = field;
    field_parts(field, &tx->mem, value, &changed->parts);
}

/* What is as it was is not looked at: a choice that nobody can take any more stays. */
static bool take(struct values *values, struct tx *tx, const struct field_list *fields, team_id team, json_t *all, const char *key, json_t *value,
                 struct error *err) {
    const struct field *field;
    json_t *kept = NULL;
    if (!json_is_null(value) && json_equal(value, json_object_get(all, key))) return true;
    if (!find_field(fields, team, key, &field, err) || !field_check(field, &tx->mem, value, &kept, err)) return false;
    if (json_equal(kept, json_object_get(all, key)) || (!kept && !json_object_get(all, key))) {
        json_decref(kept);
        return true;
    }
    note(values, tx, field, kept);
    if (kept) json_object_set_new(all, key, kept);
    else json_object_del(all, key);
    return true;
}

struct text values_text(struct arena *mem, const json_t *object) {
    enum { FLAGS = JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(15) };
    size_t size = json_dumpb(object, NULL, 0, FLAGS);
    char *out = arena_alloc(mem, size + 1);
    json_dumpb(object, out, size, FLAGS);
    return text_from(out, size);
}

bool values_read(struct tx *tx, team_id team, struct text before, struct text wish, struct values *ret, struct error *err) {
    struct field_list fields;
    struct values values = {0};
    json_auto_t *all = json_loadb(before.data, before.size, 0, NULL), *wanted = json_loadb(wish.data, wish.size, 0, NULL);
    const char *key;
    json_t *value;
    bool ok = true;
    if (!fields_read(tx, &tx->mem, &fields, err)) return false;
    if (!all) return error_set(err, ERR_INTERNAL, "the values of a ticket are no JSON");
    values.changed = arena_array(&tx->mem, json_object_size(wanted) + 1, sizeof *values.changed);
    json_object_foreach(wanted, key, value) ok &= take(&values, tx, &fields, team, all, key, value, err);
    values.json = values_text(&tx->mem, all);
    *ret = values;
    return ok;
}

static bool write_part(struct tx *tx, ticket_id id, const struct field *field, size_t at, const struct field_part *part, struct error *err) {
    if (!field_has_numbers(field->type)) {
        const struct sql_ticket_value_word word = {.ticket_id = id, .field_id = field->id, .part = (int64_t)at, .word = part->word};
        return sql_ticket_value_word(tx, &word, NULL, err);
    }
    const struct sql_ticket_value_number number = {.ticket_id = id, .field_id = field->id, .part = (int64_t)at, .number = part->number};
    return sql_ticket_value_number(tx, &number, NULL, err);
}

bool values_write(struct tx *tx, ticket_id id, const struct values *values, struct error *err) {
    for (size_t i = 0; i < values->count; i++) {
        const struct changed_value *changed = &values->changed[i];
        if (!sql_ticket_value_clear(tx, &(struct sql_ticket_value_clear){.ticket_id = id, .field_id = changed->field->id}, NULL, err)) return false;
        for (size_t k = 0; k < changed->parts.count; k++)
            if (!write_part(tx, id, changed->field, k, &changed->parts.parts[k], err)) return false;
    }
    return true;
}

bool values_note(struct json_writer *json, struct text before, struct text after) {
    json_auto_t *one = json_loadb(before.data, before.size, 0, NULL), *other = json_loadb(after.data, after.size, 0, NULL);
    json_auto_t *both = json_object();
    SCOPED(arena_free) struct arena mem = {0};
    const char *key;
    json_t *value;
    bool any = false;
    json_object_update(both, one);
    json_object_update(both, other);
    json_object_foreach(both, key, value) {
        json_t *was = json_object_get(one, key), *is = json_object_get(other, key);
        if (was && is && json_equal(was, is)) continue;
        json_auto_t *pair = json_pack("[O?,O?]", was, is);
        json_key(json, arena_printf(&mem, "field.%s", key));
        json_raw(json, values_text(&mem, pair));
        any = true;
    }
    return any;
}
