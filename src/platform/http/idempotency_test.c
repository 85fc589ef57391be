/* Kept answers by themselves: those of yesterday are forgotten. */
#include "platform/http/http_private.h"

#include "base/clock.h"
#include "sql/platform_http.h"
#include "tests/store.h"
#include "tests/test.h"

const struct route all_routes[] = {{0}};
const int all_route_count = 0;

static bool keep(struct tx *tx, const char *key, int64_t created_at, struct error *err) {
    const struct sql_idempotency_claim in = {.actor = text_of("staff:1"), .key = text_of(key), .hash = text_of("hash"),
                                             .created_at = created_at};
    return sql_idempotency_claim(tx, &in, NULL, err);
}

static bool keep_both(struct tx *tx, void *argument, struct error *err) {
    return keep(tx, "old", tx->now - 25 * HOUR, err) && keep(tx, "new", tx->now - 23 * HOUR, err);
}

struct kept {
    bool old, new;
};

static bool is_kept(struct tx *tx, const char *key, bool *ret_kept, struct error *err) {
    const struct sql_idempotency_find in = {.actor = text_of("staff:1"), .key = text_of(key)};
    const struct sql_idempotency_find_row *row;
    if (!sql_idempotency_find(tx, &tx->mem, &in, &row, err)) return false;
    *ret_kept = row != NULL;
    return true;
}

/* A write, so that it stands behind the forgetting in the queue. */
static bool look(struct tx *tx, void *argument, struct error *err) {
    struct kept *kept = argument;
    return is_kept(tx, "old", &kept->old, err) && is_kept(tx, "new", &kept->new, err);
}

static void answers_older_than_a_day_are_forgotten(struct store *store) {
    struct error err = {0};
    struct kept kept = {0};
    EXPECT_OK(store_write(store, keep_both, NULL, &err), err);
    idempotency_forget(store);
    EXPECT_OK(store_write(store, look, &kept, &err), err);
    EXPECT(!kept.old);
    EXPECT(kept.new);
}
STORE_TEST(answers_older_than_a_day_are_forgotten)
