/* The life of a ticket: finding it, opening it, and how long it takes replies. Changing stands in ticket_change.c. */
#include "modules/numbers/numbers.h"
#include "modules/tickets/form.h"
#include "modules/tickets/values.h"

#include "base/clock.h"

enum { SUBJECT_LIMIT = 400, TAG_LIMIT = 30, TAG_SIZE = 60 };

static const char *const category_names[] = {"new", "open", "waiting", "resolved", "closed"};
static const char *const priority_names[] = {"", "low", "normal", "high", "urgent"};

const char *category_name(enum category category) {
    return category_names[category];
}

const char *priority_name(enum priority priority) {
    return priority_names[priority];
}

bool category_find(struct text word, enum category *ret_category) {
    for (size_t i = 0; i < COUNT_OF(category_names); i++)
        if (text_is(word, category_names[i])) {
            *ret_category = (enum category)i;
            return true;
        }
    return false;
}

bool priority_find(struct text word, enum priority *ret_priority) {
    for (size_t i = PRIORITY_LOW; i < COUNT_OF(priority_names); i++)
        if (text_is(word, priority_names[i])) {
            *ret_priority = (enum priority)i;
            return true;
        }
    return false;
}

static struct text label_of(struct arena *mem, ticket_id id, struct text label) {
    return label.data ? label : text_printf(mem, "%" PRId64, id.value + TICKET_NUMBER_BASE);
}

static struct ticket *ticket_of_row(struct arena *mem, const struct sql_ticket_by_id_row *row) {
    struct ticket *ticket = arena_alloc(mem, sizeof *ticket);
    *ticket = (struct ticket){
        .id = row->ticket_id, .number = row->ticket_id.value + TICKET_NUMBER_BASE, .label = label_of(mem, row->ticket_id, row->label),
        .subject = row->subject,
        .requester = row->requester_id, .owner = row->owner_id, .assignee = row->assignee_id, .team = row->team_id,
        .mailbox = row->mailbox_id, .state = row->state, .category = (enum category)row->category,
        .priority = (enum priority)row->priority, .channel = row->channel, .waiting_reason = row->waiting_reason,
        .waiting_until_at = row->waiting_until_at,
        .tags = row->tags, .fields = row->fields, .is_spam = row->is_spam, .is_active = row->is_active,
        .merged_into = {row->merged_into_id}, .created_at = row->created_at, .updated_at = row->updated_at,
        .first_response_at = row->first_response_at, .resolved_at = row->resolved_at, .closed_at = row->closed_at,
        .version = row->version, .message_count = row->message_count,
    };
    return ticket;
}

bool ticket_find(struct tx *tx, struct arena *mem, ticket_id id, const struct ticket **ret_ticket, struct error *err) {
    const struct sql_ticket_by_id_row *row;
    if (!sql_ticket_by_id(tx, mem, &(struct sql_ticket_by_id){.ticket_id = id}, &row, err)) return false;
    *ret_ticket = row ? ticket_of_row(mem, row) : NULL;
    return true;
}

/* On SQLite nobody else writes before this transaction has ended. */
bool ticket_hold(struct tx *tx, ticket_id id, struct error *err) {
    struct sql_ticket_hold_rows held;
    return store_dialect(tx->store) == DIALECT_SQLITE || sql_ticket_hold(tx, &tx->mem, &(struct sql_ticket_hold){.ticket_id = id}, &held, err);
}

bool ticket_locked(struct tx *tx, ticket_id id, const struct ticket **ret_ticket, struct error *err) {
    if (!ticket_hold(tx, id, err) || !ticket_find(tx, &tx->mem, id, ret_ticket, err)) return false;
    return *ret_ticket || error_set_key(err, ERR_NOT_FOUND, "ticket_not_found", "there is no ticket %" PRId64, id.value);
}

bool ticket_is_tagged(const struct ticket *ticket) {
    return !text_empty(ticket->tags) && !text_is(ticket->tags, "[]");
}

void ticket_event(struct tx *tx, const struct doer *doer, const struct ticket *ticket, const char *kind, struct text data,
                  bool internal) {
    event_record(tx, &(struct event){.kind = kind, .actor = doer->kind, .actor_id = doer->id, .cause = doer->cause,
                                     .ticket = ticket->id, .team = ticket->team, .assignee = ticket->assignee, .data = data, .internal = internal});
}

/* --- Opening -------------------------------------------------------------------------------------------------- */

struct text subject_of(struct arena *mem, struct text subject) {
    struct text cut = text_cut(text_trim(subject), SUBJECT_LIMIT);
    return text_empty(cut) ? text_of("") : text_copy(mem, cut);
}

bool tag_read(struct arena *mem, struct text word, const char *field, struct text *ret_tag, struct error *err) {
    *ret_tag = text_fold(mem, text_trim(word));
    if (!text_empty(*ret_tag) && ret_tag->size <= TAG_SIZE) return true;
    return error_field(err, field, "invalid", "a tag has 1 to %d bytes", TAG_SIZE);
}

/* As they are kept: folded, by what they mean now, each once. */
static bool tags_clean(struct tx *tx, const struct json_list *tags, struct json_list *ret_tags, struct error *err) {
    const struct text *at = tags->at;
    if (tags->count > TAG_LIMIT) return error_field(err, "tags", "too_many", "at most %d tags", TAG_LIMIT);
    struct text *clean = arena_array(&tx->mem, tags->count + 1, sizeof *clean);
    size_t count = 0;
    for (size_t i = 0; i < tags->count; i++) {
        struct text tag;
        bool is_new = true;
        if (!tag_read(&tx->mem, at[i], "tags", &tag, err) || !tag_meaning(tx, &tx->mem, tag, &tag, err)) return false;
        for (size_t j = 0; j < count && is_new; j++) is_new = !text_equal(clean[j], tag);
        if (is_new) clean[count++] = tag;
    }
    *ret_tags = (struct json_list){count, clean};
    return true;
}

static bool tags_add(struct tx *tx, ticket_id id, const struct json_list *clean, struct error *err) {
    const struct text *at = clean->at;
    for (size_t i = 0; i < clean->count; i++)
        if (!sql_ticket_tag_add(tx, &(struct sql_ticket_tag_add){.ticket_id = id, .tag = at[i]}, NULL, err)) return false;
    return true;
}

static struct text tags_json(struct tx *tx, const struct json_list *clean) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    const struct text *at = clean->at;
    json_array_begin(&json);
    for (size_t i = 0; i < clean->count; i++) json_text(&json, at[i]);
    json_array_end(&json);
    return buffer_text(&out);
}

bool tags_look(struct tx *tx, const struct json_list *tags, struct text *ret_json, struct error *err) {
    struct json_list clean;
    if (!tags_clean(tx, tags, &clean, err)) return false;
    *ret_json = tags_json(tx, &clean);
    return true;
}

bool tags_write(struct tx *tx, ticket_id id, const struct json_list *tags, struct text *ret_json, struct error *err) {
    struct json_list clean;
    if (!tags_clean(tx, tags, &clean, err) || !sql_ticket_tags_clear(tx, &(struct sql_ticket_tags_clear){.ticket_id = id}, NULL, err)
        || !tags_add(tx, id, &clean, err))
        return false;
    *ret_json = tags_json(tx, &clean);
    return true;
}

static struct text opened_data(struct tx *tx, const struct ticket_opening *opening, const struct ticket *ticket) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "number", ticket->number);
    json_put_text(&json, "label", ticket->label);
    json_put_text(&json, "subject", ticket->subject);
    json_put_id(&json, "requester", ticket->requester.value);
    json_put_id(&json, "team", ticket->team.value);
    json_put_id(&json, "assignee", ticket->assignee.value);
    json_put_text(&json, "state", ticket->state);
    json_put_string(&json, "priority", priority_name(ticket->priority));
    json_put_text(&json, "channel", ticket->channel);
    json_put_raw(&json, "tags", ticket->tags);
    if (!text_is(ticket->fields, "{}")) json_put_raw(&json, "fields", ticket->fields);
    if (opening->form) json_put_text(&json, "form", opening->form->key);
    if (ticket->is_spam) json_put_bool(&json, "is_spam", true);
    json_object_end(&json);
    return buffer_text(&out);
}

static bool link_tickets(struct tx *tx, ticket_id from, ticket_id to, struct error *err) {
    const struct sql_ticket_link_add link = {.from_id = from.value, .to_id = to.value, .kind = text_of("follows"), .created_at = tx->now};
    return sql_ticket_link_add(tx, &link, NULL, err);
}

static bool finish_opening(struct tx *tx, const struct doer *doer, const struct ticket_opening *opening, const struct json_list *tags,
                           const struct values *values, const struct ticket *ticket, struct error *err) {
    if (!values_write(tx, ticket->id, values, err)) return false;
    if (!tags_add(tx, ticket->id, tags, err) || !participant_add(tx, ticket->id, opening->requester, "requester", err)) return false;
    if (opening->follows.value && !link_tickets(tx, ticket->id, opening->follows, err)) return false;
    counters_move(tx, NULL, ticket);
    tag_counters_move(tx, NULL, ticket);
    ticket_event(tx, doer, ticket, "ticket.opened", opened_data(tx, opening, ticket), false);
    return true;
}

/* As ticket_insert writes it. */
static const struct ticket *new_ticket(struct tx *tx, const struct sql_ticket_insert *in, ticket_id id, struct text label) {
    struct ticket *ticket = arena_alloc(&tx->mem, sizeof *ticket);
    *ticket = (struct ticket){
        .id = id, .number = id.value + TICKET_NUMBER_BASE, .label = label_of(&tx->mem, id, label), .subject = in->subject, .requester = in->requester_id,
        .owner = in->owner_id, .assignee = in->assignee_id, .team = in->team_id, .mailbox = in->mailbox_id, .state = text_of("new"),
        .category = CATEGORY_NEW, .priority = (enum priority)in->priority, .channel = in->channel, .tags = in->tags,
        .fields = in->fields, .is_spam = in->is_spam,
        .is_active = !in->is_spam, .created_at = in->created_at, .updated_at = in->created_at, .version = 1,
    };
    return ticket;
}

static bool label_new(struct tx *tx, ticket_id id, int64_t opened_at, struct text *ret_label, struct error *err) {
    if (!number_label(tx, &tx->mem, id.value + TICKET_NUMBER_BASE, opened_at, ret_label, err)) return false;
    return !ret_label->data || sql_ticket_label(tx, &(struct sql_ticket_label){.ticket_id = id, .label = *ret_label}, NULL, err);
}

bool ticket_open(struct tx *tx, const struct doer *doer, const struct ticket_opening *opening, const struct ticket **ret_ticket,
                 struct error *err) {
    struct json_list tags;
    struct values values = {.json = text_of("{}")};
    if (!tags_clean(tx, &opening->tags, &tags, err)) return false;
    if (opening->fields.data && !values_read(tx, opening->team, values.json, opening->fields, &values, err)) return false;
    const struct sql_ticket_insert in = {
        .subject = subject_of(&tx->mem, opening->subject), .requester_id = opening->requester,
        .assignee_id = opening->assignee, .owner_id = opening->assignee, .team_id = opening->team,
        .mailbox_id = opening->mailbox, .priority = opening->priority ? opening->priority : PRIORITY_NORMAL,
        .channel = text_copy(&tx->mem, text_of(opening->channel)), .is_spam = opening->is_spam, .tags = tags_json(tx, &tags),
        .fields = values.json,
        .created_at = opening->created_at ? opening->created_at : tx->now,
    };
    const struct sql_ticket_insert_row *row;
    struct text label;
    if (!sql_ticket_insert(tx, &tx->mem, &in, &row, err) || !label_new(tx, row->ticket_id, in.created_at, &label, err))
        return error_context(err, "opening a ticket");
    const struct ticket *ticket = new_ticket(tx, &in, row->ticket_id, label);
    const struct form_wish form = {.actor = opening->asks, .topic = opening->form, .after = ticket, .fields = opening->fields};
    if (!finish_opening(tx, doer, opening, &tags, &values, ticket, err) || (form.actor && !form_check(tx, &form, err))) return false;
    *ret_ticket = ticket;
    return true;
}

bool ticket_requester_has_mail(struct tx *tx, ticket_id id, bool *ret_has, struct error *err) {
    const struct sql_ticket_requester_row *requester;
    if (!sql_ticket_requester(tx, &tx->mem, &(struct sql_ticket_requester){.ticket_id = id}, &requester, err)) return false;
    *ret_has = requester && !text_empty(requester->email);
    return true;
}

bool person_is_answered(struct tx *tx, person_id person, bool *ret_is, struct error *err) {
    const struct sql_ticket_answered_of_row *row;
    if (!sql_ticket_answered_of(tx, &tx->mem, &(struct sql_ticket_answered_of){.requester_id = person}, &row, err)) return false;
    *ret_is = row != NULL;
    return true;
}

bool ticket_first_letter(struct tx *tx, struct arena *mem, ticket_id id, const struct first_letter **ret, struct error *err) {
    const struct sql_message_first_in_row *row;
    if (!sql_message_first_in(tx, mem, &(struct sql_message_first_in){.ticket_id = id}, &row, err)) return false;
    *ret = NULL;
    if (!row) return true;
    struct first_letter *letter = arena_alloc(mem, sizeof *letter);
    *letter = (struct first_letter){row->message_id, row->kind, row->from_name, row->from_address, row->subject, row->text, row->html, row->raw_hash};
    *ret = letter;
    return true;
}

bool ticket_takes_replies(struct tx *tx, const struct ticket *ticket, bool *ret_takes, struct error *err) {
    const struct sql_ticket_team_reopen_days_row *team;
    *ret_takes = true;
    if (ticket->category < CATEGORY_RESOLVED) return true;
    if (!sql_ticket_team_reopen_days(tx, &tx->mem, &(struct sql_ticket_team_reopen_days){.team_id = ticket->team}, &team, err))
        return false;
    int64_t days = team ? team->reopen_days : 0, since = ticket->closed_at ? ticket->closed_at : ticket->resolved_at;
    *ret_takes = tx->now - since <= days * DAY;
    return true;
}

bool ticket_visible(const struct actor *actor, ticket_id ticket, team_id team, staff_id assignee) {
    return actor_may_in(actor, CAN_TICKETS_READ, ticket, team, assignee);
}

bool ticket_stays_inside(struct tx *tx, team_id from, team_id to, const char *field, struct error *err) {
    const struct sql_team_confidential_row *row;
    if (from.value == to.value) return true;
    if (!sql_team_confidential(tx, &tx->mem, &(struct sql_team_confidential){.team_id = from}, &row, err)) return false;
    return !row || error_field(err, field, "team_confidential_target", "what belongs to a confidential team stays there");
}
