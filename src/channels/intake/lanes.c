#include "channels/intake/lanes.h"

#include <stdlib.h>

enum { KEY_CONTENT, KEY_ADDRESS, KEY_LETTER, KEY_SUBJECT };

/* Two keys of one hash put letters into one lane that need not share it: nothing is lost by that. */
struct key {
    uint64_t hash;
    size_t letter;
};

struct keys {
    struct arena *mem;
    struct key *at;
    size_t count, room;
};

static void grow(struct keys *keys) {
    size_t room = keys->room ? keys->room * 2 : 256;
    struct key *at = arena_array(keys->mem, room, sizeof *at);
    if (keys->count) memcpy(at, keys->at, keys->count * sizeof *at);
    keys->at = at;
    keys->room = room;
}

static void add_key(struct keys *keys, size_t letter, int kind, struct text word) {
    uint64_t hash = 14695981039346656037u + (uint64_t)kind; /* FNV-1a */
    if (text_empty(word)) return;
    for (size_t i = 0; i < word.size; i++) hash = (hash ^ (unsigned char)word.data[i]) * 1099511628211u;
    if (keys->count == keys->room) grow(keys);
    keys->at[keys->count++] = (struct key){hash, letter};
}

static void add_letter(struct keys *keys, size_t at, const struct lane_letter *one) {
    const struct prepared *prepared = one->prepared;
    const struct letter *letter = prepared->letter;
    const struct text *references = prepared->references.at;
    add_key(keys, at, KEY_CONTENT, one->row->content_key);
    for (size_t i = 0; i < letter->from.count; i++) add_key(keys, at, KEY_ADDRESS, text_fold(keys->mem, letter->from.at[i].address));
    for (size_t i = 0; i < letter->reply_to.count; i++) add_key(keys, at, KEY_ADDRESS, text_fold(keys->mem, letter->reply_to.at[i].address));
    add_key(keys, at, KEY_LETTER, letter->message_id);
    for (size_t i = 0; i < prepared->references.count; i++) add_key(keys, at, KEY_LETTER, references[i]);
    add_key(keys, at, KEY_LETTER, prepared->report.original_id);
    add_key(keys, at, KEY_SUBJECT, text_fold(keys->mem, subject_plain(letter->subject, NULL)));
}

static int by_hash(const void *a, const void *b) {
    const struct key *left = a, *right = b;
    if (left->hash != right->hash) return (left->hash > right->hash) - (left->hash < right->hash);
    return (left->letter > right->letter) - (left->letter < right->letter);
}

static size_t first_of(const size_t *lanes, size_t letter) {
    while (lanes[letter] != letter) letter = lanes[letter];
    return letter;
}

static void join(size_t *lanes, size_t a, size_t b) {
    size_t first = first_of(lanes, a), second = first_of(lanes, b);
    if (first < second) lanes[second] = first;
    else lanes[first] = second;
}

void lanes_of(struct arena *mem, const struct lane_letter *letters, size_t count, size_t *ret_lanes) {
    struct keys keys = {.mem = mem};
    for (size_t i = 0; i < count; i++) {
        ret_lanes[i] = i;
        if (letters[i].prepared) add_letter(&keys, i, &letters[i]);
    }
    if (keys.count) qsort(keys.at, keys.count, sizeof *keys.at, by_hash);
    for (size_t i = 1; i < keys.count; i++)
        if (keys.at[i].hash == keys.at[i - 1].hash) join(ret_lanes, keys.at[i].letter, keys.at[i - 1].letter);
    for (size_t i = 0; i < count; i++) ret_lanes[i] = first_of(ret_lanes, i);
}
