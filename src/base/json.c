#include "base/json.h"

#include "base/clock.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

struct json_writer json_writer(struct buffer *out) {
    return (struct json_writer){.out = out};
}

static void begin_value(struct json_writer *json) {
    if (json->needs_comma[json->depth]) buffer_add_char(json->out, ',');
    json->needs_comma[json->depth] = true;
}

static void open_level(struct json_writer *json, char bracket) {
    begin_value(json);
    buffer_add_char(json->out, bracket);
    assert(json->depth + 1u < COUNT_OF(json->needs_comma));
    json->needs_comma[++json->depth] = false;
}

static void close_level(struct json_writer *json, char bracket) {
    assert(json->depth > 0);
    json->depth--;
    buffer_add_char(json->out, bracket);
}

void json_object_begin(struct json_writer *json) {
    open_level(json, '{');
}

void json_object_end(struct json_writer *json) {
    close_level(json, '}');
}

void json_array_begin(struct json_writer *json) {
    open_level(json, '[');
}

void json_array_end(struct json_writer *json) {
    close_level(json, ']');
}

static void write_quoted(struct buffer *out, struct text value) {
    buffer_add_char(out, '"');
    size_t clean = 0;
    for (size_t i = 0; i < value.size; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if (c >= ' ' && c != '"' && c != '\\' && c != 0x7F) continue;
        buffer_add(out, value.data + clean, i - clean);
        clean = i + 1;
        switch (c) {
        case '"': buffer_add_string(out, "\\\""); break;
        case '\\': buffer_add_string(out, "\\\\"); break;
        case '\n': buffer_add_string(out, "\\n"); break;
        case '\r': buffer_add_string(out, "\\r"); break;
        case '\t': buffer_add_string(out, "\\t"); break;
        default: buffer_printf(out, "\\u%04x", c);
        }
    }
    buffer_add(out, value.data + clean, value.size - clean);
    buffer_add_char(out, '"');
}

void json_key(struct json_writer *json, const char *key) {
    begin_value(json);
    write_quoted(json->out, text_of(key));
    buffer_add_char(json->out, ':');
    json->needs_comma[json->depth] = false;
}

void json_text(struct json_writer *json, struct text value) {
    if (!value.data) {
        json_none(json);
        return;
    }
    begin_value(json);
    write_quoted(json->out, value);
}

void json_cstring(struct json_writer *json, const char *value) {
    json_text(json, text_of(value));
}

void json_int(struct json_writer *json, int64_t value) {
    begin_value(json);
    char digits[24], *at = digits + sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0) *--at = '-';
    buffer_add(json->out, at, (size_t)(digits + sizeof digits - at));
}

void json_id(struct json_writer *json, int64_t value) {
    if (value) json_int(json, value);
    else json_none(json);
}

void json_number(struct json_writer *json, double value) {
    if (!isfinite(value)) {
        json_none(json);
        return;
    }
    begin_value(json);
    buffer_printf(json->out, "%.17g", value);
}

void json_bool(struct json_writer *json, bool value) {
    begin_value(json);
    buffer_add_string(json->out, value ? "true" : "false");
}

void json_none(struct json_writer *json) {
    begin_value(json);
    buffer_add_string(json->out, "null");
}

void json_time(struct json_writer *json, int64_t micros) {
    char when[40];
    if (micros) time_format(micros, when, sizeof when);
    json_cstring(json, micros ? when : NULL);
}

void json_raw(struct json_writer *json, struct text value) {
    if (!value.data) {
        json_none(json);
        return;
    }
    begin_value(json);
    buffer_add_text(json->out, value);
}

void json_put_text(struct json_writer *json, const char *key, struct text value) {
    json_key(json, key);
    json_text(json, value);
}

void json_put_string(struct json_writer *json, const char *key, const char *value) {
    json_key(json, key);
    json_cstring(json, value);
}

void json_put_int(struct json_writer *json, const char *key, int64_t value) {
    json_key(json, key);
    json_int(json, value);
}

void json_put_id(struct json_writer *json, const char *key, int64_t value) {
    json_key(json, key);
    json_id(json, value);
}

void json_put_bool(struct json_writer *json, const char *key, bool value) {
    json_key(json, key);
    json_bool(json, value);
}

void json_put_time(struct json_writer *json, const char *key, int64_t micros) {
    json_key(json, key);
    json_time(json, micros);
}

void json_put_raw(struct json_writer *json, const char *key, struct text value) {
    json_key(json, key);
    json_raw(json, value);
}
