/* Taking back what a change has done to the fields of a ticket: each that still is as the change made it. */
#include "modules/tickets/back.h"
#include "modules/tickets/checklist.h"
#include "modules/tickets/tickets_private.h"

struct going_back {
    struct undoing *undoing;
    const struct ticket *ticket;
    const json_t *changes;       /* by field: before and after */
    struct ticket_change change;
    bool any;
};

static bool is_still(const struct going_back *back, const char *field, int64_t now, int64_t *ret_before) {
    const json_t *change = json_object_get(back->changes, field);
    *ret_before = json_integer_value(json_array_get(change, 0));
    if (!change) return false;
    if (json_integer_value(json_array_get(change, 1)) == now) return true;
    undoing_keep(back->undoing, field, "changed", back->ticket->id, 0);
    return false;
}

static void back_people(struct going_back *back) {
    struct ticket_change *change = &back->change;
    const struct ticket *now = back->ticket;
    change->has_assignee = is_still(back, "assignee", now->assignee.value, &change->assignee.value);
    change->has_owner = is_still(back, "owner", now->owner.value, &change->owner.value);
    change->has_team = is_still(back, "team", now->team.value, &change->team.value);
    back->any |= change->has_assignee || change->has_owner || change->has_team;
}

static void back_priority(struct going_back *back) {
    const json_t *change = json_object_get(back->changes, "priority");
    const char *before = json_string_value(json_array_get(change, 0)), *after = json_string_value(json_array_get(change, 1));
    if (!before || !after) return;
    if (strcmp(after, priority_name(back->ticket->priority)) != 0) {
        undoing_keep(back->undoing, "priority", "changed", back->ticket->id, 0);
        return;
    }
    (void)priority_find(text_of(before), &back->change.priority);
    back->change.has_priority = back->any = true;
}

static void back_spam(struct going_back *back) {
    const json_t *change = json_object_get(back->changes, "spam");
    const char *before = json_string_value(json_array_get(change, 0)), *after = json_string_value(json_array_get(change, 1));
    if (!before || !after) return;
    if ((strcmp(after, "yes") == 0) != back->ticket->is_spam) {
        undoing_keep(back->undoing, "spam", "changed", back->ticket->id, 0);
        return;
    }
    back->change.is_spam = strcmp(before, "yes") == 0;
    back->change.has_spam = back->any = true;
}

static void back_tags(struct going_back *back) {
    struct arena *mem = &back->undoing->tx->mem;
    const json_t *change = json_object_get(back->changes, "tags"), *before = json_array_get(change, 0);
    json_auto_t *now = json_loadb(back->ticket->tags.data, back->ticket->tags.size, 0, NULL);
    if (!change) return;
    if (!json_equal(json_array_get(change, 1), now)) {
        undoing_keep(back->undoing, "tags", "changed", back->ticket->id, 0);
        return;
    }
    struct text *at = arena_array(mem, json_array_size(before) + 1, sizeof *at);
    for (size_t i = 0; i < json_array_size(before); i++) {
        const json_t *tag = json_array_get(before, i);
        at[i] = text_copy(mem, text_from(json_string_value(tag), json_string_length(tag)));
    }
    back->change.tags = (struct json_list){json_array_size(before), at};
    back->change.has_tags = back->any = true;
}

static bool back_checklist(const struct going_back *back, struct error *err) {
    int64_t kept;
    const json_t *texts = json_array_get(json_object_get(back->changes, "checklist"), 1);
    if (!texts) return true;
    if (!checklist_take_back(back->undoing, back->ticket->id, texts, &kept, err)) return false;
    if (kept) undoing_keep(back->undoing, "checklist", "changed", back->ticket->id, kept);
    return true;
}

bool back_fields(struct undoing *undoing, ticket_id id, const json_t *changes, struct error *err) {
    struct going_back back = {.undoing = undoing, .changes = changes};
    struct doer doer = back_doer(undoing);
    if ((!undoing->is_trial && !ticket_hold(undoing->tx, id, err)) || !ticket_find(undoing->tx, undoing->mem, id, &back.ticket, err)) return false;
    if (!back.ticket) return true;
    back_people(&back);
    back_priority(&back);
    back_spam(&back);
    back_tags(&back);
    return back_checklist(&back, err) && (!back.any || undoing->is_trial || ticket_apply(undoing->tx, &doer, id, &back.change, err));
}
