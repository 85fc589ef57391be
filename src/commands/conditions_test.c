/* Conditions in memory and in the database give the same tickets: generated ones, over the sample conversations. */
#include "commands/commands.h"
#include "modules/tickets/condition.h"
#include "tests/store.h"
#include "tests/test.h"

#include <stdio.h>
#include <unistd.h>

enum { TICKETS = 300, CONDITIONS = 600 };

static uint64_t state = 7;

static int below(int limit) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (int)(state % (uint64_t)limit);
}

static const char *const terms[] = {
    "state:open", "state:waiting,resolved", "status:geschlossen", "state:active", "state:working", "team:returns", "team:support", "team:technik",
    "assignee:me", "owner:me",
    "assignee:mara", "assignee:nobody-here", "owner:example", "priority:high", "priority:>=high", "priority:<normal", "priority:normal..high",
    "messages:>3", "messages:2..4", "messages:1", "messages:<=2", "is:unassigned", "is:assigned", "is:active", "is:spam", "is:merged", "is:answered",
    "is:unanswered", "is:snoozed", "has:attachment", "has:note", "channel:mail", "channel:m*", "tag:invoice", "tag:rechnung", "tag:re*", "tag:vip",
    "waiting:customer", "waiting:third_party,internal", "requester:anna", "requester:kov*", "requester:\"anna maria\"", "requester:example.com", "company:a",
    "company:gmbh", "company:zzz", "number:10007", "created:today", "created:yesterday", "created:<7d", "created:>48h", "created:<12h", "updated:<3d",
    "updated:>2w", "resolved:<30d", "resolved:yesterday", "closed:>1w", "activity:<24h", "until:tomorrow", "until:<2d", "until:>3d", "before:2026-11-01",
    "after:yesterday", "on:2026-10-15", "created:2026-01-01..today", "updated:>=2026-06-01", "closed:<2026-06-01",
};

static void add_condition(struct buffer *out, int depth) {
    int kind = depth > 2 ? 0 : below(6), count = 2 + below(2);
    if (below(4) == 0) buffer_add_char(out, '-');
    if (kind < 3) {
        buffer_add_string(out, terms[below(COUNT_OF(terms))]);
        return;
    }
    buffer_add_char(out, '(');
    for (int i = 0; i < count; i++) {
        if (i) buffer_add_string(out, kind == 3 ? " OR " : " ");
        add_condition(out, depth + 1);
    }
    buffer_add_char(out, ')');
}

struct trial {
    struct tx tx;
    struct arena mem;
    const struct condition_names *names;
    const struct ticket_facts *facts;
    size_t count;
    int64_t now;
    int found, some;
};

/* The answers of both; "me" is agent 3. */
static void compare(struct trial *trial, const char *text) {
    const staff_id me = {3};
    const struct query *query;
    struct ticket_condition *condition;
    struct error err = {0};
    const ticket_id *ids = NULL;
    size_t count = 0, at = 0, wrong = 0;
    EXPECT_OK(query_parse(&trial->mem, text_of(text), &query, NULL, &err), err);
    bool ok = condition_bind(trial->names, &trial->mem, query, "q", text_of("Europe/Berlin"), (staff_id){0}, &condition, &err);
    if (!ok) return; /* a team that the samples do not have */
    if (condition_has_own(condition)) EXPECT_OK(condition_bind(trial->names, &trial->mem, query, "q", text_of("Europe/Berlin"), me, &condition, &err), err);
    condition_clock(condition, trial->now);
    EXPECT_OK(condition_find(&trial->tx, &trial->mem, condition, me, false, 10 * TICKETS, &count, &ids, &err), err);
    for (size_t i = 0; i < trial->count; i++) {
        const struct ticket_facts *facts = &trial->facts[i];
        bool finds = condition_finds(condition, facts, facts->assignee.value == me.value), is = at < count && ids[at].value == facts->id.value;
        at += is;
        wrong += finds != is;
        if (finds != is && wrong == 1) printf("%s: ticket %" PRId64 " in memory %d, in the database %d\n", text, facts->id.value, finds, is);
    }
    EXPECT_INT(wrong, 0);
    trial->found += (int)count;
    trial->some += count > 0 && count < trial->count;
}

/* Between two turns of a ticket nothing changes, and at a turn something may. */
static void compare_turns(struct trial *trial, const char *text) {
    const struct query *query;
    struct ticket_condition *condition;
    struct error err = {0};
    EXPECT_OK(query_parse(&trial->mem, text_of(text), &query, NULL, &err), err);
    if (!condition_bind(trial->names, &trial->mem, query, "q", text_of("Europe/Berlin"), (staff_id){3}, &condition, &err)) return;
    for (size_t i = 0; i < trial->count; i += 11) {
        const struct ticket_facts *facts = &trial->facts[i];
        int64_t now = trial->now, step = 3 * 3600 * 1000000LL;
        condition_clock(condition, now);
        bool meets = condition_meets(condition, facts, false);
        int64_t turn = condition_turns(condition, facts, now);
        for (int hours = 0; hours < 60; hours += 3) {
            now += step;
            condition_clock(condition, now);
            bool meets_now = condition_meets(condition, facts, false);
            EXPECT(meets_now == meets || turn <= now);
            meets = meets_now;
            if (turn <= now) turn = condition_turns(condition, facts, now);
        }
    }
}

static void fill(struct test_store *test, struct trial *trial) {
    struct config config = {0};
    struct error err = {0};
    char data[] = "--data", database[] = "--database", tickets[] = "--tickets", many[] = "300";
    char *arguments[] = {data, test->folder, database, test->url, tickets, many};
    static const char *const known[] = {"data", "database", "tickets", NULL};
    EXPECT_OK(config_arguments(&config, COUNT_OF(arguments), arguments, known, &err), err);
    EXPECT_INT(command_demo(&config), 0);
    config_free(&config);
    EXPECT_OK(store_read(test->store, &trial->tx, &err), err);
    EXPECT_OK(condition_names_read(&trial->tx, &trial->mem, &trial->names, &err), err);
    EXPECT_OK(ticket_facts_after(&trial->tx, &trial->mem, (ticket_id){0}, 10 * TICKETS, &trial->count, &trial->facts, &err), err);
    EXPECT(trial->count >= TICKETS);
    trial->now = trial->tx.now;
}

static void prove(enum dialect dialect) {
    SCOPED(test_store_close) struct test_store test = test_store_open(dialect);
    if (!test.store) return;
    struct trial trial = {0};
    fill(&test, &trial);
    for (size_t i = 0; i < COUNT_OF(terms); i++) compare(&trial, terms[i]);
    for (int i = 0; i < CONDITIONS; i++) {
        struct buffer text = {.mem = &trial.mem};
        add_condition(&text, 0);
        compare(&trial, buffer_text(&text).data);
        if (i % 40 == 0) compare_turns(&trial, buffer_text(&text).data);
    }
    for (size_t i = 0; i < COUNT_OF(terms); i++) compare_turns(&trial, terms[i]);
    EXPECT(trial.some > CONDITIONS / 4); /* not all of them find all or nothing */
    tx_end(&trial.tx);
    arena_free(&trial.mem);
}

TEST(conditions_find_the_same_in_memory_as_on_sqlite) {
    prove(DIALECT_SQLITE);
}

TEST(conditions_find_the_same_in_memory_as_on_postgresql) {
    prove(DIALECT_POSTGRESQL);
}
