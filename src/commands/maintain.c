/* theke check, backup, openapi */
#include "channels/intake/intake.h"
#include "commands/anchor.h"
#include "commands/archive.h"
#include "commands/commands.h"
#include "modules/tickets/tickets.h"
#include "modules/views/views.h"
#include "platform/events/events.h"
#include "platform/files/files.h"
#include "platform/http/openapi.h"

#include <stdio.h>
#include <unistd.h>

static bool check_chain(struct store *store, const char *folder, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    int64_t count;
    if (!store_read(store, &tx, err) || !events_verify(&tx, &count, err)) return false;
    tx_end(&tx);
    if (!anchor_check(store, folder, err)) return false;
    printf("events: %" PRId64 ", the chain is unbroken\n", count);
    return true;
}

static bool check_counters(struct store *store, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    int64_t wrong, wrong_tags;
    if (!store_read(store, &tx, err) || !counters_check(&tx, &wrong, err) || !tag_counters_check(&tx, &wrong_tags, err)) return false;
    if (wrong_tags)
        return error_set(err, ERR_STORE, "counters of tags are wrong in %" PRId64 " places; the server mends them within the hour", wrong_tags);
    return !wrong || error_set(err, ERR_STORE, "counters of active tickets are wrong in %" PRId64 " places; the next start counts anew", wrong);
}

static bool check_views(struct store *store, struct error *err) {
    int64_t wrong;
    bool behind;
    if (!views_check(store, &wrong, &behind, err)) return false;
    if (behind) puts("views: still being counted");
    return !wrong || error_set(err, ERR_STORE, "counters of views are wrong in %" PRId64 " places; theke recount counts anew", wrong);
}

static bool check_database(struct store *store, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    SCOPED(arena_free) struct arena mem = {0};
    if (store_dialect(store) != DIALECT_SQLITE) return true;
    static const struct sql_field column = {"result", SQL_TEXT, 0};
    static const struct statement statement = {.name = "quick_check", .index = -1, .columns = &column, .column_count = 1,
                                               .row_size = sizeof(struct text), .text = {"PRAGMA quick_check(1)", NULL}};
    struct sql_rows rows;
    if (!store_read(store, &tx, err) || !statement_rows(&tx, &mem, &statement, NULL, &rows, err)) return false;
    const struct text *result = rows.at;
    if (rows.count == 1 && text_is(*result, "ok")) return true;
    return error_set(err, ERR_STORE, "the database is damaged: %.*s; restore a backup", (int)result->size, result->data);
}

struct checking {
    struct files *files;
    struct store *store;
    int64_t count, wrong;
    char first[FILE_HASH + 1];
};

static void count_one(struct checking *checking, struct text hash, bool is_whole) {
    checking->count++;
    if (!is_whole && checking->wrong++ == 0) snprintf(checking->first, sizeof checking->first, "%.*s", (int)hash.size, hash.data);
}

static bool check_file(void *context, struct text hash, int64_t size, struct error *err) {
    struct checking *checking = context;
    bool is_whole;
    if (!file_verify(checking->files, hash, &is_whole, err)) return false;
    count_one(checking, hash, is_whole);
    return true;
}

/* In a transaction of its own each: the one that finds the letters is under way. */
static bool check_letter(void *context, struct text hash, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct checking *checking = context;
    bool is_whole;
    if (!store_read(checking->store, &tx, err) || !mail_verify(checking->files, &tx, hash, &is_whole, err)) return false;
    count_one(checking, hash, is_whole);
    return true;
}

static bool tell(const struct checking *checking, const char *what, const char *folder, struct error *err) {
    printf("%s: %" PRId64 ", %s\n", what, checking->count, checking->wrong ? "not all whole" : "all there");
    return !checking->wrong || error_set(err, ERR_IO, "%" PRId64 " %s are missing or damaged in %s, the first is %s; restore a backup",
                                         checking->wrong, what, folder, checking->first);
}

/* Every attachment and every letter is there, with the bytes that its name is the hash of. */
static bool check_files(struct store *store, const char *folder, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct checking files = {.store = store}, letters;
    bool ok = files_open(folder, &files.files, err) && store_read(store, &tx, err);
    letters = files;
    ok = ok && attachment_each(&tx, check_file, &files, err) && letter_each(&tx, check_letter, &letters, err);
    files_close(files.files);
    return ok && tell(&files, "files", folder, err) && tell(&letters, "letters", folder, err);
}

bool check_store(struct store *store, const char *folder, struct error *err) {
    return check_database(store, err) && check_chain(store, folder, err) && check_counters(store, err) && check_views(store, err)
           && check_files(store, folder, err);
}

int command_check(struct config *config) {
    struct error err = {0};
    struct store *store = NULL;
    const char *folder;
    bool ok = find_store(config, &store, &err) && find_data(config, &folder, &err) && check_store(store, folder, &err);
    store_close(store);
    return ok ? 0 : fail(&err);
}

int command_recount(struct config *config) {
    struct error err = {0};
    struct store *store = NULL;
    bool ok = find_store(config, &store, &err) && counters_mend(store, &err) && views_count(store, true, &err);
    store_close(store);
    return ok ? 0 : fail(&err);
}

/* The database first: every file that its rows name is in the folder by then. */
static bool back_up(struct config *config, const char *file, struct error *err) {
    const char *path = database_path(config), *folder;
    char *partial = arena_printf(&config->mem, "%s.partial", file);
    if (!path) return error_set(err, ERR_INVALID, "PostgreSQL is backed up with pg_dump: see docs/operations.md");
    if (!find_data(config, &folder, err)) return false;
    if (access(path, R_OK) != 0) return error_errno(err, "reading %s", path);
    bool ok = archive_copy_database(path, partial, err) && archive_add(partial, folder, err);
    if (ok && rename(partial, file) != 0) ok = error_errno(err, "naming %s", file);
    if (!ok) unlink(partial);
    return ok;
}

int command_backup(struct config *config) {
    struct error err = {0};
    const char *file = config->words[0];
    if (access(file, F_OK) == 0) {
        error_set(&err, ERR_CONFLICT, "%s exists already; a backup never overwrites", file);
        return fail(&err);
    }
    return back_up(config, file, &err) ? 0 : fail(&err);
}

int command_openapi(struct config *config) {
    puts(openapi_document);
    return 0;
}
