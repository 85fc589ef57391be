/* What was read long ago is told nowhere any more. */
#include "base/clock.h"
#include "modules/notices/notices_private.h"

enum { KEPT_DAYS = 180, BATCH = 2000 };

struct purging {
    int64_t before, gone;
};

static bool purge(struct tx *tx, void *argument, struct error *err) {
    struct purging *purging = argument;
    return sql_notice_purge(tx, &(struct sql_notice_purge){.before_at = purging->before, .limit = BATCH}, &purging->gone, err);
}

/* Mostly there is none: then nobody has to wait for the writer. */
static bool has_old(struct store *store, int64_t before, bool *ret_has, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    const struct sql_notice_old_row *row;
    if (!store_read(store, &tx, err) || !sql_notice_old(&tx, &tx.mem, &(struct sql_notice_old){.before_at = before}, &row, err)) return false;
    *ret_has = row != NULL;
    return true;
}

bool notices_tidy(struct store *store, struct error *err) {
    struct purging purging = {.before = clock_now() - KEPT_DAYS * DAY};
    bool has;
    if (!has_old(store, purging.before, &has, err)) return false;
    if (!has) return true;
    do {
        if (!store_write(store, purge, &purging, err)) return false;
    } while (purging.gone == BATCH);
    return true;
}
