/* Where in a text that is no JSON the reader stopped: the name of the field, for the person who has to mend it. */
#include "base/json.h"

enum { LEVELS = 64 };

struct level {
    struct text key;
    size_t index;
    bool is_list, has_value; /* has_value: behind the colon */
};

struct walk {
    struct text json;
    size_t at;
    struct level levels[LEVELS];
    size_t depth;
};

/* Behind the closing quote, or at the end. */
static struct text take_string(struct walk *walk) {
    size_t begin = ++walk->at;
    while (walk->at < walk->json.size && walk->json.data[walk->at] != '"') walk->at += walk->json.data[walk->at] == '\\' ? 2 : 1;
    size_t end = walk->at < walk->json.size ? walk->at : walk->json.size;
    walk->at = end + 1;
    return text_slice(walk->json, begin, end - begin);
}

static void take_quoted(struct walk *walk) {
    struct level *level = walk->depth ? &walk->levels[walk->depth - 1] : NULL;
    struct text string = take_string(walk);
    if (level && !level->is_list && !level->has_value) level->key = string;
}

static void take_mark(struct walk *walk, char mark) {
    struct level *level = walk->depth ? &walk->levels[walk->depth - 1] : NULL;
    walk->at++;
    if (mark == '{' || mark == '[') {
        if (walk->depth < LEVELS) walk->levels[walk->depth++] = (struct level){.is_list = mark == '['};
    } else if (level && (mark == '}' || mark == ']')) {
        walk->depth--;
    } else if (level && mark == ':') {
        level->has_value = true;
    } else if (level && mark == ',') {
        level->has_value = false;
        level->index++;
    }
}

struct text json_place(struct arena *mem, struct text json, size_t position, size_t levels) {
    struct walk walk = {.json = text_slice(json, 0, position < json.size ? position : json.size)};
    struct buffer out = {.mem = mem};
    while (walk.at < walk.json.size) {
        if (walk.json.data[walk.at] == '"') take_quoted(&walk);
        else take_mark(&walk, walk.json.data[walk.at]);
    }
    for (size_t i = 0; i < walk.depth && i < levels; i++) {
        const struct level *level = &walk.levels[i];
        if (!level->is_list && !level->key.size) break;
        if (level->is_list) buffer_printf(&out, "%s%zu", i ? "." : "", level->index);
        else buffer_printf(&out, "%s%.*s", i ? "." : "", (int)level->key.size, level->key.data);
    }
    return text_cut(text_make_utf8(mem, buffer_text(&out)), 60);
}
