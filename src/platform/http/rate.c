/* Token buckets in a table of fixed size: four to a set, and in a full set the one that is fullest gives way, since
 * forgetting it forgives least. */
#include "platform/http/http_private.h"

#include "base/clock.h"

#include <sodium.h>
#include <stdlib.h>

enum { SETS = 4096, WAYS = 4 };

struct bucket {
    uint64_t key;
    int64_t at;      /* when tokens was true */
    double tokens;
};

struct rate_limit {
    pthread_mutex_t lock;
    double per_micro, burst;
    unsigned char secret[crypto_shorthash_KEYBYTES];
    struct bucket buckets[SETS][WAYS];
};

struct rate_limit *rate_limit_new(int per_minute) {
    struct rate_limit *limit = calloc(1, sizeof *limit);
    if (!limit) abort();
    pthread_mutex_init(&limit->lock, NULL);
    limit->per_micro = (double)per_minute / (double)MINUTE;
    limit->burst = per_minute < 10 ? per_minute : per_minute / 4.0 < 10 ? 10 : per_minute / 4.0;
    randombytes_buf(limit->secret, sizeof limit->secret);
    return limit;
}

void rate_limit_free(struct rate_limit *limit) {
    if (!limit) return;
    pthread_mutex_destroy(&limit->lock);
    free(limit);
}

static void refill(const struct rate_limit *limit, struct bucket *bucket, int64_t now) {
    bucket->tokens += (double)(now - bucket->at) * limit->per_micro;
    if (bucket->tokens > limit->burst) bucket->tokens = limit->burst;
    bucket->at = now;
}

static struct bucket *bucket_find(struct rate_limit *limit, uint64_t key, int64_t now) {
    struct bucket *set = limit->buckets[key % SETS], *fullest = set;
    for (int i = 0; i < WAYS; i++) {
        if (set[i].at == 0) set[i] = (struct bucket){.at = now, .tokens = limit->burst};
        refill(limit, &set[i], now);
        if (set[i].key == key) return &set[i];
        if (set[i].tokens > fullest->tokens) fullest = &set[i];
    }
    *fullest = (struct bucket){.key = key, .at = now, .tokens = limit->burst};
    return fullest;
}

bool rate_limit_take(struct rate_limit *limit, struct text key, int64_t now, int64_t *ret_wait) {
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)key.data, key.size, limit->secret);
    pthread_mutex_lock(&limit->lock);
    struct bucket *bucket = bucket_find(limit, hash | 1, now);
    bool some = bucket->tokens >= 1;
    if (some) bucket->tokens -= 1;
    else *ret_wait = (int64_t)((1 - bucket->tokens) / limit->per_micro / (double)SECOND) + 1;
    pthread_mutex_unlock(&limit->lock);
    return some;
}
