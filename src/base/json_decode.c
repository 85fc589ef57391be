/* Decoding by tables. jansson reads strictly (see docs/dependencies.md); this file checks what the description says. */
#include "base/clock.h"
#include "base/domain.h"
#include "base/json.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>

enum { DEFAULT_TEXT = 1000, DEFAULT_LIST = 200, DEPTH_LIMIT = 64 };

struct decoder {
    struct arena *mem;
    struct error *err;
    bool ok;
};

static void complain(struct decoder *decoder, const char *path, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void complain(struct decoder *decoder, const char *path, const char *code, const char *format, ...) {
    char words[200];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    decoder->ok = false;
    error_field(decoder->err, path, code, "%s", words);
}

static size_t count_runes(struct text t) {
    size_t count = 0;
    for (size_t i = 0; i < t.size; i++) count += ((unsigned char)t.data[i] & 0xC0) != 0x80;
    return count;
}

/* One @, something on both sides, no space or control character, no longer than SMTP allows (RFC 5321, 4.5.3.1). Whether the
 * address exists only a letter can tell. */
static bool looks_like_address(struct arena *mem, struct text t) {
    size_t at = text_find_char(t, '@');
    if (at == SIZE_MAX || at == 0 || at > 64 || t.size > 254 || at + 1 >= t.size) return false;
    struct text domain = text_skip(t, at + 1);
    if (text_find_char(domain, '@') != SIZE_MAX || domain.data[0] == '.' || text_ends(domain, ".")) return false;
    if (text_find(domain, text_of("..")) != SIZE_MAX) return false;
    for (size_t i = 0; i < t.size; i++)
        if ((unsigned char)t.data[i] <= ' ' || t.data[i] == 0x7F || strchr("<>(),;:\\\"[]", t.data[i])) return false;
    return domain_ascii(mem, domain).data != NULL;
}

static bool has_control(struct text t, bool many_lines) {
    for (size_t i = 0; i < t.size; i++) {
        unsigned char c = (unsigned char)t.data[i];
        if ((c < ' ' || c == 0x7F) && !(many_lines && (c == '\n' || c == '\r' || c == '\t'))) return true;
    }
    return false;
}

static bool is_word(const char *const *words, struct text value) {
    for (; *words; words++)
        if (text_is(value, *words)) return true;
    return false;
}

static void check_text(struct decoder *decoder, const struct json_field *field, const char *path, struct text value) {
    size_t length = count_runes(value);
    int64_t high = field->high ? field->high : DEFAULT_TEXT;
    if ((int64_t)length < field->low)
        complain(decoder, path, length ? "too_short" : "required", "needs at least %" PRId64 " characters", field->low);
    else if ((int64_t)length > high)
        complain(decoder, path, "too_long", "has %zu characters, at most %" PRId64 " fit", length, high);
    else if (field->words && !is_word(field->words, value))
        complain(decoder, path, "unknown", "is none of the allowed values");
    else if (has_control(value, field->many_lines))
        complain(decoder, path, "invalid", "holds control characters");
    else if (field->format && strcmp(field->format, "email") == 0 && !looks_like_address(decoder->mem, value))
        complain(decoder, path, "invalid", "is no e-mail address");
    else if (field->format && strcmp(field->format, "email") == 0 && !address_has_plain_local(value))
        complain(decoder, path, "address_local", "has letters beyond ASCII before the @, which mail servers do not take");
}

static void check_int(struct decoder *decoder, const struct json_field *field, const char *path, int64_t value) {
    if ((field->low || field->high) && (value < field->low || value > field->high))
        complain(decoder, path, "out_of_range", "must be from %" PRId64 " to %" PRId64, field->low, field->high);
}

static bool decode_object(struct decoder *decoder, const json_t *value, const struct json_shape *shape,
                          const char *prefix, void *object);

static struct text string_of(struct decoder *decoder, const json_t *value) {
    return text_copy(decoder->mem, text_from(json_string_value(value), json_string_length(value)));
}

static void decode_list(struct decoder *decoder, const struct json_field *field, const json_t *value, const char *path,
                        struct json_list *list) {
    size_t count = json_array_size(value);
    int64_t high = field->high ? field->high : DEFAULT_LIST;
    if ((int64_t)count > high || (int64_t)count < field->low) {
        complain(decoder, path, (int64_t)count > high ? "too_many" : "too_few", "has %zu entries", count);
        return;
    }
    size_t size = field->type == JSON_FIELD_TEXTS ? sizeof(struct text)
                  : field->type == JSON_FIELD_INTS ? sizeof(int64_t) : field->shape->size;
    char *at = arena_array(decoder->mem, count, size);
    for (size_t i = 0; i < count; i++) {
        const json_t *element = json_array_get(value, i);
        char place[64];
        snprintf(place, sizeof place, "%s.%zu", path, i);
        if (field->type == JSON_FIELD_TEXTS && json_is_string(element)) {
            struct text *slot = (struct text *)(void *)(at + i * size);
            *slot = string_of(decoder, element);
            struct json_field one = *field;
            one.low = one.high = 0;
            check_text(decoder, &one, place, *slot);
        } else if (field->type == JSON_FIELD_INTS && json_is_integer(element)) {
            *(int64_t *)(void *)(at + i * size) = json_integer_value(element);
        } else if (field->type == JSON_FIELD_OBJECTS && json_is_object(element)) {
            decode_object(decoder, element, field->shape, place, at + i * size);
        } else {
            complain(decoder, place, "type", "has the wrong type");
        }
    }
    *list = (struct json_list){count, at};
}

static void decode_time(struct decoder *decoder, const char *path, struct text value, int64_t *slot) {
    if (!time_parse(value, slot)) complain(decoder, path, "invalid", "is no time like 2026-11-23T08:15:00Z");
}

/* format "key": a name, or an id as a number. */
static bool is_key(const struct json_field *field) {
    return field->format && strcmp(field->format, "key") == 0;
}

static bool type_fits(const struct json_field *field, const json_t *value) {
    switch (field->type) {
    case JSON_FIELD_TEXT: return json_is_string(value) || (json_is_integer(value) && is_key(field));
    case JSON_FIELD_TIME: return json_is_string(value);
    case JSON_FIELD_INT: return json_is_integer(value);
    case JSON_FIELD_REAL: return json_is_number(value);
    case JSON_FIELD_BOOL: return json_is_boolean(value);
    case JSON_FIELD_OBJECT:
    case JSON_FIELD_RAW: return json_is_object(value);
    default: return json_is_array(value);
    }
}

static void free_string(void *string) {
    free(string);
}

static void decode_member(struct decoder *decoder, const struct json_field *field, const json_t *value,
                          const char *path, char *object) {
    void *slot = object + field->offset;
    if (!type_fits(field, value)) {
        complain(decoder, path, "type", "has the wrong type");
        return;
    }
    switch (field->type) {
    case JSON_FIELD_TEXT:
        *(struct text *)slot = json_is_integer(value) ? text_printf(decoder->mem, "%" JSON_INTEGER_FORMAT, json_integer_value(value))
                                                      : string_of(decoder, value);
        check_text(decoder, field, path, *(struct text *)slot);
        break;
    case JSON_FIELD_TIME: decode_time(decoder, path, string_of(decoder, value), slot); break;
    case JSON_FIELD_INT:
        *(int64_t *)slot = json_integer_value(value);
        check_int(decoder, field, path, *(int64_t *)slot);
        break;
    case JSON_FIELD_REAL: *(double *)slot = json_number_value(value); break;
    case JSON_FIELD_BOOL: *(bool *)slot = json_is_true(value); break;
    case JSON_FIELD_OBJECT: {
        void *inner = arena_alloc(decoder->mem, field->shape->size);
        decode_object(decoder, value, field->shape, path, inner);
        *(void **)slot = inner;
        break;
    }
    case JSON_FIELD_RAW: {
        char *dumped = json_dumps(value, JSON_COMPACT);
        arena_on_free(decoder->mem, free_string, dumped);
        *(struct text *)slot = text_of(dumped);
        break;
    }
    default: decode_list(decoder, field, value, path, slot);
    }
}

static const struct json_field *find_field(const struct json_shape *shape, struct text name) {
    for (size_t i = 0; i < shape->count; i++)
        if (text_is(name, shape->fields[i].name)) return &shape->fields[i];
    return NULL;
}

static void path_of(char *out, size_t size, const char *prefix, const char *name) {
    snprintf(out, size, "%s%s%s", prefix, *prefix ? "." : "", name);
}

static void require_members(struct decoder *decoder, const struct json_shape *shape, const char *prefix, const char *object) {
    for (size_t i = 0; i < shape->count; i++) {
        const struct json_field *field = &shape->fields[i];
        char path[64];
        path_of(path, sizeof path, prefix, field->name);
        if (field->required && !*(const bool *)(object + field->present_offset))
            complain(decoder, path, "required", "is missing");
    }
}

static bool decode_object(struct decoder *decoder, const json_t *value, const struct json_shape *shape,
                          const char *prefix, void *object) {
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)value, key, member) {
        char path[64];
        path_of(path, sizeof path, prefix, key);
        const struct json_field *field = find_field(shape, text_of(key));
        if (!field) {
            struct text shown = text_cut(text_of(path), 40);
            complain(decoder, text_string(decoder->mem, shown), "unknown_field", "there is no such field");
            continue;
        }
        ((bool *)((char *)object + field->present_offset))[0] = true;
        if (json_is_null(member)) {
            if (!field->nullable) complain(decoder, path, field->required ? "required" : "type", "must not be null");
        } else {
            decode_member(decoder, field, member, path, object);
        }
    }
    require_members(decoder, shape, prefix, object);
    return decoder->ok;
}

/* Where it gets deeper than we read; SIZE_MAX: nowhere. */
static size_t too_deep_at(struct text json) {
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < json.size; i++) {
        char c = json.data[i];
        if (quoted && c == '\\') i++;
        else if (c == '"') quoted = !quoted;
        else if (!quoted && (c == '{' || c == '[') && ++depth > DEPTH_LIMIT) return i;
        else if (!quoted && (c == '}' || c == ']') && depth > 0) depth--;
    }
    return SIZE_MAX;
}

/* Refuses what can't be read, with the field where it stands. */
static bool refuse_at(struct arena *mem, struct text json, size_t position, size_t levels, struct error *err) {
    struct text field = json_place(mem, json, position, levels);
    return field.size ? error_field(err, text_string(mem, field), "invalid", "can't be read") : false;
}

bool json_decode(struct arena *mem, struct text json, const struct json_shape *shape, void **ret_object,
                 struct error *err) {
    size_t deep = too_deep_at(json);
    if (deep != SIZE_MAX) {
        error_set_key(err, ERR_MALFORMED, "json_depth", "nested deeper than 64 levels");
        return refuse_at(mem, json, deep, 1, err);
    }
    json_error_t problem;
    json_t *root = json_loadb(json.data ? json.data : "", json.size, JSON_REJECT_DUPLICATES, &problem);
    if (!root) {
        error_set_key(err, ERR_MALFORMED, "json_malformed", "line %d, column %d: %s", problem.line, problem.column, problem.text);
        return refuse_at(mem, json, (size_t)problem.position, DEPTH_LIMIT, err);
    }
    struct decoder decoder = {.mem = mem, .err = err, .ok = true};
    void *object = arena_alloc(mem, shape->size);
    if (!json_is_object(root)) {
        json_decref(root);
        return error_set_key(err, ERR_MALFORMED, "json_object", "the body must be an object");
    }
    bool ok = decode_object(&decoder, root, shape, "", object);
    json_decref(root);
    if (ok) *ret_object = object;
    return ok;
}

static void decode_pair(struct decoder *decoder, const struct json_field *field, struct text value, char *object) {
    void *slot = object + field->offset;
    bool *present = (bool *)(void *)(object + field->present_offset);
    switch (field->type) {
    case JSON_FIELD_INT:
        if (*present) complain(decoder, field->name, "twice", "is there twice");
        else if (!text_to_int(value, slot)) complain(decoder, field->name, "type", "is no whole number");
        else check_int(decoder, field, field->name, *(int64_t *)slot);
        break;
    case JSON_FIELD_BOOL:
        *(bool *)slot = text_is(value, "true") || text_is(value, "1");
        if (!*(bool *)slot && !text_is(value, "false") && !text_is(value, "0"))
            complain(decoder, field->name, "type", "is neither true nor false");
        break;
    case JSON_FIELD_TIME: decode_time(decoder, field->name, value, slot); break;
    case JSON_FIELD_TEXTS: {
        struct json_list *list = slot;
        struct text *grown = arena_array(decoder->mem, list->count + 1, sizeof *grown);
        if (list->count) memcpy(grown, list->at, list->count * sizeof *grown);
        grown[list->count] = value;
        *list = (struct json_list){list->count + 1, grown};
        break;
    }
    default:
        if (*present) complain(decoder, field->name, "twice", "is there twice");
        *(struct text *)slot = value;
        check_text(decoder, field, field->name, value);
    }
    *present = true;
}

bool json_decode_pairs(struct arena *mem, const struct json_pair *pairs, size_t count, const struct json_shape *shape,
                       void **ret_object, struct error *err) {
    struct decoder decoder = {.mem = mem, .err = err, .ok = true};
    char *object = arena_alloc(mem, shape->size);
    for (size_t i = 0; i < count; i++) {
        const struct json_field *field = find_field(shape, pairs[i].name);
        if (field) decode_pair(&decoder, field, pairs[i].value, object);
        else complain(&decoder, text_string(mem, text_cut(pairs[i].name, 40)), "unknown_field", "there is no such parameter");
    }
    require_members(&decoder, shape, "", object);
    if (decoder.ok) *ret_object = object;
    return decoder.ok;
}

struct text json_member(struct arena *mem, struct text json, const char *key) {
    json_t *root = json_loadb(json.data ? json.data : "", json.size, 0, NULL);
    json_t *member = json_object_get(root, key);
    struct text found = {0};
    if (json_is_string(member)) {
        found = text_copy(mem, text_from(json_string_value(member), json_string_length(member)));
    } else if (member && !json_is_null(member)) {
        char *dumped = json_dumps(member, JSON_COMPACT | JSON_ENCODE_ANY);
        found = text_copy(mem, text_of(dumped));
        free(dumped);
    }
    json_decref(root);
    return found;
}
