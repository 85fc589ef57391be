/* Conditions put to one ticket in memory: as condition_sql.c puts them to the database. */
#include "base/clock.h"
#include "base/zone.h"
#include "modules/tickets/condition_private.h"

static const struct ticket_facts *facts_of(struct arena *mem, const struct sql_ticket_facts_row *row) {
    struct ticket_facts *facts = arena_alloc(mem, sizeof *facts);
    *facts = (struct ticket_facts){
        .id = row->ticket_id, .team = row->team_id, .assignee = row->assignee_id, .owner = row->owner_id, .requester = row->requester_id,
        .company = row->company_id.value, .state = row->state_id.value, .message_count = row->message_count, .category = (enum category)row->category,
        .priority = (enum priority)row->priority, .channel = row->channel, .waiting_reason = row->waiting_reason, .tags = row->tags,
        .fields = row->fields,
        .is_spam = row->is_spam, .is_active = row->is_active, .is_merged = row->merged_into_id != 0, .has_files = row->has_files,
        .has_notes = row->has_notes, .has_task = row->has_task,
        .waiting_until_at = row->waiting_until_at, .created_at = row->created_at, .updated_at = row->updated_at,
        .last_message_at = row->last_message_at, .first_response_at = row->first_response_at, .resolved_at = row->resolved_at,
        .closed_at = row->closed_at, .requester_words = row->requester_words, .watchers = row->watchers, .mentioned = row->mentioned,
    };
    return facts;
}

bool ticket_facts(struct tx *tx, struct arena *mem, ticket_id id, const struct ticket_facts **ret, struct error *err) {
    struct sql_ticket_facts_rows rows;
    const struct sql_ticket_facts in = {.after = id.value - 1, .upto = id.value, .limit = 1};
    if (!sql_ticket_facts(tx, mem, &in, &rows, err)) return false;
    *ret = rows.count ? facts_of(mem, rows.at) : NULL;
    return true;
}

bool ticket_facts_after(struct tx *tx, struct arena *mem, ticket_id after, int64_t limit, size_t *ret_count, const struct ticket_facts **ret,
                        struct error *err) {
    struct sql_ticket_facts_rows rows;
    const struct sql_ticket_facts in = {.after = after.value, .upto = INT64_MAX, .limit = limit};
    if (!sql_ticket_facts(tx, mem, &in, &rows, err)) return false;
    struct ticket_facts *all = arena_array(mem, rows.count + 1, sizeof *all);
    for (size_t i = 0; i < rows.count; i++) all[i] = *facts_of(mem, &rows.at[i]);
    *ret_count = rows.count;
    *ret = all;
    return true;
}

bool tickets_of_person(struct tx *tx, struct arena *mem, person_id person, int64_t limit, size_t *ret_count, const ticket_id **ret, struct error *err) {
    struct sql_tickets_of_requester_rows rows;
    if (!sql_tickets_of_requester(tx, mem, &(struct sql_tickets_of_requester){.requester_id = person, .limit = limit}, &rows, err)) return false;
    ticket_id *ids = arena_array(mem, rows.count + 1, sizeof *ids);
    for (size_t i = 0; i < rows.count; i++) ids[i] = rows.at[i].ticket_id;
    *ret_count = rows.count;
    *ret = ids;
    return true;
}

static bool among(const struct ticket_condition *c, int64_t id) {
    for (size_t i = 0; i < c->id_count; i++)
        if (c->ids[i] == id) return true;
    return false;
}

static bool any_among(const struct ticket_condition *c, struct text numbers) {
    struct text word;
    int64_t number;
    while (text_next(&numbers, ' ', &word))
        if (text_to_int(word, &number) && among(c, number)) return true;
    return false;
}

static int64_t time_of(const struct ticket_facts *facts, enum query_field field) {
    switch (field) {
    case QUERY_UPDATED: return facts->updated_at;
    case QUERY_RESOLVED: return facts->resolved_at;
    case QUERY_CLOSED: return facts->closed_at;
    case QUERY_ACTIVITY: return facts->last_message_at;
    case QUERY_UNTIL: return facts->waiting_until_at;
    default: return facts->created_at;
    }
}

static bool is_in_time(const struct ticket_condition *c, int64_t at) {
    return at && (!c->from.kind || at >= c->from.instant) && (!c->to.kind || at < c->to.instant);
}

/* A tag as it stands in the JSON array: behind a bracket or a comma that no text holds. */
static bool has_tag(struct text tags, const struct ticket_condition *c) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = {.mem = &mem};
    struct json_writer json = json_writer(&out);
    json_text(&json, c->value);
    struct text wanted = buffer_text(&out);
    if (c->term->prefix) wanted.size--;
    for (size_t at; (at = text_find(tags, wanted)) != SIZE_MAX; tags = text_skip(tags, at + 1))
        if (at > 0 && (tags.data[at - 1] == '[' || tags.data[at - 1] == ',') ) return true;
    return false;
}

static bool has_word(struct text words, struct text beginning) {
    for (size_t at; (at = text_find(words, beginning)) != SIZE_MAX; words = text_skip(words, at + 1))
        if (at == 0 || words.data[at - 1] == '\n') return true;
    return false;
}

static bool is_requester(const struct ticket_condition *c, struct text words) {
    bool all = c->word_count > 0;
    for (size_t i = 0; i < c->word_count && all; i++) all = has_word(words, c->words[i]);
    return all;
}

static bool is_what(struct text word, const struct ticket_facts *facts) {
    if (text_is(word, "unassigned")) return !facts->assignee.value;
    if (text_is(word, "assigned")) return facts->assignee.value;
    if (text_is(word, "active")) return facts->is_active;
    if (text_is(word, "merged")) return facts->is_merged;
    if (text_is(word, "spam")) return facts->is_spam;
    if (text_is(word, "snoozed")) return facts->waiting_until_at;
    return text_is(word, "answered") == (facts->first_response_at != 0);
}

static bool has_what(struct text word, const struct ticket_facts *facts) {
    if (text_is(word, "task")) return facts->has_task;
    return text_is(word, "note") ? facts->has_notes : facts->has_files;
}

static bool is_channel(const struct ticket_condition *c, struct text channel) {
    struct text begin = c->term->prefix ? text_slice(channel, 0, c->value.size) : channel;
    return text_equal(begin, c->value);
}

static bool is_within(const struct ticket_condition *c, int64_t number) {
    return number >= c->low && number <= c->high;
}

static bool meets_term(const struct ticket_condition *c, const struct ticket_facts *facts, bool is_mine) {
    switch (c->term->field) {
    case QUERY_STATE: return among(c, c->any_of_state ? facts->state : (int64_t)facts->category);
    case QUERY_TEAM: return among(c, facts->team.value);
    case QUERY_ASSIGNEE: return c->is_me ? is_mine : facts->assignee.value && among(c, facts->assignee.value);
    case QUERY_OWNER: return facts->owner.value && among(c, facts->owner.value);
    case QUERY_WATCHING: return any_among(c, facts->watchers);
    case QUERY_MENTIONED: return any_among(c, facts->mentioned);
    case QUERY_NUMBER: return is_within(c, facts->id.value);
    case QUERY_MESSAGES: return is_within(c, facts->message_count);
    case QUERY_PRIORITY: return is_within(c, facts->priority);
    case QUERY_IS: return is_what(c->value, facts);
    case QUERY_REQUESTER: return is_requester(c, facts->requester_words);
    case QUERY_COMPANY: return facts->company && among(c, facts->company);
    case QUERY_TAG: return has_tag(facts->tags, c);
    case QUERY_CHANNEL: return is_channel(c, facts->channel);
    case QUERY_WAITING: return facts->waiting_reason.data && text_equal(facts->waiting_reason, c->value);
    case QUERY_CUSTOM: return custom_meets(c, facts->fields);
    case QUERY_HAS: return has_what(c->value, facts);
    default: return is_in_time(c, time_of(facts, c->term->field));
    }
}

bool condition_meets(const struct ticket_condition *c, const struct ticket_facts *facts, bool is_mine) {
    switch (c->kind) {
    case QUERY_TERM: return meets_term(c, facts, is_mine);
    case QUERY_NOT: return !condition_meets(c->first, facts, is_mine);
    default: break;
    }
    for (const struct ticket_condition *child = c->first; child; child = child->next)
        if (condition_meets(child, facts, is_mine) == (c->kind == QUERY_OR)) return c->kind == QUERY_OR;
    return c->kind == QUERY_AND;
}

bool condition_finds(const struct ticket_condition *c, const struct ticket_facts *facts, bool is_mine) {
    if (facts->is_spam && !condition_wants(c, "spam")) return false;
    if (facts->is_merged && !condition_wants(c, "merged")) return false;
    return condition_meets(c, facts, is_mine);
}

/* When the time of a ticket passes a boundary that moves on with the clock. */
static int64_t passes(const struct boundary *boundary, struct text zone, int64_t at, int64_t now) {
    int64_t when = INT64_MAX;
    if (!at || boundary->kind <= BOUNDARY_AT) return INT64_MAX;
    if (boundary->kind == BOUNDARY_FROM_NOW) when = at - boundary->value + 1;
    else if (at < now - 3 * DAY || !zone_day_of(zone, at, 1 - (int)boundary->value, &when)) return INT64_MAX;
    return when > now ? when : INT64_MAX;
}

int64_t condition_turns(const struct ticket_condition *c, const struct ticket_facts *facts, int64_t now) {
    int64_t first = INT64_MAX;
    if (c->kind == QUERY_TERM && c->custom) return custom_turns(c, facts->fields, now);
    if (c->kind == QUERY_TERM && (c->from.kind > BOUNDARY_AT || c->to.kind > BOUNDARY_AT)) {
        int64_t at = time_of(facts, c->term->field), from = passes(&c->from, c->zone, at, now), to = passes(&c->to, c->zone, at, now);
        first = from < to ? from : to;
    }
    for (const struct ticket_condition *child = c->first; child; child = child->next) {
        int64_t turn = condition_turns(child, facts, now);
        if (turn < first) first = turn;
    }
    return first;
}
