/* Taking a merge back: the ticket stands by itself again. What was written since stays in the one it was part of. */
#include "modules/people/people.h"
#include "modules/tickets/merge.h"

struct parting {
    struct undoing *undoing;
    const json_t *data;
    const struct ticket *from, *into;
    int64_t last; /* the newest message of the time */
};

static bool find_both(struct parting *parting, struct error *err) {
    struct tx *tx = parting->undoing->tx;
    ticket_id from = {json_integer_value(json_object_get(parting->data, "from"))}, into = {json_integer_value(json_object_get(parting->data, "into"))};
    if (!parting->undoing->is_trial && !tickets_hold(tx, from, into, err)) return false;
    if (!ticket_find(tx, parting->undoing->mem, from, &parting->from, err) || !ticket_find(tx, parting->undoing->mem, into, &parting->into, err))
        return false;
    if (!parting->from || !parting->into || parting->from->merged_into.value != into.value) parting->undoing->refused = "merge_gone";
    /* What it became part of is part of something else: that is to be taken back first, so that everything finds its way. */
    else if (parting->into->merged_into.value) parting->undoing->refused = "merged_on";
    return true;
}

static bool part_messages(const struct parting *parting, struct error *err) {
    struct undoing *undoing = parting->undoing;
    const struct sql_message_count_in_row *since;
    const struct sql_message_count_in in = {.ticket_id = parting->into->id, .shown_in_id = parting->into->id.value, .after = parting->last};
    const struct sql_message_unshow back = {.ticket_id = parting->from->id, .into_id = parting->into->id.value};
    const struct sql_checklist_unshow items = {.ticket_id = parting->from->id, .into_id = parting->into->id.value};
    if (!sql_message_count_in(undoing->tx, undoing->mem, &in, &since, err)) return false;
    if (since->count) undoing_keep(undoing, "messages", "written_since", parting->into->id, since->count);
    return undoing->is_trial
           || (sql_message_unshow(undoing->tx, &back, NULL, err) && sql_checklist_unshow(undoing->tx, &items, NULL, err)
               && ticket_point(undoing->tx, parting->from, (ticket_id){0}, err));
}

/* --- People ----------------------------------------------------------------------------------------------------------------- */

static bool part_requester(const struct parting *parting, struct error *err) {
    struct undoing *undoing = parting->undoing;
    person_id before = {json_integer_value(json_object_get(parting->data, "requester"))};
    person_id after = {json_integer_value(json_object_get(parting->data, "requester_new"))};
    struct doer doer = back_doer(undoing);
    if (!before.value) return true;
    if (!person_now(undoing->tx, before, &before, err) || !person_now(undoing->tx, after, &after, err)) return false;
    if (parting->into->requester.value != after.value) {
        undoing_keep(undoing, "requester", "changed", parting->into->id, 0);
        return true;
    }
    const struct ticket_change change = {.has_requester = true, .requester = before};
    return undoing->is_trial || ticket_apply(undoing->tx, &doer, parting->into->id, &change, err);
}

static bool part_people(const struct parting *parting, struct error *err) {
    const json_t *one;
    size_t i;
    int64_t replaced = json_integer_value(json_object_get(parting->data, "requester_new"));
    person_id asks;
    if (!person_now(parting->undoing->tx, (person_id){replaced}, &asks, err) || !part_requester(parting, err)) return false;
    json_array_foreach(json_object_get(parting->data, "participants"), i, one) {
        struct back_participant back = {
            .ticket = parting->into->id, .person = {json_integer_value(json_object_get(one, "person"))}, .last = parting->last,
            .role = json_word(parting->undoing->mem, one, "role"), .is_on = json_is_true(json_object_get(one, "is_on")),
            .is_removed = json_is_true(json_object_get(one, "is_removed")),
        };
        /* When it is only asked, the requester is one still. */
        if (back.person.value == replaced && parting->into->requester.value == asks.value && parting->undoing->is_trial) continue;
        if (!back_participant(parting->undoing, &back, err)) return false;
    }
    return true;
}

/* --- Tags -------------------------------------------------------------------------------------------------------------------- */

static bool is_added(const json_t *added, const char *tag) {
    const json_t *one;
    size_t i;
    json_array_foreach(added, i, one)
        if (strcmp(json_string_value(one), tag) == 0) return true;
    return false;
}

static bool part_tags(const struct parting *parting, struct error *err) {
    struct undoing *undoing = parting->undoing;
    const json_t *added = json_object_get(parting->data, "tags"), *one;
    json_auto_t *here = json_loadb(parting->into->tags.data, parting->into->tags.size, 0, NULL);
    struct text *tags = arena_array(undoing->mem, json_array_size(here) + 1, sizeof *tags);
    struct doer doer = back_doer(undoing);
    size_t count = 0, i;
    if (!json_array_size(added) || undoing->is_trial) return true;
    json_array_foreach(here, i, one)
        if (!is_added(added, json_string_value(one))) tags[count++] = text_copy(undoing->mem, text_of(json_string_value(one)));
    return ticket_apply(undoing->tx, &doer, parting->into->id, &(struct ticket_change){.has_tags = true, .tags = {count, tags}}, err);
}

/* --- Links ------------------------------------------------------------------------------------------------------------------- */

/* A link that somebody has taken away since stays away. */
static bool part_link(const struct parting *parting, const json_t *one, struct error *err) {
    struct undoing *undoing = parting->undoing;
    int64_t from = parting->from->id.value, into = parting->into->id.value;
    const struct sql_ticket_link_add own = {
        .from_id = json_integer_value(json_object_get(one, "from")), .to_id = json_integer_value(json_object_get(one, "to")),
        .kind = json_word(undoing->mem, one, "kind"), .created_at = json_integer_value(json_object_get(one, "created")),
    };
    int64_t a = own.from_id == from ? into : own.from_id, b = own.to_id == from ? into : own.to_id;
    const struct sql_ticket_link_pair_row *pair;
    if (!sql_ticket_link_pair(undoing->tx, undoing->mem, &(struct sql_ticket_link_pair){.kind = own.kind, .a_id = a, .b_id = b}, &pair, err)) return false;
    bool taken = json_is_true(json_object_get(one, "taken"));
    if (taken && !pair) undoing_keep(undoing, "links", "changed", parting->into->id, 1);
    if (undoing->is_trial || (taken && !pair)) return true;
    const struct sql_ticket_link_remove remove = {.from_id = a, .to_id = b, .kind = own.kind};
    return (!taken || sql_ticket_link_remove(undoing->tx, &remove, NULL, err)) && sql_ticket_link_add(undoing->tx, &own, NULL, err);
}

static bool part_links(const struct parting *parting, struct error *err) {
    const json_t *one;
    size_t i;
    json_array_foreach(json_object_get(parting->data, "links"), i, one)
        if (!part_link(parting, one, err)) return false;
    return true;
}

/* --- Drafts ------------------------------------------------------------------------------------------------------------------ */

/* One that was written on belongs where it was written on. */
static bool part_drafts(const struct parting *parting, struct error *err) {
    struct undoing *undoing = parting->undoing;
    const json_t *one;
    size_t i;
    json_array_foreach(json_object_get(parting->data, "drafts"), i, one) {
        staff_id staff = {json_integer_value(json_object_get(one, "staff"))};
        const struct sql_draft_find_row *draft;
        const struct sql_draft_carry carry = {.staff_id = staff, .from_id = parting->into->id.value, .into_id = parting->from->id.value};
        if (!sql_draft_find(undoing->tx, undoing->mem, &(struct sql_draft_find){.ticket_id = parting->into->id, .staff_id = staff}, &draft, err)) return false;
        bool same = draft && draft->version == json_integer_value(json_object_get(one, "version"));
        if (draft && !same) undoing_keep(undoing, "drafts", "changed", parting->into->id, 1);
        if (same && !undoing->is_trial && !sql_draft_carry(undoing->tx, &carry, NULL, err)) return false;
    }
    return true;
}

static bool part_offers(const struct parting *parting, struct error *err) {
    const json_t *one;
    size_t i;
    json_array_foreach(json_object_get(parting->data, "offers"), i, one) {
        const struct sql_draft_offer_return in = {.id = json_integer_value(one), .from_id = parting->into->id.value, .into_id = parting->from->id.value};
        if (!parting->undoing->is_trial && !sql_draft_offer_return(parting->undoing->tx, &in, NULL, err)) return false;
    }
    return true;
}

/* --- Watchers ---------------------------------------------------------------------------------------------------------------- */

static bool part_watchers(const struct parting *parting, struct error *err) {
    const json_t *one;
    size_t i;
    json_array_foreach(json_object_get(parting->data, "watchers"), i, one) {
        const struct sql_watch_remove in = {.staff_id = {json_integer_value(one)}, .ticket_id = parting->into->id};
        if (!parting->undoing->is_trial && !sql_watch_remove(parting->undoing->tx, &in, NULL, err)) return false;
    }
    return true;
}

/* --- All of it --------------------------------------------------------------------------------------------------------------- */

static bool part_all(const struct parting *parting, struct error *err) {
    struct undoing *undoing = parting->undoing;
    struct tx *tx = undoing->tx;
    if (!pointer_undo(undoing, (message_id){json_integer_value(json_object_get(parting->data, "pointer"))}, parting->into->id, err)) return false;
    if (!part_messages(parting, err) || !part_people(parting, err) || !part_tags(parting, err) || !part_links(parting, err)
        || !part_drafts(parting, err) || !part_offers(parting, err) || !part_watchers(parting, err)
        || !back_state(undoing, json_object_get(parting->data, "state"), parting->last, err))
        return false;
    if (undoing->is_trial) return true;
    struct text data = text_printf(&tx->mem, "{\"from\":%" PRId64 ",\"into\":%" PRId64 ",\"operation\":%" PRId64 "}", parting->from->id.value,
                                   parting->into->id.value, undoing->operation->id);
    return ticket_recount(tx, parting->from->id, err) && ticket_recount(tx, parting->into->id, err)
           && back_event(undoing, parting->from->id, "ticket.unmerged", data, err) && back_event(undoing, parting->into->id, "ticket.unmerged", data, err);
}

static bool undo(struct undoing *undoing, struct error *err) {
    struct text json = undoing->operation->data;
    json_auto_t *data = json_loadb(json.data, json.size, 0, NULL);
    struct parting parting = {.undoing = undoing, .data = data, .last = json_integer_value(json_object_get(data, "last"))};
    return find_both(&parting, err) && (undoing->refused || part_all(&parting, err));
}

const struct operation_kind merge_operation = {"ticket.merge", CAN_TICKETS_MERGE, undo};
