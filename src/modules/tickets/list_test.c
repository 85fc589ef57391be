#include "modules/tickets/list_private.h"

#include "tests/store.h"
#include "tests/test.h"

static const char *const keys[] = {"updated_at", "created_at", "priority"};

/* The walk alone as a statement, whose plan names its index and sorts nothing. */
static void expect_in_order(struct tx *tx, struct page page, struct area area) {
    static const struct sql_field columns[] = {{"id", SQL_INT, 0}, {"key", SQL_INT, 8}};
    struct error err = {0};
    struct composer query = {.mem = &tx->mem, .dialect = store_dialect(tx->store), .sql = {.mem = &tx->mem}};
    page_bind_tag(&query, &page);
    area_walk(&query, &page, area);
    struct statement statement = {.name = "walk", .index = -1, .columns = columns, .column_count = 2, .row_size = 16,
                                  .params = query.fields, .param_count = (uint16_t)query.params};
    const char *index = area_index(&tx->mem, &page, area);
    statement.text[query.dialect] = buffer_text(&query.sql).data;
    if (index) statement.plan = arena_printf(&tx->mem, "%s in order", index);
    struct sql_rows rows;
    EXPECT_OK(statement_rows(tx, &tx->mem, &statement, query.slots, &rows, &err), err);
    if (query.dialect == DIALECT_SQLITE) EXPECT_OK(statement_check(tx, &statement, &err), err);
}

static void expect_snoozed_in_order(struct tx *tx, struct page page) {
    page.is_snoozed = true;
    page.key = "waiting_until_at";
    for (int64_t after = 0; after < 2; after++) {
        page.after_id = page.after_key = after;
        expect_in_order(tx, page, (struct area){.category = CATEGORY_WAITING});
    }
}

static void expect_orders(struct tx *tx, struct page page, struct area area) {
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        for (int descending = 0; descending < 2; descending++)
            for (int64_t after = 0; after < 2; after++) {
                page.key = keys[i];
                page.descending = descending;
                page.after_id = page.after_key = after;
                expect_in_order(tx, page, area);
            }
}

static void each_walk_goes_along_its_index(struct store *store) {
    SCOPED(tx_end) struct tx tx = {0};
    struct error err = {0};
    const struct actor actor = {.staff = {1}};
    const struct page page = {.actor = &actor, .limit = 50, .categories = {true, true, true, true, true}};
    struct page spam = page, tag = page, spam_tag = page, requester = page;
    spam.is_spam = spam_tag.is_spam = true;
    tag.tag = spam_tag.tag = text_of("vip");
    requester.requester = (person_id){1};
    EXPECT_OK(store_read(store, &tx, &err), err);
    const struct area areas[] = {{{1}, 2, ANYONES, {0}}, {{1}, 2, NOBODYS, {0}}, {{1}, 2, AN_AGENTS, {1}}};
    for (size_t i = 0; i < COUNT_OF(areas); i++) {
        expect_orders(&tx, page, areas[i]);
        expect_orders(&tx, spam, areas[i]);
        expect_orders(&tx, tag, areas[i]);
        expect_orders(&tx, spam_tag, areas[i]);
    }
    expect_orders(&tx, requester, (struct area){.category = -1});
    expect_snoozed_in_order(&tx, page);
    expect_snoozed_in_order(&tx, requester);
}

STORE_TEST(each_walk_goes_along_its_index)
