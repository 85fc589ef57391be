/* The form of a topic as strangers fill it in. */
#include "modules/tickets/form.h"
#include "modules/tickets/values.h"

enum { ROUNDS = 50 };

/* Nothing that is known of whoever has this address counts: by what a page asks nobody may learn whether we know them. */
static struct ticket_facts facts_of(const struct tx *tx, const struct request_form *topic, struct text values) {
    return (struct ticket_facts){
        .team = topic->team, .state = 1, .category = CATEGORY_NEW, .priority = PRIORITY_NORMAL, .is_active = true, .channel = text_of("form"),
        .tags = text_of("[]"), .fields = values, .created_at = tx->now, .updated_at = tx->now, .last_message_at = tx->now,
    };
}

static const struct form_field *find(const struct form *form, int64_t field) {
    for (size_t i = 0; i < form->count; i++)
        if (form->fields[i].field->id == field) return &form->fields[i];
    return NULL;
}

static void ask(struct arena *mem, const struct request_form *topic, const struct form *whole, struct topic_form *ret) {
    struct topic_field *fields = arena_array(mem, topic->field_count + 1, sizeof *fields);
    ret->count = 0;
    for (size_t i = 0; i < topic->field_count; i++) {
        const struct request_field *asked = &topic->fields[i];
        const struct form_field *form = asked->is_public ? find(whole, asked->field) : NULL;
        if (form) fields[ret->count++] = (struct topic_field){form->field, form->is_visible, form->is_visible && (form->is_required || asked->is_required)};
    }
    ret->fields = fields;
}

/* Leaves out what is not shown. */
static bool drop_hidden(struct arena *mem, const struct topic_form *form, struct text *values) {
    json_auto_t *held = json_loadb(values->data, values->size, 0, NULL);
    json_auto_t *kept = json_object();
    for (size_t i = 0; i < form->count; i++) {
        const char *key = text_string(mem, form->fields[i].field->key);
        json_t *value = json_object_get(held, key);
        if (value && form->fields[i].is_visible && json_object_set(kept, key, value) != 0) abort();
    }
    bool is_other = json_object_size(kept) != json_object_size(held);
    if (is_other) *values = values_text(mem, kept);
    return is_other;
}

bool topic_form_read(struct tx *tx, struct arena *mem, const struct request_form *topic, struct text wish, struct topic_form *ret, struct error *err) {
    struct values values;
    struct form whole;
    *ret = (struct topic_form){0};
    if (!values_read(tx, topic->team, text_of("{}"), wish, &values, &ret->misfits) && ret->misfits.code != ERR_INVALID) {
        *err = ret->misfits;
        return false;
    }
    ret->values = values.json;
    /* What hides may hide others that were shown because of it. */
    for (int round = 0; round < ROUNDS; round++) {
        const struct ticket_facts facts = facts_of(tx, topic, ret->values);
        if (!form_of(tx, mem, &facts, (staff_id){0}, &whole, err)) return false;
        ask(mem, topic, &whole, ret);
        if (!drop_hidden(mem, ret, &ret->values)) return true;
    }
    return true;
}
