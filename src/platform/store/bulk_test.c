#include "platform/store/bulk.h"
#include "base/clock.h"
#include "tests/test.h"
#include "tests/store.h"

#include <unistd.h>

struct counted {
    int64_t count;
};

static int64_t count(struct store *store, const char *sqlite, const char *postgresql) {
    static const struct sql_field column = {"count", SQL_INT, offsetof(struct counted, count)};
    SCOPED(tx_end) struct tx tx = {0};
    struct error err = {0};
    struct sql_rows rows = {0};
    const struct statement statement = {.name = "count", .index = -1, .columns = &column, .column_count = 1,
                                        .row_size = sizeof(struct counted), .text = {sqlite, postgresql}};
    EXPECT_OK(store_read(store, &tx, &err), err);
    EXPECT_OK(statement_rows(&tx, &tx.mem, &statement, NULL, &rows, &err), err);
    return rows.count ? ((const struct counted *)rows.at)->count : -1;
}

static int64_t indexes(struct store *store) {
    return count(store, "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND tbl_name IN ('ticket', 'event')",
                 "SELECT count(*) FROM pg_index WHERE indrelid IN ('ticket'::regclass, 'event'::regclass)");
}

static int64_t constraints(struct store *store) {
    return count(store, "SELECT (SELECT count(*) FROM pragma_index_list('ticket') WHERE \"unique\" = 1) + (SELECT count(*) FROM pragma_index_list('event') WHERE \"unique\" = 1)",
                 "SELECT count(*) FROM pg_index WHERE indrelid IN ('ticket'::regclass, 'event'::regclass) AND indisunique");
}

static bool is_remembered(struct store *store) {
    return count(store, "SELECT count(*) FROM sqlite_master WHERE name = 'index_aside'",
                 "SELECT count(*) FROM pg_class WHERE oid = to_regclass('index_aside')") == 1;
}

static const char *const tables[] = {"ticket", "event"};

static void indexes_come_back_as_they_were(struct store *store) {
    struct error err = {0};
    int64_t before = indexes(store);
    EXPECT_OK(store_set_aside(store, tables, 2, &err), err);
    EXPECT_INT(indexes(store), constraints(store));
    EXPECT_OK(store_put_back(store, &err), err);
    EXPECT_INT(indexes(store), before);
    EXPECT(!is_remembered(store));
    EXPECT_OK(store_put_back(store, &err), err);
}

static void the_next_start_makes_them_again(struct store *store) {
    struct error err = {0};
    int64_t before = indexes(store);
    EXPECT_OK(store_set_aside(store, tables, 2, &err), err);
    EXPECT(is_remembered(store));
    EXPECT_OK(store_migrate(store, &err), err);
    EXPECT_INT(indexes(store), before);
    EXPECT(!is_remembered(store));
}

STORE_TEST(indexes_come_back_as_they_were)
STORE_TEST(the_next_start_makes_them_again)

static bool holds_lock(struct store *store) {
    return count(store, "SELECT 0", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 7460102 AND granted"
                                    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") > 0;
}

TEST(beside_a_process_that_serves_nothing_is_set_aside) {
    SCOPED(test_store_close) struct test_store test = test_store_open(DIALECT_POSTGRESQL);
    struct error err = {0};
    struct store *other;
    if (!test.store) return;
    int64_t before = indexes(test.store);
    EXPECT_OK(store_open(&(struct store_options){.url = test.url}, &other, &err), err);
    EXPECT_OK(store_join(other, &err), err);
    for (int64_t until = clock_steady() + 10 * SECOND; !holds_lock(test.store) && clock_steady() < until;) usleep(20000);
    EXPECT_OK(store_set_aside(test.store, tables, 2, &err), err);
    EXPECT_INT(indexes(test.store), before);
    store_leave(other);
    store_close(other);
}
