/* spool.h - a letter on its way in: small ones in memory, larger ones in a file without a name, so that a hundred connections
 * with large letters take a hundred times little memory. What all of them together may hold on the disk is limited. */
#ifndef THEKE_CHANNELS_EMAIL_SPOOL_H
#define THEKE_CHANNELS_EMAIL_SPOOL_H

#include "platform/files/files.h"

#include <pthread.h>

/* What the spools of one listener have in common. */
struct spools {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int64_t on_disk, disk_limit;    /* bytes */
    int64_t in_hand;                /* of the letters that are being kept, see spool_hold */
};
void spools_begin(struct spools *spools, int64_t disk_limit);
void spools_end(struct spools *spools);

struct spool {
    struct spools *spools;
    struct files *files;
    struct arena mem;
    struct buffer head;             /* what is not in the file */
    int fd;                         /* -1: all is in head */
    int64_t on_disk;
    void *map;
    size_t map_size, size, limit;
    bool too_large, no_room;        /* what follows is thrown away */
};

/* A spool begins zeroed; an empty one after each call. */
void spool_begin(struct spool *spool, struct spools *spools, struct files *files, size_t limit);
void spool_add(struct spool *spool, struct text bytes);

/* All of it, until the next spool_begin or spool_end. Keeping a large letter takes memory as large: others wait meanwhile. */
MUST_USE bool spool_hold(struct spool *spool, struct text *ret_bytes, struct error *err);
void spool_end(struct spool *spool);

#endif
