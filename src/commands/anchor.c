#include "commands/anchor.h"

#include "platform/events/events.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static char *path_in(struct arena *mem, const char *folder, const char *name) {
    return arena_printf(mem, "%s/%s", folder, name);
}

/* *ret_there: there is an anchor. */
static bool anchor_read(struct arena *mem, const char *folder, const struct secret *secret, struct event_head *ret, bool *ret_there, struct error *err) {
    char sealed[512];
    struct text plain;
    const char *path = path_in(mem, folder, "events.anchor");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *ret_there = fd >= 0;
    if (fd < 0) return errno == ENOENT || error_errno(err, "reading %s", path);
    ssize_t size = read(fd, sealed, sizeof sealed);
    close(fd);
    if (size < 0) return error_errno(err, "reading %s", path);
    if (!secret_open(secret, mem, text_from(sealed, (size_t)size), &plain, err) || plain.size != sizeof *ret)
        return error_set(err, ERR_STORE, "%s was not written with this installation's key", path);
    memcpy(ret, plain.data, sizeof *ret);
    return true;
}

/* A new file takes the place of the old one, so that a crash leaves one of them whole. */
static bool anchor_write(struct arena *mem, const char *folder, const struct secret *secret, const struct event_head *head, struct error *err) {
    struct text sealed = secret_seal(secret, mem, text_from((const char *)head, sizeof *head));
    const char *path = path_in(mem, folder, "events.anchor"), *fresh = path_in(mem, folder, arena_printf(mem, "events.anchor.%d", (int)getpid()));
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return error_errno(err, "writing %s", fresh);
    bool ok = write(fd, sealed.data, sealed.size) == (ssize_t)sealed.size && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    if (ok && rename(fresh, path) == 0) return true;
    error_errno(err, "writing %s", path);
    unlink(fresh);
    return false;
}

static bool expect_event(struct tx *tx, const struct event_head *anchor, struct error *err) {
    bool is_there;
    if (!events_has(tx, anchor, &is_there, err)) return false;
    return is_there || error_set(err, ERR_STORE, "events were cut off: event %" PRId64 ", which was the newest once, is gone or another", anchor->id);
}

bool anchor_move(struct store *store, const char *folder, const struct secret *secret, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    SCOPED(tx_end) struct tx tx = {0};
    struct event_head anchor, head;
    bool there;
    if (!anchor_read(&mem, folder, secret, &anchor, &there, err) || !store_read(store, &tx, err)) return false;
    if ((there && !expect_event(&tx, &anchor, err)) || !events_head(&tx, &head, err)) return false;
    if (!head.id || (there && anchor.id == head.id)) return true;
    return anchor_write(&mem, folder, secret, &head, err);
}

bool anchor_check(struct store *store, const char *folder, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    SCOPED(tx_end) struct tx tx = {0};
    struct secret secret;
    struct event_head anchor;
    bool there;
    if (access(path_in(&mem, folder, "events.anchor"), F_OK) != 0) return true;
    return secret_load(path_in(&mem, folder, "secret.key"), &secret, err) && anchor_read(&mem, folder, &secret, &anchor, &there, err)
           && store_read(store, &tx, err) && (!there || expect_event(&tx, &anchor, err));
}
