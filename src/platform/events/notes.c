#include "platform/events/notes.h"

void note_text(struct json_writer *json, const char *field, struct text before, struct text after) {
    if (text_equal(before, after)) return;
    json_key(json, field);
    json_array_begin(json);
    json_text(json, before);
    json_text(json, after);
    json_array_end(json);
}

void note_id(struct json_writer *json, const char *field, int64_t before, int64_t after) {
    if (before == after) return;
    json_key(json, field);
    json_array_begin(json);
    json_id(json, before);
    json_id(json, after);
    json_array_end(json);
}

void note_bool(struct json_writer *json, const char *field, bool before, bool after) {
    if (before == after) return;
    json_key(json, field);
    json_array_begin(json);
    json_bool(json, before);
    json_bool(json, after);
    json_array_end(json);
}

void note_raw(struct json_writer *json, const char *field, struct text before, struct text after) {
    if (text_equal(before, after)) return;
    json_key(json, field);
    json_array_begin(json);
    json_raw(json, before);
    json_raw(json, after);
    json_array_end(json);
}
