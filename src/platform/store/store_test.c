#include "platform/store/store.h"
#include "platform/events/events.h"
#include "base/clock.h"
#include "base/json.h"
#include "sql/platform_events.h"
#include "tests/test.h"
#include "tests/store.h"

#include <pthread.h>

static bool record_one(struct tx *tx, void *argument, struct error *err) {
    event_record(tx, &(struct event){.kind = "test.happened", .actor = ACTOR_SYSTEM, .scope = "staff",
                                     .data = text_printf(&tx->mem, "{\"n\":%d}", *(int *)argument)});
    return true;
}

static bool record_and_fail(struct tx *tx, void *argument, struct error *err) {
    bool ok = record_one(tx, argument, err);
    return ok && error_set(err, ERR_CONFLICT, "changed its mind");
}

static int64_t count_events(struct store *store) {
    SCOPED(tx_end) struct tx tx = {0};
    struct error err = {0};
    int64_t count = -1;
    EXPECT_OK(store_read(store, &tx, &err), err);
    EXPECT_OK(events_verify(&tx, &count, &err), err);
    return count;
}

static void recorded_events_form_a_chain(struct store *store) {
    struct error err = {0};
    for (int i = 0; i < 10; i++) EXPECT_OK(store_write(store, record_one, &i, &err), err);
    EXPECT_INT(count_events(store), 10);
}

static void a_failed_write_leaves_nothing(struct store *store) {
    struct error err = {0};
    int n = 1;
    EXPECT(!store_write(store, record_and_fail, &n, &err));
    EXPECT_INT(err.code, ERR_CONFLICT);
    EXPECT_OK(store_write(store, record_one, &n, &err), err);
    EXPECT_INT(count_events(store), 1);
}

static bool lose_the_first_connection(struct tx *tx, void *argument, struct error *err) {
    int *times = argument;
    bool loses = ++*times == 1 && store_dialect(tx->store) == DIALECT_POSTGRESQL;
    return record_one(tx, times, err) && (!loses || tx_execute_script(tx, "SELECT pg_terminate_backend(pg_backend_pid())", err));
}

static void a_write_whose_connection_breaks_before_its_commit_is_done_again(struct store *store) {
    struct error err = {0};
    int times = 0;
    EXPECT_OK(store_write(store, lose_the_first_connection, &times, &err), err);
    EXPECT_INT(times, store_dialect(store) == DIALECT_POSTGRESQL ? 2 : 1);
    EXPECT_INT(count_events(store), 1);
}

/* --- Failures among others ------------------------------------------------------------------------------------------- */

struct noted {
    int thread, number;
    bool writes, fails;
};

static bool note_name(struct tx *tx, void *argument, struct error *err) {
    const struct noted *noted = argument;
    const char *outcome = noted->fails ? "bad" : "good";
    char *sql = arena_printf(&tx->mem, "INSERT INTO migration (name) VALUES ('%s %d %d')", outcome, noted->thread, noted->number);
    int n = noted->number;
    if (noted->writes && !tx_execute_script(tx, sql, err)) return false;
    if (noted->fails) return error_set(err, ERR_CONFLICT, "changed its mind");
    return record_one(tx, &n, err);
}

struct crowd {
    struct store *store;
    int thread;
};

/* Every fifth fails after it has written, every seventh before. */
static void *note_many(void *argument) {
    const struct crowd *crowd = argument;
    for (int i = 0; i < 70; i++) {
        struct error err = {0};
        struct noted noted = {.thread = crowd->thread, .number = i, .writes = i % 7 != 0, .fails = i % 5 == 0 || i % 7 == 0};
        EXPECT(store_write(crowd->store, note_name, &noted, &err) == !noted.fails);
        if (noted.fails) EXPECT_INT(err.code, ERR_CONFLICT);
    }
    return NULL;
}

struct name_count {
    int64_t count;
};

static int64_t count_names(struct store *store, const char *like) {
    static const struct sql_field in[] = {{"like", SQL_TEXT, 0}}, out[] = {{"count", SQL_INT, 0}};
    static const struct statement count = {.name = "name_count", .index = -1, .params = in, .param_count = 1, .columns = out, .column_count = 1,
                                           .row_size = sizeof(struct name_count),
                                           .text = {"SELECT count(*) FROM migration WHERE name LIKE ?1", "SELECT count(*) FROM migration WHERE name LIKE $1"}};
    SCOPED(tx_end) struct tx tx = {0};
    struct error err = {0};
    const struct text pattern = text_of(like);
    const void *row = NULL;
    EXPECT_OK(store_read(store, &tx, &err), err);
    EXPECT_OK(statement_one(&tx, &tx.mem, &count, &pattern, &row, &err), err);
    return row ? ((const struct name_count *)row)->count : -1;
}

/* What nobody reads the answer of, more of it than may be on its way at once; the one of that number stands there already. */
struct names {
    int count, twice;
    bool asks; /* for an answer before the end */
};

static bool put_names(struct tx *tx, void *argument, struct error *err) {
    static const struct sql_field in[] = {{"name", SQL_TEXT, 0}}, out[] = {{"count", SQL_INT, 0}};
    static const struct statement put = {.name = "name_put", .index = -1, .params = in, .param_count = 1, .write = true,
                                         .text = {"INSERT INTO migration (name) VALUES (?1)", "INSERT INTO migration (name) VALUES ($1)"}};
    static const struct statement ask = {.name = "name_ask", .index = -1, .columns = out, .column_count = 1, .row_size = sizeof(struct name_count),
                                         .text = {"SELECT count(*) FROM migration", "SELECT count(*) FROM migration"}};
    const struct names *names = argument;
    const void *row;
    for (int i = 0; i < names->count; i++) {
        struct text name = text_printf(&tx->mem, "silent %d", i == names->twice ? i - 1 : i);
        if (!statement_execute(tx, &put, &name, NULL, err)) return false;
    }
    return !names->asks || statement_one(tx, &tx->mem, &ask, NULL, &row, err);
}

static void a_change_that_failed_unseen_fails_the_whole(struct store *store) {
    struct error err;
    for (int i = 0; i < 6; i++) {
        struct names names = {.count = i < 3 ? 5 : 300, .twice = i < 3 ? 3 : 150, .asks = i % 3 == 1};
        EXPECT(!store_write(store, put_names, &names, &err));
        EXPECT_INT(err.code, ERR_CONFLICT);
        EXPECT(strstr(err.message, "name_put"));
        EXPECT_INT(count_names(store, "silent %"), 0);
    }
    EXPECT_OK(store_write(store, put_names, &(struct names){.count = 300, .twice = -1}, &err), err);
    EXPECT_INT(count_names(store, "silent %"), 300);
}

static void failures_take_nothing_of_others_with_them(struct store *store) {
    enum { THREADS = 24 };
    pthread_t threads[THREADS];
    struct crowd crowds[THREADS];
    for (int i = 0; i < THREADS; i++) {
        crowds[i] = (struct crowd){store, i};
        EXPECT(pthread_create(&threads[i], NULL, note_many, &crowds[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    EXPECT_INT(count_names(store, "bad %"), 0);
    EXPECT_INT(count_names(store, "good %"), THREADS * 48);
    EXPECT_INT(count_events(store), THREADS * 48);
}

static bool tamper(struct tx *tx, void *argument, struct error *err) {
    return tx_execute_script(tx, "UPDATE event SET data = '{}' WHERE id = 3", err);
}

static void a_changed_event_is_found(struct store *store) {
    struct error err = {0};
    for (int i = 0; i < 5; i++) EXPECT_OK(store_write(store, record_one, &i, &err), err);
    EXPECT_OK(store_write(store, tamper, NULL, &err), err);
    SCOPED(tx_end) struct tx tx = {0};
    int64_t count;
    EXPECT_OK(store_read(store, &tx, &err), err);
    EXPECT(!events_verify(&tx, &count, &err));
    EXPECT_TEXT(text_of(err.message), "event 3 was changed after it was recorded");
}

static void rows_become_json(struct store *store) {
    SCOPED(arena_free) struct arena mem = {0};
    SCOPED(tx_end) struct tx tx = {0};
    struct error err = {0};
    struct buffer out = {.mem = &mem};
    struct json_writer json = json_writer(&out);
    int n = 4;
    EXPECT_OK(store_write(store, record_one, &n, &err), err);
    EXPECT_OK(store_read(store, &tx, &err), err);
    json_array_begin(&json);
    EXPECT_OK(sql_event_after_json(&tx, &(struct sql_event_after){.limit = 5}, &json, NULL, &err), err);
    json_array_end(&json);
    EXPECT(text_find(buffer_text(&out), text_of("\"kind\":\"test.happened\"")) != SIZE_MAX);
    EXPECT(text_find(buffer_text(&out), text_of("\"data\":{\"n\":4}")) != SIZE_MAX);
}

static void *write_hundred(void *argument) {
    struct error err = {0};
    for (int i = 0; i < 100; i++) EXPECT_OK(store_write(argument, record_one, &i, &err), err);
    return NULL;
}

static void many_writers_lose_nothing(struct store *store) {
    pthread_t threads[8];
    for (size_t i = 0; i < COUNT_OF(threads); i++) pthread_create(&threads[i], NULL, write_hundred, store);
    for (size_t i = 0; i < COUNT_OF(threads); i++) pthread_join(threads[i], NULL);
    EXPECT_INT(count_events(store), 800);
}

static void every_statement_can_be_prepared(struct store *store) {
    for (int i = 0; i < all_statement_count; i++) {
        SCOPED(tx_end) struct tx tx = {0};
        struct error err = {0};
        EXPECT_OK(store_read(store, &tx, &err), err);
        EXPECT_OK(statement_check(&tx, all_statements[i], &err), err);
    }
}

static const struct sql_field number_column = {.name = "n", .type = SQL_INT};
#define NUMBERS(limit) "WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter " limit ") SELECT max(n) FROM counter"
static const struct statement endless_read = {
    .name = "endless", .text = {NUMBERS(""), NUMBERS("")}, .columns = &number_column, .column_count = 1, .row_size = 8, .index = -1};
static const struct statement short_read = {
    .name = "short_read", .text = {NUMBERS("WHERE n < 100"), NUMBERS("WHERE n < 100")}, .columns = &number_column, .column_count = 1,
    .row_size = 8, .index = -1};

static void an_endless_read_ends_at_its_deadline(struct store *store) {
    SCOPED(arena_free) struct arena mem = {0};
    struct error err = {0};
    const void *row;
    for (int round = 0; round < 3; round++) {
        SCOPED(tx_end) struct tx tx = {0};
        int64_t started = clock_steady();
        EXPECT_OK(store_read_until(store, &tx, started + SECOND / 5, &err), err);
        EXPECT(!statement_one(&tx, &mem, &endless_read, NULL, &row, &err));
        EXPECT_INT(err.code, ERR_DEADLINE);
        EXPECT(clock_steady() - started >= SECOND / 5 && clock_steady() - started < SECOND);
        EXPECT(!statement_one(&tx, &mem, &short_read, NULL, &row, &err)); /* nothing more once it has passed */
        EXPECT_INT(err.code, ERR_DEADLINE);
    }
    SCOPED(tx_end) struct tx tx = {0};
    EXPECT_OK(store_read(store, &tx, &err), err);
    EXPECT_OK(statement_one(&tx, &mem, &short_read, NULL, &row, &err), err);
    EXPECT_INT(*(const int64_t *)row, 100);
}

static void waiting_for_a_connection_ends_at_the_deadline(struct store *store) {
    struct tx held[8] = {0}, late = {0};
    struct error err = {0};
    for (size_t i = 0; i < COUNT_OF(held); i++) EXPECT_OK(store_read(store, &held[i], &err), err);
    EXPECT(!store_read_until(store, &late, clock_steady() + SECOND / 10, &err));
    EXPECT_INT(err.code, ERR_DEADLINE);
    for (size_t i = 0; i < COUNT_OF(held); i++) tx_end(&held[i]);
}

STORE_TEST(an_endless_read_ends_at_its_deadline)
STORE_TEST(waiting_for_a_connection_ends_at_the_deadline)
STORE_TEST(recorded_events_form_a_chain)
STORE_TEST(a_failed_write_leaves_nothing)
STORE_TEST(a_write_whose_connection_breaks_before_its_commit_is_done_again)
STORE_TEST(a_change_that_failed_unseen_fails_the_whole)
STORE_TEST(failures_take_nothing_of_others_with_them)
STORE_TEST(a_changed_event_is_found)
STORE_TEST(rows_become_json)
STORE_TEST(many_writers_lose_nothing)
STORE_TEST(every_statement_can_be_prepared)
