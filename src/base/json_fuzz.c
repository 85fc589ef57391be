/* Bodies and parameters by the tables of a description, and where unreadable ones are said to be wrong. */
#include "base/json.h"

#include <stdlib.h>

struct inner {
    struct text email;
    int64_t at;
    bool has_email, has_at;
};

static const struct json_field inner_fields[] = {
    {.name = "email", .type = JSON_FIELD_TEXT, .offset = offsetof(struct inner, email), .present_offset = offsetof(struct inner, has_email),
     .required = true, .format = "email"},
    {.name = "at", .type = JSON_FIELD_TIME, .offset = offsetof(struct inner, at), .present_offset = offsetof(struct inner, has_at), .nullable = true},
};
static const struct json_shape inner_shape = {inner_fields, COUNT_OF(inner_fields), sizeof(struct inner)};
static const char *const words[] = {"open", "closed", NULL};

struct outer {
    struct text text, word, key, raw;
    int64_t number;
    double real;
    bool flag;
    struct inner *one;
    struct json_list texts, numbers, many;
    bool has[11];
};

static const struct json_field outer_fields[] = {
    {.name = "t", .type = JSON_FIELD_TEXT, .offset = offsetof(struct outer, text), .present_offset = offsetof(struct outer, has[0]), .low = 1, .high = 20},
    {.name = "w", .type = JSON_FIELD_TEXT, .offset = offsetof(struct outer, word), .present_offset = offsetof(struct outer, has[1]), .words = words},
    {.name = "k", .type = JSON_FIELD_TEXT, .offset = offsetof(struct outer, key), .present_offset = offsetof(struct outer, has[2]), .format = "key"},
    {.name = "r", .type = JSON_FIELD_RAW, .offset = offsetof(struct outer, raw), .present_offset = offsetof(struct outer, has[3])},
    {.name = "n", .type = JSON_FIELD_INT, .offset = offsetof(struct outer, number), .present_offset = offsetof(struct outer, has[4]), .low = 1, .high = 200},
    {.name = "d", .type = JSON_FIELD_REAL, .offset = offsetof(struct outer, real), .present_offset = offsetof(struct outer, has[5])},
    {.name = "b", .type = JSON_FIELD_BOOL, .offset = offsetof(struct outer, flag), .present_offset = offsetof(struct outer, has[6])},
    {.name = "o", .type = JSON_FIELD_OBJECT, .offset = offsetof(struct outer, one), .present_offset = offsetof(struct outer, has[7]), .shape = &inner_shape},
    {.name = "ts", .type = JSON_FIELD_TEXTS, .offset = offsetof(struct outer, texts), .present_offset = offsetof(struct outer, has[8]), .high = 5},
    {.name = "ns", .type = JSON_FIELD_INTS, .offset = offsetof(struct outer, numbers), .present_offset = offsetof(struct outer, has[9])},
    {.name = "os", .type = JSON_FIELD_OBJECTS, .offset = offsetof(struct outer, many),
     .present_offset = offsetof(struct outer, has[10]), .shape = &inner_shape},
};
static const struct json_shape outer_shape = {outer_fields, COUNT_OF(outer_fields), sizeof(struct outer)};

static void check_errors(const struct error *err) {
    for (size_t i = 0; i < err->field_count; i++)
        if (!text_is_utf8(text_of(err->fields[i].field))) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text input = text_from((const char *)data, size);
    struct error err = {0};
    void *object = NULL;
    if (!json_decode(&mem, input, &outer_shape, &object, &err)) check_errors(&err);
    else if (((struct outer *)object)->text.size && !text_is_utf8(((struct outer *)object)->text)) abort();
    if (!text_is_utf8(json_place(&mem, input, size, 64))) abort();
    size_t name = size ? data[0] % 4 : 0;
    const struct json_pair pair = {text_slice(input, 0, name), text_skip(input, name)};
    err = (struct error){0};
    if (text_is_utf8(pair.name) && text_is_utf8(pair.value) && !json_decode_pairs(&mem, &pair, 1, &outer_shape, &object, &err)) check_errors(&err);
    (void)json_member(&mem, input, "t");
    return 0;
}
