#include "modules/tickets/form.h"

/* --- What it asks for -------------------------------------------------------------------------------------------- */

struct asking {
    struct tx *tx;
    struct arena *mem;
    staff_id me;
    const struct condition_names *names;
    const struct ticket_facts *facts;
    struct sql_field_rule_list_rows rules;
};

static const struct sql_field_rule_list_row *rule_of(const struct asking *asking, const struct field *field) {
    for (size_t i = 0; i < asking->rules.count; i++)
        if (asking->rules.at[i].field_id == field->id) return &asking->rules.at[i];
    return NULL;
}

/* otherwise: there is no condition, or it can't be read any more. */
static bool holds(const struct asking *asking, struct text words, struct text zone, bool otherwise) {
    const struct query *query;
    struct ticket_condition *condition;
    struct error ignored = {0};
    if (!words.data || !asking->facts || !query_parse(asking->mem, words, &query, NULL, &ignored)
        || !condition_bind(asking->names, asking->mem, query, "condition", zone, asking->me, &condition, &ignored))
        return otherwise;
    condition_clock(condition, asking->tx->now);
    return condition_meets(condition, asking->facts, asking->facts->assignee.value && asking->facts->assignee.value == asking->me.value);
}

static struct form_field ask(const struct asking *asking, const struct field *field) {
    const struct sql_field_rule_list_row *rule = rule_of(asking, field);
    struct form_field form = {.field = field, .is_visible = true};
    if (!rule) return form;
    form.is_visible = holds(asking, rule->visible_if, rule->zone, true);
    form.is_required = form.is_visible && holds(asking, rule->required_if, rule->zone, false);
    form.is_required_to_close = form.is_required || (form.is_visible && rule->is_required_to_close);
    return form;
}

/* facts: with rules only. */
static bool read_form(struct asking *asking, team_id team, struct form *ret, struct error *err) {
    struct field_list fields;
    struct form form = {0};
    if (!fields_read(asking->tx, asking->mem, &fields, err)) return false;
    if (asking->rules.count && !condition_names_read(asking->tx, asking->mem, &asking->names, err)) return false;
    struct form_field *all = arena_array(asking->mem, fields.count + 1, sizeof *all);
    for (size_t i = 0; i < fields.count; i++)
        if (fields.all[i].is_active && field_is_of(&fields.all[i], team)) all[form.count++] = ask(asking, &fields.all[i]);
    form.fields = all;
    *ret = form;
    return true;
}

bool form_of(struct tx *tx, struct arena *mem, const struct ticket_facts *facts, staff_id me, struct form *ret, struct error *err) {
    struct asking asking = {.tx = tx, .mem = mem, .me = me, .facts = facts};
    return sql_field_rule_list(tx, mem, &asking.rules, err) && read_form(&asking, facts->team, ret, err);
}

bool form_read(struct tx *tx, struct arena *mem, ticket_id id, team_id team, staff_id me, struct form *ret, struct error *err) {
    struct asking asking = {.tx = tx, .mem = mem, .me = me};
    if (!sql_field_rule_list(tx, mem, &asking.rules, err)) return false;
    if (asking.rules.count && !ticket_facts(tx, mem, id, &asking.facts, err)) return false;
    if (asking.rules.count && !asking.facts) return error_set(err, ERR_NOT_FOUND, "there is no ticket %" PRId64, id.value);
    return read_form(&asking, team, ret, err);
}

/* --- Whether a change gives it ----------------------------------------------------------------------------------- */

static bool refuse(const struct field *field, const char *code, const char *message, struct error *err) {
    char name[80];
    snprintf(name, sizeof name, "fields.%.*s", (int)text_cut(field->key, 60).size, field->key.data);
    return error_field(err, name, code, "%s", message);
}

struct checking {
    const json_t *wished, *values, *needs;
    const struct request_form *topic;
    bool opens, is_done, becomes_done;
    struct error *err;
};

static bool is_needed(const struct checking *checking, const char *key) {
    bool is = false;
    for (size_t i = 0; i < json_array_size(checking->needs) && !is; i++) is = strcmp(json_string_value(json_array_get(checking->needs, i)), key) == 0;
    return is;
}

static bool check_field(const struct checking *checking, const struct form_field *form, struct arena *mem) {
    const char *key = text_string(mem, form->field->key);
    bool is_wished = json_object_get(checking->wished, key) != NULL, is_empty = !json_object_get(checking->values, key);
    const struct request_field *asked = checking->topic ? request_field_of(checking->topic, form->field->id) : NULL;
    if (checking->topic && !asked) return !is_wished || refuse(form->field, "field_not_in_form", "the form does not ask for the field", checking->err);
    if (!form->is_visible) return !is_wished || is_empty || refuse(form->field, "field_hidden", "the ticket does not show the field", checking->err);
    if (!is_empty) return true;
    bool is_required = form->is_required || (asked && asked->is_required);
    if (is_required && (is_wished || checking->opens)) return refuse(form->field, "required", "is needed", checking->err);
    if (is_needed(checking, key)) return refuse(form->field, "required_for_state", "is needed for this state", checking->err);
    bool needed = checking->becomes_done || (is_wished && checking->is_done);
    return !needed || !form->is_required_to_close || refuse(form->field, "required_to_close", "is needed before the ticket is done", checking->err);
}

/* The ticket as it will be, which is not written yet. */
static bool facts_after(struct tx *tx, const struct ticket *after, struct ticket_facts *ret, struct error *err) {
    const struct ticket_facts *now;
    const struct sql_ticket_state_by_key_row *state;
    const struct sql_requester_facts_row *requester;
    if (!ticket_facts(tx, &tx->mem, after->id, &now, err)
        || !sql_ticket_state_by_key(tx, &tx->mem, &(struct sql_ticket_state_by_key){.key = after->state}, &state, err))
        return false;
    if (!now || !state) return error_set(err, ERR_NOT_FOUND, "there is no ticket %" PRId64, after->id.value);
    struct ticket_facts facts = *now;
    facts.team = after->team, facts.assignee = after->assignee, facts.owner = after->owner, facts.requester = after->requester;
    facts.state = state->state_id.value, facts.category = after->category, facts.priority = after->priority;
    facts.waiting_reason = after->waiting_reason, facts.waiting_until_at = after->waiting_until_at;
    facts.tags = after->tags, facts.fields = after->fields, facts.is_spam = after->is_spam, facts.is_active = after->is_active;
    facts.resolved_at = after->resolved_at, facts.closed_at = after->closed_at;
    *ret = facts;
    if (after->requester.value == now->requester.value) return true;
    if (!sql_requester_facts(tx, &tx->mem, &(struct sql_requester_facts){.person_id = after->requester}, &requester, err)) return false;
    ret->company = requester ? requester->company_id.value : 0;
    ret->requester_words = requester ? requester->words : (struct text){0};
    return true;
}

static bool read_after(struct tx *tx, const struct form_wish *wish, struct form *ret, struct error *err) {
    struct ticket_facts facts;
    if (!wish->before) return form_read(tx, &tx->mem, wish->after->id, wish->after->team, wish->actor->staff, ret, err);
    return facts_after(tx, wish->after, &facts, err) && form_of(tx, &tx->mem, &facts, wish->actor->staff, ret, err);
}

bool form_check(struct tx *tx, const struct form_wish *wish, struct error *err) {
    const struct ticket *before = wish->before, *after = wish->after;
    bool is_done = after->category >= CATEGORY_RESOLVED, becomes_done = before && is_done && before->category < CATEGORY_RESOLVED;
    struct form form;
    bool ok = true;
    if (before && !wish->fields.data && !wish->needs.data && !becomes_done) return true;
    if (!read_after(tx, wish, &form, err)) return false;
    json_auto_t *wished = json_loadb(wish->fields.data ? wish->fields.data : "{}", wish->fields.data ? wish->fields.size : 2, 0, NULL);
    json_auto_t *needs = json_loadb(wish->needs.data ? wish->needs.data : "[]", wish->needs.data ? wish->needs.size : 2, 0, NULL);
    json_auto_t *values = json_loadb(after->fields.data, after->fields.size, 0, NULL);
    const struct checking checking = {.wished = wished, .values = values, .needs = needs, .topic = wish->topic, .opens = !before, .is_done = is_done,
                                      .becomes_done = becomes_done, .err = err};
    for (size_t i = 0; i < form.count; i++) ok &= check_field(&checking, &form.fields[i], &tx->mem);
    return ok;
}
