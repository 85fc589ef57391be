/* The keys that somebody chose for the screen. What each name does is the screen's own matter: here they are only kept clean. */
#include "base/json.h"
#include "modules/people/people_private.h"

#include <jansson.h>

enum { MOST_KEYS = 100, LONGEST_NAME = 40 };

static bool is_name(const char *name) {
    size_t size = 0;
    for (; name[size]; size++)
        if (size == LONGEST_NAME || !((name[size] >= 'a' && name[size] <= 'z') || (name[size] >= 'A' && name[size] <= 'Z'))) return false;
    return size > 0;
}

/* One letter or sign, by its bytes; 0: none. Blanks part keys, and control characters are none. */
static size_t sign_size(struct text keys) {
    size_t size = 1;
    if (!keys.size || (unsigned char)keys.data[0] <= ' ' || keys.data[0] == 127) return 0;
    while (size < keys.size && ((unsigned char)keys.data[size] & 0xc0) == 0x80) size++;
    return size;
}

/* Nothing, one key, or two that are pressed one after the other. */
static bool is_keys(struct text keys) {
    size_t first = sign_size(keys);
    if (!keys.size || first == keys.size) return true;
    if (!first || keys.data[first] != ' ') return false;
    struct text second = text_skip(keys, first + 1);
    return second.size && sign_size(second) == second.size;
}

/* taken: the keys that names before have. */
static bool take_one(json_t *taken, const char *name, const json_t *value, struct json_writer *json, struct error *err) {
    if (!is_name(name)) return error_field(err, "keys", "invalid", "a name is made of letters");
    if (!json_is_string(value)) return error_field(err, "keys", "invalid", "the keys of %s are no text", name);
    struct text keys = text_from(json_string_value(value), json_string_length(value));
    if (!is_keys(keys)) return error_field(err, "keys", "invalid", "the keys of %s are one letter or sign, or two with a blank between", name);
    if (keys.size && json_object_get(taken, json_string_value(value))) return error_field(err, "keys", "twice", "%s has the keys of another", name);
    if (keys.size && json_object_set_new(taken, json_string_value(value), json_true()) != 0) return error_set(err, ERR_INTERNAL, "no memory for keys");
    json_put_text(json, name, keys);
    return true;
}

static bool take_all(const json_t *wish, struct json_writer *json, struct error *err) {
    const char *name;
    json_t *value, *taken;
    bool done = true;
    if (!json_is_object(wish)) return error_field(err, "keys", "invalid", "is no object of keys by name");
    if (json_object_size(wish) > MOST_KEYS) return error_field(err, "keys", "too_many", "are more than %d", MOST_KEYS);
    taken = json_object();
    json_object_begin(json);
    json_object_foreach((json_t *)(uintptr_t)wish, name, value) {
        done = take_one(taken, name, value, json, err);
        if (!done) break;
    }
    json_object_end(json);
    json_decref(taken);
    return done;
}

bool own_keys_read(struct arena *mem, struct text wish, struct text *ret_keys, struct error *err) {
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    json_t *given = json_loadb(wish.data, wish.size, JSON_REJECT_DUPLICATES, NULL);
    bool taken = take_all(given, &json, err);
    json_decref(given);
    if (taken) *ret_keys = buffer_text(&out);
    return taken;
}
