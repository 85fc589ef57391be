/* What was uploaded and never sent, and the files that nothing names any more. */
#include "modules/tickets/tickets_private.h"

#include "base/clock.h"
#include "platform/files/files.h"

enum { ROUND = 2000 }; /* files that are looked at before others get their turn */

struct naming {
    struct tx *tx;
    struct error err;
};

/* When the question fails, the file is kept. */
static bool is_named(void *context, struct text hash) {
    struct naming *naming = context;
    const struct sql_attachment_of_hash_row *row = NULL;
    SCOPED(arena_free) struct arena mem = {0};
    return naming->err.code != ERR_NONE || !sql_attachment_of_hash(naming->tx, &mem, &(struct sql_attachment_of_hash){.hash = hash}, &row, &naming->err)
           || row != NULL;
}

static bool purge(struct tx *tx, void *argument, struct error *err) {
    return sql_upload_purge(tx, &(struct sql_upload_purge){.before_at = tx->now - DAY}, NULL, err);
}

/* Mostly there is none: then nobody has to wait for the writer. */
static bool has_old(struct store *store, bool *ret_has, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    const struct sql_upload_old_row *row;
    if (!store_read(store, &tx, err) || !sql_upload_old(&tx, &tx.mem, &(struct sql_upload_old){.before_at = tx.now - DAY}, &row, err)) return false;
    *ret_has = row != NULL;
    return true;
}

bool message_has_raw(struct tx *tx, struct text raw_hash, bool *ret_has, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    const struct sql_message_of_raw_row *row;
    if (!sql_message_of_raw(tx, &mem, &(struct sql_message_of_raw){.raw_hash = raw_hash}, &row, err)) return false;
    *ret_has = row != NULL;
    return true;
}

bool uploads_tidy(struct store *store, struct files *files, int *shelf, int64_t *ret_files, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct naming naming = {.tx = &tx};
    struct cleaning_round round = {.age = DAY, .limit = ROUND, .named = is_named, .context = &naming, .shelf = *shelf};
    bool has;
    if (!has_old(store, &has, err) || (has && !store_write(store, purge, NULL, err)) || !store_read(store, &tx, err)
        || !files_clean(files, &round, err))
        return false;
    *shelf = round.shelf;
    *ret_files = round.removed;
    if (naming.err.code != ERR_NONE) *err = naming.err;
    return naming.err.code == ERR_NONE;
}
