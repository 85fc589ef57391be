/* What two tickets have becomes what the one has: people, tags, links, drafts, watchers. Doubles collapse, and each addition is written down. */
#include "modules/tickets/merge.h"

enum { TAGS_KEPT = 30 };

/* --- People ----------------------------------------------------------------------------------------------------------------- */

/* Kept apart, they are in sight but switched off: no answer goes to them unless somebody switches them on. */
static bool add_person(struct merging *merging, const struct sql_participant_of_row *row, struct error *err) {
    bool is_requester = text_is(row->role, "requester");
    bool is_on = row->is_on && merging->wish->requesters != REQUESTERS_APART;
    const struct sql_participant_join in = {.ticket_id = merging->into->id, .person_id = row->person_id,
                                            .role = is_requester ? text_of("cc") : row->role, .is_on = is_on, .is_removed = row->is_removed,
                                            .created_at = merging->tx->now};
    int64_t added = 0;
    if (!sql_participant_join(merging->tx, &in, &added, err)) return false;
    if (!added) return true;
    json_object_begin(&merging->json);
    json_put_int(&merging->json, "person", row->person_id.value);
    json_put_text(&merging->json, "role", in.role);
    json_put_bool(&merging->json, "is_on", is_on);
    if (in.is_removed) json_put_bool(&merging->json, "is_removed", true);
    json_object_end(&merging->json);
    return true;
}

static bool replace_requester(struct merging *merging, struct error *err) {
    const struct ticket_change change = {.has_requester = true, .requester = merging->from->requester};
    if (merging->wish->requesters != REQUESTERS_REPLACE || merging->from->requester.value == merging->into->requester.value) return true;
    json_put_int(&merging->json, "requester", merging->into->requester.value);
    json_put_int(&merging->json, "requester_new", merging->from->requester.value);
    return ticket_apply(merging->tx, merging->doer, merging->into->id, &change, err);
}

bool merge_people(struct merging *merging, struct error *err) {
    struct sql_participant_of_rows rows;
    if (!sql_participant_of(merging->tx, &merging->tx->mem, &(struct sql_participant_of){.ticket_id = merging->from->id}, &rows, err)) return false;
    json_key(&merging->json, "participants");
    json_array_begin(&merging->json);
    for (size_t i = 0; i < rows.count; i++)
        if (!add_person(merging, &rows.at[i], err)) return false;
    json_array_end(&merging->json);
    return replace_requester(merging, err);
}

/* --- Tags -------------------------------------------------------------------------------------------------------------------- */

static bool holds(const json_t *list, const char *word) {
    const json_t *one;
    size_t i;
    json_array_foreach(list, i, one)
        if (strcmp(json_string_value(one), word) == 0) return true;
    return false;
}

bool merge_tags(struct merging *merging, struct error *err) {
    json_auto_t *here = json_loadb(merging->into->tags.data, merging->into->tags.size, 0, NULL);
    json_auto_t *there = json_loadb(merging->from->tags.data, merging->from->tags.size, 0, NULL);
    struct text *tags = arena_array(&merging->tx->mem, json_array_size(here) + json_array_size(there) + 1, sizeof *tags);
    size_t count = 0, i;
    const json_t *one;
    json_array_foreach(here, i, one) tags[count++] = text_copy(&merging->tx->mem, text_of(json_string_value(one)));
    size_t before = count;
    json_key(&merging->json, "tags");
    json_array_begin(&merging->json);
    json_array_foreach(there, i, one) {
        if (count >= TAGS_KEPT || holds(here, json_string_value(one))) continue;
        tags[count] = text_copy(&merging->tx->mem, text_of(json_string_value(one)));
        json_text(&merging->json, tags[count++]);
    }
    json_array_end(&merging->json);
    const struct ticket_change change = {.has_tags = true, .tags = {count, tags}};
    return count == before || ticket_apply(merging->tx, merging->doer, merging->into->id, &change, err);
}

/* --- Links ------------------------------------------------------------------------------------------------------------------- */

/* The link as the other ticket has it; false: there is one already, it would be with itself, or go round in a circle. */
static bool take_over(struct merging *merging, const struct sql_ticket_link_of_row *row, bool *ret_taken, struct error *err) {
    struct tx *tx = merging->tx;
    int64_t from = merging->from->id.value, into = merging->into->id.value;
    const struct sql_ticket_link_add in = {.from_id = row->from_id == from ? into : row->from_id, .to_id = row->to_id == from ? into : row->to_id,
                                           .kind = row->kind, .created_at = row->created_at};
    int64_t added = 0;
    bool circle = true;
    *ret_taken = false;
    if (in.from_id == in.to_id) return true;
    if (!link_makes_circle(tx, in.from_id, in.to_id, in.kind, &circle, err)) return false;
    if (circle) return true;
    if (!sql_ticket_link_add(tx, &in, &added, err)) return false;
    *ret_taken = added > 0;
    return true;
}

static bool move_link(struct merging *merging, const struct sql_ticket_link_of_row *row, struct error *err) {
    const struct sql_ticket_link_remove old = {.from_id = row->from_id, .to_id = row->to_id, .kind = row->kind};
    bool taken;
    if (!sql_ticket_link_remove(merging->tx, &old, NULL, err) || !take_over(merging, row, &taken, err)) return false;
    json_object_begin(&merging->json);
    json_put_int(&merging->json, "from", row->from_id);
    json_put_int(&merging->json, "to", row->to_id);
    json_put_text(&merging->json, "kind", row->kind);
    json_put_int(&merging->json, "created", row->created_at);
    json_put_bool(&merging->json, "taken", taken);
    json_object_end(&merging->json);
    return true;
}

bool merge_links(struct merging *merging, struct error *err) {
    struct sql_ticket_link_of_rows rows;
    if (!sql_ticket_link_of(merging->tx, &merging->tx->mem, &(struct sql_ticket_link_of){.ticket_id = merging->from->id}, &rows, err)) return false;
    json_key(&merging->json, "links");
    json_array_begin(&merging->json);
    for (size_t i = 0; i < rows.count; i++)
        if (!move_link(merging, &rows.at[i], err)) return false;
    json_array_end(&merging->json);
    return true;
}

/* --- Drafts ------------------------------------------------------------------------------------------------------------------ */

/* Drafts that were handed on and wait for somebody to take them. */
static bool merge_offers(struct merging *merging, struct error *err) {
    struct sql_draft_offer_carry_rows rows;
    const struct sql_draft_offer_carry in = {.into_id = merging->into->id.value, .from_id = merging->from->id.value};
    if (!sql_draft_offer_carry(merging->tx, &merging->tx->mem, &in, &rows, err)) return false;
    json_key(&merging->json, "offers");
    json_array_begin(&merging->json);
    for (size_t i = 0; i < rows.count; i++) json_int(&merging->json, rows.at[i].id);
    json_array_end(&merging->json);
    return true;
}

/* Who has begun to write in both keeps both: the one here goes on here, the other can be read where it was begun. */
bool merge_drafts(struct merging *merging, struct error *err) {
    struct sql_draft_of_rows rows;
    const struct sql_draft_of in = {.ticket_id = merging->from->id, .into_id = merging->into->id.value};
    if (!sql_draft_of(merging->tx, &merging->tx->mem, &in, &rows, err)) return false;
    json_key(&merging->json, "drafts");
    json_array_begin(&merging->json);
    for (size_t i = 0; i < rows.count; i++) {
        const struct sql_draft_carry carry = {.staff_id = rows.at[i].staff_id, .from_id = merging->from->id.value, .into_id = merging->into->id.value};
        if (!sql_draft_carry(merging->tx, &carry, NULL, err)) return false;
        json_object_begin(&merging->json);
        json_put_int(&merging->json, "staff", rows.at[i].staff_id.value);
        json_put_int(&merging->json, "version", rows.at[i].version);
        json_object_end(&merging->json);
    }
    json_array_end(&merging->json);
    return merge_offers(merging, err);
}

/* --- Watchers ---------------------------------------------------------------------------------------------------------------- */

bool merge_watchers(struct merging *merging, struct error *err) {
    struct sql_watcher_list_rows rows;
    if (!sql_watcher_list(merging->tx, &merging->tx->mem, &(struct sql_watcher_list){.ticket_id = merging->from->id}, &rows, err)) return false;
    json_key(&merging->json, "watchers");
    json_array_begin(&merging->json);
    for (size_t i = 0; i < rows.count; i++) {
        const struct sql_watch_add in = {.staff_id = {rows.at[i].id}, .ticket_id = merging->into->id, .created_at = merging->tx->now};
        int64_t added = 0;
        if (!sql_watch_add(merging->tx, &in, &added, err)) return false;
        if (added) json_int(&merging->json, rows.at[i].id);
    }
    json_array_end(&merging->json);
    return true;
}
