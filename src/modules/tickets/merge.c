/* Merging: one ticket becomes part of another. Its messages stay in it and are shown in the other; whatever is written to it later
 * arrives there. What both have is put together in merge_union.c, and taken apart again in unmerge.c. */
#include "modules/tickets/merge.h"

static bool find_both(struct merging *merging, struct error *err) {
    struct tx *tx = merging->tx;
    if (merging->wish->from.value == merging->wish->into.value) return error_field(err, "into", "same_ticket", "a ticket is not merged into itself");
    return tickets_hold(tx, merging->wish->from, merging->wish->into, err) && ticket_find(tx, &tx->mem, merging->wish->from, &merging->from, err)
           && ticket_find(tx, &tx->mem, merging->wish->into, &merging->into, err);
}

/* Who asked here would read what we write to who asked there: that needs somebody's decision. */
static bool check_requesters(const struct merging *merging, struct error *err) {
    bool same = merging->from->requester.value == merging->into->requester.value;
    if (!same && merging->wish->requesters == REQUESTERS_UNDECIDED)
        return error_field(err, "requesters", "requesters_differ", "the two have different requesters: join, apart or replace");
    return true;
}

static bool check(struct merging *merging, struct error *err) {
    if (!find_both(merging, err)) return false;
    if (!merging->from) return error_set_key(err, ERR_NOT_FOUND, "ticket_not_found", "there is no ticket %" PRId64, merging->wish->from.value);
    if (!merging->into) return error_field(err, "into", "unknown", "there is no ticket %" PRId64, merging->wish->into.value);
    if (merging->from->merged_into.value) return ticket_refuse_merged(merging->from, err);
    if (merging->into->merged_into.value)
        return error_field(err, "into", "ticket_merged", "ticket %" PRId64 " was merged into %" PRId64, merging->into->id.value,
                           merging->into->merged_into.value);
    return ticket_stays_inside(merging->tx, merging->from->team, merging->into->team, "into", err) && check_requesters(merging, err);
}

bool ticket_refuse_merged(const struct ticket *ticket, struct error *err) {
    error_set_key(err, ERR_CONFLICT, "ticket_merged", "ticket %" PRId64 " was merged", ticket->id.value);
    snprintf(err->see, sizeof err->see, "/api/v1/tickets/%" PRId64, ticket->merged_into.value);
    return false;
}

/* What still waits for us must not vanish in a ticket that nobody looks into. */
static bool open_target(struct merging *merging, struct error *err) {
    struct tx *tx = merging->tx;
    const struct ticket *after;
    bool waits_for_us = merging->from->is_active && merging->from->category < CATEGORY_WAITING;
    if (!waits_for_us || merging->into->category < CATEGORY_WAITING || merging->into->is_spam) return true;
    struct doer doer = *merging->doer;
    doer.cause = text_printf(&tx->mem, "ticket %" PRId64 " merged", merging->from->id.value);
    if (!ticket_apply(tx, &doer, merging->into->id, &(struct ticket_change){.has_state = true, .state = text_of("open")}, err)
        || !ticket_find(tx, &tx->mem, merging->into->id, &after, err))
        return false;
    state_note(&merging->json, "state", merging->into, after);
    return true;
}

/* Whose letters go where from now on; only who asked in the merged one hears of it. */
static bool send_pointer(struct merging *merging, struct error *err) {
    const struct pointer pointer = {.from = merging->from, .to = merging->into, .asks = merging->from, .words = "pointer_merged"};
    message_id id = {0};
    if (!merging->wish->tells) return true;
    if (!pointer_send(merging->tx, merging->doer, &pointer, &id, err)) return false;
    json_put_id(&merging->json, "pointer", id.value);
    return true;
}

static bool show_in_target(const struct merging *merging, struct error *err) {
    struct tx *tx = merging->tx;
    int64_t from = merging->from->id.value, into = merging->into->id.value;
    return sql_message_show(tx, &(struct sql_message_show){.from_id = from, .into_id = into}, NULL, err)
           && sql_checklist_show(tx, &(struct sql_checklist_show){.from_id = from, .into_id = into}, NULL, err)
           && ticket_point(tx, merging->from, merging->into->id, err);
}

static bool record(struct merging *merging, int64_t *ret_operation, struct error *err) {
    struct tx *tx = merging->tx;
    const struct sql_message_last_row *last;
    const ticket_id tickets[] = {merging->from->id, merging->into->id};
    if (!sql_message_last(tx, &tx->mem, &last, err)) return false;
    json_put_int(&merging->json, "from", merging->from->id.value);
    json_put_int(&merging->json, "into", merging->into->id.value);
    json_put_int(&merging->json, "last", last ? last->message_id.value : 0);
    json_object_end(&merging->json);
    const struct operation_record in = {
        .kind = "ticket.merge", .actor = merging->doer->kind, .actor_id = merging->doer->id,
        .summary = text_printf(&tx->mem, "{\"from\":%" PRId64 ",\"into\":%" PRId64 ",\"messages\":%" PRId64 "}", merging->from->id.value,
                               merging->into->id.value, merging->from->message_count),
        .data = buffer_text(&merging->data), .tickets = tickets, .ticket_count = COUNT_OF(tickets),
    };
    return operation_add(tx, &in, ret_operation, err);
}

static bool tell(const struct merging *merging, int64_t operation, struct error *err) {
    struct tx *tx = merging->tx;
    const struct ticket *into;
    struct text data = text_printf(&tx->mem, "{\"from\":%" PRId64 ",\"into\":%" PRId64 ",\"operation\":%" PRId64 "}", merging->from->id.value,
                                   merging->into->id.value, operation);
    if (!ticket_find(tx, &tx->mem, merging->into->id, &into, err)) return false;
    ticket_event(tx, merging->doer, merging->from, "ticket.merged", data, true);
    ticket_event(tx, merging->doer, into, "ticket.merged", data, true);
    return true;
}

bool ticket_merge(struct tx *tx, const struct doer *doer, const struct ticket_merging *wish, int64_t *ret_operation, struct error *err) {
    struct merging merging = {.tx = tx, .doer = doer, .wish = wish, .data = {.mem = &tx->mem}};
    merging.json = json_writer(&merging.data);
    json_object_begin(&merging.json);
    if (!check(&merging, err)) return false;
    if (!show_in_target(&merging, err) || !merge_people(&merging, err) || !merge_tags(&merging, err) || !merge_links(&merging, err)
        || !merge_drafts(&merging, err) || !merge_watchers(&merging, err)
        || !snoozes_end(tx, merging.from->id, "merged", (struct text){0}, err) || !open_target(&merging, err) || !ticket_recount(tx, merging.into->id, err)
        || !send_pointer(&merging, err) || !record(&merging, ret_operation, err) || !tell(&merging, *ret_operation, err))
        return error_context(err, "merging ticket %" PRId64 " into %" PRId64, wish->from.value, wish->into.value);
    return true;
}
