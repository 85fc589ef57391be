/* Before the first sample ticket: teams, agents, companies, and the files that messages will carry. */
#include "commands/demo_run.h"

#include "base/secret.h"
#include "modules/people/people.h"

static const struct sql_field number_column = {"number", SQL_INT, 0};

/* A number that a query of the demo's own gives; 0 when there is no row. */
static bool query_number(struct tx *tx, const char *sql, int64_t *ret_number, struct error *err) {
    const struct statement statement = {.name = "demo_number", .index = -1, .columns = &number_column, .column_count = 1,
                                        .row_size = sizeof(int64_t), .text = {sql, sql}};
    struct sql_rows rows;
    if (!statement_rows(tx, &tx->mem, &statement, NULL, &rows, err)) return false;
    *ret_number = rows.count ? *(const int64_t *)rows.at : 0;
    return true;
}

static bool refuse_used(struct tx *tx, struct demo *demo, struct error *err) {
    int64_t tickets;
    if (!query_number(tx, "SELECT id FROM ticket ORDER BY id LIMIT 1", &tickets, err)) return false;
    demo->is_first = !tickets;
    return demo->is_first || demo->is_forced
           || error_set(err, ERR_CONFLICT, "this store has tickets already; choose an empty one with --data, or add --force");
}

static bool make_teams(struct tx *tx, struct demo *demo, struct error *err) {
    for (int i = 0; i < DEMO_TEAMS; i++) {
        const struct demo_team *team = &demo_teams[i];
        const char *find = arena_printf(&tx->mem, "SELECT id FROM team WHERE slug = '%s'", team->slug);
        int64_t id;
        if (!query_number(tx, find, &id, err)) return false;
        if (id == 0) {
            const char *add = arena_printf(&tx->mem, "INSERT INTO team (name, slug) VALUES ('%s', '%s')", team->name, team->slug);
            if (!tx_execute_script(tx, add, err) || !query_number(tx, find, &id, err)) return false;
            event_record(tx, &(struct event){.kind = "team.created", .actor = ACTOR_SYSTEM, .scope = "staff", .cause = text_of("demo"),
                                             .data = text_printf(&tx->mem, "{\"team\":%" PRId64 ",\"name\":\"%s\"}", id, team->name)});
        }
        demo->teams[i] = (team_id){id};
    }
    return true;
}

static bool make_agent(struct tx *tx, struct demo *demo, int number, struct error *err) {
    const struct demo_agent *agent = &demo_agents[number];
    staff_id *id = &demo->agents[number];
    const struct staff_adding adding = {.email = text_of(agent->email), .name = text_of(agent->name), .role = text_of(agent->role),
                                        .password_hash = demo->password_hash};
    if (!staff_by_email(tx, adding.email, id, err)) return false;
    if (id->value) return true;
    if (!staff_add(tx, (staff_id){0}, &adding, id, err)) return false;
    for (int i = 0; i < DEMO_TEAMS; i++) {
        if (!strchr(agent->teams, demo_teams[i].letter)) continue;
        const char *join = arena_printf(&tx->mem, "INSERT INTO team_member (team_id, staff_id) VALUES (%" PRId64 ", %" PRId64 ")",
                                        demo->teams[i].value, id->value);
        if (!tx_execute_script(tx, join, err)) return false;
    }
    return true;
}

static bool make_companies(struct tx *tx, struct error *err) {
    int64_t known;
    if (!query_number(tx, "SELECT id FROM company ORDER BY id LIMIT 1", &known, err)) return false;
    if (known) return true;
    for (int i = 0; i < DEMO_COMPANIES; i++) {
        struct text domain = demo_company_domain(&tx->mem, i);
        const char *add = arena_printf(&tx->mem,
            "INSERT INTO company (name, created_at) VALUES ('%s', %" PRId64 ");"
            "INSERT INTO company_domain (domain, company_id) SELECT '%s', id FROM company WHERE name = '%s'",
            demo_company_name(i), tx->now, domain.data, demo_company_name(i));
        if (!tx_execute_script(tx, add, err)) return false;
    }
    return true;
}

/* The indexes of a million tickets: whoever makes that many has a machine for them. */
static const char *const room = "PRAGMA cache_size = -600000; PRAGMA wal_autocheckpoint = 16000";

static bool cast(struct tx *tx, void *argument, struct error *err) {
    struct demo *demo = argument;
    tx->now = demo->calendar.from - DAY;
    if (store_dialect(tx->store) == DIALECT_SQLITE && !tx_execute_script(tx, room, err)) return false;
    if (!refuse_used(tx, demo, err) || !make_teams(tx, demo, err) || !make_companies(tx, err)) return false;
    for (int i = 0; i < DEMO_AGENTS; i++)
        if (!make_agent(tx, demo, i, err)) return false;
    return true;
}

bool demo_cast(struct demo *demo, struct error *err) {
    /* Accounts that take part but that nobody can sign in to: the password is forgotten as soon as it is hashed. */
    struct text password = secret_token(&demo->mem, 32);
    return password_hash(&demo->mem, password, &demo->password_hash, err) && store_write(demo->store, cast, demo, err);
}

bool demo_put_files(struct demo *demo, struct error *err) {
    size_t each = (size_t)(demo->count / 50 + 2);
    demo->file_count = each < DEMO_FILES ? each : DEMO_FILES;
    for (int kind = 0; kind < DEMO_FILE_KINDS; kind++)
        for (size_t i = 0; i < demo->file_count; i++) {
            SCOPED(arena_free) struct arena mem = {0};
            struct text bytes = demo_file(&mem, demo->seed, i, (enum demo_file_kind)kind);
            if (!file_put(demo->files, bytes, &demo->stored[kind][i], err)) return error_context(err, "storing a sample file");
        }
    return true;
}
