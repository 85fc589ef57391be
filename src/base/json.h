/* json.h - writing JSON without building a tree, and decoding requests into structs by tables. */
#ifndef THEKE_BASE_JSON_H
#define THEKE_BASE_JSON_H

#include "base/error.h"
#include "base/text.h"

/* Names keep clear of jansson's json_object() and the like. Appends to a buffer; commas and nesting are kept by the writer. */
struct json_writer {
    struct buffer *out;
    uint8_t depth;
    bool needs_comma[32];
};

struct json_writer json_writer(struct buffer *out);

void json_object_begin(struct json_writer *json);
void json_object_end(struct json_writer *json);
void json_array_begin(struct json_writer *json);
void json_array_end(struct json_writer *json);

/* The name of the next value, inside an object. */
void json_key(struct json_writer *json, const char *key);

void json_text(struct json_writer *json, struct text value);    /* null for no text */
void json_cstring(struct json_writer *json, const char *value);  /* null for NULL */
void json_int(struct json_writer *json, int64_t value);
void json_id(struct json_writer *json, int64_t value);          /* null for 0 */
void json_number(struct json_writer *json, double value);
void json_bool(struct json_writer *json, bool value);
void json_none(struct json_writer *json);
void json_time(struct json_writer *json, int64_t micros);       /* RFC 3339 UTC; null for 0 */
void json_raw(struct json_writer *json, struct text value);     /* JSON as it is; null for no text */

/* key and value at once */
void json_put_text(struct json_writer *json, const char *key, struct text value);
void json_put_string(struct json_writer *json, const char *key, const char *value);
void json_put_int(struct json_writer *json, const char *key, int64_t value);
void json_put_id(struct json_writer *json, const char *key, int64_t value);
void json_put_bool(struct json_writer *json, const char *key, bool value);
void json_put_time(struct json_writer *json, const char *key, int64_t micros);
void json_put_raw(struct json_writer *json, const char *key, struct text value);

/* --- Decoding ---------------------------------------------------------------------------------------------- */

enum json_type { JSON_FIELD_TEXT, JSON_FIELD_INT, JSON_FIELD_REAL, JSON_FIELD_BOOL, JSON_FIELD_TIME, JSON_FIELD_OBJECT,
                 JSON_FIELD_TEXTS, JSON_FIELD_INTS, JSON_FIELD_OBJECTS, JSON_FIELD_RAW };

/* One member of a described object. The struct holds at offset: struct text, int64_t, double, bool, int64_t micros, a pointer
 * to the nested struct (NULL: absent), or struct json_list. At present_offset a bool says that the member was there;
 * an explicit null of a nullable member is present with the empty value. */
struct json_field {
    const char *name;
    enum json_type type;
    uint16_t offset, present_offset;
    bool required, nullable;
    bool many_lines;             /* a text may hold line breaks and tabs; other control characters never */
    int64_t low, high;           /* lengths in characters, numbers, or counts of elements; high 0: the default limit */
    const char *const *words;    /* the allowed values of a text, ended by NULL */
    const char *format;          /* "email", "date-time", "uri", ... or NULL */
    const struct json_shape *shape;
};

struct json_shape {
    const struct json_field *fields;
    uint16_t count;
    size_t size;
};

struct json_list {
    size_t count;
    void *at; /* struct text[], int64_t[], or the nested struct[] */
};

/* Strict: UTF-8, no duplicate keys, no trailing data, at most 64 levels. Unknown members are refused by name. Every wrong field
 * is reported (up to ERROR_FIELDS) with its dotted path. *ret_object is shape->size bytes in the arena. */
MUST_USE bool json_decode(struct arena *mem, struct text json, const struct json_shape *shape, void **ret_object,
                          struct error *err);

/* Decodes name=value pairs (query parameters) by the same tables; values of TEXTS repeat. */
struct json_pair {
    struct text name, value;
};
MUST_USE bool json_decode_pairs(struct arena *mem, const struct json_pair *pairs, size_t count,
                                const struct json_shape *shape, void **ret_object, struct error *err);

/* The value of one member of a small stored JSON object, for reading back what we wrote; no text when absent. */
struct text json_member(struct arena *mem, struct text json, const char *key);

/* The field ("requester.email") in which a position of a text lies that need not be JSON; empty outside of any. Names at most so
 * many levels. */
struct text json_place(struct arena *mem, struct text json, size_t position, size_t levels);

#endif
