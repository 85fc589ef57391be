#include "platform/live/live_private.h"

#include "base/json.h"

#include <stdlib.h>

/* An unmasked text frame, not fragmented (RFC 6455, 5.2). */
/* With room for so many bytes behind it. */
static struct frame *frame_with(struct text json, size_t room) {
    size_t head = json.size < 126 ? 2 : json.size < 65536 ? 4 : 10;
    struct frame *frame = calloc(1, sizeof *frame + head + json.size + room);
    if (!frame) abort();
    frame->references = 1;
    frame->size = head + json.size;
    frame->bytes[0] = 0x80 | WSLAY_TEXT_FRAME;
    frame->bytes[1] = (unsigned char)(head == 2 ? json.size : head == 4 ? 126 : 127);
    for (size_t i = 2; i < head; i++) frame->bytes[i] = (unsigned char)((uint64_t)json.size >> 8 * (head - 1 - i));
    memcpy(frame->bytes + head, json.data, json.size);
    frame->json = text_from((const char *)frame->bytes + head, json.size);
    return frame;
}

struct frame *frame_new(struct text json) {
    return frame_with(json, 0);
}

static const char *const actor_kinds[] = {"system", "staff", "person", "rule", "import"};

static void write_event(struct json_writer *json, const struct live_event *event) {
    json_object_begin(json);
    json_key(json, "event");
    json_object_begin(json);
    json_put_int(json, "id", event->id);
    json_put_time(json, "at", event->at);
    json_put_text(json, "kind", event->kind);
    json_key(json, "actor");
    json_object_begin(json);
    json_put_string(json, "kind", (size_t)event->actor < COUNT_OF(actor_kinds) ? actor_kinds[event->actor] : "system");
    json_put_id(json, "id", event->actor_id);
    json_object_end(json);
    json_put_text(json, "cause", event->cause);
    json_put_id(json, "ticket", event->ticket.value);
    json_put_id(json, "team", event->team.value);
    json_put_text(json, "scope", event->scope);
    json_put_raw(json, "data", event->data);
    json_put_bool(json, "internal", event->internal);
    json_object_end(json);
    json_object_end(json);
}

/* Thousands are kept: each is one piece of memory of its size. */
struct frame *frame_of_event(const struct live_event *event) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer out = {.mem = &mem};
    struct json_writer json = json_writer(&out);
    write_event(&json, event);
    struct frame *frame = frame_with(buffer_text(&out), event->kind.size + event->cause.size + event->scope.size + event->data.size);
    frame->event = *event;
    struct text *const texts[] = {&frame->event.kind, &frame->event.cause, &frame->event.scope, &frame->event.data};
    unsigned char *room = frame->bytes + frame->size;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (!texts[i]->data) continue;
        memcpy(room, texts[i]->data, texts[i]->size);
        *texts[i] = text_from((const char *)room, texts[i]->size);
        room += texts[i]->size;
    }
    return frame;
}

struct frame *frame_take(struct frame *frame) {
    frame->references++;
    return frame;
}

void frame_drop(struct frame *frame) {
    if (--frame->references > 0) return;
    free(frame);
}
