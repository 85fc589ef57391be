#include "channels/email/spool.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

enum { HEAD_SIZE = 128 << 10, IN_HAND = 64 << 20 };

void spools_begin(struct spools *spools, int64_t disk_limit) {
    *spools = (struct spools){.disk_limit = disk_limit};
    pthread_mutex_init(&spools->lock, NULL);
    pthread_cond_init(&spools->changed, NULL);
}

void spools_end(struct spools *spools) {
    pthread_mutex_destroy(&spools->lock);
    pthread_cond_destroy(&spools->changed);
}

static bool take_disk(struct spool *spool, size_t size) {
    struct spools *spools = spool->spools;
    pthread_mutex_lock(&spools->lock);
    bool ok = spools->on_disk + (int64_t)size <= spools->disk_limit;
    if (ok) {
        spools->on_disk += (int64_t)size;
        spool->on_disk += (int64_t)size;
    }
    pthread_mutex_unlock(&spools->lock);
    return ok;
}

static bool write_all(int fd, struct text bytes) {
    while (bytes.size > 0) {
        ssize_t written = write(fd, bytes.data, bytes.size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes = text_skip(bytes, (size_t)written);
    }
    return true;
}

/* What is in memory goes to the file. */
static bool flush(struct spool *spool) {
    struct error err = {0};
    if (!take_disk(spool, spool->head.size)) return false;
    if (spool->fd < 0 && !files_unnamed(spool->files, &spool->fd, &err)) return false;
    bool ok = write_all(spool->fd, buffer_text(&spool->head));
    arena_free(&spool->mem);
    spool->head = (struct buffer){.mem = &spool->mem};
    return ok;
}

void spool_begin(struct spool *spool, struct spools *spools, struct files *files, size_t limit) {
    if (spool->spools) spool_end(spool);
    *spool = (struct spool){.spools = spools, .files = files, .fd = -1, .limit = limit};
    spool->head = (struct buffer){.mem = &spool->mem};
}

void spool_add(struct spool *spool, struct text bytes) {
    spool->size += bytes.size;
    spool->too_large = spool->too_large || spool->size > spool->limit;
    if (spool->too_large || spool->no_room) return;
    buffer_add_text(&spool->head, bytes);
    if (spool->head.size > HEAD_SIZE) spool->no_room = !flush(spool);
}

static void take_turn(struct spool *spool) {
    struct spools *spools = spool->spools;
    pthread_mutex_lock(&spools->lock);
    while (spools->in_hand > 0 && spools->in_hand + (int64_t)spool->size > IN_HAND) pthread_cond_wait(&spools->changed, &spools->lock);
    spools->in_hand += (int64_t)spool->size;
    spool->map_size = spool->size;
    pthread_mutex_unlock(&spools->lock);
}

bool spool_hold(struct spool *spool, struct text *ret_bytes, struct error *err) {
    *ret_bytes = buffer_text(&spool->head);
    if (spool->fd < 0) return true;
    if (!flush(spool)) return error_set(err, ERR_NO_ROOM, "there is no room for a letter of %zu bytes", spool->size);
    take_turn(spool);
    void *map = mmap(NULL, spool->map_size, PROT_READ, MAP_PRIVATE, spool->fd, 0);
    if (map == MAP_FAILED) return error_errno(err, "reading a letter of %zu bytes", spool->size);
    spool->map = map;
    *ret_bytes = text_from(map, spool->map_size);
    return true;
}

void spool_end(struct spool *spool) {
    struct spools *spools = spool->spools;
    if (spool->map) munmap(spool->map, spool->map_size);
    if (spool->fd >= 0) close(spool->fd);
    arena_free(&spool->mem);
    pthread_mutex_lock(&spools->lock);
    spools->on_disk -= spool->on_disk;
    spools->in_hand -= (int64_t)spool->map_size;
    pthread_cond_broadcast(&spools->changed);
    pthread_mutex_unlock(&spools->lock);
    *spool = (struct spool){.fd = -1};
}
