/* notes.h - what an event tells of a change: "field": [before, after] for what differs, and nothing for what does not. */
#ifndef THEKE_PLATFORM_EVENTS_NOTES_H
#define THEKE_PLATFORM_EVENTS_NOTES_H

#include "base/json.h"

void note_text(struct json_writer *json, const char *field, struct text before, struct text after);
void note_id(struct json_writer *json, const char *field, int64_t before, int64_t after); /* 0: null */
void note_bool(struct json_writer *json, const char *field, bool before, bool after);
void note_raw(struct json_writer *json, const char *field, struct text before, struct text after); /* JSON as it is */

#endif
