/* Finding a page of tickets: one walk of an index for each team and each category, in the order that was asked for.
 *
 * Each walk is bounded by the page's size, so that the cost grows with the page and not with the store. All tickets, one agent's,
 * nobody's, spam and those of a tag have an index for each order, led by team and category. One person's are sorted unless they
 * are wanted by their last change; what comes back by itself is few and has one index. SQLite is told which index: it has no
 * statistics that would make it guess right. */
#include "modules/tickets/list_private.h"

enum { WALKS_TOGETHER = 100 }; /* SQLite refuses more than 500 in one compound */

void page_bind_tag(struct composer *query, struct page *page) {
    if (!page->tag.data) return;
    composer_bind_text(query, page->tag);
    page->tag_param = query->params;
}

static bool is_tagged(const struct page *page) {
    return page->tag.data && !page->requester.value && !page->is_snoozed;
}

static const char *index_family(const struct page *page, struct area area) {
    if (is_tagged(page)) return "ticket_tag_by";
    if (page->is_spam) return "ticket_spam";
    if (area.whose == NOBODYS) return "ticket_unassigned";
    if (area.whose == AN_AGENTS) return "ticket_by_assignee";
    return "ticket_by_team";
}

const char *area_index(struct arena *mem, const struct page *page, struct area area) {
    bool by_change = strcmp(page->key, "updated_at") == 0;
    if (page->is_snoozed) return "ticket_waiting_until";
    if (page->requester.value) return by_change ? "ticket_by_requester" : NULL;
    return arena_printf(mem, "%s_%s", index_family(page, area), by_change ? "updated" : strcmp(page->key, "created_at") == 0 ? "created" : "priority");
}

/* Numbers stand in the text: ids and times are ours or were read as numbers, and many walks would not fit the parameters. */
static void add_number(struct composer *query, const char *sql, int64_t value) {
    buffer_printf(&query->sql, "%s%" PRId64, sql, value);
}

void page_order(struct composer *query, const struct page *page, const char *key, const char *id) {
    const char *direction = page->descending ? "DESC" : "ASC";
    buffer_printf(&query->sql, "%s %s, %s %s LIMIT %" PRId64, key, direction, id, direction, page->limit + 1);
}

static void add_categories(struct composer *query, const struct page *page, int category) {
    const char *sign = " AND ticket.category IN (";
    if (category >= 0) {
        add_number(query, " AND ticket.category = ", category);
        return;
    }
    for (int i = 0; i < 5; i++) {
        if (!page->categories[i]) continue;
        add_number(query, sign, i);
        sign = ", ";
    }
    composer_add(query, ")");
}

static void add_area(struct composer *query, const struct page *page, struct area area) {
    if (area.team.value) add_number(query, " AND ticket.team_id = ", area.team.value);
    if (area.whose == NOBODYS) composer_add(query, " AND ticket.assignee_id IS NULL");
    if (area.whose == AN_AGENTS) add_number(query, " AND ticket.assignee_id = ", area.agent.value);
    add_categories(query, page, area.category);
}

static void add_awake(struct composer *query, const struct page *page, const char *id) {
    if (page->is_awake) composer_awake(query, page->actor->staff, id);
}

/* A tag has its own rows; what they don't say is looked up. */
static void add_tag(struct composer *query, const struct page *page) {
    composer_add(query, " AND ticket.tag = ");
    composer_again(query, page->tag_param);
    add_number(query, " AND ticket.shelf = ", page->is_spam);
    if (page->state) add_number(query, " AND EXISTS (SELECT 1 FROM ticket AS whole WHERE whole.id = ticket.ticket_id AND whole.state_id = ", page->state);
    if (page->state) composer_add(query, ")");
}

static void add_ticket(struct composer *query, const struct page *page) {
    add_number(query, " AND ticket.is_spam = ", page->is_spam);
    composer_add(query, " AND ticket.merged_into_id IS NULL");
    if (page->state) add_number(query, " AND ticket.state_id = ", page->state);
    if (page->is_snoozed) composer_add(query, " AND ticket.waiting_until_at IS NOT NULL");
    if (page->requester.value) add_number(query, " AND ticket.requester_id = ", page->requester.value);
}

/* Of tickets that are not walked team by team. */
static void add_visible_tagged(struct composer *query, const struct page *page) {
    composer_visible(query, page->actor);
    if (!page->tag.data) return;
    composer_add(query, " AND EXISTS (SELECT 1 FROM ticket_tag WHERE ticket_tag.ticket_id = ticket.id AND ticket_tag.tag = ");
    composer_again(query, page->tag_param);
    composer_add(query, ")");
}

static void add_bound(struct composer *query, const char *key, const char *id, const char *sign, int64_t key_value, int64_t id_value) {
    buffer_printf(&query->sql, " AND (%s, %s) %s (%" PRId64 ", %" PRId64 ")", key, id, sign, key_value, id_value);
}

/* From where the page before has ended to where the stretch of this one does. */
static void add_bounds(struct composer *query, const struct page *page, const char *key, const char *id) {
    if (page->after_id) add_bound(query, key, id, page->descending ? "<" : ">", page->after_key, page->after_id);
    if (page->has_end) add_bound(query, key, id, page->descending ? ">=" : "<=", page->end_key, page->end_id);
}

/* The rows of a tag know little of their ticket: ticket_id is theirs. */
static void add_condition(struct composer *query, const struct page *page, bool tagged) {
    if (!page->condition || page->examined) return;
    composer_add(query, tagged ? " AND EXISTS (SELECT 1 FROM ticket WHERE ticket.id = ticket_id AND " : " AND ");
    condition_sql(query, page->condition, page->actor->staff);
    if (tagged) composer_add(query, ")");
}

static void add_order(struct composer *query, const struct page *page, const char *key, const char *id) {
    const char *direction = page->descending ? "DESC" : "ASC";
    composer_add(query, " ORDER BY ");
    if (page->examined) buffer_printf(&query->sql, "%s %s, %s %s LIMIT 1 OFFSET %" PRId64, key, direction, id, direction, page->examined);
    else page_order(query, page, key, id);
}

void area_walk(struct composer *query, const struct page *page, struct area area) {
    bool tagged = is_tagged(page);
    const char *id = tagged ? "ticket.ticket_id" : "ticket.id", *table = tagged ? "ticket_tag" : "ticket";
    const char *index = page->requester.value && !page->is_snoozed ? "ticket_by_requester" : area_index(query->mem, page, area);
    char *key = arena_printf(query->mem, "ticket.%s", page->key);
    buffer_printf(&query->sql, "SELECT %s AS id, %s AS key FROM %s AS ticket", id, key, table);
    if (query->dialect == DIALECT_SQLITE) buffer_printf(&query->sql, " INDEXED BY %s", index);
    composer_add(query, " WHERE 1 = 1");
    add_area(query, page, area);
    if (tagged) add_tag(query, page);
    else add_ticket(query, page);
    if (page->requester.value || page->is_snoozed) add_visible_tagged(query, page);
    add_awake(query, page, id);
    add_bounds(query, page, key, id);
    add_condition(query, page, tagged);
    add_order(query, page, key, id);
}

static void add_chosen(struct composer *query, const struct page *page) {
    add_number(query, page->watcher.value ? " AND ticket.id IN (SELECT ticket_id FROM ticket_watch WHERE staff_id = "
               : " AND ticket.id IN (SELECT message.shown_in_id FROM mention JOIN message ON message.id = mention.message_id WHERE mention.staff_id = ",
               page->watcher.value ? page->watcher.value : page->mentioned.value);
    composer_add(query, ")");
    if (!page->watcher.value || !page->mentioned.value) return;
    struct page other = *page;
    other.watcher.value = 0;
    add_chosen(query, &other);
}

/* What the walks of teams and of the reader's own tickets do not meet. */
static void add_admitted(struct composer *query, const struct actor *actor) {
    composer_add(query, " AND ");
    composer_admitted(query, "ticket.id", actor);
    add_number(query, " AND (ticket.assignee_id IS NULL OR ticket.assignee_id <> ", actor->staff.value);
    composer_add(query, ")");
    enum scope scope = actor_scope(actor, CAN_TICKETS_READ);
    if (scope == SCOPE_TEAM) composer_teams(query, " AND ticket.team_id NOT IN (", actor->teams, actor->team_count);
    if (scope == SCOPE_ALL) composer_teams(query, " AND ticket.team_id IN (", actor->closed, actor->closed_count);
}

/* What somebody watches, was mentioned in or admitted to is so little that it is sorted, whatever its team. */
static void personal_walk(struct composer *query, const struct page *page) {
    char *key = arena_printf(query->mem, "ticket.%s", page->key);
    bool is_chosen = page->watcher.value || page->mentioned.value;
    enum whose whose = page->is_unassigned ? NOBODYS : page->assignee.value ? AN_AGENTS : ANYONES;
    buffer_printf(&query->sql, "SELECT ticket.id AS id, %s AS key FROM ticket WHERE 1 = 1", key);
    if (is_chosen) add_chosen(query, page);
    else add_admitted(query, page->actor);
    add_area(query, page, (struct area){.team = page->team, .category = -1, .whose = whose, .agent = page->assignee});
    add_ticket(query, page);
    add_visible_tagged(query, page);
    add_awake(query, page, "ticket.id");
    add_bounds(query, page, key, "ticket.id");
    add_condition(query, page, false);
    add_order(query, page, key, "ticket.id");
}

/* Merged tickets stand in no list of their teams. They are few beside the others, so those that are wanted are sorted. */
static void merged_walk(struct composer *query, const struct page *page) {
    char *key = arena_printf(query->mem, "ticket.%s", page->key);
    buffer_printf(&query->sql, "SELECT ticket.id AS id, %s AS key FROM ticket", key);
    if (query->dialect == DIALECT_SQLITE) composer_add(query, " INDEXED BY ticket_merged");
    composer_add(query, " WHERE ticket.merged_into_id IS NOT NULL");
    composer_visible(query, page->actor);
    add_bounds(query, page, key, "ticket.id");
    add_condition(query, page, false);
    add_order(query, page, key, "ticket.id");
}

/* Those that hold a value of a field are found by the value: so few that they are sorted. */
static void few_walk(struct composer *query, const struct page *page) {
    char *key = arena_printf(query->mem, "ticket.%s", page->key);
    buffer_printf(&query->sql, "SELECT ticket.id AS id, %s AS key FROM ticket", key);
    if (query->dialect == DIALECT_SQLITE) composer_add(query, " NOT INDEXED"); /* but for the id */
    composer_add(query, " WHERE ticket.id IN (SELECT ticket_value.ticket_id FROM ticket_value WHERE ");
    custom_values_sql(query, page->few);
    composer_add(query, ")");
    composer_visible(query, page->actor);
    add_bounds(query, page, key, "ticket.id");
    composer_add(query, " AND ");
    condition_found_sql(query, page->condition, page->actor->staff);
    add_order(query, page, key, "ticket.id");
}

/* --- All walks of a page ---------------------------------------------------------------------------------------------- */

struct walking {
    struct composer *query;
    const struct page *page;
    int count;
};

static void begin_walk(struct walking *walking) {
    bool begins = walking->count % WALKS_TOGETHER == 0;
    if (walking->count) composer_add(walking->query, begins ? ") AS part UNION ALL " : " UNION ALL ");
    composer_add(walking->query, begins ? "SELECT * FROM (SELECT * FROM (" : "SELECT * FROM (");
    walking->count++;
}

static void end_walk(struct walking *walking) {
    composer_add(walking->query, ") AS one");
}

static void walk(struct walking *walking, struct area area) {
    begin_walk(walking);
    area_walk(walking->query, walking->page, area);
    end_walk(walking);
}

static void walk_categories(struct walking *walking, struct area area) {
    for (area.category = 0; area.category < 5; area.category++)
        if (walking->page->categories[area.category]) walk(walking, area);
}

/* Whose tickets of a team are wanted and for the reader to see: of another team those of the reader. False: nobody's at all. */
static bool find_whose(const struct page *page, team_id team, struct area *area) {
    const struct actor *actor = page->actor;
    bool sees = actor_reaches(actor, CAN_TICKETS_READ, team);
    *area = (struct area){.team = team, .whose = ANYONES};
    if (page->is_unassigned) area->whose = NOBODYS;
    if (page->assignee.value || (!sees && !page->is_unassigned)) area->whose = AN_AGENTS;
    area->agent = page->assignee.value ? page->assignee : actor->staff;
    return sees || (area->whose == AN_AGENTS && area->agent.value == actor->staff.value);
}

static bool walk_tag(struct walking *walking, struct tx *tx, struct error *err) {
    const struct page *page = walking->page;
    struct sql_tag_teams_rows teams;
    const struct sql_tag_teams in = {.tag = page->tag, .assignee_id = page->assignee.value ? page->assignee : page->actor->staff};
    if (!sql_tag_teams(tx, &tx->mem, &in, &teams, err)) return false;
    for (size_t i = 0; i < teams.count; i++) {
        struct area area;
        const struct sql_tag_teams_row *team = &teams.at[i];
        if ((page->team.value && team->team_id.value != page->team.value) || !find_whose(page, team->team_id, &area)) continue;
        if ((area.whose == NOBODYS && !team->unassigned) || (area.whose == AN_AGENTS && !team->agents)) continue;
        walk_categories(walking, area);
    }
    return true;
}

static bool walk_teams(struct walking *walking, struct tx *tx, struct error *err) {
    struct sql_team_ids_rows teams;
    struct area area;
    if (!sql_team_ids(tx, &tx->mem, &teams, err)) return false;
    for (size_t i = 0; i < teams.count; i++) {
        if (walking->page->team.value && teams.at[i].team_id.value != walking->page->team.value) continue;
        if (find_whose(walking->page, teams.at[i].team_id, &area)) walk_categories(walking, area);
    }
    return true;
}

/* One person's tickets, or those that come back by themselves, whatever their team, as far as they are for the reader. */
static void walk_at_once(struct walking *walking, int category) {
    const struct page *page = walking->page;
    enum whose whose = page->is_unassigned ? NOBODYS : page->assignee.value ? AN_AGENTS : ANYONES;
    walk(walking, (struct area){.team = page->team, .category = category, .whose = whose, .agent = page->assignee});
}

/* What was bound has to be named. */
static void walk_nowhere(struct composer *query, const struct page *page) {
    composer_add(query, "SELECT 0 AS id, 0 AS key WHERE 1 = 0");
    if (!page->tag_param) return;
    composer_add(query, " AND '' <> ");
    composer_again(query, page->tag_param);
}

static void walk_personal(struct walking *walking) {
    bool wanted = false;
    for (int i = 0; i < 5; i++) wanted |= walking->page->categories[i];
    if (!wanted) return;
    begin_walk(walking);
    personal_walk(walking->query, walking->page);
    end_walk(walking);
}

static bool walk_shelf(struct walking *walking, struct tx *tx, struct error *err) {
    const struct page *page = walking->page;
    if (page->is_snoozed) return walk_at_once(walking, CATEGORY_WAITING), true;
    if (page->requester.value) return walk_at_once(walking, -1), true;
    if (page->watcher.value || page->mentioned.value) return walk_personal(walking), true;
    if (!(page->tag.data ? walk_tag(walking, tx, err) : walk_teams(walking, tx, err))) return false;
    if (page->actor->admitted_count && !actor_reaches_all(page->actor, CAN_TICKETS_READ) && !page->examined) walk_personal(walking);
    return true;
}

/* Spam and merged tickets, which only those conditions find that ask for them. */
static bool walk_hidden(struct walking *walking, struct tx *tx, struct error *err) {
    const struct page *page = walking->page;
    struct page spam = *page;
    spam.is_spam = true;
    if (!page->condition) return true;
    walking->page = &spam;
    bool ok = page->is_spam || !condition_wants(page->condition, "spam") || walk_shelf(walking, tx, err);
    walking->page = page;
    if (!ok || page->examined || !condition_wants(page->condition, "merged")) return ok;
    begin_walk(walking);
    merged_walk(walking->query, page);
    end_walk(walking);
    return true;
}

bool page_walks(struct composer *query, struct page *page, struct tx *tx, struct error *err) {
    struct walking walking = {.query = query, .page = page};
    if (page->few) {
        few_walk(query, page);
        return true;
    }
    bool ok = walk_shelf(&walking, tx, err) && walk_hidden(&walking, tx, err);
    if (walking.count) composer_add(query, ") AS part");
    else walk_nowhere(query, page);
    page->walks = walking.count;
    return ok;
}
