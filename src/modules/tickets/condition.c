/* Binding: names become ids, days become instants. */
#include "base/clock.h"
#include "base/zone.h"
#include "modules/tickets/condition_private.h"

#include <stdlib.h>

/* Companies may be very many and are seldom asked for: they are read when one is. */
struct companies {
    bool are_read;
    struct sql_company_names_rows rows;
};
struct condition_names {
    struct tx *tx;
    struct arena *mem;
    struct sql_ticket_state_names_rows states;
    struct sql_team_names_rows teams;
    struct sql_staff_names_rows staff;
    struct companies *companies;
    struct field_list fields;
    struct sql_tag_alias_all_rows aliases;
};

bool condition_names_read(struct tx *tx, struct arena *mem, const struct condition_names **ret, struct error *err) {
    struct condition_names *names = arena_alloc(mem, sizeof *names);
    *names = (struct condition_names){.tx = tx, .mem = mem, .companies = arena_alloc(mem, sizeof *names->companies)};
    *names->companies = (struct companies){.are_read = false};
    *ret = names;
    return sql_ticket_state_names(tx, mem, &names->states, err) && sql_team_names(tx, mem, &names->teams, err)
           && sql_staff_names(tx, mem, &names->staff, err) && fields_read(tx, mem, &names->fields, err) && sql_tag_alias_all(tx, mem, &names->aliases, err);
}

struct binding {
    const struct condition_names *names;
    struct arena *mem;
    const char *field;
    struct text zone;
    staff_id me;
    struct error *err;
};

static bool refuse_at(struct binding *b, const struct query *term) {
    struct error_field *field = &b->err->fields[b->err->field_count - 1];
    field->position = term->position + 1;
    for (size_t i = 0; i < term->value.size; i++) field->length += ((unsigned char)term->value.data[i] & 0xC0) != 0x80;
    return false;
}

static bool refuse(struct binding *b, const struct query *term, const char *code, const char *what) {
    struct text name = term->field == QUERY_CUSTOM ? term->key : term->value;
    error_field(b->err, b->field, code, "there is no %s '%.*s'", what, (int)text_cut(name, 60).size, name.data);
    return refuse_at(b, term);
}

/* --- Names ------------------------------------------------------------------------------------------------------- */

static void add_id(struct ticket_condition *c, int64_t id) {
    c->ids[c->id_count++] = id;
}

static bool is_like(struct binding *b, struct text name, const struct query *term) {
    struct text folded = text_fold(b->mem, name), wanted = text_fold(b->mem, term->value);
    if (term->prefix) return folded.size >= wanted.size && memcmp(folded.data, wanted.data, wanted.size) == 0;
    return text_equal(folded, wanted);
}

static bool holds(struct binding *b, struct text name, const struct query *term) {
    return name.data && text_find(text_fold(b->mem, name), text_fold(b->mem, term->value)) != SIZE_MAX;
}

static bool bind_category(struct ticket_condition *c, enum category first, enum category last) {
    for (int i = first; i <= (int)last; i++) add_id(c, i);
    return true;
}

static bool bind_state(struct binding *b, const struct query *term, struct ticket_condition *c) {
    const struct sql_ticket_state_names_rows *states = &b->names->states;
    enum category category;
    c->ids = arena_array(b->mem, states->count + 5, sizeof *c->ids);
    if (category_find(text_fold(b->mem, term->value), &category)) return bind_category(c, category, category);
    if (text_is(term->value, "active")) return bind_category(c, CATEGORY_NEW, CATEGORY_WAITING);
    if (text_is(term->value, "working")) return bind_category(c, CATEGORY_NEW, CATEGORY_OPEN);
    c->any_of_state = true;
    for (size_t i = 0; i < states->count; i++) {
        const struct sql_ticket_state_names_row *row = &states->at[i];
        if (is_like(b, row->key, term) || is_like(b, row->agent_de, term) || is_like(b, row->agent_en, term) || is_like(b, row->agent_hu, term))
            add_id(c, row->state_id.value);
    }
    return c->id_count || refuse(b, term, "unknown_state", "state");
}

static bool bind_team(struct binding *b, const struct query *term, struct ticket_condition *c) {
    const struct sql_team_names_rows *teams = &b->names->teams;
    c->ids = arena_array(b->mem, teams->count + 1, sizeof *c->ids);
    for (size_t i = 0; i < teams->count; i++)
        if (is_like(b, teams->at[i].slug, term) || is_like(b, teams->at[i].name, term)) add_id(c, teams->at[i].team_id.value);
    return c->id_count || refuse(b, term, "unknown_team", "team");
}

static bool bind_agent(struct binding *b, const struct query *term, struct ticket_condition *c) {
    const struct sql_staff_names_rows *staff = &b->names->staff;
    c->ids = arena_array(b->mem, staff->count + 1, sizeof *c->ids);
    c->is_me = text_is(term->value, "me") && !b->me.value;
    if (text_is(term->value, "me") && b->me.value) add_id(c, b->me.value);
    for (size_t i = 0; i < staff->count && !text_is(term->value, "me"); i++)
        if (holds(b, staff->at[i].name, term) || holds(b, staff->at[i].email, term)) add_id(c, staff->at[i].staff_id.value);
    return true;
}

static bool bind_company(struct binding *b, const struct query *term, struct ticket_condition *c) {
    struct companies *read = b->names->companies;
    const struct sql_company_names_rows *companies = &read->rows;
    if (!read->are_read && !sql_company_names(b->names->tx, b->names->mem, &read->rows, b->err)) return false;
    read->are_read = true;
    c->ids = arena_array(b->mem, companies->count + 1, sizeof *c->ids);
    for (size_t i = 0; i < companies->count; i++)
        if (holds(b, companies->at[i].name, term)) add_id(c, companies->at[i].company_id.value);
    return true;
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80);
}

/* An address, a domain or a number is one word; a name is as many as it has. */
static bool is_whole(struct text piece) {
    return text_find_char(piece, '@') != SIZE_MAX || text_find_char(piece, '.') != SIZE_MAX || text_find_char(piece, '+') != SIZE_MAX;
}

static void add_words(struct ticket_condition *c, struct text piece) {
    size_t from = 0;
    bool whole = is_whole(piece);
    while (from < piece.size && c->word_count < COUNT_OF(c->words)) {
        size_t end = from;
        while (end < piece.size && (whole || is_letter(piece.data[end]))) end++;
        if (end > from) c->words[c->word_count++] = text_slice(piece, from, end - from);
        from = end + 1;
    }
}

static bool bind_requester(struct binding *b, const struct query *term, struct ticket_condition *c) {
    struct text rest = text_fold(b->mem, term->value), piece;
    while (text_next(&rest, ' ', &piece)) add_words(c, piece);
    return true;
}

/* --- Times and numbers ------------------------------------------------------------------------------------------- */

static int64_t age_of(const struct query_moment *moment) {
    const int64_t units[] = {MINUTE, HOUR, DAY, 7 * DAY};
    return moment->amount * units[moment->unit];
}

/* The beginning of the day, or of the one so many days after it. */
static struct boundary day_of(const struct binding *b, const struct query_moment *moment, int days) {
    struct boundary boundary = {.kind = BOUNDARY_AT};
    if (moment->kind != QUERY_DATE)
        return (struct boundary){.kind = BOUNDARY_DAY, .value = (moment->kind == QUERY_TODAY ? 0 : moment->kind == QUERY_TOMORROW ? 1 : -1) + days};
    (void)zone_day_begin(b->zone, moment->date.year, moment->date.month, moment->date.day, days, &boundary.value);
    return boundary;
}

/* "<7d" is younger, so after now - 7 d; of until, which lies ahead, before now + 7 d. */
static void bind_age(const struct query *term, struct ticket_condition *c) {
    bool ahead = term->field == QUERY_UNTIL, less = term->compare == QUERY_LESS || term->compare == QUERY_AT_MOST;
    struct boundary boundary = {.kind = BOUNDARY_FROM_NOW, .value = ahead ? age_of(&term->moment) : -age_of(&term->moment)};
    if (less == ahead) c->to = boundary;
    else c->from = boundary;
}

static enum query_compare compare_of(const struct query *term) {
    return term->field == QUERY_BEFORE ? QUERY_LESS : term->field == QUERY_AFTER ? QUERY_AT_LEAST : term->compare;
}

static bool bind_time(const struct binding *b, const struct query *term, struct ticket_condition *c) {
    const struct query_moment *moment = &term->moment;
    c->zone = b->zone;
    if (moment->kind == QUERY_AGE) {
        bind_age(term, c);
        return true;
    }
    switch (compare_of(term)) {
    case QUERY_LESS: c->to = day_of(b, moment, 0); break;
    case QUERY_AT_MOST: c->to = day_of(b, moment, 1); break;
    case QUERY_MORE: c->from = day_of(b, moment, 1); break;
    case QUERY_AT_LEAST: c->from = day_of(b, moment, 0); break;
    default:
        c->from = day_of(b, moment, 0);
        c->to = day_of(b, term->compare == QUERY_BETWEEN ? &term->moment_end : moment, 1);
    }
    return true;
}

static bool bind_numbers(enum query_compare compare, int64_t number, int64_t end, struct ticket_condition *c) {
    c->low = compare == QUERY_LESS || compare == QUERY_AT_MOST ? 0 : compare == QUERY_MORE ? number + 1 : number;
    c->high = compare == QUERY_MORE || compare == QUERY_AT_LEAST ? INT64_MAX : compare == QUERY_LESS ? number - 1 : compare == QUERY_BETWEEN ? end : number;
    return true;
}

static bool bind_priority(const struct query *term, struct ticket_condition *c) {
    enum priority priority = 0, end = 0;
    (void)priority_find(term->value, &priority);
    if (term->compare == QUERY_BETWEEN) (void)priority_find(term->end, &end);
    return bind_numbers(term->compare, priority, end, c);
}

/* --- The tree ---------------------------------------------------------------------------------------------------- */

static const struct sql_tag_alias_all_row *alias_of(const struct condition_names *names, struct text tag) {
    const struct sql_tag_alias_all_row *found = NULL;
    for (size_t i = 0; i < names->aliases.count && !found; i++) found = text_equal(names->aliases.at[i].tag, tag) ? names->aliases.at + i : NULL;
    return found;
}

/* A tag that was renamed, maybe more than once, is the one that it is now. */
static bool bind_tag(struct binding *b, const struct query *term, struct ticket_condition *c) {
    c->value = text_fold(b->mem, term->value);
    for (size_t hop = 0; hop < b->names->aliases.count && !term->prefix; hop++) {
        const struct sql_tag_alias_all_row *alias = alias_of(b->names, c->value);
        if (alias) c->value = alias->meaning;
    }
    return true;
}

static bool bind_custom(struct binding *b, const struct query *term, struct ticket_condition *c) {
    const char *code;
    c->custom = field_by_key(&b->names->fields, term->key);
    if (!c->custom) return refuse(b, term, "unknown_field", "field");
    c->ids = arena_array(b->mem, 1, sizeof *c->ids);
    add_id(c, c->custom->id);
    if (custom_bind(b->mem, b->zone, c, &code)) return true;
    error_field(b->err, b->field, code, "'%.*s' does not fit the field", (int)text_cut(term->value, 60).size, term->value.data);
    return refuse_at(b, term);
}

static bool bind_term(struct binding *b, const struct query *term, struct ticket_condition *c) {
    c->value = term->value;
    switch (term->field) {
    case QUERY_STATE: return bind_state(b, term, c);
    case QUERY_TEAM: return bind_team(b, term, c);
    case QUERY_ASSIGNEE:
    case QUERY_OWNER:
    case QUERY_WATCHING:
    case QUERY_MENTIONED: return bind_agent(b, term, c);
    case QUERY_COMPANY: return bind_company(b, term, c);
    case QUERY_REQUESTER: return bind_requester(b, term, c);
    case QUERY_NUMBER: return bind_numbers(QUERY_EQUAL, term->number - TICKET_NUMBER_BASE, 0, c);
    case QUERY_MESSAGES: return bind_numbers(term->compare, term->number, term->number_end, c);
    case QUERY_PRIORITY: return bind_priority(term, c);
    case QUERY_TAG: return bind_tag(b, term, c);
    case QUERY_CHANNEL: c->value = text_fold(b->mem, term->value); return true;
    case QUERY_CUSTOM: return bind_custom(b, term, c);
    default: return !condition_time_column(term->field) || bind_time(b, term, c);
    }
}

static struct ticket_condition *bind_node(struct binding *b, const struct query *query) {
    struct ticket_condition *c = arena_alloc(b->mem, sizeof *c), **end = &c->first;
    *c = (struct ticket_condition){.kind = query->kind, .term = query};
    if (query->kind == QUERY_TERM) return bind_term(b, query, c) ? c : NULL;
    for (const struct query *child = query->first; child; child = child->next) {
        *end = bind_node(b, child);
        if (!*end) return NULL;
        end = &(*end)->next;
    }
    return c;
}

bool condition_bind(const struct condition_names *names, struct arena *mem, const struct query *query, const char *field, struct text zone,
                    staff_id me, struct ticket_condition **ret, struct error *err) {
    struct binding b = {.names = names, .mem = mem, .field = field, .zone = zone, .me = me, .err = err};
    struct ticket_condition *c = bind_node(&b, query);
    if (c) *ret = c;
    return c != NULL;
}

/* --- What it is like ---------------------------------------------------------------------------------------------- */

static bool any(const struct ticket_condition *condition, bool (*is)(const struct ticket_condition *term)) {
    if (condition->kind == QUERY_TERM) return is(condition);
    for (const struct ticket_condition *child = condition->first; child; child = child->next)
        if (any(child, is)) return true;
    return false;
}

static bool is_words(const struct ticket_condition *c) {
    return query_is_words(c->term);
}

static bool is_own(const struct ticket_condition *c) {
    return c->is_me && c->term->field != QUERY_ASSIGNEE;
}

static bool is_people(const struct ticket_condition *c) {
    return c->term->field == QUERY_REQUESTER || c->term->field == QUERY_COMPANY;
}

static bool is_moving(const struct ticket_condition *c) {
    return c->from.kind > BOUNDARY_AT || c->to.kind > BOUNDARY_AT;
}

bool condition_has_words(const struct ticket_condition *condition) {
    return any(condition, is_words);
}

bool condition_has_own(const struct ticket_condition *condition) {
    return any(condition, is_own);
}

bool condition_has_people(const struct ticket_condition *condition) {
    return any(condition, is_people);
}

bool condition_moves(const struct ticket_condition *condition) {
    return any(condition, is_moving);
}

static bool is_word(const struct ticket_condition *c, const char *what) {
    return c->kind == QUERY_TERM && c->term->field == QUERY_IS && text_is(c->value, what);
}

bool condition_wants(const struct ticket_condition *condition, const char *what) {
    bool wants = is_word(condition, what);
    for (const struct ticket_condition *child = condition->first; condition->kind != QUERY_NOT && child; child = child->next)
        wants |= condition_wants(child, what);
    return wants;
}

static void set_clock(struct boundary *boundary, struct text zone, int64_t now) {
    boundary->instant = boundary->kind == BOUNDARY_FROM_NOW ? now + boundary->value : boundary->value;
    if (boundary->kind == BOUNDARY_DAY) (void)zone_day_of(zone, now, (int)boundary->value, &boundary->instant);
}

void condition_clock(struct ticket_condition *condition, int64_t now) {
    set_clock(&condition->from, condition->zone, now);
    set_clock(&condition->to, condition->zone, now);
    if (condition->custom) custom_clock(condition);
    for (struct ticket_condition *child = condition->first; child; child = child->next) condition_clock(child, now);
}
