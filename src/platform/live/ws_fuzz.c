/* Bytes of a stranger to one socket of the hub: frames, messages, topics. */
#include "platform/live/live_private.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct hub hub = {.epoll = -1, .wake = -1};
    struct actor actor = {.staff = {7}};
    size_t cut = size ? data[0] * size / 256 : 0;
    struct peer *peer = peer_new(&hub, -1, text_from((const char *)data, cut), &actor);
    peer_read(peer);
    peer_write(peer);
    free(peer->early);
    peer->early_at = 0;
    peer->early_size = size - cut;
    peer->early = malloc(size - cut + 1);
    if (!peer->early) abort();
    memcpy(peer->early, data + cut, size - cut);
    if (!peer->dead) peer_read(peer);
    if (!peer->dead) peer_write(peer);
    peer_free(peer);
    return 0;
}
