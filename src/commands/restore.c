/* theke restore: a backup is laid out beside what is there, checked, and only then put in its place. */
#include "base/secret.h"
#include "commands/archive.h"
#include "commands/commands.h"

#include <assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where a part of the backup lies, where it belongs, and where what was there before waits until all are in place. */
struct part {
    const char *fresh, *place, *aside;
    bool gives_way; /* belongs to what was there before, also when the backup has none */
};

/* While aside is there, what is in place is a mixture. */
struct restoring {
    const char *file, *folder, *database;
    char *fresh, *aside, *outdated, *fresh_database, *aside_database;
    struct part parts[8];
    size_t count;
};

static void add_part(struct restoring *restoring, const char *fresh, const char *place, const char *aside, bool gives_way) {
    assert(restoring->count < COUNT_OF(restoring->parts));
    restoring->parts[restoring->count++] = (struct part){fresh, place, aside, gives_way};
}

static void plan(struct restoring *restoring, struct arena *mem) {
    static const char *const of_folder[] = {"files", "mail", "secret.key", "theke.conf", "events.anchor"};
    static const char *const of_database[] = {"-wal", "-shm", ""};
    restoring->fresh = arena_printf(mem, "%s/restoring", restoring->folder);
    restoring->aside = arena_printf(mem, "%s/replaced", restoring->folder);
    restoring->outdated = arena_printf(mem, "%s/outdated", restoring->folder);
    restoring->fresh_database = arena_printf(mem, "%s.restoring", restoring->database);
    restoring->aside_database = arena_printf(mem, "%s.replaced", restoring->database);
    for (size_t i = 0; i < COUNT_OF(of_folder); i++)
        add_part(restoring, arena_printf(mem, "%s/%s", restoring->fresh, of_folder[i]), arena_printf(mem, "%s/%s", restoring->folder, of_folder[i]),
                 arena_printf(mem, "%s/%s", restoring->aside, of_folder[i]), strcmp(of_folder[i], "events.anchor") == 0);
    for (size_t i = 0; i < COUNT_OF(of_database); i++)
        add_part(restoring, arena_printf(mem, "%s%s", restoring->fresh_database, of_database[i]),
                 arena_printf(mem, "%s%s", restoring->database, of_database[i]), arena_printf(mem, "%s%s", restoring->aside_database, of_database[i]), true);
}

static bool is_there(const char *path) {
    return faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* --- Throwing away --------------------------------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *is, int kind, struct FTW *at) {
    return remove(path);
}

static bool throw_away(const char *path, struct error *err) {
    return !is_there(path) || nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 || error_errno(err, "removing %s", path);
}

static bool throw_away_fresh(const struct restoring *restoring, struct error *err) {
    bool ok = throw_away(restoring->fresh, err);
    for (size_t i = 0; ok && i < restoring->count; i++) ok = throw_away(restoring->parts[i].fresh, err);
    return ok;
}

static bool throw_away_old(const struct restoring *restoring, struct error *err) {
    bool ok = throw_away(restoring->outdated, err);
    for (size_t i = 0; ok && i < restoring->count; i++) ok = throw_away(restoring->parts[i].aside, err);
    return ok;
}

/* --- Putting in place ------------------------------------------------------------------------------------------------ */

static bool move(const char *from, const char *to, struct error *err) {
    return !is_there(from) || rename(from, to) == 0 || error_errno(err, "moving %s to %s", from, to);
}

static bool put_in_place(const struct part *part, struct error *err) {
    if (!is_there(part->fresh) && !part->gives_way) return true;
    return move(part->place, part->aside, err) && move(part->fresh, part->place, err);
}

/* Also after the program was killed in the middle. */
static bool put_back(const struct restoring *restoring, struct error *err) {
    bool ok = true;
    if (!is_there(restoring->aside)) return true;
    for (size_t i = restoring->count; ok && i-- > 0;) {
        const struct part *part = &restoring->parts[i];
        if (is_there(part->aside)) ok = move(part->place, part->fresh, err) && move(part->aside, part->place, err);
    }
    return ok && (rmdir(restoring->aside) == 0 || error_errno(err, "removing %s", restoring->aside));
}

static bool sync_at(const char *path, struct error *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && syncfs(fd) == 0;
    if (!ok) error_errno(err, "writing %s", path);
    if (fd >= 0) close(fd);
    return ok;
}

static bool sync_all(const struct restoring *restoring, const char *database, struct error *err) {
    return sync_at(restoring->folder, err) && sync_at(database, err);
}

static bool replace(const struct restoring *restoring, struct error *err) {
    bool ok = sync_all(restoring, restoring->fresh_database, err);
    if (ok && mkdir(restoring->aside, 0700) != 0) ok = error_errno(err, "making %s", restoring->aside);
    for (size_t i = 0; ok && i < restoring->count; i++) ok = put_in_place(&restoring->parts[i], err);
    if (ok && sync_all(restoring, restoring->database, err) && move(restoring->aside, restoring->outdated, err)) return true;
    struct error worse = {0};
    if (!put_back(restoring, &worse)) error_context(err, "%s; and what was there before lies in %s", worse.message, restoring->aside);
    return false;
}

/* --- The whole way --------------------------------------------------------------------------------------------------- */

static bool check_fresh(const struct restoring *restoring, struct arena *mem, struct error *err) {
    struct store *store = NULL;
    struct secret secret;
    const char *key = arena_printf(mem, "%s/secret.key", restoring->fresh);
    if (is_there(key) && !secret_load(key, &secret, err)) return false;
    if (!store_open(&(struct store_options){.url = arena_printf(mem, "sqlite:%s", restoring->fresh_database)}, &store, err)) return false;
    bool ok = store_migrate(store, err) && check_store(store, restoring->fresh, err);
    store_close(store);
    return ok;
}

static bool lay_out(const struct restoring *restoring, struct arena *mem, struct error *err) {
    if (mkdir(restoring->fresh, 0700) != 0) return error_errno(err, "making %s", restoring->fresh);
    return archive_extract(restoring->file, restoring->fresh, err) && archive_copy_database(restoring->file, restoring->fresh_database, err)
           && archive_strip(restoring->fresh_database, err) && check_fresh(restoring, mem, err);
}

static bool prepare(struct restoring *restoring, struct config *config, struct error *err) {
    restoring->database = database_path(config);
    if (!restoring->database) return error_set(err, ERR_INVALID, "PostgreSQL is restored with pg_restore: see docs/operations.md");
    if (access(restoring->file, R_OK) != 0) return error_errno(err, "reading %s", restoring->file);
    if (!open_data(config, &restoring->folder, err) || !hold_place(config, err)) return false;
    plan(restoring, &config->mem);
    if (!put_back(restoring, err)) return false;
    if (is_there(restoring->database) && !config_switch(config, "force"))
        return error_set(err, ERR_CONFLICT, "%s exists; move it away or add --force", restoring->database);
    return throw_away_fresh(restoring, err) && throw_away_old(restoring, err);
}

int command_restore(struct config *config) {
    struct restoring restoring = {.file = config->words[0]};
    struct error err = {0}, ignored = {0};
    if (!prepare(&restoring, config, &err)) return fail(&err);
    bool ok = lay_out(&restoring, &config->mem, &err) && replace(&restoring, &err);
    if (!ok) error_context(&err, "nothing was restored");
    if (!throw_away_fresh(&restoring, &ignored) && ok) err = ignored, ok = false;
    if (ok) ok = throw_away_old(&restoring, &err);
    return ok ? 0 : fail(&err);
}
