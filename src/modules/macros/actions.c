/* Actions on a ticket: checked, kept, and worked out. */
#include "api/modules_macros.h"
#include "base/clock.h"
#include "base/zone.h"
#include "modules/macros/macros_private.h"

#include <jansson.h>

/* --- As they come and are kept ---------------------------------------------------------------------------------------------- */

static const char *field_of(struct arena *mem, size_t index, const char *name) {
    return text_string(mem, text_printf(mem, "actions.%zu.%s", index, name));
}

bool actions_prepare(struct arena *mem, const struct json_list *actions, struct text **ret_notes, struct error *err) {
    const struct macro_action *at = actions->at;
    struct text *notes = arena_array(mem, actions->count + 1, sizeof *notes);
    for (size_t i = 0; i < actions->count; i++) {
        struct prepared_text prepared;
        if (!text_is(at[i].kind, "note")) continue;
        if (!text_prepare(mem, (struct text){0}, at[i].html, &prepared, err)) return false;
        if (text_empty(text_trim(prepared.text))) return error_field(err, field_of(mem, i, "html"), "required", "a note needs a text");
        notes[i] = prepared.html;
    }
    *ret_notes = notes;
    return true;
}

static bool is_assignee(struct text word) {
    int64_t id;
    return text_is(word, "me") || text_is(word, "nobody") || (text_to_int(word, &id) && id > 0);
}

/* The member without which the kind says nothing, when it is not there. */
static const char *lacks(const struct macro_action *action) {
    if (text_is(action->kind, "state") && text_empty(action->state)) return "state";
    if (text_is(action->kind, "state") && text_is(action->reason, "date") && !action->has_days) return "days";
    if (text_is(action->kind, "priority") && !action->has_priority) return "priority";
    if (text_is(action->kind, "team") && !action->has_team) return "team";
    if (text_is(action->kind, "assignee") && !is_assignee(action->assignee)) return "assignee";
    if (text_ends(action->kind, "_tags") && !action->tags.count) return "tags";
    if (text_is(action->kind, "checklist") && !action->items.count) return "items";
    if (text_is(action->kind, "reply") && !action->has_reply) return "reply";
    if (text_is(action->kind, "snooze") && !action->has_days) return "days";
    return NULL;
}

static void write_texts(struct json_writer *json, const char *key, const struct json_list *list) {
    const struct text *at = list->at;
    json_key(json, key);
    json_array_begin(json);
    for (size_t i = 0; i < list->count; i++) json_text(json, at[i]);
    json_array_end(json);
}

static void write_action(struct json_writer *json, const struct macro_action *action, struct text note) {
    json_object_begin(json);
    json_put_text(json, "kind", action->kind);
    if (action->has_state) json_put_text(json, "state", action->state);
    if (action->has_reason) json_put_text(json, "reason", action->reason);
    if (action->has_days) json_put_int(json, "days", action->days);
    if (action->has_priority) json_put_text(json, "priority", action->priority);
    if (action->has_team) json_put_int(json, "team", action->team);
    if (action->has_assignee) json_put_text(json, "assignee", action->assignee);
    if (action->has_reply) json_put_int(json, "reply", action->reply);
    if (note.data) json_put_text(json, "html", note);
    if (action->has_tags) write_texts(json, "tags", &action->tags);
    if (action->has_items) write_texts(json, "items", &action->items);
    json_object_end(json);
}

bool actions_write(struct arena *mem, const struct json_list *actions, const struct text *notes, struct text *ret_json, struct error *err) {
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    const struct macro_action *at = actions->at;
    int replies = 0, written = 0;
    json_array_begin(&json);
    for (size_t i = 0; i < actions->count; i++) {
        const char *lack = lacks(&at[i]);
        if (lack) return error_field(err, field_of(mem, i, lack), "required", "%.*s needs it", (int)at[i].kind.size, at[i].kind.data);
        replies += text_is(at[i].kind, "reply");
        written += text_is(at[i].kind, "note");
        if (replies > 1 || written > 1) return error_field(err, field_of(mem, i, "kind"), "too_many", "one reply and one note at most");
        write_action(&json, &at[i], notes[i]);
    }
    json_array_end(&json);
    *ret_json = buffer_text(&out);
    return true;
}

/* --- What they do ------------------------------------------------------------------------------------------------------------ */

enum { TAGS = 200, ITEMS = 100 };

struct planning {
    struct tx *tx;
    const struct actor *actor;
    struct macro_plan *plan;
    struct text tags[TAGS], items[ITEMS];
    size_t tag_count, item_count;
};

static struct text word_of(const struct planning *planning, const json_t *value) {
    return text_copy(&planning->tx->mem, text_from(json_string_value(value), json_string_length(value)));
}

static struct text word_in(const struct planning *planning, const json_t *action, const char *key) {
    const json_t *value = json_object_get(action, key);
    return json_is_string(value) ? word_of(planning, value) : (struct text){0};
}

static void take_tag(struct planning *planning, struct text tag) {
    for (size_t i = 0; i < planning->tag_count; i++)
        if (text_equal(planning->tags[i], tag)) return;
    if (planning->tag_count < TAGS) planning->tags[planning->tag_count++] = tag;
}

static void drop_tag(struct planning *planning, struct text tag) {
    size_t kept = 0;
    for (size_t i = 0; i < planning->tag_count; i++)
        if (!text_equal(planning->tags[i], tag)) planning->tags[kept++] = planning->tags[i];
    planning->tag_count = kept;
}

static bool change_tags(struct planning *planning, const json_t *tags, bool adds, struct error *err) {
    const json_t *each;
    size_t i;
    planning->plan->change.has_tags = true;
    json_array_foreach(tags, i, each) {
        struct text tag = text_fold(&planning->tx->mem, text_trim(word_of(planning, each)));
        if (!tag_meaning(planning->tx, &planning->tx->mem, tag, &tag, err)) return false;
        if (adds) take_tag(planning, tag);
        else drop_tag(planning, tag);
    }
    return true;
}

static void take_checklist(struct planning *planning, const json_t *items) {
    const json_t *each;
    size_t i;
    planning->plan->change.has_checklist = true;
    json_array_foreach(items, i, each) {
        if (planning->item_count < ITEMS) planning->items[planning->item_count++] = word_of(planning, each);
    }
}

static const int64_t MORNING = 8 * 3600 * SECOND;

/* So many days from now, in the morning where the actor lives. */
static int64_t day_after(const struct planning *planning, const json_t *action) {
    int64_t until, days = json_integer_value(json_object_get(action, "days"));
    return days && zone_day_of(planning->actor->zone, planning->tx->now, (int)days, &until) ? until + MORNING : 0;
}

static void change_state(struct planning *planning, const json_t *action, struct text state, struct text reason) {
    struct ticket_change *change = &planning->plan->change;
    change->has_state = true;
    change->state = state;
    change->waiting_reason = reason;
    change->waiting_until_at = reason.data ? day_after(planning, action) : 0;
}

static enum priority priority_of(struct text word) {
    static const char *const names[] = {"low", "normal", "high", "urgent"};
    for (int i = 0; i < (int)COUNT_OF(names); i++)
        if (text_is(word, names[i])) return (enum priority)(PRIORITY_LOW + i);
    return PRIORITY_NORMAL;
}

static staff_id assignee_of(const struct planning *planning, struct text word) {
    staff_id id = {0};
    if (text_is(word, "me")) return planning->actor->staff;
    (void)(text_to_int(word, &id.value));
    return id;
}

static bool plan_action(struct planning *planning, const json_t *action, struct error *err) {
    struct macro_plan *plan = planning->plan;
    struct ticket_change *change = &plan->change;
    struct text kind = word_in(planning, action, "kind");
    bool says = text_is(kind, "note") || text_is(kind, "reply");
    plan->has_change |= !says;
    if (text_is(kind, "state")) change_state(planning, action, word_in(planning, action, "state"), word_in(planning, action, "reason"));
    if (text_is(kind, "snooze")) change_state(planning, action, text_of("waiting"), text_of("date"));
    if (text_is(kind, "note")) plan->note = word_in(planning, action, "html");
    if (text_is(kind, "reply")) plan->reply = json_integer_value(json_object_get(action, "reply"));
    if (text_is(kind, "checklist")) take_checklist(planning, json_object_get(action, "items"));
    if (text_ends(kind, "spam")) {
        change->has_spam = true;
        change->is_spam = text_is(kind, "spam");
    }
    if (text_is(kind, "priority")) {
        change->has_priority = true;
        change->priority = priority_of(word_in(planning, action, "priority"));
    }
    if (text_is(kind, "team")) {
        change->has_team = true;
        change->team.value = json_integer_value(json_object_get(action, "team"));
    }
    if (text_is(kind, "assignee")) {
        change->has_assignee = true;
        change->assignee = assignee_of(planning, word_in(planning, action, "assignee"));
    }
    return !text_ends(kind, "_tags") || change_tags(planning, json_object_get(action, "tags"), text_is(kind, "add_tags"), err);
}

bool actions_plan(struct tx *tx, const struct actor *actor, const struct ticket *ticket, struct text actions, struct macro_plan *ret, struct error *err) {
    struct planning *planning = arena_alloc(&tx->mem, sizeof *planning);
    json_auto_t *list = json_loadb(actions.data, actions.size, 0, NULL), *tags = json_loadb(ticket->tags.data, ticket->tags.size, 0, NULL);
    const json_t *each;
    size_t i;
    if (!list || !tags) return error_set(err, ERR_INTERNAL, "the actions or tags can't be read");
    *ret = (struct macro_plan){.change = {.asks = actor}};
    *planning = (struct planning){.tx = tx, .actor = actor, .plan = ret};
    json_array_foreach(tags, i, each) {
        take_tag(planning, word_of(planning, each));
    }
    json_array_foreach(list, i, each) {
        if (!plan_action(planning, each, err)) return false;
    }
    ret->change.tags = (struct json_list){planning->tag_count, planning->tags};
    ret->change.checklist = (struct json_list){planning->item_count, planning->items};
    return true;
}
