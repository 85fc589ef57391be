/* The bytes of letters that nothing names any more: dropped ones, and what a crash left between a file and its row. */
#include "channels/intake/intake_private.h"

#include "base/clock.h"

enum { ROUND_DROPPED = 200, ROUND_FILES = 2000 };

struct naming {
    struct tx *tx;
    struct error err;
};

/* When the question fails, the letter is kept. */
static bool is_named(void *context, struct text hash) {
    struct naming *naming = context;
    SCOPED(arena_free) struct arena mem = {0};
    const struct sql_mail_in_of_raw_row *row = NULL;
    bool has = true;
    if (naming->err.code != ERR_NONE) return true;
    return !sql_mail_in_of_raw(naming->tx, &mem, &(struct sql_mail_in_of_raw){.raw_hash = hash}, &row, &naming->err) || row
           || !message_has_raw(naming->tx, hash, &has, &naming->err) || has;
}

static bool find_dropped(struct tx *tx, struct arena *mem, struct sql_mail_in_dropped_rows *ret_rows, struct error *err) {
    return sql_mail_in_dropped(tx, mem, &(struct sql_mail_in_dropped){.before_at = tx->now - DAY, .limit = ROUND_DROPPED}, ret_rows, err);
}

static bool forget_dropped(struct tx *tx, void *argument, struct error *err) {
    struct naming naming = {.tx = tx};
    struct sql_mail_in_dropped_rows rows;
    if (!find_dropped(tx, &tx->mem, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++)
        if (!sql_mail_in_unname(tx, &(struct sql_mail_in_unname){.mail_id = rows.at[i].mail_id}, NULL, err)
            || !mail_forget(tx, rows.at[i].raw_hash, is_named, &naming, err))
            return false;
    if (naming.err.code != ERR_NONE) *err = naming.err;
    return naming.err.code == ERR_NONE;
}

/* Mostly there is none: then nobody has to wait for the writer. */
static bool has_dropped(struct store *store, bool *ret_has, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct sql_mail_in_dropped_rows rows;
    if (!store_read(store, &tx, err) || !find_dropped(&tx, &tx.mem, &rows, err)) return false;
    *ret_has = rows.count > 0;
    return true;
}

bool intake_tidy(struct store *store, struct files *files, int *shelf, int64_t *ret_removed, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct naming naming = {.tx = &tx};
    struct cleaning_round round = {.age = DAY, .limit = ROUND_FILES, .named = is_named, .context = &naming, .shelf = *shelf};
    bool has;
    if (!has_dropped(store, &has, err) || (has && !store_write(store, forget_dropped, NULL, err)) || !store_read(store, &tx, err)
        || !mail_clean(files, &round, err))
        return false;
    *shelf = round.shelf;
    *ret_removed = round.removed;
    if (naming.err.code != ERR_NONE) *err = naming.err;
    return naming.err.code == ERR_NONE;
}
