/* Conditions put to the database. A comparison with what a ticket does not have is false, never unknown: its opposite is true. */
#include "modules/tickets/condition_private.h"

bool query_is_words(const struct query *node) {
    return node->kind == QUERY_TERM
           && (node->field == QUERY_ANY || node->field == QUERY_SUBJECT || node->field == QUERY_FROM || node->field == QUERY_TO);
}

const char *condition_time_column(enum query_field field) {
    switch (field) {
    case QUERY_BEFORE:
    case QUERY_AFTER:
    case QUERY_ON:
    case QUERY_CREATED: return "created_at";
    case QUERY_UPDATED: return "updated_at";
    case QUERY_RESOLVED: return "resolved_at";
    case QUERY_CLOSED: return "closed_at";
    case QUERY_ACTIVITY: return "last_message_at";
    case QUERY_UNTIL: return "waiting_until_at";
    default: return NULL;
    }
}

static void add_id_list(struct composer *composer, const struct ticket_condition *c, staff_id me) {
    composer_add(composer, "(");
    if (c->is_me) buffer_printf(&composer->sql, "%" PRId64, me.value);
    for (size_t i = 0; i < c->id_count; i++) buffer_printf(&composer->sql, "%s%" PRId64, i ? ", " : "", c->ids[i]);
    composer_add(composer, ")");
}

/* The ids are numbers of ours, so they may stand in the text: many would not fit the parameters. */
static void add_ids(struct composer *composer, const char *column, const struct ticket_condition *c, staff_id me) {
    bool may_lack = strcmp(column, "assignee_id") == 0 || strcmp(column, "owner_id") == 0;
    if (!c->id_count && !c->is_me) {
        composer_add(composer, "1 = 0");
        return;
    }
    buffer_printf(&composer->sql, may_lack ? "(ticket.%s IS NOT NULL AND ticket.%s IN " : "(ticket.%s IN ", column, column);
    add_id_list(composer, c, me);
    composer_add(composer, ")");
}

/* Somebody of them has a row that says so. */
static void add_concerned(struct composer *composer, const char *rows, const struct ticket_condition *c, staff_id me) {
    if (!c->id_count && !c->is_me) {
        composer_add(composer, "1 = 0");
        return;
    }
    buffer_printf(&composer->sql, "EXISTS (SELECT 1 FROM %s IN ", rows);
    add_id_list(composer, c, me);
    composer_add(composer, ")");
}

static void add_numbers(struct composer *composer, const char *column, const struct ticket_condition *c) {
    buffer_printf(&composer->sql, "(ticket.%s >= %" PRId64, column, c->low);
    if (c->high != INT64_MAX) buffer_printf(&composer->sql, " AND ticket.%s <= %" PRId64, column, c->high);
    composer_add(composer, ")");
}

static void add_time(struct composer *composer, const char *column, const struct ticket_condition *c) {
    buffer_printf(&composer->sql, "(ticket.%s IS NOT NULL", column);
    if (c->from.kind) buffer_printf(&composer->sql, " AND ticket.%s >= %" PRId64, column, c->from.instant);
    if (c->to.kind) buffer_printf(&composer->sql, " AND ticket.%s < %" PRId64, column, c->to.instant);
    composer_add(composer, ")");
}

static void add_is(struct composer *composer, struct text word) {
    static const struct {
        const char *word, *sql;
    } all[] = {
        {"unassigned", "ticket.assignee_id IS NULL"}, {"assigned", "ticket.assignee_id IS NOT NULL"}, {"active", "ticket.is_active = 1"},
        {"merged", "ticket.merged_into_id IS NOT NULL"}, {"spam", "ticket.is_spam = 1"}, {"answered", "ticket.first_response_at IS NOT NULL"},
        {"unanswered", "ticket.first_response_at IS NULL"}, {"snoozed", "ticket.waiting_until_at IS NOT NULL"},
    };
    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (text_is(word, all[i].word)) composer_add(composer, all[i].sql);
}

static int add_text(struct composer *composer, const char *before, struct text value, const char *behind) {
    composer_add(composer, before);
    int param = composer_text(composer, value);
    composer_add(composer, behind);
    return param;
}

static void add_requester(struct composer *composer, const struct ticket_condition *c) {
    composer_add(composer, c->word_count ? "(" : "1 = 0");
    for (size_t i = 0; i < c->word_count; i++) {
        int param = add_text(composer, i ? " AND ticket.requester_id IN (SELECT person_id FROM person_term WHERE word >= "
                             : "ticket.requester_id IN (SELECT person_id FROM person_term WHERE word >= ", c->words[i], " AND word < ");
        composer_again(composer, param);
        composer_add(composer, composer->dialect == DIALECT_POSTGRESQL ? " || chr(1114111))" : " || char(1114111))");
    }
    if (c->word_count) composer_add(composer, ")");
}

static void add_prefix_or_equal(struct composer *composer, const char *column, const struct ticket_condition *c) {
    buffer_printf(&composer->sql, "%s %s ", column, c->term->prefix ? ">=" : "=");
    int param = composer_text(composer, c->value);
    if (!c->term->prefix) return;
    buffer_printf(&composer->sql, " AND %s < ", column);
    composer_again(composer, param);
    composer_add(composer, composer->dialect == DIALECT_POSTGRESQL ? " || chr(1114111)" : " || char(1114111)");
}

static const char *has_sql(struct text word) {
    if (text_is(word, "note"))
        return "EXISTS (SELECT 1 FROM message AS other WHERE other.shown_in_id = ticket.id AND other.audience = 1 AND other.kind <> 'side')";
    if (text_is(word, "task"))
        return "EXISTS (SELECT 1 FROM checklist_item AS item WHERE item.shown_in_id = ticket.id AND item.done_at IS NULL AND item.removed_at IS NULL)";
    return "EXISTS (SELECT 1 FROM message AS other JOIN attachment ON attachment.message_id = other.id WHERE other.shown_in_id = ticket.id)";
}

void condition_term_sql(struct composer *composer, const struct ticket_condition *c, staff_id me) {
    const char *column = condition_time_column(c->term->field);
    if (column) {
        add_time(composer, column, c);
        return;
    }
    switch (c->term->field) {
    case QUERY_STATE: add_ids(composer, c->any_of_state ? "state_id" : "category", c, me); break;
    case QUERY_TEAM: add_ids(composer, "team_id", c, me); break;
    case QUERY_ASSIGNEE: add_ids(composer, "assignee_id", c, me); break;
    case QUERY_OWNER: add_ids(composer, "owner_id", c, me); break;
    case QUERY_WATCHING: add_concerned(composer, "ticket_watch WHERE ticket_watch.ticket_id = ticket.id AND ticket_watch.staff_id", c, me); break;
    case QUERY_MENTIONED:
        add_concerned(composer, "message AS note JOIN mention ON mention.message_id = note.id WHERE note.shown_in_id = ticket.id AND mention.staff_id",
                      c, me);
        break;
    case QUERY_NUMBER: add_numbers(composer, "id", c); break;
    case QUERY_MESSAGES: add_numbers(composer, "message_count", c); break;
    case QUERY_PRIORITY: add_numbers(composer, "priority", c); break;
    case QUERY_IS: add_is(composer, c->value); break;
    case QUERY_REQUESTER: add_requester(composer, c); break;
    case QUERY_COMPANY:
        composer_add(composer, "EXISTS (SELECT 1 FROM person_card WHERE person_card.id = ticket.requester_id AND person_card.company_id IN (0");
        for (size_t i = 0; i < c->id_count; i++) buffer_printf(&composer->sql, ", %" PRId64, c->ids[i]);
        composer_add(composer, "))");
        break;
    case QUERY_TAG:
        composer_add(composer, "EXISTS (SELECT 1 FROM ticket_tag WHERE ticket_tag.ticket_id = ticket.id AND ");
        add_prefix_or_equal(composer, composer->dialect == DIALECT_POSTGRESQL && c->term->prefix ? "ticket_tag.tag COLLATE \"C\"" : "ticket_tag.tag", c);
        composer_add(composer, ")");
        break;
    case QUERY_CHANNEL:
        composer_add(composer, "(");
        add_prefix_or_equal(composer, composer->dialect == DIALECT_POSTGRESQL && c->term->prefix ? "ticket.channel COLLATE \"C\"" : "ticket.channel", c);
        composer_add(composer, ")");
        break;
    case QUERY_WAITING: add_text(composer, "(ticket.waiting_reason IS NOT NULL AND ticket.waiting_reason = ", c->value, ")"); break;
    case QUERY_CUSTOM: custom_sql(composer, c); break;
    default: composer_add(composer, has_sql(c->value));
    }
}

void condition_sql(struct composer *composer, const struct ticket_condition *c, staff_id me) {
    if (c->kind == QUERY_TERM) {
        condition_term_sql(composer, c, me);
        return;
    }
    composer_add(composer, c->kind == QUERY_NOT ? "NOT (" : "(");
    if (!c->first) composer_add(composer, "1 = 1");
    for (const struct ticket_condition *child = c->first; child; child = child->next) {
        condition_sql(composer, child, me);
        if (child->next) composer_add(composer, c->kind == QUERY_OR ? " OR " : " AND ");
    }
    composer_add(composer, ")");
}

void condition_found_sql(struct composer *composer, const struct ticket_condition *condition, staff_id me) {
    condition_sql(composer, condition, me);
    if (!condition_wants(condition, "spam")) composer_add(composer, " AND ticket.is_spam = 0");
    if (!condition_wants(condition, "merged")) composer_add(composer, " AND ticket.merged_into_id IS NULL");
}

bool condition_find(struct tx *tx, struct arena *mem, const struct ticket_condition *condition, staff_id me, bool awake, int64_t limit,
                    size_t *ret_count, const ticket_id **ret, struct error *err) {
    struct composer composer;
    struct sql_rows rows;
    composer_begin(&composer, tx, mem, &statement_ticket_ids);
    composer_add(&composer, "\n WHERE ");
    condition_found_sql(&composer, condition, me);
    if (awake) composer_awake(&composer, me, "ticket.id");
    buffer_printf(&composer.sql, " ORDER BY ticket.id LIMIT %" PRId64, limit);
    if (!composer_rows(&composer, tx, mem, &rows, err)) return false;
    const struct sql_ticket_ids_row *at = rows.at;
    ticket_id *ids = arena_array(mem, rows.count + 1, sizeof *ids);
    for (size_t i = 0; i < rows.count; i++) ids[i] = at[i].ticket_id;
    *ret_count = rows.count;
    *ret = ids;
    return true;
}
